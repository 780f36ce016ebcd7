// Generated from the contract in src-tauri/crates/service/src/api. Do not edit.

/**
 * What a caller must be allowed to do, from little to much; each holds those before it.
 */
export type Access = "viewer" | "studio" | "operator" | "admin";

/**
 * How the station is opened to others on the network.
 */
export type AccessSettings = { 
/**
 * Where it listens.
 */
listener: ListenerSettings, 
/**
 * How long one stays signed in.
 */
sessions: SessionSettings, 
/**
 * The password that opens when nothing else does.
 */
breakglass: BreakglassSettings, 
/**
 * Microsoft Entra ID, or another identity provider.
 */
entra: EntraSettings, };

/**
 * A stream to be made a source that follows its sender.
 */
export type Adopt = { 
/**
 * Id of its session.
 */
session: string, 
/**
 * Its place in the session, from 0; 0 if not given.
 */
stream?: number | null, 
/**
 * The source's name; the session's if not given.
 */
name?: string | null, 
/**
 * Channels taken, from 1 on, in this order; all if empty.
 */
pick: Array<number>, };

/**
 * A network stream.
 */
export type Aes67Config = { 
/**
 * One leg, or the two of a redundant pair.
 */
legs: Array<Leg>, 
/**
 * RTP payload type, 0 to 127; 96 if not given.
 */
payload_type?: number | null, 
/**
 * L16 or L24; told from the packets if not given.
 */
encoding?: Encoding | null, 
/**
 * Rate in Hz; 48 000 if not given.
 */
sample_rate?: number | null, 
/**
 * Channels in the stream, 1 to 64; 2 if not given.
 */
stream_channels?: number | null, 
/**
 * Channels taken, from 1 on, in this order; all if empty.
 */
pick: Array<number>, 
/**
 * Names of the stream's channels, where known.
 */
labels: Array<string>, 
/**
 * Samples per packet and channel; 48 if not given.
 */
samples_per_packet?: number | null, 
/**
 * Reorder window in milliseconds, 1 to 1000; 100 if not given.
 */
window_ms?: number | null, 
/**
 * Bytes of receive buffer asked for; 2 MiB if not given.
 */
receive_buffer?: number | null, 
/**
 * The description it was made from. Clock and packet time come from there.
 */
sdp?: string | null, 
/**
 * The announced session it follows: when its sender changes the description, so does this.
 */
follows?: Follow | null, };

/**
 * Counts of what is announced: told when it changes, at most twice a second. Whoever shows the list asks for it again.
 */
export type Announced = { 
/**
 * Sessions.
 */
sessions: number, 
/**
 * Of these, not heard for 90 s.
 */
stale: number, 
/**
 * Of these, not usable.
 */
unusable: number, };

/**
 * How a stream came to be known.
 */
export type AnnouncedBy = "sap" | "ravenna";

/**
 * Why an operation was not done. Nothing was changed then.
 */
export type ApiError = { 
/**
 * To branch on.
 */
code: Code, 
/**
 * For people: what is wrong, and what to do.
 */
message: string, 
/**
 * Finds the request in the log.
 */
request_id: string, };

/**
 * A fact, sent after it is durable. Whoever hears `resync` has missed some and loads everything again.
 */
export type AppEvent = { "type": "recorder", "data": Recorder } | { "type": "recorder_removed", "data": number } | { "type": "source", "data": Source } | { "type": "source_removed", "data": string } | { "type": "studio", "data": Studio } | { "type": "studio_removed", "data": string } | { "type": "settings", "data": Settings } | { "type": "status", "data": Status } | { "type": "clock", "data": ClockStatus } | { "type": "file", "data": FileEntry } | { "type": "files_removed", "data": Array<string> } | { "type": "playback", "data": Playback } | { "type": "job", "data": Job } | { "type": "doctor", "data": DoctorReport } | { "type": "levels", "data": LevelLayout } | { "type": "announced", "data": Announced } | { "type": "access" } | { "type": "resync" };

/**
 * The clock of names and boundaries.
 */
export type ArchiveClock = "localtime" | "utc" | "tai";

/**
 * Asks the doctor about a source.
 */
export type AskDoctor = { 
/**
 * The source.
 */
id: string, 
/**
 * Seconds to listen: 1 to 600, 5 if not given. An IGMP querier shows itself within 130.
 */
seconds?: number | null, };

/**
 * Which recorder a studio gets. The studio's earlier recorder and the recorder's earlier studio are released in the
 * same step.
 */
export type Assignment = { 
/**
 * The studio.
 */
id: string, 
/**
 * Its recorder; none to release it.
 */
recorder_id?: number | null, };

/**
 * An output.
 */
export type AudioOutput = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * The system's own choice.
 */
default: boolean, };

/**
 * What somebody did, or was refused.
 */
export type AuditEntry = { 
/**
 * Its number; later ones have higher ones.
 */
id: number, 
/**
 * When.
 */
at: Moment, 
/**
 * Who, for people.
 */
who: string, 
/**
 * Who, for programs; empty if nobody is known.
 */
who_id: string, 
/**
 * From where; none: at the machine itself.
 */
address: string | null, 
/**
 * A word: `sign_in`, `create_user`, `delete_files`, …
 */
kind: string, 
/**
 * What came of it.
 */
result: AuditResult, 
/**
 * To what.
 */
subject: string, 
/**
 * In a sentence.
 */
message: string, };

/**
 * Entries of the audit log as a file.
 */
export type AuditExport = { 
/**
 * One JSON object a line, newest first.
 */
lines: string, 
/**
 * So many.
 */
entries: number, 
/**
 * What `before` is for the next part; none if this is the last.
 */
next: number | null, };

/**
 * Entries of the audit log, newest first.
 */
export type AuditLog = { 
/**
 * The entries.
 */
entries: Array<AuditEntry>, 
/**
 * There are earlier ones.
 */
more: boolean, };

/**
 * Which entries of the audit log.
 */
export type AuditQuery = { 
/**
 * Only of this kind: `sign_in`, `create_user`, …
 */
kind?: string | null, 
/**
 * Only what was done, or only what was refused.
 */
result?: AuditResult | null, 
/**
 * Only those with this text: up to 200 characters.
 */
search?: string | null, 
/**
 * Only from here on.
 */
from?: Moment | null, 
/**
 * Only before.
 */
until?: Moment | null, 
/**
 * Only those before this number; for the next page.
 */
before?: number | null, 
/**
 * At most so many: 1 to 1000, 200 if not given; for an export 1 to 10 000, all of these if not given.
 */
limit?: number | null, };

/**
 * What came of it.
 */
export type AuditResult = "done" | "refused";

/**
 * One backup.
 */
export type Backup = { 
/**
 * Its file name.
 */
name: string, 
/**
 * When it was made.
 */
made: Moment, 
/**
 * Bytes.
 */
bytes: number, 
/**
 * Its schema's version.
 */
schema: number, 
/**
 * How many recorders, sources and studios are in it.
 */
contents: string, };

/**
 * Picks a backup.
 */
export type BackupName = { 
/**
 * Its file name.
 */
name: string, };

/**
 * Backups of the state database.
 */
export type Backups = { 
/**
 * Newest first.
 */
backups: Array<Backup>, };

/**
 * Sample sizes.
 */
export type Bits = "16" | "24" | "32f";

/**
 * The password that opens when nothing else does.
 */
export type BreakglassSettings = { 
/**
 * It opens.
 */
on: boolean, 
/**
 * One was set.
 */
has_password: boolean, 
/**
 * Minutes for which it opens: 5 to 60.
 */
minutes: number, };

/**
 * A sound card.
 */
export type CardConfig = { 
/**
 * Its id among the inputs; the system's default one if empty.
 */
device: string, 
/**
 * Its name for people, as it was when it was chosen.
 */
name?: string | null, 
/**
 * Rate in Hz that it is opened with; 48 000 if not given.
 */
sample_rate?: number | null, 
/**
 * Channels to take from it, the first ones, 1 to 64; 2 if not given.
 */
stream_channels?: number | null, 
/**
 * Channels taken of those, from 1 on, in this order; all if empty.
 */
pick: Array<number>, 
/**
 * Names of its channels, where known.
 */
labels: Array<string>, };

/**
 * What changes about how the station is opened: what is given.
 */
export type ChangeAccessSettings = { 
/**
 * Where it listens.
 */
listener?: ListenerSettings | null, 
/**
 * How long one stays signed in.
 */
sessions?: SessionSettings | null, 
/**
 * The identity provider. `has_secret` is not looked at.
 */
entra?: EntraSettings | null, 
/**
 * The provider's client secret; an empty text removes it.
 */
entra_secret?: Password | null, };

/**
 * Another password of one's own.
 */
export type ChangeOwnPassword = { 
/**
 * The one until now.
 */
current: Password, 
/**
 * The new one: 10 characters at least, 256 bytes at most.
 */
new: Password, };

/**
 * What changes about a recorder. Name and description at once, the source when it is stopped.
 */
export type ChangeRecorder = { 
/**
 * Its number.
 */
id: number, 
/**
 * Its new name.
 */
name?: string | null, 
/**
 * Its new line.
 */
description?: string | null, 
/**
 * Its new source; an empty text for none.
 */
source_id?: string | null, };

/**
 * A recorder's new settings. They hold from its next file on.
 */
export type ChangeRecorderConfig = { 
/**
 * Its number.
 */
id: number, 
/**
 * All its settings.
 */
config: RecorderConfig, };

/**
 * What changes about the settings.
 */
export type ChangeSettings = { 
/**
 * The station's name.
 */
station?: string | null, 
/**
 * Where recordings go. Holds when nothing is being recorded.
 */
archive_root?: string | null, 
/**
 * How recordings are written.
 */
writing?: Writing | null, 
/**
 * The interface for sources that name none; an empty text for none.
 */
interface?: string | null, 
/**
 * Where announcements are listened for.
 */
discovery?: DiscoverySettings | null, 
/**
 * What time follows, and where PTP is listened to.
 */
clock?: ClockSettings | null, 
/**
 * Look.
 */
theme?: Theme | null, 
/**
 * Reference mark of meters in dBFS: −18 or −20.
 */
reference_dbfs?: number | null, 
/**
 * Seconds a peak is held: 0, 1, 2 or 5.
 */
peak_hold_s?: number | null, 
/**
 * Single-key shortcuts work.
 */
shortcuts?: boolean | null, 
/**
 * Whom a studio calls.
 */
engineering_contact?: string | null, 
/**
 * This machine is a studio's screen.
 */
kiosk?: boolean | null, 
/**
 * Closing the window keeps recording in the tray.
 */
close_to_tray?: boolean | null, 
/**
 * Seconds of every source that are kept: 0 to 600.
 */
pre_roll_s?: number | null, 
/**
 * Memory for that in MiB: 16 to 65 536; 0 for what is usual.
 */
pre_roll_mib?: number | null, };

/**
 * What changes about a source. Its configuration cannot change while it is recorded.
 */
export type ChangeSource = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its new name.
 */
