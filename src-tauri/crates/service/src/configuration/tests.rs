use std::path::{Path, PathBuf};

use audyn_model::Utc;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::document::given;
use super::*;
use crate::access;
use crate::api::Access;
use crate::api::wire::{
    AccessSettings, Aes67Config, ConfigurationChangeKind as Kind, ConfigurationPart as Part, Format, Leg,
    Output, RecorderConfig, SourceConfig, StudioGroup, TlsSettings, ToneConfig, UserSource, Vox,
};
use crate::book::{Book, Shelf};
use crate::options::{Options, defaults};
use crate::store::{
    Doors, NewRecorderRow, NewSourceRow, NewStudioRow, NewUserRow, PasswordHash, RecorderRow, Rows, Store,
    StudioChange, UserChange,
};

/// 2026-10-25T14:15:30Z
const NOW: Utc = Utc(1_792_937_730_000_000_000);

/// As a sender writes it, with its line ends.
const SDP: &str = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=A \"quoted\" one\r\nc=IN IP4 239.69.1.1/32\r\nt=0 0\r\n\
                   m=audio 5004 RTP/AVP 97\r\na=rtpmap:97 L24/48000/8\r\na=ptime:1\r\n";

/// A station that nobody runs.
struct Still {
    options: Options,
    _dir: tempfile::TempDir,
}

impl Still {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("archive");
        std::fs::create_dir(&archive).unwrap();
        let options = Options {
            state_dir: dir.path().join("state"),
            archive_root: None,
            // The same for every station: what is exported here fits there.
            default_archive_root: PathBuf::from("/tmp"),
            originator: "Audyn test".to_owned(),
            real_time: false,
            demo_if_empty: false,
            zone: TimeZone::UTC,
        };
        Self { options, _dir: dir }
    }

    fn with(make: impl FnOnce(&Store)) -> Self {
        let still = Self::new();
        make(&still.store());
        still
    }

    fn store(&self) -> Store {
        Store::open(&self.options.state_dir, "Audyn test", NOW).unwrap().0
    }

    fn book(&self) -> Book {
        let shelf = Shelf::open(self.store().into(), defaults(&self.options)).unwrap();
        Book::clone(&shelf.book())
    }

    fn doors(&self) -> Doors {
        self.store().doors(&access::defaults()).unwrap()
    }

    fn text(&self) -> String {
        Offline::new(&self.options).export().unwrap().text
    }

    fn check(&self, text: &str) -> crate::api::wire::ConfigurationCheck {
        Offline::new(&self.options).check(text).unwrap()
    }

    fn refused(&self, text: &str) -> String {
        Offline::new(&self.options).check(text).unwrap_err().to_string()
    }

    fn import(&self, text: &str) {
        Offline::new(&self.options).import(text, NOW).unwrap();
    }

    /// What the one refused change says.
    fn refusal(&self, text: &str) -> String {
        let check = self.check(text);
        let told: Vec<String> = check.changes.into_iter().filter_map(|change| change.refused).collect();
        assert_eq!(told.len(), check.refused as usize);
        assert!(!told.is_empty(), "nothing is refused");
        let before = self.text();
        assert!(Offline::new(&self.options).import(text, NOW).is_err(), "refused, and taken up all the same");
        assert_eq!(self.text(), before, "something was changed");
        told.join(" ")
    }
}

fn tone(frequency_hz: u32) -> SourceConfig {
    SourceConfig::Tone(ToneConfig { frequency_hz, level_dbfs: -18.5, channels: Some(2) })
}

fn stream(last: u8, sdp: Option<&str>) -> SourceConfig {
    let leg = Leg {
        address: format!("239.69.1.{last}"),
        port: None,
        interface: Some("lo".into()),
        source_ip: None,
    };
    SourceConfig::Aes67(Aes67Config {
        legs: vec![leg],
        payload_type: Some(97),
        encoding: None,
        sample_rate: Some(48_000),
        stream_channels: Some(8),
        pick: vec![3, 4],
        labels: Vec::new(),
        samples_per_packet: None,
        window_ms: None,
        receive_buffer: None,
        sdp: sdp.map(str::to_owned),
        follows: None,
    })
}

