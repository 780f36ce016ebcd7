use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use serde_json::Value;

use super::wire::*;
use super::{ApiError, Caller, Code};
use crate::Service;

/// What a caller must be allowed to do, from little to much; each holds those before it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// To look.
    Viewer,
    /// To record in one's own studio.
    Studio,
    /// To record everywhere.
    Operator,
    /// To change what the station is.
    Admin,
}

impl Access {
    /// As the contract and the state database write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Studio => "studio",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// From its word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        [Self::Viewer, Self::Studio, Self::Operator, Self::Admin].into_iter().find(|own| own.as_str() == word)
    }
}

/// HTTP methods of the REST door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Acts.
    Post,
    /// Changes.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation, as every door knows it. Fields of the request that stand in the path are taken from there; the others
/// of a GET from the query, those of the rest from the body.
#[derive(Clone, Copy)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// Who may.
    pub access: Access,
    /// REST method.
    pub method: Method,
    /// REST path; `{id}` stands for the request's field `id`.
    pub path: &'static str,
    /// Name of the request's type.
    pub request: &'static str,
    /// Name of the reply's type.
    pub reply: &'static str,
    pub(super) schemas: fn(&mut SchemaGenerator) -> [schemars::Schema; 2],
    pub(super) types: fn(&ts_rs::Config, &mut Declared),
}

/// TypeScript declarations by name: the order in which types name each other is not the same in every build.
#[derive(Default)]
pub(super) struct Declared {
    pub declarations: BTreeMap<String, String>,
}

impl Declared {
    pub(super) fn add<T: ts_rs::TS + 'static>(&mut self, config: &ts_rs::Config) {
        struct Visit<'a>(&'a ts_rs::Config, &'a mut Declared);
        impl ts_rs::TypeVisitor for Visit<'_> {
            fn visit<D: ts_rs::TS + 'static + ?Sized>(&mut self) {
                let name = D::name(self.0);
                if D::output_path().is_some() && !self.1.declarations.contains_key(&name) {
                    let docs = D::docs().unwrap_or_default();
                    self.1.declarations.insert(name, format!("{docs}export {}", D::decl(self.0)));
                    D::visit_dependencies(&mut Visit(self.0, self.1));
                }
            }
        }
        ts_rs::TypeVisitor::visit::<T>(&mut Visit(config, self));
    }
}

