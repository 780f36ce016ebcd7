//! The listener: follows the settings for as long as the program runs.
//!
//! The thread `audyn-web` owns it, with a runtime of its own: two workers of lower priority than everything that has to do
//! with audio, and at most [`BLOCKING`] threads for what may block. Whatever clients do takes none of the service's own
//! threads.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::Clock;
use audyn_service::Service;
use audyn_service::api::wire::{Empty, Interface, Interfaces, ListenerStatus, Moment, TlsSettings};
use audyn_service::api::{Caller, dispatch};
use audyn_service::secrets::{Secret, Secrets};
use rustix::process::setpriority_process;
use tokio::runtime::{self, Runtime};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::accept::{self, FINISH, Hall};
use crate::census::Census;
use crate::door::Door;
use crate::limits::Limits;
use crate::oidc::take_environment;
use crate::plan::{Place, Plan, plan, urls};
use crate::routes;
use crate::tls::{Certificate, CertificateError, Shown, acceptor, make};

/// Threads that answer.
const WORKERS: usize = 2;
/// Threads for what may block.
const BLOCKING: usize = 16;
/// How much lower their priority is (nice): recorders write first.
const NICE: i32 = 5;
/// How often interfaces, certificate files and what failed are looked at again.
const LOOK: Duration = Duration::from_secs(5);
/// Longest certificate or key file in bytes.
const FILE: u64 = 64 << 10;
/// Under this name the certificate of our own lies among the secrets.
const OWN: &str = "lan-certificate";
const HOSTNAME: &str = "/proc/sys/kernel/hostname";

/// The listener. It ends with [`Self::close`], or when it is dropped.
pub struct Web {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
    ended: mpsc::Receiver<()>,
}

impl Web {
    /// Follows the settings of this service from now on.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn start(service: Service, clock: Arc<dyn Clock>, limits: Limits) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = mpsc::channel();
        let runtime = runtime()?;
        let thread = std::thread::Builder::new().name("audyn-web".into()).spawn(move || {
            let _end = end;
            let follower = Follower::new(service, clock, limits);
            runtime.block_on(follower.run(stopped));
            // Whoever hangs on a disk is left behind.
            runtime.shutdown_timeout(Duration::from_millis(200));
        })?;
        Ok(Self { stop, thread: Some(thread), ended })
    }

    /// Lets nobody in any more, and those who are there finish. Does not wait.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Ends it within `limit`; whatever is not done by then is left behind.
    pub fn close(mut self, limit: Duration) {
        self.end(limit);
    }

    fn end(&mut self, limit: Duration) {
        self.stop();
        let Some(thread) = self.thread.take() else { return };
        // The sending end is dropped when the thread ends.
        if self.ended.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Disconnected) {
            let _ = thread.join();
        }
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.end(FINISH * 2);
    }
}

fn runtime() -> io::Result<Runtime> {
    runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .thread_name("audyn-web")
        .on_thread_start(|| {
            // Of this thread, as Linux means it. Refused: it answers with the priority that everything else has.
            if let Err(error) = setpriority_process(None, NICE) {
                tracing::debug!("the listener's threads keep their priority: {error}");
            }
        })
        .enable_all()
        .build()
}

/// What listens.
struct Running {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

/// The certificate in use.
struct InUse {
    shown: Arc<Shown>,
    acceptor: TlsAcceptor,
    certificate: Certificate,
    /// One that was made here.
    own: bool,
}

struct Follower {
    service: Service,
    clock: Arc<dyn Clock>,
    limits: Limits,
    door: Door,
    census: Census,
    running: HashMap<Place, Running>,
    in_use: Option<InUse>,
}

impl Follower {
    fn new(service: Service, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let door = Door::new(service.clone(), Arc::clone(&clock), limits.clone());
        Self {
            service,
            clock,
            limits,
            door,
            census: Census::default(),
            running: HashMap::new(),
            in_use: None,
        }
    }

