//! One file being written: an encoder in front, a queue of file operations behind.
//!
//! Encoding only touches memory. What must happen on disk is queued in order and [`Segment::carry_out`] does it; when an
//! operation fails it stays at the head of the queue with what it has already written, and the next call goes on there.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use audyn_codec::{About, Bytes, Encoder, Patch};
use audyn_model::{ClockQuality, Container, Drift, Gap, Mark, Mono, SampleIndex};

use crate::catalogue::{EndReason, Sealed};
use crate::counts::{Counts, Stage};
use crate::disk::{Disk, DiskFile};
use crate::error::FaultKind;
use crate::hash::Hashes;
use crate::paths::{list_beside, lists};
use crate::{gaps, marks};

/// Between checkpoints encoded bytes are collected up to this many before they are written.
const WRITE_AT_MOST: u64 = 64 * 1024;

/// A young file is written to in smaller pieces, growing with it: one that has just begun plays too.
const WRITE_AT_LEAST: u64 = 256;

/// What a segment has achieved on disk and its recording must tell the catalogue, in this order.
#[derive(Debug)]
pub(crate) enum Done {
    /// The file exists under its name and has a head.
    Opened,
    /// These gaps are in the list beside the file.
    Gaps(Vec<Gap>),
    /// These marks are in the list beside the file.
    Marks(Vec<Mark>),
    /// Everything is durable.
    Sealed(Sealed),
}

/// Names a new file may take, relative to its base folder.
pub(crate) type Candidates = Box<dyn Iterator<Item = String> + Send>;

/// Where a segment is to be: a folder and the names it may take there, the first free one.
pub(crate) struct Place {
    pub disk: Arc<dyn Disk>,
    pub base: PathBuf,
    pub names: Candidates,
}

/// See the module.
pub(crate) struct Segment {
    disk: Arc<dyn Disk>,
    base: PathBuf,
    names: Candidates,
    name: String,
    pub about: About,
    /// How good the clock was last.
    pub clock: Option<ClockQuality>,
    /// How fast the device's clock ran last.
    pub drift: Option<Drift>,
    pub container: Container,
    encoder: Box<dyn Encoder>,
    out: Bytes,
    queue: VecDeque<Op>,
    file: Option<Box<dyn DiskFile>>,
    /// The list of gaps, and that of marks.
    lists: [List; 2],
    /// Bytes of the file, with those that are queued.
    len: u64,
    head_len: u64,
    body: blake3::Hasher,
    /// A patch went into the body: its hash must be read back at the end.
    body_patched: bool,
    fresh: Vec<Gap>,
    last_gap: Option<Gap>,
    gaps: u64,
    /// Marks not yet in the list.
    fresh_marks: Vec<Mark>,
    /// Frames whose bytes the file has.
    written: u64,
    /// Frames at the last checkpoint.
    checkpointed: u64,
    finished: bool,
    /// Since when nothing has succeeded, for another reason than a full disk.
    pub failing_since: Option<Mono>,
    /// Where the encoder's bytes are counted.
    counts: Option<Arc<Counts>>,
    /// A sync failed: the kernel may have dropped the pages, and a second sync would claim success for nothing.
    pub unsound: bool,
}

/// A list beside the file, once there is something to list.
#[derive(Default)]
struct List {
    file: Option<Box<dyn DiskFile>>,
    len: u64,
}

/// Which list.
#[derive(Clone, Copy)]
enum Book {
    Gaps,
    Marks,
}

enum Op {
    /// Steps 1 to 3 of opening: folders, then a locked file with its head, under the first free name.
    Create {
        head: Vec<u8>,
    },
    Append {
        bytes: Vec<u8>,
        done: usize,
    },
    Patch {
        patch: Patch,
        done: usize,
    },
    /// So many frames are now in the file.
    Written(u64),
    SyncData,
    SyncAll,
    SyncFolder,
    /// Lines for a list; makes the list if there is none.
    List {
        book: Book,
        bytes: Vec<u8>,
        done: usize,
    },
    SyncList(Book),
    Opened,
    Gaps(Vec<Gap>),
    Marks(Vec<Mark>),
    /// Hashes the head, lets go of the file and tells.
    Close(EndReason),
}

