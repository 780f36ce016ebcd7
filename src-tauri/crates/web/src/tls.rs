//! The certificate: checked before it is used, changed without a restart.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use audyn_model::Utc;
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Days that a certificate of our own is good for.
const DAYS: i64 = 730;
/// A certificate of our own is made anew so many days before its end.
const RENEW_DAYS: i64 = 30;
const DAY_S: i64 = 86_400;
/// Certificates in a chain.
const MOST: usize = 10;

/// A certificate with its key, good to be used.
#[derive(Clone, Debug)]
pub struct Certificate {
    key: Arc<CertifiedKey>,
    /// SHA-256 of the certificate, as browsers show it: `AB:CD:…`.
    pub fingerprint: String,
    /// The first second that it is good for.
    pub from: Utc,
    /// The last second that it is good for.
    pub until: Utc,
}

/// Why a certificate cannot be used. Each is a sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// No certificate in the text.
    #[error("There is no certificate in PEM form. It begins with “-----BEGIN CERTIFICATE-----”.")]
    NoCertificate,
    /// More than a chain has.
    #[error(
        "There are more than {MOST} certificates. Give the server's own first, then those that signed it."
    )]
    TooMany,
    /// No key in the text.
    #[error(
        "There is no private key in PEM form without a password. It begins with “-----BEGIN PRIVATE KEY-----”."
    )]
    NoKey,
    /// A certificate or key that cannot be read.
    #[error("The certificate or its key cannot be read: {0}.")]
    Unreadable(String),
    /// They do not belong together.
    #[error(
        "The private key does not belong to the first certificate. Give the server's own certificate first."
    )]
    NoPair,
    /// Not yet.
    #[error(
        "The certificate is good only from {0} on. Check this machine's clock, or take another certificate."
    )]
    TooEarly(String),
    /// No longer.
    #[error("The certificate was good until {0}. Renew it.")]
    TooLate(String),
    /// It cannot be made.
    #[error("A certificate cannot be made: {0}.")]
    NotMade(String),
}

impl Certificate {
    /// From PEM texts, checked: a key, a chain that begins with the key's certificate, and dates that hold now.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(chain: &str, key: &str, now: Utc) -> Result<Self, CertificateError> {
        let unreadable = |error: &dyn std::fmt::Display| CertificateError::Unreadable(error.to_string());
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain.as_bytes())
            .take(MOST + 1)
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable(&error))?;
        let first = chain.first().ok_or(CertificateError::NoCertificate)?.clone();
        if chain.len() > MOST {
            return Err(CertificateError::TooMany);
        }
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| CertificateError::NoKey)?;
        let pair = CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
            if matches!(error, rustls::Error::InconsistentKeys(_)) {
                CertificateError::NoPair
            } else {
                unreadable(&error)
            }
        })?;
        let (_, parsed) = X509Certificate::from_der(&first).map_err(|error| unreadable(&error))?;
        let [from, until] = [parsed.validity().not_before, parsed.validity().not_after]
            .map(|time| Utc::from_seconds(time.timestamp().clamp(-1 << 33, 1 << 33)));
        if now < from {
            return Err(CertificateError::TooEarly(day(from)));
        }
        if now > until {
            return Err(CertificateError::TooLate(day(until)));
        }
        Ok(Self { key: Arc::new(pair), fingerprint: fingerprint(&first), from, until })
    }

    /// Whether one of our own should be made anew.
    #[must_use]
    pub fn is_due(&self, now: Utc) -> bool {
        now > self.until.plus(-RENEW_DAYS * DAY_S * 1_000_000_000)
    }
}

/// Makes a certificate of our own for these names and addresses: certificate and key in PEM form.
///
/// # Errors
/// The system gives no random numbers, or a name cannot stand in a certificate.
pub fn make<'a>(
    names: impl IntoIterator<Item = &'a str>,
    addresses: impl IntoIterator<Item = IpAddr>,
    now: Utc,
) -> Result<(String, String), CertificateError> {
    let not_made = |error: rcgen::Error| CertificateError::NotMade(error.to_string());
    let mut params = CertificateParams::default();
    for name in names {
        let name = name.try_into().map_err(not_made)?;
        params.subject_alt_names.push(SanType::DnsName(name));
    }
    params.subject_alt_names.extend(addresses.into_iter().map(SanType::IpAddress));
    params.distinguished_name.push(DnType::CommonName, "Audyn recorder");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // A day early: clocks of browsers are not all right.
    let [from, until] = [-1, DAYS].map(|days| {
        let seconds = now.0.div_euclid(1_000_000_000) + days * DAY_S;
        let day = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
        rcgen::date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
    });
    params.not_before = from;
    params.not_after = until;
    let key = KeyPair::generate().map_err(not_made)?;
    let certificate = params.self_signed(&key).map_err(not_made)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// What the listener answers with; it may change while connections go on.
#[derive(Debug)]
pub struct Shown(RwLock<Arc<CertifiedKey>>);

impl Shown {
    /// This one first.
    pub fn new(certificate: &Certificate) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Arc::clone(&certificate.key))))
    }

    /// This one for every connection from now on.
    pub fn change(&self, certificate: &Certificate) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&certificate.key);
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// TLS 1.2 and 1.3 with HTTP/2 and HTTP/1.1.
///
/// # Errors
/// The cryptography that was built in does not suffice.
pub fn acceptor(shown: Arc<Shown>) -> Result<TlsAcceptor, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn fingerprint(certificate: &[u8]) -> String {
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn day(at: Utc) -> String {
    jiff::Timestamp::from_second(at.0.div_euclid(1_000_000_000))
        .map_or_else(|_| "an impossible date".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests;
