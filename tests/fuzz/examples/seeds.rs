//! Writes the seeds anew: `cargo run --example seeds` in this folder. Containers come from the project's own encoders,
//! the rest is spelled out here.

use std::fs;
use std::path::Path;

use audyn_codec::{About, Bytes, Civil, Spec, encoder};
use audyn_model::{
    Anchor, AudioFormat, Container, Rate, RecorderId, SampleFormat, SampleIndex, SegmentId, Tai, TimeBasis,
};

fn main() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let folder = seeds.join(target);
        fs::create_dir_all(&folder).expect("the seeds' folder can be made");
        fs::write(folder.join(name), bytes).expect("a seed can be written");
    };
    for (name, bytes) in packets() {
        write("rtp_packet", name, &bytes);
    }
    for (name, container, samples) in [
        ("wav16", Container::Wav, SampleFormat::Int16),
        ("wav24", Container::Wav, SampleFormat::Int24),
        ("wav32f", Container::Wav, SampleFormat::Float32),
        ("opus", Container::Opus, SampleFormat::Int24),
        ("flac", Container::Flac, SampleFormat::Int16),
        ("mp3", Container::Mp3, SampleFormat::Int24),
    ] {
        let (unfinished, finished) = record(container, samples);
        write("container", &format!("{name}-unfinished"), &unfinished);
        write("container", &format!("{name}-finished"), &finished);
    }
    write("container", "wav16-rf64", &rf64(record(Container::Wav, SampleFormat::Int16).1));
    for (name, bytes) in orders() {
        write("align", name, &bytes);
    }
    for (name, bytes) in senders() {
        write("timeline", name, &bytes);
    }
    for (name, bytes) in announcements() {
        write("sap", name, &bytes);
    }
    for (name, text) in RTSP {
        write("rtsp", name, text.as_bytes());
    }
    for (name, bytes) in answers() {
        write("dns", name, &bytes);
    }
    for (name, bytes) in masters() {
        write("ptp", name, &bytes);
    }
    for (name, text) in CONFIGS {
        write("config", name, text.as_bytes());
    }
}

/// IEEE 1588-2008 clause 13: a master that announces itself and sends its time, and one whose time counts from 1970.
fn masters() -> Vec<(&'static str, Vec<u8>)> {
    let message = |kind: u8, flags: [u8; 2], sequence: u8, body: &[u8]| {
        let length = 34 + body.len() as u8;
        let mut bytes = vec![kind, 2, 0, length, 0, 0, flags[0], flags[1]];
        bytes.extend([0; 12]);
        bytes.extend([0, 0x11, 0x22, 0xFF, 0xFE, 0x33, 0x44, 0x55, 0, 1, 0, sequence, 0, 0]);
        bytes.extend(body);
        bytes
    };
    let announce = |sequence: u8| {
        let mut body = vec![0; 10];
        body.extend([0, 37, 0, 128, 6, 0x21, 0x4E, 0x5D, 128, 0, 0x11, 0x22, 0xFF, 0xFE, 0x33, 0x44, 0x55, 0, 0, 0x20]);
        message(0x0B, [0, 0x3C], sequence, &body)
    };
    let life = |epoch: u32| {
        let mut stream = Vec::new();
        for second in 0..4_u8 {
            let seconds = (epoch + u32::from(second)).to_be_bytes();
            let at = [&[0, 0], &seconds[..], &[0; 4]].concat();
            let all = [announce(second), message(0, [2, 0], second, &[0; 10]), message(8, [0, 0], second, &at)];
            for (n, datagram) in all.iter().enumerate() {
                let pause: u16 = if n == 0 { 1000 } else { 0 };
                stream.extend(pause.to_be_bytes());
                stream.push(datagram.len() as u8);
                stream.extend(datagram);
            }
        }
        stream
    };
    vec![("locked", life(1_700_000_038)), ("utc", life(1_700_000_001)), ("epoch-1970", life(17))]
}

/// RFC 3550 §5.1, each part of a header at least once.
fn packets() -> Vec<(&'static str, Vec<u8>)> {
    let header = |first: u8| vec![first, 96, 0xFF, 0xFE, 0, 0, 0, 48, 0xCA, 0xFE, 0, 1];
    let with = |first: u8, rest: &[u8]| [header(first), rest.to_vec()].concat();
    vec![
        ("plain", with(0x80, &[1, 2, 3, 4, 5, 6])),
        ("csrc", with(0x82, &[0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3])),
        ("extension", with(0x90, &[0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 1, 2, 3])),
        ("padding", with(0xA0, &[1, 2, 3, 0, 0, 3])),
        ("everything", with(0xB1, &[0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 1, 2, 3, 0, 2])),
        ("only-padding", with(0xA0, &[0, 0, 0, 4])),
        ("version-1", with(0x40, &[1, 2, 3])),
        ("cut", header(0x80)[..11].to_vec()),
    ]
}

