//! A vote by count, and what follows when a vote is closed.

use super::step;
use crate::meeting;
use crate::record::Record;
use crate::record::meeting::{CARRIED, Tally};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::prompt::{Prompt, Take as TakeText};
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};

/// Asks for the numbers of a vote by count.
#[must_use]
pub fn count(motion: &Record) -> Boxed {
    let id = motion.id().to_owned();
    let numbers = |text: &str| -> Result<Tally, String> {
        let parts: Vec<i64> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().map_err(|_| "That is no number of members.".to_owned()))
            .collect::<Result<_, _>>()?;
        match parts.as_slice() {
            [in_favour, against, abstained] => {
                Ok(Tally { in_favour: *in_favour, against: *against, abstained: *abstained })
            }
            [in_favour, against] => Ok(Tally { in_favour: *in_favour, against: *against, abstained: 0 }),
            [in_favour] => Ok(Tally { in_favour: *in_favour, against: 0, abstained: 0 }),
            _ => Err("Say three numbers: for, against, abstaining; such as 5 1 0.".to_owned()),
        }
    };
    let take: TakeText = Box::new(move |text, ctx| {
        let tally = numbers(text)?;
        let id = id.clone();
        let effect = step(ctx, Purpose::Vote, move |workspace, _| meeting::close(workspace, &id, Some(tally)));
        Ok(vec![Message::Ask(vec![effect])])
    });
    let help = "Three numbers: for, against, abstaining; such as 5 1 0. Enter closes the vote.";
    let prompt = Prompt::new(&format!("Vote by count: {}", crate::text::fit(motion.title(), 60)), help, take);
    Box::new(prompt.understanding(Box::new(move |text, _| numbers(text).map(|tally| tally.to_string()))))
}

/// What follows when a vote is closed: what the room carried is recorded next.
#[must_use]
pub fn after_vote(motion: &Record, ctx: &Ctx) -> Option<Effect> {
    let kinds = crate::record::decision::KINDS;
    let proposes = motion.text("proposes").and_then(|kind| kinds.iter().copied().find(|known| *known == kind));
    match (motion.text("status"), proposes, motion.text("agenda_item")) {
        (Some(CARRIED), Some(kind), Some(item)) => Some(super::finish(item, kind, None, ctx)),
        _ => None,
    }
}
