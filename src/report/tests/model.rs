//! What the model says, by example: counted again by other means, and read out of the history.

use rusqlite::Connection;

use super::desk::{Desk, day, now};
use super::programme::{programme, programme_pack, small};
use crate::record::{ACTION, CHECKLIST_ITEM, EVIDENCE, PERSON, REVIEW, RISK, Value};
use crate::report::{Asked, Cell, Pack, Request, Watch};
use crate::workspace::{Condition, Query};

fn texts(pack: &Pack, register: &str, column: &str) -> Vec<String> {
    let register = pack.registers.get(register).expect("a register");
    register.rows.iter().map(|row| register.cell(row, column).shown(*now().offset())).collect()
}

/// The events of the register of changes: what, reference, before, after.
fn events(pack: &Pack) -> Vec<[String; 4]> {
    let columns = ["what", "ref", "before", "after"].map(|column| texts(pack, "changes", column));
    (0..columns[0].len()).map(|at| [0, 1, 2, 3].map(|column| columns[column][at].clone())).collect()
}

#[test]
fn the_counts_are_those_of_the_workspace() {
    let desk = programme();
    let pack = desk.pack();
    let today = Value::Day(day("2026-11-23"));
    let count = |query: &Query| desk.workspace.count(query).expect("a count");
    let is = |field: &'static str, value: &str| Condition::Is(field, Value::text(value));
    let late = |kind| Query::open(kind).with(Condition::AtMost("due_on", today.clone()));
    let queued = Condition::Linked("review", Box::new(Condition::Open));
    let items = Query::all(&CHECKLIST_ITEM).with(queued);
    for (name, query) in [
        ("reviews_open", Query::open(&REVIEW)),
        ("reviews_all", Query::all(&REVIEW)),
        ("reviews_for_decision", Query::all(&REVIEW).with(is("stage", "decision"))),
        ("reviews_stage_overdue", late(&REVIEW)),
        ("reviews_waiting", Query::open(&REVIEW).with(Condition::Not("waiting_on", Value::Empty))),
        ("items", items.clone()),
        ("items_failed", items.clone().with(is("status", "fail"))),
        ("items_waived", items.clone().with(is("status", "waived"))),
        ("items_passed", items.clone().with(is("status", "pass"))),
        ("items_not_applicable", items.clone().with(is("status", "not applicable"))),
        ("items_open", items.with(is("status", "open"))),
        ("risks_open", Query::open(&RISK)),
        ("risks_open_critical", Query::open(&RISK).with(is("level", "critical"))),
        ("risks_open_high", Query::open(&RISK).with(is("level", "high"))),
        ("risks_overdue", late(&RISK)),
        ("risks_unowned", Query::open(&RISK).with(Condition::Is("owner", Value::Empty))),
        ("risks_accepted", Query::all(&RISK).with(is("status", "accepted"))),
        ("actions_open", Query::open(&ACTION)),
        ("actions_overdue", late(&ACTION)),
        ("actions_blocked", Query::open(&ACTION).with(is("status", "blocked"))),
        ("actions_launch_blocking", Query::open(&ACTION).with(Condition::Is("launch_blocking", Value::Flag(true)))),
        ("actions_unowned", Query::open(&ACTION).with(Condition::Is("owner", Value::Empty))),
        ("evidence", Query::all(&EVIDENCE)),
        ("evidence_submitted", Query::all(&EVIDENCE).with(is("status", "submitted"))),
    ] {
        let expected = count(&query);
        assert!(expected > 0, "nothing to count in {name}");
        assert_eq!(pack.figures.get(name), expected, "{name}");
    }
}

#[test]
fn parts_add_up_to_the_whole() {
    for pack in [programme_pack(), super::hostile::hostile_pack()] {
        let get = |name: &str| pack.figures.get(name);
        let open: Vec<_> = pack.stages.iter().filter(|line| !line.ended).collect();
        assert_eq!(open.iter().map(|line| line.reviews).sum::<u64>(), get("reviews_open"));
        assert_eq!(open.iter().flat_map(|line| line.ages).sum::<u64>(), get("reviews_open"));
        assert_eq!(pack.stages.iter().map(|line| line.overdue).sum::<u64>(), get("reviews_stage_overdue"));
        assert_eq!(pack.stages.iter().map(|line| line.reviews).sum::<u64>(), get("reviews_all"));
        let levels: u64 = pack.heat.levels.iter().map(|level| level.open).sum();
        assert_eq!(levels + get("risks_open_unassessed"), get("risks_open"));
        for grid in [&pack.heat.inherent, &pack.heat.residual] {
            assert_eq!(grid.cells.len(), 25);
            assert_eq!(grid.placed + grid.unplaced, get("risks_open"));
            assert_eq!(grid.cells.iter().map(|cell| cell.count).sum::<u64>(), grid.placed);
            assert!(grid.cells.iter().all(|cell| cell.risks.len() as u64 == cell.count));
        }
        assert_eq!(pack.owners.iter().map(|line| line.open).sum::<u64>(), get("actions_open"));
        assert_eq!(pack.owners.iter().map(|line| line.overdue).sum::<u64>(), get("actions_overdue"));
        let listed = ["passed", "failed", "open", "not_applicable", "waived"].map(|name| get(&format!("items_{name}")));
        assert_eq!(listed.iter().sum::<u64>(), get("items"));
        let counted: u64 = pack.changes.as_ref().expect("changes").counts.0.iter().map(|figure| figure.value).sum();
        assert_eq!(counted, pack.registers.get("changes").expect("a register").rows.len() as u64);
    }
}

