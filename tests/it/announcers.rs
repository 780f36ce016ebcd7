//! What other people's programs announce: VLC by SAP, Avahi by DNS-SD, from another host.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use serde_json::{Value, json};

use crate::rig::{Rig, between_hosts, decoded, tool};

/// Where VLC sends: SAP's global group announces addresses of other ranges, VLC only those of 239.255/16.
const GROUP: &str = "239.255.77.5";
/// More than discovering and recording take on a busy machine.
const SECONDS: u32 = 240;

/// 16-bit stereo whose frame `n` says `n`: the low half on the left, the high half on the right.
fn counting_wave(rig: &Rig) {
    let frame = |n: u32| [(n as u16).to_le_bytes(), ((n >> 16) as u16).to_le_bytes()].concat();
    let raw: Vec<u8> = (0..SECONDS * 48_000).flat_map(frame).collect();
    fs::write(rig.path("counting.raw"), raw).unwrap();
    let (from, to) = (rig.path("counting.raw"), rig.path("counting.wav"));
    let as_it_is = ["-v", "error", "-f", "s16le", "-ar", "48000", "-ac", "2", "-i"];
    tool("ffmpeg", &[&as_it_is[..], &[from.to_str().unwrap(), to.to_str().unwrap()]].concat());
}

/// As a child: writes the description of the one session that was found.
#[test]
fn write_description() {
    let Ok(to) = std::env::var("DESCRIPTION") else { return };
    let found: Value = serde_json::from_slice(&fs::read("found.json").unwrap()).unwrap();
    fs::write(to, found["sessions"][0]["sdp"].as_str().unwrap()).unwrap();
}

#[test]
fn what_vlc_announces_is_found_and_recorded_word_for_word() {
    let rig = Rig::new();
    counting_wave(&rig);
    // VLC does not run as root: in a user namespace of its own it is somebody else.
    let ran = between_hosts(
        &rig,
        &format!(
            "ip -n far route add 239.255.0.0/16 dev there\n\
             $AUDYN discover -v --json --seconds 600 --interface here >found.json 2>log.txt & finder=$!\n\
             until_log '0 sessions'\n\
             HOME=$PWD ip netns exec far unshare --map-user=65534 --map-group=65534 vlc -I dummy counting.wav --sout \
             '#transcode{{acodec=s16b,channels=2,samplerate=48000}}:rtp{{dst={GROUP},port=5004,sap,name=VLC studio,ttl=1}}' \
             --sap-interval 3 >vlc.txt 2>&1 & sender=$!\n\
             until_log '1 sessions'; kill -TERM $finder; wait $finder\n\
             DESCRIPTION=vlc.sdp $IT announcers::write_description --exact >written.txt\n\
             $AUDYN record --sdp vlc.sdp --interface here --duration 6 -o out.wav --archive-clock utc --stats s.json \
             2>log.txt & recorder=$!"
        ),
    );
    if ran.is_none() {
        return;
    }
    let found = rig.json("found.json");
    let session = &found["sessions"][0];
    assert_eq!(
        (&session["by"], &session["name"], &session["senders"], &session["problems"]),
        (&json!("SAP"), &json!("VLC studio"), &json!(["10.77.0.2"]), &json!([])),
        "{found:#}"
    );
    let stream = &session["streams"][0];
    assert_eq!(
        (&stream["encoding"], &stream["rate"], &stream["channels"], &stream["legs"][0]["address"]),
        (&json!("L16"), &json!(48_000), &json!(2), &json!(GROUP)),
        "{found:#}"
    );
    let stats = rig.json("s.json");
    assert_eq!(stats["recorders"][0]["gaps"], json!([]), "{stats:#}");
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!(samples.len(), 6 * 48_000 * 2);
    let number = |frame: &[i32]| (frame[0] >> 16) as u16 as i64 + i64::from(frame[1] >> 16) * 65_536;
    let first = number(&samples[..2]);
    for (at, frame) in samples.chunks_exact(2).enumerate() {
        assert_eq!(number(frame), first + at as i64, "frame {at}");
    }
}

