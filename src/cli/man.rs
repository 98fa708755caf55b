//! `probity man`: the manual pages, made from the same descriptions as the help.

use std::fs;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::exit::{Done, Failure};
use super::{Context, reference};

/// The command.
pub fn command() -> Command {
    Command::new("man").about("Prints the manual page; or writes the pages of all commands to a folder.").args([
        Arg::new("out")
            .long("out")
            .value_name("DIR")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Write a page for each command to this folder, such as ~/.local/share/man/man1."),
        Arg::new("markdown")
            .long("markdown")
            .action(ArgAction::SetTrue)
            .conflicts_with("out")
            .help("Print the reference of all commands as Markdown instead."),
    ])
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    if matches.get_flag("markdown") {
        return context.out.raw(reference::markdown().as_bytes());
    }
    if let Some(folder) = matches.get_one::<PathBuf>("out") {
        let failed = |source| Failure::File { action: "Writing to", path: folder.clone(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        clap_mangen::generate_to(super::command().disable_help_subcommand(true), folder).map_err(failed)?;
        return context.out.line(&format!("The pages are in {}.", folder.display()));
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(super::command()).render(&mut page).map_err(Failure::Output)?;
    context.out.raw(&page)
}
