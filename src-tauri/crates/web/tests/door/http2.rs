//! HTTP/2 as nobody well-meaning speaks it: frames by hand (RFC 9113, RFC 7541).

use std::sync::Arc;

use audyn_web::Limits;
use reqwest::Version;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::rig::{PATIENCE, Rig, tls};

/// Kinds of frames.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
/// Flags.
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// Settings.
const MAX_CONCURRENT_STREAMS: u16 = 3;
const MAX_HEADER_LIST_SIZE: u16 = 6;
/// Why a stream or a connection ends.
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: u32 = 11;

#[derive(Debug)]
struct Frame {
    kind: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Frame {
    fn number(&self, at: usize) -> u32 {
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A header block without compression; short texts only.
fn block(method: u8, path: &str, authority: &str) -> Vec<u8> {
    let text =
        |index: u8, text: &str| [&[index, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    // From the static table: the method, https, the names of path, authority and content type.
    let kind = [&[0x0f, 0x10], &text(16, "application/json")[1..]].concat();
    [&[method, 0x87][..], &text(4, path), &text(1, authority), &kind].concat()
}

struct Speaker {
    stream: TlsStream<TcpStream>,
    authority: String,
    settings: Vec<(u16, u32)>,
}

impl Speaker {
    async fn open(rig: &Rig) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", rig.port)).await.unwrap();
        let connector = TlsConnector::from(Arc::new(tls()));
        let stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let authority = format!("127.0.0.1:{}", rig.port);
        let mut speaker = Self { stream, authority, settings: Vec::new() };
        speaker.say(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        speaker.say(&frame(SETTINGS, 0, 0, &[])).await;
        let told = speaker.next().await.unwrap();
        assert_eq!(told.kind, SETTINGS);
        let pair = |six: &[u8]| {
            (u16::from_be_bytes([six[0], six[1]]), u32::from_be_bytes(six[2..].try_into().unwrap()))
        };
        speaker.settings = told.payload.chunks_exact(6).map(pair).collect();
        speaker.say(&frame(SETTINGS, 1, 0, &[])).await;
        speaker
    }

    fn setting(&self, which: u16) -> Option<u32> {
        self.settings.iter().find(|(one, _)| *one == which).map(|(_, value)| *value)
    }

    async fn say(&mut self, bytes: &[u8]) {
        // Who is cut off may not be able to say all of it.
        let _ =
            timeout(PATIENCE, self.stream.write_all(bytes)).await.expect("what is said is taken or refused");
    }

    fn get(&self, stream: u32) -> Vec<u8> {
        frame(HEADERS, END_HEADERS | END_STREAM, stream, &block(0x82, "/health", &self.authority))
    }

    /// The next frame; none at the end.
    async fn next(&mut self) -> Option<Frame> {
        let reading = async {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await.ok()?;
            let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
            self.stream.read_exact(&mut payload).await.ok()?;
            let stream = u32::from_be_bytes(head[5..].try_into().unwrap());
            Some(Frame { kind: head[3], stream, payload })
        };
        timeout(PATIENCE, reading).await.expect("an answer, or the end")
    }

    /// The next frame of this kind; what comes before is passed over.
    async fn until(&mut self, kind: u8) -> Frame {
        loop {
            let frame =
                self.next().await.unwrap_or_else(|| panic!("it ended without a frame of kind {kind}"));
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// Waits for the end of the connection; the reason that was given for it.
    async fn end(&mut self) -> Option<u32> {
        let mut why = None;
        while let Some(frame) = self.next().await {
            if frame.kind == GOAWAY {
                why = Some(frame.number(4));
            }
        }
        why
    }
}

async fn open(limits: Limits) -> Rig {
    let mut rig = Rig::with(limits, json!({ "on": true, "interface": "lo" })).await;
    rig.until("TLS", |status| !status["fingerprint"].is_null()).await;
    rig
}

async fn is_well(rig: &Rig) {
    let url = format!("https://127.0.0.1:{}/health", rig.port);
    let reply = rig.client().get(&url).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.version()), (200, Version::HTTP_2));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_requests_at_once_than_are_borne_are_refused_one_by_one() {
    let rig = open(Limits { streams: 2, ..Limits::default() }).await;
    let mut speaker = Speaker::open(&rig).await;
    assert_eq!(speaker.setting(MAX_CONCURRENT_STREAMS), Some(2));
    // Two that wait for the rest of what they are told, and a third.
    for stream in [1, 3] {
        let asked = block(0x83, "/api/auth/local", &speaker.authority);
        speaker.say(&frame(HEADERS, END_HEADERS, stream, &asked)).await;
    }
    speaker.say(&speaker.get(5)).await;
    let refused = speaker.until(RST_STREAM).await;
    assert_eq!((refused.stream, refused.number(0)), (5, REFUSED_STREAM));
    // The others go on, and make room.
    speaker.say(&frame(DATA, END_STREAM, 1, b"{}")).await;
    assert_eq!(speaker.until(HEADERS).await.stream, 1);
    assert_eq!(speaker.until(DATA).await.stream, 1);
    speaker.say(&speaker.get(7)).await;
    let answered = speaker.until(HEADERS).await;
    // The static table's `:status: 200`.
    assert_eq!((answered.stream, answered.payload[0]), (7, 0x88));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_many_header_fields_are_refused_by_http_2_as_well() {
    let rig = open(Limits::default()).await;
    let speaker = Speaker::open(&rig).await;
    assert_eq!(speaker.setting(MAX_HEADER_LIST_SIZE), Some(16 << 10));
    let ask = || rig.client().get(format!("https://127.0.0.1:{}/health", rig.port));
    let long = ask().header("x-long", "x".repeat(20 << 10)).send().await.unwrap();
    assert_eq!((long.status().as_u16(), long.version()), (431, Version::HTTP_2));
    let many = (0..70).fold(ask(), |asked, i| asked.header(format!("x-{i}"), "1")).send().await.unwrap();
    assert_eq!((many.status().as_u16(), many.version()), (431, Version::HTTP_2));
    is_well(&rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_and_takes_it_back_without_end_is_cut_off() {
    let rig = open(Limits::default()).await;
    let mut speaker = Speaker::open(&rig).await;
    let flood: Vec<u8> = (0..20_000_u32)
        .flat_map(|n| {
            [speaker.get(2 * n + 1), frame(RST_STREAM, 0, 2 * n + 1, &CANCEL.to_be_bytes())].concat()
        })
        .collect();
    speaker.say(&flood).await;
    assert_eq!(speaker.end().await, Some(ENHANCE_YOUR_CALM));
    is_well(&rig).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_never_ends_is_cut_off() {
    let rig = open(Limits::default()).await;
    let mut speaker = Speaker::open(&rig).await;
    speaker.say(&frame(HEADERS, END_STREAM, 1, &block(0x82, "/health", &speaker.authority))).await;
    let field = [&[0, 6][..], b"x-more", &[100], &[b'x'; 100]].concat();
    let more = frame(CONTINUATION, 0, 1, &field.repeat(100));
    let flood = more.repeat(200);
    speaker.say(&flood).await;
    assert_eq!(speaker.end().await, Some(ENHANCE_YOUR_CALM));
    is_well(&rig).await;
}
