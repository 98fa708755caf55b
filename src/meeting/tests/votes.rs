//! Votes: who may, ties, too many, a quorum that is lost in the middle.

use proptest::prelude::*;

use super::*;
use crate::record::decision::{REJECT, TIER};
use crate::record::meeting::{ABSTAIN, AGAINST, CARRIED, LOST, NO_QUORUM, TIED, Tally, result};

fn on(desk: &mut Desk) -> (String, String) {
    let review = desk.review("Screener");
    let item = desk.item(&review, "discussion", "approve");
    (review, item)
}

fn status(desk: &Desk, motion: &str) -> String {
    let motion = desk.workspace.get(&crate::record::MOTION, motion).expect("the motion");
    motion.text("status").unwrap_or_default().to_owned()
}

#[test]
fn a_tie_is_said_and_decided_by_nobody() {
    let mut desk = Desk::sitting();
    let (review, item) = on(&mut desk);
    let motion = desk.vote(&item, &[("fay", IN_FAVOUR), ("ben", AGAINST), ("cleo", ABSTAIN)]);
    let refused = desk.decide("fay", &item, APPROVE).expect_err("open").to_string();
    assert!(refused.contains("still open"), "{refused}");
    desk.step(|workspace, _| close(workspace, &motion, None)).expect("closed");
    assert_eq!(status(&desk, &motion), TIED);
    for (kind, recommend) in [(APPROVE, false), (REJECT, false), (APPROVE, true)] {
        let refused = desk.decide_as("fay", &item, kind, recommend).expect_err("a tie").to_string();
        assert!(refused.contains("tied") && refused.contains("nobody has decided"), "{refused}");
    }
    assert_eq!(desk.find(&review).text("stage"), Some("decision"));
    // Voted again, it is decided.
    let again = desk.vote(&item, &[("fay", IN_FAVOUR), ("ben", AGAINST), ("cleo", IN_FAVOUR)]);
    desk.step(|workspace, _| close(workspace, &again, None)).expect("closed");
    desk.decide("fay", &item, APPROVE).expect("decided");
}

#[test]
fn a_motion_that_was_lost_decides_nothing_and_another_side_is_put_to_the_vote() {
    let mut desk = Desk::sitting();
    let (_, item) = on(&mut desk);
    let motion = desk.vote(&item, &[("fay", AGAINST), ("ben", AGAINST), ("cleo", IN_FAVOUR)]);
    desk.step(|workspace, _| close(workspace, &motion, None)).expect("closed");
    assert_eq!(status(&desk, &motion), LOST);
    let refused = desk.decide("fay", &item, REJECT).expect_err("lost").to_string();
    assert!(refused.contains("Put the other side to the vote"), "{refused}");
    let receipt = desk.step(|workspace, at| put(workspace, &item, "Reject it", Some(REJECT), true, at)).expect("put");
    let motion = receipt.first().expect("a motion").id().to_owned();
    for handle in ["fay", "ben"] {
        desk.cast(&motion, handle, IN_FAVOUR).expect(handle);
    }
    desk.step(|workspace, _| close(workspace, &motion, None)).expect("closed");
    let refused = desk.decide("fay", &item, APPROVE).expect_err("they voted to reject").to_string();
    assert!(refused.contains("voted to reject"), "{refused}");
    desk.decide("fay", &item, REJECT).expect("rejected");
}

#[test]
fn who_may_not_vote_does_not() {
    let mut desk = Desk::sitting();
    let (_, item) = on(&mut desk);
    let sam = desk.id("sam");
    let guest = Seat { seat: Some("guest"), role: Some("presents the case") };
    desk.step(|workspace, at| arrive(workspace, &meeting(workspace, "MTG-1"), &sam, guest, at)).expect("a guest");
    desk.leave("dan");
    let gus = desk.id("gus");
    desk.step(|workspace, at| recuse(workspace, &item, &gus, "Owns the system.", at)).expect("recused");
    let motion = desk.vote(&item, &[("fay", IN_FAVOUR)]);
    for (handle, why) in
        [("sam", "is a guest"), ("dan", "is not in the room"), ("gus", "is recused for this item: Owns the system.")]
    {
        let refused = desk.cast(&motion, handle, IN_FAVOUR).expect_err(handle).to_string();
        assert!(refused.contains(why), "{refused}");
    }
    // Who votes again changes their vote; it is counted once.
    desk.cast(&motion, "fay", AGAINST).expect("changed");
    let held = desk.board().items.remove(0);
    assert_eq!(held.votes[&motion].len(), 1);
    assert_eq!(held.motions[0].number("against"), Some(1));
    // Who is recused in the middle has not voted.
    let fay = desk.id("fay");
    desk.step(|workspace, at| recuse(workspace, &item, &fay, "Is related to the requester.", at)).expect("recused");
    desk.cast(&motion, "ben", IN_FAVOUR).expect("ben");
    desk.step(|workspace, _| close(workspace, &motion, None)).expect("closed");
    let motion = desk.workspace.get(&crate::record::MOTION, &motion).expect("the motion");
    assert_eq!((motion.number("in_favour"), motion.number("against")), (Some(1), Some(0)));
    let refused = desk.cast(motion.id(), "cleo", IN_FAVOUR).expect_err("closed").to_string();
    assert!(refused.contains("is closed"), "{refused}");
    let refused = desk.decide("fay", &item, APPROVE).expect_err("recused").to_string();
    assert!(refused.contains("recused"), "{refused}");
    desk.decide("ben", &item, APPROVE).expect("decided by somebody who is not");
}

