//! What a command or the screens work with: the workspace that is meant, the policy it is under, and who is working.
//!
//! Shared by the two floors above everything, so that both find the same file, obey the same policy and write in the
//! same name.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Local, NaiveDate};

use crate::policy::{Layer, Policy, PolicyError};
use crate::record::{Field, Kind, PERSON, Problem, Record, Resolve, Value, parse};
use crate::text;
use crate::workspace::{self, Access, Options, Resolver, Workspace};

/// The row of the workspace's own policy that names its profile.
pub const PROFILE_LAYER: &str = "profile";

/// The row of the workspace's own policy that holds what it decides itself.
pub const OWN_LAYER: &str = "workspace";

/// What is asked for on the command line, in the environment and in the settings; what is not said is found.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The workspace file.
    pub workspace: Option<PathBuf>,
    /// Who is working: a handle, a name or a reference.
    pub person: Option<String>,
    /// The organisation's policy file.
    pub policy: Option<PathBuf>,
    /// To write, or to read only.
    pub access: Access,
    /// A rollback journal instead of a write-ahead log.
    pub rollback_journal: bool,
}

/// Where Probity keeps what is not in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The folder of settings, keys and the organisation's policy.
    pub config: PathBuf,
    /// The folder of workspaces that nobody gave another place.
    pub data: PathBuf,
}

/// Somebody who works in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// The id of the person's record.
    pub id: String,
    /// What follows the @.
    pub handle: String,
    /// The full name.
    pub name: String,
}

/// Why a session cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The workspace cannot be opened.
    #[error(transparent)]
    Workspace(#[from] workspace::Error),
    /// The policy does not load.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// It is not known who is working.
    #[error("{0}")]
    Nobody(String),
    /// The system names no folder for settings and data.
    #[error("{0}")]
    NoPlace(String),
    /// The settings are wrong.
    #[error("{0}")]
    Settings(String),
}

impl From<Error> for workspace::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Workspace(error) => error,
            Error::Policy(error) => Self::Policy(error.to_string()),
            Error::Nobody(message) | Error::NoPlace(message) | Error::Settings(message) => Self::Unresolved(message),
        }
    }
}

impl Places {
    /// The folders: `PROBITY_CONFIG` and `PROBITY_DATA` where they are set, otherwise those that the system gives to
    /// programs.
    ///
    /// # Errors
    /// When the system names none, for want of a home folder.
    pub fn find() -> Result<Self, Error> {
        let said = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let system = directories::ProjectDirs::from("", "", "probity");
        let missing = || {
            Error::NoPlace(
                "The system names no home folder; set PROBITY_CONFIG and PROBITY_DATA to folders of yours.".to_owned(),
            )
        };
        let config = said("PROBITY_CONFIG").or_else(|| system.as_ref().map(|dirs| dirs.config_dir().to_owned()));
        let data = said("PROBITY_DATA").or_else(|| system.as_ref().map(|dirs| dirs.data_dir().to_owned()));
        Ok(Self { config: config.ok_or_else(missing)?, data: data.ok_or_else(missing)? })
    }

    /// The workspace that is meant when nobody says which.
    #[must_use]
    pub fn workspace(&self) -> PathBuf {
        self.data.join("probity.db")
    }

    /// The organisation's policy file, where there is one.
    #[must_use]
    pub fn policy(&self) -> PathBuf {
        self.config.join("policy.toml")
    }
}

impl Wanted {
    /// The workspace file that is meant.
    ///
    /// # Errors
    /// Where none is named and the system names no folder for data.
    pub fn path(&self) -> Result<PathBuf, Error> {
        match &self.workspace {
            Some(path) => Ok(path.clone()),
            None => Ok(Places::find()?.workspace()),
        }
    }

