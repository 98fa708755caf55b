//! A triage in words.

use crate::cli::exit::Done;
use crate::cli::out::{Out, Style};
use crate::policy::law::NOT_ADVICE;
use crate::record::{Record, review::TIERS};
use crate::review::triage::{Alike, Because, Difference, Duty, Inputs, Legal, Need, Relation, Triage};
use crate::session::{Session, today};
use crate::text;

/// Cells for the words before a colon's worth of text.
const LABEL: usize = 12;

fn heading(out: &mut Out, title: &str) -> Done {
    out.end()?;
    out.heading(title)
}

fn row(out: &mut Out, label: &str, words: &str) -> Done {
    if out.is_plain() {
        return out.line(&if label.is_empty() { words.to_owned() } else { format!("{label}: {words}") });
    }
    out.beside(label, LABEL, words)
}

fn why(because: &Because) -> String {
    let reference = because.reference.as_ref().map(|reference| format!(" [{reference}]")).unwrap_or_default();
    format!("{}{reference} ({})", because.reason, because.rule)
}

/// What the answers of a review call for.
pub(super) fn triage(out: &mut Out, case: &Inputs, triage: &Triage, alike: &[Alike], session: &Session) -> Done {
    out.heading(&format!("{} {}", case.review.reference(), case.review.title()))?;
    // Before anything else: who triages the same twice works for nothing.
    for twin in alike.iter().filter(|alike| alike.relation == Relation::Duplicate) {
        let (review, stage) = (&twin.review, twin.review.text("stage").unwrap_or_default());
        let words = format!("perhaps of {} {} ({stage}): {}", review.reference(), review.title(), twin.reason());
        row(out, "Duplicate", &words)?;
    }
    let proposed = triage.proposed_tier.unwrap_or("none yet: nothing was said");
    let decided = match &triage.tier {
        Some(tier) => format!("; decided: {tier}"),
        None => "; not decided yet".to_owned(),
    };
    row(out, "Proposed", &format!("{proposed}{decided}"))?;
    row(out, "Packet", &format!("{} of {} required answers", triage.answered, triage.required))?;
    if !triage.missing.is_empty() {
        let missing: Vec<&str> = triage.missing.iter().map(|missing| missing.label).collect();
        row(out, "Missing", &missing.join(", "))?;
    }
    heading(out, "Why this tier")?;
    for because in &triage.because {
        row(out, because.tier.unwrap_or_default(), &why(because))?;
    }
    if triage.because.is_empty() && triage.proposed_tier.is_some() {
        row(out, session.policy.default_tier(), "No rule fired; this is what the policy proposes then.")?;
    }
    if !triage.may_rise.is_empty() {
        let open: Vec<String> = triage.may_rise.iter().map(|open| format!("{} ({})", open.label, open.up_to)).collect();
        row(out, "May rise by", &format!("{}: not answered yet", open.join(", ")))?;
    }
    routes(out, triage)?;
    needs(out, "Documents", &triage.documents)?;
    needs(out, "Checklists", &triage.checklists)?;
    match &triage.legal {
        Some(legal) => self::legal(out, legal),
        None => Ok(()),
    }
}

fn routes(out: &mut Out, triage: &Triage) -> Done {
    if triage.routes.is_empty() {
        return Ok(());
    }
    heading(out, "Routes")?;
    for route in &triage.routes {
        let reasons: Vec<String> = route.because.iter().map(why).collect();
        out.line(&format!("  {} within {} days", route.function, route.days))?;
        for reason in reasons {
            row(out, "", &reason)?;
        }
    }
    Ok(())
}

fn needs(out: &mut Out, title: &str, needs: &[Need]) -> Done {
    if needs.is_empty() {
        return Ok(());
    }
    heading(out, title)?;
    for need in needs {
        let reasons: Vec<String> = need.because.iter().map(why).collect();
        out.line(&format!("  {}", need.title))?;
        row(out, "", &reasons.join(" "))?;
    }
    Ok(())
}

