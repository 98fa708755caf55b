//! The drawing of the screens. Reads the state, never changes it, never touches the file.

pub mod desk;
mod document;
pub mod history;
mod markdown;
mod meeting;
pub mod operations;
pub mod page;
pub mod present;
pub mod record;
pub mod rows;
pub mod screen;
pub mod triage;
pub mod watched;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Widget;

use super::list::Listing;
use super::state::{Base, State};
use crate::record::{PACKET, REVIEW};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::theme::Role;
use crate::tui::widgets::frame::{Bar, Hint, Hints, Pane, Status, StatusKind, too_small};
use crate::tui::widgets::list::List as Table;
use crate::tui::widgets::progress::Progress;
pub use document::differences;
use rows::{Look, when_empty};

/// The parts of the screen: title, content, what is selected, status and hints. On low screens the content is what stays.
pub struct Parts {
    /// The line at the top.
    pub title: Rect,
    /// What it is all about.
    pub content: Rect,
    /// The line about what is selected.
    pub context: Rect,
    /// The line at the bottom: hints, or what happened.
    pub bottom: Rect,
}

impl Parts {
    /// Divides a screen.
    #[must_use]
    pub fn of(area: Rect) -> Self {
        let line = |y: u16, height: u16| Rect { y: area.y + y, height, ..area };
        match area.height {
            0..=2 => Self { title: line(0, 0), content: area, context: line(0, 0), bottom: line(0, 0) },
            3..=7 => Self {
                title: line(0, 1),
                content: line(1, area.height - 2),
                context: line(0, 0),
                bottom: line(area.height - 1, 1),
            },
            height => Self {
                title: line(0, 1),
                content: line(1, height - 3),
                context: line(height - 2, 1),
                bottom: line(height - 1, 1),
            },
        }
    }
}

/// Draws everything.
pub fn draw(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    state.ctx.theme.blank(area, frame.buffer_mut());
    if let Some(presenting) = state.presenting.as_ref().filter(|_| !state.layers.covered()) {
        present::draw(state, presenting, frame);
    } else if !state.layers.covered() {
        let parts = Parts::of(area);
        title(state, parts.title, frame);
        match (state.screens.last(), &state.base) {
            (Some(screen), _) => screen::draw(state, screen, parts.content, frame),
            (None, Base::Desk) => desk::draw(state, parts.content, frame),
            (None, Base::List(listing)) => {
                let pane = PaneOf { number: place_number(listing), focused: true, short: false };
                pane.draw(state, listing, &place_title(listing), parts.content, frame);
            }
            (None, Base::History(place)) => history::draw(state, place, parts.content, frame),
            (None, Base::Operations(place)) => operations::draw(state, place, parts.content, frame),
            (None, Base::Insights(place)) => super::insights::draw(state, place, parts.content, frame),
        }
        context(state, parts.context, frame);
        bottom(state, parts.bottom, frame);
    }
    state.layers.draw(frame, &state.ctx);
    too_small(area, frame.buffer_mut(), &state.ctx.theme);
}

fn place_number(listing: &Listing) -> Option<char> {
    match listing.base.kind {
        kind if kind == &crate::record::EVIDENCE => Some('5'),
        kind if kind == &crate::record::ANALYSIS => Some('6'),
        kind if kind == &crate::record::MEETING => Some('7'),
        _ => None,
    }
}

fn place_title(listing: &Listing) -> String {
    if listing.base.kind == &crate::record::MEETING {
        return crate::tui::app::meetings::title(listing).to_owned();
    }
    listing.base.kind.plural.to_owned()
}

fn place_name(state: &State) -> String {
    match (state.screens.last(), &state.base) {
        (Some(screen), _) => screen.reference.clone(),
        (None, Base::Desk) => "Desk".to_owned(),
        (None, Base::List(listing)) => place_title(listing),
        (None, Base::History(_)) => "History".to_owned(),
        (None, Base::Operations(_)) => "Operations".to_owned(),
        (None, Base::Insights(_)) => "Insights".to_owned(),
    }
}