/// As a child: a device at the address in `DEVICE` that describes `pair.sdp` by RTSP, and has Avahi register it.
#[test]
fn avahi_device() {
    let Ok(own) = std::env::var("DEVICE") else { return };
    let own: Ipv4Addr = own.parse().unwrap();
    let description = fs::read_to_string("pair.sdp").unwrap();
    let rtsp = TcpListener::bind((own, 0)).unwrap();
    let port = rtsp.local_addr().unwrap().port().to_string();
    let mut publisher = Command::new("avahi-publish")
        .args(["--no-fail", "-s", "--subtype=_ravenna_session._sub._rtsp._tcp", "Studio 1, links & rechts"])
        .args(["_rtsp._tcp", &port])
        .spawn()
        .unwrap();
    for mut stream in rtsp.incoming().flatten() {
        let mut asked = [0; 2048];
        let _ = stream.read(&mut asked);
        let length = description.len();
        let _ = write!(stream, "RTSP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{description}");
        assert!(publisher.try_wait().unwrap().is_none(), "the publisher goes on");
    }
}

/// A daemon and a bus on either host. Avahi gives its folder to a user of its own, and here there is nobody but root; each
/// daemon has a folder of its own.
const AVAHI: &str = r#"
sed 's/^avahi:x:[0-9]*:[0-9]*:/avahi:x:0:0:/' /etc/passwd >passwd; mount --bind passwd /etc/passwd
sed 's/^avahi:x:[0-9]*:/avahi:x:0:/' /etc/group >group; mount --bind group /etc/group
bus() { dbus-daemon --config-file=bus.conf --fork --print-address; }
near=$(bus); far=$(bus); mkdir /run/avahi-daemon
daemon='mount -t tmpfs tmpfs /run/avahi-daemon
exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f $0.conf'
DBUS_SYSTEM_BUS_ADDRESS=$near unshare -m bash -c "$daemon" near >near.txt 2>&1 & ours=$!
DBUS_SYSTEM_BUS_ADDRESS=$far ip netns exec far unshare -m bash -c "$daemon" far >far.txt 2>&1 & sender=$!
until_in near.txt 'Server startup complete'; until_in far.txt 'Server startup complete'
DEVICE=10.77.0.2 DBUS_SYSTEM_BUS_ADDRESS=$far ip netns exec far \
  $IT announcers::avahi_device --exact --nocapture >device.txt 2>&1 & device=$!
$AUDYN discover -v --json --seconds 600 --interface here >found.json 2>log.txt & recorder=$!
until_log '1 sessions'
DBUS_SYSTEM_BUS_ADDRESS=$near avahi-browse -rpt _ravenna_session._sub._rtsp._tcp >browse.txt
kill -TERM $recorder; kill $device $ours"#;

#[test]
fn what_avahi_registers_is_found_and_described_beside_an_avahi_of_our_own() {
    let rig = Rig::new();
    let leg = format!(
        "m=audio {} RTP/AVP 96\r\nc=IN IP4 {}/32\r\na=rtpmap:96 L24/48000/2\r\na=ptime:1\r\n",
        rig.port, rig.group
    );
    rig.write("pair.sdp", &format!("v=0\r\no=- 7 1 IN IP4 10.77.0.2\r\ns=Far studio\r\nt=0 0\r\n{leg}"));
    for (name, interface) in [("far", "there"), ("near", "here")] {
        rig.write(
            &format!("{name}.conf"),
            &format!(
                "[server]\nhost-name={name}\nallow-interfaces={interface}\nuse-ipv6=no\n[publish]\npublish-workstation=no\n"
            ),
        );
    }
    // Any user of this machine may own names and send on a bus of our own.
    rig.write(
        "bus.conf",
        "<busconfig><type>session</type><listen>unix:dir=/run</listen><auth>EXTERNAL</auth><policy context=\"default\">\
         <allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/></policy></busconfig>",
    );
    let ran = between_hosts(&rig, AVAHI);
    if ran.is_none() {
        return;
    }
    let found = rig.json("found.json");
    let session = &found["sessions"][0];
    assert_eq!(
        (&session["by"], &session["name"], &session["senders"], &session["problems"]),
        (&json!("RAVENNA"), &json!("Far studio"), &json!(["10.77.0.2"]), &json!([])),
        "{found:#}"
    );
    assert_eq!(session["streams"][0]["legs"][0]["address"], json!(rig.group), "{found:#}");
    // Our own machine's Avahi hears as much as without us.
    let browsed = fs::read_to_string(rig.path("browse.txt")).unwrap();
    assert!(browsed.contains("10.77.0.2"), "{browsed}");
}
