//! Groups of a regression: how far predictions are from the truth.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::group::{Member, hidden, pooled};
use super::{Context, Only, disparity};
use crate::slices::cells::Values;
use crate::slices::interval::Interval;
use crate::slices::metric::{Estimate, NO_INTERVAL, STABLE};
use crate::slices::named::Named;
use crate::slices::report::{Disparities, Disparity, Group, Versus};
use crate::slices::tally::{self, groups as tallies};

/// A mean with what its interval needs.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    value: f64,
    /// The variance of the rows, with n − 1.
    variance: f64,
    /// The effective number of rows.
    n: f64,
}

/// The errors of one group.
#[derive(Debug, Clone, Default)]
struct Errors {
    n: u64,
    weight: f64,
    bias: Mean,
    absolute: Mean,
    mse: f64,
    mean_true: f64,
    mean_predicted: f64,
    /// Σ w·(y − ȳ)².
    spread: f64,
    /// |ŷ − y| with weights, ascending.
    sorted: Vec<(f64, f64)>,
}

/// What is summed up over a group.
#[derive(Debug, Clone, Default)]
struct Sums {
    weight: f64,
    y_true: f64,
    y_true_squared: f64,
    y_pred: f64,
    error: f64,
    error_squared: f64,
    absolute: f64,
    sorted: Vec<(f64, f64)>,
    /// Sums around the means, where rows are known one by one: of the errors, the absolute errors and the truth.
    around: Option<[f64; 3]>,
}

impl Sums {
    fn errors(self, tally: tally::Tally) -> Errors {
        let effective = tally.effective();
        let w = self.weight;
        if w <= 0.0 {
            return Errors { n: tally.n, ..Errors::default() };
        }
        let corrected = |around: f64| if effective > 1.0 { around / w * effective / (effective - 1.0) } else { 0.0 };
        let (error, absolute) = (self.error / w, self.absolute / w);
        let around = self.around.unwrap_or([
            (self.error_squared - w * error * error).max(0.0),
            (self.error_squared - w * absolute * absolute).max(0.0),
            (self.y_true_squared - self.y_true * self.y_true / w).max(0.0),
        ]);
        let [of_error, of_absolute, spread] = around;
        Errors {
            n: tally.n,
            weight: w,
            bias: Mean { value: error, variance: corrected(of_error), n: effective },
            absolute: Mean { value: absolute, variance: corrected(of_absolute), n: effective },
            mse: self.error_squared / w,
            mean_true: self.y_true / w,
            mean_predicted: self.y_pred / w,
            spread,
            sorted: self.sorted,
        }
    }
}

/// The errors of each group of a set of dimensions, in the order of [`tally::groups`].
fn errors(context: &Context<'_>, set: &[usize], only: Only) -> Vec<Errors> {
    let cells = context.cells;
    let tallies = tallies(cells, set, None, only);
    let mut sums = vec![Sums::default(); tallies.len()];
    let places: Vec<usize> = tally::places(cells, set)
        .into_iter()
        .zip(&cells.cells)
        .map(|(place, cell)| {
            let within = only.is_none_or(|(at, level)| cell.levels.get(at) == Some(&level));
            if within { place } else { usize::MAX }
        })
        .collect();
    let place = |cell: u32| places.get(cell as usize).copied().unwrap_or(usize::MAX);
    match &cells.values {
        Values::None => {}
        Values::Exact(rows) => {
            for row in rows {
                let Some(group) = sums.get_mut(place(row.cell)) else { continue };
                let error = row.y_pred - row.y_true;
                group.weight += row.weight;
                group.y_true += row.weight * row.y_true;
                group.y_pred += row.weight * row.y_pred;
                group.error += row.weight * error;
                group.error_squared += row.weight * error * error;
                group.absolute += row.weight * error.abs();
                group.sorted.push((error.abs(), row.weight));
            }
            for row in rows {
                let Some(group) = sums.get_mut(place(row.cell)) else { continue };
                let w = group.weight;
                let (error, absolute, truth) = (group.error / w, group.absolute / w, group.y_true / w);
                let [of_error, of_absolute, of_truth] = group.around.get_or_insert([0.0; 3]);
                let off = row.y_pred - row.y_true;
                *of_error += row.weight * (off - error).powi(2);
                *of_absolute += row.weight * (off.abs() - absolute).powi(2);
                *of_truth += row.weight * (row.y_true - truth).powi(2);
            }
        }
        Values::Moments(all) => {
            for ((moments, cell), at) in all.iter().zip(&cells.cells).zip(0_u32..) {
                let Some(group) = sums.get_mut(place(at)) else { continue };
                group.weight += cell.weight;
                group.y_true += moments.y_true;
                group.y_true_squared += moments.y_true_squared;
                group.y_pred += moments.y_pred;
                group.error += moments.error;
                group.error_squared += moments.error_squared;
                group.absolute += moments.error_absolute;
                group.sorted.extend(&moments.absolute);
            }
        }
    }
    for group in &mut sums {
        group.sorted.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    }
    sums.into_iter().zip(tallies).map(|(sums, group)| sums.errors(group.confusion.of(tally::ALL))).collect()
}

