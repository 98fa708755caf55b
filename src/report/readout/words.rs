//! What a readout says of figures in sentences: what is missed and by what, what went better or worse, what is to be decided.

use super::{Known, MOST};
use crate::record::INCIDENT;
use crate::review::due::{Due, Sort};
use crate::review::insights::TrackRecord;
use crate::review::kpi::{Figure, Kpi, Verdict};

/// How many references a sentence names.
pub(super) const NAMED: usize = 6;

/// What keeps a figure from its target, and whether the records that stand in its numerator do that, or those that do not. A
/// figure that is a mean or a count of something good names no records.
const AMISS: &[(&str, &str, bool)] = &[
    ("assessment-coverage", "launched without a complete packet and an approval before it", false),
    ("on-time-completion", "decided after their target", false),
    ("evidence-completeness", "lacking something that is required", false),
    ("artifact-rework", "sent back for major rework", true),
    ("fairness-post-launch", "found after launch", true),
    ("mitigation-closure", "not done by their due date", false),
    ("residual-acceptance", "launched with a risk above the tolerated level that nobody had accepted", false),
    ("monitoring-readiness", "launched without live signals that all had an owner and an alert route", false),
    ("alert-response", "not taken up within one business day", false),
    ("policy-exceptions", "approved exceptions", true),
    ("template-adoption", "with a card or a checklist that follows no standard template", false),
];

/// What is amiss with a figure's records: words for it, and whether those in the numerator are.
pub(super) fn amiss(kpi: &Kpi) -> Option<(&'static str, bool)> {
    AMISS.iter().find(|(id, _, _)| *id == kpi.id).map(|(_, words, counts)| (*words, *counts))
}

/// How a figure stands to what it was: better, worse, up, down, as before; none where one of the two is not known.
pub(super) fn moved(kpi: &Kpi, before: Option<f64>, now: Option<f64>) -> Option<&'static str> {
    let (before, now) = (before?, now?);
    // What is shown alike is alike.
    if kpi.unit.shown(before) == kpi.unit.shown(now) {
        return Some("as before");
    }
    Some(match (kpi.rises, now > before) {
        (Some(rises), up) if rises == up => "better",
        (Some(_), _) => "worse",
        (None, true) => "up",
        (None, false) => "down",
    })
}

/// How often forecasts were right, in a sentence.
#[must_use]
pub fn in_words(record: &TrackRecord) -> String {
    if record.forecasts == 0 {
        return "No forecast could be tried on the past yet: too few reviews are decided.".to_owned();
    }
    let dates = if record.with_date > 0 {
        format!(" Ready or not was foretold rightly for {} of {}.", record.right, record.with_date)
    } else {
        String::new()
    };
    // Four in five are expected; two in three are worth a warning from so many on that it is hardly chance.
    let poor = record.forecasts >= 10 && record.within * 3 < record.forecasts * 2;
    let warning = if poor { " That is less than it should be: take the dates below as a rough guide." } else { "" };
    format!(
        "Tried on the past: {} of {} decisions came within the interval (4 in 5 are expected).{dates}{warning}",
        record.within, record.forecasts
    )
}

