use std::sync::PoisonError;
use std::time::Duration;

use audyn_archive::Stage;

use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::inner::Inner;
use crate::recorder::{Begin, RecorderStats};
use crate::store::{NewRecorderRow, RecorderChange};
use crate::terms;

/// Further back nothing is ever kept, in seconds.
const MOST_BACK_S: f64 = 600.0;

impl Service {
    pub(crate) async fn list_recorders(&self, caller: &Caller, _: Empty) -> Result<Recorders, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let sight = Sight::of(&caller, &book);
            let disk = inner.disk().light;
            let view = |row| inner.station.view(&book, row, &disk);
            let seen = book.recorders.iter().filter(|row| sight.has_recorder(row.number));
            Ok(Recorders { recorders: seen.map(view).collect() })
        })
        .await
    }

    pub(crate) async fn recorder(&self, caller: &Caller, pick: RecorderId) -> Result<Recorder, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            Sight::of(&caller, &inner.station.shelf.book()).need_recorder(pick.id)?;
            inner.recorder(pick.id)
        })
        .await
    }

    pub(crate) async fn create_recorder(&self, _: &Caller, new: NewRecorder) -> Result<Recorder, ApiError> {
        self.work(move |inner| {
            let mut problems = Vec::new();
            let name = terms::name(&new.name, "recorder", &mut problems);
            let description = terms::description(new.description.as_deref().unwrap_or(""), &mut problems);
            let config = new.config.unwrap_or_default();
            let source = new.source_id.filter(|id| !id.is_empty());
            problems.extend(config_problems(inner, &config, source.as_deref())?);
            terms::refuse(&problems)?;
            let row = inner.store.insert_recorder(NewRecorderRow {
                name,
                description,
                source,
                config,
                demo: false,
            })?;
            inner.notices.note(Some(row.number), &row.name, "created", "The recorder was made.");
            inner.changed()?;
            inner.recorder(row.number)
        })
        .await
    }

    pub(crate) async fn change_recorder(
        &self,
        _: &Caller,
        new: ChangeRecorder,
    ) -> Result<Recorder, ApiError> {
        self.work(move |inner| inner.hold([new.id], || change(inner, new))).await
    }

    pub(crate) async fn change_recorder_config(
        &self,
        _: &Caller,
        new: ChangeRecorderConfig,
    ) -> Result<Recorder, ApiError> {
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let row = book.recorder(new.id)?;
            terms::refuse(&config_problems(inner, &new.config, row.source.as_deref())?)?;
            let change = RecorderChange { config: Some(new.config), ..RecorderChange::default() };
            let row = inner.store.update_recorder(new.id, change)?;
            inner.notices.note(Some(row.number), &row.name, "changed", "The way it writes was changed.");
            inner.changed()?;
            inner.recorder(new.id)
        })
        .await
    }

    pub(crate) async fn delete_recorder(&self, _: &Caller, pick: RecorderId) -> Result<Empty, ApiError> {
        self.work(move |inner| inner.hold([pick.id], || delete(inner, pick.id))).await
    }

    pub(crate) async fn start_recorder(
        &self,
        caller: &Caller,
        wish: StartRecorder,
    ) -> Result<Told, ApiError> {
        let caller = caller.clone();
        let asked = self.inner.station.clock.mono();
        self.work(move |inner| {
            Sight::of(&caller, &inner.station.shelf.book()).need_recorder(wish.id)?;
            let begin = match wish.from_seconds_ago {
                None => Begin::Now,
                Some(seconds) => Begin::Ago { length: back(inner, wish.id, seconds)?, asked },
            };
            start(inner, wish.id, begin)?;
            Ok(Told { message: "Recording started".to_owned(), recorder_id: wish.id })
        })
        .await
    }

    pub(crate) async fn stop_recorder(&self, caller: &Caller, pick: RecorderId) -> Result<Told, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            Sight::of(&caller, &inner.station.shelf.book()).need_recorder(pick.id)?;
            stop(inner, pick.id)
                .map(|()| Told { message: "Recording stopped".to_owned(), recorder_id: pick.id })
        })
        .await
    }

    pub(crate) async fn start_all(&self, _: &Caller, _: Empty) -> Result<ToldAll, ApiError> {
        self.work(|inner| {
            let book = inner.station.shelf.book();
            let ready: Vec<u32> =
                book.recorders.iter().filter(|row| row.source.is_some()).map(|row| row.number).collect();
            inner.store.set_wanted(&ready, true)?;
            inner.station.shelf.refresh()?;
            let mut told = ToldAll { done: Vec::new(), refused: Vec::new() };
            for (recorder_id, begun) in inner.start_wanted() {
                match begun {
                    Ok(()) => told.done.push(recorder_id),
                    Err(message) => told.refused.push(Refused { recorder_id, message }),
                }
            }
            let without = book.recorders.iter().filter(|row| row.source.is_none());
            told.refused.extend(without.map(|row| Refused {
                recorder_id: row.number,
                message: "This recorder has no source. Choose one first.".to_owned(),
            }));
            inner.show_changes();
            Ok(told)
        })
        .await
    }

    pub(crate) async fn stop_all(&self, _: &Caller, _: Empty) -> Result<ToldAll, ApiError> {
        self.work(|inner| {
            let book = inner.station.shelf.book();
            let all: Vec<u32> = book.recorders.iter().map(|row| row.number).collect();
            inner.store.set_wanted(&all, false)?;
            inner.station.shelf.refresh()?;
            std::thread::scope(|scope| {
                for row in &book.recorders {
                    scope.spawn(|| {
                        let seat = inner.station.seat(row.number);
                        let _gate = seat.gate.lock().unwrap_or_else(PoisonError::into_inner);
                        inner.station.end(row);
                    });
                }
            });
            inner.show_changes();
            Ok(ToldAll { done: all, refused: Vec::new() })
        })
        .await
    }

    pub(crate) async fn recorder_counters(
        &self,
        caller: &Caller,
        pick: RecorderId,
    ) -> Result<Counters, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            Sight::of(&caller, &book).need_recorder(pick.id)?;
            let row = book.recorder(pick.id)?;
            let stats = inner.station.recorders.stats_of(row.uid);
            stats.map(|stats| counters(&stats)).ok_or_else(|| {
                ApiError::conflict(
                    "It is not connected to a source, so nothing is counted. Choose a source first.",
                )
            })
        })
        .await
    }
}

