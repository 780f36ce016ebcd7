//! Exit codes: the one place where they are decided and described.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for was done.
    Done = 0,
    /// It could not be done, a recorder ended by failure, or `doctor` found a fault.
    Failed = 1,
    /// A flag, key or SDP is wrong; nothing was started. Or `doctor` could not tell.
    Usage = 2,
    /// `check` or `config check` found something wrong, `recover` could not mend everything, or `clock` heard no grandmaster to follow.
    Findings = 3,
    /// Some recorders of a configuration could not be started; the others did their work.
    Partly = 4,
    /// Stopping took longer than its deadline, or a second signal came: files are playable and mended at the next start.
    Unfinished = 5,
}

impl Exit {
    /// What `--help` says about the codes.
    pub const HELP: &str = "\
Exit codes:
  0  everything that was asked for was done
  1  it could not be done, a recorder ended by failure, or `doctor` found a fault
  2  a flag, key or SDP is wrong, nothing was started; or `doctor` could not tell
  3  `check` or `config check` found something wrong, `recover` could not mend everything, or `clock` heard no grandmaster to follow
  4  some recorders of a configuration could not be started; the others did their work
  5  stopping took longer than 5 s, or a second signal came; files play, and the next start mends them";

    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
