//! Analyses in a review: a report of the engine is judged by the thresholds of policy, kept as a run and as evidence, told
//! apart from the run before it, and turned into a risk. The report is kept, and what it was made with, and the SHA-256 of the
//! file: never a row of it.

mod changes;
pub mod guess;
mod propose;
mod tables;
#[cfg(test)]
mod tests;
mod verdict;
pub mod words;

use chrono::{DateTime, Utc};
use serde_json::json;

pub use changes::{Changed, changes};
pub use propose::{CAUSE, HARM, Typed, fields as risk_fields, from_group};
pub use tables::tables;
pub use verdict::{Judged, Standing, Verdict, judge};

use super::evidence::{Subject, next_version};
use super::triage::inputs;
use crate::policy::{Policy, Threshold};
use crate::record::analysis::{LARGEST, STALE};
use crate::record::{ANALYSIS, EVIDENCE, Problem, Record, Value};
use crate::slices::Report;
use crate::slices::cells::Task;
use crate::slices::out;
use crate::workspace::{Condition, Edit, Error, Query, Registered, Result, Workspace, new_id};

/// What a run of the engine is called.
pub const TOOL: &str = "probity slices";

/// What is kept of a report.
#[derive(Debug, Clone)]
pub struct Attach<'a> {
    /// The report.
    pub report: &'a Report,
    /// The review that it is for.
    pub review: &'a Record,
    /// The title; made from the data where it is empty.
    pub title: String,
    /// What it does not show; may be written later, before the evidence is accepted.
    pub limitations: String,
    /// The model version that was measured; the one under review where it is empty.
    pub model_version: String,
    /// The run that this one takes the place of, where it was said.
    pub replaces: Option<Record>,
}

/// What attaching a report comes to.
#[derive(Debug, Clone)]
pub struct Attached {
    /// The edits that keep it.
    pub edits: Vec<Edit>,
    /// The id of the new run.
    pub run: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The run that it takes the place of.
    pub replaced: Option<Record>,
}

/// The thresholds that apply to a review, from its packet, its tier and its legal classification.
///
/// # Errors
/// When the file cannot be read, or a condition of the policy fails.
pub fn thresholds(workspace: &Workspace, policy: &Policy, review: &Record) -> Result<Vec<Threshold>> {
    let inputs = inputs(workspace, review.clone())?;
    let legal = inputs.legal.as_ref();
    let tier = inputs.review.text("tier").or_else(|| inputs.review.text("proposed_tier")).map(str::to_owned);
    let found = policy.thresholds(&inputs.packet, legal, tier.as_deref());
    Ok(found.map_err(|error| Error::Policy(error.to_string()))?.into_iter().cloned().collect())
}

/// The thresholds that apply where no review says otherwise.
#[must_use]
pub fn general_thresholds(policy: &Policy) -> Vec<Threshold> {
    let silent = Record::empty(&crate::record::PACKET);
    policy.thresholds(&silent, None, None).map(|found| found.into_iter().cloned().collect()).unwrap_or_default()
}

