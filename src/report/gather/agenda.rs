//! The pack of one meeting: just what is on its agenda.

use std::collections::HashSet;

use super::super::register::{Cell, Column, Holds, Register, Row};
use super::Reading;
use crate::meeting::{Board, Held};
use crate::record::meeting::quorum;
use crate::record::{KINDS, Look, REVIEW, Value};
use crate::text;
use crate::workspace::{Condition, Query, Workspace};

/// What the agenda of a meeting is about.
#[derive(Debug, Clone)]
pub struct Scope {
    board: Board,
    reviews: Vec<String>,
    records: Vec<String>,
    references: HashSet<String>,
}

impl Scope {
    /// What this agenda is about: the reviews that its items are, or belong to, and the other records that they name.
    #[must_use]
    pub fn of(workspace: &Workspace, board: &Board) -> Self {
        let look = workspace.look();
        let (mut reviews, mut records, mut references) = (Vec::new(), Vec::new(), HashSet::new());
        for held in &board.items {
            let (review, _) = quorum::about(&held.item, &look);
            reviews.extend(review.filter(|id| !reviews.contains(id)));
            if let Some(subject) = &held.subject {
                records.push(subject.id().to_owned());
                references.insert(subject.reference().to_owned());
            }
        }
        for id in &reviews {
            references.extend(look.record(&REVIEW, id).map(|review| review.reference().to_owned()));
            for kind in KINDS.iter().filter(|kind| kind.field("review").is_some()) {
                references.extend(look.all(kind, "review", id).iter().map(|record| record.reference().to_owned()));
            }
        }
        Self { board: board.clone(), reviews, records, references }
    }

    /// A query, narrowed to what the agenda is about.
    pub(super) fn narrow(&self, query: Query) -> Query {
        let any = |ids: &[String]| ids.iter().map(Value::text).collect::<Vec<_>>();
        if query.kind == &REVIEW {
            return query.with(Condition::OneOf("id", any(&self.reviews)));
        }
        let named = Condition::OneOf("id", any(&self.records));
        query.with(Condition::Any(vec![Condition::OneOf("review", any(&self.reviews)), named]))
    }

    /// Whether a record is part of what the agenda is about.
    pub(super) fn has(&self, reference: &str) -> bool {
        self.references.contains(reference)
    }
}

const COLUMNS: &[Column] = &[
    Column::new("place", "Place", Holds::Number),
    Column::new("ref", "Item", Holds::Reference),
    Column::new("title", "Title", Holds::Line),
    Column::new("section", "Part", Holds::Line),
    Column::new("about", "About", Holds::Line),
    Column::new("asks", "Asked", Holds::Line),
    Column::new("proposed", "Proposed", Holds::Line),
    Column::new("planned", "Minutes", Holds::Number),
    Column::new("presenter", "Presenter", Holds::Line),
    Column::new("reason", "On the agenda because", Holds::Prose),
    Column::new("questions", "Questions", Holds::Prose),
    Column::new("recused", "Recused", Holds::Line),
];

/// The agenda as a table.
pub(super) fn register(reading: &mut Reading<'_, '_>, scope: &Scope) -> Register {
    let help = "What the meeting is to look at, in the order of its agenda.";
    let mut register = Register::new("agenda", "Agenda", help, COLUMNS.to_vec());
    for (at, held) in scope.board.items.iter().enumerate() {
        let weight = -i64::try_from(at).unwrap_or(i64::MAX);
        register.rows.push(Row { cells: row(reading, at, held), weight });
    }
    let meeting = &scope.board.meeting;
    let title = text::line(meeting.title());
    let count = scope.board.items.len();
    reading.figures.add("agenda_items", "Items on the agenda", count as u64);
    let planned = u64::try_from(scope.board.planned()).unwrap_or(0);
    reading.figures.add("agenda_minutes", "Minutes planned for them", planned);
    let notice = format!("This pack is about the agenda of {} {title} only: its {count} items.", meeting.reference());
    reading.notices.push(notice);
    register
}

fn row(reading: &mut Reading<'_, '_>, at: usize, held: &Held) -> Vec<Cell> {
    let item = &held.item;
    let said = |field: &str| item.text(field).map_or(Cell::Empty, Cell::text);
    let recused: Vec<String> = held
        .room
        .seats
        .iter()
        .filter_map(|seat| {
            seat.recused.as_ref().map(|why| format!("{} ({})", text::line(seat.name()), text::line(why)))
        })
        .collect();
    vec![
        Cell::count(at as u64 + 1),
        Cell::text(item.reference()),
        said("title"),
        said("section"),
        said("subject"),
        said("asks"),
        said("proposed"),
        Cell::number(item.number("planned")),
        reading.person(item, "presenter").map_or(Cell::Empty, Cell::Text),
        said("reason"),
        said("questions"),
        Cell::text(&recused.join("; ")),
    ]
}
