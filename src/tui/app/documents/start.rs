//! A new document: from a template, or from a card.

use chrono::Utc;

use super::{files, library};
use crate::record::{DOCUMENT, Value};
use crate::review::document::{self, Desk};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::{Choose, Take};
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::writes;
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::Change;

/// Chooses the template of a new document about what is at hand, or a card. Templates that cannot be read say why.
#[must_use]
pub fn template(given: Vec<(&'static str, String)>, ctx: &Ctx) -> Boxed {
    let library = library(ctx);
    let ids = library.ids();
    let card = Choice::new("From a Markdown card …").about("a file; its headings become the sections of a model card");
    let choices = ids
        .iter()
        .map(|id| match library.get(id) {
            Ok(template) => Choice::new(template.title).about(template.about),
            Err(error) => Choice { why_not: Some(error.to_string()), ..Choice::new(id) },
        })
        .chain(std::iter::once(card))
        .collect();
    let about = given.first().map_or("", |(_, reference)| reference.as_str());
    let title = if about.is_empty() { "New document".to_owned() } else { format!("New document about {about}") };
    let take: Take = Box::new(move |places, _, ctx| match places.first() {
        None => Vec::new(),
        Some(at) => match ids.get(*at) {
            Some(id) => vec![Message::Ask(vec![start(id, &given, ctx)])],
            None => files::import_new(given.clone()),
        },
    });
    Box::new(Choose::new(Picker::new(title, choices), take))
}

fn start(template: &str, given: &[(&'static str, String)], ctx: &Ctx) -> Effect {
    let (me, policy, library, today) = (ctx.me.id.clone(), ctx.policy.clone(), library(ctx), ctx.today);
    let (template, given) = (template.to_owned(), given.to_vec());
    writes::write(Purpose::Other, move |workspace| {
        let mut fields = workspace.typed(&DOCUMENT, &given, today, Some(&me))?;
        fields.push(("template", Value::text(template)));
        let desk = Desk { workspace, policy: &policy, library: &library, today };
        let (_, edits) = document::start(&desk, Utc::now(), fields, None)?;
        workspace.write(Change::by(&me, edits))
    })
}
