use super::*;

/// 2026-11-01T00:00:00Z.
const NOW: Utc = Utc::from_seconds(1_793_491_200);

fn days(days: i64) -> Utc {
    NOW.plus(days * DAY_S * 1_000_000_000)
}

fn made() -> (String, String) {
    make(["recorder", "recorder.local"], ["192.0.2.7".parse().unwrap()], NOW).unwrap()
}

#[test]
fn a_certificate_of_our_own_is_good_at_once_and_renewed_in_time() {
    let (chain, key) = made();
    let certificate = Certificate::read(&chain, &key, NOW).unwrap();
    assert_eq!((certificate.from, certificate.until), (days(-1), days(DAYS)));
    assert_eq!(certificate.fingerprint.len(), 32 * 3 - 1);
    assert!(!certificate.is_due(days(DAYS - RENEW_DAYS)) && certificate.is_due(days(DAYS - RENEW_DAYS + 1)));
    acceptor(Shown::new(&certificate)).unwrap();
}

#[test]
fn two_that_are_made_are_not_the_same() {
    let read = |(chain, key): (String, String)| Certificate::read(&chain, &key, NOW).unwrap().fingerprint;
    assert_ne!(read(made()), read(made()));
}

#[test]
fn what_cannot_be_used_is_refused_with_what_to_do() {
    let (chain, key) = made();
    let (_, other) = made();
    let refused = |chain: &str, key: &str, now| {
        let fault = Certificate::read(chain, key, now).unwrap_err();
        assert!(fault.to_string().ends_with('.'), "{fault}");
        fault
    };
    assert!(matches!(refused("", &key, NOW), CertificateError::NoCertificate));
    assert!(matches!(refused(&key, &key, NOW), CertificateError::NoCertificate));
    assert!(matches!(refused(&chain, &chain, NOW), CertificateError::NoKey));
    assert!(matches!(refused(&chain, &other, NOW), CertificateError::NoPair));
    assert!(matches!(refused(&chain, &key, days(-2)), CertificateError::TooEarly(_)));
    assert!(matches!(refused(&chain, &key, days(DAYS + 1)), CertificateError::TooLate(_)));
    assert!(matches!(refused(&chain.repeat(MOST + 1), &key, NOW), CertificateError::TooMany));
    let broken = chain.replace("MII", "AAA");
    assert!(matches!(refused(&broken, &key, NOW), CertificateError::Unreadable(_)));
    assert!(!refused(&chain, &other, NOW).to_string().contains("BEGIN EC"));
}
