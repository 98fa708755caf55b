//! The screen of one record: a line with its name, for reviews the stages, the tabs, and the tab that is shown.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::PaneOf;
use super::page::{Line, Page};
use super::rows::Look;
use super::{record, triage};
use crate::record::{ACTION, CHECKLIST_ITEM, INCIDENT, REVIEW, RISK, Record, Scale};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::record_screen::{RecordScreen, Tab};
use crate::tui::app::state::State;
use crate::tui::theme::{Glyph, Level, Role, tier};
use crate::tui::widgets::draw::{Align, put, put_right, put_spans, row, width};
use crate::tui::widgets::frame::Pane;
use crate::tui::widgets::matrix::{Matrix, Score};

/// Draws the screen of a record.
pub fn draw(state: &State, screen: &RecordScreen, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    // Some records have no title yet, such as a packet without a use case.
    let title = screen.detail.as_ref().map_or_else(
        || screen.reference.clone(),
        |detail| format!("{} {}", detail.record.reference(), detail.record.title().trim()).trim_end().to_owned(),
    );
    let pane =
        Pane { theme: &ctx.theme, number: None, title: &title, count: screen.kind.label, focused: true, scroll: None };
    (&pane).render(area, frame.buffer_mut());
    let inner = Pane::inner(area);
    let inner = Rect { x: inner.x + u16::from(inner.width > 4), width: inner.width.saturating_sub(2), ..inner };
    let mut top = 0;
    if let Some(detail) = &screen.detail {
        if detail.record.kind() == &REVIEW && inner.height > 8 {
            put_spans(frame.buffer_mut(), row(inner, 0), &record::stages(ctx, &detail.record), Align::Left, &ctx.theme);
            put_spans(frame.buffer_mut(), row(inner, 1), &facts(ctx, &detail.record), Align::Left, &ctx.theme);
            let launch = detail.record.get("launch_on").as_day();
            if let Some(launch) = launch {
                let distance = crate::record::when::distance(launch, ctx.today);
                let text = format!("launch {launch} ({distance})");
                put_right(frame.buffer_mut(), row(inner, 1), &text, ctx.theme.style(Role::Dim), &ctx.theme);
            }
            top = 2;
        }
        put_spans(frame.buffer_mut(), row(inner, top), &tabs(ctx, screen, inner.width), Align::Left, &ctx.theme);
        top += 2;
    }
    let body = Rect { y: inner.y + top.min(inner.height), height: inner.height.saturating_sub(top), ..inner };
    if let Some(failure) = &screen.failure {
        put(frame.buffer_mut(), body, failure, ctx.theme.style(Role::Error), &ctx.theme);
    } else if screen.detail.is_none() {
        put(frame.buffer_mut(), body, "Reading …", ctx.theme.style(Role::Dim), &ctx.theme);
    } else {
        tab(state, screen, body, frame);
    }
}

fn facts(ctx: &Ctx, review: &Record) -> Line {
    let page = Page::new(&ctx.theme, 80);
    let name = review.text("tier").unwrap_or("tier not decided");
    vec![
        page.piece(name.to_owned(), review.text("tier").map_or(Role::Dim, tier)),
        page.piece(
            format!(
                " · {} · {} priority",
                review.text("kind").unwrap_or_default(),
                review.text("priority").unwrap_or("normal")
            ),
            Role::Dim,
        ),
    ]
}

/// The tabs on one line. Where not all fit, whole tabs are left off at either end, the one that is shown stays, and a sign
/// says that there are more.
fn tabs(ctx: &Ctx, screen: &RecordScreen, cells: u16) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let dim = theme.style(Role::Dim);
    let shown = |at: usize, tab: &Tab| {
        let count = match tab {
            Tab::List(_, listing) => listing.list.total.map(|total| format!(" {total}")).unwrap_or_default(),
            _ => String::new(),
        };
        let (style, left, right) = if at == screen.tab {
            (theme.style(Role::Accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED), "[", "]")
        } else {
            (dim, " ", " ")
        };
        [Span::styled(left, dim), Span::styled(format!("{}{count}", tab.title()), style), Span::styled(right, dim)]
    };
    let all: Vec<_> = screen.tabs.iter().enumerate().map(|(at, tab)| shown(at, tab)).collect();
    let widths: Vec<usize> = all.iter().map(|tab| tab.iter().map(|span| width(&span.content)).sum()).collect();
    let fitting = fitting(&widths, screen.tab, usize::from(cells));
    let more = |is: bool, glyph| if is { vec![Span::styled(theme.glyph(glyph).to_owned(), dim)] } else { Vec::new() };
    let (before, after) = (fitting.start > 0, fitting.end < all.len());
    more(before, Glyph::Ellipsis)
        .into_iter()
        .chain(all.into_iter().skip(fitting.start).take(fitting.len()).flatten())
        .chain(more(after, Glyph::Ellipsis))
        .collect()
}

/// The run of tabs around the current one that fits, with a cell for the sign at either end that is cut.
fn fitting(widths: &[usize], current: usize, cells: usize) -> std::ops::Range<usize> {
    let needs = |run: &std::ops::Range<usize>| {
        let tabs: usize = widths.get(run.clone()).unwrap_or_default().iter().sum();
        tabs + usize::from(run.start > 0) + usize::from(run.end < widths.len())
    };
    let mut run = 0..widths.len();
    while needs(&run) > cells && run.end > current + 1 {
        run.end -= 1;
    }
    while needs(&run) > cells && run.start < current {
        run.start += 1;
    }
    run
}

