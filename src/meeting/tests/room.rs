//! The room: who is there, the clock, minutes typed by two, what is gone, what is kept.

use super::*;
use crate::record::meeting::{ATTENDANCE, CARRIED_OVER, DISCUSSED, NOTED, spans};
use crate::record::{Look as _, RISK};

#[test]
fn a_meeting_without_people_is_not_opened() {
    let mut desk = Desk::new();
    desk.meet("office hours", 0);
    let refused = desk.step(|workspace, at| open(workspace, &meeting(workspace, "MTG-2"), at));
    // The holders of its roles are on the list: take them off.
    refused.expect("opened");
    desk.meet("office hours", 7);
    let id = meeting(&desk.workspace, "MTG-3");
    let there = desk.workspace.look().all(&ATTENDANCE, "meeting", &id);
    let edits = there.iter().map(|seat| Edit::Delete { kind: &ATTENDANCE, id: seat.id().to_owned() }).collect();
    desk.write("fay", edits);
    let refused = desk.step(|workspace, at| open(workspace, &id, at)).expect_err("nobody").to_string();
    assert!(refused.contains("Nobody is on the list of MTG-3"), "{refused}");
    let board = read(&desk.workspace, &id).expect("the board");
    assert!(!board.room.quorum().is_met(), "nobody is no quorum");
}

#[test]
fn people_come_and_go_and_the_quorum_follows() {
    let mut desk = Desk::sitting();
    for handle in ["ben", "cleo", "dan"] {
        desk.wait(60);
        desk.leave(handle);
    }
    assert!(desk.board().room.quorum().is_met(), "four of seven");
    desk.leave("gus");
    let quorum = desk.board().room.quorum();
    assert_eq!(quorum.to_string(), "no quorum: 3 of 7 members count, 4 needed; with governance forum");
    desk.wait(60);
    desk.arrive("ben");
    assert!(desk.board().room.quorum().is_met());
    let ben = desk.board().room.seats[1].attendance.clone();
    assert_eq!(spans(&ben).len(), 2);
    assert!(ben.get("present").is_set() && ben.get("left_at").is_empty());
    desk.leave("fay");
    desk.leave("ben");
    desk.arrive("cleo");
    desk.arrive("dan");
    assert!(desk.board().room.quorum().is_met(), "cleo, dan, eve, finn");
    desk.leave("cleo");
    desk.leave("dan");
    desk.arrive("sam");
    let refused = desk.step(|workspace, at| {
        let sam = workspace.look().every(&PERSON).pop().expect("sam");
        arrive(workspace, &meeting(workspace, "MTG-1"), sam.id(), Seat::default(), at)
    });
    assert!(refused.expect_err("there already").to_string().contains("@sam is in the room already"));
    let quorum = desk.board().room.quorum();
    assert_eq!(quorum.missing, ["governance forum"], "{quorum}");
}

#[test]
fn the_clock_goes_on_after_a_kill_past_midnight_and_never_backwards() {
    let mut desk = Desk::new();
    // Ten minutes before midnight in UTC.
    desk.at = desk.at.date_naive().and_hms_opt(23, 50, 0).expect("a time").and_utc();
    for (handle, _) in &CAST[..4] {
        desk.arrive(handle);
    }
    let first = desk.item("Opening", "discussion", "discuss");
    let second = desk.item("Any other business", "discussion", "discuss");
    desk.step(|workspace, at| open(workspace, &meeting(workspace, "MTG-1"), at)).expect("opened");
    desk.wait(900);
    assert_eq!(desk.board().at().map(|held| seconds(&held.item, desk.at)), Some(900), "it runs over midnight");
    let minutes = desk.step(|workspace, _| minute(workspace, &first, "", "Opened late."));
    minutes.expect("typed");

    // Killed: nothing is said, and another process opens the file.
    let later = desk.at + TimeDelta::seconds(30);
    let opened = read(&desk.other(), &meeting(&desk.workspace, "MTG-1")).expect("the board");
    let held = opened.at().expect("at an item");
    assert_eq!((held.item.id(), held.item.text("minutes")), (first.as_str(), Some("Opened late.")));
    assert_eq!(seconds(&held.item, later), 930);
    assert_eq!(seconds(&held.item, desk.at - TimeDelta::hours(2)), 0, "a clock that is put back counts nothing");

    desk.wait(30);
    desk.step(|workspace, at| go(workspace, &second, at)).expect("next");
    desk.wait(60);
    desk.step(|workspace, at| stop(workspace, &meeting(workspace, "MTG-1"), at)).expect("a break");
    desk.wait(600);
    desk.step(|workspace, at| resume(workspace, &meeting(workspace, "MTG-1"), at)).expect("on");
    desk.wait(5);
    let board = desk.board();
    let used: Vec<i64> = board.items.iter().map(|held| seconds(&held.item, desk.at)).collect();
    assert_eq!((used, board.current), (vec![930, 65], Some(1)));
    desk.step(|workspace, at| end(workspace, &meeting(workspace, "MTG-1"), at)).expect("closed");
    let board = desk.board();
    assert!(board.items.iter().all(|held| held.item.get("running_since").is_empty()));
    assert!(board.room.seats.iter().all(|seat| !seat.present));
    assert_eq!(board.used(desk.at + TimeDelta::days(9)), 995);
}