    /// The organisation's layer of policy, where there is one.
    ///
    /// # Errors
    /// Where a file is named that cannot be read.
    pub fn organisation(&self) -> Result<Option<Layer>, Error> {
        if let Some(path) = &self.policy {
            return Ok(Some(Layer::read(path)?));
        }
        let Ok(places) = Places::find() else { return Ok(None) };
        let path = places.policy();
        if path.exists() { Ok(Some(Layer::read(&path)?)) } else { Ok(None) }
    }

    /// The policy that holds where the workspace says nothing of its own.
    ///
    /// # Errors
    /// Where the organisation's file is wrong.
    pub fn policy_outside(&self) -> Result<Policy, Error> {
        layered(&self.organisation()?.into_iter().collect::<Vec<_>>())
    }
}

/// The layers of a workspace around the organisation's: its profile lies under that, what it decides itself over it.
#[must_use]
pub fn stack(organisation: Option<Layer>, own: &[(String, String)]) -> Vec<Layer> {
    let of = |wanted: &str| own.iter().find(|(id, _)| id == wanted).map(|(_, text)| text);
    let profile = of(PROFILE_LAYER).map(|text| Layer::new("the workspace's profile", text));
    let decided = of(OWN_LAYER).map(|text| Layer::new("the workspace's policy", text));
    profile.into_iter().chain(organisation).chain(decided).collect()
}

fn layered(layers: &[Layer]) -> Result<Policy, Error> {
    if layers.is_empty() { Ok(Policy::builtin()) } else { Ok(Policy::from_layers(layers)?) }
}

/// An open workspace under its policy, in somebody's name.
pub struct Session {
    /// The workspace.
    pub workspace: Workspace,
    /// The policy it is under.
    pub policy: Policy,
    /// What was asked for.
    pub wanted: Wanted,
    me: Result<Me, String>,
}

impl Session {
    /// Opens what is asked for.
    ///
    /// # Errors
    /// Where the workspace or the policy cannot be read, or `--as` names nobody.
    pub fn open(wanted: Wanted) -> Result<Self, Error> {
        let path = wanted.path()?;
        Self::open_at(wanted, &path)
    }

    /// Opens the workspace at a place of the program's own choosing, such as the sample's.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_at(wanted: Wanted, path: &Path) -> Result<Self, Error> {
        let organisation = wanted.organisation()?;
        let options = Options { access: wanted.access, rollback_journal: wanted.rollback_journal };
        let mut workspace = Workspace::open(path, options, Arc::new(Policy::builtin()))?;
        let policy = layered(&stack(organisation, &workspace.policy_layers()?))?;
        workspace.work_under(Arc::new(policy.clone()));
        Self::begin(workspace, policy, wanted)
    }

    /// A session in a workspace that is open already.
    ///
    /// # Errors
    /// Where `--as` names nobody.
    pub fn begin(workspace: Workspace, policy: Policy, wanted: Wanted) -> Result<Self, Error> {
        let me = who(&workspace, &wanted)?;
        Ok(Self { workspace, policy, wanted, me })
    }

    /// Reads the workspace's own layers of policy again, and works under the whole from now on.
    ///
    /// # Errors
    /// Where a layer is wrong; the policy that held so far then stays.
    pub fn reload_policy(&mut self) -> Result<(), Error> {
        let policy = layered(&stack(self.wanted.organisation()?, &self.workspace.policy_layers()?))?;
        self.workspace.work_under(Arc::new(policy.clone()));
        self.policy = policy;
        Ok(())
    }

    /// Who is working.
    ///
    /// # Errors
    /// Says that nobody is known, and how to say who.
    pub fn me(&self) -> Result<&Me, Error> {
        self.me.as_ref().map_err(|why| Error::Nobody(why.clone()))
    }

    /// The id of the person who is working, if that is known.
    #[must_use]
    pub fn my_id(&self) -> Option<&str> {
        self.me.as_ref().ok().map(|me| me.id.as_str())
    }

    /// A resolver for which `me` is the person who is working.
    #[must_use]
    pub fn resolver(&self) -> Resolver<'_> {
        self.workspace.resolver(self.my_id())
    }

    /// Reads what was typed for a field.
    ///
    /// # Errors
    /// A problem of this field that says what was expected.
    pub fn parse(&self, field: &Field, typed: &str) -> Result<Value, Problem> {
        parse(field, typed, today(), &self.policy, &self.resolver())
    }

    /// The record of a kind that a text names: a reference, an id, a handle, a title; or the reference of another record
    /// to which exactly one of this kind belongs, as a packet does to its review.
    ///
    /// # Errors
    /// Says that there is none, or that several are meant.
    pub fn record(&self, kind: Kind, named: &str) -> Result<Record, workspace::Error> {
        let unresolved = match self.resolver().id_of(kind, named) {
            Ok(id) => return self.workspace.get(kind, &id),
            Err(why) => workspace::Error::Unresolved(why),
        };
        match self.only_of(kind, named)? {
            Some(record) => Ok(record),
            None => Err(unresolved),
        }
    }

    /// The one record of a kind that belongs to the record with this reference.
    fn only_of(&self, kind: Kind, reference: &str) -> Result<Option<Record>, workspace::Error> {
        let Some(owner) = crate::record::kind_of_reference(reference.trim()) else { return Ok(None) };
        let belongs = kind.fields.iter().find(|field| field.required && field.linked_kind() == Some(owner.name));
        let Some(field) = belongs else { return Ok(None) };
        let Ok(owner) = self.workspace.find(reference.trim()) else { return Ok(None) };
        let query = workspace::Query::all(kind).with(workspace::Condition::Is(field.name, Value::text(owner.id())));
        let mut page = self.workspace.page(&query, None, workspace::Direction::After, 2)?;
        Ok(if page.rows.len() == 1 { page.rows.pop().map(|row| row.record) } else { None })
    }
}

