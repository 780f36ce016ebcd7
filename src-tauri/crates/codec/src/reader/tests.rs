use std::io::{Cursor, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use audyn_model::{AudioFormat, Container, SampleFormat};
use proptest::prelude::*;

use super::Reader;
use crate::rig::*;
use crate::{Error, Spec, State};

/// Noise that a coder cannot predict, quiet enough not to clip.
fn noise(format: &AudioFormat, frames: usize) -> Vec<i32> {
    let mut seed = 7_u32;
    let tone = sines(format, 0, frames);
    let keep = -1_i32 << (32 - u32::from(format.bits));
    tone.iter()
        .map(|sample| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (sample / 2).wrapping_add((seed as i32) >> 4) & keep
        })
        .collect()
}

fn open(file: &[u8]) -> Result<Reader, Error> {
    Reader::open(Box::new(Cursor::new(file.to_vec())))
}

fn read(reader: &mut Reader, frames: usize) -> Vec<i32> {
    let mut out = Vec::new();
    let given = reader.read(&mut out, frames).unwrap();
    assert_eq!(out.len(), given * usize::from(reader.channels()));
    out
}

/// What a seek may differ by from decoding from the start: lossless ones nothing; MP3, once its overlap and filter are
/// filled, nothing either; an Opus decoder comes nearer and nearer, and after 400 ms is within 1/100 000 of full scale (after
/// the 80 ms of RFC 7845 section 4.6 noise is still 1 to 4 % off).
fn tolerance(container: Container) -> f64 {
    match container {
        Container::Wav | Container::Flac | Container::Mp3 => 0.0,
        Container::Opus => 1e-5,
    }
}

fn every_kind() -> Vec<(Spec, AudioFormat)> {
    let stereo = all_specs().into_iter().map(|spec| (spec, format(48_000, 2, 24)));
    let flac16 = spec(Container::Flac, SampleFormat::Int16);
    let mp3 = spec(Container::Mp3, SampleFormat::Int24);
    let opus = spec(Container::Opus, SampleFormat::Int24);
    let low = Spec { bitrate: 32_000, ..mp3.clone() };
    let others = [
        (flac16, format(8_000, 1, 16)),
        (spec(Container::Flac, SampleFormat::Int24), format(96_000, 8, 24)),
        (mp3, format(44_100, 1, 24)),
        (low, format(48_000, 2, 24)),
        (opus.clone(), format(44_100, 1, 24)),
        // Packets of so many streams do not fit whole pages.
        (Spec { bitrate: 510_000, ..opus }, format(48_000, 6, 24)),
        (spec(Container::Wav, SampleFormat::Int24), format(48_000, 5, 24)),
    ];
    stereo.chain(others).collect()
}

#[test]
fn a_file_read_in_any_pieces_is_the_file_decoded_at_once() {
    for (spec, format) in every_kind() {
        let file = record(&spec, &format, &about_at(0, &format), &noise(&format, 100_001));
        let whole = decoded(&file).unwrap();
        let mut reader = open(&file).unwrap();
        assert_eq!(reader.about().unwrap().recorder_name, about_at(0, &format).recorder_name);
        assert_eq!(reader.frames() as usize * usize::from(reader.channels()), whole.len());
        let mut pieces = Vec::new();
        for most in [1, 7, 480, 4096, 50_000].into_iter().cycle() {
            if reader.read(&mut pieces, most).unwrap() == 0 {
                break;
            }
        }
        assert_eq!(pieces.len(), whole.len(), "{spec:?} {format:?}");
        assert!(pieces == whole, "{spec:?} {format:?}");
        assert_eq!((reader.position(), reader.state()), (reader.frames(), &State::Complete));
    }
}

