//! Who may do what to whom: every operation, by every role, on one's own studio and on another.

use std::net::{IpAddr, Ipv4Addr};

use audyn_service::access::{Credential, SignIn};
use audyn_service::api::wire::Password;
use audyn_service::api::{Access, OPERATIONS};

use super::*;

const PASSWORD: &str = "correct horse battery";
/// In the names of everything that is another studio's, and in nothing else.
const OTHER: &str = "Elsewhere";
const FROM: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));

/// What a studio's user may: with the request about their own studio, and with the one about another.
struct Row {
    name: &'static str,
    own: Value,
    other: Value,
    studio: (Cell, Cell),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Yes,
    No,
}

use Cell::{No, Yes};

struct Things {
    own_recorder: u32,
    other_recorder: u32,
    own_source: String,
    other_source: String,
    own_studio: String,
    other_studio: String,
    own_file: String,
    other_file: String,
}

/// Every operation. What needs more than a studio's rights is refused whatever it is about.
fn table(things: &Things) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |name, own: Value, other: Value, studio| rows.push(Row { name, own, other, studio });
    let pair = |field: &str, own: &dyn Fn() -> Value, other: &dyn Fn() -> Value| {
        (json!({ field: own() }), json!({ field: other() }))
    };
    let recorder = || pair("id", &|| json!(things.own_recorder), &|| json!(things.other_recorder));
    let source = || pair("id", &|| json!(things.own_source), &|| json!(things.other_source));
    let studio = || pair("id", &|| json!(things.own_studio), &|| json!(things.other_studio));
    let file = || pair("id", &|| json!(things.own_file), &|| json!(things.other_file));
    let none = || json!({});
    let nothing = || json!({ "id": "nothing" });

    // What is the same for everybody, or is cut down to what they see: the reply is looked at too.
    for name in [
        "me",
        "status",
        "settings",
        "clock",
        "level_layout",
        "list_recorders",
        "list_sources",
        "list_studios",
        "current_selection",
        "doctor_reports",
        "file_tree",
        "playback",
        "list_outputs",
        "pause",
        "resume",
        "stop_playback",
    ] {
        row(name, none(), none(), (Yes, Yes));
    }
    let password = || json!({ "current": PASSWORD, "new": "short" });
    row("change_own_password", password(), password(), (Yes, Yes));
    row("seek", json!({ "position_s": 0.0 }), json!({ "position_s": 0.0 }), (Yes, Yes));
    row("set_volume", json!({ "volume": 0.5 }), json!({ "volume": 0.5 }), (Yes, Yes));
    row("choose_output", none(), none(), (Yes, Yes));
    // About one thing.
    for (name, (own, other)) in [
        ("recorder", recorder()),
        ("recorder_gaps", recorder()),
        ("recorder_counters", recorder()),
        ("start_recorder", recorder()),
        ("stop_recorder", recorder()),
        ("source_counters", source()),
        ("select_studio", studio()),
        ("file", file()),
        (
            "history",
            (json!({ "recorder_id": things.own_recorder }), json!({ "recorder_id": things.other_recorder })),
        ),
        (
            "list_files",
            (json!({ "studio_id": things.own_studio }), json!({ "studio_id": things.other_studio })),
        ),
        ("play", (json!({ "file_id": things.own_file }), json!({ "file_id": things.other_file }))),
        (
            "listen",
            (json!({ "recorder_id": things.own_recorder }), json!({ "recorder_id": things.other_recorder })),
        ),
    ] {
        row(name, own, other, (Yes, No));
    }
    // Each file by itself: those of others are in the reply, as refused.
    row("delete_files", json!({ "ids": ["nothing"] }), json!({ "ids": [things.other_file] }), (Yes, Yes));
    // About the whole station.
    for name in ["metrics", "discovered"] {
        row(name, none(), none(), (No, No));
    }
    row("discovered_sdp", json!({ "session": "x" }), json!({ "session": "x" }), (No, No));
    // More than a studio may.
    for name in [
        "start_all",
        "stop_all",
        "change_settings",
        "interfaces",
        "diagnostics",
        "backups",
        "make_backup",
        "remove_demo",
        "list_inputs",
        "list_jobs",
        "list_users",
        "list_sessions",
        "list_tokens",
        "audit_log",
        "export_audit",
        "access_settings",
        "listener",
        "export_configuration",
        "change_access_settings",
        "set_breakglass",
    ] {
        row(name, none(), none(), (No, No));
    }
    for name in [
        "acknowledge",
        "ask_doctor",
        "cancel_doctor",
        "delete_source",
        "change_source",
        "change_studio",
        "delete_studio",
        "assign_studio",
        "cancel_job",
        "change_user",
        "delete_user",
        "end_session",
        "revoke_token",
    ] {
        row(name, nothing(), nothing(), (No, No));
    }
    for name in ["change_recorder", "change_recorder_config", "delete_recorder"] {
        row(name, json!({ "id": 9999, "config": {} }), json!({ "id": 9999, "config": {} }), (No, No));
    }
    for name in ["create_recorder", "create_source", "create_studio", "create_user", "create_token"] {
        row(name, json!({ "name": "" }), json!({ "name": "" }), (No, No));
    }
    for (name, request) in [
        ("check_backup", json!({ "name": "nothing" })),
        ("restore_backup", json!({ "name": "nothing" })),
        ("preview_names", json!({ "writing": null })),
        ("check_configuration", json!({ "text": "" })),
        ("import_configuration", json!({ "text": "", "fingerprint": "" })),
        ("read_sdp", json!({ "text": "" })),
        ("adopt_stream", json!({ "session": "x" })),
        ("hold_files", json!({ "ids": [things.own_file], "reason": "" })),
        ("lift_holds", json!({ "ids": [things.own_file], "reason": "" })),
        ("copy_files", json!({ "ids": ["nothing"], "folder": "/tmp" })),
        ("set_password", json!({ "id": "nothing", "password": PASSWORD })),
    ] {
        row(name, request.clone(), request, (No, No));
    }
    rows
}

