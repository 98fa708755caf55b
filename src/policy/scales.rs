//! Scales, levels and the matrix. The scales are ordinal: a level comes from a look-up table, never from a product.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::layer::Item;
use super::reader::{Located, Reader};
use super::source::unknown;
use crate::record::Scale;

/// A scale's length; the records and the screens count on it.
pub const STEPS: usize = 5;

/// One step of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name, such as `Major`.
    pub name: String,
    /// When to choose it, in one line.
    pub definition: String,
}

/// A step as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepForm {
    /// Its name, such as `Major`.
    name: Located<String>,
    /// When to choose it, in one line.
    definition: String,
}

/// The two scales.
#[derive(Debug, Clone, Default)]
pub(super) struct Scales {
    severity: Vec<Step>,
    likelihood: Vec<Step>,
}

impl Scales {
    /// Reads the tables `scale.severity` and `scale.likelihood`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Self {
        let Some((mut table, at)) = reader.needed_table(root, "scale") else { return Self::default() };
        let severity = read_scale(reader, &mut table, "severity", at);
        let likelihood = read_scale(reader, &mut table, "likelihood", at);
        reader.leftover(&table, &["severity", "likelihood"]);
        Self { severity, likelihood }
    }

    /// The steps of a scale, 1 first.
    pub(super) fn steps(&self, scale: Scale) -> &[Step] {
        match scale {
            Scale::Severity => &self.severity,
            Scale::Likelihood => &self.likelihood,
        }
    }
}

fn read_scale(reader: &mut Reader<'_>, scales: &mut DeTable<'_>, name: &str, at: usize) -> Vec<Step> {
    let Some((mut steps, at)) = reader.table(scales, name) else {
        reader.flaw(at, format!("the scale “{name}” is missing; policy needs [scale.{name}] with steps 1 to {STEPS}."));
        return Vec::new();
    };
    let mut read: Vec<StepForm> = Vec::new();
    for number in 1..=STEPS {
        let Some(item) = steps.remove(number.to_string().as_str()) else {
            reader.flaw(at, format!("step {number} of {name} is missing; a scale has the steps 1 to {STEPS}."));
            continue;
        };
        let Some(step) = reader.value::<StepForm>(item) else { continue };
        if step.name.trim().is_empty() {
            reader.flaw(step.name.at(), format!("step {number} of {name} needs a name."));
        }
        if let Some(other) = read.iter().find(|other| other.name.eq_ignore_ascii_case(&step.name)) {
            // Of the two, the one in the higher layer made it so.
            let at = step.name.at().max(other.name.at());
            reader.flaw(at, format!("two steps of {name} are named “{}”; each needs a name of its own.", *step.name));
        }
        read.push(step);
    }
    reader.leftover(&steps, &["1", "2", "3", "4", "5"]);
    read.into_iter().map(|form| Step { name: form.name.into_inner(), definition: form.definition }).collect()
}

/// A level that the matrix can give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name, such as `high`.
    pub name: String,
    /// Its place among the levels, 0 the least.
    pub rank: i64,
    /// What it means, in one line.
    pub definition: String,
}

/// A level as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "name"))]
pub(super) struct LevelForm {
    /// Its name, such as `high`.
    name: Located<String>,
    /// Orders the levels, the least first. Any whole numbers; they need not follow one another.
    order: Located<i64>,
    /// What it means, in one line.
    definition: String,
}

/// Reads the levels, the least first, ranked from 0.
pub(super) fn read_levels(reader: &mut Reader<'_>, root: &mut DeTable<'_>) -> Vec<Level> {
    let mut forms: Vec<LevelForm> = reader.list(root, "level");
    forms.sort_by_key(|form| *form.order);
    for pair in forms.windows(2) {
        if let [one, two] = pair
            && *one.order == *two.order
        {
            let message = format!("“{}” and “{}” have the same order; which is worse?", *one.name, *two.name);
            reader.flaw(one.order.at().max(two.order.at()), message);
        }
    }
    (0..)
        .zip(forms)
        .map(|(rank, form)| Level { name: form.name.into_inner(), rank, definition: form.definition })
        .collect()
}

/// The matrix: for each severity and likelihood the rank of a level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Matrix([[usize; STEPS]; STEPS]);

