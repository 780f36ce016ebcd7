//! What the log hears when an archive or a source is opened.

use std::path::Path;

use audyn_archive::Recovery;
use audyn_engine::source::{Source, StreamCounters};

use super::Line;

pub(super) fn recovery(dir: &Path, recovery: &Recovery) {
    let dir = dir.display();
    if let Some(aside) = &recovery.set_aside {
        tracing::error!(
            "the catalogue of {dir} was damaged; it is kept as {} and was made anew from the files",
            aside.display()
        );
    }
    for mended in &recovery.sealed {
        tracing::warn!(
            "an unclean stop left {}; it is complete now, {} frames",
            mended.path.display(),
            mended.frames
        );
    }
    for path in &recovery.missing {
        tracing::error!("{} is in the catalogue and gone from the disk", path.display());
    }
    for (path, why) in &recovery.faulted {
        tracing::error!("{} cannot be mended and was left as it is: {why}", path.display());
    }
    if !recovery.unknown.is_empty() {
        tracing::info!(
            "{} files in {dir} are not in its catalogue; they are left alone",
            recovery.unknown.len()
        );
    }
}

pub(super) fn buffers(line: &Line, counters: &StreamCounters) {
    let Source::Aes67(source) = &line.source else { return };
    for (leg, counters) in source.legs.iter().zip(&counters.legs) {
        let (granted, asked) = (counters.granted_buffer(), source.receive_buffer as u64);
        if granted < asked {
            tracing::warn!(
                recorder = line.name,
                group = %leg.address,
                "the kernel granted a receive buffer of {granted} of {asked} bytes; raise net.core.rmem_max"
            );
        } else {
            tracing::info!(recorder = line.name, group = %leg.address, granted, "receive buffer");
        }
    }
}
