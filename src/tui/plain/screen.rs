//! What stands on the screen, as lines of text: where one is, the rows of a list by number or the text of a page, and
//! how it goes on. The same state, rows and pages as the drawn screens.

use std::fmt::Write as _;

use super::rows;
use super::words::counted;
use crate::record::{REVIEW, Record, Scale, when};
use crate::review;
use crate::tui::app::desk::{Desk, QUEUE};
use crate::tui::app::history::HistoryPlace;
use crate::tui::app::list::{List, Listing};
use crate::tui::app::load::Detail;
use crate::tui::app::record_screen::{RecordScreen, Scoring, Tab};
use crate::tui::app::state::{Base, State};
use crate::tui::app::view::page::{Page, UNBROKEN};
use crate::tui::app::view::{desk::pane_title, operations, record, rows::when_empty, triage};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::theme::Role;

/// Rows of a list that are shown at a time.
pub const ROWS: usize = 10;

/// Lines of a text that are shown at a time.
pub const LINES: usize = 30;

/// What a number stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    /// The record with this id.
    Record(String),
    /// The change with this number.
    Change(i64),
    /// A row of the place of insights.
    Insight(usize),
}

/// The lines of a screen, with what its numbers stand for.
#[derive(Debug, Default)]
pub struct Shown {
    /// The lines.
    pub lines: Vec<String>,
    /// What the numbers stand for.
    pub numbers: Vec<(usize, Meant)>,
    /// What stands beside it, which need not be said again while it is the same.
    pub beside: Vec<String>,
}

impl Shown {
    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }
}

/// What stands on the screen under the popups.
#[must_use]
pub fn screen(state: &State) -> Shown {
    let mut shown = Shown::default();
    if let Some(presenting) = &state.presenting {
        shown.lines = super::present::lines(state, presenting);
        return shown;
    }
    match (state.screens.last(), &state.base) {
        (Some(screen), _) => of_record(&mut shown, state, screen),
        (None, Base::Desk) => desk(&mut shown, state),
        (None, Base::List(listing)) => list(&mut shown, state, listing, listing.base.kind.plural),
        (None, Base::History(place)) => history(&mut shown, place),
        (None, Base::Operations(place)) => super::operations::screen(&mut shown, state, place),
        (None, Base::Insights(place)) => super::insights::tell(&mut shown, state, place),
    }
    shown
}

/// Who works on what, and how the programme stands: said once at the start.
#[must_use]
pub fn programme(state: &State) -> String {
    let mut parts = vec![format!("Probity, workspace {}, you are @{}", state.ctx.workspace, state.ctx.me.handle)];
    if let Some(outlook) = state.outlook {
        parts.push(format!("{} in the queue, {} overdue", outlook.queue, outlook.overdue));
    }
    let pressing = state.pressing.as_ref().and_then(|pressing| operations::pressing(&state.ctx, pressing));
    parts.extend(pressing);
    if state.ctx.read_only {
        parts.push("The workspace is read-only".to_owned());
    }
    parts.join(". ") + "."
}

fn desk(shown: &mut Shown, state: &State) {
    let desk = &state.desk;
    list(shown, state, &desk.panes[desk.focus], &pane_title(desk, desk.focus));
    if desk.focus == QUEUE {
        shown.beside.extend(at_hand(state));
    }
    shown.beside.push(others(desk));
}

/// The panes beside the one that is shown, with how much is in each.
fn others(desk: &Desk) -> String {
    let others = (0..desk.panes.len()).filter(|pane| *pane != desk.focus);
    let words = others.map(|pane| {
        let total = desk.panes[pane].list.total;
        let total = total.map(|total| format!(": {total}")).unwrap_or_default();
        format!("{}{total}", pane_title(desk, pane))
    });
    format!("Also on the Desk: {}.", words.collect::<Vec<_>>().join("; "))
}

/// A line about the review at hand: its stage, when it is due, what comes next.
fn at_hand(state: &State) -> Option<String> {
    let review = state.review_at_hand()?;
    let mut line = format!("{}: {}", review.reference(), review.text("stage").unwrap_or_default());
    if let Some(due) = review.get("due_on").as_day().filter(|_| !REVIEW.is_closed(review)) {
        let _ = write!(line, ", stage due {}", when::spoken(due, state.ctx.today));
    }
    let next = state.progress_of(review).and_then(|progress| review::next(review, &progress));
    if let Some(next) = next {
        let _ = write!(line, ". Next: {}", next.what);
    }
    Some(line + ".")
}

