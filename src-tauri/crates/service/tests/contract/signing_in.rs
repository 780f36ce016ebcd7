//! Coming in, staying in, and being put out. Time is the tests' own.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use audyn_model::{Clock, Mono, Utc};
use audyn_service::access::{Credential, ProviderIdentity, SignIn, SignedIn};
use audyn_service::api::wire::{Password, Way};
use tracing_subscriber::fmt::format::FmtSpan;

use super::*;

const PASSWORD: &str = "correct horse battery";
const FROM: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Stands still until it is told to go on.
pub(super) struct Hand(AtomicI64);

impl Hand {
    pub(super) fn go(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000_000, Ordering::AcqRel);
    }
}

impl Clock for Hand {
    fn utc(&self) -> Utc {
        Utc(1_792_888_200_000_000_000 + self.0.load(Ordering::Acquire))
    }

    fn mono(&self) -> Mono {
        Mono(self.0.load(Ordering::Acquire))
    }
}

pub(super) struct Door {
    pub(super) station: Station,
    pub(super) clock: Arc<Hand>,
}

impl Door {
    pub(super) fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap(), Arc::new(Hand(AtomicI64::new(0))))
    }

    fn open_in(dir: TempDir, clock: Arc<Hand>) -> Self {
        let options = Options {
            state_dir: dir.path().join("state"),
            archive_root: Some(dir.path().join("archive")),
            default_archive_root: dir.path().join("archive"),
            originator: "Audyn test".to_owned(),
            real_time: false,
            demo_if_empty: false,
            zone: jiff::tz::TimeZone::UTC,
        };
        let service = Service::open(options, Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
        let events = service.events();
        Self { station: Station { dir, service, events }, clock }
    }

    fn restart(self) -> Self {
        self.station.service.close(Duration::from_secs(5));
        let Station { dir, service, .. } = self.station;
        drop(service);
        Self::open_in(dir, self.clock)
    }

    async fn ask(&self, operation: &str, request: Value) -> Value {
        self.station.ask(operation, request).await
    }

    async fn user(&self, email: &str, access: &str) -> String {
        let new = json!({ "email": email, "password": PASSWORD, "access": access });
        self.ask("create_user", new).await["id"].as_str().unwrap().to_owned()
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, ApiError> {
        let password = Password(password.to_owned());
        self.station
            .service
            .sign_in(SignIn::Local { email: email.to_owned(), password }, FROM, "Test/1")
            .await
    }

    async fn breakglass(&self, password: &str) -> Result<SignedIn, ApiError> {
        self.station
            .service
            .sign_in(SignIn::Breakglass { password: Password(password.to_owned()) }, FROM, "")
            .await
    }

    fn is_in(&self, one: &SignedIn) -> bool {
        self.station.service.caller(Credential::Session(one.secret.text().unwrap()), FROM).is_ok()
    }

    /// Kinds and results of the audit log, oldest first.
    async fn audited(&self) -> Vec<(String, String)> {
        let log = self.ask("audit_log", json!({ "limit": 1000 })).await;
        let mut found: Vec<_> = log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                (entry["kind"].as_str().unwrap().to_owned(), entry["result"].as_str().unwrap().to_owned())
            })
            .collect();
        found.reverse();
        found
    }
}

