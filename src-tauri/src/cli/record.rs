//! `audyn record`: recorders from flags or from a file, until their end or a signal.

mod args;
mod meters;
mod session;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context as _;
use audyn_engine::ptp::{ClockView, Watch, WatchSpec};
use audyn_engine::rt::SystemClock;
use audyn_model::Clock as _;
use audyn_service::recorder::{Options, Recorders, VoxMode};

use self::meters::Meters;
use self::session::Session;
use super::{ORIGINATOR, output};
use crate::config::checked::{Config, Recorder};
use crate::config::raw::RawConfig;
use crate::config::{self, Problem, Problems};
use crate::exit::Exit;
use crate::logging::Logging;
use crate::shutdown::{self, Asked, FINISH_DEADLINE};

pub use args::RecordArgs;

/// How often it is looked whether all recorders have ended by themselves.
const LOOK: Duration = Duration::from_millis(100);

/// Options of the whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The configuration file, if recorders are described there.
    pub file: Option<PathBuf>,
    /// Milliseconds between lines of levels, if levels are wanted.
    pub levels_ms: Option<u64>,
    /// Media time after which each recorder stops.
    pub duration: Option<Duration>,
    /// Where counters are written at the end.
    pub stats: Option<PathBuf>,
    /// One recorder that cannot start stops all.
    pub strict: bool,
    /// Recorders wait for a signal, and begin so long before it.
    pub armed: Option<Duration>,
}

pub(super) fn run(args: &RecordArgs, logging: &Logging) -> anyhow::Result<Exit> {
    let (run, config) = match prepare(args) {
        Ok(prepared) => prepared,
        Err(problems) => {
            output::problems(&problems.0);
            return Ok(Exit::Usage);
        }
    };
    warn(&config);
    let asked = shutdown::watch(logging).context("cannot watch for signals")?;
    let options = Options { real_time: true, originator: ORIGINATOR.to_owned() };
    let watched = Watch::start(Arc::new(SystemClock), watch_spec(&config));
    let (watch, clock) = watched.context("cannot start to watch over time")?;
    let watch = Arc::new(watch);
    report_clock(&watch.view());
    let recorders = Arc::new(Recorders::new(clock, options));
    recorders.follow(Arc::clone(&watch));
    let mut session = Session::new(Arc::clone(&recorders), run.duration, run.armed);
    let failed = session.start_all(&config.recorders, run.strict);
    for (_, failure) in &failed {
        tracing::error!("{failure}");
    }
    let give_up = failed.len() == config.recorders.len() || (run.strict && !failed.is_empty());
    let ended = if give_up {
        session.stop_all(FINISH_DEADLINE)
    } else {
        for (recorder, failure) in &failed {
            session.plan(recorder, &failure.to_string(), SystemClock.mono());
        }
        let meters =
            run.levels_ms.map(|ms| Meters::start(recorders.levels(), ms, run.file.is_some())).transpose()?;
        follow(&run, &mut session, &watch, meters.as_ref(), &asked, logging);
        let ended = session.stop_all(FINISH_DEADLINE);
        if let Some(meters) = meters {
            meters.stop();
        }
        ended
    };
    if let Some(file) = &run.stats {
        let text =
            serde_json::to_string_pretty(&session.report(&ended)).context("cannot make the statistics")?;
        std::fs::write(file, text + "\n")
            .with_context(|| format!("cannot write statistics to {}", file.display()))?;
    }
    Ok(if give_up { Exit::Failed } else { session::verdict(&ended, session.never_started()) })
}

