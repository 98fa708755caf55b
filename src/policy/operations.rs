//! What policy says of the time after a launch: which signals a system needs, which duties to report there are, and what
//! the programme wants of its own figures.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::condition::{Condition, Facts};
use super::reader::{Located, Reader};
use super::rules::{holds, tier_rank};
use crate::record::review::TIERS;
use crate::record::{Record, signal};

/// A duty to report an incident within so many days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalClock {
    /// Its name, as incidents keep it.
    pub name: String,
    /// Which incidents it is about, in one sentence.
    pub definition: String,
    /// Calendar days after the organisation knew.
    pub days: u32,
    /// Where the law says so.
    pub reference: String,
    /// Where that was read.
    pub source: String,
    /// When it was last compared with its source.
    pub checked_on: String,
}

/// A legal clock as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "name"))]
pub(super) struct LegalClockForm {
    /// Its name, as incidents keep it.
    name: String,
    /// Which incidents it is about, in one sentence.
    definition: String,
    /// Calendar days after the organisation knew.
    days: Located<i64>,
    /// Where the law says so.
    reference: String,
    /// Where that was read.
    source: String,
    /// When it was last compared with its source, such as 2026-11.
    checked_on: String,
}

/// A rule that asks for kinds of signal.
#[derive(Debug, Clone)]
pub struct MonitoringRule {
    /// Its id.
    pub id: String,
    /// The kinds of signal that it asks for.
    pub kinds: Vec<String>,
    /// From which tier on; for any, where there is none.
    pub from_tier: Option<&'static str>,
    /// For which answers; for all, where there is none.
    pub when: Option<Condition>,
    /// Why, in one sentence.
    pub reason: String,
    /// Where the law or a framework says so.
    pub reference: Option<String>,
}

/// A rule of monitoring as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct MonitoringRuleForm {
    /// Its id.
    id: String,
    /// Kinds of signal: drift, performance, fairness, safety filter, user feedback, abuse, incident trigger.
    kinds: Vec<Located<String>>,
    /// From which tier on; for any, where it is left out.
    from_tier: Option<Located<String>>,
    /// For which answers, in CEL on packet and legal; for all, where it is left out.
    when: Option<Located<String>>,
    /// Why, in one sentence.
    reason: String,
    /// Where the law or a framework says so.
    reference: Option<String>,
}

/// What the programme wants of one of its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The id of the figure, such as `assessment-coverage`.
    pub id: String,
    /// What it must come to.
    pub aim: Option<Aim>,
}

/// What a figure must come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// This or more.
    AtLeast(f64),
    /// More than this.
    Over(f64),
    /// This or less.
    AtMost(f64),
    /// Less than this.
    Under(f64),
    /// By this share less than so many months earlier.
    UnderEarlier(f64, u32),
    /// Less than in the period before, or nothing at all.
    Down,
    /// More than in the period before.
    Up,
}

/// What the programme wants of a figure, as it is written; one of the limits at the most.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct KpiForm {
    /// The id of the figure, such as assessment-coverage.
    id: Located<String>,
    /// This or more.
    at_least: Option<f64>,
    /// More than this.
    over: Option<f64>,
    /// This or less.
    at_most: Option<f64>,
    /// Less than this.
    under: Option<f64>,
    /// Less than earlier by this share, such as 0.1.
    under_earlier: Option<f64>,
    /// How many months earlier; 6, unless said.
    months_earlier: Option<u32>,
    /// down or up: against the period before.
    trend: Option<String>,
}

/// What policy says of the time after a launch.
#[derive(Debug, Clone, Default)]
pub(super) struct Operations {
    pub clocks: Vec<LegalClock>,
    pub monitoring: Vec<MonitoringRule>,
    pub targets: Vec<Target>,
}

impl Operations {
    /// Reads the lists `legal_clock`, `monitoring_rule` and `kpi`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Self {
        Self {
            clocks: read_clocks(reader, root),
            monitoring: read_monitoring(reader, root),
            targets: read_targets(reader, root),
        }
    }

    /// The rules of monitoring that fire for a packet at a tier.
    ///
    /// # Errors
    /// The first rule whose condition failed.
    pub(super) fn monitoring_for(
        &self,
        packet: &Record,
        legal: Option<&Record>,
        tier: Option<&str>,
    ) -> Result<Vec<&MonitoringRule>, RuleError> {
        let facts = Facts::of(packet, legal);
        let mut fired = Vec::new();
        for rule in &self.monitoring {
            let reached = |from: &str| tier.is_some_and(|tier| tier_rank(tier) >= tier_rank(from));
            if rule.from_tier.is_some_and(|from| !reached(from)) {
                continue;
            }
            if match &rule.when {
                Some(when) => holds(when, &facts, "monitoring_rule", &rule.id)?,
                None => true,
            } {
                fired.push(rule);
            }
        }
        Ok(fired)
    }
}

