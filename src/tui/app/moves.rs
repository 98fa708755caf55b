//! Going about: along lists, panes and tabs, into records and back.

use super::layers;
use super::message::{Effect, ListId};
use super::reads;
use super::state::{Base, State};
use super::triage::Target;
use super::writes;
use crate::tui::command::CommandId as Id;

impl State {
    pub(super) fn pane(&mut self, pane: usize) -> Vec<Effect> {
        let here = matches!(self.base, Base::Desk) && self.screens.is_empty();
        if here && self.desk.focus == pane {
            self.desk.enlarged = !self.desk.enlarged;
        } else {
            self.screens.clear();
            self.base = Base::Desk;
            self.desk.focus = pane;
        }
        Vec::new()
    }

    pub(super) fn page_rows(&self) -> isize {
        isize::try_from(self.size.height.saturating_sub(8).max(2) / 2).unwrap_or(10)
    }

    pub(super) fn move_by(&mut self, rows: isize) -> Vec<Effect> {
        if let Some(presenting) = &mut self.presenting {
            presenting.scroll = presenting.scroll.saturating_add_signed(rows).min(500);
            return Vec::new();
        }
        if let (None, Base::History(place)) = (self.screens.last(), &mut self.base) {
            return place.move_by(rows);
        }
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base)
            && place.move_by(rows)
        {
            return Vec::new();
        }
        match self.listing_mut() {
            Some(listing) => {
                let want = listing.list.move_by(rows);
                self.wanted(want)
            }
            None => self.on_screen(|screen| screen.move_by(rows)),
        }
    }

    pub(super) fn jump(&mut self, end: bool) -> Vec<Effect> {
        if let (None, Base::History(place)) = (self.screens.last(), &mut self.base) {
            return place.move_by(if end { isize::MAX } else { isize::MIN });
        }
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base)
            && place.move_by(if end { isize::MAX } else { isize::MIN })
        {
            return Vec::new();
        }
        match self.listing_mut() {
            Some(listing) => {
                let want = if end { listing.list.to_end() } else { listing.list.to_start() };
                self.wanted(want)
            }
            None => self.on_screen(|screen| screen.jump(end)),
        }
    }

    pub(super) fn turn(&mut self, forwards: bool) -> Vec<Effect> {
        self.on_screen(|screen| screen.turn(forwards));
        self.tab_shown()
    }

    pub(super) fn on_screen(&mut self, what: impl FnOnce(&mut super::record_screen::RecordScreen)) -> Vec<Effect> {
        if let Some(screen) = self.screens.last_mut() {
            what(screen);
        }
        Vec::new()
    }

    pub(super) fn open_current(&mut self) -> Vec<Effect> {
        if let (None, Base::History(place)) = (self.screens.last(), &self.base) {
            let entry = place.shown().get(place.entry).filter(|entry| entry.kind.is_some());
            return match entry {
                Some(entry) => vec![reads::open(&entry.id)],
                None => Vec::new(),
            };
        }
        if let Some(target) = self.screens.last().and_then(|screen| screen.target()).cloned() {
            return self.open_target(target);
        }
        let list_here = self.listing().is_some();
        let Some(record) = self.chosen().into_iter().next().cloned() else { return Vec::new() };
        if list_here {
            let current = self.listing().and_then(|listing| listing.list.current()).cloned();
            let record = current.unwrap_or(record);
            if super::analysis::is_shown(&record) {
                return vec![super::analysis::opening(&record, &self.ctx)];
            }
            return self.open(&record);
        }
        // On its own screen, opening a packet or a record means editing it.
        layers::open(self, Id::Edit)
    }

    /// Opens what a line of a triage is about.
    pub(super) fn open_target(&mut self, target: Target) -> Vec<Effect> {
        if let (Target::Proposal(what), Some(screen)) = (&target, self.screens.last()) {
            return vec![super::meetings::take_over(&screen.id, Some(what), &self.ctx)];
        }
        if let Target::Record(id) = &target {
            return vec![reads::open(id)];
        }
        let Some(review) = self.review_at_hand().cloned() else { return Vec::new() };
        let writes = matches!(target, Target::Packet(_) | Target::Legal(_) | Target::Apply | Target::Pattern(_));
        if writes && self.ctx.read_only {
            self.complain("The workspace is read-only; nothing can be changed here.");
            return Vec::new();
        }
        match target {
            Target::Nothing => self.say(super::triage::NOTHING),
            Target::Packet(field) => return vec![reads::edit_packet_at(review.id(), field)],
            Target::Legal(field) => return vec![reads::edit_legal(review.id(), review.reference(), field)],
            Target::Tab(title) => {
                self.on_screen(|screen| screen.show_tab(title));
                return self.tab_shown();
            }
            Target::Apply => return vec![writes::apply_triage(&review, &self.ctx)],
            Target::Proposal(_) | Target::Record(_) | Target::Signal { .. } => {}
            Target::Suggestions => return vec![reads::suggestions(review.id(), &self.ctx)],
            Target::Pattern(id) => {
                let policy = self.ctx.policy.clone();
                let Some(pattern) = policy.pattern(&id) else { return Vec::new() };
                return self.hear(layers::library::from_pattern(pattern, review.reference()));
            }
        }
        Vec::new()
    }

    pub(super) fn back(&mut self) -> Vec<Effect> {
        if let Some(presenting) = self.presenting.take() {
            if presenting.board().is_some_and(|board| crate::record::meeting::is_in_session(&board.meeting)) {
                self.say("The meeting goes on as it is; P comes back to it");
            }
            return self.reload();
        }
        if let Some(screen) = self.screens.last_mut()
            && screen.scoring.take().is_some()
        {
            return Vec::new();
        }
        if let Some(listing) = self.listing_mut()
            && (!listing.list.marked.is_empty() || listing.is_narrowed())
        {
            if listing.list.marked.is_empty() {
                listing.find.clear();
                listing.filters.clear();
                return self.refresh_list();
            }
            listing.list.marked.clear();
            return Vec::new();
        }
        if self.screens.pop().is_some() {
            return Vec::new();
        }
        match self.base {
            Base::Desk if self.desk.enlarged => self.desk.enlarged = false,
            Base::Desk => self.say("q leaves"),
            _ => self.base = Base::Desk,
        }
        Vec::new()
    }

    /// Shows what the list that has the keys is asked for now, from its start.
    pub fn refresh_list(&mut self) -> Vec<Effect> {
        if let Some(screen) = self.screens.last_mut() {
            let tab = screen.tab;
            return screen.refresh(tab, &self.ctx);
        }
        match &mut self.base {
            Base::Desk => self.desk.refresh(self.desk.focus, &self.ctx),
            Base::List(listing) => {
                let want = listing.refresh();
                vec![
                    reads::page(ListId::Place, &listing.list, want, self.ctx.today),
                    reads::total(ListId::Place, &listing.list),
                ]
            }
            Base::History(place) => place.reload(),
            Base::Operations(place) => place.refresh(&self.ctx),
            Base::Insights(place) => place.refresh(&self.ctx),
        }
    }
}
