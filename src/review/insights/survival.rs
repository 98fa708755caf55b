//! How long something lasts, by what ended and by what goes on still.
//!
//! Who asks only what has ended hears of the quick ones: the slow ones are not over yet. The estimate of Kaplan and Meier
//! (“Nonparametric estimation from incomplete observations”, 1958) counts both, each for as long as it was seen.

use crate::review::kpi::number;

/// How long something was seen, and whether it ended then or was still going on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Days.
    pub days: f64,
    /// Whether it ended.
    pub ended: bool,
}

/// In the order in which they are counted: by days; and since what ends on a day was there on that day, ends come before what is
/// merely no longer seen.
#[must_use]
pub fn in_order(seen: impl IntoIterator<Item = Seen>) -> Vec<Seen> {
    let mut seen: Vec<Seen> = seen.into_iter().collect();
    seen.sort_by(|a, b| a.days.total_cmp(&b.days).then(b.ended.cmp(&a.ended)));
    seen
}

/// Of those that lasted a while already, how many last how much longer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survival {
    /// After how many further days the share falls, and to what.
    steps: Vec<(f64, f64)>,
    /// How many ends it rests on.
    pub ended: usize,
}

impl Survival {
    /// By those that were seen for as long as this at least, in days.
    #[cfg(test)]
    fn of(seen: impl IntoIterator<Item = Seen>, so_far: f64) -> Self {
        Self::of_sorted(&in_order(seen.into_iter().filter(|one| one.days >= so_far)), so_far)
    }

    /// By those that are [`in_order`], all of which were seen for as long as this at least, in days. What goes on counts for as
    /// long as it was seen.
    #[must_use]
    pub fn of_sorted(seen: &[Seen], so_far: f64) -> Self {
        let (mut share, mut steps) = (1.0, Vec::<(f64, f64)>::new());
        for (before, one) in seen.iter().enumerate().filter(|(_, one)| one.ended) {
            share *= 1.0 - 1.0 / number(seen.len() - before);
            let after = one.days - so_far;
            match steps.last_mut() {
                // Ends on the same day are one step.
                Some((day, falls)) if after <= *day => *falls = share,
                _ => steps.push((after, share)),
            }
        }
        Self { steps, ended: seen.iter().filter(|one| one.ended).count() }
    }

    /// The share that ends within so many further days, from 0 to 1. Past the last end that was seen it stays where it is:
    /// nothing is known of the rest.
    #[must_use]
    pub fn within(&self, days: f64) -> f64 {
        let past = self.steps.partition_point(|(day, _)| *day <= days);
        1.0 - past.checked_sub(1).and_then(|last| self.steps.get(last)).map_or(1.0, |(_, share)| *share)
    }

    /// After how many further days a share has ended; none where it is not known of so many.
    #[must_use]
    pub fn after(&self, share: f64) -> Option<f64> {
        // Shares are products of fractions: a hair below the share that is asked for is that share.
        self.steps.iter().find(|(_, left)| 1.0 - left >= share - 1e-9).map(|(day, _)| *day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(days: f64, ended: bool) -> Seen {
        Seen { days, ended }
    }

    #[test]
    fn the_sample_of_the_paper_comes_out() {
        // Kaplan and Meier 1958, section 2: deaths at 0.8, 3.1, 5.4 and 9.2 months, losses at 1.0, 2.7, 7.0 and 12.1.
        let deaths = [0.8, 3.1, 5.4, 9.2].map(|day| seen(day, true));
        let losses = [1.0, 2.7, 7.0, 12.1].map(|day| seen(day, false));
        let estimate = Survival::of(deaths.into_iter().chain(losses), 0.0);
        let left: Vec<f64> = estimate.steps.iter().map(|(_, share)| (share * 1000.0).round() / 1000.0).collect();
        // 7/8; 7/8 × 4/5; × 3/4; × 1/2.
        assert_eq!(left, [0.875, 0.7, 0.525, 0.263]);
        assert!((estimate.within(6.0) - 0.475).abs() < 1e-9);
        assert_eq!((estimate.after(0.5), estimate.after(0.9), estimate.ended), (Some(9.2), None, 4));
    }

    #[test]
    fn without_anything_nothing_is_known() {
        let nothing = Survival::of([], 0.0);
        assert_eq!((nothing.within(1e9), nothing.after(0.0), nothing.ended), (0.0, None, 0));
        let all_go_on = Survival::of([seen(4.0, false), seen(9.0, false)], 0.0);
        assert_eq!((all_go_on.within(100.0), all_go_on.after(0.5)), (0.0, None));
    }

    proptest! {
        #[test]
        fn where_all_have_ended_shares_are_counted(mut days in proptest::collection::vec(0_u32..60, 1..40), at in 0_u32..60) {
            let estimate = Survival::of(days.iter().map(|day| seen(f64::from(*day), true)), 0.0);
            let counted = days.iter().filter(|day| **day <= at).count();
            prop_assert!((estimate.within(f64::from(at)) - number(counted) / number(days.len())).abs() < 1e-9);
            days.sort_unstable();
            prop_assert_eq!(estimate.after(1.0), days.last().map(|day| f64::from(*day)));
        }

        #[test]
        fn what_goes_on_never_makes_it_quicker(
            days in proptest::collection::vec((0_u32..60, any::<bool>()), 1..40),
            longer in 0_u32..90,
            at in 0_u32..60,
        ) {
            let all: Vec<Seen> = days.iter().map(|(day, ended)| seen(f64::from(*day), *ended)).collect();
            let one_more = all.iter().copied().chain([seen(f64::from(longer), false)]);
            let at = f64::from(at);
            prop_assert!(Survival::of(one_more, 0.0).within(at) <= Survival::of(all.clone(), 0.0).within(at) + 1e-9);
            prop_assert!((0.0..=1.0).contains(&Survival::of(all, at).within(at)));
        }
    }
}
