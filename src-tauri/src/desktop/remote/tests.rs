use super::trust::{Fingerprint, Trust, Verdict};
use super::{Url, authority, loopback, may_show, waiting};

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn fingerprint(byte: &str) -> Fingerprint {
    byte.repeat(32).parse().unwrap()
}

#[test]
fn the_window_shows_the_station_and_its_sign_in_only() {
    let station = url("https://studio.example:8443/");
    let more = ["adfs.example".to_owned(), "127.0.0.1".to_owned()];
    let may = |address: &str| may_show(&station, &more, &url(address));
    assert!(may("https://studio.example:8443/#/files"));
    assert!(may("https://login.microsoftonline.com/tenant/oauth2/v2.0/authorize?x=1"));
    assert!(may("https://adfs.example/sign-in"));
    assert!(may("http://127.0.0.1:4000/authorize"), "a provider on this machine");
    for other in [
        "https://studio.example/",
        "http://studio.example:8443/",
        "https://evil.example/",
        "http://login.microsoftonline.com/",
        "https://login.microsoftonline.com.evil.example/",
        "file:///etc/passwd",
        "data:text/html,x",
        "tauri://localhost/index.html",
        "about:srcdoc",
    ] {
        assert!(!may(other), "{other}");
    }
}

#[test]
fn this_machine_is_told_from_others() {
    for here in ["http://127.0.0.1:80/", "http://127.8.8.8/", "http://[::1]:1/", "http://localhost/"] {
        assert!(loopback(&url(here)), "{here}");
    }
    for there in ["http://192.168.1.1/", "http://localhost.example/", "http://[fe80::1]/"] {
        assert!(!loopback(&url(there)), "{there}");
    }
}

#[test]
fn a_fingerprint_is_what_openssl_prints() {
    // "hello" as DER: only its bytes count.
    let pem = "text before\n-----BEGIN CERTIFICATE-----\naGVs\nbG8=\n-----END CERTIFICATE-----\n";
    let told = Fingerprint::of_pem(pem).unwrap().to_string();
    assert!(told.starts_with("2C:F2:4D:BA:5F:B0:A3:0E:26:E8:3B:2A:C5:B9:E2:9E"), "{told}");
    assert_eq!(told.parse::<Fingerprint>().unwrap().to_string(), told);
    assert_eq!(told.replace(':', "").to_lowercase().parse::<Fingerprint>().unwrap().to_string(), told);
    for wrong in ["", "2C:F2", &told[1..], &format!("{told}:00"), "not hexadecimal at all"] {
        assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
    }
    assert!(Fingerprint::of_pem("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----").is_none());
    assert!(Fingerprint::of_pem("").is_none());
}

#[test]
fn what_was_trusted_once_is_expected_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    let (station, other) = (url("https://a.example:8443/x"), url("https://b.example:8443/"));
    let mut trust = Trust::open(folder.path(), &station, None).unwrap();
    assert_eq!(trust.judge(&fingerprint("ab")), Verdict::Unknown);
    trust.remember(&fingerprint("ab")).unwrap();
    assert_eq!(trust.judge(&fingerprint("ab")), Verdict::Trusted);

    let again = Trust::open(folder.path(), &station, None).unwrap();
    assert_eq!(again.judge(&fingerprint("ab")), Verdict::Trusted);
    assert_eq!(again.judge(&fingerprint("cd")), Verdict::Changed { expected: fingerprint("ab") });
    assert_eq!(Trust::open(folder.path(), &other, None).unwrap().judge(&fingerprint("ab")), Verdict::Unknown);

    let given = Trust::open(folder.path(), &station, Some(fingerprint("cd"))).unwrap();
    assert_eq!(given.judge(&fingerprint("cd")), Verdict::Trusted);
    let after = Trust::open(folder.path(), &station, None).unwrap();
    assert_eq!(after.judge(&fingerprint("cd")), Verdict::Trusted, "it is remembered");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside the file");
}

#[test]
fn a_file_that_cannot_be_understood_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trusted-stations.json");
    for wrong in ["{", "[]", "{\"https://a.example\": \"zz\"}"] {
        std::fs::write(&file, wrong).unwrap();
        let error = Trust::open(folder.path(), &url("https://a.example/"), None).unwrap_err();
        assert!(format!("{error:#}").contains("trusted-stations.json"), "{error:#}");
    }
}

#[test]
fn the_page_of_a_silent_station_names_it_as_text() {
    let station = url("https://studio.example:8443/");
    assert_eq!(authority(&station), "studio.example:8443");
    assert_eq!(authority(&url("https://studio.example/")), "studio.example");
    assert!(waiting(&station).contains("studio.example:8443 does not answer"));
}
