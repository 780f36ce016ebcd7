use super::*;

#[test]
fn only_a_clock_that_was_set_changes_civil_time() {
    assert_eq!(civil(None, 1_000, 0), 1_000);
    assert_eq!(civil(Some(1_000), 100_000, 0), 1_000, "a measuring error");
    assert_eq!(civil(Some(1_000), 5_000_000, 60_000), 1_000, "the two clocks were not read at once");
    assert_eq!(civil(Some(1_000), 5_000_000, 10_000), 5_000_000, "set");
}

#[test]
fn words_of_24_bits_pass_unchanged_and_longer_ones_are_rounded() {
    for word in [0, 1, -1, 8_388_607, -8_388_608, 4_194_304] {
        assert_eq!(from_float(word as f32 / 8_388_608.0), word << 8);
        assert_eq!(from_long(word << 8), word << 8);
    }
    assert_eq!(from_float(1.5), 8_388_607 << 8);
    assert_eq!(from_float(f32::NAN), 0);
    assert_eq!(from_long(0x17F), 0x100);
    assert_eq!(from_long(0x180), 0x200);
    assert_eq!(from_long(i32::MAX), !0xFF & i32::MAX);
}
