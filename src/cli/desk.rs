//! `probity` alone, and `probity desk`: the screens.

use std::io::{self, IsTerminal};

use clap::{ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use crate::session::Session;
use crate::tui::settings::{Setup, default_file};
use crate::tui::{app, plain};
use crate::workspace::{Access, Options, Workspace};

/// The command.
pub fn command() -> Command {
    Command::new("desk").about("Opens the screens; so does `probity` alone.").long_about(
        "Opens the screens on the workspace: the intake queue, the risk register, the checklist and the action items. \
         Press ? there for the keys of where you are.",
    )
}

/// Runs it.
pub fn run(_: &ArgMatches, context: &mut Context) -> Done {
    open(context)
}

/// Opens the screens on the workspace that is meant.
///
/// # Errors
/// As [`show`]; and where the workspace cannot be opened.
pub fn open(context: &Context) -> Done {
    if !is_possible(context) {
        return Err(Failure::Usage(
            "The screens need a terminal. Without one, use the commands (`probity --help` lists them), or --plain, which \
             works line by line."
                .to_owned(),
        ));
    }
    show(context.open()?, context)
}

/// Whether there is a terminal to draw on and to type at; working line by line needs none.
#[must_use]
pub fn is_possible(context: &Context) -> bool {
    context.globals.plain || (io::stdin().is_terminal() && io::stdout().is_terminal())
}

/// Shows the screens of a session until the user leaves: drawn, or line by line where plain output is asked for.
///
/// # Errors
/// Where it is not known who works, the settings are wrong, or the terminal fails.
pub fn show(session: Session, context: &Context) -> Done {
    show_at(session, None, context)
}

/// The same, with a meeting on the screen from the start.
///
/// # Errors
/// As [`show`].
pub fn show_at(session: Session, opening: Option<app::Opening>, context: &Context) -> Done {
    let me = session.me()?;
    let me = app::ctx::Me { id: me.id.clone(), handle: me.handle.clone() };
    let file = default_file().unwrap_or_default();
    let setup = Setup::load(&file).map_err(|fault| Failure::Settings(fault.to_string()))?;
    let options = Options { access: Access::Read, ..session.options() };
    let reading = Workspace::open(session.workspace.path(), options, session.workspace.terms().clone())?;
    let start = app::Start {
        reading,
        writing: session.workspace,
        policy: session.policy,
        me,
        setup,
        policies: session.policies,
        opening,
    };
    let ended = if context.globals.plain { plain::run(start) } else { app::run(start) };
    ended.map_err(|source| Failure::File { action: "Using", path: "the terminal".into(), source })
}