/// Until everything has ended or a signal says so.
fn follow(
    run: &Run,
    session: &mut Session,
    watch: &Watch,
    meters: Option<&Meters>,
    asked: &Receiver<Asked>,
    logging: &Logging,
) {
    loop {
        match asked.recv_timeout(LOOK) {
            Ok(Asked::Stop) => {
                tracing::info!("stopping: every file is being finished");
                return;
            }
            Ok(Asked::Trigger(at)) => session.trigger(at),
            Ok(Asked::Reload) => {
                logging.reopen();
                if run.armed.is_some() {
                    tracing::info!("the log was opened anew; armed, the configuration stays as it is");
                } else if let Some(file) = &run.file {
                    reload(file, session, watch);
                    if let Some(meters) = meters {
                        meters.replace(session.levels());
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                session.revive(SystemClock.mono());
                if let Some(meters) = meters.filter(|_| session.has_revived()) {
                    meters.replace(session.levels());
                }
                if session.all_done() {
                    return;
                }
            }
            // The signals' thread is gone: only the recorders' own end is left to wait for.
            Err(RecvTimeoutError::Disconnected) => {
                if session.wait(LOOK) {
                    return;
                }
            }
        }
    }
}

/// Reads the file again and does what has changed. A file with problems changes nothing.
fn reload(file: &Path, session: &mut Session, watch: &Watch) {
    let config = read_config(file).and_then(|raw| config::check(&raw, &read_file));
    match config {
        Err(problems) => {
            for problem in &problems.0 {
                tracing::error!("{problem}");
            }
            tracing::error!("{} is not taken over: recorders go on as they are", file.display());
        }
        Ok(config) => {
            warn(&config);
            watch.change(watch_spec(&config));
            session.change_to(&config.recorders);
        }
    }
}

/// PTP is listened to everywhere: what is heard is stored with every file.
fn watch_spec(config: &Config) -> WatchSpec {
    let config::checked::Timing { reference, domain } = config.timing.clone();
    WatchSpec { interfaces: Vec::new(), domain, reference }
}

/// Says at once if the clock that was asked for cannot be followed.
fn report_clock(view: &ClockView) {
    if let Some(problem) = &view.following.problem {
        tracing::warn!("{problem}");
    }
    for problem in view.interfaces.iter().filter_map(|interface| interface.problem.as_ref()) {
        tracing::debug!("{problem}");
    }
}

/// Everything that is typed, checked; or everything that is wrong with it.
fn prepare(args: &RecordArgs) -> Result<(Run, Config), Problems> {
    let mut problems = Vec::new();
    let run = args.run(&mut problems);
    // Found out now rather than after a day of recording.
    let folder = run.stats.as_deref().and_then(Path::parent).filter(|f| !f.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let wrong = format!("there is no folder {}", folder.display());
        problems.push(Problem::new("--stats", wrong, "give a file in a folder that exists"));
    }
    let raw = match &run.file {
        Some(file) => read_config(file),
        None => Ok(args.recorder()),
    };
    let checked = raw.and_then(|raw| config::check(&raw, &read_file));
    match checked {
        Ok(config) if run.armed.is_some() && config.recorders.iter().any(waits_for_sound) => {
            let wrong = "has no meaning for a recorder that records only while there is sound";
            problems.push(Problem::new("--armed", wrong, "leave --vox out, or take the VOX mode marks"));
            Err(Problems(problems))
        }
        Ok(config) if problems.is_empty() => Ok((run, config)),
        Ok(_) => Err(Problems(problems)),
        Err(Problems(more)) => {
            problems.extend(more);
            Err(Problems(problems))
        }
    }
}

fn waits_for_sound(recorder: &Recorder) -> bool {
    recorder.vox.is_some_and(|vox| vox.mode == VoxMode::Activation)
}

fn read_config(file: &Path) -> Result<RawConfig, Problems> {
    let refuse = |wrong: String, right: &str| Problems(vec![Problem::new("--config", wrong, right)]);
    let bytes = read_file(file).map_err(|error| {
        refuse(format!("cannot read {}: {error}", file.display()), "give the path of a readable file")
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| refuse(format!("{} is not text in UTF-8", file.display()), "save it as UTF-8"))?;
    let mut raw = config::parse(&text);
    raw.base = file.parent().unwrap_or_else(|| Path::new("")).to_owned();
    Ok(raw)
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

fn warn(config: &Config) {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
}

#[cfg(test)]
mod tests;
