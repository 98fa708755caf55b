//! From a workspace to a pack: one pass over each kind of record, page by page, in one state of the file.

pub mod agenda;
mod attention;
mod changes;
mod documents;
mod programme;
mod queue;
mod risks;
mod trend;
mod work;

use std::collections::HashMap;
use std::sync::Arc;

pub use changes::{EVENTS, HISTORY_ROWS};

use chrono::{DateTime, FixedOffset, Local, NaiveDate, SubsecRound, Utc};

use super::error::Result;
use super::model::{About, FORMAT, Figures, Pack, Registers, VERSION};
use super::programme::Wanted;
use super::register::{Cell, Labels};
use super::watch::Watch;
use crate::policy::Policy;
use crate::record::{PERSON, Record};
use crate::text;
use crate::workspace::{Direction, Query, Workspace};

/// How many records are read at a time.
const PAGE: usize = 500;

/// Within how many days something is due soon.
pub const SOON_DAYS: i64 = 7;

/// What a pack is to be made of.
#[derive(Debug, Clone)]
pub struct Request {
    /// The moment: it says what is overdue, how old something is, and what the pack calls now. The records are read as
    /// they stand.
    pub at: DateTime<FixedOffset>,
    /// The first day of the period whose changes are listed; none for no list of changes.
    pub since: Option<NaiveDate>,
    /// Who makes it: a name, or the handle of one of the workspace's people, who is then named in full.
    pub made_by: String,
    /// The fingerprint of the policy in force, where it is known.
    pub policy: Option<String>,
    /// The policy by which standing checks are asked; without it they are not asked.
    pub checks: Option<Policy>,
    /// How many rows of the history are read at the most, to tell what changed.
    pub history_rows: usize,
    /// By which policies the programme's figures are computed, and for when; none for none.
    pub programme: Option<Wanted>,
    /// The meeting whose agenda the pack is about, and nothing else; none for the whole workspace.
    pub agenda: Option<agenda::Scope>,
}

impl Request {
    /// A pack of this moment, without a list of changes.
    #[must_use]
    pub fn now(made_by: &str) -> Self {
        Self {
            at: Local::now().fixed_offset(),
            since: None,
            made_by: made_by.to_owned(),
            policy: None,
            checks: None,
            history_rows: HISTORY_ROWS,
            programme: None,
            agenda: None,
        }
    }
}

impl Pack {
    /// Computes the pack.
    ///
    /// # Errors
    /// Where the workspace cannot be read, or whoever watches stops it.
    pub fn compute(workspace: &Workspace, request: &Request, watch: &mut Watch<'_>) -> Result<Self> {
        workspace.snapshot(|workspace| gather(workspace, request, watch))
    }
}

fn gather(workspace: &Workspace, request: &Request, watch: &mut Watch<'_>) -> Result<Pack> {
    let mut reading = Reading::new(workspace, request, watch)?;
    let (queue, stages, reviews) = queue::read(&mut reading)?;
    let (risks, acceptances, heat) = risks::read(&mut reading)?;
    let trend = trend::read(&mut reading)?;
    let items = work::items(&mut reading)?;
    let (actions, owners) = work::actions(&mut reading)?;
    let evidence = work::evidence(&mut reading)?;
    let written = documents::documents(&mut reading)?;
    let checks = documents::checks(&mut reading, request)?;
    let (changes, period) = changes::read(&mut reading, request.since, request.history_rows)?;
    let programme = programme::read(&mut reading, request.programme.as_ref())?;
    let attention = attention::rank(&mut reading, &reviews, period.as_ref());
    let mut registers = vec![queue.0, risks, acceptances, queue.1, items, actions, evidence, written, checks, changes];
    if let Some(scope) = &request.agenda {
        registers.insert(0, agenda::register(&mut reading, scope));
    }
    Ok(Pack {
        format: FORMAT,
        version: VERSION,
        about: about(&mut reading, request)?,
        figures: std::mem::take(&mut reading.figures),
        attention,
        stages,
        heat,
        trend,
        owners,
        changes: period,
        programme,
        registers: Registers(registers),
    })
}

fn about(reading: &mut Reading<'_, '_>, request: &Request) -> Result<About> {
    let safe = |raw: &str| Arc::from(text::line(raw).trim());
    let handle = request.made_by.trim().trim_start_matches('@');
    Ok(About {
        workspace: safe(&reading.workspace.name()),
        made_at: request.at.trunc_subsecs(0),
        today: reading.today,
        made_by: reading.handles.get(handle).cloned().unwrap_or_else(|| safe(&request.made_by)),
        program: env!("CARGO_PKG_VERSION"),
        history_head: reading.workspace.chain_head()?,
        history_changes: reading.workspace.history_length()?,
        policy: request.policy.as_deref().map(|policy| text::line(policy).into_owned()),
        since: request.since,
        notices: std::mem::take(&mut reading.notices),
    })
}

