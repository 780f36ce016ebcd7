//! Signing in by a code on another device, at a real OpenID provider on the loopback interface: `tests/oidc/device.mjs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "oidc/provider.rs"]
mod provider;
#[allow(dead_code, reason = "other tests of the listener use the rest")]
#[path = "door/rig.rs"]
mod rig;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::{Clock, Mono, Utc};
use audyn_service::access::{HERE, ProviderIdentity, SignIn};
use audyn_service::api::{Access, Caller, Door, dispatch};
use audyn_web::oidc::{DeviceFlow, Known, Oidc, Pause, Refusal, Settings, Shown, provider_of};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use provider::Provider;

const SECRET: &str = "the-secret";

/// The system's clock, moved as a test likes.
#[derive(Default)]
struct Moved(AtomicI64);

impl Clock for Moved {
    fn utc(&self) -> Utc {
        Utc(SystemClock.utc().0 + self.0.load(Ordering::Relaxed))
    }
    fn mono(&self) -> Mono {
        SystemClock.mono()
    }
}

/// One question that waits for its turn.
type Paused = (Duration, oneshot::Sender<()>);

/// A screen that shows a code; it asks again when the test lets it.
struct Screen {
    provider: Provider,
    oidc: Arc<Oidc>,
    clock: Arc<Moved>,
    settings: Settings,
    paused: mpsc::UnboundedReceiver<Paused>,
}

impl Screen {
    fn of(script: &str) -> Self {
        let provider = Provider::start(script);
        let clock = Arc::new(Moved::default());
        let (pausing, paused) = mpsc::unbounded_channel();
        let pause: Pause = Arc::new(move |asked| {
            let (go, going) = oneshot::channel();
            let _ = pausing.send((asked, go));
            Box::pin(async move {
                let _ = going.await;
            })
        });
        let oidc = Oidc::pausing(Arc::clone(&clock) as Arc<dyn Clock>, pause).unwrap();
        let settings = Settings {
            issuer: provider.issuer.clone(),
            tenant: None,
            client_id: "audyn".to_owned(),
            client_secret: Some(SECRET.to_owned()),
            redirect: "http://localhost/api/auth/callback".to_owned(),
            graph: None,
            wants_groups: true,
        };
        Self { provider, oidc: Arc::new(oidc), clock, settings, paused }
    }

    async fn begin(&self) -> Result<(Shown, JoinHandle<Result<Known, Refusal>>), Refusal> {
        let flow: DeviceFlow = self.oidc.begin_by_device(self.settings.clone()).await?;
        let shown = flow.shown().clone();
        let oidc = Arc::clone(&self.oidc);
        Ok((shown, tokio::spawn(async move { oidc.finish_by_device(&flow).await })))
    }

    /// Waits until it has asked and waits for its turn.
    async fn asked(&mut self) -> Paused {
        self.paused.recv().await.unwrap()
    }

    /// The whole way, with what the provider was told to do wrong.
    async fn signed_in(&mut self) -> Result<Known, Refusal> {
        let (shown, end) = self.begin().await?;
        let (_, go) = self.asked().await;
        self.provider.tell(json!({ "approve": shown.code }));
        go.send(()).unwrap();
        end.await.unwrap()
    }

    /// The end of a code about which the provider gives these answers.
    async fn answered(&mut self, answers: Value) -> (Vec<u64>, String) {
        self.provider.tell(json!({ "answers": answers }));
        let (_, mut end) = self.begin().await.unwrap();
        let mut pauses = Vec::new();
        loop {
            tokio::select! {
                Some((asked, go)) = self.paused.recv() => {
                    pauses.push(asked.as_secs());
                    let _ = go.send(());
                }
                ended = &mut end => return (pauses, ended.unwrap().unwrap_err().to_string()),
            }
        }
    }
}

