//! How groups differ in each rate: against the reference, and all with all.

use super::group::Member;
use super::{Context, Only, impact};
use crate::slices::interval::{katz, newcombe, wilson};
use crate::slices::metric::{self, Estimate, Rate, rates};
use crate::slices::named::Named;
use crate::slices::options::Reference;
use crate::slices::report::{Disparities, Disparity, Excluded, Versus};
use crate::slices::significance::{chance, omnibus, two_shares};
use crate::slices::tally::Confusion;

/// Whether a rate of this name is tested by itself.
#[must_use]
pub fn is_tested(name: &str) -> bool {
    // What is no rate is a figure of a regression.
    metric::find(name).map_or(matches!(name, "mae" | "bias"), |rate| rate.tested)
}

/// Gives rates that say the same as a tested one (FNR is 1 − TPR) its adjusted p-values.
pub fn share_adjusted(metrics: &mut Named<Disparity>) {
    let pairs = [("fnr", "tpr"), ("tnr", "fpr"), ("fdr", "precision"), ("for", "npv")];
    let tested: Vec<(&str, Vec<Versus>)> =
        pairs.iter().filter_map(|(name, twin)| Some((*name, metrics.get(twin)?.groups.clone()))).collect();
    for (name, disparity) in metrics.iter_mut() {
        let Some((_, twin)) = tested.iter().find(|(known, _)| *known == name) else { continue };
        for versus in &mut disparity.groups {
            let same = twin.iter().find(|other| other.value == versus.value);
            versus.p_adjusted = same.and_then(|other| other.p_adjusted);
        }
    }
}

/// How the groups of a set of dimensions differ.
#[must_use]
pub fn disparities(context: &Context<'_>, set: &[usize], only: Only, members: &[Member]) -> Disparities {
    let impact = impact::impact(context, set, only);
    let (reference, reference_rule) = reference(context, set, members, impact.highest.as_deref());
    let shown: Vec<&Member> = members.iter().filter(|member| member.hidden.is_none()).collect();
    let purpose = |rate: &Rate| format!("{}/{}/{only:?}", context.name_of(set), rate.name);
    let metrics: Named<Disparity> = rates(context.cells.task)
        .iter()
        .map(|rate| {
            let between = Between { context, rate, shown: &shown, reference };
            (rate.name.to_owned(), between.disparity(&purpose(rate)))
        })
        .collect();
    let gap = |name: &str| metrics.get(name).and_then(|disparity| disparity.gap.value);
    let equalized_odds_difference = gap("tpr").zip(gap("fpr")).map(|(tpr, fpr)| tpr.max(fpr));
    Disparities {
        reference: reference.map(|member| member.value.clone()),
        reference_rule,
        metrics,
        equalized_odds_difference,
        impact: Some(impact),
    }
}

/// The group that others are compared with, and how it was chosen.
pub fn reference<'a>(
    context: &Context<'_>,
    set: &[usize],
    members: &'a [Member],
    best: Option<&str>,
) -> (Option<&'a Member>, String) {
    let shown = || members.iter().filter(|member| member.hidden.is_none());
    // The first of several of one size; rows that say nothing are no reference while another group is there.
    let size = |member: &&Member| (!member.missing, member.n(), std::cmp::Reverse(member.levels.clone()));
    let largest = || (shown().max_by_key(size), "the largest group".to_owned());
    match &context.request.reference {
        Reference::Largest => largest(),
        Reference::Best => {
            let found = best.and_then(|value| shown().find(|member| member.value == value));
            if found.is_some() {
                (found, "the group with the highest rate of the favourable outcome".to_owned())
            } else {
                largest()
            }
        }
        Reference::Named(pairs) => {
            let columns = context.columns_of(set);
            let named = |column: &String| pairs.iter().find(|(known, _)| known == column).map(|(_, value)| value);
            let is_it = |member: &&Member| {
                columns.iter().zip(&member.values).all(|(column, value)| named(column) == Some(value))
            };
            if !columns.iter().any(|column| named(column).is_some()) {
                return largest();
            }
            match shown().find(is_it) {
                Some(member) => (Some(member), "as named".to_owned()),
                None => {
                    let (member, rule) = largest();
                    (member, format!("{rule}, since the one named is not among those shown"))
                }
            }
        }
    }
}

/// One rate of several groups.
struct Between<'a> {
    context: &'a Context<'a>,
    rate: &'a Rate,
    shown: &'a [&'a Member],
    reference: Option<&'a Member>,
}

