//! Before the meeting: the cadence over changes of the clocks, the agenda out of the records, the consent items.

use chrono::{Days, Local, NaiveDate, NaiveTime, Weekday};
use proptest::prelude::*;

use super::*;
use crate::meeting::plan::moment;
use crate::record::RISK;
use crate::record::decision::{ACCEPTANCE, TIER};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn a_cadence_counts_from_the_last_meeting_and_keeps_its_weekday() {
    let policy = Policy::builtin();
    let board = policy.meeting_rule("review board").expect("a rule");
    let starts = next_starts(board, None, day("2026-11-28"), day("2027-01-10"));
    assert_eq!(starts, [day("2026-12-03"), day("2026-12-17"), day("2026-12-31")]);
    // One was put off to a Friday: those after it are on Thursdays again.
    let starts = next_starts(board, Some(day("2026-12-04")), day("2026-11-28"), day("2027-01-10"));
    assert_eq!(starts, [day("2026-12-17"), day("2026-12-31")]);
    // Long ago: the rhythm goes on, nothing is planned in the past.
    let starts = next_starts(board, Some(day("2026-06-04")), day("2026-11-28"), day("2026-12-20"));
    assert_eq!(starts, [day("2026-12-03"), day("2026-12-17")]);
    let incident = policy.meeting_rule("incident review").expect("a rule");
    assert_eq!(next_starts(incident, None, day("2026-11-28"), day("2027-01-10")), []);
}

#[test]
fn planning_twice_plans_nothing_twice() {
    let mut desk = Desk::new();
    let until = desk.at.with_timezone(&Local).date_naive() + Days::new(30);
    let fay = desk.id("fay");
    let plan_now = |desk: &Desk| plan(&desk.workspace, &desk.policy, &[BOARD], until, &fay, desk.at).expect("a plan");
    let (coming, step) = plan_now(&desk);
    assert!(!coming.is_empty() && coming.len() <= 2, "{coming:?}");
    desk.write("fay", step.edits);
    assert_eq!(plan_now(&desk).0, []);
}

#[test]
fn an_hour_that_the_clocks_skip_or_repeat_is_a_moment_too() {
    // Central Europe in 2026, by its rule: skips 02:00 to 03:00 on 29 March, repeats it on 25 October.
    let zone = Clocks;
    let at = |time: &str| time.parse::<NaiveTime>().expect("a time");
    assert_eq!(moment(&zone, day("2026-03-28"), at("02:30:00")).to_rfc3339(), "2026-03-28T01:30:00+00:00");
    assert_eq!(
        moment(&zone, day("2026-03-29"), at("02:30:00")).to_rfc3339(),
        "2026-03-29T01:00:00+00:00",
        "when it stops"
    );
    assert_eq!(
        moment(&zone, day("2026-10-25"), at("02:30:00")).to_rfc3339(),
        "2026-10-25T00:30:00+00:00",
        "the first one"
    );
    assert_eq!(moment(&zone, day("2026-03-26"), at("14:00:00")).to_rfc3339(), "2026-03-26T13:00:00+00:00");
    assert_eq!(
        moment(&zone, day("2026-04-09"), at("14:00:00")).to_rfc3339(),
        "2026-04-09T12:00:00+00:00",
        "14:00 stays"
    );
}

/// Central European time in 2026.
#[derive(Clone, Copy, Debug)]
struct Clocks;

impl chrono::TimeZone for Clocks {
    type Offset = chrono::FixedOffset;

