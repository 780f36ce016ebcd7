//! Segments begin on the sample of their boundary, lose nothing, and are never overwritten.

use std::path::Path;

use crate::rig::{Rig, decoded, first_by_bext, position_mod, silent_frames, word};

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Flags of an archive with a file each second.
const BY_THE_SECOND: [&str; 8] = [
    "--archive-root",
    "a",
    "--archive-clock",
    "utc",
    "--archive-period",
    "1",
    "--archive-layout",
    "accurate",
];

#[test]
fn every_second_a_file_and_no_sample_between_them() {
    let rig = Rig::new();
    rig.record_with(&[], &[&BY_THE_SECOND[..], &["--duration", "5"]].concat());
    let files = rig.files("a", "wav");
    assert!(files.len() >= 5, "{files:?}");
    let mut next = first_by_bext(&files[0]);
    for (i, file) in files.iter().enumerate() {
        let first = first_by_bext(file);
        assert_eq!(first, next, "{}", name(file));
        assert!(i == 0 || first % 48_000 == 0, "{} begins on its boundary", name(file));
        let samples = decoded(file);
        assert_eq!(silent_frames(&samples, first), 0);
        next += samples.len() as i64 / 2;
        assert!(i == 0 || name(file).ends_with("-00.wav"), "{} has true centiseconds", name(file));
    }
    assert_eq!(rig.run(&["check", "a", "--hash"]).0, 0);
}

#[test]
fn two_recorders_a_second_apart_write_the_same_samples_for_the_same_second() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let args =
        ["--archive-clock", "utc", "--archive-period", "2", "--archive-layout", "accurate", "--levels"];
    let mut one = rig.record(&[&args[..], &["--archive-root", "one", "--duration", "7"]].concat());
    // Thirty level lines are about a second.
    (0..30).for_each(|_| {
        one.until("\"levels\"");
    });
    let two = rig.record(&[&args[..], &["--archive-root", "two", "--duration", "6"]].concat());
    one.succeed();
    two.succeed();
    let whole = |root: &str| -> Vec<(String, i64, Vec<i32>)> {
        let files = rig.files(root, "wav").into_iter();
        files
            .map(|f| (name(&f), first_by_bext(&f), decoded(&f)))
            .filter(|(_, _, samples)| samples.len() == 2 * 2 * 48_000)
            .collect()
    };
    let (one, two) = (whole("one"), whole("two"));
    let shared = one.iter().filter(|segment| two.contains(segment)).count();
    assert!(shared >= 2, "{shared} whole segments are the same in both");
    for (file, first, _) in &two {
        assert!(one.iter().all(|(f, at, _)| (f == file) == (at == first)));
    }
}

#[test]
fn a_restart_inside_the_hour_makes_a_new_name_in_time_order() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let args =
        ["--archive-root", "a", "--archive-clock", "utc", "--archive-layout", "flat", "--duration", "1.2"];
    let mut contents = Vec::new();
    for run in 0..3 {
        rig.record(&args).succeed();
        let files = rig.files("a", "wav");
        assert!(files.len() > run, "{files:?}");
        for (file, before) in &contents {
            assert_eq!(&std::fs::read(file).unwrap(), before, "an earlier file is as it was");
        }
        contents = files.iter().map(|f| (f.clone(), std::fs::read(f).unwrap())).collect();
    }
    let firsts: Vec<i64> = contents.iter().map(|(f, _)| first_by_bext(f)).collect();
    assert!(firsts.is_sorted(), "names in order are files in order: {firsts:?}");
    let single = ["-o", "one.wav", "--duration", "0.3"];
    rig.record(&single).succeed();
    rig.record(&single).succeed();
    assert_eq!(rig.files(".", "wav").iter().filter(|f| name(f).starts_with("one")).count(), 2);
}

#[test]
fn opus_joins_neither_click_nor_drift() {
    let rig = Rig::new();
    let outputs =
        ["--archive-suffix", "opus", "--archive-suffix", "wav", "--bitrate", "256000", "--duration", "4"];
    rig.record_with(&["--tone", "440", "--level", "-12"], &[&BY_THE_SECOND[..], &outputs].concat());
    let whole = |suffix: &str| -> Vec<f64> {
        let files = rig.files("a", suffix);
        files.iter().flat_map(|f| decoded(f)).step_by(2).map(|s| f64::from(s) / 2_147_483_648.0).collect()
    };
    let (opus, wav) = (whole("opus"), whole("wav"));
    assert_eq!(opus.len(), wav.len());
    // A click or a shift at a join would stand out from the coder's own error, which is the same all along.
    let error: Vec<f64> = opus.iter().zip(&wav).map(|(a, b)| (a - b).abs()).collect();
    let worst = error[4800..error.len() - 4800].iter().copied().fold(0.0, f64::max);
    assert!(worst < 0.02, "the decoded tone is off by {worst}");
}

