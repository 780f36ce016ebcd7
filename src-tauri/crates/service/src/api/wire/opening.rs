use super::{Password, wire};
use crate::api::Access;

wire! {
    /// How the station is opened to others on the network.
    pub struct AccessSettings {
        /// Where it listens.
        pub listener: ListenerSettings,
        /// How long one stays signed in.
        pub sessions: SessionSettings,
        /// The password that opens when nothing else does.
        pub breakglass: BreakglassSettings,
        /// Microsoft Entra ID, or another identity provider.
        pub entra: EntraSettings,
    }

    /// Where Audyn listens.
    pub struct ListenerSettings {
        /// Opened to the network. Otherwise nobody but this machine reaches it.
        pub on: bool,
        /// The interface; all of them if not given.
        pub interface: Option<String>,
        /// TCP port: 1 to 65535. 8000 unless set.
        pub port: u16,
        /// How connections are encrypted.
        pub tls: TlsSettings,
        /// Names and addresses, besides this machine's own, by which browsers may call it.
        pub hosts: Vec<String>,
    }

    /// How connections are encrypted.
    #[serde(tag = "kind")]
    pub enum TlsSettings {
        /// By a certificate that Audyn makes for itself.
        SelfSigned,
        /// By a certificate and key in PEM files of this machine.
        Files {
            /// The certificate, with its chain.
            certificate: String,
            /// Its private key.
            key: String,
        },
        /// Not by Audyn: a proxy before it does that. Without one, everything is readable on the network.
        Proxy,
    }

    /// How long one stays signed in.
    pub struct SessionSettings {
        /// Hours without use until it ends: 1 to 168. Who looks on over an open WebSocket uses it.
        pub idle_hours: u32,
        /// Days until it ends, however much it is used: 1 to 90.
        pub days: u32,
    }

    /// The password that opens when nothing else does.
    pub struct BreakglassSettings {
        /// It opens.
        pub on: bool,
        /// One was set.
        pub has_password: bool,
        /// Minutes for which it opens: 5 to 60.
        pub minutes: u32,
    }

    /// Microsoft Entra ID, or another identity provider that speaks OpenID Connect.
    pub struct EntraSettings {
        /// Offered at the door.
        pub on: bool,
        /// The directory's id.
        pub tenant: String,
        /// The application's id.
        pub client_id: String,
        /// A client secret was set. It is kept in the keyring.
        pub has_secret: bool,
        /// Where the provider sends people back to; made of how Audyn is called if not given.
        pub redirect: Option<String>,
        /// Another provider's issuer instead of Entra's.
        pub issuer: Option<String>,
        /// Where memberships are asked for when they do not fit into what the provider says; Microsoft Graph if not given.
        pub graph: Option<String>,
        /// Groups and app roles whose members are admins.
        pub admins: Vec<String>,
        /// Groups and app roles whose members are operators.
        pub operators: Vec<String>,
        /// Groups and app roles whose members belong to a studio.
        pub studios: Vec<StudioGroup>,
        /// Groups and app roles whose members may look.
        pub viewers: Vec<String>,
        /// What everybody else of the directory may do; nobody else comes in if not given.
        pub others: Option<Access>,
    }

    /// Members of a group or an app role belong to a studio.
    pub struct StudioGroup {
        /// The group's id, or the role's value.
        pub group: String,
        /// The studio.
        pub studio_id: String,
    }

    /// What changes about how the station is opened: what is given.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct ChangeAccessSettings {
        /// Where it listens.
        pub listener: Option<ListenerSettings>,
        /// How long one stays signed in.
        pub sessions: Option<SessionSettings>,
        /// The identity provider. `has_secret` is not looked at.
        pub entra: Option<EntraSettings>,
        /// The provider's client secret; an empty text removes it.
        pub entra_secret: Option<Password>,
    }

    /// What changes about breakglass: what is given.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct SetBreakglass {
        /// It opens, or does not.
        pub on: Option<bool>,
        /// A new password: 10 characters at least, 256 bytes at most.
        pub password: Option<Password>,
        /// Minutes for which it opens: 5 to 60.
        pub minutes: Option<u32>,
    }
}
