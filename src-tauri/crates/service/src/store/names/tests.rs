use super::key;

#[test]
fn names_that_people_take_for_one_have_one_key() {
    for (one, other, same) in [
        ("Studio 1", "studio 1", true),
        ("Studio 1", "  STUDIO \t 1 ", true),
        ("Zürich", "ZÜRICH", true),
        ("Zürich", "zu\u{308}rich", true),
        ("Straße", "STRASSE", true),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ", true),
        ("Ｓｔｕｄｉｏ", "studio", true),
        ("Студия", "СТУДИЯ", true),
        ("Studio 1", "Studio 2", false),
        ("Studio 1", "Studio1", false),
        ("Zürich", "Zurich", false),
    ] {
        assert_eq!(key(one) == key(other), same, "{one:?} and {other:?}");
    }
}
