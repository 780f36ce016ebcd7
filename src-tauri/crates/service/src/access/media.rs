//! A file of the archive for whoever may have it.

use std::fs::File;

use audyn_archive::SegmentState;
use audyn_model::Container;

use crate::Service;
use crate::api::{ApiError, Caller};
use crate::files::{self, Scope};

/// A file, opened.
#[derive(Debug)]
pub struct Media {
    /// Open for reading.
    pub file: File,
    /// Bytes on disk when it was opened.
    pub bytes: u64,
    /// Its media type.
    pub content_type: &'static str,
    /// What it is called.
    pub name: String,
    /// It is still being written.
    pub growing: bool,
    /// Other bytes, other text: for `ETag`, without the quotes.
    pub version: String,
}

impl Service {
    /// Opens a file of the archive. It cannot lie outside the archive, whatever links lead there, and what is complete
    /// is not deleted while it is open.
    ///
    /// # Errors
    /// There is none, it is another studio's, or the disk does not let it be read.
    pub async fn open_media(&self, caller: &Caller, id: &str) -> Result<Media, ApiError> {
        let scope = Scope::of(caller)?;
        let id = id.to_owned();
        self.work(move |inner| {
            let found = files::find(inner, &id, &scope)?;
            let root = inner.station.root()?;
            let file = root.open_media(&found.row).map_err(files::refusal)?;
            let bytes = file.metadata().map_err(ApiError::internal)?.len();
            let growing = found.row.state == SegmentState::Open;
            Ok(Media {
                file,
                bytes,
                content_type: media_type(found.row.container),
                name: found.row.path.rsplit('/').next().unwrap_or_default().to_owned(),
                growing,
                version: format!("{id}-{bytes}{}", if growing { "-growing" } else { "" }),
            })
        })
        .await
    }
}

/// RFC 2361, 7845, 9639 and 3003.
const fn media_type(container: Container) -> &'static str {
    match container {
        Container::Wav => "audio/wav",
        Container::Opus => "audio/ogg; codecs=opus",
        Container::Flac => "audio/flac",
        Container::Mp3 => "audio/mpeg",
    }
}
