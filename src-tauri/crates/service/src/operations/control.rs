use audyn_engine::rt;

use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::inner::Inner;
use crate::store::{BackupInfo, HistoryWanted, RecorderRow};
use crate::terms::{self, moment};

/// Entries of the history on a page unless told otherwise, and at most.
const PAGE: (u32, u32) = (200, 1000);

impl Service {
    pub(crate) async fn status(&self, caller: &Caller, _: Empty) -> Result<Status, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let sight = Sight::of(&caller, &inner.station.shelf.book());
            Ok(inner.status_for(&sight, inner.status()))
        })
        .await
    }

    pub(crate) async fn acknowledge(&self, _: &Caller, pick: NoticeId) -> Result<Empty, ApiError> {
        self.work(move |inner| {
            inner.store.acknowledge(&pick.id)?;
            inner.tell_status();
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn history(&self, caller: &Caller, query: HistoryQuery) -> Result<History, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let limit = query.limit.unwrap_or(PAGE.0).clamp(1, PAGE.1);
            let recorder = match (Sight::of(&caller, &inner.station.shelf.book()), query.recorder_id) {
                (Sight::Everything, wished) => wished,
                (sight @ Sight::Studio { .. }, Some(id)) => {
                    sight.need_recorder(id)?;
                    Some(id)
                }
                (Sight::Studio { recorder: Some(own), .. }, None) => Some(own),
                (Sight::Studio { recorder: None, .. }, None) => {
                    return Ok(History { entries: Vec::new(), more: false });
                }
            };
            let wanted = HistoryWanted { recorder, before: query.before, limit };
            let page = inner.store.history(wanted)?;
            let entries = page.rows.into_iter().map(|row| HistoryEntry {
                id: row.id,
                at: moment(row.note.at),
                recorder_id: row.note.recorder,
                subject: row.note.subject,
                kind: row.note.kind,
                message: row.note.message,
            });
            Ok(History { entries: entries.collect(), more: page.more })
        })
        .await
    }

    pub(crate) async fn settings(&self, _: &Caller, _: Empty) -> Result<Settings, ApiError> {
        self.work(|inner| Ok(inner.station.shelf.book().settings.clone())).await
    }

    pub(crate) async fn change_settings(
        &self,
        _: &Caller,
        change: ChangeSettings,
    ) -> Result<Settings, ApiError> {
        self.work(move |inner| {
            let before = inner.station.shelf.book().settings.clone();
            let settings = changed(&before, change, &|| inner.busy_recorder())?;
            if settings == before {
                return Ok(settings);
            }
            inner.store.put_settings(&settings)?;
            inner.notices.note(None, "Settings", "changed", "The station's settings were changed.");
            inner.changed()?;
            let settings = inner.station.shelf.book().settings.clone();
            inner.outbox.send(AppEvent::Settings(settings.clone()));
            inner.tell_status();
            Ok(settings)
        })
        .await
    }

    pub(crate) async fn interfaces(&self, _: &Caller, _: Empty) -> Result<Interfaces, ApiError> {
        self.work(|_| {
            let found = rt::interfaces().map_err(ApiError::internal)?;
            let interface = |interface: rt::Interface| Interface {
                addresses: interface.addresses.iter().map(ToString::to_string).collect(),
                up: interface.running,
                loopback: interface.loopback,
                name: interface.name,
            };
            Ok(Interfaces { interfaces: found.into_iter().map(interface).collect() })
        })
        .await
    }

    pub(crate) async fn diagnostics(&self, _: &Caller, _: Empty) -> Result<Diagnostics, ApiError> {
        self.work(|inner| {
            let (pre_roll_bytes, pre_roll_limit_bytes) = inner.station.recorders.memory();
            Ok(Diagnostics {
                version: inner.options.originator.clone(),
                state_dir: inner.store.dir().to_string_lossy().into_owned(),
                started: moment(inner.started),
                real_time: inner.station.recorders.real_time(),
                schema: inner.store.schema(),
                database_bytes: inner.store.bytes(),
                processors: std::thread::available_parallelism().map_or(1, |n| n.get() as u32),
                memory_bytes: resident_memory(),
                pre_roll_bytes,
                pre_roll_limit_bytes,
                secrets: inner.access.secrets.kept(),
                licence: "MIT OR Apache-2.0".to_owned(),
            })
        })
        .await
    }

    pub(crate) async fn backups(&self, _: &Caller, _: Empty) -> Result<Backups, ApiError> {
        self.work(|inner| Ok(Backups { backups: inner.store.backups()?.iter().map(backup).collect() })).await
    }

    pub(crate) async fn make_backup(&self, _: &Caller, _: Empty) -> Result<Backup, ApiError> {
        self.work(|inner| Ok(backup(&inner.store.backup(inner.station.clock.utc())?))).await
    }

    pub(crate) async fn check_backup(&self, _: &Caller, pick: BackupName) -> Result<Backup, ApiError> {
        self.work(move |inner| Ok(backup(&inner.store.check_backup(&pick.name)?))).await
    }

    pub(crate) async fn restore_backup(&self, _: &Caller, pick: BackupName) -> Result<Empty, ApiError> {
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            if let Some(row) = book.recorders.iter().find(|row| row.wanted || inner.station.is_busy(row.uid))
            {
                let name = &row.name;
                return Err(ApiError::conflict(format!("{name} is recording. Stop all recorders first.")));
            }
            inner.store.restore(&pick.name, inner.station.clock.utc())?;
            inner.notices.settle("state:damaged");
            inner.notices.note(None, "State", "changed", &format!("The backup {} was restored.", pick.name));
            inner.changed()?;
            inner.start_wanted();
            inner.outbox.send(AppEvent::Resync);
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn remove_demo(&self, _: &Caller, _: Empty) -> Result<Empty, ApiError> {
        self.work(|inner| {
            let book = inner.station.shelf.book();
            let demo: Vec<u32> = book.recorders.iter().filter(|row| row.demo).map(|row| row.number).collect();
            inner.hold(demo.iter().copied(), || remove_demo(inner, &demo))
        })
        .await
    }

    pub(crate) async fn level_layout(&self, caller: &Caller, _: Empty) -> Result<LevelLayout, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let sight = Sight::of(&caller, &inner.station.shelf.book());
            Ok(sight.layout(inner.station.meters().0))
        })
        .await
    }
}

