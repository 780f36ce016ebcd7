//! `audyn user`, `audyn breakglass`, `audyn listen`: who may, set while the station does not run.

use std::sync::Arc;

use anyhow::Context as _;
use audyn_engine::rt::SystemClock;
use audyn_service::Options;
use audyn_service::access::{Desk, Named};
use audyn_service::api::Access;
use audyn_service::api::wire::{ListenerSettings, TlsSettings};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::prompt::password;
use super::{ORIGINATOR, output};
use crate::exit::Exit;

/// Arguments of `audyn user`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Who may sign in by a password. Audyn must not run meanwhile; while it runs, an admin does the same in its settings.
Passwords are typed, or come as one line on standard input; never as an argument.

Examples:
  audyn user add ann@example.org --access admin
  audyn user add desk@example.org --access studio --studio Studio-1
  audyn user list
  audyn user password ann@example.org
  audyn user remove ann@example.org")]
pub struct UserArgs {
    /// What to do
    #[command(subcommand)]
    pub act: UserAct,
}

/// What to do with users.
#[derive(Clone, Debug, Subcommand)]
pub enum UserAct {
    /// Make a user
    Add {
        /// Their address
        email: String,
        /// What they may do
        #[arg(long, value_enum)]
        access: Role,
        /// The studio they belong to, by name or id
        #[arg(long, value_name = "STUDIO")]
        studio: Option<String>,
        /// Their name [default: the address]
        #[arg(long)]
        name: Option<String>,
    },
    /// List users
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a user another password; their sessions end
    Password {
        /// Their address
        email: String,
    },
    /// Remove a user
    Remove {
        /// Their address
        email: String,
    },
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Look
    Viewer,
    /// Record in one studio
    Studio,
    /// Record everywhere
    Operator,
    /// Change what the station is
    Admin,
}

impl From<Role> for Access {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Studio => Self::Studio,
            Role::Operator => Self::Operator,
            Role::Admin => Self::Admin,
        }
    }
}

/// Arguments of `audyn breakglass`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
The password that opens when nothing else does: without network, without an identity provider. It is off until one is
set; every use raises an alarm. Audyn must not run meanwhile.

Examples:
  audyn breakglass set
  audyn breakglass off")]
pub struct BreakglassArgs {
    /// What to do
    #[command(subcommand)]
    pub act: BreakglassAct,
}

/// What to do with breakglass.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum BreakglassAct {
    /// Set a password, and turn it on
    Set,
    /// Turn it off
    Off,
}

/// Arguments of `audyn listen`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Opens the station to browsers and programs on the network, from the next start of Audyn on, or closes it. Make a user
first. Audyn must not run meanwhile; while it runs, an admin does the same in its settings.

Examples:
  audyn listen show
  audyn listen on
  audyn listen on --interface eth0 --port 8443 --host recorder.example.org
  audyn listen on --interface lo --proxy --host recorder.example.org
  audyn listen off")]
pub struct ListenArgs {
    /// What to do
    #[command(subcommand)]
    pub act: ListenAct,
}

