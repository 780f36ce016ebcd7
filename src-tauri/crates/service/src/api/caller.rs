use std::fmt;
use std::net::IpAddr;

use super::Access;
use super::wire::{Moment, Person, Way};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What the caller may do at most.
    pub access: Access,
    /// The studio a caller with [`Access::Studio`] belongs to.
    pub studio_id: Option<String>,
    /// Who that is.
    pub who: Identity,
}

/// Who somebody is, and by which door they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// A user's or token's id, `breakglass`, or `local` at the machine itself.
    pub id: String,
    /// Their address; empty for programs and at the machine itself.
    pub email: String,
    /// For people.
    pub name: String,
    /// How they came in.
    pub way: Way,
    /// The door.
    pub door: Door,
    /// What they came in by; none at the machine itself.
    pub credential: Option<CredentialId>,
    /// What their browser sends along with what changes something.
    pub csrf: Option<CsrfToken>,
    /// When what they came in by ends unless it is used.
    pub expires: Option<Moment>,
}

/// A door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The machine's own screen.
    Here,
    /// The network.
    Lan {
        /// From there.
        address: IpAddr,
    },
}

/// A session or a token, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CredentialId {
    /// Somebody's session.
    Session(String),
    /// A program's token.
    Token(String),
}

/// What a browser sends along with what changes something. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken(pub(crate) String);

impl CsrfToken {
    /// As it goes to the page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is what was sent. Takes as long for a wrong one as for the right one.
    #[must_use]
    pub fn is(&self, sent: &str) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.0.as_bytes(), sent.as_bytes()).into()
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

impl Caller {
    /// The person at this machine's own screen.
    #[must_use]
    pub fn local() -> Self {
        Self::here(Access::Admin, None)
    }

    /// Somebody at this machine with these rights: for what runs in its name.
    #[must_use]
    pub fn here(access: Access, studio_id: Option<String>) -> Self {
        let who = Identity {
            id: "local".to_owned(),
            email: String::new(),
            name: "This machine".to_owned(),
            way: Way::Here,
            door: Door::Here,
            credential: None,
            csrf: None,
            expires: None,
        };
        Self { access, studio_id, who }
    }

    /// As the contract shows them.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            id: self.who.id.clone(),
            email: self.who.email.clone(),
            name: self.who.name.clone(),
            is_admin: self.access == Access::Admin,
            access: self.access,
            studio_id: self.studio_id.clone(),
        }
    }

    /// Where they ask from; none at the machine itself.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.who.door {
            Door::Here => None,
            Door::Lan { address } => Some(address),
        }
    }
}
