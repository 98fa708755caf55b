//! The Desk: four panes, the queue first; the selected review scopes the others.

use super::ctx::Ctx;
use super::list::{Listing, Want};
use super::message::{Effect, ListId};
use super::reads;
use crate::record::{ACTION, CHECKLIST_ITEM, REVIEW, RISK, Record, Value};
use crate::workspace::{Condition, Query};

/// What the panes beside the queue show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What belongs to the selected review.
    Review,
    /// What is mine to do.
    Mine,
    /// Everything that is open.
    Everything,
}

impl Scope {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Review => "this review",
            Self::Mine => "my work",
            Self::Everything => "everything",
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::Review => Self::Mine,
            Self::Mine => Self::Everything,
            Self::Everything => Self::Review,
        }
    }
}

/// The pane of the intake queue.
pub const QUEUE: usize = 0;
/// The pane of the risk register.
pub const RISKS: usize = 1;
/// The pane of the checklist.
pub const CHECKLIST: usize = 2;
/// The pane of the action items.
pub const ACTIONS: usize = 3;

/// The Desk.
pub struct Desk {
    /// The panes.
    pub panes: [Listing; 4],
    /// The pane that has the keys.
    pub focus: usize,
    /// Whether that pane has the whole screen.
    pub enlarged: bool,
    /// What the panes beside the queue show.
    pub scope: Scope,
    /// The review that scopes them: id and reference.
    pub review: Option<(String, String)>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            panes: [
                Listing::new(Query::open(&REVIEW)),
                Listing::new(Query::open(&RISK)),
                Listing::new(Query::all(&CHECKLIST_ITEM)),
                Listing::new(Query::open(&ACTION)),
            ],
            focus: QUEUE,
            enlarged: false,
            scope: Scope::Review,
            review: None,
        }
    }
}

impl Desk {
    /// Reads everything for the first time.
    pub fn start(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let mut effects = vec![self.read(QUEUE, Want::Start, ctx)];
        effects.push(self.count(QUEUE));
        effects
    }

    /// Reads all panes anew, staying where they are.
    pub fn reload(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let mut effects = Vec::new();
        for pane in 0..self.panes.len() {
            let want = self.panes[pane].list.reload();
            effects.push(self.read(pane, want, ctx));
            effects.push(self.count(pane));
        }
        effects
    }

    /// The review under the cursor of the queue may be another one: the other panes follow it.
    pub fn follow(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let now =
            self.panes[QUEUE].list.current().map(|review| (review.id().to_owned(), review.reference().to_owned()));
        // With an empty queue the other panes have still to be read once.
        let unread = now.is_none() && self.panes[RISKS].list.loading;
        if now == self.review && !unread {
            return Vec::new();
        }
        self.review = now;
        if self.scope == Scope::Review { self.rescope(ctx) } else { Vec::new() }
    }

    /// The next scope.
    pub fn next_scope(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.scope = self.scope.next();
        self.rescope(ctx)
    }

    /// Asks the panes beside the queue for what the scope says.
    pub fn rescope(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let me = Value::text(ctx.me.id.as_str());
        let review = self.review.as_ref().map(|(id, _)| Value::text(id.as_str())).unwrap_or_default();
        let mut effects = Vec::new();
        for pane in [RISKS, CHECKLIST, ACTIONS] {
            let kind = self.panes[pane].base.kind;
            self.panes[pane].base = match self.scope {
                // A checklist is read whole; of risks and actions those that need work.
                Scope::Review if self.review.is_none() => Query::open(kind),
                Scope::Review if pane == CHECKLIST => Query::all(kind).with(Condition::Is("review", review.clone())),
                Scope::Review => Query::open(kind).with(Condition::Is("review", review.clone())),
                Scope::Mine if pane == CHECKLIST => {
                    let mine = Condition::Is("reviewer", me.clone());
                    Query::open(kind).with(Condition::Linked("review", Box::new(mine)))
                }
                Scope::Mine => Query::open(kind).with(Condition::Is("owner", me.clone())),
                Scope::Everything => Query::open(kind),
            };
            effects.extend(self.refresh(pane, ctx));
        }
        effects
    }

    /// Shows what a pane is asked for now, from its start.
    pub fn refresh(&mut self, pane: usize, ctx: &Ctx) -> Vec<Effect> {
        let want = self.panes[pane].refresh();
        let mut effects = vec![self.read(pane, want, ctx)];
        effects.push(self.count(pane));
        effects
    }

    /// Asks for a page of a pane.
    #[must_use]
    pub fn read(&self, pane: usize, want: Want, ctx: &Ctx) -> Effect {
        reads::page(ListId::Pane(pane), &self.panes[pane].list, want, ctx.today)
    }

    fn count(&self, pane: usize) -> Effect {
        reads::total(ListId::Pane(pane), &self.panes[pane].list)
    }

    /// The record under the cursor of the pane that has the keys.
    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        self.panes[self.focus].list.current()
    }
}
