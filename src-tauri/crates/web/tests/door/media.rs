//! Recordings through the listener.

use audyn_service::api::wire::{AppEvent, FileState};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::rig::{Page, Rig, refusal};

/// A station that records; a complete file of it, with its bytes as they lie on disk.
async fn recorded(rig: &mut Rig) -> (String, Vec<u8>) {
    rig.ask("start_recorder", json!({ "id": 1 })).await;
    let event = rig
        .until_event(
            "a file grows",
            |event| matches!(event, AppEvent::File(file) if file.state == FileState::Growing),
        )
        .await;
    let AppEvent::File(file) = event else { unreachable!("it is a file") };
    while rig.ask("file", json!({ "id": file.id })).await["file"]["duration_s"].as_f64().unwrap() < 0.5 {
        tokio::task::yield_now().await;
    }
    rig.ask("stop_recorder", json!({ "id": 1 })).await;
    let done = rig.until_event(
        "a file is complete",
        |event| matches!(event, AppEvent::File(file) if file.state == FileState::Complete),
    );
    let AppEvent::File(file) = done.await else { unreachable!("it is a file") };
    let bytes = std::fs::read(rig.dir.path().join("archive").join(&file.path)).unwrap();
    (file.id, bytes)
}

async fn part(rig: &Rig, page: &Page, id: &str, fields: &[(&str, &str)]) -> Response {
    let request =
        rig.request(Method::GET, &format!("/api/assets/{id}/content")).header("cookie", &page.cookie);
    let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_comes_whole_or_in_part() {
    let mut rig = Rig::open().await;
    let page = rig.admin().await;
    let (id, bytes) = recorded(&mut rig).await;
    assert!(bytes.len() > 1000);

    let whole = part(&rig, &page, &id, &[]).await;
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.headers()["content-length"], bytes.len().to_string());
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    assert_eq!(whole.headers()["content-type"], "audio/wav");
    assert!(whole.headers()["content-disposition"].to_str().unwrap().starts_with("inline; filename=\""));
    let tag = whole.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(whole.bytes().await.unwrap(), bytes);

    for (range, first, last) in [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, bytes.len() - 1),
        ("bytes=-10", bytes.len() - 10, bytes.len() - 1),
    ] {
        let some = part(&rig, &page, &id, &[("range", range)]).await;
        assert_eq!(some.status(), 206, "{range}");
        assert_eq!(some.headers()["content-range"], format!("bytes {first}-{last}/{}", bytes.len()));
        assert!(!some.headers().contains_key("content-encoding"));
        assert_eq!(some.bytes().await.unwrap(), bytes[first..=last], "{range}");
    }
    let beyond = part(&rig, &page, &id, &[("range", "bytes=99999999999-")]).await;
    assert_eq!(beyond.headers()["content-range"], format!("bytes */{}", bytes.len()));
    refusal(beyond, 416, "invalid").await;

    assert_eq!(part(&rig, &page, &id, &[("if-none-match", &tag)]).await.status(), 304);
    assert_eq!(part(&rig, &page, &id, &[("range", "bytes=0-9"), ("if-range", &tag)]).await.status(), 206);
    assert_eq!(
        part(&rig, &page, &id, &[("range", "bytes=0-9"), ("if-range", "\"old\"")]).await.status(),
        200
    );

    let head = rig.request(Method::HEAD, &format!("/api/assets/{id}/content")).header("cookie", &page.cookie);
    let head = head.send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()),
        (200, &*bytes.len().to_string())
    );
    let kept = rig.get(&page, &format!("/api/assets/{id}/content?download=1")).await;
    assert!(kept.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_grows_comes_as_far_as_it_is() {
    let mut rig = Rig::open().await;
    let page = rig.admin().await;
    rig.ask("start_recorder", json!({ "id": 1 })).await;
    let event = rig
        .until_event(
            "a file grows",
            |event| matches!(event, AppEvent::File(file) if file.state == FileState::Growing),
        )
        .await;
    let AppEvent::File(file) = event else { unreachable!("it is a file") };
    let path = format!("/api/assets/{}/content", file.id);
    let length = async || {
        let reply = rig.get(&page, &path).await;
        assert_eq!(reply.status(), 200);
        let told: usize = reply.headers()["content-length"].to_str().unwrap().parse().unwrap();
        assert_eq!(reply.bytes().await.unwrap().len(), told);
        told
    };
    let first = length().await;
    let mut later = first;
    while later == first {
        later = length().await;
    }
    assert!(later > first);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_the_archive_is_to_be_had() {
    let mut rig = Rig::open().await;
    let page = rig.admin().await;
    let (id, _) = recorded(&mut rig).await;
    for id in ["..%2f..%2fstate%2faudyn.db", "x", "00000000-0000-7000-8000-000000000000", "%00"] {
        let reply = rig.get(&page, &format!("/api/assets/{id}/content")).await;
        assert!(matches!(reply.status().as_u16(), 404 | 422), "{id}: {}", reply.status());
    }
    // A link that leads out of the archive is not followed, wherever it leads.
    let details = rig.ask("file", json!({ "id": id })).await;
    let path = rig.dir.path().join("archive").join(details["file"]["path"].as_str().unwrap());
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &path).unwrap();
    let reply = rig.get(&page, &format!("/api/assets/{id}/content")).await;
    assert!(reply.status().is_client_error() || reply.status().is_server_error(), "{}", reply.status());
    let told: Value = reply.json().await.unwrap();
    assert!(told["code"].is_string() && !told["message"].as_str().unwrap().contains("/etc/"), "{told}");
}
