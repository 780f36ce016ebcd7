//! What a re-read configuration asks of the running recorders. Pure.

use super::checked::Recorder;

/// One thing to do. Carried out in order: what stops first frees its file and its socket for what starts.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// This recorder is gone from the file.
    Stop {
        /// Its name.
        name: String,
    },
    /// This recorder is described differently: stop it, then start it as described.
    Restart(Recorder),
    /// This recorder is new.
    Start(Recorder),
}

impl Change {
    /// Whom it concerns.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Stop { name } => name,
            Self::Restart(recorder) | Self::Start(recorder) => &recorder.name,
        }
    }
}

/// The changes from `running` to `wanted`, by name. Recorders that are described as before are not touched, wherever
/// they stand in the file.
#[must_use]
pub fn changes(running: &[Recorder], wanted: &[Recorder]) -> Vec<Change> {
    let of = |name: &str, list: &[Recorder]| list.iter().find(|r| r.name == name).cloned();
    let stops = running
        .iter()
        .filter(|old| of(&old.name, wanted).is_none())
        .map(|old| Change::Stop { name: old.name.clone() });
    let restarts = wanted
        .iter()
        .filter(|new| of(&new.name, running).is_some_and(|old| old != **new))
        .map(|new| Change::Restart(new.clone()));
    let starts =
        wanted.iter().filter(|new| of(&new.name, running).is_none()).map(|new| Change::Start(new.clone()));
    stops.chain(restarts).chain(starts).collect()
}
