//! Figures of reviews: in time, how long, with which documents, by which templates.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use chrono::NaiveDate;

use super::data::{Data, Review, once, text};
use super::{Behind, Counted, Period, Scope, number, percentile};
use crate::policy::Policy;
use crate::record::{CHECKLIST, DOCUMENT, EVIDENCE, LEGAL, PACKET, REVIEW, Record, Value};
use crate::review::document::template;
use crate::workspace::{Condition, Error, Query, Result};

fn behind(review: &Review, counts: bool) -> Behind {
    Behind { kind: &REVIEW, id: review.id.clone(), counts }
}

/// On-time review completion.
#[expect(clippy::unnecessary_wraps, reason = "figures that read more may fail")]
pub(super) fn on_time(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let decided = data.reviews.iter().filter_map(|review| {
        let (decided, target) = (review.decided?, review.target?);
        (period.holds(decided) && data.review_in(review, scope)).then(|| behind(review, decided <= target))
    });
    Ok(Counted::share(decided.collect()))
}

/// Cycle time, intake to approval.
#[expect(clippy::unnecessary_wraps, reason = "figures that read more may fail")]
pub(super) fn cycle_time(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let mut all = Vec::new();
    let mut days = Vec::new();
    for review in &data.reviews {
        let (Some(submitted), Some(approved)) = (review.submitted, review.approved) else { continue };
        if period.holds(approved) && approved >= submitted && data.review_in(review, scope) {
            all.push(behind(review, true));
            days.push(f64::from(i32::try_from((approved - submitted).num_days()).unwrap_or(i32::MAX)));
        }
    }
    let value = percentile(&mut days, 0.5);
    let more = percentile(&mut days, 0.9).map(|days| ("90th percentile".to_owned(), days)).into_iter().collect();
    Ok(Counted { value, n: all.len(), more, behind: all, ..Counted::default() })
}

/// What is known of required documents: which fields the rules ask about, the answers to them, and the documents that are
/// there. Reviews stand for themselves by their places.
#[derive(Default)]
pub(super) struct Needed {
    fields: Vec<&'static str>,
    legal_fields: Vec<&'static str>,
    packets: HashMap<usize, Record>,
    legals: HashMap<usize, Record>,
    /// Kinds of document by answers, tier and policy: many packets answer alike.
    by_answers: HashMap<String, Rc<Vec<String>>>,
    /// The same by review and by where the policy's rules lie, so that a trend asks each review once.
    by_review: HashMap<(usize, usize), Rc<Vec<String>>>,
    /// The kinds of document that a review has, each approved or accepted from a day on.
    there: HashMap<usize, Vec<(String, NaiveDate)>>,
    is_read: bool,
}

/// Evidence completeness.
pub(super) fn evidence(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    read_needed(data)?;
    let end = period.to.min(data.today);
    let (mut there, mut needed, mut all) = (0, 0, Vec::new());
    for (at, review) in data.reviews.iter().enumerate().filter(|(_, review)| data.review_in(review, scope)) {
        let active = review.submitted.is_some_and(|day| day <= period.to)
            && review.withdrawn.is_none_or(|day| day > period.to)
            && review.decided.is_none_or(|day| day > period.to);
        let decided = review.decided.filter(|day| period.holds(*day));
        if !active && decided.is_none() || period.from > data.today {
            continue;
        }
        let policy = data.policies.on(decided.unwrap_or(end));
        let kinds = needed_by(data, at, review, policy)?;
        if kinds.is_empty() {
            continue;
        }
        let known = data.cached.needed.borrow();
        let papers = known.there.get(&at).map_or(&[][..], Vec::as_slice);
        let has = |kind: &String| papers.iter().any(|(known, day)| known == kind && *day <= end);
        let found = kinds.iter().filter(|kind| has(kind)).count();
        there += found;
        needed += kinds.len();
        all.push(behind(review, found == kinds.len()));
    }
    Ok(Counted::ratio(number(there), number(needed), all.len(), all))
}

/// The kinds of document that the rules of a policy ask of a review.
fn needed_by(data: &Data<'_>, at: usize, review: &Review, policy: &Policy) -> Result<Rc<Vec<String>>> {
    let mut needed = data.cached.needed.borrow_mut();
    let needed = &mut *needed;
    // Two policies of one workspace may bear one name, but their rules lie at different places.
    let asked = (at, policy.document_rules().as_ptr().addr());
    if let Some(known) = needed.by_review.get(&asked) {
        return Ok(known.clone());
    }
    let Some(packet) = needed.packets.get(&at) else { return Ok(Rc::default()) };
    let legal = needed.legals.get(&at);
    let mut key = format!("{}\u{1}{}", policy.about().name, review.tier.as_deref().unwrap_or(""));
    for (fields, record) in [(&needed.fields, Some(packet)), (&needed.legal_fields, legal)] {
        for value in fields.iter().filter_map(|field| record.map(|record| record.get(field))) {
            key.push('\u{1}');
            key.push_str(&value.display());
        }
        key.push('\u{2}');
    }
    key.push_str(&asked.1.to_string());
    if let Some(known) = needed.by_answers.get(&key).cloned() {
        needed.by_review.insert(asked, known.clone());
        return Ok(known);
    }
    let failed = |error: crate::policy::RuleError| Error::Policy(error.to_string());
    let tier = match review.tier.as_deref() {
        Some(tier) => Some(tier),
        None => policy.judge(packet, legal, None).map_err(failed)?.tier,
    };
    let rules = policy.documents_for(packet, legal, tier).map_err(failed)?;
    let mut kinds: Vec<String> = rules.into_iter().map(|rule| rule.what.clone()).collect();
    kinds.sort();
    kinds.dedup();
    let kinds = Rc::new(kinds);
    needed.by_answers.insert(key, kinds.clone());
    needed.by_review.insert(asked, kinds.clone());
    Ok(kinds)
}