#[test]
fn sixty_four_recorders_that_rotate_every_second_lose_nothing() {
    let rig = Rig::new();
    let seconds = if std::env::var_os("RUN_SLOW_TESTS").is_some() { 60 } else { 6 };
    let base: Vec<u8> = rig.group.split('.').map(|n| n.parse().unwrap()).collect();
    let address = |i: u8| format!("{}.{}.{}.{}", base[0], 200 + base[3] % 50, base[2], 1 + i);
    let mut config = format!(
        "[defaults]\nport = {}\ninterface = \"lo\"\narchive_period = 1\narchive_clock = \"utc\"\narchive_layout = \"accurate\"\n",
        rig.port
    );
    for i in 0..64 {
        config += &format!(
            "[[recorder]]\nname = \"r{i}\"\narchive_root = \"a/r{i}\"\nmulticast_addr = \"{}\"\n",
            address(i)
        );
    }
    rig.write("many.toml", &config);
    let first = address(0);
    let send =
        ["send", "-m", &first, "-p", &rig.port, "--interface", "lo", "--signal", "index", "--count", "64"];
    let _sending = rig.start(&send);
    let duration = seconds.to_string();
    let args = ["record", "--config", "many.toml", "--duration", &duration, "--stats", "stats.json", "-q"];
    rig.start(&args).succeed();
    let stats = rig.json("stats.json");
    let recorders = stats["recorders"].as_array().unwrap();
    assert_eq!(recorders.len(), 64);
    for r in recorders {
        assert_eq!(
            (&r["missing_frames"], r["frames"].as_u64()),
            (&0.into(), Some(seconds * 48_000)),
            "{}",
            r["name"]
        );
    }
    for i in [0, 31, 63] {
        let files = rig.files(&format!("a/r{i}"), "wav");
        assert!(files.len() as u64 >= seconds);
        let whole: Vec<i32> = files.iter().flat_map(|f| decoded(f)).collect();
        assert_eq!(position_mod(whole[0]), word(first_by_bext(&files[0]), 0));
        assert_eq!(silent_frames(&whole, first_by_bext(&files[0])), 0);
    }
}

#[test]
fn every_layout_names_files_as_it_says() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let layouts = [
        ("flat", "%Y-%m-%d-%H.wav"),
        ("hierarchy", "%Y/%m/%d/%H/archive.wav"),
        ("combo", "%Y/%m/%d/%H/%Y-%m-%d-%H.wav"),
        ("dailydir", "%Y-%m-%d/%Y-%m-%d-%H.wav"),
        ("hourlydir", "%Y-%m-%d-%H/%Y-%m-%d-%H-%M-%S.wav"),
        ("custom", "%Y/week %V/%H%M%S.wav"),
    ];
    for (layout, format) in layouts {
        let mut args = vec![
            "--archive-root",
            layout,
            "--archive-layout",
            layout,
            "--archive-clock",
            "utc",
            "--duration",
            "0.2",
        ];
        if layout == "custom" {
            args.extend(["--archive-format", "%Y/week %V/%H%M%S"]);
        }
        rig.record(&args).succeed();
        let file = rig.files(layout, "wav").pop().unwrap();
        let begun = jiff::Timestamp::from_nanosecond(
            (i128::from(first_by_bext(&file)) - 37 * 48_000) * 1_000_000_000 / 48_000,
        );
        let expected = begun.unwrap().to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string();
        assert_eq!(file, rig.path(layout).join(expected), "{layout}");
    }
    rig.record(&[
        "--archive-root",
        "tai",
        "--archive-clock",
        "ptp",
        "--archive-layout",
        "accurate",
        "--duration",
        "0.2",
    ])
    .succeed();
    assert!(name(&rig.files("tai", "wav")[0]).contains("_TAI"), "TAI names say so");
}
