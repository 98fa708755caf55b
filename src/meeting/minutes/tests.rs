//! Minutes of a board: what they say, in whose name they are approved, and that nothing private or harmful is in them.

use super::*;
use crate::meeting::tests::Desk;
use crate::meeting::{carry, consent, end, go, minute_add, open, perform, propose, put_on, recuse};
use crate::record::decision::{APPROVE, DEFER};
use crate::record::meeting::{BOARD, IN_FAVOUR};
use crate::workspace::{Change, Error};

fn id(desk: &Desk, reference: &str) -> String {
    desk.find(reference).id().to_owned()
}

/// A board that has decided one item, put off another, and ended.
fn held() -> Desk {
    let mut desk = Desk::sitting();
    let (first, second) = (desk.review("Screener"), desk.review("Chat"));
    let item = desk.item(&first, "discussion", "approve");
    let other = desk.item(&second, "discussion", "approve");
    let gus = desk.id("gus");
    desk.step(|workspace, at| recuse(workspace, &item, &gus, "Owns the system.", at)).expect("recused");
    desk.step(|workspace, at| go(workspace, &item, at)).expect("at it");
    let motion = desk.vote(&item, &[("fay", IN_FAVOUR), ("ben", IN_FAVOUR), ("cleo", "against")]);
    desk.step(|workspace, _| crate::meeting::close(workspace, &motion, None)).expect("closed");
    desk.decide("fay", &item, APPROVE).expect("decided");
    desk.step(|workspace, _| minute_add(workspace, &item, "The board asked for *newer* figures.", false))
        .expect("typed");
    desk.step(|workspace, _| minute_add(workspace, &item, "Cleo seems cross today", true)).expect("one's own");
    desk.wait(600);
    desk.step(|workspace, at| go(workspace, &other, at)).expect("next");
    desk.leave("dan");
    desk.step(|workspace, at| carry(workspace, &other, "The report is late", at)).expect("carried");
    desk.step(|workspace, at| end(workspace, &id_of(workspace), at)).expect("closed");
    desk
}

fn id_of(workspace: &Workspace) -> String {
    workspace.find("MTG-1").expect("the meeting").id().to_owned()
}

fn text_of(desk: &Desk) -> String {
    whole(&minutes(&desk.workspace, &id(desk, "MTG-1"), desk.at).expect("minutes"))
}