impl Matrix {
    /// Reads the table `matrix`: for each severity a row of five levels by likelihood.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, levels: &[Level]) -> Self {
        let mut matrix = Self::default();
        let Some((mut table, at)) = reader.needed_table(root, "matrix") else { return matrix };
        let mut whole = true;
        for severity in 1..=STEPS {
            if let Some(row) = table.remove(severity.to_string().as_str()) {
                whole &= matrix.read_row(reader, severity, row, levels);
            } else {
                reader.flaw(at, format!("the matrix has no row for severity {severity}; it needs five levels."));
                whole = false;
            }
        }
        reader.leftover(&table, &["1", "2", "3", "4", "5"]);
        if whole {
            matrix.warn_of_falls(reader, at, levels);
        }
        matrix
    }

    fn read_row(&mut self, reader: &mut Reader<'_>, severity: usize, row: Item<'_>, levels: &[Level]) -> bool {
        let at = row.span().start;
        let DeValue::Table(mut cells) = row.into_inner() else {
            reader.flaw(at, format!("severity {severity} needs a list of five levels, for likelihood 1 to 5."));
            return false;
        };
        let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
        let mut whole = true;
        for likelihood in 1..=STEPS {
            let Some(cell) = cells.remove(likelihood.to_string().as_str()) else {
                let message =
                    format!("the matrix has a hole: no level for severity {severity}, likelihood {likelihood}.");
                reader.flaw(at, message);
                whole = false;
                continue;
            };
            let at = cell.span().start;
            let name: Option<String> = reader.value(cell);
            if let Some(rank) = name.as_ref().and_then(|name| names.iter().position(|level| level == name)) {
                self.0[severity - 1][likelihood - 1] = rank;
                continue;
            }
            if let Some(name) = name {
                reader.unknown(at, &name, "a level", "level", &names);
            }
            whole = false;
        }
        if let Some((key, extra)) = cells.iter().next() {
            let message = match key.get_ref().parse::<usize>() {
                Ok(_) => format!("severity {severity} has more than five levels."),
                Err(_) => unknown(key.get_ref(), "a likelihood", &["1", "2", "3", "4", "5"]),
            };
            reader.flaw(extra.span().start, message);
            whole = false;
        }
        whole
    }

    /// Warns where more severity or likelihood gives a lower level: nothing forbids it, but it is hardly meant.
    fn warn_of_falls(&self, reader: &mut Reader<'_>, at: usize, levels: &[Level]) {
        for severity in 1..=STEPS {
            for likelihood in 1..=STEPS {
                let here = self.0[severity - 1][likelihood - 1];
                let before = [(severity - 1, likelihood), (severity, likelihood - 1)];
                for (s, l) in before.into_iter().filter(|(s, l)| *s > 0 && *l > 0) {
                    let less = self.0[s - 1][l - 1];
                    if less > here {
                        let message = format!(
                            "severity {severity}, likelihood {likelihood} is {}, lower than {} at {s}, {l}.",
                            levels[here].name, levels[less].name
                        );
                        reader.warn(at, message);
                    }
                }
            }
        }
    }

    /// The rank of the level for a severity and a likelihood, 1 to 5 each.
    pub(super) fn rank(&self, severity: i64, likelihood: i64) -> Option<usize> {
        let index = |step: i64| usize::try_from(step.checked_sub(1)?).ok();
        self.0.get(index(severity)?)?.get(index(likelihood)?).copied()
    }
}

/// Writes a matrix's cells as rows again, where they are whole.
pub(super) fn rows_again(root: &mut toml::Table) {
    let Some(toml::Value::Table(matrix)) = root.get_mut("matrix") else { return };
    for (_, row) in matrix.iter_mut() {
        if let toml::Value::Table(cells) = row {
            let list: Option<Vec<toml::Value>> =
                (1..=STEPS).map(|step| cells.get(&step.to_string()).cloned()).collect();
            if let Some(list) = list.filter(|list| list.len() == cells.len()) {
                *row = toml::Value::Array(list);
            }
        }
    }
}

