use super::{Moment, wire};

wire! {
    /// How the LAN listener is.
    #[derive(Default)]
    pub struct ListenerStatus {
        /// The network reaches it.
        pub open: bool,
        /// By which addresses a browser gets here.
        pub addresses: Vec<String>,
        /// SHA-256 of the certificate, `AB:CD:…`; none without TLS.
        pub fingerprint: Option<String>,
        /// The certificate is one that Audyn made for itself.
        pub self_signed: bool,
        /// From when on the certificate is good.
        pub certificate_from: Option<Moment>,
        /// Until when the certificate is good.
        pub certificate_until: Option<Moment>,
        /// Connections now.
        pub connections: u32,
        /// Connections that were refused because there were too many, since the program was started.
        pub refused: u64,
        /// Why it is not as it was set, and what to do, in sentences.
        pub problem: Option<String>,
    }
}
