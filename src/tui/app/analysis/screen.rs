//! The screen of an analysis: what is shown, what has the cursor, and what each key does.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::hunt::Sought;
use super::{Opened, Said, keep, view};
use crate::review::analysis::{Standing, Verdict, judge};
use crate::slices::cells::Task;
use crate::slices::labels;
use crate::slices::report::{Attribute, Group};
use crate::slices::search::{Found, SliceFound, Watch};
use crate::slices::worst::{By, Meaning};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::view::Parts;
use crate::tui::app::work::Slot;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::widgets::picker::Choice;

/// What part of an analysis is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What it comes to.
    Verdict,
    /// The groups of each attribute.
    Groups,
    /// Attributes crossed.
    Crossed,
    /// The worst slices.
    Worst,
    /// Whether scores mean what they say.
    Calibration,
    /// What changed since the run before.
    Changes,
    /// What was analysed, and what to be careful about.
    Data,
}

impl View {
    const ALL: [Self; 7] =
        [Self::Verdict, Self::Groups, Self::Crossed, Self::Worst, Self::Calibration, Self::Changes, Self::Data];

    /// What people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Groups => "Groups",
            Self::Crossed => "Crossed",
            Self::Worst => "Worst slices",
            Self::Calibration => "Calibration",
            Self::Changes => "Changes",
            Self::Data => "Data",
        }
    }
}

/// What the cursor is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// A figure held against a threshold.
    Judged(usize),
    /// A group: whether of a crossing, which attribute, which group.
    Group(bool, usize, usize),
    /// A slice that was found.
    Slice(usize),
    /// A figure that changed.
    Change(usize),
    /// A text to be read.
    Text(usize),
}

/// The screen.
pub struct Analysis {
    /// The report and what stands around it.
    pub opened: Opened,
    /// What it comes to.
    pub verdict: Verdict,
    /// What is shown.
    pub view: View,
    /// The figure that tables show, by name.
    pub metric: String,
    /// The item that has the cursor.
    pub cursor: usize,
    /// The crossing that is shown.
    pub crossing: usize,
    /// What worst slices are sought by.
    pub sought: Sought,
    /// The worst slices.
    pub found: Option<Found>,
    /// Why there are none.
    pub failed: Option<String>,
    /// The number of the search that was asked for last.
    pub token: u64,
    /// What it does not show, as it was written before it is kept.
    pub limitations: String,
}

impl Analysis {
    /// The screen of an analysis.
    #[must_use]
    pub fn new(opened: Opened) -> Self {
        let verdict = judge(&opened.report, &opened.thresholds);
        let broken = verdict.those(Standing::Breached).next().map(|one| one.metric.clone());
        let first = opened.report.overall.metrics.iter().map(|(name, _)| name.to_owned()).nth(1);
        let only = opened.report.overall.metrics.iter().map(|(name, _)| name.to_owned()).next();
        let limitations = opened.run.as_ref().and_then(|run| run.text("limitations")).unwrap_or_default().to_owned();
        Self {
            verdict,
            view: View::Verdict,
            metric: broken.or(first).or(only).unwrap_or_default(),
            cursor: 0,
            crossing: 0,
            sought: Sought::default(),
            found: opened.report.worst_slices.clone(),
            failed: None,
            token: 0,
            limitations,
            opened,
        }
    }

    /// The parts that there are.
    #[must_use]
    pub fn views(&self) -> Vec<View> {
        let report = &self.opened.report;
        let is_there = |view: &View| match view {
            View::Crossed => !report.intersections.is_empty(),
            View::Worst => self.found.is_some() || self.opened.searched.is_some(),
            View::Calibration => report.overall.calibration.is_some(),
            View::Changes => !self.opened.changes.is_empty(),
            _ => true,
        };
        View::ALL.into_iter().filter(is_there).collect()
    }

    fn other_views(&self) -> Vec<View> {
        self.views().into_iter().filter(|view| *view != self.view).collect()
    }

