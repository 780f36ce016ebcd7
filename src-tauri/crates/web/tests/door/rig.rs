//! A station with a listener of its own.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::api::wire::AppEvent;
use audyn_service::api::{ApiError, Caller, dispatch};
use audyn_service::{Options, Service};
use audyn_web::{Limits, Web};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::broadcast::Receiver;
use tokio::time::timeout;

/// Nothing here takes longer than this, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const PASSWORD: &str = "correct horse battery";

pub struct Rig {
    pub service: Service,
    pub web: Option<Web>,
    pub port: u16,
    pub dir: TempDir,
    events: Receiver<AppEvent>,
    http: reqwest::Client,
}

/// Somebody who is signed in by a page.
#[derive(Clone)]
pub struct Page {
    pub cookie: String,
    pub csrf: String,
}

impl Rig {
    /// A station with test tones, reached on this machine without TLS.
    pub async fn open() -> Self {
        Self::with(Limits::default(), json!({})).await
    }

    /// The same with other limits, or other settings of the listener.
    pub async fn with(limits: Limits, change: Value) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            state_dir: dir.path().join("state"),
            archive_root: Some(dir.path().join("archive")),
            default_archive_root: dir.path().join("archive"),
            originator: "Audyn test".to_owned(),
            real_time: false,
            demo_if_empty: true,
            zone: jiff::tz::TimeZone::get("Europe/Zurich").unwrap(),
        };
        let service = Service::open(options, Arc::new(SystemClock)).unwrap();
        let events = service.events();
        let http = reqwest::Client::builder()
            .use_preconfigured_tls(tls())
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let port = free_port();
        let mut rig = Self { service, web: None, port, dir, events, http };
        rig.listen(change).await;
        let web = Web::start(rig.service.clone(), Arc::new(SystemClock), limits).unwrap();
        rig.web = Some(web);
        rig.until_listening().await;
        rig
    }

    /// Changes the listener's settings.
    pub async fn listen(&self, change: Value) {
        let mut listener = json!({
            "on": false, "interface": null, "port": self.port, "tls": { "kind": "self_signed" }, "hosts": [],
        });
        listener.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.ask("change_access_settings", json!({ "listener": listener })).await;
    }

    /// Waits until it listens; how it is.
    pub async fn until_listening(&mut self) -> Value {
        self.until("the listener is there", |status| !status["addresses"].as_array().unwrap().is_empty())
            .await
    }

    /// Waits until the listener is as wanted; how it is.
    pub async fn until(&mut self, what: &str, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        let waiting = async {
            loop {
                let status = self.ask("listener", json!({})).await;
                if wanted(&status) {
                    return status;
                }
                loop {
                    if let Ok(AppEvent::Access) | Err(_) = self.events.recv().await {
                        break;
                    }
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
    }

    /// Waits for an event.
    pub async fn until_event(&mut self, what: &str, mut wanted: impl FnMut(&AppEvent) -> bool) -> AppEvent {
        let waiting = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if wanted(&event) {
                    return event;
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
    }

    /// Asks at the machine itself.
    pub async fn try_ask(&self, operation: &str, request: Value) -> Result<Value, ApiError> {
        dispatch(&self.service, &Caller::local(), operation, request).await
    }

    pub async fn ask(&self, operation: &str, request: Value) -> Value {
        self.try_ask(operation, request).await.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A request of nobody.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.http
    }

    pub async fn get(&self, page: &Page, path: &str) -> Response {
        self.request(Method::GET, path).header("cookie", &page.cookie).send().await.unwrap()
    }

    /// A change as the page makes it.
    pub async fn change(&self, page: &Page, method: Method, path: &str, body: Value) -> Response {
        let request = self.request(method, path).header("cookie", &page.cookie);
        request
            .header("x-audyn-csrf", &page.csrf)
            .header("origin", self.origin())
            .json(&body)
            .send()
            .await
            .unwrap()
    }

    /// Makes a user.
    pub async fn user(&self, email: &str, access: &str, studio: Option<&str>) -> String {
        let user = json!({
            "email": email, "name": email, "password": PASSWORD, "access": access, "studio_id": studio,
        });
        self.ask("create_user", user).await["id"].as_str().unwrap().to_owned()
    }

    /// Signs in as a page does.
    pub async fn sign_in(&self, email: &str) -> Page {
        let reply = self
            .request(Method::POST, "/api/auth/local")
            .json(&json!({ "email": email, "password": PASSWORD }))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200, "{}", reply.text().await.unwrap());
        let cookie = reply.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let told: Value = reply.json().await.unwrap();
        Page { cookie, csrf: told["csrf"].as_str().unwrap().to_owned() }
    }

    /// A page of an administrator.
    pub async fn admin(&self) -> Page {
        self.user("admin@station.example", "admin", None).await;
        self.sign_in("admin@station.example").await
    }

    /// A program's token.
    pub async fn token(&self, access: &str) -> String {
        let made = self.ask("create_token", json!({ "name": access, "access": access })).await;
        made["secret"].as_str().unwrap().to_owned()
    }

    /// Sends these bytes and gives what comes until the connection ends.
    pub async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        // A listener that refuses may close before it has read all.
        let _ = stream.write_all(bytes).await;
        let mut reply = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut reply)).await.expect("the connection ends");
        String::from_utf8_lossy(&reply).into_owned()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        drop(self.web.take());
        self.service.close(Duration::from_secs(5));
    }
}

/// The JSON of a refusal, complete.
pub async fn refusal(reply: Response, status: u16, code: &str) -> Value {
    assert_eq!(reply.status(), status);
    assert_eq!(reply.headers()["content-type"], "application/json");
    let told: Value = reply.json().await.unwrap();
    assert_eq!(told["code"], code, "{told}");
    assert!(!told["request_id"].as_str().unwrap().is_empty(), "{told}");
    assert!(!told["message"].as_str().unwrap().is_empty(), "{told}");
    told
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What believes every certificate: tests look at the fingerprint instead.
pub fn tls() -> rustls::ClientConfig {
    #[derive(Debug)]
    struct Anybody;
    impl rustls::client::danger::ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &[rustls::pki_types::CertificateDer<'_>],
            _: &rustls::pki_types::ServerName<'_>,
            _: &[u8],
            _: rustls::pki_types::UnixTime,
        ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
            Ok(rustls::client::danger::ServerCertVerified::assertion())
        }
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }
        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &rustls::pki_types::CertificateDer<'_>,
            _: &rustls::DigitallySignedStruct,
        ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
            Ok(rustls::client::danger::HandshakeSignatureValid::assertion())
        }
        fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
            rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
