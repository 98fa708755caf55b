//! Documents at work: started from a template, filled from the records, written, read by a peer, approved, and written
//! anew in versions. Everything here makes edits; whoever writes them goes through the one way to write.

mod compare;
mod copied;
mod fill;
mod model;
mod stale;
pub mod template;

pub use compare::{Part, Piece, Words, compare};
pub use copied::{Copied, copied};
pub use stale::stale_sections;
pub use template::{Library, Template};

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use self::fill::{Filled, fill};
use self::model::Model;
use crate::policy::Policy;
use crate::record::document::{APPROVED, COMMENT, DOCUMENT, FILLED, IN_REVIEW, ROUND, SECTION, SUPERSEDED, is_frozen};
use crate::record::{Problem, REVIEW, Record, Value};
use crate::review::evidence::{Standing, Subject};
use crate::workspace::{Condition, Direction, Edit, Error, Query, Result, Workspace, new_id};

/// Fields that somebody says of a document.
pub type Said = Vec<(&'static str, Value)>;

/// What documents are made with.
pub struct Desk<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The policy that holds.
    pub policy: &'a Policy,
    /// The templates.
    pub library: &'a Library,
    /// The date where the user is.
    pub today: NaiveDate,
}

/// A text for a section of a document that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The section's code.
    pub code: String,
    /// The heading, where the template has no such section.
    pub heading: String,
    /// The text.
    pub text: String,
}

/// The sections of a document, in order.
///
/// # Errors
/// When the file cannot be read.
pub fn sections(workspace: &Workspace, document: &Record) -> Result<Vec<Record>> {
    let mut sections = belonging(workspace, &SECTION, "document", document.id())?;
    sections.sort_by_key(|section| section.number("position").unwrap_or(i64::MAX));
    Ok(sections)
}

/// The rounds of review of a document, the first one first.
///
/// # Errors
/// When the file cannot be read.
pub fn rounds(workspace: &Workspace, document: &Record) -> Result<Vec<Record>> {
    let mut rounds = belonging(workspace, &ROUND, "document", document.id())?;
    rounds.sort_by_key(|round| round.number("number").unwrap_or(0));
    Ok(rounds)
}

/// What was said of a document in its rounds of review, the first comment first.
///
/// # Errors
/// When the file cannot be read.
pub fn comments(workspace: &Workspace, document: &Record) -> Result<Vec<Record>> {
    let mut comments = belonging(workspace, &COMMENT, "document", document.id())?;
    comments.sort_by(|one, other| one.id().cmp(other.id()));
    Ok(comments)
}

fn belonging(workspace: &Workspace, kind: crate::record::Kind, field: &'static str, id: &str) -> Result<Vec<Record>> {
    workspace.records(&Query::all(kind).with(Condition::Is(field, Value::text(id))))
}

fn refuse(what: &str, message: String) -> Error {
    Error::Refused { what: what.to_owned(), kind: None, problems: vec![Problem { field: None, message }] }
}

fn said<'s>(fields: &'s Said, name: &str) -> Option<&'s Value> {
    fields.iter().find(|(known, value)| *known == name && !value.is_empty()).map(|(_, value)| value)
}

/// The edits that start a document with these fields (`template` at the least), with its sections filled from the records,
/// or from these texts where there are any. Returns the document's id too.
///
/// # Errors
/// Where there is no such template, its fills are wrong, or the file cannot be read.
pub fn start(desk: &Desk<'_>, at: DateTime<Utc>, fields: Said, texts: Option<&[Text]>) -> Result<(String, Vec<Edit>)> {
    let template = wanted(desk.library, &fields)?;
    let about = Record::from_said(&DOCUMENT, &fields);
    let name = name_of_system(desk.workspace, &about)?;
    let filled = match texts {
        Some(_) => Vec::new(),
        None => made(desk, &template, &about)?,
    };
    Ok(begin(&template, name.as_deref(), &filled, at, fields, texts.unwrap_or_default()))
}