#[test]
fn a_seek_gives_the_samples_that_are_there() {
    for (spec, format) in every_kind() {
        let len = 3 * format.rate.hz() as usize;
        let file = record(&spec, &format, &about_at(0, &format), &noise(&format, len));
        let whole = decoded(&file).unwrap();
        let mut reader = open(&file).unwrap();
        let (frames, channels) = (reader.frames(), usize::from(reader.channels()));
        let mut seed = 1_u64;
        let random = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % frames
        });
        let corners = [0, 1, 311, 1151, 1152, 4095, 4096, 4097, frames - 1, 5, frames - 4097, frames / 2];
        for at in corners.into_iter().chain(random.take(20)) {
            assert_eq!(reader.seek(at).unwrap(), at);
            let got = read(&mut reader, 3_000);
            let from = at as usize * channels;
            let wanted = &whole[from..whole.len().min(from + 3_000 * channels)];
            let off = difference(&got, wanted);
            assert!(off <= tolerance(spec.container), "{spec:?} {format:?} at {at} of {frames}: {off}");
        }
        assert_eq!(reader.seek(u64::MAX).unwrap(), frames);
        assert!(read(&mut reader, 1).is_empty());
    }
}

/// A file that somebody else is writing.
#[derive(Clone, Default)]
struct Shared {
    file: Arc<Mutex<Vec<u8>>>,
    at: u64,
    read: Arc<Mutex<u64>>,
}

impl Read for Shared {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let file = self.file.lock().unwrap();
        let read = file.get(self.at as usize..).unwrap_or_default().read(room)?;
        self.at += read as u64;
        *self.read.lock().unwrap() += read as u64;
        Ok(read)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let len = self.file.lock().unwrap().len() as u64;
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(back) => len.saturating_add_signed(back),
            SeekFrom::Current(on) => self.at.saturating_add_signed(on),
        };
        Ok(self.at)
    }
}

#[test]
fn a_file_that_grows_is_read_to_its_end_as_it_comes() {
    for (spec, format) in every_kind() {
        let frames = noise(&format, 100_001);
        let mut recording = Recording::begin(&spec, &format, &about_at(0, &format), &[]).unwrap();
        recording.encode(&frames[..frames.len().min(20_000 * usize::from(format.channels))]);
        recording.checkpoint();
        let shared = Shared::default();
        let publish = |recording: &Recording| *shared.file.lock().unwrap() = recording.file.0.clone();
        publish(&recording);
        let mut reader = Reader::open(Box::new(shared.clone())).unwrap();
        let mut got = Vec::new();
        let mut known = 0;
        let rest = &frames[20_000 * usize::from(format.channels)..];
        for (n, piece) in rest.chunks(7_001 * usize::from(format.channels)).enumerate() {
            while reader.read(&mut got, 1_000).unwrap() > 0 {}
            assert_eq!(reader.position(), reader.frames(), "{spec:?} {format:?}");
            recording.encode(piece);
            if n % 2 == 0 {
                recording.checkpoint();
            }
            publish(&recording);
            reader.refresh().unwrap();
            assert!(reader.frames() >= known, "{spec:?} {format:?}");
            known = reader.frames();
            if n == 5 {
                // Somebody listens to an earlier moment, then goes on.
                let at = reader.position();
                reader.seek(at / 2).unwrap();
                read(&mut reader, 100);
                if spec.container != Container::Opus {
                    reader.seek(at).unwrap();
                } else {
                    reader.seek(0).unwrap();
                    read(&mut reader, at as usize);
                }
            }
        }
        let file = recording.finish(&[]);
        shared.file.lock().unwrap().clone_from(&file);
        reader.refresh().unwrap();
        while reader.read(&mut got, 4_096).unwrap() > 0 {}
        assert_eq!(reader.state(), &State::Complete, "{spec:?}");
        let whole = decoded(&file).unwrap();
        assert_eq!(got.len(), whole.len(), "{spec:?} {format:?}");
        assert!(got == whole, "{spec:?} {format:?}: {}", difference(&got, &whole));
    }
}

#[test]
fn a_seek_in_a_long_file_reads_a_little_and_gives_what_is_there() {
    let format = format(48_000, 2, 24);
    let long = noise(&format, 30 * 48_000);
    for spec in all_specs() {
        let file = record(&spec, &format, &about_at(0, &format), &long);
        let len = file.len() as u64;
        let whole = decoded(&file).unwrap();
        let shared = Shared::default();
        *shared.file.lock().unwrap() = file;
        let mut reader = Reader::open(Box::new(shared.clone())).unwrap();
        let opened = std::mem::take(&mut *shared.read.lock().unwrap());
        assert!(opened < 900_000, "{spec:?}: {opened} bytes read to open {len}");
        reader.seek(20 * 48_000).unwrap();
        let got = read(&mut reader, 480);
        let off = difference(&got, &whole[2 * 20 * 48_000..][..2 * 480]);
        assert!(off <= tolerance(spec.container), "{spec:?}: {off}");
        let read = *shared.read.lock().unwrap();
        // MP3 has to walk its frames up to there.
        let most = if spec.container == Container::Mp3 { len } else { 900_000 };
        assert!(read < most, "{spec:?}: {read} bytes read to seek in {len}");
    }
}

