use super::*;

#[test]
fn a_run_knows_the_one_before_it_and_how_that_ended() {
    let dir = tempfile::tempdir().unwrap();
    let at = |minutes: i64| NOW.plus(minutes * MINUTE);
    let run = |from: i64, to: i64, orderly: bool| {
        let (store, opened) = Store::open(dir.path(), "audyn 0.1.0", at(from)).unwrap();
        store.heartbeat(at(to)).unwrap();
        if orderly {
            store.close(at(to + 1)).unwrap();
        }
        opened.previous
    };
    let ran = |from, to, ended: Option<i64>| {
        Some(PreviousRun { started: at(from), last_seen: at(to), ended: ended.map(at) })
    };
    assert_eq!(run(0, 5, true), None);
    assert_eq!(run(10, 15, false), ran(0, 6, Some(6)));
    assert_eq!(run(20, 25, false), ran(10, 15, None));
    assert_eq!(run(30, 35, true), ran(20, 25, None));
}

#[test]
fn settings_come_back_as_they_went_in() {
    let (dir, store) = fresh();
    assert_eq!(store.settings(&settings()).unwrap(), None);
    store.put_settings(&Settings { station: "old".into(), ..settings() }).unwrap();
    store.put_settings(&settings()).unwrap();
    let other = Settings { theme: Theme::Light, peak_hold_s: 5, station: String::new(), ..settings() };
    drop(store);
    assert_eq!(open(dir.path()).0.settings(&other).unwrap(), Some(settings()));
}

#[test]
fn settings_of_other_programs_are_read_as_far_as_they_are_known() {
    let (dir, store) = fresh();
    store.put_settings(&settings()).unwrap();
    meddle(
        dir.path(),
        "UPDATE settings SET document = json_set(json_remove(document, '$.kiosk', '$.writing.clock'),
             '$.theme', 'sepia', '$.future', json('{\"a\":[1]}'), '$.writing.period_s', 900)",
    );
    let defaults = Settings { kiosk: true, theme: Theme::Light, station: "default".into(), ..settings() };
    let defaults = Settings { writing: Writing { clock: ArchiveClock::Tai, ..writing() }, ..defaults };
    let expected = Settings {
        kiosk: true,
        theme: Theme::Light,
        writing: Writing { clock: ArchiveClock::Tai, period_s: 900, ..writing() },
        ..settings()
    };
    assert_eq!(store.settings(&defaults).unwrap(), Some(expected));
}

fn notice(at: i64, subject: &str) -> NewNotice {
    NewNotice {
        level: crate::api::wire::NoticeLevel::Warn,
        at: NOW.plus(at),
        recorder: Some(7),
        subject: subject.into(),
        message: "One leg is silent.".into(),
        action: Some(crate::api::wire::NoticeAction::ShowGaps),
    }
}

#[test]
fn a_notice_is_open_once_until_it_is_settled() {
    let (dir, store) = fresh();
    let Raised::New(first) = store.raise("leg 7", notice(0, "Studio 7")).unwrap() else { panic!("not new") };
    assert_eq!(store.raise("leg 7", notice(1, "Studio 7")).unwrap(), Raised::Open(first.clone()));
    assert!(matches!(store.raise("leg 8", notice(1, "Studio 8")).unwrap(), Raised::New(_)));
    let seen = store.acknowledge(&first.id).unwrap();
    assert_eq!(seen, NoticeRow { acknowledged: true, ..first.clone() });
    assert_eq!(store.raise("leg 7", notice(2, "Studio 7")).unwrap(), Raised::Open(seen.clone()));
    let over = store.settle("leg 7", NOW.plus(5)).unwrap();
    assert_eq!(over, Some(NoticeRow { until: Some(NOW.plus(5)), ..seen }));
    assert_eq!(store.settle("leg 7", NOW.plus(6)).unwrap(), None);
    let Raised::New(again) = store.raise("leg 7", notice(9, "Studio 7")).unwrap() else { panic!("not new") };
    assert_ne!(again.id, first.id);
    drop(store);
    assert_eq!(open(dir.path()).0.notices(10).unwrap().len(), 3);
}

#[test]
fn notices_that_want_attention_come_first() {
    let (_dir, store) = fresh();
    for (at, subject) in [(1, "open"), (2, "over"), (3, "over, seen"), (4, "seen"), (5, "last")] {
        let Raised::New(row) = store.raise(subject, notice(at, subject)).unwrap() else { panic!("not new") };
        if subject.contains("seen") {
            store.acknowledge(&row.id).unwrap();
        }
        if subject.contains("over") {
            store.settle(subject, NOW.plus(at)).unwrap();
        }
    }
    let order = |limit| store.notices(limit).unwrap().into_iter().map(|row| row.subject).collect::<Vec<_>>();
    assert_eq!(order(9), ["last", "seen", "over", "open", "over, seen"]);
    assert_eq!(order(2), ["last", "seen"]);
}