/// `1 review`, `3 reviews`.
pub(super) fn several(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// Some of many, named, and how many more there are.
pub(super) fn named(all: &[String]) -> String {
    let shown = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn names(figures: &[Figure], verdict: Verdict) -> Vec<String> {
    let with = figures.iter().filter(|figure| figure.verdict == verdict && figure.counted.value.is_some());
    with.map(|figure| format!("{} ({})", figure.kpi.name, figure.shown())).collect()
}

/// What a lead would say first.
pub(super) fn headlines(of: &Known<'_>) -> Vec<String> {
    let (met, missed) = (names(of.figures, Verdict::Met), names(of.figures, Verdict::Missed));
    let silent: Vec<&str> =
        of.figures.iter().filter(|figure| figure.counted.value.is_none()).map(|figure| figure.kpi.name).collect();
    let mut lines = vec![format!(
        "Of {}, {} met their target and {} missed it.",
        several(of.figures.len(), "figure"),
        met.len(),
        missed.len()
    )];
    for (what, names) in [("Missed", missed), ("Met", met)] {
        lines.extend((!names.is_empty()).then(|| format!("{what}: {}.", names.join(", "))));
    }
    lines.extend(
        (!silent.is_empty()).then(|| format!("No data, since there was nothing to count: {}.", silent.join(", "))),
    );
    lines.extend(shifts(of));
    lines.push(incidents(of));
    let doubtful = of.forecasts.iter().filter(|one| matches!(one.word, "at risk" | "late")).count();
    let under_way = several(of.forecasts.len(), "review");
    lines.push(format!("{under_way} under way, {doubtful} of them late or not likely to be ready by their launch."));
    let late = of.due.iter().filter(|due| due.days_late > 0).count();
    lines.push(format!(
        "{} past their day, {} of them at the last step of escalation.",
        if late == 1 { "1 duty".to_owned() } else { format!("{late} duties") },
        last_step(of).len()
    ));
    lines
}

fn incidents(of: &Known<'_>) -> String {
    if of.incidents.is_empty() {
        return "No incident.".to_owned();
    }
    let open = of.incidents.iter().filter(|one| !INCIDENT.is_closed(one)).count();
    let people: i64 = of.incidents.iter().filter_map(|one| one.number("people_affected")).sum();
    let people = if people > 0 { format!("; {people} people affected") } else { String::new() };
    format!("{}, {open} of them open{people}.", several(of.incidents.len(), "incident"))
}

/// What went better, and what went worse, since the period before.
fn shifts(of: &Known<'_>) -> Vec<String> {
    let moved_so = |wanted: &str| -> Vec<String> {
        let figures = of.figures.iter().zip(of.before);
        let so = figures.filter(|(figure, before)| moved(figure.kpi, **before, figure.counted.value) == Some(wanted));
        so.map(|(figure, before)| {
            let was = before.map_or_else(String::new, |before| figure.kpi.unit.shown(before));
            format!("{} (from {was} to {})", figure.kpi.name, figure.shown())
        })
        .collect()
    };
    let told = [("Better", moved_so("better")), ("Worse", moved_so("worse"))].into_iter();
    told.filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what} than in {}: {}.", of.period_before, names.join(", ")))
        .collect()
}

/// What reached the last step of escalation.
pub(super) fn last_step<'d>(of: &Known<'d>) -> Vec<&'d Due> {
    of.due.iter().filter(|due| of.last_step.is_some_and(|step| due.step == step) && due.days_late > 0).collect()
}

/// What somebody has to decide, the most pressing first.
pub(super) fn to_decide(of: &Known<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for due in of.due.iter().filter(|due| due.sort == Sort::LegalClock && due.days_late >= 0) {
        let late = if due.days_late == 0 {
            "due today".to_owned()
        } else {
            format!("{} late", several(usize::try_from(due.days_late).unwrap_or(0), "day"))
        };
        lines.push(format!("Report {} {} to the authority ({late}), and say who does.", due.record, due.title));
    }
    let waiting: Vec<String> =
        of.forecasts.iter().filter(|one| one.stage == "decision").map(|one| one.review.clone()).collect();
    lines.extend((!waiting.is_empty()).then(|| format!("Reviews that wait for a decision: {}.", named(&waiting))));
    let doubtful: Vec<String> = of
        .forecasts
        .iter()
        .filter(|one| matches!(one.word, "late" | "at risk"))
        .map(|one| match one.launch_on {
            Some(launch) => format!("{} (launch {launch}, {})", one.review, one.word),
            None => one.review.clone(),
        })
        .collect();
    let line = || format!("Move the launch, or give the review more hands: {}.", named(&doubtful));
    lines.extend((!doubtful.is_empty()).then(line));
    let ended: Vec<String> = of
        .due
        .iter()
        .filter(|due| matches!(due.sort, Sort::Waiver | Sort::Acceptance | Sort::Mitigation) && due.days_late > 0)
        .map(|due| due.record.clone())
        .collect();
    let line = || format!("Renew or end the exceptions that have run out: {}.", named(&ended));
    lines.extend((!ended.is_empty()).then(line));
    let mut unasked: Vec<String> = of
        .late
        .iter()
        .flat_map(|find| find.caught_by.iter().filter(|by| by.stood == "not asked"))
        .map(|by| format!("{} {}", by.control, by.title).trim_end().to_owned())
        .collect();
    unasked.sort();
    unasked.dedup();
    let line = || format!("Ask for the controls that would have caught what was found too late: {}.", named(&unasked));
    lines.extend((!unasked.is_empty()).then(line));
    let others = last_step(of)
        .into_iter()
        .filter(|due| !matches!(due.sort, Sort::LegalClock | Sort::Waiver | Sort::Acceptance | Sort::Mitigation));
    let others: Vec<String> = others.map(|due| format!("{} ({})", due.record, due.sort.word())).collect();
    let line = || format!("What nobody moved after two reminders: {}.", named(&others));
    lines.extend((!others.is_empty()).then(line));
    lines.truncate(MOST);
    lines
}
