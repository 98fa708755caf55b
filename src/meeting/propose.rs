//! The agenda out of the records: what this meeting should look at, ranked, each with why, how long it takes, and whether it
//! is routine.
//!
//! Sources are a table: a kind of record that comes later (incidents that await their review) is one line in it.

use chrono::{DateTime, Days, Local, NaiveDate, Utc};

use super::plan::last_before;
use super::room::carried;
use super::{Step, add};
use crate::policy::Policy;
use crate::record::decision::{ACCEPTANCE, APPROVE, IN_FORCE, TIER, WAIVER};
use crate::record::meeting::{
    self, APPROVE_MINUTES, BOARD, CARRIED_OVER, CONSENT, DISCUSS, DISCUSSION, HOURS, INCIDENTS, NOT_REACHED, RISKS,
    TRIAGE,
};
use crate::record::{AGENDA_ITEM, DECISION, DOCUMENT, Look, MEETING, REVIEW, RISK, Record, Value};
use crate::review::agenda::{Pressing, Whose, agenda};
use crate::review::gate::{Verdict, gate};
use crate::workspace::{Condition, Direction, Query, Result, Sort, Workspace};

/// How many days ahead what expires is put before a board.
pub const AHEAD_DAYS: u64 = 30;

/// How many are proposed from one source.
const MOST: usize = 25;

/// Where a proposal comes from, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The minutes of the last meeting.
    Minutes,
    /// Carried over, or not reached, in an earlier meeting of the kind.
    CarriedOver,
    /// A review that waits for its launch decision.
    Decision,
    /// A review that waits for its tier.
    Tier,
    /// A decision of what is not there any more.
    Outdated,
    /// A waiver or an acceptance that ends, or has ended.
    Expiring,
    /// A high risk past its date.
    OverdueRisk,
}

/// Something that a meeting should look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Where it comes from.
    pub source: Source,
    /// What it is about; none for an item without a record.
    pub subject: Option<Record>,
    /// What stands on the agenda.
    pub title: String,
    /// Why it is proposed, as a sentence.
    pub reason: String,
    /// What the room is to do: one of [`meeting::ASKS`].
    pub asks: &'static str,
    /// The tier that is proposed, where it asks for one.
    pub proposed: String,
    /// Why that, where it can pass by consent.
    pub proposal: String,
    /// Whether it is routine.
    pub consent: bool,
    /// Minutes that it should take.
    pub minutes: i64,
    /// The id of who should present it.
    pub presenter: Option<String>,
    /// The item that it goes on with.
    pub carried_from: Option<Record>,
    /// The higher, the earlier among those of its source.
    weight: i64,
}

impl Proposal {
    fn of(source: Source, subject: &Record, reason: String, asks: &'static str, minutes: i64) -> Self {
        let title = format!("{} {}", subject.reference(), subject.title());
        Self {
            source,
            title: crate::text::fit(&crate::text::line(&title), 200).into_owned(),
            subject: Some(subject.clone()),
            reason,
            asks,
            proposed: String::new(),
            proposal: String::new(),
            consent: false,
            minutes,
            presenter: ["reviewer", "owner"].iter().find_map(|field| subject.text(field)).map(str::to_owned),
            carried_from: None,
            weight: 0,
        }
    }

    fn heavy(self, weight: i64) -> Self {
        Self { weight, ..self }
    }
}

/// What is asked of the records.
struct Asking<'a> {
    workspace: &'a Workspace,
    policy: &'a Policy,
    meeting: &'a Record,
    today: NaiveDate,
}

