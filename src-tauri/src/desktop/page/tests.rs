use super::*;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Plays inputs at their seconds, with a look at every second between; what was done, and when.
fn play(inputs: &[(u64, Input)], until: u64) -> (State, Vec<(u64, Act)>) {
    let mut state = State::new(s(0));
    let mut acts = Vec::new();
    for second in 0..=until {
        let now = inputs.iter().filter(|(at, _)| *at == second).map(|(_, input)| *input);
        for input in now.chain([Input::Look]) {
            let (next, act) = step(state, input, s(second));
            state = next;
            if act != Act::Nothing {
                acts.push((second, act));
            }
        }
    }
    (state, acts)
}

fn speaking(from: u64, to: u64) -> Vec<(u64, Input)> {
    (from..=to).step_by(2).map(|at| (at, Input::Alive)).collect()
}

#[test]
fn a_page_that_speaks_is_left_alone() {
    let (_, acts) = play(&speaking(2, 600), 600);
    assert_eq!(acts, []);
}

#[test]
fn a_silent_page_is_ended_and_loaded_again() {
    let (_, acts) = play(&speaking(2, 20), 40);
    assert_eq!(acts, [(31, Act::Kill), (32, Act::Load)]);
}

#[test]
fn a_page_that_never_speaks_is_tried_again_ever_more_slowly() {
    let (_, acts) = play(&[], 400);
    let loads: Vec<u64> = acts.iter().filter(|(_, act)| *act == Act::Load).map(|(at, _)| *at).collect();
    assert_eq!(loads, [22, 44, 67, 92, 121, 158, 209, 260, 311, 362]);
}

#[test]
fn a_crashed_page_comes_back_at_once() {
    let mut inputs = speaking(2, 20);
    inputs.push((21, Input::Died));
    inputs.push((22, Input::Began));
    inputs.extend(speaking(23, 60));
    let (state, acts) = play(&inputs, 60);
    assert_eq!(acts, [(21, Act::Load)]);
    assert!(matches!(state.page, Page::Alive { .. }), "{state:?}");
}

#[test]
fn a_page_that_lived_for_a_minute_has_a_clean_record() {
    let mut inputs = vec![(0, Input::Died)];
    inputs.extend(speaking(2, 100));
    assert_eq!(play(&inputs, 50).0.failures, 1);
    assert_eq!(play(&inputs, 100).0.failures, 0);
}

#[test]
fn a_machine_that_slept_does_not_cost_the_page() {
    let mut state = State::new(s(0));
    for (at, input) in [(1, Input::Alive), (2, Input::Look), (3600, Input::Look), (3605, Input::Look)] {
        let (next, act) = step(state, input, s(at));
        assert_eq!(act, Act::Nothing, "at {at}");
        state = next;
    }
    let (state, act) = step(state, Input::Look, s(3609));
    assert_eq!(act, Act::Nothing);
    let (_, act) = step(state, Input::Look, s(3611));
    assert_eq!(act, Act::Kill);
}

#[test]
fn the_last_words_of_a_page_that_is_gone_do_not_count() {
    let (state, _) = step(State::new(s(0)), Input::Died, s(5));
    let (after, act) = step(state, Input::Alive, s(5));
    assert_eq!((after, act), (state, Act::Nothing));
}
