//! Whole sessions, as transcripts.

use super::{Desk, lasting};
use crate::workspace::Access;

#[test]
fn looking_at_the_queue_and_opening_a_review() {
    let transcript = Desk::new().session(
        "1
         packet
         risks
         1
         back
         tab hist
         back
         back
         scope
         risk register
         /stale
         /
         place-evidence
         1
         REV-2
         q",
    );
    insta::assert_snapshot!("queue", lasting(&transcript));
}

#[test]
fn insights_are_read_out_part_by_part() {
    let desk = Desk::new();
    let transcript = desk.session(
        "insights
         period 2001-Q1
         1
         back
         more
         split
         split
         split
         split
         tab
         down
         open
         back
         tab
         9
         1
         back
         back
         tab
         1
         back
         tab
         tab
         2
         back
         right
         tab
         right
         period 2001-Q9
         !
         q",
    );
    // Until a period is named, what is told moves with today.
    let (_, told) = transcript.split_once("> period 2001-Q1").expect("it was asked for");
    insta::assert_snapshot!("insights", lasting(told));
}

#[test]
fn a_risk_is_added_edited_with_a_refusal_and_undone() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         a Bias against older applicants @me sev:9 lik:3
         Bias against older applicants @me sev:4 lik:3 due:+10d #fair
         yes
         RSK-3
         e
         ?
         Bias against applicants over 50
         :statement
         Because age stands behind years of experience,
         older applicants may be ranked lower,
         \\.
         so that they lose interviews.
         .
         :severity
         9
         5
         <
         Severe
         4
         .
         e
         :13
         :choose
         len
         !
         lena
         :nonsense
         .
         matrix
         4 6
         5 2
         undo
         undo
         redo
         q",
    );
    insta::assert_snapshot!("risk", lasting(&transcript));
    let risk = desk.open(Access::Read).find("RSK-3").expect("the risk");
    assert_eq!(risk.text("statement").map(|text| text.lines().count()), Some(4));
    assert_eq!((risk.number("severity"), risk.number("likelihood")), (Some(5), Some(4)));
}

#[test]
fn finding_filtering_and_ordering() {
    let transcript = Desk::new().session(
        "scope
         s
         risk register
         find
         proxy
         back
         filter nonsense=1
         severity>=4
         back
         o
         3
         search slice
         2
         back
         search nothing says this
         !
         q",
    );
    insta::assert_snapshot!("find", lasting(&transcript));
}

#[test]
fn a_review_is_triaged_and_gets_a_checklist() {
    let transcript = Desk::new().session(
        "2 triage
         3
         high
         !
         t
         decide
         high

         It ranks people.
         m triage
         Taken up today.
         2
         checklist
         a
         llm
         1 status pass
         2 status
         not applicable

         No such data.
         history
         q",
    );
    insta::assert_snapshot!("triage", lasting(&transcript));
}

#[test]
fn a_triage_is_read_applied_and_changed_with_a_question_first() {
    let transcript = Desk::new().session(
        "1
         p
         Ranks applicants for a job
         .
         :domain
         employment
         :role
         decides alone
         .
         no
         .
         yes
         r
         t
         7
         1
         q",
    );
    insta::assert_snapshot!("triage_tab", lasting(&transcript));
}

#[test]
fn an_action_is_added_in_a_form_field_by_field() {
    let desk = Desk::new();
    let transcript = desk.session(
        "action items
         A
         Write the model card
         evidence


         .
         2 owner
         !
         A
         !
         A
         Half an action
         !
         2
         A
         .
         q",
    );
    insta::assert_snapshot!("form", lasting(&transcript));
}

#[test]
fn several_at_once_and_deleting_with_a_question() {
    let transcript = Desk::new().session(
        "action items
         1 d tomorrow
         1 owner lena
         1 owner me
         1 owner -
         1 D
         D
         no
         D
         yes
         undo
         risk register
         1-2 status mitigating
         1,2 mark
         mark-none
         1,2
         7
         0
         q",
    );
    insta::assert_snapshot!("several", lasting(&transcript));
}