impl Segment {
    /// A segment that does not exist yet; `head` is what the encoder began with.
    pub fn new(
        place: Place,
        container: Container,
        about: About,
        encoder: Box<dyn Encoder>,
        head: Bytes,
    ) -> Self {
        let Place { disk, base, mut names } = place;
        let name = names.next().unwrap_or_default();
        let mut segment = Self {
            disk,
            base,
            names,
            name,
            clock: about.clock,
            drift: None,
            about,
            container,
            encoder,
            head_len: head.append.len() as u64,
            out: head,
            queue: VecDeque::new(),
            file: None,
            lists: Default::default(),
            len: 0,
            body: blake3::Hasher::new(),
            body_patched: false,
            fresh: Vec::new(),
            last_gap: None,
            gaps: 0,
            fresh_marks: Vec::new(),
            written: 0,
            checkpointed: 0,
            finished: false,
            failing_since: None,
            counts: None,
            unsound: false,
        };
        let head = std::mem::take(&mut segment.out.append);
        segment.queue.push_back(Op::Create { head });
        segment.queue_out();
        // Step 4: the name is durable. Step 5: the catalogue may know of it.
        segment.queue.push_back(Op::SyncFolder);
        segment.queue.push_back(Op::Opened);
        segment
    }

    /// Has its encoder's bytes counted, those it began with too.
    pub fn count_into(&mut self, counts: Arc<Counts>) {
        counts.add(Stage::EncodedBytes, self.head_len);
        self.counts = Some(counts);
    }

    /// The file, or the name it will try next.
    pub fn path(&self) -> PathBuf {
        self.base.join(&self.name)
    }

    /// Relative to the base folder.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file exists.
    pub const fn is_created(&self) -> bool {
        self.file.is_some()
    }

    pub const fn first(&self) -> SampleIndex {
        self.about.first
    }

    /// Frames accepted.
    pub fn frames(&self) -> u64 {
        self.encoder.frames()
    }

    /// Frames that the file has.
    pub const fn written(&self) -> u64 {
        self.written
    }

    pub const fn bytes(&self) -> u64 {
        self.len + self.out.append.len() as u64
    }

    pub const fn gaps(&self) -> u64 {
        self.gaps
    }

    pub const fn is_finished(&self) -> bool {
        self.finished
    }

    /// Nothing is left to do on disk.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// Takes whole frames.
    pub fn encode(&mut self, frames: &[i32]) -> Result<(), audyn_codec::Error> {
        self.encoder.encode(frames, &mut self.out)?;
        if self.out.append.len() as u64 >= (self.len / 2).clamp(WRITE_AT_LEAST, WRITE_AT_MOST) {
            self.queue_out();
        }
        Ok(())
    }

    /// Notes that the frames from `gap.at` on, just encoded, stand for missing ones.
    pub fn note_gap(&mut self, gap: &Gap) {
        let end = self.first().plus(i64::try_from(self.frames()).unwrap_or(i64::MAX));
        let Some(gap) = gap.within(self.first(), end) else { return };
        let grown = self.last_gap.as_ref().and_then(|last| last.joined(&gap));
        self.gaps += u64::from(grown.is_none());
        let gap = grown.unwrap_or(gap);
        match self.fresh.last_mut() {
            Some(last) if last.at == gap.at => *last = gap,
            Some(_) | None => self.fresh.push(gap),
        }
        self.last_gap = Some(gap);
    }

    /// Notes a mark, or what is new about one, for the list beside the file.
    pub fn note_mark(&mut self, mark: &Mark) {
        match self.fresh_marks.iter_mut().find(|fresh| fresh.id == mark.id) {
            Some(fresh) => fresh.clone_from(mark),
            None => self.fresh_marks.push(mark.clone()),
        }
    }

    /// Marks that were noted and are not in the list.
    pub fn unlisted_marks(&self) -> impl Iterator<Item = Mark> {
        let queued =
            self.queue.iter().filter_map(|op| if let Op::Marks(marks) = op { Some(marks) } else { None });
        queued.flatten().chain(&self.fresh_marks).cloned()
    }

