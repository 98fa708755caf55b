//! The figure of complete evidence: of what is required of reviews, how much was accepted.
//!
//! What is required is what the gate asks for: the documents that rules of the policy ask for, and what checklist items must be
//! shown with. It is judged by the policy that was in force when a review was decided; of one that is not decided, at the end of
//! the period.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use chrono::NaiveDate;

use super::asked::{Answers, Asked, Held};
use super::data::{Data, Review, text};
use super::reviews::behind;
use super::{Counted, Period, Scope, number};
use crate::policy::{Condition as Rule, Policy};
use crate::record::{CHECKLIST_ITEM, DOCUMENT, EVIDENCE, LEGAL, PACKET, Record, Value};
use crate::workspace::{Condition, Query, Result};

/// Items of a review's checklists that ask for evidence and stand alike.
struct Items {
    count: usize,
    /// Since when they are there.
    since: NaiveDate,
    /// Since when they are not applicable, or waived, and to which day.
    freed: Option<(NaiveDate, Option<NaiveDate>)>,
    /// Since when evidence that they name is accepted.
    shown: Option<NaiveDate>,
}

impl Items {
    /// How many are asked for on a day, and how many of these are shown.
    fn on(&self, day: NaiveDate) -> (usize, usize) {
        let free = self.freed.is_some_and(|(from, to)| from <= day && to.is_none_or(|to| to >= day));
        if self.since > day || free {
            return (0, 0);
        }
        (self.count, if self.shown.is_some_and(|shown| shown <= day) { self.count } else { 0 })
    }
}

/// Kinds of document, or checklists, each from a day on.
type Since = Vec<(String, NaiveDate)>;

/// That something is there from a day on, or from an earlier one that is known.
fn put(known: &mut Since, what: &str, day: NaiveDate) {
    match known.iter_mut().find(|(one, _)| one == what) {
        Some((_, since)) => *since = day.min(*since),
        None => known.push((what.to_owned(), day)),
    }
}

/// What is known of required artifacts: which fields the rules ask about, the answers to them, and what is there. Reviews stand
/// for themselves by their places.
#[derive(Default)]
pub(super) struct Needed {
    packets: HashMap<usize, Record>,
    legals: HashMap<usize, Record>,
    /// Which conditions held for which answers.
    held: Held,
    /// What is asked for, by review and by where the policy's rules lie, so that a trend asks each review once.
    by_review: HashMap<(usize, usize), Rc<Asked>>,
    /// The documents of a review, approved or accepted.
    there: HashMap<usize, Since>,
    /// The checklists of a review.
    started: HashMap<usize, Since>,
    /// The items that ask for evidence, by review.
    items: HashMap<usize, Vec<Items>>,
    is_read: bool,
}

impl Needed {
    /// How many artifacts are asked for of a review on a day, and how many of these are there.
    fn count(&self, review: usize, asked: &Asked, day: NaiveDate) -> (usize, usize) {
        let since = |known: &HashMap<usize, Since>, what: &String| {
            known.get(&review).into_iter().flatten().any(|(one, since)| one == what && *since <= day)
        };
        let found = asked.documents.iter().filter(|kind| since(&self.there, kind)).count();
        let missing = asked.checklists.iter().filter(|(id, _)| !since(&self.started, id));
        let mut all = (asked.documents.len() + missing.map(|(_, items)| items).sum::<usize>(), found);
        for items in self.items.get(&review).into_iter().flatten() {
            let (asked, shown) = items.on(day);
            all = (all.0 + asked, all.1 + shown);
        }
        all
    }
}

/// Evidence completeness.
pub(super) fn evidence(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    read_needed(data)?;
    let end = period.to.min(data.today);
    let (mut there, mut needed, mut all) = (0, 0, Vec::new());
    let mut of_decided = (0, 0);
    for (at, review) in data.reviews.iter().enumerate().filter(|(_, review)| data.review_in(review, scope)) {
        let active = review.submitted.is_some_and(|day| day <= period.to)
            && review.withdrawn.is_none_or(|day| day > period.to)
            && review.decided.is_none_or(|day| day > period.to);
        let decided = review.decided.filter(|day| period.holds(*day));
        if !active && decided.is_none() || period.from > data.today {
            continue;
        }
        let policy = match (decided, review.decided_at) {
            (Some(_), Some(at)) => data.policies.at(at),
            (Some(day), None) => data.policies.on(day),
            (None, _) => data.policies.on(end),
        };
        let asked = asked_by(data, at, review, policy)?;
        let (asked, found) = data.cached.needed.borrow().count(at, &asked, end);
        if asked == 0 {
            continue;
        }
        there += found;
        needed += asked;
        if decided.is_some() {
            of_decided = (of_decided.0 + found, of_decided.1 + asked);
        }
        all.push(behind(review, found == asked));
    }
    // A review that has just begun lacks nearly all; what was decided on tells more.
    let decided = (of_decided.1 > 0).then(|| number(of_decided.0) / number(of_decided.1));
    let more = decided.map(|share| ("of reviews decided in the period".to_owned(), share)).into_iter().collect();
    Ok(Counted { more, ..Counted::ratio(number(there), number(needed), all.len(), all) })
}

