//! What an ID token says, beyond the standard's claims, and what of it is used.

use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Groups and roles that are looked at; Entra names at most 200 groups in a token.
const MOST_GROUPS: usize = 1000;

/// Entra's own claims ("ID token claims reference"). What is not of the type it should be counts as not there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Extra {
    /// The tenant.
    #[serde(default)]
    pub tid: Value,
    /// The user, the same for every application of the tenant.
    #[serde(default)]
    oid: Value,
    /// The principal name of older tokens.
    #[serde(default)]
    upn: Value,
    #[serde(default)]
    pub nbf: Value,
    #[serde(default)]
    groups: Value,
    #[serde(default)]
    roles: Value,
    /// There are groups, and they are not here.
    #[serde(default)]
    hasgroups: Value,
    /// Claims that are elsewhere (OpenID Connect Core, 5.6.2).
    #[serde(default, rename = "_claim_names")]
    claim_names: Value,
}

impl AdditionalClaims for Extra {}

pub(super) type Claims = IdTokenClaims<Extra, CoreGenderClaim>;

/// What a verified token says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Proven {
    pub subject: String,
    pub email: String,
    pub name: String,
    pub groups: Vec<String>,
    pub groups_elsewhere: bool,
    pub roles: Vec<String>,
}

/// What a verified token says.
pub(super) fn proven(claims: &Claims) -> Proven {
    let extra = claims.additional_claims();
    let subject = text(&extra.oid).unwrap_or_else(|| claims.subject().to_string());
    // Entra leaves the address out of accounts that have no mailbox.
    let email = [
        claims.email().map(|email| email.to_string()),
        claims.preferred_username().map(|name| name.to_string()),
        text(&extra.upn),
    ];
    let email = email.into_iter().flatten().map(|text| shown(&text, 254)).find(|text| !text.is_empty());
    let name = claims.name().and_then(|name| name.get(None)).map(|name| shown(name, 80));
    let email = email.unwrap_or_else(|| shown(&subject, 254));
    Proven {
        name: name.filter(|name| !name.is_empty()).unwrap_or_else(|| shown(&email, 80)),
        groups: texts(&extra.groups),
        groups_elsewhere: extra.claim_names.get("groups").is_some()
            || matches!(&extra.hasgroups, Value::Bool(true))
            || extra.hasgroups == "true",
        roles: texts(&extra.roles),
        subject,
        email,
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty() && text.len() <= 255).map(str::to_owned)
}

/// One or many.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().take(MOST_GROUPS).filter_map(text).collect(),
        Value::String(_) => text(value).into_iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// A text of the provider's for people: bounded, without control characters.
fn shown(text: &str, most: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(most).collect()
}
