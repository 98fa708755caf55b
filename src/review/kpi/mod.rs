//! The programme's figures: all computed from the records, for any period, each with its numerator, its denominator, the
//! records behind it, its target and its trend. Where there is nothing to count, there is no figure: never 0 % or 100 %.
//!
//! What happened is judged by the policy that was in force when it happened ([`Policies`]). Records are read slim and once
//! ([`Data`]); the figures are pure functions of that.

mod asked;
mod data;
mod evidence;
mod launches;
mod people;
mod period;
mod policies;
mod reviews;
mod target;
#[cfg(test)]
mod tests;
mod work;

use chrono::NaiveDate;

pub use data::Data;
pub use period::{EXAMPLES, Period};
pub use policies::Policies;
pub use target::{Goal, Verdict};

use crate::record::Kind;
use crate::workspace::{Result, Workspace};

/// In what a figure is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share, from 0 to 1; shown in percent.
    Share,
    /// Calendar days.
    Days,
    /// Business days: hours of work by the hours of a working day.
    BusinessDays,
    /// A number of records.
    Count,
    /// A score from 1 to 5.
    Score,
    /// For each launch.
    PerLaunch,
    /// For each month.
    PerMonth,
    /// For each half-year.
    PerHalfYear,
}

impl Unit {
    /// A figure with its unit, as people read it.
    #[must_use]
    pub fn shown(self, value: f64) -> String {
        match self {
            Self::Share => format!("{:.0} %", value * 100.0),
            Self::Days => format!("{value:.1} d"),
            Self::BusinessDays => format!("{value:.2} business days"),
            Self::Count => format!("{value:.0}"),
            Self::Score => format!("{value:.2} of 5"),
            Self::PerLaunch => format!("{value:.2} a launch"),
            Self::PerMonth => format!("{value:.1} a month"),
            Self::PerHalfYear => format!("{value:.1} a half-year"),
        }
    }

    /// The word for it in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Days => "days",
            Self::BusinessDays => "business days",
            Self::Count => "count",
            Self::Score => "score",
            Self::PerLaunch => "per launch",
            Self::PerMonth => "per month",
            Self::PerHalfYear => "per half-year",
        }
    }
}