#[test]
fn control_c_leaves_the_question_and_then_the_program() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         1 D
         ^C
         e
         :statement
         A text that
         goes on
         ^C
         ^C
         matrix
         ^C
         ^C
         never read",
    );
    insta::assert_snapshot!("interrupt", lasting(&transcript));
    assert!(transcript.ends_with("Everything that was saved is there.\n"), "{transcript}");
    let risk = desk.open(Access::Read).find("RSK-1").expect("still there");
    assert!(risk.text("statement").is_some_and(|text| text.starts_with("Job titles")));
}

#[test]
fn what_was_answered_survives_the_end_of_the_input() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         1 e
         :statement
         Because of job titles,
         half a sentence",
    );
    assert!(transcript.contains("What was answered so far is kept as a draft."), "{transcript}");
    let transcript = desk.session(
        "drafts
         1
         ?
         .
         q",
    );
    insta::assert_snapshot!("draft", lasting(&transcript));
    let workspace = desk.open(Access::Read);
    let statement = workspace.find("RSK-1").expect("the risk").text("statement").map(str::to_owned);
    assert_eq!(statement.as_deref(), Some("Because of job titles,\nhalf a sentence"));
    assert_eq!(workspace.drafts().expect("drafts"), []);
}

#[test]
fn a_team_is_asked_and_a_summary_is_printed_to_copy() {
    let transcript = Desk::new().session(
        "t
         2
         copy-summary
         2 y
         evidence
         a

         !
         q",
    );
    insta::assert_snapshot!("copy", lasting(&transcript));
}

#[test]
fn several_records_are_edited_in_one_form() {
    let desk = Desk::new();
    let transcript = desk.session(
        "risk register
         1-2 edit
         :category
         priv
         :tags
         q4, board
         .
         q",
    );
    insta::assert_snapshot!("bulk", lasting(&transcript));
    let workspace = desk.open(Access::Read);
    for reference in ["RSK-1", "RSK-2"] {
        let risk = workspace.find(reference).expect("a risk");
        assert_eq!(risk.text("category"), Some("privacy & security"), "{reference}");
        assert_eq!(risk.get("tags").items(), ["q4", "board"], "{reference}");
    }
}

#[test]
fn a_workspace_that_cannot_be_written_says_so() {
    let desk = Desk::new();
    let transcript = desk.read_only_session(
        "risk register
         a A risk
         1 status closed
         1
         q",
    );
    insta::assert_snapshot!("read_only", lasting(&transcript));
}

#[test]
fn a_meeting_is_run_line_by_line() {
    let desk = Desk::new();
    let policy = crate::policy::Policy::builtin();
    let hand =
        crate::tui::app::present::board::Hand { open: &|access| desk.open(access), me: &desk.me, policy: &policy };
    crate::tui::app::present::board::fill_by(&hand);
    let transcript = desk.session(
        "place-meetings
         present
         r
         ana
         cleo
         dan
         eve
         !
         n
         c
         n
         x
         1
         Owns it.
         d
         o
         The owner cannot decide.
         n
         v
         all
         dan against The data is a week old.

         .
         m
         Slices by age were asked for.
         .
         tab
         E
         yes
         y
         back
         q",
    );
    assert!(!transcript.contains(crate::tui::app::present::board::PRIVATE), "{transcript}");
    for said in [
        "Item 4 of 9",
        "No quorum: 3 of 7",
        "carried over",
        "carried, by name: 3 in favour, 1 against",
        "The meeting is over.",
        "Minutes: DOC-1, draft",
    ] {
        assert!(transcript.contains(said), "{said}:\n{transcript}");
    }
}

#[test]
fn operations_are_read_out_part_by_part() {
    let desk = Desk::new();
    let transcript = desk.session(
        "operations
         incidents
         readiness
         due
         signals
         a
         Selection rate gap
         SYS-1
         fairness
         .
         1
         series
         test alert route
         back
         alerts
         what is due
         q",
    );
    insta::assert_snapshot!("operations", lasting(&transcript));
}
