//! Risks that come again across systems, and what was found only after a launch: with which control would have caught it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::policy::Policy;
use crate::record::{CHECKLIST_ITEM, RISK, Record, SYSTEM, Value};
use crate::review::kpi::Period;
use crate::workspace::{Condition, Query, Result, Workspace};

/// A risk that comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recurring {
    /// The library pattern's title, or the risk's own where it was drawn from none.
    pub name: String,
    /// The pattern's id, where it is one.
    pub pattern: Option<String>,
    /// The category.
    pub category: String,
    /// In how many systems.
    pub systems: usize,
    /// How many risks.
    pub risks: usize,
    /// Found before a launch.
    pub before: usize,
    /// Found after one.
    pub after: usize,
    /// The teams it was found with.
    pub teams: Vec<String>,
    /// The controls that would catch it: those of the pattern, and those that treated it.
    pub controls: Vec<String>,
    /// The ids of the risks, each with whether it was found after a launch.
    #[serde(skip)]
    pub behind: Vec<(String, bool)>,
}

#[derive(Default)]
struct Group {
    category: String,
    pattern: Option<String>,
    systems: BTreeSet<String>,
    behind: Vec<(String, bool)>,
    controls: BTreeSet<String>,
}

/// The risks that came up in two systems or more, the most frequent first. Risks are told apart by their pattern, and where
/// they were drawn from none, by category and title.
///
/// # Errors
/// When the file cannot be read.
pub fn recurring(workspace: &Workspace, policy: &Policy, period: Option<&Period>) -> Result<Vec<Recurring>> {
    let teams: HashMap<String, String> = workspace
        .pick(&Query::all(&SYSTEM), &["id", "team"])?
        .into_iter()
        .filter_map(|row| {
            Some((row.first()?.as_text()?.to_owned(), row.get(1)?.as_text().unwrap_or_default().to_owned()))
        })
        .collect();
    let fields = ["id", "title", "system", "category", "pattern", "found_phase", "controls", "created_at"];
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for row in workspace.pick(&Query::all(&RISK), &fields)? {
        let [id, title, system, category, pattern, phase, controls, created] = row.as_slice() else { continue };
        let in_time = |period: &Period| created.as_moment().is_some_and(|at| period.holds(at.date_naive()));
        let Some(system) = system.as_text().filter(|_| period.is_none_or(in_time)) else { continue };
        let category = category.as_text().unwrap_or_default();
        let key = match pattern.as_text() {
            Some(pattern) => pattern.to_owned(),
            None => format!("{category}\u{1}{}", title.as_text().unwrap_or_default().trim().to_lowercase()),
        };
        let group = groups.entry(key).or_default();
        group.category = category.to_owned();
        group.pattern = pattern.as_text().map(str::to_owned);
        group.systems.insert(system.to_owned());
        let late = phase.as_text() == Some("post-launch");
        group.behind.push((id.as_text().unwrap_or_default().to_owned(), late));
        group.controls.extend(controls.items().iter().cloned());
    }
    let again = groups.into_iter().filter(|(_, group)| group.systems.len() > 1);
    let mut all: Vec<Recurring> = again
        .map(|(key, mut group)| {
            let known = group.pattern.as_deref().and_then(|id| policy.pattern(id));
            group.controls.extend(known.into_iter().flat_map(|pattern| pattern.controls.clone()));
            let own = key.split('\u{1}').nth(1).unwrap_or(&key).to_owned();
            let (risks, after) = (group.behind.len(), group.behind.iter().filter(|(_, late)| *late).count());
            let teams: BTreeSet<String> = group.systems.iter().filter_map(|id| teams.get(id)).cloned().collect();
            Recurring {
                name: known.map_or(own, |pattern| pattern.title.clone()),
                pattern: group.pattern,
                category: group.category,
                systems: group.systems.len(),
                risks,
                before: risks - after,
                after,
                teams: teams.into_iter().filter(|team| !team.is_empty()).collect(),
                controls: group.controls.into_iter().collect(),
                behind: group.behind,
            }
        })
        .collect();
    all.sort_by(|one, other| (other.systems, other.risks, &one.name).cmp(&(one.systems, one.risks, &other.name)));
    Ok(all)
}

/// A control that would have caught something, and how its items stood in the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caught {
    /// The control's id.
    pub control: String,
    /// Its name.
    pub title: String,
    /// How the items that serve it stood: passed, waived, open …; “not asked” where there was none.
    pub stood: String,
}

/// What was found only after a launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LateFind {
    /// The risk, by reference.
    pub risk: String,
    /// Its title.
    pub title: String,
    /// Its category.
    pub category: String,
    /// The system, by reference.
    pub system: String,
    /// The controls that would have caught it.
    pub caught_by: Vec<Caught>,
}

/// What was found only after a launch, in a period: with which control would have caught it, by the risk's pattern and by
/// what treats it now, and how that control stood in the review.
///
/// # Errors
/// When the file cannot be read.
pub fn late_finds(workspace: &Workspace, policy: &Policy, period: &Period) -> Result<Vec<LateFind>> {
    let query = Query::all(&RISK).with(Condition::Is("found_phase", "post-launch".into()));
    let mut all = Vec::new();
    for risk in workspace.records(&query)? {
        if !risk.get("created_at").as_moment().is_some_and(|at| period.holds(at.date_naive())) {
            continue;
        }
        let pattern = risk.text("pattern").and_then(|id| policy.pattern(id));
        let mut ids: Vec<String> = risk.get("controls").items().to_vec();
        ids.extend(pattern.into_iter().flat_map(|pattern| pattern.controls.clone()));
        ids.sort();
        ids.dedup();
        let items = items_before(workspace, &risk)?;
        let caught_by = ids
            .into_iter()
            .map(|id| Caught {
                title: policy.control(&id).map(|control| control.title.clone()).unwrap_or_default(),
                stood: stood(&items, &id),
                control: id,
            })
            .collect();
        let system = risk.text("system").map(|id| workspace.get(&SYSTEM, id)).transpose()?;
        all.push(LateFind {
            risk: risk.reference().to_owned(),
            title: risk.title().to_owned(),
            category: risk.text("category").unwrap_or_default().to_owned(),
            system: system.map(|system| system.reference().to_owned()).unwrap_or_default(),
            caught_by,
        });
    }
    Ok(all)
}

/// The items of the system's reviews that began before the risk was found.
fn items_before(workspace: &Workspace, risk: &Record) -> Result<Vec<Record>> {
    let Some(system) = risk.text("system") else { return Ok(Vec::new()) };
    let of_system = Condition::Linked("review", Box::new(Condition::Is("system", Value::text(system))));
    let mut items = workspace.records(&Query::all(&CHECKLIST_ITEM).with(of_system))?;
    let found = risk.get("created_at").as_moment();
    items.retain(|item| item.get("created_at").as_moment() <= found);
    Ok(items)
}

fn stood(items: &[Record], control: &str) -> String {
    let mut serving: Vec<&Record> =
        items.iter().filter(|item| item.get("controls").items().iter().any(|id| id == control)).collect();
    // The newest verdict comes first.
    serving.sort_by_key(|item| std::cmp::Reverse(item.get("assessed_at").as_moment()));
    match serving.first() {
        None => "not asked".to_owned(),
        Some(item) => format!("{} ({})", item.text("status").unwrap_or("open"), item.reference()),
    }
}
