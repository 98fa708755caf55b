//! What the fills of templates are given: the records of a review, read once, with links and people in words.

use std::collections::HashMap;

use chrono::NaiveDate;
use minijinja::Value as Jinja;

use crate::policy::Policy;
use crate::record::incident::{self, Clock, ENTRY, MITIGATION};
use crate::record::{
    ACTION, ALERT, ANALYSIS, CHECKLIST_ITEM, DECISION, EVIDENCE, Field, FieldKind, INCIDENT, Kind, LEGAL, PACKET,
    PERSON, RELEASE, REVIEW, RISK, ROUTE, Record, SYSTEM, Value, decision, describe,
};
use crate::review::analysis;
use crate::review::gate::{self, Facts};
use crate::review::operations;
use crate::workspace::{Condition, Label, Query, Result, Workspace};

/// The records that a document is filled from. What there is none of is an empty record, or no records.
pub struct Model {
    pub(super) today: NaiveDate,
    pub(super) system: Record,
    pub(super) review: Record,
    pub(super) release: Record,
    pub(super) packet: Record,
    pub(super) legal: Record,
    pub(super) routes: Vec<Record>,
    pub(super) risks: Vec<Record>,
    pub(super) items: Vec<Record>,
    pub(super) evidence: Vec<Record>,
    pub(super) runs: Vec<Record>,
    /// The figures of runs as tables, by the id of the run.
    tables: HashMap<String, String>,
    pub(super) actions: Vec<Record>,
    pub(super) decisions: Vec<Record>,
    pub(super) incident: Record,
    pub(super) entries: Vec<Record>,
    pub(super) mitigations: Vec<Record>,
    pub(super) alerts: Vec<Record>,
    /// The legal clocks of the incident, the earliest first.
    pub(super) clocks: Vec<Clock>,
    policy: Policy,
    labels: HashMap<String, String>,
}

/// Whether a document is about an incident.
fn is_about(document: &Record, incident: &Record) -> bool {
    document.text("incident") == Some(incident.id())
}

/// What people call a record that another one links to: people by their names.
fn name_of(record: &Record) -> String {
    if record.kind() == &PERSON { record.title().to_owned() } else { Label::of(record).shown() }
}

impl Model {
    fn empty(policy: &Policy, today: NaiveDate) -> Self {
        Self {
            today,
            system: Record::empty(&SYSTEM),
            review: Record::empty(&REVIEW),
            release: Record::empty(&RELEASE),
            packet: Record::empty(&PACKET),
            legal: Record::empty(&LEGAL),
            routes: Vec::new(),
            risks: Vec::new(),
            items: Vec::new(),
            evidence: Vec::new(),
            runs: Vec::new(),
            tables: HashMap::new(),
            actions: Vec::new(),
            decisions: Vec::new(),
            incident: Record::empty(&INCIDENT),
            entries: Vec::new(),
            mitigations: Vec::new(),
            alerts: Vec::new(),
            clocks: Vec::new(),
            policy: policy.clone(),
            labels: HashMap::new(),
        }
    }

    /// The same among records that are at hand, by id: the review's own, in the order of their references.
    #[must_use]
    pub fn among(records: &HashMap<String, Record>, policy: &Policy, document: &Record, today: NaiveDate) -> Self {
        let linked = |from: &Record, field: &str| from.text(field).and_then(|id| records.get(id)).cloned();
        let review = linked(document, "review").unwrap_or_else(|| Record::empty(&REVIEW));
        let number =
            |record: &Record| record.reference().rsplit('-').next().map_or(0, |no| no.parse().unwrap_or(0_u64));
        let own = |kind: Kind| -> Vec<Record> {
            let is_own = |one: &&Record| {
                let counts = kind != &EVIDENCE && kind != &ANALYSIS || !kind.is_closed(one);
                one.kind() == kind && counts && one.text("review").is_some_and(|of| of == review.id())
            };
            let mut own: Vec<Record> = records.values().filter(is_own).cloned().collect();
            own.sort_by_key(number);
            own
        };
        let mut decisions = own(&DECISION);
        decisions.retain(|one| decision::is_live(one, today));
        let first = |kind: Kind| own(kind).pop().unwrap_or_else(|| Record::empty(kind));
        let system = linked(document, "system").or_else(|| linked(&review, "system"));
        let release = linked(document, "release").or_else(|| linked(&review, "release"));
        let mut model = Self {
            system: system.unwrap_or_else(|| Record::empty(&SYSTEM)),
            release: release.unwrap_or_else(|| Record::empty(&RELEASE)),
            packet: first(&PACKET),
            legal: first(&LEGAL),
            routes: own(&ROUTE),
            risks: own(&RISK),
            items: own(&CHECKLIST_ITEM),
            evidence: own(&EVIDENCE),
            runs: own(&ANALYSIS),
            actions: own(&ACTION),
            decisions,
            ..Self::empty(policy, today)
        };
        if let Some(incident) = records.values().find(|one| one.kind() == &INCIDENT && is_about(document, one)) {
            let of = |kind: Kind| -> Vec<Record> {
                let is_of = |one: &&Record| one.kind() == kind && one.text("incident") == Some(incident.id());
                let mut all: Vec<Record> = records.values().filter(is_of).cloned().collect();
                all.sort_by_key(number);
                all
            };
            model.take_incident(incident.clone(), of(&ENTRY), of(&MITIGATION), of(&ALERT));
        }
        model.labels = records.iter().map(|(id, record)| (id.clone(), name_of(record))).collect();
        model.review = review;
        model
    }