/// A file of 300 mono frames as its first checkpoint leaves it, and as it ends.
fn record(container: Container, samples: SampleFormat) -> (Vec<u8>, Vec<u8>) {
    let rate = Rate::HZ_48000;
    let format = AudioFormat::new(rate, 1, 24).expect("a format");
    let spec = Spec { container, samples, bitrate: 32_000, vbr: false, complexity: 0 };
    let about = About {
        segment: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "seed".to_owned(),
        first: SampleIndex(84_826_830_576_000),
        anchor: Anchor { at: SampleIndex(0), tai: Tai(0), rate, basis: TimeBasis::MediaClock },
        clock: None,
        civil: Civil {
            date: "2026-01-01".to_owned(),
            time: "00:00:00".to_owned(),
            samples_since_midnight: 0,
            zone: "UTC".to_owned(),
        },
        originator: "Audyn".to_owned(),
    };
    let frames: Vec<i32> = (0..300).map(|n: i32| (n * 7_919 % 4_096 - 2_048) << 12).collect();
    let (mut file, mut out) = (Vec::new(), Bytes::default());
    let mut encoder = encoder(&spec, &format, &about, &[], &mut out).expect("an encoder");
    encoder.encode(&frames, &mut out).expect("frames are encoded");
    carry_out(&mut file, &mut out);
    let unfinished = file.clone();
    encoder.checkpoint(&mut out).expect("a checkpoint");
    carry_out(&mut file, &mut out);
    encoder.finish(&[], &mut out).expect("an end");
    carry_out(&mut file, &mut out);
    (unfinished, file)
}

