//! The review queue, its stages and ages, and the state of the checklists.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::super::error::Result;
use super::super::model::{BANDS, StageLine, band};
use super::super::register::{Cell, Column, Holds, Layout, Register, Row};
use super::{Reading, title_of};
use crate::record::review::{ENDED, STAGES};
use crate::record::{CHECKLIST_ITEM, REVIEW, Record, Value};
use crate::review::{self, Progress};
use crate::workspace::{Condition, Query};

/// What the ranking of what needs attention knows of a review.
pub(super) struct ReviewFact {
    pub reference: Arc<str>,
    pub title: Arc<str>,
    pub stage: String,
    pub tier: Option<String>,
    pub reviewer: Option<Arc<str>>,
    pub target_on: Option<NaiveDate>,
    pub launch_on: Option<NaiveDate>,
    pub due_on: Option<NaiveDate>,
    pub waiting: Option<(String, i64)>,
    pub progress: Progress,
}

const FIRST: &[&str] = &[
    "ref",
    "title",
    "system",
    "kind",
    "stage",
    "tier",
    "priority",
    "reviewer",
    "requester",
    "submitted_at",
    "target_on",
    "launch_on",
    "stage_since",
    "days_in_stage",
    "due_on",
    "days_late",
    "completeness",
    "waiting_on",
    "waiting_since",
    "days_waiting",
    "open_risks",
    "open_actions",
    "launch_blocking",
    "next_step",
];

const COMPUTED: &[Column] = &[
    Column::new("days_in_stage", "Days in stage", Holds::Number),
    Column::new("days_late", "Days past the stage's date", Holds::Number),
    Column::new("completeness", "Packet complete, %", Holds::Number),
    Column::new("days_waiting", "Days waiting", Holds::Number),
    Column::new("open_risks", "Open risks", Holds::Number),
    Column::new("open_actions", "Open actions", Holds::Number),
    Column::new("launch_blocking", "Actions a launch waits for", Holds::Number),
    Column::new("next_step", "Next step", Holds::Line),
];

const CHECKLIST_COLUMNS: &[Column] = &[
    Column::new("ref", "Review", Holds::Reference),
    Column::new("title", "Title", Holds::Line),
    Column::new("stage", "Stage", Holds::Line),
    Column::new("tier", "Tier", Holds::Line),
    Column::new("total", "Items", Holds::Number),
    Column::new("passed", "Passed", Holds::Number),
    Column::new("failed", "Failed", Holds::Number),
    Column::new("open", "Open", Holds::Number),
    Column::new("not_applicable", "Not applicable", Holds::Number),
    Column::new("waived", "Waived", Holds::Number),
];

/// The words for a checklist item's status, in the order of the columns that count them.
const ANSWERS: [&str; 5] = ["pass", "fail", "open", "not applicable", "waived"];

/// The queue with the checklists' state, the stages, and what is known of each review that still needs work.
#[expect(clippy::type_complexity, reason = "three results of one pass, taken apart at once")]
pub(super) fn read(reading: &mut Reading<'_, '_>) -> Result<((Register, Register), Vec<StageLine>, Vec<ReviewFact>)> {
    let layout = Layout::new(&REVIEW, FIRST, COMPUTED, &["urgency", "decided_at"]);
    let help = "Reviews that still need work, by stage; in each stage those that have been there longest first.";
    let mut queue = Register::new("queue", "Review queue", help, layout.columns());
    let help = "How far the checklists of the reviews in the queue are.";
    let mut checklists = Register::new("checklists", "Checklists", help, CHECKLIST_COLUMNS.to_vec());
    let mut keyed: Vec<((usize, i64), Row)> = Vec::new();
    let mut facts = Vec::new();
    reading.pages(&reading.narrowed(Query::open(&REVIEW)), "Reading reviews", |reading, records| {
        let ids: Vec<String> = records.iter().map(|record| record.id().to_owned()).collect();
        let progress = review::progress(reading.workspace, &ids, reading.today)?;
        let answers = answers(reading, &ids)?;
        for record in &records {
            reading.labels.know(record.id(), record.reference(), record.title());
            let progress = progress.get(record.id()).copied().unwrap_or_default();
            let fact = fact(reading, record, progress);
            let days = days_in_stage(reading, record);
            keyed.push(((stage_order(&fact.stage), -days), row(reading, &layout, record, &fact, days)));
            if let Some(counts) = answers.get(record.id()) {
                checklists.rows.push(checklist_row(&fact, counts));
            }
            facts.push(fact);
        }
        Ok(())
    })?;
    keyed.sort_by_key(|(key, _)| *key);
    queue.rows = keyed.into_iter().map(|(_, row)| row).collect();
    let stages = stages(reading, &queue)?;
    add_figures(reading, &facts, &checklists, &stages);
    Ok(((queue, checklists), stages, facts))
}

