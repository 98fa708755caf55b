//! `probity completions`: what makes the Tab key of a shell complete commands and options.

use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;

use super::Context;
use super::exit::Done;

/// The command.
pub fn command() -> Command {
    Command::new("completions")
        .about("Prints the completions for a shell, to be put where it looks for them.")
        .after_help(
            "bash        probity completions bash > ~/.local/share/bash-completion/completions/probity\n\
             zsh         probity completions zsh > ~/.zfunc/_probity\n\
             fish        probity completions fish > ~/.config/fish/completions/probity.fish\n\
             PowerShell  probity completions powershell >> $PROFILE",
        )
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(clap::value_parser!(Shell))
                .help("The shell."),
        )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    if let Some(shell) = matches.get_one::<Shell>("shell").copied() {
        // Made in memory: the generator takes no error from the stream it writes to.
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut super::command(), "probity", &mut script);
        context.out.raw(&script)?;
    }
    Ok(())
}
