//! The figures of each group.

use super::{Context, Only};
use crate::slices::cells::{Scores, Task};
use crate::slices::metric::{self, Estimate, rates};
use crate::slices::report::{Group, Hidden};
use crate::slices::scored::{Scored, scored};
use crate::slices::tally::{ALL, Confusion, FN, FP, TN, TP, groups};

/// One group before it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its value; several with × between them.
    pub value: String,
    /// Its values.
    pub values: Vec<String>,
    /// Its levels.
    pub levels: Vec<u8>,
    /// Its rows.
    pub confusion: Confusion,
    /// Whether it stands for rows that say nothing.
    pub missing: bool,
    /// Why it is not shown.
    pub hidden: Option<Hidden>,
}

impl Member {
    /// How many rows it has.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.confusion.of(ALL).n
    }
}

/// Whether a group of so many rows is shown.
#[must_use]
pub fn hidden(context: &Context<'_>, n: u64) -> Option<Hidden> {
    match n {
        0 => Some(Hidden::Empty),
        n if n < context.request.min_count && !context.request.fairlearn_compatible => Some(Hidden::Small),
        _ => None,
    }
}

/// The groups of a set of dimensions.
#[must_use]
pub fn members(context: &Context<'_>, set: &[usize], only: Only) -> Vec<Member> {
    members_by(context, set, only, context.positive_at())
}

/// The groups of a set of dimensions, with this label taken for positive.
#[must_use]
pub fn members_by(context: &Context<'_>, set: &[usize], only: Only, positive: Option<u8>) -> Vec<Member> {
    let member = |grouped: crate::slices::tally::Grouped| {
        let values = context.values_of(set, &grouped.levels);
        let missing = context.is_missing(set, &grouped.levels);
        let hidden = hidden(context, grouped.confusion.of(ALL).n);
        let (levels, confusion) = (grouped.levels, grouped.confusion);
        Member { value: values.join(" × "), values, levels, confusion, missing, hidden }
    };
    groups(context.cells, set, positive, only).into_iter().map(member).collect()
}

/// All rows, or all of one level.
#[must_use]
pub fn overall(context: &Context<'_>, only: Only) -> Group {
    if context.cells.task == Task::Regression {
        return super::regression::overall(context, only);
    }
    let members = members(context, &[], only);
    let mut all = shown(context, &[], only, &members);
    let mut group = if all.is_empty() { Group::default() } else { all.swap_remove(0) };
    group.value = "all".to_owned();
    group
}

/// The groups as they are shown.
#[must_use]
pub fn shown(context: &Context<'_>, set: &[usize], only: Only, members: &[Member]) -> Vec<Group> {
    let scores = scored(context.cells, set, context.positive_at(), only);
    let score = |at: usize| scores.as_ref().and_then(|all| all.get(at));
    let mut all: Vec<Group> =
        members.iter().enumerate().map(|(at, member)| group(context, member, score(at))).collect();
    all.extend(pooled(members.iter().map(|member| (member.hidden, member.n()))));
    all
}

/// What the small groups have together.
pub fn pooled(groups: impl Iterator<Item = (Option<Hidden>, u64)>) -> Option<Group> {
    let small: Vec<u64> = groups.filter(|(hidden, _)| *hidden == Some(Hidden::Small)).map(|(_, n)| n).collect();
    if small.is_empty() {
        return None;
    }
    let word = if small.len() == 1 { "group" } else { "groups" };
    let value = format!("other ({} {word})", small.len());
    Some(Group { value, n: Some(small.iter().sum()), hidden: Some(Hidden::Pooled), ..Group::default() })
}

#[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
fn group(context: &Context<'_>, member: &Member, scores: Option<&Scored>) -> Group {
    let n = member.n();
    let share = n as f64 / context.rows.max(1) as f64;
    let mut group = Group {
        value: member.value.clone(),
        values: member.values.clone(),
        hidden: member.hidden,
        n: (member.hidden != Some(Hidden::Small)).then_some(n),
        share: (member.hidden != Some(Hidden::Small)).then_some(share),
        ..Group::default()
    };
    if member.hidden.is_some() {
        return group;
    }
    for rate in rates(context.cells.task) {
        group.metrics.push(rate.name, compatible(context, rate.estimate(&member.confusion)));
    }
    if context.cells.task == Task::Classification {
        group.metrics.push("f1", compatible(context, metric::f1(&member.confusion)));
        group.metrics.push("balanced_accuracy", metric::balanced_accuracy(&member.confusion));
        if let Some(auc) = auc(context, scores, n) {
            group.metrics.push("auc", auc);
        }
        if context.calibrated {
            group.calibration = scores.and_then(Scored::calibration);
        }
    }
    group.flags = flags(context, &member.confusion, share);
    group
}

fn auc(context: &Context<'_>, scores: Option<&Scored>, n: u64) -> Option<Estimate> {
    match (&context.cells.scores, scores) {
        (Scores::None, _) => None,
        (Scores::Unusable(why), _) => Some(Estimate::none(n, why)),
        (_, Some(scores)) => Some(scores.auc(context.cells.weighted)),
        (_, None) => Some(Estimate::none(n, "scores were not counted for these groups")),
    }
}

/// The figure as Fairlearn has it, where that was asked for: a share of nothing is 0.
fn compatible(context: &Context<'_>, estimate: Estimate) -> Estimate {
    if !context.request.fairlearn_compatible || estimate.value.is_some() {
        return estimate;
    }
    let reason = estimate.reason.unwrap_or_default();
    let reason = format!("0 by Fairlearn's convention; {reason}");
    Estimate { value: Some(0.0), reason: Some(reason), ..Estimate::none(estimate.n, "") }
}

/// A group with a smaller share is one that regulators let out (29 CFR 1607.15(A)(2); NYC Local Law 144).
pub const SMALL_SHARE: f64 = 0.02;

/// With fewer rows of a label, a rate of them can be almost anything.
const FEW: u64 = 5;

fn flags(context: &Context<'_>, confusion: &Confusion, share: f64) -> Vec<String> {
    let mut flags = Vec::new();
    if confusion.of(ALL).n < metric::STABLE {
        flags.push(format!("fewer than {} rows", metric::STABLE));
    }
    if share < SMALL_SHARE {
        flags.push("under 2 % of all rows".to_owned());
    }
    if context.cells.task == Task::Classification {
        for (mask, what) in [(TP | FN, "truly positive"), (FP | TN, "truly negative")] {
            let n = confusion.of(mask).n;
            if n < FEW {
                flags.push(format!("fewer than {FEW} rows are {what}"));
            }
        }
    }
    flags
}

/// The largest error that an AUC of the report can have for scores having been counted into bins.
#[must_use]
pub fn largest_bound(context: &Context<'_>) -> Option<f64> {
    let Scores::Binned(tables) = &context.cells.scores else { return None };
    let mut sets: Vec<&[usize]> = tables.iter().map(|table| table.dimensions.as_slice()).collect();
    sets.dedup();
    let bound = |set: &[usize]| {
        let of_set = scored(context.cells, set, context.positive_at(), None)?;
        let members = members(context, set, None);
        let shown = of_set.iter().zip(&members).filter(|(_, member)| member.hidden.is_none());
        shown.map(|(scores, _)| scores.auc_bound()).reduce(f64::max)
    };
    sets.into_iter().chain([&[] as &[usize]]).filter_map(bound).reduce(f64::max)
}
