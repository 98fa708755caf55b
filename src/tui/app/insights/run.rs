//! What the keys of the place do.

use super::{Insights, Over, Part, copy, export, heat};
use crate::review::insights::heat as heat_map;
use crate::review::kpi::{By, EXAMPLES, Period};
use crate::text;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::insights::{Said, view};
use crate::tui::app::layers::prompt::{Prompt, Take, Understand};
use crate::tui::app::list::Listing;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::reads;
use crate::tui::app::state::{Base, State};
use crate::tui::command::{Available, CommandId as Id};

/// The place, where it has the keys.
#[must_use]
pub fn here(state: &State) -> Option<&Insights> {
    match &state.base {
        Base::Insights(place) if state.screens.is_empty() && state.presenting.is_none() => Some(place),
        _ => None,
    }
}

fn here_mut(state: &mut State) -> Option<(&mut Insights, &Ctx)> {
    let free = state.screens.is_empty() && state.presenting.is_none();
    match &mut state.base {
        Base::Insights(place) if free => Some((place, &state.ctx)),
        _ => None,
    }
}

/// The commands of the place itself.
const fn is_own(id: Id) -> bool {
    matches!(
        id,
        Id::InsightsNext
            | Id::InsightsPrevious
            | Id::InsightsLeft
            | Id::InsightsRight
            | Id::InsightsPeriod
            | Id::InsightsEarlier
            | Id::InsightsLater
            | Id::InsightsBy
            | Id::InsightsMissing
            | Id::InsightsExport
    )
}

/// Whether the place carries a command out, and not what is the same for all places.
#[must_use]
pub fn takes(state: &State, id: Id) -> bool {
    let Some(place) = here(state) else { return id == Id::PlaceInsights };
    match id {
        id if is_own(id) => true,
        Id::PlaceInsights => true,
        Id::Up
        | Id::Down
        | Id::PageUp
        | Id::PageDown
        | Id::Top
        | Id::Bottom
        | Id::Open
        | Id::CopyReference
        | Id::CopySummary => place.listing().is_none(),
        Id::Cancel if state.running.is_none() && place.is_reading() => true,
        // Marks and what narrows a list go first.
        Id::Back | Id::Cancel if state.running.is_none() || id == Id::Back => {
            place.over.is_some()
                && place.listing().is_none_or(|(_, listing)| listing.list.marked.is_empty() && !listing.is_narrowed())
        }
        _ => false,
    }
}

/// Whether a command of the place can be carried out now; none where that is not asked here.
#[must_use]
pub fn available(state: &State, id: Id) -> Option<Available> {
    let Some(place) = here(state) else { return is_own(id).then(|| no("This is about insights: 9 goes there.")) };
    let behind = matches!(place.over, Some(Over::Figure(..) | Over::Behind(_)));
    Some(match id {
        Id::InsightsPeriod | Id::InsightsEarlier | Id::InsightsLater if !place.part.is_timed() => {
            no("What is shown here is of now, not of a period.")
        }
        Id::InsightsBy if place.part != Part::Kpis => {
            no("Only figures are told apart by groups; the first part has them.")
        }
        Id::InsightsMissing if !behind => no("Open a figure first: this is about the records behind it."),
        id if is_own(id) => Available::Yes,
        Id::Open | Id::CopyReference | Id::CopySummary if takes(state, id) => Available::Yes,
        _ => return None,
    })
}

fn no(why: &str) -> Available {
    Available::No(why.to_owned())
}