pub(super) fn list(shown: &mut Shown, state: &State, listing: &Listing, title: &str) {
    let (list, kind) = (&listing.list, listing.base.kind);
    let mut head = title.to_owned();
    if let Some(total) = list.total {
        let count = counted(total, &kind.label.to_lowercase(), &kind.plural.to_lowercase());
        let _ = write!(head, ", {count}");
    }
    if listing.is_narrowed() {
        let _ = write!(head, ", only what matches {}", listing.narrowing());
    }
    if !list.marked.is_empty() {
        let _ = write!(head, ", {} marked", list.marked.len());
    }
    shown.say(head + ".");
    if list.rows.is_empty() {
        let key = state.ctx.keymap.key_for(Where::Desk, Id::Add).map(|key| key.to_string()).unwrap_or_default();
        // What takes a key where it is drawn takes a word here.
        shown.say(when_empty(listing, &key).replace("Esc ", "back "));
        return;
    }
    let from = list.selected - list.selected % ROWS;
    let to = (from + ROWS).min(list.rows.len());
    for (at, row) in list.rows.iter().enumerate().take(to).skip(from) {
        let number = number(list, at);
        shown.say(numbered(number, &rows::row(&state.ctx, list, &row.record)));
        shown.numbers.push((number, Meant::Record(row.record.id().to_owned())));
    }
    if let Some(line) = paging(listing, from, to) {
        shown.say(line);
    }
}

/// The number of a row: its place in the whole list, as far as that is known.
#[must_use]
pub fn number(list: &List, at: usize) -> usize {
    usize::try_from(list.before().unwrap_or(0)).unwrap_or(0) + at + 1
}

/// A row with its number.
#[must_use]
pub fn numbered(number: usize, row: &str) -> String {
    format!("{number}. {row}")
}

/// Which rows these are, where they are not all.
fn paging(listing: &Listing, from: usize, to: usize) -> Option<String> {
    let (before, after) = listing.list.goes_on();
    let more = to < listing.list.rows.len() || after;
    if from == 0 && !more && !before {
        return None;
    }
    let total = listing.list.total.map(|total| format!(" of {total}")).unwrap_or_default();
    let list = &listing.list;
    let which = match list.before() {
        Some(_) => format!("Rows {} to {}{total}", number(list, from), number(list, to) - 1),
        None => format!("{} rows from the middle of the list", to - from),
    };
    Some(if more { format!("{which}; Enter shows the next.") } else { format!("{which}, the last.") })
}

fn of_record(shown: &mut Shown, state: &State, screen: &RecordScreen) {
    let kind = screen.kind.label.to_lowercase();
    match &screen.detail {
        Some(detail) => shown.say(format!("{}, {kind}.", rows::name(&detail.record))),
        None => shown.say(format!("{}, {kind}.", screen.reference)),
    }
    if let Some(failure) = &screen.failure {
        shown.say(failure);
        return;
    }
    shown.say(tabs(screen));
    let Some(detail) = &screen.detail else {
        shown.say("Reading ...");
        return;
    };
    match &screen.tabs[screen.tab] {
        Tab::List(title, listing) => list(shown, state, listing, title),
        Tab::Walk(_) => triaged(shown, state, screen),
        tab => text(shown, &told(state, detail, tab), screen.scroll),
    }
    shown.lines.extend(matrix(state));
}

/// The tab that is shown, and the others with how much is in them.
fn tabs(screen: &RecordScreen) -> String {
    let others = screen.tabs.iter().enumerate().filter(|(at, _)| *at != screen.tab).map(|(_, tab)| {
        let total = if let Tab::List(_, listing) = tab { listing.list.total } else { None };
        format!("{}{}", tab.title(), total.map(|total| format!(" {total}")).unwrap_or_default())
    });
    let others: Vec<String> = others.collect();
    format!("Tab {}. Other tabs: {}.", screen.tabs[screen.tab].title(), others.join(", "))
}

/// The triage, with numbers at the records that can be opened.
fn triaged(shown: &mut Shown, state: &State, screen: &RecordScreen) {
    if let Some(failure) = &screen.triage_failure {
        shown.say(failure);
        return;
    }
    let (lines, numbers) = triage_lines(state);
    text(shown, &lines, screen.scroll);
    shown.numbers.extend(numbers.into_iter().map(|(number, id)| (number, Meant::Record(id))));
}

fn triage_lines(state: &State) -> (Vec<String>, Vec<(usize, String)>) {
    let triaged = state.screens.last().and_then(|screen| screen.triaged.as_ref());
    triaged.map(|triaged| triage::told(&state.ctx, triaged)).unwrap_or_default()
}