fn change(inner: &Inner, new: ChangeRecorder) -> Result<Recorder, ApiError> {
    let book = inner.station.shelf.book();
    let row = book.recorder(new.id)?;
    let mut problems = Vec::new();
    let change = RecorderChange {
        name: new.name.map(|name| terms::name(&name, "recorder", &mut problems)),
        description: new.description.map(|text| terms::description(&text, &mut problems)),
        source: new.source_id.map(|id| Some(id).filter(|id| !id.is_empty())),
        config: None,
    };
    if let Some(source) = &change.source {
        if *source != row.source && (inner.station.is_busy(row.uid) || row.wanted) {
            return Err(ApiError::conflict("It is recording. Stop it first; then choose another source."));
        }
        problems.extend(config_problems(inner, &row.config, source.as_deref())?);
    }
    terms::refuse(&problems)?;
    let row = inner.store.update_recorder(new.id, change)?;
    inner.notices.note(Some(row.number), &row.name, "changed", "Name, line or source were changed.");
    inner.changed()?;
    inner.recorder(new.id)
}

fn delete(inner: &Inner, id: u32) -> Result<Empty, ApiError> {
    let book = inner.station.shelf.book();
    let row = book.recorder(id)?;
    if inner.station.is_busy(row.uid) || row.wanted {
        return Err(ApiError::conflict("It is recording. Stop it first; then delete it."));
    }
    inner.store.delete_recorder(id)?;
    inner.notices.note(
        Some(row.number),
        &row.name,
        "deleted",
        "The recorder was deleted. Its recordings stay.",
    );
    inner.changed()?;
    // Once no book has it any more: a view that is told after this would bring it back.
    inner.station.forget(id);
    inner.outbox.send(AppEvent::RecorderRemoved(id));
    Ok(Empty {})
}

