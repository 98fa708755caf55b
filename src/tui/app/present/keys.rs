//! What the keys do while a meeting is presented.

use super::{Look, Page, Presenting, read};
use crate::meeting::{self, Held, consent, minutes};
use crate::record::meeting::{BY_COUNT, is_in_session};
use crate::record::{ACTION, AGENDA_ITEM, MOTION, Record};
use crate::tui::app::layers::confirm::Confirm;
use crate::tui::app::layers::meeting::{self as popups, Sheet, Typing, step};
use crate::tui::app::layers::quick::Quick;
use crate::tui::app::message::{Effect, Purpose};
use crate::tui::app::state::State;
use crate::tui::app::writes;
use crate::tui::command::{Available, CommandId as Id};
use crate::workspace::Receipt;

impl State {
    /// Shows a meeting to a room, or to who leads it.
    pub fn present(&mut self, meeting: &Record, own: bool) -> Vec<Effect> {
        let presenting = Presenting::new(meeting, own);
        let effect = presenting.reload(&self.ctx);
        self.presenting = Some(presenting);
        vec![effect]
    }

    /// Presents the meeting at hand, or looks for the one that goes on or comes next.
    pub(in crate::tui::app) fn begin_presenting(&mut self, own: bool) -> Vec<Effect> {
        match self.meeting_at_hand().cloned() {
            Some(meeting) => self.present(&meeting, own),
            None => vec![read::begin(own)],
        }
    }

