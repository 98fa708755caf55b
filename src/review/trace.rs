//! The trace: model version → data sheet → analyses → documents → checklists → decisions → release, as a tree.
//!
//! What triage finds necessary and is not there is a node of its own, named as missing; nothing is left out.

use serde::Serialize;

use super::decide;
use super::gate::decided::decision;
use super::gate::{Facts, proof};
use crate::policy::Policy;
use crate::record::decision::{APPROVE, APPROVE_WITH_CONDITIONS, TIER};
use crate::record::{ACTION, ALERT, CHECKLIST_ITEM, Record};

/// How a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum State {
    /// It is there, and holds.
    #[serde(rename = "there")]
    There,
    /// It is there, and something is wrong with it.
    #[serde(rename = "doubtful")]
    Doubtful,
    /// It is asked for, and not there.
    #[serde(rename = "missing")]
    Missing,
    /// It is not there, and nothing asks for it.
    #[serde(rename = "not required")]
    NotRequired,
}

impl State {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Doubtful => "doubtful",
            Self::Missing => "missing",
            Self::NotRequired => "not required",
        }
    }
}

/// A node with what hangs from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// What sort of link of the chain it is, such as `data sheet`.
    pub link: String,
    /// How it stands.
    pub state: State,
    /// What it is called; empty where it is missing.
    pub title: String,
    /// The record, by reference.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What is to be said of it, as a sentence; empty where all is well.
    pub note: String,
    /// What hangs from it.
    pub children: Vec<Node>,
}

impl Node {
    fn new(link: &str, state: State, title: impl Into<String>, note: impl Into<String>) -> Self {
        let (title, note) = (title.into(), note.into());
        Self { link: link.to_owned(), state, title, record: None, note, children: Vec::new() }
    }

    fn of(mut self, record: &Record) -> Self {
        self.record = Some(record.reference().to_owned());
        self
    }

    /// A link of the chain from what hangs from it: as bad as the worst of that.
    fn group(link: &str, children: Vec<Self>, otherwise: &str) -> Self {
        let state = if children.is_empty() {
            State::NotRequired
        } else {
            let has = |state| children.iter().any(|child: &Self| child.state == state);
            if has(State::Missing) {
                State::Missing
            } else if has(State::Doubtful) {
                State::Doubtful
            } else if has(State::There) {
                State::There
            } else {
                State::NotRequired
            }
        };
        let note = if children.is_empty() { otherwise } else { "" };
        Self { children, ..Self::new(link, state, "", note) }
    }

    /// The node in words, without what hangs from it.
    #[must_use]
    pub fn words(&self) -> String {
        let record = self.record.as_ref().map(|record| format!("{record} ")).unwrap_or_default();
        let said = if self.title.is_empty() { record } else { format!("{record}{}", self.title) };
        let state = match self.state {
            State::There => String::new(),
            state => state.word().to_owned(),
        };
        let parts = [said.trim().to_owned(), state, self.note.clone()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { self.link.clone() } else { format!("{}: {}", self.link, parts.join(", ")) }
    }

    /// The nodes with what stands before each when they are drawn as a tree, from the root down. The pieces are those for a
    /// branch that goes on, the last branch, and what stands under each.
    #[must_use]
    pub fn drawn<'n>(&'n self, pieces: &[&str; 4]) -> Vec<(String, &'n Self)> {
        let mut lines = vec![(String::new(), self)];
        self.draw_children("", pieces, &mut lines);
        lines
    }

    fn draw_children<'n>(&'n self, before: &str, pieces: &[&str; 4], lines: &mut Vec<(String, &'n Self)>) {
        let [branch, last, under, blank] = pieces;
        for (at, child) in self.children.iter().enumerate() {
            let ends = at + 1 == self.children.len();
            lines.push((format!("{before}{}", if ends { last } else { branch }), child));
            child.draw_children(&format!("{before}{}", if ends { blank } else { under }), pieces, lines);
        }
    }

    /// How many links are missing, this one and all that hang from it; groups do not count.
    #[must_use]
    pub fn gaps(&self) -> usize {
        let own = usize::from(self.state == State::Missing && self.children.is_empty());
        own + self.children.iter().map(Self::gaps).sum::<usize>()
    }
}