    /// Queues what makes everything so far playable and durable. Nothing if nothing came since the last time.
    pub fn checkpoint(&mut self) -> Result<(), audyn_codec::Error> {
        if self.finished || self.frames() == self.checkpointed {
            return Ok(());
        }
        self.encoder.checkpoint(&mut self.out)?;
        self.checkpointed = self.frames();
        self.queue_out();
        self.queue.push_back(Op::SyncData);
        self.queue_lists();
        Ok(())
    }

    /// Queues the end of the file. `after` is what follows it.
    pub fn finish(&mut self, after: &[i32], reason: EndReason) -> Result<(), audyn_codec::Error> {
        if self.finished {
            return Ok(());
        }
        // Steps 1 and 2: final bytes, then patches.
        self.encoder.finish(after, &mut self.out)?;
        self.finished = true;
        self.queue_out();
        // Step 3: contents and length are durable.
        self.queue.push_back(Op::SyncAll);
        self.queue_lists();
        // Step 4: so is the name (and those of the lists).
        self.queue.push_back(Op::SyncFolder);
        // Step 5: only now may the catalogue say sealed.
        self.queue.push_back(Op::Close(reason));
        Ok(())
    }

    /// Does what is queued, in order, until done or an operation fails; then that one is first in the queue, with its
    /// progress. What was achieved is added to `done` either way.
    pub fn carry_out(&mut self, now: Mono, done: &mut Vec<Done>) -> io::Result<()> {
        while let Some(mut op) = self.queue.pop_front() {
            if let Err(error) = self.run(&mut op, done) {
                self.queue.push_front(op);
                match FaultKind::of(&error) {
                    FaultKind::DiskFull => self.failing_since = None,
                    FaultKind::WriteFailed => _ = self.failing_since.get_or_insert(now),
                }
                return Err(error);
            }
            self.failing_since = None;
        }
        Ok(())
    }

    fn run(&mut self, op: &mut Op, achieved: &mut Vec<Done>) -> io::Result<()> {
        match op {
            Op::Create { head } => self.create(head),
            Op::Append { bytes, done } => {
                let at = self.len;
                let file = open_file(self.file.as_mut())?;
                write_rest(file.as_mut(), bytes, at, done)?;
                self.body.update(bytes);
                self.len += bytes.len() as u64;
                if self.out.append.capacity() == 0 {
                    bytes.clear();
                    self.out.append = std::mem::take(bytes);
                }
                Ok(())
            }
            Op::Patch { patch, done } => {
                self.body_patched |= patch.at + patch.bytes.len() as u64 > self.head_len;
                write_rest(open_file(self.file.as_mut())?.as_mut(), &patch.bytes, patch.at, done)
            }
            Op::Written(frames) => {
                self.written = *frames;
                Ok(())
            }
            Op::SyncData => {
                let synced = open_file(self.file.as_mut())?.sync_data();
                self.sync_result(synced)
            }
            Op::SyncAll => {
                let synced = open_file(self.file.as_mut())?.sync_all();
                self.sync_result(synced)
            }
            Op::SyncFolder => {
                let path = self.path();
                self.disk.sync_folder(path.parent().unwrap_or(&self.base))
            }
            Op::List { book, bytes, done } => {
                let path = self.path();
                let list = &mut self.lists[*book as usize];
                if list.file.is_none() {
                    let path = book.beside(&path);
                    list.file = Some(self.disk.create_new(&path, bytes)?);
                    *done = bytes.len();
                    self.disk.sync_folder(path.parent().unwrap_or(&self.base))?;
                }
                write_rest(open_file(list.file.as_mut())?.as_mut(), bytes, list.len, done)?;
                list.len += bytes.len() as u64;
                Ok(())
            }
            Op::SyncList(book) => open_file(self.lists[*book as usize].file.as_mut())?.sync_data(),
            Op::Opened => {
                achieved.push(Done::Opened);
                Ok(())
            }
            Op::Gaps(gaps) => {
                achieved.push(Done::Gaps(std::mem::take(gaps)));
                Ok(())
            }
            Op::Marks(marks) => {
                achieved.push(Done::Marks(std::mem::take(marks)));
                Ok(())
            }
            Op::Close(reason) => {
                let file = open_file(self.file.as_mut())?;
                let body = (!self.body_patched).then(|| self.body.finalize());
                let hashes = Hashes::of_open(file.as_ref(), self.len, self.head_len, body)?;
                achieved.push(Done::Sealed(Sealed {
                    frames: self.encoder.frames(),
                    bytes: self.len,
                    hashes: Some(hashes),
                    reason: *reason,
                    clock: self.clock,
                    drift: self.drift,
                }));
                self.lists = Default::default();
                Ok(())
            }
        }
    }

