//! What is written in a made-up review: plausible enough to work with, and short, so that a large workspace stays small.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::random::Random;
use crate::policy::Policy;
use crate::record::decision::{ACCEPTANCE, APPROVE, REJECT, TIER, WAIVER};
use crate::record::packet::{DOMAINS, MODEL_TYPES, PROVIDERS};
use crate::record::{
    ACTION, ALERT, CHECKLIST_ITEM, Kind, PACKET, RELEASE, REVIEW, RISK, Record, SIGNAL, SURVEY, SYSTEM, Value,
};
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
    /// Some risks are mitigated.
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

/// How many of the people decide; they own nothing.
const DECIDERS: usize = 2;

/// The roles of those who decide.
pub const ROLES: [&str; 4] = ["specialist", "RAI lead", "governance forum", "executive"];

/// Whether this one of [`PEOPLE`] decides.
pub fn decides(name: &str) -> bool {
    PEOPLE.iter().take(DECIDERS).any(|decider| *decider == name)
}

/// Who works here.
pub const PEOPLE: &[&str] = &[
    "Mara Lindqvist",
    "Tomas Okafor",
    "Ines Ferreira",
    "Yuki Tanaka",
    "Priya Raman",
    "Daniel Weiss",
    "Aisha Bello",
    "Marek Novak",
    "Chloe Martin",
    "Ravi Menon",
    "Sofia Rossi",
    "Jonas Berg",
    "Leila Haddad",
    "Owen Clarke",
    "Nadia Petrov",
    "Hugo Silva",
    "Mei Chen",
    "Karim Aziz",
    "Elena Popescu",
    "Lucas Meyer",
    "Fatima Noor",
    "Pavel Dvorak",
    "Amelia Wright",
    "Diego Torres",
    "Hana Kim",
    "Viktor Orlov",
    "Grace Mensah",
    "Felix Braun",
    "Zara Malik",
    "Anton Vogel",
];

/// Where they work.
pub const TEAMS: &[&str] =
    &["Claims", "Hiring", "Payments", "Support", "Search", "Marketing", "Lending", "Logistics", "Clinical", "Platform"];

const AREAS: &[&str] = &[
    "Claims",
    "Résumé",
    "Invoice",
    "Loan",
    "Support",
    "Fraud",
    "Churn",
    "Pricing",
    "Document",
    "Image",
    "Voice",
    "Route",
    "Inventory",
    "Returns",
    "Warranty",
    "Patient",
    "Catalogue",
    "Contract",
    "Review",
    "Traffic",
    "Energy",
    "Safety",
];

const JOBS: &[&str] = &[
    "triage",
    "ranking",
    "summaries",
    "assistant",
    "forecast",
    "matching",
    "moderation",
    "extraction",
    "scoring",
    "translation",
    "routing",
    "detection",
    "recommendations",
    "search",
    "drafting",
    "classification",
    "planner",
];

const RISKS: &[(&str, &str, &str)] = &[
    ("Proxy for age in", "fairness", "older people"),
    ("Lower accuracy for accented speech in", "fairness", "people with an accent"),
    ("Unequal error rates by sex in", "fairness", "women"),
    ("Invented facts in answers of", "reliability & safety", "customers"),
    ("Silent failure when a source is missing in", "reliability & safety", "staff"),
    ("Drift after a change of season in", "reliability & safety", "customers"),
    ("Personal data in logs of", "privacy & security", "customers"),
    ("Prompt injection through documents in", "privacy & security", "customers"),
    ("Training data kept longer than agreed for", "privacy & security", "former customers"),
    ("People not told that they deal with", "transparency", "applicants"),
    ("No reason given for outcomes of", "transparency", "applicants"),
    ("No owner for complaints about", "accountability", "affected people"),
    ("Screen readers cannot use", "inclusiveness", "blind users"),
    ("Abuse to write spam through", "misuse & abuse", "the public"),
    ("Scraping of answers of", "misuse & abuse", "the company"),
    ("Reviewers approve without looking in", "human oversight", "applicants"),
    ("No way to stop", "human oversight", "affected people"),
];

const ACTIONS: &[(&str, &str)] = &[
    ("Re-run the slices with age bands for", "mitigation"),
    ("Add the limits to the model card of", "mitigation"),
    ("Mask names before ranking in", "mitigation"),
    ("Ask the vendor for test results of", "information request"),
    ("Attach the evaluation report of", "evidence"),
    ("Agree on an alert route for", "condition"),
    ("Write the notice for users of", "condition"),
    ("Check the retention of logs of", "follow-up"),
    ("Train the first line on", "follow-up"),
    ("Add a test for prompt injection to", "control improvement"),
    ("Put a threshold on the score of", "mitigation"),
    ("Explain outcomes to applicants of", "mitigation"),
    ("Log who overrides", "control improvement"),
    ("Collect complaints about", "follow-up"),
    ("Measure latency at peak of", "evidence"),
];

