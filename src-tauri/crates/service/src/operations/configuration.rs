use crate::Service;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::configuration::{self, Now, Plan};
use crate::inner::Inner;
use crate::store::{Doors, RecorderRow, Rows};

impl Service {
    pub(crate) async fn export_configuration(
        &self,
        _: &Caller,
        _: Empty,
    ) -> Result<ConfigurationFile, ApiError> {
        self.work(|inner| {
            let book = inner.station.shelf.book();
            Ok(ConfigurationFile {
                name: configuration::file_name(&book),
                text: configuration::export(&book, &doors(inner))?,
            })
        })
        .await
    }

    pub(crate) async fn check_configuration(
        &self,
        _: &Caller,
        file: ConfigurationText,
    ) -> Result<ConfigurationCheck, ApiError> {
        self.work(move |inner| {
            let (plan, fingerprint, ..) = look(inner, &file.text)?;
            Ok(plan.check(fingerprint))
        })
        .await
    }

    pub(crate) async fn import_configuration(
        &self,
        _: &Caller,
        file: ImportConfiguration,
    ) -> Result<ConfigurationCheck, ApiError> {
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            inner.hold(book.recorders.iter().map(|row| row.number), || import(inner, &file))
        })
        .await
    }
}

/// Who may, and how the station is opened.
fn doors(inner: &Inner) -> Doors {
    let known = inner.access.known();
    Doors { settings: known.settings.clone(), users: known.users.clone() }
}

/// What the file would change now, its fingerprint, the last recorder's number, and who may.
fn look(inner: &Inner, text: &str) -> Result<(Plan, String, u32, Doors), ApiError> {
    let book = inner.station.shelf.book();
    let last_number = inner.store.last_recorder_number()?;
    let busy = |row: &RecorderRow| row.wanted || inner.station.is_busy(row.uid);
    let doors = doors(inner);
    let at = inner.station.clock.utc();
    let plan = configuration::plan(&Now { book: &book, doors: &doors, at, last_number, busy: &busy }, text)?;
    Ok((plan, configuration::fingerprint(&book, &doors, text)?, last_number, doors))
}

fn import(inner: &Inner, file: &ImportConfiguration) -> Result<ConfigurationCheck, ApiError> {
    let moved = || {
        ApiError::conflict(
            "The station, or the file, is not as it was when it was checked. Nothing was changed. Check the file again.",
        )
    };
    // Step 1: the same file against the same station gives the plan that was seen.
    let before = inner.station.shelf.refresh()?;
    inner.access.refresh()?;
    let (plan, fingerprint, last_number, doors) = look(inner, &file.text)?;
    if fingerprint != file.fingerprint {
        return Err(moved());
    }
    let refusals = plan.refusals();
    if !refusals.is_empty() {
        let why = refusals.join(" ");
        return Err(ApiError::conflict(format!("Nothing was changed. {why}")));
    }
    if plan.changes.is_empty() {
        return Ok(plan.check(fingerprint));
    }
    // Step 2: what it was can be had again.
    inner.store.backup(inner.station.clock.utc())?;
    // Step 3: all of it, if nobody was quicker.
    let after = &plan.after;
    let settings = (after.settings != before.settings).then_some(&after.settings);
    let rows = (Rows::of(&before, &doors), Rows::of(after, &plan.doors));
    if !inner.store.replace_configuration(rows.0, last_number, rows.1, settings)? {
        return Err(moved());
    }
    let count = plan.changes.len();
    let message =
        format!("A configuration was imported: {count} changes. What it was is in the newest backup.");
    inner.notices.note(None, "Configuration", "changed", &message);
    inner.finder.look_again();
    inner.changed()?;
    super::access::taken_up(inner)?;
    // Step 4: those that are gone, once no book has them any more; whoever shows the station loads the rest again.
    for row in before.recorders.iter().filter(|old| after.recorder(old.number).is_err()) {
        inner.station.forget(row.number);
        inner.outbox.send(AppEvent::RecorderRemoved(row.number));
    }
    for row in before.studios.iter().filter(|old| after.studio(&old.id).is_err()) {
        inner.outbox.send(AppEvent::StudioRemoved(row.id.clone()));
    }
    for row in before.sources.iter().filter(|old| after.source(&old.id).is_err()) {
        inner.doctors.forget(&row.id);
        inner.outbox.send(AppEvent::SourceRemoved(row.id.clone()));
    }
    inner.outbox.send(AppEvent::Settings(inner.station.shelf.book().settings.clone()));
    inner.outbox.send(AppEvent::Resync);
    inner.tell_status();
    Ok(plan.check(fingerprint))
}
