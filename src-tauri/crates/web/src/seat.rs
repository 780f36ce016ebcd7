//! Who asks, by which credential, and whether a page of ours asked it.

use audyn_service::access::Credential;
use audyn_service::api::{ApiError, Caller, Code};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};

use crate::door::Door;
use crate::guard::Came;
use crate::problem::Problem;

/// The header field with the token that a page sends with everything that changes something.
pub const CSRF: HeaderName = HeaderName::from_static("x-audyn-csrf");
/// The cookie by TLS. Its name lets a browser take it only from this very host, by TLS, for every path.
const COOKIE: &str = "__Host-audyn";
/// The cookie without TLS, where browsers refuse that name.
const PLAIN_COOKIE: &str = "audyn";
/// Longest credential that is looked at.
const LONGEST: usize = 512;

/// Somebody who may ask.
pub struct Seat {
    /// Who.
    pub caller: Caller,
    /// It is a page in a browser, and not a program.
    pub page: bool,
}

/// Who asks, in words that came with the request.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Cookie(String),
    Bearer(String),
}

/// Who asks. With `changes`, a page has to prove that it is ours.
///
/// # Errors
/// 401 without a credential that holds; 403 for a page that proves nothing.
pub fn take(door: &Door, request: &Request, changes: bool) -> Result<Seat, Problem> {
    let came = came(request)?;
    let fields = request.headers();
    let shown = shown(fields, came.entrance.secure)?;
    let (credential, page) = match &shown {
        // What a browser keeps in its cookie is no token of a program; a session's secret may be used as one all the same.
        Shown::Cookie(secret) => (Credential::Session(secret), true),
        Shown::Bearer(secret) => (Credential::Token(secret), false),
    };
    let caller = door.service().caller(credential, came.from)?;
    if page && changes {
        let told = fields.get(&CSRF).and_then(|told| told.to_str().ok()).unwrap_or_default();
        if !caller.who.csrf.as_ref().is_some_and(|csrf| csrf.is(told)) {
            let message = "This page is not up to date with its sign-in. Load it again.";
            return Err(Problem::new(StatusCode::FORBIDDEN, Code::Forbidden, message));
        }
    }
    Ok(Seat { caller, page })
}

/// Where a request came in.
pub fn came(request: &Request) -> Result<Came, Problem> {
    let came = request.extensions().get::<Came>().copied();
    came.ok_or_else(|| ApiError::internal("a request that was not let in").into())
}

/// The value of `Set-Cookie` for a new session, or for none. Strict: it is never sent along from a page elsewhere.
pub fn cookie(secret: Option<&str>, secure: bool) -> String {
    let (name, flag) = if secure { (COOKIE, " Secure;") } else { (PLAIN_COOKIE, "") };
    let age = if secret.is_some() { "" } else { " Max-Age=0;" };
    format!("{name}={};{age} Path=/; HttpOnly;{flag} SameSite=Strict", secret.unwrap_or_default())
}

fn shown(fields: &HeaderMap, secure: bool) -> Result<Shown, Problem> {
    if let Some(field) = fields.get(header::AUTHORIZATION) {
        // The scheme is exactly one word, in any case (RFC 9110, section 11.1).
        let bearer = field.to_str().ok().and_then(|text| text.split_once(' '));
        return match bearer {
            Some((scheme, secret))
                if scheme.eq_ignore_ascii_case("bearer") && (1..=LONGEST).contains(&secret.len()) =>
            {
                Ok(Shown::Bearer(secret.to_owned()))
            }
            _ => Err(Problem::not_signed_in("Invalid token")),
        };
    }
    let name = if secure { COOKIE } else { PLAIN_COOKIE };
    let cookies = fields.get_all(header::COOKIE).iter().filter_map(|field| field.to_str().ok());
    let mut named = cookies
        .flat_map(|field| field.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, secret)| secret);
    match (named.next(), named.next()) {
        (Some(secret), None) if (1..=LONGEST).contains(&secret.len()) => Ok(Shown::Cookie(secret.to_owned())),
        // Two of a name: one was put there by somebody else.
        _ => Err(Problem::not_signed_in("Not authenticated")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[(&str, &str)], secure: bool, meant: Option<Shown>) {
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        assert_eq!(shown(&map, secure).ok(), meant, "{fields:?}");
    }

    #[test]
    fn a_credential_is_what_stands_there_exactly() {
        let cookie = |text: &str| Some(Shown::Cookie(text.to_owned()));
        let bearer = |text: &str| Some(Shown::Bearer(text.to_owned()));
        check(&[("cookie", "a=1; __Host-audyn=secret; b=2")], true, cookie("secret"));
        check(&[("cookie", "audyn=secret")], false, cookie("secret"));
        // The weaker name does not count where the stronger is to be had.
        check(&[("cookie", "audyn=secret")], true, None);
        check(&[("cookie", "__Host-audyn=a; __Host-audyn=b")], true, None);
        check(&[("cookie", "__Host-audyn=a"), ("cookie", "__Host-audyn=b")], true, None);
        check(&[("cookie", "__Host-audyn=")], true, None);
        check(&[("authorization", "Bearer abc")], true, bearer("abc"));
        check(&[("authorization", "bearer abc")], true, bearer("abc"));
        check(&[("authorization", "Bearer Bearer abc")], true, bearer("Bearer abc"));
        // A header that is wrong is not made good by a cookie.
        check(&[("authorization", "Basic abc"), ("cookie", "__Host-audyn=a")], true, None);
        check(&[("authorization", "abc")], true, None);
        check(&[], true, None);
    }

    #[test]
    fn a_cookie_stays_on_this_host_and_out_of_scripts() {
        assert_eq!(cookie(Some("x"), true), "__Host-audyn=x; Path=/; HttpOnly; Secure; SameSite=Strict");
        assert_eq!(cookie(None, false), "audyn=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict");
    }
}