/// The trace of a review.
#[must_use]
pub fn trace(policy: &Policy, facts: &Facts) -> Node {
    let model = match &facts.subject.model_version {
        Some(version) => Node::new("model version", State::There, version.as_str(), ""),
        None => Node::new("model version", State::Missing, "", "neither the release nor the system names one"),
    };
    Node {
        children: vec![
            data_sheet(policy, facts),
            analyses(policy, facts),
            documents(policy, facts),
            checklists(facts),
            decisions(facts),
            release(facts),
        ],
        ..model
    }
}

/// Evidence, or a document, of this kind, as a node: what counts, or what is wrong with what there is, or that there is none.
fn evidence(policy: &Policy, facts: &Facts, kind: &str, required: bool) -> Node {
    match proof::document(facts, policy, kind) {
        Ok(found) => Node::new(kind, State::There, found.title(), "").of(found),
        Err(finding) => match finding.record.as_ref().and_then(|reference| known(facts, reference)) {
            Some(found) => {
                let prefix = format!("{} “{}” ", found.reference(), found.title());
                let note = finding.text.strip_prefix(&prefix).unwrap_or(&finding.text);
                let note = note.trim_end_matches('.');
                Node::new(kind, State::Doubtful, found.title(), note).of(found)
            }
            None if required => {
                let need = facts.document(kind).and_then(|need| need.because.first());
                let why = need.map(|why| format!("rule {}: {}", why.rule, why.reason)).unwrap_or_default();
                Node::new(kind, State::Missing, "", why.trim_end_matches('.'))
            }
            None => Node::new(kind, State::NotRequired, "", ""),
        },
    }
}

fn known<'f>(facts: &'f Facts, reference: &str) -> Option<&'f Record> {
    facts.documents.iter().chain(&facts.evidence).chain(&facts.runs).find(|one| one.reference() == reference)
}

fn data_sheet(policy: &Policy, facts: &Facts) -> Node {
    evidence(policy, facts, "data sheet", facts.document("data sheet").is_some())
}

fn analyses(policy: &Policy, facts: &Facts) -> Node {
    let needed = proof::needed_analyses(facts);
    let mut nodes: Vec<Node> = ["evaluation report", "fairness report", "test log"]
        .into_iter()
        .map(|kind| evidence(policy, facts, kind, needed.contains(&kind)))
        .filter(|node| node.state != State::NotRequired)
        .collect();
    nodes.extend(facts.runs.iter().map(|run| {
        let verdict = run.text("verdict").unwrap_or_default();
        match proof::unexplained(facts, run) {
            None => Node::new("run", State::There, run.title(), verdict).of(run),
            Some(finding) => {
                let prefix = format!("{} “{}” ", run.reference(), run.title());
                let note = finding.text.strip_prefix(&prefix).unwrap_or(&finding.text);
                Node::new("run", State::Doubtful, run.title(), note.trim_end_matches('.')).of(run)
            }
        }
    }));
    Node::group("analyses", nodes, "no rule and no item asks for one")
}

fn documents(policy: &Policy, facts: &Facts) -> Node {
    let needed = facts.triage.documents.iter().filter(|need| need.what != "data sheet");
    let mut nodes: Vec<Node> = needed.map(|need| evidence(policy, facts, &need.what, true)).collect();
    // A card that nobody asked for is still a link of the chain.
    for kind in ["model card", "system card"] {
        if facts.document(kind).is_none() {
            nodes.push(evidence(policy, facts, kind, false));
        }
    }
    nodes.retain(|node| node.state != State::NotRequired);
    Node::group("documents", nodes, "no rule asks for one")
}

fn checklists(facts: &Facts) -> Node {
    let mut nodes: Vec<Node> = facts.checklists.iter().map(|checklist| one_checklist(facts, checklist)).collect();
    for needed in &facts.triage.checklists {
        if !facts.checklists.iter().any(|there| there.text("template") == Some(&needed.what)) {
            nodes.push(Node::new("checklist", State::Missing, needed.title.as_str(), "not started"));
        }
    }
    Node::group("checklists", nodes, "no rule asks for one")
}

