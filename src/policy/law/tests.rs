//! The law by example: each outcome, what is missing, the dates under each version, and what is refused.

use proptest::prelude::*;

use super::super::rules::tests::answers;
use super::super::tests::{builtin, flaws_of, policy_of};
use super::*;
use crate::record::LEGAL;
use crate::record::legal::{ANNEX_III, OUTCOMES, PRACTICES, SITUATIONS};

const NEWEST: &str = "eu-ai-act-2026-06";
const FIRST: &str = "eu-ai-act-2024";

/// A classification in which nothing of note applies, but for these answers.
fn answered(more: &str) -> Record {
    let ruled_out: Vec<String> = PRACTICES.iter().map(|name| format!("legal.{name} = ruled out")).collect();
    let said = format!(
        "legal.scope = within the Act; legal.role = provider; legal.gpai = no; legal.annex_i = neither; \
         legal.annex_iii = none; legal.art_50 = none; {}; {more}",
        ruled_out.join("; ")
    );
    answers(&said).1.unwrap()
}

fn class(legal: &Record) -> Classification {
    builtin().law(NEWEST).unwrap().classify(legal)
}

fn reasons(found: &Classification) -> String {
    found.reasons.iter().map(|reason| format!("{} ({})", reason.text, reason.article)).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_outcome_follows_from_answers_with_its_reasons() {
    for (more, outcome, said) in [
        ("", "minimal", "None of the 9 prohibited practices applies"),
        ("legal.art_5_c = applies", "prohibited", "Scoring people"),
        ("legal.art_5_new = applies", "prohibited", "From 2026-12-02."),
        (
            "legal.annex_i = a safety component; legal.annex_i_act = machinery; legal.third_party_assessment = yes",
            "high-risk: product",
            "a safety component under Annex I (machinery)",
        ),
        (
            "legal.annex_i = a product; legal.third_party_assessment = no",
            "minimal",
            "needs no third-party assessment. (Art. 6(1)(b))",
        ),
        ("legal.annex_iii = 4a recruitment", "high-risk: Annex III", "No ground of Art. 6(3) is claimed."),
        (
            "legal.annex_iii = 4a recruitment | 6d risk of offending; legal.art_6_3 = none",
            "high-risk: Annex III",
            "(Annex III 6(d))",
        ),
        (
            "legal.annex_iii = 4a recruitment; legal.profiling = no; legal.art_6_3 = d preparatory task; \
             legal.art_6_3_reason = It only sorts files",
            "Annex III, not high-risk by Art. 6(3)",
            "(Art. 6(3)(d), Art. 6(4))",
        ),
        (
            "legal.annex_iii = 4a recruitment; legal.profiling = yes; legal.art_6_3 = a narrow procedural task",
            "high-risk: Annex III",
            "no ground of Art. 6(3) is open",
        ),
        ("legal.art_50 = 1 interacts with people", "transparency duties", "(Art. 50(1))"),
        (
            "legal.scope = outside the Act; legal.scope_reason = Used in the United States only",
            "outside the Act",
            "does not apply",
        ),
        (
            "legal.art_5_f = within an exception; legal.art_5_reason = Drowsiness of drivers, for safety",
            "minimal",
            "Within an exception: Medical or safety reasons.",
        ),
    ] {
        let found = class(&answered(more));
        assert_eq!(found.outcome, outcome, "{more}: {found:#?}");
        assert!(reasons(&found).contains(said), "{more}: {}", reasons(&found));
        assert_eq!(found.missing, vec![], "{more}");
    }
}

#[test]
fn nothing_is_presumed() {
    let found = class(&Record::empty(&LEGAL));
    assert_eq!(found.outcome, "not decided");
    let missing: Vec<&str> = found.missing.iter().map(|gap| gap.field).collect();
    assert_eq!(missing, [PRACTICES, &["annex_i", "annex_iii", "art_50"]].concat());
    for (more, field) in [
        ("legal.art_5_e = ", "art_5_e"),
        ("legal.annex_i = a product", "third_party_assessment"),
        ("legal.annex_iii = ", "annex_iii"),
        ("legal.annex_iii = 3b learning outcomes; legal.art_6_3 = a narrow procedural task", "profiling"),
        (
            "legal.annex_iii = 3b learning outcomes; legal.profiling = no; legal.art_6_3 = a narrow procedural task",
            "art_6_3_reason",
        ),
        ("legal.art_50 = ", "art_50"),
        ("legal.scope = outside the Act", "scope_reason"),
        ("legal.art_5_f = within an exception", "art_5_reason"),
        ("legal.art_5_a = within an exception; legal.art_5_reason = x", "art_5_a"),
    ] {
        let mut legal = answered(more);
        for name in ["annex_iii", "art_50"] {
            if legal.get(name).items() == [""] {
                legal.set(name, Vec::new());
            }
        }
        let found = class(&legal);
        assert_eq!(found.outcome, "not decided", "{more}");
        assert!(found.missing.iter().any(|gap| gap.field == field), "{more}: {:#?}", found.missing);
    }
}

#[test]
fn a_prohibition_does_not_wait_for_other_answers() {
    let (_, legal) = answers("legal.art_5_g = applies");
    let found = class(&legal.unwrap());
    assert_eq!((found.outcome, found.missing.len(), found.open.len()), ("prohibited", 0, 0));
}

#[test]
fn what_changes_only_duties_stays_open_without_keeping_the_outcome() {
    let mut legal = answered("legal.annex_iii = 5a public benefits");
    for name in ["role", "gpai"] {
        legal.set(name, "");
    }
    legal.set("art_50", Vec::new());
    let found = class(&legal);
    assert_eq!(found.outcome, "high-risk: Annex III");
    let open: Vec<&str> = found.open.iter().map(|gap| gap.field).collect();
    assert_eq!(open, ["role", "art_50", "gpai", "public_body"]);
}

fn owed(law: &str, legal: &Record) -> Vec<(String, String)> {
    let policy = builtin();
    let law = policy.law(law).unwrap();
    let mut legal = legal.clone();
    let outcome = law.classify(&legal).outcome;
    legal.set("outcome", outcome);
    let (packet, _) = answers("");
    let owed = law.owed(&packet, &legal).unwrap();
    owed.iter().map(|owed| (owed.duty.id.clone(), owed.application.valid_from.to_string())).collect()
}

fn date_of(duty: &str, law: &str, legal: &Record) -> Option<String> {
    owed(law, legal).into_iter().find(|(id, _)| id == duty).map(|(_, date)| date)
}

#[test]
fn dates_are_those_of_the_version_of_the_law() {
    let hiring = answered("legal.annex_iii = 4a recruitment");
    let product = answered("legal.annex_i = a product; legal.third_party_assessment = yes");
    let chat = answered("legal.art_50 = 1 interacts with people | 2 generates synthetic content");
    let old_chat = answered("legal.art_50 = 2 generates synthetic content");
    let mut old_chat = old_chat;
    old_chat.set("on_market_on", NaiveDate::from_ymd_opt(2025, 5, 1).unwrap());
    let model = answered("legal.gpai = provides one with systemic risk");
    let imagery = answered("legal.art_5_new = applies");
    for (duty, legal, first, newest) in [
        ("risk-management", &hiring, Some("2026-08-02"), Some("2027-12-02")),
        ("risk-management", &product, Some("2027-08-02"), Some("2028-08-02")),
        ("registration", &product, None, None),
        ("tell-interaction", &chat, Some("2026-08-02"), Some("2026-08-02")),
        ("mark-content", &chat, Some("2026-08-02"), Some("2026-08-02")),
        ("mark-content", &old_chat, Some("2026-08-02"), Some("2026-12-02")),
        ("literacy", &hiring, Some("2025-02-02"), Some("2025-02-02")),
        ("gpai-provider", &model, Some("2025-08-02"), Some("2025-08-02")),
        ("gpai-systemic", &model, Some("2025-08-02"), Some("2025-08-02")),
        ("not-allowed-imagery", &imagery, None, Some("2026-12-02")),
    ] {
        assert_eq!(date_of(duty, FIRST, legal).as_deref(), first, "{duty} in 2024");
        assert_eq!(date_of(duty, NEWEST, legal).as_deref(), newest, "{duty} since June 2026");
    }
}

#[test]
fn the_practice_of_june_2026_is_not_asked_under_the_text_of_2024() {
    let policy = builtin();
    let mut legal = answered("legal.art_5_new = ");
    assert_eq!(policy.law(FIRST).unwrap().classify(&legal).outcome, "minimal");
    assert_eq!(policy.law(NEWEST).unwrap().classify(&legal).outcome, "not decided");
    legal.set("law", FIRST);
    assert_eq!(policy.law_of(Some(&legal)).unwrap().id, FIRST);
    legal.set("law", "");
    assert_eq!(policy.law_of(Some(&legal)).unwrap().id, NEWEST);
}

#[test]
fn duties_go_by_role() {
    let duties = |role: &str| {
        let legal = answered(&format!("legal.annex_iii = 5b creditworthiness; legal.role = {role}"));
        owed(NEWEST, &legal).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    let (provider, deployer) = (duties("provider"), duties("deployer"));
    assert!(provider.contains(&"quality-management".to_owned()) && !provider.contains(&"deployer".to_owned()));
    assert!(deployer.contains(&"rights-assessment".to_owned()) && !deployer.contains(&"conformity".to_owned()));
    assert_eq!(duties("importer"), ["importer"]);
    let open = duties("");
    assert!(open.contains(&"conformity".to_owned()) && open.contains(&"deployer".to_owned()));
}

#[test]
fn every_row_says_where_it_comes_from_and_what_is_not_confirmed() {
    let policy = builtin();
    assert_eq!(policy.laws().iter().map(|law| law.id.as_str()).collect::<Vec<_>>(), [FIRST, NEWEST]);
    for law in policy.laws() {
        let rows = law.applications.iter().map(|row| &row.provenance);
        let rows = rows.chain(law.practices.iter().map(|row| &row.provenance));
        let rows = rows.chain(law.points.iter().map(|row| &row.provenance));
        let rows = rows.chain(law.situations.iter().map(|row| &row.provenance));
        for row in rows.chain(law.duties.iter().map(|row| &row.provenance)) {
            assert!(!row.source.is_empty() && row.checked_on.starts_with("2026-"), "{row:?}");
            assert!(row.confirmed || row.note.is_some(), "what is not confirmed is told: {row:?}");
        }
        assert_eq!(law.points.len(), ANNEX_III.len() - 1);
        assert_eq!(law.situations.len(), SITUATIONS.len() - 1);
        assert!(law.duties.len() >= 35, "{}", law.duties.len());
    }
    let (first, newest) = (policy.law(FIRST).unwrap(), policy.law(NEWEST).unwrap());
    assert_eq!((first.practices.len(), newest.practices.len()), (8, 9));
    assert!(first.provenance.confirmed && !newest.provenance.confirmed);
    assert_eq!(newest.amends.as_deref(), Some(FIRST));
    let exempt = newest.duties.iter().find(|duty| duty.id == "registration-exemption").unwrap();
    assert!(!exempt.provenance.confirmed);
}

#[test]
fn a_layer_moves_a_date_in_one_version_only() {
    let policy = policy_of(
        "[[law]]\nid = \"eu-ai-act-2026-06\"\n[[law.application]]\nid = \"annex-iii\"\nvalid_from = \"2029-01-01\"\n",
    );
    let date = |law: &str| policy.law(law).unwrap().application("annex-iii").unwrap().valid_from.to_string();
    assert_eq!((date(FIRST).as_str(), date(NEWEST).as_str()), ("2026-08-02", "2029-01-01"));
    let said = policy.explain("law.eu-ai-act-2026-06.application.annex-iii.valid_from");
    assert_eq!(said.len(), 2);
    assert_eq!((said[1].layer.as_str(), said[1].line), ("test", Some(5)));
}

#[test]
fn an_organisation_adds_a_version_that_amends_and_takes_away() {
    let policy = policy_of(
        "[[law]]\nid = \"ours\"\namends = \"eu-ai-act-2026-06\"\ntitle = \"Ours\"\nsource = \"x\"\nchecked_on = \"2026-11\"\n\
         [[law.duty]]\nid = \"literacy\"\nremove = true\n",
    );
    assert_eq!(policy.warnings(), &[]);
    let ours = policy.law_of(None).unwrap();
    assert_eq!((ours.id.as_str(), ours.practices.len()), ("ours", 9));
    assert_eq!(ours.duties.len(), policy.law(NEWEST).unwrap().duties.len() - 1);
    assert_eq!(policy_of(policy.to_toml()).fingerprint(), policy.fingerprint());
}

#[test]
fn bad_law_is_refused_with_its_line() {
    let row = |text: &str| format!("[[law]]\nid = \"eu-ai-act-2024\"\n{text}");
    for (text, line, words) in [
        (row("[[law.application]]\nid = \"annex-iii\"\nvalid_from = \"soon\"\n"), 5, "write it as 2027-12-02"),
        (row("[[law.application]]\nid = \"annex-iii\"\nvalid_to = \"2020-01-01\"\n"), 0, "lies after"),
        (row("[[law.practice]]\nfield = \"art_5_z\"\n"), 3, "needs the key"),
        (
            row("[[law.practice]]\nfield = \"role\"\narticle = \"x\"\ntext = \"x\"\napplication = \"gpai\"\n"),
            4,
            "not a question about a practice",
        ),
        (row("[[law.practice]]\nfield = \"art_5_a\"\napplication = \"nothing\"\n"), 5, "not a part of this law"),
        (row("[[law.duty]]\nid = \"logs\"\nto = [\"maker\"]\n"), 5, "not a role"),
        (row("[[law.duty]]\nid = \"logs\"\nwhen = \"legal.outcom == ''\"\n"), 5, "did you mean “outcome”?"),
        (row("[[law.point]]\npoint = \"4a recruitment\"\nremove = true\n"), 0, "has no point “4a recruitment”"),
        ("[[law]]\nid = \"x\"\namends = \"y\"\n".to_owned(), 3, "not a law that stands before this one"),
        ("[[law]]\nid = \"x\"\namends = \"x\"\n".to_owned(), 3, "not a law that stands before this one"),
        ("[law]\nid = \"x\"\n".to_owned(), 1, "holds a list"),
    ] {
        let flaws = flaws_of(&text);
        let flaw = flaws.iter().find(|flaw| flaw.message.contains(words));
        let flaw = flaw.unwrap_or_else(|| panic!("{text}: {flaws:#?}"));
        if line > 0 {
            assert_eq!((flaw.layer.as_str(), flaw.line), ("test", Some(line)), "{text}: {flaws:#?}");
        }
    }
}

proptest! {
    #[test]
    fn any_answers_have_an_outcome_that_keeps_the_laws_order(
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..40),
    ) {
        let mut legal = Record::empty(&LEGAL);
        let fields: Vec<_> = LEGAL.editable().collect();
        for (field, choice) in picks {
            let field = field.get(&fields);
            match field.kind {
                crate::record::FieldKind::Choice(choices) => legal.set(field.name, *choice.get(choices)),
                crate::record::FieldKind::Choices(choices) => {
                    legal.set(field.name, vec![(*choice.get(choices)).to_owned()]);
                }
                crate::record::FieldKind::Prose => legal.set(field.name, "Because."),
                _ => {}
            }
        }
        let found = class(&legal);
        prop_assert!(OUTCOMES.contains(&found.outcome));
        prop_assert_eq!(found.outcome == "not decided", !found.missing.is_empty());
        let outside = legal.text("scope") == Some("outside the Act");
        let forbidden = PRACTICES.iter().any(|name| legal.text(name) == Some("applies"));
        prop_assert_eq!(found.outcome == "prohibited", forbidden && !outside);
        if found.outcome.starts_with("Annex III, not") {
            prop_assert_ne!(legal.text("profiling"), Some("yes"));
        }
        prop_assert!(found.outcome == "not decided" || !found.reasons.is_empty());
    }
}
