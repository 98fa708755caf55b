//! Whether an approved document still says what the records say.

use chrono::NaiveDate;

use super::{Desk, Library, made};
use crate::policy::Policy;
use crate::record::Record;
use crate::workspace::{Result, Workspace};

/// The headings of those sections, filled from the records before, which the records would fill with another text today. A
/// section whose guidance is not that of the shipped template was made from another one, and is left out.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn stale_sections(
    workspace: &Workspace,
    policy: &Policy,
    document: &Record,
    sections: &[Record],
    today: NaiveDate,
) -> Result<Vec<String>> {
    let library = Library::default();
    let Ok(template) = library.get(document.text("template").unwrap_or_default()) else { return Ok(Vec::new()) };
    let desk = Desk { workspace, policy, library: &library, today };
    let made = made(&desk, &template, document)?;
    let is_stale = |section: &&Record| {
        let code = section.text("code").unwrap_or_default();
        let known = template.section(code);
        let is_shipped = known.is_some_and(|known| Some(known.guidance.as_str()) == section.text("guidance"));
        let text = made.iter().find(|made| made.code == code).map_or("", |made| made.text.as_str());
        is_shipped && text != section.text("text").unwrap_or_default()
    };
    Ok(sections.iter().filter(is_stale).map(|section| section.title().to_owned()).collect())
}
