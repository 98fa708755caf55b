//! The place of insights: figures, the heat map, flow, forecasts, patterns, coverage, sessions and surveys.
//!
//! A part is read when it is shown, on the reading thread, and kept until the file changes; moving the cursor computes nothing.
//! What a part shows is a sheet of tables (`sheet`), which are drawn, read out line by line, and gone along with one cursor.
//! Over a part may lie a figure with the records behind it, or a list of records that is read a page at a time.

mod behind;
mod copy;
mod coverage;
mod export;
mod flow;
mod forecast;
mod heat;
mod kpis;
mod patterns;
mod read;
mod run;
pub mod sheet;
#[cfg(test)]
mod tests;
pub mod view;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};

use super::ctx::Ctx;
use super::list::{Listing, Want};
use super::message::{Effect, ListId};
use super::reads;
use crate::record::{ENABLEMENT, Kind, Record, SURVEY};
use crate::review::coverage::Coverage;
use crate::review::insights::heat::Heat;
use crate::review::insights::{Ageing, Flow, Forecast, Funnel, Lasting, LateFind, Recurring, TrackRecord};
use crate::review::kpi::{By, Figure, Period};
use crate::tui::widgets::matrix::Score;
use crate::workspace::{Query, Result};
pub use behind::Behind;
pub use run::{available, run, takes};
pub use view::{draw, hints};

/// What of the insights is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The sixteen figures.
    Kpis,
    /// The heat map of open risks.
    Risks,
    /// The funnel, ageing, and how long things take.
    Flow,
    /// Whether reviews under way will be ready.
    Forecast,
    /// What comes again, and what was found too late.
    Patterns,
    /// How the requirements of frameworks stand.
    Coverage,
    /// Sessions and survey responses.
    Enablement,
}

impl Part {
    /// All of them, in the order in which they are gone through.
    pub const ALL: [Self; 7] =
        [Self::Kpis, Self::Risks, Self::Flow, Self::Forecast, Self::Patterns, Self::Coverage, Self::Enablement];

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Kpis => "KPIs",
            Self::Risks => "Risks",
            Self::Flow => "Flow",
            Self::Forecast => "Forecast",
            Self::Patterns => "Patterns",
            Self::Coverage => "Coverage",
            Self::Enablement => "Enablement",
        }
    }

    /// Its place among them.
    #[must_use]
    pub fn at(self) -> usize {
        Self::ALL.iter().position(|part| *part == self).unwrap_or(0)
    }

    /// Whether what it shows is of a period.
    #[must_use]
    pub const fn is_timed(self) -> bool {
        matches!(self, Self::Kpis | Self::Flow | Self::Patterns | Self::Enablement)
    }
}

/// What was read once, and whether it still holds.
pub struct Kept<T> {
    /// What was read, or why it could not be.
    pub told: Option<std::result::Result<Arc<T>, String>>,
    /// Whether it is of the file as it is.
    fresh: bool,
    /// Whether it is being read.
    pub reading: bool,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { told: None, fresh: false, reading: false }
    }
}

impl<T> Kept<T> {
    /// What was read.
    #[must_use]
    pub fn get(&self) -> Option<&Arc<T>> {
        self.told.as_ref()?.as_ref().ok()
    }

    /// Why there is nothing.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.told.as_ref()?.as_ref().err().map(String::as_str)
    }

    fn take(&mut self, told: Result<T>) {
        self.told = Some(told.map(Arc::new).map_err(|error| error.to_string()));
        self.fresh = true;
        self.reading = false;
    }

    /// Whether it has to be asked for now.
    fn wants(&mut self) -> bool {
        let wants = !self.fresh && !self.reading;
        self.reading |= wants;
        wants
    }

    fn outdate(&mut self) {
        self.fresh = false;
        self.reading = false;
    }
}

