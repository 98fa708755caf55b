//! The one-line add: `Bias against older applicants @me sev:4 lik:3 due:fri #fairness`.
//!
//! Words with a mark say something of a field; the rest is the title. What a word means follows from the
//! descriptions of the kind's fields, so every kind can be added this way.

use std::ops::Range;

use super::{Field, FieldKind, Kind, Names, Terms};

/// What one word of the line was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A field, and the text for it.
    Field(&'static str, String),
    /// A tag.
    Tag(String),
}

/// A word that was understood, and where it stands in the line (bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands.
    pub at: Range<usize>,
    /// What it means.
    pub meaning: Meaning,
}

/// A line, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// What is left when the marked words are taken out.
    pub title: String,
    /// The marked words, in order.
    pub words: Vec<Word>,
}

impl Line {
    /// Fields with the text for each, the title first, tags last. Where a field was said twice, the last word counts.
    #[must_use]
    pub fn assignments(&self, kind: Kind) -> Vec<(&'static str, String)> {
        let mut said: Vec<(&'static str, String)> = Vec::new();
        if !self.title.is_empty() {
            said.push((kind.title, self.title.clone()));
        }
        let mut tags = Vec::new();
        for word in &self.words {
            match &word.meaning {
                Meaning::Field(name, text) => {
                    said.retain(|(known, _)| known != name);
                    said.push((name, text.clone()));
                }
                Meaning::Tag(tag) => tags.push(tag.clone()),
            }
        }
        if !tags.is_empty() {
            said.push(("tags", tags.join(",")));
        }
        said
    }
}

/// Reads a line for a new record of `kind`.
#[must_use]
pub fn read(kind: Kind, line: &str, terms: &dyn Terms) -> Line {
    let mut out = Line::default();
    let mut title: Vec<String> = Vec::new();
    for at in words(line) {
        let word = &line[at.clone()];
        match meaning(kind, word, terms) {
            Some(meaning) => out.words.push(Word { at, meaning }),
            None => title.push(word.strip_prefix('\\').unwrap_or(word).to_owned()),
        }
    }
    out.title = title.join(" ");
    out
}

/// Where each word stands. Quotes keep spaces together, after a mark only: `own:"Ana Lima"`.
fn words(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        if c == '"' && (quoted || line[..at].ends_with([':', '@', '#'])) {
            quoted = !quoted;
        }
        if c.is_whitespace() && !quoted {
            if let Some(from) = start.take() {
                found.push(from..at);
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        found.push(from..line.len());
    }
    found
}

fn meaning(kind: Kind, word: &str, terms: &dyn Terms) -> Option<Meaning> {
    if let Some(person) = word.strip_prefix('@') {
        let field = kind.editable().find(|field| field.kind == FieldKind::Link("person"))?;
        let field = kind.field("owner").or_else(|| kind.field("reviewer")).unwrap_or(field);
        return (!person.is_empty()).then(|| Meaning::Field(field.name, unquoted(person)));
    }
    if let Some(tag) = word.strip_prefix('#') {
        let tag = unquoted(tag);
        if tag.is_empty() {
            return None;
        }
        return Some(match category(kind, &tag, terms) {
            Some(name) => Meaning::Field("category", name),
            None => Meaning::Tag(tag),
        });
    }
    let (key, text) = word.split_once(':')?;
    let field = field_for(kind, key)?;
    (!text.is_empty()).then(|| Meaning::Field(field.name, unquoted(text)))
}

fn unquoted(text: &str) -> String {
    text.trim_matches('"').to_owned()
}

/// The one category that starts like the tag, where the kind has categories.
fn category(kind: Kind, tag: &str, terms: &dyn Terms) -> Option<String> {
    kind.editable().find(|field| field.kind == FieldKind::Named(Names::Category))?;
    let plain = |text: &str| text.to_lowercase().replace(['-', '_', '&', ' '], "");
    let wanted = plain(tag);
    let mut starting = terms.names(Names::Category).into_iter().filter(|name| plain(name).starts_with(&wanted));
    let first = starting.next()?;
    starting.next().is_none().then_some(first)
}

/// The field that a key means: its name, or the first editable field whose name starts like it (three letters at
/// least, so that `Note: this` stays a title).
#[must_use]
pub fn field_for(kind: Kind, key: &str) -> Option<&'static Field> {
    let key = key.to_lowercase().replace('-', "_");
    kind.editable()
        .find(|field| field.name == key)
        .or_else(|| kind.editable().find(|field| key.len() >= 3 && field.name.starts_with(&key)))
}

/// What could complete the word at the end of the line: people after `@`, categories after `#`, fields before `:`.
/// The caller knows the people; this tells what is asked for.
#[must_use]
pub fn wanted(line: &str) -> Wanted<'_> {
    let word = words(line).pop().map_or("", |at| if at.end == line.len() { &line[at] } else { "" });
    if let Some(start) = word.strip_prefix('@') {
        Wanted::Person(start)
    } else if let Some(start) = word.strip_prefix('#') {
        Wanted::Category(start)
    } else if let Some((key, start)) = word.split_once(':') {
        Wanted::Value(key, start)
    } else {
        Wanted::Key(word)
    }
}

