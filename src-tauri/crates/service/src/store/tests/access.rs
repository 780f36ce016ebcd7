use super::super::audit::trim;
use super::*;
use crate::store::schema::STEPS;

fn note(at: i64, kind: &str) -> AuditNote {
    AuditNote {
        at: Utc(at),
        who: "Ann".into(),
        who_id: "a".into(),
        address: Some("192.0.2.7".into()),
        kind: kind.into(),
        done: true,
        subject: "S".into(),
        message: "Done.".into(),
    }
}

fn kinds(store: &Store) -> Vec<String> {
    let page = store.audit_log(&AuditWanted { limit: 1000, ..AuditWanted::default() }).unwrap();
    page.rows.into_iter().rev().map(|row| row.note.kind).collect()
}

#[test]
fn users_of_the_first_version_are_kept_with_what_they_might() {
    type Kept = (String, String, Option<String>, String, Option<String>, bool);
    let mut db = Connection::open_in_memory().unwrap();
    Steps(&STEPS.0[..1]).upgrade(&mut db).map_err(|_| "the step").unwrap();
    db.execute_batch(
        "INSERT INTO studios VALUES ('studio-1', 'S', 's', '', '#000000', 1, 1, NULL, 0);
         INSERT INTO users VALUES ('a', 'A@x', 'a@x', 'A', 1, 'studio-1'), ('b', 'b@x', 'b@x', 'B', 0, 'studio-1'),
             ('c', 'c@x', 'c@x', 'C', 0, NULL);",
    )
    .unwrap();
    STEPS.upgrade(&mut db).map_err(|_| "the steps").unwrap();
    let mut found =
        db.prepare("SELECT id, access, studio, source, password, enabled FROM users ORDER BY id").unwrap();
    let rows: Vec<Kept> = found
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let row = |id: &str, access: &str, studio: Option<&str>| {
        (id.to_owned(), access.to_owned(), studio.map(str::to_owned), "local".to_owned(), None, true)
    };
    assert_eq!(
        rows,
        [row("a", "admin", Some("studio-1")), row("b", "studio", Some("studio-1")), row("c", "viewer", None)]
    );
}

#[test]
fn an_entry_of_the_audit_log_is_neither_changed_nor_deleted() {
    let (_dir, store) = fresh();
    store.audit(&[note(1, "one"), note(2, "two")]).unwrap();
    for sql in [
        "UPDATE audit SET who = 'somebody else'",
        "DELETE FROM audit WHERE id = 1",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT id, 0, '', '', NULL, '', 'done', '', '' FROM audit",
    ] {
        let told = store.write("try", |tx| Ok(tx.execute(sql, [])?)).map_err(|error| error.to_string());
        assert!(told.as_ref().is_err_and(|why| why.contains("audit log")), "{sql}: {told:?}");
    }
    assert_eq!(kinds(&store), ["one", "two"]);
}

#[test]
fn what_is_trimmed_is_noted_and_the_rest_is_read_by_page() {
    let (_dir, store) = fresh();
    let notes: Vec<AuditNote> = (0..30).map(|n| note(n, &format!("k{n}"))).collect();
    store.audit(&notes).unwrap();
    store.write("trim", |tx| trim(tx, NOW, 10, 5)).unwrap();
    let left = kinds(&store);
    assert_eq!((left.len(), left[0].as_str(), left[10].as_str()), (11, "k20", "audit_trimmed"));
    let trims: (i64, i64) = store
        .read("look", |tx| {
            Ok(tx.query_row("SELECT through, entries FROM audit_trims", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?)
        })
        .unwrap();
    assert_eq!(trims, (20, 20));
    store.write("trim", |tx| trim(tx, NOW, 10, 5)).unwrap();
    assert_eq!(kinds(&store), left, "not again before there is enough");
    let wanted = AuditWanted { limit: 4, ..AuditWanted::default() };
    let page = store.audit_log(&wanted).unwrap();
    assert!(page.more && page.rows.len() == 4);
    let next = store.audit_log(&AuditWanted { before: Some(page.rows[3].id), ..wanted }).unwrap();
    assert_eq!(next.rows[0].note.kind, "k26");
    let check = |wanted: AuditWanted, expected: usize| {
        let found = store.audit_log(&AuditWanted { limit: 100, ..wanted }).unwrap().rows.len();
        assert_eq!(found, expected);
    };
    check(AuditWanted { kind: Some("k25".into()), ..AuditWanted::default() }, 1);
    check(AuditWanted { done: Some(false), ..AuditWanted::default() }, 0);
    check(AuditWanted { search: Some("ANN".into()), ..AuditWanted::default() }, 10);
    check(AuditWanted { search: Some("%".into()), ..AuditWanted::default() }, 0);
    check(AuditWanted { from: Some(Utc(25)), until: Some(Utc(28)), ..AuditWanted::default() }, 3);
}

#[test]
fn a_backup_takes_nothing_from_the_audit_log_and_brings_what_a_lost_database_had() {
    let (dir, store) = fresh();
    store.audit(&[note(1, "one"), note(2, "two")]).unwrap();
    let made = store.backup(NOW).unwrap();
    store.audit(&[note(3, "three")]).unwrap();
    store.restore(&made.name, NOW).unwrap();
    assert_eq!(kinds(&store), ["one", "two", "three"]);
    drop(store);
    std::fs::write(dir.path().join("audyn.db"), b"damaged").unwrap();
    for part in ["-wal", "-shm"] {
        _ = std::fs::remove_file(dir.path().join(format!("audyn.db{part}")));
    }
    let (store, opened) = open(dir.path());
    assert!(opened.set_aside.is_some());
    store.audit(&[note(4, "four")]).unwrap();
    store.restore(&made.name, NOW).unwrap();
    assert_eq!(kinds(&store), ["one", "two", "four"]);
}
