//! Documents: what is written here from a template, in versions. Their text is in [`SECTION`]s, what reviewers found in
//! [`ROUND`]s and [`COMMENT`]s.
//!
//! Each version is a document of its own, which names the one it takes the place of. So an old text keeps its history, is
//! found by the search, and can be laid beside the new one. Approving freezes: from then on neither the document nor its
//! sections change, and the next version is another record. The version before stays approved until the new one is, and is
//! superseded by a rule then.

mod comment;
mod round;
mod section;

pub use comment::COMMENT;
pub use round::{REWORK, ROUND};
pub use section::{FILLED, IMPORTED, SECTION, WRITTEN};

use super::decision::snapshot;
use super::meeting::forum;
use super::{Context, Field, FieldKind, Look, Problem, Record, RecordType, Value};

/// Being written.
pub const DRAFT: &str = "draft";
/// A peer reads it.
pub const IN_REVIEW: &str = "in review";
/// A peer asked for rework.
pub const CHANGES_REQUESTED: &str = "changes requested";
/// Somebody else approved it. It is frozen.
pub const APPROVED: &str = "approved";
/// A newer version was approved. It is frozen.
pub const SUPERSEDED: &str = "superseded";

/// Where a document can stand.
pub const STATUSES: &[&str] = &[DRAFT, IN_REVIEW, CHANGES_REQUESTED, APPROVED, SUPERSEDED];

/// The rule by which nobody approves their own work.
pub const RULE: &str = "approved-by-another";

/// A document.
pub static DOCUMENT: RecordType = RecordType {
    name: "document",
    label: "Document",
    plural: "Documents",
    prefix: "DOC",
    title: "title",
    help: "What is written here from a template: a model card, a data sheet, an impact assessment.",
    fields: &[
        Field::line("title", "Title", "What it is called.").required().column(38),
        Field::line("template", "Template", "The id of the template, such as model-card.").required().column(20),
        Field::choice("status", "Status", STATUSES, "Where it stands.").default(DRAFT).column(17),
        Field::of("number", "Version number", FieldKind::Number(1, 9999), "Which version of this document it is.")
            .default("1")
            .by_workspace()
            .column(4),
        Field::link("review", "Review", "review", "The review it was written for.").column(10),
        Field::link("system", "System", "system", "The system it is about.").column(22),
        Field::link("release", "Release", "release", "The release it is about."),
        Field::line("model_version", "Model version", "The model version it is about.").decides().column(12),
        Field::link("author", "Author", "person", "Who answers for its text.").column(12),
        Field::link("reviewer", "Peer reviewer", "person", "Who reads it before it is approved.").column(12),
        Field::line("kind", "Kind", "The name under which policy asks for such a document.").by_workspace().decides(),
        Field::of("template_version", "Template version", FieldKind::Number(1, 9999), "The version it was made from.")
            .by_workspace(),
        Field::of("written", "Sections with text", FieldKind::Number(0, 9999), "How many sections say something.")
            .by_rule(),
        Field::of("sections", "Sections", FieldKind::Number(0, 9999), "How many sections it has.").by_rule(),
        Field::of("rounds", "Review rounds", FieldKind::Number(0, 9999), "How often a peer was asked to read it.")
            .by_rule(),
        Field::choice("rework", "Rework", REWORK, "The most that a round of review asked for.").by_rule().column(7),
        Field::link("submitted_by", "Submitted by", "person", "Who handed it in for review.").by_rule(),
        Field::moment("submitted_at", "Submitted", "When it was last handed in for review.").by_rule(),
        Field::link("approved_by", "Approved by", "person", "Who approved it.").by_rule(),
        Field::moment("approved_at", "Approved", "When it was approved.").by_rule().column(11),
        Field::line("digest", "Digest", "SHA-256 over the approved text, section by section.").by_rule().decides(),
        Field::link("supersedes", "Supersedes", "document", "The version that it takes the place of.")
            .by_workspace()
            .settles(),
        Field::link("meeting", "Meeting", "meeting", "The meeting whose minutes it is.").by_workspace().settles(),
        Field::link("incident", "Incident", "incident", "The incident whose learnings it holds.").seldom(),
        Field::line("origin", "Imported from", "The file it was imported from, where it was.").by_workspace(),
        Field::prose("front_matter", "Front matter", "The YAML that stood before an imported card, as it was.")
            .by_workspace(),
    ],
    closed: Some(("status", &[APPROVED, SUPERSEDED])),
    order: &[("id", true)],
    settle,
    check,
};

/// Whether its text can change no more.
#[must_use]
pub fn is_frozen(document: &Record) -> bool {
    matches!(document.text("status"), Some(APPROVED | SUPERSEDED))
}