fn title(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    let workspace = format!(" · {}", state.ctx.workspace);
    let (middle, me) = (place_name(state), format!("@{}", state.ctx.me.handle));
    let width = |text: &str| crate::tui::widgets::draw::width(text);
    // The middle stands in the middle, unless the workspace's name pushes it; two cells stand between the parts.
    let line = usize::from(area.width.saturating_sub(2));
    let before = 7 + width(&workspace) + 2;
    let at = (line.saturating_sub(width(&middle)) / 2).max(before);
    let read_only = if state.ctx.read_only { 11 } else { 0 };
    let room = line.saturating_sub(at + width(&middle) + 2 + width(&me) + 2 + read_only);
    let mut right = operations::outlook(state, room);
    if !right.is_empty() {
        right.push(Span::raw("  "));
    }
    if state.ctx.read_only {
        right.push(Span::styled("read-only  ", theme.style(Role::Warn)));
    }
    right.push(Span::raw(me));
    let bar = Bar {
        theme,
        role: Role::Bar,
        left: vec![Span::styled("Probity", theme.style(Role::Title)), Span::raw(workspace)],
        middle: vec![Span::raw(middle)],
        right,
    };
    bar.render(area, frame.buffer_mut());
}

/// The line about the review at hand: its stage, when it is due, what comes next.
fn context(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    let mut left = Vec::new();
    if let Some(review) = state.review_at_hand() {
        left.push(Span::styled(review.reference().to_owned(), theme.style(Role::Accent)));
        left.push(Span::raw(format!(" · {}", rows::capital(review.text("stage").unwrap_or_default()))));
        if let Some(due) = review.get("due_on").as_day().filter(|_| !REVIEW.is_closed(review)) {
            let distance = state.ctx.due(due);
            let role = if due < state.ctx.today { Role::Bad } else { Role::Text };
            left.push(Span::styled(format!(" · stage due {distance}"), theme.style(role)));
        }
        let progress = state.desk.panes[super::desk::QUEUE].list.progress.get(review.id()).copied().or_else(|| {
            let screen = state.screens.iter().rev().find(|screen| screen.id == review.id());
            screen.and_then(|screen| screen.detail.as_ref()).map(|detail| detail.progress)
        });
        if let Some(next) = progress.and_then(|progress| crate::review::next(review, &progress)) {
            left.push(Span::styled(" · next: ", theme.style(Role::Dim)));
            left.push(Span::raw(next.what));
        }
    }
    let bar = Bar { theme, role: Role::Text, left, middle: Vec::new(), right: Vec::new() };
    bar.render(area, frame.buffer_mut());
}

fn bottom(state: &State, area: Rect, frame: &mut Frame<'_>) {
    let theme = &state.ctx.theme;
    if let Some(running) = &state.running {
        let cancel = state.ctx.keymap.key_for(state.place(), Id::Cancel).map(|key| format!("{key} cancels"));
        let progress = Progress {
            theme,
            what: &running.what,
            done: usize::try_from(running.done).unwrap_or(usize::MAX),
            total: (running.of > 0).then(|| usize::try_from(running.of).unwrap_or(usize::MAX)),
            cancel: cancel.as_deref().unwrap_or_default(),
        };
        (&progress).render(area, frame.buffer_mut());
        return;
    }
    if !state.status.text.is_empty() {
        let kind = if state.status.bad { StatusKind::Failure } else { StatusKind::Done };
        (&Status { theme, text: &state.status.text, kind }).render(area, frame.buffer_mut());
        return;
    }
    let hints = hints(state);
    (&Hints { theme, hints: &hints }).render(area, frame.buffer_mut());
}

