//! Evidence at work: whether it still holds for what is under review, its next version, and what it proves.

use std::collections::HashMap;

use chrono::{DateTime, Local, NaiveDate, Utc};

use crate::record::evidence::DRIFT;
use crate::record::{EVIDENCE, Field, FieldKind, KINDS, Kind, Problem, RELEASE, REVIEW, Record, SYSTEM, Terms, Value};
use crate::workspace::{Condition, Direction, Edit, Error, Found, Query, Registered, Result, Workspace, new_id};

/// How many records are told that evidence proves, of each kind.
const PROVEN: usize = 500;

/// What evidence must be about: the release under review, or the system where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The id of the release.
    pub release: Option<String>,
    /// The model version.
    pub model_version: Option<String>,
}

impl Subject {
    /// What a review is about: its release, or this other one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_review(workspace: &Workspace, review: &Record, release: Option<&Record>) -> Result<Self> {
        let own = match (release, review.text("release")) {
            (Some(release), _) => Some(release.clone()),
            (None, Some(id)) => Some(workspace.get(&RELEASE, id)?),
            (None, None) => None,
        };
        let said = own.as_ref().and_then(|release| release.text("model_version")).map(str::to_owned);
        let model_version = match (said, review.text("system")) {
            (None, Some(system)) => workspace.get(&SYSTEM, system)?.text("model_version").map(str::to_owned),
            (said, _) => said,
        };
        Ok(Self { release: own.map(|release| release.id().to_owned()), model_version })
    }

    /// What evidence was handed in for: its review's subject, or its system's.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_evidence(workspace: &Workspace, evidence: &Record) -> Result<Self> {
        match (evidence.text("review"), evidence.text("system")) {
            (Some(review), _) => Self::of_review(workspace, &workspace.get(&REVIEW, review)?, None),
            (None, Some(system)) => {
                let model_version = workspace.get(&SYSTEM, system)?.text("model_version").map(str::to_owned);
                Ok(Self { release: None, model_version })
            }
            (None, None) => Ok(Self::default()),
        }
    }
}

/// Whether evidence still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is about what is under review, young enough, and its origin was not found changed.
    Current,
    /// It is about another model version, or too old; says which.
    Stale(String),
    /// Its origin is not what was registered any more; says how.
    Drifted(String),
    /// Nothing is to be expected of it: it is superseded or rejected.
    Over,
}

impl Standing {
    /// The word that lists show.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Stale(_) => "stale",
            Self::Drifted(_) => "drifted",
            Self::Over => "",
        }
    }

    /// Why it does not hold; empty where it does.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Stale(reason) | Self::Drifted(reason) => reason,
            Self::Current | Self::Over => "",
        }
    }
}

/// Whether evidence still holds for a subject, on a day. Pure: what the last look at its origin found stands in the record.
#[must_use]
pub fn standing(terms: &dyn Terms, evidence: &Record, subject: &Subject, today: NaiveDate) -> Standing {
    if EVIDENCE.is_closed(evidence) {
        return Standing::Over;
    }
    if let Some(found @ ("changed" | "missing" | "unreadable")) = evidence.text("drift") {
        let note = evidence.text("drift_note").map(|note| format!(": {note}")).unwrap_or_default();
        return Standing::Drifted(format!("its origin is {found}{note}"));
    }
    of_its_time(terms, evidence, subject, "produced_on", today)
}

/// Whether evidence, or a document, is about what is under review and young enough on a day: counted from the day, or the
/// moment, in the field `made`, and from when it was recorded where that says nothing.
pub(super) fn of_its_time(
    terms: &dyn Terms,
    evidence: &Record,
    subject: &Subject,
    made: &str,
    today: NaiveDate,
) -> Standing {
    let same = |one: &str, other: &str| one.trim().eq_ignore_ascii_case(other.trim());
    match (evidence.text("model_version"), subject.model_version.as_deref()) {
        (Some(about), Some(wanted)) if !same(about, wanted) => {
            return Standing::Stale(format!("it is about model version {about}, and {wanted} is under review"));
        }
        (None, _) => {
            let about = evidence.text("release");
            if about.is_some() && subject.release.is_some() && about != subject.release.as_deref() {
                return Standing::Stale("it is about another release".to_owned());
            }
        }
        _ => {}
    }
    let day = |field: &str| {
        let moment = || evidence.get(field).as_moment().map(|moment| moment.with_timezone(&Local).date_naive());
        evidence.get(field).as_day().or_else(moment)
    };
    let made = day(made).or_else(|| day("created_at"));
    let limit = terms.evidence_days(evidence.text("kind").unwrap_or("other"));
    if let (Some(made), Some(limit)) = (made, limit) {
        let days = (today - made).num_days();
        if days > i64::from(limit) {
            return Standing::Stale(format!("it is {days} days old, and policy allows {limit}"));
        }
    }
    Standing::Current
}

