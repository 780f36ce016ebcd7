use super::*;

fn tag(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn comments_are_laid_out_as_the_standard_says() {
    let mut bytes = Vec::new();
    write("me", &[tag("A", "ü=1")], &mut bytes);
    assert_eq!(bytes, b"\x02\0\0\0me\x01\0\0\0\x06\0\0\0A=\xC3\xBC=1");
    assert_eq!(read(&bytes), Some(vec![tag("A", "ü=1")]));
}

#[test]
fn comments_with_lengths_that_do_not_fit_are_none() {
    let mut whole = Vec::new();
    write("me", &[tag("A", "1"), tag("B", "2")], &mut whole);
    for cut in 0..whole.len() {
        assert_eq!(read(&whole[..cut]), None, "cut at {cut}");
    }
    assert_eq!(read(&[0xFF; 12]), None);
    assert_eq!(
        read(b"\0\0\0\0\x02\0\0\0\x01\0\0\0\xFF\x03\0\0\0C=3"),
        Some(vec![tag("C", "3")]),
        "not UTF-8"
    );
}
