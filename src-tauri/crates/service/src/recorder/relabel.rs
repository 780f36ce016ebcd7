//! Says what an overrun was for: while the disk refused, what the ring had to drop is lost to the disk, not to haste.

use audyn_archive::FaultKind;
use audyn_model::{Gap, GapCause};

/// Remembers a fault until its overrun has passed through the ring.
#[derive(Debug, Default)]
pub struct Relabel {
    pending: Option<GapCause>,
}

impl Relabel {
    /// The disk refused.
    pub const fn fault(&mut self, kind: FaultKind) {
        self.pending = Some(match kind {
            FaultKind::DiskFull => GapCause::DiskFull,
            FaultKind::WriteFailed => GapCause::WriteFailed,
        });
    }

    /// The ring has been emptied: a later overrun has another reason.
    pub const fn caught_up(&mut self) {
        self.pending = None;
    }

    /// The gap with its true cause.
    #[must_use]
    pub fn gap(&self, gap: Gap) -> Gap {
        match (gap.cause, self.pending) {
            (GapCause::Overrun, Some(cause)) => Gap { cause, ..gap },
            (
                GapCause::Overrun
                | GapCause::Loss
                | GapCause::Outage
                | GapCause::Restart
                | GapCause::DiskFull
                | GapCause::WriteFailed
                | GapCause::SourceChanged,
                _,
            ) => gap,
        }
    }
}

#[cfg(test)]
mod tests {
    use audyn_model::SampleIndex;

    use super::*;

    #[test]
    fn an_overrun_during_a_fault_is_the_faults() {
        let gap = |cause| Gap { at: SampleIndex(0), len: 1, cause };
        let mut relabel = Relabel::default();
        assert_eq!(relabel.gap(gap(GapCause::Overrun)).cause, GapCause::Overrun);
        relabel.fault(FaultKind::DiskFull);
        assert_eq!(relabel.gap(gap(GapCause::Overrun)).cause, GapCause::DiskFull);
        assert_eq!(relabel.gap(gap(GapCause::Loss)).cause, GapCause::Loss);
        relabel.caught_up();
        assert_eq!(relabel.gap(gap(GapCause::Overrun)).cause, GapCause::Overrun);
    }
}