/// Whether each of these still holds for what it was handed in for, by id.
///
/// # Errors
/// When the file cannot be read.
pub fn standings<'r>(
    workspace: &Workspace,
    evidence: impl IntoIterator<Item = &'r Record>,
    today: NaiveDate,
) -> Result<HashMap<String, Standing>> {
    let mut subjects: HashMap<String, Subject> = HashMap::new();
    let mut found = HashMap::new();
    for one in evidence {
        let owner = one.text("review").or(one.text("system")).unwrap_or_default().to_owned();
        let subject = match subjects.entry(owner) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => new.insert(Subject::of_evidence(workspace, one)?),
        };
        found.insert(one.id().to_owned(), standing(workspace.terms().as_ref(), one, subject, today));
    }
    Ok(found)
}

/// The field of a kind by which its records name what proves them: a list of evidence, or else one piece of it.
fn proof_field(kind: Kind) -> Option<&'static Field> {
    let editable = || kind.fields.iter().filter(|field| field.is_editable());
    editable()
        .find(|field| field.kind == FieldKind::Links("evidence"))
        .or_else(|| editable().find(|field| field.kind == FieldKind::Link("evidence")))
}

/// The records that evidence proves something of: those that name it, or a version before it.
///
/// # Errors
/// When the file cannot be read.
pub fn proven(workspace: &Workspace, evidence: &Record) -> Result<Vec<Record>> {
    let mut found: Vec<Record> = Vec::new();
    let mut version = Some(evidence.clone());
    while let Some(evidence) = version {
        for kind in KINDS {
            let Some(field) = proof_field(kind) else { continue };
            let condition = match field.kind {
                FieldKind::Links(_) => Condition::Cites(field.name, evidence.reference().to_owned()),
                _ => Condition::Is(field.name, Value::text(evidence.id())),
            };
            let page = workspace.page(&Query::all(kind).with(condition), None, Direction::After, PROVEN)?;
            for row in page.rows {
                if !found.iter().any(|known| known.id() == row.record.id()) {
                    found.push(row.record);
                }
            }
        }
        version = evidence.text("supersedes").map(|before| workspace.get(&EVIDENCE, before)).transpose()?;
    }
    Ok(found)
}

/// The newest version of evidence: itself, where nothing took its place.
///
/// # Errors
/// When the file cannot be read.
pub fn newest(workspace: &Workspace, evidence: Record) -> Result<Record> {
    let mut newest = evidence;
    while newest.text("status") == Some("superseded") {
        match successor(workspace, &newest)? {
            Some(next) => newest = next,
            None => break,
        }
    }
    Ok(newest)
}

/// The edits by which these records name the evidence as what proves them. Those that do already are left as they are.
///
/// # Errors
/// Where a record of that kind is not proven by evidence, is proven by one other piece, or is the evidence itself.
pub fn prove(evidence: &Record, of: &[Record]) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for record in of {
        let kind = record.kind();
        let refuse = |message: String| Error::Refused {
            what: record.reference().to_owned(),
            kind: Some(kind),
            problems: vec![Problem { field: None, message }],
        };
        if record.id() == evidence.id() {
            return Err(refuse("Nothing proves itself.".to_owned()));
        }
        let Some(field) = proof_field(kind) else {
            return Err(refuse(format!("{} name no evidence.", kind.plural)));
        };
        let value = match field.kind {
            FieldKind::Links(_) => {
                let mut named = record.get(field.name).items().to_vec();
                if named.iter().any(|known| known == evidence.reference()) {
                    continue;
                }
                named.push(evidence.reference().to_owned());
                Value::List(named)
            }
            _ => match record.text(field.name) {
                Some(known) if known == evidence.id() => continue,
                Some(_) => {
                    let label = field.label.to_lowercase();
                    return Err(refuse(format!("It has other {label} already; take that away first.")));
                }
                None => Value::text(evidence.id()),
            },
        };
        let fields = vec![(field.name, value)];
        edits.push(Edit::Set { kind, id: record.id().to_owned(), version: Some(record.version()), fields });
    }
    Ok(edits)
}

