use std::io::Cursor;

use audyn_model::{Container, SampleFormat};
use proptest::prelude::*;

use crate::rig::*;
use crate::*;

/// Small files of all kinds, finished and not.
fn seeds() -> Vec<Vec<u8>> {
    let format = format(48_000, 1, 24);
    let frames = sines(&format, 0, 6_000);
    let kinds = [
        (Container::Wav, SampleFormat::Int16),
        (Container::Wav, SampleFormat::Float32),
        (Container::Opus, SampleFormat::Int24),
        (Container::Flac, SampleFormat::Int16),
        (Container::Mp3, SampleFormat::Int24),
    ];
    let specs = kinds.map(|(container, samples)| spec(container, samples));
    let finished = specs.iter().map(|spec| record(spec, &format, &about_at(0, &format), &frames));
    let unfinished = specs.iter().map(|spec| {
        let mut recording = Recording::begin(spec, &format, &about_at(0, &format), &[]).unwrap();
        recording.encode(&frames);
        recording.file.0
    });
    finished.chain(unfinished).collect()
}

/// Nothing panics, and what is mended can be read.
fn survives(bytes: &[u8]) {
    let told = inspect(&mut Cursor::new(bytes));
    if let Ok(told) = &told {
        assert!(told.audio.start <= told.audio.end && told.audio.end <= bytes.len() as u64, "{told:?}");
    }
    let _ = decoded(bytes);
    if let Ok(plan) = mend(&mut Cursor::new(bytes)) {
        assert!(plan.keep <= bytes.len() as u64);
        let mut file = File(bytes.to_vec());
        file.mend(&plan);
        // Where a head's own numbers are wrong, what follows from them is too; but it is still a file.
        mend(&mut Cursor::new(&file.0)).expect("a mended file can be read");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_behind_any_magic_is_survived(
        magic in prop::sample::select(vec![
            &b"RIFF\0\0\0\0WAVE"[..], b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0", b"OggS\0\x02", b"fLaC\x80\0\0\x22",
            b"ID3\x04\0\0\0\0\0\x10", b"\xFF\xFB\x90\x64", b"",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        survives(&[magic, &rest].concat());
    }

    #[test]
    fn files_with_bytes_changed_are_survived(
        seed in 0_usize..10,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        in_head in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        static SEEDS: std::sync::OnceLock<Vec<Vec<u8>>> = std::sync::OnceLock::new();
        let mut file = SEEDS.get_or_init(seeds)[seed].clone();
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

/// A damaged file is searched in windows: the last whole frame is found though megabytes behind it are none.
#[test]
fn a_long_damaged_tail_is_searched_through() {
    let format = format(48_000, 1, 24);
    let frames = sines(&format, 0, 20_000);
    for spec in all_specs() {
        let file = record(&spec, &format, &about_at(0, &format), &frames);
        let told = inspect(&mut Cursor::new(&file)).unwrap();
        let mut seed = 1_u32;
        let noise = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        });
        // Without the file's last bytes, so that it does not end where it should.
        let damaged: Vec<u8> = file[..file.len() - 40].iter().copied().chain(noise.take(2_000_000)).collect();
        let plan = mend(&mut Cursor::new(&damaged)).unwrap();
        match spec.container {
            // Any bytes are samples.
            Container::Wav => {}
            Container::Opus | Container::Flac | Container::Mp3 => {
                assert!(
                    plan.frames <= told.frames && plan.frames + 10_000 > told.frames,
                    "{spec:?}: {}",
                    plan.frames
                );
            }
        }
    }
}

#[test]
fn any_flipped_bit_of_a_flac_file_is_damage_and_no_panic() {
    let format = format(8_000, 1, 16);
    let spec = spec(Container::Flac, SampleFormat::Int16);
    let whole = record(&spec, &format, &about_at(0, &format), &sines(&format, 0, 2_000));
    let audio = inspect(&mut Cursor::new(&whole)).unwrap().audio.start as usize;
    // In the first of several frames.
    for bit in audio * 8..(audio + 90) * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(decode(&mut Cursor::new(&damaged), &mut |_| ()).is_err(), "bit {bit}");
    }
}
