//! Figures of launches: whether they were reviewed, what remained, whether somebody watches, and what was let pass.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::data::{Data, Launch, text};
use super::{Behind, Counted, Period, Scope, number};
use crate::policy::Policy;
use crate::record::decision::{ACCEPTANCE, WAIVER};
use crate::record::{DECISION, PACKET, RELEASE, RISK, Record, SIGNAL, Value, signal};
use crate::workspace::{Condition, Query, Result};

/// A risk that may have been too high at the launch: too high now, or changed since.
#[derive(Debug, Clone)]
pub(super) struct Peril {
    id: String,
    reference: String,
    level: String,
    created: Option<NaiveDate>,
    changed: Option<NaiveDate>,
}

/// How many reviews are asked about at once.
const AT_ONCE: usize = 200;

/// The launches of a period that are counted.
fn launched<'d>(data: &'d Data<'_>, period: &Period, scope: &Scope) -> Vec<&'d Launch> {
    let tier = |launch: &Launch| {
        let review = launch.reviews.last().and_then(|at| data.reviews.get(*at));
        review.map_or_else(|| data.system_in(launch.system, scope), |review| data.review_in(review, scope))
    };
    data.launches.iter().filter(|launch| period.holds(launch.on) && tier(launch)).collect()
}

fn behind(launch: &Launch, counts: bool) -> Behind {
    Behind { kind: &RELEASE, id: launch.id.clone(), counts }
}

/// RAI assessment coverage.
pub(super) fn coverage(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let mut all = Vec::new();
    for launch in launched(data, period, scope) {
        if launch.system.and_then(|at| data.systems.get(at)).is_some_and(|system| system.out_of_scope) {
            continue;
        }
        all.push(behind(launch, is_covered(data, launch)?));
    }
    Ok(Counted::share(all))
}

