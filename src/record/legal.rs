//! The legal classification of a use under the EU AI Act (Regulation (EU) 2024/1689): the answers from which it follows,
//! kept with the review. One for each review.
//!
//! What each practice and point says, and from when duties apply, is data of the policy; here stand the questions. The
//! outcome supports a judgement. It is not legal advice.

use super::{Context, Field, FieldKind, Names, Problem, Record, RecordType, Value};

/// Yes or no, where not having said either must be told from no.
const YES_NO: &[&str] = &["yes", "no"];

/// The answers about one prohibited practice.
pub const PRACTICE: &[&str] = &[RULED_OUT, APPLIES, EXCEPTED];

/// The practice was looked at, and the use is no such practice.
pub const RULED_OUT: &str = "ruled out";

/// The use is such a practice.
pub const APPLIES: &str = "applies";

/// The use is such a practice, and within an exception that the law makes for it.
pub const EXCEPTED: &str = "within an exception";

/// The fields about prohibited practices, in the law's order; the last one came with the amendment of June 2026.
pub const PRACTICES: &[&str] =
    &["art_5_a", "art_5_b", "art_5_c", "art_5_d", "art_5_e", "art_5_f", "art_5_g", "art_5_h", "art_5_new"];

/// In a list of points: it was looked through, and nothing in it applies.
pub const NONE: &str = "none";

/// The points of Annex III, by their area's number and the point's letter, and `none`.
pub const ANNEX_III: &[&str] = &[
    "1a remote biometric identification",
    "1b biometric categorisation",
    "1c emotion recognition",
    "2a critical infrastructure",
    "3a admission to education",
    "3b learning outcomes",
    "3c level of education",
    "3d monitoring of tests",
    "4a recruitment",
    "4b decisions on workers",
    "5a public benefits",
    "5b creditworthiness",
    "5c life and health insurance",
    "5d emergency calls",
    "6a risk to victims",
    "6b polygraphs in law enforcement",
    "6c evidence",
    "6d risk of offending",
    "6e profiling in investigations",
    "7a polygraphs in migration",
    "7b migration risks",
    "7c asylum and visa applications",
    "7d identification in migration",
    "8a administration of justice",
    "8b elections",
    NONE,
];

/// The grounds of Art. 6(3) on which a use named in Annex III is not high-risk, and `none`.
pub const GROUNDS: &[&str] = &[
    "a narrow procedural task",
    "b improves completed human work",
    "c detects deviations from human decisions",
    "d preparatory task",
    NONE,
];

/// The situations of Art. 50 in which people must be told, and `none`.
pub const SITUATIONS: &[&str] = &[
    "1 interacts with people",
    "2 generates synthetic content",
    "3 recognises emotions or categorises",
    "4 deep fakes",
    "4 text on matters of public interest",
    NONE,
];

/// What follows from the answers, the most serious first.
pub const OUTCOMES: &[&str] = &[
    "prohibited",
    "high-risk: product",
    "high-risk: Annex III",
    "Annex III, not high-risk by Art. 6(3)",
    "transparency duties",
    "minimal",
    "outside the Act",
    UNDECIDED,
];

/// Answers are missing.
pub const UNDECIDED: &str = "not decided";