/// The same from records that are at hand, by id, as they are while a history is written.
///
/// # Errors
/// Where there is no such template, or its fills are wrong.
pub fn start_among(
    records: &HashMap<String, Record>,
    policy: &Policy,
    library: &Library,
    at: DateTime<Utc>,
    fields: Said,
) -> Result<(String, Vec<Edit>)> {
    let template = wanted(library, &fields)?;
    let model = Model::among(records, policy, &Record::from_said(&DOCUMENT, &fields), at.date_naive());
    let filled = fill(&template, &library.file_of(&template.id), &model)?;
    Ok(begin(&template, Some(model.system.title()).filter(|name| !name.is_empty()), &filled, at, fields, &[]))
}

fn wanted(library: &Library, fields: &Said) -> Result<Template> {
    match said(fields, "template") {
        Some(id) => library.get(&id.display()),
        None => {
            let known = library.ids().join(", ");
            Err(refuse("The document", format!("Say from which template; there are: {known}.")))
        }
    }
}

fn begin(
    template: &Template,
    system: Option<&str>,
    filled: &[Filled],
    at: DateTime<Utc>,
    mut fields: Said,
    texts: &[Text],
) -> (String, Vec<Edit>) {
    if said(&fields, "title").is_none() {
        fields.retain(|(name, _)| *name != "title");
        let title = system.map_or_else(|| template.title.clone(), |name| format!("{}, {name}", template.title));
        fields.push(("title", Value::text(title)));
    }
    fields.retain(|(name, _)| !matches!(*name, "kind" | "template_version"));
    fields.push(("kind", Value::text(template.kind.as_str())));
    fields.push(("template_version", Value::Number(i64::from(template.version))));
    let about = Record::from_said(&DOCUMENT, &fields);
    let document = new_id(at);
    let mut edits = vec![Edit::Add { kind: &DOCUMENT, id: document.clone(), fields }];
    for (position, section) in template.sections.iter().enumerate() {
        let made = filled.iter().find(|filled| filled.code == section.code);
        let mut fields = blank_section(&document, section, position);
        fields.extend(made.filter(|made| !made.text.is_empty()).map(|made| taken(made, at)).unwrap_or_default());
        let given = texts.iter().find(|text| text.code == section.code);
        fields.extend(given.map(|given| imported(given, &about, at)).unwrap_or_default());
        edits.push(Edit::Add { kind: &SECTION, id: new_id(at), fields });
    }
    let own = texts.iter().filter(|text| template.section(&text.code).is_none());
    for (more, text) in own.enumerate() {
        let mut fields = vec![
            ("document", Value::text(document.as_str())),
            ("code", Value::text(text.code.as_str())),
            ("heading", Value::text(text.heading.as_str())),
            ("position", position(template.sections.len() + more)),
        ];
        fields.extend(imported(text, &about, at));
        edits.push(Edit::Add { kind: &SECTION, id: new_id(at), fields });
    }
    (document, edits)
}

/// The name of the system that a document is about, by itself or by its review.
fn name_of_system(workspace: &Workspace, about: &Record) -> Result<Option<String>> {
    let system = match (about.text("system"), about.text("review")) {
        (Some(system), _) => Some(system.to_owned()),
        (None, Some(review)) => workspace.get(&REVIEW, review)?.text("system").map(str::to_owned),
        (None, None) => None,
    };
    let system = system.map(|id| workspace.get(&crate::record::SYSTEM, &id)).transpose()?;
    Ok(system.map(|system| system.title().to_owned()))
}

fn position(at: usize) -> Value {
    Value::Number(i64::try_from(at).unwrap_or(9999))
}

fn blank_section(document: &str, section: &template::Section, at: usize) -> Said {
    vec![
        ("document", Value::text(document)),
        ("code", Value::text(section.code.as_str())),
        ("heading", Value::text(section.heading.as_str())),
        ("guidance", Value::text(section.guidance.as_str())),
        ("required", Value::Flag(section.required)),
        ("position", position(at)),
    ]
}

