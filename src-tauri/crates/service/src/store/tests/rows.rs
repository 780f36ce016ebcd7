use super::*;
use crate::api::wire;

#[test]
fn sources_come_back_as_they_went_in_and_in_order_of_their_names() {
    let (dir, store) = fresh();
    let b = store.insert_source(NewSourceRow { name: "b".into(), config: aes67(), demo: false }).unwrap();
    let a = store.insert_source(NewSourceRow { name: "A".into(), config: tone(1000), demo: true }).unwrap();
    assert_eq!((b.config.clone(), b.demo, a.demo), (aes67(), false, true));
    assert_eq!(a.id.parse::<uuid::Uuid>().unwrap().get_version_num(), 7);
    let changed =
        store.update_source(&a.id, SourceChange { name: Some("c".into()), config: Some(tone(20)) }).unwrap();
    assert_eq!(changed, SourceRow { name: "c".into(), config: tone(20), ..a });
    assert_eq!(store.update_source(&b.id, SourceChange::default()).unwrap(), b);
    drop(store);
    assert_eq!(open(dir.path()).0.sources().unwrap(), [b, changed]);
}

#[test]
fn recorders_come_back_as_they_went_in_and_by_number() {
    let (dir, store) = fresh();
    let source = source(&store, "S");
    let config = RecorderConfig {
        outputs: Some(writing().outputs),
        layout: Some(Layout::Custom),
        custom_format: Some("%Y/%H".into()),
        period_s: Some(0),
        clock: Some(ArchiveClock::Utc),
        vox: Some(wire::Vox {
            threshold_dbfs: Some(-24.5),
            level: Some(wire::VoxLevel::Any),
            ..wire::Vox::default()
        }),
    };
    let one = store
        .insert_recorder(NewRecorderRow {
            description: "Main".into(),
            config: config.clone(),
            demo: true,
            ..new_recorder("one", Some(&source.id))
        })
        .unwrap();
    let two = recorder(&store, "two");
    assert_eq!((one.number, one.wanted, two.number, &one.config), (1, false, 2, &config));
    assert_ne!(one.uid, two.uid);
    let change = RecorderChange {
        name: Some("zwei".into()),
        description: Some("Spare".into()),
        source: Some(Some(source.id.clone())),
        config: Some(config.clone()),
    };
    let changed = store.update_recorder(2, change).unwrap();
    let expected = RecorderRow {
        name: "zwei".into(),
        description: "Spare".into(),
        source: Some(source.id),
        config,
        ..two
    };
    assert_eq!(changed, expected);
    let none = RecorderChange { source: Some(None), ..RecorderChange::default() };
    assert_eq!(store.update_recorder(1, none).unwrap().source, None);
    store.set_wanted(&[1, 2], true).unwrap();
    store.set_wanted(&[2], false).unwrap();
    drop(store);
    let expected = [RecorderRow { source: None, wanted: true, ..one }, expected];
    assert_eq!(open(dir.path()).0.recorders().unwrap(), expected);
}

#[test]
fn a_recorders_number_is_never_given_again() {
    let (dir, store) = fresh();
    for name in ["a", "b", "c"] {
        recorder(&store, name);
    }
    store.delete_recorder(3).unwrap();
    store.delete_recorder(2).unwrap();
    assert_eq!(recorder(&store, "b").number, 4);
    store.delete_recorder(4).unwrap();
    drop(store);
    assert_eq!(recorder(&open(dir.path()).0, "b").number, 5);
}

#[test]
fn intents_are_changed_together_or_not_at_all() {
    let (_dir, store) = fresh();
    recorder(&store, "a");
    recorder(&store, "b");
    let refused = store.set_wanted(&[1, 2, 9], true).unwrap_err();
    assert_eq!(refused.to_string(), r#"there is no recorder "9""#);
    assert!(store.recorders().unwrap().iter().all(|row| !row.wanted));
}

#[test]
fn studios_come_back_as_they_went_in_and_in_their_order() {
    let (dir, store) = fresh();
    let (a, b) = (studio(&store, "a"), studio(&store, "b"));
    assert_eq!((a.position, b.position, a.enabled, a.recorder), (0, 1, true, None));
    let hex = a.id.strip_prefix("studio-").unwrap();
    assert!(hex.len() == 8 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)), "{hex}");
    let change = StudioChange {
        name: Some("A".into()),
        description: Some("Downstairs".into()),
        color: Some("#112233".into()),
        enabled: Some(false),
        position: Some(2),
    };
    let changed = store.update_studio(&a.id, change).unwrap();
    let expected = StudioRow {
        name: "A".into(),
        description: "Downstairs".into(),
        color: "#112233".into(),
        enabled: false,
        position: 2,
        ..a
    };
    assert_eq!(changed, expected);
    drop(store);
    assert_eq!(open(dir.path()).0.studios().unwrap(), [b, changed]);
}

