//! How the items that serve each control stand, counted where they lie: what the coverage of frameworks is made of.

use chrono::NaiveDate;
use rusqlite::params;

use super::Workspace;
use super::error::Result;

/// How many items that serve a control stand so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlCount {
    /// The control's id.
    pub control: String,
    /// The status of the items; `fail` for a waiver that has run out.
    pub standing: String,
    /// How many.
    pub items: u64,
}

/// Of each system, the items of its newest review in which one of the control's items was assessed; of its newest review at
/// all, where none was. So an old failure that a later review passed does not count, nor does a new checklist hide what an
/// earlier one found before anybody has looked at it.
const COUNTS: &str = "
    WITH served AS (
        SELECT r.system AS system, r.no AS review, c.value AS control,
            CASE WHEN i.status = 'waived' AND i.waived_until < ?2 THEN 'fail' ELSE ifnull(i.status, 'open') END AS standing
        FROM checklist_item i JOIN review r ON r.id = i.review, json_each(i.controls) c
        WHERE ifnull(r.stage, '') <> 'withdrawn' AND (?1 IS NULL OR r.system = ?1)
    ), newest AS (
        SELECT system, control, ifnull(max(CASE WHEN standing <> 'open' THEN review END), max(review)) AS review
        FROM served GROUP BY system, control
    )
    SELECT control, standing, count(*) FROM served JOIN newest USING (system, control, review)
    GROUP BY control, standing ORDER BY control, standing";

impl Workspace {
    /// How the items that serve each control stand on a day, for the system with this id or for all.
    ///
    /// # Errors
    /// When the file cannot be read, or the query was interrupted.
    pub fn control_counts(&self, system: Option<&str>, today: NaiveDate) -> Result<Vec<ControlCount>> {
        let mut statement = self.conn.prepare_cached(COUNTS)?;
        let rows = statement.query_map(params![system, today.to_string()], |row| {
            Ok(ControlCount { control: row.get(0)?, standing: row.get(1)?, items: row.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