    /// The figures that tables can show.
    #[must_use]
    pub fn metrics(&self) -> Vec<String> {
        self.opened.report.overall.metrics.iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// The figure that this part shows.
    #[must_use]
    pub fn shown_metric(&self) -> &str {
        if self.view == View::Calibration { "calibration" } else { &self.metric }
    }

    /// The attribute of an item, and the group in it.
    #[must_use]
    pub fn group(&self, crossed: bool, attribute: usize, group: usize) -> Option<(&Attribute, &Group)> {
        let report = &self.opened.report;
        let all = if crossed { &report.intersections } else { &report.attributes };
        let attribute = all.get(attribute)?;
        Some((attribute, attribute.groups.get(group)?))
    }

    /// The slice of an item.
    #[must_use]
    pub fn slice(&self, at: usize) -> Option<&SliceFound> {
        self.found.as_ref()?.slices.get(at)
    }

    /// Everything that the cursor can be on, in order.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        let report = &self.opened.report;
        let groups = |crossed: bool, at: usize, attribute: &Attribute| -> Vec<Item> {
            (0..attribute.groups.len()).map(|group| Item::Group(crossed, at, group)).collect()
        };
        match self.view {
            View::Verdict => (0..self.verdict.judged.len()).map(Item::Judged).collect(),
            View::Groups | View::Calibration => {
                let all = report.attributes.iter().enumerate();
                all.flat_map(|(at, attribute)| groups(false, at, attribute)).collect()
            }
            View::Crossed => report
                .intersections
                .get(self.crossing)
                .map(|attribute| groups(true, self.crossing, attribute))
                .unwrap_or_default(),
            View::Worst => (0..self.found.as_ref().map_or(0, |found| found.slices.len())).map(Item::Slice).collect(),
            View::Changes => (0..self.opened.changes.len()).map(Item::Change).collect(),
            View::Data => (0..view::data_lines(self).len()).map(Item::Text).collect(),
        }
    }

    /// What the cursor is on.
    #[must_use]
    pub fn item(&self) -> Option<Item> {
        self.items().get(self.cursor).copied()
    }

    fn go(&mut self, rows: isize) -> Outcome<Ctx, Message> {
        let last = self.items().len().saturating_sub(1);
        self.cursor = self.cursor.min(last).saturating_add_signed(rows).min(last);
        Outcome::Consumed
    }

    fn turn(&mut self, forwards: bool) -> Outcome<Ctx, Message> {
        let views = self.views();
        let at = views.iter().position(|view| *view == self.view).unwrap_or(0);
        let next = (at + if forwards { 1 } else { views.len() - 1 }) % views.len();
        self.view = views.get(next).copied().unwrap_or(View::Verdict);
        self.cursor = 0;
        Outcome::Consumed
    }

    fn turn_metric(&mut self, forwards: bool) -> Outcome<Ctx, Message> {
        let metrics = self.metrics();
        let at = metrics.iter().position(|metric| *metric == self.metric).unwrap_or(0);
        let next = (at + if forwards { 1 } else { metrics.len().saturating_sub(1) }) % metrics.len().max(1);
        if let Some(metric) = metrics.get(next) {
            self.metric.clone_from(metric);
        }
        if matches!(self.view, View::Verdict | View::Calibration | View::Changes | View::Data) {
            self.view = View::Groups;
            self.cursor = 0;
        }
        Outcome::Consumed
    }

    fn cross(&mut self) -> Outcome<Ctx, Message> {
        let count = self.opened.report.intersections.len();
        if count == 0 {
            return Outcome::Say(vec![Message::Complain("No attributes are crossed in this report.".to_owned())]);
        }
        self.crossing = if self.view == View::Crossed { (self.crossing + 1) % count } else { self.crossing };
        self.view = View::Crossed;
        self.cursor = 0;
        Outcome::Consumed
    }

    /// Searches with something else, and shows it at once.
    fn seek(&mut self, sought: Sought) -> Outcome<Ctx, Message> {
        self.view = View::Worst;
        self.cursor = 0;
        let Some(searched) = self.opened.searched.clone() else {
            let why = "Only the report is kept, not the rows: analyse the file again to search it otherwise.";
            return Outcome::Say(vec![Message::Complain(why.to_owned())]);
        };
        self.sought = sought;
        self.token += 1;
        let (token, task) = (self.token, self.opened.report.data.task);
        let (positive, favourable) =
            (self.opened.report.data.positive.clone(), self.opened.report.data.favourable.clone());
        let job = move |stop: &std::sync::atomic::AtomicBool| -> Result<Box<Found>, String> {
            let place = |label: Option<&str>| {
                if task == Task::Regression {
                    return Ok(None);
                }
                labels::positive(&searched.encoded.labels, label, "--positive")
                    .map(|it| it.at)
                    .map_err(|it| it.to_string())
            };
            let meaning = Meaning {
                positive: place(positive.as_deref())?,
                favourable: match favourable.as_deref() {
                    Some(label) => place(Some(label))?,
                    None => None,
                },
            };
            let by: By = sought.by(task);
            let measure = searched.encoded.measure(by, meaning).map_err(|error| error.to_string())?;
            let mut searcher = searched.searcher.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let watch = Watch { cancelled: Some(stop), ..Watch::default() };
            let mut found =
                searcher.search(&measure, &sought.options(task), &watch).map_err(|error| error.to_string())?;
            by.measure(task).clone_into(&mut found.measure);
            Ok(Box::new(found))
        };
        let effect = Effect::Read(
            Slot::Newest("hunt", 0),
            Box::new(move |_, stop| Some(Message::Analysis(Said::Found(token, job(stop))))),
        );
        Outcome::Say(vec![Message::Ask(vec![effect])])
    }

