//! Analysis runs that overclaim: without limitations, without a number of rows, on one figure alone, or broken and unexplained.

use super::facts::Facts;
use super::stage::{matters, reached};
use super::{Fault, Rule, Severity, Test, fault};
use crate::record::analysis::{BREACHED, UNDECIDED};
use crate::record::{ANALYSIS, Record};
use crate::review::Place;

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "analysis-no-limitations",
        severity: Severity::Error,
        about: &ANALYSIS,
        title: "Analysis that says nothing of its limitations",
        why: "Every analysis leaves somebody out and something unmeasured. Who is not told of it takes the figures for more than \
              they are.",
        place: Place::Analysis,
        field: "limitations",
        test: Test::Each(no_limitations),
    },
    Rule {
        id: "analysis-no-n",
        severity: Severity::Error,
        about: &ANALYSIS,
        title: "Analysis that does not say of how many rows",
        why: "A rate without its n can be of three people. Nobody can tell how sure it is.",
        place: Place::Analysis,
        field: "n",
        test: Test::Each(no_n),
    },
    Rule {
        id: "analysis-one-metric",
        severity: Severity::Warning,
        about: &ANALYSIS,
        title: "Fairness judged by one figure alone",
        why: "One figure can be equal while the others are not, and they cannot all be: show several, and say which one counts \
              here and why.",
        place: Place::Analysis,
        field: "metrics",
        test: Test::Each(one_metric),
    },
    Rule {
        id: "analysis-unexplained",
        severity: Severity::Error,
        about: &ANALYSIS,
        title: "Threshold broken or undecided, decided upon, and not explained",
        why: "Somebody decided although a threshold is broken or cannot be told. Why that is right, and what watches over it, is \
              for the record.",
        place: Place::Analysis,
        field: "explanation",
        test: Test::Each(unexplained),
    },
];

fn counts(facts: &Facts<'_>, run: &Record) -> bool {
    !ANALYSIS.is_closed(run) && matters(facts, run)
}

fn no_limitations(facts: &Facts<'_>, run: &Record) -> Option<Fault> {
    if !counts(facts, run) || !run.get("limitations").is_empty() {
        return None;
    }
    fault(
        "It does not say what it does not show.",
        "write its limitations",
        format!("probity analysis set {} --limitations TEXT", run.reference()),
    )
}

fn no_n(facts: &Facts<'_>, run: &Record) -> Option<Fault> {
    if !counts(facts, run) || run.number("n").is_some_and(|n| n > 0) {
        return None;
    }
    fault(
        "It does not say how many rows or cases were measured.",
        "say how many",
        format!("probity analysis set {} --n NUMBER", run.reference()),
    )
}

fn one_metric(facts: &Facts<'_>, run: &Record) -> Option<Fault> {
    if !counts(facts, run) || run.text("kind") != Some("slices") {
        return None;
    }
    let [only] = run.get("metrics").items() else { return None };
    fault(
        format!("Its only figure is {}.", crate::text::line(only)),
        "measure the others too",
        format!("probity analysis set {} --metrics WORDS", run.reference()),
    )
}

fn unexplained(facts: &Facts<'_>, run: &Record) -> Option<Fault> {
    let verdict = run.text("verdict").filter(|verdict| [BREACHED, UNDECIDED].contains(verdict))?;
    let review = facts.review(run).filter(|review| reached(review, "approved"))?;
    if ANALYSIS.is_closed(run) || !run.get("explanation").is_empty() {
        return None;
    }
    fault(
        format!("It is {verdict}, {} is decided, and nobody says why that is right.", review.reference()),
        "explain it",
        format!("probity analysis set {} --explanation TEXT", run.reference()),
    )
}