#[test]
fn two_people_record_at_once_and_nobodys_words_are_lost() {
    let mut desk = Desk::sitting();
    let item = desk.item("Opening", "discussion", "discuss");
    let mut other = desk.other();
    let ben = desk.id("ben");
    for round in 0..10 {
        let line = format!("fay {round}");
        desk.step(|workspace, _| minute_add(workspace, &item, &line, false)).expect("fay");
        let line = format!("ben {round}");
        perform(&mut other, &ben, Utc::now(), &|workspace| minute_add(workspace, &item, &line, false)).expect("ben");
    }
    let text =
        desk.workspace.get(&AGENDA_ITEM, &item).expect("the item").text("minutes").unwrap_or_default().to_owned();
    assert_eq!(text.lines().count(), 20, "{text}");

    // Who typed over an older text is told, with both.
    let late = desk.step(|workspace, _| minute(workspace, &item, "fay 0", "fay 0, mended"));
    assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
    // Between reading and writing: the step is made anew from what is there.
    let seen = std::cell::Cell::new(0);
    let fay = desk.id("fay");
    let other = std::cell::RefCell::new(other);
    let receipt = perform(&mut desk.workspace, &fay, Utc::now(), &|workspace| {
        let step = minute_add(workspace, &item, "fay last", false)?;
        if seen.replace(seen.get() + 1) == 0 {
            perform(&mut other.borrow_mut(), &ben, Utc::now(), &|workspace| {
                minute_add(workspace, &item, "ben last", false)
            })?;
        }
        Ok(step)
    });
    receipt.expect("written");
    let text =
        desk.workspace.get(&AGENDA_ITEM, &item).expect("the item").text("minutes").unwrap_or_default().to_owned();
    assert!(text.ends_with("ben last\nfay last") && seen.get() == 2, "{text}");
}

#[test]
fn an_item_whose_record_another_process_deleted_is_told_and_carried_on_without_it() {
    let mut desk = Desk::sitting();
    desk.review("Screener");
    let fields = vec![("title", "Old risk".into()), ("system", Value::text(desk.find("SYS-1").id()))];
    desk.write("sam", vec![Edit::Add { kind: &RISK, id: new_id(desk.at), fields }]);
    let risk = desk.find("RSK-1");
    let item = desk.item("RSK-1", "discussion", "risk acceptance");
    let consent_item = desk.item("RSK-1", "consent", "note");
    let mut other = desk.other();
    let sam = desk.id("sam");
    other
        .write(Change::by(&sam, vec![Edit::Delete { kind: &RISK, id: risk.id().to_owned() }]))
        .expect("deleted by another process");
    let board = desk.board();
    assert!(board.items[0].gone && board.items[0].subject.is_none());
    assert_eq!(board.items[0].item.title(), "RSK-1 Old risk", "its title says what it was");
    let seen = case(&desk.workspace, &desk.policy, &item, &desk.id("fay"), desk.at).expect("the case");
    assert_eq!((seen.gone.as_deref(), seen.may.is_none()), (Some("RSK-1"), true));
    let ask = Ask::new(crate::record::decision::ACCEPTANCE, Some(&risk), "Small.");
    let refused = desk.step(|workspace, at| decide(workspace, &item, &ask, at)).expect_err("gone").to_string();
    assert!(refused.contains("There is no RSK-1"), "{refused}");
    let fay = desk.id("fay");
    let refused = consent(&desk.workspace, board.meeting.id(), &fay, desk.at).expect_err("gone").to_string();
    assert!(refused.contains("RSK-1 is not there any more"), "{refused}");
    // The clock, minutes and the end of the item do not need the record.
    desk.step(|workspace, at| go(workspace, &item, at)).expect("at it");
    desk.step(|workspace, _| finish(workspace, &consent_item, NOTED, "")).expect("noted");
    desk.step(|workspace, at| carry(workspace, &item, "Its record is gone", at)).expect("carried over");
    desk.meet(BOARD, 14);
    let proposals = propose(&desk.workspace, &desk.policy, &desk.find("MTG-2"), desk.at).expect("proposals");
    let carried = proposals.iter().find(|proposal| proposal.carried_from.is_some()).expect("carried over");
    assert_eq!(carried.subject, None);
    let next = meeting(&desk.workspace, "MTG-2");
    desk.step(|workspace, at| put_on(workspace, &next, &[carried], at)).expect("put on the agenda");
}

