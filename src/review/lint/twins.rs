//! Records of different systems that say the same: found in sets, since one record alone does not show it.

use std::collections::HashMap;

use super::Facts;
use crate::record::{Look, REVIEW, Record, SYSTEM, Value};
use crate::workspace::{Condition, Query, Result};

/// How many records are asked for at once.
const AT_ONCE: usize = 500;

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
    // The texts are read once and alone: asked for by their text, the records would be gone through whole again and again.
    let rows = facts.workspace.pick(query, &["id", field])?;
    let mut said: HashMap<&str, Vec<&Value>> = HashMap::new();
    for row in &rows {
        if let [id, value] = row.as_slice()
            && let Some(text) = value.as_text().filter(|text| text.len() >= least)
        {
            said.entry(text).or_default().push(id);
        }
    }
    let mut alike: Vec<Vec<&Value>> = said.into_values().filter(|ids| ids.len() > 1).collect();
    // Ids are in the order of time.
    alike.sort_by_key(|ids| ids.first().and_then(|id| id.as_text()));
    let mut found = Vec::new();
    let mut some: Vec<Vec<&Value>> = Vec::new();
    let mut groups = alike.into_iter().peekable();
    while let Some(group) = groups.next() {
        some.push(group);
        if groups.peek().is_none() || some.iter().map(Vec::len).sum::<usize>() >= AT_ONCE {
            let ids: Vec<Value> = some.iter().flatten().map(|id| (*id).clone()).collect();
            let mut by_id: HashMap<String, Record> = HashMap::new();
            for ids in ids.chunks(AT_ONCE) {
                let query = Query::all(query.kind).with(Condition::OneOf("id", ids.to_vec()));
                let records = facts.workspace.records(&query)?;
                by_id.extend(records.into_iter().map(|record| (record.id().to_owned(), record)));
            }
            for ids in some.drain(..) {
                let same = ids.iter().filter_map(|id| by_id.get(id.as_text()?));
                of_group(facts, same, &wanted, &mut found);
            }
        }
    }
    Ok(found)
}

/// The later ones of records that say the same, the earliest first, where they are of another system than that.
fn of_group<'r>(
    facts: &Facts<'_>,
    mut same: impl Iterator<Item = &'r Record>,
    wanted: impl Fn(&Facts<'_>, &Record) -> bool,
    found: &mut Vec<Twin>,
) {
    let Some(earliest) = same.next() else { return };
    let of = system_of(facts, earliest);
    let name = || of.as_ref().and_then(|id| facts.record(&SYSTEM, id)).map(|system| system.title().to_owned());
    for record in same {
        if system_of(facts, record) != of && wanted(facts, record) {
            found.push(Twin { record: record.clone(), first: earliest.clone(), system: name() });
        }
    }
}

/// The id of the system that a record names, or its review does.
pub(super) fn system_of(facts: &Facts<'_>, record: &Record) -> Option<String> {
    if let Some(system) = record.text("system") {
        return Some(system.to_owned());
    }
    facts.record(&REVIEW, record.text("review")?)?.text("system").map(str::to_owned)
}
