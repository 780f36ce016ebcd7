use super::*;

fn settings(change: impl FnOnce(&mut AccessSettings)) -> AccessSettings {
    let mut settings = serde_json::from_value(serde_json::json!({
        "listener": { "on": true, "interface": null, "port": 8000, "tls": { "kind": "self_signed" }, "hosts": ["rec.example"] },
        "sessions": { "idle_hours": 12, "days": 7 },
        "breakglass": { "on": false, "has_password": false, "minutes": 30 },
        "entra": {
            "on": false, "tenant": "", "client_id": "", "has_secret": false, "redirect": null, "issuer": null,
            "graph": null, "admins": [], "operators": [], "studios": [], "viewers": [], "others": null
        }
    }))
    .unwrap();
    change(&mut settings);
    settings
}

fn interfaces() -> Vec<Interface> {
    let interface = |name: &str, address: &str, loopback| Interface {
        name: name.to_owned(),
        addresses: vec![address.to_owned()],
        up: true,
        loopback,
    };
    vec![interface("lo", "127.0.0.1", true), interface("eth0", "192.0.2.7", false)]
}

fn check(settings: &AccessSettings, meant: &[&str]) -> Plan {
    let plan = plan(settings, &interfaces(), "recorder");
    let place = |place: &Place| {
        let scheme = if place.tls { "https" } else { "http" };
        let needed = if place.needed { "" } else { " if it can" };
        format!("{scheme}://{}{needed}", place.address)
    };
    assert_eq!(plan.places.iter().map(place).collect::<Vec<_>>(), meant);
    plan
}

const HERE: [&str; 2] = ["http://127.0.0.1:8000 if it can", "http://[::1]:8000 if it can"];

#[test]
fn nobody_elsewhere_gets_in_unless_it_is_opened() {
    let plan = check(&settings(|settings| settings.listener.on = false), &HERE);
    assert!(!plan.open);
}

#[test]
fn opened_it_is_encrypted() {
    let plan = check(&settings(|_| {}), &["https://0.0.0.0:8000", "https://[::]:8000 if it can"]);
    assert_eq!(plan.rules.names.iter().collect::<Vec<_>>(), ["rec.example", "recorder", "recorder.local"]);
    let shown = urls(&plan.places, &interfaces());
    assert_eq!(shown, ["https://192.0.2.7:8000/", "https://127.0.0.1:8000/"]);
}

#[test]
fn on_one_interface_it_is_reached_there_and_here_only() {
    let one = |name: &str| settings(|settings| settings.listener.interface = Some(name.to_owned()));
    check(&one("eth0"), &["https://192.0.2.7:8000", HERE[0], HERE[1]]);
    check(&one("lo"), &["https://127.0.0.1:8000", HERE[1]]);
    let plan = check(&one("eth7"), &HERE);
    assert!(plan.problem.unwrap().contains("eth7"));
}

#[test]
fn a_proxy_is_an_explicit_choice() {
    let plan = check(
        &settings(|settings| settings.listener.tls = TlsSettings::Proxy),
        &["http://0.0.0.0:8000", "http://[::]:8000 if it can"],
    );
    assert!(plan.rules.proxy);
    let off = settings(|settings| {
        settings.listener.tls = TlsSettings::Proxy;
        settings.listener.on = false;
    });
    assert!(!check(&off, &HERE).rules.proxy);
}

#[test]
fn the_name_that_the_provider_sends_people_back_to_is_ours() {
    let redirect = "https://station.example/api/auth/callback".to_owned();
    let plan = plan(&settings(|settings| settings.entra.redirect = Some(redirect)), &[], "recorder");
    assert!(plan.rules.names.iter().any(|name| name == "station.example"));
}