impl Errors {
    /// The error that this share of rows does not exceed; the mean of two where it falls between them.
    fn quantile(&self, share: f64) -> f64 {
        let wanted = share * self.weight;
        let slack = 1e-12 * self.weight;
        let mut sum = 0.0;
        let mut all = self.sorted.iter().peekable();
        while let Some((error, weight)) = all.next() {
            sum += weight;
            if sum > wanted + slack {
                return *error;
            }
            if sum >= wanted - slack {
                return all.peek().map_or(*error, |(next, _)| f64::midpoint(*error, *next));
            }
        }
        self.sorted.last().map_or(0.0, |(error, _)| *error)
    }

    fn metrics(&self) -> Named<Estimate> {
        let mut all = Named::default();
        let bare = |value: f64| Estimate::bare(value, self.n, NO_INTERVAL);
        all.push("mae", self.absolute.estimate(self.n));
        all.push("rmse", bare(self.mse.sqrt()));
        all.push("bias", self.bias.estimate(self.n));
        let r2 = if self.n < 2 {
            Estimate::none(self.n, "undefined: one row has no spread")
        } else if self.spread <= 0.0 {
            Estimate::none(self.n, "undefined: the true value is the same in every row")
        } else {
            bare(1.0 - self.mse * self.weight / self.spread)
        };
        all.push("r2", r2);
        all.push("median_absolute_error", bare(self.quantile(0.5)));
        all.push("p90_absolute_error", bare(self.quantile(0.9)));
        all.push("mean_true", bare(self.mean_true));
        all.push("mean_predicted", bare(self.mean_predicted));
        all
    }
}

impl Mean {
    /// The mean with Student's interval.
    fn estimate(&self, n: u64) -> Estimate {
        let freedom = self.n - 1.0;
        match half_width((self.variance / self.n).sqrt(), freedom) {
            Some(half) => {
                let interval = Interval { low: self.value - half, high: self.value + half };
                Estimate::of(self.value, interval, n)
            }
            None => Estimate::bare(self.value, n, "an interval takes two rows"),
        }
    }

    /// The difference to another mean with Welch's interval and p-value.
    fn against(&self, other: &Self, n: u64) -> (Estimate, Option<f64>) {
        let difference = self.value - other.value;
        let (one, two) = (self.variance / self.n, other.variance / other.n);
        let spread = one + two;
        let freedom = spread * spread / (one * one / (self.n - 1.0) + two * two / (other.n - 1.0));
        let Some(half) = half_width(spread.sqrt(), freedom) else {
            return (Estimate::bare(difference, n, "an interval takes two rows that differ in each group"), None);
        };
        let interval = Interval { low: difference - half, high: difference + half };
        let p = StudentsT::new(0.0, 1.0, freedom).ok().map(|t| 2.0 * t.sf((difference / spread.sqrt()).abs()));
        (Estimate::of(difference, interval, n), p.map(|p| p.clamp(0.0, 1.0)))
    }
}

fn half_width(error: f64, freedom: f64) -> Option<f64> {
    if !(freedom > 0.0 && error.is_finite()) {
        return None;
    }
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.975);
    Some(t * error).filter(|half| half.is_finite())
}