type Ask = fn(&Asking<'_>) -> Result<Vec<Proposal>>;

/// Which meetings ask which source. Incidents that await their review join here when there are incidents.
const SOURCES: &[(&[&str], Ask)] = &[
    (meeting::KINDS, |asking| asking.minutes()),
    (meeting::KINDS, |asking| asking.carried_over()),
    (&[BOARD], |asking| asking.decisions()),
    (&[BOARD, TRIAGE], |asking| asking.tiers()),
    (&[BOARD], |asking| asking.outdated()),
    (&[BOARD, RISKS], |asking| asking.expiring()),
    (&[BOARD, RISKS, INCIDENTS], |asking| asking.overdue()),
];

/// What a meeting should look at that is not on its agenda yet, the most pressing first.
///
/// # Errors
/// When the file cannot be read, or a rule of the policy cannot be applied.
pub fn propose(workspace: &Workspace, policy: &Policy, meeting: &Record, now: DateTime<Utc>) -> Result<Vec<Proposal>> {
    let today = now.with_timezone(&Local).date_naive();
    let asking = Asking { workspace, policy, meeting, today };
    let kind = meeting.text("kind").unwrap_or(HOURS);
    let mut all = Vec::new();
    for (_, ask) in SOURCES.iter().filter(|(kinds, _)| kinds.contains(&kind)) {
        all.extend(ask(&asking)?);
    }
    all.sort_by_key(|proposal| (proposal.source, std::cmp::Reverse(proposal.weight)));
    let there = meeting::items(meeting.id(), &workspace.look());
    let mut seen: Vec<String> = there.iter().filter_map(|item| item.text("subject")).map(str::to_owned).collect();
    let gone_on: Vec<&str> = there.iter().filter_map(|item| item.text("carried_from")).collect();
    all.retain(|proposal| {
        if proposal.carried_from.as_ref().is_some_and(|from| gone_on.contains(&from.id())) {
            return false;
        }
        let Some(subject) = &proposal.subject else { return true };
        let new = !seen.iter().any(|reference| reference == subject.reference());
        seen.push(subject.reference().to_owned());
        new
    });
    Ok(all)
}

impl Asking<'_> {
    fn page(&self, query: Query, field: &'static str) -> Result<Vec<Record>> {
        let query = query.sorted(vec![Sort { field, descending: false }]);
        let page = self.workspace.page(&query, None, Direction::After, MOST)?;
        Ok(page.rows.into_iter().map(|row| row.record).collect())
    }

    fn soon(&self) -> Value {
        Value::Day(self.today.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(self.today))
    }

    /// Days since a day, as a weight: what is over for longer comes first.
    fn days_since(&self, record: &Record, field: &str) -> i64 {
        record.get(field).as_day().map_or(0, |day| (self.today - day).num_days())
    }

    fn minutes(&self) -> Result<Vec<Proposal>> {
        let Some(last) = last_before(self.workspace, self.meeting)? else { return Ok(Vec::new()) };
        let document = last.text("minutes").and_then(|reference| self.workspace.look().named(reference));
        let waits = document.filter(|document| !DOCUMENT.is_closed(document));
        Ok(waits
            .map(|document| {
                let reason = format!("The minutes of {} are to be approved.", last.reference());
                let mut proposal = Proposal::of(Source::Minutes, &document, reason, APPROVE_MINUTES, 2);
                proposal.consent = true;
                proposal.presenter = last.text("facilitator").map(str::to_owned);
                proposal
            })
            .into_iter()
            .collect())
    }

    /// What an earlier meeting of the kind left, and no later one has taken up.
    fn carried_over(&self) -> Result<Vec<Proposal>> {
        let outcomes = [CARRIED_OVER, NOT_REACHED].map(Value::text).to_vec();
        let same = Condition::Is("kind", self.meeting.get("kind").clone());
        let query = Query::all(&AGENDA_ITEM)
            .with(Condition::OneOf("outcome", outcomes))
            .with(Condition::Linked("meeting", Box::new(same)));
        let look = self.workspace.look();
        let mut proposals = Vec::new();
        for item in self.workspace.records(&query)? {
            if look.belonging(&AGENDA_ITEM, "carried_from", item.id()).is_some()
                || item.text("meeting") == Some(self.meeting.id())
            {
                continue;
            }
            let from = self.workspace.get(&MEETING, item.text("meeting").unwrap_or_default())?;
            let subject = item.text("subject").and_then(|reference| look.named(reference));
            let why = item.text("outcome_note").map(|why| format!(": {}", crate::text::line(why))).unwrap_or_default();
            let outcome = item.text("outcome").unwrap_or(CARRIED_OVER);
            let reason = format!("{} in {}{}.", capital(outcome), from.reference(), why.trim_end_matches('.'));
            proposals.push(Proposal {
                source: Source::CarriedOver,
                title: item.title().to_owned(),
                reason,
                asks: meeting::ASKS.iter().copied().find(|asks| item.text("asks") == Some(asks)).unwrap_or(DISCUSS),
                proposed: item.text("proposed").unwrap_or_default().to_owned(),
                proposal: item.text("proposal").unwrap_or_default().to_owned(),
                consent: item.text("section") == Some(CONSENT) && outcome == NOT_REACHED,
                minutes: item.number("planned").unwrap_or(10),
                presenter: item.text("presenter").map(str::to_owned),
                subject,
                weight: 0,
                carried_from: Some(item),
            });
        }
        Ok(proposals)
    }

    /// Reviews that wait for their launch decision. One at a low tier of which the gate asks for nothing else is routine.
    fn decisions(&self) -> Result<Vec<Proposal>> {
        let reviews = self.page(Query::open(&REVIEW).with(Condition::Is("stage", "decision".into())), "target_on")?;
        let mut proposals = Vec::new();
        for review in reviews {
            let tier = review.text("tier").unwrap_or("no tier").to_owned();
            let gate = gate(self.workspace, self.policy, review.clone(), None, self.today)?;
            let others: Vec<&str> = gate
                .checks
                .iter()
                .filter(|check| check.verdict == Verdict::Fail && check.id != "decision")
                .map(|check| check.title)
                .collect();
            let late = self.days_since(&review, "target_on");
            let date = review.get("target_on").as_day().map(|day| format!(", agreed for {day}")).unwrap_or_default();
            let open = if others.is_empty() {
                "nothing else is open at the gate".to_owned()
            } else {
                format!("still open at the gate: {}", others.join("; "))
            };
            let reason = format!("Ready for decision at tier {tier}{date}; {open}.");
            let minutes = match tier.as_str() {
                "high" | "prohibited" => 20,
                "medium" => 15,
                _ => 5,
            };
            let mut proposal = Proposal::of(Source::Decision, &review, reason, APPROVE, minutes).heavy(late);
            if others.is_empty() && matches!(tier.as_str(), "minimal" | "low") {
                proposal.consent = true;
                proposal.minutes = 1;
                proposal.proposal = format!("Routine at tier {tier}: every other check of the gate passes.");
            }
            proposals.push(proposal);
        }
        Ok(proposals)
    }

    /// Reviews whose tier is proposed and not decided: at a triage all of them, before a board those that are its to decide.
    fn tiers(&self) -> Result<Vec<Proposal>> {
        let query = Query::open(&REVIEW)
            .with(Condition::Is("tier", Value::Empty))
            .with(Condition::OneOf("stage", ["intake", "triage"].map(Value::text).to_vec()));
        let at_triage = self.meeting.text("kind") == Some(TRIAGE);
        let mut proposals = Vec::new();
        for review in self.page(query, "submitted_at")? {
            let Some(tier) = review.text("proposed_tier").map(str::to_owned) else { continue };
            let routine = matches!(tier.as_str(), "minimal" | "low");
            if !at_triage && (routine || review.text("stage") != Some("triage")) {
                continue;
            }
            let reason = format!("Its answers propose tier {tier}, and nobody has decided it.");
            let mut proposal = Proposal::of(Source::Tier, &review, reason, TIER, if routine { 1 } else { 5 });
            proposal.consent = at_triage && routine && review.text("stage") == Some("triage");
            proposal.proposal = format!("By the rules that its answers meet: tier {tier}.");
            proposal.proposed = tier;
            proposals.push(proposal);
        }
        Ok(proposals)
    }

    fn outdated(&self) -> Result<Vec<Proposal>> {
        let todo = agenda(self.workspace, self.policy, Whose::All, 4 * MOST, self.today)?;
        let look = self.workspace.look();
        let outdated = todo.into_iter().filter(|todo| todo.pressing == Pressing::Outdated);
        Ok(outdated
            .filter_map(|todo| {
                let review = look.named(&todo.record)?;
                Some(Proposal::of(Source::Outdated, &review, todo.why, APPROVE, 10))
            })
            .collect())
    }

    /// Acceptances and waivers that end within [`AHEAD_DAYS`], or have ended.
    fn expiring(&self) -> Result<Vec<Proposal>> {
        let query = Query::all(&RISK)
            .with(Condition::Is("status", "accepted".into()))
            .with(Condition::AtMost("accepted_until", self.soon()));
        let mut proposals = Vec::new();
        for risk in self.page(query, "accepted_until")? {
            let reason = self.ends("Its acceptance", &risk, "accepted_until");
            let late = self.days_since(&risk, "accepted_until");
            proposals.push(Proposal::of(Source::Expiring, &risk, reason, ACCEPTANCE, 5).heavy(late));
        }
        let query = Query::all(&DECISION)
            .with(Condition::Is("kind", WAIVER.into()))
            .with(Condition::Is("status", IN_FORCE.into()))
            .with(Condition::AtMost("expires_on", self.soon()));
        let look = self.workspace.look();
        for decision in self.page(query, "expires_on")? {
            let item = decision.text("subject").and_then(|reference| look.named(reference));
            let Some(item) = item.filter(|item| item.text("status") == Some("waived")) else { continue };
            let reason = self.ends(&format!("Its waiver, {},", decision.reference()), &decision, "expires_on");
            let late = self.days_since(&decision, "expires_on");
            proposals.push(Proposal::of(Source::Expiring, &item, reason, WAIVER, 5).heavy(late));
        }
        Ok(proposals)
    }

    fn ends(&self, what: &str, record: &Record, field: &str) -> String {
        let Some(day) = record.get(field).as_day() else { return format!("{what} ends.") };
        let verb = if day < self.today { "ended" } else { "ends" };
        format!("{what} {verb} on {day}.")
    }

    /// Open risks above the tolerated level that are past their date.
    fn overdue(&self) -> Result<Vec<Proposal>> {
        let tolerated = self.policy.tolerated_level().map_or(i64::MIN, |level| level.rank);
        let high = self.policy.levels().iter().filter(|level| level.rank > tolerated);
        let levels: Vec<Value> = high.map(|level| Value::text(level.name.as_str())).collect();
        let yesterday = Value::Day(self.today.pred_opt().unwrap_or(self.today));
        let query = Query::open(&RISK)
            .with(Condition::OneOf("level", levels))
            .with(Condition::Not("status", "accepted".into()))
            .with(Condition::AtMost("due_on", yesterday));
        Ok(self
            .page(query, "due_on")?
            .into_iter()
            .map(|risk| {
                let due = risk.get("due_on").as_day().map(|day| day.to_string()).unwrap_or_default();
                let reason = format!("A {} risk, due on {due}.", risk.text("level").unwrap_or("high"));
                let late = self.days_since(&risk, "due_on");
                Proposal::of(Source::OverdueRisk, &risk, reason, DISCUSS, 5).heavy(late)
            })
            .collect())
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// Whether an agenda fits the time of its meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Minutes planned for the items.
    pub planned: i64,
    /// Minutes that the meeting lasts.
    pub minutes: i64,
}

impl Fit {
    /// Minutes that are too many; none where it fits.
    #[must_use]
    pub fn over(&self) -> Option<i64> {
        Some(self.planned - self.minutes).filter(|over| *over > 0)
    }
}

impl std::fmt::Display for Fit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} minutes planned", self.planned, self.minutes)?;
        match self.over() {
            Some(over) => write!(f, ": {over} too many"),
            None => Ok(()),
        }
    }
}