name?: string | null, 
/**
 * What it is from now on.
 */
config?: SourceConfig | null, };

/**
 * What changes about a studio.
 */
export type ChangeStudio = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its new name.
 */
name?: string | null, 
/**
 * Its new line.
 */
description?: string | null, 
/**
 * Its new colour.
 */
color?: string | null, 
/**
 * Whether it is shown in the picker.
 */
enabled?: boolean | null, };

/**
 * What changes about a user.
 */
export type ChangeUser = { 
/**
 * Whom.
 */
id: string, 
/**
 * Another address.
 */
email?: string | null, 
/**
 * Another name.
 */
name?: string | null, 
/**
 * What they may do.
 */
access?: Access | null, 
/**
 * The studio they belong to; an empty text for none.
 */
studio_id?: string | null, 
/**
 * May sign in.
 */
enabled?: boolean | null, };

/**
 * Chooses an output.
 */
export type ChooseOutput = { 
/**
 * Its id; none for the system's own choice.
 */
id?: string | null, };

/**
 * A PTP domain on an interface.
 */
export type ClockDomain = { 
/**
 * The interface.
 */
interface: string, 
/**
 * The domain.
 */
domain: number, 
/**
 * How it is.
 */
state: PtpState, 
/**
 * What is odd about it, in a sentence.
 */
problem: string | null, 
/**
 * Since when the grandmaster is there, or gone.
 */
since: Moment | null, 
/**
 * The grandmaster's identity: `00-11-22-FF-FE-33-44-55`.
 */
grandmaster: string | null, 
/**
 * The one before.
 */
previous: string | null, 
/**
 * Its class: 6 follows a primary reference, 7 holds it, 248 runs free.
 */
class: number | null, 
/**
 * … in words.
 */
class_words: string | null, 
/**
 * How exact it claims to be, in nanoseconds.
 */
accuracy_ns: number | null, 
/**
 * Where its time comes from, in words.
 */
time_source: string | null, 
/**
 * Its first rank in the election; less wins.
 */
priority1: number | null, 
/**
 * Boundary clocks on the way.
 */
steps_removed: number | null, 
/**
 * TAI − UTC in seconds, as it announces.
 */
utc_offset_s: number | null, 
/**
 * … and says that it is right.
 */
utc_offset_valid: boolean | null, 
/**
 * It counts PTP's own timescale, TAI.
 */
ptp_timescale: boolean | null, 
/**
 * Its time is traceable to a primary reference.
 */
time_traceable: boolean | null, 
/**
 * How far PTP time is ahead of the machine's clock, in nanoseconds, network delay included.
 */
offset_ns: number | null, 
/**
 * Half of the range in which that was lately.
 */
uncertainty_ns: number | null, 
/**
 * Seconds between two announcements.
 */
announce_interval_s: number | null, 
/**
 * Announcements missed since it is heard.
 */
announcements_missed: number, 
/**
 * Masters there are now.
 */
masters: number, 
/**
 * Times the grandmaster has changed.
 */
changes: number, };

/**
 * An interface on which PTP is listened to.
 */
export type ClockInterface = { 
/**
 * Its name.
 */
name: string, 
/**
 * Why it is not heard, and what to do; none if it is.
 */
problem: string | null, };

/**
 * Whether a time follows a grandmaster.
 */
export type ClockLock = "locked" | "holdover" | "free" | "system";

/**
 * How good the clock was that a file's times come from.
 */
export type ClockQuality = { 
/**
 * What time followed.
 */
reference: ClockReference, 
/**
 * How well.
 */
lock: ClockLock, 
/**
 * The grandmaster.
 */
grandmaster: string | null, 
/**
 * Its domain.
 */
domain: number | null, 
/**
 * How far PTP time was ahead of the machine's clock, in nanoseconds.
 */
offset_ns: number | null, 
/**
 * How exact that is, in nanoseconds.
 */
uncertainty_ns: number | null, };

/**
 * What time follows.
 */
export type ClockReference = "system" | "software" | "hardware";

/**
 * What time follows and where PTP is listened to.
 */
export type ClockSettings = { 
/**
 * What time follows.
 */
reference: ClockReference, 
/**
 * With `hardware`: the clock's path, `/dev/ptp0`.
 */
device: string | null, 
/**
 * With `hardware` and no path: the interface whose clock it is.
 */
interface: string | null, 
/**
 * The domain whose grandmaster counts; the lowest that has one if not given.
 */
domain: number | null, 
/**
 * Interfaces to listen on; all if none is given.
 */
interfaces: Array<string>, };

/**
 * What time follows, and what is heard of PTP.
 */
export type ClockStatus = { 
/**
 * How it is: "PTP locked", "PTP lost", "No PTP".
 */
light: Light, 
/**
 * What the program's own time follows.
 */
reference: ClockReference, 
/**
 * How well.
 */
lock: ClockLock, 
/**
 * The hardware clock that is followed: `/dev/ptp0`.
 */
device: string | null, 
/**
 * How far time that is followed is ahead of the machine's clock, in nanoseconds; 0 if that itself is followed.
 */
ahead_ns: number, 
/**
 * What is wrong with it, and what to do.
 */
problem: string | null, 
/**
 * Something keeps the machine's clock in time; none if the kernel does not say.
 */
synchronised: boolean | null, 
/**
 * The largest error that the kernel believes its clock to have, in nanoseconds.
 */
max_error_ns: number | null, 
/**
 * The kernel's TAI offset in seconds; 0 if nobody has set it.
 */
kernel_tai_offset_s: number | null, 
/**
 * The domain whose grandmaster counts.
 */
chosen: ClockDomain | null, 
/**
 * Every domain heard, on every interface.
 */
domains: Array<ClockDomain>, 
/**
 * Where PTP is listened to.
 */
interfaces: Array<ClockInterface>, 
/**
 * PTP messages received.
 */
messages: number, 
/**
 * Datagrams that were none.
 */
malformed: number, 
/**
 * Masters that found no room in the tables.
 */
crowded: number, };

/**
 * Kinds of refusal.
 */
export type Code = "invalid" | "not_found" | "conflict" | "unauthenticated" | "forbidden" | "too_many" | "unavailable" | "timeout" | "internal";

/**
 * One difference.
 */
export type ConfigurationChange = { 
/**
 * What happens.
 */
kind: ConfigurationChangeKind, 
/**
 * To what.
 */
part: ConfigurationPart, 
/**
 * Its name; the new one if that changes.
 */
name: string, 
/**
 * Field by field; empty for what is removed.
 */
fields: Array<FieldChange>, 
/**
 * Why it cannot be done now, and what to do; none if it can.
 */
refused: string | null, };

/**
 * What happens.
 */
export type ConfigurationChangeKind = "added" | "changed" | "removed";

/**
 * What a configuration would change. Nothing was changed.
 */
export type ConfigurationCheck = { 
/**
 * Every difference, in the order of the file; what is removed comes last.
 */
changes: Array<ConfigurationChange>, 
/**
 * Sources, recorders, studios and users that stay as they are.
 */
unchanged: number, 
/**
 * How many of the changes are refused. It is taken up whole or not at all.
 */
refused: number, 
/**
 * For the import.
 */
fingerprint: string, };

/**
 * The station's configuration as one file. Secrets, recordings and what is being recorded are not in it.
 */
export type ConfigurationFile = { 
/**
 * A name for it: `audyn-radio-one.toml`
 */
name: string, 
/**
 * TOML, up to 1 MiB.
 */
text: string, };

/**
 * Parts of a configuration.
 */
export type ConfigurationPart = "settings" | "source" | "recorder" | "studio" | "access" | "user";

/**
 * A configuration to look at.
 */
export type ConfigurationText = { 
/**
 * TOML, up to 1 MiB.
 */
text: string, };

/**
 * Files to copy out.
 */
export type CopyFiles = { 
/**
 * Their ids.
 */
ids: Array<string>, 
/**
 * A folder on this machine, absolute. Nothing in it is overwritten.
 */
folder: string, };

/**
 * One counter.
 */
export type Counter = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its value since the source was connected.
 */
value: number, };

/**
 * What a recorder has received and what became of it.
 */
export type Counters = { 
/**
 * Counters of the stream by name.
 */
stream: Array<Counter>, 
/**
 * What encoders, disk and catalogue have done, by name; times are nanoseconds.
 */
stages: Array<Counter>, 
/**
 * One for each leg.
 */
legs: Array<LegCounters>, 
/**
 * Word length on the wire, once known.
 */
bits: number | null, 
/**
 * How positions are tied to TAI, once known.
 */
time_basis: string | null, 
/**
 * How much later than their media time packets arrive, in microseconds.
 */
lag_us: number | null, 
/**
 * How much faster a local device's clock runs than this machine's, in parts per 10⁹, once known.
 */
drift_ppb: number | null, 
/**
 * Why nothing comes from a local device, in a sentence.
 */
trouble: string | null, };

/**
 * A file being written.
 */
export type CurrentFile = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its place below the archive root.
 */
path: string, 
/**
 * Container and coding.
 */
format: Format, };

/**
 * About this program and machine.
 */
export type Diagnostics = { 
/**
 * Program and version.
 */
version: string, 
/**
 * The folder with the state database.
 */
state_dir: string, 
/**
 * When it was started.
 */
started: Moment, 
/**
 * Real-time priority of the receive threads, or why there is none.
 */
real_time: string, 
/**
 * Version of the state database's schema.
 */
schema: number, 
/**
 * Bytes of the state database.
 */
database_bytes: number, 
/**
 * Logical processors.
 */
processors: number, 
/**
 * Resident memory in bytes.
 */
memory_bytes: number, 
/**
 * Bytes held of what passed by while nothing was recorded.
 */
pre_roll_bytes: number, 
/**
 * Bytes that may be held of it.
 */
pre_roll_limit_bytes: number, 
/**
 * Where secrets are kept, and against what that protects them.
 */
secrets: string, 
/**
 * Licences of what is built in, for people.
 */
licence: string, };

/**
 * What is announced on the network.
 */
export type Discovered = { 
/**
 * Announcements are listened for.
 */
on: boolean, 
/**
 * The streams, by name.
 */
streams: Array<DiscoveredStream>, 
/**
 * RAVENNA sessions that nobody describes.
 */
troubles: Array<DiscoveryTrouble>, 
/**
 * Where is listened.
 */
listening: Array<DiscoveryInterface>, 
/**
 * What was heard, and what of it was refused.
 */
counters: DiscoveryCounters, };

/**
 * One stream that is announced, or a session whose description cannot be used. What the sender wrote is plain text.
 */
