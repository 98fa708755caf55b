//! What the screens read, each as one function on an open workspace. They run off the drawing thread.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::list::{Arrived, PAGE, Want};
use super::message::Checked;
use crate::exchange::ssh;
use crate::record::document::SECTION;
use crate::record::{
    DECISION, DOCUMENT, EVIDENCE, FieldKind, MEETING, PACKET, REVIEW, ROUTE, Record, Value, kind_named,
};
use crate::review::decide::State;
use crate::review::document::{self, Copied, Part};
use crate::review::evidence::Standing;
use crate::review::{self, Next, Progress};
use crate::workspace::{Condition, Direction, Entry, HistoryChange, Label, Page, Query, Result, Row, Workspace};

/// A page of a list, with the progress of the reviews on it.
///
/// # Errors
/// When the file cannot be read.
pub fn page(workspace: &Workspace, query: &Query, want: &Want, today: NaiveDate) -> Result<Arrived> {
    let mut arrived = Arrived::default();
    match want {
        Want::Start => arrived.page = workspace.page(query, None, Direction::After, PAGE)?,
        Want::End => arrived.page = workspace.page(query, None, Direction::Before, PAGE)?,
        Want::After(cursor) => arrived.page = workspace.page(query, Some(cursor), Direction::After, PAGE)?,
        Want::Before(cursor) => arrived.page = workspace.page(query, Some(cursor), Direction::Before, PAGE)?,
        Want::Around(ids) => {
            let mut found = None;
            for id in ids {
                found = workspace.around(query, id, PAGE)?;
                if found.is_some() {
                    break;
                }
            }
            match found {
                Some((page, at, more_before)) => {
                    arrived = Arrived { page, at: Some(at), more_before, ..Arrived::default() };
                }
                None => arrived.page = workspace.page(query, None, Direction::After, PAGE)?,
            }
        }
    }
    if query.kind == &REVIEW {
        let ids: Vec<String> = arrived.page.rows.iter().map(|row| row.record.id().to_owned()).collect();
        arrived.progress = review::progress(workspace, &ids, today)?;
    }
    if query.kind == &EVIDENCE {
        let rows = arrived.page.rows.iter().map(|row| &row.record);
        arrived.standing = review::evidence::standings(workspace, rows, today)?;
    }
    if query.kind == &DECISION {
        let look = workspace.look();
        let state = |row: &Row| (row.record.id().to_owned(), review::decide::state(&look, &row.record, today).word());
        arrived.states = arrived.page.rows.iter().map(state).collect();
    }
    Ok(arrived)
}

/// A record with everything that its screen shows beside it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The record.
    pub record: Record,
    /// Labels of what it links to, and of what the lists beside it link to.
    pub labels: HashMap<String, Label>,
    /// The review's packet.
    pub packet: Option<Record>,
    /// The review's routes.
    pub routes: Vec<Record>,
    /// The review's progress.
    pub progress: Progress,
    /// The review's next step.
    pub next: Option<Next>,
    /// How it stands, where it is a decision.
    pub decided: Option<State>,
    /// The fingerprint of the key that a decision's signature names, or what is wrong with it; none where it is not signed.
    pub key: Option<std::result::Result<String, String>>,
    /// What came of checking the signature, where it was checked.
    pub checked: Option<Checked>,
    /// Records that came from this one, or belong to it: a risk's mitigations, a decision's conditions.
    pub related: Vec<Record>,
    /// Whether evidence still holds.
    pub standing: Option<Standing>,
    /// What evidence proves.
    pub proves: Vec<Record>,
    /// What a document holds, or what a section of one was told.
    pub document: Option<Box<Written>>,
    /// What belongs to an incident.
    pub incident: Option<Box<crate::review::operations::incident::Whole>>,
    /// What was held in a meeting.
    pub board: Option<Box<crate::meeting::Board>>,
    /// What happened to it, the newest first.
    pub history: Vec<(HistoryChange, Vec<Entry>)>,
}

/// What a document holds beyond its fields; for a section, what was said of it.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Its sections, in order.
    pub sections: Vec<Record>,
    /// Its rounds of review.
    pub rounds: Vec<Record>,
    /// Comments: on all of it, or on the section.
    pub comments: Vec<Record>,
    /// Sections that another system's document has too.
    pub copied: Vec<Copied>,
    /// What differs from the version before, and the reference of that.
    pub differs: Option<(String, Vec<Part>)>,
}

impl Written {
    fn read(workspace: &Workspace, record: &Record) -> Result<Self> {
        let owner = record.text("document").map(|id| workspace.get(&DOCUMENT, id)).transpose()?;
        let mut comments = document::comments(workspace, owner.as_ref().unwrap_or(record))?;
        if let Some(owner) = owner {
            comments.retain(|comment| comment.get("section") == record.get("code"));
            let copied = document::copied(workspace, &owner, std::slice::from_ref(record))?;
            return Ok(Self { comments, copied, ..Self::default() });
        }
        let sections = document::sections(workspace, record)?;
        let differs = match document::predecessor(workspace, record)? {
            Some(before) => {
                let parts = document::compare(&document::sections(workspace, &before)?, &sections);
                Some((before.reference().to_owned(), parts))
            }
            None => None,
        };
        let copied = document::copied(workspace, record, &sections)?;
        Ok(Self { rounds: document::rounds(workspace, record)?, comments, copied, differs, sections })
    }
}

