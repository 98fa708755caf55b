//! The state of the screens, and where it sends what comes in.

use std::collections::HashMap;
use std::path::PathBuf;

use ratatui::layout::Size;

use super::ctx::Ctx;
use super::desk::Desk;
use super::history::HistoryPlace;
use super::list::Listing;
use super::message::{Checked, Effect, ListId, Message, Purpose};
use super::operations::{self, Operations};
use super::present::Presenting;
use super::reads;
use super::record_screen::RecordScreen;
use crate::record::{Kind, Record};
use crate::review::Outlook;
use crate::review::due::Pressing;
use crate::tui::command::Where;
use crate::tui::layer::Layers;
use crate::workspace::{Error, Query};

/// The place under all screens.
pub enum Base {
    /// The four panes.
    Desk,
    /// One list of one kind.
    List(Box<Listing>),
    /// Who changed what.
    History(Box<HistoryPlace>),
    /// What is watched after a launch.
    Operations(Box<Operations>),
    /// The programme's figures, and what its history tells.
    Insights(Box<super::insights::Insights>),
}

/// What the line at the bottom says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// The words.
    pub text: String,
    /// Whether something went wrong.
    pub bad: bool,
}

/// A long job that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// What it does.
    pub what: String,
    /// How much is done.
    pub done: u64,
    /// Of how much; 0 when that is not known.
    pub of: u64,
}

/// Everything that the screens are drawn from.
pub struct State {
    /// The surroundings.
    pub ctx: Ctx,
    /// The Desk, which stays as it was while another place is shown.
    pub desk: Desk,
    /// The place.
    pub base: Base,
    /// Screens of records over it, the top last.
    pub screens: Vec<RecordScreen>,
    /// A meeting that is presented, over all of them.
    pub presenting: Option<Presenting>,
    /// Popups over them.
    pub layers: Layers<Ctx, Message>,
    /// The line at the bottom.
    pub status: Status,
    /// The programme in a line.
    pub outlook: Option<Outlook>,
    /// What cannot wait, once that was read.
    pub pressing: Option<Pressing>,
    /// The long job that runs.
    pub running: Option<Running>,
    /// The size of the terminal.
    pub size: Size,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// The version of the file that the screens show.
    pub file_version: i64,
    /// Whether something changed since the last frame.
    pub changed: bool,
    /// Where the workspace is.
    pub workspace_path: PathBuf,
    /// What came of checking signatures, by the decision's id.
    pub checked: HashMap<String, Checked>,
    /// The file of allowed signers that was used last.
    pub signers: Option<String>,
}

impl State {
    /// The first state, before anything was read.
    #[must_use]
    pub fn new(ctx: Ctx, mouse: bool) -> Self {
        Self {
            ctx,
            desk: Desk::default(),
            base: Base::Desk,
            screens: Vec::new(),
            presenting: None,
            layers: Layers::default(),
            status: Status::default(),
            outlook: None,
            pressing: None,
            running: None,
            size: Size::new(80, 24),
            mouse,
            file_version: 0,
            changed: true,
            workspace_path: PathBuf::new(),
            checked: HashMap::new(),
            signers: None,
        }
    }

    /// What is read before the first frame.
    pub fn start(&mut self) -> Vec<Effect> {
        let mut effects = self.desk.start(&self.ctx);
        effects.push(reads::outlook(self.ctx.today));
        effects.extend(self.presenting.as_ref().map(|presenting| presenting.reload(&self.ctx)));
        effects.push(reads::file_version(0));
        effects.push(reads::drafts(&self.ctx.me.id, false));
        // The last of all: no list waits for it.
        effects.push(operations::pressing(&self.ctx));
        effects
    }

