//! Analysis runs: what somebody measured of a model or a system, with what, on which data, and what it comes to against the
//! thresholds of policy. A run holds results, never rows of the data.

use super::{Context, EVIDENCE, Field, FieldKind, Problem, Record, RecordType};

/// What a run can be about.
pub const KINDS: &[&str] = &["slices", "safety", "robustness", "explainability", "data quality"];

/// Every threshold that applies is kept, as far as the data tells.
pub const WITHIN: &str = "within thresholds";
/// At least one threshold is broken by more than chance.
pub const BREACHED: &str = "breached";
/// No threshold is broken for sure, and at least one cannot be told: too few rows, or an interval with zero in it.
pub const UNDECIDED: &str = "undecided";
/// No threshold was applied.
pub const NOT_JUDGED: &str = "not judged";

/// What a run can come to.
pub const VERDICTS: &[&str] = &[NOT_JUDGED, WITHIN, UNDECIDED, BREACHED];

/// The status of a run that a later one took the place of.
pub const STALE: &str = "stale";

/// The largest JSON that is taken as parameters or results, in bytes.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// An analysis run.
pub static ANALYSIS: RecordType = RecordType {
    name: "analysis",
    label: "Analysis run",
    plural: "Analysis runs",
    prefix: "RUN",
    title: "title",
    help: "What was measured of a model, on which data, and what it comes to against policy's thresholds.",
    fields: &[
        Field::line("title", "Title", "What was measured.").required().column(34),
        Field::choice("kind", "Kind", KINDS, "What sort of analysis it is.").default("slices").column(12),
        Field::link("review", "Review", "review", "The review it was made for.").column(9),
        Field::link("system", "System", "system", "The system it is about.").column(20),
        Field::link("release", "Release", "release", "The release it is about."),
        Field::line("model_version", "Model version", "The model version it is about.").column(12).decides(),
        Field::choice("verdict", "Verdict", VERDICTS, "What it comes to against the thresholds of policy.")
            .default(NOT_JUDGED)
            .column(17)
            .decides(),
        Field::prose(
            "limitations",
            "Limitations",
            "What it does not show: who is missing, how old or small the data is, what was not measured.",
        ),
        Field::prose(
            "explanation",
            "Explanation",
            "Why a launch is right although a threshold is broken or undecided, and what watches over it.",
        ),
        Field::prose(
            "reasons",
            "Why",
            "For each threshold: the group, the figure with its n and interval, and what follows.",
        )
        .decides(),
        Field::choice(
            "status",
            "Status",
            &["recorded", "attached", STALE, "withdrawn"],
            "Where it stands: attached runs count as evidence, stale ones were made anew.",
        )
        .default("recorded")
        .column(9),
        Field::line("tool", "Tool", "What measured it, such as probity slices, fairlearn or garak.").column(14),
        Field::line("tool_version", "Tool version", "Its version."),
        Field::line("dataset", "Data", "The name of the data it was measured on.").column(20),
        Field::line("sha256", "SHA-256 of the data", "The hash of the file it was measured on, in hexadecimal.")
            .seldom(),
        Field::of("n", "Rows", FieldKind::Number(0, i64::MAX), "How many rows or cases were measured.").column(8),
        Field::of("metrics", "Metrics", FieldKind::Words, "The figures that were computed, such as fpr and tpr."),
        Field::of("sliced_by", "Sliced by", FieldKind::Words, "The attributes whose groups were compared."),
        Field::day("produced_on", "Produced on", "When it was run.").column(11),
        Field::link("evidence", "Evidence", "evidence", "The evidence that it counts as."),
        Field::line("parameters", "Parameters", "With what it was run, as JSON.").by_workspace(),
        Field::line("results", "Results", "The SHA-256 of the results, which the workspace keeps as JSON.")
            .by_workspace(),
        Field::link("supersedes", "Supersedes", "analysis", "The run that it took the place of.").by_workspace(),
    ],
    closed: Some(("status", &[STALE, "withdrawn"])),
    order: &[("id", true)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    context.inherit(after, "system", "review");
    context.inherit(after, "release", "review");
    if after.get("produced_on").is_empty() {
        after.set("produced_on", context.today);
    }
    if after.text("status") == Some("recorded") && !after.get("evidence").is_empty() {
        after.set("status", "attached");
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let changed = |field: &str| before.is_none_or(|before| before.get(field) != after.get(field));
    if after.text("status") == Some("attached") && after.get("evidence").is_empty() {
        problems.push(Problem::of("status", "A run is attached as evidence: name the evidence."));
    }
    let judged = after.text("verdict").is_some_and(|verdict| verdict != NOT_JUDGED);
    if judged && changed("verdict") && after.get("reasons").is_empty() {
        problems.push(Problem::of("reasons", "Say what the verdict rests on: threshold, group, figure, n."));
    }
    if let Some(hash) = after.text("sha256").filter(|_| changed("sha256")) {
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash {
            problems.push(Problem::of("sha256", "A SHA-256 has 64 hexadecimal digits."));
        }
    }
    if let Some(text) = after.text("parameters").filter(|_| changed("parameters"))
        && let Some(problem) = not_json(text)
    {
        problems.push(Problem::of("parameters", problem));
    }
    if let Some(evidence) = after.text("evidence").filter(|_| after.get("limitations").is_empty()) {
        let status = context.records.field(&EVIDENCE, evidence, "status");
        if status.as_text() == Some("accepted") {
            let message = "Its evidence is accepted, which rests on the limitations: they cannot be left out.";
            problems.push(Problem::of("limitations", message));
        }
    }
    problems
}

/// Why a text cannot be kept as JSON, if it cannot.
#[must_use]
pub fn not_json(text: &str) -> Option<String> {
    if text.len() > LARGEST {
        return Some(format!("This is {} bytes of JSON; at most {LARGEST} are kept.", text.len()));
    }
    serde_json::from_str::<serde_json::Value>(text).err().map(|error| format!("This is not JSON: {error}."))
}

/// What keeps evidence from being accepted, because the run that it is the evidence of does not say what it does not show.
pub(super) fn unlimited(evidence: &Record, context: &Context<'_>) -> Option<String> {
    let run = context.records.belonging(&ANALYSIS, "evidence", evidence.id())?;
    let says = run.text("limitations").is_some_and(|text| !text.trim().is_empty());
    let reference = run.reference();
    (!says).then(|| {
        format!(
            "{reference} says nothing of its limitations, without which an analysis is no evidence. Write them first: \
             probity analysis set {reference} --limitations TEXT."
        )
    })
}
