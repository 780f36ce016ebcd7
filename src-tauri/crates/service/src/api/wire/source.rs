use super::{Counters, Follow, Light, wire};

wire! {
    /// Where audio comes from.
    pub struct Source {
        /// Its id.
        pub id: String,
        /// Its name for people.
        pub name: String,
        /// What it is.
        pub config: SourceConfig,
        /// Its kind.
        pub kind: SourceKind,
        /// Address and legs in few words.
        pub summary: String,
        /// Rate in Hz.
        pub sample_rate: u32,
        /// Names of the channels that are taken, in order.
        pub channels: Vec<String>,
        /// Its meter among the levels.
        pub meter: String,
        /// Whether audio comes.
        pub signal: Light,
        /// How it goes with the announcement it follows; none if it follows none.
        pub follow: Option<Light>,
        /// Recorders that take it.
        pub recorders: Vec<u32>,
        /// Belongs to the demonstration.
        pub demo: bool,
    }

    /// Every source.
    pub struct Sources {
        /// By name.
        pub sources: Vec<Source>,
    }

    /// Kinds of sources.
    #[derive(Copy, Eq)]
    pub enum SourceKind {
        /// Network audio: AES67, ST 2110-30, Dante, RAVENNA, Livewire.
        Aes67,
        /// The labelled test tone, sent as real network audio on the loopback interface.
        Tone,
        /// An input, an output or an application of this machine, through PipeWire.
        #[serde(rename = "pipewire")]
        PipeWire,
        /// A sound card of this machine.
        Card,
    }

    /// What a source is.
    #[serde(tag = "kind")]
    pub enum SourceConfig {
        /// Network audio.
        Aes67 (Aes67Config),
        /// Test tone.
        Tone (ToneConfig),
        /// PipeWire.
        #[serde(rename = "pipewire")]
        PipeWire (PipeWireConfig),
        /// Sound card.
        Card (CardConfig),
    }

    /// A network stream.
    #[ts(optional_fields = nullable)]
    pub struct Aes67Config {
        /// One leg, or the two of a redundant pair.
        pub legs: Vec<Leg>,
        /// RTP payload type, 0 to 127; 96 if not given.
        pub payload_type: Option<u8>,
        /// L16 or L24; told from the packets if not given.
        pub encoding: Option<Encoding>,
        /// Rate in Hz; 48 000 if not given.
        pub sample_rate: Option<u32>,
        /// Channels in the stream, 1 to 64; 2 if not given.
        pub stream_channels: Option<u16>,
        /// Channels taken, from 1 on, in this order; all if empty.
        #[serde(default)]
        pub pick: Vec<u16>,
        /// Names of the stream's channels, where known.
        #[serde(default)]
        pub labels: Vec<String>,
        /// Samples per packet and channel; 48 if not given.
        pub samples_per_packet: Option<u16>,
        /// Reorder window in milliseconds, 1 to 1000; 100 if not given.
        pub window_ms: Option<u32>,
        /// Bytes of receive buffer asked for; 2 MiB if not given.
        pub receive_buffer: Option<u32>,
        /// The description it was made from. Clock and packet time come from there.
        pub sdp: Option<String>,
        /// The announced session it follows: when its sender changes the description, so does this.
        pub follows: Option<Follow>,
    }

    /// Where one leg arrives.
    #[ts(optional_fields = nullable)]
    pub struct Leg {
        /// Group, an address of this machine, or the sender.
        pub address: String,
        /// UDP port; 5004 if not given.
        pub port: Option<u16>,
        /// Interface by name or address; the route decides if not given.
        pub interface: Option<String>,
        /// The only sender to accept.
        pub source_ip: Option<String>,
    }

    /// Sample coding on the wire.
    #[derive(Copy, Eq)]
    pub enum Encoding {
        /// 16-bit.
        #[serde(rename = "L16")]
        L16,
        /// 24-bit.
        #[serde(rename = "L24")]
        L24,
    }

    /// A test tone.
    #[ts(optional_fields = nullable)]
    pub struct ToneConfig {
        /// Frequency in Hz, 20 to 20 000.
        pub frequency_hz: u32,
        /// Peak level in dBFS, −60 to 0.
        pub level_dbfs: f64,
        /// Channels, 1 to 8; 2 if not given.
        pub channels: Option<u16>,
    }

    /// Something that PipeWire knows.
    #[ts(optional_fields = nullable)]
    pub struct PipeWireConfig {
        /// Its `node.name`, by which it is found again.
        pub node: String,
        /// Its name for people, as it was when it was chosen.
        pub name: Option<String>,
        /// Rate in Hz; 48 000 if not given. PipeWire converts if its graph runs at another one.
        pub sample_rate: Option<u32>,
        /// Its channels, 1 to 64; 2 if not given.
        pub stream_channels: Option<u16>,
        /// Channels taken, from 1 on, in this order; all if empty.
        #[serde(default)]
        pub pick: Vec<u16>,
        /// Names of its channels, where known.
        #[serde(default)]
        pub labels: Vec<String>,
    }

    /// A sound card.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct CardConfig {
        /// Its id among the inputs; the system's default one if empty.
        pub device: String,
        /// Its name for people, as it was when it was chosen.
        pub name: Option<String>,
        /// Rate in Hz that it is opened with; 48 000 if not given.
        pub sample_rate: Option<u32>,
        /// Channels to take from it, the first ones, 1 to 64; 2 if not given.
        pub stream_channels: Option<u16>,
        /// Channels taken of those, from 1 on, in this order; all if empty.
        #[serde(default)]
        pub pick: Vec<u16>,
        /// Names of its channels, where known.
        #[serde(default)]
        pub labels: Vec<String>,
    }

    /// What can be recorded on this machine now.
    pub struct Inputs {
        /// What PipeWire knows.
        pub nodes: Vec<InputNode>,
        /// Why there are none, in a sentence.
        pub nodes_message: Option<String>,
        /// Sound cards.
        pub cards: Vec<InputCard>,
        /// Why there are none, in a sentence.
        pub cards_message: Option<String>,
    }

    /// Something that PipeWire knows.
    pub struct InputNode {
        /// Its `node.name`.
        pub name: String,
        /// Its name for people.
        pub description: String,
        /// What it is.
        pub kind: NodeKind,
        /// Its channels as PipeWire names them.
        pub channels: Vec<String>,
        /// Rate of PipeWire's graph in Hz, if it is told.
        pub sample_rate: Option<u32>,
    }

    /// Kinds of PipeWire nodes.
    #[derive(Copy, Eq)]
    pub enum NodeKind {
        /// Brings audio in.
        Input,
        /// Plays audio; what it plays is recorded.
        Monitor,
        /// A program that plays.
        Application,
    }

    /// A sound card.
    pub struct InputCard {
        /// Its id, also after a restart.
        pub id: String,
        /// Its name for people.
        pub name: String,
        /// It is the system's default one.
        pub default: bool,
        /// The most channels it gives; 0 if that is not known because it is in use.
        pub channels: u16,
        /// Of the usual rates those it runs at, in Hz.
        pub sample_rates: Vec<u32>,
    }

    /// Picks a source.
    pub struct SourceId {
        /// Its id.
        pub id: String,
    }

    /// A new source.
    pub struct NewSource {
        /// Its name: 1 to 80 characters, unique.
        pub name: String,
        /// What it is.
        pub config: SourceConfig,
    }

    /// What changes about a source. Its configuration cannot change while it is recorded.
    #[ts(optional_fields = nullable)]
    pub struct ChangeSource {
        /// Its id.
        pub id: String,
        /// Its new name.
        pub name: Option<String>,
        /// What it is from now on.
        pub config: Option<SourceConfig>,
    }

    /// A session description to read.
    pub struct SdpText {
        /// The text, up to 64 KiB.
        pub text: String,
    }

    /// What a session description says.
    pub struct SdpReading {
        /// The session's name.
        pub name: String,
        /// Its streams, ready to be made sources.
        pub streams: Vec<SdpStream>,
        /// What is odd but usable.
        pub warnings: Vec<String>,
        /// What makes it unusable, with the line.
        pub problems: Vec<SdpProblem>,
    }

    /// One stream of a description.
    pub struct SdpStream {
        /// Its name, or the session's.
        pub name: String,
        /// Ready for a new source.
        pub config: Aes67Config,
        /// What its clock follows, in words.
        pub clock: String,
    }

    /// Something unusable.
    pub struct SdpProblem {
        /// The line, from 1 on; none if it is about the whole.
        pub line: Option<u32>,
        /// What is wrong and what would be right.
        pub message: String,
    }

    /// A source's counters.
    pub struct SourceCounters {
        /// None while it is not connected.
        pub counters: Option<Counters>,
        /// Why it is not connected, in a sentence.
        pub reason: Option<String>,
    }
}
