//! Who may decide: which role holds which right, what keeps people from deciding about their own work, and how long
//! waivers, acceptances and delegations may last.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::names::Named;
use super::reader::{Located, Reader};
use super::scales::Level;
use crate::record::decision::authority::{Matter, OWN, Right, Separation, kinds_of_rights};
use crate::record::decision::{ACCEPTANCE, KINDS, WAIVER};
use crate::record::review::TIERS;

/// In the table of durations: how long a delegation may last.
const DELEGATION: &str = "delegation";

/// The most days that anything may be let last: ten years.
const LONGEST: i64 = 3650;

/// A rule that gives a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightRule {
    /// What it says, as decisions name it.
    pub right: Right,
    /// The kinds of decision it is about.
    pub kinds: Vec<String>,
    /// The tiers at which it holds; all, where none is named.
    pub tiers: Vec<String>,
    /// The levels of risk at which it holds; all, where none is named.
    pub levels: Vec<String>,
}

/// A rule that keeps people from deciding about their own work.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SeparationRule {
    separation: Separation,
    kinds: Vec<String>,
}

/// What policy says of who decides.
#[derive(Debug, Clone, Default)]
pub(super) struct Rights {
    /// The rules that give rights, in the policy's order.
    pub rules: Vec<RightRule>,
    separations: Vec<SeparationRule>,
    days: BTreeMap<String, u32>,
}

/// A rule that gives a right, as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct RightForm {
    /// Its id, such as `launch-executive`.
    id: String,
    /// Kinds of decision, or `roles`.
    kinds: Vec<Located<String>>,
    /// Tiers of the review; all, where none is named.
    #[serde(default)]
    tiers: Vec<Located<String>>,
    /// Levels of the risk; all, where none is named.
    #[serde(default)]
    levels: Vec<Located<String>>,
    /// The roles that hold the right; an empty list shuts the matter for all.
    roles: Vec<Located<String>>,
    /// Why, in one line.
    reason: String,
}

/// A rule that keeps people from deciding about their own work, as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "id"))]
pub(super) struct SeparationForm {
    /// Its id, such as `own-work`.
    id: String,
    /// Kinds of decision.
    kinds: Vec<Located<String>>,
    /// Whom it keeps out: requester, reviewer, business owner, technical owner, risk owner.
    who: Vec<Located<String>>,
    /// Why, in one line.
    reason: String,
}

impl Rights {
    /// Reads the lists `right` and `separation` and the table `duration`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, roles: &[Named], levels: &[Level]) -> Self {
        let roles: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        let levels: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
        Self {
            rules: read_rights(reader, root, &roles, &levels),
            separations: read_separations(reader, root),
            days: read_days(reader, root),
        }
    }

    /// The rules that fit a matter.
    pub(super) fn of(&self, matter: &Matter<'_>) -> Vec<Right> {
        let fits = |named: &[String], said: Option<&str>| {
            named.is_empty() || said.is_some_and(|said| named.iter().any(|name| name == said))
        };
        self.rules
            .iter()
            .filter(|rule| rule.kinds.iter().any(|kind| kind == matter.kind))
            .filter(|rule| fits(&rule.tiers, matter.tier) && fits(&rule.levels, matter.level))
            .map(|rule| rule.right.clone())
            .collect()
    }

    /// The separations for a kind of decision.
    pub(super) fn separations(&self, kind: &str) -> Vec<Separation> {
        let about = |rule: &&SeparationRule| rule.kinds.iter().any(|known| known == kind);
        self.separations.iter().filter(about).map(|rule| rule.separation.clone()).collect()
    }

    /// How many days something may last.
    pub(super) fn days(&self, what: &str) -> Option<u32> {
        self.days.get(what).copied()
    }
}

fn plain(words: Vec<Located<String>>) -> Vec<String> {
    words.into_iter().map(Located::into_inner).collect()
}

fn read_rights(reader: &mut Reader<'_>, root: &mut DeTable<'_>, roles: &[&str], levels: &[&str]) -> Vec<RightRule> {
    let forms: Vec<RightForm> = reader.list(root, "right");
    let kinds: Vec<&str> = kinds_of_rights().collect();
    let mut rules = Vec::new();
    for form in forms {
        reader.all_known(&form.kinds, "a kind of decision", "right", &kinds);
        reader.all_known(&form.tiers, "a tier", "tier", TIERS);
        reader.all_known(&form.levels, "a level", "level", levels);
        reader.all_known(&form.roles, "a role", "role", roles);
        rules.push(RightRule {
            right: Right { id: form.id, reason: form.reason, roles: plain(form.roles) },
            kinds: plain(form.kinds),
            tiers: plain(form.tiers),
            levels: plain(form.levels),
        });
    }
    rules
}

