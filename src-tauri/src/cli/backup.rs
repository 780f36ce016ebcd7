//! `audyn backup list|make|check|restore`

use audyn_engine::rt::SystemClock;
use audyn_model::Clock as _;
use audyn_service::Options;
use audyn_service::backups::{BackupInfo, Backups};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{ORIGINATOR, output};
use crate::exit::Exit;

/// Arguments of `audyn backup`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
A backup holds what cannot be rebuilt: sources, recorders, studios, users, settings. Recordings and passwords' plain text are
not in it. Audyn makes one every day and keeps fourteen; those that were asked for stay. The station is that of AUDYN_CONFIG_DIR.
It may be running for list and check, and must not be for make and restore: while it runs, use its window, under Settings,
Backup.

Examples:
  audyn backup list
  audyn backup make
  audyn backup check audyn-20261025T141530Z.db
  audyn backup restore audyn-20261025T141530Z.db")]
pub struct BackupArgs {
    /// What to do
    #[command(subcommand)]
    pub act: Act,
}

/// What is done with backups.
#[derive(Clone, Debug, Subcommand)]
pub enum Act {
    /// List those that can be restored, newest first
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Make one now
    Make {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Read all of one: whether it can be restored, and what is in it
    Check {
        /// Its name, as `audyn backup list` shows it
        name: String,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Go back to one; what there is is backed up first
    Restore {
        /// Its name, as `audyn backup list` shows it
        name: String,
        /// As JSON; what there was, as a backup
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &BackupArgs) -> anyhow::Result<Exit> {
    let options = Options::from_environment(ORIGINATOR, false);
    let backups = Backups::new(&options.state_dir, ORIGINATOR);
    match &args.act {
        Act::List { json: true } => output::json(&backups.list()?.iter().map(as_json).collect())?,
        Act::List { json: false } => {
            let all = backups.list()?;
            if all.is_empty() {
                output::notice("there is no backup yet");
            }
            output::result(&output::columns(&all.iter().map(row).collect::<Vec<_>>()))?;
        }
        Act::Make { json } => show(&backups.make(SystemClock.utc())?, *json)?,
        Act::Check { name, json } => show(&backups.check(name)?, *json)?,
        Act::Restore { name, json } => {
            let before = backups.restore(name, SystemClock.utc())?;
            output::notice(&format!("{name} is restored; what there was before is in {}", before.name));
            if *json {
                output::json(&as_json(&before))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn show(one: &BackupInfo, as_json_text: bool) -> anyhow::Result<()> {
    if as_json_text { output::json(&as_json(one)) } else { output::result(&output::columns(&[row(one)])) }
}

fn row(one: &BackupInfo) -> (String, String) {
    let count = |count: u32, what: &str| output::count(count as usize, what);
    let contents =
        [count(one.recorders, "recorder"), count(one.sources, "source"), count(one.studios, "studio")];
    (one.name.clone(), format!("{}, {}", contents.join(", "), output::size(one.bytes)))
}

fn as_json(one: &BackupInfo) -> Value {
    let made = jiff::Timestamp::from_nanosecond(one.made.0.into()).unwrap_or_default();
    json!({
        "name": one.name,
        "made": made.to_string(),
        "bytes": one.bytes,
        "schema": one.schema,
        "recorders": one.recorders,
        "sources": one.sources,
        "studios": one.studios,
    })
}
