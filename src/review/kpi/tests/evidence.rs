//! How complete the evidence is. The working stands beside each case.

use super::*;

/// Takes all checklists away, and all rules of documents and checklists.
fn bare() -> String {
    let whole = policy("");
    let mut gone = String::new();
    for list in ["document_rule", "checklist_rule", "checklist"] {
        let rules = whole.to_table().get(list).and_then(toml::Value::as_array).expect("rules");
        for id in rules.iter().filter_map(|rule| rule.get("id")?.as_str()) {
            gone += &format!("[[{list}]]\nid = \"{id}\"\nremove = true\n");
        }
    }
    gone
}

/// A checklist “own” that every review must have: A and B ask for evidence, B of agents only; C asks for none.
const OWN: &str = "[[checklist]]\nid = \"own\"\ntitle = \"Own\"\nversion = 1\ndescription = \"x\"\n\
    [[checklist.item]]\ncode = \"A\"\ntext = \"A\"\nguidance = \"x\"\nrequired_evidence = [\"test log\"]\n\
    [[checklist.item]]\ncode = \"B\"\ntext = \"B\"\nguidance = \"x\"\nrequired_evidence = [\"test log\"]\n\
    when = \"packet.model_type == 'agent with tools'\"\n\
    [[checklist.item]]\ncode = \"C\"\ntext = \"C\"\nguidance = \"x\"\n\
    [[checklist_rule]]\nid = \"own\"\nchecklist = \"own\"\nfrom_tier = \"low\"\nreason = \"x\"\n";

fn started(desk: &mut Desk, when: &str, review: &Record, codes: &[(&str, &str)]) -> Vec<Record> {
    let fields = vec![
        ("title", "Own".into()),
        ("review", Value::text(review.id())),
        ("template", "own".into()),
        ("template_version", 1.into()),
    ];
    let list = desk.add(when, &CHECKLIST, fields);
    let item = |(code, kinds): &(&str, &str)| {
        let kinds = kinds.split(';').filter(|kind| !kind.is_empty()).map(str::to_owned).collect();
        let fields = vec![
            ("code", Value::text(*code)),
            ("text", "T".into()),
            ("checklist", Value::text(list.id())),
            ("review", Value::text(review.id())),
            ("required_evidence", Value::List(kinds)),
        ];
        desk.add(when, &CHECKLIST_ITEM, fields)
    };
    codes.iter().map(item).collect()
}

/// Evidence that is handed in on a day and accepted by the other on the next.
fn accepted(desk: &mut Desk, when: &str, next: &str, review: &Record, kind: &'static str) -> Record {
    let fields = vec![("title", "It".into()), ("kind", kind.into()), ("review", Value::text(review.id()))];
    let evidence = desk.add(when, &EVIDENCE, fields);
    let verdict = vec![("status", "accepted".into()), ("verdict_reason", "Sound.".into())];
    desk.by_the_other(|desk| desk.set(next, &evidence, verdict));
    evidence
}

#[test]
fn evidence_that_items_ask_for_is_required_too() {
    let mut desk = Desk::under(&policy(&format!("{}{OWN}", bare())));
    let review = desk.review("2026-03-01", Vec::new());
    desk.complete("2026-03-02", &review, vec![("use_case", "Ranks".into())]);
    let told = |desk: &Desk, period: &str| {
        let counted = desk.figure("evidence-completeness", period);
        (counted.numerator.unwrap_or_default(), counted.denominator.unwrap_or_default())
    };
    // Not started: A is missing, whatever the answers come to. B may not apply, C asks for nothing.
    assert_eq!(told(&desk, "2026-03"), (0.0, 1.0));
    // Started with all three: A and B are asked for.
    let items =
        started(&mut desk, "2026-04-01", &review, &[("A", "test log"), ("B", "test log;screenshot"), ("C", "")]);
    assert_eq!(told(&desk, "2026-04"), (0.0, 2.0));
    // A log is handed in and named for A in May, and accepted in June: only then it counts.
    let log = accepted(&mut desk, "2026-05-20", "2026-06-05", &review, "test log");
    desk.set("2026-05-21", &items[0], vec![("evidence", Value::List(vec![log.reference().to_owned()]))]);
    assert_eq!(told(&desk, "2026-05"), (0.0, 2.0));
    assert_eq!(told(&desk, "2026-06"), (1.0, 2.0));
    close(desk.figure("evidence-completeness", "2026-06").value, 0.5);
    // B does not apply from the tenth of July on; until then it was missing.
    desk.set("2026-07-10", &items[1], vec![("status", "not applicable".into()), ("reason", "No tools.".into())]);
    assert_eq!(told(&desk, "2026-06"), (1.0, 2.0));
    assert_eq!(told(&desk, "2026-07"), (1.0, 1.0));
    assert_eq!(desk.whole("evidence-completeness", "2026-07").verdict, Verdict::Met);
}

