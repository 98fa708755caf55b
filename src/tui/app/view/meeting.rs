//! The overview of a meeting: when, by which rule there is a quorum, who comes, and what should be seen to before.

use crate::meeting::Board;
use crate::record::meeting::{ENDED, is_in_session};
use crate::tui::app::load::Detail;
use crate::tui::app::view::page::Page;
use crate::tui::app::view::present::pages::{outcome, outcome_role, when};
use crate::tui::theme::{Glyph, Role};

/// Writes the overview.
pub fn meeting(page: &mut Page, detail: &Detail) {
    let meeting = &detail.record;
    let Some(board) = &detail.board else { return };
    let status = meeting.text("status").unwrap_or_default();
    let role = if is_in_session(meeting) { Role::Accent } else { Role::Text };
    page.field("Status", status, role);
    page.field("Kind", meeting.text("kind").unwrap_or_default(), Role::Text);
    page.field("When", &when(meeting), Role::Text);
    if let Some(place) = meeting.text("place") {
        page.field("Where", &crate::text::line(place), Role::Text);
    }
    let facilitator = meeting.text("facilitator").and_then(|id| detail.labels.get(id));
    page.field(
        "Facilitator",
        &facilitator.map_or_else(|| "nobody yet".to_owned(), crate::workspace::Label::shown),
        Role::Text,
    );
    let fit = crate::meeting::fit(meeting, board.items.iter().map(|held| &held.item));
    page.field("Agenda", &format!("{} items; {fit}", board.items.len()), Role::Text);
    if let Some(document) = meeting.text("minutes") {
        page.field(
            "Minutes",
            &format!("{document}, {}", meeting.text("minutes_status").unwrap_or_default()),
            Role::Text,
        );
    }
    page.heading("Quorum");
    rule(page, board);
    warnings(page, board, fit.over());
    people(page, board);
    results(page, board);
    if meeting.text("status") == Some(ENDED)
        && let Some(remarks) = meeting.text("remarks")
    {
        page.heading("Remarks");
        page.paragraph(&crate::text::lines(remarks), Role::Text);
    }
    // Whoever presents shows another screen; this one is its owner's.
    if let Some(notes) = meeting.text("notes") {
        page.heading("Notes that the room does not see");
        page.paragraph(&crate::text::lines(notes), Role::Dim);
    }
}

/// The rule, and how it stands.
fn rule(page: &mut Page, board: &Board) {
    let quorum = board.room.quorum();
    let roles = board.meeting.get("quorum_roles").items();
    let roles = if roles.is_empty() { String::new() } else { format!(", among them {}", roles.join(" and ")) };
    let said = if board.meeting.get("quorum").is_empty() { " (more than half)" } else { "" };
    page.field("Rule", &format!("{} of {} members{said}{roles}", quorum.needed, quorum.members), Role::Text);
    if is_in_session(&board.meeting) {
        page.field("Now", &quorum.to_string(), if quorum.is_met() { Role::Good } else { Role::Bad });
    }
}

/// What keeps the meeting from deciding, or from ending in time.
fn warnings(page: &mut Page, board: &Board, over: Option<i64>) {
    if crate::record::MEETING.is_closed(&board.meeting) {
        return;
    }
    let mut all: Vec<String> = Vec::new();
    let quorum = board.room.quorum();
    let excused = |seat: &&crate::record::meeting::quorum::Seat| seat.attendance.get("excused").is_set();
    let could = board.room.seats.iter().filter(|seat| seat.votes && !excused(seat)).count();
    if board.room.seats.is_empty() {
        all.push(
            "Nobody is on the list: the meeting cannot be opened. a on the tab Attendance adds who takes part."
                .to_owned(),
        );
    } else if could < quorum.needed {
        all.push(format!("Only {could} members have not excused themselves; {} are needed.", quorum.needed));
    }
    for role in board.meeting.get("quorum_roles").items() {
        let held = board.room.seats.iter().any(|seat| seat.votes && !excused(&seat) && seat.roles.contains(role));
        if !held && !board.room.seats.is_empty() {
            all.push(format!("Nobody who comes holds the role {role}, which the quorum needs."));
        }
    }
    if let Some(over) = over {
        all.push(format!("The agenda takes {over} minutes more than the meeting lasts."));
    }
    let gone = board.items.iter().filter(|held| held.gone).count();
    if gone > 0 {
        all.push(format!("{gone} items are about records that are not there any more."));
    }
    if all.is_empty() {
        return;
    }
    page.heading("To be seen to");
    let sign = page.glyph(Glyph::Alert);
    for warning in all {
        page.paragraph(&format!("{sign} {warning}"), Role::Warn);
    }
}

fn people(page: &mut Page, board: &Board) {
    page.heading(&format!("Attendance {}", board.room.seats.len()));
    for seat in &board.room.seats {
        let (word, role) = match (seat.present, seat.attendance.get("excused").is_set()) {
            (true, _) => ("here", Role::Good),
            (false, true) => ("excused", Role::Warn),
            (false, false) if seat.attendance.get("arrived_at").is_empty() => ("", Role::Dim),
            (false, false) => ("was here", Role::Dim),
        };
        let capacity =
            seat.attendance.text("role").map(|role| format!(", {}", crate::text::line(role))).unwrap_or_default();
        let place = seat.attendance.text("seat").unwrap_or_default();
        page.line(vec![
            page.piece(format!("{}  ", crate::text::line(seat.name())), Role::Text),
            page.piece(format!("{place}{capacity}  "), Role::Dim),
            page.piece(word, role),
        ]);
    }
}

fn results(page: &mut Page, board: &Board) {
    let ended: Vec<_> = board.items.iter().filter_map(|held| Some((held, outcome(held)?))).collect();
    if ended.is_empty() {
        return;
    }
    page.heading("What came of it");
    for (held, outcome) in ended {
        page.line(vec![
            page.piece(format!("{outcome}  "), outcome_role(held)),
            page.piece(crate::text::line(held.item.title()).into_owned(), Role::Text),
        ]);
    }
}