/// Carries a command out.
pub fn run(state: &mut State, id: Id) -> Vec<Effect> {
    let rows = i64::from(state.size.height.saturating_sub(8).max(2) / 2);
    match id {
        Id::PlaceInsights => return state.go_to_insights(),
        Id::InsightsExport => return export::open(state, here),
        Id::InsightsPeriod => return ask_period(state),
        Id::Cancel if here(state).is_some_and(Insights::is_reading) => {
            if let Some((place, _)) = here_mut(state) {
                place.stop();
            }
            state.say("Stopped; C-l reads it again");
            return vec![Effect::Cancel];
        }
        Id::CopyReference | Id::CopySummary => {
            let words = here(state).and_then(|place| copy::words(place, &state.ctx));
            if let Some((text, what)) = words {
                return vec![Effect::Copy(text, what)];
            }
            state.complain("Nothing is selected here.");
            return Vec::new();
        }
        _ => {}
    }
    let Some((place, ctx)) = here_mut(state) else { return Vec::new() };
    let page = isize::try_from(rows).unwrap_or(10);
    let done = match id {
        Id::InsightsNext => Ok(place.turn(true, ctx)),
        Id::InsightsPrevious => Ok(place.turn(false, ctx)),
        Id::InsightsLeft | Id::InsightsRight => place.sideways(id == Id::InsightsRight, ctx),
        Id::InsightsEarlier | Id::InsightsLater => place.shift_period(id == Id::InsightsLater, ctx),
        Id::InsightsBy => Ok(place.turn_by(ctx)),
        Id::InsightsMissing => Ok(match &mut place.over {
            Some(Over::Figure(_, behind) | Over::Behind(behind)) => behind.turn_missing(ctx),
            _ => Vec::new(),
        }),
        Id::Up => Ok(place.move_by(-1, ctx)),
        Id::Down => Ok(place.move_by(1, ctx)),
        Id::PageUp => Ok(place.move_by(-page, ctx)),
        Id::PageDown => Ok(place.move_by(page, ctx)),
        Id::Top => Ok(place.move_by(isize::MIN, ctx)),
        Id::Bottom => Ok(place.move_by(isize::MAX, ctx)),
        Id::Open => place.open(ctx),
        Id::Back | Id::Cancel => {
            place.over = None;
            Ok(Vec::new())
        }
        _ => Ok(Vec::new()),
    };
    match done {
        Ok(effects) => effects,
        Err(why) => {
            state.complain(why);
            Vec::new()
        }
    }
}

/// Asks which period is to be told.
fn ask_period(state: &mut State) -> Vec<Effect> {
    let Some(place) = here(state) else { return Vec::new() };
    let now = place.period.name.clone();
    let take: Take = Box::new(|typed, ctx| {
        let period = read_period(typed, ctx)?;
        Ok(vec![Message::Insights(Said::Period(period))])
    });
    let understand: Understand = Box::new(|typed, ctx| {
        let period = read_period(typed, ctx)?;
        let days = if period.days() == 1 { "1 day".to_owned() } else { format!("{} days", period.days()) };
        Ok(format!("{} to {}, {days}", period.from.format("%A %-d %B %Y"), period.to.format("%A %-d %B %Y")))
    });
    let help = format!("{EXAMPLES}; empty for the last twelve months.");
    let prompt = Prompt::new("Period", &help, take).suggesting(&now).understanding(understand);
    state.layers.push(Box::new(prompt));
    Vec::new()
}

fn read_period(typed: &str, ctx: &Ctx) -> Result<Period, String> {
    if typed.trim().is_empty() { Ok(Period::year_to(ctx.today)) } else { Period::parse(typed) }
}

impl Insights {
    /// Shows the next part, or the one before.
    pub(super) fn turn(&mut self, forwards: bool, ctx: &Ctx) -> Vec<Effect> {
        let count = Part::ALL.len();
        let next = (self.part.at() + if forwards { 1 } else { count - 1 }) % count;
        self.show(Part::ALL.get(next).copied().unwrap_or(Part::Kpis), ctx)
    }

    /// Shows a part.
    pub fn show(&mut self, part: Part, ctx: &Ctx) -> Vec<Effect> {
        self.part = part;
        self.over = None;
        self.want(ctx)
    }

    /// To the cell, the framework or the list at the side, or to the period before or after.
    fn sideways(&mut self, right: bool, ctx: &Ctx) -> Result<Vec<Effect>, String> {
        match (&self.over, self.part) {
            (None | Some(Over::Figure(..)), Part::Kpis) | (None, Part::Flow | Part::Patterns) => {
                return self.shift_period(right, ctx);
            }
            (None, Part::Risks) => self.move_cell(0, if right { 1 } else { -1 }),
            (None, Part::Coverage) => self.turn_framework(right),
            (None, Part::Enablement) => self.list = usize::from(right),
            _ => {}
        }
        Ok(Vec::new())
    }

    /// Tells the period before or after.
    fn shift_period(&mut self, later: bool, ctx: &Ctx) -> Result<Vec<Effect>, String> {
        let next = if later { self.period.after() } else { self.period.before() };
        let next = next.ok_or_else(|| format!("There is no period beyond {}.", self.period.name))?;
        Ok(self.go_to_period(next, ctx))
    }

    /// Tells figures apart by the next thing.
    fn turn_by(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.by = match self.by {
            None => Some(By::Team),
            Some(By::Team) => Some(By::Tier),
            Some(By::Tier) => Some(By::Area),
            Some(By::Area) => None,
        };
        self.over = None;
        self.put_cursor(0);
        self.again(ctx)
    }