/// Whether these items fit a meeting; those that were taken off do not count.
#[must_use]
pub fn fit<'r>(meeting: &Record, items: impl IntoIterator<Item = &'r Record>) -> Fit {
    let counts = |item: &&Record| item.text("outcome") != Some(meeting::WITHDRAWN);
    let planned = items.into_iter().filter(counts).filter_map(|item| item.number("planned")).sum();
    Fit { planned, minutes: meeting.number("planned").unwrap_or(60) }
}

/// The step that puts proposals on the agenda, the routine ones first.
///
/// # Errors
/// When the file cannot be read.
pub fn put_on(workspace: &Workspace, meeting: &str, proposals: &[&Proposal], at: DateTime<Utc>) -> Result<Step> {
    let meeting = workspace.get(&MEETING, meeting)?;
    let there = meeting::items(meeting.id(), &workspace.look());
    let last = there.iter().filter_map(|item| item.number("position")).max().unwrap_or(0);
    let (routine, others): (Vec<&Proposal>, Vec<&Proposal>) =
        proposals.iter().copied().partition(|proposal| proposal.consent);
    let mut edits = Vec::new();
    for (place, proposal) in (last + 1..).zip(routine.into_iter().chain(others)) {
        let mut fields = match &proposal.carried_from {
            Some(item) => {
                let from = workspace.get(&MEETING, item.text("meeting").unwrap_or_default())?;
                carried(item, &from, meeting.id(), item.text("outcome_note").unwrap_or_default())
            }
            None => vec![
                ("meeting", Value::text(meeting.id())),
                ("title", Value::text(proposal.title.as_str())),
                ("asks", proposal.asks.into()),
                ("proposed", Value::text(proposal.proposed.as_str())),
                ("proposal", Value::text(proposal.proposal.as_str())),
                ("planned", Value::Number(proposal.minutes)),
                ("presenter", proposal.presenter.as_deref().map_or(Value::Empty, Value::text)),
                ("reason", Value::text(proposal.reason.as_str())),
                ("subject", proposal.subject.as_ref().map_or(Value::Empty, |subject| Value::text(subject.reference()))),
            ],
        };
        // What is carried over may be about a record that has gone since.
        if proposal.subject.is_none() {
            fields.retain(|(name, _)| *name != "subject");
        }
        fields.push(("section", if proposal.consent { CONSENT } else { DISCUSSION }.into()));
        fields.push(("position", Value::Number(place.min(9999))));
        edits.push(add(&AGENDA_ITEM, at, fields));
    }
    Ok(Step::new(format!("{}: {} put on the agenda", meeting.reference(), items_in_words(edits.len())), edits))
}

fn items_in_words(count: usize) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
}
