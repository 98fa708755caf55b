//! The text of a record's screen: the overview, the packet, the history. The matrix of a risk is drawn beside it.

use std::collections::HashMap;

use crate::policy::Policy;
use crate::record::document::SECTION;
use crate::record::review::STAGES;
use crate::record::{DECISION, DOCUMENT, EVIDENCE, Field, REVIEW, RISK, Record, Value, Written, describe};
use crate::review::decide::State;
use crate::review::evidence::Standing;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::load::Detail;
use crate::tui::app::message::Checked;
use crate::tui::app::view::page::{Line, Page};
use crate::tui::app::view::rows::capital;
use crate::tui::theme::{Glyph, Level, Role, tier};
use crate::workspace::{Entry, HistoryChange, Label};

type Labels = HashMap<String, Label>;

/// Shows a field's value in words.
fn shown(ctx: &Ctx, field: &Field, value: &Value, labels: &Labels) -> String {
    let label_of = |id: &str| labels.get(id).map(Label::shown);
    describe(field, value, ctx.terms(), &label_of)
}

/// What a record is, in one page.
#[must_use]
pub fn overview(ctx: &Ctx, detail: &Detail, cells: u16) -> Page {
    let mut page = Page::new(&ctx.theme, cells);
    match detail.record.kind().name {
        name if name == REVIEW.name => review(&mut page, ctx, detail),
        name if name == RISK.name => risk(&mut page, ctx, detail),
        name if name == EVIDENCE.name => evidence(&mut page, ctx, detail),
        name if name == DECISION.name => decision(&mut page, ctx, detail),
        name if name == DOCUMENT.name => super::document::document(&mut page, ctx, detail),
        name if name == crate::record::MEETING.name => super::meeting::meeting(&mut page, detail),
        name if name == crate::record::INCIDENT.name => super::operations::incident(&mut page, ctx, detail),
        name if name == crate::record::ALERT.name => super::operations::alert(&mut page, ctx, detail),
        name if name == crate::record::SIGNAL.name => super::operations::signal(&mut page, ctx, detail),
        name if name == SECTION.name => super::document::section(&mut page, ctx, detail),
        _ => fields(&mut page, ctx, &detail.record, &detail.labels, &|field| !is_kept(detail, field)),
    }
    page
}

/// Whether a field is one of the record's own that the workspace writes for itself, such as a decision's snapshot: it is
/// not for reading.
pub(super) fn is_kept(detail: &Detail, field: &Field) -> bool {
    let own = detail.record.kind().fields.iter().any(|own| own.name == field.name);
    own && field.written == Written::ByWorkspace
}

/// How a decision stands, who signed it, what was decided, and what became of its conditions.
fn decision(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    if let Some(standing) = &detail.decided {
        stands(page, standing);
    }
    signature(page, detail);
    page.heading("What was decided");
    let mut told = vec!["title", "status", "signature"];
    if !detail.related.is_empty() {
        told.push("conditions");
    }
    let shown = |field: &Field| !told.contains(&field.name) && !is_kept(detail, field);
    fields(page, ctx, &detail.record, &detail.labels, &shown);
    if !detail.related.is_empty() {
        page.heading("Conditions, and what became of them");
        actions(page, ctx, detail);
    }
}

/// By which key a decision was signed, and whether that was checked.
fn signature(page: &mut Page, detail: &Detail) {
    let key = match &detail.key {
        None => return page.field("Signed", "no", Role::Dim),
        Some(Err(why)) => return page.field("Signed", why, Role::Bad),
        Some(Ok(key)) => key,
    };
    page.field("Signed", &format!("by the key {key}"), Role::Text);
    let fits = |checked: &&Checked| detail.record.text("signature") == Some(&checked.signature);
    match detail.checked.as_ref().filter(fits).map(|checked| (&checked.result, &checked.signers)) {
        None => page.field("Signature", "not checked here yet", Role::Dim),
        Some((Ok(signer), file)) => {
            let sign = page.glyph(Glyph::Check);
            page.field("Signature", &format!("{sign} verified: {signer}, by {file}"), Role::Good);
        }
        Some((Err(why), file)) => {
            let sign = page.glyph(Glyph::Cross);
            page.field("Signature", &format!("{sign} does not count, by {file}. {why}"), Role::Bad);
        }
    }
}

/// How a decision stands; where it is outdated, what differs from what was decided.
fn stands(page: &mut Page, standing: &State) {
    let (glyph, role) = state_sign(standing.word());
    let sign = page.glyph(glyph).clone();
    page.field("Stands", &format!("{sign} {}", standing.word()), role);
    match standing {
        State::Outdated(differences) => {
            page.heading("What differs from what was decided");
            for difference in differences {
                page.paragraph(&difference.to_string(), Role::Warn);
            }
            page.gap();
        }
        State::Expired(last) => page.field("", &format!("its last day was {last}"), Role::Bad),
        _ => {}
    }
}