fn remove_demo(inner: &Inner, recorders: &[u32]) -> Result<Empty, ApiError> {
    let book = inner.station.shelf.book();
    let is_demo = |row: &RecorderRow| book.source_of(row).is_some_and(|source| source.demo);
    // Said before anything is stopped for it.
    if let Some(own) = book.recorders.iter().find(|row| !row.demo && is_demo(row)) {
        let name = &own.name;
        return Err(ApiError::conflict(format!(
            "{name} hears a test tone of the demonstration. Give it another source first; then remove the demonstration."
        )));
    }
    inner.store.set_wanted(recorders, false)?;
    inner.station.shelf.refresh()?;
    for row in book.recorders.iter().filter(|row| recorders.contains(&row.number)) {
        inner.station.end(row);
    }
    let removed = inner.store.remove_demo()?;
    inner.notices.note(
        None,
        "Demonstration",
        "deleted",
        "The demonstration was removed. Its recordings stay.",
    );
    inner.changed()?;
    for id in removed.recorders {
        inner.station.forget(id);
        inner.outbox.send(AppEvent::RecorderRemoved(id));
    }
    removed.studios.into_iter().for_each(|id| inner.outbox.send(AppEvent::StudioRemoved(id)));
    removed.sources.into_iter().for_each(|id| inner.outbox.send(AppEvent::SourceRemoved(id)));
    inner.tell_status();
    Ok(Empty {})
}

