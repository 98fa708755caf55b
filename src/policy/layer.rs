//! Laying policy files over one another, and what comes out where they meet.
//!
//! Tables merge key by key. Lists of named things merge by name: a later layer replaces the keys it gives, adds what is
//! new at the end, and takes one away with `remove = true`. Any other value is replaced whole.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::gather::parse;
use super::source::{Flaw, Origin, Sources};
use super::{content, text};

/// A value of a policy file, with where it stands.
pub(super) type Item<'a> = Spanned<DeValue<'a>>;

/// The key by which the things in a list are told apart; none where a list is a plain list of values.
pub(super) fn identity(list: &str) -> Option<&'static str> {
    match list {
        "level" | "category" | "role" | "function" | "stage" | "legal_clock" => Some("name"),
        "requirement"
        | "escalation"
        | "framework"
        | "framework.group"
        | "framework.requirement"
        | "control"
        | "pattern"
        | "checklist"
        | "tier_rule"
        | "route_rule"
        | "document_rule"
        | "checklist_rule"
        | "right"
        | "separation"
        | "threshold"
        | "monitoring_rule"
        | "kpi"
        | "law"
        | "law.application"
        | "law.duty" => Some("id"),
        "checklist.item" => Some("code"),
        "meeting" => Some("kind"),
        "law.practice" => Some("field"),
        "law.point" => Some("point"),
        "law.situation" => Some("situation"),
        _ => None,
    }
}

/// All layers laid over one another, with what was found on the way.
pub(super) struct Merged<'a> {
    /// What holds, each value with where it stands in the [`Sources`].
    pub root: DeTable<'a>,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// What is odd, but not wrong.
    pub warnings: Vec<Flaw>,
    /// What was taken away, as `control FAIR-02`, and where.
    pub removed: Vec<(String, usize)>,
}

/// Which part of the layers is laid over one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything.
    Whole,
    /// What every start needs: all but content.
    Rules,
    /// Content, and what content draws on.
    Content,
}

impl Wanted {
    /// Whether a layer can say anything of it.
    fn layer(self, origin: Origin) -> bool {
        match self {
            Self::Whole => true,
            Self::Rules => origin != Origin::Content,
            Self::Content => origin != Origin::Rules,
        }
    }

    /// Whether a key at the top of a layer belongs to it.
    fn key(self, key: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Rules => !content::SECTIONS.contains(&key),
            Self::Content => content::SECTIONS.contains(&key) || key == "category",
        }
    }
}

/// Lays all layers over one another, as far as they say what is wanted.
pub(super) fn merge(sources: &Sources, wanted: Wanted) -> Merged<'_> {
    let mut merge = Merge { sources, amending: false, flaws: Vec::new(), warnings: Vec::new(), removed: Vec::new() };
    let mut root = DeTable::new();
    for (base, layer) in sources.layers().filter(|(_, layer)| wanted.layer(layer.origin)) {
        match parse(layer) {
            Ok(table) => {
                let own = |key: &str| !matches!(key, "extends" | "complete") && wanted.key(key);
                let table = table.into_iter().filter(|(key, _)| own(key.get_ref())).collect();
                let table = normalise(table, base);
                merge.table(&mut root, table, "");
            }
            Err(flaws) => merge.flaws.extend(flaws),
        }
    }
    let Merge { flaws, warnings, removed, .. } = merge;
    Merged { root, flaws, warnings, removed }
}

/// Lays one table over another, both at this dotted path: what an amendment of a law does within one policy. Returns what is
/// wrong and what is odd.
pub(super) fn lay_over<'s>(
    sources: &'s Sources,
    lower: &mut DeTable<'s>,
    upper: DeTable<'s>,
    path: &str,
) -> (Vec<Flaw>, Vec<Flaw>) {
    let mut merge = Merge { sources, amending: true, flaws: Vec::new(), warnings: Vec::new(), removed: Vec::new() };
    merge.table(lower, upper, path);
    (merge.flaws, merge.warnings)
}