export type DiscoveredStream = { 
/**
 * Id of its session.
 */
session: string, 
/**
 * Its place in the session, from 0.
 */
stream: number, 
/**
 * How it came to be known.
 */
by: AnnouncedBy, 
/**
 * Its session's name; empty if it has none.
 */
name: string, 
/**
 * The address it was heard from.
 */
sender: string, 
/**
 * Interfaces it was heard on.
 */
interfaces: Array<string>, 
/**
 * L16 or L24; none if it cannot be recorded.
 */
encoding: Encoding | null, 
/**
 * Rate in Hz.
 */
sample_rate: number | null, 
/**
 * Channels in the stream.
 */
channels: number | null, 
/**
 * Microseconds of audio in a packet.
 */
packet_time_us: number | null, 
/**
 * Names of the channels, where the sender gives them.
 */
labels: Array<string>, 
/**
 * What its clock follows, in words.
 */
clock: string, 
/**
 * Where it arrives; two legs of a redundant pair.
 */
legs: Array<Leg>, 
/**
 * What makes it unusable, with the line.
 */
problems: Array<SdpProblem>, 
/**
 * What is odd but usable.
 */
warnings: Array<string>, 
/**
 * When it was heard first.
 */
first_seen: Moment, 
/**
 * When it was heard last.
 */
last_seen: Moment, 
/**
 * Not heard for 90 s or longer.
 */
stale: boolean, 
/**
 * How often its description has changed since it was heard first.
 */
changes: number, 
/**
 * Sources that follow it, by id.
 */
sources: Array<string>, };

/**
 * What was heard so far, and what of it was refused.
 */
export type DiscoveryCounters = { 
/**
 * SAP packets.
 */
announcements: number, 
/**
 * SAP packets that could not be read.
 */
malformed: number, 
/**
 * SAP packets that were encrypted or compressed, or no session description.
 */
foreign: number, 
/**
 * Answers of multicast DNS.
 */
answers: number, 
/**
 * Multicast DNS packets that could not be read.
 */
unreadable: number, 
/**
 * RAVENNA descriptions that were given.
 */
described: number, 
/**
 * RAVENNA descriptions that were not.
 */
undescribed: number, 
/**
 * Announcements by somebody else than a session's sender; ignored.
 */
contradicted: number, 
/**
 * Announcements for which there was no room.
 */
no_room: number, };

/**
 * An interface that is listened on.
 */
export type DiscoveryInterface = { 
/**
 * Its name.
 */
name: string, 
/**
 * Why announcements are not heard there, and what to do.
 */
problem: string | null, };

/**
 * Where announcements are listened for.
 */
export type DiscoverySettings = { 
/**
 * Announcements are listened for.
 */
on: boolean, 
/**
 * On these interfaces, by name or address; on all if empty.
 */
interfaces: Array<string>, };

/**
 * A RAVENNA session without a description.
 */
export type DiscoveryTrouble = { 
/**
 * Its name.
 */
name: string, 
/**
 * Whom it was asked of: `192.0.2.1:554`.
 */
address: string, 
/**
 * Why there is none.
 */
why: string, };

/**
 * The archive's disk.
 */
export type Disk = { 
/**
 * How it is: "38 days left".
 */
light: Light, 
/**
 * Bytes free for recordings; none if the folder cannot be reached.
 */
free_bytes: number | null, 
/**
 * Bytes in all.
 */
total_bytes: number | null, 
/**
 * Bytes a second that are being written now.
 */
rate_bytes_s: number, 
/**
 * When it is full at this rate.
 */
full_at: Moment | null, };

/**
 * One check.
 */
export type DoctorCheck = { 
/**
 * Its name.
 */
name: string, 
/**
 * The leg, from 1 on; none if it is about the source as a whole.
 */
leg: number | null, 
/**
 * How it went.
 */
verdict: DoctorVerdict, 
/**
 * What was measured.
 */
words: string, 
/**
 * What to do about it; empty if nothing.
 */
remedy: string, };

/**
 * What a leg hears.
 */
export type DoctorLeg = { 
/**
 * Address and port.
 */
address: string, 
/**
 * The interface, if there is one.
 */
interface: string | null, 
/**
 * Packets that came.
 */
packets: number, 
/**
 * Who sends: the first 16.
 */
senders: Array<DoctorSender>, 
/**
 * Packets by interarrival jitter, one number for each bin.
 */
jitter: Array<number>, };

/**
 * What the doctor says about a source, so far or in the end.
 */
export type DoctorReport = { 
/**
 * The source.
 */
source_id: string, 
/**
 * Its name.
 */
source: string, 
/**
 * How far it is.
 */
state: DoctorState, 
/**
 * When it was asked.
 */
at: Moment, 
/**
 * Seconds it was told to listen.
 */
seconds: number, 
/**
 * Seconds it has listened.
 */
elapsed_s: number, 
/**
 * The diagnosis in a word: `healthy`, `unknown`, `wrong-port` …
 */
diagnosis: string, 
/**
 * How bad it is.
 */
verdict: DoctorVerdict, 
/**
 * What is wrong and what to do, in one sentence.
 */
sentence: string, 
/**
 * The checks, from the cable up.
 */
checks: Array<DoctorCheck>, 
/**
 * What each leg hears.
 */
legs: Array<DoctorLeg>, 
/**
 * Upper edges of the bins of each leg's jitter, in microseconds; the last bin is for what is above.
 */
jitter_edges_us: Array<number>, 
/**
 * All of it as plain text.
 */
text: string, };

/**
 * The latest report about each source.
 */
export type DoctorReports = { 
/**
 * In no order.
 */
reports: Array<DoctorReport>, };

/**
 * One sender's packets.
 */
export type DoctorSender = { 
/**
 * From where.
 */
address: string, 
/**
 * SSRC, in hexadecimal.
 */
ssrc: string, 
/**
 * RTP payload type.
 */
payload_type: number, 
/**
 * Bytes of payload in a packet.
 */
bytes: number, 
/**
 * Packets.
 */
packets: number, 
/**
 * Packets lost.
 */
lost: number, };

/**
 * How far a report is.
 */
export type DoctorState = "running" | "done" | "cancelled";

/**
 * How a check went.
 */
export type DoctorVerdict = "ok" | "warn" | "fault" | "unknown" | "pending";

/**
 * How fast a device's clock ran.
 */
export type Drift = { 
/**
 * How much faster than this machine's, in parts per million; slower is negative.
 */
ppm: number, 
/**
 * Seconds over which that was measured.
 */
over_s: number, };

/**
 * No parameters, or nothing to say.
 */
export type Empty = Record<symbol, never>;

/**
 * Sample coding on the wire.
 */
export type Encoding = "L16" | "L24";

/**
 * Microsoft Entra ID, or another identity provider that speaks OpenID Connect.
 */
export type EntraSettings = { 
/**
 * Offered at the door.
 */
on: boolean, 
/**
 * The directory's id.
 */
tenant: string, 
/**
 * The application's id.
 */
client_id: string, 
/**
 * A client secret was set. It is kept in the keyring.
 */
has_secret: boolean, 
/**
 * Where the provider sends people back to; made of how Audyn is called if not given.
 */
redirect: string | null, 
/**
 * Another provider's issuer instead of Entra's.
 */
issuer: string | null, 
/**
 * Where memberships are asked for when they do not fit into what the provider says; Microsoft Graph if not given.
 */
graph: string | null, 
/**
 * Groups and app roles whose members are admins.
 */
admins: Array<string>, 
/**
 * Groups and app roles whose members are operators.
 */
operators: Array<string>, 
/**
 * Groups and app roles whose members belong to a studio.
 */
studios: Array<StudioGroup>, 
/**
 * Groups and app roles whose members may look.
 */
viewers: Array<string>, 
/**
 * What everybody else of the directory may do; nobody else comes in if not given.
 */
others: Access | null, };

/**
 * A field that differs.
 */
export type FieldChange = { 
/**
 * Where: `config.legs[0].address`
 */
field: string, 
/**
 * What it is here; none if it is not set.
 */
before: string | null, 
/**
 * What it would be; none if it would not be set.
 */
after: string | null, };

/**
 * One studio or recorder.
 */
export type FileBranch = { 
/**
 * Its folder below the root.
 */
folder: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * The studio, if the folder is one's.
 */
studio_id: string | null, 
/**
 * The recorder, if the folder is one's.
 */
recorder_id: number | null, 
/**
 * Its days, newest first.
 */
days: Array<FileDay>, };

/**
 * One day.
 */
export type FileDay = { 
/**
 * `2026-10-25`
 */
day: string, 
/**
 * Files begun on it.
 */
files: number, 
/**
 * Their bytes.
 */
bytes: number, };

/**
 * One file in full.
 */
export type FileDetails = { 
/**
 * The file.
 */
file: FileEntry, 
/**
 * Where audio is missing, in order.
 */
gaps: Array<Gap>, 
/**
 * How its times are known: `media-clock`, `assumed-media-clock`, `arrival`.
 */
time_basis: string, 
/**
 * How good the clock was when it was begun; none if nobody watched.
 */
clock: ClockQuality | null, 
/**
 * … and when it was complete.
 */
clock_sealed: ClockQuality | null, 
/**
 * How fast the device's clock ran against this machine's until it was complete; none for network streams, and if it
 * was too short to tell.
 */
drift: Drift | null, 
/**
 * Marks that touch it, in order: the first 1000.
 */
marks: Array<Mark>, 
/**
 * Marks beyond those.
 */
more_marks: number, 
/**
 * BLAKE3 of its audio, in hexadecimal, once known.
 */
hash: string | null, };

/**
 * One file of the archive.
 */
export type FileEntry = { 
/**
 * Its id, which the file carries too: UUIDv7.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its place below the archive root.
 */
path: string, 
/**
 * The recorder's number, if it still exists.
 */
recorder_id: number | null, 
/**
 * The recorder's name at the time.
 */
recorder_name: string, 
/**
 * The studio whose folder it is in.
 */
studio_id: string | null, 
/**
 * When its first sample was.
 */
start: Moment, 
/**
 * The same on the archive's clock at that moment: `2026-10-25T02:14:00`.
 */
start_civil: string, 
/**
 * The offset or name of that clock: `+01:00`, `UTC`, `TAI`.
 */
zone: string, 
/**
 * Seconds of audio; what is known so far of a growing file.
 */
duration_s: number, 
/**
 * Bytes on disk.
 */
bytes: number, 
/**
 * Container and coding.
 */
format: Format, 
/**
 * Channels.
 */
channels: number, 
/**
 * Rate in Hz.
 */
sample_rate: number, 
/**
 * How far it has come.
 */
state: FileState, 
/**
 * Why it is faulted.
 */
note: string | null, 
/**
 * Places where audio is missing.
 */
gaps: number, 
/**
 * Seconds missing.
 */
missing_s: number, 
/**
 * Why it is kept, oldest first; those that have expired too.
 */
holds: Array<Hold>, };

/**
 * Picks a file.
 */
export type FileId = { 
/**
 * Its id.
 */
id: string, };

/**
 * Files to act on.
 */
export type FileIds = { 
/**
 * Their ids, 1 to 10 000.
 */
ids: Array<string>, };

/**
 * A page of files.
 */
export type FilePage = { 
/**
 * The files.
 */
files: Array<FileEntry>, 
/**
 * Where the next page begins; none if this is the last.
 */
next: string | null, 
/**
 * How many there are in all.
 */
total: number, 
/**
 * Their bytes.
 */
total_bytes: number, };

