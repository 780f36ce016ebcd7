//! The service behind the window. It is opened beside the window, so that a slow disk shows a page that waits instead of
//! no window at all.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_service::api::wire::AppEvent;
use audyn_service::api::{self, ApiError, Caller};
use audyn_web::Web;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::{Options, kiosk, person, shell, tray};
use crate::lan;

/// Event that carries facts to the page.
pub const EVENT: &str = "audyn://event";

/// Where the service is.
pub struct Station {
    opening: watch::Sender<Opening>,
    web: Mutex<Option<Web>>,
}

#[derive(Clone)]
enum Opening {
    Begun,
    Open(Service),
    /// Why it is not to be had.
    Failed(String),
}

impl Default for Station {
    fn default() -> Self {
        Self { opening: watch::Sender::new(Opening::Begun), web: Mutex::default() }
    }
}

impl Station {
    /// The service, once it is open.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn service(&self) -> Result<Service, ApiError> {
        let mut opening = self.opening.subscribe();
        let done = opening.wait_for(|opening| !matches!(opening, Opening::Begun)).await;
        match done.map_err(ApiError::internal)?.clone() {
            Opening::Begun => Err(ApiError::unavailable("The service is being opened.")),
            Opening::Open(service) => Ok(service),
            Opening::Failed(why) => Err(ApiError::unavailable(why)),
        }
    }

    /// The service, if it is open.
    pub fn open(&self) -> Option<Service> {
        match &*self.opening.borrow() {
            Opening::Open(service) => Some(service.clone()),
            Opening::Begun | Opening::Failed(_) => None,
        }
    }

    /// Finishes every file. Waits for a service that is being opened: it may have begun to record.
    pub fn close(&self, limit: Duration) {
        let waited =
            tauri::async_runtime::block_on(async { tokio::time::timeout(limit, self.service()).await });
        let web = self.web.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Told first, waited for last: files are finished while connections end.
        if let Some(web) = &web {
            web.stop();
        }
        if let Ok(Ok(service)) = waited {
            service.close(limit);
        }
        if let Some(web) = web {
            web.close(lan::DEADLINE);
        }
    }
}

/// Opens the service on the thread `open`, which ends with that, and follows its events.
pub fn open(app: AppHandle, options: Options) -> std::io::Result<()> {
    std::thread::Builder::new().name("open".into()).spawn(move || {
        let station = &shell(&app).station;
        match Service::open(options.service, Arc::new(SystemClock)) {
            Ok(service) => {
                service.use_keyring();
                if let Some(id) = options.studio {
                    select(&service, &id);
                }
                kiosk::follow(&app, service.settings_now().kiosk);
                tauri::async_runtime::spawn(follow(app.clone(), service.clone()));
                *station.web.lock().unwrap_or_else(PoisonError::into_inner) = lan::start(&service);
                tray::watch(&app);
                station.opening.send_replace(Opening::Open(service));
            }
            Err(error) => {
                tracing::error!("cannot open the service: {error}");
                station.opening.send_replace(Opening::Failed(format!("Audyn cannot start: {error}")));
            }
        }
    })?;
    Ok(())
}

/// Shows the studio that the command line names.
fn select(service: &Service, id: &str) {
    let request = serde_json::json!({ "id": id });
    let chosen =
        tauri::async_runtime::block_on(api::dispatch(service, &Caller::local(), "select_studio", request));
    if let Err(error) = chosen {
        tracing::warn!("cannot show the studio {id}: {}", error.message);
    }
}

/// Sends facts to the page until the service is closed.
async fn follow(app: AppHandle, service: Service) {
    let mut events = service.events();
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            // The page loads everything again.
            Err(RecvError::Lagged(_)) => AppEvent::Resync,
            Err(RecvError::Closed) => return,
        };
        if let AppEvent::Settings(settings) = &event {
            kiosk::follow(&app, settings.kiosk);
        }
        if let AppEvent::Status(status) = &event {
            tray::tell(&app, status);
        }
        // Whoever signed in here hears what they may. One whose session has just ended: the page is loaded again.
        let heard = person::caller(&app, &service).ok().and_then(|caller| service.sees(&caller, event));
        if let Some(event) = heard
            && let Err(error) = app.emit(EVENT, &event)
        {
            tracing::debug!("an event did not reach the page: {error}");
        }
    }
}
