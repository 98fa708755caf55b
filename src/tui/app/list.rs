//! A list as the screens keep it: a window of rows around the cursor, read page by page as it moves.
//!
//! Nothing here reads: a list says which page it wants ([`Want`]), and takes pages when they come. What comes for an
//! earlier question is recognised by its generation and dropped.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::record::Record;
use crate::review::Progress;
use crate::review::evidence::Standing;
use crate::workspace::{Condition, Cursor, Direction, Label, Page, Query, Row, Sort};

/// Rows read at a time.
pub const PAGE: usize = 100;

/// Rows kept at the most; those farthest from the cursor go first.
const KEPT: usize = 600;

/// How close to the end of the window the cursor comes before the next page is asked for.
const AHEAD: usize = 50;

/// A page that a list wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Want {
    /// The first page.
    Start,
    /// The last page.
    End,
    /// The page after this place.
    After(Cursor),
    /// The page before this place.
    Before(Cursor),
    /// The rows around the first of these records that is in the list; its start, where none is.
    Around(Vec<String>),
}

/// A page that came.
#[derive(Debug, Clone, Default)]
pub struct Arrived {
    /// The rows.
    pub page: Page,
    /// For [`Want::Around`]: whether there are more rows before.
    pub more_before: bool,
    /// Which row the record stands in that was asked for.
    pub at: Option<usize>,
    /// Progress of the reviews on the page, where the list shows reviews.
    pub progress: HashMap<String, Progress>,
    /// Whether the evidence on the page still holds, where the list shows evidence.
    pub standing: HashMap<String, Standing>,
    /// How the decisions on the page stand, where the list shows decisions.
    pub states: HashMap<String, &'static str>,
}

/// What a list is asked to show: what it is about, and what the user narrowed it to.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The kind, and what the place or the scope asks for.
    pub base: Query,
    /// Filters that the user set, as they were typed.
    pub filters: Vec<(String, Condition)>,
    /// What the user is finding.
    pub find: String,
    /// The order the user chose; empty for the kind's own.
    pub sort: Vec<Sort>,
    /// The rows.
    pub list: List,
}

impl Listing {
    /// A listing of everything that a query asks for.
    #[must_use]
    pub fn new(base: Query) -> Self {
        Self { list: List::new(base.clone()), base, filters: Vec::new(), find: String::new(), sort: Vec::new() }
    }

    /// The whole question.
    #[must_use]
    pub fn query(&self) -> Query {
        let mut query = self.base.clone();
        // A filter on what is open or closed says itself which records it means.
        if self.filters.iter().any(|(_, condition)| matches!(condition, Condition::Closed)) {
            query.conditions.retain(|condition| *condition != Condition::Open);
        }
        query.conditions.extend(self.filters.iter().map(|(_, condition)| condition.clone()));
        query.find.clone_from(&self.find);
        query.sort.clone_from(&self.sort);
        query
    }

    /// Shows what is asked for now, from its start. Returns what to ask for.
    pub fn refresh(&mut self) -> Want {
        let query = self.query();
        self.list.show(query)
    }

    /// Whether the user narrowed it.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.find.is_empty() || !self.filters.is_empty()
    }

    /// What the user narrowed it to, in words.
    #[must_use]
    pub fn narrowing(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        if !self.find.is_empty() {
            words.push(format!("“{}”", self.find));
        }
        words.extend(self.filters.iter().map(|(text, _)| text.clone()));
        words.join(" ")
    }
}

/// A list.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "what is there and what is asked for, at either end")]
pub struct List {
    /// What it shows.
    pub query: Query,
    /// The rows that are at hand, in order.
    pub rows: Vec<Row>,
    /// Labels of what they link to.
    pub labels: HashMap<String, Label>,
    /// Progress of the reviews among them.
    pub progress: HashMap<String, Progress>,
    /// Whether the evidence among them still holds.
    pub standing: HashMap<String, Standing>,
    /// How the decisions stand, by id.
    pub states: HashMap<String, &'static str>,
    /// The row under the cursor.
    pub selected: usize,
    /// Ids of the rows that are marked.
    pub marked: HashSet<String>,
    /// How many rows the whole list has, once counted.
    pub total: Option<u64>,
    /// How many rows come before the window, where that is known.
    offset: Option<u64>,
    /// Counts the questions, so that late answers are recognised.
    pub generation: u64,
    /// Whether the first page is still being read.
    pub loading: bool,
    /// The first row that is drawn: settled while drawing, when the height is known.
    top: Cell<usize>,
    more_before: bool,
    more_after: bool,
    asked_before: bool,
    asked_after: bool,
    /// Whether the list is being read anew to stay where it is, so that a cursor that moves meanwhile is followed.
    follows: bool,
    /// The record that the cursor is sent to when the list is read anew next.
    sent: Option<String>,
}

