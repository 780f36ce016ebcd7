//! Whether the segments of one output follow each other without overlap or unexplained hole. Pure.

use std::path::Path;

use super::{Finding, Problem};
use crate::catalogue::{EndReason, SegmentRow};

/// `rows` in the catalogue's order: recorder, container, stored words, position.
pub(super) fn check(dir: &Path, rows: &[SegmentRow]) -> Vec<Finding> {
    rows.chunk_by(same_output).flat_map(|rows| check_output(dir, rows)).collect()
}

fn same_output(a: &SegmentRow, b: &SegmentRow) -> bool {
    (a.recorder, a.container, a.stored) == (b.recorder, b.container, b.stored)
}

/// A recorder may have two outputs of one kind (two bitrates): each row continues the run that it fits.
fn check_output(dir: &Path, rows: &[SegmentRow]) -> Vec<Finding> {
    let mut runs: Vec<&SegmentRow> = Vec::new();
    let mut findings = Vec::new();
    for row in rows.iter().filter(|row| row.frames.is_some()) {
        let fits = runs.iter().position(|last| last.end_index() == Some(row.first));
        let beside = runs.iter().any(|last| last.first == row.first && last.open_id == row.open_id);
        let nearest = (0..runs.len())
            .filter(|run| runs[*run].open_id == row.open_id)
            .max_by_key(|run| (runs[*run].end_index() <= Some(row.first), runs[*run].end_index()));
        match fits.or(if beside { None } else { nearest }) {
            Some(run) => {
                let problem = between(dir, runs[run], row);
                findings.extend(problem.map(|problem| Finding { path: dir.join(&row.path), problem }));
                runs[run] = row;
            }
            None => runs.push(row),
        }
    }
    findings
}

/// What is wrong between two segments of one program start. Another start, a stop, a crash or a failed disk explains a hole.
fn between(dir: &Path, before: &SegmentRow, row: &SegmentRow) -> Option<Problem> {
    let step = row.first.since(before.end_index()?);
    let samples = step.unsigned_abs();
    let before_path = dir.join(&before.path);
    match step {
        ..0 => Some(Problem::Overlap { samples, before: before_path }),
        0 => None,
        1.. => (before.end == Some(EndReason::Rotation))
            .then_some(Problem::Hole { samples, before: before_path }),
    }
}