/**
 * Which files, newest first.
 */
export type FileQuery = { 
/**
 * Only of this recorder.
 */
recorder_id?: number | null, 
/**
 * Only of this studio.
 */
studio_id?: string | null, 
/**
 * Only of this day, `2026-10-25`, on the station's clock.
 */
day?: string | null, 
/**
 * Only those whose name or recorder holds this.
 */
search?: string | null, 
/**
 * Only of this format.
 */
format?: Format | null, 
/**
 * Only those with gaps.
 */
with_gaps?: boolean | null, 
/**
 * Only those that are held now.
 */
held?: boolean | null, 
/**
 * Where the last page ended.
 */
cursor?: string | null, 
/**
 * At most so many: 1 to 1000, 200 if not given.
 */
limit?: number | null, };

/**
 * One that was not.
 */
export type FileRefused = { 
/**
 * Which.
 */
id: string, 
/**
 * Why.
 */
message: string, };

/**
 * How far a file has come.
 */
export type FileState = "growing" | "complete" | "faulted";

/**
 * The archive by studio or recorder, and day.
 */
export type FileTree = { 
/**
 * Its branches.
 */
branches: Array<FileBranch>, };

/**
 * What became of files.
 */
export type FilesDone = { 
/**
 * Those that were done.
 */
done: Array<string>, 
/**
 * Those that were not, and why.
 */
refused: Array<FileRefused>, };

/**
 * The announced session that a source follows.
 */
export type Follow = { 
/**
 * User name in its `o=` line.
 */
user: string, 
/**
 * Session id there.
 */
session_id: string, 
/**
 * Address there.
 */
address: string, 
/**
 * Place of the stream in the session, from 0.
 */
stream: number, };

/**
 * Container and coding.
 */
export type Format = "wav" | "opus" | "flac" | "mp3";

/**
 * A place where audio is missing; exactly as many silent samples stand there.
 */
export type Gap = { 
/**
 * When the first missing sample would have been.
 */
at: Moment, 
/**
 * Seconds missing.
 */
length_s: number, 
/**
 * Samples per channel missing.
 */
samples: number, 
/**
 * Why.
 */
cause: GapCause, 
/**
 * The file it is in, if known.
 */
file: string | null, };

/**
 * Why audio is missing.
 */
export type GapCause = "loss" | "outage" | "restart" | "overrun" | "disk-full" | "write-failed" | "source-changed";

/**
 * Which gaps.
 */
export type GapQuery = { 
/**
 * The recorder.
 */
id: number, 
/**
 * Only those before; for the next page.
 */
before?: Moment | null, 
/**
 * At most so many: 1 to 1000, 200 if not given.
 */
limit?: number | null, };

/**
 * Gaps, newest first.
 */
export type Gaps = { 
/**
 * The gaps.
 */
gaps: Array<Gap>, 
/**
 * There are more.
 */
more: boolean, };

/**
 * What has happened, newest first.
 */
export type History = { 
/**
 * The entries.
 */
entries: Array<HistoryEntry>, 
/**
 * There are more.
 */
more: boolean, };

/**
 * Something that happened.
 */
export type HistoryEntry = { 
/**
 * Its number.
 */
id: number, 
/**
 * When.
 */
at: Moment, 
/**
 * The recorder it is about.
 */
recorder_id: number | null, 
/**
 * The recorder's name, or what else it is about.
 */
subject: string, 
/**
 * A word: `started`, `stopped`, `state`, `gap`, `created`, `changed`, `deleted`, `held`, `released`, `assigned`, `program`.
 */
kind: string, 
/**
 * In a sentence.
 */
message: string, };

/**
 * Which events.
 */
export type HistoryQuery = { 
/**
 * Only of this recorder.
 */
recorder_id?: number | null, 
/**
 * Only those before this number; for the next page.
 */
before?: number | null, 
/**
 * At most so many: 1 to 1000, 200 if not given.
 */
limit?: number | null, };

/**
 * A reason to keep a file: as long as one of them holds, nobody can delete it.
 */
export type Hold = { 
/**
 * Its id: UUIDv7. Files that were held together have one.
 */
id: string, 
/**
 * Who set it.
 */
by: string, 
/**
 * When it was set.
 */
since: Moment, 
/**
 * When it ends by itself; none: not before somebody lifts it.
 */
until: Moment | null, 
/**
 * Why.
 */
reason: string, 
/**
 * It had ended when this was told: it holds no longer.
 */
expired: boolean, };

/**
 * Files to hold.
 */
export type HoldFiles = { 
/**
 * Their ids, 1 to 10 000.
 */
ids: Array<string>, 
/**
 * Why: 1 to 500 characters.
 */
reason: string, 
/**
 * When the hold ends by itself; not before somebody lifts it if not given.
 */
until?: Moment | null, };

/**
 * A configuration to take up.
 */
export type ImportConfiguration = { 
/**
 * The very text that was checked.
 */
text: string, 
/**
 * What the check gave for it. Refused if the station has changed since.
 */
fingerprint: string, };

/**
 * A sound card.
 */
export type InputCard = { 
/**
 * Its id, also after a restart.
 */
id: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * It is the system's default one.
 */
default: boolean, 
/**
 * The most channels it gives; 0 if that is not known because it is in use.
 */
channels: number, 
/**
 * Of the usual rates those it runs at, in Hz.
 */
sample_rates: Array<number>, };

/**
 * Something that PipeWire knows.
 */
export type InputNode = { 
/**
 * Its `node.name`.
 */
name: string, 
/**
 * Its name for people.
 */
description: string, 
/**
 * What it is.
 */
kind: NodeKind, 
/**
 * Its channels as PipeWire names them.
 */
channels: Array<string>, 
/**
 * Rate of PipeWire's graph in Hz, if it is told.
 */
sample_rate: number | null, };

/**
 * What can be recorded on this machine now.
 */
export type Inputs = { 
/**
 * What PipeWire knows.
 */
nodes: Array<InputNode>, 
/**
 * Why there are none, in a sentence.
 */
nodes_message: string | null, 
/**
 * Sound cards.
 */
cards: Array<InputCard>, 
/**
 * Why there are none, in a sentence.
 */
cards_message: string | null, };

/**
 * One interface.
 */
export type Interface = { 
/**
 * `eth0`
 */
name: string, 
/**
 * Its IPv4 addresses.
 */
addresses: Array<string>, 
/**
 * It has a link.
 */
up: boolean, 
/**
 * Only this machine hears it.
 */
loopback: boolean, };

/**
 * Network interfaces of this machine.
 */
export type Interfaces = { 
/**
 * Those there are now.
 */
interfaces: Array<Interface>, };

/**
 * Something that takes its time.
 */
export type Job = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it does.
 */
kind: JobKind, 
/**
 * How far it is.
 */
state: JobState, 
/**
 * Units done: bytes of a copy, files of a check.
 */
done: number, 
/**
 * Units in all.
 */
total: number, 
/**
 * What it is at, or why it ended.
 */
message: string, };

/**
 * Picks a job.
 */
export type JobId = { 
/**
 * Its id.
 */
id: string, };

/**
 * What a job does.
 */
export type JobKind = "copy";

/**
 * How far a job is.
 */
export type JobState = "running" | "done" | "failed" | "cancelled";

/**
 * Jobs of this run, newest first.
 */
export type Jobs = { 
/**
 * The jobs.
 */
jobs: Array<Job>, };

/**
 * How files are arranged below a recorder's folder.
 */
export type Layout = "flat" | "hierarchy" | "combo" | "dailydir" | "hourlydir" | "accurate" | "custom";

/**
 * Where one leg arrives.
 */
export type Leg = { 
/**
 * Group, an address of this machine, or the sender.
 */
address: string, 
/**
 * UDP port; 5004 if not given.
 */
port?: number | null, 
/**
 * Interface by name or address; the route decides if not given.
 */
interface?: string | null, 
/**
 * The only sender to accept.
 */
source_ip?: string | null, };

/**
 * One leg's counters.
 */
export type LegCounters = { 
/**
 * Group and port.
 */
address: string, 
/**
 * The interface wished for.
 */
interface: string | null, 
/**
 * Bytes of receive buffer that the kernel granted.
 */
receive_buffer: number, 
/**
 * Interarrival jitter in microseconds.
 */
jitter_us: number, 
/**
 * Counters by name.
 */
counts: Array<Counter>, };

/**
 * Which meters a frame of levels holds, in order.
 *
 * A frame is 32-bit floats, little-endian: the layout's generation, a sequence number (modulo 2²⁴), then for each
 * meter the age of its levels in milliseconds (−1 if there are none) and for each channel peak and RMS in dBFS and
 * the count of clips since the source was connected.
 */
export type LevelLayout = { 
/**
 * Changes with every change of the layout (modulo 2²⁴).
 */
generation: number, 
/**
 * The meters.
 */
meters: Array<MeterPlace>, };

/**
 * Files to take holds off.
 */
export type LiftHolds = { 
/**
 * Their ids, 1 to 10 000.
 */
ids: Array<string>, 
/**
 * Only this hold; all of theirs if not given.
 */
hold_id?: string | null, 
/**
 * Why: 1 to 500 characters.
 */
reason: string, };

/**
 * Something is well, or how it is not, in few words.
 */
export type Light = { 
/**
 * How it is.
 */
level: LightLevel, 
/**
 * In few words: "Both lines", "Locked", "38 days left".
 */
text: string, };

/**
 * How something is.
 */
export type LightLevel = "ok" | "warn" | "fault" | "unknown";

/**
 * Lets a source be heard: by itself, or as a recorder hears it.
 */
export type Listen = { 
/**
 * The source.
 */
source_id?: string | null, 
/**
 * Or the recorder.
 */
recorder_id?: number | null, };

/**
 * Where Audyn listens.
 */
export type ListenerSettings = { 
/**
 * Opened to the network. Otherwise nobody but this machine reaches it.
 */
on: boolean, 
/**
 * The interface; all of them if not given.
 */
interface: string | null, 
/**
 * TCP port: 1 to 65535. 8000 unless set.
 */
port: number, 
/**
 * How connections are encrypted.
 */
tls: TlsSettings, 
/**
 * Names and addresses, besides this machine's own, by which browsers may call it.
 */
hosts: Array<string>, };

/**
 * How the LAN listener is.
 */
export type ListenerStatus = { 
/**
 * The network reaches it.
 */
open: boolean, 
/**
 * By which addresses a browser gets here.
 */
addresses: Array<string>, 
/**
 * SHA-256 of the certificate, `AB:CD:…`; none without TLS.
 */
fingerprint: string | null, 
/**
 * The certificate is one that Audyn made for itself.
 */
self_signed: boolean, 
/**
 * From when on the certificate is good.
 */
certificate_from: Moment | null, 
/**
 * Until when the certificate is good.
 */
certificate_until: Moment | null, 
/**
 * Connections now.
 */
connections: number, 
/**
 * Connections that were refused because there were too many, since the program was started.
 */
refused: number, 
/**
 * Why it is not as it was set, and what to do, in sentences.
 */
problem: string | null, };

