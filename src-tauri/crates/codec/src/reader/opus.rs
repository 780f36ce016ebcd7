//! Opus: pages that know their position, found by bisecting for it; what lies before the wanted sample lets the decoder settle.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Bytes, Track};
use crate::foreign::foreign;
use crate::opus::head::{Head, Mapping};
use crate::opus::page::{FLAG_CONTINUED, FLAG_EOS, MAX_PAGE, Page};
use crate::opus::read::{Decoder, MAX_PACKET_SAMPLES};
use crate::opus::{CONVERGENCE, RATE};
use crate::words::from_float;
use crate::{Error, Inspection};

/// Decoded before the wanted sample: five times the 80 ms that RFC 7845 (section 4.6) takes for convergence, after which
/// noise still differs by a few percent.
const SETTLE: i64 = 5 * CONVERGENCE as i64;
/// Pages that are none before a search in one place is given up.
const MAX_DAMAGED: usize = 64;
/// A packet never spans more than this: what is longer was made to fill memory.
const MAX_OPEN: usize = 1 << 20;

pub(super) struct Opus {
    head: Head,
    mapping: Mapping,
    serial: u32,
    /// Granule at which the first packet begins: not 0 in a file cut out of a longer one.
    base: i64,
    audio: Range<u64>,
    coder: Decoder,
    /// Offset of the next page.
    next: u64,
    /// Whole packets of earlier pages.
    packets: VecDeque<Vec<u8>>,
    /// The beginning of a packet that goes on on the next page.
    open: Option<Vec<u8>>,
    room: Vec<f32>,
}

impl Opus {
    pub(super) fn open(bytes: &mut Bytes, told: &Inspection) -> Result<Self, Error> {
        let first = bytes.get(0, MAX_PAGE)?;
        let page = Page::parse(first).ok_or_else(|| damaged("its first page is not whole"))?;
        let (head, mapping) = Head::parse(page.packets().0.first().copied().unwrap_or_default())?;
        let serial = page.serial();
        let coder = Decoder::new(&head, &mapping).map_err(|error| damaged(&error))?;
        let room = vec![0.0; MAX_PACKET_SAMPLES * usize::from(head.channels)];
        let (audio, next) = (told.audio.clone(), told.audio.start);
        let (packets, open) = (VecDeque::new(), None);
        let mut opus = Self { head, mapping, serial, base: 0, audio, coder, next, packets, open, room };
        opus.base = opus.first_granule(bytes)?;
        Ok(opus)
    }

    /// What the first page that ends a packet says of where its first one began.
    fn first_granule(&self, bytes: &mut Bytes) -> Result<i64, Error> {
        let Some(first) = self.page_in(bytes, self.audio.start, self.audio.end)? else { return Ok(0) };
        // The end of a stream may be earlier than its packets': that says nothing about the beginning.
        if first.ended {
            return Ok(0);
        }
        Ok(first.granule.saturating_sub(first.duration).max(0))
    }

    /// The first page of ours in `from..to` that ends a packet.
    fn page_in(&self, bytes: &mut Bytes, from: u64, to: u64) -> Result<Option<Place>, Error> {
        let mut at = from;
        let mut damaged = 0;
        while at < to && damaged < MAX_DAMAGED {
            let near = bytes.get(at, MAX_PAGE)?;
            let Some(begin) = near.windows(4).position(|four| four == b"OggS") else {
                if near.len() < 4 {
                    break;
                }
                at += near.len() as u64 - 3;
                continue;
            };
            if at + begin as u64 >= to {
                break;
            }
            if begin > 0 {
                at += begin as u64;
                continue;
            }
            let Some(page) = Page::parse(near) else {
                damaged += 1;
                at += 4;
                continue;
            };
            if page.serial() == self.serial && page.granule() >= 0 {
                let (whole, _) = page.packets();
                let duration = whole.iter().map(|packet| samples_of(packet)).sum();
                let ended = page.flags() & FLAG_EOS != 0;
                let len = page.len() as u64;
                return Ok(Some(Place { at, end: at + len, granule: page.granule(), duration, ended }));
            }
            at += page.len() as u64;
        }
        Ok(None)
    }

