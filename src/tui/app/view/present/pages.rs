//! What is told of a presented meeting, as pages of text: the drawn screens lay them out, the plain front end reads them out.
//!
//! Only fields that a room may see are named here, one by one; private fields and notes are in the facilitator's own page
//! alone (`own.rs`).

mod whole;

use chrono::{DateTime, Local, Utc};

use crate::meeting::{Board, Case, Held};
use crate::record::analysis::{BREACHED, WITHIN};
use crate::record::decision::TIER;
use crate::record::meeting::{CARRIED_OVER, DECIDED, DISCUSS, NOT_REACHED, NOTE, RECOMMENDED, WITHDRAWN};
use crate::record::{AGENDA_ITEM, MOTION, Record};
use crate::review::gate::Verdict;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::present::Presented;
use crate::tui::app::view::page::{Page, UNBROKEN};
use crate::tui::theme::{Glyph, Level, Role, tier};
use crate::workspace::Label;

/// How many analyses a room is shown, the newest first: the one at hand and the one before.
const RUNS: usize = 2;
/// How many figures of each.
const REASONS: usize = 6;

/// A page for what is presented.
pub struct Told<'a> {
    /// The surroundings.
    pub ctx: &'a Ctx,
    /// What was read.
    pub read: &'a Presented,
    /// How wide the page is, in cells.
    pub cells: u16,
    /// How many lines there are, so that what does not fit is told in fewer words.
    pub rows: u16,
    /// The moment that clocks show.
    pub now: DateTime<Utc>,
}

/// What an item asks of the room, in words.
#[must_use]
pub fn asked(item: &Record) -> String {
    match item.text("asks").unwrap_or(DISCUSS) {
        DISCUSS => "to be discussed".to_owned(),
        NOTE => "to be taken note of".to_owned(),
        asks => {
            let proposed =
                item.text("proposed").map(|what| format!(": {}", crate::text::line(what))).unwrap_or_default();
            format!("{}{proposed}", crate::text::line(asks))
        }
    }
}

/// How an item ended, in few words; none while it is open.
#[must_use]
pub fn outcome(held: &Held) -> Option<String> {
    let outcome = held.item.text("outcome")?;
    let decision = held
        .decisions
        .iter()
        .rev()
        .find(|decision| !matches!(decision.text("status"), Some(crate::record::decision::WITHDRAWN)));
    Some(match (outcome, decision) {
        (DECIDED | RECOMMENDED, Some(decision)) => {
            let what = crate::text::line(decision.text("outcome").unwrap_or(DECIDED)).into_owned();
            let what = if decision.text("kind") == Some(TIER) { format!("tier {what}") } else { what };
            let recommended = if outcome == RECOMMENDED { "recommended: " } else { "" };
            format!("{recommended}{what}")
        }
        (DECIDED, None) => match held.item.text("outcome_note") {
            Some(note) => crate::text::line(note).into_owned(),
            None => DECIDED.to_owned(),
        },
        (outcome, _) => outcome.to_owned(),
    })
}

/// How an outcome looks.
#[must_use]
pub fn outcome_role(held: &Held) -> Role {
    match held.item.text("outcome") {
        Some(DECIDED) => match held.decisions.last().and_then(|decision| decision.text("kind")) {
            Some("reject") => Role::Bad,
            Some("approve with conditions") => Role::Warn,
            _ => Role::Good,
        },
        Some(RECOMMENDED | CARRIED_OVER | NOT_REACHED) => Role::Warn,
        Some(WITHDRAWN) => Role::Dim,
        _ => Role::Text,
    }
}

/// The title of an item without the reference that it begins with, which stands elsewhere.
#[must_use]
pub fn title(item: &Record) -> String {
    let title = crate::text::line(item.title()).into_owned();
    let bare = item
        .text("subject")
        .and_then(|subject| title.strip_prefix(subject))
        .map(|rest| rest.trim_start_matches([' ', ':']));
    match bare.filter(|bare| !bare.is_empty()) {
        Some(bare) => bare.to_owned(),
        None => title,
    }
}