/// A station with two studios, each with a recorder at a source of its own and a file.
async fn two_studios() -> (Station, Things) {
    let mut station = Station::open(false);
    let mut ids = Vec::new();
    for name in ["Here", OTHER] {
        let source = station.tone(&format!("{name} source")).await;
        let recorder = station.recorder(&format!("{name} recorder"), &source).await;
        let studio =
            station.ask("create_studio", json!({ "name": format!("{name} studio") })).await["id"].clone();
        station.ask("assign_studio", json!({ "id": studio, "recorder_id": recorder })).await;
        station.ask("start_recorder", json!({ "id": recorder })).await;
        let file = station
            .until("a file", |event| match serde_json::to_value(event).unwrap() {
                event if event["type"] == "file" && event["data"]["recorder_id"] == recorder => {
                    Some(event["data"]["id"].as_str().unwrap().to_owned())
                }
                _ => None,
            })
            .await;
        station.ask("stop_recorder", json!({ "id": recorder })).await;
        ids.push((source, recorder, studio.as_str().unwrap().to_owned(), file));
    }
    let [own, other]: [_; 2] = ids.try_into().unwrap();
    let things = Things {
        own_recorder: own.1,
        other_recorder: other.1,
        own_source: own.0,
        other_source: other.0,
        own_studio: own.2,
        other_studio: other.2,
        own_file: own.3,
        other_file: other.3,
    };
    (station, things)
}

