//! `audyn serve`: the station without a window, until a signal.

mod notify;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context as _;
use audyn_engine::rt::SystemClock;
use audyn_service::{Options, Service};

use self::notify::{Notify, Word};
use super::ORIGINATOR;
use crate::exit::Exit;
use crate::lan;
use crate::logging::Logging;
use crate::shutdown::{self, Asked, FINISH_DEADLINE};

/// How often a supervisor that wants nothing is looked after.
const IDLE: Duration = Duration::from_secs(3600);

const EXAMPLES: &str = "\
Examples:
  audyn serve
  audyn serve --demo
  AUDYN_CONFIG_DIR=/srv/audyn AUDYN_ARCHIVE_ROOT=/srv/recordings audyn serve";

/// Flags of `audyn serve`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Begin with a demonstration if nothing is set up yet
    #[arg(long)]
    pub demo: bool,
}

pub(super) fn run(args: &ServeArgs, logging: &Logging) -> anyhow::Result<Exit> {
    let asked = shutdown::watch(logging).context("cannot watch for signals")?;
    let notify = Notify::from_environment();
    let options = Options::from_environment(ORIGINATOR, args.demo);
    let folder = options.state_dir.clone();
    let service = Service::open(options, Arc::new(SystemClock))
        .with_context(|| format!("cannot open the station in {}", folder.display()))?;
    service.use_keyring();
    tracing::info!(
        "serving without a window: state in {}, recordings in {}",
        folder.display(),
        service.settings_now().archive_root
    );
    let web = lan::start(&service);
    notify.say(Word::Ready);
    stay(&asked, &service, &notify, logging);
    notify.say(Word::Stopping);
    tracing::info!("stopping: every file is being finished");
    // Told first, waited for last: files are finished while connections end.
    if let Some(web) = &web {
        web.stop();
    }
    service.close(FINISH_DEADLINE);
    if let Some(web) = web {
        web.close(lan::DEADLINE);
    }
    Ok(Exit::Done)
}

/// Until a signal says so.
fn stay(asked: &Receiver<Asked>, service: &Service, notify: &Notify, logging: &Logging) {
    loop {
        match asked.recv_timeout(notify.watchdog().unwrap_or(IDLE)) {
            Ok(Asked::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(Asked::Reload) => logging.reopen(),
            // Recorders are begun and ended by who operates them.
            Ok(Asked::Trigger(_)) => {}
            Err(RecvTimeoutError::Timeout) => {
                // A service whose books cannot be read any more does not answer here: the supervisor then acts.
                let recording = service.wanted();
                notify.say(Word::Alive { recording });
            }
        }
    }
}
