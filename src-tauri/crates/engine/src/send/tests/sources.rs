//! What is heard: tone, index, WAV files.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

/// The audio of a run on one ear, without headers.
fn heard(change: impl FnOnce(&mut Plan)) -> Vec<u8> {
    let ear = Ear::unicast();
    let mut plan = plan(ear.1);
    change(&mut plan);
    send(plan);
    ear.drain().iter().flat_map(|datagram| datagram[12..].to_vec()).collect()
}

/// Big-endian words of `width` bytes.
fn words(bytes: &[u8], width: usize) -> Vec<i32> {
    let word = |b: &[u8]| {
        let mut wide = [0; 4];
        wide[..width].copy_from_slice(b);
        i32::from_be_bytes(wide) >> (32 - 8 * width)
    };
    bytes.chunks_exact(width).map(word).collect()
}

#[test]
fn the_index_proves_the_place_of_every_sample() {
    let check = |encoding: Encoding, modulo: i64| {
        let bytes = heard(|plan| {
            plan.encoding = encoding;
            plan.channels = 3;
            plan.signal = SignalPlan::Index;
            plan.duration = Some(Duration::from_secs(2));
        });
        let first = (START / 1_000_000_000 + 37) * 48_000 + 480;
        let words = words(&bytes, encoding.bytes());
        assert_eq!(words.len(), 3 * 96_000);
        for (i, frame) in words.chunks_exact(3).enumerate() {
            for (c, word) in frame.iter().enumerate() {
                let expected = (first + i as i64 + c as i64 * 65_537).rem_euclid(modulo);
                assert_eq!(i64::from(*word).rem_euclid(modulo), expected, "frame {i}, channel {c}");
            }
        }
    };
    check(Encoding::L24, 1 << 24);
    check(Encoding::L16, 1 << 16);
}

#[test]
fn a_jump_of_timestamps_takes_the_index_along() {
    let ear = Ear::unicast();
    send(Plan {
        signal: SignalPlan::Index,
        channels: 1,
        incidents: Incidents {
            changes: vec![(Duration::from_millis(50), Incident::Jump(4800))],
            outages: Vec::new(),
        },
        ..plan(ear.1)
    });
    for datagram in ear.drain() {
        let word = u32::from_be_bytes([0, datagram[12], datagram[13], datagram[14]]);
        assert_eq!(word, timestamp(&datagram) & 0x00FF_FFFF);
    }
}