/// What to do with the listener.
#[derive(Clone, Debug, Subcommand)]
pub enum ListenAct {
    /// Open it
    On {
        /// Listen on this interface [default: as before, else all]
        #[arg(long, value_name = "IF")]
        interface: Option<String>,
        /// TCP port [default: as before, else 8000]
        #[arg(long)]
        port: Option<u16>,
        /// Another name or address by which browsers may call this machine; several may be given [default: as before]
        #[arg(long, value_name = "NAME")]
        host: Vec<String>,
        /// A certificate with its chain, as PEM [default: as before, else one that Audyn makes]
        #[arg(long, value_name = "FILE", requires = "key")]
        certificate: Option<String>,
        /// The certificate's private key, as PEM
        #[arg(long, value_name = "FILE", requires = "certificate")]
        key: Option<String>,
        /// A certificate that Audyn makes, in place of what was set before
        #[arg(long, conflicts_with_all = ["certificate", "proxy"])]
        self_signed: bool,
        /// A proxy on this machine does TLS, and Audyn speaks plain HTTP; best with `--interface lo`
        #[arg(long, conflicts_with = "certificate")]
        proxy: bool,
    },
    /// Close it
    Off,
    /// Say how it is
    Show {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn user(args: &UserArgs) -> anyhow::Result<Exit> {
    let desk = desk()?;
    match &args.act {
        UserAct::Add { email, access, studio, name } => {
            let typed = password(&format!("Password of {email}"))?;
            desk.add_user(email, name.as_deref(), (*access).into(), studio.as_deref(), &typed)?;
            output::notice(&format!("{email} may sign in."));
        }
        UserAct::List { json } => list(&desk.users()?, *json)?,
        UserAct::Password { email } => {
            let typed = password(&format!("New password of {email}"))?;
            desk.set_password(email, &typed)?;
            output::notice(&format!("{email} has another password."));
        }
        UserAct::Remove { email } => {
            desk.remove_user(email)?;
            output::notice(&format!("{email} is removed."));
        }
    }
    Ok(Exit::Done)
}

pub(super) fn breakglass(args: &BreakglassArgs) -> anyhow::Result<Exit> {
    let desk = desk()?;
    match args.act {
        BreakglassAct::Set => {
            desk.set_breakglass(Some(&password("Breakglass password")?))?;
            output::notice("Breakglass is on. Put the password where it is found when it is needed.");
        }
        BreakglassAct::Off => {
            desk.set_breakglass(None)?;
            output::notice("Breakglass is off.");
        }
    }
    Ok(Exit::Done)
}

pub(super) fn listen(args: &ListenArgs) -> anyhow::Result<Exit> {
    let desk = desk()?;
    let before = desk.listener()?;
    let listener = match &args.act {
        ListenAct::On { interface, port, host, certificate, key, self_signed, proxy } => {
            let tls = match (certificate, key) {
                (Some(certificate), Some(key)) => {
                    TlsSettings::Files { certificate: certificate.clone(), key: key.clone() }
                }
                (None, _) | (_, None) if *self_signed => TlsSettings::SelfSigned,
                (None, _) | (_, None) if *proxy => TlsSettings::Proxy,
                (None, _) | (_, None) => before.tls,
            };
            desk.set_listener(ListenerSettings {
                on: true,
                interface: interface.clone().or(before.interface),
                port: port.unwrap_or(before.port),
                tls,
                hosts: if host.is_empty() { before.hosts } else { host.clone() },
            })?
        }
        ListenAct::Off => desk.set_listener(ListenerSettings { on: false, ..before })?,
        ListenAct::Show { json: true } => {
            output::json(&serde_json::to_value(&before).context("cannot make the report")?)?;
            return Ok(Exit::Done);
        }
        ListenAct::Show { json: false } => before,
    };
    let text = if listener.on {
        let place = listener.interface.as_deref().unwrap_or("every interface");
        format!("Audyn listens on {place}, port {}, once it runs.\n", listener.port)
    } else {
        "Audyn does not listen on the network.\n".to_owned()
    };
    output::result(&text)?;
    Ok(Exit::Done)
}

fn desk() -> anyhow::Result<Desk> {
    let options = Options::from_environment(ORIGINATOR, false);
    Ok(Desk::open(&options.state_dir, ORIGINATOR, Arc::new(SystemClock))?)
}

fn list(users: &[Named], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let user = |user: &Named| {
            json!({
                "email": user.email,
                "name": user.name,
                "access": user.access.as_str(),
                "studio_id": user.studio,
                "provider": user.by_provider,
                "enabled": user.enabled,
            })
        };
        return output::json(&users.iter().map(user).collect());
    }
    let row = |user: &Named| {
        let mut what = user.access.as_str().to_owned();
        for part in [
            user.studio.clone(),
            user.by_provider.then(|| "by the identity provider".to_owned()),
            (!user.enabled).then(|| "may not sign in".to_owned()),
        ]
        .into_iter()
        .flatten()
        {
            what += &format!(", {part}");
        }
        (user.email.clone(), what)
    };
    output::result(&output::columns(&users.iter().map(row).collect::<Vec<_>>()))
}
