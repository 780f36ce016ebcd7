use std::fmt;

use super::{Moment, wire};
use crate::api::Access;

/// A password on its way in. It does not show itself.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

wire! {
    /// Who asks.
    pub struct Me {
        /// Who that is.
        pub user: Person,
        /// What a browser sends along with what changes something; none for programs and at the machine itself.
        pub csrf: Option<String>,
        /// When the session ends unless it is used; none if it does not.
        pub expires: Option<Moment>,
        /// How they came in.
        pub way: Way,
    }

    /// Somebody who is known.
    pub struct Person {
        /// Their id: a UUIDv7, `local` for who sits at the machine, `breakglass` for who broke the glass.
        pub id: String,
        /// Their address; empty at the machine itself.
        pub email: String,
        /// Their name.
        pub name: String,
        /// May change what the station is.
        pub is_admin: bool,
        /// What they may do at most.
        pub access: Access,
        /// The studio they belong to.
        pub studio_id: Option<String>,
    }

    /// How somebody came in.
    #[derive(Copy, Eq)]
    pub enum Way {
        /// At the machine's own screen.
        Here,
        /// By a password that Audyn keeps.
        Local,
        /// By an identity provider.
        Provider,
        /// By the breakglass password.
        Breakglass,
        /// A program, by a token.
        Token,
    }

    /// What is offered at the door.
    pub struct WaysIn {
        /// The station's name.
        pub station: String,
        /// Users with a password.
        pub local: bool,
        /// The breakglass password.
        pub breakglass: bool,
        /// An identity provider.
        pub provider: bool,
    }

    /// Another password of one's own.
    pub struct ChangeOwnPassword {
        /// The one until now.
        pub current: Password,
        /// The new one: 10 characters at least, 256 bytes at most.
        pub new: Password,
    }

    /// Who vouches for a user.
    #[derive(Copy, Eq)]
    pub enum UserSource {
        /// A password that Audyn keeps.
        Local,
        /// An identity provider.
        Provider,
    }

    /// Somebody who may sign in.
    pub struct User {
        /// UUIDv7.
        pub id: String,
        /// Their address.
        pub email: String,
        /// Their name.
        pub name: String,
        /// May change what the station is.
        pub is_admin: bool,
        /// What they may do at most.
        pub access: Access,
        /// The studio they belong to.
        pub studio_id: Option<String>,
        /// Who vouches for them.
        pub source: UserSource,
        /// May sign in.
        pub enabled: bool,
        /// A password was set.
        pub has_password: bool,
        /// When they signed in last.
        pub seen: Option<Moment>,
    }

    /// Users.
    pub struct Users {
        /// By address.
        pub users: Vec<User>,
    }

    /// A new user.
    #[ts(optional_fields = nullable)]
    pub struct NewUser {
        /// Their address, unique: up to 254 characters.
        pub email: String,
        /// Their name: up to 80 characters; the address if not given.
        pub name: Option<String>,
        /// Their password: 10 characters at least, 256 bytes at most.
        pub password: Password,
        /// What they may do.
        pub access: Access,
        /// The studio they belong to. Needed for `studio`.
        pub studio_id: Option<String>,
    }

    /// What changes about a user.
    #[ts(optional_fields = nullable)]
    pub struct ChangeUser {
        /// Whom.
        pub id: String,
        /// Another address.
        pub email: Option<String>,
        /// Another name.
        pub name: Option<String>,
        /// What they may do.
        pub access: Option<Access>,
        /// The studio they belong to; an empty text for none.
        pub studio_id: Option<String>,
        /// May sign in.
        pub enabled: Option<bool>,
    }

    /// Picks a user.
    pub struct UserId {
        /// Their id.
        pub id: String,
    }

    /// Another password of a user.
    pub struct SetPassword {
        /// Whose.
        pub id: String,
        /// 10 characters at least, 256 bytes at most.
        pub password: Password,
    }

    /// Somebody is signed in.
    pub struct Session {
        /// UUIDv7.
        pub id: String,
        /// Who.
        pub user: Person,
        /// How they came in.
        pub way: Way,
        /// Since when.
        pub since: Moment,
        /// When it was used last.
        pub seen: Moment,
        /// When it ends unless it is used.
        pub expires: Moment,
        /// Where it was begun from.
        pub address: String,
        /// By what program, as that said.
        pub agent: String,
        /// The one that asks.
        pub own: bool,
    }

    /// Sessions.
    pub struct Sessions {
        /// Newest first.
        pub sessions: Vec<Session>,
    }

    /// Picks a session.
    pub struct SessionPick {
        /// Its id.
        pub id: String,
    }

    /// A program may ask.
    pub struct Token {
        /// UUIDv7.
        pub id: String,
        /// Its name.
        pub name: String,
        /// What it may do at most.
        pub access: Access,
        /// The studio it belongs to.
        pub studio_id: Option<String>,
        /// When it was made.
        pub created: Moment,
        /// Who made it.
        pub created_by: String,
        /// When it ends; none if it does not.
        pub expires: Option<Moment>,
        /// When it was used last.
        pub seen: Option<Moment>,
        /// Where it was used from last.
        pub address: Option<String>,
    }

    /// Tokens.
    pub struct Tokens {
        /// By name.
        pub tokens: Vec<Token>,
    }

    /// A new token.
    #[ts(optional_fields = nullable)]
    pub struct NewToken {
        /// Its name: up to 80 characters.
        pub name: String,
        /// What it may do.
        pub access: Access,
        /// The studio it belongs to. Needed for `studio`.
        pub studio_id: Option<String>,
        /// Days until it ends: 1 to 3650; none if it does not end.
        pub days: Option<u32>,
    }

    /// A token that was made. This is the only time its secret is told.
    pub struct MadeToken {
        /// The token.
        pub token: Token,
        /// What the program sends: `Authorization: Bearer audyn_…`.
        pub secret: String,
    }

    /// Picks a token.
    pub struct TokenId {
        /// Its id.
        pub id: String,
    }

    /// Which entries of the audit log.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct AuditQuery {
        /// Only of this kind: `sign_in`, `create_user`, …
        pub kind: Option<String>,
        /// Only what was done, or only what was refused.
        pub result: Option<AuditResult>,
        /// Only those with this text: up to 200 characters.
        pub search: Option<String>,
        /// Only from here on.
        pub from: Option<Moment>,
        /// Only before.
        pub until: Option<Moment>,
        /// Only those before this number; for the next page.
        pub before: Option<i64>,
        /// At most so many: 1 to 1000, 200 if not given; for an export 1 to 10 000, all of these if not given.
        pub limit: Option<u32>,
    }

    /// What came of it.
    #[derive(Copy, Eq)]
    pub enum AuditResult {
        /// It was done.
        Done,
        /// It was refused.
        Refused,
    }

    /// What somebody did, or was refused.
    pub struct AuditEntry {
        /// Its number; later ones have higher ones.
        pub id: i64,
        /// When.
        pub at: Moment,
        /// Who, for people.
        pub who: String,
        /// Who, for programs; empty if nobody is known.
        pub who_id: String,
        /// From where; none: at the machine itself.
        pub address: Option<String>,
        /// A word: `sign_in`, `create_user`, `delete_files`, …
        pub kind: String,
        /// What came of it.
        pub result: AuditResult,
        /// To what.
        pub subject: String,
        /// In a sentence.
        pub message: String,
    }

    /// Entries of the audit log, newest first.
    pub struct AuditLog {
        /// The entries.
        pub entries: Vec<AuditEntry>,
        /// There are earlier ones.
        pub more: bool,
    }

    /// Entries of the audit log as a file.
    pub struct AuditExport {
        /// One JSON object a line, newest first.
        pub lines: String,
        /// So many.
        pub entries: u32,
        /// What `before` is for the next part; none if this is the last.
        pub next: Option<i64>,
    }
}
