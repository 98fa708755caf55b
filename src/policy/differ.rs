//! What comes, goes and changes between two policies, thing by thing: shown before one takes the place of the other.

use std::collections::HashSet;

use toml::{Table, Value};

use super::Policy;
use super::layer::identity;

/// A difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyChange {
    /// The dotted path of the thing, as `explain` takes it: `tier_rule.children`, `service_level.triage.any`.
    pub path: String,
    /// What it was, in short; none where it was not there.
    pub before: Option<String>,
    /// What it is then; none where it is not there.
    pub after: Option<String>,
}

impl PolicyChange {
    /// The part of the policy that it belongs to: `tier_rule`.
    #[must_use]
    pub fn section(&self) -> &str {
        self.path.split('.').next().unwrap_or(&self.path)
    }
}

/// What comes, goes and changes, in the order of the second policy; what goes comes last in its part.
#[must_use]
pub fn differences(before: &Policy, after: &Policy) -> Vec<PolicyChange> {
    let mut changes = Vec::new();
    tables(before.to_table(), after.to_table(), "", "", &mut changes);
    changes
}

/// `path` names the table with the things in lists, `kind` without them.
fn tables(before: &Table, after: &Table, path: &str, kind: &str, changes: &mut Vec<PolicyChange>) {
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    for key in after.keys().chain(gone) {
        let below = |of: &str| if of.is_empty() { key.clone() } else { format!("{of}.{key}") };
        values(before.get(key), after.get(key), &below(path), &below(kind), changes);
    }
}

fn values(before: Option<&Value>, after: Option<&Value>, path: &str, kind: &str, changes: &mut Vec<PolicyChange>) {
    if before == after {
        return;
    }
    let (empty_table, empty_list) = (Table::new(), Vec::new());
    match (before, after) {
        (Some(Value::Table(one)), Some(Value::Table(other))) => tables(one, other, path, kind, changes),
        // A whole part that comes or goes is told thing by thing.
        (None, Some(Value::Table(other))) if !path.contains('.') => tables(&empty_table, other, path, kind, changes),
        (Some(Value::Table(one)), None) if !path.contains('.') => tables(one, &empty_table, path, kind, changes),
        (Some(Value::Array(_)) | None, Some(Value::Array(_)) | None) if identity(kind).is_some() => {
            let list = |value: Option<&'_ Value>| match value {
                Some(Value::Array(list)) => list.clone(),
                _ => empty_list.clone(),
            };
            lists(&list(before), &list(after), path, kind, changes);
        }
        _ => changes.push(PolicyChange { path: path.to_owned(), before: before.map(short), after: after.map(short) }),
    }
}

/// Lists of things that have names.
fn lists(before: &[Value], after: &[Value], path: &str, kind: &str, changes: &mut Vec<PolicyChange>) {
    let Some(key) = identity(kind) else { return };
    let name = |item: &Value| item.get(key).and_then(Value::as_str).map(str::to_owned);
    let find = |list: &[Value], wanted: &str| list.iter().find(|item| name(item).as_deref() == Some(wanted)).cloned();
    let mut seen = HashSet::new();
    for wanted in after.iter().chain(before).filter_map(name) {
        if seen.insert(wanted.clone()) {
            let (one, other) = (find(before, &wanted), find(after, &wanted));
            values(one.as_ref(), other.as_ref(), &format!("{path}.{wanted}"), kind, changes);
        }
    }
}

/// Keys that say in few words what a thing is, the most telling first.
const TELLING: &[&str] = &["reason", "definition", "title", "text", "description"];

/// Keys that stand before those: what a rule comes to.
const LEADING: &[&str] = &["tier", "function", "document", "checklist", "field", "days"];

/// A value in short: of a rule what it comes to and why, of a list its items.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(short).collect::<Vec<_>>().join(", "),
        Value::Table(table) => {
            let leading: Vec<String> = LEADING
                .iter()
                .filter_map(|key| {
                    let value = table.get(*key)?;
                    Some(if *key == "days" { format!("{value} days") } else { short(value) })
                })
                .collect();
            let telling = TELLING.iter().find_map(|key| table.get(*key).and_then(Value::as_str));
            match (leading.is_empty(), telling) {
                (false, Some(text)) => format!("{}: {text}", leading.join(", ")),
                (true, Some(text)) => text.to_owned(),
                (false, None) => leading.join(", "),
                (true, None) => {
                    table.iter().map(|(key, value)| format!("{key} {}", short(value))).collect::<Vec<_>>().join(", ")
                }
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, policy_of};
    use super::*;

    fn told(text: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let changes = differences(&builtin(), &policy_of(text));
        changes.into_iter().map(|change| (change.path, change.before, change.after)).collect()
    }

    #[test]
    fn a_policy_does_not_differ_from_itself() {
        assert_eq!(differences(&builtin(), &builtin()), []);
    }

    #[test]
    fn things_come_go_and_change_each_by_its_path() {
        assert_eq!(
            told("[service_level.triage]\nany = 2\n"),
            [("service_level.triage.any".to_owned(), Some("5".to_owned()), Some("2".to_owned()))]
        );
        assert_eq!(
            told("[[role]]\nname = \"clerk\"\ndefinition = \"Files.\"\n"),
            [("role.clerk".to_owned(), None, Some("Files.".to_owned()))]
        );
        let gone = told("[[requirement]]\nid = \"scale\"\nremove = true\n");
        assert_eq!((gone.len(), gone[0].0.as_str(), &gone[0].2), (1, "requirement.scale", &None));
        assert!(gone[0].1.as_deref().is_some_and(|was| was.starts_with("scale: A small error rate")), "{gone:?}");
        assert_eq!(
            told("[[tier_rule]]\nid = \"children\"\ntier = \"medium\"\n"),
            [("tier_rule.children.tier".to_owned(), Some("high".to_owned()), Some("medium".to_owned()))]
        );
        let item = "[[checklist]]\nid = \"launch-readiness\"\n[[checklist.item]]\ncode = \"FAIR-02\"\nremove = true\n";
        assert_eq!(told(item)[0].0, "checklist.launch-readiness.item.FAIR-02");
        assert_eq!(told("[matrix.4]\n2 = \"high\"\n")[0].0, "matrix.4");
    }

    #[test]
    fn what_one_way_comes_the_other_way_goes() {
        for name in super::super::profiles() {
            let layer = super::super::profile(name).expect("a profile");
            let profile = Policy::from_layers(&[layer]).expect("loads");
            let there = differences(&builtin(), &profile);
            let back = differences(&profile, &builtin());
            assert!(there.len() > 5, "{name}");
            assert_eq!(there.len(), back.len(), "{name}");
            for change in &there {
                let turned = PolicyChange {
                    path: change.path.clone(),
                    before: change.after.clone(),
                    after: change.before.clone(),
                };
                assert!(back.contains(&turned), "{name}: {change:?}");
            }
        }
    }
}
