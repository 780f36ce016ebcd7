//! What is set: sources, recorders, studios and settings as the state database has them, read once after each change.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use audyn_model::RecorderId;

use crate::api::ApiError;
use crate::api::wire::{self, Settings};
use crate::store::{RecorderRow, SourceRow, Store, StoreError, StudioRow};
use crate::terms::{self, Heard};

/// One reading of the database.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    pub settings: Settings,
    pub sources: Vec<SourceRow>,
    pub recorders: Vec<RecorderRow>,
    pub studios: Vec<StudioRow>,
}

/// The last reading.
pub(crate) struct Shelf {
    store: Arc<Store>,
    defaults: Settings,
    book: RwLock<Arc<Book>>,
    /// Held while the database is read: a slow reading must not take the place of one that began later.
    reading: Mutex<()>,
}

impl Shelf {
    /// Reads the database. `defaults` are the settings where it has none.
    pub(crate) fn open(store: Arc<Store>, defaults: Settings) -> Result<Self, StoreError> {
        let book = RwLock::new(Arc::new(read(&store, &defaults)?));
        Ok(Self { store, defaults, book, reading: Mutex::default() })
    }

    pub(crate) fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the database again. What was committed before is in every later [`Self::book`].
    pub(crate) fn refresh(&self) -> Result<Arc<Book>, StoreError> {
        self.refresh_by(|| read(&self.store, &self.defaults))
    }

    fn refresh_by(&self, read: impl FnOnce() -> Result<Book, StoreError>) -> Result<Arc<Book>, StoreError> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let book = Arc::new(read()?);
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&book);
        Ok(book)
    }
}

fn read(store: &Store, defaults: &Settings) -> Result<Book, StoreError> {
    let mut settings = store.settings(defaults)?.unwrap_or_else(|| defaults.clone());
    lock(&mut settings, defaults);
    Ok(Book { settings, sources: store.sources()?, recorders: store.recorders()?, studios: store.studios()? })
}

/// What was given to the program goes before what was set.
pub(crate) fn lock(settings: &mut Settings, defaults: &Settings) {
    if defaults.archive_root_locked.is_some() {
        settings.archive_root.clone_from(&defaults.archive_root);
    }
    settings.archive_root_locked.clone_from(&defaults.archive_root_locked);
}

impl Book {
    pub(crate) fn recorder(&self, id: u32) -> Result<&RecorderRow, ApiError> {
        let found = self.recorders.iter().find(|row| row.number == id);
        found.ok_or_else(|| ApiError::not_found(format!("There is no recorder {id}.")))
    }

    /// A recorder as it is set now, if it should still be recording.
    pub(crate) fn wanted(&self, recorder: RecorderId) -> Option<&RecorderRow> {
        self.recorders.iter().find(|row| row.uid == recorder && row.wanted)
    }

    pub(crate) fn source(&self, id: &str) -> Result<&SourceRow, ApiError> {
        let found = self.sources.iter().find(|row| row.id == id);
        found.ok_or_else(|| ApiError::not_found("There is no such source."))
    }

    pub(crate) fn studio(&self, id: &str) -> Result<&StudioRow, ApiError> {
        let found = self.studios.iter().find(|row| row.id == id);
        found.ok_or_else(|| ApiError::not_found("There is no such studio."))
    }

    pub(crate) fn source_of(&self, recorder: &RecorderRow) -> Option<&SourceRow> {
        let id = recorder.source.as_deref()?;
        self.sources.iter().find(|row| row.id == id)
    }

    pub(crate) fn studio_of(&self, recorder: u32) -> Option<&StudioRow> {
        self.studios.iter().find(|row| row.recorder == Some(recorder))
    }

    /// The folder a recorder writes into, below the archive root.
    pub(crate) fn folder(&self, recorder: u32) -> String {
        folder(recorder, self.studio_of(recorder).map(|studio| studio.id.as_str()))
    }

    /// How a recorder writes.
    pub(crate) fn writing(&self, recorder: &RecorderRow) -> wire::Writing {
        terms::effective(&recorder.config, &self.settings.writing)
    }

    /// What a source's configuration means here.
    pub(crate) fn heard(&self, source: &SourceRow) -> Result<Heard, Vec<String>> {
        terms::heard(&source.id, &source.config, self.settings.interface.as_deref())
    }
}

/// The folder of a recorder below the archive root: its studio's, else its own.
pub(crate) fn folder(recorder: u32, studio: Option<&str>) -> String {
    studio.map_or_else(|| format!("recorder{recorder}"), str::to_owned)
}

#[cfg(test)]
mod tests;
