//! Coverage of a framework: for each of its requirements, the controls that answer to it and how their checklist items
//! stand, for one system or for the programme. Counted by the database, not by loading records.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::policy::{Control, Framework, Policy};
use crate::record::{CHECKLIST_ITEM, Record, Value};
use crate::workspace::{Condition, ControlCount, Query, Result, Workspace};

/// How a requirement stands: the first of these that one of its controls gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// An item failed, or its waiver has run out.
    Failed,
    /// An item passed, and none failed.
    Passed,
    /// An item is waived, and none passed or failed.
    Waived,
    /// Items were looked at, and none is applicable.
    NotApplicable,
    /// It has a control that nobody has assessed.
    NeverAssessed,
    /// No control answers to it.
    NoControl,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Failed, Self::Passed, Self::Waived, Self::NotApplicable, Self::NeverAssessed, Self::NoControl];

    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Passed => "passed",
            Self::Waived => "waived",
            Self::NotApplicable => "not applicable",
            Self::NeverAssessed => "never assessed",
            Self::NoControl => "no control",
        }
    }
}

/// How a control stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The control's id.
    pub control: String,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: State,
    /// How many of its items passed.
    pub passed: u64,
    /// How many failed, waivers that have run out included.
    pub failed: u64,
    /// How many are waived.
    pub waived: u64,
    /// How many are not applicable.
    pub not_applicable: u64,
    /// How many are open.
    pub open: u64,
}

/// A requirement with how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Its identifier.
    pub id: String,
    /// What it asks for.
    pub summary: String,
    /// The part of the framework in which it stands.
    pub group: Option<String>,
    /// Whether it was confirmed.
    pub confirmed: bool,
    /// How it stands.
    pub state: State,
    /// The controls that answer to it.
    pub controls: Vec<Standing>,
}

/// How far a requirement is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Degree {
    /// All of its controls that apply were looked at and passed.
    Covered,
    /// Some of its controls passed or were waived, and others were not looked at.
    Partly,
    /// A control of it failed, none was looked at, or there is none.
    Gap,
    /// None of its controls is applicable.
    Outside,
}

impl Degree {
    /// What people call it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Partly => "partly",
            Self::Gap => "gap",
            Self::Outside => "outside",
        }
    }
}

impl Covered {
    /// How far it is covered, by all of its controls.
    #[must_use]
    pub fn degree(&self) -> Degree {
        let passes = |control: &Standing| matches!(control.state, State::Passed | State::NotApplicable);
        match self.state {
            State::Failed | State::NeverAssessed | State::NoControl => Degree::Gap,
            State::NotApplicable if self.controls.iter().all(passes) => Degree::Outside,
            State::Passed if self.controls.iter().all(passes) => Degree::Covered,
            State::Passed | State::Waived | State::NotApplicable => Degree::Partly,
        }
    }
}

/// The coverage of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The framework's id.
    pub framework: String,
    /// What people call it.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Where the catalogue was taken from.
    pub source: String,
    /// When that was checked.
    pub checked_on: String,
    /// The system, by reference; none for the programme.
    pub system: Option<String>,
    /// Each requirement.
    pub requirements: Vec<Covered>,
}

impl Coverage {
    /// How many requirements stand so.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.requirements.iter().filter(|one| one.state == state).count()
    }

    /// How many requirements are covered so far.
    #[must_use]
    pub fn degree(&self, degree: Degree) -> usize {
        self.requirements.iter().filter(|one| one.degree() == degree).count()
    }

    /// How many requirements have at least one control that stands so. A requirement with several controls may count under
    /// several states.
    #[must_use]
    pub fn with_a_control(&self, state: State) -> usize {
        self.requirements.iter().filter(|one| one.controls.iter().any(|control| control.state == state)).count()
    }

    /// The counts in words: `12 failed, 40 passed, …`; states that nothing has are left out.
    #[must_use]
    pub fn in_words(&self) -> String {
        let counted = State::ALL.iter().map(|state| (self.count(*state), state.word()));
        counted
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// The coverage of frameworks on a day, for a system or for the programme. Frameworks that only classify have none.
///
/// # Errors
/// When the file cannot be read.
pub fn coverage(
    workspace: &Workspace,
    policy: &Policy,
    frameworks: &[&Framework],
    system: Option<&Record>,
    today: NaiveDate,
) -> Result<Vec<Coverage>> {
    let counts = workspace.control_counts(system.map(Record::id), today)?;
    let mut of: HashMap<&str, Vec<&ControlCount>> = HashMap::new();
    for count in &counts {
        of.entry(&count.control).or_default().push(count);
    }
    let standing = |control: &Control| stand(control, of.get(control.id.as_str()).map_or(&[], Vec::as_slice));
    let covered = |framework: &&Framework| Coverage {
        framework: framework.id.clone(),
        title: framework.title.clone(),
        version: framework.version.clone(),
        source: framework.source.clone(),
        checked_on: framework.checked_on.clone(),
        system: system.map(|system| system.reference().to_owned()),
        requirements: framework
            .requirements
            .iter()
            .map(|demand| {
                let answering = policy.controls_for(framework, &demand.id);
                let controls: Vec<Standing> = answering.into_iter().map(standing).collect();
                Covered {
                    id: demand.id.clone(),
                    summary: demand.summary.clone(),
                    group: demand.group.clone(),
                    confirmed: demand.confirmed,
                    state: controls.iter().map(|control| control.state).min().unwrap_or(State::NoControl),
                    controls,
                }
            })
            .collect(),
    };
    Ok(frameworks.iter().filter(|framework| framework.kind != "areas").map(covered).collect())
}

fn stand(control: &Control, counts: &[&ControlCount]) -> Standing {
    let of = |standing: &str| counts.iter().filter(|count| count.standing == standing).map(|count| count.items).sum();
    let (failed, passed, waived) = (of("fail"), of("pass"), of("waived"));
    let (not_applicable, open): (u64, u64) = (of("not applicable"), of("open"));
    let state = match () {
        () if failed > 0 => State::Failed,
        () if passed > 0 => State::Passed,
        () if waived > 0 => State::Waived,
        () if open == 0 && not_applicable > 0 => State::NotApplicable,
        () => State::NeverAssessed,
    };
    let (id, title) = (control.id.clone(), control.title.clone());
    Standing { control: id, title, state, passed, failed, waived, not_applicable, open }
}

/// The checklist items that serve one of these controls, of a system or of all.
#[must_use]
pub fn serving_query(controls: &[String], system: Option<&str>) -> Query {
    let any = controls.iter().map(|control| Condition::Contains("controls", format!("\"{control}\""))).collect();
    let mut query = Query::all(&CHECKLIST_ITEM).with(Condition::Any(any));
    if let Some(system) = system {
        let of = Condition::Is("system", Value::text(system));
        query = query.with(Condition::Linked("review", Box::new(of)));
    }
    query
}

/// The checklist items that serve one of these controls, of a system or of all, the newest review first; at most `most`.
///
/// # Errors
/// When the file cannot be read.
pub fn serving(workspace: &Workspace, controls: &[String], system: Option<&str>, most: usize) -> Result<Vec<Record>> {
    let query = serving_query(controls, system);
    let page = workspace.page(&query, None, crate::workspace::Direction::After, most)?;
    Ok(page.rows.into_iter().map(|row| row.record).collect())
}
