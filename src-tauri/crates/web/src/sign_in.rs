//! Signing in and out. What is right is the service's affair; here it becomes a cookie, or a token in the reply.

use audyn_service::access::SignIn;
use audyn_service::api::ApiError;
use audyn_service::api::wire::Password;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::{get, post};
use serde_json::{Map, Value};

use crate::door::Door;
use crate::guard::Came;
use crate::problem::{Problem, json as reply_json};
use crate::{rest, seat};

/// Longest name of a program that is noted with a session.
const LONGEST_AGENT: usize = 200;

/// The ways in and out.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/api/auth/ways", get(ways))
        .route("/api/auth/local", post(local))
        .route("/api/auth/breakglass", post(breakglass))
        .route("/api/auth/logout", post(leave))
}

async fn ways(State(door): State<Door>) -> Response<Body> {
    reply_json(StatusCode::OK, &door.service().ways_in())
}

async fn local(State(door): State<Door>, request: Request) -> Result<Response<Body>, Problem> {
    let (came, agent) = (seat::came(&request)?, agent(&request));
    let mut form = rest::body(&door, request).await?;
    let attempt = SignIn::Local { email: text(&mut form, "email")?, password: password(&mut form)? };
    let as_token = token_wanted(&mut form)?;
    enter(&door, attempt, came, &agent, as_token).await
}

async fn breakglass(State(door): State<Door>, request: Request) -> Result<Response<Body>, Problem> {
    let (came, agent) = (seat::came(&request)?, agent(&request));
    let mut form = rest::body(&door, request).await?;
    let attempt = SignIn::Breakglass { password: password(&mut form)? };
    let as_token = token_wanted(&mut form)?;
    enter(&door, attempt, came, &agent, as_token).await
}

/// Signs in and gives what was asked for: a cookie for a page, a token for a program, never both.
pub async fn enter(
    door: &Door,
    attempt: SignIn,
    came: Came,
    agent: &str,
    as_token: bool,
) -> Result<Response<Body>, Problem> {
    let signed = door.service().sign_in(attempt, came.from, agent).await?;
    let secret = signed.secret.text().ok_or_else(|| ApiError::internal("a secret that is no text"))?;
    let mut me = serde_json::to_value(signed.me()).map_err(ApiError::internal)?;
    if as_token {
        // A program has no cookie that a page elsewhere could use.
        me["csrf"] = Value::Null;
        me["token"] = secret.into();
        return Ok(reply_json(StatusCode::OK, &me));
    }
    let mut reply = reply_json(StatusCode::OK, &me);
    set_cookie(&mut reply, Some(secret), came)?;
    Ok(reply)
}

async fn leave(State(door): State<Door>, request: Request) -> Result<Response<Body>, Problem> {
    let came = seat::came(&request)?;
    let seat = seat::take(&door, &request, true)?;
    door.service().sign_out(&seat.caller).await?;
    let mut reply = reply_json(StatusCode::OK, &Value::Object(Map::new()));
    set_cookie(&mut reply, None, came)?;
    Ok(reply)
}

/// Gives a reply the cookie of a session, or takes it away.
pub fn set_cookie(reply: &mut Response<Body>, secret: Option<&str>, came: Came) -> Result<(), Problem> {
    let cookie = HeaderValue::from_str(&seat::cookie(secret, came.entrance.secure));
    let mut cookie = cookie.map_err(|_| Problem::from(ApiError::internal("a secret that is no text")))?;
    cookie.set_sensitive(true);
    reply.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(())
}

/// What a browser or program calls itself.
pub fn agent(request: &Request) -> String {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    agent.unwrap_or_default().chars().filter(|c| !c.is_control()).take(LONGEST_AGENT).collect()
}

fn text(form: &mut Map<String, Value>, name: &str) -> Result<String, Problem> {
    match form.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) | None => {
            Err(ApiError::invalid(format!("The field {name} is missing, or is no text.")).into())
        }
    }
}

fn password(form: &mut Map<String, Value>) -> Result<Password, Problem> {
    text(form, "password").map(Password)
}

fn token_wanted(form: &mut Map<String, Value>) -> Result<bool, Problem> {
    match form.remove("token") {
        None => Ok(false),
        Some(Value::Bool(wanted)) => Ok(wanted),
        Some(_) => Err(ApiError::invalid("The field token is true or false.").into()),
    }
}