#[test]
fn the_notices_that_are_forgotten_are_those_over_and_seen() {
    let (dir, store) = fresh();
    store.raise("open for years", notice(-9, "old")).unwrap();
    meddle(
        dir.path(),
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
         INSERT INTO notices (id, key, level, at_ns, until_ns, subject, message, acknowledged)
         SELECT 'id ' || i, 'k', 'info', i, i, 'over ' || i, '', 1 FROM n",
    );
    store.raise("new", notice(-8, "new")).unwrap();
    let subjects: Vec<_> = store.notices(5000).unwrap().into_iter().map(|row| row.subject).collect();
    assert_eq!((subjects.len(), subjects[0].as_str(), subjects[1].as_str()), (1000, "new", "old"));
    assert_eq!((subjects[2].as_str(), subjects[999].as_str()), ("over 1200", "over 203"));
}

#[test]
fn what_is_not_there_cannot_be_acknowledged() {
    let (_dir, store) = fresh();
    let refused = store.acknowledge("x").unwrap_err();
    assert_eq!(refused.to_string(), r#"there is no notice "x""#);
}

fn happened(number: i64, recorder: Option<u32>) -> HistoryNote {
    HistoryNote {
        at: NOW.plus(number),
        recorder,
        subject: "Studio".into(),
        kind: "gap".into(),
        message: format!("{number}"),
    }
}

#[test]
fn history_is_read_backwards_by_page() {
    let (_dir, store) = fresh();
    let notes: Vec<_> = (0..10).map(|n| happened(n, [None, Some(1), Some(2)][n as usize % 3])).collect();
    assert_eq!(store.note(&notes[..4]).unwrap(), 4);
    assert_eq!(store.note(&notes[4..]).unwrap(), 10);
    let page = |recorder, before, limit| {
        let page = store.history(HistoryWanted { recorder, before, limit }).unwrap();
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        for HistoryRow { id, note } in page.rows {
            assert_eq!(note, notes[id as usize - 1]);
        }
        (ids, page.more)
    };
    assert_eq!(page(None, None, 4), (vec![10, 9, 8, 7], true));
    assert_eq!(page(None, Some(7), 4), (vec![6, 5, 4, 3], true));
    assert_eq!(page(None, Some(3), 4), (vec![2, 1], false));
    assert_eq!(page(None, Some(3), 2), (vec![2, 1], false));
    assert_eq!(page(Some(1), None, 2), (vec![8, 5], true));
    assert_eq!(page(Some(1), Some(5), 2), (vec![2], false));
    assert_eq!(page(Some(9), None, 2), (vec![], false));
}

#[test]
fn history_keeps_its_last_entries() {
    let (dir, store) = fresh();
    meddle(
        dir.path(),
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200010)
         INSERT INTO history (at_ns, recorder, subject, kind, message) SELECT i, i % 64 + 1, 's', 'k', 'm' FROM n",
    );
    store.note(&[happened(0, None)]).unwrap();
    let ends = |sql| -> (i64, i64) {
        store.read("test", |tx| Ok(tx.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)).unwrap()
    };
    assert_eq!(ends("SELECT min(id), max(id) FROM history"), (12, 200_011));
}

#[test]
fn days_add_up() {
    let (dir, store) = fresh();
    let (a, b) = (audyn_model::RecorderId::new(), audyn_model::RecorderId::new());
    let day = |d| jiff::civil::date(2026, 10, d);
    let share = |recorder, d, wanted_ms, missing_ms, gaps| DayShare {
        recorder,
        day: day(d),
        wanted_ms,
        missing_ms,
        gaps,
    };
    store.add_days(&[share(a, 25, 1000, 20, 1), share(b, 25, 500, 0, 0), share(a, 25, 1, 2, 3)]).unwrap();
    store.add_days(&[share(a, 25, 90_000_000, 0, 0), share(a, 26, 5, 5, 5)]).unwrap();
    let row = |recorder, wanted_ms, missing_ms, gaps| DayRow { recorder, wanted_ms, missing_ms, gaps };
    assert_eq!(store.day(day(25)).unwrap(), [row(a, 90_001_001, 22, 4), row(b, 500, 0, 0)]);
    assert_eq!(store.day(day(26)).unwrap(), [row(a, 5, 5, 5)]);
    assert_eq!(store.day(day(27)).unwrap(), []);
    meddle(dir.path(), "INSERT INTO days VALUES ('2026-10-26', 'somebody', 1, 1, 1)");
    assert_eq!(store.day(day(26)).unwrap().len(), 1, "a row of nobody does not hide the others");
}