#[test]
fn a_waiver_frees_an_item_of_its_evidence_while_it_lasts() {
    let mut desk = Desk::under(&policy(&format!("{}{OWN}", bare())));
    let review = desk.review("2026-03-01", Vec::new());
    desk.complete("2026-03-02", &review, vec![("use_case", "Ranks".into())]);
    let items = started(&mut desk, "2026-03-03", &review, &[("A", "test log"), ("B", "test log")]);
    for last in ["2026-05-31", "2026-07-31"] {
        let item = desk.workspace.get(&CHECKLIST_ITEM, items[0].id()).expect("the item");
        let ask = crate::review::decide::Ask {
            expires_on: Some(day(last)),
            control: "By hand.".to_owned(),
            ..crate::review::decide::Ask::new(decision::WAIVER, Some(&item), "For now.")
        };
        desk.decide(if last == "2026-05-31" { "2026-04-02" } else { "2026-06-02" }, &ask);
    }
    let asked = |desk: &Desk, period: &str| desk.figure("evidence-completeness", period).denominator;
    // Before the waiver two are asked for, while it lasts, renewed or not, one, and after it two again.
    assert_eq!(asked(&desk, "2026-03"), Some(2.0));
    assert_eq!(asked(&desk, "2026-07"), Some(1.0));
    assert_eq!(asked(&desk, "2026-08"), Some(2.0));
    // Two waivers were asked for and granted, for no launch: no figure. For one launch, two.
    assert_eq!(desk.figure("policy-exceptions", "2026").value, None);
    desk.release("2026-07-01");
    let waived = desk.figure("policy-exceptions", "2026");
    assert_eq!((waived.value, waived.n), (Some(2.0), 2));
}

#[test]
fn a_planned_evaluation_asks_for_its_report() {
    let own = "[[document_rule]]\nid = \"plan\"\ndocument = \"evaluation plan\"\nfrom_tier = \"low\"\nreason = \"x\"\n";
    let mut desk = Desk::under(&policy(&format!("{}{own}", bare())));
    let review = desk.review("2026-03-01", Vec::new());
    desk.complete("2026-03-02", &review, vec![("use_case", "Ranks".into())]);
    accepted(&mut desk, "2026-03-04", "2026-03-05", &review, "evaluation report");
    let counted = desk.figure("evidence-completeness", "2026-03");
    assert_eq!((counted.numerator, counted.denominator), (Some(1.0), Some(2.0)));
}

#[test]
fn evidence_is_complete_when_required_documents_are_there() {
    let gone = bare();
    let own = "[[document_rule]]\nid = \"card\"\ndocument = \"model card\"\nfrom_tier = \"low\"\nreason = \"x\"\n\
               [[document_rule]]\nid = \"sheet\"\ndocument = \"data sheet\"\nfrom_tier = \"low\"\nreason = \"x\"\n";
    let mut desk = Desk::under(&policy(&format!("{gone}{own}")));
    let one = desk.review("2026-03-01", Vec::new());
    let two = desk.review("2026-03-01", Vec::new());
    for review in [&one, &two] {
        desk.complete("2026-03-02", review, vec![("use_case", "Ranks".into())]);
    }
    assert_eq!(desk.figure("evidence-completeness", "2025").value, None, "before anything was submitted");
    // The first has its card, handed in and accepted in May; the second nothing: one of four.
    let card = desk.add(
        "2026-05-01",
        &EVIDENCE,
        vec![("title", "Card".into()), ("kind", "model card".into()), ("review", Value::text(one.id()))],
    );
    let verdict = vec![("status", "accepted".into()), ("verdict_reason", "Sound.".into())];
    desk.by_the_other(|desk| desk.set("2026-05-02", &card, verdict));
    let half = desk.figure("evidence-completeness", "2026-H1");
    close(half.value, 0.25);
    assert_eq!((half.numerator, half.denominator, half.n), (Some(1.0), Some(4.0), 2));
    close(desk.figure("evidence-completeness", "2026-Q1").value, 0.0);
    // Withdrawn by the end: no more asked of it.
    desk.stage("2026-06-01", &two, &["withdrawn"]);
    close(desk.figure("evidence-completeness", "2026-H1").value, 0.5);
    close(desk.figure("evidence-completeness", "2026-05").value, 0.25);
}
