//! The legal part of a triage: the class, why, what is missing, and the duties with the dates from which they apply.

use chrono::NaiveDate;
use serde::Serialize;

use super::Case;
use crate::policy::law::{Law, NOT_ADVICE};
use crate::policy::{LegalGap, RuleError};
use crate::record::legal::{ANNEX_III, NONE};
use crate::record::packet::DOMAINS;
use crate::record::{LEGAL, Record};

/// The class under the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Legal {
    /// The id of the version of the law.
    pub law: String,
    /// What people call that version.
    pub title: String,
    /// One of [`crate::record::legal::OUTCOMES`].
    pub outcome: &'static str,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Answers without which the outcome cannot be said.
    pub missing: Vec<Gap>,
    /// Answers that may change the duties, not the outcome.
    pub open: Vec<Gap>,
    /// What does not fit the packet, or is to be known.
    pub remarks: Vec<String>,
    /// What is owed, and from when.
    pub duties: Vec<Duty>,
    /// Whether the review has a classification at all.
    pub recorded: bool,
    /// What this is and is not.
    pub caveat: &'static str,
}

/// A reason for an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// What was found.
    pub text: String,
    /// Where the law says it.
    pub article: String,
    /// Whether what the policy knows of that article is confirmed.
    pub confirmed: bool,
}

/// An answer that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The field of the legal classification.
    pub field: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What is asked.
    pub asks: String,
}

/// A duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duty {
    /// Its id in the policy.
    pub id: String,
    /// Where it stands.
    pub article: String,
    /// What is owed.
    pub title: String,
    /// The roles that owe it; everybody, where there is none.
    pub to: Vec<&'static str>,
    /// Whether our own role is not answered, so that it is owed only if it is one of these.
    pub role_open: bool,
    /// From when it applies.
    pub valid_from: NaiveDate,
    /// Until when it applies, where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Whether it applies already on the planned day of the launch; none where that day is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_launch: Option<bool>,
    /// Whether it is confirmed.
    pub confirmed: bool,
    /// What is to be known of it, or of its date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where its text, and its date, were read.
    pub source: String,
    /// When they were checked against that.
    pub checked_on: String,
}

/// The legal part of a triage; none where the policy knows no law. `legal` is the case's classification with its outcome as
/// it follows now.
pub(super) fn legal(case: &Case<'_>, legal: Option<&Record>) -> Result<Option<Legal>, RuleError> {
    let Some(law) = case.policy.law_of(legal) else {
        return Ok(legal.map(unknown_law));
    };
    let nothing;
    let answers = if let Some(legal) = legal {
        legal
    } else {
        nothing = unanswered();
        &nothing
    };
    let found = law.classify(answers);
    let mut remarks = remarks(case, law, legal);
    let gaps = |gaps: Vec<LegalGap>| gaps.into_iter().map(gap).collect();
    if legal.is_none() {
        let own = case.review.reference();
        remarks.insert(0, format!("No classification is recorded yet: probity legal add --review {own}"));
    }
    Ok(Some(Legal {
        law: law.id.clone(),
        title: law.title.clone(),
        outcome: found.outcome,
        reasons: found
            .reasons
            .into_iter()
            .map(|reason| Reason { text: reason.text, article: reason.article, confirmed: reason.confirmed })
            .collect(),
        missing: gaps(found.missing),
        open: gaps(found.open),
        remarks,
        duties: if legal.is_some() { duties(case, answers)? } else { Vec::new() },
        recorded: legal.is_some(),
        caveat: NOT_ADVICE,
    }))
}

/// A classification in which nothing is answered yet.
#[must_use]
pub fn unanswered() -> Record {
    let mut legal = Record::empty(&LEGAL);
    legal.set("scope", "within the Act");
    legal
}

fn gap(gap: LegalGap) -> Gap {
    Gap { field: gap.field, label: LEGAL.field(gap.field).map_or("", |field| field.label), asks: gap.asks }
}

/// A classification under a version of the law that the policy does not have.
fn unknown_law(legal: &Record) -> Legal {
    let name = legal.text("law").unwrap_or_default().to_owned();
    let asks = format!("The policy has no law “{}”; name one that it has.", crate::text::line(&name));
    Legal {
        title: name.clone(),
        law: name,
        outcome: crate::record::legal::UNDECIDED,
        reasons: Vec::new(),
        missing: vec![gap(LegalGap { field: "law", asks })],
        open: Vec::new(),
        remarks: Vec::new(),
        duties: Vec::new(),
        recorded: true,
        caveat: NOT_ADVICE,
    }
}

fn duties(case: &Case<'_>, answers: &Record) -> Result<Vec<Duty>, RuleError> {
    let launch = case.review.get("launch_on").as_day().or(case.packet.get("planned_launch_on").as_day());
    let owed = case.policy.duties(case.packet, answers)?;
    Ok(owed
        .into_iter()
        .map(|owed| {
            let (duty, from) = (owed.duty, owed.application);
            let notes: Vec<&str> =
                [&duty.provenance.note, &from.provenance.note].into_iter().flatten().map(String::as_str).collect();
            Duty {
                id: duty.id.clone(),
                article: duty.article.clone(),
                title: duty.title.clone(),
                to: duty.to.clone(),
                role_open: owed.role_open,
                valid_from: from.valid_from,
                valid_to: from.valid_to,
                at_launch: launch.map(|day| day >= from.valid_from && from.valid_to.is_none_or(|to| day <= to)),
                confirmed: duty.provenance.confirmed && from.provenance.confirmed,
                note: (!notes.is_empty()).then(|| notes.join(" ")),
                source: from.provenance.source.clone(),
                checked_on: from.provenance.checked_on.clone(),
            }
        })
        .collect())
}

/// What the packet says about the same questions, where that helps or contradicts; and what is not confirmed of the law.
fn remarks(case: &Case<'_>, law: &Law, legal: Option<&Record>) -> Vec<String> {
    let mut remarks = Vec::new();
    let domain = case.packet.text("domain").filter(|domain| *domain != "other");
    let said = legal.map_or(&[][..], |legal| legal.get("annex_iii").items());
    if let Some(domain) = domain
        && let Some(area) = DOMAINS.iter().position(|known| *known == domain)
    {
        let area = (area + 1).to_string();
        let points: Vec<&str> = ANNEX_III.iter().copied().filter(|point| point.starts_with(&area)).collect();
        if said.is_empty() {
            remarks.push(format!("The packet's domain is {domain}: look at {}.", points.join(", ")));
        } else if !said.iter().any(|said| points.contains(&said.as_str())) {
            remarks.push(format!("The packet's domain is {domain}, but no point of that area is named."));
        }
    }
    let named = said.iter().any(|point| point != NONE);
    if named && case.packet.text("domain") == Some("other") {
        remarks.push("A point of Annex III is named, but the packet's domain is other.".to_owned());
    }
    let biometric = case.packet.text("model_type") == Some("biometric");
    if biometric && legal.is_some() && said.iter().all(|point| !point.starts_with('1')) {
        remarks.push("The model is biometric, but no point of Annex III 1 is named.".to_owned());
    }
    if legal.is_some() && !law.provenance.confirmed {
        let note = law.provenance.note.as_deref().unwrap_or_default();
        remarks.push(format!("Not confirmed: {note}"));
    }
    remarks
}
