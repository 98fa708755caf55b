//! What a command or the screens work with: the workspace that is meant, the policy it is under, and who is working.
//!
//! Shared by the two floors above everything, so that both find the same file, obey the same policy and write in the
//! same name.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Local, NaiveDate, Utc};

use crate::policy::{Layer, Policy, PolicyError};
use crate::record::decision::POLICY_CHANGE;
use crate::record::{Field, Kind, PERSON, Problem, Record, Resolve, Value, parse};
use crate::review::decide::{self, Ask};
use crate::review::document::Library;
use crate::review::kpi;
use crate::text;
use crate::tui::settings::{Journal, Settings, default_file};
use crate::workspace::{self, Access, Change, Edit, Options, Resolver, Workspace};

/// The row of the workspace's own policy that names its profile.
pub const PROFILE_LAYER: &str = "profile";

pub use crate::review::operations::take::OWN_LAYER;

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
    /// Without what the organisation's policy and the settings say: the sample stands for itself.
    pub alone: bool,
}

/// The row of the facts about a workspace that marks it as the sample.
pub const SAMPLE: &str = "sample";

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

/// The folder of workspaces that nobody gave another place: `PROBITY_DATA`, otherwise the one that the system gives to
/// programs.
///
/// # Errors
/// When the system names none, for want of a home folder.
pub fn data_folder() -> Result<PathBuf, Error> {
    if let Some(folder) = env::var_os("PROBITY_DATA").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    let folders = directories::ProjectDirs::from("", "", "probity");
    folders.map(|folders| folders.data_dir().to_owned()).ok_or_else(|| {
        let why =
            "The system names no home folder; name a workspace with --workspace, or set PROBITY_DATA to a folder.";
        Error::NoPlace(why.to_owned())
    })
}

/// The user's settings.
///
/// # Errors
/// Where the file is wrong: names the line.
pub fn settings() -> Result<Settings, Error> {
    match default_file() {
        Some(file) => Settings::load(&file).map_err(|fault| Error::Settings(fault.to_string())),
        None => Ok(Settings::default()),
    }
}

/// A path of the settings, in which `~/` is the home folder.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), directories::BaseDirs::new()) {
        (Ok(rest), Some(folders)) => folders.home_dir().join(rest),
        _ => path.to_owned(),
    }
}

impl Wanted {
    /// The workspace file that is meant: the one named, the one in the settings, or `probity.db` in the data folder.
    ///
    /// # Errors
    /// Where none is named and the system names no folder for data, or the settings are wrong.
    pub fn path(&self) -> Result<PathBuf, Error> {
        if let Some(path) = &self.workspace {
            return Ok(path.clone());
        }
        match settings()?.workspace {
            Some(path) => Ok(at_home(&path)),
            None => Ok(data_folder()?.join("probity.db")),
        }
    }

    /// The templates of documents: the shipped ones, and over them those in the folder `documents` beside the settings. Reads
    /// nothing yet.
    #[must_use]
    pub fn library(&self) -> Library {
        let folder = default_file().filter(|_| !self.alone).map(|file| file.with_file_name("documents"));
        Library::new(folder)
    }

