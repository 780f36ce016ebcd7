//! A file's bytes by offset, read ahead. What was read is not read again: coded audio never changes, it is only appended.

use std::io::{Read, Seek, SeekFrom};

use super::ReadSeek;
use crate::Error;

/// Read at once.
const AHEAD: usize = 1 << 16;

pub(super) struct Bytes {
    source: Box<dyn ReadSeek + Send>,
    /// Offset of the first byte of `kept`.
    at: u64,
    kept: Vec<u8>,
}

impl Bytes {
    pub(super) const fn new(source: Box<dyn ReadSeek + Send>) -> Self {
        Self { source, at: 0, kept: Vec::new() }
    }

    /// For those who read for themselves.
    pub(super) const fn source(&mut self) -> &mut Box<dyn ReadSeek + Send> {
        &mut self.source
    }

    /// Up to `len` bytes at `at`; fewer only at the end of the file.
    pub(super) fn get(&mut self, at: u64, len: usize) -> Result<&[u8], Error> {
        let known = at.checked_sub(self.at).and_then(|begin| usize::try_from(begin).ok());
        let begin = match known.filter(|begin| *begin <= self.kept.len()) {
            Some(begin) if begin.saturating_add(len) <= self.kept.len() => begin,
            known => {
                // Whoever reads on keeps what is still wanted: no byte is read twice.
                match known {
                    Some(begin) => drop(self.kept.drain(..begin)),
                    None => self.kept.clear(),
                }
                self.at = at;
                let more = (len - self.kept.len()).max(AHEAD);
                self.source.seek(SeekFrom::Start(at.saturating_add(self.kept.len() as u64)))?;
                self.source.by_ref().take(more as u64).read_to_end(&mut self.kept)?;
                0
            }
        };
        let end = (begin + len).min(self.kept.len());
        Ok(&self.kept[begin..end])
    }
}