    /// What follows from a step that was written: the numbers of a vote are asked for, what was carried is recorded.
    pub(in crate::tui::app) fn after_step(&mut self, purpose: &Purpose, receipt: &Receipt) -> Vec<Effect> {
        let motion = receipt.records.iter().find(|record| record.kind() == &MOTION);
        match (purpose, motion) {
            (Purpose::Count, Some(motion)) => {
                self.layers.push(popups::count(motion));
                Vec::new()
            }
            (Purpose::Vote, Some(motion)) => popups::after_vote(motion, &self.ctx).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a command of the presented meeting can be carried out now.
    #[must_use]
    pub(in crate::tui::app) fn can_present(&self, id: Id) -> Available {
        let no = |why: &str| Available::No(why.to_owned());
        let Some(presenting) = &self.presenting else { return Available::Hidden };
        let Some(board) = presenting.board() else { return no("The meeting is still being read.") };
        let sits = is_in_session(&board.meeting);
        match id {
            Id::PresentDecide
            | Id::PresentVote
            | Id::PresentCount
            | Id::PresentAction
            | Id::PresentMinutes
            | Id::PresentRecuse
            | Id::PresentNote
            | Id::PresentSection
            | Id::PresentClock
                if !sits || presenting.at().is_none() =>
            {
                match presenting.page() {
                    Page::Opening if !sits => no("The meeting is not open yet; n opens it."),
                    Page::Over => no("The meeting is over."),
                    _ => no("Go to an item first."),
                }
            }
            Id::PresentDecide | Id::PresentVote | Id::PresentCount
                if presenting.at().is_some_and(|held| AGENDA_ITEM.is_closed(&held.item)) =>
            {
                no("This item has ended; u takes that back.")
            }
            Id::PresentEnd | Id::PresentConsent | Id::PresentGo if !sits => no("The meeting is not in session."),
            Id::PresentRoom if presenting.page() == Page::Over => no("The meeting is over."),
            _ => Available::Yes,
        }
    }

    /// Carries out a command of the presented meeting.
    pub(in crate::tui::app) fn run_present(&mut self, id: Id) -> Vec<Effect> {
        let Some(presenting) = &mut self.presenting else { return Vec::new() };
        match id {
            Id::PresentNext => return self.next_item(),
            Id::PresentPrevious => return self.previous_item(),
            Id::PresentLook => turn(presenting, 1),
            Id::PresentLookBack => turn(presenting, Look::ALL.len() - 1),
            Id::PresentCopy => return vec![read::copy_summary(&presenting.id)],
            Id::PresentConsent => return vec![pass(&presenting.id, &self.ctx.me.id)],
            Id::PresentClock => return self.clock_or_not(),
            Id::PresentEnd => return self.ask_end(),
            _ => return self.open_present(id),
        }
        Vec::new()
    }

    fn next_item(&mut self) -> Vec<Effect> {
        let Some(presenting) = &mut self.presenting else { return Vec::new() };
        let Some(board) = presenting.board() else { return Vec::new() };
        let meeting = presenting.id.clone();
        let sits = is_in_session(&board.meeting);
        presenting.scroll = 0;
        match presenting.page() {
            Page::Opening if !sits => {
                presenting.wanted = Page::Item;
                vec![step(&self.ctx, Purpose::Other, move |workspace, at| meeting::open(workspace, &meeting, at))]
            }
            Page::Opening => {
                (presenting.wanted, presenting.look) = (Page::Item, Look::Case);
                Vec::new()
            }
            Page::Consent | Page::Item => match presenting.next().map(|held| held.item.id().to_owned()) {
                Some(next) => self.go_to_item(next),
                None => {
                    presenting.wanted = Page::Closing;
                    Vec::new()
                }
            },
            Page::Closing => {
                self.say("This was the last item; E closes the meeting, p goes back");
                Vec::new()
            }
            Page::Over => {
                self.say("The meeting is over; y copies what it came to, Esc leaves");
                Vec::new()
            }
        }
    }

    fn previous_item(&mut self) -> Vec<Effect> {
        let Some(presenting) = &mut self.presenting else { return Vec::new() };
        presenting.scroll = 0;
        match presenting.page() {
            Page::Opening | Page::Over => Vec::new(),
            Page::Closing => {
                presenting.wanted = Page::Item;
                if presenting.page() == Page::Closing {
                    presenting.wanted = Page::Opening;
                }
                Vec::new()
            }
            Page::Consent | Page::Item => match presenting.previous().map(|held| held.item.id().to_owned()) {
                Some(previous) => self.go_to_item(previous),
                None => {
                    presenting.wanted = Page::Opening;
                    Vec::new()
                }
            },
        }
    }

    fn go_to_item(&mut self, item: String) -> Vec<Effect> {
        if let Some(presenting) = &mut self.presenting {
            presenting.heading = Some(item.clone());
        }
        vec![step(&self.ctx, Purpose::Walk, move |workspace, at| meeting::go(workspace, &item, at))]
    }

    fn clock_or_not(&self) -> Vec<Effect> {
        let Some(presenting) = &self.presenting else { return Vec::new() };
        let (id, runs) = (presenting.id.clone(), presenting.ticks());
        vec![step(&self.ctx, Purpose::Other, move |workspace, at| {
            if runs { meeting::stop(workspace, &id, at) } else { meeting::resume(workspace, &id, at) }
        })]
    }

    /// Asks whether to close the meeting; a yes makes the minutes too.
    fn ask_end(&mut self) -> Vec<Effect> {
        let Some(presenting) = &self.presenting else { return Vec::new() };
        let open = presenting
            .board()
            .map_or(0, |board| board.items.iter().filter(|held| !AGENDA_ITEM.is_closed(&held.item)).count());
        let left = match open {
            0 => "Every item has ended.".to_owned(),
            1 => "One item was not reached; the next agenda proposes it first.".to_owned(),
            more => format!("{more} items were not reached; the next agenda proposes them first."),
        };
        let text = format!("Close {}? {left} Its minutes are made from what was recorded.", presenting.reference);
        let (id, me) = (presenting.id.clone(), self.ctx.me.id.clone());
        let effect = writes::write(Purpose::Other, move |workspace| {
            let at = chrono::Utc::now();
            let ended = meeting::perform(workspace, &me, at, &|workspace| meeting::end(workspace, &id, at))?;
            let drafted = meeting::perform(workspace, &me, at, &|workspace| minutes::draft(workspace, &id, at));
            // The meeting is closed all the same; its minutes can be made later.
            Ok(match drafted {
                Ok(drafted) => Receipt { what: format!("{}; {}", ended.what, drafted.what), ..ended },
                Err(error) => Receipt { what: format!("{}; no minutes yet: {error}", ended.what), ..ended },
            })
        });
        self.layers.push(Box::new(Confirm::new("Close the meeting", &text, vec![effect])));
        Vec::new()
    }

    /// Opens the popup of a command.
    fn open_present(&mut self, id: Id) -> Vec<Effect> {
        let Some(read) = self.presenting.as_ref().and_then(|presenting| presenting.read.as_ref()) else {
            return Vec::new();
        };
        let layer: crate::tui::app::message::Boxed = match (id, read.board.at()) {
            (Id::PresentRoom, _) => Box::new(Sheet::attendance(read)),
            (Id::PresentGo, _) => popups::agenda(&read.board),
            (Id::PresentDecide, Some(held)) => popups::decide(&read.board, held),
            (Id::PresentRecuse, Some(held)) => popups::recuse(held, read.case.as_ref()),
            (Id::PresentMinutes, Some(held)) => Box::new(Typing::new(&held.item, false, read.typed.as_deref())),
            (Id::PresentNote, Some(held)) => Box::new(Typing::new(&held.item, true, None)),
            (Id::PresentSection, Some(held)) => return vec![popups::consent_or_not(&held.item, &self.ctx)],
            (Id::PresentVote | Id::PresentCount, Some(held)) => {
                let held = held.clone();
                return self.vote(id == Id::PresentVote, &held);
            }
            (Id::PresentAction, Some(held)) => {
                let mut given = vec![("source", held.item.reference().to_owned())];
                let review = read.case.as_ref().and_then(|case| case.review.as_ref());
                given.extend(review.map(|review| ("review", review.reference().to_owned())));
                let (line, effects) = Quick::new(&ACTION, given, &self.ctx);
                self.layers.push(Box::new(line));
                return effects;
            }
            _ => return Vec::new(),
        };
        self.layers.push(layer);
        Vec::new()
    }

    /// Puts what the item asks to the vote, or goes on with the vote that is open.
    fn vote(&mut self, by_name: bool, held: &Held) -> Vec<Effect> {
        if let Some(motion) = held.open_motion().filter(|motion| motion.text("method") == Some(BY_COUNT)) {
            self.layers.push(popups::count(motion));
            return Vec::new();
        }
        let open = held.open_motion().is_some();
        if (by_name || open)
            && let Some(read) = self.presenting.as_ref().and_then(|presenting| presenting.read.as_ref())
        {
            self.layers.push(Box::new(Sheet::votes(read, held)));
        }
        if open {
            return Vec::new();
        }
        let kinds = crate::record::decision::KINDS;
        let asks = kinds.iter().copied().find(|kind| held.item.text("asks") == Some(kind));
        let item = held.item.id().to_owned();
        let purpose = if by_name { Purpose::Other } else { Purpose::Count };
        vec![step(&self.ctx, purpose, move |workspace, at| meeting::put(workspace, &item, "", asks, by_name, at))]
    }
}

fn turn(presenting: &mut Presenting, by: usize) {
    let at = Look::ALL.iter().position(|look| *look == presenting.look).unwrap_or(0);
    presenting.look = Look::ALL[(at + by) % Look::ALL.len()];
    presenting.scroll = 0;
}

/// Passes the consent agenda, and says what stays and why.
fn pass(meeting: &str, me: &str) -> Effect {
    let (id, me) = (meeting.to_owned(), me.to_owned());
    writes::write(Purpose::Other, move |workspace| {
        let at = chrono::Utc::now();
        let left = std::cell::RefCell::new(Vec::new());
        let receipt = meeting::perform(workspace, &me, at, &|workspace| {
            let passed = consent(workspace, &id, &me, at)?;
            *left.borrow_mut() = passed.left;
            Ok(passed.step)
        })?;
        let left: Vec<String> = left.into_inner().iter().map(|(item, why)| format!("{item} stays: {why}")).collect();
        let what = std::iter::once(receipt.what.clone()).chain(left).collect::<Vec<_>>().join(" · ");
        Ok(Receipt { what, ..receipt })
    })
}

/// Whether a command belongs to a presented meeting.
pub(in crate::tui::app) fn is_present(id: Id) -> bool {
    id.command().name.starts_with("present-")
}