    fn run(&mut self, id: Id, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let task = self.opened.report.data.task;
        match id {
            Id::Down => self.go(1),
            Id::Up => self.go(-1),
            Id::PageDown => self.go(10),
            Id::PageUp => self.go(-10),
            Id::Top => self.go(isize::MIN),
            Id::Bottom => self.go(isize::MAX),
            Id::AnalysisViewNext => self.turn(true),
            Id::AnalysisViewPrevious => self.turn(false),
            Id::AnalysisMetricNext => self.turn_metric(true),
            Id::AnalysisMetricPrevious => self.turn_metric(false),
            Id::AnalysisCrossing => self.cross(),
            Id::AnalysisSupportMore => self.seek(self.sought.supported(true)),
            Id::AnalysisSupportLess => self.seek(self.sought.supported(false)),
            Id::AnalysisDeeper => self.seek(self.sought.deeper(true)),
            Id::AnalysisShallower => self.seek(self.sought.deeper(false)),
            Id::AnalysisRank => self.seek(self.sought.turned(task)),
            Id::AnalysisAttach => keep::ask(self, ctx),
            Id::AnalysisRisk => keep::risk(self, ctx),
            Id::AnalysisLimitations => keep::write(self, "limitations", ctx),
            Id::AnalysisExplanation => keep::write(self, "explanation", ctx),
            Id::AnalysisFor => keep::choose_review(ctx),
            Id::AnalysisRecord => keep::record(self),
            Id::Back | Id::Cancel => Outcome::Close(Vec::new()),
            other => Outcome::Say(vec![Message::Run(other)]),
        }
    }
}

impl Layer<Ctx, Message> for Analysis {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match input {
            Input::Key(key) => match ctx.keymap.lookup(Where::Analysis, *key) {
                Some(id) => self.run(id, ctx),
                None => Outcome::Consumed,
            },
            Input::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelDown => self.go(3),
                MouseKind::WheelUp => self.go(-3),
                _ => Outcome::Consumed,
            },
            _ => Outcome::Consumed,
        }
    }

    fn hear(&mut self, message: &Message, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match message {
            Message::Analysis(Said::Found(token, result)) if *token == self.token => {
                match result {
                    Ok(found) => (self.found, self.failed) = (Some((**found).clone()), None),
                    Err(why) => self.failed = Some(why.clone()),
                }
                Outcome::Consumed
            }
            Message::Analysis(Said::For(Ok(found))) => {
                let (review, thresholds) = (**found).clone();
                self.verdict = judge(&self.opened.report, &thresholds);
                (self.opened.review, self.opened.thresholds) = (Some(review), thresholds);
                Outcome::Consumed
            }
            Message::Analysis(Said::Limitations(text)) => {
                self.limitations.clone_from(text);
                Outcome::Consumed
            }
            Message::Analysis(Said::Attach) => keep::ask(self, ctx),
            Message::Wrote { result: Ok(receipt), .. } => {
                keep::written(self, receipt);
                Outcome::Ignored
            }
            _ => Outcome::Ignored,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        // The lines around the content stay: what happened, what runs, and the keys.
        view::draw(self, Parts::of(area).content, frame, ctx);
    }

    fn asked(&self, ctx: &Ctx) -> Option<Asked> {
        let (views, items) = (self.other_views(), self.items());
        let views = views.iter().map(|view| Choice::new(view.title()).about("another part"));
        let acts = ACTS.iter().map(|id| Choice::new(id.command().title).about(id.command().description));
        let items = items.iter().map(|item| Choice::new(view::told(self, *item, &ctx.theme)));
        let choices = views.chain(acts).chain(items).collect();
        let wants = Wants::Choice { choices, many: false, at: None, typed: false };
        let asked = Asked::new(format!("Analysis, {}: {}", self.view.title(), self.verdict.word()), wants);
        let asked = view::summary(self).into_iter().fold(asked, Asked::helped);
        Some(asked.helped("The number of a figure, a group or a slice proposes a risk from it."))
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let Answer::Chosen(places) = answer else {
            return match answer {
                Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
                _ => Outcome::Ignored,
            };
        };
        let Some(place) = places.first().copied() else { return Outcome::Consumed };
        let views = self.other_views();
        if let Some(view) = views.get(place) {
            (self.view, self.cursor) = (*view, 0);
            return Outcome::Consumed;
        }
        if let Some(id) = ACTS.get(place - views.len()) {
            return self.run(*id, ctx);
        }
        self.cursor = place - views.len() - ACTS.len();
        keep::risk(self, ctx)
    }

    fn place(&self) -> Where {
        Where::Analysis
    }
}

/// What can be done from every part, for front ends that hand on no keys.
const ACTS: &[Id] = &[
    Id::AnalysisMetricNext,
    Id::AnalysisRank,
    Id::AnalysisSupportMore,
    Id::AnalysisSupportLess,
    Id::AnalysisAttach,
    Id::AnalysisLimitations,
    Id::AnalysisExplanation,
    Id::AnalysisFor,
];
