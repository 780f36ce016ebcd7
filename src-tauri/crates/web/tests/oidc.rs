//! Signing in by a real OpenID provider on the loopback interface: `tests/oidc/provider.mjs`. `npm ci` there comes first.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "oidc/provider.rs"]
mod provider;
#[allow(dead_code, reason = "other tests of the listener use the rest")]
#[path = "door/rig.rs"]
mod rig;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::{Clock, Mono, Utc};
use audyn_service::api::ApiError;
use audyn_web::oidc::routes::{Desk, routes};
use audyn_web::oidc::{Known, Oidc, Settings};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use serde_json::{Value, json};

use provider::Provider;

/// Nothing here takes longer than this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);
const SECRET: &str = "the-secret";

/// The system's clock, moved as a test likes.
#[derive(Default)]
struct Moved(AtomicI64);

impl Clock for Moved {
    fn utc(&self) -> Utc {
        SystemClock.utc()
    }
    fn mono(&self) -> Mono {
        Mono(SystemClock.mono().0 + self.0.load(Ordering::Relaxed))
    }
}

/// The listener's side: whoever is let in is written down.
#[derive(Clone)]
struct Door(Arc<Inside>);

struct Inside {
    oidc: Oidc,
    settings: Mutex<Option<Settings>>,
    entered: Mutex<Vec<Known>>,
}

impl Desk for Door {
    fn oidc(&self) -> Result<&Oidc, ApiError> {
        Ok(&self.0.oidc)
    }
    async fn provider(&self, _: &Parts) -> Result<Option<Settings>, ApiError> {
        Ok(self.0.settings.lock().unwrap().clone())
    }
    fn secure(&self, _: &Parts) -> bool {
        false
    }
    async fn enter(&self, known: Known, _: &Parts) -> Result<HeaderValue, ApiError> {
        self.0.entered.lock().unwrap().push(known);
        Ok(HeaderValue::from_static("audyn=in; Path=/; HttpOnly; SameSite=Strict"))
    }
}

/// A station with its provider.
struct House {
    provider: Provider,
    door: Door,
    clock: Arc<Moved>,
    at: String,
}

impl House {
    async fn open() -> Self {
        let provider = Provider::start("provider.mjs");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(Moved::default());
        let settings = Settings {
            issuer: provider.issuer.clone(),
            tenant: None,
            client_id: "audyn".to_owned(),
            client_secret: Some(SECRET.to_owned()),
            redirect: format!("{at}/api/auth/callback"),
            graph: provider.graph.clone(),
            wants_groups: true,
        };
        assert_eq!(settings.problems(), Vec::<String>::new());
        let inside = Inside {
            oidc: Oidc::new(Arc::clone(&clock) as Arc<dyn Clock>).unwrap(),
            settings: Mutex::new(Some(settings)),
            entered: Mutex::default(),
        };
        let door = Door(Arc::new(inside));
        let router = routes().with_state(door.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { provider, door, clock, at }
    }

    fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(self.door.0.settings.lock().unwrap().as_mut().unwrap());
    }

    fn entered(&self) -> Vec<Known> {
        self.door.0.entered.lock().unwrap().clone()
    }

    /// The whole way, as a browser goes it.
    async fn sign_in(&self) -> Reply {
        let mut browser = Browser::default();
        let back = browser.until_callback(&self.at).await;
        browser.get(&back).await
    }

    /// The whole way once more, with this wrong about the provider's answer: 401, and nobody is in.
    async fn refused(&mut self, spoil: &str, why: &str) {
        self.provider.tell(json!({ "spoil": spoil }));
        let reply = self.sign_in().await;
        assert_eq!(reply.status, 401, "{spoil}: {}", reply.body);
        let error: Value = serde_json::from_str(&reply.body).unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(
            message.starts_with("Authentication failed. ") && message.contains(why),
            "{spoil}: {message}"
        );
        assert_eq!(error["code"], "unauthenticated");
        assert!(!error["request_id"].as_str().unwrap().is_empty());
        assert!(!reply.cookies.contains_key("audyn"), "{spoil}");
        assert_eq!(self.entered(), [], "{spoil}");
    }
}

struct Reply {
    status: u16,
    location: Option<String>,
    cookies: HashMap<String, String>,
    set: Vec<String>,
    body: String,
}

/// Keeps cookies of the station, and follows what it is told to.
#[derive(Default)]
struct Browser {
    cookies: HashMap<String, String>,
    accept: Option<&'static str>,
}

