//! As much of multicast DNS as finding sessions needs (RFC 1035 §4, RFC 6762 §18): answers are read for PTR and SRV records,
//! questions are written.

use std::fmt;

/// Longest message, in bytes (RFC 6762 §17).
pub const MAX_MESSAGE: usize = 9000;
/// Most records that are read of one message.
const MAX_RECORDS: usize = 512;
/// Longest name, in bytes with its lengths (RFC 1035 §3.1).
const MAX_NAME: usize = 255;

const PTR: u16 = 12;
const SRV: u16 = 33;
const INTERNET: u16 = 1;

/// A name as its labels. Labels may hold anything, dots too (RFC 6763 §4.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub Vec<String>);

/// One record of interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is about.
    pub name: Name,
    /// Seconds it holds; 0 takes it back.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// There is an instance of this name.
    Ptr(Name),
    /// The instance answers on this port.
    Srv {
        /// TCP port.
        port: u16,
    },
}

/// Why bytes are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// It ends too early, or is longer than a message may be.
    Length,
    /// A question, or an error.
    NoAnswer,
    /// A name that does not end, or is too long.
    Name,
}

impl Reject {
    /// Every reason, in the order of [`Self::index`].
    pub const ALL: [Self; 3] = [Self::Length, Self::NoAnswer, Self::Name];

    /// Its place among counters.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Name {
    /// A name of plain labels, `_rtsp._tcp.local`.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }

    /// The same for names that differ in case only.
    #[must_use]
    pub fn key(&self) -> String {
        let labels: Vec<String> = self.0.iter().map(|label| label.to_ascii_lowercase()).collect();
        labels.join("\0")
    }

    /// The first label, if the rest is `parent`.
    #[must_use]
    pub fn below(&self, parent: &Self) -> Option<&str> {
        let (first, rest) = self.0.split_first()?;
        let same = rest.len() == parent.0.len()
            && rest.iter().zip(&parent.0).all(|(a, b)| a.eq_ignore_ascii_case(b));
        same.then_some(first.as_str())
    }

    fn write(&self, out: &mut Vec<u8>) {
        for label in &self.0 {
            let bytes = &label.as_bytes()[..label.len().min(63)];
            out.push(bytes.len() as u8);
            out.extend_from_slice(bytes);
        }
        out.push(0);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// The PTR and SRV records of an answer; others are passed over. Never panics, on any input.
///
/// # Errors
/// Why it is none.
pub fn parse(bytes: &[u8]) -> Result<Vec<Record>, Reject> {
    if bytes.len() > MAX_MESSAGE {
        return Err(Reject::Length);
    }
    let mut at = Cursor { bytes, at: 0 };
    at.u16()?;
    let flags = at.u16()?;
    // An answer to a plain query, without error (RFC 6762 §18).
    if flags & 0x8000 == 0 || flags & 0x780F != 0 {
        return Err(Reject::NoAnswer);
    }
    let counts = [at.u16()?, at.u16()?, at.u16()?, at.u16()?].map(usize::from);
    for _ in 0..counts[0].min(MAX_RECORDS) {
        at.name()?;
        at.skip(4)?;
    }
    let mut records = Vec::new();
    for _ in 0..(counts[1] + counts[2] + counts[3]).min(MAX_RECORDS) {
        let name = at.name()?;
        let (kind, class) = (at.u16()?, at.u16()?);
        let ttl = at.u32()?;
        let length = usize::from(at.u16()?);
        let end = at.at + length;
        if end > bytes.len() {
            return Err(Reject::Length);
        }
        // The highest bit of the class asks to forget what was known before (RFC 6762 §10.2).
        let data = match (kind, class & 0x7FFF) {
            (PTR, INTERNET) => Some(Data::Ptr(at.name()?)),
            (SRV, INTERNET) => {
                at.skip(4)?;
                Some(Data::Srv { port: at.u16()? })
            }
            _ => None,
        };
        if at.at > end {
            return Err(Reject::Length);
        }
        at.at = end;
        records.extend(data.map(|data| Record { name, ttl, data }));
    }
    Ok(records)
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which instances are there?
    Instances(Name),
    /// Where does this instance answer?
    Where(Name),
}

/// A query as a datagram of at most 1400 bytes; questions beyond are left out. `known` are instances that need not be
/// answered, with the seconds they still hold (RFC 6762 §7.1).
#[must_use]
pub fn query(questions: &[Question], known: &[(Name, Name, u32)]) -> Vec<u8> {
    const ROOM: usize = 1400;
    let mut out = vec![0; 12];
    let mut counts = [0_u16; 2];
    for question in questions {
        let (name, kind) = match question {
            Question::Instances(name) => (name, PTR),
            Question::Where(name) => (name, SRV),
        };
        let before = out.len();
        name.write(&mut out);
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&INTERNET.to_be_bytes());
        if out.len() > ROOM {
            out.truncate(before);
            break;
        }
        counts[0] += 1;
    }
    for (name, instance, ttl) in known {
        let before = out.len();
        name.write(&mut out);
        out.extend_from_slice(&PTR.to_be_bytes());
        out.extend_from_slice(&INTERNET.to_be_bytes());
        out.extend_from_slice(&ttl.to_be_bytes());
        let mut data = Vec::new();
        instance.write(&mut data);
        out.extend_from_slice(&(data.len() as u16).to_be_bytes());
        out.append(&mut data);
        if out.len() > ROOM {
            out.truncate(before);
            break;
        }
        counts[1] += 1;
    }
    out[4..6].copy_from_slice(&counts[0].to_be_bytes());
    out[6..8].copy_from_slice(&counts[1].to_be_bytes());
    out
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn skip(&mut self, bytes: usize) -> Result<(), Reject> {
        self.at += bytes;
        if self.at > self.bytes.len() { Err(Reject::Length) } else { Ok(()) }
    }

    fn u16(&mut self) -> Result<u16, Reject> {
        let from = self.at;
        self.skip(2)?;
        Ok(u16::from_be_bytes([self.bytes[from], self.bytes[from + 1]]))
    }

    fn u32(&mut self) -> Result<u32, Reject> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    /// A name, its compression undone. Pointers only lead back, so it ends.
    fn name(&mut self) -> Result<Name, Reject> {
        let mut labels = Vec::new();
        let (mut at, mut resume, mut length) = (self.at, None, 0);
        let mut floor = self.at;
        loop {
            let first = *self.bytes.get(at).ok_or(Reject::Length)?;
            match first {
                0 => {
                    at += 1;
                    break;
                }
                1..=63 => {
                    let label = self.bytes.get(at + 1..at + 1 + usize::from(first)).ok_or(Reject::Length)?;
                    length += label.len() + 1;
                    if length >= MAX_NAME {
                        return Err(Reject::Name);
                    }
                    labels.push(String::from_utf8_lossy(label).into_owned());
                    at += 1 + label.len();
                }
                0xC0.. => {
                    let second = *self.bytes.get(at + 1).ok_or(Reject::Length)?;
                    resume.get_or_insert(at + 2);
                    let to = usize::from(first & 0x3F) << 8 | usize::from(second);
                    if to >= floor {
                        return Err(Reject::Name);
                    }
                    (at, floor) = (to, to);
                }
                64..=191 => return Err(Reject::Name),
            }
        }
        self.at = resume.unwrap_or(at);
        Ok(Name(labels))
    }
}

#[cfg(test)]
mod tests;