#[test]
fn minutes_say_who_was_there_what_was_decided_and_what_was_said() {
    let desk = held();
    let text = text_of(&desk);
    for part in [
        "# Minutes: Review board",
        "4 of 7 members, with somebody as governance forum",
        "| Fay Example | member | governance forum | ",
        "## Item 1: REV-1 Screener",
        "- **Recused:** Gus Example (Owns the system)",
        "- **Time:** 10 of 10 min planned",
        "2 in favour, 1 against, 0 abstaining",
        "- Against: Cleo Example (The figures are a year old.)",
        "**DEC-3: REV-1: approved** (in force), recorded by Fay Example as governance forum by the rule launch-forum.",
        "- Quorum: quorum: 6 of 7 members count, 4 needed; 1 recused; with governance forum",
        "- Dissent: Cleo Example: The figures are a year old.",
        "> The board asked for *newer* figures.",
        "- AGI-2 REV-2 Chat: carried over to the next meeting (The report is late)",
        "## The record",
    ] {
        let shown = text.replace("\\_", "_").replace("&#64;", "@");
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    assert!(!text.contains("cross"), "what is private is not in the minutes");
    let head = desk.workspace.chain_head().expect("a head");
    assert!(text.contains(&format!("probity audit verify --against {head}")));
    let told = summary(&minutes(&desk.workspace, &id(&desk, "MTG-1"), desk.at).expect("minutes"), &|_| "@x".to_owned());
    assert!(told.contains("1. REV-1 Screener: DEC-3 approved\n2. REV-2 Chat: carried over\n"), "{told}");
    assert!(!told.contains("cross"));
}

#[test]
fn minutes_are_drafted_circulated_and_approved_by_the_next_board() {
    let mut desk = held();
    let id = id(&desk, "MTG-1");
    let early = desk.step(|workspace, at| circulate(workspace, &id, None, at)).expect_err("no document").to_string();
    assert!(early.contains("--draft"), "{early}");
    desk.step(|workspace, at| draft(workspace, &id, at)).expect("drafted");
    let status = |desk: &Desk| desk.find("MTG-1").text("minutes_status").map(str::to_owned);
    assert_eq!(status(&desk).as_deref(), Some("draft"));
    assert_eq!(desk.find("MTG-1").text("minutes"), Some("DOC-1"));
    // What was written by hand stays when they are made anew; the rest follows the records.
    let section = desk.find("SEC-3");
    desk.write("fay", vec![set(&section, vec![("text", "Written by hand.".into())])]);
    desk.step(|workspace, at| draft(workspace, &id, at)).expect("made anew");
    assert_eq!(desk.find("SEC-3").text("text"), Some("Written by hand."));

    desk.step(|workspace, at| circulate(workspace, &id, None, at)).expect("circulated");
    assert_eq!(status(&desk).as_deref(), Some("circulated"));
    let late = desk.step(|workspace, at| draft(workspace, &id, at)).expect_err("circulated").to_string();
    assert!(late.contains("are circulated"), "{late}");
    let fay = desk.id("fay");
    let alone = documents::approve(&desk.workspace, &desk.find("DOC-1")).expect("edits");
    let alone = desk.workspace.write(Change::by(&fay, alone)).expect_err("outside of a meeting").to_string();
    assert!(alone.contains("Nobody reviews their own document"), "{alone}");

    // The next board has them on its agenda, and approves them by consent, recorded by the one who wrote them.
    desk.meet(BOARD, 14);
    let next = id_of_next(&desk);
    let proposals = propose(&desk.workspace, &desk.policy, &desk.find("MTG-2"), desk.at).expect("proposals");
    assert_eq!(proposals[0].subject.as_ref().map(Record::reference), Some("DOC-1"));
    assert!(proposals[0].consent);
    assert_eq!(proposals[1].title, "REV-2 Chat", "what was carried over comes next");
    let chosen: Vec<&crate::meeting::Proposal> = proposals.iter().take(2).collect();
    desk.step(|workspace, at| put_on(workspace, &next, &chosen, at)).expect("an agenda");
    for handle in ["fay", "ben"] {
        let person = desk.id(handle);
        desk.step(|workspace, at| {
            crate::meeting::arrive(workspace, &next, &person, crate::meeting::Seat::default(), at)
        })
        .expect(handle);
    }
    desk.step(|workspace, at| open(workspace, &next, at)).expect("opened");
    let none = consent(&desk.workspace, &next, &fay, desk.at).expect_err("two of seven").to_string();
    assert!(none.contains("no quorum"), "{none}");
    for handle in ["cleo", "dan"] {
        let person = desk.id(handle);
        desk.step(|workspace, at| {
            crate::meeting::arrive(workspace, &next, &person, crate::meeting::Seat::default(), at)
        })
        .expect(handle);
    }
    desk.step(|workspace, at| Ok(consent(workspace, &next, &fay, at)?.step)).expect("approved");
    assert_eq!(status(&desk).as_deref(), Some("approved"));
    assert_eq!(desk.find("DOC-1").text("status"), Some("approved"));

    // From now on they are amended only by a new version, and what they were made from stays.
    let item = desk.find("AGI-1");
    let rewrite = vec![set(&item, vec![("minutes", "Something else was said.".into())])];
    let refused = desk.workspace.write(Change::by(&fay, rewrite)).expect_err("approved").to_string();
    assert!(refused.contains("amended only by a new version"), "{refused}");
    desk.step(|workspace, at| amend(workspace, &id, at)).expect("a new version");
    assert_eq!((desk.find("MTG-1").text("minutes"), status(&desk).as_deref()), (Some("DOC-2"), Some("draft")));
    assert_eq!(desk.find("DOC-1").text("status"), Some("approved"), "it holds until the new one does");
}

fn id_of_next(desk: &Desk) -> String {
    id(desk, "MTG-2")
}

#[test]
fn markup_escapes_and_formulas_in_names_and_minutes_stay_text() {
    let mut desk = Desk::sitting();
    let hostile = "<script>alert(1)</script> | **x** =HYPERLINK(1) \u{1b}[31m";
    let ben = desk.find("PER-2");
    desk.write("fay", vec![set(&ben, vec![("name", Value::text(hostile))])]);
    let seat = desk.find("ATT-2");
    desk.write("fay", vec![set(&seat, vec![("role", Value::text(hostile))])]);
    let item = desk.item(hostile, "discussion", "discuss");
    desk.step(|workspace, _| minute_add(workspace, &item, &format!("# {hostile}\n\n<img src=x>"), false))
        .expect("typed");
    let text = text_of(&desk);
    assert!(!text.contains('\u{1b}'), "no escape sequence comes out");
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains("member")).count();
    assert_eq!(rows, 7, "a stroke in a name breaks no row:\n{text}");
    assert!(
        text.lines().all(|line| !line.starts_with("# <") && !line.contains("<script") || line.starts_with('>')),
        "{text}"
    );
    let seat = text.lines().find(|line| line.contains("HYPERLINK") && line.starts_with('|')).expect("the row");
    assert!(seat.contains("&lt;script&gt;") && seat.contains("\\*\\*x\\*\\*"), "{seat}");
}

#[test]
fn nothing_is_minuted_before_it_begins_and_a_deferral_is_told() {
    let mut desk = Desk::new();
    let refused = minutes(&desk.workspace, &id(&desk, "MTG-1"), desk.at).expect_err("planned").to_string();
    assert!(refused.contains("has not begun"), "{refused}");
    desk = Desk::sitting();
    let review = desk.review("Screener");
    let item = desk.item(&review, "discussion", "approve");
    desk.decide("fay", &item, DEFER).expect("deferred");
    let text = text_of(&desk);
    assert!(text.contains("REV-1: deferred") && text.contains("carried over to the next meeting"), "{text}");
    let ben = desk.id("ben");
    let mut other = desk.other();
    let at = desk.at;
    let gone = perform(&mut other, &ben, at, &|workspace| carry(workspace, "no such item", "", at)).expect_err("none");
    assert!(matches!(gone, Error::NoRecord(..)), "{gone}");
}
