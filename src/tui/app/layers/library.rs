//! What the library, the templates and the frameworks offer: suggested risks, usual mitigations, a checklist's renewal, and
//! the coverage of frameworks down to the items. Lists to choose from; what is chosen opens where it is worked on.

use std::collections::HashMap;

use super::choose::{Choose, Take};
use super::differs::Differs;
use crate::policy::Pattern;
use crate::record::{RISK, Record, as_typed};
use crate::review::coverage::{Coverage, Covered, State};
use crate::review::renew::{Fate, Renewal};
use crate::review::suggest::{Mitigation, Suggestion, drawn_from};
use crate::review::triage::{Sign, Told};
use crate::text;
use crate::tui::app::message::Message;
use crate::tui::app::{reads, writes};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::Label;

fn chosen(title: String, choices: Vec<Choice>, take: Take) -> Message {
    Message::Push(Box::new(Choose::new(Picker::new(title, choices), take)))
}

/// Risks that the library suggests for a review. One that is recorded opens; another opens the form of a new risk, filled
/// with what the pattern says.
#[must_use]
pub fn suggestions(review: &Record, found: Vec<Suggestion>, read_only: bool) -> Message {
    if found.is_empty() {
        return Message::Say(format!(
            "No pattern of the library speaks of the packet of {}; answer more of it",
            review.reference()
        ));
    }
    let choices = found.iter().map(|suggestion| suggestion_choice(suggestion, read_only)).collect();
    let new = found.iter().filter(|suggestion| suggestion.present.is_empty()).count();
    let title = format!("Risks to think of in {}: {new} of {} not recorded", review.reference(), found.len());
    let reference = review.reference().to_owned();
    let take: Take = Box::new(move |places, _, _| {
        let Some(suggestion) = places.first().and_then(|at| found.get(*at)) else { return Vec::new() };
        if let Some(risk) = suggestion.present.first() {
            return vec![Message::OpenNamed(risk.reference().to_owned())];
        }
        vec![from_pattern(&suggestion.pattern, &reference)]
    });
    chosen(title, choices, take)
}

/// The form of a new risk of a review, filled with what a pattern says.
#[must_use]
pub fn from_pattern(pattern: &Pattern, review: &str) -> Message {
    let mut given = vec![("review", review.to_owned())];
    for (name, value) in drawn_from(pattern) {
        let typed = RISK.field(name).map(|field| as_typed(field, &value, &|_| None));
        given.extend(typed.map(|typed| (name, typed)));
    }
    Message::AddTo(&RISK, given, "statement")
}

fn suggestion_choice(suggestion: &Suggestion, read_only: bool) -> Choice {
    let pattern = &suggestion.pattern;
    let there: Vec<&str> = suggestion.present.iter().map(Record::reference).collect();
    let tail = if there.is_empty() { suggestion.level.clone().unwrap_or_default() } else { there.join(", ") };
    let why_not = (read_only && there.is_empty()).then(|| "The workspace is read-only.".to_owned());
    let lead = if there.is_empty() { String::new() } else { "recorded".to_owned() };
    // Where there is room, why it stands where it does comes after why it is suggested.
    let about = format!("{} {}", pattern.why, suggestion.because);
    Choice { lead, tail, why_not, ..Choice::new(pattern.title.as_str()).about(about.trim_end()) }
}

/// What is usually done about a risk; what is marked becomes actions.
#[must_use]
pub fn mitigations(risk: Record, found: Vec<Mitigation>) -> Message {
    if found.is_empty() {
        return Message::Say(format!("{} was not drawn from the library, or its pattern names none", risk.reference()));
    }
    let choices = found.iter().map(|one| {
        let why_not = one.action.as_ref().map(|action| format!("{action} does it already."));
        let tail = one.action.clone().unwrap_or_default();
        Choice { tail, why_not, ..Choice::new(one.text.as_str()) }
    });
    let title = format!("Make actions for {}: Tab marks", risk.reference());
    let picker = Picker::new(title, choices.collect()).many();
    let take: Take = Box::new(move |places, _, ctx| {
        let wanted: Vec<Mitigation> = places.iter().filter_map(|at| found.get(*at)).cloned().collect();
        if ctx.read_only {
            return vec![Message::Complain("The workspace is read-only; nothing can be changed here.".to_owned())];
        }
        vec![Message::Ask(vec![writes::mitigate(&risk, wanted, ctx)])]
    });
    Message::Push(Box::new(Choose::new(picker, take)))
}

