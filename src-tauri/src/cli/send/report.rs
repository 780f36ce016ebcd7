//! A run's summary, for people and for programs.

use std::time::Duration;

use audyn_engine::send::{LegSummary, Summary};
use serde_json::{Value, json};

/// One line for the log.
pub(super) fn sentence(summary: &Summary) -> String {
    let late = &summary.lateness;
    format!(
        "sent {} packets of {} streams ({} lost, {} refused, {} packet times skipped); late by {:?} (p50), {:?} (p99), \
         {:?} (max); {:.3} s of CPU",
        summary.total(|leg| leg.sent),
        summary.streams.len(),
        summary.total(|leg| leg.lost + leg.silenced),
        summary.total(|leg| leg.refused),
        summary.skipped,
        late.percentile(50.0),
        late.percentile(99.0),
        late.max(),
        summary.cpu.as_secs_f64(),
    )
}

/// Everything, with the unit in each key.
pub(super) fn json(summary: &Summary) -> Value {
    let late = &summary.lateness;
    let streams: Vec<Value> = summary
        .streams
        .iter()
        .map(|stream| {
            json!({
                "name": stream.name,
                "ssrc": stream.ssrc,
                "first_timestamp": stream.first_timestamp,
                "first_sequence": stream.first_sequence,
                "legs": stream.legs.iter().map(leg).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "packets_sent": summary.total(|leg| leg.sent),
        "packets_lost": summary.total(|leg| leg.lost),
        "packets_refused": summary.total(|leg| leg.refused),
        "first_sample": summary.first.0,
        "packet_times": summary.packet_times,
        "packet_times_skipped": summary.skipped,
        "source_late": summary.source_late,
        "lateness_us": {
            "p50": micros(late.percentile(50.0)),
            "p99": micros(late.percentile(99.0)),
            "max": micros(late.max()),
        },
        "cpu_s": summary.cpu.as_secs_f64(),
        "streams": streams,
    })
}

fn leg(leg: &LegSummary) -> Value {
    let LegSummary { to, sent, reordered, lost, silenced, duplicates, garbage, others, refused } = leg;
    json!({
        "to": to.to_string(),
        "sent": sent,
        "reordered": reordered,
        "lost": lost,
        "silenced": silenced,
        "duplicates": duplicates,
        "garbage": garbage,
        "others": others,
        "refused": refused,
    })
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
