use std::time::Duration;

use audyn_model::Mono;
use audyn_service::api::wire::EntraSettings;

use super::flows::{Flow, Flows, LIFE};
use super::settings::next;
use super::*;

const TENANT: &str = "72F988BF-86f1-41af-91ab-2d7cd011db47";

fn at(seconds: u64) -> Mono {
    Mono::default().after(Duration::from_secs(seconds))
}

fn flow(nonce: &str) -> Flow {
    Flow {
        nonce: nonce.into(),
        verifier: "v".into(),
        next: "/".into(),
        issuer: "i".into(),
        client_id: "c".into(),
    }
}

#[test]
fn a_flow_ends_once_in_its_own_browser_and_in_time() {
    let flows = Flows::default();
    let cookie = flows.begin("a".into(), flow("n"), at(0));
    assert_eq!(flows.end("b", &cookie, at(1)), None, "another state");
    assert_eq!(flows.end("a", &cookie, at(1)).map(|flow| flow.nonce), Some("n".into()));
    assert_eq!(flows.end("a", &cookie, at(1)), None, "twice");

    let cookie = flows.begin("a".into(), flow("n"), at(0));
    assert_eq!(flows.end("a", "another", at(1)), None);
    assert_eq!(flows.end("a", &cookie, at(1)), None, "seen by another browser");

    let cookie = flows.begin("a".into(), flow("n"), at(0));
    assert_eq!(flows.end("a", &cookie, at(LIFE.as_secs())), None, "too late");
}

#[test]
fn of_too_many_flows_the_oldest_is_given_up() {
    let flows = Flows::default();
    let cookies: Vec<String> = (0..257).map(|n| flows.begin(n.to_string(), flow("n"), at(n))).collect();
    assert_eq!(flows.end("0", &cookies[0], at(258)), None);
    assert!(flows.end("1", &cookies[1], at(258)).is_some());
    assert!(flows.end("256", &cookies[256], at(258)).is_some());
}

#[test]
fn only_a_path_of_this_station_is_gone_on_with() {
    for (wanted, page) in [
        ("/files?day=1#x", "/files?day=1#x"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("/\"><script>", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ] {
        assert_eq!(next(Some(wanted)), page, "{wanted:?}");
    }
    assert_eq!(next(None), "/");
    assert_eq!(next(Some(&format!("/{}", "a".repeat(300)))), "/");
}

fn entra(tenant: &str, client_id: &str, redirect: Option<&str>) -> EntraSettings {
    EntraSettings {
        on: true,
        tenant: tenant.into(),
        client_id: client_id.into(),
        has_secret: true,
        redirect: redirect.map(str::to_owned),
        issuer: None,
        graph: None,
        admins: Vec::new(),
        operators: Vec::new(),
        studios: Vec::new(),
        viewers: Vec::new(),
        others: None,
    }
}

#[test]
fn settings_say_what_is_wrong_with_them() {
    let of = |entra: &EntraSettings| {
        Settings::of(entra, Some("hunter2".into()), "https://audyn.example").map_err(|all| all.join(" "))
    };
    let good = of(&entra(TENANT, "app", None)).unwrap();
    assert_eq!(good.issuer, "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0");
    assert_eq!(good.redirect, "https://audyn.example/api/auth/callback");
    assert!(good.graph.is_some() && !good.wants_groups);
    assert!(!format!("{good:?}").contains("hunter2"));
    for (settings, why) in [
        (entra("common", "app", None), "no tenant id"),
        (entra("contoso.onmicrosoft.com", "app", None), "no tenant id"),
        (entra(TENANT, "", None), "client id"),
        (entra(TENANT, "app", Some("http://audyn.example/api/auth/callback")), "https://"),
        (entra(TENANT, "app", Some("https://audyn.example/elsewhere")), "/api/auth/callback"),
        (entra(TENANT, "app", Some("https://a:b@audyn.example/api/auth/callback")), "without a user"),
    ] {
        let told = of(&settings).expect_err(why);
        assert!(told.contains(why), "{why}: {told}");
    }
    let other = EntraSettings { issuer: Some("http://idp.example".into()), ..entra("", "app", None) };
    assert!(of(&other).unwrap_err().contains("https://"));
    let other = EntraSettings {
        issuer: Some("https://idp.example".into()),
        viewers: vec!["staff".into()],
        ..entra("", "app", None)
    };
    let other = of(&other).unwrap();
    assert_eq!((other.tenant, other.graph, other.wants_groups), (None, None, true));
}

#[test]
fn the_environment_counts_where_nothing_is_set_and_its_secret_moves_into_the_keyring() {
    let environment = |name: &str| match name {
        "ENTRA_TENANT_ID" => Some(TENANT.to_owned()),
        "ENTRA_CLIENT_ID" => Some("app".to_owned()),
        "ENTRA_CLIENT_SECRET" => Some("hunter2".to_owned()),
        _ => None,
    };
    let unset = EntraSettings { on: false, has_secret: false, ..entra("", "", None) };
    let (taken, secret) = environment::taken(&unset, environment).unwrap();
    assert_eq!((taken.on, taken.tenant.as_str(), taken.client_id.as_str()), (true, TENANT, "app"));
    assert_eq!(taken.redirect.as_deref(), None, "the address it is called by");
    assert_eq!(secret.as_deref(), Some("hunter2"));
    // What somebody has set is not undone at the next start.
    assert_eq!(environment::taken(&entra(TENANT, "other", None), environment), None);
    assert_eq!(environment::taken(&unset, |_| None), None);
    assert_eq!(
        environment::taken(&unset, |name| environment(name).filter(|_| name == "ENTRA_TENANT_ID")),
        None
    );
}

#[test]
fn of_what_the_provider_says_only_words_of_the_protocol_are_shown() {
    assert!(refused_by_provider("access_denied").to_string().contains("cancelled"));
    assert!(refused_by_provider("login_required").to_string().contains("login_required"));
    assert!(!refused_by_provider("<b>x</b>").to_string().contains('<'));
}
