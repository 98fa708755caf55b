//! Filling sections from the records: a template's Jinja over a read-only model of the review.
//!
//! A fill can do nothing but make text of what it is given: it reads no file and no other template, and its work and its
//! output are bounded. Whatever record it looks at and finds something in is written down, so that a section says where
//! its text came from without a template's author having to say so. Where the records know nothing, nothing is made.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Object, Rest};
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value as Jinja, context};

use super::model::Model;
use super::template::Template;
use crate::record::incident::Clock;
use crate::record::{FieldKind, Kind, Record, kind_of_reference};
use crate::text;
use crate::workspace::{Error, Result};

/// What the fill of one section may spend: about one for each instruction.
const FUEL: u64 = 200_000;

/// The longest text that a fill may make, in bytes.
const MOST_TEXT: usize = 64 << 10;

/// How many records of one kind are named one by one as the source of a text.
const NAMED: usize = 4;

/// What a fill made of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The section's code.
    pub code: String,
    /// Its text; empty where the records know nothing.
    pub text: String,
    /// The records that it came from, in words.
    pub source: String,
}

/// The references of records in which something was found.
type Used = Arc<Mutex<BTreeMap<&'static str, Vec<String>>>>;

/// A record as a template sees it.
struct Thing {
    record: Record,
    said: Vec<(&'static str, Jinja)>,
    /// Whether it is one of many, which conditions choose from: what they look at is not yet said.
    is_listed: bool,
    used: Used,
}

impl fmt::Debug for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.record.reference())
    }
}

impl Thing {
    fn value(&self, name: &str) -> Option<Jinja> {
        let (_, value) = self.said.iter().find(|(known, _)| *known == name)?;
        if !value.is_none() && !self.record.reference().is_empty() && self.is_told_by(name) {
            let mut used = self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let references = used.entry(self.record.kind().name).or_default();
            if !references.iter().any(|known| known == self.record.reference()) {
                references.push(self.record.reference().to_owned());
            }
        }
        Some(value.clone())
    }

    /// Whether reading this field is saying something of the record, rather than choosing it.
    fn is_told_by(&self, name: &str) -> bool {
        let kind = self.record.kind().field(name).map(|field| field.kind);
        !self.is_listed || matches!(kind, Some(FieldKind::Line | FieldKind::Prose)) && name != "code"
    }
}

impl Object for Thing {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.value(key.as_str()?)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result
    where
        Self: Sized + 'static,
    {
        f.write_str(self.record.title())
    }
}

/// Makes the texts of a template's sections from the records. Sections without a fill are left out.
///
/// # Errors
/// Names the template's file, the section and the line where a fill is wrong, loops, makes too much, or reaches for a file.
pub fn fill(template: &Template, file: &str, model: &Model) -> Result<Vec<Filled>> {
    let used: Used = Arc::default();
    let context = context_of(model, &used);
    let mut filled = Vec::new();
    for section in template.sections.iter().filter(|section| !section.fill.trim().is_empty()) {
        used.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
        let made = render(&section.fill, &context).map_err(|why| {
            let why = format!("The document template {}, section “{}”: {why}", text::line(file), section.code);
            Error::Policy(why)
        })?;
        let made = tidy(&made);
        let source = if made.is_empty() { String::new() } else { source(&used) };
        filled.push(Filled { code: section.code.clone(), text: made, source });
    }
    Ok(filled)
}

fn context_of(model: &Model, used: &Used) -> Jinja {
    let a_thing = |record: &Record, is_listed: bool| {
        let said = model.said(record);
        Jinja::from_object(Thing { record: record.clone(), said, is_listed, used: used.clone() })
    };
    let thing = |record: &Record| a_thing(record, false);
    let all = |records: &[Record]| Jinja::from(records.iter().map(|record| a_thing(record, true)).collect::<Vec<_>>());
    context! {
        today => model.today.to_string(),
        system => thing(&model.system),
        review => thing(&model.review),
        release => thing(&model.release),
        packet => thing(&model.packet),
        legal => thing(&model.legal),
        routes => all(&model.routes),
        risks => all(&model.risks),
        items => all(&model.items),
        evidence => all(&model.evidence),
        runs => all(&model.runs),
        actions => all(&model.actions),
        decisions => all(&model.decisions),
        incident => thing(&model.incident),
        timeline => all(&model.entries),
        mitigations => all(&model.mitigations),
        alerts => all(&model.alerts),
        clocks => model.clocks.iter().map(clock_of).collect::<Vec<_>>(),
    }
}

