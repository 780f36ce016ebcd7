//! Ids that leave the process. All are UUIDv7 (RFC 9562), so that archives and stations can later be joined and a list
//! of ids sorts by age. Names are for people and may change; ids do not.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later in order than those made before it in this process.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would be a different one each time")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// One recorder, whatever it is called today.
    RecorderId
);
id!(
    /// One file of one output of one recorder.
    SegmentId
);
id!(
    /// One archive root: the folder that holds a catalogue and its files.
    RootId
);
id!(
    /// One mark of one recorder.
    MarkId
);
id!(
    /// One hold, on one file or on several.
    HoldId
);
