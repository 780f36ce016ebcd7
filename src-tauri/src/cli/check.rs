//! `audyn check DIR`

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use audyn_archive::{Depth, Report};
use serde_json::json;

use super::output;
use crate::exit::Exit;

/// Arguments of `audyn check`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Compares the files of an archive with its catalogue: presence, sizes, headers, every frame decoded, no hole and no
overlap between files that follow one another. Changes nothing; files being written are left out.
Ends with exit code 3 if something is wrong.

Examples:
  audyn check /srv/archive/studio-1
  audyn check /srv/archive/studio-1 --hash --json > report.json")]
pub struct CheckArgs {
    /// The archive: the folder that holds catalogue.db
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Also read everything again and compare it with the hashes made when it was sealed
    #[arg(long)]
    pub hash: bool,
    /// Only presence, sizes and order; opens no audio
    #[arg(long, conflicts_with = "hash")]
    pub quick: bool,
    /// Report as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &CheckArgs) -> anyhow::Result<Exit> {
    let depth = if args.hash {
        Depth::Hash
    } else if args.quick {
        Depth::Quick
    } else {
        Depth::Decode
    };
    let shown = io::stderr().is_terminal();
    let report = audyn_archive::check(&args.dir, depth, &mut |done, of| {
        if shown {
            let end = if done == of { "\r\x1b[K" } else { "" };
            let _ = write!(io::stderr(), "\r{done} of {of} files{end}");
        }
    })?;
    if args.json {
        output::json(&as_json(&args.dir, &report))?;
    } else {
        output::result(&as_text(&args.dir, &report))?;
    }
    Ok(if report.findings.is_empty() { Exit::Done } else { Exit::Findings })
}

pub(super) fn as_text(dir: &Path, report: &Report) -> String {
    let mut text = format!(
        "{}: {}, {}",
        dir.display(),
        output::count(report.segments, "segment"),
        output::size(report.bytes)
    );
    if !report.busy.is_empty() {
        let _ = write!(text, ", {} being written", report.busy.len());
    }
    if report.unhashed > 0 {
        let _ = write!(text, ", {} without a hash to compare with", report.unhashed);
    }
    let _ = match report.findings.len() {
        0 => writeln!(text, ": everything is in order"),
        n => writeln!(text, ": {}", output::count(n, "problem")),
    };
    let rows: Vec<_> =
        report.findings.iter().map(|f| (f.path.display().to_string(), f.problem.to_string())).collect();
    text + &output::columns(&rows)
}

pub(super) fn as_json(dir: &Path, report: &Report) -> serde_json::Value {
    let findings: Vec<_> =
        report.findings.iter().map(|f| json!({ "path": f.path, "problem": f.problem.to_string() })).collect();
    json!({
        "dir": dir,
        "segments": report.segments,
        "bytes": report.bytes,
        "busy": report.busy,
        "unhashed": report.unhashed,
        "findings": findings,
    })
}
