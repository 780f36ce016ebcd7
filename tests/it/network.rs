//! Two hosts and the cable between them: unprivileged network namespaces with a veth pair.

use crate::rig::{Rig, between_hosts, decoded, first_by_bext, silent_frames};

fn check(rig: &Rig, seconds: usize) -> usize {
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!(samples.len(), seconds * 96_000);
    silent_frames(&samples, first_by_bext(&rig.path("out.wav")))
}

#[test]
fn a_stream_crosses_a_cable_with_a_source_specific_join() {
    let rig = Rig::new();
    if between_hosts(&rig, "send; record --source-ip 10.77.0.2 --duration 2").is_some() {
        assert_eq!(check(&rig, 2), 0);
    }
}

#[test]
fn a_pulled_cable_is_a_gap_and_the_group_is_joined_again() {
    let rig = Rig::new();
    // The pause is the fault itself: the cable is out for three seconds.
    let Some(log) = between_hosts(
        &rig,
        "send; record --duration 10; until_log 'file begun'\n\
         ip -n far link set there down; sleep 3; ip -n far link set there up; until_log 'joined the group again'",
    ) else {
        return;
    };
    let silent = check(&rig, 10);
    assert!((2 * 48_000..8 * 48_000).contains(&silent), "{silent}");
    assert!(log.contains("nothing is received"), "{log}");
}

#[test]
fn an_interface_made_anew_is_joined_again() {
    let rig = Rig::new();
    let ran = between_hosts(
        &rig,
        "send; record --duration 12; until_log 'file begun'\n\
         kill $sender; ip link del here; sleep 2; join; send; until_log 'joined the group again'",
    );
    if ran.is_some() {
        let silent = check(&rig, 12);
        assert!(silent < 9 * 48_000, "{silent}: audio came back");
    }
}

#[test]
fn a_recorder_whose_interface_comes_later_is_started_by_itself() {
    let rig = Rig::new();
    rig.write(
        "two.toml",
        &format!(
            "[defaults]\narchive_clock = \"utc\"\nmulticast_addr = \"{}\"\nport = {}\n\
             [[recorder]]\nname = \"Now\"\narchive_root = \"now\"\ninterface = \"lo\"\n\
             [[recorder]]\nname = \"Late\"\narchive_root = \"late\"\ninterface = \"here\"\n",
            rig.group, rig.port
        ),
    );
    let ran = between_hosts(
        &rig,
        "ip link del here; $AUDYN record --config two.toml --stats s.json 2>log.txt & recorder=$!\n\
         until_log 'tried again in'; join; send; until_log 'started again'; until_log 'file begun'\n\
         kill -TERM $recorder",
    );
    if ran.is_some() {
        assert_eq!(rig.files("late", "wav").len(), 1);
        assert_eq!(rig.json("s.json")["not_started"], serde_json::json!([]));
    }
}
