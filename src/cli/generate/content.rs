//! What is written in a made-up review: plausible enough to work with, and short, so that a large workspace stays small.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::names::{ACTIONS, AREAS, DECIDERS, JOBS, PATTERNS, RISKS};
use super::papers::Paper;
use super::random::Random;
use crate::policy::Policy;
use crate::record::decision::{ACCEPTANCE, APPROVE, REJECT, TIER, WAIVER};
use crate::record::{ACTION, CHECKLIST_ITEM, Kind, PACKET, REVIEW, RISK, Record, Value};
use crate::review::checklist_from;
use crate::review::decide::{self, Ask, Condition};
use crate::workspace::{Edit, Result};

/// What happens to a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A team hands it in.
    Intake,
    /// It goes to this stage.
    Stage(&'static str),
    /// The risks are written down.
    Risks,
    /// The checklists are worked.
    Checklists,
    /// The actions are given out.
    Actions,
    /// Documents are written.
    Write,
    /// They are read by somebody else.
    Read,
    /// Some are handed in again.
    Again,
    /// Some risks are mitigated, and documents approved.
    Work,
    /// The last touch.
    Last,
}

impl Step {
    /// The step to a stage.
    #[expect(clippy::unnecessary_wraps, reason = "so that it fits filter_map")]
    pub fn to(stage: &'static str) -> Option<Self> {
        Some(Self::Stage(stage))
    }
}

/// A new record's id, out of chance that can be repeated.
pub fn id(at: DateTime<Utc>, random: &mut Random) -> String {
    let mut bytes = [0_u8; 10];
    let (first, second) = (random.next().to_be_bytes(), random.next().to_be_bytes());
    bytes[..8].copy_from_slice(&first);
    bytes[8..].copy_from_slice(&second[..2]);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
}