impl Browser {
    async fn get(&mut self, url: &str) -> Reply {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .unwrap();
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = client.get(url).header("cookie", jar.join("; "));
        let request = match self.accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        };
        let response = request.send().await.unwrap();
        let set: Vec<String> = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        for cookie in &set {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match value {
                "" => _ = self.cookies.remove(name),
                value => _ = self.cookies.insert(name.to_owned(), value.to_owned()),
            }
        }
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        Reply {
            status: response.status().as_u16(),
            location: header("location"),
            cookies: self.cookies.clone(),
            set,
            body: response.text().await.unwrap(),
        }
    }

    /// From the station to the provider; where that sends the browser back to.
    async fn until_callback(&mut self, at: &str) -> String {
        let begun = self.get(&format!("{at}/api/auth/login?next=/files")).await;
        assert_eq!(begun.status, 302, "{}", begun.body);
        // Nothing of the station goes to the provider.
        let asked = Self::default().get(&begun.location.unwrap()).await;
        assert_eq!(asked.status, 302, "{}", asked.body);
        asked.location.unwrap()
    }
}

#[tokio::test]
async fn somebody_signs_in_by_code_pkce_state_and_nonce() {
    let mut house = House::open().await;
    house.provider.tell(json!({ "claims": {
        "oid": "0a1b", "name": "Ada\u{7} Lovelace", "email": "ada@example.org",
        "groups": ["g1", "g2"], "roles": ["Recorder.Admin"], "nonce_is_kept": true,
    } }));
    let mut browser = Browser::default();
    let begun = browser.get(&format!("{}/api/auth/login", house.at)).await;
    let location = url::Url::parse(&begun.location.unwrap()).unwrap();
    let asked: HashMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    assert!(asked["state"].len() >= 40 && asked["nonce"].len() >= 40 && asked["code_challenge"].len() >= 40);
    assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
    assert!(!location.as_str().contains(SECRET));
    let cookie = &begun.set[0];
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=600"),
        "{cookie}"
    );

    let reply = house.sign_in().await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    // The session's cookie stays strict: the page itself goes on.
    assert!(
        reply.set.iter().any(|cookie| cookie.starts_with("audyn=in;") && cookie.contains("SameSite=Strict"))
    );
    assert!(reply.body.contains("content=\"0;url=/files\""), "{}", reply.body);
    assert!(!reply.cookies.contains_key("audyn-sign-in"), "the flow's cookie is taken back");
    let known = &house.entered()[0];
    assert_eq!(
        (known.subject.as_str(), known.email.as_str(), known.name.as_str()),
        ("0a1b", "ada@example.org", "Ada Lovelace")
    );
    assert_eq!(
        (known.groups.clone(), known.roles.clone()),
        (vec!["g1".into(), "g2".into()], vec!["Recorder.Admin".into()])
    );
    let seen = house.provider.tell(json!({}));
    assert!(seen["authorization"].as_str().unwrap().starts_with("Basic "), "{seen}");
}

#[tokio::test]
async fn a_public_client_needs_no_secret() {
    let mut house = House::open().await;
    house.change(|settings| settings.client_secret = None);
    assert_eq!(house.sign_in().await.status, 200);
    assert_eq!(house.provider.tell(json!({}))["authorization"], Value::Null);
}

#[tokio::test]
async fn a_token_that_is_not_right_in_one_thing_lets_nobody_in() {
    let mut house = House::open().await;
    for (spoil, why) in [
        ("nonce", "made for another sign-in"),
        ("no-nonce", "made for another sign-in"),
        ("audience", "another application"),
        ("audiences", "another application"),
        ("party", "another application"),
        ("issuer", "another provider"),
        ("expired", "expired"),
        ("early", "not valid yet"),
        ("future", "not valid yet"),
        ("unsigned", "signed"),
        ("secret", "signature is wrong"),
        ("signature", "signature is wrong"),
        ("key", "signature is wrong"),
        ("unknown-key", "a key that the provider does not have"),
        ("no-token", "no ID token came"),
        ("client", "client id or secret"),
    ] {
        house.refused(spoil, why).await;
    }
}

#[tokio::test]
async fn a_token_of_another_organisation_lets_nobody_in() {
    let mut house = House::open().await;
    let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    house.change(|settings| settings.tenant = Some(tenant.to_owned()));
    for claims in
        [json!({}), json!({ "tid": "00000000-86f1-41af-91ab-2d7cd011db47" }), json!({ "tid": [tenant] })]
    {
        house.provider.tell(json!({ "claims": claims }));
        let reply = house.sign_in().await;
        assert!(reply.status == 401 && reply.body.contains("another organisation"), "{}", reply.body);
    }
    house.provider.tell(json!({ "claims": { "tid": tenant.to_uppercase() } }));
    assert_eq!(house.sign_in().await.status, 200);
}

