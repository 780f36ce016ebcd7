use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Command, Refusal, completions, output, parse};
use crate::exit::Exit;

#[test]
fn the_parser_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn help_renders_for_every_subcommand_with_examples() {
    let mut command = Cli::command();
    command.build();
    let help = command.render_help().to_string();
    for code in [Exit::Done, Exit::Failed, Exit::Usage, Exit::Findings, Exit::Partly, Exit::Unfinished] {
        assert!(help.contains(&format!("\n  {}  ", code.code())), "{code:?} is not explained");
    }
    for sub in command.get_subcommands_mut() {
        let name = sub.get_name().to_owned();
        for help in [sub.render_help(), sub.render_long_help()] {
            let help = help.to_string();
            assert!(help.contains(&format!("\n  audyn {name} ")), "{name} shows no example");
        }
    }
}

#[test]
fn examples_in_the_help_are_understood() {
    let mut command = Cli::command();
    command.build();
    for sub in command.get_subcommands() {
        let help = sub.get_after_help().expect("help has examples").to_string();
        for line in help.lines().filter_map(|line| line.strip_prefix("  audyn ")) {
            let words = line.split(['>', '|']).next().unwrap_or(line).split_whitespace();
            let arguments = ["audyn"].into_iter().chain(words);
            assert!(parse(arguments).is_ok(), "{line}");
        }
    }
}

#[test]
fn completions_are_generated_for_every_shell() {
    for (shell, sign) in [
        (Shell::Bash, "complete -F _audyn"),
        (Shell::Zsh, "#compdef audyn"),
        (Shell::Fish, "complete -c audyn"),
    ] {
        let script = String::from_utf8(completions::script(shell)).unwrap();
        assert!(script.contains(sign), "{shell}");
        assert!(script.contains("archive-root"), "{shell}");
    }
}

#[test]
fn wrong_usage_ends_with_the_code_for_it() {
    for line in
        ["audyn rec", "audyn window --studio", "audyn record --prot 5", "audyn check", "audyn record -m"]
    {
        match parse(line.split_whitespace()) {
            Err(Refusal::Clap(error)) => {
                assert_eq!(error.exit_code(), i32::from(Exit::Usage.code()), "{line}")
            }
            Err(Refusal::NotYet(problem)) => panic!("{line}: {problem}"),
            Ok(cli) => panic!("{line}: {cli:?}"),
        }
    }
    match parse(["audyn", "--version"]) {
        Err(Refusal::Clap(error)) => {
            assert_eq!(error.exit_code(), 0);
            assert_eq!(error.to_string(), format!("audyn {}\n", env!("CARGO_PKG_VERSION")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_subcommand_the_window_is_meant() {
    assert!(parse(["audyn", "-v"]).unwrap().command.is_none());
}

#[test]
fn logging_flags_stand_before_or_after_the_subcommand() {
    for line in
        ["audyn -vv --log-json record", "audyn record --log-json -v -v", "audyn -v record -v --log-json"]
    {
        let cli = parse(line.split_whitespace()).unwrap();
        assert!(cli.log.log_json, "{line}");
        assert!(matches!(cli.command, Some(Command::Record(_))), "{line}");
    }
}

#[test]
fn sizes_and_lengths_are_for_people() {
    for (bytes, expected) in [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (1_036_800_000, "1.04 GB"),
        (99_949, "99.9 kB"),
        (999_600, "1.00 MB"),
        (u64::MAX, "18447 PB"),
    ] {
        assert_eq!(output::size(bytes), expected);
    }
    assert_eq!(output::length(172_800_000, 48_000), "1:00:00.000");
    assert_eq!(output::length(1, 48_000), "0:00:00.000");
    assert_eq!(output::length(4_410, 44_100), "0:00:00.100");
    assert_eq!(output::columns(&[("a".into(), "1".into()), ("bcd".into(), "2".into())]), "a    1\nbcd  2\n");
}

mod check;
mod info;
mod recover;
