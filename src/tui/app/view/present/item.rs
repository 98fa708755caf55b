//! An item as a room sees it: its title and its clock in large letters, under them one side of the case.

use chrono::{DateTime, Utc};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::pages::{self, asked, outcome, outcome_role};
use super::{Body, below, large_title};
use crate::meeting::Held;
use crate::record::meeting::{ABSTAIN, AGAINST, IN_FAVOUR};
use crate::record::{Record, Scale};
use crate::tui::app::present::{Look, clock, spent};
use crate::tui::app::view::rows::capital;
use crate::tui::app::view::screen::levels;
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{Align, fill, put, put_right, put_spans, row};
use crate::tui::widgets::large::{Large, put_large};
use crate::tui::widgets::matrix::{Matrix, Score};

/// How long the room has been at an item, in words, with its look.
#[must_use]
pub fn time_words(item: &Record, now: DateTime<Utc>) -> (String, Role) {
    let (used, planned) = spent(item, now);
    let role = match (used, planned) {
        (_, 0) => Role::Text,
        (used, planned) if used > planned => Role::Bad,
        (used, planned) if used * 5 > planned * 4 => Role::Warn,
        _ => Role::Good,
    };
    let over = used.saturating_sub(planned);
    let over = if over > 0 && planned > 0 { format!(", {} over", clock(over)) } else { String::new() };
    let runs = if item.get("running_since").is_empty() { ", clock stands" } else { "" };
    (format!("{} of {} min{over}{runs}", clock(used), planned / 60), role)
}

/// Draws an item.
pub fn draw(body: &Body<'_>, held: &Held, area: Rect, frame: &mut Frame<'_>) {
    let used = head(body, held, area, frame);
    let area = below(area, used);
    looks(body, row(area, 0), frame);
    let gap = if area.height > 14 { 2 } else { 1 };
    let area = below(area, gap);
    match body.presenting.look {
        Look::Case => case(body, held, area, frame),
        Look::Risks => risks(body, area, frame),
        Look::Evidence => evidence(body, area, frame),
        Look::Decision => decision(body, held, area, frame),
    }
}

/// The title at the left, the clock at the right. Says how many rows they took.
fn head(body: &Body<'_>, held: &Held, area: Rect, frame: &mut Frame<'_>) -> u16 {
    let theme = body.theme();
    let (used, _) = spent(&held.item, body.told.now);
    let (words, role) = time_words(&held.item, body.told.now);
    let high = if area.height < 26 { 3 } else { 5 };
    let room = Rect { height: high, width: area.width / 3, ..area };
    let large = Large::fit(&clock(used), room, 1, theme).filter(|_| area.height >= 16);
    let wide = large.as_ref().map_or(0, Large::width).max(u16::try_from(words.len()).unwrap_or(20)).min(area.width / 2);
    let right = Rect { x: area.right().saturating_sub(wide), width: wide, ..area };
    let mut high = 0;
    if let Some(large) = &large {
        let style = theme.style(role).add_modifier(Modifier::BOLD);
        large.draw(right, Align::Right, style, theme, frame.buffer_mut());
        high = large.height();
    }
    put_right(frame.buffer_mut(), row(right, high), &words, theme.style(role), theme);
    let left = Rect { width: area.width.saturating_sub(wide + 2), ..area };
    let about = held.item.text("subject").map(|subject| format!("{subject} · ")).unwrap_or_default();
    let presenter = held.item.text("presenter").and_then(|id| body.told.read.people.get(id));
    let presenter = presenter.map(|label| format!(" · presented by {}", label.shown())).unwrap_or_default();
    let line = format!("{about}{}{presenter}", asked(&held.item));
    put(frame.buffer_mut(), row(left, 0), &line, theme.style(Role::Accent), theme);
    let style = theme.style(Role::Title).add_modifier(Modifier::BOLD);
    let most = large_title(area).min(area.height / 3).max(2);
    let place = Rect { height: below(left, 1).height.min(most), ..below(left, 1) };
    let title = put_large(frame.buffer_mut(), place, &pages::title(&held.item), (2, Align::Left), style, theme);
    (title + 1).max(high + 1) + u16::from(area.height > 12)
}

