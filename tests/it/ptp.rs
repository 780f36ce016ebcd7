//! PTP as a listener hears it: linuxptp's grandmasters in another network namespace, by software time stamps.

use serde_json::Value;

use crate::rig::{Rig, between_hosts};

/// A grandmaster on the far host, quick to begin; a listener that waits until the clock is as it should.
const PTP: &str = r#"
gm() { ip netns exec far ptp4l -S -4 -i there --free_running 1 --logAnnounceInterval=-2 --logSyncInterval=-3 --announceReceiptTimeout=2 "$@" >>ptp4l.txt 2>&1 & }
clock() { $AUDYN clock --interface here --seconds 3 --json; }
until_heard() { for try in $(seq 15); do clock >"$1" && return; done; cat "$1" ptp4l.txt; return 1; }
name_of() { grep -o '"grandmaster": "[^"]*"' "$1" | head -1 | cut -d'"' -f4; }
"#;

#[test]
fn a_grandmaster_is_heard_stored_with_files_and_missed() {
    let rig = Rig::new();
    let ran = between_hosts(
        &rig,
        &format!(
            "{PTP}
             clock >silent.json && exit 9
             gm --priority1=10; first=$!
             until_heard heard.json
             printf 'v=0\\r\\no=- 1 0 IN IP4 10.77.0.2\\r\\ns=far\\r\\nt=0 0\\r\\nm=audio %s RTP/AVP 96\\r\\nc=IN IP4 %s/32\\r\\na=rtpmap:96 L24/48000/2\\r\\na=ts-refclk:ptp=IEEE1588-2008:%s:0\\r\\na=mediaclk:direct=0\\r\\n' \
                 $PORT $GROUP $(name_of heard.json) >far.sdp
             send
             $AUDYN record --sdp far.sdp --interface here --archive-root a --archive-period 2 --archive-clock ptp 2>log.txt & recorder=$!
             for try in $(seq 300); do
               for file in $(find a -name '*.wav'); do $AUDYN info $file 2>/dev/null | grep '^clock' >locked.txt; grep -q 'system locked' locked.txt && break 2; done
               sleep 0.1
             done
             kill -9 $first
             until_log 'the PTP grandmaster of its clock is gone'
             kill -INT $recorder"
        ),
    );
    if ran.is_none() {
        return;
    }
    let (silent, heard) = (rig.json("silent.json"), rig.json("heard.json"));
    assert_eq!((&silent["domains"], &silent["chosen"]), (&Value::Array(Vec::new()), &Value::Null));
    let domain = &heard["chosen"];
    assert_eq!(
        (&domain["interface"], &domain["domain"], &domain["priority1"]),
        (&"here".into(), &0.into(), &10.into())
    );
    assert_eq!((&domain["class"], &domain["announce_interval_ns"]), (&248.into(), &250_000_000.into()));
    // By software stamps ptp4l serves UTC and says that this is a timescale of its own; both hosts have one clock.
    assert_eq!((&domain["ptp_timescale"], &domain["counts_utc"]), (&false.into(), &true.into()));
    assert!(domain["offset_ns"].as_i64().unwrap().abs() < 1_000_000_000, "{domain}");
    let kept = std::fs::read_to_string(rig.path("locked.txt")).unwrap();
    let id = domain["grandmaster"].as_str().unwrap();
    assert!(kept.contains(&format!("system locked grandmaster={id} domain=0 offset_ns=")), "{kept}");
}

