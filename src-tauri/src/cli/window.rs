//! `audyn` and `audyn window`: the window; without a display, the station without one.

use super::output;
use super::serve::{self, ServeArgs};
use crate::exit::Exit;
use crate::logging::Logging;

const EXAMPLES: &str = "\
Without a display it records without a window, as `audyn serve` does.

Examples:
  audyn window
  audyn window --kiosk
  audyn window --kiosk --studio studio-1a2b3c4d";

/// Flags of `audyn window`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct WindowArgs {
    /// This is a studio's screen, whatever the settings say
    #[arg(long)]
    pub kiosk: bool,
    /// The studio that this screen shows
    #[arg(long, value_name = "ID")]
    pub studio: Option<String>,
}

pub(super) fn run(args: &WindowArgs, logging: &Logging) -> anyhow::Result<Exit> {
    let Some(why) = open(args, logging)? else { return Ok(Exit::Done) };
    output::notice(&format!("{why}: recording without a window, until Ctrl-C"));
    serve::run(&ServeArgs { demo: true }, logging)
}

/// Opens the window and comes back when it is closed; or says why there can be none.
#[cfg(feature = "desktop")]
fn open(args: &WindowArgs, logging: &Logging) -> anyhow::Result<Option<&'static str>> {
    use crate::desktop::{self, Ended};
    let options = desktop::Options {
        kiosk: args.kiosk,
        studio: args.studio.clone(),
        service: audyn_service::Options::from_environment(super::ORIGINATOR, true),
    };
    Ok(match desktop::run(options, logging)? {
        Ended::Closed => None,
        Ended::Shown => {
            tracing::info!("Audyn is open already: its window is in front now");
            None
        }
        Ended::NoDisplay => Some("There is no display to open the window on"),
    })
}

#[cfg(not(feature = "desktop"))]
#[expect(clippy::unnecessary_wraps, reason = "with a window it can fail")]
fn open(_: &WindowArgs, _: &Logging) -> anyhow::Result<Option<&'static str>> {
    Ok(Some("This Audyn was built without a window"))
}
