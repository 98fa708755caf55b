//! Two documents side by side, word by word.

use crate::record::{DOCUMENT, Record};
use crate::review::document;
use crate::tui::app::layers::choose::{Choose, Take};
use crate::tui::app::layers::reader::Reader;
use crate::tui::app::message::{Boxed, Effect, Message};
use crate::tui::app::view::differences;
use crate::tui::app::work::Slot;
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Condition, Direction, Query, Result, Workspace};

/// How many documents are offered.
const MOST: usize = 50;

/// Documents of the same kind that a document can be compared with: those of its own system first, the newest first.
pub fn others(workspace: &Workspace, document: &Record) -> Result<Vec<Record>> {
    let mut query = Query::all(&DOCUMENT);
    query.conditions.push(Condition::Is("template", document.get("template").clone()));
    let page = workspace.page(&query, None, Direction::After, MOST + 1)?;
    let mut others: Vec<Record> = page.rows.into_iter().map(|row| row.record).collect();
    others.retain(|other| other.id() != document.id());
    let is_foreign = |other: &Record| other.get("system") != document.get("system");
    others.sort_by(|a, b| {
        (is_foreign(a), b.get("created_at").display()).cmp(&(is_foreign(b), a.get("created_at").display()))
    });
    others.truncate(MOST);
    Ok(others)
}

/// Chooses what to compare a document with.
pub fn choose(document: &Record, others: Vec<Record>) -> Boxed {
    let choices = others
        .iter()
        .map(|other| {
            let about =
                format!("version {}, {}", other.number("number").unwrap_or(1), other.text("status").unwrap_or("draft"));
            Choice::new(format!("{} {}", other.reference(), crate::text::line(other.title()))).about(about)
        })
        .collect();
    let picker = Picker::new(format!("Compare {} with", document.reference()), choices);
    let document = document.clone();
    let take: Take = Box::new(move |places, _, _| {
        let Some(other) = places.first().and_then(|at| others.get(*at)) else { return Vec::new() };
        vec![Message::Ask(vec![compare(document.clone(), other.clone())])]
    });
    Box::new(Choose::new(picker, take))
}

fn compare(document: Record, other: Record) -> Effect {
    Effect::Read(
        Slot::Newest("document", 0),
        Box::new(move |workspace, _| {
            let parts = document::sections(workspace, &other)
                .and_then(|older| Ok(document::compare(&older, &document::sections(workspace, &document)?)));
            let parts = match parts {
                Ok(parts) => parts,
                Err(error) => return Some(Message::Failed(error)),
            };
            let title = format!("{} against {}", document.reference(), other.reference());
            Some(Message::Push(Box::new(Reader::new(&title, Box::new(move |page| differences(page, &parts))))))
        }),
    )
}
