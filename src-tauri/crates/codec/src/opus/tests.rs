use std::io::Cursor;

use audyn_model::{Container, SampleFormat};

use super::page::Page;
use super::*;
use crate::rig::{Recording, about_at, format, record, sines, spec};
use crate::{State, inspect};

/// Offset, flags, granule, serial and packet lengths of each page.
fn pages(file: &[u8]) -> Vec<(usize, u8, i64, u32, Vec<usize>)> {
    let mut pages = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let page = Page::parse(&file[at..]).expect("a whole page with a true checksum");
        let (packets, open) = page.packets();
        assert_eq!(open, None, "no packet goes on");
        pages.push((
            at,
            page.flags(),
            page.granule(),
            page.serial(),
            packets.iter().map(|p| p.len()).collect(),
        ));
        at += page.len();
    }
    pages
}

#[test]
fn pages_are_as_rfc_7845_wants_them() {
    let opus = spec(Container::Opus, SampleFormat::Int24);
    let format = format(48_000, 2, 24);
    let about = about_at(0, &format);
    let file = record(&opus, &format, &about, &sines(&format, 0, 48_123));
    let pages = pages(&file);
    let serial = u32::from_le_bytes(*about.segment.0.as_bytes().last_chunk().unwrap());
    assert!(pages.iter().all(|page| page.3 == serial), "one stream");
    assert_eq!(&pages[0].1, &2, "the first page begins the stream");
    assert_eq!((pages[0].2, pages[0].4.len(), pages[0].4[0]), (0, 1, 19), "OpusHead alone, granule 0");
    assert_eq!((pages[1].2, pages[1].4.len()), (0, 1), "OpusTags alone, granule 0");
    let (last, audio) = pages[2..].split_last().unwrap();
    let mut packets = 0;
    for page in audio {
        packets += page.4.len();
        assert_eq!((page.1, page.2), (0, packets as i64 * 960), "a granule counts every sample so far");
        assert!(page.4.len() <= 50, "at most a second");
    }
    let pre_skip = i64::from(u16::from_le_bytes([file[28 + 10], file[28 + 11]]));
    assert_eq!((last.1, last.2), (4, pre_skip + 48_123), "the last granule trims");
    assert!((packets + last.4.len()) as i64 * 960 >= last.2);
    assert!(pre_skip >= 3_840 + 312 && pre_skip % 960 == 0, "{pre_skip}");
    assert_eq!(&file[28..39], b"OpusHead\x01\x02\xC0", "{:?}", &file[28..40]);
}

#[test]
fn heads_name_their_streams() {
    let check = |channels: u16, expected: &[u8]| {
        let head = Head { channels, pre_skip: 0x1234, rate: 96_000, gain: 0 };
        let bytes = head.to_bytes();
        assert_eq!(bytes, expected);
        let (parsed, mapping) = Head::parse(&bytes).unwrap();
        assert_eq!(parsed, head);
        assert_eq!(mapping.channels.len(), usize::from(channels));
    };
    check(1, b"OpusHead\x01\x01\x34\x12\0\x77\x01\0\0\0\0");
    check(2, b"OpusHead\x01\x02\x34\x12\0\x77\x01\0\0\0\0");
    check(3, b"OpusHead\x01\x03\x34\x12\0\x77\x01\0\0\0\xFF\x03\0\0\x01\x02");
}

#[test]
fn heads_that_name_no_streams_are_refused() {
    let check = |packet: &[u8]| assert!(Head::parse(packet).is_err(), "{packet:?}");
    check(b"");
    check(b"OpusHead\x01\x02\x34\x12\0\x77\x01\0\0\0");
    check(b"OpusTags\x01\x02\x34\x12\0\x77\x01\0\0\0\0");
    check(b"OpusHead\x10\x02\x34\x12\0\x77\x01\0\0\0\0");
    check(b"OpusHead\x01\0\x34\x12\0\x77\x01\0\0\0\0");
    check(b"OpusHead\x01\x03\x34\x12\0\x77\x01\0\0\0\0");
    check(b"OpusHead\x01\x02\x34\x12\0\x77\x01\0\0\0\xFF\x02\0\0\x02");
    check(b"OpusHead\x01\x02\x34\x12\0\x77\x01\0\0\0\x01\0\0\0\x01");
    check(b"OpusHead\x01\x02\x34\x12\0\x77\x01\0\0\0\x01\x01\x02\0\x01");
}

#[test]
fn two_files_have_two_serials() {
    let opus = spec(Container::Opus, SampleFormat::Int24);
    let format = format(48_000, 1, 24);
    let serial = || pages(&record(&opus, &format, &about_at(0, &format), &[]))[0].3;
    assert_ne!(serial(), serial());
}

#[test]
fn what_precedes_a_file_is_skipped_and_more_than_was_asked_for_is_ignored() {
    let opus = spec(Container::Opus, SampleFormat::Int24);
    let format = format(48_000, 1, 24);
    let before = sines(&format, -100_000, 100_000);
    for given in [0, 1, 959, 3_840, 100_000] {
        let lead = &before[before.len() - given..];
        let mut recording = Recording::begin(&opus, &format, &about_at(0, &format), lead).unwrap();
        recording.encode(&sines(&format, 0, 777));
        let told = inspect(&mut Cursor::new(recording.finish(&[]))).unwrap();
        assert_eq!((told.frames, told.state), (777, State::Complete), "{given}");
    }
}

#[test]
fn a_page_is_checked_whole() {
    let opus = spec(Container::Opus, SampleFormat::Int24);
    let format = format(48_000, 1, 24);
    let file = record(&opus, &format, &about_at(0, &format), &[]);
    let first = Page::parse(&file).unwrap().len();
    for at in 0..first {
        let mut changed = file[..first].to_vec();
        changed[at] ^= 0x10;
        assert!(Page::parse(&changed).is_none(), "byte {at}");
        assert!(Page::parse(&file[..at]).is_none(), "cut at {at}");
    }
}

#[test]
fn the_coder_does_as_it_was_told() {
    for channels in [2, 4] {
        let format = format(48_000, channels, 24);
        // A second of tones, a second of nothing: one of them needs less.
        let mut frames = sines(&format, 0, 48_000);
        frames.resize(2 * frames.len(), 0);
        // The same ids in every file, so that what differs is the audio.
        let about = about_at(0, &format);
        let made = |change: &dyn Fn(&mut Spec)| {
            let mut spec = spec(Container::Opus, SampleFormat::Int24);
            change(&mut spec);
            let file = record(&spec, &format, &about, &frames);
            let lengths: Vec<usize> = pages(&file)[2..].iter().flat_map(|page| page.4.clone()).collect();
            (file, lengths)
        };
        for bitrate in [32_000, 128_000, 256_000] {
            let (_, lengths) = made(&|spec| (spec.bitrate, spec.vbr) = (bitrate, false));
            let packet = bitrate as usize / 8 / 50;
            assert!(lengths.iter().all(|len| *len == packet), "{channels} x {bitrate}: {lengths:?}");
        }
        let (_, lengths) = made(&|spec| spec.vbr = true);
        assert!(lengths.iter().max() > lengths.iter().min().map(|min| min * 4).as_ref(), "{lengths:?}");
        let quality = |complexity| made(&|spec| spec.complexity = complexity).0;
        assert!(quality(0) != quality(10), "{channels} channels");
    }
}