/**
 * A source that is listened to.
 */
export type Listening = { 
/**
 * The source.
 */
source_id: string, 
/**
 * The recorder it was asked for by.
 */
recorder_id: number | null, 
/**
 * The recorder's or the source's name.
 */
name: string, 
/**
 * Times that something was skipped so that what is heard is not late.
 */
skips: number, };

/**
 * What is missing.
 */
export type Loss = { 
/**
 * Seconds of audio missing since the station's midnight.
 */
today_s: number, 
/**
 * Seconds of audio missing in the running recording.
 */
recording_s: number, 
/**
 * It is still growing.
 */
growing: boolean, 
/**
 * The last gap of the running recording.
 */
last: Gap | null, };

/**
 * A token that was made. This is the only time its secret is told.
 */
export type MadeToken = { 
/**
 * The token.
 */
token: Token, 
/**
 * What the program sends: `Authorization: Bearer audyn_…`.
 */
secret: string, };

/**
 * A stretch of a file that somebody or something pointed out.
 */
export type Mark = { 
/**
 * Its id: UUIDv7.
 */
id: string, 
/**
 * What made it.
 */
kind: MarkKind, 
/**
 * When it begins, be it before the file.
 */
at: Moment, 
/**
 * Seconds from the beginning of the file to where it begins in it.
 */
from_s: number, 
/**
 * … and to where it ends in it; none while it goes on.
 */
to_s: number | null, 
/**
 * What was said about it.
 */
text: string | null, };

/**
 * What made a mark.
 */
export type MarkKind = "vox";

/**
 * Who asks.
 */
export type Me = { 
/**
 * Who that is.
 */
user: Person, 
/**
 * What a browser sends along with what changes something; none for programs and at the machine itself.
 */
csrf: string | null, 
/**
 * When the session ends unless it is used; none if it does not.
 */
expires: Moment | null, 
/**
 * How they came in.
 */
way: Way, };

/**
 * One meter.
 */
export type MeterPlace = { 
/**
 * Its id.
 */
id: string, 
/**
 * Names of its channels.
 */
channels: Array<string>, };

/**
 * Counters of everything.
 */
export type Metrics = { 
/**
 * In the Prometheus text format, version 0.0.4.
 */
text: string, };

/**
 * A moment in UTC, RFC 3339.
 */
export type Moment = string;

/**
 * Which names to show.
 */
export type NameQuery = { 
/**
 * How it would be written.
 */
writing: Writing, 
/**
 * From when on; now if not given.
 */
from?: Moment | null, 
/**
 * How many boundaries: 1 to 50, 5 if not given.
 */
count?: number | null, 
/**
 * For this recorder's folder; a made-up one if not given.
 */
recorder_id?: number | null, };

/**
 * A file to come.
 */
export type NamedFile = { 
/**
 * When it begins.
 */
at: Moment, 
/**
 * Its place below the recorder's folder, one for each output.
 */
paths: Array<string>, };

/**
 * Names of files to come.
 */
export type Names = { 
/**
 * In order of time.
 */
files: Array<NamedFile>, 
/**
 * What is wrong with the wish, all at once; no names then.
 */
problems: Array<string>, 
/**
 * The same over the next change of the clocks, if there is one within a year.
 */
clock_change: Array<NamedFile>, };

/**
 * A new recorder.
 */
export type NewRecorder = { 
/**
 * Its name: 1 to 80 characters, unique.
 */
name: string, 
/**
 * A line about it, up to 200 characters.
 */
description?: string | null, 
/**
 * Its source.
 */
source_id?: string | null, 
/**
 * What differs from the station's settings.
 */
config?: RecorderConfig | null, };

/**
 * A new source.
 */
export type NewSource = { 
/**
 * Its name: 1 to 80 characters, unique.
 */
name: string, 
/**
 * What it is.
 */
config: SourceConfig, };

/**
 * A new studio.
 */
export type NewStudio = { 
/**
 * Its name: 1 to 80 characters, unique.
 */
name: string, 
/**
 * A line about it, up to 200 characters.
 */
description?: string | null, 
/**
 * Its colour, `#rrggbb`; `#2196F3` if not given.
 */
color?: string | null, };

/**
 * A new token.
 */
export type NewToken = { 
/**
 * Its name: up to 80 characters.
 */
name: string, 
/**
 * What it may do.
 */
access: Access, 
/**
 * The studio it belongs to. Needed for `studio`.
 */
studio_id?: string | null, 
/**
 * Days until it ends: 1 to 3650; none if it does not end.
 */
days?: number | null, };

/**
 * A new user.
 */
export type NewUser = { 
/**
 * Their address, unique: up to 254 characters.
 */
email: string, 
/**
 * Their name: up to 80 characters; the address if not given.
 */
name?: string | null, 
/**
 * Their password: 10 characters at least, 256 bytes at most.
 */
password: Password, 
/**
 * What they may do.
 */
access: Access, 
/**
 * The studio they belong to. Needed for `studio`.
 */
studio_id?: string | null, };

/**
 * Kinds of PipeWire nodes.
 */
export type NodeKind = "input" | "monitor" | "application";

/**
 * Something somebody should know.
 */
export type Notice = { 
/**
 * Its id.
 */
id: string, 
/**
 * How bad it is.
 */
level: NoticeLevel, 
/**
 * When it began.
 */
at: Moment, 
/**
 * When it was over; none if it goes on.
 */
until: Moment | null, 
/**
 * The recorder it is about.
 */
recorder_id: number | null, 
/**
 * The recorder's name, or what else it is about.
 */
subject: string, 
/**
 * What happened, what it means for the audio, what to do.
 */
message: string, 
/**
 * What is offered to do about it.
 */
action: NoticeAction | null, 
/**
 * Somebody has seen it.
 */
acknowledged: boolean, };

/**
 * What is offered.
 */
export type NoticeAction = "restore_backup" | "show_gaps";

/**
 * Picks a notice.
 */
export type NoticeId = { 
/**
 * Its id.
 */
id: string, };

/**
 * How bad it is.
 */
export type NoticeLevel = "info" | "warn" | "fault";

/**
 * One output.
 */
export type Output = { 
/**
 * Container and coding.
 */
format: Format, 
/**
 * Sample size of WAV and FLAC; 24 if not given.
 */
bits?: Bits | null, 
/**
 * Bits per second of Opus (128 000 if not given) and MP3 (192 000).
 */
bitrate?: number | null, 
/**
 * Variable bit rate; Opus yes, MP3 no, if not given.
 */
vbr?: boolean | null, 
/**
 * Encoder effort, 0 to 10.
 */
complexity?: number | null, };

/**
 * Where sound can go.
 */
export type Outputs = { 
/**
 * Those there are now.
 */
outputs: Array<AudioOutput>, 
/**
 * Why there are none, in a sentence.
 */
message: string | null, };

/**
 * A password on its way in. It does not show itself.
 */
export type Password = string;

/**
 * Somebody who is known.
 */
export type Person = { 
/**
 * Their id: a UUIDv7, `local` for who sits at the machine, `breakglass` for who broke the glass.
 */
id: string, 
/**
 * Their address; empty at the machine itself.
 */
email: string, 
/**
 * Their name.
 */
name: string, 
/**
 * May change what the station is.
 */
is_admin: boolean, 
/**
 * What they may do at most.
 */
access: Access, 
/**
 * The studio they belong to.
 */
studio_id: string | null, };

/**
 * Something that PipeWire knows.
 */
export type PipeWireConfig = { 
/**
 * Its `node.name`, by which it is found again.
 */
node: string, 
/**
 * Its name for people, as it was when it was chosen.
 */
name?: string | null, 
/**
 * Rate in Hz; 48 000 if not given. PipeWire converts if its graph runs at another one.
 */
sample_rate?: number | null, 
/**
 * Its channels, 1 to 64; 2 if not given.
 */
stream_channels?: number | null, 
/**
 * Channels taken, from 1 on, in this order; all if empty.
 */
pick: Array<number>, 
/**
 * Names of its channels, where known.
 */
labels: Array<string>, };

/**
 * Plays a file.
 */
export type Play = { 
/**
 * The file.
 */
file_id: string, 
/**
 * Seconds from its beginning; 0 if not given.
 */
at_s?: number | null, };

/**
 * What this machine plays.
 */
export type Playback = { 
/**
 * How it is.
 */
state: PlaybackState, 
/**
 * The source that is listened to; there is no file then.
 */
listening: Listening | null, 
/**
 * The file; none if nothing was chosen.
 */
file_id: string | null, 
/**
 * Its name.
 */
name: string | null, 
/**
 * Seconds from the file's beginning.
 */
position_s: number, 
/**
 * Seconds of audio; what is known so far of a growing file.
 */
duration_s: number, 
/**
 * The file grows.
 */
growing: boolean, 
/**
 * 0 to 1.
 */
volume: number, 
/**
 * The chosen output; none for the system's own choice.
 */
output_id: string | null, 
/**
 * Why nothing is heard, in a sentence.
 */
message: string | null, };

/**
 * How playing is.
 */
export type PlaybackState = "stopped" | "playing" | "paused" | "error";

/**
 * How a PTP domain is.
 */
export type PtpState = "listening" | "locked" | "changed" | "lost" | "insane";

/**
 * One recorder, as it is now.
 */
export type Recorder = { 
/**
 * Its number: fixed, whatever it is called.
 */
id: number, 
/**
 * Its identity in catalogues and files: UUIDv7.
 */
uid: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * A line about it; may be empty.
 */
description: string, 
/**
 * What it is doing.
 */
state: RecorderState, 
/**
 * Why it is degraded or in error, in a sentence.
 */
reason: string | null, 
/**
 * Whether it should be recording: it is resumed after a restart if so.
 */
wanted: boolean, 
/**
 * When the running recording began.
 */
since: Moment | null, 
/**
 * When a failed start is tried again.
 */
retry_at: Moment | null, 
/**
 * Where its audio comes from.
 */
source: SourceRef | null, 
/**
 * The studio it is assigned to.
 */
studio: StudioRef | null, 
/**
 * Its meter among the levels; none without a source.
 */
meter: string | null, 
/**
 * Seconds back from now that its next recording could begin; 0 while it records.
 */
pre_roll_s: number, 
/**
 * Names of its channels, in order.
 */
channels: Array<string>, 
/**
 * Rate in Hz; none without a source.
 */
sample_rate: number | null, 
/**
 * What was set for it; what is not follows the station.
 */
config: RecorderConfig, 
/**
 * What holds for it.
 */
effective: Writing, 
/**
 * Its settings differ from those of the running recording and hold from the next one on.
 */
pending: boolean, 
/**
 * The folder it writes into, below the archive root.
 */
folder: string, 
/**
 * Files being written, one an output.
 */
files: Array<CurrentFile>, 
/**
 * What is missing.
 */
loss: Loss, 
/**
 * What it hears.
 */
network: Light, 
/**
 * How its times are known.
 */
clock: Light, 
/**
 * Whether it can write.
 */
disk: Light, 
/**
 * Belongs to the demonstration.
 */
demo: boolean, };