/// The sign and the colour of how a decision stands.
#[must_use]
pub fn state_sign(word: &str) -> (Glyph, Role) {
    match word {
        "in force" => (Glyph::Check, Role::Good),
        "outdated" => (Glyph::Alert, Role::Warn),
        "expired" => (Glyph::Cross, Role::Bad),
        "recommended" => (Glyph::Open, Role::Accent),
        _ => (Glyph::NotApplicable, Role::Dim),
    }
}

/// The stages as a line: those behind, the current one, those ahead. Short enough for 80 cells.
#[must_use]
pub fn stages(ctx: &Ctx, review: &Record) -> Line {
    let page = Page::new(&ctx.theme, 80);
    let now = review.text("stage").unwrap_or("intake");
    let main = ["intake", "triage", "assessment", "mitigation", "decision"];
    let at = STAGES.iter().position(|stage| *stage == now).unwrap_or(0);
    let mut line = Line::new();
    for (place, stage) in main.iter().chain(std::iter::once(&"launched")).enumerate() {
        let past = at > place && now != "withdrawn" && now != "rejected";
        let here = *stage == now || (place == 5 && at >= 5);
        if place > 0 {
            let glyph = if past || here { Glyph::StageDone } else { Glyph::StageAhead };
            line.push(page.piece(format!(" {} ", page.glyph(glyph).repeat(2)), Role::Dim));
        }
        let name = if place == 5 && at >= 5 { capital(now) } else { capital(stage).replace("Launched", "Launch") };
        let role = if here {
            Role::Accent
        } else if past {
            Role::Good
        } else {
            Role::Dim
        };
        let sign = if here { format!(" {}", page.glyph(Glyph::Point)) } else { String::new() };
        line.push(page.piece(format!("{name}{sign}"), role));
    }
    line
}

fn review(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    let record = &detail.record;
    let progress = &detail.progress;
    if let Some(next) = &detail.next {
        let next_line = vec![page.piece("Next: ", Role::Label), page.piece(capital(&next.what), Role::Accent)];
        page.line(next_line);
        page.paragraph(&next.why, Role::Dim);
    }
    page.heading("Where it stands");
    let tier_name = record.text("tier").unwrap_or("not decided");
    let tier_role = record.text("tier").map_or(Role::Dim, tier);
    page.field("Tier", tier_name, tier_role);
    if let Some(reason) = record.text("tier_reason") {
        page.field("Why this tier", reason, Role::Text);
    }
    packet_state(page, &ctx.policy, detail);
    let count =
        |done: u64, of: u64, what: &str| if of == 0 { "none yet".to_owned() } else { format!("{done} of {of} {what}") };
    page.field("Checklist", &count(progress.settled, progress.items, "settled"), Role::Text);
    if progress.failed > 0 {
        page.field("", &format!("{} failed", progress.failed), Role::Bad);
    }
    page.field("Risks", &count(progress.open_risks, progress.risks, "open"), Role::Text);
    let late = if progress.overdue > 0 { format!(", {} overdue", progress.overdue) } else { String::new() };
    let role = if progress.overdue > 0 { Role::Bad } else { Role::Text };
    page.field("Actions", &format!("{} open{late}", progress.open_actions), role);
    if progress.blocking > 0 {
        page.field("", &format!("{} must be closed before the launch", progress.blocking), Role::Warn);
    }
    if let Some(waiting) = record.text("waiting_on") {
        let since = record.get("waiting_since").as_day();
        let days = since.map(|since| format!(", since {since} ({} days)", (ctx.today - since).num_days()));
        page.field("Waiting on", &format!("{waiting}{}", days.unwrap_or_default()), Role::Warn);
    }
    routes(page, ctx, detail);
    page.heading("Details");
    let told = ["tier", "tier_reason", "waiting_on", "waiting_since", "title"];
    fields(page, ctx, record, &detail.labels, &|field| !told.contains(&field.name));
}

fn packet_state(page: &mut Page, policy: &Policy, detail: &Detail) {
    let progress = &detail.progress;
    let role = if progress.is_complete() { Role::Good } else { Role::Warn };
    page.field("Packet", &format!("{} of {} required answers", progress.answered, progress.asked), role);
    let Some(packet) = &detail.packet else { return };
    match policy.requirements_for(packet) {
        Ok(asked) => {
            // Several rules may ask for one answer.
            let mut missing: Vec<&str> = Vec::new();
            for asked in asked.iter().filter(|asked| !asked.answered) {
                if !missing.contains(&asked.requirement.field.label) {
                    missing.push(asked.requirement.field.label);
                }
            }
            if !missing.is_empty() {
                page.field("Missing", &missing.join(", "), Role::Dim);
            }
        }
        Err(error) => page.field("Missing", &error.to_string(), Role::Error),
    }
}

