//! What a file would change: decided here, done elsewhere.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::document::{self, Document, given};
use super::found::{Found, Now};
use super::{difference, doors, parts};
use crate::api::ApiError;
use crate::api::wire::{
    ChangeSettings, ConfigurationChange, ConfigurationChangeKind as Kind, ConfigurationCheck,
    ConfigurationPart as Part, Settings,
};
use crate::book::Book;
use crate::operations::changed_settings;
use crate::store::Doors;

/// What a file comes to.
#[derive(Debug)]
pub(crate) struct Plan {
    pub changes: Vec<ConfigurationChange>,
    pub unchanged: u32,
    /// The station as it would be; holds only if nothing is refused.
    pub after: Book,
    /// Who may then, and how it is opened.
    pub doors: Doors,
}

impl Plan {
    /// Why it cannot be taken up, if it cannot: every refusal with the name of what it is about.
    pub fn refusals(&self) -> Vec<String> {
        let told = |change: &ConfigurationChange| {
            change.refused.as_ref().map(|why| format!("{}: {why}", change.name))
        };
        self.changes.iter().filter_map(told).collect()
    }

    pub fn check(self, fingerprint: String) -> ConfigurationCheck {
        let refused = self.changes.iter().filter(|change| change.refused.is_some()).count() as u32;
        ConfigurationCheck { changes: self.changes, unchanged: self.unchanged, refused, fingerprint }
    }
}

/// A file and the station it was laid against.
///
/// # Errors
/// A fault of the program.
pub(crate) fn fingerprint(book: &Book, doors: &Doors, text: &str) -> Result<String, ApiError> {
    let mut hash = Sha256::new();
    hash.update(document::export(book, doors)?.as_bytes());
    hash.update([0]);
    hash.update(text.as_bytes());
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What the file would change.
///
/// # Errors
/// In a sentence: the file cannot be read, or not in full.
pub(crate) fn plan(now: &Now<'_>, text: &str) -> Result<Plan, ApiError> {
    let document = document::read(text)?;
    let mut found = Found::default();
    let settings = settings(now, &document, &mut found)?;
    let mut after = Book { settings, ..now.book.clone() };
    parts::sources(now, document.sources.as_deref(), &mut after, &mut found)?;
    parts::recorders(now, document.recorders.as_deref(), &mut after, &mut found)?;
    parts::studios(now, document.studios.as_deref(), &mut after, &mut found)?;
    let (access, users) = (document.access.as_ref(), document.users.as_deref());
    let doors = doors::doors(now, access, users, &after, &mut found)?;
    let Found { mut changes, unchanged, .. } = found;
    changes.sort_by_key(|change| change.kind == Kind::Removed);
    Ok(Plan { changes, unchanged, after, doors })
}

fn settings(now: &Now<'_>, document: &Document, found: &mut Found) -> Result<Settings, ApiError> {
    let before = &now.book.settings;
    let Some(change) = &document.settings else { return Ok(before.clone()) };
    let busy = || now.book.recorders.iter().find(|row| (now.busy)(row)).map(|row| row.name.clone());
    let (settings, problems) = match changed_settings(before, change.clone(), &busy) {
        Ok(settings) => (settings, Vec::new()),
        Err(error) => (before.clone(), vec![error.message]),
    };
    let wished = if problems.is_empty() { given(&settings)? } else { laid_over(&given(before)?, change)? };
    let fields = difference::fields(Some(&given(before)?), &wished)?;
    if !fields.is_empty() || !problems.is_empty() {
        found.push(Kind::Changed, Part::Settings, &settings.station, fields, &problems);
    }
    Ok(settings)
}

/// `base` with what `change` gives.
fn laid_over(base: &ChangeSettings, change: &ChangeSettings) -> Result<ChangeSettings, ApiError> {
    let value = |settings| serde_json::to_value(settings).map_err(ApiError::internal);
    let (mut whole, over) = (value(base)?, value(change)?);
    if let (Value::Object(whole), Value::Object(over)) = (&mut whole, over) {
        whole.extend(over.into_iter().filter(|(_, value)| !value.is_null()));
    }
    serde_json::from_value(whole).map_err(ApiError::internal)
}