    /// The organisation's layer of policy: the file named, or `policy.toml` beside the settings, if there is one.
    ///
    /// # Errors
    /// Where a file is named that cannot be read.
    pub fn organisation(&self) -> Result<Option<Layer>, Error> {
        if self.alone {
            return Ok(None);
        }
        if let Some(path) = &self.policy {
            return Ok(Some(Layer::read(path)?));
        }
        let beside = default_file().map(|file| file.with_file_name("policy.toml")).filter(|path| path.exists());
        Ok(beside.map(|path| Layer::read(&path)).transpose()?)
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
    Ok(of_layers(layers)?)
}

fn of_layers(layers: &[Layer]) -> Result<Policy, PolicyError> {
    if layers.is_empty() { Ok(Policy::builtin()) } else { Policy::from_layers(layers) }
}

/// The policy that holds where a workspace's own layers, by id and text, are these.
pub type Policies = Arc<dyn Fn(&[(String, String)]) -> Result<Policy, PolicyError> + Send + Sync>;

/// The policies that a workspace was under, each from when on, by the history of its own layers; a layer that does not load any
/// more counts as the policy of now.
///
/// # Errors
/// When the file cannot be read.
pub fn policies_over_time(
    workspace: &Workspace,
    policies: &Policies,
    now: &Policy,
) -> Result<kpi::Policies, workspace::Error> {
    let states = workspace.policy_layers_over_time()?;
    let version = |(from, own): workspace::Layers| (from, policies(&own).unwrap_or_else(|_| now.clone()));
    Ok(kpi::Policies::over_time(now, states.into_iter().map(version).collect()))
}

/// The policies that workspaces are under where the organisation's layer is this one.
#[must_use]
pub fn policies(organisation: Option<Layer>) -> Policies {
    Arc::new(move |own| of_layers(&stack(organisation.clone(), own)))
}

/// Puts a workspace under the policies that its own layers make, whenever these change.
pub fn govern(workspace: &mut Workspace, policies: &Policies) {
    let policies = policies.clone();
    workspace.governed_by(Arc::new(move |own| match policies(own) {
        Ok(policy) => Ok(Arc::new(policy)),
        Err(error) => Err(workspace::Error::Policy(error.to_string())),
    }));
}

/// The profile that a workspace's own layers name; none where they name none.
#[must_use]
pub fn profile_of(own: &[(String, String)]) -> Option<String> {
    let (_, text) = own.iter().find(|(id, _)| id == PROFILE_LAYER)?;
    let table: toml::Table = text.parse().ok()?;
    table.get("extends")?.as_str().map(str::to_owned)
}

/// The layer that names a profile.
#[must_use]
pub fn profile_layer(name: &str) -> String {
    format!("extends = {}\n", toml::Value::from(name))
}

/// A workspace's own layers with another profile, or with none.
#[must_use]
pub fn with_profile(own: &[(String, String)], name: Option<&str>) -> Vec<(String, String)> {
    let mut layers: Vec<(String, String)> = own.iter().filter(|(id, _)| id != PROFILE_LAYER).cloned().collect();
    layers.extend(name.map(|name| (PROFILE_LAYER.to_owned(), profile_layer(name))));
    layers
}

/// The edits that put a workspace under another profile, or under none.
fn profile_edits(name: Option<&str>) -> Vec<Edit> {
    let (table, id) = ("policy_layer", PROFILE_LAYER.to_owned());
    vec![match name {
        Some(name) => Edit::PutRow { table, id, columns: vec![("text", profile_layer(name))] },
        None => Edit::DropRow { table, id },
    }]
}

/// The decision to put a workspace under another profile, or under none.
#[must_use]
pub fn profile_ask(name: Option<&str>, why: &str) -> Ask {
    let outcome = format!("Profile {}", name.unwrap_or("default"));
    Ask { outcome, ..Ask::new(POLICY_CHANGE, None, why) }
}

/// The change that puts a workspace under another profile, or under none: the decision with its effect.
///
/// # Errors
/// When the file cannot be read.
pub fn profile_change(
    workspace: &Workspace,
    by: &str,
    name: Option<&str>,
    why: &str,
) -> Result<Change, workspace::Error> {
    let ask = profile_ask(name, why);
    let mut edits = decide::decide(workspace, &ask, Utc::now())?;
    edits.extend(profile_edits(name));
    let what = format!("The profile is now {}", name.unwrap_or("the default"));
    Ok(Change::by(by, edits).because(why).called(what))
}

/// That somebody may put the workspace under another profile, asked before anything is shown or typed.
///
/// # Errors
/// Why not, by which rule, and who may.
pub fn may_change_profile(workspace: &Workspace, by: &str, name: Option<&str>) -> Result<(), workspace::Error> {
    let ask = profile_ask(name, "");
    let standing = decide::may(workspace, &ask, by, Utc::now());
    standing.map(|_| ()).map_err(|refusal| {
        let what = format!("The profile {}", name.unwrap_or("default"));
        workspace::Error::NoRight { what, refusal }
    })
}

/// An open workspace under its policy, in somebody's name.
pub struct Session {
    /// The workspace.
    pub workspace: Workspace,
    /// The policy it is under.
    pub policy: Policy,
    /// What was asked for.
    pub wanted: Wanted,
    /// The user's settings.
    pub settings: Settings,
    /// The policies that follow from the workspace's own layers.
    pub policies: Policies,
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
        let settings = settings()?;
        let organisation = wanted.organisation()?;
        let options = options(&wanted, &settings);
        let mut workspace = Workspace::open(path, options, Arc::new(Policy::builtin()))?;
        let policies = policies(organisation);
        let policy = policies(&workspace.policy_layers()?)?;
        workspace.work_under(Arc::new(policy.clone()));
        govern(&mut workspace, &policies);
        let me = who(&workspace, &wanted, &settings)?;
        Ok(Self { workspace, policy, wanted, settings, policies, me })
    }

