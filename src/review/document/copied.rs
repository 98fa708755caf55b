//! Sections that say word for word what another system's document says: copied, and perhaps not true of this system.

use crate::record::document::{DOCUMENT, SECTION};
use crate::record::{Record, SYSTEM, Value};
use crate::workspace::{Condition, Query, Result, Workspace};

/// Texts that are shorter than this, in characters after normalising, may well be the same by chance.
const SHORTEST: usize = 80;

/// A section that another system's document has too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The section's code.
    pub code: String,
    /// Its heading.
    pub heading: String,
    /// The reference of the other document.
    pub document: String,
    /// The name of the other system.
    pub system: String,
}

/// What of these sections of a document stands in the same section of another system's document, each once.
///
/// # Errors
/// When the file cannot be read.
pub fn copied(workspace: &Workspace, document: &Record, sections: &[Record]) -> Result<Vec<Copied>> {
    let mut found = Vec::new();
    let Some(system) = document.text("system") else { return Ok(found) };
    for section in sections {
        let (Some(code), Some(text)) = (section.text("code"), section.text("text")) else { continue };
        let text = normal(text);
        if text.chars().count() < SHORTEST {
            continue;
        }
        for other in workspace.records(&Query::all(&SECTION).with(Condition::Is("code", Value::text(code))))? {
            let same = other.id() != section.id() && other.text("text").is_some_and(|other| normal(other) == text);
            let Some(owner) = other.text("document").filter(|_| same) else { continue };
            let owner = workspace.get(&DOCUMENT, owner)?;
            let Some(theirs) = owner.text("system").filter(|theirs| *theirs != system) else { continue };
            found.push(Copied {
                code: code.to_owned(),
                heading: section.title().to_owned(),
                document: owner.reference().to_owned(),
                system: workspace.get(&SYSTEM, theirs)?.title().to_owned(),
            });
            break;
        }
    }
    Ok(found)
}

/// A text without case, marks and the lengths of blanks.
fn normal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_case_and_blanks_do_not_hide_a_copy() {
        assert_eq!(normal("**Used** by  ten\n- people, daily."), normal("used by ten people daily"));
        assert_ne!(normal("used by ten"), normal("used by two"));
    }
}