fn legal(out: &mut Out, legal: &Legal) -> Done {
    heading(out, &format!("Under the law ({})", legal.title))?;
    row(out, "Outcome", legal.outcome)?;
    for reason in &legal.reasons {
        let mark = if reason.confirmed { "" } else { " (not confirmed)" };
        row(out, "", &format!("{} [{}]{mark}", reason.text, reason.article))?;
    }
    if legal.recorded {
        for gap in &legal.missing {
            row(out, "Missing", &format!("{}: {}", gap.field, gap.asks))?;
        }
    } else {
        row(out, "Missing", &format!("all {} answers that it rests on", legal.missing.len()))?;
    }
    if legal.recorded {
        let open: Vec<&str> = legal.open.iter().map(|gap| gap.label).collect();
        if !open.is_empty() {
            row(out, "Open", &format!("{}: they may change the duties", open.join(", ")))?;
        }
    }
    for remark in &legal.remarks {
        row(out, "Note", remark)?;
    }
    if !legal.duties.is_empty() {
        heading(out, "Duties")?;
        for duty in &legal.duties {
            self::duty(out, duty)?;
        }
    }
    row(out, "", NOT_ADVICE)
}

fn duty(out: &mut Out, duty: &Duty) -> Done {
    let when = if duty.valid_from <= today() { "since" } else { "from" };
    let until = duty.valid_to.map(|day| format!(" until {day}")).unwrap_or_default();
    let to = if duty.role_open { format!(" (if we are {})", duty.to.join(" or ")) } else { String::new() };
    let mark = if duty.confirmed { "" } else { " Not confirmed." };
    let note = duty.note.as_ref().map(|note| format!(" {note}")).unwrap_or_default();
    let launch = if duty.at_launch == Some(false) { ", after the planned launch" } else { "" };
    out.line(&format!("  {} {when} {}{until}{launch}{to}", duty.article, duty.valid_from))?;
    row(out, "", &format!("{}{mark}{note}", duty.title))
}

/// Duplicates and similar cases.
pub(super) fn alike(out: &mut Out, alike: &[Alike]) -> Done {
    for (relation, title) in [
        (Relation::Duplicate, "Perhaps the same, handed in twice"),
        (Relation::SameSystem, "Other reviews of the same system"),
        (Relation::Similar, "Similar cases"),
    ] {
        let of: Vec<&Alike> = alike.iter().filter(|alike| alike.relation == relation).collect();
        if of.is_empty() {
            continue;
        }
        heading(out, title)?;
        for alike in of {
            let review = &alike.review;
            let tier = review.text("tier").or(review.text("proposed_tier")).unwrap_or("no tier");
            let stage = review.text("stage").unwrap_or_default();
            out.line(&format!("  {} {} · {tier} · {stage}", review.reference(), review.title()))?;
            row(out, "", &alike.reason())?;
            if !alike.risks.is_empty() {
                row(out, "Risks", &titles(&alike.risks))?;
            }
            if !alike.mitigations.is_empty() {
                row(out, "Mitigations", &titles(&alike.mitigations))?;
            }
        }
    }
    Ok(())
}

fn titles(records: &[Record]) -> String {
    let one = |record: &Record| format!("{} {}", record.reference(), text::line(record.title()));
    records.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// What comes and goes.
pub(super) fn difference(out: &mut Out, review: &Record, found: &Difference) -> Done {
    out.heading(&format!("{} {}", review.reference(), review.title()))?;
    if found.is_none() {
        return out.line("  Nothing comes and nothing goes.");
    }
    let arrow = |pair: (Option<&'static str>, Option<&'static str>)| {
        format!("{} → {}", pair.0.unwrap_or("none"), pair.1.unwrap_or("none"))
    };
    if found.proposed_tier.0 != found.proposed_tier.1 {
        let rank = |tier: Option<&str>| TIERS.iter().position(|known| Some(*known) == tier);
        let rises = rank(found.proposed_tier.1) > rank(found.proposed_tier.0);
        let style = if rises { Style::Bad } else { Style::Good };
        out.styled(Style::Faint, &format!("  {}", text::pad("Tier", LABEL)))?;
        out.styled(style, &format!(" {}", arrow(found.proposed_tier)))?;
        out.end()?;
    }
    if found.outcome.0 != found.outcome.1 {
        row(out, "Law", &arrow(found.outcome))?;
    }
    for (title, sign, changes) in [("Comes", "+", &found.comes), ("Goes", "-", &found.goes)] {
        if changes.is_empty() {
            continue;
        }
        heading(out, title)?;
        for change in changes {
            out.line(&format!("  {sign} {} {}: {}", change.part.label(), change.id, change.text))?;
        }
    }
    Ok(())
}
