//! The triage of a review as the screens show it: items to read and to go along, each with what its line opens.

use crate::policy::Policy;
use crate::record::{CHECKLIST, REVIEW, ROUTE, Record, Value};
use crate::review::suggest::{Suggestion, suggest};
use crate::review::triage::{self, Alike, Because, Duty, Legal, Need, Relation, Triage};
use crate::tui::theme::{Role, tier};
use crate::workspace::{Condition, Direction, Error, Query, Result, Workspace};

/// Similar cases that are shown, duplicates not counted.
const SIMILAR: usize = 5;

/// Suggested risks that are shown; the rest is one key away.
const SUGGESTED: usize = 8;

/// What a line opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nothing: it is there to be read.
    Nothing,
    /// The packet's form, at a field.
    Packet(&'static str),
    /// The form of the legal classification, at a field.
    Legal(&'static str),
    /// A record, by its id.
    Record(String),
    /// Another tab of the review.
    Tab(&'static str),
    /// What the triage asks for is written: the routes that are missing.
    Apply,
    /// The form of a new risk, filled with what the library's pattern with this id says.
    Pattern(String),
    /// All risks that the library suggests.
    Suggestions,
    /// The form of a signal that policy asks for.
    Signal {
        /// The system, by reference.
        system: String,
        /// The kind.
        kind: String,
    },
    /// What is proposed for an agenda is put on it: the record, or the title.
    Proposal(String),
}

impl Target {
    /// What tells it from others, where it is something to be opened or added: a record by its id.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Record(id) => Some(id.clone()),
            Self::Signal { system, kind } => Some(format!("{system}/{kind}")),
            _ => None,
        }
    }
}

/// A line, with what goes under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The heading above it, where it is the first of its part.
    pub heading: Option<String>,
    /// What it is about.
    pub label: String,
    /// What it says.
    pub text: String,
    /// How that looks.
    pub role: Role,
    /// What it opens.
    pub target: Target,
    /// Whether it stands on the right where there is room for two columns.
    pub right: bool,
}

/// The triage of a review, ready to be shown.
#[derive(Debug, Clone)]
pub struct Triaged {
    /// The lines.
    pub items: Vec<Item>,
}

/// Reads and triages a review.
///
/// # Errors
/// When it is not there, the file cannot be read, or a rule of the policy cannot be applied.
pub fn read(workspace: &Workspace, policy: &Policy, id: &str, today: chrono::NaiveDate) -> Result<Triaged> {
    let case = triage::inputs(workspace, workspace.get(&REVIEW, id)?)?;
    let assessed = case.case(policy).assess().map_err(|error| Error::Policy(error.to_string()))?;
    let of_review = |kind| -> Result<Vec<Record>> {
        let query = Query::all(kind).with(Condition::Is("review", Value::text(id)));
        let rows = workspace.page(&query, None, Direction::After, 200)?.rows;
        Ok(rows.into_iter().map(|row| row.record).collect())
    };
    let there = There { routes: of_review(&ROUTE)?, checklists: of_review(&CHECKLIST)? };
    let alike = triage::alike(workspace, &case, SIMILAR)?;
    let suggested = suggest(workspace, policy, &case.review)?;
    Ok(Triaged { items: Lines::of(policy, &assessed, &there, &alike, &suggested, today) })
}

/// What the review has already.
struct There {
    routes: Vec<Record>,
    checklists: Vec<Record>,
}

/// Items under construction.
struct Lines {
    items: Vec<Item>,
    heading: Option<String>,
    right: bool,
}

impl Lines {
    fn of(
        policy: &Policy,
        triage: &Triage,
        there: &There,
        alike: &[Alike],
        suggested: &[Suggestion],
        today: chrono::NaiveDate,
    ) -> Vec<Item> {
        let mut items = Self { items: Vec::new(), heading: None, right: false };
        items.cases(alike, Relation::Duplicate, "Perhaps the same, handed in twice");
        items.tier(policy, triage);
        items.missing(triage);
        items.routes(triage, there);
        items.needs("Documents needed", &triage.documents, |_| (String::new(), Target::Nothing));
        items.needs("Checklists needed", &triage.checklists, |id| {
            let started = there.checklists.iter().any(|checklist| checklist.text("template") == Some(id));
            (if started { "started. " } else { "not started. " }.to_owned(), Target::Tab("Checklist"))
        });
        items.suggestions(suggested);
        items.right = true;
        if let Some(legal) = &triage.legal {
            items.legal(legal, today);
        }
        items.cases(alike, Relation::SameSystem, "Other reviews of the same system");
        items.cases(alike, Relation::Similar, "Similar cases");
        if alike.is_empty() {
            items.begin("Similar cases");
            items.add("", "No other review resembles it.", Role::Dim, Target::Nothing);
        }
        items.items
    }