#[test]
fn a_review_tells_its_age_and_what_it_waits_for() {
    let pack = programme_pack();
    let queue = pack.registers.get("queue").expect("a register");
    let row = queue.rows.iter().find(|row| queue.cell(row, "ref") == &Cell::text("REV-5")).expect("the claims review");
    let shown = |column: &str| queue.cell(row, column).shown(*now().offset());
    assert_eq!(shown("stage"), "mitigation");
    assert_eq!(shown("days_in_stage"), "35", "from 20 October to 24 November");
    assert_eq!((shown("due_on"), shown("days_late")), ("2026-11-19".to_owned(), "5".to_owned()));
    assert_eq!((shown("waiting_on"), shown("waiting_since")), ("privacy".to_owned(), "2026-10-30".to_owned()));
    assert_eq!(shown("days_waiting"), "25");
    assert_eq!(shown("reviewer"), "Priya Raman");
    assert_eq!(shown("system"), "SYS-5 Claims workbench");
    assert_eq!(shown("open_risks"), "2");
    let stages = texts(pack, "queue", "stage");
    let mut order = stages.clone();
    order.sort_by_key(|stage| crate::record::review::STAGES.iter().position(|known| known == stage));
    assert_eq!(stages, order, "in the order of the stages");
}

#[test]
fn what_needs_attention_says_why() {
    let pack = programme_pack();
    let reason = |reference: &str| {
        let found: Vec<_> = pack.attention.iter().filter(|found| *found.reference == *reference).collect();
        assert!(found.len() <= 1, "{reference} stands twice");
        found.first().map(|found| (found.asked, found.reason.as_str()))
    };
    for (reference, asked, said) in [
        ("REV-13", Asked::Decide, "A prohibited use is still in the queue: reject it, or have it withdrawn."),
        ("RSK-15", Asked::Decide, "The acceptance of this high risk ended 9 days ago: renew it, or treat the risk."),
        ("RSK-16", Asked::Decide, "The acceptance of this high risk ends in 16 days: renew it, or treat the risk."),
        ("RSK-10", Asked::Risk, "Critical, 15 days past its date."),
        ("RSK-4", Asked::Risk, "High, due 8 December 2026, nobody owns it."),
        ("REV-3", Asked::Launch, "Launch in 9 days, it waits for 1 open action."),
        ("REV-5", Asked::Late, "5 days past the date of its stage, mitigation. Waiting for privacy for 25 days."),
        ("ACT-3", Asked::Late, "A launch waits for it, it is blocked, 7 days past its date."),
    ] {
        assert_eq!(reason(reference), Some((asked, said)), "{reference}");
    }
    assert_eq!(reason("RSK-14"), None, "a low risk in time");
    assert_eq!(reason("REV-14"), None, "a new review");
    let order: Vec<Asked> = pack.attention.iter().map(|found| found.asked).collect();
    assert!(order.is_sorted(), "the most pressing first");
}

#[test]
fn owners_stand_by_how_late_they_are() {
    let pack = programme_pack();
    let lines: Vec<_> =
        pack.owners.iter().map(|line| (line.owner.as_deref().unwrap_or("nobody"), line.overdue)).collect();
    let expected = [
        ("Priya Raman", 2),
        ("Tomás Herrera", 2),
        ("Lena Fischer", 1),
        ("Joon-ho Park", 0),
        ("Ana Lima", 0),
        ("nobody", 0),
    ];
    assert_eq!(lines, expected);
    assert_eq!(pack.owners[0].overdue_since, Some(day("2026-11-13")));
    let owners = texts(pack, "actions", "owner");
    assert_eq!(owners.first().map(String::as_str), Some("Priya Raman"));
    assert_eq!(owners.last().map(String::as_str), Some(""), "nobody's come last");
}

#[test]
fn changes_are_told_from_the_first_moment_of_the_day() {
    let desk = small();
    let told = events(&desk.pack_since(Some("2026-11-03")));
    let expected = [
        ["Stage moves", "REV-1", "assessment", "mitigation"],
        ["New actions", "ACT-1", "", "2026-11-20"],
        ["New risks", "RSK-2", "", "medium"],
        ["New risks", "RSK-1", "", "high"],
    ];
    assert_eq!(told, expected);
    assert_eq!(events(&desk.pack_since(Some("2026-11-04"))).len(), 1);
    assert_eq!(events(&desk.pack_since(Some("2026-11-11"))).len(), 0);
    assert_eq!(texts(&desk.pack_since(Some("2026-11-10")), "changes", "why"), ["Two risks | are worth <treating>."]);
    let pack = desk.pack_since(None);
    assert!(pack.changes.is_none() && events(&pack).is_empty());
}

