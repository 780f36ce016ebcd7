use serde_json::{Value, json};

use super::super::files::tests::{Station, texts};
use super::*;
use crate::api::{Access, Code};

#[test]
fn a_reason_is_said_on_one_line_and_is_not_left_out() {
    assert_eq!(reason(" Complaint 7\n„News“ ").unwrap(), "Complaint 7 „News“");
    assert_eq!(reason(&"ä".repeat(MOST_REASON)).unwrap().chars().count(), MOST_REASON);
    for (text, part) in [(" \n", "Say why"), (&*"ä".repeat(MOST_REASON + 1), "this one has 501")] {
        assert!(reason(text).unwrap_err().message.contains(part), "{text}");
    }
}

/// What was told since the last look: files, by id and number of holds.
fn told(events: &mut tokio::sync::broadcast::Receiver<AppEvent>) -> Vec<(String, usize)> {
    std::iter::from_fn(|| events.try_recv().ok())
        .filter_map(|event| {
            let AppEvent::File(file) = event else { return None };
            Some((file.id, file.holds.len()))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_holds_nobody_deletes_until_it_is_lifted() {
    let station = Station::new().await;
    let mut events = station.service.events();
    let ids = station.ids().await;
    let operator = Caller::here(Access::Operator, None);
    let until = "2100-01-01T00:00:00Z";
    let wish = json!({ "ids": [ids[2], ids[0], "x"], "reason": "Complaint 7", "until": until });
    let done = station.ask_as(&operator, "hold_files", wish).await.unwrap();
    assert_eq!(texts(&done["refused"], "id"), ["x"], "the one that grows is held too: {done}");
    assert_eq!(told(&mut events), [(ids[2].clone(), 1), (ids[0].clone(), 1)]);
    let held = station.ask("list_files", json!({ "held": true })).await;
    assert_eq!(
        (texts(&held["files"], "id"), &held["total"]),
        (vec![ids[0].clone(), ids[2].clone()], &json!(2))
    );

    // A studio sees why, and nobody gets past it; what is not held goes as always.
    let studio = station.studio_caller();
    let seen = station.ask_as(&studio, "file", json!({ "id": ids[2] })).await.unwrap();
    let hold = &seen["file"]["holds"][0];
    assert_eq!(
        (&hold["by"], &hold["reason"], &hold["until"], &hold["expired"]),
        (&json!("This machine"), &json!("Complaint 7"), &json!(until), &json!(false))
    );
    for caller in [studio, Caller::local()] {
        let done = station.ask_as(&caller, "delete_files", json!({ "ids": [ids[2]] })).await.unwrap();
        let words = texts(&done["refused"], "message").remove(0);
        assert!(words.contains(".wav is held by This machine until 2100"), "{words}");
        assert!(words.contains("\"Complaint 7\""), "{words}");
    }
    let done = station.ask("delete_files", json!({ "ids": [ids[1], ids[2]] })).await;
    assert_eq!((&done["done"], texts(&done["refused"], "id")), (&json!([ids[1]]), vec![ids[2].clone()]));

    // On top of it another; each is lifted by itself.
    let more = json!({ "ids": [ids[2]], "reason": "Court" });
    station.ask_as(&operator, "hold_files", more).await.unwrap();
    let lift = async |hold: &Value, reason| {
        let wish = json!({ "ids": [ids[2]], "hold_id": hold, "reason": reason });
        station.ask_as(&operator, "lift_holds", wish).await.unwrap()
    };
    assert_eq!(lift(&hold["id"], "settled").await["done"], json!([ids[2]]));
    assert_eq!(texts(&lift(&hold["id"], "settled").await["refused"], "id"), [ids[2].clone()]);
    let left = station.ask("file", json!({ "id": ids[2] })).await;
    assert_eq!(texts(&left["file"]["holds"], "reason"), ["Court"]);
    lift(&Value::Null, "over").await;
    let done = station.ask("delete_files", json!({ "ids": [ids[2]] })).await;
    assert_eq!(done["done"], json!([ids[2]]));

    // All of it is in the log: who, what, why; also that somebody tried.
    let log = station.ask("audit_log", json!({})).await;
    let said: Vec<(String, bool, String)> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |field: &str| entry[field].as_str().unwrap().to_owned();
            (text("kind"), entry["result"] == "done", text("message"))
        })
        .collect();
    let has = |kind: &str, done: bool, parts: &[&str]| {
        said.iter().any(|(own, was, words)| {
            own == kind && *was == done && parts.iter().all(|part| words.contains(part))
        })
    };
    assert!(
        has("hold_files", true, &["Held until 2100-01-01T00:00:00Z: \"Complaint 7\"", ".wav"]),
        "{said:?}"
    );
    assert!(
        has("lift_holds", true, &["Lifted \"Complaint 7\" of This machine, because \"settled\""]),
        "{said:?}"
    );
    assert!(has("delete_files", false, &["Held, and not deleted", ".wav"]), "{said:?}");
    let history = station.ask("history", json!({})).await;
    let kinds = texts(&history["entries"], "kind");
    assert!(kinds.contains(&"held".to_owned()) && kinds.contains(&"released".to_owned()), "{kinds:?}");
    assert_eq!(said.iter().filter(|(kind, ..)| kind == "hold_files").count(), 2, "each is written once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_hold_is_refused_and_that_is_written_down() {
    let station = Station::new().await;
    let ids = station.ids().await;
    for caller in [station.studio_caller(), Caller::here(Access::Viewer, None)] {
        for name in ["hold_files", "lift_holds"] {
            let wish = json!({ "ids": [ids[2]], "reason": "x" });
            assert_eq!(station.ask_as(&caller, name, wish).await.unwrap_err().code, Code::Forbidden);
        }
    }
    let log = station.ask("audit_log", json!({})).await;
    let refused = |name: &str| {
        let entries = log["entries"].as_array().unwrap().iter();
        entries.filter(|entry| entry["kind"] == name && entry["result"] == "refused").count()
    };
    assert_eq!((refused("hold_files"), refused("lift_holds")), (2, 2));
    let operator = Caller::here(Access::Operator, None);
    for (name, wish) in [
        ("hold_files", json!({ "ids": [ids[2]], "reason": " " })),
        ("hold_files", json!({ "ids": [], "reason": "x" })),
        ("hold_files", json!({ "ids": [ids[2]], "reason": "x", "until": "2020-01-01T00:00:00Z" })),
        ("lift_holds", json!({ "ids": [ids[2]], "reason": "" })),
    ] {
        let error = station.ask_as(&operator, name, wish).await.unwrap_err();
        assert_eq!(error.code, Code::Invalid, "{name}: {error:?}");
    }
    let unknown = json!({ "ids": [ids[2]], "hold_id": "x", "reason": "x" });
    assert_eq!(station.ask_as(&operator, "lift_holds", unknown).await.unwrap_err().code, Code::NotFound);
    assert_eq!(station.ask("list_files", json!({ "held": true })).await["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_are_told_as_one() {
    let station = Station::new().await;
    let ids = station.ids().await;
    let root = station.service.inner.station.root().unwrap();
    let template = root.segment(ids[2].parse().unwrap()).unwrap().unwrap();
    let rows = (0..=TOLD_SINGLY).map(|_| SegmentRow { id: SegmentId::new(), ..template.clone() }).collect();
    let mut work = Work { rows, done: Vec::new(), refused: Vec::new() };
    work.done = work.ids();
    let mut events = station.service.events();
    let done = work.tell(&station.service.inner, &root, &Caller::local(), "hold_files", "held", "Held");
    assert_eq!(done.done.len(), TOLD_SINGLY + 1);
    let told: Vec<AppEvent> = std::iter::from_fn(|| events.try_recv().ok()).collect();
    assert_eq!(told.iter().filter(|event| matches!(event, AppEvent::Resync)).count(), 1, "{told:?}");
    assert!(!told.iter().any(|event| matches!(event, AppEvent::File(_))));
}