    /// The last page that ends at or before `granule`; none if even the first one ends behind it.
    fn page_before(&self, bytes: &mut Bytes, granule: i64) -> Result<Option<Place>, Error> {
        let near = 2 * MAX_PAGE as u64;
        let (mut low, mut high) = (self.audio.start, self.audio.end);
        while high.saturating_sub(low) > near {
            let middle = low + (high - low) / 2;
            match self.page_in(bytes, middle, high)? {
                Some(page) if page.granule <= granule => low = page.at,
                Some(_) | None => high = middle,
            }
        }
        let mut last = None;
        let mut at = low;
        while let Some(page) = self.page_in(bytes, at, self.audio.end)? {
            if page.granule > granule || page.ended {
                break;
            }
            at = page.end;
            last = Some(page);
        }
        Ok(last)
    }

    /// Takes the packets of the page at `next`.
    fn take_page(&mut self, bytes: &mut Bytes) -> Result<(), Error> {
        let at = self.next;
        let page = Page::parse(bytes.get(at, MAX_PAGE)?)
            .ok_or_else(|| damaged(&format!("no whole page at byte {at}")))?;
        self.next += page.len() as u64;
        if page.serial() != self.serial {
            return Ok(());
        }
        let (whole, rest) = page.packets();
        let mut whole = whole.into_iter();
        let mut begun = self.open.take();
        let mut rest = rest.map(<[u8]>::to_vec);
        if page.flags() & FLAG_CONTINUED != 0 {
            // Without its beginning a packet is worth nothing.
            match (begun.take(), whole.next()) {
                (Some(mut packet), Some(end)) => {
                    packet.extend(end);
                    self.packets.push_back(packet);
                }
                (Some(mut packet), None) => {
                    packet.extend(rest.take().unwrap_or_default());
                    rest = (packet.len() <= MAX_OPEN).then_some(packet);
                }
                (None, None) => rest = None,
                (None, Some(_)) => {}
            }
        }
        self.packets.extend(whole.map(<[u8]>::to_vec));
        self.open = rest;
        Ok(())
    }
}

/// A page that ends a packet.
struct Place {
    at: u64,
    end: u64,
    granule: i64,
    /// Samples of the packets that end here.
    duration: i64,
    ended: bool,
}

impl Track for Opus {
    fn decode(&mut self, bytes: &mut Bytes, out: &mut Vec<i32>) -> Result<bool, Error> {
        let packet = loop {
            if let Some(packet) = self.packets.pop_front() {
                break packet;
            }
            if self.next >= self.audio.end {
                return Ok(false);
            }
            self.take_page(bytes)?;
        };
        let len = foreign("Opus", || self.coder.decode(&packet, &mut self.room))?;
        let len = len.map_err(|error| damaged(&error))?;
        let decoded = &self.room[..len * usize::from(self.head.channels)];
        out.extend(decoded.iter().map(|sample| from_float(*sample)));
        Ok(true)
    }

    fn seek(&mut self, bytes: &mut Bytes, frame: u64) -> Result<i64, Error> {
        let pre_skip = i64::from(self.head.pre_skip);
        let wanted = i64::try_from(frame).unwrap_or(i64::MAX).saturating_add(pre_skip);
        let from = wanted.saturating_sub(SETTLE).saturating_add(self.base);
        self.coder = Decoder::new(&self.head, &self.mapping).map_err(|error| damaged(&error))?;
        self.packets.clear();
        self.open = None;
        let begins = match self.page_before(bytes, from)? {
            Some(page) => {
                // Only what it leaves open belongs to what follows.
                self.next = page.at;
                self.take_page(bytes)?;
                self.packets.clear();
                page.granule
            }
            None => {
                self.next = self.audio.start;
                self.base
            }
        };
        Ok(begins.saturating_sub(self.base).saturating_sub(pre_skip))
    }

    fn extend(&mut self, bytes: &mut Bytes, told: &Inspection) -> Result<(), Error> {
        let empty = self.audio.is_empty();
        self.audio = told.audio.clone();
        if empty {
            self.base = self.first_granule(bytes)?;
        }
        Ok(())
    }

    fn frames(&self, told: &Inspection) -> u64 {
        told.frames.saturating_sub(self.base.unsigned_abs())
    }
}

/// Samples per channel that a packet decodes to; of one that cannot be decoded, none.
fn samples_of(packet: &[u8]) -> i64 {
    let samples = opus::packet::get_nb_samples(packet, RATE.hz()).unwrap_or(0);
    i64::try_from(samples).unwrap_or(0)
}

fn damaged(what: &(impl std::fmt::Display + ?Sized)) -> Error {
    Error::Malformed(format!("this Opus file is damaged: {what}"))
}
