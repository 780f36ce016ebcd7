//! What the catalogue must be told, in order, and the events that follow from it.
//!
//! The catalogue never holds up the audio: an entry that cannot be written waits and is tried again later. Everything
//! in it can be made again from the files, so the queue may drop its oldest entries when it is full.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use audyn_model::{Anchor, Container, Gap, Mark, Mono, RecorderId, SampleIndex, SegmentId, Utc};

use super::{ArchiveEvent, fault};
use crate::Error;
use crate::catalogue::{FILE, Sealed, SegmentRow};
use crate::counts::{Counts, Stage};
use crate::error::Fault;
use crate::root::Root;

/// After a failure the catalogue is left alone for so long: each try may wait 5 s for another process's lock.
const PAUSE: Duration = Duration::from_secs(30);

/// Entries that may wait.
const MOST: usize = 65_536;

pub(super) struct Ledger {
    root: Option<Arc<Root>>,
    entries: VecDeque<(Entry, Utc)>,
    pub events: VecDeque<ArchiveEvent>,
    not_before: Option<Mono>,
    counts: Option<Arc<Counts>>,
}

pub(super) enum Entry {
    Opened {
        row: Box<SegmentRow>,
        path: PathBuf,
    },
    Gaps {
        segment: SegmentId,
        gaps: Vec<Gap>,
    },
    Marks {
        recorder: RecorderId,
        anchor: Anchor,
        marks: Vec<Mark>,
    },
    Sealed {
        segment: SegmentId,
        container: Container,
        path: PathBuf,
        first: SampleIndex,
        sealed: Sealed,
        gaps: u64,
    },
    Abandoned {
        segment: SegmentId,
        container: Container,
        path: PathBuf,
        written: u64,
        lost: Option<Gap>,
        why: String,
    },
}

impl Ledger {
    /// Without a root there is no catalogue, only events.
    pub fn new(root: Option<Arc<Root>>) -> Self {
        Self { root, entries: VecDeque::new(), events: VecDeque::new(), not_before: None, counts: None }
    }

    /// Has what the catalogue takes and refuses counted.
    pub fn count_into(&mut self, counts: Arc<Counts>) {
        self.counts = Some(counts);
    }

    /// Entries that wait.
    pub fn owed(&self) -> usize {
        self.entries.len()
    }

    /// Adds an entry of what happened at `utc`, and pays.
    pub fn add(&mut self, entry: Entry, now: Mono, utc: Utc) {
        if self.entries.len() == MOST {
            self.entries.pop_front();
            tracing::error!(
                "the catalogue has been out of reach for too long; make it anew from the files when it is back"
            );
        }
        self.entries.push_back((entry, utc));
        self.pay(now);
        if let Some(counts) = &self.counts {
            counts.set(Stage::CatalogueOwed, self.entries.len() as u64);
        }
    }

    /// Tells the catalogue what it is owed, as far as it will listen.
    pub fn pay(&mut self, now: Mono) {
        if self.entries.is_empty() || self.not_before.is_some_and(|not_before| now < not_before) {
            return;
        }
        if let Err(error) = self.pay_now() {
            tracing::error!(%error, owed = self.entries.len(), "the catalogue must wait; recording goes on");
            self.not_before = Some(now.after(PAUSE));
        }
    }

    /// Tells it everything, at once.
    pub fn pay_all(&mut self, now: Mono) -> Result<(), Fault> {
        self.pay_now().map_err(|error| {
            self.not_before = Some(now.after(PAUSE));
            let path = self.root.as_ref().map_or_else(PathBuf::new, |root| root.dir().join(FILE));
            fault(path, io::Error::other(error))
        })
    }

    fn pay_now(&mut self) -> Result<(), Error> {
        let before = self.entries.len();
        let paid = self.pay_all_entries();
        if let Some(counts) = &self.counts {
            let taken = if self.root.is_some() { before - self.entries.len() } else { 0 };
            counts.add(Stage::CatalogueEntries, taken as u64);
            counts.add(Stage::CatalogueFailures, u64::from(paid.is_err()));
            counts.set(Stage::CatalogueOwed, self.entries.len() as u64);
        }
        paid
    }

    fn pay_all_entries(&mut self) -> Result<(), Error> {
        while let Some((entry, utc)) = self.entries.front() {
            if let Some(root) = &self.root {
                write(root, entry, *utc)?;
            }
            if let Some((entry, _)) = self.entries.pop_front() {
                self.events.extend(event(entry));
            }
        }
        self.not_before = None;
        Ok(())
    }
}

fn write(root: &Root, entry: &Entry, utc: Utc) -> Result<(), Error> {
    let mut catalogue = root.catalogue();
    match entry {
        Entry::Opened { row, .. } => catalogue.insert(row),
        Entry::Gaps { segment, gaps } => catalogue.add_gaps(*segment, gaps),
        Entry::Marks { recorder, anchor, marks } => catalogue.add_marks(*recorder, anchor, marks),
        Entry::Sealed { segment, sealed, .. } => catalogue.seal(*segment, sealed, utc),
        Entry::Abandoned { segment, written, lost, why, .. } => {
            catalogue.fault(*segment, *written, why)?;
            catalogue.add_gaps(*segment, lost.as_slice())
        }
    }
}

fn event(entry: Entry) -> Option<ArchiveEvent> {
    match entry {
        Entry::Opened { row, path } => {
            let SegmentRow { id: segment, container, first, .. } = *row;
            Some(ArchiveEvent::Opened { segment, container, path, first })
        }
        Entry::Gaps { .. } | Entry::Marks { .. } => None,
        Entry::Sealed { segment, container, path, first, sealed, gaps } => Some(ArchiveEvent::Sealed {
            segment,
            container,
            path,
            first,
            frames: sealed.frames,
            bytes: sealed.bytes,
            gaps,
            reason: sealed.reason,
        }),
        Entry::Abandoned { segment, container, path, lost, why, .. } => {
            Some(ArchiveEvent::Abandoned { segment, container, path, lost, why })
        }
    }
}