/// What is said of a record.
pub type Fields = Vec<(&'static str, Value)>;

/// One review while it is lived through.
pub struct Case {
    pub(super) random: Random,
    pub(super) name: String,
    pub(super) system: String,
    pub(super) signal: Option<String>,
    pub(super) release: String,
    pub(super) papers: Vec<Paper>,
    pub(super) review: String,
    pub(super) packet: Record,
    pub(super) tier: &'static str,
    pub(super) end: &'static str,
    pub(super) reviewer: String,
    pub(super) requester: String,
    pub(super) people: Vec<String>,
    pub(super) risks: Vec<String>,
    pub(super) items: Vec<String>,
    pub(super) references: HashMap<String, String>,
    pub(super) decider: String,
}

impl Case {
    /// A review of a seed's programme, which stands at `end` in the end.
    pub fn new(seed: u64, number: u32, end: &'static str, people: &[String]) -> Self {
        let mut random = Random::new(seed, (u64::from(number) << 1) | 1);
        let pairs = AREAS.len() * JOBS.len();
        let at = usize::try_from(number).unwrap_or(0);
        // A step that shares no factor with the number of pairs goes through all of them before one comes again.
        let pair = at.wrapping_mul(147) % pairs;
        let again = if at < pairs { String::new() } else { format!(" {}", at / pairs + 1) };
        let name = format!("{} {}{again}", AREAS[pair % AREAS.len()], JOBS[pair / AREAS.len()]);
        // Those who decide own nothing: nobody decides about their own work.
        let (deciders, people) = people.split_at(DECIDERS.min(people.len()));
        let few: Vec<String> = (0..4).map(|_| random.of(people).clone()).collect();
        Self {
            name,
            system: String::new(),
            signal: None,
            release: String::new(),
            papers: Vec::new(),
            review: String::new(),
            packet: Record::empty(&PACKET),
            tier: *random.weighted(&[("minimal", 20), ("low", 30), ("medium", 32), ("high", 18)]),
            end,
            reviewer: random.of(people).clone(),
            requester: random.of(people).clone(),
            people: few,
            risks: Vec::new(),
            items: Vec::new(),
            references: HashMap::new(),
            decider: deciders.first().cloned().unwrap_or_default(),
            random,
        }
    }

    /// What one step writes: who does it, why, and the edits.
    ///
    /// # Errors
    /// Where a rule of the policy cannot be applied.
    pub fn step(
        &mut self,
        step: Step,
        at: DateTime<Utc>,
        policy: &Policy,
    ) -> Result<(String, Option<String>, Vec<Edit>)> {
        let mut why = None;
        let edits = match step {
            Step::Intake => self.intake(at, policy)?,
            Step::Stage(stage) => {
                why = Some(format!("Ready for {stage}"));
                self.move_to(stage, at)
            }
            Step::Risks => self.several(at, Self::risk),
            Step::Checklists => self.checklists(at, policy)?,
            Step::Actions => self.several(at, Self::action),
            Step::Write => self.write(at),
            Step::Read => self.read(),
            Step::Again => self.again(at),
            Step::Work => self.work(at),
            Step::Last => {
                let mut edits = vec![self.last()];
                edits.extend(self.session(at));
                edits
            }
        };
        let by = match step {
            Step::Intake | Step::Write | Step::Again => &self.requester,
            Step::Read | Step::Work | Step::Stage("triage" | "approved" | "approved with conditions" | "rejected") => {
                &self.decider
            }
            _ => &self.reviewer,
        };
        let by = by.clone();
        Ok((by, why, edits))
    }

    /// Six to fourteen of something, no two alike.
    fn several(&mut self, at: DateTime<Utc>, one: fn(&mut Self, usize, DateTime<Utc>) -> Edit) -> Vec<Edit> {
        let first = usize::try_from(self.random.between(0, 99)).unwrap_or(0);
        let count = usize::try_from(self.random.between(6, 14)).unwrap_or(0);
        (first..first + count).map(|number| one(self, number, at)).collect()
    }

    pub(super) fn someone(&mut self) -> Value {
        Value::text(self.random.of(&self.people).as_str())
    }

    pub(super) fn after(&mut self, day: NaiveDate, least: i64, most: i64) -> Value {
        let days = u64::try_from(self.random.between(least, most)).unwrap_or(0);
        day.checked_add_days(Days::new(days)).map_or(Value::Empty, Value::Day)
    }

    /// Remembers the references that new records will have: they are counted in the order of their adding.
    pub fn introduce(&mut self, id: &str, reference: String) {
        self.references.insert(id.to_owned(), reference);
    }

    /// A decision about one of the case's records.
    fn decide(
        &mut self,
        at: DateTime<Utc>,
        kind: &'static str,
        about: (Kind, &str),
        ask: impl Fn(&mut Ask),
    ) -> Vec<Edit> {
        let mut subject = Record::empty(about.0);
        subject.set("id", about.1);
        subject.set("ref", self.references.get(about.1).cloned().unwrap_or_default());
        subject.set("review", self.review.as_str());
        let mut asked = Ask::new(kind, Some(&subject), "By what is on record.");
        ask(&mut asked);
        let random = &mut self.random;
        decide::edits(&asked, &mut || id(at, random), &[], &|_| String::new())
    }

    fn move_to(&mut self, stage: &'static str, at: DateTime<Utc>) -> Vec<Edit> {
        let mut fields: Fields = vec![("stage", stage.into())];
        let review = (&REVIEW, self.review.clone());
        let (about, tier) = ((review.0, review.1.as_str()), self.tier);
        match stage {
            "triage" => {
                fields.push(("reviewer", self.reviewer.as_str().into()));
                let mut edits = vec![self.set(&REVIEW, fields)];
                edits.extend(self.decide(at, TIER, about, |ask| ask.outcome = tier.to_owned()));
                return edits;
            }
            "approved" => return self.decide(at, APPROVE, about, |_| {}),
            "rejected" => return self.decide(at, REJECT, about, |_| {}),
            "approved with conditions" => {
                let due_on = self.after(at.date_naive(), 10, 60).as_day();
                let text = "Report the first month's figures to the board".to_owned();
                let owner = Some(self.requester.clone());
                let condition = Condition { text, owner, due_on };
                return self.decide(at, APPROVE, about, |ask| ask.conditions = vec![condition.clone()]);
            }
            "assessment" if self.random.chance(30) => {
                fields.push(("waiting_on", (*self.random.of(&["evaluation results", "privacy", "the team"])).into()));
            }
            "decision" => fields.push(("waiting_on", Value::Empty)),
            "launched" => return self.launch(fields, at),
            "monitoring" => {
                let mut edits = vec![self.set(&REVIEW, fields)];
                edits.extend(self.watch(at));
                return edits;
            }
            _ => {}
        }
        vec![self.set(&REVIEW, fields)]
    }

    pub(super) fn set(&self, kind: Kind, fields: Fields) -> Edit {
        Edit::Set { kind, id: self.review.clone(), version: None, fields }
    }

    /// A share that depends on how far the review comes: in intake or triage, at work, decided, over.
    fn by_end(&self, shares: [i64; 4]) -> i64 {
        match self.end {
            "intake" | "triage" | "withdrawn" => shares[0],
            "assessment" | "mitigation" => shares[1],
            "decision" | "approved" | "approved with conditions" => shares[2],
            _ => shares[3],
        }
    }

    pub(super) fn risk(&mut self, number: usize, at: DateTime<Utc>) -> Edit {
        let (title, category, affected) = RISKS[number % RISKS.len()];
        let risk = id(at, &mut self.random);
        self.risks.push(risk.clone());
        let severity = *self.random.weighted(&[(1, 1), (2, 4), (3, 6), (4, 4), (5, 1)]);
        let likelihood = *self.random.weighted(&[(1, 2), (2, 5), (3, 6), (4, 3), (5, 1)]);
        let mut fields: Fields = vec![
            ("title", format!("{title} {}", self.name).into()),
            ("review", self.review.as_str().into()),
            ("category", category.into()),
            ("affected_groups", affected.into()),
            ("severity", Value::Number(severity)),
            ("likelihood", Value::Number(likelihood)),
            ("treatment", "mitigate".into()),
            ("owner", self.someone()),
            ("due_on", self.after(at.date_naive(), 10, 90)),
        ];
        if let Some((_, pattern)) = PATTERNS.iter().find(|(at, _)| *at == number % RISKS.len()) {
            fields.push(("pattern", (*pattern).into()));
        }
        if self.random.chance(40) {
            let statement = format!(
                "Because of how {} was made, {affected} may be treated worse, so that they lose out.",
                self.name
            );
            fields.push(("statement", statement.into()));
        }
        add(&RISK, risk, fields)
    }

    fn checklists(&mut self, at: DateTime<Utc>, policy: &Policy) -> Result<Vec<Edit>> {
        let mut edits = Vec::new();
        let fields = |template: &str, review: &str| vec![("review", review.into()), ("template", template.into())];
        for template in policy.checklists() {
            let wanted = match &template.when {
                Some(when) => when.holds(&crate::policy::Facts::of_packet(&self.packet)).unwrap_or(false),
                None => false,
            };
            if wanted {
                edits.extend(checklist_from(policy, template, &self.packet, at, &fields(&template.id, &self.review))?);
            }
        }
        let settled = self.by_end([8, 55, 90, 98]);
        // Ids too come from the seed: a checklist comes before its items, which name it.
        let mut checklist = String::new();
        for edit in &mut edits {
            let Edit::Add { kind, id: own, fields } = edit else { continue };
            *own = id(at, &mut self.random);
            if *kind == &crate::record::CHECKLIST {
                checklist.clone_from(own);
                continue;
            }
            if let Some((_, link)) = fields.iter_mut().find(|(name, _)| *name == "checklist") {
                *link = Value::text(checklist.as_str());
            }
            if self.random.chance(settled) {
                let status = *self.random.weighted(&[("pass", 86), ("not applicable", 9), ("fail", 4), ("open", 1)]);
                if status == "open" {
                    // To be waived when the work is done.
                    self.items.push(own.clone());
                    continue;
                }
                fields.push(("status", status.into()));
                if status != "pass" {
                    fields.push(("reason", "Seen in the evaluation report.".into()));
                }
            }
        }
        Ok(edits)
    }

    fn action(&mut self, number: usize, at: DateTime<Utc>) -> Edit {
        let (title, kind) = ACTIONS[number % ACTIONS.len()];
        let due = self.after(at.date_naive(), 3, 75);
        let closed = self.by_end([5, 40, 75, 94]);
        let mut fields: Fields = vec![
            ("title", format!("{title} {}", self.name).into()),
            ("kind", kind.into()),
            ("review", self.review.as_str().into()),
            ("severity", Value::Number(self.random.between(1, 5))),
            ("owner", self.someone()),
            ("due_on", due),
            ("launch_blocking", Value::Flag(self.random.chance(20))),
        ];
        if self.random.chance(closed) {
            fields.push(("status", "done".into()));
        } else if self.random.chance(30) {
            fields.push(("status", (*self.random.of(&["in progress", "in progress", "blocked"])).into()));
        }
        add(&ACTION, id(at, &mut self.random), fields)
    }

    /// Risks are mitigated, and a few accepted; documents are approved.
    fn work(&mut self, at: DateTime<Utc>) -> Vec<Edit> {
        let after = |days: u64| at.date_naive().checked_add_days(Days::new(days));
        let mut edits = Vec::new();
        for risk in self.risks.clone() {
            if !self.random.chance(self.by_end([0, 40, 85, 95])) {
                continue;
            }
            let mut fields: Fields = vec![
                ("residual_severity", self.random.between(1, 3).into()),
                ("residual_likelihood", self.random.between(1, 2).into()),
            ];
            let accepted = self.random.chance(12);
            if !accepted {
                let status = *self.random.weighted(&[("mitigated", 6), ("mitigating", 3), ("closed", 1)]);
                fields.push(("status", status.into()));
            }
            edits.push(Edit::Set { kind: &RISK, id: risk.clone(), version: None, fields });
            if accepted {
                edits.extend(self.decide(at, ACCEPTANCE, (&RISK, risk.as_str()), |ask| {
                    ask.rationale = "What remains is small; the board knows of it.".to_owned();
                    ask.expires_on = after(360);
                }));
            }
        }
        for item in std::mem::take(&mut self.items) {
            edits.extend(self.decide(at, WAIVER, (&CHECKLIST_ITEM, item.as_str()), |ask| {
                ask.control = "A person looks at each case until then.".to_owned();
                ask.expires_on = after(170);
            }));
        }
        edits.extend(self.approve_papers());
        edits
    }

    fn last(&mut self) -> Edit {
        let note = *self.random.of(&["Looked at in the weekly round.", "Nothing new.", "Asked the team how it goes."]);
        self.set(&REVIEW, vec![("notes", note.into())])
    }
}

/// A new record.
pub fn add(kind: Kind, id: String, fields: Fields) -> Edit {
    Edit::Add { kind, id, fields }
}
