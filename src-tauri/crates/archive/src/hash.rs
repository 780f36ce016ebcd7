//! BLAKE3 of a file in two parts, so that the large one can be made while it is written.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::disk::DiskFile;

/// The hashes of a sealed file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Bytes of the head: what is patched until the end.
    pub head_len: u64,
    /// Of the head.
    pub head: [u8; 32],
    /// Of everything after it.
    pub body: [u8; 32],
}

impl Hashes {
    /// Reads the head of a file still open, and its body too if there is no hash of that.
    pub(crate) fn of_open(
        file: &dyn DiskFile,
        len: u64,
        head_len: u64,
        body: Option<blake3::Hash>,
    ) -> io::Result<Self> {
        let head = hash_range(file, 0, head_len)?;
        let body = match body {
            Some(body) => body,
            None => hash_range(file, head_len, len)?,
        };
        Ok(Self { head_len, head: head.into(), body: body.into() })
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// It cannot be read, or is shorter than its head.
    pub fn of_file(file: &mut File, head_len: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut head = blake3::Hasher::new();
        let copied = io::copy(&mut (&mut *file).take(head_len), &mut head)?;
        if copied < head_len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut body = blake3::Hasher::new();
        body.update_reader(file)?;
        Ok(Self { head_len, head: head.finalize().into(), body: body.finalize().into() })
    }
}

fn hash_range(file: &dyn DiskFile, from: u64, to: u64) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; 64 * 1024];
    let mut at = from;
    while at < to {
        let len = piece.len().min(usize::try_from(to - at).unwrap_or(usize::MAX));
        file.read_exact_at(&mut piece[..len], at)?;
        hasher.update(&piece[..len]);
        at += len as u64;
    }
    Ok(hasher.finalize())
}