/// The sections of a document, in order.
#[must_use]
pub fn sections(document: &str, records: &dyn Look) -> Vec<Record> {
    let mut sections = records.all(&SECTION, "document", document);
    sections.sort_by_key(|section| section.number("position").unwrap_or(i64::MAX));
    sections
}

/// SHA-256 over the text of sections: code, heading and text of each, in order, as canonical JSON.
#[must_use]
pub fn digest(sections: &[Record]) -> String {
    let said = |section: &Record| {
        ["code", "heading", "text"].map(|field| serde_json::Value::from(section.text(field).unwrap_or_default()))
    };
    let all: Vec<serde_json::Value> = sections.iter().map(|section| said(section).to_vec().into()).collect();
    snapshot::digest(&snapshot::canonical(&all.into()))
}

/// The last round of review, if there was any.
fn last_round(document: &str, records: &dyn Look) -> Option<Record> {
    records.all(&ROUND, "document", document).into_iter().max_by_key(|round| round.number("number").unwrap_or(0))
}

fn settle(before: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if !before.is_some_and(is_frozen) {
        for (field, from) in
            [("system", "review"), ("release", "review"), ("model_version", "release"), ("model_version", "system")]
        {
            context.inherit(after, field, from);
        }
    }
    if after.get("author").is_empty() && before.is_none() {
        after.set("author", context.actor);
    }
    let id = after.id().to_owned();
    let sections = sections(&id, context.records);
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    after.set("sections", count(sections.len()));
    after.set("written", count(sections.iter().filter(|section| !section.get("text").is_empty()).count()));
    settle_rounds(after, &context.records.all(&ROUND, "document", &id));
    let was = before.and_then(|before| before.text("status")).unwrap_or(DRAFT).to_owned();
    let now = after.text("status").unwrap_or(DRAFT).to_owned();
    if now == IN_REVIEW && was != IN_REVIEW {
        after.set("submitted_by", context.actor);
        after.set("submitted_at", context.now);
    }
    if now == APPROVED && !matches!(was.as_str(), APPROVED | SUPERSEDED) {
        after.set("approved_by", context.actor);
        after.set("approved_at", context.now);
        after.set("digest", digest(&sections));
    }
    if !matches!(now.as_str(), APPROVED | SUPERSEDED) {
        for field in ["approved_by", "approved_at", "digest"] {
            after.set(field, Value::Empty);
        }
        return;
    }
    let newer = context.records.all(&DOCUMENT, "supersedes", &id);
    let replaced = newer.iter().any(is_frozen);
    after.set("status", if replaced { SUPERSEDED } else { APPROVED });
}

/// How often it was read, the worst that was found, and that a wish for rework sends it back.
fn settle_rounds(after: &mut Record, rounds: &[Record]) {
    after.set("rounds", i64::try_from(rounds.len()).unwrap_or(i64::MAX));
    let rank = |round: &Record| REWORK.iter().position(|rework| round.text("rework") == Some(rework));
    let worst = rounds.iter().filter_map(rank).max();
    after.set("rework", worst.map_or(Value::Empty, |at| Value::text(REWORK[at])));
    let last = rounds.iter().max_by_key(|round| round.number("number").unwrap_or(0));
    let sent_back = last.is_some_and(|round| matches!(round.text("rework"), Some("minor" | "major")));
    if sent_back && after.text("status") == Some(IN_REVIEW) {
        after.set("status", CHANGES_REQUESTED);
    }
}

fn check(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let Some(before) = before else {
        return match after.text("status") {
            Some(DRAFT) | None => Vec::new(),
            _ => vec![Problem::of("status", "A new document is a draft.")],
        };
    };
    if before.get("template") != after.get("template") {
        return vec![Problem::of("template", "A document keeps its template; start another one from that template.")];
    }
    if is_frozen(before)
        && let Some(field) = changed_by_hand(before, after)
    {
        let message = format!("{} is approved and does not change; write its next version.", after.reference());
        return vec![Problem::of(field, message)];
    }
    let (was, now) = (before.text("status").unwrap_or(DRAFT), after.text("status").unwrap_or(DRAFT));
    match (was, now) {
        _ if was == now => Vec::new(),
        (DRAFT | CHANGES_REQUESTED, IN_REVIEW) => check_submitted(after, context),
        (IN_REVIEW, CHANGES_REQUESTED | DRAFT) | (CHANGES_REQUESTED, DRAFT) | (APPROVED, SUPERSEDED) => Vec::new(),
        (IN_REVIEW, APPROVED) => check_approved(after, context),
        (_, APPROVED) => {
            let reference = after.reference();
            let message = format!("It is not in review; hand it in first (`probity document submit {reference}`).");
            vec![Problem::of("status", message)]
        }
        _ => vec![Problem::of("status", format!("It cannot go from {was} to {now}."))],
    }
}

