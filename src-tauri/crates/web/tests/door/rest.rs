//! The contract through HTTP.

use std::collections::BTreeSet;

use audyn_service::api::{Method as ContractMethod, OPERATIONS};
use reqwest::Method;
use serde_json::{Value, json};

use super::rig::{Rig, refusal};

/// What changes from one moment to the next.
fn settled(mut value: Value) -> Value {
    const PASSING: [&str; 12] = [
        "now",
        "uptime_s",
        "memory_bytes",
        "free_bytes",
        "rate_bytes_s",
        "full_at",
        "database_bytes",
        "pre_roll_bytes",
        "pre_roll_s",
        "connections",
        "text",
        "at",
    ];
    match &mut value {
        Value::Object(fields) => {
            fields.retain(|name, _| !PASSING.contains(&name.as_str()));
            for field in fields.values_mut() {
                *field = settled(field.take());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = settled(item.take())),
        _ => {}
    }
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn both_doors_give_the_same_answers() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    for (operation, request, path) in [
        ("settings", json!({}), "/api/control/settings"),
        ("level_layout", json!({}), "/api/control/levels"),
        ("interfaces", json!({}), "/api/control/interfaces"),
        ("list_studios", json!({}), "/api/studios/"),
        ("current_selection", json!({}), "/api/studios/current-selection"),
        ("current_selection", json!({ "screen": "wall" }), "/api/studios/current-selection?screen=wall"),
        ("list_files", json!({ "limit": 5, "with_gaps": true }), "/api/assets/?limit=5&with_gaps=true"),
        ("recorder_gaps", json!({ "id": 1, "limit": 3 }), "/api/recorders/1/gaps?limit=3"),
        ("list_outputs", json!({}), "/api/playback/outputs"),
        ("list_users", json!({}), "/api/access/users"),
        ("backups", json!({}), "/api/control/backups"),
    ] {
        let here = rig.ask(operation, request).await;
        let reply = rig.get(&page, path).await;
        assert_eq!(reply.status(), 200, "{path}");
        let there: Value = reply.json().await.unwrap();
        assert_eq!(settled(here), settled(there), "{operation}");
    }
    // And the same refusals.
    for (operation, request, method, path) in [
        ("recorder", json!({ "id": 99 }), Method::GET, "/api/recorders/99"),
        ("delete_studio", json!({ "id": "none" }), Method::DELETE, "/api/studios/none"),
        ("list_files", json!({ "limit": 0 }), Method::GET, "/api/assets/?limit=0"),
        ("create_studio", json!({ "name": "" }), Method::POST, "/api/studios/"),
    ] {
        let here = rig.try_ask(operation, request.clone()).await.unwrap_err();
        let there = if method == Method::GET {
            rig.get(&page, path).await
        } else {
            rig.change(&page, method, path, request).await
        };
        assert_eq!(there.status(), here.code.http_status(), "{operation}");
        let there: Value = there.json().await.unwrap();
        assert_eq!(there["message"], here.message, "{operation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_through_one_door_is_seen_through_the_other() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    let made = rig.change(&page, Method::POST, "/api/studios/", json!({ "name": "Öffentlich" })).await;
    assert_eq!(made.status(), 200);
    let made: Value = made.json().await.unwrap();
    let id = made["id"].as_str().unwrap();
    let changed = rig
        .change(&page, Method::PUT, &format!("/api/studios/{id}"), json!({ "id": id, "name": "Other" }))
        .await;
    assert_eq!(changed.status(), 200, "{}", changed.text().await.unwrap());
    let other = json!({ "id": "another", "name": "Other" });
    let changed = rig.change(&page, Method::PUT, &format!("/api/studios/{id}"), other).await;
    refusal(changed, 422, "invalid").await;
    let studios = rig.ask("list_studios", json!({})).await;
    assert!(
        studios["studios"].as_array().unwrap().iter().any(|studio| studio["name"] == "Other"),
        "{studios}"
    );
    let gone = rig.change(&page, Method::DELETE, &format!("/api/studios/{id}"), json!({})).await;
    assert_eq!(gone.status(), 200);
    let studios = rig.ask("list_studios", json!({})).await;
    assert!(!studios["studios"].as_array().unwrap().iter().any(|studio| studio["id"] == id), "{studios}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_hold_at_this_door_too() {
    let rig = Rig::open().await;
    let token = rig.token("viewer").await;
    for operation in OPERATIONS {
        let method = match operation.method {
            ContractMethod::Get => Method::GET,
            ContractMethod::Post => Method::POST,
            ContractMethod::Put => Method::PUT,
            ContractMethod::Delete => Method::DELETE,
        };
        let path = operation.path.replace("{id}", "1").replace("{name}", "x").replace("{session}", "x");
        let nobody = rig.request(method.clone(), &path).send().await.unwrap();
        assert_eq!(nobody.status(), 401, "{}", operation.name);
        let reply = rig.request(method, &path).bearer_auth(&token).send().await.unwrap();
        let refused = reply.status() == 403;
        let needs_more = operation.access > audyn_service::api::Access::Viewer;
        // Whoever may look may be refused for another reason, but never lets a route lead nowhere.
        assert!(refused || !needs_more, "{}: {}", operation.name, reply.status());
        assert_ne!(reply.status(), 405, "{}", operation.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_true() {
    let rig = Rig::open().await;
    let token = rig.token("admin").await;
    let get = async |path: &str| rig.request(Method::GET, path).bearer_auth(&token).send().await.unwrap();
    let document: Value = get("/api/openapi.json").await.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    // Every operation of the contract, once.
    let mut names = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            assert!(names.insert(described["operationId"].as_str().unwrap().to_owned()), "{path} {method}");
            // What it says it gives to a plain look is what comes.
            if method == "get" && !path.contains('{') && !path.starts_with("/ws/") {
                let reply = get(path).await;
                let status = reply.status().as_u16().to_string();
                let listed = &described["responses"][&status];
                assert!(listed.is_object(), "{path}: {status} is not listed");
                let kind =
                    reply.headers()["content-type"].to_str().unwrap().split(';').next().unwrap().to_owned();
                assert!(listed["content"][&kind].is_object(), "{path}: {kind} is not listed");
            }
        }
    }
    for operation in OPERATIONS {
        assert!(names.contains(operation.name), "{}", operation.name);
    }
    // Every reference leads somewhere.
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let page = get("/api/docs").await;
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.text().await.unwrap().contains("/api/recorders/{id}/start"));
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_there_for_prometheus() {
    let rig = Rig::open().await;
    let token = rig.token("viewer").await;
    let reply = rig.request(Method::GET, "/metrics").bearer_auth(token).send().await.unwrap();
    assert_eq!(reply.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert!(reply.text().await.unwrap().contains("# TYPE audyn_recorder_state gauge"));
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_compressed_for_whoever_can_take_it() {
    let rig = Rig::open().await;
    let token = rig.token("viewer").await;
    for coding in ["br", "gzip"] {
        let request = rig
            .request(Method::GET, "/api/openapi.json")
            .bearer_auth(&token)
            .header("accept-encoding", coding);
        assert_eq!(request.send().await.unwrap().headers()["content-encoding"], coding);
    }
}