/**
 * What is set for one recorder. What is not follows the station's settings.
 */
export type RecorderConfig = { 
/**
 * What is written, one file each at a time.
 */
outputs?: Array<Output> | null, 
/**
 * How files are arranged.
 */
layout?: Layout | null, 
/**
 * For the layout `custom`: a strftime format.
 */
custom_format?: string | null, 
/**
 * Seconds between two files, aligned to civil time; 0 for none.
 */
period_s?: number | null, 
/**
 * The clock of names and boundaries.
 */
clock?: ArchiveClock | null, 
/**
 * Listens for sound: records it, or marks it. All is recorded if not given.
 */
vox?: Vox | null, };

/**
 * Picks a recorder.
 */
export type RecorderId = { 
/**
 * Its number.
 */
id: number, };

/**
 * What a recorder is doing.
 */
export type RecorderState = "stopped" | "starting" | "armed" | "recording" | "degraded" | "stopping" | "error";

/**
 * Every recorder.
 */
export type Recorders = { 
/**
 * By number.
 */
recorders: Array<Recorder>, };

/**
 * One that could not.
 */
export type Refused = { 
/**
 * Which.
 */
recorder_id: number, 
/**
 * Why.
 */
message: string, };

/**
 * The screen that asks.
 */
export type Screen = { 
/**
 * A name that the screen keeps: up to 64 characters. `main` if not given.
 */
screen?: string | null, };

/**
 * Something unusable.
 */
export type SdpProblem = { 
/**
 * The line, from 1 on; none if it is about the whole.
 */
line: number | null, 
/**
 * What is wrong and what would be right.
 */
message: string, };

/**
 * What a session description says.
 */
export type SdpReading = { 
/**
 * The session's name.
 */
name: string, 
/**
 * Its streams, ready to be made sources.
 */
streams: Array<SdpStream>, 
/**
 * What is odd but usable.
 */
warnings: Array<string>, 
/**
 * What makes it unusable, with the line.
 */
problems: Array<SdpProblem>, };

/**
 * One stream of a description.
 */
export type SdpStream = { 
/**
 * Its name, or the session's.
 */
name: string, 
/**
 * Ready for a new source.
 */
config: Aes67Config, 
/**
 * What its clock follows, in words.
 */
clock: string, };

/**
 * A session description to read.
 */
export type SdpText = { 
/**
 * The text, up to 64 KiB.
 */
text: string, };

/**
 * Goes to a place.
 */
export type Seek = { 
/**
 * Seconds from the file's beginning.
 */
position_s: number, };

/**
 * A screen's choice.
 */
export type Select = { 
/**
 * The studio.
 */
id: string, 
/**
 * A name that the screen keeps: up to 64 characters. `main` if not given.
 */
screen?: string | null, };

/**
 * Which studio a screen shows.
 */
export type Selection = { 
/**
 * The studio; none if nothing was chosen, or it is gone.
 */
studio_id: string | null, 
/**
 * The studio itself.
 */
studio: Studio | null, };

/**
 * Somebody is signed in.
 */
export type Session = { 
/**
 * UUIDv7.
 */
id: string, 
/**
 * Who.
 */
user: Person, 
/**
 * How they came in.
 */
way: Way, 
/**
 * Since when.
 */
since: Moment, 
/**
 * When it was used last.
 */
seen: Moment, 
/**
 * When it ends unless it is used.
 */
expires: Moment, 
/**
 * Where it was begun from.
 */
address: string, 
/**
 * By what program, as that said.
 */
agent: string, 
/**
 * The one that asks.
 */
own: boolean, };

/**
 * Picks a session.
 */
export type SessionId = { 
/**
 * Its id.
 */
session: string, };

/**
 * Picks a session.
 */
export type SessionPick = { 
/**
 * Its id.
 */
id: string, };

/**
 * How long one stays signed in.
 */
export type SessionSettings = { 
/**
 * Hours without use until it ends: 1 to 168. Who looks on over an open WebSocket uses it.
 */
idle_hours: number, 
/**
 * Days until it ends, however much it is used: 1 to 90.
 */
days: number, };

/**
 * A session's description.
 */
export type SessionText = { 
/**
 * As it came.
 */
text: string, 
/**
 * What it says.
 */
reading: SdpReading, };

/**
 * Sessions.
 */
export type Sessions = { 
/**
 * Newest first.
 */
sessions: Array<Session>, };

/**
 * What changes about breakglass: what is given.
 */
export type SetBreakglass = { 
/**
 * It opens, or does not.
 */
on?: boolean | null, 
/**
 * A new password: 10 characters at least, 256 bytes at most.
 */
password?: Password | null, 
/**
 * Minutes for which it opens: 5 to 60.
 */
minutes?: number | null, };

/**
 * Another password of a user.
 */
export type SetPassword = { 
/**
 * Whose.
 */
id: string, 
/**
 * 10 characters at least, 256 bytes at most.
 */
password: Password, };

/**
 * The station's settings.
 */
export type Settings = { 
/**
 * The station's name: up to 80 characters.
 */
station: string, 
/**
 * Where recordings go, absolute.
 */
archive_root: string, 
/**
 * Where they would go if nothing was set, and why this is so if it cannot be changed here.
 */
archive_root_locked: string | null, 
/**
 * How recordings are written, unless a recorder differs.
 */
writing: Writing, 
/**
 * The interface for sources that name none; the route decides if not given.
 */
interface: string | null, 
/**
 * Where announcements are listened for.
 */
discovery: DiscoverySettings, 
/**
 * What time follows, and where PTP is listened to.
 */
clock: ClockSettings, 
/**
 * Look.
 */
theme: Theme, 
/**
 * Reference mark of meters in dBFS: −18 or −20.
 */
reference_dbfs: number, 
/**
 * Seconds a peak is held; 0 until it is touched.
 */
peak_hold_s: number, 
/**
 * Single-key shortcuts work.
 */
shortcuts: boolean, 
/**
 * A telephone number or a name that a studio shows when it cannot record.
 */
engineering_contact: string, 
/**
 * This machine is a studio's screen.
 */
kiosk: boolean, 
/**
 * Closing the window keeps recording in the tray instead of asking.
 */
close_to_tray: boolean, 
/**
 * Seconds of every source that are kept while nothing is recorded: 0 to 600.
 */
pre_roll_s: number, 
/**
 * Memory for that in MiB, for all sources together; a quarter of what was free at the start, at most 1024, if not
 * given.
 */
pre_roll_mib: number | null, };

/**
 * Where audio comes from.
 */
export type Source = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * What it is.
 */
config: SourceConfig, 
/**
 * Its kind.
 */
kind: SourceKind, 
/**
 * Address and legs in few words.
 */
summary: string, 
/**
 * Rate in Hz.
 */
sample_rate: number, 
/**
 * Names of the channels that are taken, in order.
 */
channels: Array<string>, 
/**
 * Its meter among the levels.
 */
meter: string, 
/**
 * Whether audio comes.
 */
signal: Light, 
/**
 * How it goes with the announcement it follows; none if it follows none.
 */
follow: Light | null, 
/**
 * Recorders that take it.
 */
recorders: Array<number>, 
/**
 * Belongs to the demonstration.
 */
demo: boolean, };

/**
 * What a source is.
 */
export type SourceConfig = { "kind": "aes67" } & Aes67Config | { "kind": "tone" } & ToneConfig | { "kind": "pipewire" } & PipeWireConfig | { "kind": "card" } & CardConfig;

/**
 * A source's counters.
 */
export type SourceCounters = { 
/**
 * None while it is not connected.
 */
counters: Counters | null, 
/**
 * Why it is not connected, in a sentence.
 */
reason: string | null, };

/**
 * Picks a source.
 */
export type SourceId = { 
/**
 * Its id.
 */
id: string, };

/**
 * Kinds of sources.
 */
export type SourceKind = "aes67" | "tone" | "pipewire" | "card";

/**
 * The source of a recorder.
 */
export type SourceRef = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: SourceKind, 
/**
 * Address and legs in few words: "239.69.1.1, 2 legs".
 */
summary: string, };

/**
 * Every source.
 */
export type Sources = { 
/**
 * By name.
 */
sources: Array<Source>, };

/**
 * Lets a recorder record.
 */
export type StartRecorder = { 
/**
 * Its number.
 */
id: number, 
/**
 * Seconds back from now that the recording begins, as far as that is kept; now if not given.
 */
from_seconds_ago?: number | null, };

/**
 * How many.
 */
export type StateCount = { 
/**
 * In this state.
 */
state: RecorderState, 
/**
 * So many.
 */
count: number, };

/**
 * How the station is.
 */
export type Status = { 
/**
 * Program version.
 */
version: string, 
/**
 * The station's name.
 */
station: string, 
/**
 * Now, on this machine's clock.
 */
now: Moment, 
/**
 * When the program was started.
 */
started: Moment, 
/**
 * Name of the station's time zone: `Europe/Zurich`.
 */
zone: string, 
/**
 * Seconds the station's civil time is ahead of UTC now.
 */
utc_offset_s: number, 
/**
 * How many recorders are in each state.
 */
counts: Array<StateCount>, 
/**
 * The archive's disk.
 */
disk: Disk, 
/**
 * The clock that times recordings.
 */
clock: Light, 
/**
 * Seconds missing today, over all recorders.
 */
missing_today_s: number, 
/**
 * How many recorders are missing something today.
 */
recorders_missing: number, 
/**
 * The share of today's wanted audio that is there, 0 to 1; none if nothing was wanted.
 */
complete: number | null, 
/**
 * What somebody should know, newest first.
 */
notices: Array<Notice>, 
/**
 * Test tones stand in for studios.
 */
demo: boolean, };

/**
 * A room.
 */
export type Studio = { 
/**
 * `studio-` and eight hexadecimal digits.
 */
id: string, 
/**
 * Its name for people.
 */
name: string, 
/**
 * A line about it; may be empty.
 */
description: string, 
/**
 * Its colour, `#rrggbb`.
 */
color: string, 
/**
 * Its recorder. A recorder has at most one studio, and a studio at most one recorder.
 */
recorder_id: number | null, 
/**
 * Shown in the picker.
 */
enabled: boolean, 
/**
 * Belongs to the demonstration.
 */
demo: boolean, };

/**
 * Members of a group or an app role belong to a studio.
 */
export type StudioGroup = { 
/**
 * The group's id, or the role's value.
 */
group: string, 
/**
 * The studio.
 */
studio_id: string, };

/**
 * Picks a studio.
 */
export type StudioId = { 
/**
 * Its id.
 */
id: string, };

/**
 * The studio of a recorder.
 */
export type StudioRef = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its colour, `#rrggbb`.
 */
color: string, };

/**
 * Every studio.
 */
export type Studios = { 
/**
 * In the order in which they were made.
 */
studios: Array<Studio>, };