/// What a line has counted.
pub(super) fn counters(stats: &RecorderStats) -> Counters {
    let counter = |(name, value): (&&str, &u64)| Counter { name: (*name).to_owned(), value: *value };
    Counters {
        stream: stats.source.counts.iter().map(counter).collect(),
        // In the order in which audio passes them.
        stages: Stage::ALL
            .iter()
            .filter_map(|stage| stats.stages.get_key_value(stage.as_str()))
            .map(counter)
            .collect(),
        legs: stats
            .source
            .legs
            .iter()
            .map(|leg| LegCounters {
                address: leg.address.clone(),
                interface: leg.interface.clone(),
                receive_buffer: leg.granted_rcvbuf,
                jitter_us: leg.jitter_us,
                counts: leg.counts.iter().map(counter).collect(),
            })
            .collect(),
        bits: stats.source.bits,
        time_basis: stats.source.time_basis.map(str::to_owned),
        lag_us: stats.source.lag_us,
        drift_ppb: stats.source.drift_ppb,
        trouble: stats.source.trouble.clone(),
    }
}

/// How far back a recording is to begin.
fn back(inner: &Inner, id: u32, seconds: f64) -> Result<Duration, ApiError> {
    if !(0.0..=MOST_BACK_S).contains(&seconds) {
        return Err(ApiError::invalid("A recording begins 0 to 600 seconds ago."));
    }
    let book = inner.station.shelf.book();
    let vox = book.recorder(id)?.config.vox.as_ref().map(terms::vox);
    if vox.is_some_and(|vox| vox.mode == crate::recorder::VoxMode::Activation) {
        return Err(ApiError::conflict(
            "This recorder records on sound, each time from before the sound began. Let it record without a time.",
        ));
    }
    Ok(Duration::from_secs_f64(seconds))
}

fn start(inner: &Inner, id: u32, begin: Begin) -> Result<(), ApiError> {
    let book = inner.station.shelf.book();
    let row = book.recorder(id)?;
    if row.source.is_none() {
        return Err(ApiError::conflict("This recorder has no source. Choose one first."));
    }
    inner.store.set_wanted(&[id], true)?;
    let book = inner.station.shelf.refresh()?;
    let begun = inner.start(book.recorder(id)?, begin);
    if begun.is_ok() && !row.wanted {
        inner.notices.note(Some(id), &row.name, "started", "Recording was started.");
    }
    inner.show_changes();
    begun.map_err(|reason| ApiError::unavailable(format!("{reason} Audyn keeps trying.")))
}

fn stop(inner: &Inner, id: u32) -> Result<(), ApiError> {
    let book = inner.station.shelf.book();
    let row = book.recorder(id)?;
    inner.store.set_wanted(&[id], false)?;
    inner.station.shelf.refresh()?;
    let seat = inner.station.seat(id);
    let gate = seat.gate.lock().unwrap_or_else(PoisonError::into_inner);
    inner.station.end(row);
    drop(gate);
    if row.wanted {
        inner.notices.note(Some(id), &row.name, "stopped", "Recording was stopped.");
    }
    inner.show_changes();
    Ok(())
}

/// Everything that is wrong with writing a source in this way.
fn config_problems(
    inner: &Inner,
    config: &RecorderConfig,
    source: Option<&str>,
) -> Result<Vec<String>, ApiError> {
    let book = inner.station.shelf.book();
    let format = match source {
        None => None,
        Some(id) => book.heard(book.source(id)?).ok().map(|heard| heard.source.format()),
    };
    let writing = terms::effective(config, &book.settings.writing);
    let mut problems = terms::writing_problems(&writing, format.as_ref());
    problems.extend(config.vox.as_ref().map(terms::vox_problems).unwrap_or_default());
    Ok(problems)
}

#[cfg(test)]
mod tests;
