//! The screen of one record: what it is, what belongs to it, what happened to it. Reviews have tabs with lists;
//! risks have the matrix.

use std::sync::Arc;

use super::ctx::Ctx;
use super::list::{Listing, Want};
use super::load::Detail;
use super::message::{Effect, ListId};
use super::operations::reading::{self, Series};
use super::reads;
use super::triage::{Target, Triaged};
use super::walk::Walk;
use super::writes::Submit;
use crate::record::document::{COMMENT, ROUND, SECTION};
use crate::record::incident::MITIGATION;
use crate::record::{
    ACTION, ALERT, ANALYSIS, ATTENDANCE, CHECKLIST, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, INCIDENT, Kind,
    MEETING, RELEASE, REVIEW, RISK, Record, SIGNAL, SYSTEM, Value,
};
use crate::workspace::{Condition, Query};

/// A tab.
pub enum Tab {
    /// What it is, in one page.
    Overview,
    /// The intake packet, field by field.
    Packet,
    /// Lines to go along, each with what it opens: the triage, the gate, the trace.
    Walk(Walk),
    /// The readings of a signal, as a chart.
    Series,
    /// Records that belong to it.
    List(&'static str, Box<Listing>),
    /// What happened to it.
    History,
}

impl Tab {
    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Packet => "Packet",
            Self::Walk(walk) => walk.title(),
            Self::Series => "Series",
            Self::List(title, _) => title,
            Self::History => "History",
        }
    }
}

/// Scoring on the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scoring {
    /// Whether the residual risk is scored.
    pub residual: bool,
    /// Severity, 1 to 5.
    pub severity: i64,
    /// Likelihood, 1 to 5.
    pub likelihood: i64,
}

/// The screen of a record.
pub struct RecordScreen {
    /// The kind.
    pub kind: Kind,
    /// The record's id.
    pub id: String,
    /// Its reference, known before the rest is read.
    pub reference: String,
    /// What was read.
    pub detail: Option<Detail>,
    /// Why nothing could be read.
    pub failure: Option<String>,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// The tab that is shown.
    pub tab: usize,
    /// How many lines are scrolled away on a tab of text.
    pub scroll: usize,
    /// Which lines were shown last.
    pub walked: Option<Walk>,
    /// The lines, once their tab was shown.
    pub triaged: Option<Triaged>,
    /// Why the review could not be triaged.
    pub triage_failure: Option<String>,
    /// The item of the triage that has the cursor.
    pub cursor: usize,
    /// The id of a record that the cursor goes to once the lines are read anew.
    pub on: Option<String>,
    /// The readings of a signal, once their tab was shown.
    pub series: Option<Arc<Series>>,
    /// The matrix, when it has the keys.
    pub scoring: Option<Scoring>,
    depth: usize,
}

impl RecordScreen {
    /// The screen of a record, at a depth of the stack of screens.
    #[must_use]
    pub fn new(record: &Record, depth: usize) -> Self {
        let kind = record.kind();
        let of = |title: &'static str, other: Kind, field: &'static str| {
            let query = Query::all(other).with(Condition::Is(field, Value::text(record.id())));
            Tab::List(title, Box::new(Listing::new(query)))
        };
        let mut tabs = vec![Tab::Overview];
        match kind.name {
            name if name == REVIEW.name => tabs.extend([
                Tab::Packet,
                Tab::Walk(Walk::Triage),
                of("Risks", &RISK, "review"),
                of("Checklist", &CHECKLIST_ITEM, "review"),
                of("Actions", &ACTION, "review"),
                of("Evidence", &EVIDENCE, "review"),
                of("Analysis", &ANALYSIS, "review"),
                of("Documents", &DOCUMENT, "review"),
                of("Decisions", &DECISION, "review"),
                Tab::Walk(Walk::Gate),
                Tab::Walk(Walk::Trace),
            ]),
            name if name == SYSTEM.name => tabs.extend([
                of("Reviews", &REVIEW, "system"),
                of("Risks", &RISK, "system"),
                of("Releases", &RELEASE, "system"),
                of("Evidence", &EVIDENCE, "system"),
                of("Documents", &DOCUMENT, "system"),
                of("Signals", &SIGNAL, "system"),
                of("Incidents", &INCIDENT, "system"),
            ]),
            name if name == INCIDENT.name => {
                // Actions name what they come from by its reference.
                let named = |title, other, condition| {
                    Tab::List(title, Box::new(Listing::new(Query::all(other).with(condition))))
                };
                tabs.extend([
                    Tab::Walk(Walk::Timeline),
                    of("Mitigations", &MITIGATION, "incident"),
                    of("Alerts", &ALERT, "incident"),
                    named("Actions", &ACTION, Condition::Is("source", Value::text(record.reference()))),
                    of("Documents", &DOCUMENT, "incident"),
                ]);
                if let Some(review) = record.text("review") {
                    tabs.push(named("Decisions", &DECISION, Condition::Is("review", Value::text(review))));
                }
            }
            name if name == ALERT.name => tabs.push(Tab::Series),
            name if name == SIGNAL.name => tabs.extend([Tab::Series, of("Alerts", &ALERT, "signal")]),
            name if name == DOCUMENT.name => tabs.extend([
                of("Sections", &SECTION, "document"),
                of("Comments", &COMMENT, "document"),
                of("Rounds", &ROUND, "document"),
            ]),
            name if name == MEETING.name => {
                // Decisions name their meeting by its reference.
                let query = Query::all(&DECISION).with(Condition::Is("meeting", Value::text(record.reference())));
                tabs.extend([
                    Tab::Walk(Walk::Agenda),
                    of("Attendance", &ATTENDANCE, "meeting"),
                    Tab::List("Decisions", Box::new(Listing::new(query))),
                    of("Minutes", &DOCUMENT, "meeting"),
                ]);
            }
            name if name == CHECKLIST.name => tabs.push(of("Items", &CHECKLIST_ITEM, "checklist")),
            _ => {}
        }
        tabs.push(Tab::History);
        Self {
            kind,
            id: record.id().to_owned(),
            reference: record.reference().to_owned(),
            detail: None,
            failure: None,
            tabs,
            tab: 0,
            scroll: 0,
            walked: None,
            triaged: None,
            triage_failure: None,
            cursor: 0,
            on: None,
            series: None,
            scoring: None,
            depth,
        }
    }

