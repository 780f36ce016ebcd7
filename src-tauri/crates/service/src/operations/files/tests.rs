use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use audyn_archive::{CustomFormat, Layout, Naming, Place, Recording, RecordingSpec, Root};
use audyn_engine::rt::SystemClock;
use audyn_model::{
    Anchor, AudioFormat, Clock, Container, Gap, GapCause, Mono, Rate, RecorderId, SampleFormat, TimeBasis,
    Utc,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::wire::AppEvent;
use crate::api::{Access, ApiError, Caller, Code, dispatch};
use crate::{Options, Service};

/// A station with two recorders, the first in a studio, and a file of each: one of 3 s with a gap of half a second, one
/// of 2 s. A third one is being written.
pub(in crate::operations) struct Station {
    dir: TempDir,
    pub service: Service,
    studio: String,
    /// Keeps its file locked, as a recorder does.
    growing: Recording,
}

/// 2026-10-25T00:30:00Z, in the first pass of Zurich's repeated hour.
const START: Utc = Utc(1_792_888_200_000_000_000);

impl Station {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("archive");
        let options = Options {
            state_dir: dir.path().join("state"),
            archive_root: Some(archive.clone()),
            default_archive_root: archive.clone(),
            originator: "Audyn test".to_owned(),
            real_time: false,
            demo_if_empty: false,
            zone: TimeZone::get("Europe/Zurich").unwrap(),
        };
        let service = Service::open(options, Arc::new(SystemClock)).unwrap();
        let ask =
            async |name: &str, request| dispatch(&service, &Caller::local(), name, request).await.unwrap();
        let studio =
            ask("create_studio", json!({ "name": "Room A" })).await["id"].as_str().unwrap().to_owned();
        let mut uids: Vec<RecorderId> = Vec::new();
        for name in ["Main", "Spare"] {
            let made = ask("create_recorder", json!({ "name": name })).await;
            uids.push(made["uid"].as_str().unwrap().parse().unwrap());
        }
        ask("assign_studio", json!({ "id": studio, "recorder_id": 1 })).await;
        let (root, _) = Root::open(&archive, "audyn test", SystemClock.utc()).unwrap();
        let root = Arc::new(root);
        let mut first = record(&root, uids[0], "Main", &studio, START, 3);
        first.stop(Mono(0), START).unwrap();
        record(&root, uids[1], "Spare", "recorder2", START, 2).stop(Mono(0), START).unwrap();
        let growing = record(&root, uids[1], "Spare", "recorder2", START.plus(3_600_000_000_000), 1);
        Self { dir, service, studio, growing }
    }

    pub async fn ask(&self, name: &str, request: Value) -> Value {
        self.ask_as(&Caller::local(), name, request).await.unwrap()
    }

    pub async fn ask_as(&self, caller: &Caller, name: &str, request: Value) -> Result<Value, ApiError> {
        dispatch(&self.service, caller, name, request).await
    }

    /// Where a file is, below the archive's root.
    async fn path(&self, id: &str) -> String {
        self.ask("file", json!({ "id": id })).await["file"]["path"].as_str().unwrap().to_owned()
    }

    pub fn studio_caller(&self) -> Caller {
        Caller::here(Access::Studio, Some(self.studio.clone()))
    }

    pub async fn ids(&self) -> Vec<String> {
        texts(&self.ask("list_files", json!({})).await["files"], "id")
    }
}

