//! The station as it is, and what its parts note as a file is laid against it.

use std::collections::HashSet;

use audyn_model::{AudioFormat, Utc};
use serde::Serialize;

use super::difference;
use crate::api::ApiError;
use crate::api::wire::{
    ConfigurationChange, ConfigurationChangeKind as Kind, ConfigurationPart as Part, FieldChange,
};
use crate::book::Book;
use crate::store::{Doors, RecorderRow, name_key};

/// The station as it is.
pub(crate) struct Now<'a> {
    pub book: &'a Book,
    /// Who may, and how it is opened.
    pub doors: &'a Doors,
    /// The time.
    pub at: Utc,
    /// The last number that a recorder was given.
    pub last_number: u32,
    /// Whether a recorder records, or should.
    pub busy: &'a dyn Fn(&RecorderRow) -> bool,
}

/// What the parts have in common.
#[derive(Default)]
pub(super) struct Found {
    pub changes: Vec<ConfigurationChange>,
    pub unchanged: u32,
    /// Ids of sources and uids of recorders of the file: lines are known by either.
    pub ids: HashSet<String>,
}

impl Found {
    /// Notes how a thing of the file differs from what is here.
    pub fn note<T: Serialize + PartialEq>(
        &mut self,
        part: Part,
        name: &str,
        before: Option<&T>,
        after: &T,
        problems: &[String],
    ) -> Result<(), ApiError> {
        let fields = difference::fields(before, after)?;
        if fields.is_empty() && problems.is_empty() {
            self.unchanged += 1;
            return Ok(());
        }
        let kind = if before.is_some() { Kind::Changed } else { Kind::Added };
        self.push(kind, part, name, fields, problems);
        Ok(())
    }

    pub fn removed(&mut self, part: Part, name: &str, problems: &[String]) {
        self.push(Kind::Removed, part, name, Vec::new(), problems);
    }

    pub fn push(
        &mut self,
        kind: Kind,
        part: Part,
        name: &str,
        fields: Vec<FieldChange>,
        problems: &[String],
    ) {
        let refused = (!problems.is_empty()).then(|| problems.join(" "));
        self.changes.push(ConfigurationChange { kind, part, name: name.to_owned(), fields, refused });
    }
}

/// Names of one part of a file: no two that look alike.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub fn take(&mut self, name: &str, of: &str, problems: &mut Vec<String>) {
        if !self.0.insert(name_key(name)) {
            problems.push(format!("The file has another {of} named \"{name}\". Give each its own name."));
        }
    }
}

/// The format that a source has, if it can be used.
pub(super) fn format_of(after: &Book, source: Option<&str>) -> Option<AudioFormat> {
    let row = after.source(source?).ok()?;
    after.heard(row).ok().map(|heard| heard.source.format())
}