/// The edits that keep a report as a run and as evidence of a review. A run of another model version with the same groups is
/// stale from then on, and its evidence superseded by the new one's, which has to be accepted anew.
///
/// # Errors
/// Where the very same was attached already, the report is too large to be kept, or the file cannot be read.
pub fn attach(workspace: &Workspace, policy: &Policy, ask: &Attach<'_>, now: DateTime<Utc>) -> Result<Attached> {
    // What is kept is the file's name and hash; where it lay is left out.
    let report = &without_folders(ask.report);
    let verdict = judge(report, &thresholds(workspace, policy, ask.review)?);
    let subject = Subject::of_review(workspace, ask.review, None)?;
    let said = Some(ask.model_version.trim().to_owned()).filter(|said| !said.is_empty());
    let model_version = said.or(report.data.model.clone()).or(subject.model_version);
    let runs = runs_of(workspace, ask.review)?;
    let parameters = parameters(report);
    let replaced = match &ask.replaces {
        Some(run) => Some(run.clone()),
        None => earlier(&runs, report, &parameters, model_version.as_deref())?,
    };
    let results = out::write(report, out::Format::Json, 0).into_bytes();
    if results.len() > LARGEST {
        return Err(refused(format!(
            "The report has {} bytes; at most {LARGEST} are kept. Cross fewer columns.",
            results.len()
        )));
    }
    let title = if ask.title.trim().is_empty() { title(report) } else { ask.title.trim().to_owned() };
    let said = |text: Option<&str>| text.map_or(Value::Empty, Value::text);
    let file =
        Registered::from_bytes(&format!("{}.slices.json", crate::text::file_name(&words::file_name(report))), results);
    let hash = file.sha256.clone();
    let evidence = vec![
        ("title", Value::text(title.as_str())),
        ("kind", Value::text(evidence_kind(report))),
        ("review", Value::text(ask.review.id())),
        ("model_version", said(model_version.as_deref())),
        ("produced_on", Value::Day(now.with_timezone(&chrono::Local).date_naive())),
        ("method", Value::text(method(report))),
    ];
    let old_evidence = replaced.as_ref().and_then(|run| run.text("evidence")).map(|id| workspace.get(&EVIDENCE, id));
    let mut edits = match old_evidence.transpose()?.filter(|old| !EVIDENCE.is_closed(old)) {
        Some(old) => next_version(workspace, &old, file, evidence, now)?,
        None => file.edits(&new_id(now), evidence),
    };
    let evidence = edits.iter().find_map(|edit| match edit {
        Edit::Add { kind, id, .. } if *kind == &EVIDENCE => Some(id.clone()),
        _ => None,
    });
    if let Some(old) = &replaced {
        edits.push(Edit::Set {
            kind: &ANALYSIS,
            id: old.id().to_owned(),
            version: Some(old.version()),
            fields: vec![("status", Value::text(STALE))],
        });
    }
    let run = new_id(now);
    let mut fields = fields_of(report, &verdict);
    fields.extend([
        ("title", Value::text(title)),
        ("review", Value::text(ask.review.id())),
        ("model_version", said(model_version.as_deref())),
        ("limitations", said(Some(ask.limitations.trim()).filter(|text| !text.is_empty()))),
        ("status", Value::text("attached")),
        ("evidence", said(evidence.as_deref())),
        ("results", Value::text(hash)),
        ("supersedes", said(replaced.as_ref().map(Record::id))),
    ]);
    edits.push(Edit::Add { kind: &ANALYSIS, id: run.clone(), fields });
    Ok(Attached { edits, run, verdict, replaced })
}

/// A report that names files without their folders.
#[must_use]
pub fn without_folders(report: &Report) -> Report {
    let mut report = report.clone();
    report.data.file.file = words::file_name(&report);
    if let Some(file) = report.comparison.as_mut().and_then(|comparison| comparison.file.as_mut()) {
        file.file = file.file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    }
    report
}

/// What a run says that follows from its report and its verdict.
#[must_use]
pub fn fields_of(report: &Report, verdict: &Verdict) -> Vec<(&'static str, Value)> {
    let reasons = verdict.reasons();
    vec![
        ("kind", Value::text(kind(report))),
        ("verdict", Value::text(verdict.word())),
        ("reasons", if reasons.is_empty() { Value::Empty } else { Value::text(reasons) }),
        ("tool", Value::text(TOOL)),
        ("tool_version", Value::text(env!("CARGO_PKG_VERSION"))),
        ("dataset", Value::text(words::file_name(report))),
        ("sha256", Value::text(report.data.file.sha256.as_str())),
        ("n", Value::Number(i64::try_from(report.data.file.used).unwrap_or(i64::MAX))),
        ("metrics", Value::List(metrics(report))),
        ("sliced_by", Value::List(sliced_by(report))),
        ("parameters", Value::text(parameters(report))),
    ]
}

fn refused(message: String) -> Error {
    Error::Refused {
        what: "The analysis".to_owned(),
        kind: Some(&ANALYSIS),
        problems: vec![Problem { field: None, message }],
    }
}

/// The open runs of a review, the newest first.
///
/// # Errors
/// When the file cannot be read.
pub fn runs_of(workspace: &Workspace, review: &Record) -> Result<Vec<Record>> {
    let mut runs =
        workspace.records(&Query::open(&ANALYSIS).with(Condition::Is("review", Value::text(review.id()))))?;
    runs.sort_by(|one, other| other.id().cmp(one.id()));
    Ok(runs)
}

/// The run that this one takes the place of: of the same sort, by the same groups, about another model version.
fn earlier(runs: &[Record], report: &Report, parameters: &str, version: Option<&str>) -> Result<Option<Record>> {
    let by = sliced_by(report);
    let alike = |run: &&Record| {
        run.text("tool") == Some(TOOL) && run.text("kind") == Some(kind(report)) && run.get("sliced_by").items() == by
    };
    for run in runs.iter().filter(alike) {
        if run.text("model_version") != version {
            return Ok(Some(run.clone()));
        }
        if run.text("sha256") == Some(&report.data.file.sha256) && run.text("parameters") == Some(parameters) {
            let reference = run.reference();
            return Err(refused(format!(
                "{reference} is this very analysis: the same file, the same parameters, the same model version."
            )));
        }
    }
    Ok(None)
}

