//! Whether an approved document still says what the records say.

use super::template::Template;
use super::{Desk, made};
use crate::record::Record;
use crate::workspace::Result;

/// The headings of those sections, filled from the records before, which the records would fill with another text today. A
/// section whose guidance is not that of the shipped template was made from another one, and is left out.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn stale_sections(
    desk: &Desk<'_>,
    template: &Template,
    document: &Record,
    sections: &[&Record],
) -> Result<Vec<String>> {
    let made = made(desk, template, document)?;
    let is_stale = |section: &&&Record| {
        let code = section.text("code").unwrap_or_default();
        let known = template.section(code);
        let is_shipped = known.is_some_and(|known| Some(known.guidance.as_str()) == section.text("guidance"));
        let text = made.iter().find(|made| made.code == code).map_or("", |made| made.text.as_str());
        is_shipped && text != section.text("text").unwrap_or_default()
    };
    Ok(sections.iter().filter(is_stale).map(|section| section.title().to_owned()).collect())
}
