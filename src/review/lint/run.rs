//! Going through a workspace with the rules: in bulk, some hundred reviews at a time.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::facts::{Facts, stands_alone};
use super::finding::{Finding, Severity, Silenced};
use super::{Fault, Rule, Test, rules};
use crate::policy::Policy;
use crate::record::incident::{ENTRY, MITIGATION};
use crate::record::{
    ALERT, INCIDENT, KINDS, MEETING, RELEASE, REVIEW, Record, SERIES, SIGNAL, SILENCE, SYSTEM, VOTE, Value, silence,
};
use crate::review::gate::Step;
use crate::workspace::{Condition, Query, Result, Workspace};

/// How many reviews are at hand at once: enough to ask in sets, few enough to hold in memory with all they have.
const AT_ONCE: usize = 500;

/// What is looked at.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Only what belongs to this review, to its system, or to that system's releases.
    pub review: Option<Record>,
    /// Only these rules; all, where none is named.
    pub rules: Vec<&'static Rule>,
}

/// What was found, the worst first, then by rule, then by record.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The findings, those that are silenced included.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The findings that nobody silenced.
    pub fn heard(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.silenced.is_none())
    }

    /// How many findings of a severity nobody silenced.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.heard().filter(|finding| finding.rule.severity == severity).count()
    }

    /// How many findings are silenced.
    #[must_use]
    pub fn silenced(&self) -> usize {
        self.findings.len() - self.heard().count()
    }
}

/// Asks the rules of a workspace, or of one review of it.
///
/// # Errors
/// When the file cannot be read, or reading was interrupted.
pub fn lint(workspace: &Workspace, policy: &Policy, scope: &Scope, today: NaiveDate) -> Result<Report> {
    let asked: Vec<&'static Rule> = rules()
        .filter(|rule| scope.rules.is_empty() || scope.rules.iter().any(|wanted| wanted.id == rule.id))
        .collect();
    let mut facts = Facts::new(workspace, policy, today);
    let mut run = Run { asked, findings: Vec::new() };
    read_alone(&mut facts, scope.review.as_ref())?;
    run.each(&facts, stands_alone);
    let reviews = match &scope.review {
        Some(review) => vec![review.clone()],
        None => workspace.records(&Query::all(&REVIEW))?,
    };
    let mut reviews = reviews.into_iter();
    loop {
        let some: Vec<Record> = reviews.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            break;
        }
        facts.read_reviews(some)?;
        run.each(&facts, |kind| !stands_alone(kind));
    }
    facts.read_loose(
        scope.review.as_ref().and_then(|review| review.text("system")).filter(|_| scope.review.is_some()),
    )?;
    run.each(&facts, |kind| !stands_alone(kind) && kind != &REVIEW);
    run.whole(&facts, scope.review.as_ref())?;
    let mut findings = run.findings;
    hush(&facts, &mut findings);
    let place = |rule: &Rule| rules().position(|known| known.id == rule.id);
    findings.sort_by_cached_key(|finding| {
        let Finding { rule, record, .. } = finding;
        (rule.severity, place(rule), record.len(), record.clone())
    });
    Ok(Report { findings })
}

/// Reads the kinds of record that are few: of one system, where one review is looked at.
fn read_alone(facts: &mut Facts<'_>, review: Option<&Record>) -> Result<()> {
    let system = review.map(|review| review.text("system").unwrap_or("-").to_owned());
    for kind in KINDS.iter().copied().filter(|kind| stands_alone(kind)) {
        let mut query = Query::all(kind);
        if let Some(system) = &system {
            if kind == &SYSTEM {
                query = query.with(Condition::Is("id", Value::text(system.as_str())));
            } else if [&RELEASE, &SIGNAL, &SERIES, &ALERT].contains(&kind) {
                query = query.with(Condition::Is("system", Value::text(system.as_str())));
            } else if kind == &MEETING || kind == &VOTE {
                // A meeting is about many reviews, and none of its faults is that of one.
                query = query.with(Condition::Is("id", Value::text("-")));
            } else if [&ENTRY, &MITIGATION].contains(&kind) {
                let of_system = Condition::Is("system", Value::text(system.as_str()));
                query = query.with(Condition::Linked("incident", Box::new(of_system)));
            }
        }
        let records = facts.workspace.records(&query)?;
        facts.put(kind, records);
    }
    Ok(())
}