/// A figure of the programme.
pub struct Kpi {
    /// Its id, as the policy's targets name it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// How it is computed, in words.
    pub formula: &'static str,
    /// In what it is told.
    pub unit: Unit,
    /// Whether more is better; none where neither is.
    pub rises: Option<bool>,
    compute: fn(&Data<'_>, &Period, &Scope) -> Result<Counted>,
}

impl std::fmt::Debug for Kpi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// All sixteen, in the order in which they are told.
pub const KPIS: &[Kpi] = &[
    Kpi {
        id: "assessment-coverage",
        name: "RAI assessment coverage",
        formula: "in-scope releases launched whose review had a complete packet and an approval decided before launch ÷ \
                  in-scope releases launched (a system tagged “out of scope” is not in scope)",
        unit: Unit::Share,
        rises: Some(true),
        compute: launches::coverage,
    },
    Kpi {
        id: "on-time-completion",
        name: "On-time review completion",
        formula: "reviews decided on or before their target ÷ reviews decided that had one",
        unit: Unit::Share,
        rises: Some(true),
        compute: reviews::on_time,
    },
    Kpi {
        id: "cycle-time",
        name: "Cycle time, intake to approval",
        formula: "median days from submission to the first approval, of reviews approved",
        unit: Unit::Days,
        rises: Some(false),
        compute: reviews::cycle_time,
    },
    Kpi {
        id: "evidence-completeness",
        name: "Evidence completeness",
        formula: "required artifacts accepted ÷ required artifacts, over reviews decided in the period or active at its end \
                  (artifacts: documents that rules ask for, and the evidence that each checklist item asks for, but those not \
                  applicable or under a live waiver; of a required checklist that was not started, its items that always \
                  apply)",
        unit: Unit::Share,
        rises: Some(true),
        compute: evidence::evidence,
    },
    Kpi {
        id: "artifact-rework",
        name: "Artifact rework",
        formula: "documents with a round of major rework ÷ documents reviewed",
        unit: Unit::Share,
        rises: Some(false),
        compute: work::rework,
    },
    Kpi {
        id: "fairness-pre-launch",
        name: "Fairness issues found pre-launch",
        formula: "risks of the category fairness that were found before launch, by severity",
        unit: Unit::Count,
        rises: None,
        compute: work::fairness_before,
    },
    Kpi {
        id: "fairness-post-launch",
        name: "Fairness issues found post-launch",
        formula: "risks of the category fairness that were found after launch, by severity",
        unit: Unit::Count,
        rises: Some(false),
        compute: work::fairness_after,
    },
    Kpi {
        id: "mitigation-closure",
        name: "Mitigation closure",
        formula: "mitigations due in the period and done by their due date ÷ mitigations due (cancelled ones and those \
                  still in time left out)",
        unit: Unit::Share,
        rises: Some(true),
        compute: work::mitigations,
    },
    Kpi {
        id: "residual-acceptance",
        name: "Residual risk acceptance documented",
        formula: "launches with partial mitigation and a live acceptance of each such risk ÷ launches with partial \
                  mitigation (a risk above the tolerated level at launch)",
        unit: Unit::Share,
        rises: Some(true),
        compute: launches::acceptance,
    },
    Kpi {
        id: "monitoring-readiness",
        name: "Monitoring readiness",
        formula: "launches with live signals that all had an owner and an alert route ÷ launches",
        unit: Unit::Share,
        rises: Some(true),
        compute: launches::monitoring,
    },
    Kpi {
        id: "alert-response",
        name: "Alert response",
        formula: "median business time from raised to acknowledged; numerator and denominator: alerts acknowledged within \
                  one business day ÷ alerts whose business day is over or that were acknowledged",
        unit: Unit::BusinessDays,
        rises: Some(false),
        compute: people::alert_response,
    },
    Kpi {
        id: "satisfaction",
        name: "Stakeholder satisfaction",
        formula: "sum of survey scores ÷ responses",
        unit: Unit::Score,
        rises: Some(true),
        compute: people::satisfaction,
    },
    Kpi {
        id: "policy-exceptions",
        name: "Policy exceptions",
        formula: "waivers approved ÷ launches (n: waivers requested)",
        unit: Unit::PerLaunch,
        rises: Some(false),
        compute: launches::exceptions,
    },
    Kpi {
        id: "enablement-reach",
        name: "Enablement reach",
        formula: "sessions held ÷ months of the period that have passed",
        unit: Unit::PerMonth,
        rises: Some(true),
        compute: people::enablement,
    },
    Kpi {
        id: "template-adoption",
        name: "Template adoption",
        formula: "reviews whose cards and checklists all use standard templates ÷ reviews with cards or checklists",
        unit: Unit::Share,
        rises: Some(true),
        compute: reviews::templates,
    },
    Kpi {
        id: "control-improvements",
        name: "Control improvements shipped",
        formula: "control improvements done ÷ half-years of the period that have passed",
        unit: Unit::PerHalfYear,
        rises: Some(true),
        compute: work::improvements,
    },
];

/// The figure with this id, or whose id starts so and no other's does.
#[must_use]
pub fn kpi(id: &str) -> Option<&'static Kpi> {
    let id = id.trim().to_lowercase();
    let mut like = KPIS.iter().filter(|kpi| !id.is_empty() && kpi.id.starts_with(&id));
    KPIS.iter().find(|kpi| kpi.id == id).or_else(|| like.next().filter(|_| like.next().is_none()))
}

/// By what figures are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The team of the system.
    Team,
    /// The tier of the review; of a system, that of its newest review that has one.
    Tier,
    /// The product area of the system.
    Area,
}

/// What is counted: everything, or what belongs to one group; an empty name is what belongs to none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope(pub Option<(By, String)>);

/// A record behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Its kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Whether it stands in the numerator too.
    pub counts: bool,
}

/// What was counted for a figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counted {
    /// The figure; none where there is nothing to count.
    pub value: Option<f64>,
    /// Over the line, where the figure is a ratio.
    pub numerator: Option<f64>,
    /// Under the line.
    pub denominator: Option<f64>,
    /// How many records it rests on.
    pub n: usize,
    /// More of it: the 90th percentile, counts by severity.
    pub more: Vec<(String, f64)>,
    /// The records behind it.
    pub behind: Vec<Behind>,
}

impl Counted {
    /// A share of records: those that count of all of them.
    fn share(behind: Vec<Behind>) -> Self {
        let counts = behind.iter().filter(|one| one.counts).count();
        Self::ratio(number(counts), number(behind.len()), behind.len(), behind)
    }

