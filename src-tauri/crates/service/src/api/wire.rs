//! What crosses the door: the types of requests, replies and events. Domain types are converted to these here and nowhere
//! else, so that a change inside changes no client.
//!
//! Moments are RFC 3339 in UTC; lengths of time are seconds; levels are dBFS; sizes are bytes.

mod access;
mod clock;
mod configuration;
mod discovery;
mod doctor;
mod event;
mod file;
mod listening;
mod opening;
mod playback;
mod recorder;
mod settings;
mod source;
mod status;
mod studio;

pub use access::*;
pub use clock::*;
pub use configuration::*;
pub use discovery::*;
pub use doctor::*;
pub use event::*;
pub use file::*;
pub use listening::*;
pub use opening::*;
pub use playback::*;
pub use recorder::*;
pub use settings::*;
pub use source::*;
pub use status::*;
pub use studio::*;

/// Derives that every type of the contract has.
macro_rules! wire {
    ($($(#[$meta:meta])* $vis:vis $kind:ident $name:ident $body:tt)+) => {
        $(
            #[derive(
                Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
            )]
            #[serde(rename_all = "snake_case")]
            $(#[$meta])*
            $vis $kind $name $body
        )+
    };
}
use wire;

wire! {
    /// No parameters, or nothing to say.
    #[derive(Default)]
    pub struct Empty {}

    /// Something is well, or how it is not, in few words.
    pub struct Light {
        /// How it is.
        pub level: LightLevel,
        /// In few words: "Both lines", "Locked", "38 days left".
        pub text: String,
    }

    /// How something is.
    #[derive(Copy, Eq)]
    pub enum LightLevel {
        /// Nothing to do.
        Ok,
        /// Somebody should look.
        Warn,
        /// Audio is lost or will be.
        Fault,
        /// Nothing is known, or it does not apply.
        Unknown,
    }
}

/// A moment in UTC, RFC 3339.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(transparent)]
pub struct Moment(
    #[schemars(with = "String")]
    #[ts(type = "string")]
    pub jiff::Timestamp,
);