/// The sides of the item, the one that is shown marked.
fn looks(body: &Body<'_>, area: Rect, frame: &mut Frame<'_>) {
    let theme = body.theme();
    fill(frame.buffer_mut(), area, theme.glyph(Glyph::Horizontal), theme.style(Role::Border));
    let mut spans = Vec::new();
    for look in Look::ALL {
        let here = look == body.presenting.look;
        let style = theme.style(if here { Role::Accent } else { Role::Dim });
        let style = if here { style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED) } else { style };
        let (left, right) = if here { (" [", "] ") } else { ("  ", "  ") };
        spans.push(Span::styled(left, theme.style(Role::Dim)));
        spans.push(Span::styled(look.title(), style));
        spans.push(Span::styled(right, theme.style(Role::Dim)));
    }
    put_spans(frame.buffer_mut(), area, &spans, Align::Left, theme);
}

/// What is to be decided, or what was, in the largest letters that fit. Says how many rows it took.
fn banner(body: &Body<'_>, held: &Held, area: Rect, frame: &mut Frame<'_>) -> u16 {
    let theme = body.theme();
    let (text, role) = match (outcome(held), held.open_motion()) {
        (Some(outcome), _) => (outcome, outcome_role(held)),
        (None, Some(motion)) => {
            let votes = tally_of(held, motion);
            let abstain = if votes.2 > 0 { format!(" abstain {}", votes.2) } else { String::new() };
            (format!("For {} against {}{abstain}", votes.0, votes.1), Role::Accent)
        }
        (None, None) if !held.quorum().is_met() => ("No quorum".to_owned(), Role::Bad),
        (None, None) => {
            let asked = capital(&asked(&held.item));
            let sign = if asked.starts_with("To be") { "" } else { "?" };
            (format!("{asked}{sign}"), Role::Accent)
        }
    };
    let style = theme.style(role).add_modifier(Modifier::BOLD);
    put_large(frame.buffer_mut(), area, &text, (1, Align::Left), style, theme)
}

/// How an open vote stands.
fn tally_of(held: &Held, motion: &Record) -> (usize, usize, usize) {
    let votes = held.votes.get(motion.id()).map(Vec::as_slice).unwrap_or_default();
    let of = |choice: &str| votes.iter().filter(|vote| vote.text("choice") == Some(choice)).count();
    (of(IN_FAVOUR), of(AGAINST), of(ABSTAIN))
}

/// The case on one screen: what it is at the left, the matrix at the right, what is to be decided below.
fn case(body: &Body<'_>, held: &Held, area: Rect, frame: &mut Frame<'_>) {
    let foot = match area.height {
        0..=6 => 0,
        7..=19 => 2,
        20..=34 => 6,
        _ => 8,
    };
    let low = Rect { y: area.bottom() - foot, height: foot, ..area };
    if foot > 0 {
        // A line stays free above it.
        let low = if foot > 2 { below(low, 1) } else { low };
        let place = Rect { height: low.height.saturating_sub(1).min(5), ..low };
        let used = banner(body, held, place, frame);
        who_may(body, held, row(low, used), frame);
    }
    let area = Rect { height: area.height - foot, ..area };
    let has_risks = body.told.read.case.as_ref().is_some_and(|case| case.review.is_some());
    if area.width < 110 || area.height < 12 || !has_risks {
        return body.page(&body.at(area).case(held, true), area, frame);
    }
    let wide = if area.width >= 160 { 78 } else { 46 };
    let left = Rect { width: area.width - wide - 3, ..area };
    body.page(&body.at(left).case(held, false), left, frame);
    let right = Rect { x: area.right() - wide, width: wide, ..area };
    let high = if wide > 60 && right.height >= 20 { 16 } else { 6 };
    let title = Rect { height: 1, ..right };
    let risks = body.told.read.case.as_ref().map_or(0, |case| case.risks.len());
    let words = if risks == 1 { "1 open risk".to_owned() } else { format!("{risks} open risks") };
    put(frame.buffer_mut(), title, &words, body.theme().style(Role::Title), body.theme());
    let place = below(right, 2);
    matrix(body, Rect { height: place.height.min(high), ..place }, frame);
    let list = below(right, high + 3);
    body.page(&body.at(Rect { height: list.height.min(15), ..list }).risks(), list, frame);
}