fn read_separations(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<SeparationRule> {
    let forms: Vec<SeparationForm> = reader.list(root, "separation");
    let mut rules = Vec::new();
    for form in forms {
        reader.all_known(&form.kinds, "a kind of decision", "separation", KINDS);
        reader.all_known(&form.who, "somebody a separation keeps out", "separation", OWN);
        rules.push(SeparationRule {
            separation: Separation { id: form.id, reason: form.reason, who: plain(form.who) },
            kinds: plain(form.kinds),
        });
    }
    rules
}

fn read_days(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> BTreeMap<String, u32> {
    let mut days = BTreeMap::new();
    let known = [WAIVER, ACCEPTANCE, DELEGATION];
    let Some((table, _)) = reader.table(root, "duration") else { return days };
    for (what, item) in table {
        if !known.contains(&what.get_ref().as_ref()) {
            reader.unknown(
                what.span().start,
                what.get_ref(),
                "something whose duration policy limits",
                "duration",
                &known,
            );
        } else if let Some(number) = reader.whole(item, "a duration, in days,", 1..=LONGEST) {
            days.insert(what.get_ref().to_string(), u32::try_from(number).unwrap_or(u32::MAX));
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};
    use crate::record::Terms as _;
    use crate::record::decision::authority::Matter;

    fn roles_of(policy: &super::super::Policy, kind: &str, tier: Option<&str>, level: Option<&str>) -> Vec<String> {
        policy.rights(&Matter { kind, tier, level }).into_iter().flat_map(|right| right.roles).collect()
    }

    #[test]
    fn rights_by_default_go_to_specialists_the_forum_and_executives() {
        let policy = builtin();
        for (kind, tier, level, roles) in [
            ("tier", Some("low"), None, "specialist"),
            ("tier", Some("high"), None, "governance forum"),
            ("tier", Some("prohibited"), None, "governance forum"),
            ("approve", Some("minimal"), None, "specialist"),
            ("approve", Some("medium"), None, "governance forum"),
            ("approve with conditions", Some("high"), None, "executive"),
            ("approve", Some("prohibited"), None, ""),
            ("reject", Some("prohibited"), None, "governance forum, executive"),
            ("waiver", Some("low"), None, "governance forum"),
            ("risk acceptance", None, Some("critical"), "executive"),
            ("risk acceptance", None, Some("medium"), "specialist, governance forum, executive"),
            ("policy change", None, None, "executive"),
            ("external statement", None, None, "executive"),
            ("non-standard metric", Some("low"), None, "governance forum"),
        ] {
            assert_eq!(roles_of(&policy, kind, tier, level).join(", "), roles, "{kind} {tier:?} {level:?}");
        }
        assert!(policy.rights(&Matter { kind: "approve", tier: None, level: None }).is_empty(), "no tier, no right");
        assert_eq!(policy.most_days("waiver"), Some(180));
        assert_eq!(policy.most_days("tier"), None);
    }

    #[test]
    fn an_organisation_changes_a_rule_by_its_id_or_takes_it_away() {
        let policy = policy_of(
            "[[right]]\nid = \"waiver\"\nroles = [\"RAI lead\"]\n[[right]]\nid = \"metric\"\nremove = true\n[duration]\nwaiver = { remove = true }\n",
        );
        assert_eq!(roles_of(&policy, "waiver", None, None), ["RAI lead"]);
        assert!(policy.rights(&Matter { kind: "non-standard metric", tier: None, level: None }).is_empty());
        assert_eq!(policy.most_days("waiver"), None);
        assert_eq!(policy.explain("right.waiver").len(), 2);
    }

    #[test]
    fn wrong_rights_are_refused_with_their_line() {
        for (text, line, words) in [
            ("[[right]]\nid = \"waiver\"\nroles = [\"king\"]\n", 3, "not a role"),
            ("[[right]]\nid = \"waiver\"\nkinds = [\"whim\"]\n", 3, "not a kind of decision"),
            ("[[right]]\nid = \"waiver\"\ntiers = [\"huge\"]\n", 3, "not a tier"),
            ("[[right]]\nid = \"waiver\"\nlevels = [\"tiny\"]\n", 3, "not a level"),
            ("[[separation]]\nid = \"own-work\"\nwho = [\"cousin\"]\n", 3, "not somebody"),
            ("[duration]\nwaiver = 0\n", 2, "whole number from 1"),
            ("[duration]\nlunch = 1\n", 2, "not something"),
        ] {
            let flaws = flaws_of(text);
            assert_eq!(flaws[0].line, Some(line), "{text}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{text}: {flaws:#?}");
        }
    }
}
