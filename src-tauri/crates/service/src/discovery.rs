//! What is announced on the network, as the station uses it: listened for while the settings say so, told to the doors
//! when it changes, and followed by the sources that were made of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_engine::discovery::{Discovery, Identity, Session, Snapshot, interface_towards, sap};
use audyn_model::{Clock, Mono};

use crate::api::ApiError;
use crate::api::wire::{
    self, Aes67Config, Announced, AppEvent, Discovered, DiscoverySettings, Light, LightLevel, NoticeLevel,
    SourceConfig,
};
use crate::book::Book;
use crate::notices;
use crate::service::Inner;
use crate::store::{SourceChange, SourceRow};
use crate::terms::{self, Change, light};

/// Between two words to the doors that the list has changed.
const TELL: Duration = Duration::from_millis(500);
/// Between two looks at what sources follow: a sender that changes its mind faster is followed at this pace.
const FOLLOW: Duration = Duration::from_secs(2);

/// Listens while the settings say so.
pub(crate) struct Finder {
    clock: Arc<dyn Clock>,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    running: Option<Discovery>,
    set: Option<DiscoverySettings>,
    told: Option<(u64, Mono)>,
    followed: Option<(u64, Mono)>,
}

impl Finder {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, now: Mutex::default() }
    }

    /// Listens as the settings say from now on.
    pub(crate) fn set(&self, settings: &DiscoverySettings) {
        let mut now = self.now();
        if now.set.as_ref() == Some(settings) {
            return;
        }
        now.set = Some(settings.clone());
        match (&now.running, settings.on) {
            (Some(running), true) => running.listen_on(settings.interfaces.clone()),
            (None, true) => match Discovery::start(Arc::clone(&self.clock), settings.interfaces.clone()) {
                Ok(running) => now.running = Some(running),
                Err(error) => {
                    now.set = None;
                    tracing::error!(%error, "announcements are not listened for: no thread could be started");
                }
            },
            (_, false) => now.running = None,
        }
        now.told = None;
    }

    /// Ends it.
    pub(crate) fn stop(&self) {
        let running = self.now().running.take();
        drop(running);
    }

    /// What is announced now; none if nobody listens.
    pub(crate) fn snapshot(&self) -> Option<Snapshot> {
        self.now().running.as_ref().map(Discovery::snapshot)
    }

    /// An announced session.
    ///
    /// # Errors
    /// There is none with this id.
    pub(crate) fn session(&self, id: &str) -> Result<Session, ApiError> {
        let found = self.now().running.as_ref().and_then(|running| running.session(id));
        found.ok_or_else(|| {
            ApiError::not_found("This session is not announced any more. Look at the list again.")
        })
    }

    /// Whether the doors, and whether sources should look at a snapshot now.
    fn due(&self) -> (bool, bool) {
        let now = self.clock.mono();
        let mut state = self.now();
        let generation = state.running.as_ref().map_or(0, Discovery::generation);
        let due = |last: &mut Option<(u64, Mono)>, pause: Duration| {
            let due = last.is_none_or(|(known, at)| known != generation && now.since(at) >= pause);
            if due {
                *last = Some((generation, now));
            }
            due
        };
        (due(&mut state.told, TELL), due(&mut state.followed, FOLLOW))
    }

    /// Sources look again although nothing new was announced: they have changed themselves.
    pub(crate) fn look_again(&self) {
        self.now().followed = None;
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

/// What is announced, as the doors show it.
pub(crate) fn list(inner: &Inner) -> Discovered {
    let snapshot = inner.finder.snapshot();
    let on = snapshot.is_some();
    let Snapshot { sessions, troubles, listening, counters } = snapshot.unwrap_or_default();
    let book = inner.station.shelf.book();
    let mut streams: Vec<wire::DiscoveredStream> = Vec::new();
    for session in &sessions {
        let followers = followers(&book, session);
        streams.extend(terms::announced(session).into_iter().map(|mut stream| {
            let own = followers.iter().filter(|(place, _)| *place == stream.stream);
            stream.sources = own.map(|(_, id)| id.clone()).collect();
            stream
        }));
    }
    let trouble = |trouble: audyn_engine::discovery::Trouble| wire::DiscoveryTrouble {
        name: trouble.name,
        address: trouble.at.to_string(),
        why: trouble.why,
    };
    let interface = |one: audyn_engine::discovery::Listening| wire::DiscoveryInterface {
        name: one.interface,
        problem: one.problem,
    };
    let rejected = |reasons: &[sap::Reject]| reasons.iter().map(|r| counters.rejected[r.index()]).sum();
    Discovered {
        on,
        streams,
        troubles: troubles.into_iter().map(trouble).collect(),
        listening: listening.into_iter().map(interface).collect(),
        counters: wire::DiscoveryCounters {
            announcements: counters.announcements,
            malformed: rejected(&[sap::Reject::Short, sap::Reject::Version]),
            foreign: rejected(&[sap::Reject::Encrypted, sap::Reject::Compressed, sap::Reject::Type]),
            answers: counters.answers,
            unreadable: counters.unreadable,
            described: counters.described,
            undescribed: counters.undescribed,
            contradicted: counters.sessions.contradicted,
            no_room: counters.sessions.refused + counters.sessions.evicted + counters.instances_refused,
        },
    }
}

/// A source's configuration made of an announced stream.
///
/// # Errors
/// It is not announced any more, or cannot be received.
pub(crate) fn adopt(inner: &Inner, request: &wire::Adopt) -> Result<(Session, Aes67Config), ApiError> {
    let session = inner.finder.session(&request.session)?;
    let stream = request.stream.unwrap_or(0);
    let config =
        terms::adopted(&session, stream, &request.pick, interface_towards).map_err(ApiError::invalid)?;
    Ok((session, config))
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
            notices::settle(inner, &key);
            return (announced(), false);
        }
        Change::Stays(why) => {
            let message = format!(
                "The sender describes this source otherwise than before, and it cannot follow: {why} It is received as before, \
                 as long as the sender sends that."
            );
            inner.raise(&key, NoticeLevel::Warn, None, &row.name, &message, None);
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
    notices::settle(inner, &key);
    if let Some(how) = how {
        tracing::warn!(source = row.name, how, "a sender has changed its stream; the source follows");
        let message = format!("Its sender has changed the stream: {how}. The source follows.");
        inner.note(None, &row.name, "changed", &message);
        let message = format!(
            "Its sender has changed the stream: {how}. The source follows; a recorder that records goes over when nothing comes \
             by the old way any more."
        );
        let at = inner.station.clock.utc().0;
        inner.raise(&format!("{key}:{at}"), NoticeLevel::Info, None, &row.name, &message, None);
        notices::settle(inner, &format!("{key}:{at}"));
    }
    (announced(), true)
}

/// The session that is meant; one that is heard rather than one that is stale.
fn find<'a>(snapshot: &'a Snapshot, follow: &wire::Follow) -> Option<&'a Session> {
    let meant = |session: &&Session| session.identity.as_ref().is_some_and(|identity| is(identity, follow));
    snapshot.sessions.iter().filter(meant).min_by_key(|session| session.stale)
}

fn is(identity: &Identity, follow: &wire::Follow) -> bool {
    (&identity.user, &identity.session_id, &identity.address)
        == (&follow.user, &follow.session_id, &follow.address)
}

/// Sources that follow a session, with the place of their stream in it.
fn followers(book: &Book, session: &Session) -> Vec<(u16, String)> {
    let Some(identity) = &session.identity else { return Vec::new() };
    let follower = |row: &SourceRow| {
        let SourceConfig::Aes67(config) = &row.config else { return None };
        let follow = config.follows.as_ref().filter(|follow| is(identity, follow))?;
        Some((follow.stream, row.id.clone()))
    };
    book.sources.iter().filter_map(follower).collect()
}
