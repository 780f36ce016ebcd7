//! WebSockets: levels and facts.
//!
//! What everybody may see is encoded once for all who may see the same. A client never has a queue of levels, only the
//! latest frame; and of facts it has a short one: what overflows is told as `resync`, and whoever overflows again at once
//! is closed.

pub mod event_hub;
pub mod level_hub;
mod level_text;
mod talk;

use audyn_service::api::{ApiError, Code};
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse as _;

use self::talk::{Feed, Talk};
use crate::accept::Stop;
use crate::door::Door;
use crate::problem::Problem;
use crate::seat;

/// The subprotocol of levels in binary frames.
pub const LEVELS_V1: &str = "audyn.levels.v1";
/// Longest message of a client: it has nothing to say but `ping`.
const MESSAGE: usize = 4 << 10;

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// `/ws/levels`: the levels of all meters that the caller may see, 30 times a second: as JSON, or with the subprotocol
/// [`LEVELS_V1`] as the frames that [`LevelLayout`](audyn_service::api::wire::LevelLayout) describes.
pub async fn levels(State(door): State<Door>, upgrade: Upgrade, request: Request) -> Response<Body> {
    open(&door, upgrade, &request, |door, upgrade, caller| {
        let upgrade = upgrade.protocols([LEVELS_V1]);
        let binary = upgrade.selected_protocol().is_some();
        let levels = door.levels();
        (
            upgrade,
            if binary { Feed::Frames(levels.binary(caller)) } else { Feed::Levels(levels.text(caller)) },
        )
    })
    .unwrap_or_else(|problem| problem.into_response())
}

/// `/ws/events`: facts as they come; the first message is `resync`.
pub async fn events(State(door): State<Door>, upgrade: Upgrade, request: Request) -> Response<Body> {
    open(&door, upgrade, &request, |door, upgrade, caller| {
        (upgrade, Feed::Events(door.events().join(caller)))
    })
    .unwrap_or_else(|problem| problem.into_response())
}

/// Who asks is known before anything is upgraded.
fn open(
    door: &Door,
    upgrade: Upgrade,
    request: &Request,
    feed: impl FnOnce(&Door, WebSocketUpgrade, &audyn_service::api::Caller) -> (WebSocketUpgrade, Feed),
) -> Result<Response<Body>, Problem> {
    let seat = seat::take(door, request, false)?;
    // A page elsewhere may open a WebSocket to anywhere; only its Origin tells. Programs have none, and a token.
    if seat.page && !request.headers().contains_key(header::ORIGIN) {
        let message = "A page that does not say where it is from gets nothing here.";
        return Err(Problem::new(StatusCode::FORBIDDEN, Code::Forbidden, message));
    }
    let upgrade = upgrade.map_err(|_| {
        let message = "This address speaks WebSocket (RFC 6455) only.";
        Problem::new(StatusCode::UPGRADE_REQUIRED, Code::Invalid, message)
    })?;
    let place = std::sync::Arc::clone(door.sockets()).try_acquire_owned().map_err(|_| {
        ApiError::new(
            Code::Unavailable,
            "Too many pages and programs are connected. Close one, then try again.",
        )
    })?;
    let (upgrade, feed) = feed(door, upgrade, &seat.caller);
    let stop = request.extensions().get::<Stop>().cloned();
    let Stop(stop) = stop.ok_or_else(|| ApiError::internal("a request without a connection"))?;
    let talk = Talk::new(door.clone(), seat.caller, stop, place);
    let reply = upgrade
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE)
        .read_buffer_size(MESSAGE)
        .write_buffer_size(0)
        .max_write_buffer_size(1 << 20)
        .on_upgrade(move |socket| talk.run(socket, feed));
    Ok(reply)
}

#[cfg(test)]
mod tests;
