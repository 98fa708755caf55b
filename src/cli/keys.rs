//! `probity keys`: what can be done in the screens, and by which keys, the user's own included.

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use super::table::{Column, Table};
use crate::tui::command::{COMMANDS, Scope, reference_markdown};
use crate::tui::settings::{Setup, default_file};

/// The command.
pub fn command() -> Command {
    Command::new("keys").about("Lists the keys of the screens, those of your settings included.").arg(
        Arg::new("markdown")
            .long("markdown")
            .action(ArgAction::SetTrue)
            .help("Print the reference of the keys that commands come with, as Markdown."),
    )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    if matches.get_flag("markdown") {
        return context.out.text(&reference_markdown());
    }
    let file = default_file().unwrap_or_default();
    let setup = Setup::load(&file).map_err(|fault| Failure::Settings(fault.to_string()))?;
    for (at, scope) in Scope::ALL.iter().enumerate() {
        if at > 0 {
            context.out.end()?;
        }
        context.out.heading(scope.title())?;
        let rows: Vec<Vec<String>> = COMMANDS
            .iter()
            .filter(|command| command.scopes.contains(scope))
            .map(|command| {
                let keys: Vec<String> = setup.keymap.keys_of(command.id).iter().map(ToString::to_string).collect();
                vec![keys.join(" "), command.title.to_owned(), command.description.to_owned()]
            })
            .collect();
        let columns = vec![Column::new("Keys", 18), Column::new("Action", 24), Column::new("What it does", 60)];
        Table::new(columns).print(&mut context.out, &rows)?;
    }
    Ok(())
}
