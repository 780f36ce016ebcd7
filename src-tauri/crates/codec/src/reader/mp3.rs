//! MP3: frames without numbers, so an index of every so manieth is kept, made as far as it was needed. Frames before the
//! wanted one give the decoder the bits and the overlap that it borrows.

use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecodeError;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::MpaDecoder;

use super::{Bytes, Track};
use crate::foreign::foreign;
use crate::mp3::DECODER_DELAY;
use crate::mp3::frame::Header;
use crate::mp3::read::Ends;
use crate::words::from_float;
use crate::{Error, Inspection};

/// Frames before the wanted one. A frame borrows at most 511 bytes, which at 32 kb/s are those of nine frames; then one more
/// for the overlap and one for the filter's memory.
const SETTLE: u64 = 32;
/// The index holds every so manieth frame.
const STRIDE: u64 = 64;

pub(super) struct Mp3 {
    first: Header,
    /// Samples that come before the first one heard.
    skip: u64,
    /// Coded frames, and the offset behind the last.
    frames: u64,
    end: u64,
    coder: MpaDecoder,
    /// Number and offset of the next frame.
    next: (u64, u64),
    /// Offsets of frames 0, `STRIDE`, 2 × `STRIDE`, …, as far as the file was walked.
    places: Vec<u64>,
    floats: Vec<f32>,
}

impl Mp3 {
    pub(super) fn open(bytes: &mut Bytes) -> Result<Self, Error> {
        let ends = Ends::read(bytes.source())?;
        let delay = ends.told.and_then(|told| told.trim);
        Ok(Self {
            first: ends.first,
            skip: delay.map_or(0, |(delay, _)| u64::from(delay) + DECODER_DELAY as u64),
            frames: ends.run.frames,
            end: ends.run.end,
            coder: coder(&ends.first)?,
            next: (0, ends.audio_at()),
            places: vec![ends.audio_at()],
            floats: Vec::new(),
        })
    }

    /// Offset of frame `number`, walking from the nearest place known.
    fn find(&mut self, bytes: &mut Bytes, number: u64) -> Result<u64, Error> {
        let place = ((number / STRIDE) as usize).min(self.places.len() - 1);
        let (mut n, mut at) = (place as u64 * STRIDE, self.places[place]);
        while n < number {
            at += self.header(bytes, at)?.len as u64;
            n += 1;
            self.remember(n, at);
        }
        Ok(at)
    }

    fn remember(&mut self, number: u64, at: u64) {
        if number == self.places.len() as u64 * STRIDE {
            self.places.push(at);
        }
    }

    fn header(&self, bytes: &mut Bytes, at: u64) -> Result<Header, Error> {
        let header = bytes.get(at, 4)?.first_chunk().and_then(|head| Header::parse(*head));
        header
            .filter(|header| header.is_like(&self.first) && at + header.len as u64 <= self.end)
            .ok_or_else(|| Error::Malformed(format!("this MP3 file loses its frames at byte {at}")))
    }
}

impl Track for Mp3 {
    fn decode(&mut self, bytes: &mut Bytes, out: &mut Vec<i32>) -> Result<bool, Error> {
        let (number, at) = self.next;
        if number >= self.frames {
            return Ok(false);
        }
        let header = self.header(bytes, at)?;
        let frame = bytes.get(at, header.len)?;
        let packet = PacketRef::new(0, Timestamp::new(0), Duration::new(header.samples.into()), frame);
        let Self { coder, floats, .. } = self;
        floats.clear();
        let decoded = foreign("MP3", || {
            coder.decode_ref(&packet).map(|decoded| decoded.copy_to_vec_interleaved(floats))
        })?;
        match decoded {
            // The bits it borrows from earlier frames are not there: these are the frames before the wanted one.
            Ok(()) | Err(DecodeError::DecodeError(_)) => {}
            Err(error) => return Err(Error::Malformed(format!("this MP3 file is damaged: {error}"))),
        }
        floats.resize(usize::from(header.samples) * usize::from(header.channels), 0.0);
        out.extend(floats.iter().map(|sample| from_float(*sample)));
        self.next = (number + 1, at + header.len as u64);
        self.remember(self.next.0, self.next.1);
        Ok(true)
    }

    fn seek(&mut self, bytes: &mut Bytes, frame: u64) -> Result<i64, Error> {
        let samples = u64::from(self.first.samples);
        let wanted = frame.saturating_add(self.skip) / samples;
        let number = wanted.saturating_sub(SETTLE).min(self.frames);
        self.coder = coder(&self.first)?;
        self.next = (number, self.find(bytes, number)?);
        let begins = i64::try_from(number * samples).unwrap_or(i64::MAX);
        Ok(begins.saturating_sub(i64::try_from(self.skip).unwrap_or(0)))
    }

    fn extend(&mut self, bytes: &mut Bytes, _: &Inspection) -> Result<(), Error> {
        let ends = Ends::read(bytes.source())?;
        (self.frames, self.end) = (ends.run.frames, ends.run.end);
        Ok(())
    }
}

fn coder(first: &Header) -> Result<MpaDecoder, Error> {
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_MP3).with_sample_rate(first.rate.hz());
    MpaDecoder::try_new(&params, &AudioDecoderOptions::default())
        .map_err(|error| Error::Malformed(format!("this MP3 file cannot be decoded: {error}")))
}