/// Reads the answers that rules of documents and tiers ask about, and which documents are there since when.
fn read_needed(data: &Data<'_>) -> Result<()> {
    if data.cached.needed.borrow().is_read {
        return Ok(());
    }
    let mut needed = Needed { is_read: true, ..Needed::default() };
    let policy = &data.policies.now;
    let conditions = policy.document_rules().iter().filter_map(|rule| rule.when.as_ref());
    let conditions: Vec<_> = conditions.chain(policy.tier_rules().iter().map(|rule| &rule.when)).collect();
    // The use case is always said first: without any answer nothing is asked for.
    let fields: HashSet<&'static str> =
        conditions.iter().flat_map(|when| when.packet_fields()).map(|field| field.name).chain(["use_case"]).collect();
    let legal: HashSet<&'static str> =
        conditions.iter().flat_map(|when| when.legal_fields()).map(|field| field.name).chain(["law"]).collect();
    (needed.fields, needed.legal_fields) = (fields.into_iter().collect(), legal.into_iter().collect());
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
    needed.packets = whole(&PACKET, &needed.fields)?;
    needed.legals = whole(&LEGAL, &needed.legal_fields)?;
    read_there(data, &mut needed)?;
    *data.cached.needed.borrow_mut() = needed;
    Ok(())
}

fn read_there(data: &Data<'_>, needed: &mut Needed) -> Result<()> {
    let mut put = |review: &Value, kind: &str, at: &Value| {
        let (Some(review), Some(day)) = (data.review_at(review), data.day(at)) else { return };
        let papers = needed.there.entry(review).or_default();
        match papers.iter_mut().find(|(known, _)| known == kind) {
            Some((_, since)) => *since = day.min(*since),
            None => papers.push((kind.to_owned(), day)),
        }
    };
    let approved = Query::all(&DOCUMENT).with(Condition::Not("approved_at", Value::Empty));
    for row in data.workspace.pick(&approved, &["review", "kind", "approved_at"])? {
        if let [review, kind, at] = row.as_slice() {
            put(review, &text(kind), at);
        }
    }
    let accepted = Query::all(&EVIDENCE).with(Condition::OneOf("status", vec!["accepted".into(), "superseded".into()]));
    for row in data.workspace.pick(&accepted, &["review", "kind", "tags", "judged_at"])? {
        // One without a moment of judgement was superseded before anybody looked at it.
        let [review, kind, tags, at] = row.as_slice() else { continue };
        put(review, &text(kind), at);
        for tag in tags.items() {
            put(review, &tag.to_lowercase(), at);
        }
    }
    Ok(())
}

/// Kinds of document that are cards.
const CARDS: &[&str] = &["model card", "system card", "data sheet"];

/// Template adoption.
pub(super) fn templates(data: &Data<'_>, period: &Period, scope: &Scope) -> Result<Counted> {
    let standard = once(&data.cached.standard, || read_standard(data))?;
    let all = data.reviews.iter().enumerate().filter_map(|(at, review)| {
        let begun = review.submitted.is_some_and(|day| period.holds(day)) && data.review_in(review, scope);
        standard.get(&at).filter(|_| begun).map(|is_standard| behind(review, *is_standard))
    });
    Ok(Counted::share(all.collect()))
}

/// Of the reviews that have cards or checklists, by their places, whether all of these are standard.
fn read_standard(data: &Data<'_>) -> Result<HashMap<usize, bool>> {
    let mut standard: HashMap<usize, bool> = HashMap::new();
    let mut put = |review: &Value, is_standard: bool| {
        if let Some(review) = data.review_at(review) {
            let all = standard.entry(review).or_insert(true);
            *all &= is_standard;
        }
    };
    let known: HashSet<&str> = data.policies.now.checklists().iter().map(|template| template.id.as_str()).collect();
    for row in data.workspace.pick(&Query::all(&CHECKLIST), &["review", "template"])? {
        if let [review, id] = row.as_slice() {
            put(review, id.as_text().is_some_and(|id| known.contains(id)));
        }
    }
    let cards = || Condition::OneOf("kind", CARDS.iter().map(|kind| Value::text(*kind)).collect());
    for row in data.workspace.pick(&Query::all(&DOCUMENT).with(cards()), &["review", "kind", "template"])? {
        if let [review, kind, id] = row.as_slice() {
            put(review, kind.as_text().and_then(template::id_for) == id.as_text());
        }
    }
    for row in data.workspace.pick(&Query::all(&EVIDENCE).with(cards()), &["review", "status"])? {
        if let [review, status] = row.as_slice()
            && !matches!(status.as_text(), Some("rejected" | "superseded"))
        {
            // A card that was made elsewhere follows no template of ours.
            put(review, false);
        }
    }
    Ok(standard)
}