/// What a section says of a text that was made from the records.
fn taken(made: &Filled, at: DateTime<Utc>) -> Said {
    vec![
        ("text", Value::text(made.text.as_str())),
        ("origin", Value::text(if made.text.is_empty() { "empty" } else { FILLED })),
        ("source", Value::text(made.source.as_str())),
        ("taken_at", Value::Moment(at)),
    ]
}

/// What a section says of a text that came from a file.
fn imported(given: &Text, about: &Record, at: DateTime<Utc>) -> Said {
    vec![
        ("text", Value::text(given.text.as_str())),
        ("origin", Value::text(crate::record::document::IMPORTED)),
        ("source", about.get("origin").clone()),
        ("taken_at", Value::Moment(at)),
    ]
}

fn made(desk: &Desk<'_>, template: &Template, document: &Record) -> Result<Vec<Filled>> {
    let mut about = document.clone();
    if let (true, Some(review)) = (about.get("system").is_empty(), about.text("review").map(str::to_owned)) {
        about.set("system", desk.workspace.get(&REVIEW, &review)?.get("system").clone());
    }
    let model = Model::read(desk.workspace, desk.policy, &about, desk.today)?;
    fill(template, &desk.library.file_of(&template.id), &model)
}

/// What filling a document anew would do.
#[derive(Debug, Clone, Default)]
pub struct Refill {
    /// The edits; none where the records say what the sections say.
    pub edits: Vec<Edit>,
    /// Headings of sections whose text is new.
    pub changed: Vec<String>,
    /// Headings of sections that were written by hand or imported, and are left as they are though the records know
    /// something.
    pub kept: Vec<String>,
    /// Headings of sections that the template has no more; they stay.
    pub dropped: Vec<String>,
}

/// The edits that fill a document's sections anew from the records. What was written by hand or imported stays, and so do
/// sections that the template dropped; what the template has since is added.
///
/// # Errors
/// Where the document is frozen or in review, its template is not there, its fills are wrong, or the file cannot be read.
pub fn refill(desk: &Desk<'_>, document: &Record, at: DateTime<Utc>) -> Result<Refill> {
    let reference = document.reference();
    if is_frozen(document) {
        return Err(refuse(reference, "It is approved and does not change; write its next version.".to_owned()));
    }
    let template = desk.library.get(document.text("template").unwrap_or_default())?;
    let there = sections(desk.workspace, document)?;
    let filled = made(desk, &template, document)?;
    let mut refill = Refill::default();
    for (position, section) in template.sections.iter().enumerate() {
        let made = filled.iter().find(|filled| filled.code == section.code);
        match there.iter().find(|there| there.text("code") == Some(&section.code)) {
            None => {
                let mut fields = blank_section(document.id(), section, position);
                fields
                    .extend(made.filter(|made| !made.text.is_empty()).map(|made| taken(made, at)).unwrap_or_default());
                refill.edits.push(Edit::Add { kind: &SECTION, id: new_id(at), fields });
                refill.changed.push(section.heading.clone());
            }
            Some(there) => {
                let by_hand = !matches!(there.text("origin"), None | Some("empty" | FILLED));
                match made.filter(|made| made.text != there.text("text").unwrap_or_default()) {
                    Some(made) if by_hand && !made.text.is_empty() => refill.kept.push(section.heading.clone()),
                    Some(made) if !by_hand => {
                        refill.edits.push(set(there, taken(made, at)));
                        refill.changed.push(section.heading.clone());
                    }
                    _ => {}
                }
            }
        }
    }
    let is_dropped = |there: &&Record| there.text("code").is_some_and(|code| template.section(code).is_none());
    refill.dropped = there.iter().filter(is_dropped).map(|there| there.title().to_owned()).collect();
    let version = Value::Number(i64::from(template.version));
    if document.get("template_version") != &version {
        refill.edits.push(set(document, vec![("template_version", version)]));
    }
    Ok(refill)
}

fn set(record: &Record, fields: Said) -> Edit {
    Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: Some(record.version()), fields }
}

