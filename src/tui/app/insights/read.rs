//! What the place reads, on the reading thread: each part by the same functions as the command line.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;

use super::{Figures, Flows, Part, Patterns, Risks, Said, patterns};
use crate::review::coverage;
use crate::review::insights::{
    ageing, by_stage, by_waiting, forecasts, funnel, heat as heat_map, late_finds, read_flow, recurring,
};
use crate::review::kpi::{self, By, Data, Figure, KPIS, Period, Scope};
use crate::session::policies_over_time;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::work::Slot;
use crate::workspace::{Error, Result, Workspace};

/// After this long it is said how far the work is.
const SOON: Duration = Duration::from_millis(300);

/// How many of the risks at the highest levels are shown on a large screen.
const HIGHEST: usize = 40;

/// Reads something for a part. What a newer question replaced says nothing; what was stopped says so.
fn reading(
    part: Part,
    read: impl FnOnce(&Workspace, &AtomicBool) -> Result<Said> + Send + 'static,
    failed: impl FnOnce(Error) -> Said + Send + 'static,
) -> Effect {
    Effect::Read(
        Slot::Newest("insights", part.at()),
        Box::new(move |workspace, stop| {
            let said = match workspace.snapshot(|workspace| read(workspace, stop)) {
                Ok(said) => said,
                Err(Error::Cancelled) if stop.load(Ordering::Relaxed) => Said::Stopped(part),
                Err(Error::Cancelled) => return None,
                Err(error) => failed(error),
            };
            Some(Message::Insights(said))
        }),
    )
}

/// The figures of a period, told apart by something or not.
pub fn figures(period: Period, by: Option<By>, token: u64, ctx: &Ctx) -> Effect {
    let (policies, policy, today, tell) = (ctx.policies.clone(), ctx.policy.clone(), ctx.today, ctx.tell.clone());
    reading(
        Part::Kpis,
        move |workspace, stop| {
            let policies = policies_over_time(workspace, &policies, &policy)?;
            let data = Data::read(workspace, &policies, today)?;
            let scopes: Vec<Scope> = match by {
                None => vec![Scope::default()],
                Some(by) => data.groups(by).into_iter().map(|name| Scope(Some((by, name)))).collect(),
            };
            let (begun, of) = (Instant::now(), scopes.len() * KPIS.len());
            let mut all = Vec::with_capacity(of);
            for kpi in KPIS {
                for scope in &scopes {
                    if stop.load(Ordering::Relaxed) {
                        return Err(Error::Cancelled);
                    }
                    if begun.elapsed() > SOON {
                        tell(Message::Progress(all.len() as u64, of as u64, "Computing figures".to_owned()));
                    }
                    all.push(kpi::figure(&data, kpi, &period, scope)?);
                }
            }
            Ok(Said::Figures(token, Ok(Figures { period, by, all })))
        },
        move |error| Said::Figures(token, Err(error)),
    )
}

/// The figures about sessions and surveys.
pub fn reach(period: Period, token: u64, ctx: &Ctx) -> Effect {
    let (policies, policy, today) = (ctx.policies.clone(), ctx.policy.clone(), ctx.today);
    reading(
        Part::Enablement,
        move |workspace, _| {
            let policies = policies_over_time(workspace, &policies, &policy)?;
            let data = Data::read(workspace, &policies, today)?;
            let wanted = ["enablement-reach", "satisfaction"].into_iter().filter_map(kpi::kpi);
            let told: Result<Vec<Figure>> =
                wanted.map(|kpi| kpi::figure(&data, kpi, &period, &Scope::default())).collect();
            Ok(Said::Reach(token, Ok(told?)))
        },
        move |error| Said::Reach(token, Err(error)),
    )
}

/// The heat map.
pub fn heat(ctx: &Ctx) -> Effect {
    let policy = ctx.policy.clone();
    reading(
        Part::Risks,
        move |workspace, _| {
            let heat = heat_map::heat(workspace, &policy)?;
            Ok(Said::Heat(Ok(Box::new(Risks { heat, highest: heat_map::highest(workspace, HIGHEST)? }))))
        },
        |error| Said::Heat(Err(error)),
    )
}

/// The lives of reviews, with what follows from them.
pub fn flows(period: Period, token: u64, ctx: &Ctx) -> Effect {
    let today = ctx.today;
    reading(
        Part::Flow,
        move |workspace, _| {
            let (flows, now) = (read_flow(workspace)?, Utc::now());
            let (forecasts, record) = forecasts(&flows, now, today);
            Ok(Said::Flows(
                token,
                Ok(Flows {
                    now,
                    funnel: funnel(&flows, &period),
                    ageing: ageing(&flows, now, today),
                    stages: by_stage(&flows, &period),
                    waits: by_waiting(&flows, &period),
                    period,
                    forecasts,
                    record,
                    flows,
                }),
            ))
        },
        move |error| Said::Flows(token, Err(error)),
    )
}

/// What comes again, and what was found late in a period.
pub fn patterns(period: Period, token: u64, ctx: &Ctx) -> Effect {
    let policy = ctx.policy.clone();
    reading(
        Part::Patterns,
        move |workspace, _| {
            let late = late_finds(workspace, &policy, &period)?;
            let told = Patterns {
                recurring: recurring(workspace, &policy, None)?,
                controls: patterns::catching(&late),
                late,
                period,
            };
            Ok(Said::Patterns(token, Ok(told)))
        },
        move |error| Said::Patterns(token, Err(error)),
    )
}

/// How the requirements of all frameworks stand, for the programme.
pub fn coverage(ctx: &Ctx) -> Effect {
    let (policy, today) = (ctx.policy.clone(), ctx.today);
    reading(
        Part::Coverage,
        move |workspace, _| {
            let frameworks: Vec<_> = policy.frameworks().iter().collect();
            Ok(Said::Coverage(Ok(coverage::coverage(workspace, &policy, &frameworks, None, today)?)))
        },
        |error| Said::Coverage(Err(error)),
    )
}
