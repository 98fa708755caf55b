//! Thresholds for the figures of analyses: how far groups may be apart, how low a figure may be, and of how many rows it must
//! be a figure before anything is said of it.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::condition::{Condition, Facts};
use super::reader::{Located, Reader};
use super::rules::{holds, tier_rank};
use crate::record::Record;
use crate::record::review::TIERS;

/// The figures that analyses have, by name.
pub const METRICS: &[&str] = &[
    "base_rate",
    "selection_rate",
    "tpr",
    "fpr",
    "fnr",
    "tnr",
    "precision",
    "fdr",
    "npv",
    "for",
    "accuracy",
    "f1",
    "balanced_accuracy",
    "auc",
    "calibration",
    "rate",
    "mae",
    "rmse",
    "bias",
];

/// What of a figure a threshold is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Measured {
    /// The group's figure less the reference group's, whatever its sign.
    Difference,
    /// The group's rate of the favourable outcome divided by that of the group where it is highest.
    Impact,
    /// The group's own figure.
    Value,
}

/// On which side of its limit a figure must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// No more than this; of a difference, its size.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// A threshold.
#[derive(Debug, Clone)]
pub struct Threshold {
    /// Its id, such as `fpr-gap`.
    pub id: String,
    /// The figure, one of [`METRICS`].
    pub metric: String,
    /// What of it.
    pub of: Measured,
    /// What it may be.
    pub limit: Limit,
    /// Of fewer rows nothing is decided.
    pub least_n: u64,
    /// For which attributes; for all, where none is named.
    pub attributes: Vec<String>,
    /// From which tier on; for any, where there is none.
    pub from_tier: Option<&'static str>,
    /// For which answers; for all, where there is none.
    pub when: Option<Condition>,
    /// Why, in one sentence.
    pub reason: String,
    /// Where the law or a framework says so.
    pub reference: Option<String>,
}

impl Threshold {
    /// Whether this one asks for more than another one about the same figures.
    fn is_stricter(&self, other: &Self) -> bool {
        match (self.limit, other.limit) {
            (Limit::AtMost(mine), Limit::AtMost(its)) => mine < its,
            (Limit::AtLeast(mine), Limit::AtLeast(its)) => mine > its,
            _ => false,
        }
    }

    fn is_about(&self, other: &Self) -> bool {
        let side = |threshold: &Self| matches!(threshold.limit, Limit::AtMost(_));
        self.metric == other.metric
            && self.of == other.of
            && self.attributes == other.attributes
            && side(self) == side(other)
    }
}

/// A threshold as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct ThresholdForm {
    /// Its id, such as `fpr-gap`.
    id: Located<String>,
    /// The figure, such as `fpr`, `tpr`, `selection_rate`, `auc` or `calibration`.
    metric: Located<String>,
    /// What of it: the `difference` from the reference group, the `impact` ratio, or the `value` itself.
    of: Measured,
    /// What it may be at most: a share such as 0.1; of a difference, its size.
    at_most: Option<Located<f64>>,
    /// What it must be at least.
    at_least: Option<Located<f64>>,
    /// Of fewer rows nothing is decided; 30 where it is left out.
    least_n: Option<Located<i64>>,
    /// For which attributes, such as `sex`; for all, where it is left out.
    attributes: Option<Vec<String>>,
    /// From which tier on; for any, where it is left out.
    from_tier: Option<Located<String>>,
    /// For which answers, in CEL on packet and legal; for all, where it is left out.
    when: Option<Located<String>>,
    /// Why, in one sentence.
    reason: String,
    /// Where the law or a framework says so.
    reference: Option<String>,
}

/// At 30 rows the 95 % interval of a share of one half is ±17 points wide; below that nothing is told apart.
const LEAST_N: u64 = 30;

/// The largest least number of rows: a million.
const LARGEST_N: i64 = 1_000_000;

/// Reads the list `threshold`.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Threshold> {
    let forms: Vec<ThresholdForm> = reader.list(root, "threshold");
    forms.into_iter().filter_map(|form| one(reader, form)).collect()
}

fn one(reader: &mut Reader<'_>, form: ThresholdForm) -> Option<Threshold> {
    if !METRICS.contains(&form.metric.as_str()) {
        reader.unknown(form.metric.at(), &form.metric, "a figure of analyses", "metric", METRICS);
    }
    let limit = match (form.at_most, form.at_least) {
        (Some(most), None) => finite(reader, &most).map(Limit::AtMost),
        (None, Some(least)) => finite(reader, &least).map(Limit::AtLeast),
        _ => {
            reader.flaw(form.id.at(), "a threshold has either “at_most” or “at_least”.");
            None
        }
    };
    match (form.of, limit) {
        (Measured::Difference, Some(Limit::AtLeast(_))) => {
            reader.flaw(form.id.at(), "a difference is bounded by “at_most”: groups may not be too far apart.");
        }
        (Measured::Impact, Some(Limit::AtMost(_))) => {
            reader.flaw(form.id.at(), "an impact ratio is bounded by “at_least”, such as 0.8.");
        }
        _ => {}
    }
    let least_n = match &form.least_n {
        None => LEAST_N,
        Some(n) => {
            if !(1..=LARGEST_N).contains(&**n) {
                reader.flaw(n.at(), format!("“least_n” is a whole number from 1 to {LARGEST_N}."));
            }
            u64::try_from(**n).unwrap_or(LEAST_N)
        }
    };
    let from_tier = form.from_tier.as_ref().and_then(|tier| {
        let found = TIERS.iter().copied().find(|known| *known == tier.as_str());
        if found.is_none() {
            reader.unknown(tier.at(), tier, "a tier", "tier", TIERS);
        }
        found
    });
    let when = form.when.as_ref().map(|when| reader.legal_condition(when));
    Some(Threshold {
        id: form.id.into_inner(),
        metric: form.metric.into_inner(),
        of: form.of,
        limit: limit?,
        least_n,
        attributes: form.attributes.unwrap_or_default(),
        from_tier,
        when: when.flatten(),
        reason: form.reason,
        reference: form.reference,
    })
}

