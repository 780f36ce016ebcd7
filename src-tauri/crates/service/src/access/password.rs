//! Passwords: what they must be, how they are kept, and that looking one up tells nothing but yes or no.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::api::ApiError;
use crate::api::wire::Password;
use crate::store::PasswordHash;

/// Fewest characters.
pub(crate) const LEAST: usize = 10;
/// Most bytes.
pub(crate) const MOST: usize = 256;

/// A hash of nothing anybody has: looking a password up takes as long without an account as with one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Tm9ib2R5IGhhcyB0aGlz$6XDWeuVCZ6xHYYFfxsKGGGn84gJ5evGRE6sNkSEcLpI";

/// argon2id, 19 MiB, two passes, one lane: OWASP Password Storage Cheat Sheet, first choice.
fn argon() -> Result<Argon2<'static>, ApiError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(ApiError::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses a password that is too short or too long.
///
/// # Errors
/// In a sentence, without the password.
pub(crate) fn check(password: &Password) -> Result<(), ApiError> {
    let characters = password.0.chars().count();
    if characters < LEAST {
        return Err(ApiError::invalid(format!(
            "A password has {LEAST} characters at least; this one has {characters}. A few words make a good one."
        )));
    }
    if password.0.len() > MOST {
        return Err(ApiError::invalid(format!("A password has {MOST} bytes at most; this one is longer.")));
    }
    Ok(())
}

/// A password as it is kept. Takes tens of milliseconds and 19 MiB.
///
/// # Errors
/// The system gives no random numbers.
pub(crate) fn hash(password: &Password) -> Result<PasswordHash, ApiError> {
    let hash = argon()?.hash_password(password.0.as_bytes()).map_err(ApiError::internal)?;
    Ok(PasswordHash(hash.to_string()))
}

/// Whether this is the password. Takes as long whether there is one or not.
pub(crate) fn is_right(password: &Password, kept: Option<&PasswordHash>) -> bool {
    // What is longer than any password there is, is not looked at in full.
    let fits = password.0.len() <= MOST;
    let typed = if fits { password.0.as_bytes() } else { b"" };
    let (hash, known) = kept.map_or((NOBODY, false), |kept| (kept.0.as_str(), true));
    let Ok(hash) = Phc::new(hash) else { return false };
    let same = argon().is_ok_and(|argon| argon.verify_password(typed, &hash).is_ok());
    same && known && fits
}

#[cfg(test)]
mod tests;