/// How many of a document's sections say something, from the records and otherwise: `(from the records, otherwise, all)`.
#[must_use]
pub fn share(sections: &[Record]) -> (usize, usize, usize) {
    let with_text = sections.iter().filter(|section| !section.get("text").is_empty());
    let (filled, other): (Vec<_>, Vec<_>) = with_text.partition(|section| section.text("origin") == Some(FILLED));
    (filled.len(), other.len(), sections.len())
}

/// The edits that hand a document in for review by somebody: a round, open until the reviewer says how much rework is needed.
///
/// # Errors
/// Where no reviewer is named, or the file cannot be read. The rest is judged when it is written.
pub fn submit(
    workspace: &Workspace,
    document: &Record,
    reviewer: Option<&str>,
    at: DateTime<Utc>,
) -> Result<Vec<Edit>> {
    let Some(reviewer) = reviewer.or(document.text("reviewer")) else {
        return Err(refuse(document.reference(), "Say who is to read it.".to_owned()));
    };
    let reviewer = Value::text(reviewer);
    let open = rounds(workspace, document)?.into_iter().find(|round| round.get("rework").is_empty());
    let round = match open {
        Some(open) => set(&open, vec![("reviewer", reviewer.clone())]),
        None => Edit::Add {
            kind: &ROUND,
            id: new_id(at),
            fields: vec![("document", Value::text(document.id())), ("reviewer", reviewer.clone())],
        },
    };
    Ok(vec![set(document, vec![("reviewer", reviewer)]), round, moved(document, IN_REVIEW)])
}

/// What a reviewer says of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// `none`, `minor` or `major`.
    pub rework: String,
    /// What was found, as a whole.
    pub summary: String,
    /// Comments: a section's code, empty for the whole, and a text.
    pub comments: Vec<(String, String)>,
}

/// The edits that close a document's open round of review.
///
/// # Errors
/// Where it has none, a comment is on a section that there is not, or the file cannot be read.
pub fn review(workspace: &Workspace, document: &Record, verdict: &Verdict, at: DateTime<Utc>) -> Result<Vec<Edit>> {
    let round = open_round(workspace, document)?;
    let there = sections(workspace, document)?;
    let mut edits = Vec::new();
    for (code, text) in &verdict.comments {
        if !code.is_empty() && !there.iter().any(|section| section.text("code") == Some(code)) {
            let known: Vec<&str> = there.iter().filter_map(|section| section.text("code")).collect();
            let code = crate::text::line(code);
            let message = format!("It has no section “{code}” to comment on; there are: {}.", known.join(", "));
            return Err(refuse(document.reference(), message));
        }
        let fields = vec![
            ("round", Value::text(round.id())),
            ("section", Value::text(code.as_str())),
            ("text", Value::text(text.as_str())),
        ];
        edits.push(Edit::Add { kind: &COMMENT, id: new_id(at), fields });
    }
    let fields =
        vec![("rework", Value::text(verdict.rework.as_str())), ("summary", Value::text(verdict.summary.as_str()))];
    edits.push(set(&round, fields));
    Ok(edits)
}

fn open_round(workspace: &Workspace, document: &Record) -> Result<Record> {
    let open = rounds(workspace, document)?.into_iter().find(|round| round.get("rework").is_empty());
    open.ok_or_else(|| {
        let reference = document.reference();
        let message = format!("No round of review is open; hand it in first (`probity document submit {reference}`).");
        refuse(reference, message)
    })
}

/// The edits that approve a document: its open round, if it has one, is closed with no rework first.
///
/// # Errors
/// When the file cannot be read. Whether it may be approved, and by whom, is judged when it is written.
pub fn approve(workspace: &Workspace, document: &Record) -> Result<Vec<Edit>> {
    let open = rounds(workspace, document)?.into_iter().find(|round| round.get("rework").is_empty());
    // Nothing is set, but it must still be as it was read.
    let mut edits = vec![set(document, Vec::new())];
    if document.text("status") == Some(IN_REVIEW)
        && let Some(round) = open
    {
        edits.push(set(&round, vec![("rework", Value::text("none"))]));
    }
    edits.push(moved(document, APPROVED));
    Ok(edits)
}