/// What sort of run a report is.
#[must_use]
pub fn kind(report: &Report) -> &'static str {
    if report.data.task == Task::Outcome { "safety" } else { "slices" }
}

/// What sort of evidence a report is.
#[must_use]
pub fn evidence_kind(report: &Report) -> &'static str {
    if report.data.task == Task::Outcome { "test log" } else { "fairness report" }
}

fn sliced_by(report: &Report) -> Vec<String> {
    report.attributes.iter().map(|attribute| attribute.name.clone()).collect()
}

fn metrics(report: &Report) -> Vec<String> {
    let mut names: Vec<String> = report.overall.metrics.iter().map(|(name, _)| name.to_owned()).collect();
    if report.overall.calibration.is_some() {
        names.push("calibration".to_owned());
    }
    names
}

fn title(report: &Report) -> String {
    let what = if report.data.task == Task::Outcome { "Outcomes" } else { "Slices" };
    format!("{what} by {} on {}", sliced_by(report).join(", "), words::file_name(report))
}

fn method(report: &Report) -> String {
    let columns: Vec<String> = report.data.roles.iter().map(|(role, name)| format!("{role} = {name}")).collect();
    format!(
        "{TOOL} {} on {} ({} of {} rows, SHA-256 {}), {}, by {}.",
        env!("CARGO_PKG_VERSION"),
        words::file_name(report),
        report.data.file.used,
        report.data.file.rows,
        report.data.file.sha256,
        columns.join(", "),
        sliced_by(report).join(", ")
    )
}

/// With what a report was made, as canonical JSON.
#[must_use]
pub fn parameters(report: &Report) -> String {
    let data = &report.data;
    let columns: serde_json::Map<String, serde_json::Value> =
        data.roles.iter().map(|(role, name)| (role.to_owned(), json!(name))).collect();
    let crossed: Vec<&Vec<String>> = report.intersections.iter().map(|attribute| &attribute.columns).collect();
    let references: serde_json::Map<String, serde_json::Value> = report
        .attributes
        .iter()
        .map(|attribute| (attribute.name.clone(), json!(attribute.disparities.reference)))
        .collect();
    let all = json!({
        "task": data.task, "columns": columns, "by": sliced_by(report), "intersect": crossed,
        "positive": data.positive, "favourable": data.favourable, "threshold": data.threshold,
        "reference": references, "min_count": data.min_count, "seed": data.seed, "confidence": data.confidence,
        "fairlearn_compatible": data.fairlearn_compatible,
        "preset": report.preset.as_ref().map(|preset| preset.name.clone()),
        "baseline": report.comparison.as_ref().map(|comparison| comparison.baseline.clone()),
    });
    crate::record::decision::snapshot::canonical(&all)
}

/// The results of a run as they were kept, as text; none where it keeps none.
///
/// # Errors
/// When the file cannot be read.
pub fn results(workspace: &Workspace, run: &Record) -> Result<Option<String>> {
    let Some(hash) = run.text("results") else { return Ok(None) };
    let Some(bytes) = workspace.content(hash)? else { return Ok(None) };
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| Error::Damaged(format!("the results of {} are no text", run.reference())))
}

/// The engine's report of a run; none where the run is another tool's.
///
/// # Errors
/// When the file cannot be read, or what it keeps is no report of this version.
pub fn report_of(workspace: &Workspace, run: &Record) -> Result<Option<Report>> {
    if run.text("tool") != Some(TOOL) {
        return Ok(None);
    }
    let Some(text) = results(workspace, run)? else { return Ok(None) };
    read_report(&text).map(Some).map_err(|why| Error::Damaged(format!("the results of {}: {why}", run.reference())))
}

/// Reads a report from its JSON.
///
/// # Errors
/// Where it is none, or one of another version.
pub fn read_report(text: &str) -> std::result::Result<Report, String> {
    let report: Report =
        serde_json::from_str(text).map_err(|error| format!("this is no report of `probity slices`: {error}"))?;
    if report.version != crate::slices::report::VERSION {
        return Err(format!("the report is of version {}, which this program does not read", report.version));
    }
    Ok(report)
}