/// The settings with a change, checked. `busy` names a recorder that records, if one does.
pub(crate) fn changed(
    before: &Settings,
    change: ChangeSettings,
    busy: &dyn Fn() -> Option<String>,
) -> Result<Settings, ApiError> {
    let mut problems = Vec::new();
    let mut settings = before.clone();
    if let Some(station) = change.station {
        settings.station = terms::name(&station, "station", &mut problems);
    }
    if let Some(contact) = change.engineering_contact {
        settings.engineering_contact = terms::description(&contact, &mut problems);
    }
    if let Some(writing) = change.writing {
        problems.extend(terms::writing_problems(&writing, None));
        settings.writing = writing;
    }
    if let Some(root) = change.archive_root.filter(|root| *root != before.archive_root) {
        let root = root.trim();
        if let Some(why) = &before.archive_root_locked {
            problems.push(format!("The archive folder cannot be changed here. {why}"));
        } else if !std::path::Path::new(root).is_absolute() {
            problems.push(format!("\"{root}\" is no whole path; begin it with /."));
        } else if let Err(error) = audyn_archive::check_folder(std::path::Path::new(root)) {
            problems.push(format!("{error}."));
        }
        if let Some(name) = busy() {
            return Err(ApiError::conflict(format!("{name} is recording. Stop all recorders first.")));
        }
        root.clone_into(&mut settings.archive_root);
    }
    if let Some(interface) = change.interface {
        settings.interface = Some(interface.trim().to_owned()).filter(|name| !name.is_empty());
    }
    if let Some(discovery) = change.discovery {
        let count = discovery.interfaces.len();
        if count > 32 {
            problems.push(format!("{count} interfaces to listen on; give at most 32, or none for all."));
        }
        for name in &discovery.interfaces {
            terms::interface(name, &mut problems);
        }
        settings.discovery = discovery;
    }
    if let Some(clock) = change.clock {
        settings.clock = crate::clock::checked(clock, &mut problems);
    }
    if let Some(dbfs) = change.reference_dbfs {
        if ![-18, -20].contains(&dbfs) {
            problems.push(format!("A reference of {dbfs} dBFS is not known; choose -18 or -20."));
        }
        settings.reference_dbfs = dbfs;
    }
    if let Some(seconds) = change.peak_hold_s {
        if ![0, 1, 2, 5].contains(&seconds) {
            problems.push(format!(
                "Peaks cannot be held for {seconds} s; choose 1, 2 or 5, or 0 for until touched."
            ));
        }
        settings.peak_hold_s = seconds;
    }
    if let Some(seconds) = change.pre_roll_s {
        if seconds > 600 {
            problems
                .push(format!("{seconds} s cannot be kept back; give at most 600, or 0 to keep nothing."));
        }
        settings.pre_roll_s = seconds;
    }
    if let Some(mib) = change.pre_roll_mib {
        if mib != 0 && !(16..=65_536).contains(&mib) {
            problems.push(format!(
                "{mib} MiB are not possible for what is kept back; give 16 to 65536, or 0 for what is usual."
            ));
        }
        settings.pre_roll_mib = Some(mib).filter(|mib| *mib != 0);
    }
    settings.theme = change.theme.unwrap_or(settings.theme);
    settings.shortcuts = change.shortcuts.unwrap_or(settings.shortcuts);
    settings.kiosk = change.kiosk.unwrap_or(settings.kiosk);
    settings.close_to_tray = change.close_to_tray.unwrap_or(settings.close_to_tray);
    terms::refuse(&problems)?;
    Ok(settings)
}

fn backup(info: &BackupInfo) -> Backup {
    Backup {
        name: info.name.clone(),
        made: moment(info.made),
        bytes: info.bytes,
        schema: info.schema,
        contents: format!("{} recorders, {} sources, {} studios", info.recorders, info.sources, info.studios),
    }
}

/// This program's resident memory in bytes; 0 where the system does not tell.
pub(crate) fn resident_memory() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * rustix::param::page_size() as u64
}
