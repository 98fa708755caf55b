//! What the work behind the screens sends back, and what the screens ask of it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::policy::Policy;
use crate::record::{Kind, Record};
use crate::review::Outlook;
use crate::review::agenda::Todo;
use crate::review::decide::Ask;
use crate::review::triage::{Foreseen, Shift};
use crate::tui::command::CommandId;
use crate::tui::editor::{Edited, EditorError};
use crate::tui::layer::Layer;
use crate::tui::theme::Theme;
use crate::workspace::{Condition, Draft, Entry, Error, HistoryChange, Hit, Label, Receipt, Result, Sort};

use super::ctx::Ctx;
use super::list::{Arrived, Listing, Want};
use super::load::Detail;
use super::triage::Triaged;
use super::walk::Walk;
use super::work::{Job, Slot};

/// Which list a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListId {
    /// A pane of the Desk, 0 to 3.
    Pane(usize),
    /// The list of a place that has one list.
    Place,
    /// A list of the place of insights.
    Insight(usize),
    /// A tab of the screen at this depth.
    Tab(usize, usize),
    /// A part of the place for operations.
    Part(usize),
}

/// A popup, on its way to the screen.
pub type Boxed = Box<dyn Layer<Ctx, Message> + Send>;

/// What a write was for: what to do when it is done, or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The form on top, kept under this draft.
    Form(String),
    /// The quick-add line on top.
    Quick,
    /// The form of a decision on top.
    Decision,
    /// Minutes, or a note, on top.
    Minutes,
    /// A vote is closed: what was carried is recorded next.
    Vote,
    /// Something is put to the vote by count: the numbers are asked for next.
    Count,
    /// The room goes to another item: the screen shows it, and nothing need be said.
    Walk,
    /// Undo or redo.
    Undo,
    /// Anything else: the line at the bottom says what happened.
    Other,
}

/// What came of checking a decision's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The signature that was checked: another one was not.
    pub signature: String,
    /// The file of allowed signers, as it was typed.
    pub signers: String,
    /// Whose it is, by that file; or why it does not count.
    pub result: std::result::Result<String, String>,
}

