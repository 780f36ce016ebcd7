use std::cell::RefCell;
use std::future::ready;

use super::*;

fn part(lines: &str, entries: u32, next: Option<i64>) -> AuditExport {
    AuditExport { lines: lines.to_owned(), entries, next }
}

#[tokio::test]
async fn an_export_is_every_part_in_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("audit.jsonl");
    let asked = RefCell::new(Vec::new());
    let query = AuditQuery { search: Some("ann".into()), limit: Some(5), ..AuditQuery::default() };
    let done = audit(&to, query, |query| {
        asked.borrow_mut().push((query.search, query.before, query.limit));
        ready(Ok(match query.before {
            None => part("3\n2\n", 2, Some(2)),
            Some(_) => part("1\n", 1, None),
        }))
    })
    .await
    .unwrap();
    assert_eq!(done, Exported { entries: 3, path: to.display().to_string() });
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "3\n2\n1\n");
    assert_eq!(asked.into_inner(), [(Some("ann".into()), None, None), (Some("ann".into()), Some(2), None)]);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn what_was_there_stays_if_an_export_fails() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("audit.jsonl");
    std::fs::write(&to, "of last year").unwrap();
    let failed = audit(&to, AuditQuery::default(), |query| {
        ready(match query.before {
            None => Ok(part("1\n", 1, Some(1))),
            Some(_) => Err(ApiError::unavailable("The database is gone.")),
        })
    })
    .await;
    assert_eq!(failed.unwrap_err().message, "The database is gone.");
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "of last year");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "and nothing beside it");
    // There is no such folder.
    let failed =
        audit(&dir.path().join("x/y"), AuditQuery::default(), |_| ready(Ok(part("", 0, None)))).await;
    assert!(failed.unwrap_err().message.contains("cannot be written"));
}

#[tokio::test]
async fn a_text_is_there_whole_or_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("audyn.toml");
    std::fs::write(&to, "of last year").unwrap();
    assert_eq!(text(&to, "of today".into()).await.unwrap(), to.display().to_string());
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "of today");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    // Somebody else's file lies where this one would be made.
    std::fs::write(dir.path().join("audyn.toml.part"), "theirs").unwrap();
    let refused = text(&to, "of tomorrow".into()).await.unwrap_err();
    assert!(refused.message.contains("cannot be written"), "{}", refused.message);
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "of today");
    assert_eq!(std::fs::read_to_string(dir.path().join("audyn.toml.part")).unwrap(), "theirs");
}