    /// Lets go of the file and its lock; after the catalogue was told that it is sealed.
    pub fn release(&mut self) {
        self.file = None;
    }

    fn create(&mut self, head: &[u8]) -> io::Result<()> {
        loop {
            let path = self.path();
            // Step 1: folders.
            self.disk.create_folders(path.parent().unwrap_or(&self.base))?;
            // A list left by a file that is gone must not be taken for this one's.
            if !self.disk.exists(&gaps::beside(&path))?
                && !self.disk.exists(&marks::beside(&path))?
                && !self.disk.exists(&list_beside(&path, lists::HOLDS))?
            {
                // Steps 2 and 3: only a name that nothing has.
                match self.disk.create_new(&path, head) {
                    Ok(file) => {
                        self.file = Some(file);
                        self.len = self.head_len;
                        return Ok(());
                    }
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            match self.names.next() {
                Some(name) => self.name = name,
                None => return Err(io::Error::new(io::ErrorKind::AlreadyExists, "every name is taken")),
            }
        }
    }

    fn sync_result(&mut self, result: io::Result<()>) -> io::Result<()> {
        if let Err(error) = &result {
            self.unsound |= FaultKind::of(error) == FaultKind::WriteFailed;
        }
        result
    }

    fn queue_out(&mut self) {
        if !self.out.append.is_empty() {
            if let Some(counts) = &self.counts {
                counts.add(Stage::EncodedBytes, self.out.append.len() as u64);
            }
            self.queue.push_back(Op::Append { bytes: std::mem::take(&mut self.out.append), done: 0 });
        }
        for patch in self.out.patches.drain(..) {
            self.queue.push_back(Op::Patch { patch, done: 0 });
        }
        self.queue.push_back(Op::Written(self.encoder.frames()));
    }

    fn queue_lists(&mut self) {
        let gaps = std::mem::take(&mut self.fresh);
        if !gaps.is_empty() {
            self.queue_lines(Book::Gaps, gaps::to_lines(&gaps));
            self.queue.push_back(Op::Gaps(gaps));
        }
        let marks = std::mem::take(&mut self.fresh_marks);
        if !marks.is_empty() {
            self.queue_lines(Book::Marks, marks::to_lines(&marks));
            self.queue.push_back(Op::Marks(marks));
        }
    }

    fn queue_lines(&mut self, book: Book, bytes: Vec<u8>) {
        self.queue.push_back(Op::List { book, bytes, done: 0 });
        self.queue.push_back(Op::SyncList(book));
    }
}

impl Book {
    fn beside(self, path: &Path) -> PathBuf {
        match self {
            Self::Gaps => gaps::beside(path),
            Self::Marks => marks::beside(path),
        }
    }
}

fn open_file(file: Option<&mut Box<dyn DiskFile>>) -> io::Result<&mut Box<dyn DiskFile>> {
    file.ok_or_else(|| io::Error::other("the file is not open"))
}

/// Writes what is left of `bytes`; `done` keeps the progress over failures.
fn write_rest(file: &mut dyn DiskFile, bytes: &[u8], at: u64, done: &mut usize) -> io::Result<()> {
    while *done < bytes.len() {
        *done += file.write_at(&bytes[*done..], at + *done as u64)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
