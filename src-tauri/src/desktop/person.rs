//! Who sits before this window.
//!
//! Nobody in particular, at first: whoever stands before the machine, and may do everything, since they could as well take its
//! disk. Somebody who signs in by the provider is themselves from then on, in the audit log and in what they may: the window
//! has then what they have, no more. When they go, or their session ends by whatever way, it is the machine's again. The
//! session is one like others, in the list of sessions and ended from there; its secret is in this memory only, so nobody is
//! signed in when the program starts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_service::access::{HERE, ProviderIdentity, SignIn};
use audyn_service::api::wire::Me;
use audyn_service::api::{ApiError, Caller};
use audyn_service::secrets::Secret;
use audyn_web::oidc::{DeviceFlow, Oidc, Shown, provider_of};
use tauri::{AppHandle, Emitter as _};
use tokio::sync::watch;

use super::shell;

/// Event that tells the page that somebody else sits before it.
const PERSON: &str = "audyn://person";
/// What the window is called in the list of sessions.
const AGENT: &str = "Audyn, the window on this machine";
/// Nobody comes back to this address in this flow.
const CALLED: &str = "http://localhost";
/// How long the end of a session may take while the program ends.
const LEAVING: Duration = Duration::from_secs(2);

/// Who it is, and who wants to be.
#[derive(Default)]
pub struct Person {
    session: Mutex<Option<Secret>>,
    /// Counts how often it was somebody else.
    changes: AtomicU64,
    waiting: Mutex<Option<Waiting>>,
    oidc: OnceLock<Result<Oidc, String>>,
}

/// A code that is shown.
struct Waiting {
    flow: Arc<DeviceFlow>,
    /// Dropped with this: whoever waits stops.
    over: watch::Sender<()>,
}

impl Person {
    /// Somebody signed in.
    pub fn is_somebody(&self) -> bool {
        lock(&self.session).is_some()
    }

    /// How often it was somebody else.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// A code for somebody who wants to sign in. An earlier one is not waited for any more.
    pub async fn begin(&self, service: &Service) -> Result<Shown, ApiError> {
        let settings = provider_of(service, CALLED).await?.ok_or_else(|| {
            ApiError::conflict(
                "Signing in by a provider is not set up here. It is set up under Settings → Network access.",
            )
        })?;
        let flow = self.oidc()?.begin_by_device(settings).await?;
        let shown = flow.shown().clone();
        *lock(&self.waiting) = Some(Waiting { flow: Arc::new(flow), over: watch::Sender::new(()) });
        Ok(shown)
    }

    /// Waits until the code was used; then this window is theirs.
    pub async fn finish(&self, service: &Service) -> Result<Me, ApiError> {
        let (flow, mut over) = {
            let waiting = lock(&self.waiting);
            let waiting = waiting.as_ref().ok_or_else(cancelled)?;
            (Arc::clone(&waiting.flow), waiting.over.subscribe())
        };
        let known = tokio::select! {
            biased;
            _ = over.changed() => return Err(cancelled()),
            known = self.oidc()?.finish_by_device(&flow) => known?,
        };
        let signed = service.sign_in(SignIn::Provider(ProviderIdentity::from(known)), HERE, AGENT).await?;
        let me = service.caller_here(&signed.secret)?.me();
        // Given up at the last moment: nobody sits there any more.
        let taken = {
            let mut waiting = lock(&self.waiting);
            let ours = waiting.as_ref().is_some_and(|waiting| Arc::ptr_eq(&waiting.flow, &flow));
            if ours {
                *waiting = None;
            }
            ours
        };
        if !taken {
            service.sign_out(&service.caller_here(&signed.secret)?).await?;
            return Err(cancelled());
        }
        let before = self.replace(Some(signed.secret));
        end(service, before).await?;
        Ok(me)
    }

    /// The code is not waited for any more.
    pub fn cancel(&self) {
        lock(&self.waiting).take();
    }

    /// The window is the machine's again.
    pub async fn sign_out(&self, service: &Service) -> Result<(), ApiError> {
        self.cancel();
        end(service, self.replace(None)).await
    }

    /// Before the end of the program. Waits a little; not for the page.
    pub fn leave(&self, service: &Service) {
        let ended = tauri::async_runtime::block_on(async {
            tokio::time::timeout(LEAVING, self.sign_out(service)).await
        });
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the session that was begun at this window is not ended; it ends by itself");
        }
    }

    fn replace(&self, session: Option<Secret>) -> Option<Secret> {
        let before = std::mem::replace(&mut *lock(&self.session), session);
        self.changes.fetch_add(1, Ordering::AcqRel);
        before
    }

    fn oidc(&self) -> Result<&Oidc, ApiError> {
        let oidc = self.oidc.get_or_init(|| Oidc::new(Arc::new(SystemClock)));
        oidc.as_ref().map_err(|why| ApiError::unavailable(why.clone()))
    }
}

/// Who sits before the window. If their session has ended it is the machine's from now on, which the page is told: what it
/// asked for then is refused once, so that nothing is done with other rights than whoever asked believed to have.
pub fn caller(app: &AppHandle, service: &Service) -> Result<Caller, ApiError> {
    let person = &shell(app).person;
    let Some(secret) = lock(&person.session).clone() else { return Ok(Caller::local()) };
    service.caller_here(&secret).inspect_err(|_| {
        let mut session = lock(&person.session);
        // Another may have signed in meanwhile.
        if session.as_ref().is_some_and(|now| now.reveal() == secret.reveal()) {
            *session = None;
            drop(session);
            person.changes.fetch_add(1, Ordering::AcqRel);
            tell(app);
        }
    })
}

/// Tells the page that somebody else sits before it.
pub fn tell(app: &AppHandle) {
    let _ = app.emit(PERSON, ());
}

async fn end(service: &Service, session: Option<Secret>) -> Result<(), ApiError> {
    match session.and_then(|secret| service.caller_here(&secret).ok()) {
        Some(caller) => service.sign_out(&caller).await,
        None => Ok(()),
    }
}

fn cancelled() -> ApiError {
    ApiError::conflict("The sign-in was given up.")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
