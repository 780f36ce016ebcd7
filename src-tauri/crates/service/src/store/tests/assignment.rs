use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[test]
fn an_assignment_releases_both_sides() {
    let (_dir, store) = fresh();
    for name in ["1", "2"] {
        recorder(&store, name);
    }
    let (a, b) = (studio(&store, "a").id, studio(&store, "b").id);
    let check = |studio: &str, recorder, released_studio: Option<&str>, released_recorder| {
        let released_studio = released_studio.map(str::to_owned);
        assert_eq!(store.assign(studio, recorder).unwrap(), Assigned { released_studio, released_recorder });
    };
    check(&a, Some(1), None, None);
    check(&a, Some(1), None, None);
    check(&b, Some(2), None, None);
    check(&a, Some(2), Some(&b), Some(1));
    check(&b, Some(2), Some(&a), None);
    check(&b, None, None, Some(2));
    check(&b, None, None, None);
    assert!(matches!(store.assign("x", None), Err(StoreError::NotFound { what: "studio", .. })));
    assert!(matches!(store.assign(&a, Some(9)), Err(StoreError::NotFound { what: "recorder", .. })));
    check(&a, Some(1), None, None);
    store.delete_recorder(1).unwrap();
    assert_eq!(store.studios().unwrap()[0].recorder, None);
}

#[test]
fn a_screen_keeps_its_studio_until_that_is_gone() {
    let (dir, store) = fresh();
    let (a, b) = (studio(&store, "a").id, studio(&store, "b").id);
    for (screen, studio) in [("main", &a), ("left", &b), ("main", &b), ("right", &a)] {
        store.put_selection(screen, studio).unwrap();
    }
    drop(store);
    let (store, _) = open(dir.path());
    let shown = || ["main", "left", "right", "new"].map(|screen| store.selection(screen).unwrap());
    assert_eq!(shown(), [Some(b.clone()), Some(b.clone()), Some(a), None]);
    store.delete_studio(&store.studios().unwrap()[0].id).unwrap();
    assert_eq!(shown(), [Some(b.clone()), Some(b), None, None]);
}

#[test]
fn the_screens_that_chose_longest_ago_are_forgotten() {
    let (dir, store) = fresh();
    let studio = studio(&store, "a").id;
    store.put_selection("early", &studio).unwrap();
    store.put_selection("kept", &studio).unwrap();
    let many = "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                INSERT INTO selections (seq, screen, studio) SELECT i, i, (SELECT id FROM studios) FROM n";
    meddle(dir.path(), many);
    store.put_selection("kept", &studio).unwrap();
    assert!(store.selection("early").unwrap().is_some(), "a thousand have their place");
    store.put_selection("late", &studio).unwrap();
    let shown = ["early", "kept", "3", "late"].map(|screen| store.selection(screen).unwrap().is_some());
    assert_eq!(shown, [false, true, true, true]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_assigned_stays_one_to_one(
        steps in prop::collection::vec((0_usize..4, prop::option::weighted(0.8, 1_u32..5), any::<bool>()), 1..25),
    ) {
        let (_dir, store) = fresh();
        let studios: Vec<_> = ["a", "b", "c", "d"].iter().map(|name| studio(&store, name).id).collect();
        for name in ["1", "2", "3", "4"] {
            recorder(&store, name);
        }
        // Studio by recorder, as it should be.
        let mut links: BTreeMap<u32, String> = BTreeMap::new();
        for (at, recorder, wanted) in steps {
            let studio = &studios[at];
            let released_recorder =
                links.iter().find(|(_, held)| *held == studio).map(|(number, _)| *number).filter(|old| Some(*old) != recorder);
            let released_studio = recorder.and_then(|number| links.get(&number).cloned()).filter(|old| old != studio);
            links.retain(|_, held| held != studio);
            if let Some(number) = recorder {
                links.insert(number, studio.clone());
                store.set_wanted(&[number], wanted).unwrap();
            }
            prop_assert_eq!(store.assign(studio, recorder).unwrap(), Assigned { released_studio, released_recorder });
            let rows = store.studios().unwrap();
            let held: BTreeMap<_, _> = rows.into_iter().filter_map(|row| Some((row.recorder?, row.id))).collect();
            prop_assert_eq!(&held, &links);
        }
    }
}