struct Run {
    asked: Vec<&'static Rule>,
    findings: Vec<Finding>,
}

impl Run {
    /// Asks the rules about single records of these kinds.
    fn each(&mut self, facts: &Facts<'_>, wanted: impl Fn(crate::record::Kind) -> bool) {
        for rule in &self.asked {
            let Test::Each(test) = rule.test else { continue };
            if !wanted(rule.about) {
                continue;
            }
            for record in facts.records(rule.about) {
                if let Some(fault) = test(facts, record) {
                    self.findings.push(finding(facts, rule, record, fault));
                }
            }
        }
    }

    /// Asks the rules that need everything at once.
    fn whole(&mut self, facts: &Facts<'_>, only: Option<&Record>) -> Result<()> {
        for rule in &self.asked {
            let Test::Whole(test) = rule.test else { continue };
            for (record, fault) in test(facts)? {
                if only.is_none_or(|review| belongs(&record, review)) {
                    self.findings.push(finding(facts, rule, &record, fault));
                }
            }
        }
        Ok(())
    }
}

/// Whether a record is of a review, or of its system and of no other review.
fn belongs(record: &Record, review: &Record) -> bool {
    let system = review.text("system");
    match record.text("review") {
        Some(own) => own == review.id(),
        None if record.kind() == &REVIEW => record.id() == review.id(),
        None if record.kind() == &SYSTEM => system == Some(record.id()),
        None => record.text("system").is_some() && record.text("system") == system,
    }
}

fn finding(facts: &Facts<'_>, rule: &'static Rule, record: &Record, fault: Fault) -> Finding {
    use crate::record::Look as _;
    let review = if record.kind() == &REVIEW {
        Some((record.id().to_owned(), record.reference().to_owned()))
    } else {
        // What belongs to an incident belongs to the review that the incident came from.
        let incident = record.text("incident").filter(|_| record.text("review").is_none());
        let incident = incident.and_then(|id| facts.record(&INCIDENT, id));
        let own = record.text("review").or_else(|| incident.as_ref()?.text("review"));
        let review = own.and_then(|id| facts.record(&REVIEW, id));
        review.map(|review| (review.id().to_owned(), review.reference().to_owned()))
    };
    Finding {
        rule,
        kind: record.kind(),
        id: record.id().to_owned(),
        record: record.reference().to_owned(),
        title: record.title().to_owned(),
        review,
        text: fault.text,
        next: Step { what: fault.what.to_owned(), command: fault.command, place: rule.place },
        silenced: None,
        lapsed: None,
    }
}

/// Puts the silences on what they are about.
fn hush(facts: &Facts<'_>, findings: &mut [Finding]) {
    let mut silences: HashMap<(&str, &str), Vec<&Record>> = HashMap::new();
    for record in facts.records(&SILENCE) {
        if let (Some(rule), Some(subject)) = (record.text("rule"), record.text("subject")) {
            silences.entry((rule, subject)).or_default().push(record);
        }
    }
    for finding in findings {
        let Some(known) = silences.get(&(finding.rule.id, finding.record.as_str())) else { continue };
        let last = |silence: &&&Record| silence.get("until").as_day();
        let Some(newest) = known.iter().max_by_key(last) else { continue };
        let until = newest.get("until").as_day();
        match until {
            Some(until) if silence::holds(newest, facts.today) => {
                finding.silenced = Some(Silenced {
                    silence: newest.reference().to_owned(),
                    by: facts.who(newest.text("created_by")),
                    reason: newest.text("reason").unwrap_or_default().to_owned(),
                    until,
                });
            }
            until => finding.lapsed = until,
        }
    }
}