    async fn run(mut self, mut stop: watch::Receiver<bool>) {
        take_environment(&self.service, |name| std::env::var(name).ok()).await;
        let mut settings = self.service.follow_access_settings();
        loop {
            let wanted = settings.borrow_and_update().clone();
            let interfaces = self.interfaces().await;
            let hostname = std::fs::read_to_string(HOSTNAME).unwrap_or_default();
            let mut plan = plan(&wanted, &interfaces, hostname.trim());
            if plan.places.iter().any(|place| place.tls)
                && let Err(problem) = self.certify(&wanted.listener.tls, &plan, &interfaces).await
            {
                plan.problem = Some(problem);
            }
            self.door.change_rules(plan.rules.clone());
            self.follow(&mut plan).await;
            self.tell(&plan, &interfaces, matches!(wanted.listener.tls, TlsSettings::SelfSigned)).await;
            tokio::select! {
                changed = settings.changed() => if changed.is_err() { break },
                () = sleep(LOOK) => {}
                () = accept::told(&mut stop) => break,
            }
        }
        for (_, running) in self.running.drain() {
            running.stop.send_replace(true);
        }
        let _ = timeout(FINISH + Duration::from_millis(200), self.census.empty()).await;
    }

    async fn interfaces(&self) -> Vec<Interface> {
        let asked =
            dispatch(&self.service, &Caller::local(), "interfaces", serde_json::json!(Empty {})).await;
        let found = asked.ok().and_then(|found| serde_json::from_value::<Interfaces>(found).ok());
        found.map_or_else(Vec::new, |found| found.interfaces)
    }

    /// Sees to it that there is a certificate, and that it is the one that was set.
    async fn certify(
        &mut self,
        tls: &TlsSettings,
        plan: &Plan,
        interfaces: &[Interface],
    ) -> Result<(), String> {
        let now = self.clock.utc();
        let own = matches!(tls, TlsSettings::SelfSigned);
        if own && self.in_use.as_ref().is_some_and(|in_use| in_use.own && !in_use.certificate.is_due(now)) {
            return Ok(());
        }
        let found = match tls {
            TlsSettings::Proxy => return Ok(()),
            TlsSettings::Files { certificate, key } => {
                let (certificate, key) = (certificate.clone(), key.clone());
                let read = spawn_blocking(move || from_files(&certificate, &key, now)).await;
                read.map_err(|error| error.to_string())?
            }
            TlsSettings::SelfSigned => {
                let names: Vec<String> =
                    plan.rules.names.iter().chain(["localhost"]).map(str::to_owned).collect();
                let own = interfaces.iter().flat_map(|interface| &interface.addresses);
                let mut addresses: Vec<IpAddr> = own.filter_map(|address| address.parse().ok()).collect();
                addresses.push(Ipv4Addr::LOCALHOST.into());
                let secrets = self.service.secrets();
                let had = spawn_blocking(move || of_our_own(&secrets, &names, &addresses, now)).await;
                had.map_err(|error| error.to_string())?
            }
        };
        match (found, &mut self.in_use) {
            (Ok(found), Some(in_use)) => {
                if found.fingerprint != in_use.certificate.fingerprint {
                    tracing::info!("the certificate is another one now: SHA-256 {}", found.fingerprint);
                    in_use.shown.change(&found);
                }
                in_use.certificate = found;
                in_use.own = own;
            }
            (Ok(found), none @ None) => {
                let shown = Shown::new(&found);
                let acceptor = acceptor(Arc::clone(&shown)).map_err(|error| error.to_string())?;
                *none = Some(InUse { shown, acceptor, certificate: found, own });
            }
            (Err(problem), Some(in_use)) if now <= in_use.certificate.until => {
                return Err(format!("{problem} The certificate from before is used for now."));
            }
            (Err(problem), _) => return Err(problem),
        }
        Ok(())
    }

    /// Listens where it should, and nowhere else. What goes on as it was is not disturbed.
    async fn follow(&mut self, plan: &mut Plan) {
        let unwanted: Vec<Place> =
            self.running.keys().filter(|place| !plan.places.contains(place)).copied().collect();
        for place in unwanted {
            let Some(running) = self.running.remove(&place) else { continue };
            running.stop.send_replace(true);
            // Until the address is free: another way of listening may want it.
            let _ = running.task.await;
            tracing::info!("not listening on {} any more", place.address);
        }
        for place in plan.places.clone() {
            if self.running.contains_key(&place) {
                continue;
            }
            let tls = match (&self.in_use, place.tls) {
                (Some(in_use), true) => Some(in_use.acceptor.clone()),
                (None, true) => continue,
                (_, false) => None,
            };
            match accept::bind(place.address) {
                Ok(listener) => self.begin(place, listener, tls),
                Err(error) if place.needed => {
                    let problem = format!(
                        "The listener cannot have {}: {error}. Audyn keeps trying. End the other program that has this \
                         port, or choose another port in Settings, Network access.",
                        place.address
                    );
                    plan.problem.get_or_insert(problem);
                }
                Err(error) => tracing::debug!("not listening on {}: {error}", place.address),
            }
        }
    }