/// Whether one of the reviews of a launch was approved by then, and its packet complete on that day, by the policy of that
/// day: how many answers it required is written in the packet, and the history keeps it.
fn is_covered(data: &Data<'_>, launch: &Launch) -> Result<bool> {
    for (at, review) in launch.reviews.iter().filter_map(|at| Some((*at, data.reviews.get(*at)?))) {
        let of_review = || data.decided(&review.id).filter(|one| one.approves());
        let approved = match of_review().next() {
            Some(_) => of_review().any(|one| one.held_on(launch.on)),
            None => review.approved.is_some_and(|day| day <= launch.on),
        };
        if !approved {
            continue;
        }
        let Some(packet) = data.packet_of(at)? else { continue };
        // One that was not changed since is as it was; one that came into the workspace later, as an import does, is taken
        // as it came.
        let changed_since = packet.changed.is_none_or(|changed| changed > launch.on);
        let then = if changed_since { data.then(&PACKET, &packet.id, launch.on)? } else { None };
        let was_complete = |then: &Record| then.number("answered").unwrap_or(0) >= then.number("asked").unwrap_or(0);
        if then.as_ref().map_or(packet.is_complete, was_complete) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Residual risk acceptance documented.
pub(super) fn acceptance(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let launches = launched(data, period, scope);
    read_risks(data, &launches)?;
    let mut all = Vec::new();
    for launch in launches {
        let open = above(data, launch)?;
        if open.is_empty() {
            continue;
        }
        let accepted =
            |reference: &String| data.decided_on(reference).any(|one| one.kind == ACCEPTANCE && one.held_on(launch.on));
        all.push(behind(launch, open.iter().all(accepted)));
    }
    Ok(Counted::share(all))
}

/// The levels above the tolerated one.
fn too_high(policy: &Policy) -> impl Iterator<Item = &str> {
    let tolerated = policy.tolerated_level().map(|level| level.rank);
    let above = policy.levels().iter().filter(move |level| tolerated.is_some_and(|tolerated| level.rank > tolerated));
    above.map(|level| level.name.as_str())
}

/// Reads the risks of the reviews of these launches that were not read yet: of these only what may have been too high then.
fn read_risks(data: &Data<'_>, launches: &[&Launch]) -> Result<()> {
    let mut known = data.cached.risks.borrow_mut();
    let reviews = launches.iter().flat_map(|launch| launch.reviews.iter().map(move |at| (launch.on, *at)));
    let mut new: Vec<(NaiveDate, usize)> = reviews.filter(|(_, at)| !known.contains_key(at)).collect();
    // In order of time, so that those that are asked about at once were launched at about the same time.
    new.sort_unstable();
    let fields = ["review", "ref", "id", "level", "created_at", "updated_at"];
    for some in new.chunks(AT_ONCE) {
        let Some((first, _)) = some.first() else { continue };
        let mut levels: Vec<&str> = some.iter().flat_map(|(on, _)| too_high(data.policies.on(*on))).collect();
        levels.sort_unstable();
        levels.dedup();
        let ids = some.iter().filter_map(|(_, at)| data.reviews.get(*at)).map(|review| review.id.as_str().into());
        let query = Query::all(&RISK).with(Condition::OneOf("review", ids.collect())).with(Condition::Any(vec![
            Condition::OneOf("level", levels.into_iter().map(Value::text).collect()),
            Condition::AtLeast("updated_at", Value::Moment(data.policies.end_of(*first))),
        ]));
        for (_, at) in some {
            known.entry(*at).or_default();
        }
        for row in data.workspace.pick(&query, &fields)? {
            let [review, reference, id, level, created, changed] = row.as_slice() else { continue };
            let Some(at) = data.review_at(review) else { continue };
            known.entry(at).or_default().push(Peril {
                id: text(id),
                reference: text(reference),
                level: text(level),
                created: data.day(created),
                changed: data.day(changed),
            });
        }
    }
    Ok(())
}

/// The risks of the reviews of a launch, by reference, that lay above the tolerated level on its day, by the policy of that
/// day.
fn above(data: &Data<'_>, launch: &Launch) -> Result<Vec<String>> {
    let policy = data.policies.on(launch.on);
    let known = data.cached.risks.borrow();
    let mut found = Vec::new();
    for peril in launch.reviews.iter().filter_map(|at| known.get(at)).flatten() {
        if peril.created.is_some_and(|created| created > launch.on) {
            continue;
        }
        let then = if peril.changed.is_some_and(|changed| changed > launch.on) {
            let then = data.then(&RISK, &peril.id, launch.on)?;
            then.and_then(|risk| risk.text("level").map(str::to_owned)).unwrap_or_default()
        } else {
            peril.level.clone()
        };
        if too_high(policy).any(|level| level == then) {
            found.push(peril.reference.clone());
        }
    }
    Ok(found)
}

/// Monitoring readiness.
pub(super) fn monitoring(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let mut all = Vec::new();
    for launch in launched(data, period, scope) {
        let mut live = Vec::new();
        for known in data.signals_of(launch.system)? {
            let then = if known.changed.is_some_and(|changed| changed <= launch.on) {
                Some(known.now.clone())
            } else {
                data.then(&SIGNAL, &known.id, launch.on)?
            };
            live.extend(then.filter(signal::is_live));
        }
        all.push(behind(launch, !live.is_empty() && live.iter().all(signal::is_ready)));
    }
    Ok(Counted::share(all))
}

/// Policy exceptions. A waiver that was renewed was asked for, and approved, once more. One that was recommended and then approved
/// in the same period was asked for once.
#[expect(clippy::unnecessary_wraps, reason = "figures that read more may fail")]
pub(super) fn exceptions(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let launches = launched(data, period, scope).len();
    let asked: Vec<_> = data.decisions.iter().filter(|one| one.kind == WAIVER && period.holds(one.made)).collect();
    let granted: HashSet<&str> = asked.iter().filter(|one| one.decided).map(|one| one.subject.as_str()).collect();
    let asked = asked.into_iter().filter(|one| one.decided || !granted.contains(one.subject.as_str()));
    let asked = asked.filter(|one| data.belongs(data.home(&Value::text(one.review.as_str()), &Value::Empty), scope));
    let behind: Vec<Behind> =
        asked.map(|one| Behind { kind: &DECISION, id: one.id.clone(), counts: one.decided }).collect();
    let approved = behind.iter().filter(|one| one.counts).count();
    Ok(Counted::ratio(number(approved), number(launches), behind.len(), behind))
}