fn stage_order(stage: &str) -> usize {
    STAGES.iter().position(|known| *known == stage).unwrap_or(STAGES.len())
}

fn days_in_stage(reading: &Reading<'_, '_>, record: &Record) -> i64 {
    let since = record.get("stage_since").as_moment().or_else(|| record.get("created_at").as_moment());
    since.map_or(0, |since| reading.days_since(reading.local_day(since)).max(0))
}

fn fact(reading: &Reading<'_, '_>, record: &Record, progress: Progress) -> ReviewFact {
    let day = |field: &str| record.get(field).as_day();
    let waiting = record.text("waiting_on").map(|on| {
        let days = day("waiting_since").map_or(0, |since| reading.days_since(since).max(0));
        (crate::text::line(on).into_owned(), days)
    });
    ReviewFact {
        reference: Arc::from(record.reference()),
        title: title_of(record),
        stage: record.text("stage").unwrap_or("intake").to_owned(),
        tier: record.text("tier").map(|tier| crate::text::line(tier).into_owned()),
        reviewer: reading.person(record, "reviewer"),
        target_on: day("target_on"),
        launch_on: day("launch_on"),
        due_on: day("due_on"),
        waiting,
        progress,
    }
}

fn row(reading: &mut Reading<'_, '_>, layout: &Layout, record: &Record, fact: &ReviewFact, days: i64) -> Row {
    let late = reading.days_late(fact.due_on);
    let next = review::next(record, &fact.progress).map_or(Cell::Empty, |next| Cell::text(&next.what));
    let cells = layout.cells(record, &mut reading.labels, |column| match column {
        "days_in_stage" => Cell::Number(days),
        "days_late" => late.clone(),
        "completeness" => completeness(&fact.progress),
        "days_waiting" => Cell::number(fact.waiting.as_ref().map(|(_, days)| *days)),
        "open_risks" => Cell::count(fact.progress.open_risks),
        "open_actions" => Cell::count(fact.progress.open_actions),
        "launch_blocking" => Cell::count(fact.progress.blocking),
        _ => next.clone(),
    });
    let decision = i64::from(fact.stage == "decision") * 100_000;
    let late = if let Cell::Number(late) = late { late.min(9_999) * 10 } else { 0 };
    let urgency = 9 - record.number("urgency").unwrap_or(9);
    Row { cells, weight: decision + late + urgency }
}

/// Answered in per cent of asked, rounded down so that only a complete packet is 100; nothing where nothing is asked.
fn completeness(progress: &Progress) -> Cell {
    Cell::number((progress.asked > 0).then(|| (progress.answered * 100 / progress.asked).clamp(0, 100)))
}

/// The counts of checklist items by their answer, in the order of [`ANSWERS`], for the reviews that have any.
fn answers(reading: &Reading<'_, '_>, ids: &[String]) -> Result<HashMap<String, [u64; ANSWERS.len()]>> {
    let mut all: HashMap<String, [u64; ANSWERS.len()]> = HashMap::new();
    if ids.is_empty() {
        return Ok(all);
    }
    let of = Condition::OneOf("review", ids.iter().map(|id| Value::text(id.as_str())).collect());
    for (values, count) in reading.workspace.tally(&Query::all(&CHECKLIST_ITEM).with(of), &["review", "status"])? {
        let Some(review) = values.first().and_then(Value::as_text) else { continue };
        let status = values.get(1).and_then(Value::as_text).unwrap_or("open");
        // What another program may have written in its place counts as not answered.
        let at = ANSWERS.iter().position(|answer| *answer == status).unwrap_or(2);
        all.entry(review.to_owned()).or_default()[at] += count;
    }
    Ok(all)
}