/// The lines of a tab of text.
fn told(state: &State, detail: &Detail, tab: &Tab) -> Vec<String> {
    let ctx = &state.ctx;
    let page = match tab {
        Tab::Overview => record::overview(ctx, detail, UNBROKEN),
        Tab::Packet => record::packet(ctx, detail, UNBROKEN),
        Tab::History => record::history(ctx, &detail.history, UNBROKEN),
        Tab::Series => {
            let series = state.screens.last().and_then(|screen| screen.series.as_deref());
            operations::series_page(ctx, series)
        }
        Tab::Walk(_) => return triage_lines(state).0,
        Tab::List(..) => return Vec::new(),
    };
    page.text().lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// How many lines the text on the screen has; none where a list is shown.
#[must_use]
pub fn length(state: &State) -> Option<usize> {
    let screen = state.screens.last()?;
    let tab = screen.tabs.get(screen.tab).filter(|tab| !matches!(tab, Tab::List(..)))?;
    Some(told(state, screen.detail.as_ref()?, tab).len())
}

/// Where a part of a text ends that begins at a line: a few lines more, where those are the last.
#[must_use]
pub const fn text_end(from: usize, lines: usize) -> usize {
    if from + LINES + LINES / 3 >= lines { lines } else { from + LINES }
}

/// A text from a line on, as much as is shown at a time.
fn text(shown: &mut Shown, lines: &[String], scroll: usize) {
    let from = scroll.min(lines.len().saturating_sub(1));
    let to = text_end(from, lines.len());
    shown.lines.extend_from_slice(&lines[from..to]);
    if lines.is_empty() {
        shown.say("Nothing yet.");
    }
    if to < lines.len() {
        shown.say(format!("Lines {} to {to} of {}; Enter shows the next.", from + 1, lines.len()));
    }
}

/// Where the cursor stands on the matrix, when that has the keys.
#[must_use]
pub fn matrix(state: &State) -> Option<String> {
    let screen = state.screens.last()?;
    Some(scored(state, screen.record()?, screen.scoring?))
}

/// Severity, likelihood and the level they make, and how they are set.
fn scored(state: &State, risk: &Record, scoring: Scoring) -> String {
    let terms = state.ctx.terms();
    let which = if scoring.residual { "residual" } else { "inherent" };
    let name = |scale, step| terms.step(scale, step).unwrap_or_default();
    let level = terms.level(scoring.severity, scoring.likelihood).map(|(level, _)| level).unwrap_or_default();
    format!(
        "Scoring the {which} risk of {}: severity {} {}, likelihood {} {}, so {level}. Two numbers set both, such as \
         4 3; up, down, left and right move; tab switches between inherent and residual; Enter saves.",
        risk.reference(),
        scoring.severity,
        name(Scale::Severity, scoring.severity),
        scoring.likelihood,
        name(Scale::Likelihood, scoring.likelihood),
    )
}

fn history(shown: &mut Shown, place: &HistoryPlace) {
    let find = &place.filter.find;
    shown.say(if find.is_empty() {
        "History, the newest change first.".to_owned()
    } else {
        format!("History, only changes that say \"{find}\".")
    });
    if let Some(failure) = &place.failure {
        shown.say(failure);
        return;
    }
    if place.changes.is_empty() {
        shown.say("No change to show.");
        return;
    }
    let from = place.selected - place.selected % ROWS;
    let to = (from + ROWS).min(place.changes.len());
    for (at, change) in place.changes.iter().enumerate().take(to).skip(from) {
        let undone = if change.undone { ", undone" } else { "" };
        let row = format!("{}, {}: {}{undone}", record::local(&change.at), change.by, change.what);
        shown.say(numbered(at + 1, &row));
        shown.numbers.push((at + 1, Meant::Change(change.number)));
    }
    if to < place.changes.len() || place.more {
        shown.say(format!("Changes {} to {to}; Enter shows the next.", from + 1));
    }
}

/// What the selected change of the history did, field by field.
#[must_use]
pub fn change(state: &State, place: &HistoryPlace) -> Vec<String> {
    let Some(change) = place.current() else { return Vec::new() };
    let mut page = Page::new(&state.ctx.theme, UNBROKEN);
    let line = record::change_line(&page, change);
    let mut lines = vec![format!("Change {}, {}.", change.number, change.source)];
    page.line(line);
    page.field("Seal", &change.hash, Role::Dim);
    for entry in place.shown() {
        let verb = match entry.op.as_str() {
            "add" => "added",
            "delete" => "deleted",
            _ => "changed",
        };
        let name = if entry.reference.is_empty() { &entry.table } else { &entry.reference };
        page.paragraph(&format!("{name} {verb}: {}", entry.title), Role::Text);
        record::differences(&mut page, &state.ctx, entry);
    }
    lines.extend(page.text().lines().map(str::to_owned));
    if place.shown().iter().any(|entry| entry.kind.is_some()) {
        lines.push("open shows the first of these records; a reference such as RSK-3 shows that one.".to_owned());
    }
    lines
}
