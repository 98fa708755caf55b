//! Floor 3: the one SQLite file. Open, migrate, write, read, history, undo, search, drafts, backup.
//!
//! One way to write: every change of a record goes through [`Workspace::write`] or [`Workspace::batch`], which
//! check it, save it in one transaction and seal it in the history. Drafts are the one exception: what is being
//! typed is not yet said, and is kept apart ([`Workspace::save_draft`]).

mod backup;
mod bulk;
mod change;
mod content;
mod coverage;
mod delete;
mod doctor;
mod draft;
mod error;
mod facts;
mod filter;
mod history;
mod imported;
#[cfg(test)]
mod older_tests;
mod open;
mod pick;
mod query;
mod read;
mod resolve;
mod row;
mod schema;
mod seal;
mod search;
mod snapshot;
mod terms;
#[cfg(test)]
mod tests;
mod typed;
mod undo;
mod words;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use uuid::{ContextV7, Timestamp, Uuid};

pub use change::{Change, Edit, Receipt, Source};
pub use content::{Found, Registered, Watch, leads_to, look_at_origin, media_type};
pub use coverage::ControlCount;
pub use doctor::Finding;
pub use draft::Draft;
pub use error::{BUSY_SECONDS, Error, Result};
pub use filter::parse_condition;
pub use history::{Entry, FieldChange, HistoryChange, HistoryFilter};
pub use imported::ImportRow;
pub use open::{Access, Options, take_away};
pub use pick::{Image, Layers};
pub use query::{Condition, Cursor, Direction, Page, Query, Row, Sort};
pub use read::Label;
pub use resolve::Resolver;
pub use schema::hex;
pub use seal::{Break, Verified};
pub use search::Hit;
pub use write::Batch;

use crate::record::{Context, Look, Terms};

/// The terms of the policy that a workspace works under.
pub type SharedTerms = Arc<dyn Terms + Send + Sync>;

/// Makes the terms that hold where a workspace's own layers of policy, by id and text, are these.
pub type Lawgiver = Arc<dyn Fn(&[(String, String)]) -> Result<SharedTerms> + Send + Sync>;

/// An open workspace.
pub struct Workspace {
    conn: Connection,
    path: PathBuf,
    terms: SharedTerms,
    lawgiver: Option<Lawgiver>,
    read_only: bool,
}

impl Workspace {
    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's name without its folder: what screens and exports call the workspace.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(|| "workspace".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// The terms of the policy.
    #[must_use]
    pub fn terms(&self) -> &SharedTerms {
        &self.terms
    }

    /// What the rules of records know of a moment at which somebody would make a change; `look` is [`Workspace::look`].
    #[must_use]
    pub fn context<'c>(&'c self, actor: &'c str, look: &'c dyn Look, now: DateTime<Utc>) -> Context<'c> {
        let today = now.with_timezone(&chrono::Local).date_naive();
        Context { now, today, actor, terms: self.terms.as_ref(), records: look }
    }

    /// Whether nothing can be written.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Lets another thread stop a query that has become pointless.
    #[must_use]
    pub fn interrupt_handle(&self) -> rusqlite::InterruptHandle {
        self.conn.get_interrupt_handle()
    }

    /// A number that changes whenever another connection has changed the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self.conn.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }
}

/// A new record's id: globally unique, and ordered by time (UUIDv7, RFC 9562).
#[must_use]
pub fn new_id(at: DateTime<Utc>) -> String {
    static CONTEXT: std::sync::Mutex<Option<ContextV7>> = std::sync::Mutex::new(None);
    let mut context = CONTEXT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let context = context.get_or_insert_with(ContextV7::new);
    let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&*context, seconds, at.timestamp_subsec_nanos())).to_string()
}
