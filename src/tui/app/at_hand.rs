//! What a command is about: the record under the cursor, that of the screen, or the one that both belong to.

use super::desk;
use super::record_screen::Tab;
use super::state::{Base, State};
use crate::record::{CHECKLIST, CHECKLIST_ITEM, DECISION, REVIEW, RISK, Record, SYSTEM};

impl State {
    /// The id of the review at hand, or of the one that the record at hand belongs to.
    pub(super) fn review_in_sight(&self) -> Option<String> {
        let review = self.review_at_hand().map(|review| review.id().to_owned());
        review.or_else(|| self.review().map(|(id, _)| id))
    }

    pub(super) fn risk_at_hand(&self) -> Option<&Record> {
        let screen = self.screens.last().and_then(super::record_screen::RecordScreen::record);
        self.chosen().into_iter().next().or(screen).filter(|record| record.kind() == &RISK)
    }

    /// The id of the checklist under the cursor, or of the one that the item under it stands in.
    pub(super) fn checklist_at_hand(&self) -> Option<String> {
        let record = self.chosen().into_iter().next()?;
        match record.kind().name {
            name if name == CHECKLIST.name => Some(record.id().to_owned()),
            name if name == CHECKLIST_ITEM.name => record.text("checklist").map(str::to_owned),
            _ => None,
        }
    }

    /// The system under the cursor, or the one whose screen this is.
    pub(super) fn system_at_hand(&self) -> Option<&Record> {
        let screen = self.screens.last().and_then(super::record_screen::RecordScreen::record);
        let chosen = self.chosen().into_iter().next().filter(|record| record.kind() == &SYSTEM);
        chosen.or_else(|| screen.filter(|record| record.kind() == &SYSTEM))
    }

    /// What a decision would be about: the record under the cursor, or the review at hand.
    #[must_use]
    pub fn decided_about(&self) -> Option<&Record> {
        let chosen = self.chosen().into_iter().next();
        let screen = self.screens.last().and_then(super::record_screen::RecordScreen::record);
        let about = |record: &&Record| super::layers::decide::is_about(record.kind());
        chosen.filter(about).or_else(|| screen.filter(about)).or_else(|| self.review_at_hand())
    }

    /// The decision under the cursor, or the one whose screen this is.
    #[must_use]
    pub fn decision_at_hand(&self) -> Option<&Record> {
        self.chosen().into_iter().next().filter(|record| record.kind() == &DECISION)
    }

    /// The review that review commands are about: the one under the cursor, or the one whose screen this is.
    #[must_use]
    pub fn review_at_hand(&self) -> Option<&Record> {
        if let Some(review) = self.chosen().into_iter().find(|record| record.kind() == &REVIEW) {
            return Some(review);
        }
        for screen in self.screens.iter().rev() {
            if let Some(review) = screen.record().filter(|record| record.kind() == &REVIEW) {
                return Some(review);
            }
        }
        if self.screens.is_empty() && matches!(self.base, Base::Desk) {
            return self.desk.panes[desk::QUEUE].list.current();
        }
        None
    }

    /// The tab that is shown is a list or text; tells the views and the hints.
    #[must_use]
    pub fn tab(&self) -> Option<&Tab> {
        self.screens.last().and_then(|screen| screen.tabs.get(screen.tab))
    }
}
