use super::*;

fn gap(at: i64, len: u64) -> Gap {
    Gap { at: SampleIndex(at), len, cause: GapCause::Loss }
}

#[test]
fn a_gap_is_cut_at_segment_borders() {
    let g = gap(10, 10);
    let within = |from, to| g.within(SampleIndex(from), SampleIndex(to));
    assert_eq!(within(0, 15), Some(gap(10, 5)));
    assert_eq!(within(15, 40), Some(gap(15, 5)));
    assert_eq!(within(0, 10), None);
    assert_eq!(within(20, 30), None);
    assert_eq!(within(0, 100), Some(g));
}

#[test]
fn touching_gaps_of_one_cause_join() {
    assert_eq!(gap(0, 5).joined(&gap(5, 2)), Some(gap(0, 7)));
    assert_eq!(gap(0, 5).joined(&gap(6, 2)), None);
    assert_eq!(gap(0, 5).joined(&Gap { cause: GapCause::Overrun, ..gap(5, 2) }), None);
}

#[test]
fn words_are_read_back() {
    for cause in GapCause::ALL {
        assert_eq!(GapCause::from_word(cause.as_str()), Some(cause));
    }
}
