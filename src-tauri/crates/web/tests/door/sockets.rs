//! WebSockets: levels and facts.

use std::time::Duration;

use audyn_web::Limits;
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::rig::{PATIENCE, Page, Rig};

type Socket = WebSocketStream<TcpStream>;

async fn open(rig: &Rig, path: &str, fields: &[(&str, &str)]) -> Result<Socket, u16> {
    let mut request = format!("ws://127.0.0.1:{}{path}", rig.port).into_client_request().unwrap();
    for (name, value) in fields {
        request.headers_mut().insert(
            reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
            value.parse().unwrap(),
        );
    }
    let stream = TcpStream::connect(("127.0.0.1", rig.port)).await.unwrap();
    match timeout(PATIENCE, client_async(request, stream)).await.unwrap() {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(reply)) => Err(reply.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

async fn by_page(rig: &Rig, page: &Page, path: &str) -> Socket {
    open(rig, path, &[("cookie", &page.cookie), ("origin", &rig.origin())]).await.unwrap()
}

async fn by_token(rig: &Rig, token: &str, path: &str) -> Socket {
    open(rig, path, &[("authorization", &format!("Bearer {token}"))]).await.unwrap()
}

async fn next(socket: &mut Socket) -> Message {
    timeout(PATIENCE, socket.next()).await.expect("something comes").expect("it goes on").unwrap()
}

async fn text(socket: &mut Socket) -> Value {
    loop {
        if let Message::Text(text) = next(socket).await {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// What comes until this.
async fn until(socket: &mut Socket, kind: &str) -> Value {
    loop {
        let told = text(socket).await;
        if told["type"] == kind {
            return told;
        }
    }
}

async fn closed(socket: &mut Socket) -> CloseFrame {
    loop {
        if let Message::Close(frame) = next(socket).await {
            return frame.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_before_it_is_known_who_it_is() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    for path in ["/ws/levels", "/ws/events"] {
        assert_eq!(open(&rig, path, &[]).await.err(), Some(401));
        assert_eq!(open(&rig, path, &[("authorization", "Bearer wrong")]).await.err(), Some(401));
        // A browser sends the cookie along whoever's page it is; only the origin tells.
        assert_eq!(open(&rig, path, &[("cookie", &page.cookie)]).await.err(), Some(403));
        let foreign = [("cookie", page.cookie.as_str()), ("origin", "https://evil.example")];
        assert_eq!(open(&rig, path, &foreign).await.err(), Some(403));
        drop(by_page(&rig, &page, path).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_come_in_words_of_every_recorder() {
    let rig = Rig::open().await;
    let mut socket = by_token(&rig, &rig.token("viewer").await, "/ws/levels").await;
    let recorders = rig.ask("list_recorders", json!({})).await;
    let expected = recorders["recorders"].as_array().unwrap().len();
    let (mut before, mut heard) = (0, false);
    while !heard {
        let told = until(&mut socket, "all_levels").await;
        let sequence = told["sequence"].as_u64().unwrap();
        assert!(sequence > before && told["timestamp"].as_f64().unwrap() > 1.7e9, "{told}");
        before = sequence;
        let recorders = told["recorders"].as_array().unwrap();
        assert_eq!(recorders.len(), expected);
        for recorder in recorders {
            for field in ["recorder_id", "recorder_name", "studio_id", "state", "age_ms", "channels"] {
                assert!(recorder.get(field).is_some(), "{recorder}");
            }
            // No level that was not measured.
            assert_eq!(
                recorder["age_ms"].is_null(),
                recorder["channels"].as_array().unwrap().is_empty(),
                "{recorder}"
            );
        }
        // Test tones are heard, recorded or not.
        heard = recorders.iter().any(|recorder| {
            recorder["state"] == "stopped"
                && recorder["channels"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|channel| channel["peak_db"].as_f64().unwrap() > -40.0)
        }) || recorders.iter().all(|recorder| !recorder["age_ms"].is_null());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn levels_come_in_the_frames_that_the_window_gets() {
    let rig = Rig::open().await;
    let token = format!("Bearer {}", rig.token("viewer").await);
    let fields = [("authorization", token.as_str()), ("sec-websocket-protocol", "audyn.levels.v1")];
    let mut socket = open(&rig, "/ws/levels", &fields).await.unwrap();
    let layout = rig.ask("level_layout", json!({})).await;
    let values: usize = layout["meters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|meter| 1 + 3 * meter["channels"].as_array().unwrap().len())
        .sum();
    let mut sequence = None;
    for _ in 0..10 {
        let Message::Binary(frame) = next(&mut socket).await else { panic!("only frames come") };
        let floats: Vec<f32> =
            frame.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
        assert_eq!(floats[0], layout["generation"].as_u64().unwrap() as f32);
        assert_eq!(floats.len(), 2 + values);
        assert!(sequence.is_none_or(|before| floats[1] > before));
        sequence = Some(floats[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_begin_with_resync_and_follow_as_they_come() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    let mut socket = by_page(&rig, &page, "/ws/events").await;
    assert_eq!(text(&mut socket).await, json!({ "type": "resync" }));
    let made = rig.ask("create_studio", json!({ "name": "New" })).await;
    let told = until(&mut socket, "studio").await;
    assert_eq!(told["data"]["id"], made["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_asks_whether_the_line_lives_and_is_told_so() {
    let limits = Limits { keepalive: Duration::from_millis(300), ..Limits::default() };
    let rig = Rig::with(limits, json!({})).await;
    let token = rig.token("viewer").await;
    for path in ["/ws/levels", "/ws/events"] {
        let mut socket = by_token(&rig, &token, path).await;
        socket.send(Message::text(r#"{"type":"ping"}"#)).await.unwrap();
        until(&mut socket, "pong").await;
        until(&mut socket, "keepalive").await;
        // What nobody understands is said to be so, and ends nothing.
        for nonsense in [Message::text("{"), Message::text(r#"{"type":"start"}"#), Message::binary(vec![1])] {
            socket.send(nonsense).await.unwrap();
            assert_eq!(until(&mut socket, "error").await["code"], "invalid");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_says_too_much_is_closed() {
    let rig = Rig::open().await;
    let token = rig.token("viewer").await;
    let mut socket = by_token(&rig, &token, "/ws/events").await;
    for _ in 0..200 {
        if socket.send(Message::text("{}")).await.is_err() {
            break;
        }
    }
    assert_eq!(u16::from(closed(&mut socket).await.code), 1008);
    let mut socket = by_token(&rig, &token, "/ws/events").await;
    let _ = socket.send(Message::text("x".repeat(5000))).await;
    let ended = async { while let Some(Ok(_)) = socket.next().await {} };
    timeout(PATIENCE, ended).await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_takes_its_sockets_along() {
    let limits = Limits { recheck: Duration::from_millis(50), ..Limits::default() };
    let rig = Rig::with(limits, json!({})).await;
    rig.user("ann@station.example", "viewer", None).await;
    let page = rig.sign_in("ann@station.example").await;
    let mut sockets = [by_page(&rig, &page, "/ws/levels").await, by_page(&rig, &page, "/ws/events").await];
    let left = rig.change(&page, Method::POST, "/api/auth/logout", json!({})).await;
    assert_eq!(left.status(), 200);
    for socket in &mut sockets {
        assert_eq!(u16::from(closed(socket).await.code), 4401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_holds_up_no_other() {
    let limits = Limits { message: Duration::from_millis(500), ..Limits::default() };
    let rig = Rig::with(limits, json!({})).await;
    let token = rig.token("viewer").await;
    // Takes its first words and never reads again.
    let mut stalled = Vec::new();
    for _ in 0..5 {
        stalled.push(by_token(&rig, &token, "/ws/levels").await);
    }
    let mut healthy = by_token(&rig, &token, "/ws/levels").await;
    let mut last = None;
    for _ in 0..100 {
        let told = until(&mut healthy, "all_levels").await;
        let sequence = told["sequence"].as_u64().unwrap();
        assert!(last.is_none_or(|last| sequence > last));
        last = Some(sequence);
    }
    drop(stalled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_sees_its_own_and_nothing_else() {
    let rig = Rig::open().await;
    let studios = rig.ask("list_studios", json!({})).await;
    let recorders = rig.ask("list_recorders", json!({})).await;
    let recorder =
        recorders["recorders"].as_array().unwrap().iter().find(|one| !one["studio"].is_null()).unwrap();
    let own = recorder["studio"]["id"].as_str().unwrap();
    assert!(studios["studios"].as_array().unwrap().len() > 1);
    rig.user("studio@station.example", "studio", Some(own)).await;
    let page = rig.sign_in("studio@station.example").await;
    let mut levels = by_page(&rig, &page, "/ws/levels").await;
    let told = until(&mut levels, "all_levels").await;
    let shown: Vec<&Value> =
        told["recorders"].as_array().unwrap().iter().map(|one| &one["recorder_id"]).collect();
    assert_eq!(shown, [&recorder["id"]]);

    let mut events = by_page(&rig, &page, "/ws/events").await;
    for other in recorders["recorders"].as_array().unwrap() {
        rig.ask("start_recorder", json!({ "id": other["id"] })).await;
    }
    // All of them say so; of these one is told.
    loop {
        let told = until(&mut events, "recorder").await;
        assert_eq!(told["data"]["id"], recorder["id"]);
        if told["data"]["state"] == "recording" {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_listener_ends_with_everybody_told() {
    let mut rig = Rig::open().await;
    let token = rig.token("viewer").await;
    let mut socket = by_token(&rig, &token, "/ws/events").await;
    let web = rig.web.take().unwrap();
    web.stop();
    assert_eq!(u16::from(closed(&mut socket).await.code), 1001);
    drop(socket);
    let ended = tokio::task::spawn_blocking(move || web.close(Duration::from_secs(30)));
    timeout(PATIENCE, ended).await.unwrap().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", rig.port)).await.is_err());
}
