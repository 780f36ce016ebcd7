//! What is announced on the network, as the station uses it: listened for while the settings say so, told to the doors
//! when it changes, and followed by the sources that were made of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_engine::discovery::{Discovery, Identity, Session, Snapshot, interface_towards, sap};
use audyn_model::{Clock, Mono};

use crate::api::ApiError;
use crate::api::wire::{self, Aes67Config, Discovered, DiscoverySettings, SourceConfig};
use crate::book::Book;
use crate::store::SourceRow;
use crate::terms;

pub(crate) mod following;

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

/// What is announced, as the doors show it.
pub(crate) fn list(finder: &Finder, book: &Book) -> Discovered {
    let snapshot = finder.snapshot();
    let on = snapshot.is_some();
    let Snapshot { sessions, troubles, listening, counters } = snapshot.unwrap_or_default();
    let mut streams: Vec<wire::DiscoveredStream> = Vec::new();
    for session in &sessions {
        let followers = followers(book, session);
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
pub(crate) fn adopt(finder: &Finder, request: &wire::Adopt) -> Result<(Session, Aes67Config), ApiError> {
    let session = finder.session(&request.session)?;
    let stream = request.stream.unwrap_or(0);
    let config =
        terms::adopted(&session, stream, &request.pick, interface_towards).map_err(ApiError::invalid)?;
    Ok((session, config))
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
