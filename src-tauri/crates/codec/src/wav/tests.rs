use std::fs::File as Disk;
use std::io::{Cursor, Seek, SeekFrom, Write};

use audyn_model::Container;

use super::*;
use crate::rig::{
    File, about_at, by_ffmpeg, decoded, format, quiet, quiet_at, record, sines, spec, tool, words,
};
use crate::{Mend, State, inspect, mend};

fn wav(samples: SampleFormat) -> Spec {
    spec(Container::Wav, samples)
}

/// A file's chunks: id, offset of the payload, declared size.
fn chunks(file: &[u8]) -> Vec<(String, usize, u32)> {
    let mut chunks = Vec::new();
    let mut at = 12;
    while at + 8 <= file.len() {
        let id = String::from_utf8(file[at..at + 4].to_vec()).unwrap();
        let size = u32::from_le_bytes(*file[at + 4..].first_chunk().unwrap());
        chunks.push((id, at + 8, size));
        at += 8 + size as usize + size as usize % 2;
    }
    chunks
}

fn payload<'a>(file: &'a [u8], id: &str) -> &'a [u8] {
    let (_, at, size) = chunks(file).into_iter().find(|(found, _, _)| found == id).unwrap();
    &file[at..at + size as usize]
}

#[test]
fn a_stereo_16_bit_file_is_laid_out_byte_by_byte() {
    let format = format(48_000, 2, 16);
    let about = about_at(0, &format);
    let file = record(
        &wav(SampleFormat::Int16),
        &format,
        &about,
        &[0x0102_0000, -0x0102_0000, i32::MIN, 0x7FFF_0000],
    );
    let ids: Vec<_> = chunks(&file).into_iter().map(|(id, _, size)| (id, size)).collect();
    let audn = payload(&file, "audn").len() as u32;
    let history = b"A=PCM,F=48000,W=16,M=stereo,T=Audyn 0.1.0\r\n\0";
    let bext = 602 + history.len() as u32;
    let expected = [("JUNK", 28), ("bext", bext), ("fmt ", 16), ("audn", audn), ("data", 8)];
    assert_eq!(ids, expected.map(|(id, size)| (id.to_owned(), size)));
    assert_eq!(&file[..16], [b"RIFF", &(file.len() as u32 - 8).to_le_bytes()[..], b"WAVE", b"JUNK"].concat());
    let fmt = b"\x01\0\x02\0\x80\xBB\0\0\0\xEE\x02\0\x04\0\x10\0";
    assert_eq!(payload(&file, "fmt "), fmt);
    assert_eq!(&file[file.len() - 8..], b"\x02\x01\xFE\xFE\0\x80\xFF\x7F");
    let bext = payload(&file, "bext");
    let check =
        |from: usize, to: usize, expected: &[u8]| assert_eq!(&bext[from..to], expected, "bext {from}");
    check(0, 46, b"Studio 1 Gr?n \"?\" 2025-11-21 13:59:58 +01:00\0\0");
    check(256, 288, b"Audyn 0.1.0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    check(288, 320, about.segment.0.simple().to_string().as_bytes());
    check(320, 338, b"2025-11-2113:59:58");
    check(338, 346, &5_000_000_000_u64.to_le_bytes());
    check(346, 348, b"\x02\0");
    check(348, 412, &[0; 64]);
    check(412, 422, &[0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F, 0xFF, 0x7F]);
    check(422, 602, &[0; 180]);
    check(602, 602 + history.len(), history);
}

#[test]
fn wider_files_have_an_extensible_format() {
    let check = |samples, channels, expected: &[u8]| {
        let format = format(48_000, channels, 24);
        let file = record(&wav(samples), &format, &about_at(0, &format), &[]);
        assert_eq!(payload(&file, "fmt "), expected, "{samples:?} {channels}");
    };
    const PCM: &[u8] = b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";
    const FLOAT: &[u8] = b"\x03\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71";
    let fmt = |fixed: &[u8], guid: &[u8]| [fixed, guid].concat();
    // Tag, channels, rate, bytes a second, bytes a frame, bits, 22 bytes more, valid bits, channel mask.
    let mono_24 = b"\xFE\xFF\x01\0\x80\xBB\0\0\x80\x32\x02\0\x03\0\x18\0\x16\0\x18\0\x04\0\0\0";
    check(SampleFormat::Int24, 1, &fmt(mono_24, PCM));
    let stereo_float = b"\xFE\xFF\x02\0\x80\xBB\0\0\0\xDC\x05\0\x08\0\x20\0\x16\0\x20\0\x03\0\0\0";
    check(SampleFormat::Float32, 2, &fmt(stereo_float, FLOAT));
    let four_16 = b"\xFE\xFF\x04\0\x80\xBB\0\0\0\xDC\x05\0\x08\0\x10\0\x16\0\x10\0\0\0\0\0";
    check(SampleFormat::Int16, 4, &fmt(four_16, PCM));
}

#[test]
fn hound_reads_what_we_write() {
    let format = format(44_100, 2, 24);
    let frames = sines(&format, 0, 1_001);
    let file = record(&wav(SampleFormat::Int24), &format, &about_at(0, &format), &frames);
    let mut reader = hound::WavReader::new(Cursor::new(&file)).unwrap();
    let samples: Vec<i32> = reader.samples::<i32>().map(|sample| sample.unwrap() << 8).collect();
    assert_eq!(samples, frames);
}

#[test]
fn plain_files_from_elsewhere_are_read() {
    let check = |bits: u16, format: hound::SampleFormat, written: &[i32], expected: &[i32]| {
        let mut file = Cursor::new(Vec::new());
        let spec =
            hound::WavSpec { channels: 1, sample_rate: 32_000, bits_per_sample: bits, sample_format: format };
        let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
        for sample in written {
            match format {
                hound::SampleFormat::Int => writer.write_sample(*sample).unwrap(),
                hound::SampleFormat::Float => writer.write_sample(*sample as f32 / 4.0).unwrap(),
            }
        }
        writer.finalize().unwrap();
        let file = file.into_inner();
        let told = inspect(&mut Cursor::new(&file)).unwrap();
        assert_eq!((told.rate.hz(), told.channels, told.frames), (32_000, 1, written.len() as u64));
        assert_eq!((told.state, told.about), (State::Complete, None));
        assert_eq!(decoded(&file).unwrap(), expected, "{bits}");
    };
    check(8, hound::SampleFormat::Int, &[-128, 0, 127], &[-1 << 31, 0, 127 << 24]);
    check(16, hound::SampleFormat::Int, &[-32_768, 1, 5], &[-1 << 31, 1 << 16, 5 << 16]);
    check(24, hound::SampleFormat::Int, &[-8_388_608, 1], &[-1 << 31, 1 << 8]);
    check(32, hound::SampleFormat::Int, &[i32::MIN, 7], &[i32::MIN, 7]);
    check(32, hound::SampleFormat::Float, &[-4, 1, 8], &[i32::MIN, 1 << 29, i32::MAX]);
}

#[test]
fn an_odd_length_is_padded_at_the_end_only() {
    let format = format(48_000, 1, 24);
    let file = record(&wav(SampleFormat::Int24), &format, &about_at(0, &format), &sines(&format, 1, 3));
    let (_, at, size) = chunks(&file).into_iter().find(|(id, _, _)| id == "data").unwrap();
    assert_eq!((size, file.len() - at), (9, 10));
    assert_eq!(u32::from_le_bytes(*file[4..].first_chunk().unwrap()) as usize, file.len() - 8);
}

/// A file of so many bytes of samples whose limit for 32 bits lies at `limit`, after a checkpoint.
fn crossing(frames: usize, limit: impl Fn(u64) -> u64) -> Vec<u8> {
    let format = format(48_000, 2, 16);
    let (mut file, mut bytes) = (File::default(), Bytes::default());
    let mut encoder = WavEncoder::new(&wav(SampleFormat::Int16), &format, &about_at(0, &format), &mut bytes);
    encoder.limit = limit(encoder.head.data_at);
    file.apply(&mut bytes);
    encoder.encode(&sines(&format, 0, frames), &mut bytes).unwrap();
    encoder.checkpoint(&mut bytes).unwrap();
    file.apply(&mut bytes);
    file.0
}

#[test]
fn the_sizes_become_64_bit_at_the_exact_byte() {
    // The RIFF size is that of the file less 8: with 100 frames of 4 bytes it reaches the limit, with 99 it does not.
    let limit = |data_at: u64| data_at + 400 - 8;
    let below = crossing(99, limit);
    assert_eq!(&below[..4], b"RIFF");
    let reached = crossing(100, limit);
    assert_eq!(&reached[..8], b"RF64\xFF\xFF\xFF\xFF");
    assert_eq!(&reached[12..20], b"ds64\x1C\0\0\0");
    let sizes: Vec<u64> = reached[20..44].as_chunks().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
    assert_eq!(sizes, [reached.len() as u64 - 8, 400, 100]);
    assert_eq!(&reached[44..48], &[0; 4], "no table");
    assert_eq!(chunks(&reached[..reached.len() - 400]).last().unwrap().2, u32::MAX);
    // One frame more or less plays alike, and every state between two patches does too.
    for file in [below, reached] {
        assert_eq!(inspect(&mut Cursor::new(&file)).unwrap().state, State::Complete);
        assert_eq!(by_ffmpeg(Container::Wav, &file), decoded(&file).unwrap());
    }
}

#[test]
fn every_state_between_two_patches_plays() {
    let format = format(48_000, 2, 16);
    for limit in [head::LIMIT_32, 1_000] {
        let (mut file, mut bytes) = (File::default(), Bytes::default());
        let mut encoder =
            WavEncoder::new(&wav(SampleFormat::Int16), &format, &about_at(0, &format), &mut bytes);
        encoder.limit = limit;
        file.apply(&mut bytes);
        encoder.encode(&sines(&format, 0, 1_000), &mut bytes).unwrap();
        file.apply(&mut bytes);
        encoder.checkpoint(&mut bytes).unwrap();
        for patch in std::mem::take(&mut bytes.patches) {
            file.apply(&mut Bytes { append: Vec::new(), patches: vec![patch] });
            quiet("ffmpeg", Container::Wav, &file.0, |path| {
                ["-v", "error", "-i", path, "-f", "null", "-"].map(str::to_owned).into()
            });
            let plan = mend(&mut Cursor::new(&file.0)).unwrap();
            assert_eq!(plan.frames, 1_000);
        }
    }
}

/// Beyond 4 GiB for real, on a sparse file: the samples of the first four hours are never written.
#[test]
fn a_file_beyond_4_gib_plays_to_its_end() {
    let format = format(48_000, 2, 24);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let mut disk = Disk::create(&path).unwrap();
    let mut bytes = Bytes::default();
    let mut encoder = WavEncoder::new(&wav(SampleFormat::Int24), &format, &about_at(0, &format), &mut bytes);
    disk.write_all(&bytes.append).unwrap();
    let data_at = encoder.head.data_at;
    let settle = |disk: &mut Disk, bytes: &mut Bytes| {
        disk.seek(SeekFrom::End(0)).unwrap();
        disk.write_all(&bytes.append).unwrap();
        for patch in &bytes.patches {
            disk.seek(SeekFrom::Start(patch.at)).unwrap();
            disk.write_all(&patch.bytes).unwrap();
        }
        bytes.clear();
    };
    bytes.clear();
    // The last frame for which 32 bits are enough, then one more.
    let most = (head::LIMIT_32 - 1 + 8 - data_at) / 6;
    encoder.frames = most;
    disk.set_len(data_at + most * 6).unwrap();
    encoder.checkpoint(&mut bytes).unwrap();
    settle(&mut disk, &mut bytes);
    let seconds = |path: &std::path::Path| -> f64 {
        let duration = quiet_at("ffprobe", path, |path| {
            let wanted = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path];
            wanted.map(str::to_owned).into()
        });
        String::from_utf8(duration).unwrap().trim().parse().unwrap()
    };
    assert_eq!(inspect(&mut Disk::open(&path).unwrap()).unwrap().frames, most);
    assert!((seconds(&path) - most as f64 / 48_000.0).abs() < 1e-3);
    let tone = sines(&format, 0, 48_000);
    encoder.encode(&tone, &mut bytes).unwrap();
    encoder.checkpoint(&mut bytes).unwrap();
    settle(&mut disk, &mut bytes);
    let told = inspect(&mut Disk::open(&path).unwrap()).unwrap();
    assert_eq!((told.frames, told.state), (most + 48_000, State::Complete));
    assert!((seconds(&path) - (most + 48_000) as f64 / 48_000.0).abs() < 1e-3);
    let report =
        tool("mediainfo", &["--Inform=General;%Format% %FileSize% %Duration%", path.to_str().unwrap()]);
    let report = String::from_utf8(report.stdout).unwrap();
    let [kind, _, length] = report.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{report}") };
    let expected = (most + 48_000) * 1000 / 48_000;
    assert!(
        kind == "Wave" && length.parse::<u64>().unwrap().abs_diff(expected) <= 1,
        "{report}, {expected} ms"
    );
    // The last second, as ffmpeg finds it by seeking, is the tone.
    let start = format!("{}", (most - 1) as f64 / 48_000.0);
    let end = quiet_at("ffmpeg", &path, |path| {
        let wanted = ["-v", "error", "-ss", &start, "-i", path, "-f", "s32le", "-c:a", "pcm_s32le", "-"];
        wanted.map(str::to_owned).into()
    });
    let end = words(&end);
    assert_eq!(&end[end.len() - tone.len()..], tone);
    // A crash now: more is there than the head tells of, and the mended sizes have 64 bits too.
    encoder.encode(&tone, &mut bytes).unwrap();
    settle(&mut disk, &mut bytes);
    let plan = mend(&mut Disk::open(&path).unwrap()).unwrap();
    assert_eq!(plan.frames, most + 96_000);
    let Mend { append, patches, .. } = plan;
    settle(&mut disk, &mut Bytes { append, patches });
    let told = inspect(&mut Disk::open(&path).unwrap()).unwrap();
    assert_eq!((told.frames, told.state), (most + 96_000, State::Complete));
}