/// When a meeting takes place, in local time.
#[must_use]
pub fn when(meeting: &Record) -> String {
    let Some(starts) = meeting.get("starts_at").as_moment() else { return String::new() };
    starts.with_timezone(&Local).format("%A %-d %B %Y, %H:%M").to_string()
}

impl Told<'_> {
    fn page(&self) -> Page {
        Page::new(&self.ctx.theme, self.cells)
    }

    fn board(&self) -> &Board {
        &self.read.board
    }

    fn who(&self, id: Option<&str>) -> String {
        let label = id.and_then(|id| self.read.people.get(id));
        label.map_or_else(|| "nobody yet".to_owned(), Label::shown)
    }

    /// A text in at most so many lines of the page.
    fn short(&self, text: &str, lines: u16) -> String {
        let one = crate::text::line(text);
        if self.cells == UNBROKEN {
            return one.trim().to_owned();
        }
        let room = usize::from(self.cells.saturating_sub(22).max(20)) * usize::from(lines);
        crate::text::fit(one.trim(), room).into_owned()
    }

    /// How much a page may tell, from 1 to 4 lines a field.
    fn lines(&self) -> u16 {
        match self.rows {
            0..=13 => 1,
            14..=21 => 2,
            22..=34 => 3,
            _ => 4,
        }
    }

    fn gap(&self, page: &mut Page) {
        if self.rows >= 16 && self.cells != UNBROKEN {
            page.gap();
        }
    }

    /// What the item is, its tier and why, the gate and the evidence: the case on one screen. Risks are told in a line where
    /// the matrix does not stand beside it.
    #[must_use]
    pub fn case(&self, held: &Held, with_risks: bool) -> Page {
        let mut page = self.page();
        let Some(case) = &self.read.case else { return page };
        let lines = self.lines();
        if let Some(gone) = &case.gone {
            let what = format!("{} is not there any more: another program deleted it.", crate::text::line(gone));
            page.paragraph(&what, Role::Bad);
        }
        self.what(&mut page, held, case, lines);
        self.tier(&mut page, case, lines);
        if with_risks && (case.review.is_some() || !case.risks.is_empty()) {
            self.risks_line(&mut page, case);
        }
        self.conflicts(&mut page, case);
        self.gate(&mut page, case);
        self.evidence_line(&mut page, case);
        if (self.rows >= 34 || case.review.is_none()) && self.cells != UNBROKEN {
            self.questions(&mut page, held);
        }
        page
    }

    fn what(&self, page: &mut Page, held: &Held, case: &Case, lines: u16) {
        let packet = |field: &str| case.packet.as_ref().and_then(|packet| packet.text(field));
        let own = held.subject.as_ref().and_then(|subject| {
            ["statement", "description", "summary", "question"].iter().find_map(|field| subject.text(field))
        });
        if let Some(what) = own.or_else(|| packet("use_case")) {
            page.field("What it is", &self.short(what, lines), Role::Text);
            self.gap(page);
        }
        if let Some(whom) = packet("affected_people").filter(|_| lines > 1 || self.cells == UNBROKEN) {
            page.field("Falls upon", &self.short(whom, lines.min(2)), Role::Text);
            self.gap(page);
        }
        if let Some(reason) = held.item.text("reason").filter(|_| self.cells == UNBROKEN || lines > 1 || own.is_none())
        {
            page.field("Here because", &self.short(reason, lines.min(2)), Role::Text);
            self.gap(page);
        }
    }

    fn tier(&self, page: &mut Page, case: &Case, lines: u16) {
        let Some(review) = &case.review else { return };
        let name = review.text("tier").unwrap_or("not decided");
        let why =
            review.text("tier_reason").map(|why| format!(": {}", self.short(why, lines.min(2)))).unwrap_or_default();
        let sort = review.text("kind").map(|kind| format!(" · {kind}")).unwrap_or_default();
        let launch = review.get("launch_on").as_day().map(|day| format!(" · launch {day}")).unwrap_or_default();
        if self.cells == UNBROKEN {
            page.field("Tier", &format!("{name}{why}{sort}{launch}"), Role::Text);
            return;
        }
        page.field_of(
            "Tier",
            &[page.piece(name.to_uppercase(), tier(name)), page.piece(format!("{sort}{launch}"), Role::Dim)],
        );
        if !why.is_empty() {
            page.field("", why.trim_start_matches([':', ' ']), Role::Text);
        }
        self.gap(page);
    }

    fn risks_line(&self, page: &mut Page, case: &Case) {
        if case.risks.is_empty() {
            return page.field("Open risks", "none", Role::Good);
        }
        let mut spans = Vec::new();
        for level in Level::ALL.iter().rev() {
            let count = case.risks.iter().filter(|risk| risk.text("level") == Some(level.name())).count();
            if count > 0 {
                let sign = page.glyph(level.glyph());
                spans.push(page.piece(format!("{sign} {count} {}  ", level.name()), level.role()));
            }
        }
        let rest = case.risks.iter().filter(|risk| risk.text("level").and_then(Level::named).is_none()).count();
        if rest > 0 {
            spans.push(page.piece(format!("{rest} without a score"), Role::Dim));
        }
        page.field_of("Open risks", &spans);
        self.gap(page);
    }

    fn gate(&self, page: &mut Page, case: &Case) {
        let Some(gate) = &case.gate else { return };
        let role = if gate.open { Role::Good } else { Role::Bad };
        let glyph = page.glyph(if gate.open { Glyph::Check } else { Glyph::Cross });
        page.field("Gate", &format!("{glyph} {}", gate.summary()), role);
        let failing = gate.checks.iter().filter(|check| check.verdict == Verdict::Fail);
        let most = match self.rows {
            _ if self.cells == UNBROKEN => 5,
            0..=13 => 1,
            14..=24 => 2,
            _ => 3,
        };
        for check in failing.take(most) {
            let cross = page.glyph(Glyph::Cross);
            let said = format!("{}: {}", check.title, check.reason);
            page.field("", &format!("{cross} {}", self.short(&said, if self.rows < 24 { 1 } else { 2 })), Role::Text);
        }
        self.gap(page);
    }

    fn evidence_line(&self, page: &mut Page, case: &Case) {
        if case.review.is_none() {
            return;
        }
        let count = case.evidence.len();
        let accepted = case.evidence.iter().filter(|one| one.text("status") == Some("accepted")).count();
        let fair = case.evidence.iter().filter(|one| one.text("kind") == Some("fairness report")).count();
        let (text, role) = match (count, fair) {
            (0, _) => ("none".to_owned(), Role::Warn),
            (_, 0) => (format!("{count}, {accepted} accepted; no fairness report"), Role::Warn),
            _ => (format!("{count}, {accepted} accepted; {fair} about fairness"), Role::Text),
        };
        page.field("Evidence", &text, role);
        self.gap(page);
    }

    fn conflicts(&self, page: &mut Page, case: &Case) {
        for conflict in &case.conflicts {
            let glyph = page.glyph(Glyph::Alert);
            let state = match (conflict.recused, conflict.barred) {
                (true, _) => "recused",
                (false, true) => "may not decide this",
                (false, false) => "has a part in it",
            };
            let role = if conflict.recused { Role::Dim } else { Role::Warn };
            page.field("Conflict", &format!("{glyph} @{} {state}: {}", conflict.handle, conflict.part), role);
        }
        if !case.conflicts.is_empty() {
            self.gap(page);
        }
    }

    /// The open risks, the highest first, one line each.
    #[must_use]
    pub fn risks(&self) -> Page {
        let mut page = self.page();
        let Some(case) = &self.read.case else { return page };
        if case.risks.is_empty() {
            page.paragraph("No risk is open.", Role::Good);
        }
        for risk in &case.risks {
            let name = risk.text("level").unwrap_or("not scored");
            let level = Level::named(name);
            let role = level.map_or(Role::Dim, Level::role);
            let sign = level.map_or_else(String::new, |level| format!("{} ", page.glyph(level.glyph())));
            let word = format!("{sign}{name:<10}");
            let title = crate::text::line(risk.title()).into_owned();
            page.line(vec![
                page.piece(word, role),
                page.piece(format!("{} ", risk.reference()), Role::Accent),
                page.piece(title, Role::Text),
            ]);
            if self.rows >= 16
                && let Some(statement) = risk.text("statement")
            {
                page.paragraph(&format!("    {}", self.short(statement, 1)), Role::Dim);
            }
            self.gap(&mut page);
        }
        page
    }

    /// The evidence, reports about fairness first; or only those, or all but those.
    #[must_use]
    pub fn evidence(&self, fairness: Option<bool>) -> Page {
        let mut page = self.page();
        let Some(case) = &self.read.case else { return page };
        let is_fairness = |one: &Record| one.text("kind") == Some("fairness report");
        let shown: Vec<&Record> =
            case.evidence.iter().filter(|one| fairness.is_none_or(|wanted| is_fairness(one) == wanted)).collect();
        match fairness {
            Some(true) => page.heading("About fairness"),
            Some(false) => page.heading("Other evidence"),
            None => {}
        }
        if fairness != Some(false) {
            self.runs(&mut page, &case.runs);
        }
        if shown.is_empty() && (case.runs.is_empty() || fairness == Some(false)) {
            page.paragraph("Nothing was handed in.", Role::Warn);
        }
        for one in shown {
            let (glyph, role) = match one.text("status") {
                Some("accepted") => (Glyph::Check, Role::Good),
                _ => (Glyph::Open, Role::Dim),
            };
            let sign = page.glyph(glyph);
            page.line(vec![
                page.piece(format!("{sign} "), role),
                page.piece(format!("{} ", one.reference()), Role::Accent),
                page.piece(crate::text::line(one.title()).into_owned(), Role::Text),
            ]);
            let said = |field: &str| one.text(field).map(|text| crate::text::line(text).into_owned());
            let made = one.get("produced_on").as_day().map(|day| format!("made {day}"));
            let number = one.number("number").map(|number| format!("version {number}"));
            let model = said("model_version").map(|model| format!("of model {model}"));
            let facts: Vec<String> =
                [said("kind"), said("status"), number, made, model].into_iter().flatten().collect();
            page.paragraph(&format!("    {}", facts.join(" · ")), Role::Dim);
            self.gap(&mut page);
        }
        page
    }

    /// What analyses came to: the verdict of each, the figures of groups behind it, and what it does not show.
    fn runs(&self, page: &mut Page, runs: &[Record]) {
        for run in runs.iter().take(RUNS) {
            let verdict = run.text("verdict").unwrap_or("not judged");
            let (glyph, role) = match verdict {
                WITHIN => (Glyph::Check, Role::Good),
                BREACHED => (Glyph::Cross, Role::Bad),
                _ => (Glyph::Open, Role::Warn),
            };
            let sign = page.glyph(glyph);
            let model = run.text("model_version").map(|model| format!(" of model {}", crate::text::line(model)));
            page.line(vec![
                page.piece(format!("{sign} "), role),
                page.piece(format!("{} ", run.reference()), Role::Accent),
                page.piece(format!("{verdict}{}", model.unwrap_or_default()), role),
            ]);
            for reason in
                run.text("reasons").unwrap_or_default().lines().filter(|line| !line.trim().is_empty()).take(REASONS)
            {
                page.paragraph(&format!("    {}", self.short(reason, 2)), Role::Text);
            }
            if let Some(limits) = run.text("limitations") {
                page.paragraph(&format!("    It does not show: {}", self.short(limits, 1)), Role::Dim);
            }
            self.gap(page);
        }
    }

    /// What is to be decided and who may, how it was voted, what came of it.
    #[must_use]
    pub fn decision(&self, held: &Held) -> Page {
        let mut page = self.page();
        self.to_decide(&mut page, held);
        self.questions(&mut page, held);
        self.votes(&mut page, held);
        self.decided(&mut page, held);
        if let Some(minutes) = self.read.typed.as_deref().or(held.item.text("minutes")) {
            self.gap(&mut page);
            page.field("Minutes", &self.tail(minutes), Role::Text);
        }
        page
    }

    /// The end of a text: what was typed last is what a room follows.
    fn tail(&self, text: &str) -> String {
        let text = crate::text::lines(text).trim().to_owned();
        if self.cells == UNBROKEN {
            return text;
        }
        let keep = usize::from((self.rows / 3).max(3));
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(keep)..].join("\n")
    }

    /// What is asked, and who may decide it.
    pub fn to_decide(&self, page: &mut Page, held: &Held) {
        if let Some(ended) = outcome(held) {
            page.field("Outcome", &ended, outcome_role(held));
            if let Some(note) = held.item.text("outcome_note").filter(|note| **note != ended) {
                page.field("", &self.short(note, 1), Role::Dim);
            }
        } else {
            page.field("To decide", &asked(&held.item), Role::Accent);
            if let Some(why) = held.item.text("proposal") {
                page.field("Proposed because", &self.short(why, self.lines()), Role::Text);
            }
            match self.read.case.as_ref().and_then(|case| case.may.as_ref()) {
                Some(Ok(standing)) => {
                    let may = format!("@{} records it, as {}", self.ctx.me.handle, standing.role);
                    page.field("Who may", &may, Role::Text);
                }
                Some(Err(refusal)) => page.field("Who may", &self.short(&refusal.to_string(), 2), Role::Warn),
                None => {}
            }
        }
    }

    fn questions(&self, page: &mut Page, held: &Held) {
        let Some(questions) = held.item.text("questions").filter(|_| !AGENDA_ITEM.is_closed(&held.item)) else {
            return;
        };
        self.gap(page);
        for (at, question) in crate::text::lines(questions).lines().filter(|line| !line.trim().is_empty()).enumerate() {
            page.field(if at == 0 { "To ask" } else { "" }, question.trim(), Role::Text);
        }
    }

    fn votes(&self, page: &mut Page, held: &Held) {
        for motion in &held.motions {
            self.gap(page);
            let open = !MOTION.is_closed(motion);
            let said = crate::record::meeting::forum::in_words(motion);
            let role = if open { Role::Accent } else { Role::Text };
            page.field(if open { "Vote goes on" } else { "Vote" }, &said, role);
            for vote in held.votes.get(motion.id()).into_iter().flatten() {
                let reason = vote.text("reason").map(|why| format!(": {}", self.short(why, 1))).unwrap_or_default();
                let choice = vote.text("choice").unwrap_or_default();
                if self.rows >= 20 || !reason.is_empty() || self.cells == UNBROKEN {
                    page.field("", &format!("{} {choice}{reason}", crate::text::line(vote.title())), Role::Dim);
                }
            }
        }
    }

    fn decided(&self, page: &mut Page, held: &Held) {
        for decision in &held.decisions {
            self.gap(page);
            let said = |field: &str| decision.text(field);
            let what = format!("{} {}", decision.reference(), crate::text::line(said("outcome").unwrap_or_default()));
            page.field("Decision", &what, Role::Text);
            if let Some(why) = said("rationale") {
                page.field("", &self.short(why, self.lines()), Role::Dim);
            }
            if let Some(dissent) = said("dissent") {
                page.field("Dissent", &crate::text::lines(dissent), Role::Warn);
            }
        }
        for action in &held.actions {
            let due = action.get("due_on").as_day().map(|day| format!(", by {day}")).unwrap_or_default();
            let kind = if action.get("decision").is_empty() { "Action" } else { "Condition" };
            let owner = self.who(action.text("owner"));
            page.field(kind, &format!("{} ({owner}{due})", crate::text::line(action.title())), Role::Text);
        }
    }
}