    /// Asks for everything it shows.
    pub fn start(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let mut effects = vec![reads::detail(self.kind, &self.id, self.depth, ctx.today)];
        for tab in 0..self.tabs.len() {
            effects.extend(self.refresh(tab, ctx));
        }
        effects
    }

    /// Asks for everything anew, staying where it is.
    pub fn reload(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let mut effects = vec![reads::detail(self.kind, &self.id, self.depth, ctx.today)];
        for (at, tab) in self.tabs.iter_mut().enumerate() {
            if let Tab::List(_, listing) = tab {
                let want = listing.list.reload();
                let id = ListId::Tab(self.depth, at);
                effects.push(reads::page(id, &listing.list, want, ctx.today));
                effects.push(reads::total(id, &listing.list));
            }
        }
        effects.extend(self.shown(ctx));
        effects
    }

    /// Asks for what the tab that is shown needs beside its lists: a triage looks for resembling cases in the whole
    /// workspace, so it is read only where somebody looks at it.
    #[must_use]
    pub fn shown(&self, ctx: &Ctx) -> Option<Effect> {
        match self.tabs[self.tab] {
            Tab::Walk(walk) => Some(reads::walk(walk, &self.id, self.depth, ctx)),
            Tab::Series => Some(reading::series(self.signal()?, self.depth + 1)),
            _ => None,
        }
    }

    /// The id of the signal whose readings it shows: its own, or that of its alert.
    #[must_use]
    pub fn signal(&self) -> Option<&str> {
        if self.kind == &SIGNAL { Some(&self.id) } else { self.record()?.text("signal") }
    }