/// What every part of the work needs, and what the parts find out for one another.
struct Reading<'a, 'w> {
    workspace: &'a Workspace,
    watch: &'a mut Watch<'w>,
    zone: FixedOffset,
    today: NaiveDate,
    labels: Labels,
    /// The names of people by their handles, which the history gives.
    handles: HashMap<String, Arc<str>>,
    figures: Figures,
    notices: Vec<String>,
    /// What other parts found that the board should look at.
    found: attention::Found,
    /// To what the pack is narrowed.
    scope: Option<agenda::Scope>,
}

impl<'a, 'w> Reading<'a, 'w> {
    fn new(workspace: &'a Workspace, request: &Request, watch: &'a mut Watch<'w>) -> Result<Self> {
        let mut reading = Self {
            workspace,
            watch,
            zone: *request.at.offset(),
            today: request.at.date_naive(),
            labels: Labels::default(),
            handles: HashMap::new(),
            figures: Figures::default(),
            notices: Vec::new(),
            found: attention::Found::default(),
            scope: request.agenda.clone(),
        };
        reading.read_people()?;
        Ok(reading)
    }

    /// People are shown by name; those who share one, with their handle.
    fn read_people(&mut self) -> Result<()> {
        let mut people: Vec<(String, String, String)> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        self.each(&Query::all(&PERSON), "Reading people", |_, person| {
            let name = person.title().trim().to_owned();
            *known.entry(name.clone()).or_default() += 1;
            people.push((person.id().to_owned(), name, person.text("handle").unwrap_or_default().to_owned()));
            Ok(())
        })?;
        for (id, name, handle) in people {
            let shared = known.get(&name).is_some_and(|count| *count > 1);
            let shown = if shared { format!("{name} (@{handle})") } else { name };
            self.labels.know_person(&id, &shown);
            self.handles.insert(handle, self.labels.person(&id));
        }
        Ok(())
    }

    /// A query, narrowed to what the pack is about.
    fn narrowed(&self, query: Query) -> Query {
        match &self.scope {
            Some(scope) => scope.narrow(query),
            None => query,
        }
    }

    /// Reads a list page by page.
    fn pages(
        &mut self,
        query: &Query,
        what: &'static str,
        mut take: impl FnMut(&mut Self, Vec<Record>) -> Result<()>,
    ) -> Result<()> {
        let total = self.workspace.count(query)?;
        let mut done = 0;
        let mut from = None;
        loop {
            self.watch.at(what, done, total)?;
            let page = self.workspace.page(query, from.as_ref(), Direction::After, PAGE)?;
            for label in page.labels.values().filter(|label| !label.reference.starts_with(PERSON.prefix)) {
                self.labels.know(&label.id, &label.reference, &label.title);
            }
            from = page.rows.last().map(|row| row.cursor.clone());
            done += page.rows.len() as u64;
            take(self, page.rows.into_iter().map(|row| row.record).collect())?;
            if !page.more {
                return Ok(());
            }
        }
    }

    /// Reads a list record by record.
    fn each(
        &mut self,
        query: &Query,
        what: &'static str,
        mut take: impl FnMut(&mut Self, &Record) -> Result<()>,
    ) -> Result<()> {
        self.pages(query, what, |reading, records| {
            for record in &records {
                take(reading, record)?;
            }
            Ok(())
        })
    }

    /// Days from a date to today; negative for one to come.
    fn days_since(&self, day: NaiveDate) -> i64 {
        (self.today - day).num_days()
    }

    /// The date of a moment where the pack is made.
    fn local_day(&self, moment: DateTime<Utc>) -> NaiveDate {
        moment.with_timezone(&self.zone).date_naive()
    }

    /// How many days late something with this date is; nothing where it is not.
    fn days_late(&self, due: Option<NaiveDate>) -> Cell {
        Cell::number(due.map(|due| self.days_since(due)).filter(|days| *days > 0))
    }

    /// The person a field links to, by name.
    fn person(&self, record: &Record, field: &str) -> Option<Arc<str>> {
        record.text(field).map(|id| self.labels.person(id))
    }
}

/// A record's title, made safe.
fn title_of(record: &Record) -> Arc<str> {
    Arc::from(text::line(record.title()).trim())
}

/// `1 day`, `3 days`.
fn counted(count: i64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
