//! The work: checklist items that need a look, open actions by owner, and the evidence.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::super::error::Result;
use super::super::model::OwnerLine;
use super::super::register::{Cell, Column, Holds, Layout, Register, Row};
use super::{Reading, SOON_DAYS, attention, title_of};
use crate::record::{ACTION, CHECKLIST_ITEM, EVIDENCE, Record, Value};
use crate::workspace::{Condition, Query};

const ITEM_FIRST: &[&str] = &[
    "ref",
    "review",
    "code",
    "text",
    "status",
    "required_evidence",
    "evidence",
    "reason",
    "assessed_by",
    "assessed_at",
    "controls",
    "checklist",
];

const ACTION_FIRST: &[&str] = &[
    "ref",
    "title",
    "owner",
    "due_on",
    "timing",
    "days_late",
    "status",
    "launch_blocking",
    "kind",
    "review",
    "source",
    "severity",
    "acceptance_criteria",
];

const TIMING: &[Column] =
    &[Column::new("timing", "Timing", Holds::Line), Column::new("days_late", "Days late", Holds::Number)];

const EVIDENCE_FIRST: &[&str] = &[
    "ref",
    "title",
    "kind",
    "review",
    "system",
    "number",
    "status",
    "model_version",
    "release",
    "produced_on",
    "produced_by",
    "created_at",
    "created_by",
    "origin",
    "media_type",
    "bytes",
    "sha256",
    "stored",
];

/// Items of the queue's checklists that failed, that are open and must be shown with evidence, or that were waived.
pub(super) fn items(reading: &mut Reading<'_, '_>) -> Result<Register> {
    let layout = Layout::new(&CHECKLIST_ITEM, ITEM_FIRST, &[], &["position"]);
    let help = "Items of the queue's checklists that failed, that are open and need evidence, or that were waived.";
    let mut register = Register::new("items", "Checklist items", help, layout.columns());
    // The index of the list begins with whether an item is open; without that, every page would sort all items.
    let of = |ended: Condition, status: &str| {
        Query::all(&CHECKLIST_ITEM)
            .with(ended)
            .with(Condition::Linked("review", Box::new(Condition::Open)))
            .with(Condition::Is("status", Value::text(status)))
    };
    let failed = of(Condition::Open, "fail");
    let unproven = of(Condition::Open, "open").with(Condition::Not("required_evidence", Value::List(Vec::new())));
    let waived = of(Condition::Closed, "waived");
    let mut keyed: Vec<(usize, Row)> = Vec::new();
    let mut reviews: HashMap<String, usize> = HashMap::new();
    for (query, weight) in [(failed, 3), (unproven, 1), (waived, 2)] {
        let query = reading.narrowed(query);
        reading.each(&query, "Reading checklist items", |reading, item| {
            let next = reviews.len();
            let place = *reviews.entry(item.text("review").unwrap_or_default().to_owned()).or_insert(next);
            let cells = layout.cells(item, &mut reading.labels, |_| Cell::Empty);
            keyed.push((place, Row { cells, weight }));
            Ok(())
        })?;
    }
    // By review, those with failed items first; in each, what failed comes first.
    keyed.sort_by_key(|(place, _)| *place);
    register.rows = keyed.into_iter().map(|(_, row)| row).collect();
    Ok(register)
}

/// What is counted for each owner of open actions.
#[derive(Default)]
struct Owners(HashMap<Option<Arc<str>>, OwnerLine>);

impl Owners {
    fn add(&mut self, owner: Option<Arc<str>>, due: Option<NaiveDate>, timing: Timing, action: &Record) {
        let line = self.0.entry(owner.clone()).or_insert_with(|| OwnerLine {
            owner,
            open: 0,
            overdue: 0,
            due_soon: 0,
            blocked: 0,
            launch_blocking: 0,
            overdue_since: None,
        });
        line.open += 1;
        line.blocked += u64::from(action.text("status") == Some("blocked"));
        line.launch_blocking += u64::from(action.get("launch_blocking").is_set());
        match timing {
            Timing::Overdue => {
                line.overdue += 1;
                line.overdue_since = line.overdue_since.min(due).or(due);
            }
            Timing::Soon => line.due_soon += 1,
            Timing::Later | Timing::None => {}
        }
    }

    /// The owners, those who are most late first, nobody last among equals.
    fn into_lines(self) -> Vec<OwnerLine> {
        let mut lines: Vec<OwnerLine> = self.0.into_values().collect();
        lines.sort_by(|one, other| {
            (other.overdue, other.open, one.owner.is_none(), &one.owner).cmp(&(
                one.overdue,
                one.open,
                other.owner.is_none(),
                &other.owner,
            ))
        });
        lines
    }
}

/// How an open action stands to its date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Timing {
    Overdue,
    Soon,
    Later,
    None,
}

impl Timing {
    fn of(days_since_due: Option<i64>) -> Self {
        match days_since_due {
            None => Self::None,
            Some(late) if late > 0 => Self::Overdue,
            Some(early) if early >= -SOON_DAYS => Self::Soon,
            Some(_) => Self::Later,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Soon => "due soon",
            Self::Later => "later",
            Self::None => "no date",
        }
    }
}

