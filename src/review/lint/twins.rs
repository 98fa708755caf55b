//! Records of different systems that say the same: found in sets, since one record alone does not show it.

use std::collections::HashMap;

use super::Facts;
use crate::record::{Look, REVIEW, Record, SYSTEM, Value};
use crate::workspace::{Condition, Query, Result};

/// How many texts are asked for at once.
const AT_ONCE: usize = 200;

/// A record that says what an earlier one of another system says.
pub(super) struct Twin {
    /// The later one.
    pub record: Record,
    /// The earliest one.
    pub first: Record,
    /// The name of the earliest one's system.
    system: Option<String>,
}

impl Twin {
    /// ` of SYSTEM`, where the system is known.
    pub(super) fn of_system(&self) -> String {
        self.system.as_ref().map(|name| format!(" of {name}")).unwrap_or_default()
    }
}

/// The records of a query whose `field` holds exactly what that of an earlier one of another system does, where it is at
/// least this long and the record is wanted.
pub(super) fn twins(
    facts: &Facts<'_>,
    query: &Query,
    field: &'static str,
    least: usize,
    wanted: impl Fn(&Facts<'_>, &Record) -> bool,
) -> Result<Vec<Twin>> {
    let long = |value: &Value| value.as_text().is_some_and(|text| text.len() >= least);
    let several =
        facts.workspace.counts_by(query, field)?.into_iter().filter(|(value, count)| *count > 1 && long(value));
    let values: Vec<Value> = several.map(|(value, _)| value).collect();
    let mut found = Vec::new();
    for some in values.chunks(AT_ONCE) {
        let mut first: HashMap<String, (Record, Option<String>)> = HashMap::new();
        for record in facts.workspace.records(&query.clone().with(Condition::OneOf(field, some.to_vec())))? {
            let text = record.text(field).unwrap_or_default().to_owned();
            let system = system_of(facts, &record);
            match first.get(&text) {
                None => drop(first.insert(text, (record, system))),
                Some((_, other)) if *other == system => {}
                Some((earliest, other)) => {
                    if wanted(facts, &record) {
                        let named = other.as_ref().and_then(|id| facts.record(&SYSTEM, id));
                        let system = named.map(|system| system.title().to_owned());
                        found.push(Twin { record, first: earliest.clone(), system });
                    }
                }
            }
        }
    }
    Ok(found)
}

/// The id of the system that a record names, or its review does.
pub(super) fn system_of(facts: &Facts<'_>, record: &Record) -> Option<String> {
    if let Some(system) = record.text("system") {
        return Some(system.to_owned());
    }
    facts.record(&REVIEW, record.text("review")?)?.text("system").map(str::to_owned)
}
