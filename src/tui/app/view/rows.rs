//! How records look as rows: the four panes of the Desk in their own short form, any other list by its description.

use std::collections::HashMap;

use chrono::NaiveDate;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::record::{
    ACTION, CHECKLIST_ITEM, EVIDENCE, Field, FieldKind, Kind, REVIEW, RISK, Record, checklist_item, describe, risk,
};
use crate::review::evidence::Standing;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::list::{List, Listing};
use crate::tui::app::view::record::state_sign;
use crate::tui::app::view::watched;
use crate::tui::settings::DateStyle;
use crate::tui::theme::{Glyph, Level, Role, tier};
use crate::tui::widgets::list::{Cell, Column, Row, Sorted, Width};
use crate::workspace::{Condition, Label};

/// From this width on, panes show stage and status too.
const ROOMY: u16 = 88;

/// Under this width, panes leave the tier and the word for a level out, so that a date still fits beside a title.
const NARROW: u16 = 44;

/// The most cells that a reference gets.
const LONGEST: u16 = 16;

/// How a kind's records look in a list.
pub struct Look<'a> {
    ctx: &'a Ctx,
    kind: Kind,
    short: bool,
    /// Fields that hold the same in every row.
    same: Vec<&'static str>,
}

impl<'a> Look<'a> {
    /// The short form for the panes of the Desk.
    #[must_use]
    pub fn short(ctx: &'a Ctx, kind: Kind) -> Self {
        let short = [&REVIEW, &RISK, &ACTION, &CHECKLIST_ITEM].contains(&kind);
        Self { ctx, kind, short, same: Vec::new() }
    }

    /// The long form, with all columns of the description but those that would hold the same in every row: what belongs to
    /// one review is of one system too.
    #[must_use]
    pub fn long(ctx: &'a Ctx, listing: &Listing) -> Self {
        let mut same: Vec<&'static str> = Vec::new();
        for condition in &listing.base.conditions {
            if let Condition::Is(name, value) = condition
                && !value.is_empty()
            {
                same.push(*name);
            }
        }
        if same.contains(&"review") {
            same.push("system");
        }
        Self { ctx, kind: listing.base.kind, short: false, same }
    }

