//! The gate and the trace of a review as the screens show them: lines to go along, each with what it opens. They look and work
//! like a triage.

use chrono::NaiveDate;

use super::triage::{Item, Target, Triaged};
use crate::policy::Policy;
use crate::record::REVIEW;
use crate::review::Place;
use crate::review::gate::{Check, Finding, Gate, Verdict, facts, judge};
use crate::review::trace::{Node, State, trace};
use crate::tui::theme::Role;
use crate::workspace::{Result, Workspace};

/// What a tab of lines is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// What the answers call for.
    Triage,
    /// Whether the release may launch.
    Gate,
    /// What the release rests on.
    Trace,
    /// What stands on the agenda of a meeting, and what is proposed for it.
    Agenda,
    /// What happened in an incident, when.
    Timeline,
}

impl Walk {
    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Triage => "Triage",
            Self::Gate => "Gate",
            Self::Trace => "Trace",
            Self::Agenda => "Agenda",
            Self::Timeline => "Timeline",
        }
    }
}

/// Reads what a tab shows of a review.
///
/// # Errors
/// When it is not there, the file cannot be read, or a rule of the policy cannot be applied.
pub fn read(workspace: &Workspace, policy: &Policy, walk: Walk, id: &str, today: NaiveDate) -> Result<Triaged> {
    if walk == Walk::Triage {
        return super::triage::read(workspace, policy, id, today);
    }
    if walk == Walk::Agenda {
        return super::meetings::agenda(workspace, policy, id);
    }
    if walk == Walk::Timeline {
        return super::operations::timeline(workspace, id);
    }
    let facts = facts(workspace, policy, workspace.get(&REVIEW, id)?, None, today)?;
    Ok(if walk == Walk::Gate { of_gate(&judge(policy, &facts)) } else { of_trace(&trace(policy, &facts)) })
}

/// The tab of a review on which something is done.
#[must_use]
pub const fn tab_of(place: Place) -> &'static str {
    match place {
        Place::Review => "Overview",
        Place::Packet => "Packet",
        Place::Risks => "Risks",
        Place::Checklist => "Checklist",
        Place::Actions => "Actions",
        Place::Evidence => "Evidence",
        Place::Analysis => "Analysis",
        Place::Documents => "Documents",
        Place::Gate => "Gate",
    }
}

fn of_gate(gate: &Gate) -> Triaged {
    let mut items = Vec::new();
    let half = gate.checks.len().div_ceil(2);
    for (at, check) in gate.checks.iter().enumerate() {
        let heading = match at {
            0 => Some(format!("The gate is {}", gate.summary())),
            at if at == half => Some("Further checks".to_owned()),
            _ => None,
        };
        add_check(&mut items, check, &gate.review, heading, at >= half);
    }
    Triaged { items }
}

fn add_check(items: &mut Vec<Item>, check: &Check, review: &str, heading: Option<String>, right: bool) {
    let role = match check.verdict {
        Verdict::Pass => Role::Good,
        Verdict::Fail => Role::Bad,
        Verdict::NotRequired => Role::Dim,
    };
    let line = |label: &str, text: String, role, target| Item {
        heading: None,
        label: label.to_owned(),
        text,
        role,
        target,
        right,
    };
    let first = check.findings.first().map_or(Target::Nothing, |finding| target(finding, review));
    let said =
        if check.findings.is_empty() { format!("{}: {}", check.title, check.reason) } else { check.title.into() };
    items.push(Item { heading, ..line(check.verdict.word(), said, role, first) });
    for finding in &check.findings {
        let text = format!("{} Next: {}.", finding.text, finding.next.what);
        items.push(line("", text, Role::Text, target(finding, review)));
    }
}

/// Where a finding is mended: the record that it is about, or the tab of the review.
fn target(finding: &Finding, review: &str) -> Target {
    match (&finding.record, finding.next.place) {
        (Some(record), place) if record != review && place != Place::Packet => Target::Record(record.clone()),
        (_, Place::Review) => Target::Tab("Triage"),
        (_, place) => Target::Tab(tab_of(place)),
    }
}

fn of_trace(tree: &Node) -> Triaged {
    let gaps = match tree.gaps() {
        0 => "From the model version to the release: nothing is missing".to_owned(),
        1 => "From the model version to the release: 1 link is missing".to_owned(),
        more => format!("From the model version to the release: {more} links are missing"),
    };
    let mut items = Vec::new();
    let indent = "  ";
    for (before, node) in tree.drawn(&[indent, indent, indent, indent]) {
        let role = match node.state {
            State::There => Role::Text,
            State::Doubtful => Role::Warn,
            State::Missing => Role::Bad,
            State::NotRequired => Role::Dim,
        };
        let group = !node.children.is_empty() && !items.is_empty();
        let label = if node.state == State::There && group { "" } else { node.state.word() };
        let record = node.record.as_ref().map(|record| format!("{record} ")).unwrap_or_default();
        let said = format!("{record}{}", node.title);
        let parts = [said.trim(), node.note.as_str()].into_iter().filter(|part| !part.is_empty());
        let parts = parts.collect::<Vec<_>>().join(", ");
        let colon = if parts.is_empty() { "" } else { ": " };
        items.push(Item {
            heading: items.is_empty().then(|| gaps.clone()),
            label: label.to_owned(),
            text: format!("{before}{}{colon}{parts}", node.link),
            role,
            target: node.record.clone().map_or(Target::Nothing, Target::Record),
            right: false,
        });
    }
    Triaged { items }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::gate::Step;

    #[test]
    fn a_finding_leads_to_its_record_or_to_a_tab() {
        let finding = |record: Option<&str>, place| Finding {
            text: "Not so.".to_owned(),
            record: record.map(str::to_owned),
            next: Step { what: "mend it".to_owned(), command: "probity show".to_owned(), place },
        };
        let to = |record, place| target(&finding(record, place), "REV-1");
        assert_eq!(to(Some("RSK-3"), Place::Risks), Target::Record("RSK-3".to_owned()));
        assert_eq!(to(Some("REV-1"), Place::Review), Target::Tab("Triage"));
        assert_eq!(to(Some("PKT-1"), Place::Packet), Target::Tab("Packet"));
        assert_eq!(to(None, Place::Evidence), Target::Tab("Evidence"));
    }
}