    fn begin(&mut self, place: Place, listener: tokio::net::TcpListener, tls: Option<TlsAcceptor>) {
        let hall = Hall {
            router: routes::router(self.door.clone()),
            tls,
            limits: self.limits.clone(),
            census: self.census.clone(),
        };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept::accept(listener, Arc::new(hall), stopped));
        self.running.insert(place, Running { stop, task });
        match &self.in_use {
            Some(in_use) if place.tls => tracing::info!(
                "listening on https://{}, certificate SHA-256 {}",
                place.address,
                in_use.certificate.fingerprint
            ),
            Some(_) | None => tracing::info!("listening on http://{}", place.address),
        }
    }

    /// Tells the service how it is: it is shown in the settings, and a problem is a notice.
    async fn tell(&self, plan: &Plan, interfaces: &[Interface], self_signed: bool) {
        let places: Vec<Place> =
            plan.places.iter().filter(|place| self.running.contains_key(place)).copied().collect();
        let certificate = self.in_use.as_ref().filter(|_| places.iter().any(|place| place.tls));
        let certificate = certificate.map(|in_use| &in_use.certificate);
        let moment =
            |at: audyn_model::Utc| Moment(jiff::Timestamp::from_nanosecond(at.0.into()).unwrap_or_default());
        let status = ListenerStatus {
            open: plan.open && places.iter().any(|place| !place.address.ip().is_loopback()),
            addresses: urls(&places, interfaces),
            fingerprint: certificate.map(|certificate| certificate.fingerprint.clone()),
            self_signed: certificate.is_some() && self_signed,
            certificate_from: certificate.map(|certificate| moment(certificate.from)),
            certificate_until: certificate.map(|certificate| moment(certificate.until)),
            connections: u32::try_from(self.census.all()).unwrap_or(u32::MAX),
            refused: self.census.refused(),
            problem: plan.problem.clone(),
        };
        let service = self.service.clone();
        let _ = spawn_blocking(move || service.tell_listener(status)).await;
    }
}

fn from_files(certificate: &str, key: &str, now: audyn_model::Utc) -> Result<Certificate, String> {
    let [chain, key] = [certificate, key].map(|path| {
        let size = std::fs::metadata(path).map(|metadata| metadata.len());
        let text = size.and_then(|size| {
            if size > FILE {
                return Err(io::Error::other("it is too long for a certificate or a key"));
            }
            std::fs::read_to_string(path)
        });
        text.map_err(|error| {
            format!("The file {path} cannot be read: {error}. Give the user of Audyn the right to read it.")
        })
    });
    let read = Certificate::read(&chain?, &key?, now);
    read.map_err(|error| format!("The certificate in {certificate} cannot be used. {error}"))
}

/// The certificate of our own: the one from before, or a new one.
fn of_our_own(
    secrets: &Secrets,
    names: &[String],
    addresses: &[IpAddr],
    now: audyn_model::Utc,
) -> Result<Certificate, String> {
    let kept =
        secrets.get(OWN).map_err(|error| format!("The listener's certificate cannot be had: {error}."))?;
    let kept = kept.as_ref().and_then(Secret::text).map(|text| Certificate::read(text, text, now));
    match kept {
        Some(Ok(certificate)) if !certificate.is_due(now) => return Ok(certificate),
        Some(Ok(_)) => tracing::info!("the listener's own certificate ends soon: another one is made"),
        Some(Err(error)) => tracing::warn!("the listener's own certificate is made anew: {error}"),
        None => {}
    }
    let sentence = |error: CertificateError| error.to_string();
    let (chain, key) =
        make(names.iter().map(String::as_str), addresses.iter().copied(), now).map_err(sentence)?;
    let made = Certificate::read(&chain, &key, now).map_err(sentence)?;
    if let Err(error) = secrets.put(OWN, &Secret::new(format!("{chain}{key}"))) {
        return Err(format!("The listener's certificate cannot be kept: {error}."));
    }
    Ok(made)
}
