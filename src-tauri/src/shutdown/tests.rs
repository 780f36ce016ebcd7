use super::Act::{Leave, Nothing, Tell};
use audyn_model::Mono;

use super::Asked::{self, Reload, Stop};
use super::Input::{Deadline, HangUp, StopSignal, Trigger};
use super::{Act, FINISH_DEADLINE, Input, Phase, STOP_DEADLINE, step};
use crate::exit::Exit;

fn check(inputs: &[Input], expected: &[Act]) {
    let mut phase = Phase::Running;
    let acts: Vec<Act> = inputs
        .iter()
        .map(|input| {
            let (next, act) = step(phase, *input);
            phase = next;
            act
        })
        .collect();
    assert_eq!(acts, expected, "{inputs:?}");
}

#[test]
fn the_first_signal_stops_in_order_and_the_second_at_once() {
    check(&[StopSignal], &[Tell(Stop)]);
    check(&[StopSignal, StopSignal], &[Tell(Stop), Leave(Exit::Unfinished)]);
    check(&[StopSignal, Deadline], &[Tell(Stop), Leave(Exit::Unfinished)]);
    check(&[HangUp, HangUp, StopSignal], &[Tell(Reload), Tell(Reload), Tell(Stop)]);
    check(&[StopSignal, HangUp, StopSignal], &[Tell(Stop), Nothing, Leave(Exit::Unfinished)]);
    check(&[Deadline, StopSignal], &[Nothing, Tell(Stop)]);
    check(&[Trigger(Mono(7)), StopSignal], &[Tell(Asked::Trigger(Mono(7))), Tell(Stop)]);
    check(&[StopSignal, Trigger(Mono(7))], &[Tell(Stop), Nothing]);
}

#[test]
fn recorders_are_given_less_than_the_whole_deadline() {
    assert!(FINISH_DEADLINE < STOP_DEADLINE);
}