/// Records `seconds` of silence; the first of them ends with a gap.
fn record(
    root: &Arc<Root>,
    recorder: RecorderId,
    name: &str,
    folder: &str,
    start: Utc,
    seconds: usize,
) -> Recording {
    let format = AudioFormat::new(Rate::new(8_000).unwrap(), 1, 24).unwrap();
    let anchor = Anchor::direct(format.rate, TimeBasis::MediaClock);
    let clock = super::CivilClock {
        clock: super::ArchiveClock::Local,
        zone: TimeZone::get("Europe/Zurich").unwrap(),
    };
    let folder = Some(CustomFormat::parse(folder).unwrap());
    let mut recording = Recording::new(RecordingSpec {
        recorder,
        name: name.to_owned(),
        format,
        outputs: vec![audyn_codec::Spec {
            container: Container::Wav,
            samples: SampleFormat::Int24,
            bitrate: 128_000,
            vbr: false,
            complexity: 5,
        }],
        place: Place::Root {
            root: Arc::clone(root),
            naming: Naming { layout: Layout::DailyDir, clock, folder },
            period_s: 3600,
        },
        checkpoint: Duration::from_secs(1),
        originator: "audyn test".to_owned(),
    })
    .unwrap();
    let mut at = anchor.index_at(start.to_tai());
    recording.frames(at, &vec![0; 4_000], &anchor, Mono(0), start).unwrap();
    at = at.plus(4_000);
    recording.gap(Gap { at, len: 4_000, cause: GapCause::Outage }, &anchor, Mono(0), start).unwrap();
    at = at.plus(4_000);
    recording.frames(at, &vec![0; 8_000 * (seconds - 1)], &anchor, Mono(0), start).unwrap();
    // Past the first checkpoint, so that the catalogue knows of the gap.
    recording.tick(Mono(2_000_000_000), start).unwrap();
    recording
}

pub(in crate::operations) fn texts(list: &Value, field: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one[field].as_str().unwrap().to_owned()).collect()
}

