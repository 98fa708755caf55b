//! `probity`, `probity desk`: the screens.

use std::io::IsTerminal;
use std::sync::Arc;

use clap::{ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use crate::session::Session;
use crate::tui::app::ctx::Me;
use crate::tui::app::{self, Start};
use crate::tui::settings::{self, Setup};
use crate::workspace::{Access, Options, Workspace};

/// The command as it is written.
pub fn command() -> Command {
    Command::new("desk").about("Open the screens; the same as no command at all").long_about(
        "Opens the screens on the workspace: the intake queue, the risk register, the checklist and the action items. \
         Press ? there for the keys of where you are.",
    )
}

/// Opens the screens.
pub fn run(_: &ArgMatches, context: &mut Context) -> Done {
    let setup = setup()?;
    let mut wanted = context.wanted();
    wanted.person = wanted.person.or_else(|| setup.settings.me.clone());
    show(Session::open(wanted)?, setup)
}

/// The settings, keys and theme of the user.
///
/// # Errors
/// Where the settings file is wrong: its line, and what was expected there.
pub fn setup() -> Done<Setup> {
    let file = settings::default_file().unwrap_or_default();
    Setup::load(&file).map_err(|fault| Failure::Usage(fault.to_string()))
}

/// Runs the screens on a session until the user leaves.
///
/// # Errors
/// Without a terminal, or when it is not known who works.
pub fn show(session: Session, setup: Setup) -> Done {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "The screens need a terminal. Every command works without one: `probity --help` lists them.".to_owned(),
        ));
    }
    let me = session.me().map_err(crate::workspace::Error::from)?.clone();
    let options = Options { access: Access::Read, rollback_journal: session.wanted.rollback_journal };
    let terms = Arc::new(session.policy.clone());
    let reading = Workspace::open(session.workspace.path(), options, terms)?;
    let start = Start {
        reading,
        policy: session.policy,
        writing: session.workspace,
        me: Me { id: me.id, handle: me.handle },
        setup,
    };
    app::run(start).map_err(Failure::Output)
}
