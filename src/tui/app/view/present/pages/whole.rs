//! What is told of the meeting as a whole: its opening, the routine items, what came of it, its agenda; and the facilitator's
//! own page.

use super::{Told, asked, outcome, outcome_role, when};
use crate::meeting::Held;
use crate::record::meeting::{CARRIED_OVER, CONSENT, NOT_REACHED, is_in_session};
use crate::record::{AGENDA_ITEM, Record};
use crate::tui::app::present::{clock, is_open_consent, spent};
use crate::tui::app::view::page::{Page, UNBROKEN};
use crate::tui::theme::{Glyph, Role};

impl Told<'_> {
    /// Who is here, and what stands on the agenda.
    #[must_use]
    pub fn opening(&self) -> Page {
        let mut page = self.page();
        let meeting = &self.board().meeting;
        let place = meeting.text("place").map(|place| format!(", {}", crate::text::line(place))).unwrap_or_default();
        page.field("When", &format!("{}{place}", when(meeting)), Role::Text);
        let items = self.board().items.len();
        let fit = self.read.fit.to_string();
        let role = if self.read.fit.over().is_some() { Role::Warn } else { Role::Text };
        let things = if items == 1 { "item" } else { "items" };
        page.field("Agenda", &format!("{items} {things}; {fit}"), role);
        page
    }

    /// The people of the meeting, a line each.
    #[must_use]
    pub fn people(&self) -> Page {
        let mut page = self.page();
        if self.board().room.seats.is_empty() {
            page.paragraph("Nobody is on the list yet.", Role::Warn);
        }
        for seat in &self.board().room.seats {
            let (glyph, role, word) = match (seat.present, seat.attendance.get("excused").is_set()) {
                (true, _) => (Glyph::Check, Role::Good, "here"),
                (false, true) => (Glyph::NotApplicable, Role::Dim, "excused"),
                (false, false) => (Glyph::Open, Role::Dim, "not here"),
            };
            let place = seat.attendance.text("seat").unwrap_or_default();
            let sign = page.glyph(glyph);
            let name = crate::text::line(seat.name()).into_owned();
            let style = if seat.present { Role::Text } else { Role::Dim };
            let word = if self.cells == UNBROKEN || !seat.present { format!(" {word},") } else { String::new() };
            page.line(vec![
                page.piece(format!("{sign} "), role),
                page.piece(name, style),
                page.piece(format!(" {word} {place}").replace("  ", " "), Role::Dim),
            ]);
        }
        page
    }

    /// The routine items, which pass together.
    #[must_use]
    pub fn consent(&self) -> Page {
        let mut page = self.page();
        for (at, held) in self.board().items.iter().enumerate() {
            if held.item.text("section") != Some(CONSENT) {
                continue;
            }
            let open = is_open_consent(held);
            let glyph = page.glyph(if open { Glyph::Open } else { Glyph::Check });
            let role = if open { Role::Text } else { Role::Dim };
            let name = crate::text::line(held.item.title()).into_owned();
            page.line(vec![page.piece(format!("{glyph} {}. ", at + 1), Role::Accent), page.piece(name, role)]);
            let ends = outcome(held).unwrap_or_else(|| asked(&held.item));
            let why = held.item.text("proposal").or(held.item.text("reason"));
            let why = why.map(|why| format!(". {}", self.short(why, 1))).unwrap_or_default();
            page.paragraph(&format!("     {ends}{why}"), Role::Dim);
            if held.gone {
                page.paragraph("     The record is not there any more.", Role::Bad);
            }
            self.gap(&mut page);
        }
        page
    }

    /// What the meeting came to: decisions, what goes on, actions.
    #[must_use]
    pub fn outcomes(&self) -> Page {
        let mut page = self.page();
        let board = self.board();
        for (at, held) in board.items.iter().enumerate() {
            let ended = outcome(held).unwrap_or_else(|| "still open".to_owned());
            let (used, _) = spent(&held.item, self.now);
            let name = crate::text::line(held.item.title()).into_owned();
            if self.cells == UNBROKEN {
                page.paragraph(&format!("{}. {name}: {ended}, {}", at + 1, clock(used)), Role::Text);
                continue;
            }
            let wide = usize::from(self.cells / 2).clamp(20, 70);
            let name = crate::text::fit(&name, wide).into_owned();
            let pad = " ".repeat(wide.saturating_sub(crate::tui::widgets::draw::width(&name)));
            page.line(vec![
                page.piece(format!("{:>2}. ", at + 1), Role::Dim),
                page.piece(format!("{name}{pad} "), Role::Text),
                page.piece(format!("{:>7}  ", clock(used)), Role::Dim),
                page.piece(ended, outcome_role(held)),
            ]);
            if self.rows >= 40 {
                page.line(Vec::new());
            }
        }
        let actions: Vec<&Record> = board.items.iter().flat_map(|held| &held.actions).collect();
        page.heading(&format!("Actions {}", actions.len()));
        for action in actions {
            let due = action.get("due_on").as_day().map(|day| format!(", by {day}")).unwrap_or_default();
            let who = format!("  {}{due}", self.who(action.text("owner")));
            page.line(vec![
                page.piece(format!("{} ", action.reference()), Role::Accent),
                page.piece(crate::text::line(action.title()).into_owned(), Role::Text),
                page.piece(who, Role::Dim),
            ]);
        }
        let goes_on = |held: &&Held| matches!(held.item.text("outcome"), Some(CARRIED_OVER | NOT_REACHED));
        let carried: Vec<&Held> = board.items.iter().filter(goes_on).collect();
        page.heading(&format!("Goes on at the next meeting {}", carried.len()));
        for held in carried {
            let note =
                held.item.text("outcome_note").map(|note| format!("  {}", self.short(note, 1))).unwrap_or_default();
            page.line(vec![
                page.piece(crate::text::line(held.item.title()).into_owned(), Role::Text),
                page.piece(note, Role::Dim),
            ]);
        }
        if let Some(document) = board.meeting.text("minutes") {
            let status = board.meeting.text("minutes_status").unwrap_or("draft");
            page.heading(&format!("Minutes: {document}, {status}"));
        }
        page
    }

    /// What only the facilitator sees: notes, what to ask, what comes next.
    #[must_use]
    pub fn own(&self, held: Option<&Held>, next: Option<&Held>) -> Page {
        let mut page = self.page();
        let meeting = &self.board().meeting;
        match held {
            Some(held) => {
                self.to_decide(&mut page, held);
                self.questions(&mut page, held);
                page.heading("Notes that the room does not see");
                page.paragraph(held.item.text("notes").unwrap_or("None yet; i types one."), note_role(held));
                if let Some(notes) = held.subject.as_ref().and_then(|subject| subject.text("notes")) {
                    page.heading(&format!("Notes on {}", held.item.text("subject").unwrap_or("the record")));
                    page.paragraph(&crate::text::lines(notes), Role::Text);
                }
                if let Some(case) = &self.read.case {
                    self.conflicts(&mut page, case);
                }
                self.votes(&mut page, held);
                self.decided(&mut page, held);
                page.heading("Minutes");
                let minutes = self.read.typed.as_deref().or(held.item.text("minutes"));
                page.paragraph(
                    &minutes.map_or_else(|| "None yet; m types them.".to_owned(), |text| self.tail(text)),
                    Role::Text,
                );
            }
            None if !is_in_session(meeting) => page.paragraph("The meeting is not in session.", Role::Dim),
            None => {}
        }
        if let Some(notes) = meeting.text("notes") {
            page.heading("Notes on the meeting");
            page.paragraph(&crate::text::lines(notes), Role::Text);
        }
        page.heading("Next");
        match next {
            Some(next) => {
                let planned = next.item.number("planned").unwrap_or(0);
                page.paragraph(&format!("{} · {} · {planned} min", next.item.title(), asked(&next.item)), Role::Text);
                if let Some(notes) = next.item.text("notes") {
                    page.paragraph(&crate::text::lines(notes), Role::Dim);
                }
            }
            None => page.paragraph("Nothing is left on the agenda.", Role::Dim),
        }
        page
    }

    /// The agenda, a line each.
    #[must_use]
    pub fn agenda(&self) -> Page {
        let mut page = self.page();
        for (at, held) in self.board().items.iter().enumerate() {
            let here = self.board().current == Some(at);
            let (used, planned) = spent(&held.item, self.now);
            let marker = if here { page.glyph(Glyph::Marker) } else { " ".to_owned() };
            let glyph = page.glyph(if AGENDA_ITEM.is_closed(&held.item) { Glyph::Check } else { Glyph::Open });
            let late = used > planned && planned > 0;
            let time = format!("{:>6}/{:<3}", clock(used), planned / 60);
            page.line(vec![
                page.piece(format!("{marker} "), Role::Accent),
                page.piece(time, if late { Role::Bad } else { Role::Dim }),
                page.piece(format!(" {glyph} "), outcome_role(held)),
                page.piece(
                    crate::text::line(held.item.title()).into_owned(),
                    if here { Role::Accent } else { Role::Text },
                ),
            ]);
        }
        page
    }
}

fn note_role(held: &Held) -> Role {
    if held.item.get("notes").is_empty() { Role::Dim } else { Role::Text }
}
