//! An annotated example of each type of document, made from the sample workspace into `docs/examples/`: documents of its
//! stories, or, where a story has none, one that is filled from the records of a review.

use chrono::Utc;

use super::tests::{DAY, Desk as Sample, date, sample};
use crate::policy::Policy;
use crate::record::document::{FILLED, IMPORTED, SUPERSEDED};
use crate::record::{DOCUMENT, PERSON, REVIEW, Record, Value};
use crate::review::document::template::SHIPPED;
use crate::review::document::{Desk, Library, Template, comments, predecessor, rounds, sections, share, start};
use crate::text;
use crate::workspace::Change;

/// The widest line of an example.
const WIDTH: usize = 120;

/// The review whose document is the example of a type.
const REVIEWS: &[(&str, &str)] = &[
    ("intake-packet", "Ask Linden 2: an assistant that acts"),
    ("impact-assessment", "Shortlist resume screener 2.0"),
    ("model-card", "Ask Linden support assistant 1"),
    ("system-card", "Claims triage model 3.1"),
    ("data-sheet", "Shortlist resume screener 2.0"),
    ("evaluation-plan", "Ask Linden 2: an assistant that acts"),
    ("fairness-report", "Ask Linden 2: an assistant that acts"),
    ("launch-readiness-summary", "Instalment credit limit 2.4"),
    ("disclosure-review-notes", "Ask Linden 2: an assistant that acts"),
    ("monitoring-plan", "Community moderation after missed crisis posts"),
    ("post-incident-learnings", "Community moderation after missed crisis posts"),
    ("customer-questionnaire", "Claims triage model 3.1"),
    ("plain-language-summary", "Claims triage model 3.1"),
];

/// The document of a review from a template: the newest that stands, or one that is filled now.
fn document(sample: &mut Sample, template: &str, review: &Record) -> (Record, bool) {
    let is_it = |one: &Record| {
        one.text("review") == Some(review.id())
            && one.text("template") == Some(template)
            && one.text("status") != Some(SUPERSEDED)
    };
    let newest = |sample: &Sample| {
        let mut found: Vec<Record> = sample.all(&DOCUMENT).into_iter().filter(is_it).collect();
        found.sort_by(|one, other| one.id().cmp(other.id()));
        found.pop()
    };
    if let Some(there) = newest(sample) {
        return (there, false);
    }
    let (policy, library) = (Policy::builtin(), Library::default());
    let desk = Desk { workspace: &sample.workspace, policy: &policy, library: &library, today: sample.today };
    let fields = vec![("template", Value::text(template)), ("review", Value::text(review.id()))];
    let (_, edits) = start(&desk, Utc::now(), fields, None).expect("a document");
    let reviewer = review.text("reviewer").expect("a reviewer").to_owned();
    sample.workspace.write(Change::by(&reviewer, edits)).expect("written");
    (newest(sample).expect("just written"), true)
}

/// A line in parts of at most [`WIDTH`] cells, broken at spaces; the parts after the first are indented as the text is.
/// Rows of tables stay whole.
fn wrapped(out: &mut String, line: &str, quote: &str) {
    let blanks = line.len() - line.trim_start().len();
    let indent = " ".repeat(blanks + marker(line).map_or(0, str::len));
    let mut part = format!("{quote}{}", " ".repeat(blanks));
    let mut is_bare = true;
    for word in line.split_whitespace() {
        if !is_bare && !line.starts_with('|') && text::width(&part) + 1 + text::width(word) > WIDTH {
            out.push_str(part.trim_end());
            out.push('\n');
            part = format!("{quote}{indent}");
            is_bare = true;
        }
        if !is_bare {
            part.push(' ');
        }
        part.push_str(word);
        is_bare = false;
    }
    out.push_str(part.trim_end());
    out.push('\n');
}

/// The marker of an item of a list that a line begins with.
fn marker(line: &str) -> Option<&'static str> {
    const MARKERS: &[&str] = &["- ", "1. ", "2. ", "3. ", "4. ", "5. "];
    MARKERS.iter().copied().find(|marker| line.trim_start().starts_with(marker))
}

