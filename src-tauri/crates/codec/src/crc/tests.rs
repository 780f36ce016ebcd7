use super::*;

/// The check values of the CRC catalogue for the text "123456789".
#[test]
fn checksums_give_the_catalogued_values() {
    let text = b"123456789";
    assert_eq!(ogg(text), 0x89A1_897F, "CRC-32/MPEG-2 without its initial and final ones");
    assert_eq!(flac8(text), 0xF4, "CRC-8/SMBUS");
    assert_eq!(text.iter().fold(0, |crc, b| flac16(crc, *b)), 0xFEE8, "CRC-16/UMTS");
    assert_eq!(lame(lame(0, b"1234"), b"56789"), 0xBB3D, "CRC-16/ARC");
}
