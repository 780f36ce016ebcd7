use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::store::{NewSourceRow, StoreError};
use crate::{discovery, terms};

/// Longest name of a source, in characters.
const NAME: usize = 80;
/// Names that are tried when the sender's own is taken.
const TRIES: u32 = 100;

impl Service {
    pub(crate) async fn discovered(&self, caller: &Caller, _: Empty) -> Result<Discovered, ApiError> {
        Sight::of(caller, &self.inner.station.shelf.book()).need_everything()?;
        self.work(|inner| Ok(discovery::list(&inner.finder, &inner.station.shelf.book()))).await
    }

    pub(crate) async fn discovered_sdp(
        &self,
        caller: &Caller,
        pick: SessionId,
    ) -> Result<SessionText, ApiError> {
        Sight::of(caller, &self.inner.station.shelf.book()).need_everything()?;
        self.work(move |inner| {
            let session = inner.finder.session(&pick.session)?;
            Ok(SessionText { text: session.text.to_string(), reading: terms::read_sdp(&session.text) })
        })
        .await
    }

    pub(crate) async fn adopt_stream(&self, _: &Caller, request: Adopt) -> Result<Source, ApiError> {
        self.work(move |inner| {
            let (session, config) = discovery::adopt(&inner.finder, &request)?;
            let book = inner.station.shelf.book();
            let config = SourceConfig::Aes67(config);
            let mut problems =
                terms::heard("", &config, book.settings.interface.as_deref()).err().unwrap_or_default();
            let given = request.name.as_deref().map(|name| terms::name(name, "source", &mut problems));
            terms::refuse(&problems)?;
            let insert = |name: String| {
                inner.store.insert_source(NewSourceRow { name, config: config.clone(), demo: false })
            };
            let row = match given {
                Some(name) => insert(name)?,
                None => {
                    let mut made = insert(numbered(&session.name, 1));
                    for n in 2..TRIES {
                        if !matches!(made, Err(StoreError::NameTaken { .. })) {
                            break;
                        }
                        made = insert(numbered(&session.name, n));
                    }
                    made?
                }
            };
            inner.notices.note(None, &row.name, "created", "The source was made of an announced stream.");
            inner.finder.look_again();
            inner.changed()?;
            let book = inner.station.shelf.book();
            Ok(inner.station.view_source(&book, book.source(&row.id)?))
        })
        .await
    }
}

/// A session's name as a source's: `Studio 1`, then `Studio 1 (2)`.
fn numbered(name: &str, n: u32) -> String {
    let ending = if n > 1 { format!(" ({n})") } else { String::new() };
    let plain: String = name.chars().filter(|c| !c.is_control()).take(NAME - ending.len()).collect();
    let plain = plain.trim();
    format!("{}{ending}", if plain.is_empty() { "Stream" } else { plain })
}