    /// What the line of the triage under the cursor opens; none on other tabs.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        if !matches!(self.tabs[self.tab], Tab::Walk(_)) {
            return None;
        }
        Some(
            self.triaged
                .as_ref()
                .and_then(|triaged| triaged.item(self.cursor))
                .map_or(&Target::Nothing, |item| &item.target),
        )
    }

    /// Moves in a tab of text: by items in a triage, by lines elsewhere.
    pub fn move_by(&mut self, rows: isize) {
        match (&self.tabs[self.tab], &self.triaged) {
            (Tab::Walk(_), Some(triaged)) => {
                let last = triaged.items.len().saturating_sub(1);
                self.cursor = self.cursor.min(last).saturating_add_signed(rows).min(last);
            }
            _ => self.scroll = self.scroll.saturating_add_signed(rows),
        }
    }

    /// Shows what a tab's list is asked for now, from its start.
    pub fn refresh(&mut self, tab: usize, ctx: &Ctx) -> Vec<Effect> {
        let id = ListId::Tab(self.depth, tab);
        let Some(Tab::List(_, listing)) = self.tabs.get_mut(tab) else { return Vec::new() };
        let want = listing.refresh();
        vec![reads::page(id, &listing.list, want, ctx.today), reads::total(id, &listing.list)]
    }

    /// Asks for a page of the list on the tab that is shown.
    #[must_use]
    pub fn read(&self, want: Want, ctx: &Ctx) -> Option<Effect> {
        let Tab::List(_, listing) = &self.tabs[self.tab] else { return None };
        Some(reads::page(ListId::Tab(self.depth, self.tab), &listing.list, want, ctx.today))
    }

    /// The list on the tab that is shown.
    #[must_use]
    pub fn listing(&self) -> Option<&Listing> {
        if let Some(Tab::List(_, listing)) = self.tabs.get(self.tab) { Some(listing) } else { None }
    }

    /// The list on the tab that is shown, to be moved in.
    pub fn listing_mut(&mut self) -> Option<&mut Listing> {
        if let Some(Tab::List(_, listing)) = self.tabs.get_mut(self.tab) { Some(listing) } else { None }
    }

    /// The record itself, once it was read.
    #[must_use]
    pub fn record(&self) -> Option<&Record> {
        self.detail.as_ref().map(|detail| &detail.record)
    }

    /// What a command is about: marked rows or the row of a list, the packet on its tab, else the record itself.
    #[must_use]
    pub fn chosen(&self) -> Vec<&Record> {
        match &self.tabs[self.tab] {
            Tab::List(_, listing) => listing.list.chosen(),
            Tab::Packet => self.detail.iter().filter_map(|detail| detail.packet.as_ref()).collect(),
            Tab::Overview | Tab::Walk(_) | Tab::Series | Tab::History => self.record().into_iter().collect(),
        }
    }

    /// Goes to the start or the end of a tab of text.
    pub fn jump(&mut self, end: bool) {
        if matches!(self.tabs[self.tab], Tab::Walk(_)) {
            self.move_by(if end { isize::MAX } else { isize::MIN });
        } else {
            self.scroll = if end { usize::MAX / 2 } else { 0 };
        }
    }

    /// Shows another tab.
    pub fn turn(&mut self, forwards: bool) {
        let count = self.tabs.len();
        self.go_to((self.tab + if forwards { 1 } else { count - 1 }) % count);
    }

    /// Shows the tab at a place. The lines of another one are not taken for its own.
    fn go_to(&mut self, tab: usize) {
        let walk = |tab: &Tab| if let Tab::Walk(walk) = tab { Some(*walk) } else { None };
        if let Some(next) = walk(&self.tabs[tab])
            && self.walked != Some(next)
        {
            (self.walked, self.triaged, self.triage_failure, self.cursor) = (Some(next), None, None, 0);
        }
        self.tab = tab;
        self.scroll = 0;
    }

    /// Shows the tab with this title.
    pub fn show_tab(&mut self, title: &str) {
        if let Some(at) = self.tabs.iter().position(|tab| tab.title() == title) {
            self.go_to(at);
        }
    }

    /// Gives the keys to the matrix, at the risk's scores.
    pub fn begin_scoring(&mut self) {
        let Some(risk) = self.record().filter(|record| record.kind() == &RISK) else { return };
        self.scoring = Some(Self::scores(risk, false));
    }

    fn scores(risk: &Record, residual: bool) -> Scoring {
        let inherent = (risk.number("severity").unwrap_or(3), risk.number("likelihood").unwrap_or(3));
        let (severity, likelihood) = if residual {
            let residual = (risk.number("residual_severity"), risk.number("residual_likelihood"));
            (residual.0.unwrap_or(inherent.0), residual.1.unwrap_or(inherent.1))
        } else {
            inherent
        };
        Scoring { residual, severity, likelihood }
    }

    /// Scores the residual risk instead of the inherent one, or the other way round.
    pub fn switch_scoring(&mut self) {
        let residual = self.scoring.is_some_and(|scoring| !scoring.residual);
        if let (Some(_), Some(risk)) = (self.scoring, self.record()) {
            self.scoring = Some(Self::scores(risk, residual));
        }
    }

    /// Moves on the matrix.
    pub fn score_by(&mut self, severity: i64, likelihood: i64) {
        if let Some(scoring) = &mut self.scoring {
            scoring.severity = (scoring.severity + severity).clamp(1, 5);
            scoring.likelihood = (scoring.likelihood + likelihood).clamp(1, 5);
        }
    }

    /// The scores, to be saved; the matrix gives the keys back.
    pub fn end_scoring(&mut self) -> Option<Submit> {
        let scoring = self.scoring.take()?;
        let record = self.record()?;
        let names =
            if scoring.residual { ["residual_severity", "residual_likelihood"] } else { ["severity", "likelihood"] };
        let texts = vec![(names[0], scoring.severity.to_string()), (names[1], scoring.likelihood.to_string())];
        Submit::set(&[record], texts)
    }
}
