use std::time::Duration;

use super::{Run, prepare};
use crate::cli::{Command, parse};

fn prepared(line: &str) -> Result<Run, Vec<String>> {
    let cli =
        parse(["audyn", "record"].into_iter().chain(line.split_whitespace())).expect("the parser takes it");
    let Some(Command::Record(args)) = cli.command else { panic!("record was asked for") };
    prepare(&args)
        .map(|(run, _)| run)
        .map_err(|problems| problems.0.iter().map(ToString::to_string).collect())
}

const ONE: &str = "-o a.wav -m 239.1.1.1";

#[test]
fn options_of_the_run_are_read() {
    let run = |line: &str| prepared(&format!("{ONE} {line}")).unwrap();
    assert_eq!(run(""), Run::default());
    assert_eq!(run("--levels").levels_ms, Some(33));
    assert_eq!(run("--levels --levels-interval 10").levels_ms, Some(10));
    assert_eq!(run("--levels-interval 10").levels_ms, None);
    assert_eq!(run("--duration 2.5").duration, Some(Duration::from_millis(2500)));
    assert_eq!(run("--stats s.json").stats, Some("s.json".into()));
    assert_eq!(run("--armed").armed, Some(Duration::from_secs(120)));
    assert_eq!(run("--armed --pre-roll 2.5 --vox --vox-mode marks").armed, Some(Duration::from_millis(2500)));
}

#[test]
fn what_is_wrong_with_them_is_told_with_everything_else() {
    for (line, expected) in [
        (
            "--levels-interval 9",
            "--levels-interval: \"9\" is not an interval between 10 and 5000; give milliseconds, like 33",
        ),
        ("--duration 0", "--duration: \"0\" is not a length of time; give seconds above 0, like 3600 or 2.5"),
        (
            "--duration -1",
            "--duration: \"-1\" is not a length of time; give seconds above 0, like 3600 or 2.5",
        ),
        (
            "--duration inf",
            "--duration: \"inf\" is not a length of time; give seconds above 0, like 3600 or 2.5",
        ),
        (
            "--duration NaN",
            "--duration: \"NaN\" is not a length of time; give seconds above 0, like 3600 or 2.5",
        ),
        ("--pre-roll 5", "--pre-roll: means nothing without --armed; give --armed too, or leave it out"),
        (
            "--armed --pre-roll 601",
            "--pre-roll: \"601\" is not a length between 0 and 600; give seconds, like 120",
        ),
        (
            "--armed --pre-roll NaN",
            "--pre-roll: \"NaN\" is not a length between 0 and 600; give seconds, like 120",
        ),
        (
            "--armed --vox",
            "--armed: has no meaning for a recorder that records only while there is sound; leave --vox out, or take the VOX \
             mode marks",
        ),
        ("--strict", "--strict: has no meaning for one recorder; give it with --config"),
        ("--pipewire mixer", "-m/--multicast-addr: has no meaning with --pipewire; leave it out"),
        ("--device hw:0", "-m/--multicast-addr: has no meaning with --device; leave it out"),
        (
            "--vox-threshold -30",
            "--vox-threshold: means nothing without --vox; give --vox too, or leave it out",
        ),
        (
            "--vox --vox-threshold -61",
            "--vox-threshold: -61 is out of range; give a level in dBFS from -60 to -5",
        ),
        (
            "--vox --vox-release -20",
            "--vox-release: -20 is above the threshold of -30; give a level below it, or 0 for 5 dB below it",
        ),
        ("--vox --vox-detection 9", "--vox-detection: 9 is out of range; give milliseconds from 10 to 5000"),
        (
            "--vox --vox-hangover 99",
            "--vox-hangover: 99 is out of range; give milliseconds from 100 to 30000",
        ),
        ("--vox --vox-preroll 5001", "--vox-preroll: 5001 is out of range; give milliseconds from 0 to 5000"),
        ("--vox --vox-mode files", "--vox-mode: \"files\" is not known; give activation or marks"),
        ("--vox-mode marks", "--vox-mode: means nothing without --vox; give --vox too, or leave it out"),
        ("--vox --vox-level loud", "--vox-level: \"loud\" is not known; give rms, peak or any"),
        (
            "--ptp-software --ptp-interface eth0",
            "--ptp-software: contradicts --ptp-interface; give one of them: time follows one clock",
        ),
        ("--ptp-domain 256", "--ptp-domain: 256 is out of range; give 0 to 255"),
    ] {
        assert_eq!(prepared(&format!("{ONE} {line}")).unwrap_err(), [expected], "{line}");
    }
    let nowhere = prepared(&format!("{ONE} --stats /nowhere/s.json")).unwrap_err();
    assert_eq!(nowhere, ["--stats: there is no folder /nowhere; give a file in a folder that exists"]);
    let all = prepared("--duration 0 --ptp-domain 256 -p 0").unwrap_err();
    assert_eq!(all.len(), 5, "{all:?}");
}

#[test]
fn recorders_come_from_flags_or_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("audyn.toml");
    std::fs::write(
        &file,
        "[[recorder]]\nname = \"a\"\noutput = \"a.wav\"\nmulticast_addr = \"239.1.1.1\"\nport = 0\n",
    )
    .unwrap();
    let file = file.display();
    assert_eq!(
        prepared(&format!("--config {file} -m 239.1.1.1 --vbr --strict")).unwrap_err(),
        [
            "-m/--multicast-addr: contradicts --config; write multicast_addr in the file, below [defaults] or a [[recorder]]",
            "--vbr: contradicts --config; write vbr in the file, below [defaults] or a [[recorder]]",
            "recorder[1].port (line 5): 0 is out of range; give 1 to 65535",
        ]
    );
    let missing = prepared("--config /nowhere/audyn.toml").unwrap_err();
    assert!(missing[0].starts_with("--config: cannot read /nowhere/audyn.toml: "), "{missing:?}");
}
