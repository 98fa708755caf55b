//! A workspace to make packs of: filled record by record, on the days that a test says.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use tempfile::TempDir;

use crate::policy::Policy;
use crate::record::{Kind, PERSON, Value};
use crate::report::{Pack, Request, Watch};
use crate::workspace::{Change, Edit, Workspace, new_id};

/// The moment of all packs of the tests: Tuesday, 24 November 2026, in Berlin.
pub fn now() -> DateTime<FixedOffset> {
    FixedOffset::east_opt(3600).expect("a zone").with_ymd_and_hms(2026, 11, 24, 14, 5, 0).single().expect("a moment")
}

pub fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
}

/// A workspace in the making.
pub struct Desk {
    #[expect(dead_code, reason = "the folder stays for as long as the desk does")]
    folder: TempDir,
    pub workspace: Workspace,
    /// Who writes.
    pub me: String,
    pub ids: HashMap<String, String>,
    clock: DateTime<Utc>,
}

impl Desk {
    /// A workspace with nothing in it but one person.
    pub fn empty() -> Self {
        Self::named("northwind-rai.db", "Ana Lima")
    }

    pub fn named(file: &str, person: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(file);
        let workspace = Workspace::create(&path, Arc::new(Policy::builtin())).expect("a workspace");
        let me = new_id(now().to_utc());
        let mut desk = Self { folder, workspace, me: me.clone(), ids: HashMap::new(), clock: now().to_utc() };
        desk.on("2026-06-01");
        let fields = vec![("name", person.into()), ("handle", "ana".into())];
        desk.write(vec![Edit::Add { kind: &PERSON, id: me.clone(), fields }], None);
        desk.ids.insert("ana".to_owned(), me);
        desk
    }

    /// From now on things happen on this day.
    pub fn on(&mut self, date: &str) {
        let morning = day(date).and_time(NaiveTime::from_hms_opt(9, 30, 0).expect("a time"));
        self.clock = Utc.from_utc_datetime(&morning);
    }

    pub fn write(&mut self, edits: Vec<Edit>, why: Option<&str>) {
        // Changes of one day follow one another.
        self.clock += chrono::TimeDelta::seconds(20);
        let mut change = Change::by(&self.me, edits);
        change.at = self.clock;
        change.why = why.map(str::to_owned);
        self.workspace.write(change).expect("a change");
    }

    /// Adds a record that later ones can name by `key`.
    pub fn add(&mut self, kind: Kind, key: &str, fields: Vec<(&'static str, Value)>) -> String {
        let id = new_id(self.clock);
        self.write(vec![Edit::Add { kind, id: id.clone(), fields }], None);
        self.ids.insert(key.to_owned(), id.clone());
        id
    }

    pub fn set(&mut self, kind: Kind, key: &str, fields: Vec<(&'static str, Value)>, why: Option<&str>) {
        let id = self.ids[key].clone();
        self.write(vec![Edit::Set { kind, id, version: None, fields }], why);
    }

    pub fn id(&self, key: &str) -> Value {
        Value::text(self.ids.get(key).unwrap_or_else(|| panic!("no record “{key}”")).as_str())
    }

    /// The pack of this workspace, with what changed since the first of November.
    pub fn pack(&self) -> Pack {
        self.pack_since(Some("2026-11-01"))
    }

    pub fn pack_since(&self, since: Option<&str>) -> Pack {
        let request = Request {
            at: now(),
            since: since.map(day),
            made_by: "Ana Lima".to_owned(),
            policy: Some(Policy::builtin().fingerprint().to_owned()),
            ..Request::now("")
        };
        Pack::compute(&self.workspace, &request, &mut Watch::nobody()).expect("a pack")
    }
}
