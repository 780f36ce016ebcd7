use proptest::prelude::*;

use super::*;

fn unpacked(payload: &[u8], encoding: Encoding, pick: &Pick) -> Vec<i32> {
    let frames = payload.len() / (pick.stream_channels() * encoding.bytes());
    let mut out = vec![0; frames * pick.stored_channels()];
    unpack(payload, encoding, pick, &mut out);
    out
}

#[test]
fn words_are_left_justified_and_keep_their_sign() {
    let check = |payload: &[u8], encoding, expected: &[i32]| {
        assert_eq!(unpacked(payload, encoding, &Pick::all(1)), expected);
    };
    check(&[0x7F, 0xFF, 0x80, 0x00, 0x00, 0x01], Encoding::L16, &[0x7FFF_0000, i32::MIN, 0x1_0000]);
    check(&[0x7F, 0xFF, 0xFF, 0x80, 0, 0, 0, 0, 1], Encoding::L24, &[0x7FFF_FF00, i32::MIN, 0x100]);
}

#[test]
fn picked_channels_come_in_the_order_asked_for() {
    let payload: Vec<u8> = (0..2 * 4 * 3).collect();
    let pick = Pick::channels(4, &[3, 0]);
    let expected: Vec<i32> = [9, 0, 21, 12].map(|b: u8| i32::from_be_bytes([b, b + 1, b + 2, 0])).to_vec();
    assert_eq!(unpacked(&payload, Encoding::L24, &pick), expected);
    let expected: Vec<i32> = [6, 0, 14, 8, 22, 16].map(|b: u8| i32::from_be_bytes([b, b + 1, 0, 0])).to_vec();
    assert_eq!(unpacked(&payload, Encoding::L16, &pick), expected);
}

#[test]
fn the_size_of_a_payload_tells_its_encoding_where_it_can() {
    let check = |length, channels, expected, encoding| {
        assert_eq!(
            Encoding::infer(length, channels, expected),
            encoding,
            "{length} bytes, {channels} channels"
        );
    };
    check(288, 2, 48, Some(Encoding::L24));
    check(192, 2, 48, Some(Encoding::L16));
    check(36, 2, 48, Some(Encoding::L24)); // 6 samples, although 48 were announced; 9 would be no count in use
    check(1440, 2, 48, Some(Encoding::L24)); // Livewire, 240
    check(96, 2, 48, None); // 16 × L24 or 24 × L16
    check(96, 2, 16, Some(Encoding::L24));
    check(97, 2, 48, None);
}

proptest! {
    #[test]
    fn every_path_agrees_with_the_plain_one(bytes in proptest::collection::vec(any::<u8>(), 0..600), channels in 1_u16..9) {
        let frame = usize::from(channels) * 3;
        let payload = &bytes[..bytes.len() / frame * frame];
        let plain: Vec<i32> = payload.chunks(3).map(|b| i32::from_be_bytes([b[0], b[1], b[2], 0])).collect();
        prop_assert_eq!(&unpacked(payload, Encoding::L24, &Pick::all(channels)), &plain);
        let reversed: Vec<u16> = (0..channels).rev().collect();
        let mut expected = plain.clone();
        expected.chunks_mut(usize::from(channels)).for_each(<[i32]>::reverse);
        prop_assert_eq!(unpacked(payload, Encoding::L24, &Pick::channels(channels, &reversed)), expected);
    }
}