#[tokio::test]
async fn a_flow_belongs_to_its_browser_and_is_used_once() {
    let house = House::open().await;
    let mut browser = Browser::default();
    let back = browser.until_callback(&house.at).await;
    let cookie = browser.cookies.clone();
    // Another browser, which somebody led to this link: the flow is spoilt for good.
    assert_eq!(Browser::default().get(&back).await.status, 401);
    assert_eq!(browser.get(&back).await.status, 401);

    let mut browser = Browser::default();
    let back = browser.until_callback(&house.at).await;
    assert_eq!(browser.get(&back.replace("state=", "state=x")).await.status, 401, "another state");
    browser.cookies = cookie;
    assert_eq!(browser.get(&back).await.status, 401, "the cookie of another flow");

    let mut browser = Browser::default();
    let back = browser.until_callback(&house.at).await;
    let cookie = browser.cookies.clone();
    assert_eq!(browser.get(&back).await.status, 200);
    browser.cookies = cookie;
    assert_eq!(browser.get(&back).await.status, 401, "replayed");
    for nonsense in ["", "?state=%FF", "?code=a", "?error=access_denied", "?code=a&state=b&state=c"] {
        assert_eq!(
            browser.get(&format!("{}/api/auth/callback{nonsense}", house.at)).await.status,
            401,
            "{nonsense}"
        );
    }

    let mut browser = Browser::default();
    let back = browser.until_callback(&house.at).await;
    house.clock.0.fetch_add(601_000_000_000, Ordering::Relaxed);
    assert_eq!(browser.get(&back).await.status, 401, "after ten minutes");
    assert_eq!(house.entered().len(), 1);
}

