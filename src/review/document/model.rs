//! What the fills of templates are given: the records of a review, read once, with links and people in words.

use std::collections::HashMap;

use chrono::NaiveDate;
use minijinja::Value as Jinja;

use crate::policy::Policy;
use crate::record::{
    DOCUMENT, Field, FieldKind, Kind, LEGAL, PACKET, PERSON, RELEASE, REVIEW, Record, SYSTEM, Value, decision, describe,
};
use crate::review::gate::{self, Facts};
use crate::workspace::{Condition, Query, Result, Workspace};

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
    pub(super) actions: Vec<Record>,
    pub(super) decisions: Vec<Record>,
    policy: Policy,
    labels: HashMap<String, String>,
}

impl Model {
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
            today,
            system: linked(&SYSTEM, "system")?,
            review: linked(&REVIEW, "review")?,
            packet: Record::empty(&PACKET),
            legal: Record::empty(&LEGAL),
            routes: Vec::new(),
            risks: Vec::new(),
            items: Vec::new(),
            evidence: Vec::new(),
            actions: Vec::new(),
            decisions: Vec::new(),
            policy: policy.clone(),
            labels: HashMap::new(),
            release,
        };
        if !model.review.id().is_empty() {
            let release = Some(model.release.clone()).filter(|release| !release.id().is_empty());
            let facts = gate::facts(workspace, policy, model.review.clone(), release, today)?;
            model.take(facts);
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
        let counts = |one: &Record| one.kind() != &DOCUMENT && !one.kind().is_closed(one);
        self.evidence = facts.evidence.into_iter().filter(counts).collect();
        let holds = |one: &Record| decision::is_live(one, self.today);
        self.decisions = facts.decisions.into_iter().map(|(one, _)| one).filter(holds).collect();
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        let lists = [&self.routes, &self.risks, &self.items, &self.evidence, &self.actions, &self.decisions];
        let single = [&self.system, &self.review, &self.release, &self.packet, &self.legal];
        single.into_iter().chain(lists.into_iter().flatten())
    }

    /// What people call the records that these link to: people by their names.
    fn label(&mut self, workspace: &Workspace) -> Result<()> {
        let mut labels = HashMap::new();
        for label in workspace.labels(self.records())?.into_values() {
            labels.insert(label.id.clone(), format!("{} {}", label.reference, label.title));
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
        fields.map(|(field, value)| (field.name, self.value(field, value))).collect()
    }

    fn value(&self, field: &'static Field, value: &Value) -> Jinja {
        if value.is_empty() {
            return Jinja::from(());
        }
        match value {
            Value::List(items) => Jinja::from(items.clone()),
            Value::Number(number) if !matches!(field.kind, FieldKind::Step(_)) => Jinja::from(*number),
            Value::Flag(flag) => Jinja::from(*flag),
            Value::Moment(moment) => Jinja::from(moment.date_naive().to_string()),
            value => Jinja::from(describe(field, value, &self.policy, &|id| self.labels.get(id).cloned())),
        }
    }
}