/// Somebody with this role who has signed in over the network.
async fn signed_in(station: &Station, access: Access, studio: Option<&str>) -> Caller {
    let email = format!("{access:?}@example.org");
    let new = json!({ "email": email, "password": PASSWORD, "access": access, "studio_id": studio });
    station.ask("create_user", new).await;
    let attempt = SignIn::Local { email, password: Password(PASSWORD.to_owned()) };
    let signed_in = station.service.sign_in(attempt, FROM, "test").await.unwrap();
    let secret = signed_in.secret.text().unwrap().to_owned();
    station.service.caller(Credential::Session(&secret), FROM).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_by_every_role_on_ones_own_studio_and_on_another() {
    let (station, things) = two_studios().await;
    let rows = table(&things);
    for operation in OPERATIONS {
        let found = rows.iter().filter(|row| row.name == operation.name).count();
        assert_eq!(found, 1, "{} has {found} rows in the table of who may", operation.name);
    }
    for access in [Access::Viewer, Access::Studio, Access::Operator, Access::Admin] {
        let studio = (access == Access::Studio).then_some(things.own_studio.as_str());
        let at_the_machine = Caller::here(access, studio.map(str::to_owned));
        let by_network = signed_in(&station, access, studio).await;
        for caller in [at_the_machine, by_network] {
            for row in &rows {
                let operation = OPERATIONS.iter().find(|own| own.name == row.name).expect("it is one");
                for (request, cell, whose) in
                    [(&row.own, row.studio.0, "own"), (&row.other, row.studio.1, "other")]
                {
                    let wanted = access >= operation.access && (access != Access::Studio || cell == Yes);
                    let told = station.ask_as(&caller, row.name, request.clone()).await;
                    let forbidden = told.as_ref().is_err_and(|error| error.code == Code::Forbidden);
                    assert_eq!(!forbidden, wanted, "{} of {whose} as {access:?}: {told:?}", row.name);
                    let text = told.map_or_else(|error| error.message, |reply| reply.to_string());
                    let leaks = text.contains(OTHER) && access == Access::Studio;
                    assert!(!leaks, "{} of {whose} tells a studio of another: {text}", row.name);
                }
            }
        }
    }
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_hears_of_its_own_only() {
    let (mut station, things) = two_studios().await;
    // Of its own: nothing that happens while something is waited for is passed over.
    let mut events = station.service.events();
    let studio = Caller::here(Access::Studio, Some(things.own_studio.clone()));
    let lost = Caller::here(Access::Studio, None);
    let viewer = Caller::here(Access::Viewer, None);
    for id in [things.other_recorder, things.own_recorder] {
        station.ask("start_recorder", json!({ "id": id })).await;
    }
    station.ask("play", json!({ "file_id": things.other_file })).await;
    // The player takes it up in its own time.
    station
        .until("the other is played", |event| {
            let event = serde_json::to_value(event).unwrap();
            (event["data"]["file_id"] == things.other_file.as_str()).then_some(())
        })
        .await;
    for operation in ["pause", "stop_playback"] {
        let refused = station.ask_as(&studio, operation, json!({})).await.unwrap_err();
        assert_eq!(refused.code, Code::Forbidden, "{operation}");
    }
    let playing = station.ask_as(&studio, "playback", json!({})).await.unwrap().to_string();
    assert!(!playing.contains(OTHER) && playing.contains("of another studio"), "{playing}");
    station.ask("change_source", json!({ "id": things.other_source, "name": format!("{OTHER} new") })).await;
    station.ask("stop_all", json!({})).await;
    let (mut own, mut all, mut of_other) = (0, 0, 0);
    // The last event that is waited for is the studio's own.
    station.ask("change_studio", json!({ "id": things.own_studio, "name": "Here now" })).await;
    loop {
        let event = tokio::time::timeout(PATIENCE, events.recv()).await.expect("events come").unwrap();
        all += 1;
        let text = serde_json::to_string(&event).unwrap();
        of_other += u32::from(text.contains(OTHER));
        assert!(station.service.sees(&viewer, event.clone()).is_some() || text.contains("\"job\""), "{text}");
        for caller in [&studio, &lost] {
            if let Some(seen) = station.service.sees(caller, event.clone()) {
                let seen = serde_json::to_string(&seen).unwrap();
                assert!(!seen.contains(OTHER), "{seen}");
                own += 1;
            }
        }
        if text.contains("Here now") {
            break;
        }
    }
    assert!(own > 2 && all > own / 2 && of_other > 3, "{own} of {all}, {of_other} of the other");
    // Meters: one, and its own; it changes hands with the recorder.
    let layout = station.ask_as(&studio, "level_layout", json!({})).await.unwrap();
    assert_eq!(layout["meters"].as_array().unwrap().len(), 1);
    let mut frame = Vec::new();
    let mut levels = station.service.levels_for(&studio);
    levels.frame(&mut frame);
    assert_eq!(frame.len(), 2 + 1 + 3 * layout["meters"][0]["channels"].as_array().unwrap().len());
    station.ask("assign_studio", json!({ "id": things.own_studio, "recorder_id": null })).await;
    levels.frame(&mut frame);
    assert_eq!(frame.len(), 2, "it has no recorder any more");
    station.service.close(Duration::from_secs(5));
}