fn carry_out(file: &mut Vec<u8>, out: &mut Bytes) {
    file.append(&mut out.append);
    for patch in out.patches.drain(..) {
        let at = patch.at as usize;
        file[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
}

/// The same as EBU Tech 3306 would have it beyond 4 GiB: sizes in `ds64`, which takes the place of `JUNK`.
fn rf64(mut file: Vec<u8>) -> Vec<u8> {
    let data = file.windows(4).position(|id| id == b"data").expect("a data chunk");
    let bytes = u32::from_le_bytes(file[data + 4..data + 8].try_into().expect("four bytes"));
    let riff = file.len() as u64 - 8;
    file[..8].copy_from_slice(b"RF64\xFF\xFF\xFF\xFF");
    file[12..16].copy_from_slice(b"ds64");
    let sizes = [riff, u64::from(bytes), u64::from(bytes) / 2].map(u64::to_le_bytes).concat();
    file[20..44].copy_from_slice(&sizes);
    file[data + 4..data + 8].copy_from_slice(&[0xFF; 4]);
    file
}

/// Begin, window and places; then operations of four bytes as `fuzz_targets/align.rs` reads them.
fn orders() -> Vec<(&'static str, Vec<u8>)> {
    const HEAD: [u8; 4] = [0, 1, 10, 63];
    // `ahead` frames from the next position; 512 is the next one itself.
    let offer = |ahead: i16, frames: u8| {
        let [x, y] = (512 + ahead).cast_unsigned().to_be_bytes();
        [0, x, y, frames - 1]
    };
    let tick = |us: u16| [5, us.to_be_bytes()[0], us.to_be_bytes()[1], 0];
    let script = |operations: &[[u8; 4]]| [HEAD.as_slice(), &operations.concat()].concat();
    vec![
        ("in-order", script(&[offer(0, 48), offer(0, 48), offer(0, 48)])),
        ("swapped", script(&[offer(0, 48), offer(48, 48), offer(0, 48)])),
        ("lost", script(&[offer(0, 48), offer(48, 48), tick(20_000), offer(0, 48)])),
        ("twice", script(&[offer(0, 48), offer(-48, 48), offer(24, 48), offer(24, 48)])),
        ("late", script(&[offer(96, 48), tick(20_000), offer(-144, 48)])),
        ("outage", script(&[offer(0, 48), [6, 3, 0, 0], [7, 0, 0, 0], offer(200, 48), tick(20_000)])),
    ]
}

/// Clock, rate, epoch and offset; then steps of six bytes as `fuzz_targets/timeline.rs` reads them.
fn senders() -> Vec<(&'static str, Vec<u8>)> {
    const ON: [u8; 6] = [0, 0, 0, 0, 0, 1];
    let script = |head: [u8; 5], steps: &[[u8; 6]]| [head.as_slice(), &steps.concat()].concat();
    let direct = [1, 2, 0, 0, 7];
    let outage = [6, 0, 0, 0x2E, 0xE0, 1];
    let other = [5, 2, 0, 0, 0, 0];
    vec![
        ("steady", script(direct, &[ON; 8])),
        ("undeclared", script([0, 2, 0, 0, 0], &[ON; 8])),
        ("free", script([2, 1, 0, 0, 0], &[ON; 8])),
        ("wrong-epoch", script([1, 3, 1, 1, 2], &[ON; 8])),
        ("outage", script(direct, &[ON, ON, ON, outage, ON, ON])),
        ("new-sender", script(direct, &[ON, ON, ON, outage, other, ON, ON, ON])),
        ("two-senders", script(direct, &[ON, ON, other, ON, [5, 1, 0, 0, 0, 0], ON, other, ON])),
        ("jump", script(direct, &[ON, ON, [4, 0, 1, 0, 0, 0], ON, ON, [3, 0, 9, 0, 0, 0], ON])),
        ("clock-set", script(direct, &[ON, ON, [7, 0, 0x36, 0xEE, 0x80, 0], ON, [7, 11, 0, 0, 0, 1], ON])),
    ]
}

/// RFC 2974 §6: datagrams as `fuzz_targets/sap.rs` cuts them.
fn announcements() -> Vec<(&'static str, Vec<u8>)> {
    const SDP: &[u8] = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 239.1.2.3/32\r\nt=0 0\r\n\
        m=audio 5004 RTP/AVP 98\r\na=rtpmap:98 L24/48000/2\r\n";
    let typed = [b"application/sdp\0".as_slice(), SDP].concat();
    let v4 = |first: u8, payload: &[u8]| [&[first, 0, 1, 2, 192, 0, 2, 1], payload].concat();
    let then = |a: &[u8], who: u8, b: &[u8]| [a, &[0xFF, 0xFF, who], b].concat();
    vec![
        ("announced", v4(0x20, &typed)),
        ("bare", v4(0x20, SDP)),
        ("signed", [&[0x20, 1, 1, 2, 192, 0, 2, 1, 9, 9, 9, 9], typed.as_slice()].concat()),
        ("ipv6", [&[0x30, 0, 1, 2], [0xFD; 16].as_slice(), &typed].concat()),
        ("encrypted", v4(0x22, &typed)),
        ("compressed", v4(0x21, &typed)),
        ("taken-back", then(&v4(0x20, &typed), 0, &v4(0x24, b"o=- 1 1 IN IP4 192.0.2.1\r\n"))),
        ("contradicted", then(&v4(0x20, &typed), 3, &v4(0x20, &[typed.as_slice(), b"a=x\r\n"].concat()))),
        ("nameless", v4(0x20, b"v=0\r\ns=x\r\n")),
    ]
}

const RTSP: [(&str, &str); 4] = [
    (
        "described",
        "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
    ),
    ("refused", "RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n"),
    ("too-long", "RTSP/1.0 200 OK\r\nContent-Length: 99999\r\n\r\n"),
    ("cut", "RTSP/1.0 200 OK\r\nContent-Le"),
];

/// RFC 6762: a PTR of the subtype and an SRV, names compressed; and a name that leads to itself.
fn answers() -> Vec<(&'static str, Vec<u8>)> {
    let mut named = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    for label in ["_ravenna_session", "_sub", "_rtsp", "_tcp", "local"] {
        named.push(label.len() as u8);
        named.extend_from_slice(label.as_bytes());
    }
    named.extend_from_slice(&[0, 0, 12, 0, 1, 0, 0, 0x11, 0x94, 0, 4, 1, b'x', 0xC0, 34]);
    let instance = named.len() as u8 - 4;
    named.extend_from_slice(&[
        0xC0, instance, 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 9, 0, 0, 0, 0, 2, 42, 1, b'h', 0,
    ]);
    let looped = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 12];
    vec![("session", named), ("looped", looped)]
}

const CONFIGS: [(&str, &str); 4] = [
    ("one", "[[recorder]]\nname = \"a\"\noutput = \"a.wav\"\nmulticast_addr = \"239.1.2.3\"\n"),
    (
        "two",
        "[defaults]\narchive_root = \"r\"\narchive_folder = \"{name}\"\narchive_layout = \"accurate\"\n\
         archive_suffix = [\"wav\", \"opus\"]\nbits = 16\ninterface = \"lo\"\n\
         [[recorder]]\nname = \"a\"\nmulticast_addr = \"239.1.2.3\"\npick_channels = [5, 6]\nstream_channels = 8\n\
         [[recorder]]\nname = \"b\"\nsdp = \"a.sdp\"\nredundant = \"239.1.2.4:5006@lo\"\narchive_period = 1\n",
    ),
    (
        "custom",
        "[[recorder]]\nname = \"ä\"\narchive_root = \"r\"\narchive_layout = \"custom\"\narchive_format = \"%Y/%H%M%S\"\n\
         archive_clock = \"tai\"\narchive_suffix = \"mp3\"\nbitrate = 320000\nvbr = false\ncomplexity = 9\n\
         multicast_addr = \"239.1.2.3\"\nsource_ip = \"192.0.2.1\"\nencoding = \"L16\"\nsample_rate = 44100\n\
         window_ms = 10\nrcvbuf = 65536\npayload_type = 98\nsamples_per_packet = 6\nchannels = 1\nchannel_offset = 0\n",
    ),
    (
        "wrong",
        "bits = 24\n[default]\n[[recorder]]\nbits = 12\nchannels = \"two\"\nport = 99999\nnmae = 1\n[x\n",
    ),
];
