//! The documents that are written here, and what standing checks find.

use std::collections::HashMap;

use super::{Reading, Request};
use crate::policy::Policy;
use crate::record::DOCUMENT;
use crate::record::document::{IN_REVIEW, STATUSES};
use crate::report::error::Result;
use crate::report::register::{Cell, Column, Holds, Layout, Register, Row};
use crate::review::lint::{Scope, Severity, lint};
use crate::workspace::Query;

const FIRST: &[&str] = &[
    "ref",
    "title",
    "kind",
    "number",
    "status",
    "author",
    "reviewer",
    "rework",
    "approved_by",
    "approved_at",
    "model_version",
    "review",
    "system",
    "release",
    "written",
    "sections",
    "rounds",
    "submitted_by",
    "submitted_at",
    "digest",
];

/// All documents in all versions, the newest first.
pub(super) fn documents(reading: &mut Reading<'_, '_>) -> Result<Register> {
    let layout = Layout::new(&DOCUMENT, FIRST, &[], &[]);
    let help = "What is written here from a template, in versions, the newest first: who wrote it, who read it, who approved it.";
    let mut register = Register::new("documents", "Documents", help, layout.columns());
    let mut by_status: HashMap<String, u64> = HashMap::new();
    reading.each(&Query::all(&DOCUMENT), "Reading documents", |reading, document| {
        *by_status.entry(document.text("status").unwrap_or_default().to_owned()).or_default() += 1;
        let cells = layout.cells(document, &mut reading.labels, |_| Cell::Empty);
        // What waits for a reader or an approval comes before what does not.
        let weight = i64::from(document.text("status") == Some(IN_REVIEW));
        register.rows.push(Row { cells, weight });
        Ok(())
    })?;
    let figures = &mut reading.figures;
    figures.add("documents", "Documents", register.rows.len() as u64);
    for status in STATUSES {
        let count = by_status.get(*status).copied().unwrap_or(0);
        figures.add(format!("documents_{}", status.replace(' ', "_")), format!("Documents, {status}"), count);
    }
    Ok(register)
}

/// What standing checks find and nobody silenced, the worst first; nothing where no policy is at hand to ask them by.
pub(super) fn checks(reading: &mut Reading<'_, '_>, request: &Request) -> Result<Register> {
    let columns = vec![
        Column::new("severity", "Severity", Holds::Line),
        Column::new("rule", "Rule", Holds::Line),
        Column::new("title", "Found", Holds::Line),
        Column::new("ref", "Record", Holds::Reference),
        Column::new("record", "Title", Holds::Line),
        Column::new("review", "Review", Holds::Line),
        Column::new("text", "What is wrong", Holds::Prose),
        Column::new("next", "What mends it", Holds::Line),
    ];
    let asked =
        "Where the records contradict themselves or the policy, the worst first; what somebody silenced is left out.";
    let unasked = "Standing checks were not asked: no policy was at hand.";
    let help = if request.checks.is_some() { asked } else { unasked };
    let mut register = Register::new("checks", "Standing checks", help, columns);
    let Some(policy) = &request.checks else { return Ok(register) };
    ask(reading, policy, &mut register)?;
    Ok(register)
}

fn ask(reading: &mut Reading<'_, '_>, policy: &Policy, register: &mut Register) -> Result<()> {
    reading.watch.at("Asking standing checks", 0, 1)?;
    let report = lint(reading.workspace, policy, &Scope::default(), reading.today)?;
    for finding in report.heard() {
        let weight = match finding.rule.severity {
            Severity::Error => 2,
            Severity::Warning => 1,
            Severity::Note => 0,
        };
        let cells = vec![
            Cell::text(finding.rule.severity.word()),
            Cell::text(finding.rule.id),
            Cell::text(finding.rule.title),
            Cell::text(&finding.record),
            Cell::text(&finding.title),
            finding.review.as_ref().map_or(Cell::Empty, |(_, review)| Cell::text(review)),
            Cell::text(&finding.text),
            Cell::text(&finding.next.what),
        ];
        register.rows.push(Row { cells, weight });
    }
    let figures = &mut reading.figures;
    for severity in Severity::ALL {
        let word = severity.word();
        figures.add(
            format!("checks_{word}"),
            format!("Findings of standing checks, {word}"),
            report.count(severity) as u64,
        );
    }
    figures.add("checks_silenced", "Findings of standing checks, silenced", report.silenced() as u64);
    Ok(())
}
