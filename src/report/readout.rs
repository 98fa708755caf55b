//! The readout for the lead of the programme: what the figures and the history say of a period, from a template.

use std::path::Path;

use chrono::NaiveDate;
use minijinja::{Value as Jinja, context};

use super::Result;
use crate::record::{INCIDENT, Record};
use crate::review::insights::{Forecast, Funnel, Lasting, LateFind, Recurring, TrackRecord};
use crate::review::kpi::{Figure, Period, Verdict};

/// How many lines of a list are told.
const MOST: usize = 12;

/// What a readout tells.
pub struct Readout<'a> {
    /// The workspace's name.
    pub workspace: String,
    /// The period.
    pub period: &'a Period,
    /// The day on which it is computed.
    pub today: NaiveDate,
    /// The figures of everything.
    pub figures: &'a [Figure],
    /// The funnel.
    pub funnel: &'a [Funnel],
    /// Days by stage.
    pub stages: &'a [Lasting],
    /// Days by what was waited for.
    pub waits: &'a [Lasting],
    /// Forecasts.
    pub forecasts: &'a [Forecast],
    /// How often they were right.
    pub record: &'a TrackRecord,
    /// The incidents of the period.
    pub incidents: &'a [Record],
    /// What was found too late.
    pub late: &'a [LateFind],
    /// What comes again.
    pub recurring: &'a [Recurring],
}

/// How often forecasts were right, in a sentence.
#[must_use]
pub fn in_words(record: &TrackRecord) -> String {
    if record.forecasts == 0 {
        return "No forecast could be tried on the past yet: too few reviews are decided.".to_owned();
    }
    let dates = if record.with_date > 0 {
        format!(" Ready or not was foretold rightly for {} of {}.", record.right, record.with_date)
    } else {
        String::new()
    };
    format!(
        "Tried on the past: {} of {} decisions came within the interval (4 in 5 are expected).{dates}",
        record.within, record.forecasts
    )
}

/// The readout as Markdown; a template of the same name in `folder` stands in for the shipped one.
///
/// # Errors
/// Names the template's file and line.
pub fn readout(of: &Readout<'_>, folder: Option<&Path>) -> Result<String> {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let kpis: Vec<Jinja> = of.figures.iter().map(figure).collect();
    let funnel = of.funnel.iter().map(|line| {
        context! { stage => &line.stage, reached => line.reached, share => line.share.map(|share| format!("{:.0} %", share * 100.0)) }
    });
    let lasting = |line: &Lasting| {
        let told = |days: f64| format!("{days:.1}");
        context! { what => &line.what, n => line.n, median => told(line.median), p90 => told(line.p90), days => told(line.days) }
    };
    let forecasts = of.forecasts.iter().filter(|one| one.word != "no date").take(MOST).map(|one| {
        context! {
            review => &one.review, title => &one.title, word => one.word, n => one.n,
            launch_on => day(one.launch_on), words => one.words(),
        }
    });
    let incidents = of.incidents.iter().map(|one| {
        let learnt = one.text("learnings").or_else(|| one.text("root_cause")).unwrap_or("nothing was written down as learnt yet");
        context! {
            ref => one.reference(), title => one.title(), severity => one.text("severity"), status => one.text("status"), learnt => learnt,
        }
    });
    let late = of.late.iter().take(MOST).map(|one| {
        let caught: Vec<String> =
            one.caught_by.iter().take(4).map(|by| format!("{} {} was {}", by.control, by.title, by.stood)).collect();
        let caught = if caught.is_empty() {
            "no control is named that would have caught it".to_owned()
        } else {
            caught.join("; ")
        };
        context! { risk => &one.risk, title => &one.title, system => &one.system, caught => caught }
    });
    let recurring = of.recurring.iter().take(MOST).map(|one| {
        let controls = if one.controls.is_empty() { String::new() } else { format!("Controls: {}.", one.controls.join(", ")) };
        context! { name => &one.name, systems => one.systems, risks => one.risks, after => one.after, controls => controls }
    });
    let context = context! {
        workspace => &of.workspace,
        period => &of.period.name,
        from => of.period.from.to_string(),
        to => of.period.to.to_string(),
        today => of.today.to_string(),
        headlines => headlines(of),
        kpis => kpis,
        funnel => funnel.collect::<Vec<_>>(),
        stages => of.stages.iter().map(lasting).collect::<Vec<_>>(),
        waits => of.waits.iter().map(lasting).collect::<Vec<_>>(),
        record => in_words(of.record),
        forecasts => forecasts.collect::<Vec<_>>(),
        incidents => incidents.collect::<Vec<_>>(),
        late => late.collect::<Vec<_>>(),
        recurring => recurring.collect::<Vec<_>>(),
    };
    super::template::fill("readout.md.j2", context, 200, folder)
}

fn figure(of: &Figure) -> Jinja {
    let ratio = of.ratio(" of ");
    let counted = if ratio.is_empty() { format!("n {}", of.counted.n) } else { ratio };
    let verdict = match of.verdict {
        Verdict::Open => "",
        verdict => verdict.word(),
    };
    let trend: Vec<String> = of
        .trend
        .iter()
        .map(|(_, value)| value.map_or_else(|| "–".to_owned(), |value| of.kpi.unit.shown(value)))
        .collect();
    context! {
        id => of.kpi.id, name => of.kpi.name, shown => of.shown(), target => &of.goal.words, verdict => verdict,
        counted => counted, trend => trend.join(" → "),
    }
}

/// What a lead would say first: what is met, what is missed, what cannot be said; incidents; reviews at risk.
fn headlines(of: &Readout<'_>) -> Vec<String> {
    let named = |verdict: Verdict| -> Vec<String> {
        let with = |figure: &&Figure| figure.verdict == verdict;
        of.figures.iter().filter(with).map(|figure| format!("{} ({})", figure.kpi.name, figure.shown())).collect()
    };
    let mut lines = Vec::new();
    for (verdict, words) in [(Verdict::Missed, "Missed"), (Verdict::Met, "Met")] {
        let names = named(verdict);
        if !names.is_empty() {
            lines.push(format!("{words}, {} of {}: {}.", names.len(), of.figures.len(), names.join(", ")));
        }
    }
    let silent = of.figures.iter().filter(|figure| figure.counted.value.is_none());
    let silent: Vec<&str> = silent.map(|figure| figure.kpi.name).collect();
    if !silent.is_empty() {
        lines.push(format!("No data: {}.", silent.join(", ")));
    }
    let open = of.incidents.iter().filter(|one| !INCIDENT.is_closed(one)).count();
    lines.push(format!("Incidents: {}, of which open: {open}.", of.incidents.len()));
    let at_risk = of.forecasts.iter().filter(|one| matches!(one.word, "at risk" | "late")).count();
    lines.push(format!(
        "Reviews under way: {}, of which late or not likely to be ready by their launch: {at_risk}.",
        of.forecasts.len()
    ));
    lines
}