/// Two sources, two recorders, one studio with the first of them.
fn radio(store: &Store) {
    let source = |name: &str, config| NewSourceRow { name: name.into(), config, demo: false };
    let a = store.insert_source(source("Line A", stream(1, Some(SDP)))).unwrap();
    store.insert_source(source("Tone", tone(440))).unwrap();
    let recorder = |name: &str, source: Option<&str>| NewRecorderRow {
        name: name.into(),
        description: String::new(),
        source: source.map(str::to_owned),
        config: RecorderConfig::default(),
        demo: false,
    };
    let one = store.insert_recorder(recorder("One", Some(&a.id))).unwrap();
    store.insert_recorder(recorder("Two", None)).unwrap();
    let studio = NewStudioRow {
        name: "Studio".into(),
        description: "Upstairs".into(),
        color: "#2196F3".into(),
        demo: false,
    };
    let studio = store.insert_studio(studio).unwrap();
    store.assign(&studio.id, Some(one.number)).unwrap();
}

#[test]
fn what_is_exported_is_no_change_where_it_comes_from() {
    let radio = Still::with(radio);
    let check = radio.check(&radio.text());
    assert_eq!((check.changes, check.unchanged), (vec![], 5));
}

#[test]
fn a_file_names_each_difference_by_its_field() {
    let radio = Still::with(radio);
    let text = radio
        .text()
        .replace("address = \"239.69.1.1\"", "address = \"239.69.1.9\"")
        .replace("description = \"Upstairs\"", "description = \"Cellar\"")
        .replace("station = \"Audyn\"", "station = \"Radio\"");
    let check = radio.check(&text);
    let told: Vec<_> = check
        .changes
        .iter()
        .flat_map(|change| change.fields.iter().map(move |field| (change.part, change.kind, field)))
        .map(|(part, kind, field)| (part, kind, field.field.as_str(), field.after.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        told,
        [
            (Part::Settings, Kind::Changed, "station", "Radio"),
            (Part::Source, Kind::Changed, "config.legs[0].address", "239.69.1.9"),
            (Part::Studio, Kind::Changed, "description", "Cellar"),
        ]
    );
    radio.import(&text);
    assert!(radio.check(&text).changes.is_empty());
    let backups = std::fs::read_dir(radio.options.state_dir.join("backups")).unwrap().count();
    assert_eq!(backups, 1, "what it was is backed up");
}

#[test]
fn what_the_file_has_not_is_removed_and_a_part_it_has_not_stays() {
    let radio = Still::with(radio);
    let check = radio.check("audyn_configuration = 1\nrecorders = []\n");
    let told: Vec<_> = check.changes.iter().map(|change| (change.kind, change.name.as_str())).collect();
    assert_eq!(told, [(Kind::Removed, "One"), (Kind::Removed, "Two")]);
    radio.import("audyn_configuration = 1\nrecorders = []\n");
    let book = radio.book();
    assert_eq!((book.sources.len(), book.recorders.len(), book.studios.len()), (2, 0, 1));
    assert_eq!(book.studios[0].recorder, None);
}

#[test]
fn names_may_be_swapped() {
    let radio = Still::with(radio);
    let before = radio.book();
    let text =
        radio.text().replace("\"One\"", "\"X\"").replace("\"Two\"", "\"One\"").replace("\"X\"", "\"Two\"");
    radio.import(&text);
    let after = radio.book();
    assert_eq!(after.recorders[0].uid, before.recorders[0].uid);
    assert_eq!((after.recorders[0].name.as_str(), after.recorders[1].name.as_str()), ("Two", "One"));
    assert_eq!(after.studios, before.studios);
}

#[test]
fn a_file_without_ids_is_found_by_names_and_new_things_get_theirs() {
    let text = "\
audyn_configuration = 1
[[sources]]
name = \"Tone\"
config = { kind = \"tone\", frequency_hz = 1000, level_dbfs = -18 }
[[recorders]]
name = \"Main\"
source = \"tone\"
[[recorders]]
name = \"Spare\"
[[studios]]
name = \"Studio 1\"
recorder = \"Main\"
";
    let still = Still::with(|_| ());
    still.import(text);
    let book = still.book();
    let numbers: Vec<u32> = book.recorders.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(book.studios[0].recorder, Some(1));
    assert_eq!(book.recorders[0].source.as_ref(), Some(&book.sources[0].id));
    assert!(still.check(text).changes.is_empty(), "{:?}", still.check(text));
}

#[test]
fn the_number_of_a_recorder_that_is_gone_is_not_given_again() {
    let radio = Still::with(|store| {
        radio(store);
        store.delete_recorder(2).unwrap();
    });
    let with = |line: &str| format!("audyn_configuration = 1\n[[recorders]]\nname = \"New\"\n{line}");
    assert!(radio.refusal(&with("number = 2\n")).contains("belonged to a recorder that is gone"));
    let uid = "uid = \"01920000-0000-7000-8000-000000000001\"\n";
    assert!(radio.refusal(&with(&format!("number = 1\n{uid}"))).contains("that of One here"));
    // The same one, come back.
    assert_eq!(radio.check(&with(&format!("number = 2\n{uid}"))).refused, 0);
    radio.import(&with(""));
    assert_eq!(radio.book().recorders[0].number, 3);
}

#[test]
fn what_records_is_not_disturbed() {
    let radio = Still::with(|store| {
        radio(store);
        store.set_wanted(&[1], true).unwrap();
    });
    let book = radio.book();
    let doors = radio.doors();
    let refused = |text: &str| {
        let busy = |row: &RecorderRow| row.wanted;
        let now = Now { book: &book, doors: &doors, at: NOW, last_number: 2, busy: &busy };
        plan(&now, text).unwrap().refusals()
    };
    let text = radio.text();
    let rows = [
        (text.replace("239.69.1.1", "239.69.1.9"), "One is recording it"),
        (text.replace("source = \"Line A\"", "source = \"Tone\""), "choose another source"),
        (text.replace("recorder = \"One\"", "recorder = \"Two\""), "into its studio's folder"),
        (text.replace("archive_root = \"/tmp\"", "archive_root = \"/var/tmp\""), "Stop all recorders first"),
        ("audyn_configuration = 1\nrecorders = []".to_owned(), "then delete it"),
        ("audyn_configuration = 1\nstudios = []".to_owned(), "into its studio's folder"),
        ("audyn_configuration = 1\nsources = []".to_owned(), "Its source is not in the file"),
    ];
    for (text, why) in rows {
        let told = refused(&text);
        assert_eq!(told.len(), 1, "{why}: {told:?}");
        assert!(told[0].contains(why), "{why}: {told:?}");
    }
    // These hold from its next file on, or at once.
    for text in [
        text.replace("name = \"One\"", "name = \"On air\"")
            .replace("recorder = \"One\"", "recorder = \"On air\""),
        text.replace("period_s = 3600", "period_s = 1800"),
    ] {
        assert!(refused(&text).is_empty(), "{:?}", refused(&text));
    }
}

#[test]
fn a_bad_file_is_refused_in_a_sentence() {
    let radio = Still::with(radio);
    let text = radio.text();
    let huge = format!("{text}# {}", "x".repeat(10 << 20));
    let rows = [
        ("", "audyn_configuration = 1"),
        ("{\"a\": 1}", "Line 1"),
        ("audyn_configuration = 2\n", "version 2"),
        ("audyn_configuration = 1\ntypo = 1\n", "typo"),
        ("audyn_configuration = 1\n[settings]\nstaton = \"x\"\n", "settings.staton"),
        ("audyn_configuration = 1\n[settings]\npre_roll_s = \"x\"\n", "Line 3"),
        (
            "audyn_configuration = 1\n[[sources]]\nname = \"x\"\nconfig = { kind = \"tone\", frequency_hz = 1, level_dbfs = 0, hz = 2 }\n",
            "sources[0].config.hz",
        ),
        (&huge, "at most 1 MiB"),
    ];
    for (text, why) in rows {
        let told = radio.refused(text);
        assert!(told.contains(why) && told.ends_with('.') && !told.contains('\n'), "{why}: {told}");
    }
    let many = (0..1001).fold("audyn_configuration = 1\n".to_owned(), |all, n| {
        all + &format!("[[studios]]\nname = \"{n}\"\n")
    });
    assert!(radio.refused(&many).contains("1001 studios"));
    assert_eq!(radio.text(), text);
}

#[test]
fn a_bad_value_is_refused_where_it_stands() {
    let radio = Still::with(radio);
    let text = radio.text();
    let rows = [
        (text.replace("name = \"Tone\"", "name = \"line  a\""), "another source named"),
        (text.replace("name = \"Two\"", "name = \"\""), "0 characters"),
        (text.replace("frequency_hz = 440", "frequency_hz = 4"), "20"),
        (text.replace("source = \"Line A\"", "source = \"Nothing\""), "no source \"Nothing\""),
        (text.replace("recorder = \"One\"", "recorder = \"Nothing\""), "no recorder \"Nothing\""),
        (text.replace("color = \"#2196F3\"", "color = \"blue\""), "is no colour"),
        (text.replace("reference_dbfs = -18", "reference_dbfs = 3"), "choose -18 or -20"),
        (
            "audyn_configuration = 1\n[[studios]]\nname = \"x\"\nid = \"../../etc\"\n".to_owned(),
            "no studio's id",
        ),
        (
            "audyn_configuration = 1\n[[recorders]]\nname = \"x\"\nnumber = 4000000000\n".to_owned(),
            "no number for a recorder",
        ),
    ];
    for (text, why) in rows {
        let told = radio.refusal(&text);
        assert!(told.contains(why), "{why}: {told}");
    }
}

#[test]
fn every_setting_is_in_the_file() {
    let still = Still::with(|_| ());
    let settings = still.book().settings;
    let given = serde_json::to_value(given(&settings).unwrap()).unwrap();
    for (name, _) in serde_json::to_value(&settings).unwrap().as_object().unwrap() {
        let told = !given[name.as_str()].is_null();
        assert!(
            told || name == "archive_root_locked",
            "{name} is not exported: a change needs a word for \"not set\""
        );
    }
}

#[test]
fn a_running_station_cannot_be_changed_from_outside() {
    let radio = Still::with(radio);
    let _held = radio.store();
    let text = radio.text();
    assert!(radio.check(&text).changes.is_empty());
    let told = Offline::new(&radio.options).import(&text, NOW).unwrap_err().to_string();
    assert!(told.contains("has it open"), "{told}");
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-zäöü0-9\"'#=.\\\\-]{1,12}"
}

fn configs() -> impl Strategy<Value = RecorderConfig> {
    let output = prop::sample::select(vec![Format::Wav, Format::Flac]);
    (prop::option::of(output), prop::option::of(Just(900_u32)), any::<bool>()).prop_map(
        |(format, period_s, vox)| {
            let output = |format| Output { format, bits: None, bitrate: None, vbr: None, complexity: None };
            RecorderConfig {
                outputs: format.map(|format| vec![output(format)]),
                period_s,
                vox: vox.then(|| Vox { threshold_dbfs: Some(-33.3), ..Vox::default() }),
                ..RecorderConfig::default()
            }
        },
    )
}

/// Fills a store with what the numbers say.
fn fill(store: &Store, names: &[String], configs: &[RecorderConfig], gone: bool) {
    let mut sources = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let config =
            if index % 2 == 0 { tone(400 + index as u32) } else { stream(index as u8 + 1, Some(SDP)) };
        let new = NewSourceRow { name: format!("{index} {name}"), config, demo: index == 0 };
        sources.push(store.insert_source(new).unwrap().id);
    }
    let mut last = None;
    for (index, config) in configs.iter().enumerate() {
        let new = NewRecorderRow {
            name: format!("{} {index}", names[index % names.len()]),
            description: names[0].clone(),
            source: sources.get(index).cloned(),
            config: config.clone(),
            demo: index == 0,
        };
        last = Some(store.insert_recorder(new).unwrap().number);
    }
    for (index, name) in names.iter().enumerate() {
        let new = NewStudioRow {
            name: format!("{index}{name}"),
            description: String::new(),
            color: "#AABBCC".into(),
            demo: index == 0,
        };
        let studio = store.insert_studio(new).unwrap();
        if index % 2 == 1 {
            store
                .update_studio(&studio.id, StudioChange { enabled: Some(false), ..StudioChange::default() })
                .unwrap();
        }
        if index + 1 < configs.len() {
            store.assign(&studio.id, Some(index as u32 + 1)).unwrap();
        }
    }
    if let Some(last) = last.filter(|_| gone && configs.len() > 1) {
        store.delete_recorder(last - 1).unwrap();
    }
    let studios = store.studios().unwrap();
    for (index, name) in names.iter().enumerate() {
        let access = [Access::Admin, Access::Studio, Access::Operator, Access::Viewer][index % 4];
        let studio = (access == Access::Studio).then(|| studios[index].id.clone());
        let user = user(store, &format!("{index}@example.org"), name, access, studio);
        if index == 2 {
            store.update_user(&user, UserChange { enabled: Some(false), ..UserChange::default() }).unwrap();
        }
    }
    let mut settings = access::defaults();
    open(&mut settings, &studios[0].id, gone);
    store.put_access_settings(&settings).unwrap();
}

/// Whatever a configuration has to keep to itself, in the places where it is.
const SECRETS: [&str; 3] = ["$argon2id$secret", "subject-at-the-provider", "who@provider.example"];

fn user(store: &Store, email: &str, name: &str, access: Access, studio: Option<String>) -> String {
    let new = NewUserRow {
        email: email.to_owned(),
        name: name.to_owned(),
        access,
        studio,
        source: UserSource::Local,
        subject: None,
        password: Some(PasswordHash(SECRETS[0].to_owned())),
    };
    store.insert_user(new, NOW).unwrap().id
}

/// Opens the station in every way that is not how a new one is.
fn open(settings: &mut AccessSettings, studio: &str, files: bool) {
    settings.listener.on = true;
    settings.listener.port = 8443;
    settings.listener.hosts = vec!["audyn.example".into()];
    settings.sessions.idle_hours = 2;
    settings.breakglass.minutes = 5;
    if files {
        settings.listener.interface = Some("lo".into());
        settings.listener.tls = TlsSettings::Files {
            certificate: "/etc/audyn/cert.pem".into(),
            key: "/etc/audyn/key.pem".into(),
        };
    }
    let entra = &mut settings.entra;
    entra.on = true;
    entra.has_secret = true;
    entra.tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47".into();
    entra.client_id = "audyn".into();
    entra.admins = vec!["boss".into()];
    entra.studios = vec![StudioGroup { group: "presenters".into(), studio_id: studio.to_owned() }];
    entra.others = files.then_some(Access::Viewer);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn an_export_makes_the_same_station_out_of_an_empty_one(
        names in prop::collection::vec(name(), 1..5),
        configs in prop::collection::vec(configs(), 0..6),
        gone: bool,
    ) {
        let here = Still::with(|store| fill(store, &names, &configs, gone));
        let there = Still::with(|_| ());
        let text = here.text();
        for secret in SECRETS {
            prop_assert!(!text.contains(secret));
        }
        there.import(&text);
        // Who arrives by it has no password, and nothing of the provider's is secret there.
        let doors = there.doors();
        prop_assert!(doors.users.len() == names.len() && doors.users.iter().all(|row| row.password.is_none()));
        prop_assert!(!doors.settings.entra.has_secret && doors.settings.entra.on);
        prop_assert_eq!(&there.text(), &text);
        // And back, over what is there already.
        prop_assert!(here.check(&there.text()).changes.is_empty());
    }
}

/// Two users, one of them an administrator, and somebody whom a provider brought.
fn staff(store: &Store) {
    radio(store);
    user(store, "ann@example.org", "Ann", Access::Admin, None);
    let studio = store.studios().unwrap()[0].id.clone();
    user(store, "ben@example.org", "Ben", Access::Studio, Some(studio));
    let provided = NewUserRow {
        email: SECRETS[2].to_owned(),
        name: "Eve".to_owned(),
        access: Access::Viewer,
        studio: None,
        source: UserSource::Provider,
        subject: Some(SECRETS[1].to_owned()),
        password: None,
    };
    store.insert_user(provided, NOW).unwrap();
}

#[test]
fn who_arrives_by_a_file_has_no_password_and_whoever_is_here_keeps_theirs() {
    let radio = Still::with(staff);
    let text = radio.text();
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
    let new = "[[users]]\nemail = \"cid@example.org\"\nname = \"Cid\"\naccess = \"operator\"\n";
    let text = text.replace("name = \"Ben\"", "name = \"Benjamin\"") + new;
    let check = radio.check(&text);
    let told: Vec<_> = check
        .changes
        .iter()
        .flat_map(|change| change.fields.iter().map(move |field| (change.kind, change.name.as_str(), field)))
        .map(|(kind, name, field)| (kind, name, field.field.as_str(), field.after.as_deref().unwrap_or("")))
        .collect();
    assert_eq!(
        told,
        [
            (Kind::Changed, "ben@example.org", "name", "Benjamin"),
            (Kind::Added, "cid@example.org", "access", "operator"),
            (Kind::Added, "cid@example.org", "email", "cid@example.org"),
            (Kind::Added, "cid@example.org", "enabled", "true"),
            (Kind::Added, "cid@example.org", "name", "Cid"),
            (
                Kind::Added,
                "cid@example.org",
                "password",
                "(none: they cannot sign in until an administrator gives them one)"
            ),
        ]
    );
    assert!(check.changes.iter().all(|change| change.part == Part::User));
    radio.import(&text);
    let users = radio.doors().users;
    let have: Vec<_> = users.iter().map(|row| (row.name.as_str(), row.password.is_some())).collect();
    assert_eq!(have, [("Ann", true), ("Benjamin", true), ("Cid", false), ("Eve", false)]);
    assert_eq!(
        users[3].subject.as_deref(),
        Some(SECRETS[1]),
        "whom a provider brought is not the file's affair"
    );
    assert!(radio.check(&text).changes.is_empty());
}

#[test]
fn nobody_is_put_out_by_a_part_that_is_not_there_nor_the_last_administrator_by_one_that_is() {
    let radio = Still::with(staff);
    radio.import("audyn_configuration = 1\nsources = []\nrecorders = []\n");
    assert_eq!(radio.doors().users.len(), 3);
    let alone = "audyn_configuration = 1\n[[users]]\nemail = \"ann@example.org\"\n";
    for (rest, why) in [
        ("access = \"operator\"", "Nobody would be left"),
        ("access = \"admin\"\nenabled = false", "Nobody would be left"),
        ("access = \"studio\"", "Name the studio"),
        ("access = \"studio\"\nstudio = \"Nowhere\"", "no studio \"Nowhere\""),
        (
            "access = \"admin\"\n[[users]]\nemail = \"Ann@example.org\"\naccess = \"viewer\"",
            "another user named",
        ),
    ] {
        let told = radio.refusal(&format!("{alone}{rest}\n"));
        assert!(told.contains(why), "{why}: {told}");
    }
    assert!(radio.refusal("audyn_configuration = 1\nusers = []\n").contains("Nobody would be left"));
    let secret = radio.refused(&format!("{alone}access = \"admin\"\npassword = \"x\"\n"));
    assert!(secret.contains("password"), "{secret}");
    radio.import(&format!("{alone}access = \"admin\"\n"));
    let users = radio.doors().users;
    let left: Vec<&str> = users.iter().map(|row| row.email.as_str()).collect();
    assert_eq!(left, ["ann@example.org", SECRETS[2]]);
}

#[test]
fn how_the_station_is_opened_is_in_the_file_and_checked() {
    let radio = Still::with(|store| {
        staff(store);
        let mut settings = access::defaults();
        open(&mut settings, &store.studios().unwrap()[0].id, true);
        store.put_access_settings(&settings).unwrap();
    });
    let text = radio.text();
    assert!(text.contains("port = 8443") && text.contains("studio = \"Studio\""), "{text}");
    assert!(!text.contains("has_secret") && !text.contains("has_password"), "{text}");
    let check = radio.check(&text.replace("port = 8443", "port = 9443"));
    let [change] = check.changes.as_slice() else { panic!("{check:?}") };
    assert_eq!((change.part, change.fields[0].field.as_str()), (Part::Access, "listener.port"));
    for (text, why) in [
        (text.replace("port = 8443", "port = 0"), "1 to 65535"),
        (text.replace("idle_hours = 2", "idle_hours = 0"), "1 to 168 hours"),
        (text.replace("breakglass_minutes = 5", "breakglass_minutes = 61"), "5 to 60 minutes"),
        (text.replace("tenant = \"72f988bf", "tenant = \"nonsense"), "directory's id"),
        (
            text.replace("group = \"presenters\"\nstudio = \"Studio\"", "group = \"x\"\nstudio = \"Y\""),
            "no studio \"Y\"",
        ),
    ] {
        let told = radio.refusal(&text);
        assert!(told.contains(why), "{why}: {told}");
    }
    // Where no client secret is, that is said before it is taken up.
    let there = Still::with(|_| ());
    let told = there.check(&text);
    let fields = told.changes.iter().filter(|change| change.part == Part::Access).flat_map(|one| &one.fields);
    assert!(fields.clone().any(|field| field.field == "provider.client_secret"), "{told:?}");
    radio.import(&text.replace("port = 8443", "port = 9443"));
    let settings = radio.doors().settings;
    assert!(settings.listener.port == 9443 && settings.entra.has_secret, "what is secret stays where it is");
}

#[test]
fn two_transactions_that_cross_do_not_both_win() {
    let radio = Still::with(radio);
    let before = radio.book();
    let store = radio.store();
    store.set_wanted(&[1], true).unwrap();
    let doors = store.doors(&access::defaults()).unwrap();
    let rows = Rows::of(&before, &doors);
    assert!(!store.replace_configuration(rows, 2, rows, None).unwrap());
    assert!(store.recorders().unwrap()[0].wanted);
}

#[test]
fn a_files_name_is_the_stations() {
    let mut book = Still::with(|_| ()).book();
    for (station, name) in
        [("Audyn", "audyn.toml"), ("Radio Löwe / 1", "audyn-radio-l-we-1.toml"), ("../..", "audyn.toml")]
    {
        station.clone_into(&mut book.settings.station);
        assert_eq!(file_name(&book), name);
        assert!(Path::new(name).components().count() == 1);
    }
}
