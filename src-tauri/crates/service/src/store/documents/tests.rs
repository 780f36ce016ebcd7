use serde::Deserialize;

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Outer {
    name: String,
    count: u32,
    maybe: Option<u32>,
    inner: Inner,
    list: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    theme: Theme,
    size: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Theme {
    Dark,
    Light,
}

fn base() -> Outer {
    Outer {
        name: "base".into(),
        count: 1,
        maybe: Some(2),
        inner: Inner { theme: Theme::Dark, size: 3 },
        list: vec![4],
    }
}

#[test]
fn what_can_be_read_is_taken_and_the_rest_is_as_in_the_base() {
    let check = |stored: &str, expected: &dyn Fn(&mut Outer), unread: &[&str]| {
        let mut whole = base();
        expected(&mut whole);
        let (read, passed) = lay_over(&base(), stored);
        assert_eq!(
            (read, passed.as_slice()),
            (whole, &unread.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
            "{stored}"
        );
    };
    check("{}", &|_| {}, &[]);
    check(r#"{"name":"x","maybe":null}"#, &|o| (o.name, o.maybe) = ("x".into(), None), &[]);
    check(r#"{"inner":{"size":9}}"#, &|o| o.inner.size = 9, &[]);
    check(r#"{"inner":{"size":9,"theme":"Sepia"}}"#, &|o| o.inner.size = 9, &["/inner/theme"]);
    check(r#"{"inner":{"theme":"Light"},"count":-1}"#, &|o| o.inner.theme = Theme::Light, &["/count"]);
    check(r#"{"inner":7,"list":[5,6]}"#, &|o| o.list = vec![5, 6], &["/inner"]);
    check(r#"{"of later":1,"a/b~c":{"d":2}}"#, &|_| {}, &[]);
    for nonsense in ["", "7", "[]", "null", "{"] {
        check(nonsense, &|_| {}, &["/"]);
    }
}