#[test]
fn more_votes_than_members_are_refused() {
    let mut desk = Desk::sitting();
    let (_, item) = on(&mut desk);
    let receipt = desk.step(|workspace, at| put(workspace, &item, "", Some(APPROVE), false, at)).expect("put");
    let motion = receipt.first().expect("a motion").id().to_owned();
    let counted = |in_favour, against, abstained| Some(Tally { in_favour, against, abstained });
    let refused = desk.step(|workspace, _| close(workspace, &motion, counted(6, 1, 1))).expect_err("eight");
    assert!(refused.to_string().contains("These are 8 votes, but 7 members in the room may vote"), "{refused}");
    let refused = desk.step(|workspace, _| close(workspace, &motion, None)).expect_err("no numbers").to_string();
    assert!(refused.contains("Say how many voted"), "{refused}");
    let refused = desk.cast(&motion, "fay", IN_FAVOUR).expect_err("by count").to_string();
    assert!(refused.contains("voted by count"), "{refused}");
    let refused = desk.step(|workspace, _| close(workspace, &motion, counted(-1, 0, 0))).expect_err("negative");
    assert!(matches!(refused, Error::Refused { .. }), "{refused}");
    desk.leave("ben");
    let refused = desk.step(|workspace, _| close(workspace, &motion, counted(7, 0, 0))).expect_err("one left");
    assert!(refused.to_string().contains("6 members"), "{refused}");
    desk.step(|workspace, _| close(workspace, &motion, counted(4, 1, 1))).expect("closed");
    assert_eq!(status(&desk, &motion), CARRIED);
    // Nobody says how a vote ended but the votes.
    let held = desk.workspace.get(&crate::record::MOTION, &motion).expect("the motion");
    let fay = desk.id("fay");
    let rewritten = desk.workspace.write(Change::by(&fay, vec![set(&held, vec![("status", LOST.into())])]));
    assert!(rewritten.expect_err("closed").to_string().contains("is closed"));
}

#[test]
fn a_result_that_the_votes_do_not_give_is_refused() {
    let mut desk = Desk::sitting();
    let (_, item) = on(&mut desk);
    let motion = desk.vote(&item, &[("fay", AGAINST)]);
    let held = desk.workspace.get(&crate::record::MOTION, &motion).expect("the motion");
    let fay = desk.id("fay");
    let said = desk.workspace.write(Change::by(&fay, vec![set(&held, vec![("status", CARRIED.into())])]));
    assert!(said.expect_err("not so").to_string().contains("The vote is lost"));
}

#[test]
fn a_quorum_lost_between_motion_and_vote_leaves_a_recommendation_at_the_most() {
    let mut desk = Desk::sitting();
    let (review, item) = on(&mut desk);
    let motion = desk.vote(&item, &[("fay", IN_FAVOUR), ("ben", IN_FAVOUR), ("cleo", IN_FAVOUR)]);
    // One of those who voted leaves in the middle, and three more: four are needed, three are there.
    for handle in ["cleo", "dan", "eve", "finn"] {
        desk.leave(handle);
    }
    desk.step(|workspace, _| close(workspace, &motion, None)).expect("closed");
    let held = desk.workspace.get(&crate::record::MOTION, &motion).expect("the motion");
    assert_eq!(held.text("status"), Some(NO_QUORUM));
    assert_eq!(held.number("in_favour"), Some(3), "a vote that was cast stays cast");
    let refused = desk.decide("fay", &item, APPROVE).expect_err("no quorum").to_string();
    assert!(refused.contains("no quorum: 3 of 7") && refused.contains("recommendation"), "{refused}");
    desk.decide_as("fay", &item, APPROVE, true).expect("recommended");
    assert_eq!(desk.find(&review).text("stage"), Some("decision"), "nothing follows");
    let held = desk.board().items.remove(0);
    assert_eq!(held.item.text("outcome"), Some("recommended"));
    assert_eq!(held.decisions[0].text("status"), Some("recommended"));
    // They come back, but the vote was taken without them.
    for handle in ["cleo", "dan"] {
        desk.arrive(handle);
    }
    let refused = desk.decide("fay", &item, APPROVE).expect_err("the vote").to_string();
    assert!(refused.contains("no quorum when the vote was closed"), "{refused}");
}