    /// Reads what a document with these links is filled from: its review, or its system alone where it names no review.
    ///
    /// # Errors
    /// When the file cannot be read, or a rule of the policy cannot be applied.
    pub fn read(workspace: &Workspace, policy: &Policy, document: &Record, today: NaiveDate) -> Result<Self> {
        let linked = |kind: Kind, field: &str| -> Result<Record> {
            document.text(field).map_or_else(|| Ok(Record::empty(kind)), |id| workspace.get(kind, id))
        };
        let release = linked(&RELEASE, "release")?;
        let mut model = Self {
            system: linked(&SYSTEM, "system")?,
            review: linked(&REVIEW, "review")?,
            release,
            ..Self::empty(policy, today)
        };
        if !model.review.id().is_empty() {
            let release = Some(model.release.clone()).filter(|release| !release.id().is_empty());
            let facts = gate::facts(workspace, policy, model.review.clone(), release, today)?;
            model.take(facts);
            for run in &model.runs {
                if let Some(report) = analysis::report_of(workspace, run)? {
                    model.tables.insert(run.id().to_owned(), analysis::tables(&report));
                }
            }
            let legal = Query::all(&LEGAL).with(Condition::Is("review", Value::text(model.review.id())));
            if let Some(legal) = workspace.records(&legal)?.pop() {
                model.legal = legal;
            }
            if model.system.id().is_empty()
                && let Some(system) = model.review.text("system")
            {
                model.system = workspace.get(&SYSTEM, system)?;
            }
        }
        if let Some(incident) = document.text("incident") {
            let whole = operations::incident::whole(workspace, workspace.get(&INCIDENT, incident)?)?;
            let follows = Query::all(&ACTION).with(Condition::Is("source", Value::text(whole.incident.reference())));
            for action in workspace.records(&follows)? {
                if !model.actions.iter().any(|known| known.id() == action.id()) {
                    model.actions.push(action);
                }
            }
            model.take_incident(whole.incident, whole.entries, whole.mitigations, whole.alerts);
        }
        model.label(workspace)?;
        Ok(model)
    }

    fn take(&mut self, facts: Facts) {
        self.review = facts.review;
        if let Some(release) = facts.release {
            self.release = release;
        }
        self.packet = facts.packet;
        self.routes = facts.routes;
        self.risks = facts.risks;
        self.items = facts.items;
        self.actions = facts.actions;
        let counts = |one: &Record| !EVIDENCE.is_closed(one);
        self.evidence = facts.evidence.into_iter().filter(counts).collect();
        let holds = |one: &Record| decision::is_live(one, self.today);
        self.runs = facts.runs;
        self.decisions = facts.decisions.into_iter().map(|(one, _)| one).filter(holds).collect();
    }

    /// Takes in the incident that a document is about, in the order of its timeline.
    fn take_incident(
        &mut self,
        incident: Record,
        mut entries: Vec<Record>,
        mitigations: Vec<Record>,
        alerts: Vec<Record>,
    ) {
        entries.sort_by_key(|entry| entry.get("at").as_moment());
        self.clocks = incident::clocks(&incident, &entries, &self.policy);
        // What follows from it is an action of it, whatever review it belongs to.
        self.actions
            .retain(|action| action.text("source") == Some(incident.reference()) || action.get("source").is_empty());
        (self.incident, self.entries, self.mitigations, self.alerts) = (incident, entries, mitigations, alerts);
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        let lists =
            [&self.routes, &self.risks, &self.items, &self.evidence, &self.runs, &self.actions, &self.decisions];
        let lists = lists.into_iter().chain([&self.entries, &self.mitigations, &self.alerts]);
        let single = [&self.system, &self.review, &self.release, &self.packet, &self.legal, &self.incident];
        single.into_iter().chain(lists.flatten())
    }

    /// What people call the records that these link to: people by their names.
    fn label(&mut self, workspace: &Workspace) -> Result<()> {
        let mut labels = HashMap::new();
        for label in workspace.labels(self.records())?.into_values() {
            labels.insert(label.id.clone(), label.shown());
        }
        for record in self.records() {
            for (field, value) in record.fields() {
                if let (FieldKind::Link("person"), Some(id)) = (field.kind, value.as_text()) {
                    labels.insert(id.to_owned(), workspace.get(&PERSON, id)?.title().to_owned());
                }
            }
        }
        self.labels = labels;
        Ok(())
    }

    /// What a record says, by field, as templates see it: what is private left out, what says nothing as none.
    pub(super) fn said(&self, record: &Record) -> Vec<(&'static str, Jinja)> {
        let fields = record.fields().filter(|(field, _)| !field.private);
        let mut said: Vec<(&'static str, Jinja)> =
            fields.map(|(field, value)| (field.name, self.value(field, value))).collect();
        // What the results of a run come to stands in no field of it.
        if record.kind() == &ANALYSIS {
            said.push(("table", self.tables.get(record.id()).map_or(Jinja::from(()), Jinja::from)));
        }
        said
    }

    fn value(&self, field: &'static Field, value: &Value) -> Jinja {
        if value.is_empty() {
            return Jinja::from(());
        }
        match value {
            Value::List(items) => Jinja::from(items.clone()),
            Value::Number(number) if !matches!(field.kind, FieldKind::Step(_)) => Jinja::from(*number),
            Value::Flag(flag) => Jinja::from(*flag),
            // A timeline is told to the minute.
            Value::Moment(moment) if matches!(field.name, "at" | "detected_at" | "put_in_at" | "raised_at") => {
                Jinja::from(moment.format("%Y-%m-%d %H:%M UTC").to_string())
            }
            Value::Moment(moment) => Jinja::from(moment.date_naive().to_string()),
            value => Jinja::from(describe(field, value, &self.policy, &|id| self.labels.get(id).cloned())),
        }
    }
}
