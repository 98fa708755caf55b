//! What the gate judges: everything about a review that its checks ask for, read once.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::policy::Policy;
use crate::record::{
    ACTION, ALERT, ANALYSIS, CHECKLIST, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, INCIDENT, Kind, PERSON, RELEASE,
    RISK, ROUTE, Record, SIGNAL, Value,
};
use crate::review::decide::{self, State};
use crate::review::evidence::{Standing, Subject, newest, standing};
use crate::review::triage::{self, Triage};
use crate::workspace::{Condition, Error, Query, Result, Workspace};

/// The facts of a review.
pub struct Facts {
    /// The day on which it is judged.
    pub today: NaiveDate,
    /// The review.
    pub review: Record,
    /// The release that may launch or not: the review's own, or the one that was asked about.
    pub release: Option<Record>,
    /// What evidence must be about.
    pub subject: Subject,
    /// The packet; one that says nothing, where there is none.
    pub packet: Record,
    /// What the answers call for.
    pub triage: Triage,
    /// The routes.
    pub routes: Vec<Record>,
    /// The checklists.
    pub checklists: Vec<Record>,
    /// Their items.
    pub items: Vec<Record>,
    /// The review's risks, and those of its system that belong to no review.
    pub risks: Vec<Record>,
    /// The actions.
    pub actions: Vec<Record>,
    /// Evidence that counts: the review's own, that of its system that belongs to no review, and that of the system's other
    /// reviews which is bound to the same model version.
    pub evidence: Vec<Record>,
    /// Documents that count, by the same rule.
    pub documents: Vec<Record>,
    /// Analysis runs of the review that no later one took the place of.
    pub runs: Vec<Record>,
    /// Evidence that items name, by the reference that they name: the newest version of it.
    pub cited: HashMap<String, Record>,
    /// The signals that watch the system, retired ones left out.
    pub signals: Vec<Record>,
    /// Incidents that came of what the review let launch, each with the alerts that belong to it.
    pub incidents: Vec<(Record, Vec<Record>)>,
    /// Decisions on the review, its risks and its items, the oldest first, and how each stands.
    pub decisions: Vec<(Record, State)>,
    /// The handles of the people who hold an office in it, by id.
    pub handles: HashMap<String, String>,
}

impl Facts {
    /// Whether evidence still holds for what is under review.
    #[must_use]
    pub fn standing(&self, policy: &Policy, evidence: &Record) -> Standing {
        standing(policy, evidence, &self.subject, self.today)
    }

    /// What people call somebody: the handle, or nobody.
    #[must_use]
    pub fn who(&self, id: Option<&str>) -> String {
        id.and_then(|id| self.handles.get(id)).map_or_else(|| "nobody".to_owned(), |handle| format!("@{handle}"))
    }

    /// Whether triage finds this kind of document necessary, and why.
    #[must_use]
    pub fn document(&self, kind: &str) -> Option<&triage::Need> {
        self.triage.documents.iter().find(|need| need.what == kind)
    }
}

