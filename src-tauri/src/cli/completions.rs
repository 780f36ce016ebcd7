//! `audyn completions SHELL`

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, output};
use crate::exit::Exit;

/// Arguments of `audyn completions`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Examples:
  audyn completions bash > ~/.local/share/bash-completion/completions/audyn
  audyn completions zsh > ~/.zfunc/_audyn
  audyn completions fish > ~/.config/fish/completions/audyn.fish")]
pub struct CompletionsArgs {
    /// The shell to print a script for
    #[arg(value_enum)]
    pub shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    output::result(&String::from_utf8_lossy(&script(args.shell)))?;
    Ok(Exit::Done)
}

pub(super) fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "audyn", &mut script);
    script
}
