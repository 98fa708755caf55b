//! `probity init`: a new workspace, and the person whose it is. Asks nothing.

use std::env;
use std::path::Path;
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

use chrono::Utc;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::Context;
use super::exit::{Done, Failure};
use crate::policy::{Layer, Policy};
use crate::record::{Names, PERSON, Terms as _, Value};
use crate::session::{PROFILE_LAYER, handle_of, profile_layer, stack};
use crate::text;
use crate::workspace::{Change, Edit, Workspace, new_id, take_away};

#[derive(Args)]
struct Options {
    /// Your full name; without it, what git knows, or your user name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Your handle: what follows @ in the workspace; without it, made from the name.
    #[arg(long, value_name = "HANDLE")]
    handle: Option<String>,
    /// The profile of the policy: what sort of organisation it is. One that is not known is refused with those that are.
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Fill it with the sample: a fictional insurer's reviews after a year of work.
    #[arg(long, conflicts_with_all = ["name", "handle", "profile"])]
    sample: bool,
}

/// The command.
pub fn command() -> Command {
    Options::augment_args(
        Command::new("init").about("Makes a new, empty workspace, and you its owner; or one with the sample in it."),
    )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let options = Options::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))?;
    let path = context.wanted().path()?;
    if options.sample {
        super::demo::fill(&path)?;
        return context.out.line(&format!("The workspace {} holds the sample.", path.display()));
    }
    let owner = Owner::find(options.name.as_deref(), options.handle.as_deref())?;
    make(context, &path, &owner, options.profile.as_deref())?;
    context.out.line(&format!("The workspace {} is ready; you are @{}.", path.display(), owner.handle))?;
    context.out.line("Next: probity, to open the Desk; or probity import inventory FILE, or probity --help.")
}

/// Whose a new workspace is.
struct Owner {
    name: String,
    handle: String,
}

impl Owner {
    fn find(name: Option<&str>, handle: Option<&str>) -> Done<Self> {
        let user = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|variable| env::var(variable).ok());
        let user = user.filter(|user| !user.trim().is_empty());
        let name = match name {
            Some(name) => name.to_owned(),
            None => git_name().or_else(|| user.clone()).unwrap_or_else(|| "Owner".to_owned()),
        };
        let name = text::line(&name).trim().to_owned();
        if name.is_empty() {
            return Err(Failure::Usage("--name: say your name.".to_owned()));
        }
        let handle = match handle {
            Some(handle) => text::line(handle).trim().trim_start_matches('@').to_owned(),
            None => Some(handle_of(&name)).filter(|handle| !handle.is_empty()).or(user).unwrap_or("owner".to_owned()),
        };
        if handle.is_empty() || handle.contains(char::is_whitespace) {
            return Err(Failure::Usage("--handle: a handle is one word, such as lena.".to_owned()));
        }
        Ok(Self { name, handle })
    }
}

/// The name that git signs commits with.
fn git_name() -> Option<String> {
    let output = Process::new("git").args(["config", "user.name"]).stderr(Stdio::null()).output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !name.is_empty()).then_some(name)
}

/// Makes the file with its owner and its profile; takes it away again where that fails.
fn make(context: &Context, path: &Path, owner: &Owner, profile: Option<&str>) -> Done {
    let wanted = context.wanted();
    let own: Vec<(String, String)> =
        profile.map(|name| (PROFILE_LAYER.to_owned(), profile_layer(name))).into_iter().collect();
    let layers: Vec<Layer> = stack(wanted.organisation()?, &own);
    let policy = if layers.is_empty() { Policy::builtin() } else { Policy::from_layers(&layers)? };
    let roles: Vec<String> = policy.names(Names::Role).into_iter().filter(|role| role == "specialist").collect();
    let mut workspace = Workspace::create(path, Arc::new(policy))?;
    let id = new_id(Utc::now());
    let mut edits = vec![Edit::Add {
        kind: &PERSON,
        id: id.clone(),
        fields: vec![
            ("name", owner.name.as_str().into()),
            ("handle", owner.handle.as_str().into()),
            // A specialist, as whoever starts a programme is; the rights of a forum or an executive are given on purpose.
            ("roles", Value::List(roles)),
        ],
    }];
    edits.extend(own.into_iter().map(|(layer, text)| Edit::PutRow {
        table: "policy_layer",
        id: layer,
        columns: vec![("text", text)],
    }));
    let done = workspace.batch(|batch| {
        batch.set_meta("owner", &id)?;
        batch.write(Change::by(&id, edits).called("The workspace was made"))
    });
    if let Err(error) = done {
        drop(workspace);
        take_away(path);
        return Err(error.into());
    }
    Ok(())
}