/// The edits that register a file as the next version of evidence, with these fields where they differ from the version
/// before. That one is superseded and keeps its content and its history; what names it means its newest version from then on
/// ([`newest`]).
///
/// # Errors
/// Where it was superseded already, or the file cannot be read.
pub fn next_version(
    workspace: &Workspace,
    before: &Record,
    file: Registered,
    said: Vec<(&'static str, Value)>,
    at: DateTime<Utc>,
) -> Result<Vec<Edit>> {
    let refuse = |message: String| Error::Refused {
        what: format!("The next version of {}", before.reference()),
        kind: Some(&EVIDENCE),
        problems: vec![Problem { field: None, message }],
    };
    if let Some(next) = successor(workspace, before)? {
        let next = next.reference();
        return Err(refuse(format!("{next} took its place already; make the next version of that.")));
    }
    if before.text("sha256") == Some(file.sha256.as_str()) && said.is_empty() {
        return Err(refuse("The file is the same, byte for byte; say what else is new.".to_owned()));
    }
    // Who made it, when and for which model version is new with each version, and never guessed from the last.
    let carried = ["title", "kind", "review", "system", "release", "method", "evidence", "tags"];
    let mut fields: Vec<(&'static str, Value)> = Vec::new();
    for field in EVIDENCE.columns().filter(|field| carried.contains(&field.name)) {
        if !said.iter().any(|(name, _)| *name == field.name) && !before.get(field.name).is_empty() {
            fields.push((field.name, before.get(field.name).clone()));
        }
    }
    if !said.iter().any(|(name, _)| *name == "number") {
        fields.push(("number", Value::Number(before.number("number").unwrap_or(1).saturating_add(1))));
    }
    fields.extend(said);
    fields.push(("supersedes", Value::text(before.id())));
    let id = new_id(at);
    let mut edits = file.edits(&id, fields);
    edits.push(Edit::Set {
        kind: &EVIDENCE,
        id: before.id().to_owned(),
        version: Some(before.version()),
        fields: vec![("status", Value::text("superseded"))],
    });
    Ok(edits)
}

/// What was found at the origins of evidence, counted, in words.
#[must_use]
pub fn origins_in_words(found: &[Found]) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in DRIFT {
        let count = found.iter().filter(|found| found.word() == *word).count();
        if count > 0 {
            words.push(format!("{count} {word}"));
        }
    }
    format!("Origins of evidence: {}", words.join(", "))
}

/// The version that took the place of this one, if any did.
///
/// # Errors
/// When the file cannot be read.
pub fn successor(workspace: &Workspace, evidence: &Record) -> Result<Option<Record>> {
    let query = Query::all(&EVIDENCE).with(Condition::Is("supersedes", Value::text(evidence.id())));
    Ok(workspace.page(&query, None, Direction::After, 1)?.rows.pop().map(|row| row.record))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::policy::Policy;

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
    }

    fn report(about: &str, made: &str) -> Record {
        let mut evidence = Record::empty(&EVIDENCE);
        evidence.set("kind", "fairness report");
        evidence.set("status", "accepted");
        evidence.set("model_version", about);
        evidence.set("produced_on", day(made));
        evidence
    }

    fn of(evidence: &Record, wanted: &str, today: &str) -> Standing {
        let subject = Subject { release: Some("r2".to_owned()), model_version: Some(wanted.to_owned()) };
        standing(&Policy::builtin(), evidence, &subject, day(today))
    }

    #[test]
    fn evidence_is_of_its_model_version_and_of_its_time() {
        let good = report("2.0", "2026-09-01");
        assert_eq!(of(&good, " 2.0", "2026-11-24"), Standing::Current);
        assert_eq!(of(&good, "2.1", "2026-11-24").word(), "stale");
        // Policy lets a fairness report be 180 days old.
        assert_eq!(of(&good, "2.0", "2027-02-28"), Standing::Current);
        assert_eq!(of(&good, "2.0", "2027-03-01").reason(), "it is 181 days old, and policy allows 180");
        let mut elsewhere = report("", "2026-09-01");
        elsewhere.set("model_version", Value::Empty);
        assert_eq!(of(&elsewhere, "2.0", "2026-11-24"), Standing::Current, "it is bound to no version");
        elsewhere.set("release", "r1");
        assert_eq!(of(&elsewhere, "2.0", "2026-11-24").reason(), "it is about another release");
    }

    #[test]
    fn drift_counts_first_and_what_is_over_does_not_count() {
        let mut evidence = report("1.0", "2026-09-01");
        evidence.set("drift", "missing");
        assert_eq!(of(&evidence, "2.0", "2026-11-24").word(), "drifted");
        evidence.set("drift", "not checked");
        assert_eq!(of(&evidence, "2.0", "2026-11-24").word(), "stale");
        evidence.set("status", "superseded");
        assert_eq!(of(&evidence, "2.0", "2026-11-24"), Standing::Over);
    }

    proptest! {
        #[test]
        fn what_is_stale_stays_stale(age in 0_i64..2000, later in 0_i64..2000) {
            let made = day("2026-01-01");
            let evidence = report("2.0", "2026-01-01");
            let at = |days: i64| {
                let subject = Subject { release: None, model_version: Some("2.0".to_owned()) };
                standing(&Policy::builtin(), &evidence, &subject, made + chrono::TimeDelta::days(days))
            };
            prop_assert_eq!(at(age) == Standing::Current, age <= 180);
            prop_assert!(at(age) == Standing::Current || at(age + later) != Standing::Current);
        }
    }
}