#[tokio::test]
async fn somebody_signs_in_on_another_device() {
    let mut screen = Screen::of("device.mjs");
    screen.provider.tell(json!({ "claims": {
        "oid": "0a1b", "name": "Ada\u{7} Lovelace", "email": "ada@example.org", "groups": ["g1", "g2"], "roles": ["Admin"],
    } }));
    let (shown, end) = screen.begin().await.unwrap();
    assert!(shown.code.len() >= 8 && shown.address.ends_with("/device"), "{shown:?}");
    assert!(shown.link.unwrap().contains(&shown.code) && shown.lasts_s == 600);
    let (pause, go) = screen.asked().await;
    assert_eq!(pause, Duration::from_secs(5), "unless the provider says otherwise (RFC 8628, section 3.2)");
    assert!(!end.is_finished());
    let done = screen.provider.tell(json!({ "approve": shown.code }));
    assert!(done["page"].as_str().unwrap().contains("Success"), "{done}");
    go.send(()).unwrap();
    let known = end.await.unwrap().unwrap();
    assert_eq!(
        (known.subject.as_str(), known.email.as_str(), known.name.as_str()),
        ("0a1b", "ada@example.org", "Ada Lovelace")
    );
    assert_eq!((known.groups, known.roles), (vec!["g1".into(), "g2".into()], vec!["Admin".into()]));
    let seen = screen.provider.tell(json!({}));
    assert_eq!(
        (&seen["codes"], &seen["polls"], &seen["asked"]["by"]),
        (&json!(1), &json!(2), &json!("Basic"))
    );
    let scope = seen["asked"]["scope"].as_str().unwrap();
    assert!(["openid", "profile", "email"].iter().all(|one| scope.contains(one)), "{scope}");
}

#[tokio::test]
async fn the_provider_is_asked_no_more_often_than_it_says() {
    let mut screen = Screen::of("device.mjs");
    let answers = json!(["authorization_pending", "slow_down", "authorization_pending", "expired_token"]);
    screen.provider.tell(json!({ "device": { "interval": 2 } }));
    let (pauses, told) = screen.answered(answers.clone()).await;
    assert_eq!(pauses, [2, 7, 7]);
    assert!(told.contains("not used in time"), "{told}");
    // One that says nothing sensible is not asked without end.
    screen.provider.tell(json!({ "device": { "interval": 0 } }));
    assert_eq!(screen.answered(json!(["authorization_pending", "access_denied"])).await.0, [1]);
}

#[tokio::test]
async fn what_ends_a_code_is_told() {
    let mut screen = Screen::of("device.mjs");
    for (answer, why) in [
        ("access_denied", "cancelled"),
        ("expired_token", "not used in time"),
        ("invalid_client", "client id or secret"),
        ("server_error", "server_error"),
        ("nonsense", "cannot be read"),
    ] {
        let (pauses, told) = screen.answered(json!([answer])).await;
        assert_eq!(pauses, [0_u64; 0], "{answer}");
        assert!(told.starts_with("Authentication failed. ") && told.contains(why), "{answer}: {told}");
    }
    // By a person.
    let (shown, end) = screen.begin().await.unwrap();
    let (_, go) = screen.asked().await;
    screen.provider.tell(json!({ "deny": shown.code }));
    go.send(()).unwrap();
    assert!(end.await.unwrap().unwrap_err().to_string().contains("cancelled"));
    // Given up on the screen: nobody asks any more, though the person says yes.
    let (shown, end) = screen.begin().await.unwrap();
    let (_, go) = screen.asked().await;
    end.abort();
    assert!(end.await.unwrap_err().is_cancelled());
    let before = screen.provider.tell(json!({ "approve": shown.code }))["polls"].clone();
    assert!(go.send(()).is_err());
    assert_eq!(screen.provider.tell(json!({}))["polls"], before);
}

#[tokio::test]
async fn a_code_that_nobody_uses_ends_though_the_provider_is_gone() {
    let mut screen = Screen::of("device.mjs");
    let (_, end) = screen.begin().await.unwrap();
    let (_, go) = screen.asked().await;
    screen.provider.tell(json!({ "stop": true }));
    go.send(()).unwrap();
    let (pause, go) = screen.asked().await;
    assert_eq!(pause, Duration::from_secs(10), "a provider that does not answer is asked less often");
    screen.clock.0.fetch_add(601_000_000_000, Ordering::Relaxed);
    go.send(()).unwrap();
    assert!(end.await.unwrap().unwrap_err().to_string().contains("not used in time"));
    let again = screen.oidc.begin_by_device(screen.settings.clone()).await;
    assert!(again.unwrap_err().to_string().contains("cannot be reached"));
}

