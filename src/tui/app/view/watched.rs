//! Alerts, incidents, signals and temporary mitigations as rows: what is pressing about each stands first.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::record::incident::MITIGATION;
use crate::record::{ALERT, INCIDENT, Kind, Record, SIGNAL, incident};
use crate::review::operations::alert::{Answer, answer};
use crate::review::operations::readiness::lacks;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::operations::reading::{at, short};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::list::{Cell, Column};
use crate::workspace::Label;

type Labels = HashMap<String, Label>;

/// How an alert's answer stands, with moments as `at` writes them.
#[must_use]
pub fn answered(ctx: &Ctx, alert: &Record, at: fn(DateTime<Utc>) -> String) -> Option<(Answer, String)> {
    let answer = answer(ctx.policy.business(), alert, Utc::now())?;
    let words = answer.words(&at);
    Some((answer, words))
}

/// The columns of a kind that is watched; none of any other. Columns for what all rows of the list share are left out.
#[must_use]
pub fn columns(kind: Kind, same: &[&'static str], reference: u16) -> Option<Vec<Column<'static>>> {
    let has = |field: &'static str| !same.contains(&field);
    let optional = |field, column: Column<'static>| Some(column).filter(|_| has(field));
    let first = Column::fixed("Ref", reference.max(6), 100);
    let columns: Vec<Option<Column<'static>>> = match kind.name {
        name if name == ALERT.name => vec![
            Some(Column::fixed("", 1, 98)),
            Some(first),
            Some(Column::flexible("Alert", 36, 70, 99)),
            Some(Column::fixed("Answer", 25, 97)),
            Some(Column::fixed("Raised", 16, 80)),
            Some(Column::fixed("Routed to", 12, 55)),
            Some(Column::fixed("Turned out", 12, 75)),
            optional("incident", Column::fixed("Incident", 8, 60)),
        ],
        name if name == INCIDENT.name => vec![
            Some(first),
            Some(Column::fixed("Sev", 4, 98)),
            Some(Column::flexible("Incident", 34, 70, 99)),
            Some(Column::fixed("Status", 9, 97)),
            Some(Column::fixed("Report due", 12, 96)),
            Some(Column::fixed("Detected", 16, 80)),
            Some(Column::fixed("Commander", 12, 70)),
            Some(Column::fixed("People", 8, 60).right()),
            optional("system", Column::flexible("System", 14, 30, 50)),
        ],
        name if name == SIGNAL.name => vec![
            Some(Column::fixed("", 1, 98)),
            Some(first),
            Some(Column::flexible("Signal", 30, 50, 99)),
            Some(Column::fixed("Kind", 16, 70)),
            Some(Column::fixed("Bad when", 18, 80)),
            Some(Column::fixed("Status", 9, 90)),
            Some(Column::flexible("Lacks", 12, 44, 85)),
            Some(Column::fixed("Owner", 10, 60)),
            optional("system", Column::flexible("System", 14, 30, 50)),
        ],
        name if name == MITIGATION.name => vec![
            Some(first),
            Some(Column::flexible("What was put in", 24, 70, 99)),
            Some(Column::fixed("Ends", 11, 98)),
            Some(Column::fixed("Put in by", 12, 90)),
            Some(Column::fixed("Put in", 16, 80)),
            Some(Column::fixed("Kind", 13, 70)),
            Some(Column::flexible("What came after", 12, 50, 60)),
        ],
        _ => return None,
    };
    Some(columns.into_iter().flatten().collect())
}

/// A record of a kind that is watched, as cells; none of any other kind.
#[must_use]
pub fn cells(ctx: &Ctx, record: &Record, same: &[&'static str], labels: &Labels) -> Option<Vec<Cell<'static>>> {
    let kind = record.kind();
    let has = |field: &'static str| !same.contains(&field);
    let row = Row { ctx, record, labels };
    let mut cells = match kind.name {
        name if name == ALERT.name => row.alert(has("incident")),
        name if name == INCIDENT.name => row.incident(),
        name if name == SIGNAL.name => row.signal(),
        name if name == MITIGATION.name => row.mitigation(),
        _ => return None,
    };
    if has("system") && [&INCIDENT, &SIGNAL].contains(&kind) {
        cells.push(row.linked("system"));
    }
    Some(cells)
}

struct Row<'a> {
    ctx: &'a Ctx,
    record: &'a Record,
    labels: &'a Labels,
}

impl Row<'_> {
    fn styled(&self, text: impl Into<String>, role: Role) -> Cell<'static> {
        Cell::styled(text.into(), self.ctx.theme.style(role))
    }

    fn sign(&self, glyph: Glyph, role: Role) -> Cell<'static> {
        self.styled(self.ctx.theme.glyph(glyph), role)
    }

    fn reference(&self) -> Cell<'static> {
        self.styled(self.record.reference(), Role::Accent)
    }

    fn text(&self, field: &str, role: Role) -> Cell<'static> {
        self.styled(crate::text::line(self.record.text(field).unwrap_or_default()).into_owned(), role)
    }

    fn linked(&self, field: &str) -> Cell<'static> {
        let label = self.record.text(field).and_then(|id| self.labels.get(id));
        self.styled(label.map(Label::shown).unwrap_or_default(), Role::Dim)
    }

    /// What it links to, by its reference or its handle alone.
    fn named(&self, field: &str) -> Cell<'static> {
        let label = self.record.text(field).and_then(|id| self.labels.get(id));
        self.styled(label.map(Label::typed).unwrap_or_default(), Role::Dim)
    }

    fn moment(&self, field: &str) -> Cell<'static> {
        self.styled(self.record.get(field).as_moment().map(at).unwrap_or_default(), Role::Dim)
    }

    fn title(&self) -> Cell<'static> {
        Cell::from(crate::text::line(self.record.title()).into_owned())
    }

    fn alert(&self, incident: bool) -> Vec<Cell<'static>> {
        let sign = match (self.record.text("status"), answered(self.ctx, self.record, short)) {
            (Some("closed"), _) => self.sign(Glyph::Check, Role::Dim),
            (Some("acknowledged"), _) => self.sign(Glyph::Point, Role::Accent),
            (_, Some((answer, _))) if answer.late => self.sign(Glyph::Alert, Role::Bad),
            _ => self.sign(Glyph::Open, Role::Warn),
        };
        let answer = answered(self.ctx, self.record, short).map_or_else(Cell::default, |(answer, words)| {
            let role = match (answer.late, answer.acknowledged_at) {
                (true, _) => Role::Bad,
                (false, None) => Role::Warn,
                (false, Some(_)) => Role::Dim,
            };
            self.styled(words, role)
        });
        let mut cells = vec![
            sign,
            self.reference(),
            self.title(),
            answer,
            self.moment("raised_at"),
            self.named("routed_to"),
            self.text("disposition", Role::Text),
        ];
        if incident {
            cells.push(self.named("incident"));
        }
        cells
    }

    fn incident(&self) -> Vec<Cell<'static>> {
        let record = self.record;
        let severity = match record.text("severity") {
            Some("SEV1") => Role::Critical,
            Some("SEV2") => Role::High,
            Some("SEV3") => Role::Medium,
            _ => Role::Low,
        };
        let over = incident::is_over(record);
        let due = record.get("report_due_on").as_day().map_or_else(Cell::default, |day| {
            let left = (day - self.ctx.today).num_days();
            let role = if left <= 2 && !over { Role::Bad } else { Role::Warn };
            self.styled(self.ctx.due(day), role)
        });
        let status = match record.text("status") {
            Some("open") => Role::Bad,
            Some("contained") => Role::Warn,
            _ => Role::Dim,
        };
        vec![
            self.reference(),
            self.text("severity", severity),
            self.title(),
            self.text("status", status),
            due,
            self.moment("detected_at"),
            self.named("commander"),
            self.styled(record.get("people_affected").display(), Role::Text),
        ]
    }

    fn signal(&self) -> Vec<Cell<'static>> {
        let record = self.record;
        let retired = SIGNAL.is_closed(record);
        let lacks = lacks(record).filter(|_| !retired);
        let sign = match (&lacks, retired) {
            (_, true) => self.sign(Glyph::NotApplicable, Role::Dim),
            (Some(_), _) => self.sign(Glyph::Cross, Role::Bad),
            (None, _) => self.sign(Glyph::Check, Role::Good),
        };
        let bad = record.text("threshold").map(|threshold| {
            let unit = record.text("unit").map(|unit| format!(" {unit}")).unwrap_or_default();
            format!("{} {threshold}{unit}", record.text("bad_when").unwrap_or("above"))
        });
        vec![
            sign,
            self.reference(),
            self.title(),
            self.text("kind", Role::Text),
            self.styled(bad.unwrap_or_else(|| "no threshold".to_owned()), Role::Text),
            self.text("status", Role::Dim),
            self.styled(lacks.unwrap_or_default(), Role::Bad),
            self.named("owner"),
        ]
    }

    fn mitigation(&self) -> Vec<Cell<'static>> {
        let record = self.record;
        let active = record.text("status") == Some("active");
        let ends = match record.get("ends_on").as_day().filter(|_| active) {
            Some(day) => {
                let left = (day - self.ctx.today).num_days();
                let role = if left < 0 {
                    Role::Bad
                } else if left <= 3 {
                    Role::Warn
                } else {
                    Role::Text
                };
                self.styled(self.ctx.due(day), role)
            }
            None => self.styled("ended", Role::Dim),
        };
        vec![
            self.reference(),
            self.title(),
            ends,
            self.named("put_in_by"),
            self.moment("put_in_at"),
            self.text("kind", Role::Dim),
            self.text("end_note", Role::Dim),
        ]
    }
}