/// Reads the facts of a review, for its own release or for another one of its system.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn facts(
    workspace: &Workspace,
    policy: &Policy,
    review: Record,
    release: Option<Record>,
    today: NaiveDate,
) -> Result<Facts> {
    let release = match (release, review.text("release")) {
        (Some(release), _) => Some(release),
        (None, Some(id)) => Some(workspace.get(&RELEASE, id)?),
        (None, None) => None,
    };
    let subject = Subject::of_review(workspace, &review, release.as_ref())?;
    let inputs = triage::inputs(workspace, review)?;
    let triage = inputs.case(policy).assess().map_err(|error| Error::Policy(error.to_string()))?;
    let triage::Inputs { review, packet, .. } = inputs;
    let of = |kind: Kind| workspace.records(&Query::all(kind).with(Condition::Is("review", Value::text(review.id()))));
    let items = of(&CHECKLIST_ITEM)?;
    let own_decisions = of(&DECISION)?;
    let mut facts = Facts {
        today,
        routes: of(&ROUTE)?,
        checklists: of(&CHECKLIST)?,
        risks: of(&RISK)?,
        actions: of(&ACTION)?,
        evidence: handed_in(workspace, &EVIDENCE, &review, &subject)?,
        documents: handed_in(workspace, &DOCUMENT, &review, &subject)?,
        runs: of(&ANALYSIS)?.into_iter().filter(|run| !ANALYSIS.is_closed(run)).collect(),
        cited: HashMap::new(),
        signals: Vec::new(),
        incidents: Vec::new(),
        decisions: Vec::new(),
        handles: HashMap::new(),
        release,
        subject,
        packet,
        triage,
        items,
        review,
    };
    if let Some(system) = facts.review.text("system") {
        let loose = Query::all(&RISK)
            .with(Condition::Is("system", Value::text(system)))
            .with(Condition::Is("review", Value::Empty));
        facts.risks.extend(workspace.records(&loose)?);
        let watching = Query::open(&SIGNAL).with(Condition::Is("system", Value::text(system)));
        facts.signals = workspace.records(&watching)?;
    }
    let came_of_it = Query::all(&INCIDENT).with(Condition::Is("review", Value::text(facts.review.id())));
    for incident in workspace.records(&came_of_it)? {
        let alerts = Query::all(&ALERT).with(Condition::Is("incident", Value::text(incident.id())));
        facts.incidents.push((incident, workspace.records(&alerts)?));
    }
    for reference in facts.items.iter().flat_map(|item| item.get("evidence").items()) {
        if !facts.cited.contains_key(reference) {
            // Evidence that was deleted since is as good as none.
            match workspace.find(reference) {
                Ok(found) => {
                    facts.cited.insert(reference.clone(), newest(workspace, found)?);
                }
                Err(Error::NoRecord(..)) => {}
                Err(other) => return Err(other),
            }
        }
    }
    facts.decisions = decisions(workspace, &facts, own_decisions)?;
    let offices = facts.routes.iter().map(|route| (route, "reviewer"));
    let offices = offices.chain(facts.actions.iter().map(|action| (action, "owner")));
    let offices = offices.chain(facts.risks.iter().map(|risk| (risk, "owner"))).chain([(&facts.review, "reviewer")]);
    let offices = offices.chain(facts.documents.iter().map(|document| (document, "reviewer")));
    let offices = offices.chain(facts.decisions.iter().map(|(decision, _)| (decision, "decided_by")));
    let mut ids: Vec<String> = offices.filter_map(|(record, field)| record.text(field)).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    for some in ids.chunks(200) {
        facts.handles.extend(workspace.labels_of(&PERSON, some)?.into_iter().map(|label| (label.id, label.title)));
    }
    Ok(facts)
}

/// The decisions that count for a review with how each stands: its own, and those on risks that belong to no review.
fn decisions(workspace: &Workspace, facts: &Facts, mut own: Vec<Record>) -> Result<Vec<(Record, State)>> {
    for risk in facts.risks.iter().filter(|risk| risk.get("review").is_empty()) {
        let on = Query::all(&DECISION).with(Condition::Is("subject", Value::text(risk.reference())));
        own.extend(workspace.records(&on)?);
    }
    let look = workspace.look();
    Ok(own
        .into_iter()
        .map(|one| {
            let state = decide::state(&look, &one, facts.today);
            (one, state)
        })
        .collect())
}

/// The evidence, or the documents, that count for a review, the newest first.
fn handed_in(workspace: &Workspace, kind: Kind, review: &Record, subject: &Subject) -> Result<Vec<Record>> {
    let mut all = match review.text("system") {
        Some(system) => workspace.records(&Query::all(kind).with(Condition::Is("system", Value::text(system))))?,
        None => Vec::new(),
    };
    for own in workspace.records(&Query::all(kind).with(Condition::Is("review", Value::text(review.id()))))? {
        if !all.iter().any(|known| known.id() == own.id()) {
            all.push(own);
        }
    }
    all.retain(|one| match one.text("review") {
        Some(other) if other != review.id() => {
            one.text("model_version").is_some() && one.text("model_version") == subject.model_version.as_deref()
        }
        _ => true,
    });
    all.reverse();
    Ok(all)
}