impl Between<'_> {
    /// The rate, where it can be compared.
    fn value(&self, confusion: &Confusion) -> Option<f64> {
        let value = self.rate.value(confusion);
        if self.context.request.fairlearn_compatible { Some(value.unwrap_or(0.0)) } else { value }
    }

    fn disparity(&self, purpose: &str) -> Disparity {
        let defined: Vec<(&Member, f64)> =
            self.shown.iter().filter_map(|member| Some((*member, self.value(&member.confusion)?))).collect();
        let by_value = |one: &&(&Member, f64), other: &&(&Member, f64)| one.1.total_cmp(&other.1);
        let lowest = defined.iter().min_by(by_value);
        // The first of several that are equal, as for the lowest.
        let highest = defined.iter().rev().max_by(by_value);
        let ends = highest.zip(lowest);
        let gap = match ends {
            Some((high, low)) if defined.len() > 1 => self.difference(&high.0.confusion, &low.0.confusion),
            Some(_) => Estimate::none(0, "undefined: only one group has this rate"),
            None => Estimate::none(0, "undefined: no group has this rate"),
        };
        let ratio = ends.filter(|(high, _)| high.1 > 0.0).map(|(high, low)| low.1 / high.1);
        let counts: Vec<(f64, f64)> = self
            .shown
            .iter()
            .map(|member| self.rate.counts(&member.confusion))
            .map(|(counted, of)| (counted.weight, of.weight))
            .collect();
        let tested = !self.context.cells.weighted;
        Disparity {
            groups: self.versus_all(),
            highest: highest.map(|(member, _)| member.value.clone()),
            lowest: lowest.map(|(member, _)| member.value.clone()),
            gap,
            ratio,
            omnibus: tested.then(|| omnibus(&counts)),
            chance: tested.then(|| chance(&counts, self.context.request.seed, purpose)).flatten(),
            excluded: self.excluded(),
        }
    }

    fn excluded(&self) -> Vec<Excluded> {
        let why = |member: &&&Member| {
            let reason = self.rate.estimate(&member.confusion).reason?;
            Some(Excluded { value: member.value.clone(), reason })
        };
        let undefined = |member: &&&Member| self.value(&member.confusion).is_none();
        self.shown.iter().filter(undefined).filter_map(|member| why(&member)).collect()
    }

    fn versus_all(&self) -> Vec<Versus> {
        let Some(reference) = self.reference else { return Vec::new() };
        let others = self.shown.iter().filter(|member| member.levels != reference.levels);
        others.map(|member| self.versus(member, reference)).collect()
    }

    fn versus(&self, member: &Member, reference: &Member) -> Versus {
        let (x, n) = self.rate.counts(&member.confusion);
        let (y, m) = self.rate.counts(&reference.confusion);
        let tested =
            if self.context.cells.weighted { None } else { two_shares(x.weight, n.weight, y.weight, m.weight) };
        Versus {
            value: member.value.clone(),
            difference: self.difference(&member.confusion, &reference.confusion),
            ratio: self.ratio(&member.confusion, &reference.confusion),
            test: tested.map(|(test, _)| test),
            p: tested.map(|(_, p)| p),
            p_adjusted: None,
        }
    }

    fn difference(&self, group: &Confusion, other: &Confusion) -> Estimate {
        let (n, m) = (self.rate.counts(group).1, self.rate.counts(other).1);
        match (self.rate.value(group), self.rate.value(other)) {
            (Some(p), Some(q)) => {
                let interval = newcombe(p, wilson(p, n.effective()), q, wilson(q, m.effective()));
                let mut estimate = Estimate::of(p - q, interval, n.n);
                estimate.unstable = n.n.min(m.n) < metric::STABLE;
                estimate
            }
            (p, q) if self.context.request.fairlearn_compatible => Estimate::bare(
                p.unwrap_or(0.0) - q.unwrap_or(0.0),
                n.n,
                "0 stands for an undefined rate, as in Fairlearn",
            ),
            (None, _) => Estimate::none(n.n, self.rate.undefined),
            (_, None) => Estimate::none(n.n, format!("the reference is {}", self.rate.undefined)),
        }
    }

    fn ratio(&self, group: &Confusion, other: &Confusion) -> Estimate {
        ratio(self.rate, group, other)
    }
}

/// One group's rate divided by another's, with Katz' interval.
#[must_use]
pub fn ratio(rate: &Rate, group: &Confusion, other: &Confusion) -> Estimate {
    let ((counted, of), (other_counted, other_of)) = (rate.counts(group), rate.counts(other));
    let (Some(p), Some(q)) = (rate.value(group), rate.value(other)) else {
        return Estimate::none(of.n, rate.undefined);
    };
    if q <= 0.0 {
        return Estimate::none(of.n, "undefined: the rate that would be divided by is 0");
    }
    // Weighted counts stand for as many rows as they are worth.
    let (n, m) = (of.effective(), other_of.effective());
    let mut estimate = match katz(p * n, n, q * m, m) {
        Some(interval) => Estimate::of(p / q, interval, of.n),
        None => Estimate::bare(p / q, of.n, "Katz' interval takes counts above 0"),
    };
    estimate.unstable = of.n.min(other_of.n) < metric::STABLE || counted.n.min(other_counted.n) < 5;
    estimate
}
