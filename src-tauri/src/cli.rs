//! The command line: one file a subcommand.

mod backup;
mod check;
mod clock;
mod completions;
mod configuration;
mod discover;
mod doctor;
mod info;
mod inputs;
mod output;
mod prompt;
pub mod record;
mod recover;
mod remote;
pub mod send;
mod serve;
mod user;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use crate::config::Problem;
use crate::exit::Exit;
use crate::logging::{self, Logging};
use crate::{config, shutdown};

/// Program and version, as files and catalogues name their maker.
pub const ORIGINATOR: &str = concat!("Audyn ", env!("CARGO_PKG_VERSION"));

/// Broadcast recorder: every studio, all day, exact in time.
#[derive(Debug, Parser)]
#[command(name = "audyn", version, after_help = Exit::HELP, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do; the window, if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to log.
    #[command(flatten)]
    pub log: LogArgs,
}

/// Where log lines go and how many of them there are.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Logging")]
pub struct LogArgs {
    /// Log more: -v debug, -vv trace. LOG_LEVEL (error, warn, info, debug, trace, or a filter like audyn_engine=trace)
    /// says it as well
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Log less: -q warnings and errors, -qq errors
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub quiet: u8,
    /// Log one JSON object a line
    #[arg(long, global = true)]
    pub log_json: bool,
    /// Log to a file instead of standard error; opened anew on SIGHUP
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the window: meters, recorders, studios, files. `audyn` alone does the same
    Window(window::WindowArgs),
    /// Open a window on another Audyn of the network
    Remote(remote::RemoteArgs),
    /// Record as the station is set up, without a window
    Serve(serve::ServeArgs),
    /// Record network streams, PipeWire and sound cards: one from flags, or many from a file
    Record(Box<record::RecordArgs>),
    /// Send AES67 audio: a WAV file, a tone or a test signal, with impairments on request
    Send(Box<send::SendArgs>),
    /// List the streams that are announced on the network
    Discover(discover::DiscoverArgs),
    /// Check an archive: presence, sizes, headers, decodability
    Check(check::CheckArgs),
    /// Mend what an unclean stop left in a folder
    Recover(recover::RecoverArgs),
    /// Show what an audio file is and says about itself
    Info(info::InfoArgs),
    /// Say why a source is silent or sick, and what to do
    Doctor(Box<doctor::DoctorArgs>),
    /// List what of this machine can be recorded: PipeWire's nodes and sound cards
    Inputs(inputs::InputsArgs),
    /// Listen to PTP: who keeps time on the network, and whether that can be right
    Clock(clock::ClockArgs),
    /// Export the station's configuration, see what a file would change, import it
    Config(configuration::ConfigArgs),
    /// Back the station's state up, look through a backup, go back to one
    Backup(backup::BackupArgs),
    /// Say who may sign in by a password
    User(user::UserArgs),
    /// Set the password that opens when nothing else does
    Breakglass(user::BreakglassArgs),
    /// Open the station to the network, or close it
    Listen(user::ListenArgs),
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}

/// Runs the program with the arguments it was started with.
#[must_use]
pub fn main() -> ExitCode {
    match parse(std::env::args_os()) {
        Ok(cli) => run(&cli),
        Err(Refusal::Clap(error)) => error.exit(),
        Err(Refusal::NotYet(problem)) => {
            output::problems(&[problem]);
            Exit::Usage.into()
        }
    }
}

/// Why arguments cannot be read.
#[derive(Debug)]
pub enum Refusal {
    /// Help, version, or an argument that the parser does not know.
    Clap(clap::Error),
    /// An option of earlier engines that this version has not.
    NotYet(Problem),
}

/// Reads arguments; the first one is the program's name.
///
/// # Errors
/// They ask for help or the version, or cannot be understood.
pub fn parse<I, T>(arguments: I) -> Result<Cli, Refusal>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    Cli::try_parse_from(arguments).map_err(|error| match not_yet(&error) {
        Some(problem) => Refusal::NotYet(problem),
        None => Refusal::Clap(error),
    })
}

fn not_yet(error: &clap::Error) -> Option<Problem> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let entry = config::not_yet(argument)?;
    Some(Problem::new(argument.clone(), entry.wrong, entry.right))
}

fn run(cli: &Cli) -> ExitCode {
    let settings = logging::Settings {
        file: cli.log.log_file.clone(),
        json: cli.log.log_json,
        verbose: cli.log.verbose,
        quiet: cli.log.quiet,
        environment: std::env::var("LOG_LEVEL").ok(),
    };
    let logging = match logging::start(&settings) {
        Ok(logging) => logging,
        Err(error) => {
            let file = settings.file.unwrap_or_default();
            output::failure(&format!(
                "cannot open the log file {}: {error}; give a writable path",
                file.display()
            ));
            return Exit::Failed.into();
        }
    };
    let window = Command::Window(window::WindowArgs::default());
    let exit = command(cli.command.as_ref().unwrap_or(&window), &logging).unwrap_or_else(|error| {
        output::failure(&format!("{error:#}"));
        Exit::Failed.into()
    });
    logging.finish();
    exit
}

fn command(command: &Command, logging: &Logging) -> anyhow::Result<ExitCode> {
    match command {
        Command::Window(args) => window::run(args, logging).map(ExitCode::from),
        Command::Remote(args) => remote::run(args, logging).map(ExitCode::from),
        Command::Serve(args) => serve::run(args, logging).map(ExitCode::from),
        Command::Record(args) => record::run(args, logging).map(ExitCode::from),
        Command::Send(args) => send::run(args, &shutdown::stop_flag(logging)?),
        Command::Discover(args) => discover::run(args, logging).map(ExitCode::from),
        Command::Check(args) => check::run(args).map(ExitCode::from),
        Command::Recover(args) => recover::run(args).map(ExitCode::from),
        Command::Info(args) => info::run(args).map(ExitCode::from),
        Command::Doctor(args) => doctor::run(args).map(ExitCode::from),
        Command::Inputs(args) => inputs::run(args).map(ExitCode::from),
        Command::Clock(args) => clock::run(args).map(ExitCode::from),
        Command::Config(args) => configuration::run(args).map(ExitCode::from),
        Command::Backup(args) => backup::run(args).map(ExitCode::from),
        Command::User(args) => user::user(args).map(ExitCode::from),
        Command::Breakglass(args) => user::breakglass(args).map(ExitCode::from),
        Command::Listen(args) => user::listen(args).map(ExitCode::from),
        Command::Completions(args) => completions::run(args).map(ExitCode::from),
    }
}

#[cfg(test)]
mod tests;