/// Everything that the screen of a record shows.
///
/// # Errors
/// Where there is no such record, or the file cannot be read.
pub fn detail(workspace: &Workspace, record: Record, today: NaiveDate) -> Result<Detail> {
    let id = record.id().to_owned();
    let of_review = |kind, rows| -> Result<Page> {
        let query = Query::all(kind).with(Condition::Is("review", Value::text(id.as_str())));
        workspace.page(&query, None, Direction::After, rows)
    };
    let mut detail = Detail {
        history: record_history(workspace, &id)?,
        labels: HashMap::new(),
        packet: None,
        routes: Vec::new(),
        progress: Progress::default(),
        next: None,
        decided: None,
        key: None,
        checked: None,
        related: Vec::new(),
        standing: None,
        proves: Vec::new(),
        document: None,
        incident: None,
        board: None,
        record,
    };
    if detail.record.kind() == &REVIEW {
        detail.packet = of_review(&PACKET, 1)?.rows.pop().map(|row| row.record);
        detail.routes = of_review(&ROUTE, 50)?.rows.into_iter().map(|row| row.record).collect();
        detail.progress =
            review::progress(workspace, std::slice::from_ref(&id), today)?.remove(&id).unwrap_or_default();
        detail.next = review::next(&detail.record, &detail.progress);
    }
    if detail.record.kind() == &EVIDENCE {
        detail.standing = review::evidence::standings(workspace, [&detail.record], today)?.remove(&id);
        detail.proves = review::evidence::proven(workspace, &detail.record)?;
    }
    if detail.record.kind() == &DOCUMENT || detail.record.kind() == &SECTION {
        detail.document = Some(Box::new(Written::read(workspace, &detail.record)?));
    }
    if detail.record.kind() == &crate::record::INCIDENT {
        let whole = review::operations::incident::whole(workspace, detail.record.clone())?;
        detail.incident = Some(Box::new(whole));
    }
    if detail.record.kind() == &MEETING {
        detail.board = Some(Box::new(crate::meeting::read(workspace, &id)?));
    }
    if detail.record.kind() == &DECISION {
        detail.key = detail.record.text("signature").map(ssh::fingerprint);
        detail.decided = Some(review::decide::state(&workspace.look(), &detail.record, today));
    }
    let from_here = Query::all(&crate::record::ACTION).with(if detail.record.kind() == &DECISION {
        Condition::Is("decision", Value::text(id.as_str()))
    } else {
        Condition::Is("source", Value::text(detail.record.reference()))
    });
    detail.related =
        workspace.page(&from_here, None, Direction::After, 100)?.rows.into_iter().map(|row| row.record).collect();
    let shown = std::iter::once(&detail.record).chain(&detail.packet).chain(&detail.routes).chain(&detail.related);
    detail.labels = workspace.labels(shown)?;
    Ok(detail)
}

fn record_history(workspace: &Workspace, id: &str) -> Result<Vec<(HistoryChange, Vec<Entry>)>> {
    let mut history = workspace.record_history(id, 200)?;
    name_links(workspace, history.iter_mut().flat_map(|(_, entries)| entries))?;
    Ok(history)
}

/// What a change did, with links by the names of what they lead to.
///
/// # Errors
/// When the file cannot be read.
pub fn entries(workspace: &Workspace, change: i64) -> Result<Vec<Entry>> {
    let mut entries = workspace.entries(change, 200)?;
    name_links(workspace, entries.iter_mut())?;
    Ok(entries)
}

/// The history keeps links as ids; people read names. What is gone keeps its id.
fn name_links<'e>(workspace: &Workspace, entries: impl Iterator<Item = &'e mut Entry>) -> Result<()> {
    let mut links: HashMap<&'static str, Vec<&mut Value>> = HashMap::new();
    for entry in entries {
        let Some(kind) = entry.kind else { continue };
        for change in &mut entry.fields {
            if let Some(FieldKind::Link(linked)) = kind.field(&change.name).map(|field| field.kind) {
                links.entry(linked).or_default().extend([&mut change.before, &mut change.after]);
            }
        }
    }
    for (kind, values) in links {
        let Some(kind) = kind_named(kind) else { continue };
        let mut ids: Vec<String> = values.iter().filter_map(|value| value.as_text().map(str::to_owned)).collect();
        ids.sort();
        ids.dedup();
        let mut names: HashMap<String, String> = HashMap::new();
        for some in ids.chunks(200) {
            names.extend(workspace.labels_of(kind, some)?.into_iter().map(|label| (label.id.clone(), label.shown())));
        }
        for value in values {
            if let Some(name) = value.as_text().and_then(|id| names.get(id)) {
                *value = Value::text(name.as_str());
            }
        }
    }
    Ok(())
}