/// For [`super::schema`]: how the scales and the matrix are written.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct ScalesForm {
    /// How bad: steps "1" to "5".
    severity: std::collections::BTreeMap<String, StepForm>,
    /// How probable: steps "1" to "5".
    likelihood: std::collections::BTreeMap<String, StepForm>,
}

/// For [`super::schema`]: a row of the matrix, as five levels or as single cells by likelihood.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum RowForm {
    /// Five levels, for likelihood 1 to 5.
    Row([String; STEPS]),
    /// Single cells: likelihood to level.
    Cells(std::collections::BTreeMap<String, String>),
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};
    use super::*;
    use crate::record::Terms as _;

    #[test]
    fn the_default_matrix_never_falls() {
        let policy = builtin();
        let rank = |s, l| policy.level(s, l).map(|(_, rank)| rank).unwrap();
        for s in 1..=5 {
            for l in 1..=5 {
                assert!(s == 1 || rank(s - 1, l) <= rank(s, l), "severity {s}, likelihood {l}");
                assert!(l == 1 || rank(s, l - 1) <= rank(s, l), "severity {s}, likelihood {l}");
            }
        }
        assert_eq!(policy.level(1, 1).unwrap().0, "low");
        assert_eq!(policy.level(5, 5).unwrap(), ("critical".to_owned(), 3));
        assert_eq!(policy.level(0, 5), None);
        assert_eq!(policy.level(5, i64::MIN), None);
        assert_eq!(policy.step(Scale::Severity, 4).as_deref(), Some("Major"));
        assert_eq!(policy.step(Scale::Likelihood, 6), None);
    }

    #[test]
    fn a_layer_may_change_one_cell_or_one_row() {
        let policy = policy_of("[matrix.1]\n5 = \"high\"\n");
        assert_eq!(policy.level(1, 5).unwrap().0, "high");
        assert_eq!(policy.level(1, 4), builtin().level(1, 4));
        assert!(!policy.warnings().is_empty(), "severity 2, likelihood 5 is now lower");
        let policy = policy_of("[matrix]\n1 = [\"low\", \"low\", \"low\", \"low\", \"low\"]\n");
        assert_eq!(policy.level(1, 5).unwrap().0, "low");
    }

    #[test]
    fn holes_and_unknown_levels_are_refused_with_their_line() {
        for (text, line, words) in [
            (
                "[matrix]\n\n3 = [\"low\", \"low\"]\n4 = [\"hihg\", \"low\", \"low\", \"low\", \"low\"]\n",
                4,
                "not a level",
            ),
            ("[matrix.6]\n1 = \"low\"\n", 1, "“6” is not a key"),
            ("[matrix]\n3 = [\"low\", \"low\", \"low\", \"low\", \"low\", \"low\"]\n", 2, "more than five"),
            ("[matrix.3]\nx = \"low\"\n", 2, "“x” is not a likelihood"),
            ("[matrix]\n3 = 7\n", 2, "not a whole number"),
            ("\n[matrix.3]\n2 = 7\n", 3, "wrong type"),
            ("[matrix.3]\nremove = true\n", 1, "no row for severity 3"),
            ("[scale.severity.6]\nname = \"Worse\"\ndefinition = \"x\"\n", 1, "“6” is not a key"),
            ("[scale.severity.5]\nname = \"Major\"\n", 2, "name of its own"),
            ("[scale.severity.4]\nname = \"Severe\"\n", 2, "name of its own"),
            ("[[level]]\nname = \"extreme\"\norder = 40\ndefinition = \"x\"\n", 3, "same order"),
        ] {
            let flaws = flaws_of(text);
            assert!(flaws.iter().any(|flaw| flaw.message.contains(words)), "{text}: {flaws:#?}");
            let named = flaws.iter().any(|flaw| flaw.layer == "test" && flaw.line == Some(line));
            assert!(named || words.contains("no row"), "{text}: {flaws:#?}");
        }
    }

    #[test]
    fn a_new_level_takes_its_place_by_order() {
        let policy = policy_of(
            "[[level]]\nname = \"extreme\"\norder = 99\ndefinition = \"Stop.\"\n[matrix.5]\n5 = \"extreme\"\n",
        );
        assert_eq!(policy.level(5, 5).unwrap(), ("extreme".to_owned(), 4));
        assert_eq!(policy.levels().len(), 5);
    }
}
