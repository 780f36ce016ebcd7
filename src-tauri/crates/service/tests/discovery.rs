//! Announced streams through the contract: real announcements and real audio on the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on has failed"
)]

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_engine::rtp::payload::Encoding;
use audyn_engine::sdp::{self, Description, Origin};
use audyn_engine::send::sap::{Announcement, Kind, PORT, group, packet};
use audyn_engine::send::{
    HeaderExtras, Impairments, Incidents, LegPlan, Local, Plan, Sender, SignalPlan, Step, TimestampBase,
};
use audyn_model::{Clock as _, Rate};
use audyn_service::api::wire::AppEvent;
use audyn_service::api::{ApiError, Caller, Code, dispatch};
use audyn_service::{Options, Service};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;

const PATIENCE: Duration = Duration::from_secs(60);

struct Station {
    _dir: tempfile::TempDir,
    service: Service,
    events: Receiver<AppEvent>,
}

impl Station {
    async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            state_dir: dir.path().join("state"),
            archive_root: Some(dir.path().join("archive")),
            default_archive_root: dir.path().join("archive"),
            originator: "Audyn test".to_owned(),
            real_time: false,
            demo_if_empty: false,
            zone: jiff::tz::TimeZone::UTC,
        };
        let service = Service::open(options, Arc::new(SystemClock)).unwrap();
        let events = service.events();
        let mut station = Self { _dir: dir, service, events };
        let only = json!({ "discovery": { "on": true, "interfaces": ["lo"] } });
        station.ask("change_settings", only).await;
        station
            .list_until("listening", |list| list["listening"] == json!([{ "name": "lo", "problem": null }]))
            .await;
        station
    }

    async fn try_ask(&self, operation: &str, request: Value) -> Result<Value, ApiError> {
        dispatch(&self.service, &Caller::local(), operation, request).await
    }

    async fn ask(&self, operation: &str, request: Value) -> Value {
        self.try_ask(operation, request).await.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    async fn event<T>(&mut self, what: &str, mut wanted: impl FnMut(&AppEvent) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let event = self.events.recv().await.expect("events go on");
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what} did not come"))
    }

    /// Asks for the list after each word that it has changed, until it is as wished.
    async fn list_until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = std::time::Instant::now() + PATIENCE;
        loop {
            let list = self.ask("discovered", Value::Null).await;
            if wanted(&list) {
                return list;
            }
            assert!(std::time::Instant::now() < deadline, "{what} did not come: {list}");
            let _ = self.event(what, |event| matches!(event, AppEvent::Announced(_)).then_some(())).await;
        }
    }
}

/// A sender on the loopback interface, until dropped.
struct Playing(Arc<AtomicBool>, Option<std::thread::JoinHandle<()>>, Description);

impl Playing {
    fn start(to: Ipv4Addr, channels: u16) -> Self {
        let leg = LegPlan { to: SocketAddrV4::new(to, 5004), by: Some(Local::Name("lo".to_owned())) };
        let plan = Plan {
            name: "Hall".to_owned(),
            encoding: Encoding::L24,
            rate: Rate::HZ_48000,
            channels,
            samples_per_packet: 48,
            payload_type: 96,
            ttl: 1,
            dscp: 34,
            legs: vec![leg],
            count: 1,
            step: Step::default(),
            signal: SignalPlan::Tone { hz: 1000, level_db: -18.0 },
            timestamp: TimestampBase::Direct(0),
            first_sequence: None,
            ssrc: None,
            reference_clock: None,
            duration: None,
            header: HeaderExtras::default(),
            incidents: Incidents::default(),
            impairments: Impairments::default(),
            seed: 1,
        };
        let sender = Sender::open(plan, SystemClock.utc()).unwrap();
        let description = sender.descriptions()[0].clone();
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        Self(stop, Some(std::thread::spawn(move || _ = sender.run(&flag))), description)
    }

    /// Its description, as version `version` of one session.
    fn text(&self, version: u64) -> String {
        let session_id = format!("77{}", std::process::id());
        let origin = Origin { user: "-".into(), session_id, version, address: "127.0.0.1".into() };
        sdp::write(&Description { origin, ..self.2.clone() })
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
        let _ = self.1.take().map(std::thread::JoinHandle::join);
    }
}

fn say(kind: Kind, text: &str) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket2::SockRef::from(&socket).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    let of = Ipv4Addr::new(239, 69, 0, 1);
    let announcement = Announcement { from: Ipv4Addr::LOCALHOST, of, text: text.to_owned() };
    socket.send_to(&packet(kind, &announcement), (group(of), PORT)).unwrap();
}