#[test]
fn only_what_is_known_to_be_unfinished_is_mended() {
    let format = format(48_000, 1, 16);
    let about = about_at(0, &format);
    let ours = record(&wav(SampleFormat::Int16), &format, &about, &[1 << 16; 10]);
    let foreign = |data: u32, riff: u32, tail: &[u8]| {
        let mut file =
            b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xBB\0\0\0\x77\x01\0\x02\0\x10\0data".to_vec();
        file.extend(data.to_le_bytes());
        file[4..8].copy_from_slice(&riff.to_le_bytes());
        file.extend(tail);
        file
    };
    let check = |what: &str, file: &[u8], frames: u64, nothing: bool| {
        let plan = mend(&mut Cursor::new(file)).unwrap();
        assert_eq!((plan.frames, plan.is_nothing()), (frames, nothing), "{what}: {plan:?}");
    };
    check("ours, complete", &ours, 10, true);
    check("ours, with more behind it", &[&ours[..], &[7; 5]].concat(), 12, false);
    check("ours, cut", &ours[..ours.len() - 3], 8, false);
    check("foreign, complete", &foreign(4, 40, &[1; 4]), 2, true);
    check("foreign, with something behind it that its sizes leave out", &foreign(4, 40, &[1; 10]), 2, true);
    check("foreign, empty with a chunk behind it", &foreign(0, 46, b"LIST\x02\0\0\0ab"), 0, true);
    check("foreign, size 0 left open", &foreign(0, 36, &[1; 9]), 4, false);
    check("foreign, size of ones left open", &foreign(u32::MAX, u32::MAX, &[1; 9]), 4, false);
    check("foreign, cut", &foreign(20, 56, &[1; 9]), 4, false);
}
