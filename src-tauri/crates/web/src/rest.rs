//! The contract over HTTP: a route for each operation, made from its declaration.

use audyn_service::api::{Code, Method, OPERATIONS, Operation, dispatch};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{Response, StatusCode, header};
use axum::routing::{MethodFilter, on};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

use crate::door::Door;
use crate::fields;
use crate::problem::{Problem, json};
use crate::seat;

/// A route for each operation.
pub fn routes() -> Router<Door> {
    OPERATIONS.iter().fold(Router::new(), |router, operation| {
        let answer = move |State(door): State<Door>, path: RawPathParams, request: Request| async move {
            answer(&door, operation, &path, request).await
        };
        router.route(operation.path, on(filter(operation.method), answer))
    })
}

const fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn answer(
    door: &Door,
    operation: &'static Operation,
    path: &RawPathParams,
    request: Request,
) -> Result<Response<Body>, Problem> {
    let looks = operation.method == Method::Get;
    let seat = seat::take(door, &request, !looks)?;
    let in_path: Vec<_> = path.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let fields = door.fields(operation);
    let mut asked = fields::read(fields, &in_path, &query).map_err(invalid)?;
    if !looks {
        if !query.is_empty() {
            return Err(invalid("Fields of this request go into its body, as JSON.".to_owned()));
        }
        for (name, value) in body(door, request).await? {
            if asked.get(&name).is_some_and(|in_path| *in_path != value) {
                return Err(invalid(format!(
                    "The field {name} is another one in the body than in the address."
                )));
            }
            asked.insert(name, value);
        }
    }
    let reply = dispatch(door.service(), &seat.caller, operation.name, Value::Object(asked)).await?;
    Ok(json(StatusCode::OK, &reply))
}

/// The object in a request's body; none at all counts as an empty one.
///
/// # Errors
/// It is too long, not JSON, not declared as JSON, or not an object.
pub async fn body(door: &Door, request: Request) -> Result<Map<String, Value>, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).cloned();
    let limit = door.limits().body;
    let collected = Limited::new(request.into_body(), limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            let message = format!("A request may have {limit} bytes; this one has more.");
            return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid, message);
        }
        Problem::new(StatusCode::BAD_REQUEST, Code::Invalid, "The request ended before it was whole.")
    })?;
    let bytes = collected.to_bytes();
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    // A form on a page elsewhere cannot say this (Fetch, section 2.2.2).
    let is_json = kind.as_ref().and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    });
    if !is_json {
        let message = "The body of a request is JSON; its Content-Type must be application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::Invalid, message));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(malformed("it is no object".to_owned())),
        Err(error) => Err(malformed(error.to_string())),
    }
}

fn malformed(why: String) -> Problem {
    let message = format!("The body of the request is not a JSON object: {why}.");
    Problem::new(StatusCode::BAD_REQUEST, Code::Invalid, message)
}

fn invalid(fault: String) -> Problem {
    audyn_service::api::ApiError::invalid(fault).into()
}
