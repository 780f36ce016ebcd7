use std::fs;

use audyn_codec::{Civil, Error};
use audyn_model::{Anchor, Rate, RecorderId, SegmentId, TimeBasis};

use super::*;
use crate::disk::SystemDisk;

/// Writes each sample as a byte, and comes back to bytes of the body: no container of ours does, one might.
struct Revising {
    frames: u64,
}

impl Encoder for Revising {
    fn encode(&mut self, frames: &[i32], out: &mut Bytes) -> Result<(), Error> {
        self.frames += frames.len() as u64;
        out.append.extend(frames.iter().map(|frame| *frame as u8));
        Ok(())
    }

    fn checkpoint(&mut self, out: &mut Bytes) -> Result<(), Error> {
        out.patches.push(Patch { at: 3, bytes: vec![b'-'; 3] });
        Ok(())
    }

    fn finish(&mut self, _: &[i32], out: &mut Bytes) -> Result<(), Error> {
        out.append.push(b'!');
        out.patches.push(Patch { at: 0, bytes: b"H".to_vec() });
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.frames
    }
}

fn about() -> About {
    About {
        segment: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: String::new(),
        first: SampleIndex(0),
        anchor: Anchor::direct(Rate::HZ_48000, TimeBasis::MediaClock),
        clock: None,
        civil: Civil {
            date: String::new(),
            time: String::new(),
            samples_since_midnight: 0,
            zone: String::new(),
        },
        originator: String::new(),
    }
}

#[test]
fn bytes_patches_and_hashes_end_up_as_they_should() {
    let check = |checkpoint: bool, expected: &[u8]| {
        let dir = tempfile::tempdir().unwrap();
        let place = Place {
            disk: Arc::new(SystemDisk),
            base: dir.path().to_owned(),
            names: Box::new(["a/x.wav".to_owned()].into_iter()),
        };
        let head = Bytes { append: b"head".to_vec(), patches: Vec::new() };
        let mut segment =
            Segment::new(place, Container::Wav, about(), Box::new(Revising { frames: 0 }), head);
        let mut done = Vec::new();
        let samples: Vec<i32> = (0..1000).map(|n| i32::from(b'a') + n % 26).collect();
        segment.encode(&samples).unwrap();
        segment.carry_out(Mono(0), &mut done).unwrap();
        if checkpoint {
            segment.checkpoint().unwrap();
        }
        segment.finish(&[], EndReason::Stop).unwrap();
        segment.carry_out(Mono(0), &mut done).unwrap();
        let file = fs::read(dir.path().join("a/x.wav")).unwrap();
        assert_eq!(&file[..expected.len()], expected);
        assert_eq!((file.len(), file.last()), (1005, Some(&b'!')));
        let [Done::Opened, Done::Sealed(sealed)] = done.as_slice() else { panic!("{done:?}") };
        let hashes = sealed.hashes.as_ref().unwrap();
        assert_eq!((sealed.frames, sealed.bytes, hashes.head_len), (1000, 1005, 4));
        assert_eq!(hashes.head, *blake3::hash(&file[..4]).as_bytes());
        assert_eq!(hashes.body, *blake3::hash(&file[4..]).as_bytes());
    };
    check(false, b"Headabcdef");
    // The patch covers the last byte of the head and two of the body.
    check(true, b"Hea---cdef");
}