fn finite(reader: &mut Reader<'_>, number: &Located<f64>) -> Option<f64> {
    if number.is_finite() && **number >= 0.0 {
        return Some(**number);
    }
    reader.flaw(number.at(), "a limit is a number from 0 up.");
    None
}

/// The thresholds that apply for a tier and these answers. Of several about the same figures the strictest counts.
///
/// # Errors
/// The first threshold whose condition failed.
pub(super) fn applying<'p>(
    thresholds: &'p [Threshold],
    packet: &Record,
    legal: Option<&Record>,
    tier: Option<&str>,
) -> Result<Vec<&'p Threshold>, RuleError> {
    let facts = Facts::of(packet, legal);
    let mut found: Vec<&Threshold> = Vec::new();
    for threshold in thresholds {
        let reached =
            threshold.from_tier.is_none_or(|from| tier.is_some_and(|tier| tier_rank(tier) >= tier_rank(from)));
        let applies = match &threshold.when {
            _ if !reached => false,
            None => true,
            Some(when) => holds(when, &facts, "threshold", &threshold.id)?,
        };
        if !applies {
            continue;
        }
        match found.iter_mut().find(|other| other.is_about(threshold)) {
            Some(other) if threshold.is_stricter(other) => *other = threshold,
            Some(_) => {}
            None => found.push(threshold),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};
    use super::*;
    use crate::record::PACKET;

    fn limits(text: &str, tier: Option<&str>, exposure: &str) -> Vec<(String, Limit)> {
        let mut packet = Record::empty(&PACKET);
        packet.set("exposure", exposure);
        let policy = policy_of(text);
        let found = policy.thresholds(&packet, None, tier).expect("conditions hold or not");
        found.into_iter().map(|one| (one.id.clone(), one.limit)).collect()
    }

    #[test]
    fn the_strictest_of_a_tier_counts() {
        let of = |tier: Option<&str>| {
            let all = limits("", tier, "public");
            all.into_iter().filter(|(id, _)| id.starts_with("fpr")).collect::<Vec<_>>()
        };
        assert_eq!(of(Some("low")), [("fpr-gap".to_owned(), Limit::AtMost(0.1))]);
        assert_eq!(of(Some("high")), [("fpr-gap-high".to_owned(), Limit::AtMost(0.05))]);
        assert_eq!(of(None), of(Some("low")), "no tier is no reason to ask for more");
        let looser =
            "[[threshold]]\nid = \"fpr-loose\"\nmetric = \"fpr\"\nof = \"difference\"\nat_most = 0.4\nreason = \"x\"\n";
        let all = limits(looser, Some("high"), "public");
        assert!(!all.iter().any(|(id, _)| id == "fpr-loose"), "{all:?}");
    }

    #[test]
    fn conditions_and_layers_say_which_apply() {
        let own = "[[threshold]]\nid = \"children\"\nmetric = \"rate\"\nof = \"value\"\nat_least = 0.99\nreason = \"x\"\n\
                   when = \"packet.exposure == 'children'\"\n[[threshold]]\nid = \"fpr-gap\"\nremove = true\n";
        let ids = |exposure: &str| limits(own, None, exposure).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert!(ids("children").contains(&"children".to_owned()));
        assert!(!ids("public").contains(&"children".to_owned()));
        assert!(!ids("public").contains(&"fpr-gap".to_owned()), "a layer takes one away");
        assert!(builtin().all_thresholds().iter().all(|one| !one.reason.is_empty()));
    }

    #[test]
    fn wrong_thresholds_are_refused_with_their_line() {
        let text = |lines: &str| format!("[[threshold]]\nid = \"x\"\nreason = \"y\"\n{lines}");
        for (lines, line, words) in [
            ("metric = \"fpt\"\nof = \"difference\"\nat_most = 0.1\n", 4, "not a figure of analyses"),
            ("metric = \"fpr\"\nof = \"gap\"\nat_most = 0.1\n", 5, "unknown variant"),
            ("metric = \"fpr\"\nof = \"value\"\n", 2, "either “at_most” or “at_least”"),
            ("metric = \"fpr\"\nof = \"value\"\nat_most = 0.1\nat_least = 0.1\n", 2, "either"),
            ("metric = \"fpr\"\nof = \"difference\"\nat_least = 0.1\n", 2, "too far apart"),
            ("metric = \"selection_rate\"\nof = \"impact\"\nat_most = 0.8\n", 2, "at_least"),
            ("metric = \"fpr\"\nof = \"value\"\nat_most = -0.1\n", 6, "from 0 up"),
            ("metric = \"fpr\"\nof = \"value\"\nat_most = nan\n", 6, "from 0 up"),
            ("metric = \"fpr\"\nof = \"value\"\nat_most = 0.1\nleast_n = 0\n", 7, "whole number from 1"),
            ("metric = \"fpr\"\nof = \"value\"\nat_most = 0.1\nfrom_tier = \"huge\"\n", 7, "not a tier"),
            ("metric = \"fpr\"\nof = \"value\"\nat_most = 0.1\nwhen = \"packet.falback == ''\"\n", 7, "falback"),
        ] {
            let flaws = flaws_of(&text(lines));
            assert_eq!(flaws.first().and_then(|flaw| flaw.line), Some(line), "{lines}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{lines}: {flaws:#?}");
        }
    }
}