#[tokio::test]
async fn what_the_provider_refuses_is_said_in_words_of_the_protocol_and_escaped() {
    let house = House::open().await;
    let mut browser = Browser { accept: Some("text/html"), ..Browser::default() };
    let begun = browser.get(&format!("{}/api/auth/login", house.at)).await;
    let location = url::Url::parse(&begun.location.unwrap()).unwrap();
    let state = location.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let reply = browser
        .get(&format!("{}/api/auth/callback?state={state}&error=<script>alert(1)</script>", house.at))
        .await;
    assert_eq!(reply.status, 401);
    assert!(
        reply.body.contains("Authentication failed.") && !reply.body.contains("<script"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn rotated_keys_are_fetched_once_more_and_not_for_ever() {
    let mut house = House::open().await;
    assert_eq!(house.sign_in().await.status, 200);
    let before = house.provider.tell(json!({}))["keys"].as_u64().unwrap();
    assert_eq!(before, 1, "once, with the discovery");
    assert_eq!(house.sign_in().await.status, 200);
    let same = house.provider.tell(json!({ "rotate": true }))["keys"].as_u64().unwrap();
    assert_eq!(same, before, "keys are kept");
    assert_eq!(house.sign_in().await.status, 200);
    assert_eq!(house.sign_in().await.status, 200);
    assert_eq!(house.provider.tell(json!({}))["keys"].as_u64().unwrap(), before + 1);
    // Anybody can send a key of his own: that does not make us ask without end.
    house.provider.tell(json!({ "spoil": "unknown-key" }));
    for _ in 0..8 {
        assert_eq!(house.sign_in().await.status, 401);
    }
    assert_eq!(house.provider.tell(json!({ "spoil": "" }))["keys"].as_u64().unwrap(), before + 6);
    // What proved nothing has replaced nothing.
    assert_eq!(house.sign_in().await.status, 200);
}

#[tokio::test]
async fn groups_that_do_not_fit_are_read_page_by_page() {
    let mut house = House::open().await;
    let overflow = json!({ "groups": null, "_claim_names": { "groups": "src1" }, "_claim_sources": {} });
    house.provider.tell(json!({ "claims": overflow, "graph": [["a", "b"], ["c"]] }));
    assert_eq!(house.sign_in().await.status, 200);
    assert_eq!(house.entered()[0].groups, ["a", "b", "c"]);
    let seen = house.provider.tell(json!({ "claims": { "hasgroups": true }, "graph": [["d"]] }));
    assert_eq!(seen["graph"], json!(["bearer", "bearer"]));
    assert_eq!(house.sign_in().await.status, 200);
    assert_eq!(house.entered()[1].groups, ["d"]);
    // Where groups make no difference nobody is asked for them.
    house.change(|settings| settings.wants_groups = false);
    assert_eq!(house.sign_in().await.status, 200);
    assert_eq!(house.provider.tell(json!({}))["graph"].as_array().unwrap().len(), 3);
    house.change(|settings| settings.wants_groups = true);

    // Without them rights are not known: nobody is let in on a guess.
    for told in [
        json!({ "claims": overflow, "graph": null }),
        json!({ "claims": overflow, "graph": [["a"], ["b"]], "spoil": "graph-elsewhere" }),
        json!({ "claims": overflow, "graph": vec![["a"]; 20] }),
    ] {
        house.provider.tell(told);
        let reply = house.sign_in().await;
        assert!(reply.status == 503 && reply.body.contains("groups cannot be read"), "{}", reply.body);
    }
    assert_eq!(house.entered().len(), 3);
}

#[tokio::test]
async fn somebody_without_a_mailbox_has_a_name_to_be_shown() {
    let mut house = House::open().await;
    for (claims, email, name) in [
        (json!({ "preferred_username": "ada@tenant.example" }), "ada@tenant.example", "ada@tenant.example"),
        (json!({ "upn": "ada@old.example", "name": "Ada" }), "ada@old.example", "Ada"),
        (json!({ "email": "", "groups": "one" }), "johndoe", "johndoe"),
    ] {
        house.provider.tell(json!({ "claims": claims }));
        assert_eq!(house.sign_in().await.status, 200);
        let known = house.entered().pop().unwrap();
        assert_eq!((known.email.as_str(), known.name.as_str()), (email, name));
    }
}

#[tokio::test]
async fn without_the_provider_a_sentence_says_so_and_what_else_there_is() {
    let mut house = House::open().await;
    // Gone between the two halves of a flow.
    let mut browser = Browser::default();
    let back = browser.until_callback(&house.at).await;
    house.provider.tell(json!({ "stop": true }));
    let reply = browser.get(&back).await;
    assert!(reply.status == 503 && reply.body.contains("breakglass"), "{}", reply.body);

    // Gone before the first.
    let other = House::open().await;
    other.change(|settings| settings.issuer.clone_from(&house.provider.issuer));
    let reply = Browser::default().get(&format!("{}/api/auth/login", other.at)).await;
    assert!(reply.status == 503 && reply.body.contains("cannot be reached"), "{}", reply.body);

    // Somebody else answers there, or says that he is another.
    other.change(|settings| settings.issuer = other.at.clone());
    let reply = Browser::default().get(&format!("{}/api/auth/login", other.at)).await;
    assert!(reply.status == 503 && reply.body.contains("no sign-in provider"), "{}", reply.body);
    other.change(|settings| settings.issuer = format!("{}/", other.provider.issuer));
    let reply = Browser::default().get(&format!("{}/api/auth/login", other.at)).await;
    assert!(reply.status == 503 && reply.body.contains("another provider"), "{}", reply.body);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let mut house = House::open().await;
    house.provider.tell(json!({ "spoil": "endless" }));
    let reply = house.sign_in().await;
    assert_eq!(reply.status, 503, "{}", reply.body);
    assert_eq!(house.entered(), []);
}

#[tokio::test]
async fn what_is_off_says_so() {
    let house = House::open().await;
    *house.door.0.settings.lock().unwrap() = None;
    for path in ["login", "callback?code=a&state=b"] {
        let reply = Browser::default().get(&format!("{}/api/auth/{path}", house.at)).await;
        assert!(reply.status == 409 && reply.body.contains("not set up"), "{}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn through_the_listener_somebody_whom_the_provider_knows_has_a_session_and_rights() {
    let mut provider = Provider::start("provider.mjs");
    let rig = rig::Rig::open().await;
    let entra = json!({
        "on": true, "tenant": "", "client_id": "audyn", "has_secret": false, "redirect": null, "graph": null,
        "issuer": provider.issuer, "admins": ["boss"], "operators": [], "studios": [], "viewers": [], "others": null,
    });
    rig.ask("change_access_settings", json!({ "entra": entra, "entra_secret": SECRET })).await;
    let claims =
        |group: &str| json!({ "claims": { "oid": "0a1b", "email": "ada@example.org", "groups": [group] } });

    // Known there, and without rights here.
    provider.tell(claims("staff"));
    let mut browser = Browser::default();
    let back = browser.until_callback(&rig.origin()).await;
    let reply = browser.get(&back).await;
    assert!(reply.status == 403 && !reply.cookies.contains_key("audyn"), "{} {}", reply.status, reply.body);

    provider.tell(claims("BOSS"));
    let back = browser.until_callback(&rig.origin()).await;
    let reply = browser.get(&back).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(
        reply.set.iter().any(|cookie| cookie.starts_with("audyn=") && cookie.contains("SameSite=Strict"))
    );
    let me = browser.get(&rig.url("/api/auth/me")).await;
    let me: Value = serde_json::from_str(&me.body).unwrap();
    assert_eq!(
        (&me["user"]["email"], &me["user"]["is_admin"]),
        (&json!("ada@example.org"), &json!(true)),
        "{me}"
    );

    // The provider is gone: who is in stays in.
    provider.tell(json!({ "stop": true }));
    assert_eq!(browser.get(&rig.url("/api/auth/me")).await.status, 200);
    // The secret is not in the state database.
    for file in ["audyn.db", "audyn.db-wal"] {
        let bytes = std::fs::read(rig.dir.path().join("state").join(file)).unwrap_or_default();
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{file}");
    }
}