/// The date where the user is.
#[must_use]
pub fn today() -> NaiveDate {
    Local::now().date_naive()
}

fn who(workspace: &Workspace, wanted: &Wanted) -> Result<Result<Me, String>, Error> {
    let person = |id: &str| -> Result<Me, workspace::Error> {
        let record = workspace.get(&PERSON, id)?;
        let text = |field: &str| record.text(field).unwrap_or_default().to_owned();
        Ok(Me { id: id.to_owned(), handle: text("handle"), name: text("name") })
    };
    if let Some(named) = &wanted.person {
        let id = workspace.resolver(None).id_of(&PERSON, named).map_err(|why| Error::Nobody(format!("--as: {why}")))?;
        return Ok(Ok(person(&id)?));
    }
    let unknown = "It is not known who you are in this workspace; say so with --as, such as --as lena.";
    let Some(owner) = workspace.meta("owner")? else { return Ok(Err(unknown.to_owned())) };
    Ok(person(&owner).map_err(|_| unknown.to_owned()))
}

/// A handle out of a name: `Ana Lima` becomes `ana-lima`; empty where the name has no letter or digit.
#[must_use]
pub fn handle_of(name: &str) -> String {
    let mut handle = String::new();
    for c in text::line(name).trim().chars() {
        if c.is_alphanumeric() {
            handle.extend(c.to_lowercase());
        } else if !handle.is_empty() && !handle.ends_with('-') {
            handle.push('-');
        }
    }
    handle.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_lies_under_the_organisation_and_the_workspace_over_it() {
        let own =
            [(OWN_LAYER.to_owned(), "# own".to_owned()), (PROFILE_LAYER.to_owned(), "extends = \"EU\"".to_owned())];
        let names: Vec<String> =
            stack(Some(Layer::new("policy.toml", "")), &own).into_iter().map(|layer| layer.name).collect();
        assert_eq!(names, ["the workspace's profile", "policy.toml", "the workspace's policy"]);
    }

    #[test]
    fn handles_come_from_names() {
        assert_eq!(handle_of("Ana Lima"), "ana-lima");
        assert_eq!(handle_of("  Zoë  O'Neil "), "zoë-o-neil");
        assert_eq!(handle_of("\u{1b}["), "");
    }
}