/// The first field that somebody changed and that approving froze; notes and tags stay open.
fn changed_by_hand(before: &Record, after: &Record) -> Option<&'static str> {
    let own = |field: &&Field| field.is_editable() || matches!(field.name, "front_matter" | "kind" | "number");
    let mut fields = DOCUMENT.fields.iter().filter(own);
    let rule_supersedes = |field: &Field| field.name == "status" && after.text("status") == Some(SUPERSEDED);
    fields
        .find(|field| before.get(field.name) != after.get(field.name) && !rule_supersedes(field))
        .map(|field| field.name)
}

/// What keeps a document from being handed in: a section that must say something and does not, nobody to read it.
fn check_submitted(after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let sections = sections(after.id(), context.records);
    let blank: Vec<String> = sections
        .iter()
        .filter(|section| section.get("required").is_set() && section.get("text").is_empty())
        .map(|section| format!("“{}”", crate::text::line(section.title())))
        .collect();
    let mut problems = Vec::new();
    if sections.is_empty() {
        problems.push(Problem { field: None, message: "It has no section; there is nothing to read.".to_owned() });
    }
    if !blank.is_empty() {
        let message = format!("These sections must say something first: {}.", blank.join(", "));
        problems.push(Problem { field: None, message });
    }
    let asked = last_round(after.id(), context.records).filter(|round| round.get("rework").is_empty());
    match asked {
        None => problems.push(Problem::of("reviewer", "Say who is to read it: hand it in with a peer reviewer.")),
        Some(round) if round.get("reviewer") == after.get("author") => {
            problems.push(Problem::of("reviewer", "Nobody reviews their own document; name somebody else."));
        }
        Some(_) => {}
    }
    problems
}

/// What keeps a document from being approved: that nobody else read it, or that it is the approver's own.
fn check_approved(after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    match last_round(after.id(), context.records) {
        Some(round) if round.text("rework") == Some("none") => {}
        _ => {
            let message = "Its round of review is still open: the reviewer says first that no rework is needed \
                           (`probity document review … --rework none`).";
            problems.push(Problem::of("status", message));
        }
    }
    // Minutes are approved by the room that hears them, not by whoever records it.
    if let Some(why) = own(after, context.actor, context.records).filter(|_| !forum::approves_minutes(after, context)) {
        let reader = after.text("reviewer").map(|id| context.records.field(&super::PERSON, id, "handle").display());
        let reader = reader.map(|handle| format!(", such as @{handle}")).unwrap_or_default();
        let message = format!("Rule {RULE}: {why}. Somebody else approves it{reader}.");
        problems.push(Problem::of("status", message));
    }
    problems
}

/// Why a document is somebody's own work, if it is: they are its author, handed it in, or wrote a section of it.
#[must_use]
pub fn own(document: &Record, person: &str, records: &dyn Look) -> Option<String> {
    let reference = document.reference();
    if document.text("author") == Some(person) {
        return Some(format!("you are the author of {reference}"));
    }
    if document.text("submitted_by") == Some(person) {
        return Some(format!("you handed {reference} in"));
    }
    let mine = |section: &&Record| section.text("written_by") == Some(person);
    let sections = sections(document.id(), records);
    let section = sections.iter().find(mine)?;
    Some(format!("you wrote “{}” of {reference}", crate::text::line(section.title())))
}

/// Why whoever makes the change cannot give this round of review its verdict, where they are giving one: the document is
/// their own.
#[must_use]
pub fn own_verdict(before: &Record, after: &Record, context: &Context<'_>) -> Option<String> {
    let given = after.kind() == &ROUND && before.get("rework").is_empty() && !after.get("rework").is_empty();
    let document = after.text("document").filter(|_| given).and_then(|id| context.records.record(&DOCUMENT, id))?;
    if forum::approves_minutes(&document, context) {
        return None;
    }
    let why = own(&document, context.actor, context.records)?;
    Some(format!("Nobody reviews their own document, and {why}."))
}

/// Why this record is not to be deleted, if it is not: it is, or belongs to, a document that was approved.
#[must_use]
pub fn kept(record: &Record, records: &dyn Look) -> Option<String> {
    let document = match record.kind().name {
        "document" => Some(record.clone()),
        "document_section" | "document_round" => record.text("document").and_then(|id| records.record(&DOCUMENT, id)),
        _ => None,
    };
    let document = document.filter(is_frozen)?;
    Some(format!("{} was approved and is kept; write its next version instead", document.reference()))
}