fn one_checklist(facts: &Facts, checklist: &Record) -> Node {
    let items: Vec<&Record> =
        facts.items.iter().filter(|item| item.text("checklist") == Some(checklist.id())).collect();
    let settled = items.iter().filter(|item| CHECKLIST_ITEM.is_closed(item)).count();
    let failed = items.iter().filter(|item| item.text("status") == Some("fail")).count();
    let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
    let state = if settled == items.len() { State::There } else { State::Doubtful };
    let note = format!("{settled} of {} items settled{failed}", items.len());
    Node::new("checklist", state, checklist.title(), note).of(checklist)
}

fn decisions(facts: &Facts) -> Node {
    let review = &facts.review;
    let tier = match review.text("tier") {
        Some(tier) => decided(facts, &[TIER], Node::new("tier", State::There, tier, "")),
        None => Node::new("tier", State::Missing, "", "not decided"),
    };
    let stage = review.text("stage").unwrap_or("intake");
    let launch = match stage {
        "approved" | "approved with conditions" | "launched" | "monitoring" => {
            let on = review.get("decided_at").as_day().map(|day| format!("decided on {day}")).unwrap_or_default();
            decided(facts, &[APPROVE, APPROVE_WITH_CONDITIONS], Node::new("launch", State::There, stage, on))
        }
        "rejected" | "withdrawn" => Node::new("launch", State::Doubtful, stage, ""),
        _ => Node::new("launch", State::Missing, "", format!("the review is in {stage}")),
    };
    let mut nodes = vec![tier, launch];
    for risk in facts.risks.iter().filter(|risk| risk.text("status") == Some("accepted")) {
        let until = risk.get("accepted_until").as_day();
        let over = until.is_none_or(|until| until < facts.today);
        let note = until.map_or("without an end".to_owned(), |until| {
            if over { format!("ended on {until}") } else { format!("until {until}") }
        });
        let state = if over { State::Doubtful } else { State::There };
        nodes.push(Node::new("acceptance", state, risk.title(), note).of(risk));
    }
    for condition in facts.actions.iter().filter(|action| action.text("kind") == Some("condition")) {
        let status = condition.text("status").unwrap_or("open");
        let state = if ACTION.is_closed(condition) { State::There } else { State::Doubtful };
        nodes.push(Node::new("condition", state, condition.title(), status).of(condition));
    }
    Node::group("decisions", nodes, "")
}

/// What was decided, with the decision that it rests on: one that is outdated or has run out carries nothing.
fn decided(facts: &Facts, kinds: &[&str], node: Node) -> Node {
    match decision(facts, kinds, &facts.review) {
        Some((decision, decide::State::InForce)) => node.of(decision),
        Some((decision, standing)) => {
            Node { state: State::Doubtful, note: standing.word().to_owned(), ..node }.of(decision)
        }
        None => Node { state: State::Doubtful, note: "rests on no decision".to_owned(), ..node },
    }
}

fn release(facts: &Facts) -> Node {
    let Some(release) = &facts.release else {
        return Node::new("release", State::Missing, "", "the review names none");
    };
    let day = |field: &str| release.get(field).as_day();
    let note = match (day("rolled_back_on"), day("launched_on"), day("planned_on")) {
        (Some(back), ..) => format!("rolled back on {back}"),
        (None, Some(launched), _) => format!("launched on {launched}"),
        (None, None, Some(planned)) => format!("planned for {planned}"),
        (None, None, None) => "not launched".to_owned(),
    };
    let children = facts.incidents.iter().map(|(incident, alerts)| went_wrong(incident, alerts)).collect();
    Node { children, ..Node::new("release", State::There, release.title(), note).of(release) }
}