    fn from_offset(_: &Self::Offset) -> Self {
        Self
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> chrono::MappedLocalTime<Self::Offset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &chrono::NaiveDateTime) -> chrono::MappedLocalTime<Self::Offset> {
        use chrono::offset::LocalResult::{Ambiguous, None, Single};
        let (winter, summer) = (hours(1), hours(2));
        let at = |text: &str| text.parse::<chrono::NaiveDateTime>().expect("a moment");
        if *local >= at("2026-03-29T02:00:00") && *local < at("2026-03-29T03:00:00") {
            None
        } else if *local >= at("2026-10-25T02:00:00") && *local < at("2026-10-25T03:00:00") {
            Ambiguous(summer, winter)
        } else if *local >= at("2026-03-29T03:00:00") && *local < at("2026-10-25T02:00:00") {
            Single(summer)
        } else {
            Single(winter)
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> Self::Offset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &chrono::NaiveDateTime) -> Self::Offset {
        let at = |text: &str| text.parse::<chrono::NaiveDateTime>().expect("a moment");
        let summer = *utc >= at("2026-03-29T01:00:00") && *utc < at("2026-10-25T01:00:00");
        hours(if summer { 2 } else { 1 })
    }
}

fn hours(east: i32) -> chrono::FixedOffset {
    chrono::FixedOffset::east_opt(east * 3600).expect("an offset")
}

#[test]
fn the_agenda_comes_out_of_the_records_with_reasons_and_fits_or_says_so() {
    let mut desk = Desk::new();
    let review = desk.review("Screener");
    let today = desk.at.with_timezone(&Local).date_naive();
    let risk = |title: &str, severity: i64, due: i64| {
        vec![
            ("title", Value::text(title)),
            ("severity", Value::Number(severity)),
            ("likelihood", Value::Number(severity)),
            ("due_on", Value::Day(today + TimeDelta::days(due))),
            ("owner", Value::text(desk.id("sam"))),
            ("system", Value::text(desk.find("SYS-1").id())),
        ]
    };
    let all = [
        risk("Late and high", 5, -3),
        risk("Late and low", 1, -3),
        risk("High, in time", 5, 3),
        risk("Accepted", 2, 3),
    ];
    for fields in all {
        desk.write("sam", vec![Edit::Add { kind: &RISK, id: new_id(desk.at), fields }]);
    }
    let accepted = desk.find("RSK-4");
    let ask = Ask { expires_on: Some(today + Days::new(10)), ..Ask::new(ACCEPTANCE, Some(&accepted), "Small.") };
    let edits = deciding::decide(&desk.workspace, &ask, Utc::now()).expect("edits");
    desk.write("fay", edits);
    let meeting_of = desk.find("MTG-1");
    let proposals = propose(&desk.workspace, &desk.policy, &meeting_of, desk.at).expect("proposals");
    let found: Vec<(Source, &str)> = proposals
        .iter()
        .map(|proposal| (proposal.source, proposal.subject.as_ref().map_or("", Record::reference)))
        .collect();
    let expected = [(Source::Decision, review.as_str()), (Source::Expiring, "RSK-4"), (Source::OverdueRisk, "RSK-1")];
    assert_eq!(found, expected, "{proposals:#?}");
    assert!(proposals.iter().all(|proposal| proposal.reason.ends_with('.') && proposal.minutes > 0), "{proposals:#?}");
    assert!(!proposals[0].consent, "medium tier is talked about");
    let id = meeting_of.id().to_owned();
    let chosen: Vec<&Proposal> = proposals.iter().collect();
    desk.step(|workspace, at| put_on(workspace, &id, &chosen, at)).expect("put on the agenda");
    let again = propose(&desk.workspace, &desk.policy, &meeting_of, desk.at).expect("proposals");
    assert_eq!(again.len(), 0, "what stands on the agenda is not proposed again");
    let items: Vec<Record> = desk.board().items.into_iter().map(|held| held.item).collect();
    let fits = fit(&meeting_of, &items);
    assert_eq!((fits.planned, fits.minutes, fits.over()), (25, 90, None));
    let mut short = meeting_of.clone();
    short.set("planned", 20);
    assert_eq!(fit(&short, &items).to_string(), "25 of 20 minutes planned: 5 too many");
}

#[test]
fn routine_items_pass_with_one_order_and_what_cannot_stays() {
    let mut desk = Desk::sitting();
    let (first, second, third) = (desk.review("One"), desk.review("Two"), desk.review("Three"));
    desk.item(&first, "consent", "approve");
    desk.item(&second, "consent", "defer");
    desk.item("For information", "consent", "note");
    desk.item(&third, "consent", "waiver");
    desk.item("Something new", "consent", "discuss");
    desk.item("Talked about", "discussion", "note");
    let fay = desk.id("fay");
    let passed = consent(&desk.workspace, desk.board().meeting.id(), &fay, desk.at).expect("consent");
    assert_eq!(passed.passed, ["AGI-1", "AGI-2", "AGI-3"]);
    let left: Vec<&str> = passed.left.iter().map(|(item, _)| item.as_str()).collect();
    assert_eq!(left, ["AGI-4", "AGI-5"]);
    assert!(passed.left[0].1.contains("until when"), "{:?}", passed.left);
    desk.step(|workspace, at| Ok(consent(workspace, &meeting(workspace, "MTG-1"), &fay, at)?.step)).expect("passed");
    assert_eq!(desk.find(&first).text("stage"), Some("approved"));
    let board = desk.board();
    assert_eq!(board.items[0].decisions[0].text("rationale"), Some("Passed by consent in MTG-1."));
    assert_eq!(board.items[2].item.text("outcome"), Some("noted"));
    assert_eq!(board.items[5].item.text("outcome"), None, "what is talked about does not pass by consent");
    // One change: one undo takes all of it back.
    desk.workspace.undo(&fay).expect("undone");
    assert_eq!(desk.find(&first).text("stage"), Some("decision"));
    assert!(desk.board().items.iter().all(|held| held.item.get("outcome").is_empty()));
    // Without a quorum nothing passes but what is only noted.
    for handle in ["ben", "cleo", "dan", "eve"] {
        desk.leave(handle);
    }
    let passed = consent(&desk.workspace, desk.board().meeting.id(), &fay, desk.at).expect("consent");
    assert_eq!(passed.passed, ["AGI-3"]);
}

#[test]
fn a_triage_passes_routine_tiers_by_consent() {
    let mut desk = Desk::new();
    desk.meet("intake triage", 0);
    let id = meeting(&desk.workspace, "MTG-2");
    let system = new_id(desk.at);
    let (_, mut edits) = crate::review::start(
        desk.at,
        vec![("title", "Letters".into()), ("system", system.as_str().into()), ("stage", "intake".into())],
    );
    edits.insert(0, Edit::Add { kind: &SYSTEM, id: system, fields: vec![("name", "Letters".into())] });
    desk.write("fay", edits);
    let review = desk.find("REV-1");
    let fields = vec![("stage", "triage".into()), ("stage_reason", "For the test.".into())];
    desk.write("fay", vec![set(&review, fields)]);
    let packet = desk.find("PKT-1");
    desk.write(
        "fay",
        vec![set(&packet, vec![("use_case", "Drafts letters.".into()), ("exposure", "internal".into())])],
    );
    let tier = desk.find("REV-1").text("proposed_tier").map(str::to_owned).expect("a tier is proposed");
    let proposals = propose(&desk.workspace, &desk.policy, &desk.find("MTG-2"), desk.at).expect("proposals");
    assert_eq!((proposals.len(), proposals[0].asks, proposals[0].proposed.as_str()), (1, TIER, tier.as_str()));
    assert!(proposals[0].consent, "{tier} is routine");
    desk.step(|workspace, at| put_on(workspace, &id, &[&proposals[0]], at)).expect("on the agenda");
    let sam = desk.id("sam");
    desk.step(|workspace, at| arrive(workspace, &id, &sam, Seat { seat: Some("chair"), role: None }, at)).expect("sam");
    let fay = desk.id("fay");
    desk.step(|workspace, at| arrive(workspace, &id, &fay, Seat { seat: Some("member"), role: None }, at))
        .expect("fay");
    desk.step(|workspace, at| open(workspace, &id, at)).expect("opened");
    desk.step_by("sam", |workspace, at| Ok(consent(workspace, &id, &sam, at)?.step)).expect("passed");
    assert_eq!(desk.find("REV-1").text("tier"), Some(tier.as_str()));
}

proptest! {
    /// Whatever the last meeting was, the next ones keep the rule's weekday and distance and are neither past nor late.
    #[test]
    fn meetings_keep_their_rhythm(last in 0_u64..900, today in 0_u64..900, weeks in 1_u32..9, weekday in 0_u8..7) {
        let start = day("2025-01-01");
        let (last, today) = (start + Days::new(last), start + Days::new(today));
        let until = today + Days::new(200);
        let builtin = Policy::builtin();
        let rule = builtin.meeting_rule("review board").expect("a rule");
        let weekday = Weekday::try_from(weekday).expect("a weekday");
        let rule = crate::policy::MeetingRule { weekday: Some(weekday), every_weeks: weeks, ..rule.clone() };
        let starts = next_starts(&rule, Some(last), today, until);
        for start in &starts {
            use chrono::Datelike as _;
            prop_assert!(start.weekday() == weekday && *start >= today && *start <= until && *start > last);
        }
        for pair in starts.windows(2) {
            prop_assert_eq!((pair[1] - pair[0]).num_days(), i64::from(weeks) * 7);
        }
        prop_assert!(starts.len() >= 2 || weeks > 8 || last > today, "{:?}", starts);
    }
}