/// What the rules of a policy ask of a review.
fn asked_by(data: &Data<'_>, at: usize, review: &Review, policy: &Policy) -> Result<Rc<Asked>> {
    let mut needed = data.cached.needed.borrow_mut();
    let needed = &mut *needed;
    // Two policies of one workspace may bear one name, but their rules lie at different places.
    let place = (at, policy.document_rules().as_ptr().addr());
    if let Some(known) = needed.by_review.get(&place) {
        return Ok(known.clone());
    }
    let Some(packet) = needed.packets.get(&at) else { return Ok(Rc::default()) };
    let asked = Rc::new(needed.held.asked(policy, review, &Answers::new(packet, needed.legals.get(&at)))?);
    needed.by_review.insert(place, asked.clone());
    Ok(asked)
}

/// Reads the answers that rules of documents, checklists and tiers ask about, and what is there since when.
fn read_needed(data: &Data<'_>) -> Result<()> {
    if data.cached.needed.borrow().is_read {
        return Ok(());
    }
    let mut needed = Needed { is_read: true, ..Needed::default() };
    // An earlier policy may ask about something that the one of today does not.
    let mut conditions: Vec<&Rule> = Vec::new();
    for policy in data.policies.all() {
        let rules = policy.document_rules().iter().chain(policy.checklist_rules());
        conditions.extend(rules.filter_map(|rule| rule.when.as_ref()));
        conditions.extend(policy.tier_rules().iter().map(|rule| &rule.when));
        conditions.extend(policy.checklists().iter().filter_map(|template| template.when.as_ref()));
    }
    // The use case is always said first: without any answer nothing is asked for.
    let fields: HashSet<&'static str> =
        conditions.iter().flat_map(|when| when.packet_fields()).map(|field| field.name).chain(["use_case"]).collect();
    let legal: HashSet<&'static str> =
        conditions.iter().flat_map(|when| when.legal_fields()).map(|field| field.name).chain(["law"]).collect();
    let (fields, legal): (Vec<_>, Vec<_>) = (fields.into_iter().collect(), legal.into_iter().collect());
    let whole = |kind, fields: &[&'static str]| -> Result<HashMap<usize, Record>> {
        let names: Vec<&str> = std::iter::once("review").chain(fields.iter().copied()).collect();
        let rows = data.workspace.pick(&Query::all(kind), &names)?;
        let record = |row: Vec<Value>| {
            let mut values = row.into_iter();
            let review = values.next().and_then(|review| data.review_at(&review))?;
            let said: Vec<(&'static str, Value)> = fields.iter().copied().zip(values).collect();
            Some((review, Record::from_said(kind, &said)))
        };
        Ok(rows.into_iter().filter_map(record).collect())
    };
    needed.packets = whole(&PACKET, &fields)?;
    needed.legals = whole(&LEGAL, &legal)?;
    let accepted = read_there(data, &mut needed)?;
    read_items(data, &mut needed, &accepted)?;
    *data.cached.needed.borrow_mut() = needed;
    Ok(())
}

/// Reads which documents are there since when; returns since when each piece of evidence is accepted, by its reference or id.
fn read_there(data: &Data<'_>, needed: &mut Needed) -> Result<HashMap<String, NaiveDate>> {
    let mut has = |review: &Value, kind: &str, day: NaiveDate| {
        if let Some(review) = data.review_at(review) {
            put(needed.there.entry(review).or_default(), kind, day);
        }
    };
    let approved = Query::all(&DOCUMENT).with(Condition::Not("approved_at", Value::Empty));
    for row in data.workspace.pick(&approved, &["review", "kind", "approved_at"])? {
        if let [review, kind, at] = row.as_slice()
            && let Some(day) = data.day(at)
        {
            has(review, &text(kind), day);
        }
    }
    let mut accepted_on = HashMap::new();
    let accepted = Query::all(&EVIDENCE).with(Condition::OneOf("status", vec!["accepted".into(), "superseded".into()]));
    for row in data.workspace.pick(&accepted, &["ref", "review", "kind", "tags", "judged_at"])? {
        let [reference, review, kind, tags, at] = row.as_slice() else { continue };
        // One without a moment of judgement was superseded before anybody looked at it.
        let Some(day) = data.day(at) else { continue };
        has(review, &text(kind), day);
        for tag in tags.items() {
            has(review, &tag.to_lowercase(), day);
        }
        accepted_on.insert(text(reference), day);
    }
    Ok(accepted_on)
}

/// Reads the items that ask for evidence, and which checklists were started.
fn read_items(data: &Data<'_>, needed: &mut Needed, accepted: &HashMap<String, NaiveDate>) -> Result<()> {
    for row in data.checklists()?.iter() {
        if let [review, template, created] = row.as_slice()
            && let (Some(created), Some(review)) = (data.day(created), data.review_at(review))
        {
            put(needed.started.entry(review).or_default(), &text(template), created);
        }
    }
    let asking = Query::all(&CHECKLIST_ITEM).with(Condition::Lists("required_evidence"));
    let fields = ["review", "status", "created_at", "assessed_at", "waived_until", "evidence"];
    for (row, count) in data.workspace.tally(&asking, &fields)? {
        let [review, status, created, assessed, until, named] = row.as_slice() else { continue };
        let (Some(since), Some(review)) = (data.day(created), data.review_at(review)) else { continue };
        let from = || data.day(assessed).unwrap_or(since);
        let freed = match status.as_text() {
            Some("not applicable") => Some((from(), None)),
            Some("waived") => Some((from(), until.as_day())),
            _ => None,
        };
        let shown = named.items().iter().filter_map(|one| accepted.get(one)).min().copied();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        needed.items.entry(review).or_default().push(Items { count, since, freed, shown });
    }
    Ok(())
}