/// A text with each paragraph and each item of a list in one line: where its lines end is nobody's intention.
fn paragraphs(text: &str) -> Vec<String> {
    let stands_alone = |line: &str| line.is_empty() || line.starts_with(['|', '#']);
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        match lines.last_mut() {
            Some(last) if !stands_alone(last) && !stands_alone(line) && marker(line).is_none() => {
                last.push(' ');
                last.push_str(line.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

fn note(out: &mut String, label: &str, said: &str) {
    wrapped(out, &format!("- **{label}** {}", said.replace('\n', " ")), "> ");
}

fn name(sample: &Sample, id: Option<&str>) -> String {
    id.map_or_else(|| "nobody".to_owned(), |id| sample.workspace.get(&PERSON, id).expect("a person").title().to_owned())
}

/// Where the text of a section came from, in a sentence.
fn came_from(sample: &Sample, section: &Record, has_fill: bool) -> String {
    match section.text("origin") {
        Some(FILLED) => format!("the records: {}.", section.text("source").unwrap_or_default()),
        Some(IMPORTED) => format!("the file {}.", section.text("source").unwrap_or_default()),
        _ if section.get("text").is_empty() && has_fill => "nowhere yet: the records say nothing of it.".to_owned(),
        _ if section.get("text").is_empty() => "nowhere yet: no record knows it.".to_owned(),
        _ => {
            let by = name(sample, section.text("written_by"));
            let instead = if has_fill { "in place of what the records fill in" } else { "for no record knows it" };
            format!("{by}, by hand, {instead}.")
        }
    }
}

/// What stands above the sections: which document it is, how much of it came from the records, and what readers said.
fn head(sample: &Sample, template: &Template, document: &Record, review: &Record, is_made: bool) -> String {
    let mut out = format!("# Example: {}\n\n", template.title.to_lowercase());
    let which = if is_made {
        format!("filled from the records of {} “{}”", review.reference(), review.title())
    } else {
        let number = document.number("number").unwrap_or(1);
        let status = document.text("status").unwrap_or_default();
        format!("{} “{}”, version {number}, {status}", document.reference(), document.title())
    };
    let about = format!("{} An annotated example from the sample workspace (`probity demo`): {which}.", template.about);
    wrapped(&mut out, &about, "");
    out.push('\n');
    let all = sections(&sample.workspace, document).expect("sections");
    let (filled, by_hand, count) = share(&all);
    let shares = format!(
        "Lines that begin like this one are annotations: what belongs in a section, where its text came from, and what is left \
         for people, with the reason. All else is the document. {filled} of its {count} sections came from the records, \
         {by_hand} were written by hand, {} say nothing yet.",
        count - filled - by_hand
    );
    wrapped(&mut out, &shares, "> ");
    let mut notes = String::new();
    if let Some(before) = predecessor(&sample.workspace, document).expect("looked") {
        let rework = before.text("rework").unwrap_or("none");
        let (old, new) = (before.reference(), document.reference());
        let said =
            format!("{old}, rework: {rework}. `probity document diff {new}` lays the two side by side, word by word.");
        note(&mut notes, "The version before:", &said);
    }
    for round in rounds(&sample.workspace, document).expect("rounds") {
        let rework = round.text("rework").map_or("not answered yet.".to_owned(), |rework| format!("rework: {rework}."));
        let summary = round.text("summary").map(|summary| format!(" {summary}")).unwrap_or_default();
        let reader = name(sample, round.text("reviewer"));
        let label = format!("Round {}:", round.number("number").unwrap_or(0));
        note(&mut notes, &label, &format!("{reader}, {rework}{summary}"));
    }
    if !notes.is_empty() {
        out.push_str(">\n");
        out.push_str(&notes);
    }
    out
}

fn example(sample: &mut Sample, id: &str) -> String {
    let template = Library::default().get(id).expect("a template");
    let (_, title) = REVIEWS.iter().find(|(known, _)| *known == id).expect("a review for each type");
    let review = sample.where_is(&REVIEW, title);
    let (document, is_made) = document(sample, id, &review);
    let mut out = head(sample, &template, &document, &review, is_made);
    let said = comments(&sample.workspace, &document).expect("comments");
    for section in sections(&sample.workspace, &document).expect("sections") {
        let code = section.text("code").unwrap_or_default();
        let known = template.section(code).expect("a section of the template");
        let required = if known.required { "" } else { " (may be left out)" };
        out.push_str(&format!("\n## {}{required}\n\n", known.heading));
        note(&mut out, "Belongs here:", &known.guidance);
        note(&mut out, "Came from:", &came_from(sample, &section, !known.fill.is_empty()));
        note(&mut out, "Left for people:", &known.people);
        for comment in said.iter().filter(|comment| comment.text("section") == Some(code)) {
            let answer = comment.text("answer").map(|answer| format!(" Answered: {answer}")).unwrap_or_default();
            note(&mut out, "A reader said:", &format!("{}{answer}", comment.text("text").unwrap_or_default()));
        }
        if let Some(text) = section.text("text") {
            out.push('\n');
            for line in paragraphs(text) {
                wrapped(&mut out, &line, "");
            }
        }
    }
    out
}

/// With dates blanked: the day on which something was done depends on where it is looked at from.
fn without_dates(text: &str) -> String {
    let digits = |from: &str, many: usize| from.chars().take(many).filter(char::is_ascii_digit).count() == many;
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let is_day = digits(rest, 4)
            && rest[4..].starts_with('-')
            && digits(&rest[5..], 2)
            && digits(rest.get(8..).unwrap_or(""), 2);
        if is_day {
            out.push_str("DAY");
            rest = &rest[10..];
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

#[test]
fn every_type_of_document_has_an_annotated_example() {
    assert_eq!(date(DAY), sample().today);
    let mut sample = sample();
    let mut total = 0;
    for (id, _) in SHIPPED {
        let made = example(&mut sample, id);
        total += made.len();
        let path = format!("{}/docs/examples/{id}.md", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("PROBITY_REGENERATE").is_some() {
            std::fs::write(&path, &made).expect("written");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            without_dates(&there) == without_dates(&made),
            "{path} is not what the sample workspace makes; PROBITY_REGENERATE=1 writes it anew"
        );
        // Whoever reads an example for what people write finds something that people wrote, or is told what it would be.
        assert!(made.matches("**Left for people:**").count() >= 5, "{id}");
    }
    assert!(total < 120_000, "the examples are part of the program, and come to {total} bytes");
}

/// The types that people find hardest are written to the end.
#[test]
fn the_hardest_examples_leave_nothing_open() {
    let mut sample = sample();
    for id in [
        "model-card",
        "impact-assessment",
        "evaluation-plan",
        "data-sheet",
        "monitoring-plan",
        "plain-language-summary",
        "post-incident-learnings",
    ] {
        let (_, title) = REVIEWS.iter().find(|(known, _)| *known == id).expect("a review");
        let review = sample.where_is(&REVIEW, title);
        let (document, is_made) = document(&mut sample, id, &review);
        assert!(!is_made, "{id} is a document of its story");
        for section in sections(&sample.workspace, &document).expect("sections") {
            assert!(!section.get("text").is_empty(), "{id}: “{}” says nothing", section.title());
        }
    }
}
