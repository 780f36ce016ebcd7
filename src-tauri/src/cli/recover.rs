//! `audyn recover DIR`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use audyn_archive::Recovery;
use audyn_engine::rt::SystemClock;
use audyn_model::Clock as _;
use serde_json::json;

use super::output;
use crate::exit::Exit;

/// Arguments of `audyn recover`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Ends the files that an unclean stop left open, so that they are complete and the catalogue says so; a recorder does the
same for its archive when it starts. Files that are being written, files that are complete and files of others are not
touched. In a folder without a catalogue, only files that say that they are ours and unfinished are ended.
Ends with exit code 3 if a file is missing or cannot be mended.

Examples:
  audyn recover /srv/archive/studio-1
  audyn recover /mnt/rescued-disk --rebuild")]
pub struct RecoverArgs {
    /// The archive, or a folder with audio files
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Make the catalogue anew from the files alone; the old one is kept under a dated name
    #[arg(long)]
    pub rebuild: bool,
    /// Report as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &RecoverArgs) -> anyhow::Result<Exit> {
    let now = SystemClock.utc();
    let recovery = if args.rebuild {
        audyn_archive::rebuild(&args.dir, now)?
    } else {
        audyn_archive::recover(&args.dir, now)?
    };
    if args.json {
        output::json(&as_json(&args.dir, &recovery))?;
    } else {
        output::result(&as_text(&args.dir, &recovery))?;
    }
    let whole = recovery.missing.is_empty() && recovery.faulted.is_empty();
    Ok(if whole { Exit::Done } else { Exit::Findings })
}

pub(super) fn as_text(dir: &Path, recovery: &Recovery) -> String {
    let mut rows = Vec::new();
    let mut row = |path: &Path, what: String| rows.push((path.display().to_string(), what));
    for mended in &recovery.sealed {
        let cut = if mended.cut > 0 {
            format!(", {} of a torn end cut off", output::size(mended.cut))
        } else {
            String::new()
        };
        row(&mended.path, format!("mended: plays {} frames{cut}", mended.frames));
    }
    for path in &recovery.busy {
        row(path, "being written: left alone".into());
    }
    for path in &recovery.missing {
        row(path, "missing: the catalogue says so now".into());
    }
    for (path, why) in &recovery.faulted {
        row(path, format!("cannot be mended and is left as it is: {why}"));
    }
    for path in &recovery.unknown {
        row(path, "not in the catalogue: left alone".into());
    }
    if let Some(path) = &recovery.set_aside {
        row(path, "the old catalogue".into());
    }
    let mut text = format!("{}: ", dir.display());
    let _ = match (recovery.sealed.len(), recovery.adopted) {
        (0, 0) => writeln!(text, "nothing to mend"),
        (mended, 0) => writeln!(text, "{} mended", output::count(mended, "file")),
        (mended, adopted) => {
            writeln!(
                text,
                "{} mended, {} made from files",
                output::count(mended, "file"),
                output::count(adopted, "row")
            )
        }
    };
    text + &output::columns(&rows)
}

pub(super) fn as_json(dir: &Path, recovery: &Recovery) -> serde_json::Value {
    let sealed: Vec<_> =
        recovery.sealed.iter().map(|m| json!({ "path": m.path, "frames": m.frames, "cut": m.cut })).collect();
    let faulted: Vec<_> =
        recovery.faulted.iter().map(|(path, why)| json!({ "path": path, "why": why })).collect();
    json!({
        "dir": dir,
        "sealed": sealed,
        "busy": recovery.busy,
        "missing": recovery.missing,
        "faulted": faulted,
        "unknown": recovery.unknown,
        "adopted": recovery.adopted,
        "set_aside": recovery.set_aside,
    })
}
