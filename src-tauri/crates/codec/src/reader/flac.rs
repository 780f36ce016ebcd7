//! FLAC: frames of one block length, numbered; found by bisecting for their numbers.

use std::ops::Range;

use flac_codec::decode::FlacStreamReader;

use super::{Bytes, Track};
use crate::flac::frame::Header;
use crate::flac::info::{self, Info};
use crate::foreign::foreign;
use crate::{Error, Inspection};

/// STREAMINFO begins here.
const INFO_AT: u64 = 8;
/// Headers by chance in one window, before it is taken for damage.
const MAX_FALSE: usize = 64;

pub(super) struct Flac {
    info: Info,
    audio: Range<u64>,
    /// Offset and number of the next frame.
    next: (u64, u64),
}

impl Flac {
    pub(super) fn open(bytes: &mut Bytes, told: &Inspection) -> Result<Self, Error> {
        let info = Info::parse(bytes.get(INFO_AT, info::LEN)?)?;
        let flac = Self { info, audio: told.audio.clone(), next: (told.audio.start, 0) };
        if told.frames > 0 && flac.frame(bytes, told.audio.start)?.is_none_or(|frame| frame.number != 0) {
            return Err(Error::Unsupported(
                "cannot play this FLAC file: its frames are not numbered blocks of one length that a stream can begin \
                 with; decode and encode it anew"
                    .to_owned(),
            ));
        }
        Ok(flac)
    }

    /// The whole, undamaged frame at `at`, if there is one.
    fn frame(&self, bytes: &mut Bytes, at: u64) -> Result<Option<Frame>, Error> {
        let most = self.audio.end.saturating_sub(at).min(self.info.max_frame() as u64);
        let coded = bytes.get(at, most as usize)?;
        let Some(header) = Header::parse(coded, &self.info) else { return Ok(None) };
        let (channels, bits) = (self.info.channels, u32::from(self.info.bits));
        let mut rest = coded;
        let samples = foreign("FLAC", || {
            let mut coder = FlacStreamReader::new(&mut rest);
            let frame = coder.read().ok()?;
            let fits = frame.channels == channels && frame.bits_per_sample == bits;
            fits.then(|| frame.samples.to_vec())
        });
        // A decoder that panics says the same as one that refuses.
        let samples = samples.ok().flatten();
        let whole = samples.filter(|s| s.len() == header.block as usize * usize::from(channels));
        Ok(whole.map(|samples| Frame { number: header.number, len: coded.len() - rest.len(), samples }))
    }

    /// Offset and number of the first frame whose header lies in `from..to`.
    fn first_in(&self, bytes: &mut Bytes, from: u64, to: u64) -> Result<Option<(u64, u64)>, Error> {
        let window = 2 * self.info.max_frame() as u64;
        let coded = bytes.get(from, to.saturating_sub(from).min(window) as usize)?;
        let headers: Vec<u64> = (0..coded.len())
            .filter(|at| Header::parse(&coded[*at..], &self.info).is_some())
            .map(|at| from + at as u64)
            .take(MAX_FALSE)
            .collect();
        for at in headers {
            if let Some(frame) = self.frame(bytes, at)? {
                return Ok(Some((at, frame.number)));
            }
        }
        Ok(None)
    }

    /// Where frame `number` begins, or the last one before it that can be found.
    fn find(&self, bytes: &mut Bytes, number: u64) -> Result<(u64, u64), Error> {
        let near = 4 * self.info.max_frame() as u64;
        let mut low = (self.audio.start, 0);
        let mut high = self.audio.end;
        // From here on or from the beginning: playing on is the most usual jump.
        if (self.next.1..self.next.1.saturating_add(8)).contains(&number) {
            low = self.next;
            high = low.0;
        }
        while high.saturating_sub(low.0) > near {
            let middle = low.0 + (high - low.0) / 2;
            match self.first_in(bytes, middle, high)? {
                Some(found) if found.1 <= number && found.1 > low.1 => low = found,
                Some(_) | None => high = middle,
            }
        }
        if low.1 < number && high > low.0 {
            let coded = bytes.get(low.0, (high - low.0).saturating_add(near).min(2 * near) as usize)?;
            let wanted =
                |at: &usize| Header::parse(&coded[*at..], &self.info).is_some_and(|h| h.number == number);
            let found = (0..coded.len()).filter(wanted).map(|at| low.0 + at as u64).next();
            if let Some(at) = found
                && self.frame(bytes, at)?.is_some()
            {
                return Ok((at, number));
            }
        }
        while low.1 < number && low.0 < self.audio.end {
            let Some(frame) = self.frame(bytes, low.0)? else { break };
            low = (low.0 + frame.len as u64, low.1 + 1);
        }
        Ok(low)
    }
}

/// A decoded frame.
struct Frame {
    number: u64,
    /// Bytes of it.
    len: usize,
    /// Right-justified.
    samples: Vec<i32>,
}

impl Track for Flac {
    fn decode(&mut self, bytes: &mut Bytes, out: &mut Vec<i32>) -> Result<bool, Error> {
        let (at, number) = self.next;
        if at >= self.audio.end {
            return Ok(false);
        }
        let frame = self.frame(bytes, at)?.filter(|frame| frame.number == number).ok_or_else(|| {
            Error::Malformed(format!("this FLAC file is damaged: frame {number} at byte {at} is not whole"))
        })?;
        let shift = 32_u32.saturating_sub(self.info.bits.into());
        out.extend(frame.samples.iter().map(|word| word << shift));
        self.next = (at + frame.len as u64, number + 1);
        Ok(true)
    }

    fn seek(&mut self, bytes: &mut Bytes, frame: u64) -> Result<i64, Error> {
        let block = u64::from(self.info.max_block);
        self.next = self.find(bytes, frame / block)?;
        Ok(i64::try_from(self.next.1.saturating_mul(block)).unwrap_or(i64::MAX))
    }

    fn extend(&mut self, _: &mut Bytes, told: &Inspection) -> Result<(), Error> {
        self.audio = told.audio.clone();
        Ok(())
    }
}