    /// The columns for a list in a space this wide, with a sign on the one that orders it. References are never cut.
    #[must_use]
    pub fn columns(&self, listing: &Listing, width: u16) -> Vec<Column<'static>> {
        let sort = &listing.sort;
        let references = listing.list.rows.iter().map(|row| row.record.reference().len());
        let reference = references.max().and_then(|longest| u16::try_from(longest).ok()).unwrap_or(0).min(LONGEST);
        if self.short {
            let mut columns = self.short_columns();
            for column in &mut columns {
                match column.title.as_ref() {
                    "Ref" if width < NARROW => column.width = Width::Exactly(reference.max(6)),
                    "Due" if self.ctx.dates == DateStyle::Iso => column.width = Width::Exactly(11),
                    "Ref" => column.width = Width::Exactly(reference.max(8)),
                    // What the place says already is shown only where titles have room enough.
                    "Stage" | "Status" if width < ROOMY => column.width = Width::Exactly(0),
                    "Tier" | "Packet" | "Level" | "Evidence" if width < NARROW => column.width = Width::Exactly(0),
                    "Review" | "Risk" | "Action" if width < NARROW => {
                        column.width = Width::Between { least: 12, most: 90, part: 1 };
                    }
                    _ => {}
                }
            }
            return columns;
        }
        if let Some(columns) = watched::columns(self.kind, &self.same, reference) {
            return columns;
        }
        self.long_fields()
            .map(|field| {
                let width = field.column.unwrap_or(10).max(u16::try_from(field.label.len()).unwrap_or(10).min(12));
                // The status of evidence says also whether it still holds: “submitted, drifted”.
                let width = if self.kind == &EVIDENCE && field.name == "status" { 18 } else { width };
                let keep = self.keep(field);
                let mut column = match field.kind {
                    _ if field.name == "ref" => Column::fixed(field.label, width.max(reference), keep),
                    FieldKind::Line | FieldKind::Prose if field.name == self.kind.title => Column {
                        width: Width::Between { least: 24, most: 90, part: 4 },
                        ..Column::fixed(field.label, 0, keep)
                    },
                    FieldKind::Line | FieldKind::Prose | FieldKind::Link(_) if width > 16 => {
                        Column::flexible(field.label, 10, width + 20, keep)
                    }
                    FieldKind::Step(_) => Column::fixed(short_label(field), 4, keep).right(),
                    // A sign stands before the word.
                    _ if field.name == "level" => Column::fixed(field.label, width.max(10), keep),
                    _ => Column::fixed(field.label, width, keep),
                };
                if let Some(sort) = sort.iter().find(|sort| sort.field == field.name) {
                    column.sorted = Some(if sort.descending { Sorted::Descending } else { Sorted::Ascending });
                }
                column
            })
            .collect()
    }

    fn long_fields(&self) -> impl Iterator<Item = &'static Field> + use<'_, 'a> {
        self.kind.columns().filter(|field| field.column.is_some() && !self.same.contains(&field.name))
    }

    fn keep(&self, field: &Field) -> u8 {
        let place = self.long_fields().position(|known| known.name == field.name).unwrap_or(30);
        match field.name {
            "ref" => 100,
            name if name == self.kind.title => 99,
            "status" | "stage" | "level" | "due_on" => 98,
            _ => 90 - u8::try_from(place.min(60)).unwrap_or(60),
        }
    }

    /// A record as a row.
    #[must_use]
    pub fn row(&self, record: &Record, list: &List) -> Row<'static> {
        let watched = watched::cells(self.ctx, record, &self.same, &list.labels);
        let cells = match self.kind.name {
            _ if watched.is_some() => watched.unwrap_or_default(),
            name if self.short && name == REVIEW.name => self.review(record, list),
            name if self.short && name == RISK.name => self.risk(record),
            name if self.short && name == CHECKLIST_ITEM.name => self.item(record),
            name if self.short && name == ACTION.name => self.action(record, &list.labels),
            _ => self
                .long_fields()
                .map(|field| match (field.name, list.states.get(record.id())) {
                    ("status", _) if self.kind == &EVIDENCE => self.evidence_status(record, list),
                    ("status", Some(state)) => self.state(state),
                    _ => self.cell(record, field, &list.labels),
                })
                .collect(),
        };
        Row {
            cells,
            marked: list.marked.contains(record.id()),
            dim: self.kind != &CHECKLIST_ITEM && self.kind.is_closed(record),
        }
    }

    /// Where evidence stands, and whether it still holds.
    fn evidence_status(&self, record: &Record, list: &List) -> Cell<'static> {
        let status = record.text("status").unwrap_or_default();
        match list.standing.get(record.id()) {
            Some(standing @ (Standing::Stale(_) | Standing::Drifted(_))) => {
                Cell::styled(format!("{status}, {}", standing.word()), self.ctx.theme.style(Role::Bad))
            }
            _ => Cell::from(status.to_owned()),
        }
    }

    /// How a decision stands, by sign and word.
    fn state(&self, word: &'static str) -> Cell<'static> {
        let theme = &self.ctx.theme;
        let (glyph, role) = state_sign(word);
        Cell::styled(format!("{} {word}", theme.glyph(glyph)), theme.style(role))
    }

    fn short_columns(&self) -> Vec<Column<'static>> {
        match self.kind.name {
            name if name == REVIEW.name => vec![
                Column::fixed("Ref", 8, 9),
                Column::flexible("Review", 22, 90, 8),
                Column::fixed("Tier", 7, 7),
                Column::fixed("Stage", 12, 2),
                Column::fixed("Packet", 4, 6),
                Column::fixed("Due", 8, 4).right(),
            ],
            name if name == RISK.name => vec![
                Column::fixed("", 1, 8),
                Column::fixed("Level", 8, 7),
                Column::fixed("Ref", 8, 9),
                Column::flexible("Risk", 22, 90, 8),
                Column::fixed("Status", 10, 2),
                Column::fixed("Due", 8, 5).right(),
            ],
            name if name == CHECKLIST_ITEM.name => vec![
                Column::fixed("", 1, 9),
                Column::fixed("Code", 8, 7),
                Column::flexible("Item", 24, 120, 8),
                Column::fixed("Evidence", 11, 3).right(),
            ],
            _ => vec![
                Column::fixed("", 1, 7),
                Column::fixed("Ref", 8, 9),
                Column::flexible("Action", 22, 90, 8),
                Column::fixed("Owner", 9, 3),
                Column::fixed("Due", 8, 6).right(),
            ],
        }
    }

    fn review(&self, record: &Record, list: &List) -> Vec<Cell<'static>> {
        let theme = &self.ctx.theme;
        let decided = record.text("tier").or(record.text("proposed_tier"));
        let tier_cell = match (record.text("tier"), decided) {
            (Some(name), _) => Cell::styled(short_tier(name), theme.style(tier(name))),
            (None, Some(name)) => Cell::styled(format!("{}?", short_tier(name)), theme.style(tier(name))),
            (None, None) => Cell::styled("T?", theme.style(Role::Dim)),
        };
        let bar = match list.progress.get(record.id()) {
            Some(progress) if progress.asked > 0 => self.bar(progress.answered, progress.asked),
            _ => Cell::default(),
        };
        vec![
            self.reference(record),
            Cell::from(record.title().to_owned()),
            tier_cell,
            Cell::styled(record.text("stage").unwrap_or_default().to_owned(), theme.style(Role::Dim)),
            bar,
            self.due(record, record.get("due_on").as_day().or(record.get("target_on").as_day())),
        ]
    }

    /// How much of a packet is answered, in four steps: full only when all of it is.
    fn bar(&self, answered: i64, asked: i64) -> Cell<'static> {
        let theme = &self.ctx.theme;
        let full = usize::try_from((answered * 4 / asked.max(1)).clamp(0, 4)).unwrap_or(0);
        Cell(vec![
            Span::styled(theme.glyph(Glyph::BarFull).repeat(full), theme.style(Role::BarFull)),
            Span::styled(theme.glyph(Glyph::BarEmpty).repeat(4 - full), theme.style(Role::BarEmpty)),
        ])
    }

    fn risk(&self, record: &Record) -> Vec<Cell<'static>> {
        let [sign, level] = self.level_in_two(record.text("level"));
        vec![
            sign,
            level,
            self.reference(record),
            Cell::from(record.title().to_owned()),
            self.risk_status(record),
            self.due(record, record.get("due_on").as_day()),
        ]
    }

    /// Where a risk stands; an acceptance that has run out is told as such.
    fn risk_status(&self, record: &Record) -> Cell<'static> {
        let said = record.text("status").unwrap_or_default();
        let run_out = said == "accepted" && risk::standing(record, self.ctx.today) != said;
        let (word, role) = if run_out { ("run out", Role::Bad) } else { (said, Role::Dim) };
        Cell::styled(word.to_owned(), self.ctx.theme.style(role))
    }

    fn level(&self, level: Option<&str>) -> Cell<'static> {
        let theme = &self.ctx.theme;
        let Some(name) = level else { return Cell::styled("not scored", theme.style(Role::Dim)) };
        match Level::named(name) {
            Some(level) => {
                Cell::styled(format!("{} {}", theme.glyph(level.glyph()), capital(name)), theme.style(level.role()))
            }
            None => Cell::from(capital(name)),
        }
    }

    /// The glyph and the word apart: where there is no room for the word, the glyph tells the level.
    fn level_in_two(&self, level: Option<&str>) -> [Cell<'static>; 2] {
        let theme = &self.ctx.theme;
        let Some(name) = level else {
            return [Cell::default(), Cell::styled("unscored", theme.style(Role::Dim))];
        };
        let Some(level) = Level::named(name) else { return [Cell::default(), Cell::from(capital(name))] };
        let style = theme.style(level.role());
        [Cell::styled(theme.glyph(level.glyph()).to_owned(), style), Cell::styled(capital(name), style)]
    }

    fn item(&self, record: &Record) -> Vec<Cell<'static>> {
        let theme = &self.ctx.theme;
        let count = record.get("evidence").items().len();
        let wanted = !record.get("required_evidence").items().is_empty();
        let evidence = match (count, wanted) {
            (0, true) => Cell::styled("evidence 0", theme.style(Role::Warn)),
            (0, false) => Cell::default(),
            (count, _) => Cell::styled(format!("evidence {count}"), theme.style(Role::Dim)),
        };
        vec![
            self.answer(checklist_item::standing(record, self.ctx.today)),
            Cell::styled(record.text("code").unwrap_or_default().to_owned(), theme.style(Role::Accent)),
            Cell::from(record.text("text").unwrap_or_default().to_owned()),
            evidence,
        ]
    }

    fn answer(&self, status: &str) -> Cell<'static> {
        let theme = &self.ctx.theme;
        let (glyph, role) = match status {
            "pass" => (Glyph::Check, Role::Good),
            "fail" => (Glyph::Cross, Role::Bad),
            "not applicable" => (Glyph::NotApplicable, Role::Dim),
            "waived" => (Glyph::Waived, Role::Warn),
            _ => (Glyph::Open, Role::Dim),
        };
        Cell::styled(theme.glyph(glyph).to_owned(), theme.style(role))
    }

    fn action(&self, record: &Record, labels: &HashMap<String, Label>) -> Vec<Cell<'static>> {
        let theme = &self.ctx.theme;
        let due = record.get("due_on").as_day();
        let late = due.is_some_and(|due| due < self.ctx.today) && !self.kind.is_closed(record);
        let sign = match record.text("status") {
            _ if late => Cell::styled(theme.glyph(Glyph::Alert).to_owned(), theme.style(Role::Bad)),
            Some("done") => Cell::styled(theme.glyph(Glyph::Check).to_owned(), theme.style(Role::Good)),
            Some("blocked") => Cell::styled(theme.glyph(Glyph::Cross).to_owned(), theme.style(Role::Warn)),
            Some("in progress") => Cell::styled(theme.glyph(Glyph::Point).to_owned(), theme.style(Role::Accent)),
            _ => Cell::default(),
        };
        let owner = record.text("owner").and_then(|id| labels.get(id)).map(Label::shown).unwrap_or_default();
        vec![
            sign,
            self.reference(record),
            Cell::from(record.title().to_owned()),
            Cell::styled(owner, theme.style(Role::Dim)),
            self.due(record, due),
        ]
    }

    fn reference(&self, record: &Record) -> Cell<'static> {
        Cell::styled(record.reference().to_owned(), self.ctx.theme.style(Role::Accent))
    }

    /// A due date as a distance; late ones say so in words and colour while the record is open.
    fn due(&self, record: &Record, due: Option<NaiveDate>) -> Cell<'static> {
        let Some(due) = due else { return Cell::default() };
        if self.kind.is_closed(record) {
            return Cell::styled(due.format("%Y-%m-%d").to_string(), self.ctx.theme.style(Role::Dim));
        }
        Cell::styled(self.ctx.due(due), self.due_style(due))
    }

    fn due_style(&self, due: NaiveDate) -> Style {
        let role = match (due - self.ctx.today).num_days() {
            ..0 => Role::Bad,
            0..=3 => Role::Warn,
            _ => Role::Dim,
        };
        self.ctx.theme.style(role)
    }

    fn cell(&self, record: &Record, field: &Field, labels: &HashMap<String, Label>) -> Cell<'static> {
        let value = record.get(field.name);
        match (field.name, field.kind) {
            ("ref", _) => self.reference(record),
            ("level", _) => self.level(value.as_text()),
            ("tier" | "proposed_tier", _) => {
                let name = value.as_text().unwrap_or_default();
                Cell::styled(name.to_owned(), self.ctx.theme.style(tier(name)))
            }
            ("due_on" | "target_on", _) if self.kind.ends() => self.due(record, value.as_day()),
            (_, FieldKind::Step(_)) => Cell::from(value.display()),
            _ => {
                let label_of = |id: &str| {
                    labels.get(id).map(|label| {
                        if matches!(field.column, Some(width) if width <= 10) && !label.reference.starts_with("PER-") {
                            label.reference.clone()
                        } else {
                            label.shown()
                        }
                    })
                };
                Cell::from(describe(field, value, self.ctx.terms(), &label_of))
            }
        }
    }
}

/// What a list says when it has no rows: what belongs there, and the key that starts it.
#[must_use]
pub fn when_empty(listing: &Listing, key: &str) -> String {
    if listing.list.loading {
        return "Reading …".to_owned();
    }
    if listing.is_narrowed() {
        return format!("Nothing matches {}. Esc shows everything again.", listing.narrowing());
    }
    let kind = listing.base.kind;
    match kind.name {
        name if name == CHECKLIST_ITEM.name => {
            format!("No checklist yet. {key} starts one from a template: what to check, with guidance.")
        }
        name if name == REVIEW.name => {
            format!("The queue is empty. {key} adds a review; I imports an inventory from a file.")
        }
        _ => format!("No {} here. {} {key} adds one.", kind.plural.to_lowercase(), kind.help),
    }
}

fn short_label(field: &Field) -> &'static str {
    if field.name.contains("severity") { "Sev" } else { "Lik" }
}

fn short_tier(name: &str) -> String {
    match name {
        "prohibited" => "banned".to_owned(),
        "minimal" => "minim.".to_owned(),
        other => other.to_owned(),
    }
}

/// The first letter as a capital.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
