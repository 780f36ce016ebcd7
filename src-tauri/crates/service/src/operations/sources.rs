use super::recorders::counters;
use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::store::{NewSourceRow, SourceChange};
use crate::terms;

impl Service {
    pub(crate) async fn list_sources(&self, caller: &Caller, _: Empty) -> Result<Sources, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let sight = Sight::of(&caller, &book);
            let view = |row| inner.station.view_source(&book, row);
            let seen = book.sources.iter().filter(|row| sight.has_source(&row.id));
            let mut sources: Vec<Source> = seen.map(view).collect();
            sources.sort_by_key(|source| source.name.to_lowercase());
            Ok(Sources { sources })
        })
        .await
    }

    pub(crate) async fn create_source(&self, _: &Caller, new: NewSource) -> Result<Source, ApiError> {
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let mut problems = Vec::new();
            let name = terms::name(&new.name, "source", &mut problems);
            problems.extend(
                terms::heard("", &new.config, book.settings.interface.as_deref()).err().unwrap_or_default(),
            );
            terms::refuse(&problems)?;
            let row = inner.store.insert_source(NewSourceRow { name, config: new.config, demo: false })?;
            inner.notices.note(None, &row.name, "created", "The source was made.");
            inner.changed()?;
            let book = inner.station.shelf.book();
            Ok(inner.station.view_source(&book, book.source(&row.id)?))
        })
        .await
    }

    pub(crate) async fn change_source(&self, _: &Caller, new: ChangeSource) -> Result<Source, ApiError> {
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let row = book.source(&new.id)?;
            let mut problems = Vec::new();
            let name = new.name.map(|name| terms::name(&name, "source", &mut problems));
            if let Some(config) = &new.config {
                let found = terms::heard(&new.id, config, book.settings.interface.as_deref());
                problems.extend(found.err().unwrap_or_default());
                let recorded = book.recorders.iter().find(|recorder| {
                    recorder.source.as_deref() == Some(new.id.as_str())
                        && (recorder.wanted || inner.station.is_busy(recorder.uid))
                });
                if let Some(recorder) = recorded.filter(|_| *config != row.config) {
                    let name = &recorder.name;
                    return Err(ApiError::conflict(format!(
                        "{name} is recording it. Stop that first; then change it."
                    )));
                }
            }
            terms::refuse(&problems)?;
            let row = inner.store.update_source(&new.id, SourceChange { name, config: new.config })?;
            inner.notices.note(None, &row.name, "changed", "The source was changed.");
            inner.finder.look_again();
            inner.changed()?;
            let book = inner.station.shelf.book();
            Ok(inner.station.view_source(&book, book.source(&new.id)?))
        })
        .await
    }

    pub(crate) async fn delete_source(&self, _: &Caller, pick: SourceId) -> Result<Empty, ApiError> {
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            let row = book.source(&pick.id)?;
            inner.store.delete_source(&pick.id)?;
            inner.notices.note(None, &row.name, "deleted", "The source was deleted.");
            inner.doctors.forget(&pick.id);
            inner.outbox.send(AppEvent::SourceRemoved(pick.id));
            inner.changed()?;
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn source_counters(
        &self,
        caller: &Caller,
        pick: SourceId,
    ) -> Result<SourceCounters, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            Sight::of(&caller, &book).need_source(&pick.id)?;
            let view = inner.station.view_source(&book, book.source(&pick.id)?);
            let line = view.meter.parse().ok().and_then(|id| inner.station.recorders.stats_of(id));
            let reason = line.is_none().then(|| view.signal.text.clone());
            Ok(SourceCounters { counters: line.map(|stats| counters(&stats)), reason })
        })
        .await
    }

    pub(crate) async fn list_inputs(&self, _: &Caller, _: Empty) -> Result<Inputs, ApiError> {
        self.work(|inner| Ok(terms::inputs(&*inner.station.clock))).await
    }

    pub(crate) async fn read_sdp(&self, _: &Caller, sdp: SdpText) -> Result<SdpReading, ApiError> {
        self.work(move |_| Ok(terms::read_sdp(&sdp.text))).await
    }
}
