use super::{Moment, wire};

wire! {
    /// Asks the doctor about a source.
    #[ts(optional_fields = nullable)]
    pub struct AskDoctor {
        /// The source.
        pub id: String,
        /// Seconds to listen: 1 to 600, 5 if not given. An IGMP querier shows itself within 130.
        pub seconds: Option<u32>,
    }

    /// What the doctor says about a source, so far or in the end.
    pub struct DoctorReport {
        /// The source.
        pub source_id: String,
        /// Its name.
        pub source: String,
        /// How far it is.
        pub state: DoctorState,
        /// When it was asked.
        pub at: Moment,
        /// Seconds it was told to listen.
        pub seconds: u32,
        /// Seconds it has listened.
        pub elapsed_s: f64,
        /// The diagnosis in a word: `healthy`, `unknown`, `wrong-port` …
        pub diagnosis: String,
        /// How bad it is.
        pub verdict: DoctorVerdict,
        /// What is wrong and what to do, in one sentence.
        pub sentence: String,
        /// The checks, from the cable up.
        pub checks: Vec<DoctorCheck>,
        /// What each leg hears.
        pub legs: Vec<DoctorLeg>,
        /// Upper edges of the bins of each leg's jitter, in microseconds; the last bin is for what is above.
        pub jitter_edges_us: Vec<u32>,
        /// All of it as plain text.
        pub text: String,
    }

    /// The latest report about each source.
    pub struct DoctorReports {
        /// In no order.
        pub reports: Vec<DoctorReport>,
    }

    /// How far a report is.
    #[derive(Copy, Eq)]
    pub enum DoctorState {
        /// Listening.
        Running,
        /// Done.
        Done,
        /// It was told to end before its time.
        Cancelled,
    }

    /// How a check went.
    #[derive(Copy, Eq)]
    pub enum DoctorVerdict {
        /// As it should be.
        Ok,
        /// Audio comes, but something is not as it should be.
        Warn,
        /// This keeps audio away or damages it.
        Fault,
        /// It could not be told, and why.
        Unknown,
        /// Still being measured.
        Pending,
    }

    /// One check.
    pub struct DoctorCheck {
        /// Its name.
        pub name: String,
        /// The leg, from 1 on; none if it is about the source as a whole.
        pub leg: Option<u32>,
        /// How it went.
        pub verdict: DoctorVerdict,
        /// What was measured.
        pub words: String,
        /// What to do about it; empty if nothing.
        pub remedy: String,
    }

    /// What a leg hears.
    pub struct DoctorLeg {
        /// Address and port.
        pub address: String,
        /// The interface, if there is one.
        pub interface: Option<String>,
        /// Packets that came.
        pub packets: u64,
        /// Who sends: the first 16.
        pub senders: Vec<DoctorSender>,
        /// Packets by interarrival jitter, one number for each bin.
        pub jitter: Vec<u64>,
    }

    /// One sender's packets.
    pub struct DoctorSender {
        /// From where.
        pub address: String,
        /// SSRC, in hexadecimal.
        pub ssrc: String,
        /// RTP payload type.
        pub payload_type: u8,
        /// Bytes of payload in a packet.
        pub bytes: u32,
        /// Packets.
        pub packets: u64,
        /// Packets lost.
        pub lost: u64,
    }

    /// Counters of everything.
    pub struct Metrics {
        /// In the Prometheus text format, version 0.0.4.
        pub text: String,
    }
}