macro_rules! contract {
    ($($(#[doc = $doc:literal])+ $name:ident: $access:ident, $method:ident $path:literal, $request:ident => $reply:ident;)+) => {
        /// Every operation there is.
        pub const OPERATIONS: &[Operation] = &[$(Operation {
            name: stringify!($name),
            doc: concat!($($doc),+),
            access: Access::$access,
            method: Method::$method,
            path: $path,
            request: stringify!($request),
            reply: stringify!($reply),
            schemas: |generator| [generator.subschema_for::<$request>(), generator.subschema_for::<$reply>()],
            types: |config, declared| {
                declared.add::<$request>(config);
                declared.add::<$reply>(config);
            },
        }),+];

        async fn act(service: &Service, caller: &Caller, name: &str, request: Value) -> Result<Value, ApiError> {
            match name {
                $(stringify!($name) => {
                    allow(caller, Access::$access)?;
                    let request: $request = read(request)?;
                    let reply: $reply = service.$name(caller, request).await?;
                    serde_json::to_value(reply).map_err(ApiError::internal)
                })+
                _ => Err(ApiError::not_found(format!("There is no operation {name}."))),
            }
        }
    };
}

contract! {
    /// Who asks.
    me: Viewer, Get "/api/auth/me", Empty => Me;
    /// Changes one's own password. Every other session of the same user ends.
    change_own_password: Viewer, Post "/api/auth/password", ChangeOwnPassword => Empty;
    /// Everybody who may sign in.
    list_users: Admin, Get "/api/access/users", Empty => Users;
    /// Makes a user with a password.
    create_user: Admin, Post "/api/access/users", NewUser => User;
    /// Changes a user. Who may not sign in any more is out at once.
    change_user: Admin, Put "/api/access/users/{id}", ChangeUser => User;
    /// Removes a user, and ends their sessions.
    delete_user: Admin, Delete "/api/access/users/{id}", UserId => Empty;
    /// Gives a user another password, and ends their sessions.
    set_password: Admin, Put "/api/access/users/{id}/password", SetPassword => Empty;
    /// Who is signed in.
    list_sessions: Admin, Get "/api/access/sessions", Empty => Sessions;
    /// Ends a session at once.
    end_session: Admin, Delete "/api/access/sessions/{id}", SessionPick => Empty;
    /// Which programs may ask.
    list_tokens: Admin, Get "/api/access/tokens", Empty => Tokens;
    /// Makes a token for a program. Its secret is told this once.
    create_token: Admin, Post "/api/access/tokens", NewToken => MadeToken;
    /// Ends a token at once.
    revoke_token: Admin, Delete "/api/access/tokens/{id}", TokenId => Empty;
    /// What was done and refused, newest first.
    audit_log: Admin, Get "/api/access/audit", AuditQuery => AuditLog;
    /// The same as a file, part by part.
    export_audit: Admin, Get "/api/access/audit/export", AuditQuery => AuditExport;
    /// How the station is opened to others on the network.
    access_settings: Admin, Get "/api/access/settings", Empty => AccessSettings;
    /// Changes how the station is opened to others: what is given.
    change_access_settings: Admin, Put "/api/access/settings", ChangeAccessSettings => AccessSettings;
    /// Turns breakglass on or off, or gives it another password. Whoever is in by the old one is out.
    set_breakglass: Admin, Put "/api/access/breakglass", SetBreakglass => AccessSettings;

    /// How the station is.
    status: Viewer, Get "/api/control/status", Empty => Status;
    /// Lets every recorder with a source record.
    start_all: Operator, Post "/api/control/start-all", Empty => ToldAll;
    /// Stops every recorder.
    stop_all: Operator, Post "/api/control/stop-all", Empty => ToldAll;
    /// Marks a notice as seen.
    acknowledge: Operator, Post "/api/control/notices/{id}/acknowledge", NoticeId => Empty;
    /// What has happened, newest first.
    history: Viewer, Get "/api/control/history", HistoryQuery => History;
    /// The station's settings.
    settings: Viewer, Get "/api/control/settings", Empty => Settings;
    /// Changes the station's settings: those that are given.
    change_settings: Admin, Put "/api/control/settings", ChangeSettings => Settings;
    /// What time follows, and what is heard of PTP.
    clock: Viewer, Get "/api/control/clock", Empty => ClockStatus;
    /// How the LAN listener is: where it listens, its certificate, who is there.
    listener: Admin, Get "/api/control/listener", Empty => ListenerStatus;
    /// Network interfaces of this machine.
    interfaces: Operator, Get "/api/control/interfaces", Empty => Interfaces;
    /// About this program and machine.
    diagnostics: Operator, Get "/api/control/diagnostics", Empty => Diagnostics;
    /// Backups of the state database, newest first.
    backups: Admin, Get "/api/control/backups", Empty => Backups;
    /// Makes a backup of the state database now.
    make_backup: Admin, Post "/api/control/backups", Empty => Backup;
    /// Reads all of a backup: whether it can be restored, and what is in it. Changes nothing.
    check_backup: Admin, Post "/api/control/backups/{name}/check", BackupName => Backup;
    /// Replaces the state database by a backup; what it held is backed up first. Recorders must be stopped.
    restore_backup: Admin, Post "/api/control/backups/{name}/restore", BackupName => Empty;
    /// The station's configuration as one file, without secrets.
    export_configuration: Admin, Get "/api/control/configuration", Empty => ConfigurationFile;
    /// What a configuration file would change here, field by field. Changes nothing.
    check_configuration: Admin, Post "/api/control/configuration/check", ConfigurationText => ConfigurationCheck;
    /// Makes the station what a configuration file says, whole or not at all; what it was is backed up first. Recorders that
    /// record go on undisturbed.
    import_configuration: Admin, Post "/api/control/configuration/import", ImportConfiguration => ConfigurationCheck;
    /// Removes the demonstration: its recorders, sources and studios. Recordings stay.
    remove_demo: Admin, Delete "/api/control/demo", Empty => Empty;
    /// Every counter, in the Prometheus text format.
    metrics: Viewer, Get "/api/control/metrics", Empty => Metrics;
    /// Which meters a frame of levels holds.
    level_layout: Viewer, Get "/api/control/levels", Empty => LevelLayout;

    /// Every recorder.
    list_recorders: Viewer, Get "/api/recorders/", Empty => Recorders;
    /// One recorder.
    recorder: Viewer, Get "/api/recorders/{id}", RecorderId => Recorder;
    /// Makes a recorder. Its number stays, whatever it is called later.
    create_recorder: Admin, Post "/api/recorders/", NewRecorder => Recorder;
    /// Changes name, line or source.
    change_recorder: Admin, Put "/api/recorders/{id}", ChangeRecorder => Recorder;
    /// Changes how it writes, from its next file on.
    change_recorder_config: Admin, Put "/api/recorders/{id}/config", ChangeRecorderConfig => Recorder;
    /// Removes a stopped recorder. Its recordings stay.
    delete_recorder: Admin, Delete "/api/recorders/{id}", RecorderId => Empty;
    /// Lets it record, from now or from a while ago. One that records already goes on.
    start_recorder: Studio, Post "/api/recorders/{id}/start", StartRecorder => Told;
    /// Ends its recording; every file is finished first. One that is stopped stays so.
    stop_recorder: Studio, Post "/api/recorders/{id}/stop", RecorderId => Told;
    /// Where audio is missing, newest first.
    recorder_gaps: Viewer, Get "/api/recorders/{id}/gaps", GapQuery => Gaps;
    /// What it has received and what became of it.
    recorder_counters: Viewer, Get "/api/recorders/{id}/counters", RecorderId => Counters;
    /// Names of files to come, for settings that are being typed.
    preview_names: Operator, Post "/api/recorders/preview-names", NameQuery => Names;

    /// Every source.
    list_sources: Viewer, Get "/api/sources/", Empty => Sources;
    /// Makes a source and connects it.
    create_source: Admin, Post "/api/sources/", NewSource => Source;
    /// Changes a source.
    change_source: Admin, Put "/api/sources/{id}", ChangeSource => Source;
    /// Removes a source that no recorder takes.
    delete_source: Admin, Delete "/api/sources/{id}", SourceId => Empty;
    /// What a source has received.
    source_counters: Viewer, Get "/api/sources/{id}/counters", SourceId => SourceCounters;
    /// Lets the doctor find out why a source is silent or sick; at most two at a time. Its report grows by events.
    ask_doctor: Operator, Post "/api/sources/{id}/doctor", AskDoctor => DoctorReport;
    /// Ends an examination before its time.
    cancel_doctor: Operator, Delete "/api/sources/{id}/doctor", SourceId => DoctorReport;
    /// What the doctor said about each source last.
    doctor_reports: Viewer, Get "/api/sources/doctor", Empty => DoctorReports;
    /// What can be recorded on this machine: PipeWire's nodes and sound cards.
    list_inputs: Operator, Get "/api/sources/inputs", Empty => Inputs;
    /// Reads a session description, and changes nothing.
    read_sdp: Operator, Post "/api/sources/read-sdp", SdpText => SdpReading;

    /// What is announced on the network: by SAP and by RAVENNA.
    discovered: Viewer, Get "/api/discovery/streams", Empty => Discovered;
    /// The description of an announced session, as it came and as it is read.
    discovered_sdp: Viewer, Get "/api/discovery/streams/{session}", SessionId => SessionText;
    /// Makes a source of an announced stream. It follows its sender from then on.
    adopt_stream: Admin, Post "/api/discovery/streams/{session}/adopt", Adopt => Source;

    /// Every studio.
    list_studios: Viewer, Get "/api/studios/", Empty => Studios;
    /// Makes a studio.
    create_studio: Admin, Post "/api/studios/", NewStudio => Studio;
    /// Changes a studio.
    change_studio: Admin, Put "/api/studios/{id}", ChangeStudio => Studio;
    /// Removes a studio. Its recordings stay.
    delete_studio: Admin, Delete "/api/studios/{id}", StudioId => Empty;
    /// Gives a studio its recorder, and releases those that were linked before.
    assign_studio: Admin, Post "/api/studios/{id}/assign", Assignment => Studio;
    /// Which studio a screen shows.
    current_selection: Viewer, Get "/api/studios/current-selection", Screen => Selection;
    /// Chooses the studio that a screen shows.
    select_studio: Viewer, Post "/api/studios/select/{id}", Select => Selection;

    /// Files of the archive, newest first, by page.
    list_files: Viewer, Get "/api/assets/", FileQuery => FilePage;
    /// The archive by studio or recorder, and day.
    file_tree: Viewer, Get "/api/assets/tree", Empty => FileTree;
    /// One file in full.
    file: Viewer, Get "/api/assets/{id}", FileId => FileDetails;
    /// Holds files, on top of what holds them already: nobody can delete them until that is lifted.
    hold_files: Operator, Post "/api/assets/hold", HoldFiles => FilesDone;
    /// Takes holds off files, that one or all of theirs.
    lift_holds: Operator, Post "/api/assets/lift-hold", LiftHolds => FilesDone;
    /// Deletes complete files, for good; not those that are held.
    delete_files: Studio, Post "/api/assets/delete", FileIds => FilesDone;
    /// Copies files to a folder of this machine. Nothing there is overwritten.
    copy_files: Operator, Post "/api/assets/copy", CopyFiles => Job;
    /// Jobs of this run.
    list_jobs: Operator, Get "/api/assets/jobs", Empty => Jobs;
    /// Ends a job; what it has done so far is removed.
    cancel_job: Operator, Delete "/api/assets/jobs/{id}", JobId => Job;

    /// What this machine plays.
    playback: Viewer, Get "/api/playback/", Empty => Playback;
    /// Plays a file on this machine.
    play: Studio, Post "/api/playback/play", Play => Playback;
    /// Lets a source be heard on this machine as it comes in, instead of what plays. Recordings do not notice.
    listen: Studio, Post "/api/playback/listen", Listen => Playback;
    /// Holds; a source that is listened to is let go.
    pause: Studio, Post "/api/playback/pause", Empty => Playback;
    /// Goes on.
    resume: Studio, Post "/api/playback/resume", Empty => Playback;
    /// Goes to a place in the file.
    seek: Studio, Post "/api/playback/seek", Seek => Playback;
    /// Ends playing.
    stop_playback: Studio, Post "/api/playback/stop", Empty => Playback;
    /// Sets the volume.
    set_volume: Studio, Post "/api/playback/volume", Volume => Playback;
    /// Where sound can go.
    list_outputs: Viewer, Get "/api/playback/outputs", Empty => Outputs;
    /// Chooses where sound goes.
    choose_output: Studio, Post "/api/playback/output", ChooseOutput => Playback;
}

/// Does what is asked, if the caller may. The request is an object with the fields of the operation's request type.
///
/// # Errors
/// With a code to branch on, a message for people, and the id that the log knows the request by.
pub async fn dispatch(
    service: &Service,
    caller: &Caller,
    name: &str,
    request: Value,
) -> Result<Value, ApiError> {
    let request_id = uuid::Uuid::now_v7().to_string();
    let span = tracing::info_span!("operation", name, request_id);
    let subject = OPERATIONS.iter().find(|own| own.name == name).and_then(|own| audited(own, &request));
    let work = async {
        let done = act(service, caller, name, request).await;
        let told = done.is_ok() && TOLD_IN_FULL.contains(&name);
        if let Some(subject) = subject.filter(|_| !told) {
            let refused = done.as_ref().err();
            service.note_operation(caller, name, subject, refused).await;
        }
        done
    };
    let done = tracing::Instrument::instrument(work, span).await;
    done.map_err(|error| ApiError { request_id, ..error })
}

/// What only looks, or only moves what one hears and sees, is not written into the audit log.
const QUIET: [&str; 15] = [
    "acknowledge",
    "ask_doctor",
    "cancel_doctor",
    "check_backup",
    "choose_output",
    "listen",
    "pause",
    "play",
    "preview_names",
    "read_sdp",
    "resume",
    "seek",
    "select_studio",
    "set_volume",
    "stop_playback",
];

/// What is written by itself when it is done, with more than the request says.
const TOLD_IN_FULL: [&str; 3] = ["delete_files", "hold_files", "lift_holds"];

/// What an operation acts on, if the audit log is to have it.
fn audited(operation: &Operation, request: &Value) -> Option<String> {
    let takes_away = operation.name.starts_with("export_");
    if (operation.method == Method::Get && !takes_away) || QUIET.contains(&operation.name) {
        return None;
    }
    // Never anything else of it: passwords come in requests too.
    let told = ["email", "name", "id", "session"].iter().find_map(|field| request.get(field));
    Some(match (told, request.get("ids").and_then(Value::as_array)) {
        (Some(Value::String(text)), _) => text.clone(),
        (Some(Value::Number(number)), _) => number.to_string(),
        (_, Some(ids)) => format!("{} files", ids.len()),
        (_, None) => String::new(),
    })
}

fn allow(caller: &Caller, needed: Access) -> Result<(), ApiError> {
    if caller.access >= needed {
        return Ok(());
    }
    Err(ApiError::new(
        Code::Forbidden,
        "This needs more rights than you have here. Ask whoever runs the station.",
    ))
}

/// A request from its JSON; none at all counts as an empty object.
fn read<T: serde::de::DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    let request = if request.is_null() { Value::Object(serde_json::Map::new()) } else { request };
    serde_json::from_value(request)
        .map_err(|error| ApiError::invalid(format!("The request cannot be read: {error}.")))
}

#[cfg(test)]
mod tests;