    fn begin(&mut self, heading: impl Into<String>) {
        self.heading = Some(heading.into());
    }

    fn add(&mut self, label: &str, text: impl Into<String>, role: Role, target: Target) {
        self.items.push(Item {
            heading: self.heading.take(),
            label: label.to_owned(),
            text: text.into(),
            role,
            target,
            right: self.right,
        });
    }

    fn tier(&mut self, policy: &Policy, triage: &Triage) {
        self.begin("Tier");
        let proposed = triage.proposed_tier;
        let words = proposed.unwrap_or("none yet: nothing was said");
        self.add("Proposed", words, proposed.map_or(Role::Dim, tier), Target::Packet(""));
        let decided = triage.tier.as_deref();
        self.add("Decided", decided.unwrap_or("not yet"), decided.map_or(Role::Warn, tier), Target::Nothing);
        self.begin("Why this tier");
        for because in &triage.because {
            let target = rule_target(policy, &because.rule);
            self.add(because.tier.unwrap_or_default(), why(because), because.tier.map_or(Role::Text, tier), target);
        }
        if triage.because.is_empty() {
            let words = match proposed {
                Some(_) => "No rule fired; this is what the policy proposes then.",
                None => "Answer the packet first.",
            };
            self.add(proposed.unwrap_or_default(), words, Role::Dim, Target::Packet(""));
        }
        if !triage.may_rise.is_empty() {
            self.begin("Not answered, and may raise the tier");
        }
        for open in &triage.may_rise {
            self.add(open.label, format!("up to {}", open.up_to), Role::Warn, Target::Packet(open.field));
        }
    }

    fn missing(&mut self, triage: &Triage) {
        self.begin(format!("Required answers: {} of {}", triage.answered, triage.required));
        if triage.missing.is_empty() {
            let (words, role) =
                if triage.required == 0 { ("None is required.", Role::Dim) } else { ("All are there.", Role::Good) };
            self.add("", words, role, Target::Packet(""));
        }
        for missing in &triage.missing {
            let text = format!("missing. {}{}", missing.reason, reference(missing.reference.as_ref()));
            self.add(missing.label, text, Role::Warn, Target::Packet(missing.field));
        }
    }

    fn routes(&mut self, triage: &Triage, there: &There) {
        if triage.routes.is_empty() {
            return;
        }
        self.begin("Who must look");
        for route in &triage.routes {
            let asked = there.routes.iter().find(|known| known.text("function") == Some(&route.function));
            let reasons = route.because.iter().map(why).collect::<Vec<_>>().join(" ");
            let (words, role, target) = match asked {
                Some(known) => {
                    let status = known.text("status").unwrap_or_default();
                    // Somebody said that nobody need look, and a rule says otherwise.
                    let (status, role) = match status {
                        "not needed" => ("is marked not needed, though a rule asks for it", Role::Warn),
                        _ if known.kind().is_closed(known) => (status, Role::Good),
                        _ => (status, Role::Text),
                    };
                    (format!("{} {status}. {reasons}", known.reference()), role, Target::Record(known.id().to_owned()))
                }
                None => (format!("not asked; has {} days. {reasons}", route.days), Role::Warn, Target::Apply),
            };
            self.add(&route.function, words, role, target);
        }
    }

    fn needs(&mut self, heading: &str, needs: &[Need], state: impl Fn(&str) -> (String, Target)) {
        if needs.is_empty() {
            return;
        }
        self.begin(heading);
        for need in needs {
            let (words, target) = state(&need.what);
            let reasons = need.because.iter().map(why).collect::<Vec<_>>().join(" ");
            self.add(&need.title, format!("{words}{reasons}"), Role::Text, target);
        }
    }

    /// The first risks that the library suggests and nobody recorded, with the reason; what is recorded stands in the
    /// register.
    fn suggestions(&mut self, suggested: &[Suggestion]) {
        if suggested.is_empty() {
            return;
        }
        let new: Vec<&Suggestion> = suggested.iter().filter(|one| one.present.is_empty()).collect();
        self.begin(format!("Risks to think of: {} of {} not recorded", new.len(), suggested.len()));
        for suggestion in new.iter().take(SUGGESTED) {
            let pattern = &suggestion.pattern;
            let text = format!("{}. {}", pattern.title, pattern.why);
            let level = suggestion.level.as_deref().unwrap_or_default();
            self.add(level, text, Role::Text, Target::Pattern(pattern.id.clone()));
        }
        let words = match new.len().saturating_sub(SUGGESTED) {
            0 => "All that the library suggests.".to_owned(),
            more => format!("{more} more, and those that are recorded."),
        };
        self.add("", words, Role::Dim, Target::Suggestions);
    }

