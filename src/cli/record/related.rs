//! What belongs to a record: the records of other kinds that link to it, found by the descriptions of the kinds.

use std::collections::HashMap;

use crate::cli::exit::Done;
use crate::record::{Field, FieldKind, KINDS, Kind, Record, Value};
use crate::session::Session;
use crate::workspace::{Condition, Query};

/// Records of one kind that link to a record by one field.
pub struct Related {
    /// Their kind.
    pub kind: Kind,
    /// The field by which they link.
    pub field: &'static Field,
    /// The query that lists them, closed ones too.
    pub query: Query,
    /// How many there are.
    pub count: u64,
    /// How many of them are open; none where the kind has no end.
    pub open: Option<u64>,
}

impl Related {
    /// Whether they are parts of the record, to be listed with it; otherwise they merely point to it, as a risk does to
    /// its owner.
    #[must_use]
    pub fn is_part_of(&self, owner: Kind) -> bool {
        self.field.name == owner.name
    }

    /// Whether they are parts of something that is itself part of the record, as items are of a checklist: then their
    /// state is told in short.
    #[must_use]
    pub fn is_part_of_a_part(&self, owner: Kind) -> bool {
        self.kind.fields.iter().any(|field| match field.kind {
            FieldKind::Link(other) if field.required && other != owner.name => {
                KINDS.iter().any(|kind| kind.name == other && kind.field(owner.name).is_some())
            }
            _ => false,
        })
    }

    /// How many there are and how many of those are open, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.open {
            Some(open) => format!("{}, {open} open", self.count),
            None => self.count.to_string(),
        }
    }

    /// How many of them hold each value of the field that says where they stand; none where the kind has no end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn states(&self, session: &Session) -> Done<HashMap<String, u64>> {
        let Some((field, _)) = self.kind.closed else { return Ok(HashMap::new()) };
        let counts = session.workspace.counts_by(&self.query, field)?;
        Ok(counts.into_iter().map(|(value, count)| (value.display(), count)).collect())
    }
}

/// Everything that links to a record, in the order of the kinds. What there is none of is left out.
///
/// # Errors
/// When the file cannot be read.
pub fn to(record: &Record, session: &Session) -> Done<Vec<Related>> {
    let mut found = Vec::new();
    for kind in KINDS {
        for field in kind.fields.iter().filter(|field| field.kind == FieldKind::Link(record.kind().name)) {
            let query = Query::all(kind).with(Condition::Is(field.name, Value::text(record.id())));
            let count = session.workspace.count(&query)?;
            if count == 0 {
                continue;
            }
            let open =
                if kind.ends() { Some(session.workspace.count(&query.clone().with(Condition::Open))?) } else { None };
            found.push(Related { kind, field, query, count, open });
        }
    }
    Ok(found)
}
