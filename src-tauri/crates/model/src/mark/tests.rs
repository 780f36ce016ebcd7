use super::*;

fn mark(at: i64, end: Option<i64>) -> Mark {
    Mark {
        id: MarkId::new(),
        at: SampleIndex(at),
        end: end.map(SampleIndex),
        kind: MarkKind::Vox,
        text: None,
    }
}

#[test]
fn a_mark_is_cut_at_segment_borders() {
    let check = |at, end, from, to, expected: Option<(i64, i64)>| {
        let found = mark(at, end).within(SampleIndex(from), SampleIndex(to));
        assert_eq!(found.map(|(at, end)| (at.0, end.0)), expected, "{at} {end:?} in {from} {to}");
    };
    check(10, Some(20), 0, 100, Some((10, 20)));
    check(10, Some(20), 15, 100, Some((15, 20)));
    check(10, Some(20), 0, 15, Some((10, 15)));
    check(10, Some(20), 20, 100, None);
    check(10, Some(20), 0, 10, None);
    check(10, None, 0, 100, Some((10, 100)));
    check(10, None, 50, 100, Some((50, 100)));
}

#[test]
fn words_are_read_back() {
    for kind in MarkKind::ALL {
        assert_eq!(MarkKind::from_word(kind.as_str()), Some(kind));
    }
}