#[test]
fn the_tone_has_the_frequency_and_level_asked_for() {
    let check = |hz: u32, level_db: f64, encoding: Encoding| {
        let bytes = heard(|plan| {
            plan.channels = 1;
            plan.encoding = encoding;
            plan.signal = SignalPlan::Tone { hz, level_db };
            plan.duration = Some(Duration::from_secs(1));
        });
        let bits = (8 * encoding.bytes()).to_string();
        let raw = ["-t", "raw", "-r", "48000", "-e", "signed", "-b", bits.as_str(), "-B", "-c", "1", "-"];
        let mut sox = Command::new("sox")
            .args(raw)
            .args(["-n", "stat"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sox runs; on Debian: apt-get install sox");
        sox.stdin.take().unwrap().write_all(&bytes).unwrap();
        let said = String::from_utf8(sox.wait_with_output().unwrap().stderr).unwrap();
        let value = |name: &str| -> f64 {
            let line = said.lines().find(|l| l.starts_with(name)).unwrap_or_else(|| panic!("{name}: {said}"));
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        let peak = 20.0 * value("Maximum amplitude").log10();
        assert!((peak - level_db).abs() < 0.02, "{peak} dBFS, asked for {level_db}");
        assert!((value("Rough   frequency") - f64::from(hz)).abs() < 2.0, "{said}");
        // A second of it, at 48 kHz, is a whole number of periods: the next second begins alike.
        let words = words(&bytes, encoding.bytes());
        let expected = |n: usize| {
            let full = f64::from((1_i32 << (8 * encoding.bytes() - 1)) - 1) * 10_f64.powf(level_db / 20.0);
            full * (std::f64::consts::TAU * f64::from(hz) * n as f64 / 48_000.0).sin()
        };
        for n in [0, 1, 17, 47_000] {
            let error = f64::from(words[n]) - expected(n + 480);
            assert!(error.abs() <= 0.51, "sample {n}: {error} of a step off");
        }
    };
    check(1000, -18.0, Encoding::L24);
    check(997, 0.0, Encoding::L24);
    check(440, -6.0, Encoding::L16);
}

/// A WAV file made by an independent tool.
fn wav(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.join(name);
    let mut command = Command::new("sox");
    command.args(["-D", "-n", "-r", "48000"]).args(&arguments[..2]).arg(&path).args(&arguments[2..]);
    let done = command.output().expect("sox runs; on Debian: apt-get install sox");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    path
}

/// The file's samples as big-endian words, by an independent tool.
fn raw(path: &Path, bits: usize) -> Vec<u8> {
    let mut command = Command::new("sox");
    command.arg("-D").arg(path).args(["-t", "raw", "-e", "signed", "-B", "-b", &bits.to_string(), "-"]);
    let done = command.output().expect("sox runs; on Debian: apt-get install sox");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

#[test]
fn a_wav_file_is_sent_bit_for_bit_and_ends_with_its_last_sample() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bits: &str, encoding: Encoding| {
        // Two channels that differ.
        let effects = ["-b", bits, "synth", "10037s", "pinknoise", "sine", "700", "gain", "-6"];
        let path = wav(folder.path(), name, &effects);
        let mut expected = raw(&path, 8 * encoding.bytes());
        let bytes = heard(|plan| {
            plan.encoding = encoding;
            plan.signal = SignalPlan::Wav { path, looped: false };
            plan.duration = None;
        });
        // The last packet is filled up with silence.
        let frame = 2 * encoding.bytes();
        assert_eq!(expected.len(), 10_037 * frame);
        expected.resize(10_080 * frame, 0);
        assert!(bytes == expected, "{name}: {} bytes of {}", bytes.len(), expected.len());
    };
    check("16.wav", "16", Encoding::L16);
    check("16-as-24.wav", "16", Encoding::L24);
    check("24.wav", "24", Encoding::L24);
}

#[test]
fn a_looped_wav_file_joins_on_the_sample() {
    let folder = tempfile::tempdir().unwrap();
    let path = wav(folder.path(), "loop.wav", &["-b", "24", "synth", "5003s", "sine", "300"]);
    let once = raw(&path, 24);
    let bytes = heard(|plan| {
        plan.channels = 1;
        plan.signal = SignalPlan::Wav { path, looped: true };
        plan.duration = Some(Duration::from_millis(400));
    });
    assert_eq!(bytes.len(), 19_200 * 3);
    assert!(bytes.chunks(once.len()).all(|part| *part == once[..part.len()]));
}

#[test]
fn float_files_are_rounded_to_24_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("float.wav");
    let sample_format = hound::SampleFormat::Float;
    let spec = hound::WavSpec { channels: 1, sample_rate: 48_000, bits_per_sample: 32, sample_format };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for sample in [0.0_f32, 0.5, -0.5, 1.0, -1.0, 2.0, 1.0 / 8_388_608.0] {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
    let bytes = heard(|plan| {
        plan.channels = 1;
        plan.signal = SignalPlan::Wav { path, looped: false };
    });
    assert_eq!(words(&bytes, 3)[..7], [0, 4_194_304, -4_194_304, 8_388_607, -8_388_608, 8_388_607, 1]);
}

#[test]
fn a_wav_file_that_does_not_fit_the_stream_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = wav(folder.path(), "good.wav", &["-b", "24", "synth", "100s", "sine", "300"]);
    let empty = wav(folder.path(), "empty.wav", &["-b", "16", "trim", "0", "0"]);
    let wide = wav(folder.path(), "wide.wav", &["-b", "32", "synth", "100s", "sine", "300"]);
    let text = folder.path().join("text.wav");
    std::fs::write(&text, "not a WAV file").unwrap();
    let check = |path: &Path, channels: u16, encoding: Encoding, part: &str| {
        let signal = SignalPlan::Wav { path: path.to_owned(), looped: false };
        let plan = Plan { channels, encoding, signal, ..plan("127.0.0.1:9".parse().unwrap()) };
        let errors = Sender::open(plan, Utc(START)).err().unwrap_or_else(|| panic!("{part}: accepted"));
        assert!(errors[0].to_string().contains(part), "{}, expected {part}", errors[0]);
    };
    check(&good, 2, Encoding::L24, "1 channels at 48000 Hz, the stream 2");
    check(&good, 1, Encoding::L16, "L16 would cut its 24-bit samples");
    check(&wide, 1, Encoding::L24, "L24 would cut its 32-bit samples");
    check(&empty, 1, Encoding::L24, "holds no samples");
    check(&text, 1, Encoding::L24, "a plain WAV file is needed");
    check(Path::new("/nowhere.wav"), 1, Encoding::L24, "No such file");
}
