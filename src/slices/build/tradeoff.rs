//! Criteria of fairness that cannot all hold when base rates differ (Chouldechova 2017; Kleinberg, Mullainathan and
//! Raghavan 2016), told only where the data shows that they differ.

use crate::slices::metric::Estimate;
use crate::slices::options::TOLERANCE;
use crate::slices::report::{Attribute, Criterion, Disparity, Group, TradeOff, Versus};

/// The criteria, the rate that has to be equal for each, and how it is called in a sentence.
const CRITERIA: [(&str, &str, &str); 4] = [
    ("equal selection (demographic parity)", "selection_rate", "selection rate"),
    ("equal precision (predictive parity)", "precision", "precision"),
    ("equal TPR (equal opportunity)", "tpr", "TPR"),
    ("equal FPR", "fpr", "FPR"),
];

/// The trade-offs of the attributes.
#[must_use]
pub fn trade_offs(attributes: &[Attribute]) -> Vec<TradeOff> {
    attributes.iter().flat_map(|attribute| of_attribute(attribute).into_iter().flatten()).collect()
}

fn of_attribute(attribute: &Attribute) -> Option<Vec<TradeOff>> {
    let disparities = &attribute.disparities;
    let reference = attribute.groups.iter().find(|group| Some(&group.value) == disparities.reference.as_ref())?;
    let base = disparities.metrics.get("base_rate")?;
    let differing = base.groups.iter().filter(|versus| differs(versus));
    let trade_off = |versus: &Versus| {
        let group = attribute.groups.iter().find(|group| group.value == versus.value)?;
        of_group(attribute, group, reference, versus)
    };
    Some(differing.filter_map(trade_off).collect())
}

/// Whether a difference is more than chance: by its adjusted p-value, or by its interval where there is none.
#[must_use]
pub fn differs(versus: &Versus) -> bool {
    match versus.p_adjusted {
        Some(p) => p < 0.05,
        None => versus.difference.interval().is_some_and(|interval| interval.low > 0.0 || interval.high < 0.0),
    }
}

fn value(group: &Group, name: &str) -> Option<f64> {
    group.metrics.get(name)?.value
}

fn of_group(attribute: &Attribute, group: &Group, reference: &Group, base: &Versus) -> Option<TradeOff> {
    // A predictor that makes no mistakes meets every criterion but equal selection.
    let perfect = |group: &Group| value(group, "accuracy").is_some_and(|accuracy| accuracy >= 1.0);
    if perfect(group) && perfect(reference) {
        return None;
    }
    let against = |disparity: &Disparity| {
        disparity.groups.iter().find(|versus| versus.value == group.value).map(|versus| versus.difference.clone())
    };
    let criterion = |(name, rate, _): &(&str, &str, &str)| {
        let difference: Estimate = against(attribute.disparities.metrics.get(rate)?)?;
        let holds = difference.value.is_some_and(|gap| gap.abs() <= TOLERANCE);
        Some(Criterion { name: (*name).to_owned(), difference, holds })
    };
    let criteria: Vec<Criterion> = CRITERIA.iter().filter_map(criterion).collect();
    let text = in_words(group, reference, &criteria)?;
    Some(TradeOff {
        attribute: attribute.name.clone(),
        value: group.value.clone(),
        reference: reference.value.clone(),
        base_rates: base.difference.clone(),
        criteria,
        text,
    })
}

fn in_words(group: &Group, reference: &Group, criteria: &[Criterion]) -> Option<String> {
    let percent = |group: &Group, name: &str| value(group, name).map(|share| format!("{:.1} %", 100.0 * share));
    let mut text = format!(
        "Base rates differ: {} of {}, {} of {}. With unequal base rates and a predictor that makes mistakes, equal precision, equal TPR and equal FPR cannot all hold.",
        percent(group, "base_rate")?,
        group.value,
        percent(reference, "base_rate")?,
        reference.value
    );
    let told = |wanted: bool| {
        let all: Vec<String> = criteria
            .iter()
            .zip(CRITERIA)
            .filter(|(criterion, _)| criterion.holds == wanted && criterion.difference.value.is_some())
            .filter_map(|(_, (_, rate, name))| {
                Some(format!("{name} ({} against {})", percent(group, rate)?, percent(reference, rate)?))
            })
            .collect();
        all.join(", ")
    };
    let (near, far) = (told(true), told(false));
    let within = format!("within {:.0} points", 100.0 * TOLERANCE);
    match (near.is_empty(), far.is_empty()) {
        (true, true) => return None,
        (true, false) => text.push_str(&format!(" Here none of them is {within}: {far}.")),
        (false, true) => text.push_str(&format!(" Here all are {within}: {near}.")),
        (false, false) => text.push_str(&format!(" Here {within}: {near}; apart: {far}.")),
    }
    Some(text)
}
