use proptest::prelude::*;

use super::*;

fn direct(hz: u32) -> Anchor {
    Anchor::direct(Rate::new(hz).unwrap(), TimeBasis::MediaClock)
}

#[test]
fn whole_seconds_are_whole_samples() {
    let second = 1_800_000_037;
    let tai = Tai::from_seconds(second);
    assert_eq!(direct(48_000).index_at(tai), SampleIndex(second * 48_000));
    assert_eq!(direct(48_000).tai_at(SampleIndex(second * 48_000)), tai);
}

#[test]
fn a_boundary_between_samples_belongs_to_the_next_one() {
    let a = direct(44_100);
    assert_eq!(a.index_at(Tai(1)), SampleIndex(1));
    assert_eq!(a.index_at(Tai(0)), SampleIndex(0));
    assert_eq!(a.index_at(Tai(-1)), SampleIndex(0));
}

proptest! {
    #[test]
    fn index_of_the_time_of_a_sample_is_that_sample(index in -1_i64 << 46..1_i64 << 46, hz in 8_000_u32..=384_000) {
        let a = direct(hz);
        prop_assert_eq!(a.index_at(a.tai_at(SampleIndex(index))), SampleIndex(index));
    }
}