impl List {
    /// A list that has not been read yet.
    #[must_use]
    pub fn new(query: Query) -> Self {
        Self {
            query,
            rows: Vec::new(),
            labels: HashMap::new(),
            progress: HashMap::new(),
            standing: HashMap::new(),
            states: HashMap::new(),
            selected: 0,
            marked: HashSet::new(),
            total: None,
            offset: Some(0),
            generation: 0,
            loading: true,
            top: Cell::new(0),
            more_before: false,
            more_after: false,
            asked_before: false,
            asked_after: false,
            follows: false,
            sent: None,
        }
    }

    /// The record under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&Record> {
        self.rows.get(self.selected).map(|row| &row.record)
    }

    /// The records that a command is about: the marked ones that are at hand, or the one under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Vec<&Record> {
        if self.marked.is_empty() {
            return self.current().into_iter().collect();
        }
        self.rows.iter().map(|row| &row.record).filter(|record| self.marked.contains(record.id())).collect()
    }

    /// Reads the list anew, staying on the record under the cursor unless it was sent to another. Returns what to ask for.
    pub fn reload(&mut self) -> Want {
        self.generation += 1;
        self.asked_before = false;
        self.asked_after = false;
        let sent = self.sent.take();
        self.follows = sent.is_none();
        let here = self.current().map(|record| record.id().to_owned());
        let ids: Vec<String> = sent.into_iter().chain(here).collect();
        if ids.is_empty() { Want::Start } else { Want::Around(ids) }
    }

    /// Shows something else from its start. Returns what to ask for.
    pub fn show(&mut self, query: Query) -> Want {
        if query.kind != self.query.kind {
            self.marked.clear();
        }
        self.query = query;
        self.generation += 1;
        self.loading = true;
        self.total = None;
        self.asked_before = false;
        self.asked_after = false;
        Want::Start
    }

    /// Sends the cursor to a record when the list is read anew; it stays where it is, where the record is not in the list.
    pub fn send_to(&mut self, id: &str) {
        self.sent = Some(id.to_owned());
    }

    /// Moves the cursor by rows. Returns a page to ask for, when the cursor comes near the window's end.
    pub fn move_by(&mut self, rows: isize) -> Option<Want> {
        let last = self.rows.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
        self.look_ahead()
    }

    /// Puts the cursor on a row of the window.
    pub fn select(&mut self, row: usize) -> Option<Want> {
        self.selected = row.min(self.rows.len().saturating_sub(1));
        self.look_ahead()
    }

    /// Moves the cursor to the first row. Returns a page to ask for, when that is not at hand.
    pub fn to_start(&mut self) -> Option<Want> {
        if !self.more_before {
            self.selected = 0;
            return None;
        }
        self.generation += 1;
        Some(Want::Start)
    }

    /// Moves the cursor to the last row. Returns a page to ask for, when that is not at hand.
    pub fn to_end(&mut self) -> Option<Want> {
        if !self.more_after {
            self.selected = self.rows.len().saturating_sub(1);
            return None;
        }
        self.generation += 1;
        Some(Want::End)
    }

    fn look_ahead(&mut self) -> Option<Want> {
        if self.more_after && !self.asked_after && self.selected + AHEAD >= self.rows.len() {
            self.asked_after = true;
            return self.rows.last().map(|row| Want::After(row.cursor.clone()));
        }
        if self.more_before && !self.asked_before && self.selected < AHEAD {
            self.asked_before = true;
            return self.rows.first().map(|row| Want::Before(row.cursor.clone()));
        }
        None
    }

    /// Marks the row under the cursor, or takes its mark away.
    pub fn mark(&mut self) {
        if let Some(id) = self.current().map(|record| record.id().to_owned())
            && !self.marked.remove(&id)
        {
            self.marked.insert(id);
        }
    }

    /// Takes a page that was asked for. Late answers to earlier questions are dropped; says whether it was taken.
    pub fn take(&mut self, want: &Want, arrived: Arrived, generation: u64) -> bool {
        if generation != self.generation {
            return false;
        }
        self.loading = false;
        let Arrived { page, more_before, at, progress, standing, states } = arrived;
        // The states of rows that have gone do no harm.
        self.states.extend(states);
        match want {
            Want::Start | Want::Around(_) => {
                self.offset = (!more_before).then_some(0);
                self.more_before = more_before;
                self.more_after = page.more;
                // The cursor may have moved since: it stays on the record that it is on now.
                let first = if let Want::Around(ids) = want { ids.first().map(String::as_str) } else { None };
                let there = at.and_then(|at| page.rows.get(at)).map(|row| row.record.id());
                let follows = self.follows || there != first;
                let followed = self.current().filter(|_| follows).map(|record| record.id().to_owned());
                let followed = followed.and_then(|id| page.rows.iter().position(|row| row.record.id() == id));
                self.rows = page.rows;
                // Where the record is gone, the cursor stays where it was.
                self.selected = followed.or(at).unwrap_or(self.selected).min(self.rows.len().saturating_sub(1));
                if matches!(want, Want::Start) {
                    self.selected = 0;
                }
                self.labels = page.labels;
                self.progress = progress;
                self.standing = standing;
            }
            Want::End => {
                self.offset = None;
                self.more_before = page.more;
                self.more_after = false;
                self.rows = page.rows;
                self.selected = self.rows.len().saturating_sub(1);
                self.labels = page.labels;
                self.progress = progress;
                self.standing = standing;
            }
            Want::After(_) => {
                self.asked_after = false;
                self.more_after = page.more;
                self.rows.extend(page.rows);
                self.labels.extend(page.labels);
                self.progress.extend(progress);
                self.standing.extend(standing);
                self.drop_far_rows(Direction::Before);
            }
            Want::Before(_) => {
                self.asked_before = false;
                self.offset = self.offset.map(|offset| offset.saturating_sub(page.rows.len() as u64));
                self.more_before = page.more;
                self.selected += page.rows.len();
                self.rows.splice(0..0, page.rows);
                self.labels.extend(page.labels);
                self.progress.extend(progress);
                self.standing.extend(standing);
                self.drop_far_rows(Direction::After);
            }
        }
        true
    }

    fn drop_far_rows(&mut self, end: Direction) {
        let surplus = self.rows.len().saturating_sub(KEPT);
        if surplus == 0 {
            return;
        }
        match end {
            Direction::Before => {
                let surplus = surplus.min(self.selected);
                self.rows.drain(..surplus);
                self.offset = self.offset.map(|offset| offset + surplus as u64);
                self.selected -= surplus;
                self.more_before |= surplus > 0;
            }
            Direction::After => {
                let kept = KEPT.max(self.selected + 1);
                self.more_after |= kept < self.rows.len();
                self.rows.truncate(kept);
            }
        }
    }

    /// The rows to draw in a space of this height: those that were drawn before, moved as little as the cursor asks.
    #[must_use]
    pub fn visible(&self, height: usize) -> std::ops::Range<usize> {
        let most = self.rows.len().saturating_sub(height);
        let least = (self.selected + 1).saturating_sub(height);
        let top = self.top.get().clamp(least.min(self.selected), self.selected).min(most);
        self.top.set(top);
        top..(top + height).min(self.rows.len())
    }

    /// How many rows come before those at hand; none where that is not known.
    #[must_use]
    pub fn before(&self) -> Option<u64> {
        match (self.more_before, self.more_after, self.total) {
            (false, ..) => Some(0),
            (_, false, Some(total)) => Some(total.saturating_sub(self.rows.len() as u64)),
            _ => self.offset,
        }
    }

    /// Whether there are rows before those at hand, and after them.
    #[must_use]
    pub fn goes_on(&self) -> (bool, bool) {
        (self.more_before, self.more_after)
    }

    /// Whether all rows of the list are at hand.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.more_before && !self.more_after && !self.loading
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RISK;

    fn arrived(ids: &[&str], at: Option<usize>) -> Arrived {
        let row = |id: &&str| {
            let mut record = Record::from_values(&RISK, Vec::new());
            record.set("id", *id);
            Row { record, cursor: Cursor::default() }
        };
        let page = Page { rows: ids.iter().map(row).collect(), ..Page::default() };
        Arrived { page, at, ..Arrived::default() }
    }

    fn on(list: &List) -> &str {
        list.current().map(Record::id).unwrap_or_default()
    }

    fn list(ids: &[&str]) -> List {
        let mut list = List::new(Query::all(&RISK));
        assert!(list.take(&Want::Start, arrived(ids, None), 0));
        list
    }

    #[test]
    fn a_cursor_that_moves_while_the_list_is_read_anew_stays_where_it_went() {
        let mut list = list(&["a", "b", "c"]);
        let want = list.reload();
        list.move_by(1);
        assert!(list.take(&want, arrived(&["b", "c", "a"], Some(2)), list.generation));
        assert_eq!(on(&list), "b");
    }

    #[test]
    fn a_cursor_that_stays_follows_its_record_and_one_that_was_sent_somewhere_goes_there() {
        let mut list = list(&["a", "b", "c"]);
        let want = list.reload();
        assert!(list.take(&want, arrived(&["b", "c", "a"], Some(2)), list.generation));
        assert_eq!(on(&list), "a");
        list.send_to("c");
        let want = list.reload();
        assert!(list.take(&want, arrived(&["b", "c", "a"], Some(1)), list.generation));
        assert_eq!(on(&list), "c");
        // Sent to a record that is not in this list, it stays, wherever it has moved meanwhile.
        list.send_to("elsewhere");
        let want = list.reload();
        assert_eq!(want, Want::Around(vec!["elsewhere".to_owned(), "c".to_owned()]));
        list.move_by(1);
        assert!(list.take(&want, arrived(&["b", "c", "a"], Some(1)), list.generation));
        assert_eq!(on(&list), "a");
    }

    #[test]
    fn where_the_record_is_gone_the_cursor_stays_in_its_row() {
        let mut list = list(&["a", "b", "c"]);
        list.move_by(2);
        let want = list.reload();
        assert!(list.take(&want, arrived(&["a", "b"], None), list.generation));
        assert_eq!(on(&list), "b");
    }
}
