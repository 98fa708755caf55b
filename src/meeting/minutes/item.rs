//! One item in the minutes: what it was about, who was out, how it was voted, what was decided, what was said.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{Section, name_of, quoted, section};
use crate::meeting::board::Held;
use crate::meeting::seconds;
use crate::record::meeting::{ABSTAIN, AGAINST, BY_NAME, DISCUSS, IN_FAVOUR};
use crate::record::{Look, Record};
use crate::text::{line, markdown};

pub(super) fn section_text(held: &Held, look: &dyn Look, now: DateTime<Utc>) -> String {
    let mut text = String::new();
    facts(&mut text, held, look, now);
    for motion in &held.motions {
        let votes = held.votes.get(motion.id()).map(Vec::as_slice).unwrap_or_default();
        vote(&mut text, motion, votes);
    }
    for decision in &held.decisions {
        decided(&mut text, decision, held, look);
    }
    if let Some(said) = held.item.text("minutes") {
        let _ = write!(text, "\n{}\n", quoted(said));
    }
    let own: Vec<String> = held
        .actions
        .iter()
        .filter(|action| action.get("decision").is_empty())
        .map(|action| format!("{} {}", action.reference(), markdown(&line(action.title()))))
        .collect();
    if !own.is_empty() {
        let _ = write!(text, "\n**Actions:** {}\n", own.join("; "));
    }
    text
}

/// The section of an item at this place of the agenda.
pub(super) fn section_of(place: usize, held: &Held, look: &dyn Look, now: DateTime<Utc>) -> Section {
    let heading = format!("Item {place}: {}", line(held.item.title()));
    section(format!("item-{}", held.item.reference().to_lowercase()), heading, &section_text(held, look, now))
}

fn facts(text: &mut String, held: &Held, look: &dyn Look, now: DateTime<Utc>) {
    let item = &held.item;
    let mut row = |label: &str, value: String| {
        // Writing to a String never fails.
        let _ = writeln!(text, "- **{label}:** {value}");
    };
    let part = item.text("section").unwrap_or_default();
    row("Item", format!("{}, {part}", item.reference()));
    if let Some(subject) = item.text("subject") {
        let gone = if held.gone { " (not there any more)" } else { "" };
        row("About", format!("{}{gone}", markdown(&line(subject))));
    }
    if let Some(asks) = item.text("asks").filter(|asks| *asks != DISCUSS) {
        let proposed =
            item.text("proposed").map(|proposed| format!(" {}", markdown(&line(proposed)))).unwrap_or_default();
        row("Asked", format!("{asks}{proposed}"));
    }
    if let Some(presenter) = item.text("presenter") {
        row("Presented by", name_of(look, Some(presenter)));
    }
    row("Time", format!("{} of {} min planned", minutes_used(item, now), item.number("planned").unwrap_or(0)));
    for seat in held.room.seats.iter().filter(|seat| seat.recused.is_some()) {
        let why = seat.recused.as_deref().unwrap_or_default();
        row("Recused", format!("{} ({})", markdown(&line(seat.name())), markdown(line(why).trim_end_matches('.'))));
    }
    let outcome = item.text("outcome").unwrap_or("open");
    let note = item.text("outcome_note").map(|note| format!(": {}", markdown(&line(note)))).unwrap_or_default();
    row("Outcome", format!("{outcome}{note}"));
    if let Some(quorum) = item.text("quorum_then") {
        row("Then", markdown(quorum));
    }
}

/// Minutes used, rounded up: an item that was touched at all took one.
fn minutes_used(item: &Record, now: DateTime<Utc>) -> i64 {
    seconds(item, now).saturating_add(59) / 60
}

fn vote(text: &mut String, motion: &Record, votes: &[Record]) {
    let said = |field: &str| motion.number(field).unwrap_or(0);
    let _ = write!(
        text,
        "\n**Vote {}** on “{}”, {}: {}. {} in favour, {} against, {} abstaining.",
        motion.reference(),
        markdown(&line(motion.title())),
        motion.text("method").unwrap_or(BY_NAME),
        motion.text("status").unwrap_or_default(),
        said("in_favour"),
        said("against"),
        said("abstained"),
    );
    if let Some(quorum) = motion.text("quorum_then") {
        let _ = write!(text, " {}.", capital(&markdown(quorum)));
    }
    text.push('\n');
    for (choice, label) in [(IN_FAVOUR, "In favour"), (AGAINST, "Against"), (ABSTAIN, "Abstaining")] {
        let names: Vec<String> = votes
            .iter()
            .filter(|vote| vote.text("choice") == Some(choice))
            .map(|vote| {
                let why = vote.text("reason").map(|why| format!(" ({})", markdown(&line(why)))).unwrap_or_default();
                format!("{}{why}", markdown(&line(vote.title())))
            })
            .collect();
        if !names.is_empty() {
            let _ = write!(text, "\n- {label}: {}", names.join("; "));
        }
    }
    text.push('\n');
}

fn decided(text: &mut String, decision: &Record, held: &Held, look: &dyn Look) {
    let said = |field: &str| decision.text(field).map(|said| markdown(&line(said)));
    let status = decision.text("status").unwrap_or_default();
    let _ = write!(text, "\n**{}: {}** ({status})", decision.reference(), markdown(&line(decision.title())));
    let by = name_of(look, decision.text("decided_by"));
    match (said("role"), said("rule")) {
        (Some(role), Some(rule)) => {
            let _ = write!(text, ", recorded by {by} as {role} by the rule {rule}.");
        }
        _ => {
            let _ = write!(text, ", by {by}.");
        }
    }
    text.push('\n');
    for (label, field) in
        [("Rationale", "rationale"), ("Quorum", "quorum"), ("Votes", "votes"), ("Until", "expires_on")]
    {
        let value = decision.get(field).display();
        if !value.is_empty() {
            let _ = write!(text, "\n- {label}: {}", markdown(&line(&value)));
        }
    }
    if let Some(control) = said("compensating_control") {
        let _ = write!(text, "\n- In its place: {control}");
    }
    for condition in held.actions.iter().filter(|action| action.text("decision") == Some(decision.id())) {
        let due = condition.get("due_on").as_day().map(|day| format!(", by {day}")).unwrap_or_default();
        let owner = name_of(look, condition.text("owner"));
        let title = markdown(&line(condition.title()));
        let _ = write!(text, "\n- Condition {}: {title} ({owner}{due})", condition.reference());
    }
    for dissent in decision.text("dissent").unwrap_or_default().lines().filter(|line| !line.trim().is_empty()) {
        let _ = write!(text, "\n- Dissent: {}", markdown(&line(dissent)));
    }
    text.push('\n');
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}
