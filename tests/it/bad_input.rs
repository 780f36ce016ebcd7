//! Wrong input is refused before anything starts, all of it at once, with what would be right.

use crate::rig::Rig;

fn refused(rig: &Rig, args: &[&str], code: i32) -> String {
    let (status, said) = rig.start(args).end();
    assert_eq!(status.code(), Some(code), "{args:?}: {said}");
    said
}

#[test]
fn every_wrong_flag_is_named_at_once() {
    let rig = Rig::new();
    let said = refused(
        &rig,
        &[
            "record",
            "-m",
            "300.1.1.1",
            "-p",
            "0",
            "--pt",
            "200",
            "--bits",
            "20",
            "-o",
            "x.aac",
            "--archive-period",
            "-1",
        ],
        2,
    );
    for flag in ["-m", "-p", "--pt", "--bits", ".aac", "--archive-period"] {
        assert!(said.contains(flag), "{flag} is not named in:\n{said}");
    }
    assert!(rig.files(".", "aac").is_empty());
}

#[test]
fn what_contradicts_itself_is_refused_with_a_sentence() {
    let rig = Rig::new();
    let table = [
        (&["--pipewire", "node"][..], "leave it out"),
        (&["--device", "hw:0"], "leave it out"),
        (&["--ptp-software", "--ptp-device", "/dev/ptp0"], "give one of them"),
        (&["--vox", "--vox-threshold=-90"], "from -60 to -5"),
    ];
    for (flags, remedy) in table {
        let said = refused(&rig, &[&["record", "-o", "x.wav", "-m", "239.1.1.1"], flags].concat(), 2);
        assert!(said.contains(flags[0]) && said.contains(remedy), "{said}");
    }
}

#[test]
fn runtime_faults_say_which_and_what_to_do() {
    let rig = Rig::new();
    let record = |more: &[&str]| refused(&rig, &[&["record", "-m", &rig.group], more].concat(), 1);
    assert!(record(&["-o", "x.wav", "--interface", "eth99"]).contains("no interface eth99"));
    assert!(
        record(&["-o", "/nonexistent/folder/x.wav", "--interface", "lo"]).contains("/nonexistent/folder")
    );
    assert!(record(&["--archive-root", "/proc/audyn", "--interface", "lo"]).contains("/proc/audyn"));
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&rig, &["record", "-m", "127.0.0.1", "-p", &port, "-o", "x.wav"], 1);
    assert!(said.contains(&port) && said.contains("Another program"), "{said}");
}

#[test]
fn one_bad_recorder_does_not_stop_the_others_unless_strict() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let good = format!("multicast_addr = \"{}\"\nport = {}\ninterface = \"lo\"", rig.group, rig.port);
    rig.write(
        "c.toml",
        &format!(
            "[[recorder]]\nname = \"good\"\narchive_root = \"good\"\n{good}\n[[recorder]]\nname = \"bad\"\narchive_root = \"bad\"\nmulticast_addr = \"239.1.1.1\"\ninterface = \"eth99\"\n"
        ),
    );
    let said = refused(&rig, &["record", "--config", "c.toml", "--strict", "--duration", "1"], 1);
    assert!(said.contains("eth99"), "{said}");
    assert!(rig.files("good", "wav").is_empty());
    let said = refused(&rig, &["record", "--config", "c.toml", "--duration", "1"], 4);
    assert!(said.contains("eth99"), "{said}");
    assert_eq!(rig.files("good", "wav").len(), 1);
}
