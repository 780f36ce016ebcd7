//! Two hosts and the cable between them: unprivileged network namespaces with a veth pair.

use std::process::Command;

use crate::rig::{Rig, Running, decoded, first_by_bext, silent_frames};

/// Runs `steps` where `here` and `there` are two hosts joined by interfaces of these names. `record …` and `send …`
/// start the program on either; the recorder's end is the script's.
fn between_hosts(rig: &Rig, steps: &str) -> String {
    let script = format!(
        r#"set -e
mount -t tmpfs tmpfs /run; mkdir -p /run/netns; ip netns add far
join() {{ ip link add here type veth peer name there netns far; ip addr add 10.77.0.1/24 dev here; ip link set here up
  ip -n far addr add 10.77.0.2/24 dev there; ip -n far link set there up; }}
ip link set lo up; ip -n far link set lo up; join
send() {{ ip netns exec far {audyn} send -m {group} -p {port} --interface there --signal index "$@" & sender=$!; }}
record() {{ {audyn} record -m {group} -p {port} --interface here -o out.wav --archive-clock utc --stats s.json "$@" 2>log.txt & recorder=$!; }}
until_log() {{ for try in $(seq 600); do grep -q "$1" log.txt && return; sleep 0.1; done; return 1; }}
{steps}
wait $recorder
kill $sender
"#,
        audyn = env!("CARGO_BIN_EXE_audyn"),
        group = rig.group,
        port = rig.port,
    );
    let mut command = Command::new("unshare");
    command
        .args(["-Urnmpf", "--mount-proc", "--kill-child", "bash", "-c", &script])
        .current_dir(rig.path(""));
    let (status, said) = Running::start(&mut command).end();
    let log = std::fs::read_to_string(rig.path("log.txt")).unwrap_or_default();
    assert!(status.success(), "{status}\n{said}\n{log}");
    log
}

fn check(rig: &Rig, seconds: usize) -> usize {
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!(samples.len(), seconds * 96_000);
    silent_frames(&samples, first_by_bext(&rig.path("out.wav")))
}

#[test]
fn a_stream_crosses_a_cable_with_a_source_specific_join() {
    let rig = Rig::new();
    between_hosts(&rig, "send; record --source-ip 10.77.0.2 --duration 2");
    assert_eq!(check(&rig, 2), 0);
}

#[test]
fn a_pulled_cable_is_a_gap_and_the_group_is_joined_again() {
    let rig = Rig::new();
    // The pause is the fault itself: the cable is out for three seconds.
    let log = between_hosts(
        &rig,
        "send; record --duration 10; until_log 'file begun'\n\
         ip -n far link set there down; sleep 3; ip -n far link set there up; until_log 'joined the group again'",
    );
    let silent = check(&rig, 10);
    assert!((2 * 48_000..8 * 48_000).contains(&silent), "{silent}");
    assert!(log.contains("nothing is received"), "{log}");
}

#[test]
fn an_interface_made_anew_is_joined_again() {
    let rig = Rig::new();
    between_hosts(
        &rig,
        "send; record --duration 12; until_log 'file begun'\n\
         kill $sender; ip link del here; sleep 2; join; send; until_log 'joined the group again'",
    );
    let silent = check(&rig, 12);
    assert!(silent < 9 * 48_000, "{silent}: audio came back");
}
