//! What the figures are computed from: a few fields of many records, read once; and, where something may have changed since,
//! single records as they were on the day.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use super::{By, Policies, Scope};
use crate::record::decision::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, IN_FORCE, REJECT, WAIVER, WITHDRAWN};
use crate::record::review::TIERS;
use crate::record::{CHECKLIST, DECISION, Kind, PACKET, RELEASE, REVIEW, Record, SIGNAL, SYSTEM, Value};
use crate::workspace::{Condition, Query, Result, Workspace};

/// What a system belongs to.
#[derive(Debug, Clone, Default)]
pub(super) struct System {
    pub team: String,
    pub area: String,
    pub tier: String,
    pub out_of_scope: bool,
}

/// A review, slim.
#[derive(Debug, Clone)]
pub(super) struct Review {
    pub id: String,
    /// Its system, by its place here.
    pub system: Option<usize>,
    pub tier: Option<String>,
    pub submitted: Option<NaiveDate>,
    pub target: Option<NaiveDate>,
    /// When it was first decided: approved or rejected.
    pub decided: Option<NaiveDate>,
    /// The moment of that, where a decision tells it.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was first approved.
    pub approved: Option<NaiveDate>,
    /// When it was withdrawn, if it stands so.
    pub withdrawn: Option<NaiveDate>,
}

/// A decision, slim.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub id: String,
    pub kind: String,
    pub review: String,
    pub subject: String,
    /// Whether it was ever in force: what is only recommended is not, whatever became of it.
    pub decided: bool,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// Whether it still holds, but for its last day.
    in_force: bool,
    pub made: NaiveDate,
    /// The moment at which it was made.
    pub at: DateTime<Utc>,
    pub expires: Option<NaiveDate>,
    pub changed: NaiveDate,
}

impl Decision {
    /// Whether it held at the end of a day: made, not taken back or replaced yet, not run out.
    pub fn held_on(&self, day: NaiveDate) -> bool {
        let lasted = self.in_force || self.changed > day;
        self.decided && self.made <= day && lasted && self.expires.is_none_or(|last| last >= day)
    }

    pub fn approves(&self) -> bool {
        self.kind == APPROVE || self.kind == APPROVE_WITH_CONDITIONS
    }
}

/// A launch, slim.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    pub id: String,
    /// Its system, by its place here.
    pub system: Option<usize>,
    pub on: NaiveDate,
    /// The reviews that are about it.
    pub reviews: Vec<usize>,
}

/// To what a record belongs: to a review, to a system where it belongs to none, or to nothing that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// The review, by its place.
    Review(usize),
    /// The system, by its place.
    System(usize),
    Nowhere,
}

/// How complete a review's packet is now.
#[derive(Debug, Clone)]
pub(super) struct Packet {
    pub id: String,
    pub is_complete: bool,
    pub changed: Option<NaiveDate>,
}

/// A signal as it is now, with its system and when it was last changed.
#[derive(Debug, Clone)]
pub(super) struct Signal {
    pub id: String,
    pub now: Record,
    pub changed: Option<NaiveDate>,
}

/// A record that was looked up as it was, by id and day.
type Then = HashMap<(String, NaiveDate), Option<Record>>;

/// What the figures are computed from.
pub struct Data<'w> {
    pub(super) workspace: &'w Workspace,
    pub(super) policies: &'w Policies,
    pub(super) today: NaiveDate,
    pub(super) systems: Vec<System>,
    system_at: HashMap<String, usize>,
    pub(super) reviews: Vec<Review>,
    review_at: HashMap<String, usize>,
    pub(super) decisions: Vec<Decision>,
    by_review: HashMap<String, Vec<usize>>,
    by_subject: HashMap<String, Vec<usize>>,
    pub(super) launches: Vec<Launch>,
    pub(super) cached: Cached,
    then: RefCell<Then>,
}

/// What is read at first use, since not every figure asks for it.
#[derive(Default)]
pub(super) struct Cached {
    packets: OnceCell<HashMap<usize, Packet>>,
    signals: OnceCell<HashMap<usize, Vec<Signal>>>,
    rows: RefCell<HashMap<&'static str, std::rc::Rc<Vec<Vec<Value>>>>>,
    pub risks: RefCell<HashMap<usize, Vec<super::launches::Peril>>>,
    pub needed: RefCell<super::evidence::Needed>,
    pub standard: OnceCell<HashMap<usize, bool>>,
    pub fairness: OnceCell<super::work::Fairness>,
    pub duties: OnceCell<super::work::Duties>,
    pub documents: OnceCell<HashMap<String, Home>>,
}