fn tab(state: &State, screen: &RecordScreen, area: Rect, frame: &mut Frame<'_>) {
    let ctx = &state.ctx;
    let Some(detail) = &screen.detail else { return };
    match &screen.tabs[screen.tab] {
        Tab::Overview if detail.record.kind() == &RISK => risk(ctx, screen, &detail.record, area, frame),
        Tab::Overview => {
            record::overview(ctx, detail, area.width).draw(area, screen.scroll, frame.buffer_mut());
        }
        Tab::Packet => {
            record::packet(ctx, detail, area.width).draw(area, screen.scroll, frame.buffer_mut());
        }
        Tab::Walk(_) => match (&screen.triaged, &screen.triage_failure) {
            (Some(triaged), _) => triage::draw(ctx, triaged, screen.cursor, area, frame),
            (None, failure) => {
                let words = failure.as_deref().unwrap_or("Reading …");
                let role = if failure.is_some() { Role::Error } else { Role::Dim };
                put(frame.buffer_mut(), area, words, ctx.theme.style(role), &ctx.theme);
            }
        },
        Tab::Series => super::operations::series_tab(ctx, screen.series.as_deref(), area, frame),
        Tab::History => {
            record::history(ctx, &detail.history, area.width).draw(area, screen.scroll, frame.buffer_mut());
        }
        Tab::List(_, listing) => {
            // What follows from an incident are long sentences; whose they are and until when is what matters beside them.
            let of_incident = screen.kind == &INCIDENT && listing.base.kind == &ACTION;
            let short = listing.base.kind == &CHECKLIST_ITEM || of_incident;
            let look = if short { Look::short(ctx, listing.base.kind) } else { Look::long(ctx, listing) };
            PaneOf { number: None, focused: true, short }.list(state, listing, &look, area, frame);
        }
    }
}

/// The matrix beside the text where there is room, above it where there is not.
fn risk(ctx: &Ctx, screen: &RecordScreen, record: &Record, area: Rect, frame: &mut Frame<'_>) {
    let Some(detail) = &screen.detail else { return };
    let beside = area.width >= 100;
    let (matrix_area, text) = if beside {
        let width = if area.width >= 150 { 76 } else { 60 };
        let height = if area.height >= 20 && area.width >= 150 { 17 } else { 12 };
        (
            Rect { x: area.right() - width, width, height: height.min(area.height), ..area },
            Rect { width: area.width - width - 2, ..area },
        )
    } else {
        let height = 7.min(area.height / 2);
        (
            Rect { height, ..area },
            Rect { y: area.y + height + 1, height: area.height.saturating_sub(height + 1), ..area },
        )
    };
    draw_matrix(ctx, screen, record, matrix_area, frame);
    record::overview(ctx, detail, text.width).draw(text, screen.scroll, frame.buffer_mut());
}

fn draw_matrix(ctx: &Ctx, screen: &RecordScreen, record: &Record, area: Rect, frame: &mut Frame<'_>) {
    let names =
        |scale| -> Vec<String> { (1..=5).map(|step| ctx.terms().step(scale, step).unwrap_or_default()).collect() };
    let (severities, likelihoods) = (names(Scale::Severity), names(Scale::Likelihood));
    let five =
        |names: &[String]| -> [String; 5] { std::array::from_fn(|at| names.get(at).cloned().unwrap_or_default()) };
    let (severities, likelihoods) = (five(&severities), five(&likelihoods));
    let score = |severity: &str, likelihood: &str| {
        let step = |field: &str| record.number(field).and_then(|step| u8::try_from(step).ok());
        Some(Score::new(step(severity)?, step(likelihood)?))
    };
    let cursor = screen.scoring.map(|scoring| {
        Score::new(u8::try_from(scoring.severity).unwrap_or(1), u8::try_from(scoring.likelihood).unwrap_or(1))
    });
    let matrix = Matrix {
        theme: &ctx.theme,
        levels: levels(ctx),
        severities: std::array::from_fn(|at| severities[at].as_str()),
        likelihoods: std::array::from_fn(|at| likelihoods[at].as_str()),
        inherent: score("severity", "likelihood"),
        residual: score("residual_severity", "residual_likelihood"),
        counts: None,
        cursor,
    };
    let legend_height = u16::from(area.height > 7);
    let drawn = Rect { height: area.height - legend_height, ..area };
    (&matrix).render(drawn, frame.buffer_mut());
    if legend_height > 0 {
        let legend = match screen.scoring {
            Some(scoring) if scoring.residual => {
                "Scoring the residual risk: arrows move, Tab inherent, Enter saves".to_owned()
            }
            Some(_) => "Scoring the inherent risk: arrows move, Tab residual, Enter saves".to_owned(),
            None => matrix.words(),
        };
        let line = Rect { y: area.bottom() - 1, height: 1, ..area };
        put(frame.buffer_mut(), line, &legend, ctx.theme.style(Role::Dim), &ctx.theme);
    }
}

/// The matrix of the policy, by severity and likelihood.
#[must_use]
pub fn levels(ctx: &Ctx) -> [[Level; 5]; 5] {
    let level = |severity: usize, likelihood: usize| {
        let steps = (i64::try_from(severity + 1).unwrap_or(1), i64::try_from(likelihood + 1).unwrap_or(1));
        let level = ctx.terms().level(steps.0, steps.1);
        // Levels that the organisation named otherwise are placed by their rank.
        level.map_or(Level::Low, |(name, rank)| {
            let by_rank = Level::ALL[usize::try_from(rank).unwrap_or(0).min(3)];
            Level::named(&name).unwrap_or(by_rank)
        })
    };
    std::array::from_fn(|severity| std::array::from_fn(|likelihood| level(severity, likelihood)))
}