/// The open actions, by owner; the owners in the order of their lines, the oldest date first.
pub(super) fn actions(reading: &mut Reading<'_, '_>) -> Result<(Register, Vec<OwnerLine>)> {
    let layout =
        Layout::new(&ACTION, ACTION_FIRST, TIMING, &["closed_at", "closing_note", "closing_evidence", "repro_steps"]);
    let help = "Actions that still need work, by owner; those of whoever is most late first.";
    let mut register = Register::new("actions", "Actions", help, layout.columns());
    let mut keyed: Vec<(Option<Arc<str>>, Row)> = Vec::new();
    let mut owners = Owners::default();
    reading.each(&reading.narrowed(Query::open(&ACTION)), "Reading actions", |reading, action| {
        let due = action.get("due_on").as_day();
        let days = due.map(|due| reading.days_since(due));
        let timing = Timing::of(days);
        let owner = reading.person(action, "owner");
        owners.add(owner.clone(), due, timing, action);
        note(reading, action, owner.as_ref(), timing);
        let late = Cell::number(days.filter(|days| *days > 0));
        let cells = layout.cells(action, &mut reading.labels, |column| match column {
            "timing" => Cell::text(timing.word()),
            _ => late.clone(),
        });
        let blocking = i64::from(action.get("launch_blocking").is_set());
        let weight = days.map_or(-100_000, |days| days.clamp(-9_999, 9_999)) * 10 + blocking * 50;
        keyed.push((owner, Row { cells, weight }));
        Ok(())
    })?;
    let lines = owners.into_lines();
    let places: HashMap<Option<Arc<str>>, usize> =
        lines.iter().enumerate().map(|(at, line)| (line.owner.clone(), at)).collect();
    // The list came by date, and stays so within each owner.
    keyed.sort_by_key(|(owner, _)| places.get(owner).copied());
    register.rows = keyed.into_iter().map(|(_, row)| row).collect();
    add_action_figures(reading, &lines);
    Ok((register, lines))
}

fn add_action_figures(reading: &mut Reading<'_, '_>, lines: &[OwnerLine]) {
    let sum = |part: fn(&OwnerLine) -> u64| lines.iter().map(part).sum();
    let figures = &mut reading.figures;
    figures.add("actions_open", "Open actions", sum(|line| line.open));
    figures.add("actions_overdue", "Open actions past their date", sum(|line| line.overdue));
    figures.add("actions_due_soon", format!("Open actions due within {SOON_DAYS} days"), sum(|line| line.due_soon));
    figures.add("actions_blocked", "Open actions that are blocked", sum(|line| line.blocked));
    figures.add("actions_launch_blocking", "Open actions that a launch waits for", sum(|line| line.launch_blocking));
    figures.add(
        "actions_unowned",
        "Open actions that nobody owns",
        lines.iter().filter(|line| line.owner.is_none()).map(|line| line.open).sum(),
    );
}

/// Notes an action that is late and matters for the ranking.
fn note(reading: &mut Reading<'_, '_>, action: &Record, owner: Option<&Arc<str>>, timing: Timing) {
    let blocking = action.get("launch_blocking").is_set();
    let severe = action.number("severity").is_some_and(|severity| severity >= 4);
    let blocked = action.text("status") == Some("blocked");
    if (timing == Timing::Overdue && (blocking || severe)) || (blocking && blocked) {
        reading.found.actions.push(attention::ActionFact {
            reference: Arc::from(action.reference()),
            title: title_of(action),
            owner: owner.cloned(),
            due_on: action.get("due_on").as_day(),
            blocking,
            blocked,
        });
    }
}

/// All evidence, the newest first.
pub(super) fn evidence(reading: &mut Reading<'_, '_>) -> Result<Register> {
    let layout = Layout::new(&EVIDENCE, EVIDENCE_FIRST, &[], &[]);
    let help = "What was handed in as proof, the newest first, with the SHA-256 of each file as it was registered.";
    let mut register = Register::new("evidence", "Evidence", help, layout.columns());
    let mut by_status: HashMap<String, u64> = HashMap::new();
    reading.each(&reading.narrowed(Query::all(&EVIDENCE)), "Reading evidence", |reading, evidence| {
        *by_status.entry(evidence.text("status").unwrap_or("submitted").to_owned()).or_default() += 1;
        let cells = layout.cells(evidence, &mut reading.labels, |_| Cell::Empty);
        // What waits for a verdict comes before what has one.
        let weight = i64::from(evidence.text("status") == Some("submitted"));
        register.rows.push(Row { cells, weight });
        Ok(())
    })?;
    let figures = &mut reading.figures;
    figures.add("evidence", "Evidence", register.rows.len() as u64);
    for status in ["submitted", "accepted", "rejected", "superseded"] {
        let count = by_status.get(status).copied().unwrap_or(0);
        figures.add(format!("evidence_{status}"), format!("Evidence, {status}"), count);
    }
    Ok(register)
}
