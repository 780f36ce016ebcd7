//! The state of a recorder: a pure machine. What it shows is what is so: no "recording" over a dead source.

use serde::Serialize;

/// What a recorder is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum State {
    /// Not running.
    Stopped,
    /// Connected to its source; nothing has come yet.
    Starting,
    /// Listening; it records when there is sound.
    Armed,
    /// Audio comes and is written.
    Recording,
    /// Recording, but not as it should: why, in words.
    Degraded(String),
    /// Finishing its files.
    Stopping,
    /// Not recording although it should: why, in words.
    Error(String),
}

/// What happens to a recorder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It was told to start.
    Start,
    /// It waits for sound.
    Arm,
    /// Audio has come.
    Audio,
    /// No audio comes; in words.
    Silent(String),
    /// A look at the source found this: nothing wrong, or what.
    Health(Option<String>),
    /// The disk refuses; the reason.
    DiskRefuses(String),
    /// The disk accepts again.
    DiskAccepts,
    /// It was told to stop, or has reached its end.
    Stop,
    /// All its files are finished.
    Finished,
    /// It cannot go on; the reason.
    Failed(String),
}

impl State {
    /// The state after an input.
    #[must_use]
    pub fn step(&self, input: Input) -> Self {
        use Input::{Arm, Audio, DiskAccepts, DiskRefuses, Failed, Finished, Health, Silent, Start, Stop};
        use State::{Armed, Degraded, Error, Recording, Starting, Stopped, Stopping};
        match (self, input) {
            (Stopped | Error(_), Start) => Starting,
            (_, Failed(reason)) => Error(reason),
            (Starting | Recording | Degraded(_) | Error(_), Arm) => Armed,
            (Starting | Armed | Error(_), Audio) => Recording,
            (Starting | Armed | Recording | Degraded(_), Silent(reason)) => Error(reason),
            (Recording | Degraded(_), Health(None)) => Recording,
            (Recording | Degraded(_), Health(Some(reason))) => Degraded(reason),
            (Starting | Armed | Recording | Degraded(_) | Error(_), DiskRefuses(reason)) => Error(reason),
            (Error(_), DiskAccepts) => Recording,
            (Starting | Armed | Recording | Degraded(_) | Error(_), Stop) => Stopping,
            (Stopping | Starting | Armed | Recording | Degraded(_) | Error(_), Finished) => Stopped,
            (
                Stopped | Starting | Armed | Recording | Degraded(_) | Stopping | Error(_),
                Start | Arm | Audio | Silent(_) | Health(_) | DiskRefuses(_) | DiskAccepts | Stop | Finished,
            ) => self.clone(),
        }
    }

    /// The word of the state, without its reason.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Armed => "armed",
            Self::Recording => "recording",
            Self::Degraded(_) => "degraded",
            Self::Stopping => "stopping",
            Self::Error(_) => "error",
        }
    }

    /// Why, where there is a reason.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Degraded(reason) | Self::Error(reason) => Some(reason),
            Self::Stopped | Self::Starting | Self::Armed | Self::Recording | Self::Stopping => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: State, input: Input, to: State) {
        assert_eq!(from.step(input.clone()), to, "{from:?} on {input:?}");
    }

    #[test]
    fn a_recorder_goes_its_way_and_shows_why_it_does_not() {
        use Input as I;
        use State as S;
        let why = || "leg 2 is silent".to_owned();
        check(S::Stopped, I::Start, S::Starting);
        check(S::Starting, I::Audio, S::Recording);
        check(S::Recording, I::Health(Some(why())), S::Degraded(why()));
        check(S::Degraded(why()), I::Health(None), S::Recording);
        check(S::Recording, I::Silent(why()), S::Error(why()));
        check(S::Starting, I::Silent(why()), S::Error(why()));
        check(S::Error(why()), I::Audio, S::Recording);
        check(S::Recording, I::DiskRefuses(why()), S::Error(why()));
        check(S::Error(why()), I::DiskAccepts, S::Recording);
        check(S::Recording, I::Stop, S::Stopping);
        check(S::Starting, I::Arm, S::Armed);
        check(S::Armed, I::Audio, S::Recording);
        check(S::Recording, I::Arm, S::Armed);
        check(S::Degraded(why()), I::Arm, S::Armed);
        check(S::Armed, I::Silent(why()), S::Error(why()));
        check(S::Error(why()), I::Arm, S::Armed);
        check(S::Armed, I::Stop, S::Stopping);
        check(S::Stopping, I::Finished, S::Stopped);
        check(S::Stopping, I::Failed(why()), S::Error(why()));
    }

    #[test]
    fn what_does_not_apply_changes_nothing() {
        use Input as I;
        use State as S;
        check(S::Recording, I::Start, S::Recording);
        check(S::Stopped, I::Stop, S::Stopped);
        check(S::Stopped, I::Audio, S::Stopped);
        check(S::Stopping, I::Arm, S::Stopping);
        check(S::Armed, I::Health(Some("leg 2 is silent".into())), S::Armed);
        check(S::Stopping, I::Health(Some("late".into())), S::Stopping);
        check(S::Starting, I::Health(None), S::Starting);
        check(S::Error("full".into()), I::Health(None), S::Error("full".into()));
    }
}