/// The figures of a period.
pub struct Figures {
    /// Of which period.
    pub period: Period,
    /// By what they are told apart.
    pub by: Option<By>,
    /// The figures.
    pub all: Vec<Figure>,
}

/// The lives of reviews, with what follows from them.
pub struct Flows {
    /// The moment for which it was worked out.
    pub now: DateTime<Utc>,
    /// The period of the funnel and of what ended.
    pub period: Period,
    /// The lives.
    pub flows: Vec<Flow>,
    /// The funnel.
    pub funnel: Vec<Funnel>,
    /// How old is what is under way.
    pub ageing: Vec<Ageing>,
    /// Days by stage.
    pub stages: Vec<Lasting>,
    /// Days by what was waited for.
    pub waits: Vec<Lasting>,
    /// Forecasts.
    pub forecasts: Vec<Forecast>,
    /// How often they were right.
    pub record: TrackRecord,
}

/// What comes again, and what was found too late.
pub struct Patterns {
    /// The period of what was found late.
    pub period: Period,
    /// What comes again, of all time.
    pub recurring: Vec<Recurring>,
    /// What was found after a launch.
    pub late: Vec<LateFind>,
    /// The controls that would have caught it, those of most finds first.
    pub controls: Vec<patterns::Catching>,
}

/// The open risks.
pub struct Risks {
    /// On the matrix.
    pub heat: Heat,
    /// Those at the highest levels.
    pub highest: Vec<Record>,
}

/// What was read for a part, or for what lies over it.
pub enum Said {
    /// The figures.
    Figures(u64, Result<Figures>),
    /// The figures of sessions and surveys.
    Reach(u64, Result<Vec<Figure>>),
    /// The heat map.
    Heat(Result<Box<Risks>>),
    /// The lives of reviews.
    Flows(u64, Result<Flows>),
    /// Patterns.
    Patterns(u64, Result<Patterns>),
    /// How frameworks stand.
    Coverage(Result<Vec<Coverage>>),
    /// A page of the records behind something.
    Records(u64, usize, Result<Vec<behind::Shown>>),
    /// Another period.
    Period(Period),
    /// What is read for a part was stopped.
    Stopped(Part),
}

/// What lies over a part.
pub enum Over {
    /// A figure, by its place among them, with the records behind it.
    Figure(usize, Behind),
    /// Records behind something else.
    Behind(Behind),
    /// A list of records, with what it is of.
    List(String, Box<Listing>),
}

/// The place.
pub struct Insights {
    /// What of it is shown.
    pub part: Part,
    /// The period that is told.
    pub period: Period,
    /// By what figures are told apart.
    pub by: Option<By>,
    /// The figures.
    pub kpis: Kept<Figures>,
    /// The figures of sessions and surveys.
    pub reach: Kept<Vec<Figure>>,
    /// The heat map.
    pub heat: Kept<Risks>,
    /// The lives of reviews.
    pub flows: Kept<Flows>,
    /// Patterns.
    pub patterns: Kept<Patterns>,
    /// How frameworks stand.
    pub coverage: Kept<Vec<Coverage>>,
    /// The row under the cursor, of each part.
    cursors: [usize; Part::ALL.len()],
    /// The cell of the heat map under the cursor.
    pub cell: Score,
    /// Whether that is of the matrix after mitigation.
    pub residual: bool,
    /// The framework that is shown, by its place.
    pub framework: usize,
    /// Sessions, and survey responses.
    pub lists: [Listing; 2],
    /// Which of them has the keys.
    pub list: usize,
    /// What lies over the part.
    pub over: Option<Over>,
    /// Counts the questions, so that late answers are recognised.
    token: u64,
}