    fn legal(&mut self, legal: &Legal, today: chrono::NaiveDate) {
        self.begin(format!("Under the law: {}", legal.title));
        self.add("Outcome", legal.outcome, outcome_role(legal.outcome), Target::Legal(""));
        for reason in &legal.reasons {
            let mark = if reason.confirmed { "" } else { " (not confirmed)" };
            self.add("", format!("{} [{}]{mark}", reason.text, reason.article), Role::Text, Target::Legal(""));
        }
        if legal.recorded {
            for gap in &legal.missing {
                self.add(gap.label, format!("missing. {}", gap.asks), Role::Warn, Target::Legal(gap.field));
            }
            for gap in &legal.open {
                let text = format!("open; may change the duties. {}", gap.asks);
                self.add(gap.label, text, Role::Dim, Target::Legal(gap.field));
            }
        } else {
            let words = format!("nothing is answered yet; the outcome rests on {} answers.", legal.missing.len());
            self.add("Classification", words, Role::Warn, Target::Legal(""));
        }
        for remark in legal.remarks.iter().filter(|remark| !remark.starts_with("No classification is recorded")) {
            self.add("Note", remark.as_str(), Role::Dim, Target::Legal(""));
        }
        if !legal.duties.is_empty() {
            self.begin("Duties");
        }
        for duty in &legal.duties {
            self.add(&duty.article, duty_words(duty, today), Role::Text, Target::Nothing);
        }
        self.add("", legal.caveat, Role::Dim, Target::Nothing);
    }

    fn cases(&mut self, alike: &[Alike], relation: Relation, heading: &str) {
        let of: Vec<&Alike> = alike.iter().filter(|alike| alike.relation == relation).collect();
        if of.is_empty() {
            return;
        }
        self.begin(heading);
        let role = if relation == Relation::Duplicate { Role::Bad } else { Role::Text };
        for case in of {
            let review = &case.review;
            let tier = review.text("tier").or(review.text("proposed_tier")).unwrap_or("no tier");
            let stage = review.text("stage").unwrap_or_default();
            let words = format!("{} · {tier} · {stage}. {}", crate::text::line(review.title()), case.reason());
            self.add(review.reference(), words, role, Target::Record(review.id().to_owned()));
            for (label, records) in [("ended with risk", &case.risks), ("with mitigation", &case.mitigations)] {
                for record in records {
                    let words = format!("{} {}", record.reference(), crate::text::line(record.title()));
                    self.add(&format!("  {label}"), words, Role::Dim, Target::Record(record.id().to_owned()));
                }
            }
        }
    }
}

/// The first field that a rule of tiers asks about.
fn rule_target(policy: &Policy, rule: &str) -> Target {
    let Some(rule) = policy.tier_rules().iter().find(|known| known.id == rule) else { return Target::Nothing };
    let packet = rule.when.packet_fields().find(|field| field.is_editable());
    let legal = || rule.when.legal_fields().next().map_or(Target::Nothing, |field| Target::Legal(field.name));
    packet.map_or_else(legal, |field| Target::Packet(field.name))
}

fn reference(reference: Option<&String>) -> String {
    reference.map(|reference| format!(" [{reference}]")).unwrap_or_default()
}

fn why(because: &Because) -> String {
    format!("{}{} ({})", because.reason, reference(because.reference.as_ref()), because.rule)
}

fn outcome_role(outcome: &str) -> Role {
    match outcome {
        "prohibited" => Role::TierProhibited,
        "minimal" => Role::TierMinimal,
        outcome if outcome.starts_with("high-risk") => Role::TierHigh,
        crate::record::legal::UNDECIDED => Role::Warn,
        _ => Role::TierMedium,
    }
}

fn duty_words(duty: &Duty, today: chrono::NaiveDate) -> String {
    let when = if duty.valid_from <= today { "since" } else { "from" };
    let until = duty.valid_to.map(|day| format!(" until {day}")).unwrap_or_default();
    let launch = if duty.at_launch == Some(false) { ", after the planned launch" } else { "" };
    let to = if duty.role_open { format!(", if we are {}", duty.to.join(" or ")) } else { String::new() };
    let mark = if duty.confirmed { "" } else { " Not confirmed." };
    let note = duty.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
    format!("{when} {}{until}{launch}{to}. {}{mark}{note}", duty.valid_from, duty.title)
}

impl Triaged {
    /// The item at a place, as far as there are so many.
    #[must_use]
    pub fn item(&self, at: usize) -> Option<&Item> {
        self.items.get(at.min(self.items.len().saturating_sub(1)))
    }

    /// The place of the first item that opens a record.
    #[must_use]
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|item| matches!(&item.target, Target::Record(known) if known == id))
    }
}

/// What is said where a line opens nothing.
pub const NOTHING: &str = "This line is there to be read; other lines open an answer, a route or a case.";

#[cfg(test)]
mod tests;
