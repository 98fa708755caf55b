//! A workspace to make packs of: filled record by record, on the days that a test says.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use tempfile::TempDir;

use crate::policy::Policy;
use crate::record::decision::{ACCEPTANCE, APPROVE, REJECT, TIER, WAIVER};
use crate::record::{ACTION, CHECKLIST_ITEM, Kind, PERSON, REVIEW, RISK, Record, SIGNAL, Value};
use crate::report::{Pack, ProgrammeWanted, Request, Watch};
use crate::review::decide::{self, Ask, Condition};
use crate::review::kpi::{self, Policies};
use crate::review::operations::series::{Readings, keep};
use crate::workspace::{Change, Edit, Workspace, new_id};

/// The moment of all packs of the tests: Tuesday, 24 November 2026, in Berlin.
pub fn now() -> DateTime<FixedOffset> {
    FixedOffset::east_opt(3600).expect("a zone").with_ymd_and_hms(2026, 11, 24, 14, 5, 0).single().expect("a moment")
}

pub fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date")
}

/// What is left of fields without those that only decisions change, and the decisions that change them.
fn asked(
    kind: Kind,
    id: &str,
    reference: &str,
    mut fields: Vec<(&'static str, Value)>,
) -> (Vec<(&'static str, Value)>, Vec<Ask>) {
    let mut subject = Record::empty(kind);
    subject.set("id", id);
    subject.set("ref", reference);
    let said = |fields: &[(&'static str, Value)], name: &str| {
        fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.display()).unwrap_or_default()
    };
    let mut asks = Vec::new();
    if kind == &REVIEW && !said(&fields, "tier").is_empty() {
        asks.push(Ask::tier(&subject, &said(&fields, "tier"), "As the answers propose."));
        fields.retain(|(name, _)| *name != "tier");
    }
    let stage = said(&fields, "stage");
    if kind == &REVIEW && ["approved", "approved with conditions", "rejected"].contains(&stage.as_str()) {
        let mut ask =
            Ask::new(if stage == "rejected" { REJECT } else { APPROVE }, Some(&subject), "On what is on record.");
        if stage == "approved with conditions" {
            ask.conditions.push(Condition { text: "Keep the board informed".to_owned(), ..Condition::default() });
        }
        asks.push(ask);
        fields.retain(|(name, _)| *name != "stage");
    }
    let status = said(&fields, "status");
    if kind == &RISK && status == "accepted" || kind == &CHECKLIST_ITEM && status == "waived" {
        let (why, until, decided) = if kind == &RISK {
            ("acceptance", said(&fields, "accepted_until"), ACCEPTANCE)
        } else {
            ("reason", "2026-12-31".to_owned(), WAIVER)
        };
        let mut ask = Ask::new(decided, Some(&subject), &said(&fields, why));
        ask.expires_on = NaiveDate::parse_from_str(&until, "%Y-%m-%d").ok();
        ask.control = "A manual check runs weekly.".to_owned();
        asks.push(ask);
        fields.retain(|(name, _)| !["status", why, "accepted_until"].contains(name));
    }
    (fields, asks)
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
        let roles = ["specialist", "governance forum", "executive"].map(str::to_owned).to_vec();
        let fields = vec![("name", person.into()), ("handle", "ana".into()), ("roles", roles.into())];
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
        let edits = self.decided(edits);
        let mut change = Change::by(&self.me, edits);
        change.at = self.clock;
        change.why = why.map(str::to_owned);
        self.workspace.write(change).expect("a change");
    }

    /// The same edits, with a decision for each field that only decisions change.
    fn decided(&self, edits: Vec<Edit>) -> Vec<Edit> {
        let mut out = Vec::new();
        let mut added: HashMap<&str, u64> = HashMap::new();
        for edit in edits {
            let (kind, id, fields) = match &edit {
                Edit::Add { kind, id, fields } | Edit::Set { kind, id, fields, .. } => {
                    (*kind, id.clone(), fields.clone())
                }
                _ => {
                    out.push(edit);
                    continue;
                }
            };
            let adds = matches!(edit, Edit::Add { .. });
            let more = added.entry(kind.name).or_default();
            *more += u64::from(adds);
            let reference = match self.workspace.get(kind, &id) {
                Ok(known) => known.reference().to_owned(),
                Err(_) => format!("{}-{}", kind.prefix, self.workspace.total(kind).expect("a total") + *more),
            };
            let (kept, asked) = asked(kind, &id, &reference, fields);
            let (first, after): (Vec<Ask>, Vec<Ask>) = asked.into_iter().partition(|ask| ask.kind == TIER && !adds);
            let made = |ask: Ask| {
                let mut edits = decide::edits(&ask, &mut || new_id(self.clock), &[], &|_| String::new());
                // The programme adds the actions of its conditions itself.
                edits.retain(|edit| !matches!(edit, Edit::Add { kind, .. } if *kind == &ACTION));
                edits
            };
            out.extend(first.into_iter().flat_map(made));
            out.push(if adds {
                Edit::Add { kind, id, fields: kept }
            } else {
                Edit::Set { kind, id, version: None, fields: kept }
            });
            out.extend(after.into_iter().flat_map(made));
        }
        out
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

    /// A signal of a system with a day of hourly readings, one of which is missing, and which cross the threshold twice.
    pub fn watch(&mut self, key: &str, name: &str, system: Value) {
        let fields =
            vec![("name", name.into()), ("system", system), ("threshold", "0.1".into()), ("status", "live".into())];
        let id = self.add(&SIGNAL, key, fields);
        let signal = self.workspace.get(&SIGNAL, &id).expect("the signal");
        let first = self.clock.timestamp_millis() - 24 * 3_600_000;
        let value = |hour: i64| {
            if matches!(hour, 5 | 6 | 15) { 0.14 } else { 0.05 + f64::from(i32::try_from(hour).unwrap_or(0)) / 1000.0 }
        };
        let points = (0..24).filter(|hour| *hour != 11).map(|hour| (first + hour * 3_600_000, value(hour)));
        let readings = Readings { points: points.collect(), ..Readings::default() };
        self.write(keep(&signal, &readings, "the pipeline", self.clock), None);
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
            checks: Some(Policy::builtin()),
            programme: Some(ProgrammeWanted {
                policies: Policies::one(&Policy::builtin()),
                period: kpi::Period::year_to(now().date_naive()),
            }),
            ..Request::now("")
        };
        Pack::compute(&self.workspace, &request, &mut Watch::nobody()).expect("a pack")
    }
}