/// The keys worth knowing where the user is, the most important first.
#[must_use]
pub fn hints(state: &State) -> Vec<Hint> {
    let place = state.place();
    let marked = state.listing().map_or(0, |listing| listing.list.marked.len());
    let packet = state.chosen().first().is_some_and(|record| record.kind() == &PACKET);
    let ids: &[Id] = match place {
        _ if marked > 0 => {
            &[Id::Edit, Id::Due, Id::Owner, Id::Status, Id::MarkNone, Id::CopySummary, Id::Delete, Id::Help]
        }
        Where::Desk => &[
            Id::Open,
            Id::Add,
            Id::Help,
            Id::Edit,
            Id::Triage,
            Id::Find,
            Id::ScopeNext,
            Id::Undo,
            Id::Palette,
            Id::PaneNext,
            Id::Status,
            Id::Due,
            Id::NextStep,
            Id::Quit,
        ],
        Where::Insights => match &state.base {
            Base::Insights(place) => super::insights::hints(place),
            _ => &[],
        },
        Where::Analysis => &[
            Id::AnalysisViewNext,
            Id::AnalysisMetricNext,
            Id::Help,
            Id::AnalysisAttach,
            Id::AnalysisRisk,
            Id::AnalysisLimitations,
            Id::AnalysisRank,
            Id::AnalysisSupportMore,
            Id::AnalysisCrossing,
            Id::AnalysisExplanation,
            Id::Back,
        ],
        Where::Matrix => &[Id::MatrixSave, Id::MatrixUp, Id::MatrixRight, Id::MatrixSwitch, Id::Back],
        Where::Operations | Where::Watched => crate::tui::app::operations::hints(state),
        Where::Risk => {
            &[Id::MatrixEdit, Id::Edit, Id::Help, Id::Add, Id::Status, Id::TabNext, Id::Back, Id::Undo, Id::Palette]
        }
        Where::Meeting if state.screens.last().is_some_and(|screen| screen.target().is_some()) => &[
            Id::Present,
            Id::Open,
            Id::Add,
            Id::ItemUp,
            Id::ItemDown,
            Id::Help,
            Id::ItemConsent,
            Id::ItemMinutes,
            Id::TakeProposals,
            Id::TabNext,
            Id::Undo,
            Id::Back,
        ],
        Where::Meeting => {
            &[Id::Present, Id::TabNext, Id::Open, Id::Help, Id::Edit, Id::Add, Id::Back, Id::Undo, Id::Palette]
        }
        Where::Record if state.screens.last().is_some_and(|screen| screen.target().is_some()) => &[
            Id::Open,
            Id::TriageApply,
            Id::PacketForm,
            Id::LegalForm,
            Id::Triage,
            Id::Help,
            Id::TabNext,
            Id::Back,
            Id::Undo,
            Id::Palette,
        ],
        Where::Record if crate::tui::app::documents::at_hand(state).is_some() => {
            &[Id::Open, Id::Document, Id::Edit, Id::Help, Id::TabNext, Id::Back, Id::Add, Id::Undo, Id::Palette]
        }
        Where::Record if packet => &[Id::Edit, Id::Back, Id::Help, Id::TabNext, Id::Triage, Id::Undo, Id::Palette],
        Where::Record => &[
            Id::Open,
            Id::Edit,
            Id::Help,
            Id::Add,
            Id::TabNext,
            Id::Back,
            Id::Triage,
            Id::Move,
            Id::Status,
            Id::NextStep,
            Id::Undo,
            Id::Palette,
        ],
        _ => &[Id::Open, Id::Help, Id::Add, Id::Edit, Id::Find, Id::Filter, Id::Sort, Id::Back, Id::Undo, Id::Palette],
    };
    Hint::of(&state.ctx.keymap, place, ids)
}

/// A pane with a list in it.
pub struct PaneOf {
    /// The key that leads to it.
    pub number: Option<char>,
    /// Whether it has the keys.
    pub focused: bool,
    /// Whether it shows the short form of its kind.
    pub short: bool,
}

impl PaneOf {
    /// Draws the pane.
    pub fn draw(&self, state: &State, listing: &Listing, title: &str, area: Rect, frame: &mut Frame<'_>) {
        let ctx = &state.ctx;
        let list = &listing.list;
        let look = if self.short { Look::short(ctx, listing.base.kind) } else { Look::long(ctx, listing) };
        let mut count = list.total.map(|total| total.to_string()).unwrap_or_default();
        if listing.is_narrowed() {
            count = format!("{} · {count}", listing.narrowing());
        }
        if !list.marked.is_empty() {
            count = format!("{} marked · {count}", list.marked.len());
        }
        let pane =
            Pane { theme: &ctx.theme, number: self.number, title, count: &count, focused: self.focused, scroll: None };
        (&pane).render(area, frame.buffer_mut());
        self.list(state, listing, &look, Pane::inner(area), frame);
    }

    /// Draws the list alone.
    pub fn list(&self, state: &State, listing: &Listing, look: &Look<'_>, area: Rect, frame: &mut Frame<'_>) {
        let list = &listing.list;
        let header = !self.short;
        let visible = list.visible(Table::room(area.height, header));
        let rows: Vec<_> = list.rows[visible.clone()].iter().map(|row| look.row(&row.record, list)).collect();
        let key = state.ctx.keymap.key_for(Where::Desk, Id::Add).map(|key| key.to_string()).unwrap_or_default();
        let empty = when_empty(listing, &key);
        let table = Table {
            theme: &state.ctx.theme,
            columns: &look.columns(listing, area.width),
            rows: &rows,
            selected: (!rows.is_empty()).then(|| list.selected.saturating_sub(visible.start)),
            focused: self.focused,
            header,
            empty: &empty,
        };
        (&table).render(area, frame.buffer_mut());
    }
}