impl Insights {
    /// The place, before anything was read.
    #[must_use]
    pub fn new(today: NaiveDate) -> Self {
        Self {
            part: Part::Kpis,
            period: Period::year_to(today),
            by: None,
            kpis: Kept::default(),
            reach: Kept::default(),
            heat: Kept::default(),
            flows: Kept::default(),
            patterns: Kept::default(),
            coverage: Kept::default(),
            cursors: [0; Part::ALL.len()],
            cell: Score::new(5, 5),
            residual: false,
            framework: 0,
            lists: [&ENABLEMENT, &SURVEY].map(|kind: Kind| Listing::new(Query::all(kind))),
            list: 0,
            over: None,
            token: 0,
        }
    }

    /// The row under the cursor.
    #[must_use]
    pub fn cursor(&self) -> usize {
        self.cursors.get(self.part.at()).copied().unwrap_or(0)
    }

    fn put_cursor(&mut self, to: usize) {
        if let Some(cursor) = self.cursors.get_mut(self.part.at()) {
            *cursor = to;
        }
    }

    /// Whether what is shown is being read.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        match self.part {
            Part::Kpis => self.kpis.reading,
            Part::Risks => self.heat.reading,
            Part::Flow | Part::Forecast => self.flows.reading,
            Part::Patterns => self.patterns.reading,
            Part::Coverage => self.coverage.reading,
            Part::Enablement => self.reach.reading,
        }
    }

    /// Asks for what the part needs and does not have.
    fn want(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (period, token) = (self.period.clone(), self.token);
        match self.part {
            Part::Kpis if self.kpis.wants() => vec![read::figures(period, self.by, token, ctx)],
            Part::Risks if self.heat.wants() => vec![read::heat(ctx)],
            Part::Flow | Part::Forecast if self.flows.wants() => vec![read::flows(period, token, ctx)],
            Part::Patterns if self.patterns.wants() => vec![read::patterns(period, token, ctx)],
            Part::Coverage if self.coverage.wants() => vec![read::coverage(ctx)],
            Part::Enablement if self.reach.wants() => {
                let mut effects = vec![read::reach(period, token, ctx)];
                for (at, listing) in self.lists.iter_mut().enumerate() {
                    let want = listing.list.reload();
                    effects.push(reads::page(ListId::Insight(at), &listing.list, want, ctx.today));
                    effects.push(reads::total(ListId::Insight(at), &listing.list));
                }
                effects
            }
            _ => Vec::new(),
        }
    }

    /// Reads anew what is shown; the other parts are read when they are shown next.
    pub fn reload(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.kpis.outdate();
        self.reach.outdate();
        self.heat.outdate();
        self.flows.outdate();
        self.patterns.outdate();
        self.coverage.outdate();
        self.token += 1;
        let mut effects = self.want(ctx);
        match &mut self.over {
            Some(Over::List(_, listing)) => {
                let want = listing.list.reload();
                effects.push(reads::page(ListId::Insight(OVER), &listing.list, want, ctx.today));
                effects.push(reads::total(ListId::Insight(OVER), &listing.list));
            }
            Some(Over::Figure(_, behind) | Over::Behind(behind)) => effects.extend(behind.reload(ctx)),
            None => {}
        }
        effects
    }

    /// The list that has the keys, with what it is called among lists.
    #[must_use]
    pub fn listing(&self) -> Option<(usize, &Listing)> {
        match (&self.over, self.part) {
            (Some(Over::List(_, listing)), _) => Some((OVER, listing)),
            (None, Part::Enablement) => Some((self.list, self.lists.get(self.list)?)),
            _ => None,
        }
    }

    /// The list that has the keys.
    pub fn listing_mut(&mut self) -> Option<&mut Listing> {
        match (&mut self.over, self.part) {
            (Some(Over::List(_, listing)), _) => Some(listing),
            (None, Part::Enablement) => self.lists.get_mut(self.list),
            _ => None,
        }
    }

    /// The list with this number.
    pub fn list_mut(&mut self, at: usize) -> Option<&mut super::list::List> {
        match &mut self.over {
            Some(Over::List(_, listing)) if at == OVER => Some(&mut listing.list),
            _ => self.lists.get_mut(at).map(|listing| &mut listing.list),
        }
    }

    /// Asks for a page of the list that has the keys.
    #[must_use]
    pub fn page(&self, want: Want, ctx: &Ctx) -> Option<Effect> {
        let (at, listing) = self.listing()?;
        Some(reads::page(ListId::Insight(at), &listing.list, want, ctx.today))
    }

    /// Shows what the list that has the keys is asked for now, from its start.
    pub fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let Some(want) = self.listing_mut().map(Listing::refresh) else { return Vec::new() };
        let total = self.listing().map(|(at, listing)| reads::total(ListId::Insight(at), &listing.list));
        self.page(want, ctx).into_iter().chain(total).collect()
    }

    /// Takes what was read.
    fn hear(&mut self, said: Said, ctx: &Ctx) -> Vec<Effect> {
        match said {
            Said::Figures(token, told) if token == self.token => {
                // A figure that is open may stand elsewhere now, or be gone.
                let open = match &self.over {
                    Some(Over::Figure(at, _)) => self.figure(*at).map(|one| (one.kpi.id, one.group.clone())),
                    _ => None,
                };
                self.kpis.take(told);
                return self.reopen(open, ctx);
            }
            Said::Reach(token, told) if token == self.token => self.reach.take(told),
            Said::Heat(told) => {
                let first = self.heat.get().is_none();
                self.heat.take(told.map(|told| *told));
                let worst = self.heat.get().filter(|_| first).and_then(|told| told.heat.worst(ctx.terms()));
                if let Some((severity, likelihood)) = worst {
                    self.cell = Score::new(severity, likelihood);
                }
            }
            Said::Flows(token, told) if token == self.token => self.flows.take(told),
            Said::Patterns(token, told) if token == self.token => self.patterns.take(told),
            Said::Coverage(told) => self.coverage.take(told),
            Said::Records(token, page, told) => {
                if let Some(Over::Figure(_, behind) | Over::Behind(behind)) = &mut self.over {
                    behind.take(token, page, told);
                }
            }
            Said::Period(period) => return self.go_to_period(period, ctx),
            Said::Stopped(part) => {
                if part == Part::Kpis {
                    self.kpis.reading = false;
                }
                self.flows.reading &= !matches!(part, Part::Flow | Part::Forecast);
                self.patterns.reading &= part != Part::Patterns;
                self.heat.reading &= part != Part::Risks;
                self.coverage.reading &= part != Part::Coverage;
                self.reach.reading &= part != Part::Enablement;
            }
            _ => {}
        }
        Vec::new()
    }

    /// Opens again the figure that was open before figures were read anew.
    fn reopen(&mut self, open: Option<(&'static str, Option<String>)>, ctx: &Ctx) -> Vec<Effect> {
        let Some((id, group)) = open else { return Vec::new() };
        let at = self
            .kpis
            .get()
            .and_then(|told| told.all.iter().position(|figure| figure.kpi.id == id && figure.group == group));
        let old = self.over.take();
        let Some(at) = at else { return Vec::new() };
        let mut effects = self.open_figure(at, ctx);
        if let (Some(Over::Figure(_, old)), Some(Over::Figure(_, new))) = (old, &mut self.over) {
            effects.extend(new.go_to(old.selected, ctx));
        }
        effects
    }

    /// A figure by its place.
    #[must_use]
    pub fn figure(&self, at: usize) -> Option<&Figure> {
        self.kpis.get()?.all.get(at)
    }

    /// Tells another period.
    fn go_to_period(&mut self, period: Period, ctx: &Ctx) -> Vec<Effect> {
        self.period = period;
        self.token += 1;
        self.kpis.outdate();
        self.reach.outdate();
        self.flows.outdate();
        self.patterns.outdate();
        self.want(ctx)
    }
}

/// The number of the list that lies over a part.
pub const OVER: usize = 2;
