//! What has the cursor, in words that can be pasted.

use super::{Insights, Over, Part, heat, view};
use crate::report::figures::sentence;
use crate::text;
use crate::tui::app::ctx::Ctx;

/// The words, and what they are.
#[must_use]
pub fn words(place: &Insights, ctx: &Ctx) -> Option<(String, String)> {
    match &place.over {
        Some(Over::Figure(at, _)) => figure(place, *at),
        Some(Over::Behind(behind)) => {
            let shown = behind.current()?;
            Some((format!("{} {}", shown.reference, text::line(&shown.title)), shown.reference.clone()))
        }
        Some(Over::List(..)) => None,
        None if place.part == Part::Kpis => figure(place, place.cursor()),
        None if place.part == Part::Risks => {
            let told = place.heat.get()?;
            let lines: Vec<String> = heat::words(place, &told.heat, ctx).into_iter().map(|(text, _)| text).collect();
            Some((lines.join(" "), "what the cell says".to_owned()))
        }
        None => {
            let told = view::sheet(place, ctx, u16::MAX).told(place.cursor())?;
            Some((told, "the line".to_owned()))
        }
    }
}

fn figure(place: &Insights, at: usize) -> Option<(String, String)> {
    let figure = place.figure(at)?;
    let period = &place.kpis.get()?.period;
    Some((sentence(figure, period), figure.kpi.name.to_owned()))
}