/// A legal classification.
pub static LEGAL: RecordType = RecordType {
    name: "legal",
    label: "Legal classification",
    plural: "Legal classifications",
    prefix: "LGL",
    title: "outcome",
    help: "The answers from which the class under the EU AI Act follows. Support for a judgement, not legal advice.",
    fields: &[
        Field::link("review", "Review", "review", "The review it belongs to.").required().settles().column(30),
        Field::of(
            "law",
            "Version of the law",
            FieldKind::Named(Names::Law),
            "The version of the law that it is judged by; the newest, where none is named.",
        )
        .decides()
        .column(18),
        Field::choice(
            "scope",
            "Scope",
            &["within the Act", "outside the Act"],
            "Whether the Act applies: it is an AI system (Art. 3(1)) placed, used or felt in the EU (Art. 2).",
        )
        .default("within the Act"),
        Field::prose("scope_reason", "Reason for the scope", "Why the Act does not apply; needed where it does not."),
        Field::choice(
            "role",
            "Our role",
            &["provider", "deployer", "importer", "distributor", "product manufacturer", "authorised representative"],
            "What we are to this system (Art. 3, Art. 25): whoever puts a name on it or changes it is a provider.",
        )
        .column(12),
        Field::choice(
            "public_body",
            "Public body or service",
            YES_NO,
            "Whether the deployer is a public body, or private and provides a public service (Art. 27, Art. 49(3)).",
        ),
        practice("art_5_a", "Art. 5(1)(a)", "Subliminal, manipulative or deceptive techniques that cause harm."),
        practice("art_5_b", "Art. 5(1)(b)", "Exploiting age, disability or a social or economic situation."),
        practice("art_5_c", "Art. 5(1)(c)", "Social scoring that leads to unrelated or disproportionate detriment."),
        practice("art_5_d", "Art. 5(1)(d)", "Predicting crime by a person from profiling or personality alone."),
        practice("art_5_e", "Art. 5(1)(e)", "Untargeted scraping of face images to build recognition databases."),
        practice("art_5_f", "Art. 5(1)(f)", "Inferring emotions at work or in education."),
        practice(
            "art_5_g",
            "Art. 5(1)(g)",
            "Biometric categorisation that infers race, beliefs, sex life and the like.",
        ),
        practice("art_5_h", "Art. 5(1)(h)", "Real-time remote biometric identification in public for law enforcement."),
        practice(
            "art_5_new",
            "Art. 5 (June 2026)",
            "Intimate images without consent, or abuse of children, generated.",
        ),
        Field::prose(
            "art_5_reason",
            "Reasons on Art. 5",
            "Why each practice is ruled out, or which exception holds; a sentence for each.",
        ),
        Field::choice(
            "annex_i",
            "Annex I product",
            &["neither", "a product", "a safety component"],
            "Whether it is a product under the acts of Annex I, or a safety component of one (Art. 6(1)(a)).",
        ),
        Field::line(
            "annex_i_act",
            "Act of Annex I",
            "Which act: machinery, toys, medical devices, vehicles and so on.",
        ),
        Field::choice(
            "third_party_assessment",
            "Third-party assessment",
            YES_NO,
            "Whether the product must undergo a third-party conformity assessment (Art. 6(1)(b)).",
        ),
        Field::choices(
            "annex_iii",
            "Annex III points",
            ANNEX_III,
            "The points that name its intended purpose, or none.",
        )
        .column(24),
        Field::prose("annex_iii_reason", "Reasons on Annex III", "Why these points, or why none, from its purpose."),
        Field::choice(
            "profiling",
            "Profiles natural persons",
            YES_NO,
            "Whether it profiles natural persons (GDPR Art. 4(4)): then no ground of Art. 6(3) is open.",
        ),
        Field::choice(
            "art_6_3",
            "Ground of Art. 6(3)",
            GROUNDS,
            "Why it poses no significant risk though Annex III names it; where none is claimed, it is high-risk.",
        ),
        Field::prose(
            "art_6_3_reason",
            "Reasons on Art. 6(3)",
            "The assessment that Art. 6(4) wants on record before the system is placed on the market.",
        ),
        Field::choices("art_50", "Art. 50 situations", SITUATIONS, "Where people must be told, or none."),
        Field::choice(
            "gpai",
            "General-purpose model",
            &["no", "uses one", "provides one", "provides one with systemic risk"],
            "General-purpose AI models have duties of their own (Chapter V), apart from the system's class.",
        ),
        Field::day(
            "on_market_on",
            "On the market since",
            "When it was first placed on the market or put into service.",
        ),
        Field::link("assessed_by", "Assessed by", "person", "Who answers for these answers."),
        Field::day("assessed_on", "Assessed", "When they were given.").column(10),
        Field::choice("outcome", "Outcome", OUTCOMES, "What follows from the answers.").decides().by_rule().column(30),
        Field::of("missing", "Missing", FieldKind::Number(0, 99), "Answers that the outcome still needs.")
            .by_rule()
            .column(7),
    ],
    closed: None,
    order: &[("id", true)],
    settle,
    check,
};

const fn practice(name: &'static str, label: &'static str, help: &'static str) -> Field {
    Field::choice(name, label, PRACTICE, help)
}

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if after.get("law").is_empty() {
        after.set("law", context.terms.names(Names::Law).pop().map_or(Value::Empty, Value::Text));
    }
    match context.terms.legal_outcome(after) {
        Some((outcome, missing)) => {
            after.set("outcome", outcome);
            after.set("missing", missing);
        }
        None => {
            after.set("outcome", Value::Empty);
            after.set("missing", Value::Empty);
        }
    }
}

fn check(_: Option<&Record>, after: &Record, _: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in ["annex_iii", "art_50"] {
        let said = after.get(name).items();
        if said.len() > 1 && said.iter().any(|point| point == NONE) {
            problems.push(Problem::of(name, "“none” stands alone: name the points, or say none."));
        }
    }
    let ground = after.text("art_6_3").is_some_and(|ground| ground != NONE);
    if ground && after.text("profiling") == Some("yes") {
        problems.push(Problem::of(
            "art_6_3",
            "No ground of Art. 6(3) is open to a system that profiles natural persons; say none.",
        ));
    }
    if ground && after.get("annex_iii").items().iter().all(|point| point == NONE) {
        problems.push(Problem::of("art_6_3", "A ground of Art. 6(3) makes sense only where Annex III names the use."));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annex_iii_has_eight_areas_and_twenty_five_points() {
        let points: Vec<&str> = ANNEX_III.iter().copied().filter(|point| *point != NONE).collect();
        let areas: std::collections::HashSet<char> = points.iter().filter_map(|point| point.chars().next()).collect();
        assert_eq!((points.len(), areas.len()), (25, 8));
        let mut sorted = points.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, points, "in the law's order");
    }

    #[test]
    fn every_practice_is_a_question() {
        for name in PRACTICES {
            let field = LEGAL.field(name).unwrap();
            assert_eq!(field.kind, FieldKind::Choice(PRACTICE));
        }
        assert_eq!(
            PRACTICES.len(),
            LEGAL.fields.iter().filter(|field| field.kind == FieldKind::Choice(PRACTICE)).count()
        );
    }
}