#[tokio::test]
async fn a_token_that_is_not_right_in_one_thing_lets_nobody_in() {
    let mut screen = Screen::of("device.mjs");
    screen.provider.tell(json!({ "claims": { "tid": "ours" } }));
    screen.settings.tenant = Some("ours".to_owned());
    for (spoil, why) in [
        ("nonce", "made for another sign-in"),
        ("audience", "another application"),
        ("party", "another application"),
        ("issuer", "another provider"),
        ("expired", "expired"),
        ("tenant", "another organisation"),
        ("unsigned", "signed"),
        ("secret", "signature is wrong"),
        ("key", "signature is wrong"),
        ("no-token", "no ID token came"),
    ] {
        screen.provider.tell(json!({ "spoil": spoil }));
        let told = screen.signed_in().await.unwrap_err().to_string();
        assert!(told.starts_with("Authentication failed. ") && told.contains(why), "{spoil}: {told}");
    }
    screen.provider.tell(json!({ "spoil": "" }));
    screen.signed_in().await.unwrap();
}

#[tokio::test]
async fn no_code_is_shown_that_leads_astray() {
    let screen = Screen::of("provider.mjs");
    let told = screen.begin().await.unwrap_err().to_string();
    assert!(told.contains("does not sign people in by a code"), "{told}");
    let mut screen = Screen::of("device.mjs");
    screen.provider.tell(json!({ "device": { "verification_uri": "http://idp.example/device" } }));
    let told = screen.begin().await.unwrap_err().to_string();
    assert!(told.contains("cannot be read"), "{told}");
    screen.provider.tell(json!({ "device": {} }));
    screen.settings.client_secret = Some("another".to_owned());
    let told = screen.begin().await.unwrap_err().to_string();
    assert!(told.contains("client id or secret"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_window_somebody_is_who_they_are_and_it_is_the_machines_again_after_them() {
    let mut provider = Provider::start("device.mjs");
    let rig = rig::Rig::open().await;
    let service = rig.service.clone();
    let entra = json!({
        "on": true, "tenant": "", "client_id": "audyn", "has_secret": false, "redirect": null, "graph": null,
        "issuer": provider.issuer, "admins": [], "operators": ["staff"], "studios": [], "viewers": [], "others": null,
    });
    rig.ask("change_access_settings", json!({ "entra": entra, "entra_secret": SECRET })).await;
    provider.tell(
        json!({ "claims": { "oid": "0a1b", "email": "ada@example.org", "name": "Ada", "groups": ["staff"] },
        "device": { "interval": 1 } }),
    );

    let settings = provider_of(&service, "http://localhost").await.unwrap().unwrap();
    let oidc = Oidc::new(Arc::new(SystemClock)).unwrap();
    let flow = oidc.begin_by_device(settings).await.unwrap();
    provider.tell(json!({ "approve": flow.shown().code }));
    let known = oidc.finish_by_device(&flow).await.unwrap();
    let identity = ProviderIdentity::from(known);
    let signed = service.sign_in(SignIn::Provider(identity), HERE, "the window").await.unwrap();

    let ada = service.caller_here(&signed.secret).unwrap();
    assert_eq!((ada.access, ada.who.door, ada.who.csrf.is_none()), (Access::Operator, Door::Here, true));
    let refused = dispatch(&service, &ada, "access_settings", json!({})).await.unwrap_err();
    assert_eq!(refused.code.http_status(), 403);
    dispatch(&service, &ada, "start_all", Value::Null).await.unwrap();
    dispatch(&service, &ada, "stop_all", Value::Null).await.unwrap();
    let local = Caller::local();
    let log = dispatch(&service, &local, "audit_log", json!({ "limit": 50 })).await.unwrap();
    let by_ada = |kind: &str| {
        let entries = log["entries"].as_array().unwrap().iter();
        entries.filter(|one| one["kind"] == kind && one["who"] == "Ada <ada@example.org>").count()
    };
    assert!(by_ada("sign_in") == 1 && by_ada("start_all") == 1, "{log}");
    // Ended from the list of sessions, as any other.
    let sessions = dispatch(&service, &local, "list_sessions", json!({})).await.unwrap();
    let own =
        sessions["sessions"].as_array().unwrap().iter().find(|one| one["agent"] == "the window").unwrap();
    dispatch(&service, &local, "end_session", json!({ "id": own["id"] })).await.unwrap();
    assert_eq!(service.caller_here(&signed.secret).unwrap_err().code.http_status(), 401);
}