#[test]
fn users_come_back_as_they_went_in() {
    let (_dir, store) = fresh();
    let studio = studio(&store, "a");
    let new = |email: &str, studio: Option<&str>| NewUserRow {
        email: email.into(),
        name: "Ann".into(),
        access: Access::Studio,
        studio: studio.map(str::to_owned),
        source: UserSource::Local,
        subject: None,
        password: Some(PasswordHash("$argon2id$".into())),
    };
    let ann = store.insert_user(new("ann@example.org", Some(&studio.id)), NOW).unwrap();
    assert_eq!(store.users().unwrap(), std::slice::from_ref(&ann));
    let refused = store.insert_user(new("ANN@example.org", None), NOW).unwrap_err();
    assert!(matches!(refused, StoreError::NameTaken { what: "user", name } if name == "ann@example.org"));
    assert!(matches!(store.insert_user(new("b@x", Some("studio-0")), NOW), Err(StoreError::NotFound { .. })));
    let of_provider =
        NewUserRow { source: UserSource::Provider, password: None, ..new("ann@example.org", None) };
    let other = store.insert_user(of_provider, NOW).unwrap();
    store.delete_user(&other.id).unwrap();
    let change = UserChange { name: Some("Anna".into()), enabled: Some(false), ..UserChange::default() };
    let changed = store.update_user(&ann.id, change).unwrap();
    assert_eq!(changed, UserRow { name: "Anna".into(), enabled: false, ..ann.clone() });
    store.delete_studio(&studio.id).unwrap();
    assert_eq!(store.users().unwrap(), [UserRow { studio: None, ..changed }]);
    store.delete_user(&ann.id).unwrap();
    assert!(matches!(store.delete_user(&ann.id), Err(StoreError::NotFound { .. })));
}

#[test]
fn a_name_is_taken_once_in_each_table() {
    let (_dir, store) = fresh();
    let (one, two) = (source(&store, "Straße 1"), source(&store, "Other"));
    let (first, second) = (recorder(&store, "Straße 1"), recorder(&store, "Other"));
    let (here, there) = (studio(&store, "Straße 1"), studio(&store, "Other"));
    let again = " STRASSE  1";
    let rename = |id: &str| store.update_source(id, SourceChange { name: Some(again.into()), config: None });
    let call = |number| {
        store
            .update_recorder(number, RecorderChange { name: Some(again.into()), ..RecorderChange::default() })
    };
    let paint = |id: &str| {
        store.update_studio(id, StudioChange { name: Some(again.into()), ..StudioChange::default() })
    };
    let new_source = NewSourceRow { name: again.into(), config: tone(1), demo: false };
    let refusals = [
        ("source", store.insert_source(new_source).unwrap_err()),
        ("source", rename(&two.id).unwrap_err()),
        ("recorder", store.insert_recorder(new_recorder(again, None)).unwrap_err()),
        ("recorder", call(second.number).unwrap_err()),
        ("studio", store.insert_studio(new_studio(again)).unwrap_err()),
        ("studio", paint(&there.id).unwrap_err()),
    ];
    for (what, refusal) in refusals {
        let expected = format!("there is a {what} named \"Straße 1\" already; choose another name");
        assert_eq!(refusal.to_string(), expected);
        assert!(matches!(refusal, StoreError::NameTaken { .. }));
    }
    // Another way of writing one's own name is not taken.
    assert_eq!(rename(&one.id).unwrap().name, again);
    assert_eq!(call(first.number).unwrap().name, again);
    assert_eq!(paint(&here.id).unwrap().name, again);
}

#[test]
fn what_is_not_there_is_said_not_to_be() {
    let (_dir, store) = fresh();
    recorder(&store, "a");
    studio(&store, "a");
    let named = Some("x".to_owned());
    let refusals = [
        ("source", store.update_source("x", SourceChange { name: named.clone(), config: None }).unwrap_err()),
        ("source", store.update_source("x", SourceChange { name: None, config: Some(tone(1)) }).unwrap_err()),
        ("source", store.update_source("x", SourceChange::default()).unwrap_err()),
        ("source", store.delete_source("x").unwrap_err()),
        ("source", store.insert_recorder(new_recorder("b", Some("x"))).unwrap_err()),
        (
            "source",
            store
                .update_recorder(
                    1,
                    RecorderChange { source: Some(named.clone()), ..RecorderChange::default() },
                )
                .unwrap_err(),
        ),
        (
            "recorder",
            store
                .update_recorder(9, RecorderChange { name: named.clone(), ..RecorderChange::default() })
                .unwrap_err(),
        ),
        ("recorder", store.update_recorder(9, RecorderChange::default()).unwrap_err()),
        ("recorder", store.delete_recorder(9).unwrap_err()),
        ("studio", store.update_studio("x", StudioChange::default()).unwrap_err()),
        ("studio", store.delete_studio("x").unwrap_err()),
        ("studio", store.put_selection("main", "x").unwrap_err()),
    ];
    for (thing, refusal) in refusals {
        assert!(matches!(refusal, StoreError::NotFound { what, .. } if what == thing), "{refusal}");
    }
    assert_eq!(store.recorders().unwrap().len(), 1);
}

