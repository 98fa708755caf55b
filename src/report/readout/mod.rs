//! The readout for the lead of the programme: what the figures and the history say of a period, from a template.

mod gather;
mod words;

use std::path::Path;

use chrono::NaiveDate;
use minijinja::{Value as Jinja, context};

use super::Result;
use crate::record::Record;
use crate::review::due::Due;
use crate::review::insights::{Forecast, Funnel, Lasting, LateFind, Recurring, TrackRecord};
use crate::review::kpi::{Figure, Period, Verdict};
use crate::text;

pub use gather::of;
pub use words::in_words;

/// How many lines of a list are told.
const MOST: usize = 12;

/// An exception that was approved in the period: a waiver, or the acceptance of what remains of a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    reference: String,
    what: &'static str,
    subject: String,
    title: String,
    until: Option<NaiveDate>,
    holds: bool,
}

/// A missed figure with the records that keep it from its target.
struct Missed<'a> {
    figure: &'a Figure,
    amiss: &'static str,
    records: Vec<String>,
}

/// What a readout tells.
struct Known<'a> {
    workspace: String,
    period: &'a Period,
    /// The name of the period before.
    period_before: String,
    today: NaiveDate,
    figures: &'a [Figure],
    /// The same figures in the period before.
    before: &'a [Option<f64>],
    missed: Vec<Missed<'a>>,
    funnel: &'a [Funnel],
    stages: &'a [Lasting],
    waits: &'a [Lasting],
    forecasts: &'a [Forecast],
    record: &'a TrackRecord,
    incidents: &'a [Record],
    late: &'a [LateFind],
    recurring: &'a [Recurring],
    exceptions: &'a [Exception],
    due: &'a [Due],
    /// The id of the last step of escalation, where there is one.
    last_step: Option<&'a str>,
}

/// The readout as Markdown; a template of the same name in `folder` stands in for the shipped one.
fn filled(of: &Known<'_>, folder: Option<&Path>) -> Result<String> {
    let context = context! {
        workspace => safe(&of.workspace),
        period => &of.period.name,
        period_before => &of.period_before,
        from => of.period.from.to_string(),
        to => of.period.to.to_string(),
        today => of.today.to_string(),
        headlines => words::headlines(of),
        decide => words::to_decide(of),
        kpis => of.figures.iter().zip(of.before).map(|(figure, before)| told(figure, *before)).collect::<Vec<_>>(),
        missed => of.missed.iter().map(missed).collect::<Vec<_>>(),
        funnel => of.funnel.iter().map(funnel).collect::<Vec<_>>(),
        stages => of.stages.iter().map(lasting).collect::<Vec<_>>(),
        waits => of.waits.iter().take(MOST).map(lasting).collect::<Vec<_>>(),
        record => words::in_words(of.record),
        forecasts => of.forecasts.iter().filter(|one| one.word != "no date").take(MOST).map(forecast).collect::<Vec<_>>(),
        forecasts_more => of.forecasts.iter().filter(|one| one.word != "no date").count().saturating_sub(MOST),
        incidents => of.incidents.iter().take(MOST).map(incident).collect::<Vec<_>>(),
        incidents_more => of.incidents.len().saturating_sub(MOST),
        late => of.late.iter().take(MOST).map(late).collect::<Vec<_>>(),
        late_more => of.late.len().saturating_sub(MOST),
        recurring => of.recurring.iter().take(MOST).map(recurring).collect::<Vec<_>>(),
        recurring_more => of.recurring.len().saturating_sub(MOST),
        exceptions => of.exceptions.iter().take(MOST).map(exception).collect::<Vec<_>>(),
        exceptions_more => of.exceptions.len().saturating_sub(MOST),
        due => of.due.iter().take(MOST).map(due).collect::<Vec<_>>(),
        due_more => of.due.len().saturating_sub(MOST),
    };
    super::template::fill("readout.md.j2", context, 200, folder)
}

/// Text that somebody typed, on one line and without what could deceive whoever reads it.
fn safe(typed: &str) -> String {
    text::line(typed).trim().to_owned()
}

fn told(of: &Figure, before: Option<f64>) -> Jinja {
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| of.kpi.unit.shown(value));
    let ratio = of.ratio(" of ");
    let verdict = match of.verdict {
        Verdict::Open => "",
        verdict => verdict.word(),
    };
    let trend: Vec<String> = of.trend.iter().map(|(_, value)| shown(*value)).collect();
    context! {
        id => of.kpi.id,
        name => of.kpi.name,
        shown => of.shown(),
        target => &of.goal.words,
        verdict => verdict,
        counted => if ratio.is_empty() { format!("n {}", of.counted.n) } else { ratio },
        before => shown(before),
        moved => words::moved(of.kpi, before, of.counted.value).unwrap_or_default(),
        trend => trend.join(" → "),
        trend_from => of.trend.first().map(|(name, _)| name.as_str()),
        trend_to => of.trend.last().map(|(name, _)| name.as_str()),
    }
}

fn missed(of: &Missed<'_>) -> Jinja {
    context! {
        name => of.figure.kpi.name,
        shown => of.figure.shown(),
        target => &of.figure.goal.words,
        formula => of.figure.kpi.formula,
        amiss => of.amiss,
        records => words::named(&of.records),
    }
}

fn funnel(of: &Funnel) -> Jinja {
    let share = of.share.map(|share| format!("{:.0} %", share * 100.0));
    context! { stage => &of.stage, reached => of.reached, share => share }
}

fn lasting(of: &Lasting) -> Jinja {
    // Without the sign of a nought.
    let told = |days: f64| format!("{:.1}", days.max(0.0) + 0.0);
    context! { what => safe(&of.what), n => of.n, median => told(of.median), p90 => told(of.p90), days => told(of.days) }
}

fn forecast(of: &Forecast) -> Jinja {
    context! {
        review => &of.review, title => safe(&of.title), word => of.word, n => of.n,
        launch_on => of.launch_on.map(|day| day.to_string()), words => of.words(),
    }
}

fn incident(of: &Record) -> Jinja {
    let learnt = of.text("learnings").or_else(|| of.text("root_cause"));
    context! {
        ref => of.reference(), title => safe(of.title()), severity => of.text("severity"), status => of.text("status"),
        people => of.number("people_affected"), harm => of.text("harm").map(safe),
        learnt => safe(learnt.unwrap_or("nothing was written down as learnt yet")),
    }
}

fn late(of: &LateFind) -> Jinja {
    let caught: Vec<String> =
        of.caught_by.iter().take(4).map(|by| format!("{} {} was {}", by.control, by.title, by.stood)).collect();
    let caught =
        if caught.is_empty() { "no control is named that would have caught it".to_owned() } else { caught.join("; ") };
    context! { risk => &of.risk, title => safe(&of.title), system => &of.system, caught => safe(&caught) }
}

fn recurring(of: &Recurring) -> Jinja {
    let controls =
        if of.controls.is_empty() { String::new() } else { format!("Controls: {}.", safe(&of.controls.join(", "))) };
    context! { name => safe(&of.name), systems => of.systems, risks => of.risks, after => of.after, controls => controls }
}

fn exception(of: &Exception) -> Jinja {
    context! {
        ref => &of.reference, what => of.what, subject => safe(&of.subject), title => safe(&of.title),
        until => of.until.map(|day| day.to_string()), holds => of.holds,
    }
}

fn due(of: &Due) -> Jinja {
    context! {
        sort => of.sort.word(), ref => &of.record, title => safe(&of.title), due_on => of.due_on.to_string(),
        days_late => of.days_late, step => &of.step, to => of.to.join(", "),
    }
}