/// An incident that came of the launch, with the alerts that told of it.
fn went_wrong(incident: &Record, alerts: &[Record]) -> Node {
    let status = incident.text("status").unwrap_or("open");
    let due = incident.get("report_due_on").as_day().map(|due| format!(", a report is due by {due}"));
    let state = if status == "reviewed" && due.is_none() { State::There } else { State::Doubtful };
    let note = format!("{status}{}", due.unwrap_or_default());
    let told = |alert: &Record| {
        let said = alert.text("status").unwrap_or("open");
        let state = if ALERT.is_closed(alert) { State::There } else { State::Doubtful };
        Node::new("alert", state, alert.title(), said).of(alert)
    };
    let children = alerts.iter().map(told).collect();
    Node { children, ..Node::new("incident", state, incident.title(), note).of(incident) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{INCIDENT, Value};
    use crate::review::gate::tests::ready;

    fn find<'n>(node: &'n Node, link: &str) -> &'n Node {
        let mut lines = node.drawn(&["", "", "", ""]).into_iter().map(|(_, node)| node);
        lines.find(|node| node.link == link).expect("a link of the chain")
    }

    #[test]
    fn the_chain_is_whole_and_in_order() {
        let trace = trace(&Policy::builtin(), &ready());
        let links: Vec<&str> = trace.children.iter().map(|node| node.link.as_str()).collect();
        assert_eq!(links, ["data sheet", "analyses", "documents", "checklists", "decisions", "release"]);
        assert_eq!((trace.title.as_str(), trace.gaps()), ("2.1", 0), "{trace:#?}");
    }

    #[test]
    fn gaps_are_named_and_never_left_out() {
        let mut facts = ready();
        facts.evidence.clear();
        facts.release = None;
        facts.subject.model_version = None;
        facts.checklists.clear();
        facts.review.set("tier", crate::record::Value::Empty);
        facts.review.set("stage", "mitigation");
        let trace = trace(&Policy::builtin(), &facts);
        assert_eq!(trace.state, State::Missing);
        for link in [
            "data sheet",
            "evaluation report",
            "fairness report",
            "model card",
            "checklist",
            "tier",
            "launch",
            "release",
        ] {
            assert_eq!(find(&trace, link).state, State::Missing, "{link}");
        }
        let wanted = facts.triage.documents.iter().filter(|need| need.what != "data sheet").count();
        assert_eq!(find(&trace, "documents").children.len(), wanted, "each document that a rule asks for");
        assert!(find(&trace, "data sheet").words().starts_with("data sheet: missing, rule data-sheet: "));
    }

    #[test]
    fn what_is_doubtful_says_why_and_what_nobody_asks_for_is_said() {
        let mut facts = ready();
        for one in facts.evidence.iter_mut().filter(|one| one.text("kind") == Some("data sheet")) {
            one.set("model_version", "1.0");
        }
        facts.risks[0].set("accepted_until", facts.today.pred_opt().expect("a day"));
        let changed = trace(&Policy::builtin(), &facts);
        let sheet = find(&changed, "data sheet");
        assert_eq!(sheet.state, State::Doubtful);
        assert!(sheet.note.contains("is stale: it is about model version 1.0"), "{}", sheet.note);
        assert!(find(&changed, "acceptance").note.contains("ended on"));
        facts.triage.documents.clear();
        facts.evidence.clear();
        assert_eq!(find(&trace(&Policy::builtin(), &facts), "documents").state, State::NotRequired);
    }

    #[test]
    fn what_went_wrong_hangs_from_the_release_that_let_it() {
        let mut facts = ready();
        let incident = |status: &'static str, due: Value| {
            Record::from_said(
                &INCIDENT,
                &[("title", "Wrong letters".into()), ("status", status.into()), ("report_due_on", due)],
            )
        };
        let alert = Record::from_said(&ALERT, &[("title", "Gap: 0.3".into()), ("status", "closed".into())]);
        let due = crate::record::Value::Day(facts.today);
        facts.incidents =
            vec![(incident("open", due), vec![alert.clone()]), (incident("reviewed", Value::Empty), vec![alert])];
        let tree = trace(&Policy::builtin(), &facts);
        let release = find(&tree, "release");
        let states: Vec<State> = release.children.iter().map(|one| one.state).collect();
        assert_eq!((release.state, states), (State::There, vec![State::Doubtful, State::There]));
        assert!(release.children[0].note.contains("a report is due by"), "{}", release.children[0].note);
        assert_eq!(find(&tree, "alert").title, "Gap: 0.3");
    }
}