#[test]
fn another_file_in_its_place_is_noticed() {
    let format = format(48_000, 2, 24);
    let [a, b] = [Container::Wav, Container::Flac].map(|container| {
        record(&spec(container, SampleFormat::Int24), &format, &about_at(0, &format), &noise(&format, 9_000))
    });
    let shared = Shared::default();
    *shared.file.lock().unwrap() = a;
    let mut reader = Reader::open(Box::new(shared.clone())).unwrap();
    *shared.file.lock().unwrap() = b;
    assert!(reader.refresh().unwrap_err().to_string().contains("replaced"));
}

/// Files of other programs, as they come.
#[test]
fn files_of_others_are_read_as_they_are_decoded() {
    let format = format(44_100, 2, 16);
    let wav = record(
        &spec(Container::Wav, SampleFormat::Int16),
        &format,
        &about_at(0, &format),
        &noise(&format, 200_000),
    );
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    std::fs::write(&source, wav).unwrap();
    for name in ["plain.wav", "other.flac", "other.mp3", "other.opus", "vbr.mp3", "mono.flac"] {
        let path = folder.path().join(name);
        let more: &[&str] = match name {
            "vbr.mp3" => &["-q:a", "4"],
            "mono.flac" => &["-ac", "1"],
            _ => &[],
        };
        let path = path.to_str().unwrap();
        let arguments = [&["-v", "error", "-i", source.to_str().unwrap()], more, &[path]].concat();
        assert!(tool("ffmpeg", &arguments).status.success());
        let file = std::fs::read(path).unwrap();
        let whole = decoded(&file).unwrap();
        let mut reader = open(&file).unwrap();
        let channels = usize::from(reader.channels());
        let all = read(&mut reader, usize::MAX);
        assert_eq!(all.len(), whole.len(), "{name}");
        assert!(all == whole, "{name}");
        for at in [100_000, 3, 150_001] {
            reader.seek(at).unwrap();
            let got = read(&mut reader, 2_000);
            let wanted = &whole[at as usize * channels..][..2_000 * channels];
            let off = difference(&got, wanted);
            assert!(off <= 1e-5, "{name} at {at}: {off}");
        }
    }
}

/// Opens, seeks about, reads, refreshes: whatever the bytes are, that ends and nothing panics.
fn survives(file: &[u8]) {
    let Ok(mut reader) = open(file) else { return };
    let mut out = Vec::new();
    let frames = reader.frames();
    for at in [0, frames / 3, frames, frames / 2, u64::MAX, 1] {
        let _ = reader.seek(at);
        let _ = reader.read(&mut out, 500);
        out.clear();
    }
    let _ = reader.refresh();
    let _ = reader.read(&mut out, 100_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_survived(
        kind in 0_usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        in_head in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        static SEEDS: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
        let seeds = SEEDS.get_or_init(|| {
            let format = format(48_000, 1, 24);
            let kinds = [
                (Container::Wav, SampleFormat::Int16),
                (Container::Wav, SampleFormat::Float32),
                (Container::Opus, SampleFormat::Int24),
                (Container::Flac, SampleFormat::Int16),
                (Container::Mp3, SampleFormat::Int24),
            ];
            let frames = sines(&format, 0, 30_000);
            kinds.map(|(container, samples)| {
                record(&spec(container, samples), &format, &about_at(0, &format), &frames)
            }).into()
        });
        let mut file = seeds[kind].clone();
        let reach = if in_head { file.len().min(1_000) } else { file.len() };
        for (at, byte) in changes {
            file[at.index(reach)] = byte;
        }
        if !whole {
            file.truncate(cut.index(file.len()));
        }
        survives(&file);
    }
}