fn routes(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    if detail.routes.is_empty() {
        return;
    }
    page.heading("Routes");
    for route in &detail.routes {
        let status = route.text("status").unwrap_or_default();
        let role = match status {
            "cleared" | "not needed" => Role::Good,
            "blocked" => Role::Bad,
            _ => Role::Warn,
        };
        let due = route.get("due_on").as_day().filter(|_| !route.kind().is_closed(route));
        let due = due.map(|due| format!(" · {}", page.distance(due, ctx.today))).unwrap_or_default();
        let note = route.text("outcome_note").map(|note| format!(": {note}")).unwrap_or_default();
        page.field(route.title(), &format!("{status}{due}{note}"), role);
    }
}

fn risk(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    let record = &detail.record;
    for (name, role) in [("statement", Role::Text), ("affected_groups", Role::Text)] {
        if let Some(text) = record.text(name) {
            page.heading(record.kind().field(name).map_or("", |field| field.label));
            page.paragraph(text, role);
        }
    }
    page.heading("Levels");
    for (label, field) in [("Inherent", "inherent_level"), ("Residual", "residual_level")] {
        let level = record.text(field);
        let role = level.and_then(Level::named).map_or(Role::Dim, Level::role);
        let scores = match field {
            "inherent_level" => (record.number("severity"), record.number("likelihood")),
            _ => (record.number("residual_severity"), record.number("residual_likelihood")),
        };
        let words = match (level, scores) {
            (Some(level), (Some(severity), Some(likelihood))) => {
                format!("{} · severity {severity}, likelihood {likelihood}", capital(level))
            }
            _ => "not scored".to_owned(),
        };
        page.field(label, &words, role);
    }
    page.heading("Mitigations");
    if detail.related.is_empty() {
        page.paragraph("None yet. An action with this risk as its source is one.", Role::Dim);
    }
    actions(page, ctx, detail);
    controls(page, &ctx.policy, record);
    acceptance(page, ctx, record);
    page.heading("Details");
    let told = [
        "title",
        "statement",
        "affected_groups",
        "severity",
        "likelihood",
        "residual_severity",
        "residual_likelihood",
        "controls",
        "acceptance",
        "accepted_until",
        "level",
        "inherent_level",
        "residual_level",
        "rank",
    ];
    fields(page, ctx, record, &detail.labels, &|field| !told.contains(&field.name));
}

/// The actions that belong to a record, each with how it stands, until when, and whose it is.
fn actions(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    for action in &detail.related {
        let closed = action.kind().is_closed(action);
        let late = action.get("due_on").as_day().filter(|due| *due < ctx.today && !closed);
        let role = if late.is_some() {
            Role::Bad
        } else if closed {
            Role::Good
        } else {
            Role::Text
        };
        let due = action.get("due_on").as_day().filter(|_| !closed);
        let due = due.map(|due| format!(" · {}", page.distance(due, ctx.today))).unwrap_or_default();
        let owner =
            action.text("owner").and_then(|id| detail.labels.get(id)).map(|label| format!(" {}", label.shown()));
        let status = action.text("status").unwrap_or_default();
        page.field(
            action.reference(),
            &format!("{} · {status}{due}{}", action.title(), owner.unwrap_or_default()),
            role,
        );
    }
}

/// Until when a risk is accepted, and why.
fn acceptance(page: &mut Page, ctx: &Ctx, record: &Record) {
    if let Some(until) = record.get("accepted_until").as_day() {
        page.heading("Acceptance");
        let over = until < ctx.today;
        let words = if over { format!("ended {until}") } else { format!("until {until}") };
        page.field("Accepted", &words, if over { Role::Bad } else { Role::Good });
        page.paragraph(record.text("acceptance").unwrap_or_default(), Role::Text);
    }
}

/// Whether it still holds, what it proves, and all that was said of it.
fn evidence(page: &mut Page, ctx: &Ctx, detail: &Detail) {
    page.heading("Whether it holds");
    let record = &detail.record;
    match detail.standing.as_ref().unwrap_or(&Standing::Over) {
        Standing::Over => page.field("Standing", record.text("status").unwrap_or_default(), Role::Dim),
        Standing::Current => page.field("Standing", "current", Role::Good),
        other => page.field("Standing", &format!("{}: {}", other.word(), other.reason()), Role::Bad),
    }
    page.heading("What it proves");
    if detail.proves.is_empty() {
        page.paragraph("Nothing names it yet: an item, a risk, an action or other evidence does.", Role::Dim);
    }
    for proven in &detail.proves {
        page.field(proven.reference(), proven.title(), Role::Text);
    }
    page.heading("Details");
    fields(page, ctx, record, &detail.labels, &|field| field.name != "title");
}

