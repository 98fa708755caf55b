//! What to change, who changes it and why: what is handed to the one way to write, and what comes back.

use chrono::{DateTime, Utc};

use crate::record::{Kind, Record, Value};

/// What sort of change it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Somebody's edit, in the screens or on the command line.
    Edit,
    /// An import from a file.
    Import,
    /// The undoing of a change.
    Undo,
    /// The doing again of an undone change.
    Redo,
    /// Made by another program, noticed and sealed by this one.
    Outside,
}

impl Source {
    /// The word in the history.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Import => "import",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::Outside => "outside",
        }
    }
}

/// One record to add, change or delete.
#[derive(Debug, Clone)]
pub enum Edit {
    /// A new record. The caller chooses the id ([`super::new_id`]), so that others in the same change can link to it.
    Add {
        /// The kind.
        kind: Kind,
        /// The new id.
        id: String,
        /// The fields that are said.
        fields: Vec<(&'static str, Value)>,
    },
    /// New values for fields of a record.
    Set {
        /// The kind.
        kind: Kind,
        /// Which record.
        id: String,
        /// The version that was read; the change is refused when the record has moved on. None changes whatever is there.
        version: Option<i64>,
        /// The fields that change.
        fields: Vec<(&'static str, Value)>,
    },
    /// A record to delete, with the records that cannot be without it (a review's packet, a checklist's items).
    Delete {
        /// The kind.
        kind: Kind,
        /// Which record.
        id: String,
    },
    /// A record in which what rules write is to be written anew, because what they rest on (policy, the date) changed.
    Settle {
        /// The kind.
        kind: Kind,
        /// Which record.
        id: String,
    },
    /// A row of a table that holds no records (`import_row`, `policy_layer`), put in or replaced by its id.
    PutRow {
        /// The table.
        table: &'static str,
        /// The row's id.
        id: String,
        /// Its other columns.
        columns: Vec<(&'static str, String)>,
    },
    /// A row of a table that holds no records, to take out.
    DropRow {
        /// The table.
        table: &'static str,
        /// The row's id.
        id: String,
    },
    /// The content of evidence, kept by its SHA-256.
    KeepContent {
        /// The SHA-256, in hexadecimal.
        sha256: String,
        /// The bytes.
        data: Vec<u8>,
    },
}

/// What to change, who changes it and why.
#[derive(Debug, Clone)]
pub struct Change {
    /// The id of the person.
    pub by: String,
    /// When; now, unless history is being written afterwards.
    pub at: DateTime<Utc>,
    /// What sort of change.
    pub source: Source,
    /// What it does, in words; made from the edits where none is given.
    pub what: Option<String>,
    /// Why, where somebody said so.
    pub why: Option<String>,
    /// The edits, in order.
    pub edits: Vec<Edit>,
}

impl Change {
    /// An edit by a person, now.
    #[must_use]
    pub fn by(person: &str, edits: Vec<Edit>) -> Self {
        Self { by: person.to_owned(), at: Utc::now(), source: Source::Edit, what: None, why: None, edits }
    }

    /// The same with a reason; a blank one is none.
    #[must_use]
    pub fn because(mut self, why: &str) -> Self {
        self.why = (!why.trim().is_empty()).then(|| why.trim().to_owned());
        self
    }

    /// The same with other words for what it does.
    #[must_use]
    pub fn called(mut self, what: impl Into<String>) -> Self {
        self.what = Some(what.into());
        self
    }
}

/// What was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The number of the change in the history; 0 where nothing was different.
    pub change: i64,
    /// What it did, in words.
    pub what: String,
    /// The records it touched, as they are now (as they were, for deleted ones).
    pub records: Vec<Record>,
}

impl Receipt {
    /// The record that the change was mainly about: the first one.
    #[must_use]
    pub fn first(&self) -> Option<&Record> {
        self.records.first()
    }
}