fn stream<'a>(list: &'a Value, name: &str) -> Option<&'a Value> {
    list["streams"].as_array().unwrap().iter().find(|stream| stream["name"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announced_stream_becomes_a_source_that_follows_its_sender_while_it_is_recorded() {
    let mut station = Station::open().await;
    let low = (std::process::id() % 250) as u8;
    let first = Playing::start(Ipv4Addr::new(239, 69, low, 71), 8);
    say(Kind::Announce, &first.text(1));
    let list = station.list_until("the stream", |list| stream(list, "Hall").is_some()).await;
    let found = stream(&list, "Hall").unwrap();
    assert_eq!(
        (&found["by"], &found["channels"], &found["encoding"]),
        (&json!("sap"), &json!(8), &json!("L24"))
    );
    assert_eq!(
        (&found["interfaces"], &found["stale"], &found["problems"]),
        (&json!(["lo"]), &json!(false), &json!([]))
    );
    let told = station.ask("discovered_sdp", json!({ "session": found["session"] })).await;
    assert_eq!(told["text"], first.text(1));

    // One tap: channels 5 and 2, received where it was heard.
    let adopt = json!({ "session": found["session"], "stream": 0, "pick": [5, 2] });
    let source = station.ask("adopt_stream", adopt.clone()).await;
    assert_eq!((&source["name"], &source["config"]["pick"]), (&json!("Hall"), &json!([5, 2])));
    assert_eq!(source["config"]["legs"][0]["interface"], "lo");
    let second = station.ask("adopt_stream", adopt).await;
    assert_eq!(second["name"], "Hall (2)");
    station.ask("delete_source", json!({ "id": second["id"] })).await;
    let list = station.ask("discovered", Value::Null).await;
    assert_eq!(stream(&list, "Hall").unwrap()["sources"], json!([source["id"]]));

    let recorder = station.ask("create_recorder", json!({ "name": "Hall", "source_id": source["id"] })).await;
    let id = recorder["id"].clone();
    station.ask("start_recorder", json!({ "id": id })).await;
    let is = |event: &AppEvent, state: &str| {
        let event = serde_json::to_value(event).unwrap();
        (event["type"] == "recorder" && event["data"]["state"] == state).then_some(())
    };
    station.event("recording", |event| is(event, "recording")).await;

    // The sender moves. What is recorded goes on until nothing comes any more, then the recorder follows.
    let moved = Playing::start(Ipv4Addr::new(239, 69, low, 72), 8);
    say(Kind::Announce, &moved.text(2));
    let address = format!("239.69.{low}.72");
    station
        .event("the source elsewhere", |event| match event {
            AppEvent::Source(source) if source.summary.starts_with(&address) => Some(()),
            _ => None,
        })
        .await;
    let view = station.ask("recorder", json!({ "id": id })).await;
    assert_eq!(view["state"], "recording", "the old stream still comes");
    let files = station.ask("list_files", json!({})).await["files"].as_array().unwrap().len();
    assert_eq!(files, 1);
    drop(first);
    station
        .event("a second file", |event| match event {
            AppEvent::File(file) if file.state == audyn_service::api::wire::FileState::Growing => Some(()),
            _ => None,
        })
        .await;
    let page = station.ask("list_files", json!({})).await;
    assert_eq!(page["files"].as_array().unwrap().len(), 2, "{page}");
    let sources = station.ask("list_sources", Value::Null).await["sources"].clone();
    assert_eq!(sources[0]["config"]["pick"], json!([5, 2]));
    assert_eq!(sources[0]["config"]["legs"][0]["interface"], "lo");
    assert_eq!(sources[0]["follow"], json!({ "level": "ok", "text": "Follows its sender" }));
    let notices = station.ask("status", Value::Null).await["notices"].clone();
    assert!(notices.to_string().contains(&format!("address {address}:5004 instead of")), "{notices}");

    // Gone from the network, the source keeps what it was told last.
    say(Kind::Delete, &moved.text(2));
    station.list_until("the end", |list| stream(list, "Hall").is_none()).await;
    let text = station
        .event("the source alone", |event| match event {
            AppEvent::Source(source) => source.follow.clone().filter(|f| f.text.contains("Not announced")),
            _ => None,
        })
        .await;
    assert!(text.text.contains("kept"), "{text:?}");
    assert_eq!(station.ask("recorder", json!({ "id": id })).await["wanted"], true);

    // Stopped, its files are complete, gaps and all.
    station.ask("stop_recorder", json!({ "id": id })).await;
    // What was lost between the two ways is a gap at the beginning of the second file, where the first one ends.
    let file = |n: usize| page["files"][n]["id"].clone();
    let (new, old) = (
        station.ask("file", json!({ "id": file(0) })).await,
        station.ask("file", json!({ "id": file(1) })).await,
    );
    let gap = &new["gaps"][0];
    assert_eq!((&gap["cause"], &gap["at"]), (&json!("source-changed"), &new["file"]["start"]), "{new}");
    let at = |moment: &Value| moment.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_nanosecond();
    let begins = at(&new["file"]["start"]) - at(&old["file"]["start"]);
    let samples = (begins as f64 * 48_000.0 / 1e9).round();
    assert_eq!(samples, (old["file"]["duration_s"].as_f64().unwrap() * 48_000.0).round());
    let lost = gap["samples"].as_u64().unwrap();
    assert!((1..480_000).contains(&lost), "{gap}");
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_listed_with_its_line_and_refused() {
    let mut station = Station::open().await;
    let text = format!(
        "v=0\r\no=- 88{} 1 IN IP4 127.0.0.1\r\ns=<b>Wrong</b>\u{1b}[31m\r\nc=IN IP4 239.69.9.9/32\r\nt=0 0\r\n\
         m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 L24\r\n",
        std::process::id()
    );
    say(Kind::Announce, &text);
    let name = "<b>Wrong</b>\u{fffd}[31m";
    let list = station.list_until("the session", |list| stream(list, name).is_some()).await;
    let found = stream(&list, name).unwrap();
    assert_eq!((&found["problems"][0]["line"], &found["channels"]), (&json!(7), &Value::Null));
    let refused = station.try_ask("adopt_stream", json!({ "session": found["session"] })).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
    assert!(refused.message.contains("line 7"), "{}", refused.message);
    let gone = station.try_ask("discovered_sdp", json!({ "session": "0" })).await.unwrap_err();
    assert_eq!(gone.code, Code::NotFound);
    let odd = json!({ "discovery": { "on": true, "interfaces": ["not an interface"] } });
    assert_eq!(station.try_ask("change_settings", odd).await.unwrap_err().code, Code::Invalid);

    station.ask("change_settings", json!({ "discovery": { "on": false, "interfaces": [] } })).await;
    let list = station.ask("discovered", Value::Null).await;
    assert_eq!((&list["on"], &list["streams"]), (&json!(false), &json!([])));
    station.service.close(Duration::from_secs(5));
}
