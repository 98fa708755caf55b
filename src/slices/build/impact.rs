//! Impact ratios: how often a group has the favourable outcome, against the group that has it most often.

use super::disparity::ratio;
use super::group::{Member, members_by};
use super::{Context, Only};
use crate::slices::metric::{self, Estimate, Rate};
use crate::slices::report::{Impact, ImpactRatio};

/// The rate of predicted favourable outcomes.
pub fn favourable_rate() -> Option<&'static Rate> {
    metric::find("selection_rate")
}

/// The impact ratios of a set of dimensions.
#[must_use]
pub fn impact(context: &Context<'_>, set: &[usize], only: Only) -> Impact {
    let Some((chosen, rate)) = context.favourable.as_ref().zip(favourable_rate()) else { return Impact::default() };
    let members = members_by(context, set, only, chosen.at);
    let shown: Vec<&Member> = members.iter().filter(|member| member.hidden.is_none()).collect();
    let value = |member: &Member| rate.value(&member.confusion);
    let highest = shown
        .iter()
        .rev()
        .filter_map(|member| Some((*member, value(member)?)))
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(member, _)| member);
    let group = |member: &&Member| {
        let (counted, of) = rate.counts(&member.confusion);
        ImpactRatio {
            value: member.value.clone(),
            n: of.n,
            favourable: counted.n,
            rate: rate.estimate(&member.confusion),
            ratio: match highest {
                None => Estimate::none(of.n, rate.undefined),
                // What is divided by itself is 1 for sure.
                Some(highest) if highest.levels == member.levels && value(member) > Some(0.0) => {
                    Estimate::bare(1.0, of.n, "the highest rate itself")
                }
                Some(highest) => ratio(rate, &member.confusion, &highest.confusion),
            },
        }
    };
    Impact {
        outcome: chosen.label.clone(),
        highest: highest.map(|member| member.value.clone()),
        groups: shown.iter().map(group).collect(),
    }
}
