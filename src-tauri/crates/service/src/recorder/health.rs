//! What a look at a source's counters says: pure, once a second.

mod strays;

use std::time::Duration;

use audyn_engine::source::{LegCount, StreamCount, StreamCounters};
use audyn_model::Mono;

pub(super) use strays::silence;
pub use strays::{Refused, Strays};

/// A leg that is silent for this long is dead.
const DEAD: Duration = Duration::from_secs(1);
/// Loss is shown for this long after it happened.
const SHOWN: Duration = Duration::from_secs(10);
/// Media time this far from TAI is another epoch, or the host's clock is wrong.
const SANE_NS: i64 = 1_000_000_000;

/// One look at a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Mono,
    /// When each leg was last heard.
    pub heard: Vec<Option<Mono>>,
    /// Samples missing so far, for whatever reason.
    pub missing: u64,
    /// Packets of other senders so far.
    pub foreign: u64,
    /// How far arrival lags behind media time, if that is known.
    pub lag_ns: Option<i64>,
    /// What came on each leg so far and was none of the stream's.
    pub strays: Vec<Strays>,
}

/// What was found before, carried from look to look.
#[derive(Clone, Debug, Default)]
pub struct Health {
    last: Option<Look>,
    /// What had been refused when audio last came, or when this began.
    refused: Vec<Strays>,
    lost_at: Option<Mono>,
    foreign_at: Option<Mono>,
}

impl Look {
    pub(super) fn at(counters: &StreamCounters, at: Mono) -> Self {
        use StreamCount::{LossFrames, OutageFrames, OverrunFrames, RestartFrames};
        Self {
            at,
            heard: counters.heard(),
            missing: [LossFrames, OutageFrames, OverrunFrames, RestartFrames]
                .map(|c| counters.get(c))
                .iter()
                .sum(),
            foreign: counters.legs.iter().map(|leg| leg.get(LegCount::ForeignSsrc)).sum(),
            lag_ns: counters.lag_ns(),
            strays: counters.legs.iter().map(Strays::of).collect(),
        }
    }
}

/// What a look has found, the worst first, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// All is well.
    Well,
    /// Audio comes, but not as it should.
    Worse(String),
    /// No audio comes; what most of what came instead was.
    Silent(Option<Refused>),
}

impl Health {
    /// Counts from this look on: what was lost before is nobody's.
    pub fn since(look: Look) -> Self {
        let refused = look.strays.clone();
        Self { last: Some(look), refused, lost_at: None, foreign_at: None }
    }

    /// Takes a look into account.
    pub fn assess(&mut self, look: Look) -> Found {
        let before = self.last.replace(look.clone()).unwrap_or_default();
        if look.missing > before.missing {
            self.lost_at = Some(look.at);
        }
        if look.foreign > before.foreign + 10 {
            self.foreign_at = Some(look.at);
        }
        let recent = |at: Option<Mono>| at.is_some_and(|at| look.at.since(at) < SHOWN);
        let dead = |heard: &Option<Mono>| heard.is_none_or(|heard| look.at.since(heard) >= DEAD);
        if look.heard.iter().all(dead) {
            return Found::Silent(strays::most(&self.refused, &look.strays));
        }
        self.refused.clone_from(&look.strays);
        if let Some(leg) = look.heard.iter().position(dead) {
            return Found::Worse(format!("leg {} of {} is silent", leg + 1, look.heard.len()));
        }
        if recent(self.lost_at) {
            return Found::Worse("audio was lost".into());
        }
        if recent(self.foreign_at) {
            return Found::Worse("two senders use this address at once; the first is recorded".into());
        }
        if look.lag_ns.is_some_and(|ns| ns.abs() > SANE_NS) {
            return Found::Worse(
                "the media clock and this machine's clock are more than a second apart".into(),
            );
        }
        Found::Well
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn the_worst_fault_is_named_and_forgotten_in_time() {
        let mut health = Health::default();
        let mut check = |at_s: i64, heard_s: [i64; 2], missing, foreign, lag_s, expected: Option<&str>| {
            let look = Look {
                at: Mono(at_s * S),
                heard: heard_s.map(|s| (s >= 0).then_some(Mono(s * S))).to_vec(),
                missing,
                foreign,
                lag_ns: Some(lag_s * S),
                strays: Vec::new(),
            };
            let found = match health.assess(look) {
                Found::Well => None,
                Found::Worse(reason) => Some(reason),
                Found::Silent(refused) => {
                    assert_eq!(refused, None);
                    Some("silent".to_owned())
                }
            };
            assert_eq!(found.as_deref(), expected, "at {at_s} s");
        };
        check(1, [1, 1], 0, 0, 0, None);
        check(2, [2, -1], 0, 0, 0, Some("leg 2 of 2 is silent"));
        check(3, [1, 3], 0, 0, 0, Some("leg 1 of 2 is silent"));
        check(9, [4, 4], 0, 0, 0, Some("silent"));
        check(10, [10, 10], 48, 0, 0, Some("audio was lost"));
        check(19, [19, 19], 48, 0, 0, Some("audio was lost"));
        check(20, [20, 20], 48, 0, 0, None);
        check(21, [21, 21], 48, 5, 0, None);
        check(22, [22, 22], 48, 1005, 0, Some("two senders use this address at once; the first is recorded"));
        check(
            32,
            [32, 32],
            48,
            1005,
            2,
            Some("the media clock and this machine's clock are more than a second apart"),
        );
    }
}