/// An answer.
pub enum Message {
    /// A page of a list.
    Page {
        /// Which list.
        list: ListId,
        /// What was asked for.
        want: Want,
        /// When it was asked for.
        generation: u64,
        /// The page.
        arrived: Result<Arrived>,
    },
    /// The length of a list.
    Total {
        /// Which list.
        list: ListId,
        /// When it was asked for.
        generation: u64,
        /// The length.
        total: u64,
    },
    /// The programme in a line.
    Outlook(Outlook),
    /// A record with what its screen shows.
    Detail {
        /// The record's id.
        id: String,
        /// What its screen shows.
        detail: Box<Result<Detail>>,
    },
    /// The triage, the gate or the trace of a review.
    Triaged {
        /// The review's id.
        id: String,
        /// Which of its lines.
        walk: Walk,
        /// What it comes to.
        triaged: Box<Result<Triaged>>,
    },
    /// What is to be done now.
    Agenda(Vec<Todo>),
    /// What standing checks find: in the review with this reference, or everywhere.
    Linted(Option<String>, Box<Result<crate::review::lint::Report>>),
    /// What would come and go if the form with this draft were saved.
    Foreseen(String, Box<Result<Option<Foreseen>>>),
    /// The form with this draft is saved, whatever comes and goes.
    SaveAnyway(String),
    /// A record to be edited in a form, at a field.
    EditAt(Record, HashMap<String, Label>, &'static str),
    /// A record of a kind to be added in a form, with what is known already, at a field.
    AddTo(Kind, Vec<(&'static str, String)>, &'static str),
    /// What another profile would change: its name, none for the default.
    Shifted(Option<&'static str>, Box<Result<Shift>>),
    /// A meeting to be presented; or, where that is said, followed and led from the facilitator's own window.
    Present(Box<Record>, bool),
    /// The meeting with this id, with what its presentation shows.
    Presented(String, Box<Result<super::present::Presented>>),
    /// The policy that holds now, with the workspace's own layers that it is made of.
    Policy(Box<Policy>, Vec<(String, String)>),
    /// A record that was asked for by its reference or id, to be opened.
    Open(Result<Record>),
    /// A record to be edited in a form, with the labels of what it links to.
    Edit(Result<(Record, HashMap<String, Label>)>),
    /// A write was done, or refused.
    Wrote {
        /// What it was for.
        purpose: Purpose,
        /// What came of it.
        result: Result<Receipt>,
    },
    /// The team was asked for answers: the text for the clipboard, and the action.
    Asked(String, Receipt),
    /// Records to choose from, for the picker that asked with this number.
    Candidates(u64, Vec<Label>),
    /// What a search found, for the search that asked with this number.
    Found(u64, Result<Vec<Hit>>),
    /// Changes of the history; whether they are the next page.
    History(bool, Result<Vec<HistoryChange>>),
    /// What a change did.
    Entries(i64, Result<Vec<Entry>>),
    /// The file was changed by another process; the number to compare with from now on.
    FileVersion(i64, bool),
    /// What was being typed before; whether the user asked for it.
    Drafts(Vec<Draft>, bool),
    /// A draft to go on with.
    Draft(Option<Draft>),
    /// The clipboard took a text, or not.
    Copied(String, std::result::Result<(), String>),
    /// The external editor ended.
    Edited(std::result::Result<Edited, EditorError>),
    /// A long job is so far: done, of how many (0 when unknown), and what it does.
    Progress(u64, u64, String),
    /// A long job ended: what to say.
    Finished(std::result::Result<String, String>),
    /// What stands in a folder.
    Folder(std::result::Result<super::files::Folder, String>),
    /// The columns of a file, matched to fields.
    Columns(std::result::Result<Box<super::import::Matched>, String>),
    /// What an import would do.
    Planned(std::result::Result<Box<crate::exchange::inventory::Plan>, String>),
    /// Something that the place of insights asked for.
    Insights(super::insights::Said),
    /// Something about an analysis.
    Analysis(super::analysis::Said),
    /// Something about what is watched after a launch.
    Operations(super::operations::Said),
    /// A column of a file is used for something else.
    Assign(usize, crate::exchange::suggest::Use),
    /// Something went wrong behind the screens.
    Failed(Error),
    /// All work that one thread had before this is done: the plain front end waits for it, by this number.
    Reached(u64),
    /// What a decision would rest on was looked at again; and why it can only be recommended, where it can.
    LookedAgain(Box<Ask>, Option<String>),
    /// The signature of this decision was checked.
    Verified(Box<Record>, Checked),
    /// A popup asks for work.
    Ask(Vec<Effect>),
    /// A popup asks for a command.
    Run(CommandId),
    /// A popup has something to say.
    Say(String),
    /// A popup says what went wrong.
    Complain(String),
    /// A popup wants a record opened, by its reference or id.
    OpenNamed(String),
    /// A popup wants a record's screen, at the tab with this title.
    OpenAt(Box<Record>, &'static str),
    /// The next step of a review: its screen, the tab where the step is done, and what the step is.
    NextStep(Box<Record>, &'static str, String),
    /// A popup wants the list of a kind.
    List(Kind),
    /// A popup narrows or orders the list that has the keys.
    Narrow(Narrow),
    /// A popup moves the cursor of the list under it.
    Move(isize),
    /// A popup changes how everything looks.
    Dress(Arc<Theme>),
    /// Something was chosen for a field: its name and the text.
    Filled(&'static str, String),
    /// A form is left with changes: whether to keep them as a draft.
    Leave {
        /// Whether to keep them.
        keep: bool,
    },
    /// A popup wants another one on the screen.
    Push(Boxed),
}

/// What narrows or orders a list.
pub enum Narrow {
    /// Only rows that contain this.
    Find(String),
    /// Only rows that meet this too, as it was typed.
    Filter(String, Condition),
    /// All rows, as before any filter.
    Clear,
    /// In this order.
    Sort(Vec<Sort>),
}

impl Narrow {
    /// Narrows or orders a listing.
    pub fn apply(self, listing: &mut Listing) {
        match self {
            Self::Find(text) => listing.find = text,
            Self::Filter(text, condition) => {
                listing.filters.retain(|(known, _)| *known != text);
                listing.filters.push((text, condition));
            }
            Self::Clear => {
                listing.filters.clear();
                listing.find.clear();
            }
            Self::Sort(sort) => listing.sort = sort,
        }
    }
}

/// What the screens ask for.
pub enum Effect {
    /// Work on the reading thread.
    Read(Slot, Job<Message>),
    /// Work on the writing thread.
    Write(Slot, Job<Message>),
    /// Stop the long job that runs.
    Cancel,
    /// Copy a text; the words say what it is.
    Copy(String, String),
    /// Edit a text in the person's own editor; the name is what the file is called.
    Edit(String, String),
    /// Switch the mouse.
    Mouse(bool),
    /// Draw everything again.
    Redraw,
    /// Go back to the shell for a while.
    Suspend,
    /// Leave.
    Quit,
}