fn controls(page: &mut Page, policy: &Policy, record: &Record) {
    let controls = record.get("controls").items();
    if controls.is_empty() {
        return;
    }
    page.heading("Controls");
    for id in controls {
        let title = policy.control(id).map_or("not in the policy", |control| control.title.as_str());
        page.field(id, title, Role::Text);
    }
}

/// All fields that say something, by their description.
pub fn fields(page: &mut Page, ctx: &Ctx, record: &Record, labels: &Labels, wanted: &dyn Fn(&Field) -> bool) {
    for (field, value) in record.fields() {
        let inner = matches!(field.name, "id" | "ref" | "version" | "urgency" | "rank" | "position");
        if value.is_empty() || inner || !wanted(field) {
            continue;
        }
        let role = if field.written == Written::ByWorkspace { Role::Dim } else { Role::Text };
        page.field(field.label, &shown(ctx, field, value, labels), role);
    }
}

/// The packet, field by field, with what policy requires and is missing.
#[must_use]
pub fn packet(ctx: &Ctx, detail: &Detail, cells: u16) -> Page {
    let mut page = Page::new(&ctx.theme, cells);
    let Some(packet) = &detail.packet else {
        page.paragraph("This review has no packet.", Role::Dim);
        return page;
    };
    packet_state(&mut page, &ctx.policy, detail);
    page.gap();
    let asked = ctx.policy.requirements_for(packet).unwrap_or_default();
    for field in packet.kind().fields.iter().filter(|field| field.is_editable() && field.name != "review") {
        let value = packet.get(field.name);
        let required = asked.iter().find(|asked| asked.requirement.field.name == field.name);
        match (value.is_empty(), required) {
            (false, _) => page.field(field.label, &shown(ctx, field, value, &detail.labels), Role::Text),
            (true, Some(asked)) => {
                let words = format!("{} missing: {}", page.glyph(Glyph::Required), asked.requirement.reason);
                page.field(field.label, &words, Role::Warn);
            }
            (true, None) => page.field(field.label, "not said", Role::Dim),
        }
    }
    page
}

/// What happened to a record, the newest first, field by field.
#[must_use]
pub fn history(ctx: &Ctx, changes: &[(HistoryChange, Vec<Entry>)], cells: u16) -> Page {
    let mut page = Page::new(&ctx.theme, cells);
    for (change, entries) in changes {
        page.gap();
        let line = change_line(&page, change);
        page.line(line);
        for entry in entries {
            differences(&mut page, ctx, entry);
        }
    }
    page
}

/// When, who, what: a change in a line.
#[must_use]
pub fn change_line(page: &Page, change: &HistoryChange) -> Line {
    let undone = if change.undone { " (undone)" } else { "" };
    vec![
        page.piece(format!("{} ", local(&change.at)), Role::Dim),
        page.piece(format!("{} ", change.by), Role::Accent),
        page.piece(format!("{}{undone}", change.what), if change.undone { Role::Dim } else { Role::Text }),
        page.piece(change.why.as_ref().map(|why| format!(" — {why}")).unwrap_or_default(), Role::Dim),
    ]
}

/// What differs, field by field.
pub fn differences(page: &mut Page, ctx: &Ctx, entry: &Entry) {
    for change in &entry.fields {
        let field = entry.kind.and_then(|kind| kind.field(&change.name));
        let words = |value: &Value| match field {
            Some(field) => shown(ctx, field, value, &Labels::new()),
            None => value.display(),
        };
        let arrow = page.glyph(Glyph::Arrow);
        let text = match (entry.op.as_str(), change.before.is_empty(), change.after.is_empty()) {
            ("add", ..) => words(&change.after),
            (_, _, true) => format!("{} {arrow} nothing", words(&change.before)),
            (_, true, _) => format!("{arrow} {}", words(&change.after)),
            _ => format!("{} {arrow} {}", words(&change.before), words(&change.after)),
        };
        page.field(&format!("  {}", change.label), &text, Role::Text);
    }
}

/// A stored moment in local time, to the minute.
#[must_use]
pub fn local(moment: &str) -> String {
    chrono::DateTime::parse_from_rfc3339(moment).map_or_else(
        |_| moment.to_owned(),
        |moment| moment.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string(),
    )
}
