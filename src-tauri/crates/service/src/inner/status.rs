//! How the station is, as the doors show it.

use std::path::Path;

use audyn_engine::ptp::ClockView;

use super::Inner;
use crate::api::wire::{self, Light, RecorderState};
use crate::{forecast, terms};

impl Inner {
    /// The archive's disk.
    pub(crate) fn disk(&self) -> wire::Disk {
        let station = &self.station;
        let book = station.shelf.book();
        let shares = self.disk.shares();
        let rate = |row: &crate::store::RecorderRow| {
            let heard = book.heard(book.source_of(row)?).ok()?;
            let format = heard.source.format();
            let outputs = terms::outputs(&book.writing(row));
            let share = shares.get(&row.uid).copied();
            Some(outputs.iter().map(|spec| forecast::bytes_per_second(spec, &format, share)).sum::<f64>())
        };
        let running = book.recorders.iter().filter(|row| station.is_busy(row.uid));
        let bytes_per_second = running.filter_map(rate).sum();
        let space = self.disk.space(Path::new(&book.settings.archive_root));
        forecast::disk(space, bytes_per_second, station.clock.utc())
    }

    /// How the station is.
    pub(crate) fn status(&self) -> wire::Status {
        let station = &self.station;
        let book = station.shelf.book();
        let now = station.clock.utc();
        let zoned = terms::moment(now).0.to_zoned(station.zone.clone());
        let disk = self.disk();
        let views: Vec<wire::Recorder> =
            book.recorders.iter().map(|row| station.view(&book, row, &disk.light)).collect();
        let today: Vec<(u64, f64)> =
            book.recorders.iter().map(|row| station.sums_today(row.number)).collect();
        let wanted: u64 = today.iter().map(|(wanted, _)| wanted).sum();
        let missing: f64 = today.iter().map(|(_, missing)| missing).sum();
        wire::Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            station: book.settings.station.clone(),
            now: terms::moment(now),
            started: terms::moment(self.started),
            zone: station.zone.iana_name().unwrap_or("UTC").to_owned(),
            utc_offset_s: zoned.offset().seconds(),
            counts: counts(&views),
            clock: clock(&views, &self.clock.view()),
            disk,
            missing_today_s: missing / 1000.0,
            recorders_missing: today.iter().filter(|(_, missing)| *missing > 0.0).count() as u32,
            complete: (wanted > 0).then(|| (1.0 - missing / wanted as f64).clamp(0.0, 1.0)),
            notices: self.notices.all(),
            demo: book.sources.iter().any(|row| row.demo),
        }
    }
}

fn counts(views: &[wire::Recorder]) -> Vec<wire::StateCount> {
    use RecorderState::{Armed, Degraded, Error, Recording, Starting, Stopped, Stopping};
    [Recording, Degraded, Error, Armed, Starting, Stopping, Stopped]
        .into_iter()
        .map(|state| wire::StateCount {
            state,
            count: views.iter().filter(|view| view.state == state).count() as u32,
        })
        .collect()
}

/// The worst clock of those that record, and of the network; the network's word where all is well.
fn clock(views: &[wire::Recorder], network: &ClockView) -> Light {
    use wire::LightLevel::{Fault, Ok, Unknown, Warn};
    let lamp = crate::clock::lamp(network);
    let worst = |level| views.iter().find(|view| view.clock.level == level).map(|view| view.clock.clone());
    match (worst(Fault).or_else(|| worst(Warn)), worst(Ok), lamp.level) {
        (Some(worst), ..) => worst,
        (None, _, Fault | Warn | Ok) => lamp,
        (None, Some(well), Unknown) => well,
        (None, None, Unknown) => terms::light(Unknown, "No signal"),
    }
}
