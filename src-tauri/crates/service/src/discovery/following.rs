//! What has changed of what is announced: told to the doors, and taken up by the sources that were made of it.

use audyn_engine::discovery::{Session, Snapshot};

use super::is;
use crate::api::wire::{
    self, Aes67Config, Announced, AppEvent, Light, LightLevel, NoticeLevel, SourceConfig,
};
use crate::inner::Inner;
use crate::store::{SourceChange, SourceRow};
use crate::terms::{self, Change, light};

/// Tells the doors what has changed, and lets sources follow. Called ten times a second.
pub(crate) fn look(inner: &Inner) {
    let (tell, follow) = inner.finder.due();
    if !tell && !follow {
        return;
    }
    let snapshot = inner.finder.snapshot();
    if tell {
        let sessions = snapshot.as_ref().map(|s| s.sessions.as_slice()).unwrap_or_default();
        let count = |wanted: fn(&Session) -> bool| sessions.iter().filter(|s| wanted(s)).count() as u32;
        inner.outbox.send(AppEvent::Announced(Announced {
            sessions: sessions.len() as u32,
            stale: count(|session| session.stale),
            unusable: count(|session| session.reading.is_err()),
        }));
    }
    if follow {
        self::follow(inner, snapshot.as_ref());
    }
}

/// Lets every source that follows an announcement take up what it says now.
fn follow(inner: &Inner, snapshot: Option<&Snapshot>) {
    let book = inner.station.shelf.book();
    let mut lights = std::collections::BTreeMap::new();
    let mut any = false;
    for row in &book.sources {
        let SourceConfig::Aes67(config) = &row.config else { continue };
        let Some(follow) = &config.follows else { continue };
        let session = snapshot.and_then(|snapshot| find(snapshot, follow));
        let light = match (snapshot, session) {
            (None, _) => light(LightLevel::Unknown, "Announcements are not listened for"),
            (Some(_), None) => light(LightLevel::Unknown, "Not announced now; kept as it was described last"),
            (Some(_), Some(session)) => {
                let (light, changed) = take_up(inner, row, config, follow.stream, session);
                any |= changed;
                light
            }
        };
        lights.insert(row.id.clone(), light);
    }
    inner.station.set_follows(lights);
    if any {
        if let Err(error) = inner.changed() {
            tracing::error!(%error, "what senders have changed is not taken up yet");
        }
    } else {
        inner.show_changes();
    }
}

/// What a session means for a source: how that goes, and whether the source is another now.
fn take_up(
    inner: &Inner,
    row: &SourceRow,
    config: &Aes67Config,
    place: u16,
    session: &Session,
) -> (Light, bool) {
    let key = format!("follow:{}", row.id);
    let announced = || match session.stale {
        true => light(LightLevel::Unknown, "Not announced for a while; kept as it was described last"),
        false => light(LightLevel::Ok, "Follows its sender"),
    };
    let (next, how) = match terms::followed(config, place, session) {
        Change::None => {
            inner.notices.settle(&key);
            return (announced(), false);
        }
        Change::Stays(why) => {
            let message = format!(
                "The sender describes this source otherwise than before, and it cannot follow: {why} It is received as before, \
                 as long as the sender sends that."
            );
            inner.notices.raise(&key, NoticeLevel::Warn, None, &row.name, &message, None);
            inner.tell_status();
            return (light(LightLevel::Warn, why), false);
        }
        Change::Words(next) => (next, None),
        Change::Moved(next, how) => (next, Some(how)),
    };
    let change = SourceChange { name: None, config: Some(SourceConfig::Aes67(next)) };
    if let Err(error) = inner.store.update_source(&row.id, change) {
        tracing::error!(source = row.name, %error, "what its sender has changed cannot be kept");
        return (light(LightLevel::Warn, "Its sender has changed; that could not be kept"), false);
    }
    inner.notices.settle(&key);
    if let Some(how) = how {
        tracing::warn!(source = row.name, how, "a sender has changed its stream; the source follows");
        let message = format!("Its sender has changed the stream: {how}. The source follows.");
        inner.notices.note(None, &row.name, "changed", &message);
        let message = format!(
            "Its sender has changed the stream: {how}. The source follows; a recorder that records goes over when nothing comes \
             by the old way any more."
        );
        let at = inner.station.clock.utc().0;
        inner.notices.raise(&format!("{key}:{at}"), NoticeLevel::Info, None, &row.name, &message, None);
        inner.notices.settle(&format!("{key}:{at}"));
        inner.tell_status();
    }
    (announced(), true)
}

/// The session that is meant; one that is heard rather than one that is stale.
fn find<'a>(snapshot: &'a Snapshot, follow: &wire::Follow) -> Option<&'a Session> {
    let meant = |session: &&Session| session.identity.as_ref().is_some_and(|identity| is(identity, follow));
    snapshot.sessions.iter().filter(meant).min_by_key(|session| session.stale)
}