    /// Moves the cursor.
    pub fn move_by(&mut self, rows: isize, ctx: &Ctx) -> Vec<Effect> {
        match &mut self.over {
            Some(Over::Figure(_, behind) | Over::Behind(behind)) => return behind.move_by(rows, ctx),
            Some(Over::List(..)) => return Vec::new(),
            None => {}
        }
        if self.part == Part::Risks {
            self.move_cell(i8::try_from(rows.clamp(-5, 5)).unwrap_or(0).saturating_neg(), 0);
            return Vec::new();
        }
        let last = view::sheet(self, ctx, u16::MAX).rows().saturating_sub(1);
        self.put_cursor(self.cursor().min(last).saturating_add_signed(rows).min(last));
        Vec::new()
    }

    /// Opens what has the cursor.
    fn open(&mut self, ctx: &Ctx) -> Result<Vec<Effect>, String> {
        match &self.over {
            Some(Over::Figure(_, behind) | Over::Behind(behind)) => {
                let shown = behind.current().ok_or("Nothing is selected here.")?;
                return Ok(vec![reads::open(&shown.id)]);
            }
            Some(Over::List(..)) => return Ok(Vec::new()),
            None => {}
        }
        if self.is_reading() && view::sheet(self, ctx, u16::MAX).rows() == 0 && self.part != Part::Risks {
            return Err("It is being read; a moment.".to_owned());
        }
        let (block, row) = view::sheet(self, ctx, u16::MAX).at(self.cursor()).unwrap_or((0, 0));
        match self.part {
            Part::Kpis => Ok(self.open_figure(self.cursor(), ctx)),
            Part::Risks => Ok(self.open_cell(ctx)),
            Part::Flow => Ok(self.open_flow(block, row, ctx)),
            Part::Forecast => {
                let told = self.flows.get().and_then(|told| told.forecasts.get(row));
                Ok(told.map(|one| reads::open(&one.review)).into_iter().collect())
            }
            Part::Patterns => Ok(self.open_pattern(block, row, ctx)),
            Part::Coverage => self.open_requirement(row, ctx),
            Part::Enablement => Ok(Vec::new()),
        }
    }

    /// Lists the open risks of the cell under the cursor.
    fn open_cell(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let cell = heat::cell(self);
        let side = if self.residual { "after" } else { "before" };
        let title = format!("Open risks, {side} mitigation: {}", heat_map::in_words(cell, ctx.terms()));
        let listing = Listing::new(heat_map::risks_of(cell, self.residual));
        self.over = Some(Over::List(text::line(&title).into_owned(), Box::new(listing)));
        self.refresh(ctx)
    }

    /// Reads the figures anew, by what they are told apart now.
    fn again(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.token += 1;
        self.kpis.outdate();
        self.want(ctx)
    }

    /// Stops waiting for what is read.
    fn stop(&mut self) {
        self.token += 1;
        self.kpis.reading = false;
        self.heat.reading = false;
        self.flows.reading = false;
        self.patterns.reading = false;
        self.coverage.reading = false;
        self.reach.reading = false;
    }

    /// The row under the cursor, of what lies on top.
    #[must_use]
    pub fn row(&self) -> usize {
        match &self.over {
            Some(Over::Figure(_, behind) | Over::Behind(behind)) => behind.selected,
            _ => self.cursor(),
        }
    }

    /// How many rows there are, of what lies on top.
    #[must_use]
    pub fn rows(&self, ctx: &Ctx) -> usize {
        match &self.over {
            Some(Over::Figure(_, behind) | Over::Behind(behind)) => behind.rows(),
            _ => view::sheet(self, ctx, u16::MAX).rows(),
        }
    }
}

impl State {
    /// Goes to the place, or, where it is there already, to its next part.
    fn go_to_insights(&mut self) -> Vec<Effect> {
        if let (Base::Insights(place), true) = (&mut self.base, self.screens.is_empty()) {
            return place.turn(true, &self.ctx);
        }
        self.screens.clear();
        if !matches!(self.base, Base::Insights(_)) {
            self.base = Base::Insights(Box::new(Insights::new(self.ctx.today)));
        }
        match &mut self.base {
            Base::Insights(place) => place.want(&self.ctx),
            _ => Vec::new(),
        }
    }

    /// Takes what was read for the place.
    pub(in crate::tui::app) fn hear_insights(&mut self, said: Said) -> Vec<Effect> {
        if !matches!(said, Said::Records(..) | Said::Period(_)) {
            self.running = None;
        }
        match &mut self.base {
            Base::Insights(place) => place.hear(said, &self.ctx),
            _ => Vec::new(),
        }
    }
}