fn checklist_row(fact: &ReviewFact, counts: &[u64; ANSWERS.len()]) -> Row {
    let mut cells = vec![
        Cell::Text(fact.reference.clone()),
        Cell::text(&fact.title),
        Cell::text(&fact.stage),
        fact.tier.as_deref().map_or(Cell::Empty, Cell::text),
        Cell::count(counts.iter().sum()),
    ];
    cells.extend(counts.iter().map(|count| Cell::count(*count)));
    let failed = i64::try_from(counts[1]).unwrap_or(i64::MAX / 4);
    let open = i64::try_from(counts[2]).unwrap_or(i64::MAX / 4);
    Row { cells, weight: failed.saturating_mul(1_000).saturating_add(open) }
}

/// Every stage in order, with those that only another program can have written at the end.
fn stages(reading: &Reading<'_, '_>, queue: &Register) -> Result<Vec<StageLine>> {
    let line = |stage: &str| StageLine {
        stage: Arc::from(crate::text::line(stage).as_ref()),
        ended: ENDED.contains(&stage),
        reviews: 0,
        overdue: 0,
        ages: [0; BANDS.len()],
    };
    let mut lines: Vec<StageLine> = STAGES.iter().map(|stage| line(stage)).collect();
    for (stage, count) in reading.workspace.counts_by(&reading.narrowed(Query::all(&REVIEW)), "stage")? {
        let stage = stage.as_text().unwrap_or("intake");
        let at = lines.iter().position(|known| *known.stage == *stage).unwrap_or_else(|| {
            lines.push(line(stage));
            lines.len() - 1
        });
        lines[at].reviews += count;
    }
    for row in &queue.rows {
        let Cell::Text(stage) = queue.cell(row, "stage") else { continue };
        let Some(line) = lines.iter_mut().find(|line| line.stage == *stage) else { continue };
        line.overdue += u64::from(!queue.cell(row, "days_late").is_empty());
        if let Cell::Number(days) = queue.cell(row, "days_in_stage") {
            line.ages[band(*days)] += 1;
        }
    }
    Ok(lines)
}

fn add_figures(reading: &mut Reading<'_, '_>, facts: &[ReviewFact], checklists: &Register, stages: &[StageLine]) {
    let today = reading.today;
    let count = |holds: &dyn Fn(&ReviewFact) -> bool| facts.iter().filter(|fact| holds(fact)).count() as u64;
    let figures = &mut reading.figures;
    figures.add("reviews_open", "Reviews in the queue", facts.len() as u64);
    figures.add("reviews_for_decision", "Reviews for decision", count(&|fact| fact.stage == "decision"));
    figures.add(
        "reviews_stage_overdue",
        "Reviews past the date of their stage",
        count(&|fact| fact.due_on.is_some_and(|due| due < today)),
    );
    figures.add(
        "reviews_past_target",
        "Reviews past their milestone, not decided",
        count(&|fact| is_undecided(fact) && fact.target_on.is_some_and(|target| target < today)),
    );
    figures.add("reviews_waiting", "Reviews that wait for somebody", count(&|fact| fact.waiting.is_some()));
    figures.add(
        "packets_incomplete",
        "Reviews with an incomplete packet",
        count(&|fact| fact.progress.answered < fact.progress.asked),
    );
    figures.add("reviews_all", "Reviews, all stages", stages.iter().map(|line| line.reviews).sum());
    let sum = |column: &str| -> u64 {
        let at = checklists.position(column).unwrap_or(usize::MAX);
        let cells = checklists.rows.iter().filter_map(|row| row.cells.get(at));
        cells.map(|cell| if let Cell::Number(count) = cell { u64::try_from(*count).unwrap_or(0) } else { 0 }).sum()
    };
    figures.add("items", "Checklist items of the queue", sum("total"));
    for column in CHECKLIST_COLUMNS.iter().skip(5) {
        let label = format!("Checklist items, {}", column.label.to_lowercase());
        figures.add(format!("items_{}", column.name), label, sum(column.name));
    }
}

/// Whether no decision has been made yet.
pub(super) fn is_undecided(fact: &ReviewFact) -> bool {
    !matches!(fact.stage.as_str(), "approved" | "approved with conditions")
}
