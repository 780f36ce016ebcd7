use std::io::{Cursor, Read, Seek, SeekFrom};

use audyn_model::{Container, SampleFormat};

use crate::rig::*;
use crate::*;

/// Frames that may be lost by a cut, at the rate the file plays at: those of a page, block or frame.
fn unit(container: Container) -> u64 {
    match container {
        Container::Wav => 1,
        Container::Opus => 24_000,
        Container::Flac => 4_096,
        Container::Mp3 => 1_152,
    }
}

/// Cuts an unfinished file at every byte: each cut is mended to a complete file whose audio begins the original's.
fn cut_everywhere(spec: &Spec, format: &AudioFormat, lead: &[u8]) {
    let about = about_at(77_777, format);
    let channels = usize::from(format.channels);
    let len = match spec.container {
        Container::Wav => 1_500,
        Container::Flac => 6_000,
        Container::Opus | Container::Mp3 => 15_000,
    };
    let frames = sines(format, about.first.0, len);
    let mut recording = Recording::begin(spec, format, &about, &[]).unwrap();
    let head = recording.file.0.len();
    for (at, piece) in frames.chunks(frames.len().div_ceil(4)).enumerate() {
        recording.encode(piece);
        // The last piece has been written, and nobody has come to say so.
        if at < 2 {
            recording.checkpoint();
        }
    }
    let unfinished = recording.file.0.clone();
    let whole = recording.finish(&[]);
    let original = decoded(&whole).unwrap();
    let what = format!("{spec:?} {format:?}");
    let mut last = 0;
    for cut in 4..=unfinished.len() {
        let mut file = File(unfinished[..cut].to_vec());
        file.0.extend(lead);
        let plan = mend(&mut Cursor::new(&file.0));
        if cut < head {
            // A head is written in one act; half of one is only survived.
            continue;
        }
        let mend = plan.unwrap_or_else(|error| panic!("{what} cut at {cut}: {error}"));
        file.mend(&mend);
        let told = inspect(&mut Cursor::new(&file.0)).unwrap();
        assert_eq!(told.state, State::Complete, "{what} cut at {cut}");
        assert_eq!(told.frames, mend.frames, "{what} cut at {cut}");
        assert_eq!(told.about.as_ref(), Some(&about), "{what} cut at {cut}");
        assert!(mend_says_nothing(&file.0), "{what} cut at {cut}");
        let most = last + unit(spec.container).max(4_000);
        assert!(
            (last..=most).contains(&told.frames),
            "{what} cut at {cut}: {} frames after {last}",
            told.frames
        );
        if told.frames != last || cut.is_multiple_of(997) || cut == unfinished.len() {
            let samples = decoded(&file.0).unwrap();
            let same = difference(&samples, &original[..samples.len()]);
            assert!(same < 1e-6, "{what} cut at {cut}: {same}");
        }
        if cut.is_multiple_of(4_001) || cut == unfinished.len() || cut == head {
            let samples = by_ffmpeg(spec.container, &file.0);
            assert_eq!(samples.len() / channels, told.frames as usize, "{what} cut at {cut} by ffmpeg");
            if spec.container == Container::Flac {
                quiet("flac", spec.container, &file.0, |path| ["-t", "-s", path].map(str::to_owned).into());
            }
            if spec.container == Container::Opus {
                by_opusinfo(&file.0);
            }
        }
        last = told.frames;
    }
    // Half the frames were there at the last checkpoint.
    let held_back = u64::from(format.rate.hz()) / 10;
    let safe = (original.len() / channels / 2) as u64;
    let safe = safe.saturating_sub(if spec.container == Container::Wav { 0 } else { held_back });
    assert!(last >= safe, "{what}: {last} frames of a file that was not cut at all, {safe} were safe");
}

fn mend_says_nothing(file: &[u8]) -> bool {
    mend(&mut Cursor::new(file)).is_ok_and(|mend| mend.is_nothing() && mend.keep == file.len() as u64)
}

#[test]
fn wav_cut_at_any_byte_is_mended() {
    for samples in [SampleFormat::Int16, SampleFormat::Int24, SampleFormat::Float32] {
        cut_everywhere(&spec(Container::Wav, samples), &format(48_000, 1, 24), &[]);
    }
}

#[test]
fn opus_cut_at_any_byte_is_mended() {
    cut_everywhere(&spec(Container::Opus, SampleFormat::Int24), &format(48_000, 2, 24), &[]);
    cut_everywhere(&spec(Container::Opus, SampleFormat::Int24), &format(44_100, 1, 24), &[0; 5_000]);
}

#[test]
fn flac_cut_at_any_byte_is_mended() {
    cut_everywhere(&spec(Container::Flac, SampleFormat::Int16), &format(48_000, 1, 16), &[]);
    cut_everywhere(&spec(Container::Flac, SampleFormat::Int24), &format(16_000, 1, 24), &[0; 300]);
}

#[test]
fn mp3_cut_at_any_byte_is_mended() {
    cut_everywhere(&spec(Container::Mp3, SampleFormat::Int24), &format(48_000, 2, 24), &[]);
    let vbr = Spec { vbr: true, ..spec(Container::Mp3, SampleFormat::Int24) };
    cut_everywhere(&vbr, &format(48_000, 1, 24), &[0; 300]);
}

#[test]
fn complete_files_are_left_alone_with_whatever_somebody_put_behind_them() {
    let format = format(48_000, 1, 24);
    let frames = sines(&format, 0, 10_001);
    for spec in all_specs() {
        let file = record(&spec, &format, &about_at(0, &format), &frames);
        assert!(mend_says_nothing(&file), "{spec:?}");
        let tail: &[u8] = match spec.container {
            Container::Wav => {
                // A chunk behind the samples, with the sizes of a program that knows what it does.
                let mut more = file.clone();
                more.extend(b"LIST\x04\0\0\0adtl");
                let riff = u32::from_le_bytes(*more[4..].first_chunk().unwrap()) + 12;
                more[4..8].copy_from_slice(&riff.to_le_bytes());
                assert!(mend_says_nothing(&more), "{spec:?}");
                assert_eq!(decoded(&more).unwrap(), decoded(&file).unwrap());
                continue;
            }
            Container::Opus => b"OggS of another stream",
            Container::Flac | Container::Mp3 => b"TAG of the first version",
        };
        let more = [&file, tail].concat();
        assert!(mend_says_nothing(&more), "{spec:?}");
        assert_eq!(decoded(&more).unwrap(), decoded(&file).unwrap(), "{spec:?}");
    }
}

/// Counts what is read.
struct Counted<R>(R, u64);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(room)?;
        self.1 += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn mending_reads_the_head_and_the_tail_only() {
    let format = format(48_000, 2, 24);
    let second = sines(&format, 0, 48_000);
    for spec in all_specs() {
        let mut recording = Recording::begin(&spec, &format, &about_at(0, &format), &[]).unwrap();
        for _ in 0..60 {
            recording.encode(&second);
            recording.checkpoint();
        }
        recording.encode(&second);
        let mut file = Counted(Cursor::new(&recording.file.0), 0);
        let plan = mend(&mut file).unwrap();
        assert!(plan.frames >= 60 * 48_000 - 4_800, "{spec:?}: {}", plan.frames);
        assert!(file.1 < 450_000, "{spec:?}: {} bytes read of {}", file.1, recording.file.0.len());
    }
}