/// The seconds that a refusal names, for programs and for people.
fn seconds(refused: &ApiError) -> i64 {
    let told = refused.retry_after.expect("it says when to try again");
    let named: u64 =
        refused.message.split(' ').find_map(|word| word.parse().ok()).expect("it names the seconds");
    assert_eq!(told, named, "{refused}");
    i64::try_from(told).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_password_comes_in_and_is_known_until_they_go() {
    let door = Door::open();
    assert!(!door.station.service.ways_in().local, "a new station lets nobody in");
    let id = door.user("Ann@example.org", "operator").await;
    assert!(door.station.service.ways_in().local);
    let ann = door.sign_in(" ann@EXAMPLE.org", PASSWORD).await.unwrap();
    let me = ann.me();
    assert_eq!((me.user.id.as_str(), me.user.access, me.way), (id.as_str(), Access::Operator, Way::Local));
    let secret = ann.secret.text().unwrap().to_owned();
    let caller = door.station.service.caller(Credential::Session(&secret), FROM).unwrap();
    assert_eq!(caller.who.csrf.as_ref().unwrap().as_str(), me.csrf.as_deref().unwrap());
    assert!(caller.who.csrf.as_ref().unwrap().is(me.csrf.as_deref().unwrap()));
    assert!(!caller.who.csrf.as_ref().unwrap().is("") && !me.csrf.unwrap().contains(&secret[..8]));
    assert!(door.station.service.still_valid(&caller));
    // A program may send the same as a bearer; a cookie is no token.
    assert!(door.station.service.caller(Credential::Token(&secret), FROM).is_ok());
    let dispatched = dispatch(&door.station.service, &caller, "me", Value::Null).await.unwrap();
    assert_eq!(dispatched["user"]["email"], "Ann@example.org");
    let sessions = door.ask("list_sessions", Value::Null).await;
    assert_eq!(sessions["sessions"][0]["agent"], "Test/1");
    assert_eq!(sessions["sessions"][0]["address"], "192.0.2.7");

    let door = Door { station: door.station, clock: door.clock }.restart();
    assert!(door.is_in(&ann), "a restart signs nobody out");
    door.station.service.sign_out(&caller).await.unwrap();
    assert!(!door.is_in(&ann) && !door.station.service.still_valid(&caller));
    for nonsense in ["", "x", &secret[1..], &format!("{secret}x"), "audyn_", "\u{0}"] {
        let refused = door.station.service.caller(Credential::Session(nonsense), FROM).unwrap_err();
        assert_eq!(refused.code, Code::Unauthenticated);
    }
    let kinds = door.audited().await;
    for kind in ["create_user", "sign_in", "sign_out"] {
        assert!(kinds.contains(&(kind.to_owned(), "done".to_owned())), "{kind}: {kinds:?}");
    }
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_told_nothing_waits_and_is_locked_out() {
    let door = Door::open();
    door.user("ann@example.org", "admin").await;
    let unknown = door.sign_in("bob@example.org", PASSWORD).await.unwrap_err();
    let wrong = door.sign_in("ann@example.org", "wrong").await.unwrap_err();
    assert_eq!((unknown.code, &unknown.message), (wrong.code, &wrong.message));
    assert_eq!(wrong.code.http_status(), 401);
    let mut waits = Vec::new();
    while waits.last() != Some(&900) {
        let refused = door.sign_in("ann@example.org", "wrong").await.unwrap_err();
        if refused.code == Code::TooMany {
            assert_eq!(refused.code.http_status(), 429);
            let seconds = seconds(&refused);
            waits.push(seconds);
            if seconds < 900 {
                // The right one has to wait as well.
                assert_eq!(door.sign_in("ann@example.org", PASSWORD).await.unwrap_err().code, Code::TooMany);
                door.clock.go(seconds);
            }
        }
        assert!(waits.len() < 20, "{waits:?}");
    }
    assert!(waits.is_sorted(), "{waits:?}");
    assert_eq!(door.sign_in("ann@example.org", PASSWORD).await.unwrap_err().code, Code::TooMany);
    door.clock.go(900);
    door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let kinds = door.audited().await;
    assert!(kinds.contains(&("sign_in".to_owned(), "refused".to_owned())), "{kinds:?}");
    assert!(kinds.contains(&("lock_out".to_owned(), "refused".to_owned())), "{kinds:?}");
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_put_out_is_out_at_once() {
    let door = Door::open();
    let ann = door.user("ann@example.org", "admin").await;
    let bob = door.user("bob@example.org", "operator").await;
    let in_as = async |email: &str| door.sign_in(email, PASSWORD).await.unwrap();
    let one = in_as("bob@example.org").await;
    let session = door.ask("list_sessions", Value::Null).await["sessions"][0]["id"].clone();
    door.ask("end_session", json!({ "id": session })).await;
    assert!(!door.is_in(&one));
    let two = in_as("bob@example.org").await;
    door.ask("change_user", json!({ "id": bob, "enabled": false })).await;
    assert!(!door.is_in(&two));
    assert_eq!(door.sign_in("bob@example.org", PASSWORD).await.unwrap_err().code, Code::Unauthenticated);
    door.ask("change_user", json!({ "id": bob, "enabled": true })).await;
    assert!(!door.is_in(&two), "what was ended does not come back");
    let three = in_as("bob@example.org").await;
    door.ask("change_user", json!({ "id": bob, "access": "viewer" })).await;
    assert!(!door.station.service.still_valid(&three.caller), "a connection begins anew with its new rights");
    assert!(door.is_in(&three));
    door.ask("set_password", json!({ "id": bob, "password": "another good one" })).await;
    assert!(!door.is_in(&three));
    let four = door.sign_in("bob@example.org", "another good one").await.unwrap();
    let five = door.sign_in("bob@example.org", "another good one").await.unwrap();
    let caller = door.station.service.caller(Credential::Session(four.secret.text().unwrap()), FROM).unwrap();
    let wrong = json!({ "current": "not this one", "new": "a third good one" });
    assert_eq!(
        door.station.ask_as(&caller, "change_own_password", wrong).await.unwrap_err().code,
        Code::Forbidden
    );
    let right = json!({ "current": "another good one", "new": "a third good one" });
    door.station.ask_as(&caller, "change_own_password", right).await.unwrap();
    assert!(door.is_in(&four) && !door.is_in(&five), "every other session has ended");
    // The last admin stays.
    for (operation, request) in [
        ("delete_user", json!({ "id": ann })),
        ("change_user", json!({ "id": ann, "access": "operator" })),
        ("change_user", json!({ "id": ann, "enabled": false })),
    ] {
        assert_eq!(door.station.refused(operation, request).await.code, Code::Conflict);
    }
    door.user("eve@example.org", "admin").await;
    let admin = in_as("ann@example.org").await;
    door.ask("delete_user", json!({ "id": ann })).await;
    assert!(!door.is_in(&admin));
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_unused_and_in_the_end_anyhow() {
    let door = Door::open();
    door.user("ann@example.org", "viewer").await;
    let idle = door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let used = door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    door.clock.go(11 * HOUR);
    assert!(door.is_in(&used));
    door.clock.go(HOUR);
    assert!(!door.is_in(&idle) && door.is_in(&used));
    for _ in 0..13 {
        assert!(door.is_in(&used));
        door.clock.go(12 * HOUR - 1);
    }
    assert!(door.is_in(&used));
    door.clock.go(12);
    assert!(door.is_in(&used));
    door.clock.go(1);
    assert!(!door.is_in(&used), "a week is over, however much it was used");

    // Who looks on over an open connection and asks for nothing uses it as well: a wall display, a day long.
    let looks = door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let gone = door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    for _ in 0..24 {
        door.clock.go(HOUR);
        assert!(door.station.service.still_valid(&looks.caller));
    }
    assert!(door.is_in(&looks) && !door.is_in(&gone));
    for hour in 24..168 {
        assert!(door.station.service.still_valid(&looks.caller), "{hour}");
        door.clock.go(HOUR);
    }
    assert!(!door.station.service.still_valid(&looks.caller), "a week is over for it, too");
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn breakglass_opens_when_it_is_set_for_a_while_and_everybody_knows() {
    let door = Door::open();
    let off = door.breakglass("whatever it may be").await.unwrap_err();
    assert_eq!((off.code.http_status(), off.message.as_str()), (403, "Breakglass disabled"));
    assert_eq!(door.station.refused("set_breakglass", json!({ "on": true })).await.code, Code::Conflict);
    let settings = json!({ "on": true, "password": "break in case of fire", "minutes": 10 });
    let settings = door.ask("set_breakglass", settings).await;
    assert_eq!(settings["breakglass"], json!({ "on": true, "has_password": true, "minutes": 10 }));
    let wrong = door.breakglass("break in case of water").await.unwrap_err();
    assert_eq!((wrong.code.http_status(), wrong.message.as_str()), (401, "Invalid credentials"));
    let opened = door.breakglass("break in case of fire").await.unwrap();
    let user = opened.me().user;
    assert_eq!(
        (user.id.as_str(), user.email.as_str(), user.name.as_str(), user.is_admin),
        ("breakglass", "admin@local", "Breakglass Admin", true)
    );
    let notices = door.ask("status", Value::Null).await["notices"].clone();
    let alarms = notices.as_array().unwrap().iter().filter(|notice| notice["subject"] == "Breakglass");
    assert_eq!(alarms.count(), 2, "one try and one use: {notices}");
    door.clock.go(5 * MINUTE);
    assert!(door.is_in(&opened));
    door.clock.go(5 * MINUTE);
    assert!(!door.is_in(&opened), "using it does not make it longer");
    let again = door.breakglass("break in case of fire").await.unwrap();
    door.ask("set_breakglass", json!({ "on": false })).await;
    assert!(!door.is_in(&again));
    for _ in 0..5 {
        let refused = door.breakglass("x").await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden);
        door.clock.go(901);
    }
    door.ask("set_breakglass", json!({ "on": true })).await;
    let mut locked = 0;
    for _ in 0..40 {
        match door.breakglass("wrong").await.unwrap_err() {
            // Longer than any wait before it.
            error if error.code == Code::TooMany && seconds(&error) > 600 => locked += 1,
            _ => door.clock.go(10),
        }
    }
    assert!(locked > 0, "who goes on guessing is locked out");
    let kinds = door.audited().await;
    for result in ["done", "refused"] {
        assert!(kinds.contains(&("breakglass".to_owned(), result.to_owned())), "{kinds:?}");
    }
    assert!(kinds.contains(&("set_breakglass".to_owned(), "done".to_owned())), "{kinds:?}");
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lets_a_program_do_what_it_is_for_until_it_ends() {
    let door = Door::open();
    let made = door.ask("create_token", json!({ "name": "Playout", "access": "operator", "days": 1 })).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("audyn_") && secret.len() == 49, "{}", secret.len());
    let token = || door.station.service.caller(Credential::Token(&secret), FROM);
    let caller = token().unwrap();
    assert_eq!((caller.access, caller.who.way, caller.who.csrf), (Access::Operator, Way::Token, None));
    assert!(door.station.service.caller(Credential::Session(&secret), FROM).is_err(), "a token is no cookie");
    let listed = door.ask("list_tokens", Value::Null).await;
    assert_eq!(listed["tokens"][0]["address"], "192.0.2.7");
    assert!(!listed.to_string().contains(&secret[6..]), "the secret is told once");
    let twice = door.station.refused("create_token", json!({ "name": "playout", "access": "viewer" })).await;
    assert_eq!(twice.code, Code::Conflict);
    let studio = door.station.refused("create_token", json!({ "name": "S", "access": "studio" })).await;
    assert!(studio.message.contains("studio"), "{studio:?}");
    door.clock.go(24 * HOUR - 1);
    assert!(token().is_ok());
    door.clock.go(1);
    assert_eq!(token().unwrap_err().message, "Invalid token");
    let made = door.ask("create_token", json!({ "name": "Other", "access": "viewer" })).await;
    let other = made["secret"].as_str().unwrap();
    assert!(door.station.service.caller(Credential::Token(other), FROM).is_ok());
    door.ask("revoke_token", json!({ "id": made["token"]["id"] })).await;
    assert!(door.station.service.caller(Credential::Token(other), FROM).is_err());
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_a_provider_vouches_for_gets_what_their_groups_give() {
    let door = Door::open();
    let come = |groups: &[&str]| {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let identity = ProviderIdentity {
            issuer: "https://login.example/v2.0".into(),
            subject: "S-1".into(),
            email: "ann@example.org".into(),
            name: "Ann".into(),
            groups,
            roles: Vec::new(),
        };
        door.station.service.sign_in(SignIn::Provider(identity), FROM, "")
    };
    assert_eq!(come(&["ops"]).await.unwrap_err().code, Code::Forbidden, "it is off");
    let mut entra = door.ask("access_settings", Value::Null).await["entra"].clone();
    entra["on"] = true.into();
    let refused = door.station.refused("change_access_settings", json!({ "entra": entra })).await;
    assert!(
        refused.message.contains("directory's id") && refused.message.contains("application"),
        "{refused:?}"
    );
    entra["tenant"] = "00000000-0000-0000-0000-000000000001".into();
    entra["client_id"] = "app".into();
    entra["operators"] = json!(["ops"]);
    let secret = "PLANTED-client-secret";
    let told = door.ask("change_access_settings", json!({ "entra": entra, "entra_secret": secret })).await;
    assert!(told["entra"]["has_secret"] == true && !told.to_string().contains(secret));
    let kept = door.station.service.secrets().get(audyn_service::ENTRA_SECRET).unwrap().unwrap();
    assert_eq!(kept.text(), Some(secret));
    assert_eq!(come(&["others"]).await.unwrap_err().code, Code::Forbidden);
    let ann = come(&["ops"]).await.unwrap();
    assert_eq!((ann.caller.access, ann.caller.who.way), (Access::Operator, Way::Provider));
    // Nobody with the same address takes a local user over, or the other way round.
    door.user("ann@example.org", "admin").await;
    assert_eq!(come(&["ops"]).await.unwrap().caller.access, Access::Operator);
    assert_eq!(come(&[]).await.unwrap_err().code, Code::Forbidden, "out of the group, out of here");
    let users = door.ask("list_users", Value::Null).await["users"].clone();
    let of_provider = users.as_array().unwrap().iter().find(|user| user["source"] == "provider").unwrap();
    door.ask("change_user", json!({ "id": of_provider["id"], "enabled": false })).await;
    assert!(!door.is_in(&ann) && come(&["ops"]).await.is_err());
    door.station.service.close(Duration::from_secs(5));
}

/// All that is logged in this test binary.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_database_its_log_its_backups_or_what_is_logged() {
    let trace = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::NEW)
        .with_writer(|| Log);
    trace.try_init().expect("nobody else listens to the log");
    let door = Door::open();
    let planted = ["PLANTED-user-password", "PLANTED-breakglass", "PLANTED-client-secret"];
    let new = json!({ "email": "ann@example.org", "password": planted[0], "access": "admin" });
    door.ask("create_user", new).await;
    door.ask("set_breakglass", json!({ "on": true, "password": planted[1] })).await;
    door.ask("change_access_settings", json!({ "entra_secret": planted[2] })).await;
    let session = door.sign_in("ann@example.org", planted[0]).await.unwrap();
    door.sign_in("ann@example.org", "PLANTED-typed-wrong").await.unwrap_err();
    door.breakglass(planted[1]).await.unwrap();
    let token = door.ask("create_token", json!({ "name": "T", "access": "viewer" })).await["secret"].clone();
    door.ask("make_backup", Value::Null).await;
    let export = door.ask("export_audit", json!({})).await.to_string();
    assert!(export.contains("sign_in"), "{export}");
    let mut secrets: Vec<String> = planted.iter().map(|&text| text.to_owned()).collect();
    secrets.push("PLANTED-typed-wrong".into());
    secrets.push(session.secret.text().unwrap().to_owned());
    secrets.push(token.as_str().unwrap().to_owned());
    let is_in =
        |bytes: &[u8], secret: &str| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    let mut looked_at = Vec::new();
    let mut folders = vec![door.station.dir.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for secret in &secrets {
                assert!(!is_in(&bytes, secret), "{secret:.8} is in {}", path.display());
            }
            looked_at.push(path.to_string_lossy().into_owned());
        }
    }
    for part in ["audyn.db", "audyn.db-wal", "backups/", "secrets/sealed"] {
        assert!(looked_at.iter().any(|path| path.contains(part)), "{part} in {looked_at:?}");
    }
    let log = LOGGED.lock().unwrap();
    assert!(is_in(&log, "create_user"), "the log was listened to");
    for secret in &secrets {
        assert!(
            !is_in(&log, secret) && !export.contains(secret.as_str()),
            "{secret:.8} was logged or exported"
        );
    }
    drop(log);
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_a_backup_brings_no_session_back_and_takes_nothing_from_the_audit_log() {
    let door = Door::open();
    door.user("ann@example.org", "admin").await;
    let ann = door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    let made = door.ask("make_backup", Value::Null).await;
    door.user("bob@example.org", "viewer").await;
    let before = door.audited().await;
    door.ask("restore_backup", json!({ "name": made["name"] })).await;
    assert!(!door.is_in(&ann), "whoever is signed in signs in again");
    assert_eq!(door.ask("list_users", Value::Null).await["users"].as_array().unwrap().len(), 1);
    let after = door.audited().await;
    assert_eq!(after[..before.len()], before[..]);
    assert_eq!(after.last().unwrap().0, "restore_backup");
    door.sign_in("ann@example.org", PASSWORD).await.unwrap();
    door.station.service.close(Duration::from_secs(5));
}