#[test]
fn a_source_that_recorders_have_is_not_deleted() {
    let (_dir, store) = fresh();
    let mains = source(&store, "Mains");
    for name in ["Studio 1", "Studio 2"] {
        store.insert_recorder(new_recorder(name, Some(&mains.id))).unwrap();
    }
    let refused = store.delete_source(&mains.id).unwrap_err();
    let expected = "cannot delete the source \"Mains\": it is the source of Studio 1, Studio 2; \
                    give them another source or delete them first";
    assert_eq!(refused.to_string(), expected);
    assert!(matches!(refused, StoreError::InUse { .. }));
    store.delete_recorder(1).unwrap();
    store.update_recorder(2, RecorderChange { source: Some(None), ..RecorderChange::default() }).unwrap();
    store.delete_source(&mains.id).unwrap();
    assert_eq!(store.sources().unwrap(), []);
}

#[test]
fn a_row_that_cannot_be_read_is_named_and_takes_no_other_with_it() {
    let (dir, store) = fresh();
    let (good, odd) = (source(&store, "good"), source(&store, "odd"));
    let (first, _) = (recorder(&store, "first"), recorder(&store, "second"));
    drop(store);
    meddle(dir.path(), "UPDATE sources SET config = '{\"kind\":\"telepathy\"}' WHERE name = 'odd'");
    meddle(dir.path(), "UPDATE recorders SET uid = '7' WHERE name = 'second'");
    meddle(
        dir.path(),
        "UPDATE recorders SET config = '{\"period_s\":60,\"layout\":\"new\"}' WHERE number = 1",
    );
    let (store, opened) = open(dir.path());
    assert_eq!(store.sources().unwrap(), [good]);
    let config = RecorderConfig { period_s: Some(60), ..RecorderConfig::default() };
    assert_eq!(store.recorders().unwrap(), [RecorderRow { config, ..first }]);
    let [source, recorder] = &opened.unusable[..] else { panic!("{:?}", opened.unusable) };
    assert!(
        source.starts_with("source \"odd\" cannot be used: this program cannot read what it is"),
        "{source}"
    );
    assert_eq!(recorder, "recorder \"second\" cannot be used: its id \"7\" is not one");
    let mended = store.update_source(&odd.id, SourceChange { name: None, config: Some(aes67()) }).unwrap();
    assert_eq!(mended.config, aes67());
}

#[test]
fn the_demonstration_goes_as_one_and_takes_nothing_of_ones_own() {
    let (_dir, store) = fresh();
    let own_source = source(&store, "own");
    let shown =
        store.insert_source(NewSourceRow { name: "demo".into(), config: tone(1), demo: true }).unwrap();
    let demo = NewRecorderRow { demo: true, ..new_recorder("demo", Some(&shown.id)) };
    let demo = store.insert_recorder(demo).unwrap();
    let own = store.insert_recorder(new_recorder("own", Some(&shown.id))).unwrap();
    let (own_studio, room) = (studio(&store, "own"), NewStudioRow { demo: true, ..new_studio("demo") });
    let room = store.insert_studio(room).unwrap();
    store.assign(&own_studio.id, Some(demo.number)).unwrap();
    store.assign(&room.id, Some(own.number)).unwrap();
    let before = (store.studios().unwrap(), store.recorders().unwrap(), store.sources().unwrap());
    let refused = store.remove_demo().unwrap_err();
    assert!(
        matches!(&refused, StoreError::InUse { name, by, .. } if name == "demo" && *by == ["own"]),
        "{refused}"
    );
    assert_eq!((store.studios().unwrap(), store.recorders().unwrap(), store.sources().unwrap()), before);
    let change = RecorderChange { source: Some(Some(own_source.id.clone())), ..RecorderChange::default() };
    let own = store.update_recorder(own.number, change).unwrap();
    let removed = store.remove_demo().unwrap();
    let expected = Removed { recorders: vec![demo.number], sources: vec![shown.id], studios: vec![room.id] };
    assert_eq!(removed, expected);
    assert_eq!(store.studios().unwrap(), [own_studio]);
    assert_eq!((store.recorders().unwrap(), store.sources().unwrap()), (vec![own], vec![own_source]));
    assert_eq!(store.remove_demo().unwrap(), Removed::default());
}
