//! `audyn config export|check|import`

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use audyn_engine::rt::SystemClock;
use audyn_model::Clock as _;
use audyn_service::Options;
use audyn_service::api::wire::{
    ConfigurationChange, ConfigurationChangeKind as Kind, ConfigurationCheck, ConfigurationPart as Part,
};
use audyn_service::configuration::Offline;
use serde_json::json;

use super::{ORIGINATOR, output};
use crate::exit::Exit;

/// A file that is longer is none of ours; a little more than the service takes, so that it says so.
const MOST_BYTES: u64 = 2 << 20;

/// Arguments of `audyn config`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
The station's settings, sources, recorders, studios, users and network access as one TOML file. Passwords, keys and
recordings are not in it. The station is that of AUDYN_CONFIG_DIR. It may be running for export and check, and must not be for
import: while it runs, import in its window, under Settings, Backup.

Examples:
  audyn config export station.toml
  audyn config check station.toml
  audyn config import station.toml")]
pub struct ConfigArgs {
    /// What to do
    #[command(subcommand)]
    pub act: Act,
}

/// What is done with a configuration.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Act {
    /// Write the station's configuration to a new file, or to standard output
    Export {
        /// The file; it must not be there yet
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Show what a file would change, and change nothing. Ends with exit code 3 if something in it is refused
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Show as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the station what a file says, whole or not at all; what it was is backed up first
    Import {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Show as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &ConfigArgs) -> anyhow::Result<Exit> {
    let options = Options::from_environment(ORIGINATOR, false);
    let station = Offline::new(&options);
    match &args.act {
        Act::Export { file: None } => output::result(&station.export()?.text)?,
        Act::Export { file: Some(path) } => {
            let text = station.export()?.text;
            let cannot = || format!("cannot write {}; give a path that is not taken yet", path.display());
            let mut file = OpenOptions::new().write(true).create_new(true).open(path).with_context(cannot)?;
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(cannot)?;
        }
        Act::Check { file, json } => {
            let check = station.check(&read(file)?)?;
            show(&check, *json, "would change")?;
            return Ok(if check.refused == 0 { Exit::Done } else { Exit::Findings });
        }
        Act::Import { file, json } => {
            let done = station.import(&read(file)?, SystemClock.utc())?;
            show(&done, *json, "changed")?;
        }
    }
    Ok(Exit::Done)
}

fn read(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("cannot read {}", path.display());
    let mut text = String::new();
    let file = File::open(path).with_context(cannot)?;
    if file.take(MOST_BYTES).read_to_string(&mut text).with_context(cannot)? as u64 == MOST_BYTES {
        bail!(
            "{} is no configuration: it has more than 1 MiB; give a file that `audyn config export` wrote",
            path.display()
        );
    }
    Ok(text)
}

fn show(check: &ConfigurationCheck, as_json: bool, verb: &str) -> anyhow::Result<()> {
    if as_json { output::json(&json!(check)) } else { output::result(&as_text(check, verb)) }
}

/// One line for each thing, and below it one for each field. What came from the file is shown escaped.
pub(super) fn as_text(check: &ConfigurationCheck, verb: &str) -> String {
    let mut text = match check.changes.len() {
        0 => "nothing differs\n".to_owned(),
        count => format!("{} {verb}, {} as before\n", output::count(count, "thing"), check.unchanged),
    };
    for change in &check.changes {
        let _ = writeln!(text, "{}", headline(change));
        for field in &change.fields {
            let value = |value: &Option<String>| {
                value.as_ref().map_or_else(|| "not set".to_owned(), |value| format!("{value:?}"))
            };
            let _ = match change.kind {
                Kind::Added => writeln!(text, "    {}: {}", field.field.escape_debug(), value(&field.after)),
                Kind::Changed | Kind::Removed => writeln!(
                    text,
                    "    {}: {} -> {}",
                    field.field.escape_debug(),
                    value(&field.before),
                    value(&field.after)
                ),
            };
        }
        if let Some(why) = &change.refused {
            let _ = writeln!(text, "    refused: {}", why.escape_debug());
        }
    }
    text
}

fn headline(change: &ConfigurationChange) -> String {
    let sign = match change.kind {
        Kind::Added => '+',
        Kind::Changed => '~',
        Kind::Removed => '-',
    };
    let part = match change.part {
        Part::Settings => return format!("{sign} settings"),
        Part::Source => "source",
        Part::Recorder => "recorder",
        Part::Studio => "studio",
        Part::Access => return format!("{sign} access"),
        Part::User => "user",
    };
    format!("{sign} {part} {:?}", change.name)
}
