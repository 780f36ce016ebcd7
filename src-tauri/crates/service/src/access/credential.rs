//! What lets somebody in at each request: 256 random bits, of which the state database has the SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::api::{ApiError, CsrfToken};
use crate::secrets::Secret;

/// What a token begins with, so that scanners for secrets know it.
const TOKEN: &str = "audyn_";
/// Characters of 256 bits.
const LEN: usize = 43;

/// What came with a request. It does not show itself.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    /// A browser's cookie.
    Session(&'a str),
    /// What follows `Bearer `: a token, or the secret of a session.
    Token(&'a str),
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session(_) => "Session(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

/// A new session's secret.
pub(super) fn session() -> Result<Secret, ApiError> {
    random().map(Secret::new)
}

/// A new token's secret.
pub(super) fn token() -> Result<Secret, ApiError> {
    Ok(Secret::new(format!("{TOKEN}{}", random()?)))
}

/// What the state database knows a secret by; none if it is no secret of ours.
pub(super) fn digest(secret: &str) -> Option<[u8; 32]> {
    let bits = secret.strip_prefix(TOKEN).unwrap_or(secret);
    let ours = bits.len() == LEN
        && bits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    ours.then(|| Sha256::digest(secret.as_bytes()).into())
}

/// Follows from the secret, and the secret does not follow from it.
pub(super) fn csrf(secret: &str) -> CsrfToken {
    let mut hash = Sha256::new();
    hash.update(b"Audyn CSRF\0");
    hash.update(secret.as_bytes());
    CsrfToken(BASE64.encode(hash.finalize()))
}

fn random() -> Result<String, ApiError> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(ApiError::internal)?;
    Ok(BASE64.encode(bits))
}