#[test]
fn a_recusal_breaks_the_quorum_of_one_item_and_of_no_other() {
    let mut desk = Desk::sitting();
    for handle in ["ben", "cleo", "dan"] {
        desk.leave(handle);
    }
    let (_, item) = on(&mut desk);
    let other = desk.review("Chat");
    let other = desk.item(&other, "discussion", "approve");
    let gus = desk.id("gus");
    desk.step(|workspace, at| recuse(workspace, &item, &gus, "Owns the system.", at)).expect("recused");
    let board = desk.board();
    assert_eq!(
        board.items[0].quorum().to_string(),
        "no quorum: 3 of 7 members count, 4 needed; 1 recused; with governance forum"
    );
    assert!(board.items[1].quorum().is_met());
    let conflicts = conflicts(&desk.workspace, &desk.policy, &item).expect("conflicts");
    assert_eq!(conflicts.len(), 1);
    assert_eq!((conflicts[0].handle.as_str(), conflicts[0].recused, conflicts[0].barred), ("gus", true, true));
    assert_eq!(conflicts[0].part, "business owner; Owns the system.");
    let refused = desk.decide("fay", &item, APPROVE).expect_err("no quorum").to_string();
    assert!(refused.contains("AGI-1 has no quorum"), "{refused}");
    desk.decide("fay", &other, APPROVE).expect("the other item has one");
}

#[test]
fn one_vote_at_a_time_and_none_outside_of_the_meeting() {
    let mut desk = Desk::new();
    let item = desk.item("Opening", "discussion", "discuss");
    let early = desk.step(|workspace, at| put(workspace, &item, "Open", None, true, at)).expect_err("not yet");
    assert!(early.to_string().contains("not in session"), "{early}");
    for (handle, _) in &CAST[..7] {
        desk.arrive(handle);
    }
    desk.step(|workspace, at| open(workspace, &meeting(workspace, "MTG-1"), at)).expect("opened");
    let motion = desk.step(|workspace, at| put(workspace, &item, "Open", Some(TIER), true, at)).expect("put");
    let motion = motion.first().expect("a motion").id().to_owned();
    let second = desk.step(|workspace, at| put(workspace, &item, "Again", None, true, at)).expect_err("one is open");
    assert!(second.to_string().contains("MOT-1 (Open) is still open"), "{second}");
    let end_early = desk.step(|workspace, at| end(workspace, &meeting(workspace, "MTG-1"), at)).expect_err("open");
    assert!(end_early.to_string().contains("MOT-1 is still open"), "{end_early}");
    desk.step(|workspace, _| withdraw(workspace, &motion)).expect("taken back");
    desk.step(|workspace, at| end(workspace, &meeting(workspace, "MTG-1"), at)).expect("closed");
}

#[test]
fn a_vote_for_what_is_ones_own_is_found_by_a_standing_check() {
    use crate::review::lint::{Scope, lint};
    let mut desk = Desk::sitting();
    let (_, item) = on(&mut desk);
    desk.vote(&item, &[("fay", IN_FAVOUR), ("gus", IN_FAVOUR)]);
    let today = desk.at.with_timezone(&chrono::Local).date_naive();
    let found = |desk: &Desk| {
        let report = lint(&desk.workspace, &desk.policy, &Scope::default(), today).expect("a report");
        let own = report.findings.into_iter().filter(|finding| finding.rule.id == "vote-own-work");
        own.map(|finding| finding.record).collect::<Vec<_>>()
    };
    assert_eq!(found(&desk), ["VOT-2"], "gus owns the system");
    let gus = desk.id("gus");
    desk.step(|workspace, at| recuse(workspace, &item, &gus, "Owns the system.", at)).expect("recused");
    assert_eq!(found(&desk), Vec::<String>::new(), "who is recused has not voted");
}

proptest! {
    /// A vote is carried by more in favour than against with a quorum, and by nothing else; abstentions change nothing.
    #[test]
    fn a_vote_is_carried_only_by_a_majority_with_a_quorum(
        in_favour in 0_i64..12, against in 0_i64..12, abstained in 0_i64..12, has_quorum in any::<bool>()
    ) {
        let ended = result(&Tally { in_favour, against, abstained }, has_quorum);
        prop_assert_eq!(ended == CARRIED, has_quorum && in_favour > against);
        prop_assert_eq!(ended == TIED, has_quorum && in_favour == against);
        prop_assert_eq!(ended == NO_QUORUM, !has_quorum);
        prop_assert_eq!(ended, result(&Tally { in_favour, against, abstained: 0 }, has_quorum));
    }
}