/// A legal clock as templates see it: its name, the last day, and the day of the report, if there is one.
fn clock_of(clock: &Clock) -> Jinja {
    let reported = clock.reported_on.map(|on| on.to_string());
    context! { name => clock.name.as_str(), due_on => clock.due_on.to_string(), reported_on => reported }
}

fn render(source: &str, context: &Jinja) -> Result<String, String> {
    let environment = environment();
    let template = environment.template_from_str(source).map_err(|error| explain(&error))?;
    let mut out = Bounded(Vec::new());
    template.render_captured_to(context.clone(), &mut out).map_err(|error| {
        if out.0.len() >= MOST_TEXT {
            format!("it makes more than {MOST_TEXT} bytes of text.")
        } else {
            explain(&error)
        }
    })?;
    Ok(String::from_utf8_lossy(&out.0).into_owned())
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // A line that holds nothing but a tag leaves nothing behind.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(|out, _, value| {
        // Nothing that was said shows as nothing.
        if value.is_none() { Ok(()) } else { write!(out, "{value}").map_err(minijinja::Error::from) }
    });
    environment.add_function("said", said);
    environment.add_filter("bullets", |items: Vec<Jinja>| {
        items.iter().map(|item| format!("- {}", indented(&item.to_string()))).collect::<Vec<_>>().join("\n")
    });
    environment
}

/// `said(packet, "users", "scale")`: a line for each of these fields that says something, under its own label.
#[expect(clippy::needless_pass_by_value, reason = "a function of templates owns what it is given")]
fn said(of: Jinja, names: Rest<String>) -> Result<String, minijinja::Error> {
    let wrong = |why: String| minijinja::Error::new(ErrorKind::InvalidOperation, why);
    let thing = of.downcast_object_ref::<Thing>().ok_or_else(|| wrong("said() is told of a record".to_owned()))?;
    let mut lines = Vec::new();
    for name in &names.0 {
        let kind: Kind = thing.record.kind();
        let field = kind.field(name).filter(|field| !field.private);
        let field = field.ok_or_else(|| wrong(format!("{} have no field “{name}”", kind.plural)))?;
        match thing.value(name) {
            Some(value) if !value.is_none() => {
                lines.push(format!("- **{}:** {}", field.label, indented(&value_in_words(&value))));
            }
            _ => {}
        }
    }
    Ok(lines.join("\n"))
}

fn value_in_words(value: &Jinja) -> String {
    match value.try_iter() {
        Ok(items) if value.as_str().is_none() => items.map(|item| item.to_string()).collect::<Vec<_>>().join(", "),
        _ => value.to_string(),
    }
}

/// Text of several lines as it stands within an item of a list.
fn indented(text: &str) -> String {
    text.trim().lines().collect::<Vec<_>>().join("\n  ")
}

/// Without blank ends, blanks at the ends of lines, blank lines in a row, or between the items of a list; nothing where
/// nothing is left.
fn tidy(made: &str) -> String {
    let is_item = |line: &str| line.starts_with("- ");
    let mut lines: Vec<&str> = Vec::new();
    let (mut blank, mut in_list) = (false, false);
    for line in made.lines().map(str::trim_end) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if blank && !lines.is_empty() && !(in_list && is_item(line)) {
            lines.push("");
        }
        in_list = is_item(line) || in_list && !blank;
        blank = false;
        lines.push(line);
    }
    lines.join("\n").trim().to_owned()
}

/// The records that a text came from: `PKT-3, SYS-1, RSK-1, RSK-2, RSK-3, RSK-4 and 8 more risks`.
fn source(used: &Used) -> String {
    let used = used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut parts = Vec::new();
    for references in used.values() {
        let named = references.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let rest = references.len().saturating_sub(NAMED);
        let kind = references.first().and_then(|first| kind_of_reference(first));
        let plural = kind.map_or_else(|| "records".to_owned(), |kind| kind.plural.to_lowercase());
        parts.push(if rest == 0 { named } else { format!("{named} and {rest} more {plural}") });
    }
    parts.join(", ")
}

fn explain(error: &minijinja::Error) -> String {
    let line = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {}", text::line(detail))).unwrap_or_default();
    match error.kind() {
        ErrorKind::OutOfFuel => {
            format!("{line}it does more work than a section may take; is there a loop without an end?")
        }
        ErrorKind::TemplateNotFound => {
            format!("{line}it reaches for another template or a file, and a fill reads nothing but the records.")
        }
        ErrorKind::UndefinedError => format!("{line}there is no such value{detail}."),
        kind => format!("{line}{kind}{detail}."),
    }
}

/// Takes so much text and no more.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let room = MOST_TEXT.saturating_sub(self.0.len());
        self.0.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room { Err(io::Error::other("too much text")) } else { Ok(data.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
