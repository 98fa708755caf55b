//! Legal classifications that are missing, unfinished, or under a law that has changed.

use super::facts::Facts;
use super::stage::{is_over, reached};
use super::words::folded;
use super::{Fault, Rule, Severity, Test, fault, listed, set};
use crate::record::legal::UNDECIDED;
use crate::record::{LEGAL, REVIEW, Record};
use crate::review::Place;

/// Names by which a packet says that it is used in the European Union: the Union and its members, as people write them.
const UNION: &[&str] = &[
    "eu",
    "eea",
    "europe",
    "european union",
    "austria",
    "belgium",
    "bulgaria",
    "croatia",
    "cyprus",
    "czechia",
    "czech republic",
    "denmark",
    "estonia",
    "finland",
    "france",
    "germany",
    "greece",
    "hungary",
    "ireland",
    "italy",
    "latvia",
    "lithuania",
    "luxembourg",
    "malta",
    "netherlands",
    "the netherlands",
    "poland",
    "portugal",
    "romania",
    "slovakia",
    "slovenia",
    "spain",
    "sweden",
];

/// The rules.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "legal-missing",
        severity: Severity::Error,
        about: &REVIEW,
        title: "Used in the EU and not classified",
        why: "Class and duties under the EU AI Act follow from answers that nobody gave. Classify it before the assessment \
              goes on: it decides what else is needed.",
        place: Place::Review,
        field: "",
        test: Test::Each(missing),
    },
    Rule {
        id: "legal-practice-open",
        severity: Severity::Error,
        about: &LEGAL,
        title: "Prohibited practice not ruled out",
        why: "Each practice of Art. 5 is ruled out, or an exception is named, with a sentence why. An open question here can \
              stop everything else.",
        place: Place::Review,
        field: "art_5_a",
        test: Test::Each(practice_open),
    },
    Rule {
        id: "legal-undecided",
        severity: Severity::Warning,
        about: &LEGAL,
        title: "Classification without an outcome at the decision",
        why: "Answers are missing, so that neither class nor duties are known to who decides. Answer what is open.",
        place: Place::Review,
        field: "outcome",
        test: Test::Each(undecided),
    },
    Rule {
        id: "legal-no-reasons",
        severity: Severity::Warning,
        about: &LEGAL,
        title: "Points of Annex III without reasons",
        why: "An outcome that nobody can follow does not stand. Say from its purpose why these points apply, or none.",
        place: Place::Review,
        field: "annex_iii_reason",
        test: Test::Each(no_reasons),
    },
    Rule {
        id: "legal-older-law",
        severity: Severity::Warning,
        about: &LEGAL,
        title: "Open review classified under an older version of the law",
        why: "The law was amended, and the answers were given for the version before. Look at what is new, and classify anew.",
        place: Place::Review,
        field: "law",
        test: Test::Each(older_law),
    },
];

fn is_in_union(packet: &Record) -> bool {
    packet.get("geography").items().iter().any(|place| {
        let place = folded(place);
        UNION.contains(&place.as_str())
    })
}

fn missing(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if !reached(review, "assessment") || facts.of(&LEGAL, review.id()).next().is_some() {
        return None;
    }
    let packet = facts.packet(review).filter(|packet| is_in_union(packet))?;
    fault(
        format!("It is used in {}, and is not classified.", packet.get("geography").display()),
        "classify it",
        format!("probity legal add --review {}", review.reference()),
    )
}

fn practice_open(facts: &Facts<'_>, legal: &Record) -> Option<Fault> {
    let review = facts.review(legal)?;
    if legal.text("scope") == Some("outside the Act") || !reached(review, "assessment") {
        return None;
    }
    let law = facts.policy.law_of(Some(legal))?;
    let open = law.practices.iter().filter(|practice| {
        let said = legal.text(practice.field.name);
        said.is_none() || said == Some(crate::record::legal::APPLIES)
    });
    let open: Vec<String> = open.map(|practice| practice.article.clone()).collect();
    if open.is_empty() {
        return None;
    }
    fault(
        format!("Not ruled out: {}.", listed(open.into_iter())),
        "rule it out, or stop",
        set(legal, "--art-5-a \"ruled out\""),
    )
}

fn undecided(facts: &Facts<'_>, legal: &Record) -> Option<Fault> {
    let review = facts.review(legal)?;
    let open = matches!(legal.text("outcome"), None | Some(UNDECIDED));
    if !open || !reached(review, "decision") {
        return None;
    }
    let missing = usize::try_from(legal.number("missing").unwrap_or(0)).unwrap_or(0);
    fault(
        format!(
            "{} missing, and the review is in {}.",
            super::counted(missing, "answer"),
            review.text("stage").unwrap_or_default()
        ),
        "answer what is open",
        format!("probity triage {}", review.reference()),
    )
}

fn no_reasons(facts: &Facts<'_>, legal: &Record) -> Option<Fault> {
    let review = facts.review(legal)?;
    if is_over(review) || !reached(review, "assessment") || matches!(legal.text("outcome"), None | Some(UNDECIDED)) {
        return None;
    }
    if !legal.get("annex_iii").is_empty() && legal.get("annex_iii_reason").is_empty() {
        return fault(
            "Nothing says why these points of Annex III apply, or none.",
            "say why",
            set(legal, "--annex-iii-reason TEXT"),
        );
    }
    None
}

fn older_law(facts: &Facts<'_>, legal: &Record) -> Option<Fault> {
    let review = facts.review(legal)?;
    let newest = facts.policy.laws().iter().rfind(|law| law.valid_from.is_none_or(|from| from <= facts.today))?;
    let own = legal.text("law")?;
    if REVIEW.is_closed(review) || reached(review, "approved") || own == newest.id {
        return None;
    }
    let place = |id: &str| facts.policy.laws().iter().position(|law| law.id == id);
    // A version that policy does not know, or that comes after, is no older one.
    if place(own)? >= place(&newest.id)? {
        return None;
    }
    fault(
        format!("It is judged by {own}; {} is in force.", newest.id),
        "classify it anew",
        set(legal, &format!("--law {}", newest.id)),
    )
}