#[test]
fn what_was_held_is_kept_and_not_rewritten() {
    let mut desk = Desk::sitting();
    let item = desk.item("Opening", "discussion", "discuss");
    desk.step(|workspace, _| finish(workspace, &item, DISCUSSED, "")).expect("discussed");
    desk.step(|workspace, at| end(workspace, &meeting(workspace, "MTG-1"), at)).expect("closed");
    let fay = desk.id("fay");
    for (kind, reference) in [(&MEETING, "MTG-1"), (&AGENDA_ITEM, "AGI-1"), (&ATTENDANCE, "ATT-1")] {
        let id = desk.find(reference).id().to_owned();
        let kept = desk.workspace.write(Change::by(&fay, vec![Edit::Delete { kind, id }])).expect_err(reference);
        assert!(kept.to_string().contains("was held"), "{kept}");
    }
    let set =
        |field, value: Value| vec![set(&desk.workspace.get(&AGENDA_ITEM, &item).expect("it"), vec![(field, value)])];
    let (title, minutes) = (set("title", "Other".into()), set("minutes", "We opened.".into()));
    let refused = desk.workspace.write(Change::by(&fay, title)).expect_err("over").to_string();
    assert!(refused.contains("MTG-1 is over"), "{refused}");
    desk.workspace.write(Change::by(&fay, minutes)).expect("minutes may be mended until they are approved");
    let late = desk.step(|workspace, at| {
        let sam = workspace.look().every(&PERSON).pop().expect("sam");
        arrive(workspace, &meeting(workspace, "MTG-1"), sam.id(), Seat::default(), at)
    });
    assert!(late.expect_err("over").to_string().contains("not in session"));
}

#[test]
fn what_is_carried_over_stands_on_the_next_agenda_of_the_kind() {
    let mut desk = Desk::sitting();
    desk.meet("intake triage", 1);
    desk.meet(BOARD, 14);
    desk.meet(BOARD, 28);
    let review = desk.review("Screener");
    let item = desk.item(&review, "discussion", "approve");
    desk.step(|workspace, at| carry(workspace, &item, "The report is late", at)).expect("carried over");
    let carried = desk.workspace.look().belonging(&AGENDA_ITEM, "carried_from", &item).expect("the next item");
    assert_eq!(carried.text("meeting"), Some(meeting(&desk.workspace, "MTG-3").as_str()), "the next board");
    assert_eq!(carried.text("reason"), Some("Carried over from MTG-1: The report is late."));
    assert_eq!(desk.board().items[0].item.text("outcome"), Some(CARRIED_OVER));
    let proposals = propose(&desk.workspace, &desk.policy, &desk.find("MTG-4"), desk.at).expect("proposals");
    assert!(proposals.iter().all(|proposal| proposal.carried_from.is_none()), "it has gone on already");
    let deferred = desk.review("Chat");
    let item = desk.item(&deferred, "discussion", "approve");
    desk.decide("fay", &item, crate::record::decision::DEFER).expect("deferred");
    let carried = desk.workspace.look().belonging(&AGENDA_ITEM, "carried_from", &item).expect("the next item");
    assert_eq!(carried.text("subject"), Some(deferred.as_str()));
}