/// The edit that gives a document another status, after edits of the same change that bring it up to date by themselves.
fn moved(document: &Record, status: &str) -> Edit {
    let fields = vec![("status", Value::text(status))];
    Edit::Set { kind: &DOCUMENT, id: document.id().to_owned(), version: None, fields }
}

/// The edits that begin the next version of an approved document, with these fields where they differ, and the texts of the
/// version before. Returns the new document's id too.
///
/// # Errors
/// Where it is not approved, has a next version already, or the file cannot be read.
pub fn next_version(
    workspace: &Workspace,
    before: &Record,
    fields: Said,
    at: DateTime<Utc>,
) -> Result<(String, Vec<Edit>)> {
    let reference = before.reference();
    let what = format!("The next version of {reference}");
    if let Some(next) = successor(workspace, before)? {
        return Err(refuse(&what, format!("There is one already: {}.", next.reference())));
    }
    if !is_frozen(before) {
        let message = format!("{reference} is not approved yet; go on writing it.");
        return Err(refuse(&what, message));
    }
    Ok(version_of(before, &sections(workspace, before)?, fields, at))
}

/// The same from a document and its sections that are at hand.
#[must_use]
pub fn version_of(before: &Record, sections: &[Record], fields: Said, at: DateTime<Utc>) -> (String, Vec<Edit>) {
    let carried = [
        "title",
        "template",
        "kind",
        "template_version",
        "review",
        "system",
        "release",
        "meeting",
        "front_matter",
        "tags",
    ];
    // Another review or release brings its own of what is not said.
    let moves = said(&fields, "review").is_some() || said(&fields, "release").is_some();
    let stays = |name: &str| !(moves && matches!(name, "review" | "release"));
    let mut all: Said = DOCUMENT
        .columns()
        .filter(|field| carried.contains(&field.name) && stays(field.name) && said(&fields, field.name).is_none())
        .filter(|field| !before.get(field.name).is_empty())
        .map(|field| (field.name, before.get(field.name).clone()))
        .collect();
    all.push(("number", Value::Number(before.number("number").unwrap_or(1).saturating_add(1))));
    all.push(("supersedes", Value::text(before.id())));
    all.extend(fields);
    let document = new_id(at);
    let mut edits = vec![Edit::Add { kind: &DOCUMENT, id: document.clone(), fields: all }];
    let kept = ["code", "heading", "text", "guidance", "origin", "source", "taken_at", "required", "position"];
    for section in sections {
        let mut fields: Said = SECTION
            .columns()
            .filter(|field| kept.contains(&field.name) && !section.get(field.name).is_empty())
            .map(|field| (field.name, section.get(field.name).clone()))
            .collect();
        fields.push(("document", Value::text(document.as_str())));
        edits.push(Edit::Add { kind: &SECTION, id: new_id(at), fields });
    }
    (document, edits)
}

/// The version that takes the place of this one, if one was begun.
///
/// # Errors
/// When the file cannot be read.
pub fn successor(workspace: &Workspace, document: &Record) -> Result<Option<Record>> {
    let query = Query::all(&DOCUMENT).with(Condition::Is("supersedes", Value::text(document.id())));
    Ok(workspace.page(&query, None, Direction::After, 1)?.rows.pop().map(|row| row.record))
}

/// The version before this one, if there is one.
///
/// # Errors
/// When the file cannot be read.
pub fn predecessor(workspace: &Workspace, document: &Record) -> Result<Option<Record>> {
    document.text("supersedes").map(|before| workspace.get(&DOCUMENT, before)).transpose()
}

/// Whether a document is still about what is under review, and young enough, on a day.
#[must_use]
pub fn standing(terms: &dyn crate::record::Terms, document: &Record, subject: &Subject, today: NaiveDate) -> Standing {
    if document.text("status") == Some(SUPERSEDED) {
        return Standing::Over;
    }
    super::evidence::of_its_time(terms, document, subject, "approved_at", today)
}

#[cfg(test)]
mod tests;