    /// How the workspace was opened, for opening it once more.
    #[must_use]
    pub fn options(&self) -> Options {
        options(&self.wanted, &self.settings)
    }

    /// Reads the workspace's own layers of policy again, and works under the whole from now on.
    ///
    /// # Errors
    /// Where a layer is wrong; the policy that held so far then stays.
    pub fn reload_policy(&mut self) -> Result<(), Error> {
        let policy = (self.policies)(&self.workspace.policy_layers()?)?;
        self.workspace.work_under(Arc::new(policy.clone()));
        self.policy = policy;
        Ok(())
    }

    /// The policies that the workspace was under, by its own layers as the history tells them. The organisation's file is
    /// taken as it is now: it has no history here. A layer of then that no longer loads is taken as it is now too.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn policies_over_time(&self) -> Result<kpi::Policies, Error> {
        Ok(policies_over_time(&self.workspace, &self.policies, &self.policy)?)
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

    /// The templates of documents, as [`Wanted::library`].
    #[must_use]
    pub fn library(&self) -> Library {
        self.wanted.library()
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

fn options(wanted: &Wanted, settings: &Settings) -> Options {
    Options { access: wanted.access, rollback_journal: settings.journal == Journal::Rollback }
}

/// Who is working: the person named, the one in the settings, or the workspace's owner. Somebody whose settings name a
/// person that this workspace does not know is nobody here, lest their work be written down as the owner's; but in the
/// sample, everybody is its owner.
fn who(workspace: &Workspace, wanted: &Wanted, settings: &Settings) -> Result<Result<Me, String>, Error> {
    let person = |id: &str| -> Result<Me, workspace::Error> {
        let record = workspace.get(&PERSON, id)?;
        let text = |field: &str| record.text(field).unwrap_or_default().to_owned();
        Ok(Me { id: id.to_owned(), handle: text("handle"), name: text("name") })
    };
    let named = |text: &str| workspace.resolver(None).id_of(&PERSON, text);
    if let Some(asked) = &wanted.person {
        return Ok(Ok(person(&named(asked).map_err(|why| Error::Nobody(format!("--as: {why}")))?)?));
    }
    let sample = workspace.meta(SAMPLE)?.is_some();
    if let Some(me) = settings.me.as_ref().filter(|me| !wanted.alone && !me.trim().is_empty()) {
        match named(me) {
            Ok(id) => return Ok(Ok(person(&id)?)),
            Err(why) if !sample => {
                return Ok(Err(format!("`me` in the settings: {why} Or say who you are with --as.")));
            }
            Err(_) => {}
        }
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
