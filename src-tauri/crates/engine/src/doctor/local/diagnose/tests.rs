use audyn_model::Rate;

use super::*;
use crate::source::card::Card;
use crate::source::pipewire::PipeWire;

fn present(id: &str) -> Present {
    Present {
        id: id.into(),
        name: format!("The {id}"),
        default: id == "mic",
        channels: 2,
        rates: vec![48_000],
    }
}

/// Five seconds of a node or a card that plays as it should.
fn sound(source: Source) -> Findings {
    Findings {
        source,
        seconds: 5.0,
        done: true,
        there: Ok(vec![present("mic"), present("mixer")]),
        trouble: None,
        frames: 240_000,
        missing: 0,
        gaps: 0,
        peaks: vec![1 << 30, 1 << 20],
    }
}

fn node() -> Source {
    Source::PipeWire(PipeWire {
        node: "mixer".into(),
        rate: Rate::HZ_48000,
        stream_channels: 2,
        pick: vec![],
    })
}

fn card(device: &str) -> Source {
    Source::Card(Card { device: device.into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] })
}

fn check(source: Source, spoil: impl FnOnce(&mut Findings), id: &str, verdict: Verdict, words: &str) {
    let mut findings = sound(source);
    spoil(&mut findings);
    let report = diagnose(&findings);
    assert_eq!((report.id, report.verdict), (id, verdict), "{report:#?}");
    assert!(report.sentence.contains(words), "{:?} has no {words:?}", report.sentence);
    assert!(report.sentence.ends_with('.') && !report.sentence.ends_with(".."), "{:?}", report.sentence);
    assert!(text(&findings, &report).lines().all(|line| line.chars().count() <= 80));
}

/// Nothing came, and this is why.
fn away(why: &'static str) -> impl FnOnce(&mut Findings) {
    move |f| (f.frames, f.trouble) = (0, Some(why.into()))
}

#[test]
fn a_sound_device_is_called_so() {
    let words = "Nothing is wrong: 2 channels at 48000 Hz, loudest at −6.0 dBFS, none lost in 5 s.";
    check(node(), |_| {}, "healthy", Verdict::Ok, words);
    check(card("mixer"), |_| {}, "healthy", Verdict::Ok, words);
    check(card(""), |_| {}, "healthy", Verdict::Ok, words);
    // One that is not listed and plays all the same.
    check(card("alsa:plug"), |_| {}, "healthy", Verdict::Ok, words);
    // One of which little is told while it is in use.
    check(
        card("mixer"),
        |f| f.there = Ok(vec![Present { channels: 0, rates: vec![], ..present("mixer") }]),
        "healthy",
        Verdict::Ok,
        words,
    );
}

#[test]
fn each_fault_of_a_device_has_its_name() {
    let fault = |source, spoil: &dyn Fn(&mut Findings), id: &str, words: &str| {
        check(source, spoil, id, Verdict::Fault, words);
    };
    fault(
        node(),
        &|f| {
            away("PipeWire does not answer.")(f);
            f.there = Err("PipeWire does not answer (no); start it (`systemctl`), or run as its user".into());
        },
        "no-pipewire",
        "PipeWire does not answer (no); start it (`systemctl`), or run as its user.",
    );
    fault(
        card("mixer"),
        &|f| {
            away("no")(f);
            f.there = Err("sound cards cannot be listed (no); check that ALSA is installed".into());
        },
        "no-sound-system",
        "Sound cards cannot be listed (no); check that ALSA is installed.",
    );
    let gone = |f: &mut Findings| {
        away("There is no “mixer”.")(f);
        f.there = Ok(vec![present("mic")]);
    };
    fault(
        node(),
        &gone,
        "node-gone",
        "There is no “mixer”; connect the device or start the program, or choose one of these: mic.",
    );
    fault(card("mixer"), &gone, "card-gone", "connect it and switch it on, or choose one of these: mic.");
    fault(
        card(""),
        &|f| {
            away("no")(f);
            f.there = Ok(vec![]);
        },
        "card-gone",
        "No input is the default one; connect it and switch it on: there is nothing else to record.",
    );
    let narrow = |f: &mut Findings| f.there = Ok(vec![Present { channels: 1, ..present("mixer") }]);
    fault(node(), &narrow, "wrong-channels", "It has 1 channel, and 2 are expected; set 1 channel");
    let other = |f: &mut Findings| {
        away("no")(f);
        f.there = Ok(vec![Present { rates: vec![44_100, 96_000], ..present("mixer") }]);
    };
    fault(card("mixer"), &other, "wrong-rate", "does not run at 48000 Hz; set one of 44100, 96000 Hz");
    fault(
        card("mixer"),
        &|f| away("The sound card “X” cannot be recorded: it is in use by another program.")(f),
        "not-opened",
        "it is in use by another program; see to that",
    );
    fault(
        node(),
        &|f| f.trouble = Some("“mixer” is gone from PipeWire; it is recorded again when it is back.".into()),
        "went-away",
        "“mixer” is gone from PipeWire; it is recorded again when it is back.",
    );
    fault(node(), &|f| f.frames = 0, "no-audio", "It is open, and no audio came in 5 s");
}

#[test]
fn audio_that_comes_with_something_amiss_is_a_warning() {
    let warn = |spoil: &dyn Fn(&mut Findings), id: &str, words: &str| {
        check(node(), spoil, id, Verdict::Warn, words);
    };
    warn(
        &|f| f.peaks = vec![0, 0],
        "silent-input",
        "Nothing but digital silence came in 5 s; see that something plays",
    );
    warn(&|f| (f.missing, f.gaps) = (480, 2), "loss", "10.0 ms are missing, in 2 gaps");
    warn(
        &|f| f.there = Ok(vec![Present { rates: vec![44_100], ..present("mixer") }]),
        "wrong-rate",
        "PipeWire runs at 44100 Hz and converts to 48000 Hz; set 44100 Hz",
    );
    // One silent channel beside another that is not may be meant.
    let mut findings = sound(node());
    findings.peaks = vec![0, 1 << 30];
    let report = diagnose(&findings);
    assert_eq!(report.id, "healthy");
    assert!(report.checks.iter().any(|check| check.words.contains("channel 1 is digital silence")));
}

#[test]
fn what_is_not_measured_to_its_end_is_not_judged() {
    let begun = |f: &mut Findings| (f.done, f.frames, f.seconds) = (false, 0, 0.5);
    check(node(), begun, "unknown", Verdict::Pending, "Listening to what comes.");
}