#[test]
fn the_better_of_two_grandmasters_is_named_and_so_is_the_one_before() {
    let rig = Rig::new();
    let ran = between_hosts(
        &rig,
        &format!(
            "{PTP}
             gm --priority1=20 --clockIdentity=020000.fffe.000002 --uds_address=/run/a; one=$!
             until_heard one.json
             $AUDYN clock --interface here --seconds 12 --json >both.json & recorder=$!
             sleep 3
             gm --priority1=10 --clockIdentity=020000.fffe.000001 --uds_address=/run/b; sender=$!
             wait $recorder
             kill $one"
        ),
    );
    if ran.is_none() {
        return;
    }
    let domain = &rig.json("both.json")["chosen"];
    assert_eq!(domain["grandmaster"], "02-00-00-FF-FE-00-00-01", "{domain}");
    assert_eq!((&domain["previous"], &domain["changes"]), (&"02-00-00-FF-FE-00-00-02".into(), &1.into()));
    assert_eq!((&domain["state"], &domain["masters"]), (&"changed".into(), &2.into()));
}

#[test]
fn without_privilege_or_a_clock_it_says_what_to_do() {
    let rig = Rig::new();
    let (_, said) =
        rig.run(&["clock", "--interface", "none0", "--seconds", "1", "--ptp-device", "/dev/ptp-none"]);
    assert!(said.contains("There is no interface none0; this machine has"), "{said}");
    assert!(said.contains("The PTP hardware clock is not followed: there is no /dev/ptp-none"), "{said}");
    let (code, said) = rig.run(&["clock", "--ptp-device", "/dev/ptp0", "--ptp-software"]);
    assert_eq!(code, 2, "{said}");
}

#[test]
fn the_doctor_names_what_is_wrong_with_the_clock_of_a_stream() {
    let rig = Rig::new();
    let ran = between_hosts(
        &rig,
        &format!(
            "{PTP}
             ask() {{ $AUDYN doctor --sdp $1.sdp --interface here --seconds $2 --json >$3.json || true; }}
             says() {{ for try in $(seq 15); do ask $1 3 $2; grep -q \"$3\" $2.json && return; done; cat $2.json ptp4l.txt; return 1; }}
             describe() {{ printf 'v=0\\r\\no=- 1 0 IN IP4 10.77.0.2\\r\\ns=far\\r\\nt=0 0\\r\\nm=audio %s RTP/AVP 96\\r\\nc=IN IP4 %s/32\\r\\na=rtpmap:96 L24/48000/2\\r\\na=ts-refclk:ptp=IEEE1588-2008:%s:%s\\r\\na=mediaclk:direct=0\\r\\n' \
                 $PORT $GROUP $1 $2; }}
             send; true & recorder=$!
             describe 02-00-00-FF-FE-00-00-01 0 >right.sdp; describe 02-00-00-FF-FE-00-00-01 7 >domain.sdp
             describe 02-00-00-FF-FE-00-00-09 0 >other.sdp
             gm --priority1=10 --clockIdentity=020000.fffe.000001 --uds_address=/run/a; master=$!
             says right sound 'Domain 0 is heard on here'
             ask right 3 sound; ask domain 3 domain; ask other 3 other
             ask right 8 lost & asking=$!
             sleep 3; kill -9 $master; wait $asking
             ask right 14 silent"
        ),
    );
    if ran.is_none() {
        return;
    }
    let said = |name: &str| rig.json(&format!("{name}.json"));
    assert_eq!(said("sound")["id"], "healthy", "{:#}", said("sound"));
    let cases = [
        (
            "domain",
            "ptp-wrong-domain",
            "names PTP domain 7, and its grandmaster 02-00-00-FF-FE-00-00-01 keeps domain 0",
        ),
        ("other", "ptp-other-grandmaster", "names grandmaster 02-00-00-FF-FE-00-00-09"),
        ("lost", "ptp-lost", "Grandmaster 02-00-00-FF-FE-00-00-01 of domain 0 is gone on here"),
        ("silent", "ptp-silent", "no grandmaster is heard on here"),
    ];
    for (name, id, words) in cases {
        let said = said(name);
        assert_eq!((&said["id"], &said["verdict"]), (&id.into(), &"warn".into()), "{name}: {said:#}");
        assert!(said["sentence"].as_str().unwrap().contains(words), "{name}: {said:#}");
    }
}