/// What comes of bringing a checklist to its template, with the question whether to.
#[must_use]
pub fn renewal(found: Renewal, me: &str) -> Message {
    let (reference, to) = (found.checklist.reference().to_owned(), found.to);
    if !found.is_needed() {
        return Message::Say(format!("{reference} is up to date, at version {to} of its template"));
    }
    let title = if found.from == to {
        format!("{reference}: what the packet calls for now")
    } else {
        format!("{reference}: version {} to {to}", found.from)
    };
    let question = format!("{}. Verdicts of unchanged items stay. Renew it?", found.in_words());
    let told = found
        .items
        .iter()
        .filter_map(|item| {
            let sign = match item.fate {
                Fate::Added => Sign::Comes,
                Fate::Changed => Sign::Changes,
                Fate::Gone => Sign::Goes,
                Fate::Unchanged => return None,
            };
            let was = if item.status == "open" { String::new() } else { format!(" (was {})", item.status) };
            let what = if item.what.is_empty() { String::new() } else { format!(" [{}]", item.what) };
            let text = format!("{}: {}{was}{what}", text::line(&item.code), text::line(&item.text));
            Some(Told { sign, text })
        })
        .collect();
    let yes = Message::Ask(vec![writes::renew(found, me)]);
    Message::Push(Box::new(Differs::new(title, question, told, yes)))
}

/// How the frameworks stand. One opens by its requirements.
#[must_use]
pub fn frameworks(found: Vec<Coverage>, system: Option<&Record>) -> Message {
    let choices = found
        .iter()
        .map(|coverage| {
            let assessed = coverage.requirements.iter().filter(|one| one.state < State::NeverAssessed).count();
            let about = format!("{}; checked {}", coverage.version, coverage.checked_on);
            let tail = format!("{assessed} of {} assessed", coverage.requirements.len());
            let lead = match coverage.count(State::Failed) {
                0 => String::new(),
                failed => format!("{failed} failed"),
            };
            Choice { lead, tail, ..Choice::new(coverage.title.as_str()).about(about) }
        })
        .collect();
    let of = system.map_or_else(
        || "the programme".to_owned(),
        |system| format!("{} {}", system.reference(), text::fit(&text::line(system.title()), 40)),
    );
    let title = format!("Coverage of {of}");
    let system = system.map(|system| system.id().to_owned());
    let take: Take = Box::new(move |places, _, _| {
        let one = places.first().and_then(|at| found.get(*at));
        one.map(|coverage| requirements(coverage, &of, system.clone())).into_iter().collect()
    });
    chosen(title, choices, take)
}

/// How each requirement of a framework stands. One opens the items that its controls are served by.
fn requirements(coverage: &Coverage, of: &str, system: Option<String>) -> Message {
    let rows: Vec<Covered> = coverage.requirements.clone();
    let choices = rows
        .iter()
        .map(|one| {
            let controls: Vec<&str> = one.controls.iter().map(|control| control.control.as_str()).collect();
            let why_not = controls.is_empty().then(|| "No control answers to it.".to_owned());
            let mark = if one.confirmed { "" } else { " (not confirmed)" };
            let label = format!("{}  {}{mark}", one.id, one.summary);
            let choice = Choice::new(label).about(controls.join(", "));
            Choice { lead: one.state.word().to_owned(), why_not, ..choice }
        })
        .collect();
    let title = format!("{}, {of}: {}", coverage.title, coverage.in_words());
    let take: Take = Box::new(move |places, _, _| {
        let Some(one) = places.first().and_then(|at| rows.get(*at)) else { return Vec::new() };
        let controls = one.controls.iter().map(|control| control.control.clone()).collect();
        vec![Message::Ask(vec![reads::serving(one.id.clone(), controls, system.clone())])]
    });
    chosen(title, choices, take)
}

/// The checklist items that serve controls. One opens its record.
#[must_use]
pub fn items(requirement: &str, items: &[Record], labels: &HashMap<String, Label>) -> Message {
    if items.is_empty() {
        return Message::Say(format!("{requirement}: no checklist has an item for its controls yet"));
    }
    let rows: Vec<String> = items.iter().map(|item| item.reference().to_owned()).collect();
    let choices = items
        .iter()
        .map(|item| {
            let review = item.text("review").and_then(|id| labels.get(id)).map(Label::shown).unwrap_or_default();
            let lead = item.text("status").unwrap_or("open").to_owned();
            let label = format!("{}  {}", item.text("code").unwrap_or_default(), text::line(item.title()));
            Choice { lead, ..Choice::new(label).about(text::line(&review)) }
        })
        .collect();
    let take: Take = Box::new(move |places, _, _| {
        places.first().and_then(|at| rows.get(*at)).map(|row| Message::OpenNamed(row.clone())).into_iter().collect()
    });
    chosen(format!("Items for {}", text::line(requirement)), choices, take)
}