/// What the end of a line asks to be completed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// A person whose handle starts so.
    Person(&'a str),
    /// A category or a tag that starts so.
    Category(&'a str),
    /// A value that starts so, for the field with this key.
    Value(&'a str, &'a str),
    /// A field's name that starts so.
    Key(&'a str),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{ACTION, RISK, Record, Scale};

    struct Plain;

    impl Terms for Plain {
        fn names(&self, _: Names) -> Vec<String> {
            vec!["fairness".to_owned(), "privacy & security".to_owned(), "reliability & safety".to_owned()]
        }

        fn level(&self, _: i64, _: i64) -> Option<(String, i64)> {
            None
        }

        fn step(&self, _: Scale, _: i64) -> Option<String> {
            None
        }

        fn completeness(&self, _: &Record) -> (i64, i64) {
            (0, 0)
        }

        fn stage_days(&self, _: &str, _: Option<&str>) -> Option<u32> {
            None
        }
    }

    #[test]
    fn the_example_is_understood() {
        let line = read(&RISK, "Bias against older applicants @me sev:4 lik:3 due:fri #fairness #q4", &Plain);
        assert_eq!(line.title, "Bias against older applicants");
        assert_eq!(
            line.assignments(&RISK),
            [
                ("title", "Bias against older applicants".to_owned()),
                ("owner", "me".to_owned()),
                ("severity", "4".to_owned()),
                ("likelihood", "3".to_owned()),
                ("due_on", "fri".to_owned()),
                ("category", "fairness".to_owned()),
                ("tags", "q4".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_not_a_mark_stays_in_the_title() {
        let line = read(&ACTION, r#"Note: see https://x.example/a \@home 10:30 own:"Ana Lima""#, &Plain);
        assert_eq!(line.title, "Note: see https://x.example/a @home 10:30");
        assert_eq!(line.words.len(), 1);
        assert_eq!(line.words[0].meaning, Meaning::Field("owner", "Ana Lima".to_owned()));
    }

    #[test]
    fn the_end_of_the_line_tells_what_to_complete() {
        assert_eq!(wanted("x @an"), Wanted::Person("an"));
        assert_eq!(wanted("x #fair"), Wanted::Category("fair"));
        assert_eq!(wanted("x due:f"), Wanted::Value("due", "f"));
        assert_eq!(wanted("x "), Wanted::Key(""));
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_loss(line in "\\PC{0,60}") {
            let read = read(&RISK, &line, &Plain);
            for word in &read.words {
                prop_assert!(line.get(word.at.clone()).is_some());
            }
        }
    }
}
