use std::fs;

use super::*;
use crate::store::schema::STEPS;

/// The schema of each version as it was released. Databases like these are out there: the texts never change, whatever
/// becomes of the steps.
const RELEASED: [&str; 2] = [include_str!("schemas/0001.sql"), include_str!("schemas/0002.sql")];

/// The steps with one more, of the awkward kind: a table that others refer to is made anew under its name.
const NEXT: Steps = Steps(&[
    STEPS.0[0],
    STEPS.0[1],
    "CREATE TABLE recorders_new (
         number INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
         name_key TEXT NOT NULL UNIQUE, description TEXT NOT NULL, place TEXT NOT NULL DEFAULT 'rack',
         source TEXT REFERENCES sources (id) ON DELETE RESTRICT, config TEXT NOT NULL,
         wanted INTEGER NOT NULL CHECK (wanted IN (0, 1)), demo INTEGER NOT NULL CHECK (demo IN (0, 1))
     ) STRICT;
     INSERT INTO recorders_new (number, uid, name, name_key, description, source, config, wanted, demo)
         SELECT number, uid, name, name_key, description, source, config, wanted, demo FROM recorders;
     DROP TABLE recorders;
     ALTER TABLE recorders_new RENAME TO recorders;
     CREATE INDEX recorders_source ON recorders (source);
     ALTER TABLE studios ADD COLUMN floor INTEGER;",
]);

/// The steps with one more that cannot be taken to its end.
const BROKEN: Steps = Steps(&[
    STEPS.0[0],
    STEPS.0[1],
    "CREATE TABLE extra (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);",
]);

/// The steps with one more that leaves a studio without the recorder it refers to.
const ASTRAY: Steps = Steps(&[STEPS.0[0], STEPS.0[1], "DELETE FROM recorders;"]);

/// The schema's text without comments and layout.
fn texts(db: &Connection) -> Vec<String> {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name";
    let mut found = db.prepare(sql).unwrap();
    let texts: Vec<String> =
        found.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let plain = |text: String| {
        let text: String =
            text.lines().map(|line| line.split("--").next().unwrap_or("")).collect::<Vec<_>>().join(" ");
        text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(").replace(" )", ")")
    };
    texts.into_iter().map(plain).collect()
}

fn made_by(steps: Steps) -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    steps.upgrade(&mut db).map_err(|_| "the steps").unwrap();
    db
}

#[test]
fn every_released_schema_becomes_exactly_the_newest() {
    assert_eq!(RELEASED.len() as i64, STEPS.newest(), "each version's schema is kept in tests/schemas");
    let newest = texts(&made_by(STEPS));
    assert_eq!(newest.len(), 27);
    for (at, schema) in RELEASED.iter().enumerate() {
        let mut db = Connection::open_in_memory().unwrap();
        db.execute_batch(schema).unwrap();
        db.pragma_update(None, "user_version", at as i64 + 1).unwrap();
        STEPS.upgrade(&mut db).map_err(|_| "the steps").unwrap();
        assert_eq!(texts(&db), newest, "from version {}", at + 1);
    }
}

#[test]
fn an_older_database_is_upgraded_with_all_it_has_and_a_backup_of_before() {
    let (dir, store) = fresh();
    let kept = source(&store, "S");
    let one = store.insert_recorder(new_recorder("one", Some(&kept.id))).unwrap();
    recorder(&store, "two");
    store.delete_recorder(2).unwrap();
    let room = studio(&store, "room");
    store.assign(&room.id, Some(1)).unwrap();
    drop(store);
    let (store, opened) = Store::open_with(NEXT, dir.path(), "audyn 0.2.0", NOW).unwrap();
    assert_eq!(store.schema(), 3);
    assert_eq!(texts(&store.held().db), texts(&made_by(NEXT)));
    assert_eq!(store.recorders().unwrap(), std::slice::from_ref(&one));
    assert_eq!(store.studios().unwrap(), [StudioRow { recorder: Some(1), ..room }]);
    assert_eq!(recorder(&store, "three").number, 3);
    assert!(matches!(store.delete_source(&kept.id), Err(StoreError::InUse { .. })));
    let [before] = &opened.backups[..] else { panic!("{:?}", opened.backups) };
    assert_eq!((before.schema, before.recorders), (2, 1));
    store.restore(&before.name, NOW).unwrap();
    assert_eq!(texts(&store.held().db), texts(&made_by(NEXT)));
    assert_eq!(store.recorders().unwrap(), [one]);
    assert_eq!(recorder(&store, "four").number, 4);
    assert_eq!(
        store.held().db.pragma_query_value(None, "foreign_keys", |row| row.get::<_, i64>(0)).unwrap(),
        1
    );
    drop(store);
    assert_eq!(Store::open_with(NEXT, dir.path(), "audyn 0.2.0", NOW).unwrap().1.backups.len(), 2);
}

#[test]
fn an_upgrade_that_fails_changes_nothing() {
    let (dir, store) = fresh();
    recorder(&store, "one");
    store.assign(&studio(&store, "room").id, Some(1)).unwrap();
    drop(store);
    let refused = Store::open_with(BROKEN, dir.path(), "audyn 0.2.0", NOW).map(drop).unwrap_err();
    assert!(
        refused.to_string().starts_with("cannot upgrade the tables in the state database: no such table"),
        "{refused}"
    );
    let refused = Store::open_with(ASTRAY, dir.path(), "audyn 0.2.0", NOW).map(drop).unwrap_err();
    assert!(refused.to_string().contains("a row of studios refers to a row that is not there"), "{refused}");
    let (store, opened) = open(dir.path());
    assert!(opened.set_aside.is_none() && opened.backups.is_empty());
    assert_eq!(store.studios().unwrap()[0].recorder, Some(1));
    assert_eq!(texts(&store.held().db), texts(&made_by(STEPS)));
}

#[test]
fn a_later_programs_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open_with(NEXT, dir.path(), "audyn 0.2.0", NOW).unwrap());
    let path = dir.path().join("audyn.db");
    let before = fs::read(&path).unwrap();
    let refused = Store::open(dir.path(), "audyn 0.1.0", NOW).map(drop).unwrap_err();
    assert!(matches!(&refused, StoreError::Newer { version: 3, known: 2, .. }), "{refused}");
    assert!(fs::read(&path).unwrap() == before);
    drop(Store::open_with(NEXT, dir.path(), "audyn 0.2.0", NOW).unwrap());
}