fn files_in(dir: &Path) -> usize {
    std::fs::read_dir(dir).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_listed_with_what_is_known_of_them() {
    let station = Station::new().await;
    let page = station.ask("list_files", json!({})).await;
    assert_eq!(texts(&page["files"], "state"), ["growing", "complete", "complete"]);
    let file = &page["files"][2];
    assert_eq!(file["path"], format!("{}/2026-10-25/2026-10-25-02.wav", station.studio));
    assert_eq!((&file["recorder_id"], &file["studio_id"]), (&json!(1), &json!(station.studio)));
    assert_eq!((&file["start_civil"], &file["zone"]), (&json!("2026-10-25T02:30:00"), &json!("+02:00")));
    assert_eq!(
        (&file["duration_s"], &file["gaps"], &file["missing_s"]),
        (&json!(3.0), &json!(1), &json!(0.5))
    );
    // The second pass of the hour has a name of its own.
    assert_eq!(page["files"][0]["name"], "2026-10-25-02_UTC+0100.wav");
    let first = station.ask("list_files", json!({ "limit": 2 })).await;
    let rest = station.ask("list_files", json!({ "limit": 2, "cursor": first["next"] })).await;
    assert_eq!((&rest["files"][0], &rest["next"], &rest["total"]), (file, &Value::Null, &json!(3)));
    let whole = station.ask("file", json!({ "id": file["id"] })).await;
    assert_eq!(&whole["file"], file);
    assert_eq!((&whole["gaps"][0]["cause"], &whole["gaps"][0]["length_s"]), (&json!("outage"), &json!(0.5)));
    assert_eq!(whole["gaps"][0]["at"], "2026-10-25T00:30:00.5Z");
    assert_eq!((&whole["time_basis"], whole["hash"].as_str().unwrap().len()), (&json!("media-clock"), 64));
    let tree = station.ask("file_tree", json!({})).await;
    assert_eq!(texts(&tree["branches"], "name"), ["Room A", "Spare"]);
    assert_eq!(
        tree["branches"][1]["days"],
        json!([{ "day": "2026-10-25", "files": 2,
        "bytes": page["total_bytes"].as_u64().unwrap() - file["bytes"].as_u64().unwrap() }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_has_its_own_files_only() {
    let station = Station::new().await;
    let caller = station.studio_caller();
    let ids = station.ids().await;
    let own = station.ask_as(&caller, "list_files", json!({})).await.unwrap();
    assert_eq!((texts(&own["files"], "id"), &own["total"]), (vec![ids[2].clone()], &json!(1)));
    let tree = station.ask_as(&caller, "file_tree", json!({})).await.unwrap();
    assert_eq!(texts(&tree["branches"], "name"), ["Room A"]);
    let foreign = station.ask_as(&caller, "file", json!({ "id": ids[1] })).await.unwrap_err();
    assert_eq!(foreign.code, Code::Forbidden);
    let done = station.ask_as(&caller, "delete_files", json!({ "ids": ids })).await.unwrap();
    assert_eq!(done["done"], json!([ids[2]]));
    assert_eq!(texts(&done["refused"], "message"), ["This file belongs to another studio."; 2]);
    let viewer = Caller::here(Access::Viewer, None);
    assert_eq!(station.ask_as(&viewer, "list_files", json!({})).await.unwrap()["total"], 2);
    let refused = station.ask_as(&viewer, "delete_files", json!({ "ids": ids })).await.unwrap_err();
    assert_eq!(refused.code, Code::Forbidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_gone_and_told_and_what_grows_stays() {
    let mut station = Station::new().await;
    let mut events = station.service.events();
    let ids = station.ids().await;
    let archive = station.dir.path().join("archive");
    let request = json!({ "ids": [ids[0], ids[1], ids[1], "nonsense"] });
    let done = station.ask("delete_files", request).await;
    assert_eq!(done["done"], json!([ids[1]]));
    let refused = texts(&done["refused"], "message");
    assert!(refused[0].contains("no such file") && refused[1].contains("still being written"), "{refused:?}");
    assert_eq!(station.ids().await, [ids[0].clone(), ids[2].clone()]);
    assert_eq!(files_in(&archive.join("recorder2/2026-10-25")), 2, "the growing one and its list of gaps");
    let told = std::iter::from_fn(|| events.try_recv().ok()).find_map(|event| {
        let AppEvent::FilesRemoved(ids) = event else { return None };
        Some(ids)
    });
    assert_eq!(told, Some(vec![ids[1].clone()]));
    let history = station.ask("history", json!({})).await;
    assert!(history["entries"].as_array().unwrap().iter().any(|entry| entry["kind"] == "deleted"));
    for ids in [json!([]), json!(vec!["x"; 10_001])] {
        let error =
            station.ask_as(&Caller::local(), "delete_files", json!({ "ids": ids })).await.unwrap_err();
        assert_eq!(error.code, Code::Invalid);
    }
    station.growing.stop(Mono(0), START).unwrap();
    let done = station.ask("delete_files", json!({ "ids": [ids[0]] })).await;
    assert_eq!((&done["done"], files_in(&archive.join("recorder2"))), (&json!([ids[0]]), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_copied_out_by_a_job() {
    let station = Station::new().await;
    let mut events = station.service.events();
    let ids = station.ids().await;
    let out = station.dir.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let job = station.ask("copy_files", json!({ "ids": ids[1..], "folder": out })).await;
    let is_over = |event: &AppEvent| {
        let AppEvent::Job(known) = event else { return false };
        known.id == job["id"] && known.message.contains("2 files copied")
    };
    while !is_over(&events.recv().await.unwrap()) {}
    let page = station.ask("list_files", json!({})).await;
    let mut copies: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    copies.sort();
    let names: Vec<_> = copies.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["Main_2026-10-25_02-30-00.wav", "Spare_2026-10-25_02-30-00.wav"]);
    for (copy, file) in copies.iter().zip([2, 1]) {
        let original = station.dir.path().join("archive").join(page["files"][file]["path"].as_str().unwrap());
        assert_eq!(std::fs::read(copy).unwrap(), std::fs::read(original).unwrap());
    }
    assert_eq!(station.ask("list_jobs", json!({})).await["jobs"][0]["state"], "done");
    assert_eq!(station.ask("cancel_job", json!({ "id": job["id"] })).await["state"], "done");
    let refused = [
        (json!({ "ids": [ids[0]], "folder": out }), Code::Conflict, "still being written"),
        (json!({ "ids": [ids[1]], "folder": "/no/such/folder" }), Code::Invalid, "choose another"),
        (
            json!({ "ids": [ids[1]], "folder": station.dir.path().join("archive") }),
            Code::Invalid,
            "inside the archive",
        ),
        (json!({ "ids": ["x"], "folder": out }), Code::NotFound, "no such file"),
    ];
    for (request, code, part) in refused {
        let error = station.ask_as(&Caller::local(), "copy_files", request).await.unwrap_err();
        assert!(error.code == code && error.message.contains(part), "{error:?}");
    }
    let unknown = station.ask_as(&Caller::local(), "cancel_job", json!({ "id": "x" })).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_of_a_recorder_are_listed_page_by_page() {
    let station = Station::new().await;
    let first = station.ask("recorder_gaps", json!({ "id": 2, "limit": 1 })).await;
    assert_eq!((&first["more"], &first["gaps"][0]["samples"]), (&json!(true), &json!(4_000)));
    assert_eq!(first["gaps"][0]["at"], "2026-10-25T01:30:00.5Z");
    let before = json!({ "id": 2, "before": first["gaps"][0]["at"], "limit": 1 });
    let second = station.ask("recorder_gaps", before).await;
    assert_eq!(
        (&second["more"], &second["gaps"][0]["at"]),
        (&json!(false), &json!("2026-10-25T00:30:00.5Z"))
    );
    assert_eq!(second["gaps"][0]["file"], "recorder2/2026-10-25/2026-10-25-02.wav");
    for (request, code) in
        [(json!({ "id": 9 }), Code::NotFound), (json!({ "id": 1, "limit": 0 }), Code::Invalid)]
    {
        let error = station.ask_as(&Caller::local(), "recorder_gaps", request).await.unwrap_err();
        assert_eq!(error.code, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_previewed_for_settings_that_are_being_typed() {
    let station = Station::new().await;
    let writing = json!({ "outputs": [{ "format": "wav" }], "layout": "dailydir", "period_s": 3600, "clock": "localtime" });
    let request = json!({ "writing": writing, "from": "2026-10-24T22:30:00Z", "count": 1, "recorder_id": 1 });
    let names = station.ask("preview_names", request).await;
    assert_eq!(
        names["files"],
        json!([{ "at": "2026-10-24T23:00:00Z", "paths": ["2026-10-25/2026-10-25-01.wav"] }])
    );
    assert_eq!(names["clock_change"].as_array().unwrap().len(), 3);
    let error =
        station.ask_as(&Caller::local(), "preview_names", json!({ "writing": writing, "count": 51 })).await;
    assert_eq!(error.unwrap_err().code, Code::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_opened_for_whoever_may_have_it_and_never_outside_the_archive() {
    use std::io::Read as _;
    let station = Station::new().await;
    let ids = station.ids().await;
    let all = Caller::here(Access::Viewer, None);
    let mut media = station.service.open_media(&all, &ids[1]).await.unwrap();
    let mut bytes = Vec::new();
    media.file.read_to_end(&mut bytes).unwrap();
    assert_eq!(
        (bytes.len() as u64, &bytes[..4], media.content_type),
        (media.bytes, &b"RIFF"[..], "audio/wav")
    );
    assert!(!media.growing && media.name.ends_with(".wav"));
    let held = station.ask("delete_files", json!({ "ids": [ids[1]] })).await;
    assert_eq!(held["done"], json!([]), "what is being read is not deleted: {held}");
    drop(media);
    assert!(station.service.open_media(&all, &ids[0]).await.unwrap().growing);
    let studio = station.studio_caller();
    assert!(station.service.open_media(&studio, &ids[2]).await.is_ok());
    assert_eq!(station.service.open_media(&studio, &ids[1]).await.unwrap_err().code, Code::Forbidden);
    for id in ["", "nonsense", "../../etc/passwd"] {
        assert_eq!(station.service.open_media(&all, id).await.unwrap_err().code, Code::NotFound);
    }
    // A link in the place of a file, and in the place of its folder.
    let path = station.dir.path().join("archive").join(station.path(&ids[1]).await);
    let elsewhere = station.dir.path().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let moved = elsewhere.join(path.file_name().unwrap());
    std::fs::rename(&path, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &path).unwrap();
    assert_eq!(station.service.open_media(&all, &ids[1]).await.unwrap_err().code, Code::Conflict);
    std::fs::remove_file(&path).unwrap();
    let folder = path.parent().unwrap();
    std::fs::rename(folder, elsewhere.join("folder")).unwrap();
    std::fs::rename(&moved, elsewhere.join("folder").join(path.file_name().unwrap())).unwrap();
    std::os::unix::fs::symlink(elsewhere.join("folder"), folder).unwrap();
    assert_eq!(station.service.open_media(&all, &ids[1]).await.unwrap_err().code, Code::Conflict);
}