    /// What kind of place has the keys.
    #[must_use]
    pub fn place(&self) -> Where {
        if let Some(place) = self.layers.place() {
            return place;
        }
        if let Some(presenting) = &self.presenting {
            return if presenting.own { Where::Leading } else { Where::Presenting };
        }
        match self.screens.last() {
            Some(screen) if screen.kind == &crate::record::MEETING => Where::Meeting,
            Some(screen) if screen.scoring.is_some() => Where::Matrix,
            Some(screen) if screen.kind == &crate::record::RISK => Where::Risk,
            Some(screen) if operations::is_watched(screen.kind) => Where::Watched,
            Some(_) => Where::Record,
            None if matches!(self.base, Base::Operations(_)) => Where::Operations,
            None if matches!(self.base, Base::Desk) => Where::Desk,
            None if matches!(self.base, Base::Insights(_)) => Where::Insights,
            None => Where::Place,
        }
    }

    /// Says something in the line at the bottom.
    pub fn say(&mut self, text: impl Into<String>) {
        self.status = Status { text: text.into(), bad: false };
    }

    /// Says what went wrong in the line at the bottom.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.status = Status { text: text.into(), bad: true };
    }

    /// The list that has the keys, with its name.
    pub fn listing_mut(&mut self) -> Option<&mut Listing> {
        if let Some(screen) = self.screens.last_mut() {
            return screen.listing_mut();
        }
        match &mut self.base {
            Base::Desk => Some(&mut self.desk.panes[self.desk.focus]),
            Base::List(listing) => Some(listing),
            Base::Operations(place) => place.listing_mut(),
            Base::History(_) => None,
            Base::Insights(place) => place.listing_mut(),
        }
    }

    /// The list that has the keys.
    #[must_use]
    pub fn listing(&self) -> Option<&Listing> {
        if let Some(screen) = self.screens.last() {
            return screen.listing();
        }
        match &self.base {
            Base::Desk => Some(&self.desk.panes[self.desk.focus]),
            Base::List(listing) => Some(listing),
            Base::Operations(place) => place.listing(),
            Base::History(_) => None,
            Base::Insights(place) => place.listing().map(|(_, listing)| listing),
        }
    }

    /// What a command is about: marked rows, the row under the cursor, or the record of the screen.
    #[must_use]
    pub fn chosen(&self) -> Vec<&Record> {
        if self.presenting.is_some() {
            return Vec::new();
        }
        if let Some(screen) = self.screens.last() {
            return screen.chosen();
        }
        self.listing().map(|listing| listing.list.chosen()).unwrap_or_default()
    }

    /// The kind that `a` adds here.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        match (self.screens.last(), self.listing()) {
            (_, Some(listing)) => Some(listing.base.kind),
            (Some(screen), None) => Some(screen.kind),
            (None, None) => None,
        }
    }

    /// The review that a new record belongs to, when one is plain from where the user is: its id and its reference.
    #[must_use]
    pub fn review(&self) -> Option<(String, String)> {
        for screen in self.screens.iter().rev() {
            if screen.kind == &crate::record::REVIEW {
                return Some((screen.id.clone(), screen.reference.clone()));
            }
            if let Some(review) = screen.record().and_then(|record| record.text("review")) {
                let label = screen.detail.as_ref().and_then(|detail| detail.labels.get(review));
                return Some((review.to_owned(), label.map(|label| label.reference.clone()).unwrap_or_default()));
            }
        }
        match self.base {
            Base::Desk => self.desk.review.clone(),
            _ => None,
        }
    }

    /// Opens the screen of a record.
    pub fn open(&mut self, record: &Record) -> Vec<Effect> {
        if self.screens.last().is_some_and(|screen| screen.id == record.id()) {
            return Vec::new();
        }
        let mut screen = RecordScreen::new(record, self.screens.len());
        let effects = screen.start(&self.ctx);
        self.screens.push(screen);
        effects
    }

    /// Goes to a place with one list.
    pub fn go_to_list(&mut self, kind: Kind) -> Vec<Effect> {
        self.screens.clear();
        let mut listing = Listing::new(Query::all(kind));
        let want = listing.refresh();
        let effects = vec![
            reads::page(ListId::Place, &listing.list, want, self.ctx.today),
            reads::total(ListId::Place, &listing.list),
        ];
        self.base = Base::List(Box::new(listing));
        effects
    }

    /// Reads everything that is shown anew, staying where it is.
    pub fn reload(&mut self) -> Vec<Effect> {
        let mut effects = self.desk.reload(&self.ctx);
        match &mut self.base {
            Base::Desk => {}
            Base::List(listing) => {
                let want = listing.list.reload();
                effects.push(reads::page(ListId::Place, &listing.list, want, self.ctx.today));
                effects.push(reads::total(ListId::Place, &listing.list));
            }
            Base::History(place) => effects.extend(place.reload()),
            Base::Operations(place) => effects.extend(place.reload(&self.ctx)),
            Base::Insights(place) => effects.extend(place.reload(&self.ctx)),
        }
        for screen in &mut self.screens {
            effects.extend(screen.reload(&self.ctx));
        }
        effects.extend(self.presenting.as_ref().map(|presenting| presenting.reload(&self.ctx)));
        effects.push(reads::outlook(self.ctx.today));
        effects.push(operations::pressing(&self.ctx));
        effects
    }

    /// Past midnight what is late changes.
    pub(super) fn new_day(&mut self) -> Vec<Effect> {
        let today = chrono::Local::now().date_naive();
        if today == self.ctx.today {
            return Vec::new();
        }
        self.ctx.today = today;
        self.changed = true;
        self.reload()
    }

    /// Takes an answer. Popups hear of it first.
    pub fn hear(&mut self, message: Message) -> Vec<Effect> {
        self.changed = true;
        if let Some(said) = self.layers.hear(&message, &self.ctx) {
            let mut effects = Vec::new();
            for one in said {
                effects.extend(self.hear_ourselves(one));
            }
            // A popup that waited for a write lets everybody know of it.
            if let Message::Wrote { result: Ok(_), .. } = &message {
                effects.extend(self.hear_ourselves(message));
            }
            return effects;
        }
        self.hear_ourselves(message)
    }

    fn hear_ourselves(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Page { list, want, generation, arrived } => match arrived {
                Ok(arrived) => return self.take_page(list, &want, generation, arrived),
                Err(error) => self.complain(error.to_string()),
            },
            Message::Total { list, generation, total } => {
                if let Some(list) = self.list(list).filter(|list| list.generation == generation) {
                    list.total = Some(total);
                }
            }
            Message::Outlook(outlook) => self.outlook = Some(outlook),
            Message::Detail { id, detail } => self.take_detail(&id, *detail),
            Message::Open(Ok(record)) => return self.open(&record),
            Message::Open(Err(error)) | Message::Edit(Err(error)) | Message::Failed(error) => {
                self.complain(error.to_string());
            }
            Message::Edit(Ok((record, labels))) => {
                let (form, effects) = super::layers::form::Form::edit(&record, &labels, &self.ctx);
                self.layers.push(Box::new(form));
                return effects;
            }
            Message::EditAt(record, labels, field) => {
                let (form, effects) = super::layers::form::Form::edit(&record, &labels, &self.ctx);
                self.layers.push(Box::new(form.at(field)));
                return effects;
            }
            Message::Operations(said) => return operations::hear(self, said),
            Message::Shifted(name, found) => self.take_shift(name, *found),
            Message::Policy(policy, own) => {
                let effect = super::writes::work_under(&policy);
                self.ctx.policy = *policy;
                self.ctx.own_layers = own;
                let mut effects = self.reload();
                effects.push(effect);
                return effects;
            }
            Message::Present(meeting, own) => return self.present(&meeting, own),
            Message::Presented(id, read) => {
                if let Some(presenting) = self.presenting.as_mut().filter(|presenting| presenting.id == id) {
                    presenting.take(*read);
                }
            }
            Message::Triaged { id, walk, triaged } => self.take_walk(&id, walk, *triaged),
            Message::Linted(review, report) => match *report {
                Ok(report) => {
                    let layer = super::layers::findings::Findings::new(review.as_deref(), report);
                    self.layers.push(Box::new(layer));
                }
                Err(error) => self.complain(error.to_string()),
            },
            Message::Agenda(todo) if todo.is_empty() => self.say("Nothing is to be done by you"),
            Message::Agenda(todo) => self.layers.push(super::layers::menu::agenda(todo)),
            Message::Verified(decision, checked) => return self.take_checked(&decision, checked),
            Message::Asked(text, receipt) => {
                let mut effects = self.written(&Purpose::Other, Ok(receipt));
                effects.push(Effect::Copy(text, "the request; it is ready to send".to_owned()));
                return effects;
            }
            Message::Wrote { purpose, result } => return self.written(&purpose, result),
            Message::History(next, changes) => {
                if let Base::History(place) = &mut self.base {
                    return place.take(next, changes);
                }
            }
            Message::Entries(change, entries) => {
                if let Base::History(place) = &mut self.base {
                    place.take_entries(change, entries);
                }
            }
            Message::FileVersion(version, again) => {
                self.file_version = version;
                if !again {
                    return Vec::new();
                }
                let mut effects = self.reload();
                effects.push(reads::policy(&self.ctx));
                return effects;
            }
            Message::Drafts(drafts, asked) => return self.offer_drafts(drafts, asked),
            Message::Copied(what, Ok(())) => self.say(format!("Copied {what}")),
            Message::Copied(_, Err(why)) => self.complain(why),
            Message::Progress(done, of, what) => self.running = Some(Running { what, done, of }),
            Message::Finished(said) => {
                self.running = None;
                match said {
                    Ok(text) => self.say(text),
                    Err(text) => self.complain(text),
                }
                return self.reload();
            }
            other => return self.act(other),
        }
        Vec::new()
    }

    fn list(&mut self, id: ListId) -> Option<&mut super::list::List> {
        match id {
            ListId::Pane(pane) => self.desk.panes.get_mut(pane).map(|listing| &mut listing.list),
            ListId::Place => match &mut self.base {
                Base::List(listing) => Some(&mut listing.list),
                _ => None,
            },
            ListId::Part(part) => match &mut self.base {
                Base::Operations(place) => place.list_mut(part),
                _ => None,
            },
            ListId::Insight(at) => match &mut self.base {
                Base::Insights(place) => place.list_mut(at),
                _ => None,
            },
            ListId::Tab(depth, tab) => match self.screens.get_mut(depth)?.tabs.get_mut(tab)? {
                super::record_screen::Tab::List(_, listing) => Some(&mut listing.list),
                _ => None,
            },
        }
    }

    fn take_page(
        &mut self,
        id: ListId,
        want: &super::list::Want,
        generation: u64,
        arrived: super::list::Arrived,
    ) -> Vec<Effect> {
        let taken = self.list(id).is_some_and(|list| list.take(want, arrived, generation));
        match (id, &mut self.base) {
            _ if !taken => Vec::new(),
            (ListId::Pane(super::desk::QUEUE), _) => self.desk.follow(&self.ctx),
            (ListId::Part(_), Base::Operations(place)) => place.follow(self.size),
            _ => Vec::new(),
        }
    }

    fn take_detail(&mut self, id: &str, detail: Result<super::load::Detail, Error>) {
        let Some(screen) = self.screens.iter_mut().find(|screen| screen.id == id) else { return };
        match detail {
            Ok(mut detail) => {
                detail.checked = self.checked.get(id).cloned();
                screen.detail = Some(detail);
                screen.failure = None;
            }
            Err(Error::NoRecord(..)) => {
                screen.failure =
                    Some(format!("{} is no longer there: it was deleted, or its adding was undone.", screen.reference));
                screen.detail = None;
            }
            Err(error) => screen.failure = Some(error.to_string()),
        }
    }

    /// Shows on the decision's own screen what came of checking its signature.
    fn take_checked(&mut self, decision: &Record, checked: Checked) -> Vec<Effect> {
        let reference = decision.reference();
        match &checked.result {
            Ok(signer) => self.say(format!("The signature of {reference} is {signer}'s")),
            Err(why) => self.complain(format!("The signature of {reference} does not count. {why}")),
        }
        self.signers = Some(checked.signers.clone());
        let shown = self.screens.iter_mut().filter(|screen| screen.id == decision.id());
        for detail in shown.filter_map(|screen| screen.detail.as_mut()) {
            detail.checked = Some(checked.clone());
        }
        self.checked.insert(decision.id().to_owned(), checked);
        self.open(decision)
    }

    fn take_walk(&mut self, id: &str, walk: super::walk::Walk, triaged: Result<super::triage::Triaged, Error>) {
        let shown = |screen: &&mut RecordScreen| screen.id == id && screen.walked == Some(walk);
        let Some(screen) = self.screens.iter_mut().find(shown) else { return };
        match triaged {
            Ok(triaged) => {
                // What was moved keeps the cursor.
                let target = screen.on.take().map(super::triage::Target::Record);
                let at = target.and_then(|target| triaged.items.iter().position(|item| item.target == target));
                screen.cursor = at.unwrap_or(screen.cursor);
                (screen.triaged, screen.triage_failure) = (Some(triaged), None);
            }
            Err(error) => (screen.triaged, screen.triage_failure) = (None, Some(error.to_string())),
        }
    }

    fn written(&mut self, purpose: &Purpose, result: Result<crate::workspace::Receipt, Error>) -> Vec<Effect> {
        match result {
            Ok(receipt) if receipt.change == 0 && *purpose == Purpose::Walk => {}
            Ok(receipt) if receipt.change == 0 => self.say("Nothing was different; nothing was saved"),
            Ok(receipt) => {
                let undo = if *purpose == Purpose::Undo { "" } else { " · u undo" };
                if *purpose != Purpose::Walk {
                    self.say(format!("{}{undo}", receipt.what));
                }
                for listing in &mut self.desk.panes {
                    listing.list.marked.clear();
                }
                if let Some(listing) = self.listing_mut() {
                    listing.list.marked.clear();
                }
                if let Some(added) = receipt.first().filter(|record| *purpose != Purpose::Undo && record.version() == 1)
                {
                    self.go_to_added(added);
                }
                let mut effects = self.reload();
                // A change, or the undoing of one, may have been of the policy.
                effects.push(reads::policy(&self.ctx));
                effects.extend(self.after_step(purpose, &receipt));
                effects.extend(operations::after(purpose, &receipt));
                return effects;
            }
            Err(error) => {
                if let Some(presenting) = &mut self.presenting {
                    presenting.heading = None;
                }
                self.complain(error.to_string());
            }
        }
        Vec::new()
    }

    /// Puts the cursor on what was added, where the list that has the keys shows its kind: what comes next is about it.
    fn go_to_added(&mut self, added: &Record) {
        if let Some(listing) = self.listing_mut().filter(|listing| listing.list.query.kind == added.kind()) {
            listing.list.send_to(added.id());
        }
    }

    /// Asks whether to go under another profile, now that it is known what that changes.
    fn take_shift(&mut self, name: Option<&'static str>, found: Result<crate::review::triage::Shift, Error>) {
        self.status = Status::default();
        let shift = match found {
            Ok(shift) => shift,
            Err(error) => return self.complain(error.to_string()),
        };
        let mut told = shift.told_of_reviews();
        told.extend(shift.told_of_policy());
        let called = name.unwrap_or("default");
        let title = format!("What the profile {called} changes");
        let question = format!("Go under the profile {called}? It is a decision; a yes asks why.");
        let yes = Message::Push(super::layers::choose::why_profile(name));
        self.layers.push(Box::new(super::layers::differs::Differs::new(title, question, told, yes)));
    }
}