fn read_clocks(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<LegalClock> {
    let forms: Vec<LegalClockForm> = reader.list(root, "legal_clock");
    let mut clocks = Vec::new();
    for form in forms {
        if !(0..=366).contains(&*form.days) {
            reader.flaw(form.days.at(), "a legal clock runs for 0 to 366 days.");
        }
        clocks.push(LegalClock {
            name: form.name,
            definition: form.definition,
            days: u32::try_from(*form.days).unwrap_or(0),
            reference: form.reference,
            source: form.source,
            checked_on: form.checked_on,
        });
    }
    clocks
}

fn read_monitoring(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<MonitoringRule> {
    let forms: Vec<MonitoringRuleForm> = reader.list(root, "monitoring_rule");
    let mut rules = Vec::new();
    for form in forms {
        reader.all_known(&form.kinds, "a kind of signal", "monitoring_rule", signal::KINDS);
        let from_tier = form.from_tier.as_ref().and_then(|tier| {
            let found = TIERS.iter().copied().find(|known| *known == tier.as_str());
            if found.is_none() {
                reader.unknown(tier.at(), tier, "a tier", "tier", TIERS);
            }
            found
        });
        rules.push(MonitoringRule {
            id: form.id,
            kinds: form.kinds.into_iter().map(Located::into_inner).collect(),
            from_tier,
            when: form.when.as_ref().and_then(|when| reader.legal_condition(when)),
            reason: form.reason,
            reference: form.reference,
        });
    }
    rules
}

fn read_targets(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Target> {
    let forms: Vec<KpiForm> = reader.list(root, "kpi");
    let mut targets = Vec::new();
    for form in forms {
        let at = form.id.at();
        let trend = match form.trend.as_deref() {
            Some("down") => Some(Aim::Down),
            Some("up") => Some(Aim::Up),
            Some(other) => {
                reader.flaw(at, format!("a trend is down or up, not “{}”.", crate::text::line(other)));
                None
            }
            None => None,
        };
        let earlier = form.under_earlier.map(|share| Aim::UnderEarlier(share, form.months_earlier.unwrap_or(6)));
        let limits = [form.at_least.map(Aim::AtLeast), form.over.map(Aim::Over), form.at_most.map(Aim::AtMost)];
        let said: Vec<Aim> = limits.into_iter().chain([form.under.map(Aim::Under), earlier, trend]).flatten().collect();
        if said.len() > 1 {
            let message = "a figure has one target: at_least, over, at_most, under, under_earlier or trend. A layer \
                           that changes it takes the other away with `{ remove = true }`.";
            reader.flaw(at, message);
        }
        targets.push(Target { id: form.id.into_inner(), aim: said.first().copied() });
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};
    use super::*;
    use crate::record::{PACKET, Value};

    #[test]
    fn signals_are_asked_for_by_tier_and_model_type() {
        let policy = builtin();
        let mut packet = Record::empty(&PACKET);
        packet.set("model_type", "RAG");
        packet.set("exposure", "public");
        let kinds = |packet: &Record, tier: &str| -> Vec<String> {
            let fired = policy.monitoring_for(packet, None, Some(tier)).expect("judged");
            fired.into_iter().flat_map(|rule| rule.kinds.clone()).collect()
        };
        assert_eq!(kinds(&packet, "low"), ["user feedback", "abuse"]);
        let high = ["performance", "safety filter", "user feedback", "abuse", "incident trigger"];
        assert_eq!(kinds(&packet, "high"), high);
        packet.set("model_type", "classical ML");
        packet.set("exposure", Value::Empty);
        assert_eq!(kinds(&packet, "medium"), ["performance", "drift"]);
        assert!(kinds(&packet, "low").is_empty());
    }

    #[test]
    fn clocks_and_targets_come_from_policy() {
        let policy = builtin();
        let days: Vec<u32> = policy.legal_clocks().iter().map(|clock| clock.days).collect();
        assert_eq!(days, [15, 2, 10]);
        assert!(policy.legal_clocks().iter().all(|clock| !clock.source.is_empty() && !clock.checked_on.is_empty()));
        assert_eq!(policy.target("assessment-coverage"), Some(Aim::AtLeast(0.9)));
        let own = "[[legal_clock]]\nname = \"GDPR breach\"\ndefinition = \"x\"\ndays = 3\nreference = \"Art. 33\"\nsource = \"x\"\nchecked_on = \"2026-11\"\n[[kpi]]\nid = \"assessment-coverage\"\nat_least = 0.95\n";
        let policy = policy_of(own);
        assert_eq!(policy.legal_clocks().last().map(|clock| clock.days), Some(3));
        assert_eq!(policy.target("assessment-coverage"), Some(Aim::AtLeast(0.95)));
    }

    #[test]
    fn wrong_rules_are_refused_with_their_line() {
        for (text, line, words) in [
            ("[[kpi]]\nid = \"cycle-time\"\nunder = 3\n", 2, "one target"),
            ("[[kpi]]\nid = \"fairness-post-launch\"\ntrend = \"sideways\"\n", 2, "down or up"),
            ("[[monitoring_rule]]\nid = \"x\"\nkinds = [\"weather\"]\nreason = \"x\"\n", 3, "not a kind of signal"),
            ("[[monitoring_rule]]\nid = \"x\"\nkinds = []\nfrom_tier = \"top\"\nreason = \"x\"\n", 4, "not a tier"),
            ("[[legal_clock]]\nname = \"AI Act: serious incident\"\ndays = -1\n", 3, "0 to 366"),
        ] {
            let flaws = flaws_of(text);
            assert_eq!(flaws[0].line, Some(line), "{text}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{text}: {flaws:#?}");
        }
    }
}