#[test]
fn what_was_undone_in_the_period_is_left_out() {
    let mut desk = small();
    let me = desk.me.clone();
    desk.on("2026-11-20");
    desk.set(&ACTION, "slices", vec![("status", "done".into())], None);
    assert!(events(&desk.pack_since(Some("2026-11-15"))).iter().any(|event| event[0] == "Actions closed"));
    desk.workspace.undo(&me).expect("undone");
    assert_eq!(events(&desk.pack_since(Some("2026-11-15"))), [] as [[String; 4]; 0]);
    desk.workspace.redo(&me).expect("done again");
    let told = events(&desk.pack_since(Some("2026-11-15")));
    assert_eq!(told, [["Actions closed", "ACT-1", "open", "done"]], "once");
}

#[test]
fn an_undo_of_something_older_is_a_change_of_its_own() {
    let mut desk = small();
    let me = desk.me.clone();
    desk.on("2020-01-01");
    desk.set(&ACTION, "slices", vec![("status", "done".into())], None);
    desk.workspace.undo(&me).expect("undone");
    // The undo is written at the present moment, whatever the clock says.
    let yesterday = (chrono::Utc::now() - chrono::TimeDelta::days(1)).date_naive().to_string();
    let told = events(&desk.pack_since(Some(&yesterday)));
    assert!(told.contains(&["Actions opened again", "ACT-1", "done", "open"].map(str::to_owned)), "{told:?}");
    assert!(!told.iter().any(|event| event[0] == "Actions closed"), "{told:?}");
}

#[test]
fn changes_by_other_programs_are_counted_and_shown_to_the_board() {
    let mut desk = small();
    let outside = Connection::open(desk.workspace.path()).expect("a connection");
    outside.execute("UPDATE risk SET title = 'Changed behind our back'", []).expect("a change");
    drop(outside);
    desk.add(&PERSON, "new", vec![("name", "Ola Nordmann".into()), ("handle", "ola".into())]);
    let pack = desk.pack();
    assert_eq!(pack.changes.as_ref().map(|period| period.outside), Some(1));
    let found = pack.attention.iter().find(|found| found.asked == Asked::Record).expect("a word to the board");
    assert!(found.reason.contains("1 change since 2026-11-01"), "{}", found.reason);
}

#[test]
fn people_who_share_a_name_are_told_apart() {
    let mut desk = small();
    desk.add(&PERSON, "other", vec![("name", "Priya Raman".into()), ("handle", "priya2".into())]);
    let other = desk.id("other");
    desk.set(&RISK, "gaps", vec![("owner", other)], None);
    let owners = texts(&desk.pack(), "risks", "owner");
    assert!(owners.contains(&"Priya Raman (@priya2)".to_owned()), "{owners:?}");
}

#[test]
fn a_history_that_is_too_long_is_cut_and_that_is_said() {
    let desk = small();
    let since = Some(day("2026-10-01"));
    let whole = desk.pack_since(Some("2026-10-01"));
    assert!(whole.about.notices.is_empty() && !whole.changes.as_ref().is_none_or(|period| period.cut));
    let request = Request { at: now(), since, history_rows: 5, ..Request::now("Ana") };
    let pack = Pack::compute(&desk.workspace, &request, &mut Watch::nobody()).expect("a pack");
    assert!(pack.changes.as_ref().is_some_and(|period| period.cut));
    assert!(
        pack.about.notices[0].contains("too long for this pack: changes before number"),
        "{:?}",
        pack.about.notices
    );
    let told = events(&pack);
    assert!(!told.is_empty() && told.len() < events(&whole).len());
    assert_eq!(told, events(&whole)[..told.len()], "the newest are there");
    let page = crate::report::page(&pack, crate::report::Format::Markdown, &[], None, 50).expect("a page");
    assert!(page.contains("> The history since 2026-10-01 is too long"), "{page}");
}

#[test]
fn whoever_makes_it_is_named_in_full() {
    let desk = small();
    for (said, named) in [("priya", "Priya Raman"), ("@priya", "Priya Raman"), ("The secretary", "The secretary")] {
        let request = Request { made_by: said.to_owned(), ..Request::now("") };
        let pack = Pack::compute(&desk.workspace, &request, &mut Watch::nobody()).expect("a pack");
        assert_eq!(&*pack.about.made_by, named);
    }
}

#[test]
fn a_later_moment_makes_things_later() {
    let desk = small();
    let at = now() + chrono::TimeDelta::days(30);
    let request = Request { at, ..Request::now("Ana") };
    let pack = Pack::compute(&desk.workspace, &request, &mut Watch::nobody()).expect("a pack");
    assert_eq!(texts(&pack, "actions", "days_late"), ["34"]);
    assert_eq!(texts(&desk.pack(), "actions", "days_late"), ["4"]);
    assert_eq!(Desk::empty().pack().figures.get("actions_overdue"), 0);
}
