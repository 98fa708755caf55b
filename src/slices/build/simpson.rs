//! Gaps that turn or shrink when another column is held fixed (Simpson 1951; Bickel, Hammel and O'Connell 1975).

use super::group::{Member, members};
use super::{Context, Sets, disparity};
use crate::slices::cells::Task;
use crate::slices::interval::{newcombe, wilson};
use crate::slices::metric::{self, Rate};
use crate::slices::report::{Simpson, StratumGap};
use crate::slices::significance::chi_square_p;
use crate::slices::tally::Confusion;

/// Fewer rows of a group in a stratum are not compared.
const LEAST: u64 = 10;

/// One stratum: the group's rows and the reference's.
struct Stratum {
    value: String,
    group: Confusion,
    reference: Confusion,
}

/// All gaps that look different within another column.
#[must_use]
pub fn reversals(context: &Context<'_>, sets: &Sets) -> Vec<Simpson> {
    let names: &[&str] = match context.cells.task {
        Task::Classification => &["selection_rate", "tpr", "fpr"],
        Task::Outcome => &["rate"],
        Task::Regression => &[],
    };
    let mut found = Vec::new();
    for attribute in &sets.attributes {
        let Some(at) = attribute.first() else { continue };
        let others = sets.attributes.iter().flatten().chain(&sets.control).filter(|other| *other != at);
        let mut seen = Vec::new();
        for other in others {
            if !seen.contains(other) {
                seen.push(*other);
                for rate in names.iter().filter_map(|name| metric::find(name)) {
                    found.extend(within(context, *at, *other, rate));
                }
            }
        }
    }
    found
}

fn within(context: &Context<'_>, attribute: usize, other: usize, rate: &Rate) -> Vec<Simpson> {
    let alone = members(context, &[attribute], None);
    let crossed = members(context, &[attribute, other], None);
    let (Some(reference), _) = disparity::reference(context, &[attribute], &alone, None) else { return Vec::new() };
    let of_group = |level: Option<u8>| -> Vec<&Member> {
        crossed.iter().filter(|cell| cell.levels.first().copied() == level).collect()
    };
    let of = |member: &Member| -> Vec<Stratum> {
        let level = |member: &Member| member.levels.first().copied();
        let pairs = of_group(level(member)).into_iter().zip(of_group(level(reference)));
        let stratum = |(group, reference): (&Member, &Member)| Stratum {
            value: group.values.last().cloned().unwrap_or_default(),
            group: group.confusion,
            reference: reference.confusion,
        };
        pairs.map(stratum).filter(|stratum| is_large_enough(rate, stratum)).collect()
    };
    let others = alone.iter().filter(|member| member.hidden.is_none() && member.levels != reference.levels);
    others.filter_map(|member| turned(context, rate, member, reference, (attribute, other), &of(member))).collect()
}

fn is_large_enough(rate: &Rate, stratum: &Stratum) -> bool {
    [&stratum.group, &stratum.reference].iter().all(|confusion| rate.counts(confusion).1.n >= LEAST)
}

/// The weights of the rows of both groups that the rate is of.
fn size(rate: &Rate, stratum: &Stratum) -> f64 {
    rate.counts(&stratum.group).1.weight + rate.counts(&stratum.reference).1.weight
}

fn turned(
    context: &Context<'_>,
    rate: &Rate,
    member: &Member,
    reference: &Member,
    (attribute, other): (usize, usize),
    strata: &[Stratum],
) -> Option<Simpson> {
    if strata.len() < 2 {
        return None;
    }
    let sum =
        |of: fn(&Stratum) -> &Confusion| strata.iter().fold(Confusion::default(), |sum, stratum| sum.and(of(stratum)));
    let (group, against) = (sum(|stratum| &stratum.group), sum(|stratum| &stratum.reference));
    let (p, q) = (rate.value(&group)?, rate.value(&against)?);
    let (n, m) = (rate.counts(&group).1.effective(), rate.counts(&against).1.effective());
    let interval = newcombe(p, wilson(p, n), q, wilson(q, m));
    let aggregate = p - q;
    // What could be chance altogether needs no explanation.
    if interval.low <= 0.0 && interval.high >= 0.0 {
        return None;
    }
    let gaps: Vec<StratumGap> = strata
        .iter()
        .filter_map(|stratum| {
            let gap = rate.value(&stratum.group)? - rate.value(&stratum.reference)?;
            let n = rate.counts(&stratum.group).1.n + rate.counts(&stratum.reference).1.n;
            Some(StratumGap { value: stratum.value.clone(), n, gap })
        })
        .collect();
    let total: f64 = strata.iter().map(|stratum| size(rate, stratum)).sum();
    let standardised =
        strata.iter().zip(&gaps).map(|(stratum, gap)| size(rate, stratum) * gap.gap).sum::<f64>() / total;
    let reversed = standardised * aggregate < 0.0;
    if !reversed && standardised.abs() >= aggregate.abs() / 2.0 {
        return None;
    }
    let full_reversal = gaps.iter().all(|gap| gap.gap * aggregate < 0.0);
    let within = context.name_of(&[other]);
    let text = in_words(rate, member, reference, &within, (aggregate, standardised, full_reversal));
    let (cmh_p, odds_ratio) = if context.cells.weighted { (None, None) } else { mantel_haenszel(rate, strata) };
    Some(Simpson {
        attribute: context.name_of(&[attribute]),
        value: member.value.clone(),
        reference: reference.value.clone(),
        metric: rate.name.to_owned(),
        within,
        aggregate,
        standardised,
        full_reversal,
        cmh_p,
        odds_ratio,
        strata: gaps,
        text,
    })
}

fn in_words(
    rate: &Rate,
    member: &Member,
    reference: &Member,
    within: &str,
    (aggregate, standardised, full): (f64, f64, bool),
) -> String {
    let points = |gap: f64| format!("{:+.1} points", 100.0 * gap);
    let turns = match (full, aggregate * standardised < 0.0) {
        (true, _) => format!("the gap turns round within every value of “{within}”"),
        (false, true) => format!("the gap turns round once “{within}” is held fixed"),
        (false, false) => format!("more than half of the gap goes with “{within}”"),
    };
    format!(
        "{} of {} against {}: {} over all rows, {} within equal values of “{within}”: {turns}. This explains the gap only if “{within}” is no way in which the groups are treated differently; otherwise holding it fixed hides the harm.",
        rate.label,
        member.value,
        reference.value,
        points(aggregate),
        points(standardised)
    )
}

/// The Cochran–Mantel–Haenszel test, without correction for continuity, and the Mantel–Haenszel odds ratio.
fn mantel_haenszel(rate: &Rate, strata: &[Stratum]) -> (Option<f64>, Option<f64>) {
    let (mut excess, mut variance, mut with, mut against) = (0.0, 0.0, 0.0, 0.0);
    for stratum in strata {
        let (a, n) = rate.counts(&stratum.group);
        let (c, m) = rate.counts(&stratum.reference);
        let (a, n, c, m) = (a.weight, n.weight, c.weight, m.weight);
        let (total, events) = (n + m, a + c);
        excess += a - n * events / total;
        variance += n * m * events * (total - events) / (total * total * (total - 1.0));
        with += a * (m - c) / total;
        against += (n - a) * c / total;
    }
    let p = (variance > 0.0).then(|| chi_square_p(excess * excess / variance, 1.0));
    (p, (against > 0.0).then(|| with / against))
}
