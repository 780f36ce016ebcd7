use audyn_model::Utc;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::{Store, StoreError};
use crate::api::wire::{NoticeAction, NoticeLevel};

/// Notices that are remembered; those that are over and were seen are forgotten first.
const KEPT: i64 = 1000;

/// Something somebody should know.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRow {
    /// UUIDv7.
    pub id: String,
    /// What it is about, for the program.
    pub key: String,
    /// How bad it is.
    pub level: NoticeLevel,
    /// When it began.
    pub at: Utc,
    /// When it was over; none if it goes on.
    pub until: Option<Utc>,
    /// The recorder's number; it may be gone.
    pub recorder: Option<u32>,
    /// The recorder's name, or what else it is about.
    pub subject: String,
    /// In sentences.
    pub message: String,
    /// What is offered to do about it.
    pub action: Option<NoticeAction>,
    /// Somebody has seen it.
    pub acknowledged: bool,
}

/// Something somebody should know from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNotice {
    /// How bad it is.
    pub level: NoticeLevel,
    /// When it began.
    pub at: Utc,
    /// The recorder's number.
    pub recorder: Option<u32>,
    /// The recorder's name, or what else it is about.
    pub subject: String,
    /// In sentences.
    pub message: String,
    /// What is offered to do about it.
    pub action: Option<NoticeAction>,
}

/// What became of a notice that was raised.
#[derive(Clone, Debug, PartialEq)]
pub enum Raised {
    /// It is news.
    New(NoticeRow),
    /// It was open already, and is as it was.
    Open(NoticeRow),
}

const SELECT: &str =
    "SELECT id, key, level, at_ns, until_ns, recorder, subject, message, action, acknowledged FROM notices";

/// What still wants attention first, then newest first.
const ORDER: &str = "(until_ns IS NULL OR NOT acknowledged) DESC, at_ns DESC, seq DESC";

impl Store {
    /// Raises a notice, unless one about the same is open.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn raise(&self, key: &str, new: NewNotice) -> Result<Raised, StoreError> {
        self.write("raise a notice", |tx| {
            if let Some(open) = open(tx, key)? {
                return Ok(Raised::Open(open));
            }
            let sql = "INSERT INTO notices (id, key, level, at_ns, recorder, subject, message, action, acknowledged) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)";
            let id = Uuid::now_v7().to_string();
            let NewNotice { level, at, recorder, subject, message, action } = new;
            let values =
                params![id, key, word(level), at.0, recorder, subject, message, action.map(action_word)];
            tx.execute(sql, values)?;
            let sql = format!(
                "DELETE FROM notices WHERE seq IN (SELECT seq FROM notices ORDER BY {ORDER} LIMIT -1 OFFSET ?1)"
            );
            tx.prepare_cached(&sql)?.execute([KEPT])?;
            let (until, acknowledged, key) = (None, false, key.to_owned());
            Ok(Raised::New(NoticeRow {
                id,
                key,
                level,
                at,
                until,
                recorder,
                subject,
                message,
                action,
                acknowledged,
            }))
        })
    }

    /// What the open notice with this key is about is over. None if there is none.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn settle(&self, key: &str, now: Utc) -> Result<Option<NoticeRow>, StoreError> {
        self.write("settle a notice", |tx| {
            let Some(row) = open(tx, key)? else {
                return Ok(None);
            };
            tx.execute("UPDATE notices SET until_ns = ?2 WHERE id = ?1", params![row.id, now.0])?;
            Ok(Some(NoticeRow { until: Some(now), ..row }))
        })
    }

    /// Somebody has seen it.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn acknowledge(&self, id: &str) -> Result<NoticeRow, StoreError> {
        self.write("acknowledge a notice", |tx| {
            tx.execute("UPDATE notices SET acknowledged = 1 WHERE id = ?1", [id])?;
            let row = tx.query_row(&format!("{SELECT} WHERE id = ?1"), [id], read).optional()?;
            Ok(row.ok_or_else(|| StoreError::NotFound { what: "notice", id: id.into() })?)
        })
    }

    /// Those that still want attention first, then newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn notices(&self, limit: u32) -> Result<Vec<NoticeRow>, StoreError> {
        self.read("read the notices", |tx| {
            let mut found = tx.prepare_cached(&format!("{SELECT} ORDER BY {ORDER} LIMIT ?1"))?;
            let rows = found.query_map([limit], read)?.collect::<Result<_, _>>()?;
            Ok(rows)
        })
    }
}

fn open(tx: &Connection, key: &str) -> rusqlite::Result<Option<NoticeRow>> {
    let sql = format!("{SELECT} WHERE key = ?1 AND until_ns IS NULL");
    tx.prepare_cached(&sql)?.query_row([key], read).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<NoticeRow> {
    let level: String = row.get(2)?;
    let level = match level.as_str() {
        "info" => NoticeLevel::Info,
        "warn" => NoticeLevel::Warn,
        "fault" => NoticeLevel::Fault,
        _ => return Err(rusqlite::Error::InvalidColumnType(2, level, Type::Text)),
    };
    let action: Option<String> = row.get(8)?;
    let (at, until): (i64, Option<i64>) = (row.get(3)?, row.get(4)?);
    Ok(NoticeRow {
        id: row.get(0)?,
        key: row.get(1)?,
        level,
        at: Utc(at),
        until: until.map(Utc),
        recorder: row.get(5)?,
        subject: row.get(6)?,
        message: row.get(7)?,
        // What a newer program offers and this one does not know is not offered.
        action: [NoticeAction::RestoreBackup, NoticeAction::ShowGaps]
            .into_iter()
            .find(|known| action.as_deref() == Some(action_word(*known))),
        acknowledged: row.get(9)?,
    })
}

const fn word(level: NoticeLevel) -> &'static str {
    match level {
        NoticeLevel::Info => "info",
        NoticeLevel::Warn => "warn",
        NoticeLevel::Fault => "fault",
    }
}

const fn action_word(action: NoticeAction) -> &'static str {
    match action {
        NoticeAction::RestoreBackup => "restore_backup",
        NoticeAction::ShowGaps => "show_gaps",
    }
}
