//! From texts to a record's values: what forms, the one-line add, the command line and files all go through.

use chrono::NaiveDate;

use super::Workspace;
use super::error::{Error, Result};
use crate::record::{Kind, Problem, Value, parse};

impl Workspace {
    /// Reads what was typed for fields of a kind. `me` is the id of the person who typed it.
    ///
    /// # Errors
    /// Every field that is unknown, may not be written, or cannot be read, in one refusal.
    pub fn typed<S: AsRef<str>>(
        &self,
        kind: Kind,
        texts: &[(S, String)],
        today: NaiveDate,
        me: Option<&str>,
    ) -> Result<Vec<(&'static str, Value)>> {
        let resolver = self.resolver(me);
        let mut values = Vec::new();
        let mut problems = Vec::new();
        for (name, text) in texts {
            let name = name.as_ref();
            match kind.field(name) {
                Some(field) if field.is_editable() => {
                    match parse(field, text, today, self.terms().as_ref(), &resolver) {
                        Ok(value) => values.push((field.name, value)),
                        Err(problem) => problems.push(problem),
                    }
                }
                Some(field) => {
                    problems.push(Problem::of(field.name, "It follows from the rest and cannot be written."));
                }
                None => {
                    let names: Vec<&str> = kind.editable().map(|field| field.name).collect();
                    let shown = crate::text::line(name).into_owned();
                    problems.push(Problem {
                        field: None,
                        message: format!("{} have no field “{shown}”; there are: {}.", kind.plural, names.join(", ")),
                    });
                }
            }
        }
        if problems.is_empty() {
            return Ok(values);
        }
        let what = texts.iter().find(|(name, _)| name.as_ref() == kind.title).map(|(_, title)| title.trim());
        Err(Error::Refused {
            what: match what {
                Some(title) if !title.is_empty() => format!("The {} “{title}”", kind.label.to_lowercase()),
                _ => format!("The {}", kind.label.to_lowercase()),
            },
            kind: Some(kind),
            problems,
        })
    }
}