fn who_may(body: &Body<'_>, held: &Held, area: Rect, frame: &mut Frame<'_>) {
    let theme = body.theme();
    let may = body.told.read.case.as_ref().and_then(|case| case.may.as_ref()).filter(|_| outcome(held).is_none());
    let (text, role) = match may {
        Some(Ok(standing)) => {
            (format!("@{} records it for the room, as {}", body.state.ctx.me.handle, standing.role), Role::Dim)
        }
        Some(Err(refusal)) => (format!("{} {refusal}", theme.glyph(Glyph::Alert)), Role::Warn),
        None => match held.item.text("outcome_note") {
            Some(note) => (crate::text::line(note).into_owned(), Role::Dim),
            None => return,
        },
    };
    put(frame.buffer_mut(), area, &text, theme.style(role), theme);
}

/// The matrix as large as there is room, and the risks.
fn risks(body: &Body<'_>, area: Rect, frame: &mut Frame<'_>) {
    let beside = area.width >= 100;
    let (place, list) = if beside {
        let wide = if area.width >= 180 { 99 } else { 62 };
        (
            Rect { width: wide, height: area.height.min(16), ..area },
            Rect { x: area.x + wide + 3, width: area.width - wide - 3, ..area },
        )
    } else {
        let high = area.height.min(6);
        (Rect { height: high, ..area }, below(area, high + 1))
    };
    matrix(body, place, frame);
    body.page(&body.at(list).risks(), list, frame);
}

/// The open risks on the matrix: how many stand on each field, after mitigation where that was scored.
fn matrix(body: &Body<'_>, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &body.state.ctx;
    let mut counts = [[0_usize; 5]; 5];
    for risk in body.told.read.case.iter().flat_map(|case| &case.risks) {
        let step = |field: &str, other: &str| {
            let number = risk.number(field).or_else(|| risk.number(other))?;
            usize::try_from(number.clamp(1, 5) - 1).ok()
        };
        let scored = step("residual_severity", "severity").zip(step("residual_likelihood", "likelihood"));
        if let Some(count) = scored.and_then(|(severity, likelihood)| counts.get_mut(severity)?.get_mut(likelihood)) {
            *count += 1;
        }
    }
    let names = |scale| -> [String; 5] {
        let mut step = 0;
        [(); 5].map(|()| {
            step += 1;
            ctx.terms().step(scale, step).unwrap_or_default()
        })
    };
    let (severities, likelihoods) = (names(Scale::Severity), names(Scale::Likelihood));
    let matrix = Matrix {
        theme: &ctx.theme,
        levels: levels(ctx),
        severities: severities.each_ref().map(String::as_str),
        likelihoods: likelihoods.each_ref().map(String::as_str),
        inherent: None::<Score>,
        residual: None,
        counts: Some(counts),
        cursor: None,
    };
    (&matrix).render(area, frame.buffer_mut());
}

/// Reports about fairness beside the other evidence, where there is room for both.
fn evidence(body: &Body<'_>, area: Rect, frame: &mut Frame<'_>) {
    if area.width < 100 {
        return body.page(&body.at(area).evidence(None), area, frame);
    }
    let wide = area.width / 2 - 2;
    let left = Rect { width: wide, ..area };
    let right = Rect { x: area.right() - wide, width: wide, ..area };
    body.page(&body.at(left).evidence(Some(true)), left, frame);
    body.page(&body.at(right).evidence(Some(false)), right, frame);
}

/// What is to be decided in large letters; under it who may, what to ask, how it was voted.
fn decision(body: &Body<'_>, held: &Held, area: Rect, frame: &mut Frame<'_>) {
    let high = match area.height {
        0..=7 => 0,
        8..=29 => 3,
        _ => 5,
    };
    let place = Rect { height: high, ..area };
    let used = if high > 0 { banner(body, held, place, frame) + 1 } else { 0 };
    let area = below(area, used);
    body.page(&body.at(area).decision(held), area, frame);
}
