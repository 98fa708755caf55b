//! What is learnt from an incident: actions with owners, some of which propose items for checklists (`super::take`).

use chrono::{DateTime, NaiveDate, Utc};

use crate::policy::Policy;
use crate::record::{ACTION, Field, INCIDENT, Problem, Record, RecordType, Value, check_nothing, settle_nothing};
use crate::workspace::{Edit, new_id};

/// The tag of an action that proposes an item for a checklist; its other tag is the checklist's id.
pub(super) const PROPOSAL: &str = "template proposal";

/// What is asked when an incident is learnt from, described as records are, so that the form for it is one like any other. It
/// is no kind of record: what is said becomes fields of the incident, and actions.
pub static LEARNT: RecordType = RecordType {
    name: "learnt",
    label: "What was learnt",
    plural: "What was learnt",
    prefix: "LRN",
    title: "root_cause",
    help: "What was learnt from an incident; each gap, test and item becomes an action.",
    fields: &[
        Field::prose("root_cause", "Root cause", "What made it possible, not who.").required(),
        Field::prose("learnings", "Learnings", "What is done differently from now on."),
        Field::prose(
            "gaps",
            "Control gaps",
            "Controls that were missing or did not work, one a line; each becomes an action.",
        ),
        Field::prose("tests", "New tests", "Tests that are made from now on, one a line; each becomes an action."),
        Field::prose(
            "items",
            "Items for checklists",
            "A checklist and what must be true, one a line, such as `llm-application: …`; each becomes an action and a proposal.",
        ),
        Field::link("owner", "Owner", "person", "Who does what follows."),
        Field::day("due_on", "Due", "Until when."),
    ],
    closed: None,
    order: &[],
    settle: settle_nothing,
    check: check_nothing,
};

/// What was learnt, from the fields of the form.
///
/// # Errors
/// Where an item names no checklist.
pub fn learnt(fields: &[(&'static str, Value)]) -> Result<Learnt, Problem> {
    let value = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
    let text = |name: &str| value(name).and_then(Value::as_text).unwrap_or_default().to_owned();
    let lines = |name: &str| -> Vec<String> {
        let bare = |line: &str| line.trim().trim_start_matches(['-', '*']).trim().to_owned();
        text(name).lines().map(bare).filter(|line| !line.is_empty()).collect()
    };
    let item = |line: String| {
        let (template, text) = line.split_once(':').ok_or_else(|| {
            Problem::of("items", "Each line names a checklist and what must be true: `llm-application: …`.")
        })?;
        Ok((template.trim().to_owned(), text.trim().to_owned()))
    };
    Ok(Learnt {
        root_cause: text("root_cause"),
        learnings: text("learnings"),
        gaps: lines("gaps"),
        tests: lines("tests"),
        items: lines("items").into_iter().map(item).collect::<Result<_, Problem>>()?,
        owner: value("owner").and_then(Value::as_text).map(str::to_owned),
        due_on: value("due_on").and_then(Value::as_day),
    })
}

/// What a review of an incident came to.
#[derive(Debug, Clone, Default)]
pub struct Learnt {
    /// What made it possible.
    pub root_cause: String,
    /// Which controls were missing or did not work.
    pub gaps: Vec<String>,
    /// What is done differently.
    pub learnings: String,
    /// Tests that are made from now on.
    pub tests: Vec<String>,
    /// Items for checklists: the id of the template and the text.
    pub items: Vec<(String, String)>,
    /// Who does what follows, by id.
    pub owner: Option<String>,
    /// Until when.
    pub due_on: Option<NaiveDate>,
}

/// The edits that write down what was learnt: in the incident, and as an action for each gap, test and item.
///
/// # Errors
/// Names a checklist that the policy does not have.
pub fn edits(policy: &Policy, incident: &Record, learnt: &Learnt, at: DateTime<Utc>) -> Result<Vec<Edit>, String> {
    for (template, _) in &learnt.items {
        if policy.checklist(template).is_none() {
            let known: Vec<&str> = policy.checklists().iter().map(|template| template.id.as_str()).collect();
            let template = crate::text::line(template);
            return Err(format!("The policy has no checklist “{template}”; there are: {}.", known.join(", ")));
        }
    }
    let said = |name: &str, new: String| {
        let text = if new.trim().is_empty() { incident.text(name).unwrap_or_default().to_owned() } else { new };
        Value::text(text)
    };
    let gaps: Vec<String> = learnt.gaps.iter().map(|gap| format!("- {gap}")).collect();
    let gaps =
        [incident.text("control_gaps").map(str::to_owned), Some(gaps.join("\n")).filter(|gaps| !gaps.is_empty())];
    let fields = vec![
        ("root_cause", said("root_cause", learnt.root_cause.clone())),
        ("control_gaps", Value::text(gaps.into_iter().flatten().collect::<Vec<_>>().join("\n"))),
        ("learnings", said("learnings", learnt.learnings.clone())),
        ("status", "reviewed".into()),
    ];
    let (kind, id) = (&INCIDENT, incident.id().to_owned());
    let mut edits = vec![Edit::Set { kind, id, version: Some(incident.version()), fields }];
    let mut act = |title: String, kind: &'static str, criteria: String, tags: Vec<String>| {
        let fields = vec![
            ("title", Value::text(crate::text::line(&title).into_owned())),
            ("kind", kind.into()),
            ("source", Value::text(incident.reference())),
            ("review", incident.get("review").clone()),
            ("owner", learnt.owner.as_deref().map_or(Value::Empty, Value::text)),
            ("due_on", learnt.due_on.map_or(Value::Empty, Value::Day)),
            ("acceptance_criteria", Value::text(criteria)),
            ("tags", Value::List(tags)),
        ];
        edits.push(Edit::Add { kind: &ACTION, id: new_id(at), fields });
    };
    for gap in &learnt.gaps {
        act(format!("Close the gap: {gap}"), "control improvement", String::new(), Vec::new());
    }
    for test in &learnt.tests {
        act(format!("Add the test: {test}"), "control improvement", "It runs before every release.".into(), Vec::new());
    }
    for (template, text) in &learnt.items {
        let title = format!("Add to the checklist {template}: {text}");
        act(title, "control improvement", text.clone(), vec![PROPOSAL.to_owned(), template.clone()]);
    }
    Ok(edits)
}
