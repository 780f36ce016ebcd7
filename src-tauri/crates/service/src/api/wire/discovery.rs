use super::{Encoding, Leg, Moment, SdpProblem, SdpReading, wire};

wire! {
    /// What is announced on the network.
    pub struct Discovered {
        /// Announcements are listened for.
        pub on: bool,
        /// The streams, by name.
        pub streams: Vec<DiscoveredStream>,
        /// RAVENNA sessions that nobody describes.
        pub troubles: Vec<DiscoveryTrouble>,
        /// Where is listened.
        pub listening: Vec<DiscoveryInterface>,
        /// What was heard, and what of it was refused.
        pub counters: DiscoveryCounters,
    }

    /// One stream that is announced, or a session whose description cannot be used. What the sender wrote is plain text.
    pub struct DiscoveredStream {
        /// Id of its session.
        pub session: String,
        /// Its place in the session, from 0.
        pub stream: u16,
        /// How it came to be known.
        pub by: AnnouncedBy,
        /// Its session's name; empty if it has none.
        pub name: String,
        /// The address it was heard from.
        pub sender: String,
        /// Interfaces it was heard on.
        pub interfaces: Vec<String>,
        /// L16 or L24; none if it cannot be recorded.
        pub encoding: Option<Encoding>,
        /// Rate in Hz.
        pub sample_rate: Option<u32>,
        /// Channels in the stream.
        pub channels: Option<u16>,
        /// Microseconds of audio in a packet.
        pub packet_time_us: Option<u32>,
        /// Names of the channels, where the sender gives them.
        pub labels: Vec<String>,
        /// What its clock follows, in words.
        pub clock: String,
        /// Where it arrives; two legs of a redundant pair.
        pub legs: Vec<Leg>,
        /// What makes it unusable, with the line.
        pub problems: Vec<SdpProblem>,
        /// What is odd but usable.
        pub warnings: Vec<String>,
        /// When it was heard first.
        pub first_seen: Moment,
        /// When it was heard last.
        pub last_seen: Moment,
        /// Not heard for 90 s or longer.
        pub stale: bool,
        /// How often its description has changed since it was heard first.
        pub changes: u32,
        /// Sources that follow it, by id.
        pub sources: Vec<String>,
    }

    /// How a stream came to be known.
    #[derive(Copy, Eq)]
    pub enum AnnouncedBy {
        /// Announced by SAP.
        Sap,
        /// Registered by RAVENNA with DNS-SD, described by RTSP.
        Ravenna,
    }

    /// A RAVENNA session without a description.
    pub struct DiscoveryTrouble {
        /// Its name.
        pub name: String,
        /// Whom it was asked of: `192.0.2.1:554`.
        pub address: String,
        /// Why there is none.
        pub why: String,
    }

    /// An interface that is listened on.
    pub struct DiscoveryInterface {
        /// Its name.
        pub name: String,
        /// Why announcements are not heard there, and what to do.
        pub problem: Option<String>,
    }

    /// What was heard so far, and what of it was refused.
    pub struct DiscoveryCounters {
        /// SAP packets.
        pub announcements: u64,
        /// SAP packets that could not be read.
        pub malformed: u64,
        /// SAP packets that were encrypted or compressed, or no session description.
        pub foreign: u64,
        /// Answers of multicast DNS.
        pub answers: u64,
        /// Multicast DNS packets that could not be read.
        pub unreadable: u64,
        /// RAVENNA descriptions that were given.
        pub described: u64,
        /// RAVENNA descriptions that were not.
        pub undescribed: u64,
        /// Announcements by somebody else than a session's sender; ignored.
        pub contradicted: u64,
        /// Announcements for which there was no room.
        pub no_room: u64,
    }

    /// Counts of what is announced: told when it changes, at most twice a second. Whoever shows the list asks for it again.
    #[derive(Eq)]
    pub struct Announced {
        /// Sessions.
        pub sessions: u32,
        /// Of these, not heard for 90 s.
        pub stale: u32,
        /// Of these, not usable.
        pub unusable: u32,
    }

    /// Picks a session.
    pub struct SessionId {
        /// Its id.
        pub session: String,
    }

    /// A session's description.
    pub struct SessionText {
        /// As it came.
        pub text: String,
        /// What it says.
        pub reading: SdpReading,
    }

    /// A stream to be made a source that follows its sender.
    #[ts(optional_fields = nullable)]
    pub struct Adopt {
        /// Id of its session.
        pub session: String,
        /// Its place in the session, from 0; 0 if not given.
        pub stream: Option<u16>,
        /// The source's name; the session's if not given.
        pub name: Option<String>,
        /// Channels taken, from 1 on, in this order; all if empty.
        #[serde(default)]
        pub pick: Vec<u16>,
    }

    /// The announced session that a source follows.
    #[derive(Eq)]
    pub struct Follow {
        /// User name in its `o=` line.
        pub user: String,
        /// Session id there.
        pub session_id: String,
        /// Address there.
        pub address: String,
        /// Place of the stream in the session, from 0.
        pub stream: u16,
    }

    /// Where announcements are listened for.
    #[derive(Eq)]
    pub struct DiscoverySettings {
        /// Announcements are listened for.
        pub on: bool,
        /// On these interfaces, by name or address; on all if empty.
        pub interfaces: Vec<String>,
    }
}