/// A new record's id, out of chance that can be repeated.
pub fn id(at: DateTime<Utc>, random: &mut Random) -> String {
    let mut bytes = [0_u8; 10];
    let (first, second) = (random.next().to_be_bytes(), random.next().to_be_bytes());
    bytes[..8].copy_from_slice(&first);
    bytes[8..].copy_from_slice(&second[..2]);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
}

type Fields = Vec<(&'static str, Value)>;

/// One review while it is lived through.
pub struct Case {
    random: Random,
    name: String,
    system: String,
    signal: Option<String>,
    review: String,
    packet: Record,
    tier: &'static str,
    end: &'static str,
    reviewer: String,
    requester: String,
    people: Vec<String>,
    risks: Vec<String>,
    items: Vec<String>,
    references: HashMap<String, String>,
    decider: String,
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
            Step::Intake => self.intake(at),
            Step::Stage(stage) => {
                why = Some(format!("Ready for {stage}"));
                self.move_to(stage, at)
            }
            Step::Risks => self.several(at, Self::risk),
            Step::Checklists => self.checklists(at, policy)?,
            Step::Actions => self.several(at, Self::action),
            Step::Work => self.work(at),
            Step::Last => vec![self.last()],
        };
        let by = match step {
            Step::Intake => &self.requester,
            Step::Work | Step::Stage("triage" | "approved" | "approved with conditions" | "rejected") => &self.decider,
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

    fn someone(&mut self) -> Value {
        Value::text(self.random.of(&self.people).as_str())
    }

    fn after(&mut self, day: NaiveDate, least: i64, most: i64) -> Value {
        let days = u64::try_from(self.random.between(least, most)).unwrap_or(0);
        day.checked_add_days(Days::new(days)).map_or(Value::Empty, Value::Day)
    }

    fn intake(&mut self, at: DateTime<Utc>) -> Vec<Edit> {
        let random = &mut self.random;
        let (system, review, packet) = (id(at, random), id(at, random), id(at, random));
        let model_type = *random.weighted(&[("classical ML", 30), ("prompted LLM", 12), ("RAG", 10), ("vision", 8)]);
        let model_type = if random.chance(35) { *random.of(MODEL_TYPES) } else { model_type };
        let provider = *random.of(PROVIDERS);
        let team = *random.of(TEAMS);
        let submitted = at.date_naive();
        self.packet = self.answers(model_type, provider);
        self.packet.set("review", review.as_str());
        self.review.clone_from(&review);
        self.system.clone_from(&system);
        let system_fields: Fields = vec![
            ("name", self.name.as_str().into()),
            ("summary", format!("{} for the team {team}.", self.name).into()),
            ("product_area", (*self.random.of(TEAMS)).into()),
            ("team", team.into()),
            ("business_owner", self.requester.as_str().into()),
            ("technical_owner", self.someone()),
            ("lifecycle", (*self.random.of(&["development", "pilot", "production"])).into()),
            ("model_type", model_type.into()),
            ("model_provider", provider.into()),
            ("model_version", format!("{}.{}", self.random.between(1, 4), self.random.between(0, 9)).into()),
        ];
        let review_fields: Fields = vec![
            ("title", self.name.as_str().into()),
            ("system", system.as_str().into()),
            ("kind", (*self.random.weighted(&[("launch", 6), ("change", 3), ("periodic", 2), ("incident", 1)])).into()),
            ("priority", (*self.random.weighted(&[("urgent", 1), ("high", 3), ("normal", 10), ("low", 3)])).into()),
            ("requester", self.requester.as_str().into()),
            ("submitted_at", submitted.into()),
            ("target_on", self.after(submitted, 20, 70)),
            ("launch_on", self.after(submitted, 60, 160)),
        ];
        let packet_fields: Fields = self
            .packet
            .fields()
            .filter(|(field, value)| field.is_editable() && !value.is_empty())
            .map(|(field, value)| (field.name, value.clone()))
            .collect();
        vec![
            add(&SYSTEM, system, system_fields),
            add(&REVIEW, review, review_fields),
            add(&PACKET, packet, packet_fields),
        ]
    }

    /// What the team says; about a fifth of it left out.
    fn answers(&mut self, model_type: &str, provider: &str) -> Record {
        let name = self.name.clone();
        let random = &mut self.random;
        let mut packet = Record::empty(&PACKET);
        let domain = if random.chance(60) { "other" } else { *random.of(DOMAINS) };
        let said: [(&'static str, String); 19] = [
            ("use_case", format!("{name}, so that cases are handled sooner.")),
            ("intended_use", "By trained staff, on cases of this product.".to_owned()),
            ("out_of_scope_use", "Decisions without a person.".to_owned()),
            ("users", "Case workers.".to_owned()),
            ("affected_people", "Customers whose case it is.".to_owned()),
            ("decision_role", (*random.of(&["informs", "assists", "assists", "decides with review"])).to_owned()),
            ("domain", domain.to_owned()),
            (
                "declared_impact",
                (*random.of(&["neither", "neither", "rights-impacting", "safety-impacting"])).to_owned(),
            ),
            ("data_sources", "Cases of the last three years.".to_owned()),
            ("personal_data", (*random.of(&["none", "personal", "personal", "special category"])).to_owned()),
            ("training_data_provenance", "Own cases, with consent.".to_owned()),
            ("lawful_basis", "Contract.".to_owned()),
            ("retention", "Two years.".to_owned()),
            ("model_type", model_type.to_owned()),
            ("model_provider", provider.to_owned()),
            ("exposure", (*random.of(&["internal", "internal", "customers", "public"])).to_owned()),
            ("human_oversight", (*random.of(&["before action", "after action", "override"])).to_owned()),
            ("fallback", "The queue as it was before.".to_owned()),
            ("monitoring_plan", "Error rates each week, by the team.".to_owned()),
        ];
        for (field, answer) in said {
            if random.chance(82) {
                packet.set(field, answer);
            }
        }
        packet.set("geography", Value::List(vec![(*random.of(&["EU", "US", "UK", "JP"])).to_owned()]));
        packet
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
                edits.extend(self.alert(at));
                return edits;
            }
            _ => {}
        }
        vec![self.set(&REVIEW, fields)]
    }

    /// The release goes live, watched or not, and the team says what it thought of the review.
    fn launch(&mut self, mut fields: Fields, at: DateTime<Utc>) -> Vec<Edit> {
        let day = at.date_naive();
        let random = &mut self.random;
        let (release, signal, survey) = (id(at, random), id(at, random), id(at, random));
        let (watched, routed, asked) = (random.chance(85), random.chance(92), random.chance(60));
        let score = *random.weighted(&[(2, 1), (3, 3), (4, 8), (5, 5)]);
        let of_release =
            vec![("system", Value::text(self.system.as_str())), ("name", "1.0".into()), ("launched_on", day.into())];
        let mut edits = vec![Edit::Add { kind: &RELEASE, id: release.clone(), fields: of_release }];
        fields.push(("release", Value::text(release)));
        edits.push(self.set(&REVIEW, fields));
        if watched {
            let of_signal = vec![
                ("name", Value::text(format!("Share of wrong answers of {}", self.name))),
                ("system", Value::text(self.system.as_str())),
                ("kind", "performance".into()),
                ("threshold", "0.1".into()),
                ("owner", self.someone()),
                ("alert_route", if routed { "#alerts".into() } else { Value::Empty }),
                ("status", "live".into()),
            ];
            edits.push(Edit::Add { kind: &SIGNAL, id: signal.clone(), fields: of_signal });
            self.signal = Some(signal);
        }
        if asked {
            let of_survey = vec![
                ("review", Value::text(self.review.as_str())),
                ("given_on", day.into()),
                ("score", Value::Number(score)),
            ];
            edits.push(Edit::Add { kind: &SURVEY, id: survey, fields: of_survey });
        }
        edits
    }

    /// An alert that somebody answered, now and then.
    fn alert(&mut self, at: DateTime<Utc>) -> Option<Edit> {
        let random = &mut self.random;
        let (alert, hours, answered) = (id(at, random), random.between(2, 200), random.between(1, 100));
        let signal = self.signal.clone().filter(|_| self.random.chance(40))?;
        let raised = at - chrono::TimeDelta::hours(hours);
        let fields = vec![
            ("signal", Value::text(signal)),
            ("raised_at", raised.into()),
            ("value", "0.12".into()),
            ("acknowledged_at", (raised + chrono::TimeDelta::minutes(hours * 60 * answered / 100)).into()),
            ("disposition", "confirmed".into()),
        ];
        Some(Edit::Add { kind: &ALERT, id: alert, fields })
    }

    fn set(&self, kind: Kind, fields: Fields) -> Edit {
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

    fn risk(&mut self, number: usize, at: DateTime<Utc>) -> Edit {
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

    /// Risks are mitigated, and a few accepted.
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
        edits
    }

    fn last(&mut self) -> Edit {
        let note = *self.random.of(&["Looked at in the weekly round.", "Nothing new.", "Asked the team how it goes."]);
        self.set(&REVIEW, vec![("notes", note.into())])
    }
}

fn add(kind: Kind, id: String, fields: Fields) -> Edit {
    Edit::Add { kind, id, fields }
}