#[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
fn group(context: &Context<'_>, value: String, values: Vec<String>, errors: &Errors) -> Group {
    let hidden = hidden(context, errors.n);
    let is_known = hidden != Some(crate::slices::report::Hidden::Small);
    let mut group = Group {
        value,
        values,
        hidden,
        n: is_known.then_some(errors.n),
        share: is_known.then(|| errors.n as f64 / context.rows.max(1) as f64),
        ..Group::default()
    };
    if hidden.is_none() && errors.weight > 0.0 {
        group.metrics = errors.metrics();
        if errors.n < STABLE {
            group.flags.push(format!("fewer than {STABLE} rows"));
        }
    }
    group
}

/// All rows.
pub fn overall(context: &Context<'_>, only: Only) -> Group {
    let all = errors(context, &[], only);
    let errors = all.into_iter().next().unwrap_or_default();
    group(context, "all".to_owned(), Vec::new(), &errors)
}

/// The groups of a set of dimensions, and how they differ.
pub fn groups(context: &Context<'_>, set: &[usize], only: Only) -> (Vec<Group>, Disparities) {
    let all = errors(context, set, only);
    let member = |(tally, errors): (tally::Grouped, &Errors)| {
        let values = context.values_of(set, &tally.levels);
        Member {
            value: values.join(" × "),
            missing: context.is_missing(set, &tally.levels),
            hidden: hidden(context, errors.n),
            confusion: tally.confusion,
            levels: tally.levels,
            values,
        }
    };
    let members: Vec<Member> = tallies(context.cells, set, None, only).into_iter().zip(&all).map(member).collect();
    let shown =
        |(member, errors): (&Member, &Errors)| group(context, member.value.clone(), member.values.clone(), errors);
    let mut groups: Vec<Group> = members.iter().zip(&all).map(shown).collect();
    groups.extend(pooled(members.iter().map(|member| (member.hidden, member.n()))));
    let (reference, reference_rule) = disparity::reference(context, set, &members, None);
    let metrics = [("mae", 0_usize), ("bias", 1)].into_iter().map(|(name, which)| {
        let mean = |errors: &Errors| if which == 0 { errors.absolute } else { errors.bias };
        let visible: Vec<(&Member, Mean)> = members
            .iter()
            .zip(&all)
            .filter(|(member, errors)| member.hidden.is_none() && errors.weight > 0.0)
            .map(|(member, errors)| (member, mean(errors)))
            .collect();
        (name.to_owned(), disparity_of(context, &visible, reference))
    });
    let disparities = Disparities {
        reference: reference.map(|member| member.value.clone()),
        reference_rule,
        metrics: metrics.collect(),
        ..Disparities::default()
    };
    (groups, disparities)
}

fn disparity_of(context: &Context<'_>, visible: &[(&Member, Mean)], reference: Option<&Member>) -> Disparity {
    let by_value = |one: &&(&Member, Mean), other: &&(&Member, Mean)| one.1.value.total_cmp(&other.1.value);
    let (lowest, highest) = (visible.iter().min_by(by_value), visible.iter().rev().max_by(by_value));
    let gap = match (highest, lowest) {
        (Some(high), Some(low)) if visible.len() > 1 => high.1.against(&low.1, high.0.n()).0,
        _ => Estimate::none(0, "undefined: fewer than two groups"),
    };
    let measure = reference.and_then(|reference| visible.iter().find(|(member, _)| member.levels == reference.levels));
    let versus = |(member, mean): &(&Member, Mean)| {
        let (_, other) = measure.filter(|(known, _)| known.levels != member.levels)?;
        let (difference, p) = mean.against(other, member.n());
        Some(Versus {
            value: member.value.clone(),
            difference,
            ratio: Estimate::none(member.n(), "no ratio is given for errors"),
            test: None,
            p: p.filter(|_| !context.cells.weighted),
            p_adjusted: None,
        })
    };
    Disparity {
        groups: visible.iter().filter_map(versus).collect(),
        highest: highest.map(|(member, _)| member.value.clone()),
        lowest: lowest.map(|(member, _)| member.value.clone()),
        gap,
        ..Disparity::default()
    }
}