/// A layer's table numbered from `base`, with the matrix's rows as tables of cells, so that a layer may name one cell.
pub(super) fn normalise(table: DeTable<'_>, base: usize) -> DeTable<'_> {
    let mut table = shift_table(table, base);
    if let Some(DeValue::Table(matrix)) = table.get_mut("matrix").map(Spanned::get_mut) {
        for (_, row) in matrix.iter_mut() {
            if let DeValue::Array(cells) = row.get_mut() {
                let cells = std::mem::replace(cells, DeArray::new());
                let numbered = cells.into_iter().enumerate().map(|(at, cell)| {
                    let key = Spanned::new(cell.span(), (at + 1).to_string().into());
                    (key, cell)
                });
                *row.get_mut() = DeValue::Table(numbered.collect());
            }
        }
    }
    table
}

fn shift_table(table: DeTable<'_>, base: usize) -> DeTable<'_> {
    table.into_iter().map(|(key, item)| (shifted(key, base), shift(item, base))).collect()
}

fn shift(item: Item<'_>, base: usize) -> Item<'_> {
    let mut item = shifted(item, base);
    match item.get_mut() {
        DeValue::Table(table) => *table = shift_table(std::mem::take(table), base),
        DeValue::Array(array) => {
            for inner in array.iter_mut() {
                let taken = std::mem::replace(inner, Spanned::new(0..0, DeValue::Boolean(false)));
                *inner = shift(taken, base);
            }
        }
        _ => {}
    }
    item
}

fn shifted<T>(spanned: Spanned<T>, base: usize) -> Spanned<T> {
    let span = spanned.span();
    Spanned::new(span.start + base..span.end + base, spanned.into_inner())
}

struct Merge<'s> {
    sources: &'s Sources,
    /// Whether a law is laid over the one that it amends, and not a layer over another.
    amending: bool,
    flaws: Vec<Flaw>,
    warnings: Vec<Flaw>,
    removed: Vec<(String, usize)>,
}

impl<'s> Merge<'s> {
    fn flaw(&mut self, at: usize, message: impl AsRef<str>) {
        self.sources.keep(&mut self.flaws, at, message);
    }

    /// Lays `upper` over `lower`. `path` is the dotted path of both, without the names of things in lists.
    fn table(&mut self, lower: &mut DeTable<'s>, upper: DeTable<'s>, path: &str) {
        for (key, item) in upper {
            let name = key.get_ref().to_string();
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if name.chars().any(text::is_unsafe) {
                self.flaw(key.span().start, format!("the key “{name}” holds a character that cannot be shown."));
                continue;
            }
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) if self.is_removal(&table, None) => {
                    if lower.remove(name.as_str()).is_none() {
                        self.removes_nothing(span.start, &name);
                    }
                    self.removed.push((below, span.start));
                }
                DeValue::Table(table) => match enter(lower, key, &span, || DeValue::Table(DeTable::new())) {
                    DeValue::Table(here) => self.table(here, table, &below),
                    other => self.clash(span.start, &name, other, "a table"),
                },
                DeValue::Array(array) => match enter(lower, key, &span, || DeValue::Array(DeArray::new())) {
                    DeValue::Array(here) => self.array(here, array, &below),
                    other => self.clash(span.start, &name, other, "a list"),
                },
                value => self.value(lower, key, Spanned::new(span, value)),
            }
        }
    }

    fn array(&mut self, lower: &mut DeArray<'s>, upper: DeArray<'s>, path: &str) {
        if let Some(identity) = identity(path) {
            self.list(lower, upper, identity, path);
        } else {
            self.check_texts(&upper);
            *lower = upper;
        }
    }

    fn value(&mut self, lower: &mut DeTable<'s>, key: Spanned<std::borrow::Cow<'s, str>>, item: Item<'s>) {
        let at = item.span().start;
        self.check_text(item.get_ref(), at);
        if let Some(had @ (DeValue::Table(_) | DeValue::Array(_))) = lower.get(&key).map(Spanned::get_ref) {
            let given = kind_name(item.get_ref().type_str());
            self.clash(at, key.get_ref(), had, given);
        } else {
            lower.insert(key, item);
        }
    }

    fn clash(&mut self, at: usize, name: &str, had: &DeValue<'_>, given: &str) {
        self.flaw(at, format!("“{name}” holds {}, not {given}.", kind_name(had.type_str())));
    }

    fn list(&mut self, lower: &mut DeArray<'s>, upper: DeArray<'s>, identity: &'static str, path: &str) {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, item) in lower.iter().enumerate() {
            if let Some(name) = item.get_ref().get(identity).and_then(|name| name.get_ref().as_str()) {
                places.insert(name.to_owned(), at);
            }
        }
        let mut seen = HashSet::new();
        let mut gone = HashSet::new();
        for item in upper {
            let span = item.span();
            let DeValue::Table(table) = item.into_inner() else {
                self.flaw(span.start, format!("each “{path}” is a table of its own, under [[{path}]]."));
                continue;
            };
            let Some((name, at)) = self.name_of(&table, identity, path, span.start) else { continue };
            if !seen.insert(name.clone()) {
                self.flaw(at, format!("the {path} “{name}” stands twice in this file."));
            } else if self.is_removal(&table, Some(identity)) {
                match places.get(&name) {
                    Some(place) => _ = gone.insert(*place),
                    // What an amendment takes away stands in the law that it amends, over which it is laid later.
                    None if path.starts_with("law.") && !self.amending => {
                        lower.push(Spanned::new(span, DeValue::Table(table)));
                        continue;
                    }
                    None => self.removes_nothing(at, &name),
                }
                self.removed.push((format!("{path} {name}"), at));
            } else if let Some(place) = places.get(&name) {
                if let Some(DeValue::Table(here)) = lower.get_mut(*place).map(Spanned::get_mut) {
                    self.table(here, table, path);
                }
            } else {
                let mut here = DeTable::new();
                self.table(&mut here, table, path);
                lower.push(Spanned::new(span, DeValue::Table(here)));
            }
        }
        if !gone.is_empty() {
            let all = std::mem::replace(lower, DeArray::new()).into_iter().enumerate();
            *lower = all.filter(|(at, _)| !gone.contains(at)).map(|(_, item)| item).collect();
        }
    }

    /// The name of a thing in a list, with where it stands.
    fn name_of(&mut self, table: &DeTable<'s>, identity: &str, path: &str, at: usize) -> Option<(String, usize)> {
        let Some(item) = table.get(identity) else {
            self.flaw(at, format!("this {path} needs the key “{identity}”, which names it."));
            return None;
        };
        let at = item.span().start;
        let name = item.get_ref().as_str().filter(|name| !name.trim().is_empty());
        if name.is_none() {
            self.flaw(at, format!("“{identity}” names this {path}; expected a text in quotes."));
        }
        name.map(|name| (name.to_owned(), at))
    }

    /// Whether a table only takes something away.
    fn is_removal(&mut self, table: &DeTable<'s>, identity: Option<&str>) -> bool {
        let Some(remove) = table.get("remove") else { return false };
        let at = remove.span().start;
        if remove.get_ref().as_bool() != Some(true) {
            self.flaw(at, "“remove” can only be true; leave it out to keep the thing.");
        } else if table.len() > 1 + usize::from(identity.is_some()) {
            self.flaw(at, "what is removed needs no other keys; remove it, or change it.");
        }
        true
    }

    fn removes_nothing(&mut self, at: usize, name: &str) {
        let message = format!("“{name}” is removed, but no layer below has it.");
        self.sources.keep(&mut self.warnings, at, message);
    }

    fn check_text(&mut self, value: &DeValue<'_>, at: usize) {
        let hidden = |c: &char| text::is_unsafe(*c) && !matches!(c, '\n' | '\t');
        if let Some(bad) = value.as_str().and_then(|text| text.chars().find(hidden)) {
            let code = u32::from(bad);
            self.flaw(at, format!("this text holds the invisible or control character U+{code:04X}; leave it out."));
        }
    }

    fn check_texts(&mut self, array: &DeArray<'_>) {
        for item in array {
            self.check_text(item.get_ref(), item.span().start);
            match item.get_ref() {
                DeValue::Array(inner) => self.check_texts(inner),
                DeValue::Table(inner) => inner.values().for_each(|item| {
                    self.check_text(item.get_ref(), item.span().start);
                }),
                _ => {}
            }
        }
    }
}