    /// One number over another; none where that is nothing.
    fn ratio(numerator: f64, denominator: f64, n: usize, behind: Vec<Behind>) -> Self {
        let value = (denominator > 0.0).then(|| numerator / denominator);
        Self { value, numerator: Some(numerator), denominator: Some(denominator), n, more: Vec::new(), behind }
    }
}

/// A figure of a period.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Which.
    pub kpi: &'static Kpi,
    /// The group it is about; none for everything.
    pub group: Option<String>,
    /// What was counted.
    pub counted: Counted,
    /// What it must come to.
    pub goal: Goal,
    /// Whether it does.
    pub verdict: Verdict,
    /// The same figure by the steps of [`Period::steps`], the earliest first.
    pub trend: Vec<(String, Option<f64>)>,
}

impl Figure {
    /// The numerator over the denominator in words, with `between` them; empty where the figure is no ratio.
    #[must_use]
    pub fn ratio(&self, between: &str) -> String {
        let told = |value: f64| if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") };
        match (self.counted.numerator, self.counted.denominator) {
            (Some(over), Some(under)) => format!("{}{between}{}", told(over), told(under)),
            _ => String::new(),
        }
    }

    /// The figure in words; “no data” where there is none.
    #[must_use]
    pub fn shown(&self) -> String {
        self.counted.value.map_or_else(|| "no data".to_owned(), |value| self.kpi.unit.shown(value))
    }
}

/// How many periods a trend tells.
pub const TREND: usize = 6;

/// The figures of a period, of everything or by group; all, or only these.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn figures(
    workspace: &Workspace,
    policies: &Policies,
    period: &Period,
    by: Option<By>,
    only: &[&'static Kpi],
    today: NaiveDate,
) -> Result<Vec<Figure>> {
    let data = Data::read(workspace, policies, today)?;
    let scopes: Vec<Scope> = match by {
        None => vec![Scope::default()],
        Some(by) => data.groups(by).into_iter().map(|name| Scope(Some((by, name)))).collect(),
    };
    let mut figures = Vec::new();
    for kpi in KPIS.iter().filter(|kpi| only.is_empty() || only.iter().any(|wanted| wanted.id == kpi.id)) {
        for scope in &scopes {
            figures.push(figure(&data, kpi, period, scope)?);
        }
    }
    Ok(figures)
}

/// What a figure comes to in a period, and nothing more of it; none where there is nothing to count.
///
/// # Errors
/// As [`figure`].
pub fn value(data: &Data<'_>, kpi: &'static Kpi, period: &Period, scope: &Scope) -> Result<Option<f64>> {
    Ok((kpi.compute)(data, period, scope)?.value)
}

/// One figure with its target and trend.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn figure(data: &Data<'_>, kpi: &'static Kpi, period: &Period, scope: &Scope) -> Result<Figure> {
    let counted = (kpi.compute)(data, period, scope)?;
    let value_of = |at: &Period| -> Result<Option<f64>> {
        if at == period { Ok(counted.value) } else { Ok((kpi.compute)(data, at, scope)?.value) }
    };
    let steps = period.steps(TREND);
    let trend = steps.iter().map(|step| Ok((step.name.clone(), value_of(step)?))).collect::<Result<Vec<_>>>()?;
    let aim = data.policies.on(period.to).target(kpi.id);
    let earlier = aim.and_then(|aim| target::compared_with(aim, period));
    let then = earlier.map(|earlier| value_of(&earlier)).transpose()?.flatten();
    let goal = Goal::of(aim, kpi.unit, then);
    let verdict = goal.verdict(counted.value);
    let group = scope.0.as_ref().map(|(_, name)| name.clone());
    Ok(Figure { kpi, group, counted, goal, verdict, trend })
}

/// A count as a number; counts here are far below 2^52, where a double is exact.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) const fn number(count: usize) -> f64 {
    count as f64
}

/// A percentile of values, from 0 to 1, between neighbours where it falls between two (the definition R calls type 7);
/// none of nothing.
#[must_use]
pub fn percentile(values: &mut [f64], share: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * number(last);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the length of the values")]
    let low = place.floor() as usize;
    let (below, above) = (*values.get(low)?, *values.get((low + 1).min(last))?);
    Some(below + (above - below) * (place - number(low)))
}