/**
 * Look.
 */
export type Theme = "system" | "dark" | "light";

/**
 * How connections are encrypted.
 */
export type TlsSettings = { "kind": "self_signed" } | { "kind": "files", 
/**
 * The certificate, with its chain.
 */
certificate: string, 
/**
 * Its private key.
 */
key: string, } | { "kind": "proxy" };

/**
 * A program may ask.
 */
export type Token = { 
/**
 * UUIDv7.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * What it may do at most.
 */
access: Access, 
/**
 * The studio it belongs to.
 */
studio_id: string | null, 
/**
 * When it was made.
 */
created: Moment, 
/**
 * Who made it.
 */
created_by: string, 
/**
 * When it ends; none if it does not.
 */
expires: Moment | null, 
/**
 * When it was used last.
 */
seen: Moment | null, 
/**
 * Where it was used from last.
 */
address: string | null, };

/**
 * Picks a token.
 */
export type TokenId = { 
/**
 * Its id.
 */
id: string, };

/**
 * Tokens.
 */
export type Tokens = { 
/**
 * By name.
 */
tokens: Array<Token>, };

/**
 * Something was told to a recorder.
 */
export type Told = { 
/**
 * "Recording started", "Recording stopped".
 */
message: string, 
/**
 * Which.
 */
recorder_id: number, };

/**
 * What became of each recorder.
 */
export type ToldAll = { 
/**
 * Those that did as told.
 */
done: Array<number>, 
/**
 * Those that could not, and why.
 */
refused: Array<Refused>, };

/**
 * A test tone.
 */
export type ToneConfig = { 
/**
 * Frequency in Hz, 20 to 20 000.
 */
frequency_hz: number, 
/**
 * Peak level in dBFS, −60 to 0.
 */
level_dbfs: number, 
/**
 * Channels, 1 to 8; 2 if not given.
 */
channels?: number | null, };

/**
 * Somebody who may sign in.
 */
export type User = { 
/**
 * UUIDv7.
 */
id: string, 
/**
 * Their address.
 */
email: string, 
/**
 * Their name.
 */
name: string, 
/**
 * May change what the station is.
 */
is_admin: boolean, 
/**
 * What they may do at most.
 */
access: Access, 
/**
 * The studio they belong to.
 */
studio_id: string | null, 
/**
 * Who vouches for them.
 */
source: UserSource, 
/**
 * May sign in.
 */
enabled: boolean, 
/**
 * A password was set.
 */
has_password: boolean, 
/**
 * When they signed in last.
 */
seen: Moment | null, };

/**
 * Picks a user.
 */
export type UserId = { 
/**
 * Their id.
 */
id: string, };

/**
 * Who vouches for a user.
 */
export type UserSource = "local" | "provider";

/**
 * Users.
 */
export type Users = { 
/**
 * By address.
 */
users: Array<User>, };

/**
 * Sets the volume.
 */
export type Volume = { 
/**
 * 0 to 1.
 */
volume: number, };

/**
 * Recording on sound.
 */
export type Vox = { 
/**
 * What sound becomes; `activation` if not given.
 */
mode?: VoxMode | null, 
/**
 * From this level on sound counts, in dBFS: −60 to −5; −30 if not given.
 */
threshold_dbfs?: number | null, 
/**
 * Below this level it no longer does, in dBFS; 5 dB below the threshold if not given.
 */
release_dbfs?: number | null, 
/**
 * Milliseconds that the level has to hold: 10 to 5000; 100 if not given.
 */
detection_ms?: number | null, 
/**
 * Milliseconds that recording goes on after the sound: 100 to 30 000; 2000 if not given.
 */
hangover_ms?: number | null, 
/**
 * Milliseconds before the sound that its file or its mark begins: 0 to 5000; 500 if not given.
 */
pre_roll_ms?: number | null, 
/**
 * Which level; `rms` if not given.
 */
level?: VoxLevel | null, };

/**
 * Which level counts.
 */
export type VoxLevel = "rms" | "peak" | "any";

/**
 * What sound becomes.
 */
export type VoxMode = "activation" | "marks";

/**
 * How somebody came in.
 */
export type Way = "here" | "local" | "provider" | "breakglass" | "token";

/**
 * How recordings are written.
 */
export type Writing = { 
/**
 * What is written, one file each at a time; at least one.
 */
outputs: Array<Output>, 
/**
 * How files are arranged.
 */
layout: Layout, 
/**
 * For the layout `custom`: a strftime format.
 */
custom_format?: string | null, 
/**
 * Seconds between two files, aligned to civil time; 0 for none.
 */
period_s: number, 
/**
 * The clock of names and boundaries.
 */
clock: ArchiveClock, };

/** Every operation with its request and reply. */
export interface Operations {
  /** Who asks. */
  me: { request: Empty; reply: Me };
  /** Changes one's own password. Every other session of the same user ends. */
  change_own_password: { request: ChangeOwnPassword; reply: Empty };
  /** Everybody who may sign in. */
  list_users: { request: Empty; reply: Users };
  /** Makes a user with a password. */
  create_user: { request: NewUser; reply: User };
  /** Changes a user. Who may not sign in any more is out at once. */
  change_user: { request: ChangeUser; reply: User };
  /** Removes a user, and ends their sessions. */
  delete_user: { request: UserId; reply: Empty };
  /** Gives a user another password, and ends their sessions. */
  set_password: { request: SetPassword; reply: Empty };
  /** Who is signed in. */
  list_sessions: { request: Empty; reply: Sessions };
  /** Ends a session at once. */
  end_session: { request: SessionPick; reply: Empty };
  /** Which programs may ask. */
  list_tokens: { request: Empty; reply: Tokens };
  /** Makes a token for a program. Its secret is told this once. */
  create_token: { request: NewToken; reply: MadeToken };
  /** Ends a token at once. */
  revoke_token: { request: TokenId; reply: Empty };
  /** What was done and refused, newest first. */
  audit_log: { request: AuditQuery; reply: AuditLog };
  /** The same as a file, part by part. */
  export_audit: { request: AuditQuery; reply: AuditExport };
  /** How the station is opened to others on the network. */
  access_settings: { request: Empty; reply: AccessSettings };
  /** Changes how the station is opened to others: what is given. */
  change_access_settings: { request: ChangeAccessSettings; reply: AccessSettings };
  /** Turns breakglass on or off, or gives it another password. Whoever is in by the old one is out. */
  set_breakglass: { request: SetBreakglass; reply: AccessSettings };
  /** How the station is. */
  status: { request: Empty; reply: Status };
  /** Lets every recorder with a source record. */
  start_all: { request: Empty; reply: ToldAll };
  /** Stops every recorder. */
  stop_all: { request: Empty; reply: ToldAll };
  /** Marks a notice as seen. */
  acknowledge: { request: NoticeId; reply: Empty };
  /** What has happened, newest first. */
  history: { request: HistoryQuery; reply: History };
  /** The station's settings. */
  settings: { request: Empty; reply: Settings };
  /** Changes the station's settings: those that are given. */
  change_settings: { request: ChangeSettings; reply: Settings };
  /** What time follows, and what is heard of PTP. */
  clock: { request: Empty; reply: ClockStatus };
  /** How the LAN listener is: where it listens, its certificate, who is there. */
  listener: { request: Empty; reply: ListenerStatus };
  /** Network interfaces of this machine. */
  interfaces: { request: Empty; reply: Interfaces };
  /** About this program and machine. */
  diagnostics: { request: Empty; reply: Diagnostics };
  /** Backups of the state database, newest first. */
  backups: { request: Empty; reply: Backups };
  /** Makes a backup of the state database now. */
  make_backup: { request: Empty; reply: Backup };
  /** Reads all of a backup: whether it can be restored, and what is in it. Changes nothing. */
  check_backup: { request: BackupName; reply: Backup };
  /** Replaces the state database by a backup; what it held is backed up first. Recorders must be stopped. */
  restore_backup: { request: BackupName; reply: Empty };
  /** The station's configuration as one file, without secrets. */
  export_configuration: { request: Empty; reply: ConfigurationFile };
  /** What a configuration file would change here, field by field. Changes nothing. */
  check_configuration: { request: ConfigurationText; reply: ConfigurationCheck };
  /** Makes the station what a configuration file says, whole or not at all; what it was is backed up first. Recorders that record go on undisturbed. */
  import_configuration: { request: ImportConfiguration; reply: ConfigurationCheck };
  /** Removes the demonstration: its recorders, sources and studios. Recordings stay. */
  remove_demo: { request: Empty; reply: Empty };
  /** Every counter, in the Prometheus text format. */
  metrics: { request: Empty; reply: Metrics };
  /** Which meters a frame of levels holds. */
  level_layout: { request: Empty; reply: LevelLayout };
  /** Every recorder. */
  list_recorders: { request: Empty; reply: Recorders };
  /** One recorder. */
  recorder: { request: RecorderId; reply: Recorder };
  /** Makes a recorder. Its number stays, whatever it is called later. */
  create_recorder: { request: NewRecorder; reply: Recorder };
  /** Changes name, line or source. */
  change_recorder: { request: ChangeRecorder; reply: Recorder };
  /** Changes how it writes, from its next file on. */
  change_recorder_config: { request: ChangeRecorderConfig; reply: Recorder };
  /** Removes a stopped recorder. Its recordings stay. */
  delete_recorder: { request: RecorderId; reply: Empty };
  /** Lets it record, from now or from a while ago. One that records already goes on. */
  start_recorder: { request: StartRecorder; reply: Told };
  /** Ends its recording; every file is finished first. One that is stopped stays so. */
  stop_recorder: { request: RecorderId; reply: Told };
  /** Where audio is missing, newest first. */
  recorder_gaps: { request: GapQuery; reply: Gaps };
  /** What it has received and what became of it. */
  recorder_counters: { request: RecorderId; reply: Counters };
  /** Names of files to come, for settings that are being typed. */
  preview_names: { request: NameQuery; reply: Names };
  /** Every source. */
  list_sources: { request: Empty; reply: Sources };
  /** Makes a source and connects it. */
  create_source: { request: NewSource; reply: Source };
  /** Changes a source. */
  change_source: { request: ChangeSource; reply: Source };
  /** Removes a source that no recorder takes. */
  delete_source: { request: SourceId; reply: Empty };
  /** What a source has received. */
  source_counters: { request: SourceId; reply: SourceCounters };
  /** Lets the doctor find out why a source is silent or sick; at most two at a time. Its report grows by events. */
  ask_doctor: { request: AskDoctor; reply: DoctorReport };
  /** Ends an examination before its time. */
  cancel_doctor: { request: SourceId; reply: DoctorReport };
  /** What the doctor said about each source last. */
  doctor_reports: { request: Empty; reply: DoctorReports };
  /** What can be recorded on this machine: PipeWire's nodes and sound cards. */
  list_inputs: { request: Empty; reply: Inputs };
  /** Reads a session description, and changes nothing. */
  read_sdp: { request: SdpText; reply: SdpReading };
  /** What is announced on the network: by SAP and by RAVENNA. */
  discovered: { request: Empty; reply: Discovered };
  /** The description of an announced session, as it came and as it is read. */
  discovered_sdp: { request: SessionId; reply: SessionText };
  /** Makes a source of an announced stream. It follows its sender from then on. */
  adopt_stream: { request: Adopt; reply: Source };
  /** Every studio. */
  list_studios: { request: Empty; reply: Studios };
  /** Makes a studio. */
  create_studio: { request: NewStudio; reply: Studio };
  /** Changes a studio. */
  change_studio: { request: ChangeStudio; reply: Studio };
  /** Removes a studio. Its recordings stay. */
  delete_studio: { request: StudioId; reply: Empty };
  /** Gives a studio its recorder, and releases those that were linked before. */
  assign_studio: { request: Assignment; reply: Studio };
  /** Which studio a screen shows. */
  current_selection: { request: Screen; reply: Selection };
  /** Chooses the studio that a screen shows. */
  select_studio: { request: Select; reply: Selection };
  /** Files of the archive, newest first, by page. */
  list_files: { request: FileQuery; reply: FilePage };
  /** The archive by studio or recorder, and day. */
  file_tree: { request: Empty; reply: FileTree };
  /** One file in full. */
  file: { request: FileId; reply: FileDetails };
  /** Holds files, on top of what holds them already: nobody can delete them until that is lifted. */
  hold_files: { request: HoldFiles; reply: FilesDone };
  /** Takes holds off files, that one or all of theirs. */
  lift_holds: { request: LiftHolds; reply: FilesDone };
  /** Deletes complete files, for good; not those that are held. */
  delete_files: { request: FileIds; reply: FilesDone };
  /** Copies files to a folder of this machine. Nothing there is overwritten. */
  copy_files: { request: CopyFiles; reply: Job };
  /** Jobs of this run. */
  list_jobs: { request: Empty; reply: Jobs };
  /** Ends a job; what it has done so far is removed. */
  cancel_job: { request: JobId; reply: Job };
  /** What this machine plays. */
  playback: { request: Empty; reply: Playback };
  /** Plays a file on this machine. */
  play: { request: Play; reply: Playback };
  /** Lets a source be heard on this machine as it comes in, instead of what plays. Recordings do not notice. */
  listen: { request: Listen; reply: Playback };
  /** Holds; a source that is listened to is let go. */
  pause: { request: Empty; reply: Playback };
  /** Goes on. */
  resume: { request: Empty; reply: Playback };
  /** Goes to a place in the file. */
  seek: { request: Seek; reply: Playback };
  /** Ends playing. */
  stop_playback: { request: Empty; reply: Playback };
  /** Sets the volume. */
  set_volume: { request: Volume; reply: Playback };
  /** Where sound can go. */
  list_outputs: { request: Empty; reply: Outputs };
  /** Chooses where sound goes. */
  choose_output: { request: ChooseOutput; reply: Playback };
}

