//! Figures of launches: whether they were reviewed, what remained, whether somebody watches, and what was let pass.

use std::collections::HashSet;

use super::data::{Data, Launch, text};
use super::{Behind, Counted, Period, Scope, number};
use crate::record::decision::{ACCEPTANCE, WAIVER};
use crate::record::{DECISION, PACKET, RELEASE, RISK, Record, SIGNAL, Value, signal};
use crate::workspace::{Condition, Query, Result};

/// How many reviews are asked about at once.
const AT_ONCE: usize = 200;

/// The launches of a period that are counted.
fn launched<'d>(data: &'d Data<'_>, period: &Period, scope: &Scope) -> Vec<&'d Launch> {
    let tier = |launch: &Launch| {
        let review = launch.reviews.last().and_then(|at| data.reviews.get(*at));
        review.map_or_else(|| data.system_in(&launch.system, scope), |review| data.review_in(review, scope))
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
        if data.systems.get(&launch.system).is_some_and(|system| system.out_of_scope) {
            continue;
        }
        all.push(behind(launch, is_covered(data, launch)?));
    }
    Ok(Counted::share(all))
}

/// Whether one of the reviews of a launch was approved by then, and its packet complete on that day, by the policy of that
/// day: how many answers it required is written in the packet, and the history keeps it.
fn is_covered(data: &Data<'_>, launch: &Launch) -> Result<bool> {
    for review in launch.reviews.iter().filter_map(|at| data.reviews.get(*at)) {
        let of_review = || data.decided(&review.id).filter(|one| one.approves());
        let approved = match of_review().next() {
            Some(_) => of_review().any(|one| one.held_on(launch.on)),
            None => review.approved.is_some_and(|day| day <= launch.on),
        };
        if !approved {
            continue;
        }
        let Some(id) = data.packet_of(&review.id)? else { continue };
        let packet = match data.then(&PACKET, &id, None, launch.on)? {
            Some(packet) => packet,
            None => data.workspace.get(&PACKET, &id)?,
        };
        let (answered, asked) = (packet.number("answered").unwrap_or(0), packet.number("asked").unwrap_or(0));
        if answered >= asked {
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
        let mut open = Vec::new();
        for review in launch.reviews.iter().filter_map(|at| data.reviews.get(*at)) {
            open.extend(above(data, &review.id, launch)?);
        }
        if open.is_empty() {
            continue;
        }
        let accepted =
            |reference: &String| data.decided_on(reference).any(|one| one.kind == ACCEPTANCE && one.held_on(launch.on));
        all.push(behind(launch, open.iter().all(accepted)));
    }
    Ok(Counted::share(all))
}

/// Reads the risks of the reviews of these launches that were not read yet.
fn read_risks(data: &Data<'_>, launches: &[&Launch]) -> Result<()> {
    let mut cached = data.cached.borrow_mut();
    let reviews = launches.iter().flat_map(|launch| &launch.reviews).filter_map(|at| data.reviews.get(*at));
    let new: Vec<&String> =
        reviews.map(|review| &review.id).filter(|id| !cached.risks.contains_key(id.as_str())).collect();
    let fields = ["review", "ref", "id", "level", "created_at", "updated_at"];
    for some in new.chunks(AT_ONCE) {
        let ids = some.iter().map(|id| Value::text(id.as_str())).collect();
        let rows = data.workspace.pick(&Query::all(&RISK).with(Condition::OneOf("review", ids)), &fields)?;
        for id in some {
            cached.risks.entry((*id).clone()).or_default();
        }
        for row in rows {
            let Some(review) = row.first().map(text) else { continue };
            cached.risks.entry(review).or_default().push(row);
        }
    }
    Ok(())
}

/// The risks of a review, by reference, that lay above the tolerated level on the day of a launch, by the policy of that
/// day.
fn above(data: &Data<'_>, review: &str, launch: &Launch) -> Result<Vec<String>> {
    let policy = data.policies.on(launch.on);
    let Some(tolerated) = policy.tolerated_level() else { return Ok(Vec::new()) };
    let rank = |level: &str| policy.levels().iter().find(|known| known.name == level).map(|level| level.rank);
    let mut found = Vec::new();
    let rows = data.cached.borrow().risks.get(review).cloned().unwrap_or_default();
    for row in rows {
        let [_, reference, id, level, created, updated] = row.as_slice() else { continue };
        let day = |value: &Value| value.as_moment().map(|at| data.policies.date(at));
        if day(created).is_some_and(|created| created > launch.on) {
            continue;
        }
        let then = if day(updated).is_some_and(|updated| updated > launch.on) {
            data.then(&RISK, &text(id), None, launch.on)?.map_or_else(String::new, |risk| level_of(&risk))
        } else {
            text(level)
        };
        if rank(&then).is_some_and(|rank| rank > tolerated.rank) {
            found.push(text(reference));
        }
    }
    Ok(found)
}

fn level_of(risk: &Record) -> String {
    risk.text("level").unwrap_or_default().to_owned()
}

/// Monitoring readiness.
pub(super) fn monitoring(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let mut all = Vec::new();
    for launch in launched(data, period, scope) {
        let mut live = Vec::new();
        for now in data.signals_of(&launch.system)? {
            let changed = now.get("updated_at").as_moment().map(|at| data.policies.date(at));
            let then = data.then(&SIGNAL, now.id(), changed, launch.on)?;
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
    let asked = asked.filter(|one| data.belongs(&Value::text(one.review.as_str()), &Value::Empty, scope));
    let behind: Vec<Behind> =
        asked.map(|one| Behind { kind: &DECISION, id: one.id.clone(), counts: one.decided }).collect();
    let approved = behind.iter().filter(|one| one.counts).count();
    Ok(Counted::ratio(number(approved), number(launches), behind.len(), behind))
}
