//! Log lines, on standard error or in a file. Never on standard output, which is for levels and reports.
//!
//! Whoever logs never waits: lines go into a bounded queue that a thread of its own empties. If the other end of the
//! pipe does not read, the newest lines are dropped, and the number of them is the next line that gets through.

mod queue;

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use queue::{Queue, queue};

/// Lines that wait at most; a line is rarely longer than 200 bytes.
const QUEUED_LINES: usize = 4096;

/// What to log and where to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// A file instead of standard error.
    pub file: Option<PathBuf>,
    /// One JSON object a line instead of text.
    pub json: bool,
    /// How many times `-v` was given.
    pub verbose: u8,
    /// How many times `-q` was given.
    pub quiet: u8,
    /// `LOG_LEVEL`, if it is set.
    pub environment: Option<String>,
}

/// The running log. Clones are the same log.
#[derive(Clone, Debug)]
pub struct Logging {
    reopen: Arc<AtomicBool>,
    drain: Arc<queue::Drain>,
}

impl Logging {
    /// Has the log file opened anew before the next line, so that it may have been renamed (`logrotate`).
    pub fn reopen(&self) {
        self.reopen.store(true, Ordering::Relaxed);
    }

    /// Writes what is queued, for a second at most.
    pub fn finish(&self) {
        self.drain.finish();
    }
}

/// Starts logging for the whole process.
///
/// # Errors
/// The log file cannot be opened.
pub fn start(settings: &Settings) -> io::Result<Logging> {
    let reopen = Arc::new(AtomicBool::new(false));
    let sink: Box<dyn Write + Send> = match &settings.file {
        Some(path) => Box::new(LogFile::open(path, Arc::clone(&reopen))?),
        None => Box::new(io::stderr()),
    };
    let json = settings.json;
    let (queue, drain) = queue(QUEUED_LINES, sink, move |dropped| dropped_line(dropped, json));
    let (filter, warning) = filter(settings);
    let ansi = settings.file.is_none() && !json && io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(ansi).with_writer(Lines(queue));
    // A second subscriber in one process (tests) is refused; the first one goes on.
    let _ = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    if let Some(warning) = warning {
        tracing::warn!("{warning}");
    }
    Ok(Logging { reopen, drain: Arc::new(drain) })
}

/// What passes, and what was wrong with `LOG_LEVEL` if something was. `-v` and `-q` prevail over it.
fn filter(settings: &Settings) -> (EnvFilter, Option<String>) {
    let steps = i16::from(settings.verbose) - i16::from(settings.quiet);
    let default = match steps {
        ..=-2 => "error",
        -1 => "warn",
        0 => "info",
        1 => "debug",
        2.. => "trace",
    };
    let wanted = settings.environment.as_deref().map(str::trim).filter(|text| !text.is_empty() && steps == 0);
    let Some(text) = wanted else { return (EnvFilter::new(default), None) };
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    // A lone word that is no level would be taken for the name of a module, and silence everything else.
    let word_alone = !text.contains(['=', ',', '[']);
    if word_alone && !levels.contains(&text.to_ascii_lowercase().as_str()) {
        let warning = format!(
            "LOG_LEVEL is \"{text}\"; give error, warn, info, debug, trace or a filter like audyn=debug"
        );
        return (EnvFilter::new(default), Some(warning));
    }
    match EnvFilter::try_new(text) {
        Ok(filter) => (filter, None),
        Err(error) => {
            let warning =
                format!("LOG_LEVEL is \"{text}\" ({error}); give a level or a filter like audyn=debug");
            (EnvFilter::new(default), Some(warning))
        }
    }
}

fn dropped_line(dropped: u64, json: bool) -> String {
    if json {
        format!("{{\"level\":\"WARN\",\"message\":\"log lines were dropped\",\"dropped\":{dropped}}}\n")
    } else {
        format!(" WARN audyn::logging: {dropped} log lines were dropped: whoever reads them is too slow\n")
    }
}

/// Gives each line to the queue whole.
struct Lines(Queue);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Queue;

    fn make_writer(&'a self) -> Self::Writer {
        &self.0
    }
}

/// A file that can be opened anew under its name.
struct LogFile {
    path: PathBuf,
    file: File,
    reopen: Arc<AtomicBool>,
}

impl LogFile {
    fn open(path: &Path, reopen: Arc<AtomicBool>) -> io::Result<Self> {
        let file = open_log(path)?;
        Ok(Self { path: path.to_owned(), file, reopen })
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // If the new file cannot be opened, the old one goes on: better a log under an old name than none.
        if self.reopen.swap(false, Ordering::Relaxed)
            && let Ok(file) = open_log(&self.path)
        {
            self.file = file;
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open_log(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests;