/** REST method and path of each operation. */
export const routes: Record<keyof Operations, readonly [string, string]> = {
  me: ["GET", "/api/auth/me"],
  change_own_password: ["POST", "/api/auth/password"],
  list_users: ["GET", "/api/access/users"],
  create_user: ["POST", "/api/access/users"],
  change_user: ["PUT", "/api/access/users/{id}"],
  delete_user: ["DELETE", "/api/access/users/{id}"],
  set_password: ["PUT", "/api/access/users/{id}/password"],
  list_sessions: ["GET", "/api/access/sessions"],
  end_session: ["DELETE", "/api/access/sessions/{id}"],
  list_tokens: ["GET", "/api/access/tokens"],
  create_token: ["POST", "/api/access/tokens"],
  revoke_token: ["DELETE", "/api/access/tokens/{id}"],
  audit_log: ["GET", "/api/access/audit"],
  export_audit: ["GET", "/api/access/audit/export"],
  access_settings: ["GET", "/api/access/settings"],
  change_access_settings: ["PUT", "/api/access/settings"],
  set_breakglass: ["PUT", "/api/access/breakglass"],
  status: ["GET", "/api/control/status"],
  start_all: ["POST", "/api/control/start-all"],
  stop_all: ["POST", "/api/control/stop-all"],
  acknowledge: ["POST", "/api/control/notices/{id}/acknowledge"],
  history: ["GET", "/api/control/history"],
  settings: ["GET", "/api/control/settings"],
  change_settings: ["PUT", "/api/control/settings"],
  clock: ["GET", "/api/control/clock"],
  listener: ["GET", "/api/control/listener"],
  interfaces: ["GET", "/api/control/interfaces"],
  diagnostics: ["GET", "/api/control/diagnostics"],
  backups: ["GET", "/api/control/backups"],
  make_backup: ["POST", "/api/control/backups"],
  check_backup: ["POST", "/api/control/backups/{name}/check"],
  restore_backup: ["POST", "/api/control/backups/{name}/restore"],
  export_configuration: ["GET", "/api/control/configuration"],
  check_configuration: ["POST", "/api/control/configuration/check"],
  import_configuration: ["POST", "/api/control/configuration/import"],
  remove_demo: ["DELETE", "/api/control/demo"],
  metrics: ["GET", "/api/control/metrics"],
  level_layout: ["GET", "/api/control/levels"],
  list_recorders: ["GET", "/api/recorders/"],
  recorder: ["GET", "/api/recorders/{id}"],
  create_recorder: ["POST", "/api/recorders/"],
  change_recorder: ["PUT", "/api/recorders/{id}"],
  change_recorder_config: ["PUT", "/api/recorders/{id}/config"],
  delete_recorder: ["DELETE", "/api/recorders/{id}"],
  start_recorder: ["POST", "/api/recorders/{id}/start"],
  stop_recorder: ["POST", "/api/recorders/{id}/stop"],
  recorder_gaps: ["GET", "/api/recorders/{id}/gaps"],
  recorder_counters: ["GET", "/api/recorders/{id}/counters"],
  preview_names: ["POST", "/api/recorders/preview-names"],
  list_sources: ["GET", "/api/sources/"],
  create_source: ["POST", "/api/sources/"],
  change_source: ["PUT", "/api/sources/{id}"],
  delete_source: ["DELETE", "/api/sources/{id}"],
  source_counters: ["GET", "/api/sources/{id}/counters"],
  ask_doctor: ["POST", "/api/sources/{id}/doctor"],
  cancel_doctor: ["DELETE", "/api/sources/{id}/doctor"],
  doctor_reports: ["GET", "/api/sources/doctor"],
  list_inputs: ["GET", "/api/sources/inputs"],
  read_sdp: ["POST", "/api/sources/read-sdp"],
  discovered: ["GET", "/api/discovery/streams"],
  discovered_sdp: ["GET", "/api/discovery/streams/{session}"],
  adopt_stream: ["POST", "/api/discovery/streams/{session}/adopt"],
  list_studios: ["GET", "/api/studios/"],
  create_studio: ["POST", "/api/studios/"],
  change_studio: ["PUT", "/api/studios/{id}"],
  delete_studio: ["DELETE", "/api/studios/{id}"],
  assign_studio: ["POST", "/api/studios/{id}/assign"],
  current_selection: ["GET", "/api/studios/current-selection"],
  select_studio: ["POST", "/api/studios/select/{id}"],
  list_files: ["GET", "/api/assets/"],
  file_tree: ["GET", "/api/assets/tree"],
  file: ["GET", "/api/assets/{id}"],
  hold_files: ["POST", "/api/assets/hold"],
  lift_holds: ["POST", "/api/assets/lift-hold"],
  delete_files: ["POST", "/api/assets/delete"],
  copy_files: ["POST", "/api/assets/copy"],
  list_jobs: ["GET", "/api/assets/jobs"],
  cancel_job: ["DELETE", "/api/assets/jobs/{id}"],
  playback: ["GET", "/api/playback/"],
  play: ["POST", "/api/playback/play"],
  listen: ["POST", "/api/playback/listen"],
  pause: ["POST", "/api/playback/pause"],
  resume: ["POST", "/api/playback/resume"],
  seek: ["POST", "/api/playback/seek"],
  stop_playback: ["POST", "/api/playback/stop"],
  set_volume: ["POST", "/api/playback/volume"],
  list_outputs: ["GET", "/api/playback/outputs"],
  choose_output: ["POST", "/api/playback/output"],
};

/** Who may call each operation; each level may what those before it may: viewer, studio, operator, admin. */
export const access: Record<keyof Operations, "viewer" | "studio" | "operator" | "admin"> = {
  me: "viewer",
  change_own_password: "viewer",
  list_users: "admin",
  create_user: "admin",
  change_user: "admin",
  delete_user: "admin",
  set_password: "admin",
  list_sessions: "admin",
  end_session: "admin",
  list_tokens: "admin",
  create_token: "admin",
  revoke_token: "admin",
  audit_log: "admin",
  export_audit: "admin",
  access_settings: "admin",
  change_access_settings: "admin",
  set_breakglass: "admin",
  status: "viewer",
  start_all: "operator",
  stop_all: "operator",
  acknowledge: "operator",
  history: "viewer",
  settings: "viewer",
  change_settings: "admin",
  clock: "viewer",
  listener: "admin",
  interfaces: "operator",
  diagnostics: "operator",
  backups: "admin",
  make_backup: "admin",
  check_backup: "admin",
  restore_backup: "admin",
  export_configuration: "admin",
  check_configuration: "admin",
  import_configuration: "admin",
  remove_demo: "admin",
  metrics: "viewer",
  level_layout: "viewer",
  list_recorders: "viewer",
  recorder: "viewer",
  create_recorder: "admin",
  change_recorder: "admin",
  change_recorder_config: "admin",
  delete_recorder: "admin",
  start_recorder: "studio",
  stop_recorder: "studio",
  recorder_gaps: "viewer",
  recorder_counters: "viewer",
  preview_names: "operator",
  list_sources: "viewer",
  create_source: "admin",
  change_source: "admin",
  delete_source: "admin",
  source_counters: "viewer",
  ask_doctor: "operator",
  cancel_doctor: "operator",
  doctor_reports: "viewer",
  list_inputs: "operator",
  read_sdp: "operator",
  discovered: "viewer",
  discovered_sdp: "viewer",
  adopt_stream: "admin",
  list_studios: "viewer",
  create_studio: "admin",
  change_studio: "admin",
  delete_studio: "admin",
  assign_studio: "admin",
  current_selection: "viewer",
  select_studio: "viewer",
  list_files: "viewer",
  file_tree: "viewer",
  file: "viewer",
  hold_files: "operator",
  lift_holds: "operator",
  delete_files: "studio",
  copy_files: "operator",
  list_jobs: "operator",
  cancel_job: "operator",
  playback: "viewer",
  play: "studio",
  listen: "studio",
  pause: "studio",
  resume: "studio",
  seek: "studio",
  stop_playback: "studio",
  set_volume: "studio",
  list_outputs: "viewer",
  choose_output: "studio",
};