/// The value of a key in `lower`, put there where it is new.
fn enter<'t, 's>(
    lower: &'t mut DeTable<'s>,
    key: Spanned<std::borrow::Cow<'s, str>>,
    span: &Range<usize>,
    empty: impl FnOnce() -> DeValue<'s>,
) -> &'t mut DeValue<'s> {
    lower.entry(key).or_insert_with(|| Spanned::new(span.clone(), empty())).get_mut()
}

/// Whether this thing in a list has this name.
pub(super) fn is_named(item: &Item<'_>, identity: &str, name: &str) -> bool {
    item.get_ref().as_table().and_then(|table| table.get(identity)).and_then(|item| item.get_ref().as_str())
        == Some(name)
}

/// What people call a TOML type.
pub(super) fn kind_name(toml: &str) -> &'static str {
    match toml {
        "string" => "a text",
        "integer" => "a whole number",
        "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a date or time",
        "array" => "a list",
        _ => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};
    use crate::record::{Names, Terms as _};

    #[test]
    fn lists_merge_by_name() {
        let policy = policy_of(
            "[[category]]\nname = \"fairness\"\ndefinition = \"Ours.\"\n\
             [[category]]\nname = \"sustainability\"\ndefinition = \"New.\"\n\
             [[category]]\nname = \"transparency\"\nremove = true\n",
        );
        let (before, after) = (builtin().names(Names::Category), policy.names(Names::Category));
        assert_eq!(after.len(), before.len());
        assert_eq!(after[0], before[0], "what was there stays where it was");
        assert_eq!(policy.named(Names::Category)[0].definition, "Ours.");
        assert_eq!(after.last().map(String::as_str), Some("sustainability"));
        assert!(!after.contains(&"transparency".to_owned()));
        assert!(policy.warnings().iter().all(|flaw| flaw.message.contains("has no category now")));
        assert!(!policy.warnings().is_empty());
    }

    #[test]
    fn mistakes_are_refused_with_file_line_and_what_was_expected() {
        for (text, line, words) in [
            ("[risk\n", 1, "this is not TOML: unclosed table, expected `]`"),
            ("\n[risk]\ntolerated_level =\n", 3, "this is not TOML"),
            ("[risk]\ntolerated_level = \"low\"\ntolerated_level = \"low\"\n", 3, "duplicate key"),
            ("[[requirment]]\nid = \"x\"\n", 1, "did you mean “requirement”?"),
            ("[requirement]\nid = \"x\"\n", 1, "“requirement” holds a list, not a table"),
            ("requirement = 3\n", 1, "“requirement” holds a list, not a whole number"),
            ("requirement = [3]\n", 1, "a table of its own, under [[requirement]]"),
            ("[[requirement]]\nfield = \"scale\"\n", 1, "needs the key “id”"),
            ("[[requirement]]\nid = \" \"\n", 2, "expected a text in quotes"),
            ("[[requirement]]\nid = 7\n", 2, "expected a text in quotes"),
            ("[[role]]\nname = \"a\"\ndefinition = \"\"\n[[role]]\nname = \"a\"\n", 5, "stands twice in this file"),
            ("[[role]]\nname = \"Specialist\"\ndefinition = \"\"\n", 2, "only in upper and lower case"),
            ("[[role]]\nname = \"new\"\n", 1, "this needs the key “definition”"),
            ("[[role]]\nname = \"new\"\ndefinition = 3\n", 3, "wrong type: the number “3”, expected a text in quotes"),
            ("[[role]]\nname = \"auditor\"\nremove = false\n", 3, "can only be true"),
            ("[[role]]\nname = \"auditor\"\nremove = true\ndefinition = \"\"\n", 3, "needs no other keys"),
            ("[[role]]\nname = \"a\\u202Eb\"\ndefinition = \"\"\n", 2, "U+202E"),
            ("\"a\\u0007\" = 3\n", 1, "cannot be shown"),
            ("[[requirement]]\nid = \"x\"\nfield = \"falback\"\nreason = \"\"\n", 3, "did you mean “fallback”?"),
            ("[[requirement]]\nid = \"x\"\nfield = \"asked\"\nreason = \"\"\n", 3, "not a field that a packet answers"),
            ("[service_level.thinking]\nlow = 3\n", 1, "not a stage"),
            ("[service_level.triage]\nhuge = 3\n", 2, "not a tier"),
            ("[service_level.triage]\nlow = 1.5\n", 2, "whole number from 0 to 3650"),
            ("[[escalation]]\nid = \"reminder\"\nto = [\"nobody\"]\n", 3, "somebody an escalation can go to"),
            ("[[stage]]\nname = \"thinking\"\ndefinition = \"\"\n", 2, "not a stage"),
            ("[about]\nnaem = \"x\"\n", 2, "unknown key “naem”"),
        ] {
            let flaws = flaws_of(text);
            let flaw = flaws.iter().find(|flaw| flaw.message.contains(words));
            let flaw = flaw.unwrap_or_else(|| panic!("{text}: {flaws:#?}"));
            assert_eq!((flaw.layer.as_str(), flaw.line), ("test", Some(line)), "{text}: {flaws:#?}");
        }
    }

    #[test]
    fn a_bad_condition_names_its_own_place() {
        let rule =
            |when: &str| format!("[[requirement]]\nid = \"x\"\nfield = \"scale\"\nreason = \"y\"\nwhen = {when}\n");
        for (when, line, column) in [
            ("\"packet.exposure == 'pubic'\"", 5, 28),
            ("'''\n  packet.exposure == 'public' ||\n  packet.domain == 'othr'\n'''", 7, 20),
            ("\"packet.exposure == \\\"pubic\\\"\"", 5, 8),
            ("\"1 +\"", 5, 12),
        ] {
            let flaws = flaws_of(&rule(when));
            assert_eq!(flaws.len(), 1, "{when}: {flaws:#?}");
            assert_eq!((flaws[0].line, flaws[0].column), (Some(line), Some(column)), "{when}: {flaws:#?}");
        }
    }

    #[test]
    fn everything_wrong_is_reported_at_once() {
        let text = "[matrix.4]\n5 = \"hihg\"\n[risk]\ntolerated_level = \"tiny\"\n[[role]]\nname = \"new\"\n\
                    [[requirement]]\nid = \"x\"\nfield = \"falback\"\nreason = \"y\"\nwhen = \"nobody\"\n";
        let lines: Vec<Option<usize>> = flaws_of(text).iter().map(|flaw| flaw.line).collect();
        for line in [2, 4, 5, 9, 11] {
            assert!(lines.contains(&Some(line)), "{line} of {lines:?}");
        }
        assert_eq!(lines.len(), 5);
        let many: Vec<String> = (0..1000).map(|at| format!("key{at} = 1")).collect();
        assert_eq!(flaws_of(&many.join("\n")).len(), 200, "but not without end");
    }

    #[test]
    fn removing_what_is_not_there_is_a_warning() {
        let policy = policy_of("[[role]]\nname = \"nobody\"\nremove = true\n[service_level.closed]\nremove = true\n");
        let lines: Vec<Option<usize>> = policy.warnings().iter().map(|flaw| flaw.line).collect();
        assert_eq!(lines, [Some(2), Some(4)]);
    }
}