/// What a cell holds, made at first use.
pub(super) fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}

pub(super) fn text(value: &Value) -> String {
    value.as_text().unwrap_or_default().to_owned()
}

impl<'w> Data<'w> {
    /// Reads what every figure needs.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(workspace: &'w Workspace, policies: &'w Policies, today: NaiveDate) -> Result<Self> {
        let mut data = Self {
            workspace,
            policies,
            today,
            systems: Vec::new(),
            system_at: HashMap::new(),
            reviews: Vec::new(),
            review_at: HashMap::new(),
            decisions: Vec::new(),
            by_review: HashMap::new(),
            by_subject: HashMap::new(),
            launches: Vec::new(),
            cached: Cached::default(),
            then: RefCell::default(),
        };
        data.read_systems()?;
        data.read_decisions()?;
        data.read_reviews()?;
        Ok(data)
    }

    fn read_systems(&mut self) -> Result<()> {
        for row in self.workspace.pick(&Query::all(&SYSTEM), &["id", "team", "product_area", "tags"])? {
            let [id, team, area, tags] = row.as_slice() else { continue };
            let out_of_scope = tags.items().iter().any(|tag| tag.eq_ignore_ascii_case("out of scope"));
            let system = System { team: text(team), area: text(area), tier: String::new(), out_of_scope };
            self.system_at.insert(text(id), self.systems.len());
            self.systems.push(system);
        }
        Ok(())
    }

    fn read_decisions(&mut self) -> Result<()> {
        let kinds = [APPROVE, APPROVE_WITH_CONDITIONS, REJECT, WAIVER, ACCEPTANCE].map(Value::text).to_vec();
        let query = Query::all(&DECISION).with(Condition::OneOf("kind", kinds));
        let fields = ["id", "kind", "review", "subject", "status", "rule", "decided_at", "expires_on", "updated_at"];
        for row in self.workspace.pick(&query, &fields)? {
            let [id, kind, review, subject, status, rule, made, expires, changed] = row.as_slice() else { continue };
            let Some(at) = made.as_moment() else { continue };
            let (made, status) = (self.policies.date(at), status.as_text());
            let place = self.decisions.len();
            self.by_review.entry(text(review)).or_default().push(place);
            self.by_subject.entry(text(subject)).or_default().push(place);
            self.decisions.push(Decision {
                id: text(id),
                kind: text(kind),
                review: text(review),
                subject: text(subject),
                // The rule that gives the right is written down with the decision; a recommendation has none.
                decided: status == Some(IN_FORCE) || !rule.is_empty(),
                withdrawn: status == Some(WITHDRAWN),
                in_force: status == Some(IN_FORCE),
                made,
                at,
                expires: expires.as_day(),
                changed: changed.as_moment().map_or(made, |at| self.policies.date(at)),
            });
        }
        Ok(())
    }

    fn read_reviews(&mut self) -> Result<()> {
        let mut decided: HashMap<&str, (NaiveDate, DateTime<Utc>)> = HashMap::new();
        let mut approved: HashMap<&str, NaiveDate> = HashMap::new();
        for decision in &self.decisions {
            let final_one = decision.approves() || decision.kind == REJECT;
            // One that was taken back decided nothing in the end; one that a newer one replaced did.
            if !final_one || !decision.decided || decision.withdrawn {
                continue;
            }
            let earliest = |of: &mut NaiveDate| *of = (*of).min(decision.made);
            let this = (decision.made, decision.at);
            decided.entry(decision.review.as_str()).and_modify(|of| *of = (*of).min(this)).or_insert(this);
            if decision.approves() {
                approved.entry(decision.review.as_str()).and_modify(earliest).or_insert(decision.made);
            }
        }
        let fields = [
            "id",
            "system",
            "release",
            "stage",
            "tier",
            "submitted_at",
            "target_on",
            "decided_at",
            "created_at",
            "stage_since",
        ];
        let mut of_release: HashMap<String, Vec<usize>> = HashMap::new();
        let mut reviews = Vec::new();
        for row in self.workspace.pick(&Query::all(&REVIEW), &fields)? {
            let [id, system, release, stage, tier, submitted, target, last, created, since] = row.as_slice() else {
                continue;
            };
            let (id, stage) = (text(id), text(stage));
            // A review from before there were decisions has the day that was written in it.
            let imported = last.as_day().filter(|_| !decided.contains_key(id.as_str()));
            let is_approved = !matches!(stage.as_str(), "rejected" | "closed");
            let on = |value: &Value| value.as_moment().map(|at| self.policies.date(at));
            if let Some(release) = release.as_text() {
                of_release.entry(release.to_owned()).or_default().push(reviews.len());
            }
            let system = system.as_text().and_then(|id| self.system_at.get(id)).copied();
            if let (Some(known), Some(tier)) = (system.and_then(|at| self.systems.get_mut(at)), tier.as_text()) {
                tier.clone_into(&mut known.tier);
            }
            reviews.push(Review {
                decided: decided.get(id.as_str()).map(|(day, _)| *day).or(imported),
                decided_at: decided.get(id.as_str()).map(|(_, at)| *at),
                approved: approved.get(id.as_str()).copied().or(imported.filter(|_| is_approved)),
                withdrawn: on(since).filter(|_| stage == "withdrawn"),
                submitted: submitted.as_day().or_else(|| on(created)),
                system,
                tier: tier.as_text().map(str::to_owned),
                target: target.as_day(),
                id,
            });
        }
        self.review_at = reviews.iter().enumerate().map(|(at, review)| (review.id.clone(), at)).collect();
        self.reviews = reviews;
        let launched = Query::all(&RELEASE).with(Condition::Not("launched_on", Value::Empty));
        for row in self.workspace.pick(&launched, &["id", "system", "launched_on"])? {
            let [id, system, on] = row.as_slice() else { continue };
            let Some(on) = on.as_day() else { continue };
            let id = text(id);
            self.launches.push(Launch {
                reviews: of_release.remove(&id).unwrap_or_default(),
                system: system.as_text().and_then(|id| self.system_at.get(id)).copied(),
                id,
                on,
            });
        }
        Ok(())
    }

    /// These fields of a kind's records, read once.
    pub(super) fn rows(
        &self,
        key: &'static str,
        query: &Query,
        fields: &[&str],
    ) -> Result<std::rc::Rc<Vec<Vec<Value>>>> {
        if let Some(known) = self.cached.rows.borrow().get(key) {
            return Ok(known.clone());
        }
        let rows = std::rc::Rc::new(self.workspace.pick(query, fields)?);
        self.cached.rows.borrow_mut().insert(key, rows.clone());
        Ok(rows)
    }

    /// The date of a moment, where there is one.
    pub(super) fn day(&self, value: &Value) -> Option<NaiveDate> {
        value.as_moment().map(|at| self.policies.date(at))
    }

    /// The review, the template and the beginning of each checklist.
    pub(super) fn checklists(&self) -> Result<std::rc::Rc<Vec<Vec<Value>>>> {
        self.rows("checklists", &Query::all(&CHECKLIST), &["review", "template", "created_at"])
    }

    /// The decisions of a review.
    pub(super) fn decided(&self, review: &str) -> impl Iterator<Item = &Decision> {
        let places = self.by_review.get(review).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.decisions.get(*at))
    }

    /// The decisions on a record, by its reference.
    pub(super) fn decided_on(&self, subject: &str) -> impl Iterator<Item = &Decision> {
        let places = self.by_subject.get(subject).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| self.decisions.get(*at))
    }

    /// The names of the groups that there are.
    #[must_use]
    pub fn groups(&self, by: By) -> Vec<String> {
        if by == By::Tier {
            let known: BTreeSet<&str> =
                self.reviews.iter().map(|review| review.tier.as_deref().unwrap_or("")).collect();
            let mut names: Vec<String> =
                TIERS.iter().filter(|tier| known.contains(*tier)).map(|tier| (*tier).to_owned()).collect();
            names.extend(known.contains("").then(String::new));
            return names;
        }
        let name = |system: &System| if by == By::Team { system.team.clone() } else { system.area.clone() };
        let names: BTreeSet<String> = self.systems.iter().map(name).collect();
        // What belongs to none comes last.
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort_by_key(|name| (name.is_empty(), name.to_lowercase()));
        names
    }

    /// Whether a system belongs to what is counted.
    pub(super) fn system_in(&self, system: Option<usize>, scope: &Scope) -> bool {
        let Some((by, name)) = &scope.0 else { return true };
        let Some(known) = system.and_then(|at| self.systems.get(at)) else { return name.is_empty() };
        match by {
            By::Team => known.team == *name,
            By::Area => known.area == *name,
            By::Tier => known.tier == *name,
        }
    }

    /// Whether a review belongs to what is counted.
    pub(super) fn review_in(&self, review: &Review, scope: &Scope) -> bool {
        match &scope.0 {
            Some((By::Tier, name)) => review.tier.as_deref().unwrap_or("") == name,
            _ => self.system_in(review.system, scope),
        }
    }

    /// The place of a review.
    pub(super) fn review_at(&self, review: &Value) -> Option<usize> {
        review.as_text().and_then(|id| self.review_at.get(id)).copied()
    }

    /// To what belongs a record of this review, or of this system where it is of none.
    pub(super) fn home(&self, review: &Value, system: &Value) -> Home {
        let system = || system.as_text().and_then(|id| self.system_at.get(id)).copied();
        match self.review_at(review) {
            Some(at) => Home::Review(at),
            None => system().map_or(Home::Nowhere, Home::System),
        }
    }

    /// Whether what belongs there is counted.
    pub(super) fn belongs(&self, home: Home, scope: &Scope) -> bool {
        if scope.0.is_none() {
            return true;
        }
        match home {
            Home::Review(at) => self.reviews.get(at).is_some_and(|review| self.review_in(review, scope)),
            Home::System(at) => self.system_in(Some(at), scope),
            Home::Nowhere => self.system_in(None, scope),
        }
    }

    /// A record as it was at the end of a day, by the history; none where it was not there yet.
    pub(super) fn then(&self, kind: Kind, id: &str, day: NaiveDate) -> Result<Option<Record>> {
        let key = (id.to_owned(), day);
        if let Some(known) = self.then.borrow().get(&key) {
            return Ok(known.clone());
        }
        let found = self.workspace.as_of(kind, id, self.policies.end_of(day))?;
        self.then.borrow_mut().insert(key, found.clone());
        Ok(found)
    }

    /// The packet of a review, by the review's place.
    pub(super) fn packet_of(&self, review: usize) -> Result<Option<&Packet>> {
        let packets = once(&self.cached.packets, || {
            let fields = ["review", "id", "answered", "asked", "updated_at"];
            let mut packets = HashMap::new();
            for row in self.workspace.pick(&Query::all(&PACKET), &fields)? {
                let [review, id, answered, asked, changed] = row.as_slice() else { continue };
                let Some(review) = self.review_at(review) else { continue };
                let is_complete = answered.as_number().unwrap_or(0) >= asked.as_number().unwrap_or(0);
                packets.insert(review, Packet { id: text(id), is_complete, changed: self.day(changed) });
            }
            Ok(packets)
        })?;
        Ok(packets.get(&review))
    }

    /// The signals of a system, as far as their readiness goes.
    pub(super) fn signals_of(&self, system: Option<usize>) -> Result<&[Signal]> {
        let signals = once(&self.cached.signals, || {
            let fields = ["system", "id", "updated_at", "status", "owner", "alert_route"];
            let mut signals: HashMap<usize, Vec<Signal>> = HashMap::new();
            for row in self.workspace.pick(&Query::all(&SIGNAL), &fields)? {
                let [system, id, changed, status, owner, route] = row.as_slice() else { continue };
                let Home::System(system) = self.home(&Value::Empty, system) else { continue };
                let said = [("status", status.clone()), ("owner", owner.clone()), ("alert_route", route.clone())];
                let now = Record::from_said(&SIGNAL, &said);
                signals.entry(system).or_default().push(Signal { id: text(id), now, changed: self.day(changed) });
            }
            Ok(signals)
        })?;
        Ok(system.and_then(|at| signals.get(&at)).map_or(&[], Vec::as_slice))
    }
}
