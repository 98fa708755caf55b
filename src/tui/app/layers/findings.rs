//! What standing checks find: a list to go along, the worst first, with the rule under the cursor explained below it. Words
//! narrow it, a key goes through the severities, Enter goes to where a finding is mended, and a key lets it be.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::form::Form;
use crate::record::SILENCE;
use crate::review::lint::{Finding, Report, Severity};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::Message;
use crate::tui::app::reads;
use crate::tui::app::walk::tab_of;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input as Event, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row, wrap};
use crate::tui::widgets::list::{Cell, Column, List, Row};
use crate::tui::widgets::picker::Choice;
use crate::tui::widgets::popup::Popup;
use crate::tui::widgets::text_line::{Look, TextLine, Typed};

/// Lines for the explanation of the rule under the cursor.
const EXPLAINED: u16 = 6;

/// The list.
pub struct Findings {
    title: String,
    report: Report,
    input: TextLine,
    severity: Option<Severity>,
    /// The places, in the report, of what is shown.
    shown: Vec<usize>,
    selected: usize,
}

impl Findings {
    /// What was found in a review, named by its reference, or everywhere.
    #[must_use]
    pub fn new(review: Option<&str>, report: Report) -> Self {
        let title = review.map_or_else(|| "Standing checks".to_owned(), |review| format!("Standing checks: {review}"));
        let mut findings =
            Self { title, report, input: TextLine::default(), severity: None, shown: Vec::new(), selected: 0 };
        findings.narrow();
        findings
    }

    fn narrow(&mut self) {
        let words: Vec<String> = self.input.text().split_whitespace().map(str::to_lowercase).collect();
        let fits = |finding: &Finding| {
            let said =
                format!("{} {} {} {}", finding.record, finding.rule.id, finding.title, finding.text).to_lowercase();
            self.severity.is_none_or(|severity| finding.rule.severity == severity)
                && words.iter().all(|word| said.contains(word.as_str()))
        };
        let places = self.report.findings.iter().enumerate();
        self.shown = places.filter(|(_, finding)| fits(finding)).map(|(at, _)| at).collect();
        self.selected = self.selected.min(self.shown.len().saturating_sub(1));
    }

    fn go(&mut self, rows: isize) -> Outcome<Ctx, Message> {
        self.selected = self.selected.saturating_add_signed(rows).min(self.shown.len().saturating_sub(1));
        Outcome::Consumed
    }

    fn current(&self) -> Option<&Finding> {
        self.shown.get(self.selected).and_then(|at| self.report.findings.get(*at))
    }

    /// The next severity, and after the last one all of them.
    fn turn(&mut self) -> Outcome<Ctx, Message> {
        let next = match self.severity {
            None => Some(0),
            Some(now) => Severity::ALL.iter().position(|known| *known == now).map(|at| at + 1),
        };
        self.severity = next.and_then(|at| Severity::ALL.get(at)).copied();
        self.selected = 0;
        self.narrow();
        Outcome::Consumed
    }

    /// Goes to where the finding is mended: the tab of the review, or the record's own screen.
    fn open(&self) -> Outcome<Ctx, Message> {
        let Some(finding) = self.current() else { return Outcome::Consumed };
        let whole = matches!(finding.kind.name, "review" | "packet" | "legal" | "checklist");
        Outcome::Close(vec![match &finding.review {
            Some((_, review)) if whole => Message::Ask(vec![reads::open_at(review, tab_of(finding.next.place))]),
            _ => Message::OpenNamed(finding.record.clone()),
        }])
    }

    /// Asks for the reason and the end of a silence, in the form that its description makes.
    fn hush(&self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let Some(finding) = self.current() else { return Outcome::Consumed };
        if let Some(silenced) = &finding.silenced {
            return Outcome::Close(vec![Message::OpenNamed(silenced.silence.clone())]);
        }
        let given = vec![("rule", finding.rule.id.to_owned()), ("subject", finding.record.clone())];
        let (form, effects) = Form::add(&SILENCE, given, ctx);
        Outcome::Close(vec![Message::Push(Box::new(form.at("reason"))), Message::Ask(effects)])
    }

    /// What stands under the list: why, what to do, and who lets it be.
    fn explained(finding: &Finding) -> Vec<(String, Role)> {
        let mut told = vec![
            (finding.text.clone(), Role::Text),
            (format!("{} ({})", finding.rule.why, finding.rule.id), Role::Dim),
            (format!("Next: {}: {}", finding.next.what, finding.next.command), Role::Accent),
        ];
        if let Some(silenced) = &finding.silenced {
            let told_by = format!("Silenced until {} by {}: {}", silenced.until, silenced.by, silenced.reason);
            told.insert(0, (told_by, Role::Warn));
        }
        if let Some(last) = finding.lapsed {
            told.insert(0, (format!("It was silenced until {last}, and is back."), Role::Warn));
        }
        told
    }

    fn row<'a>(finding: &'a Finding, ctx: &'a Ctx) -> Row<'a> {
        let role = match (finding.silenced.is_some(), finding.rule.severity) {
            (true, _) => Role::Dim,
            (_, Severity::Error) => Role::Bad,
            (_, Severity::Warning) => Role::Warn,
            (_, Severity::Note) => Role::Text,
        };
        let word = if finding.silenced.is_some() { "silenced" } else { finding.rule.severity.word() };
        Row::of([
            Cell::styled(word, ctx.theme.style(role)),
            Cell::styled(finding.record.as_str(), ctx.theme.style(Role::Accent)),
            Cell::from(finding.rule.title),
            Cell::styled(finding.title.as_str(), ctx.theme.style(Role::Dim)),
        ])
    }

    fn counts(&self) -> String {
        let count = |severity| self.report.count(severity);
        let all = format!(
            "{} errors, {} warnings, {} notes",
            count(Severity::Error),
            count(Severity::Warning),
            count(Severity::Note)
        );
        match self.severity {
            Some(severity) => format!("{all}; {}s only", severity.word()),
            None => all,
        }
    }

    fn draw_explained(&self, area: Rect, frame: &mut Frame<'_>, ctx: &Ctx) {
        let Some(finding) = self.current() else { return };
        let lines = Self::explained(finding)
            .into_iter()
            .flat_map(|(text, role)| wrap(&text, area.width).into_iter().map(move |line| (line, role)));
        for (at, (line, role)) in (0..area.height).zip(lines) {
            put(frame.buffer_mut(), row(area, at), &line, ctx.theme.style(role), &ctx.theme);
        }
    }
}

impl Layer<Ctx, Message> for Findings {
    fn handle(&mut self, input: &Event, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let typed = match input {
            Event::Key(key) => match ctx.keymap.lookup(Where::Picker, *key) {
                Some(Id::PickerAccept) => return self.open(),
                Some(Id::PickerMark) => return self.turn(),
                Some(Id::Silence) => return self.hush(ctx),
                Some(Id::PickerDown) => return self.go(1),
                Some(Id::PickerUp) => return self.go(-1),
                Some(Id::PickerPageDown) => return self.go(10),
                Some(Id::PickerPageUp) => return self.go(-10),
                Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
                _ => self.input.handle(*key),
            },
            Event::Paste(text) => self.input.paste(text),
            Event::Mouse(mouse) => {
                return match mouse.kind {
                    MouseKind::WheelDown => self.go(3),
                    MouseKind::WheelUp => self.go(-3),
                    _ => Outcome::Consumed,
                };
            }
            _ => return Outcome::Consumed,
        };
        if typed == Typed::Changed {
            self.narrow();
        }
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let key = |id| ctx.keymap.key_for(Where::Picker, id).map(|key| key.to_string()).unwrap_or_default();
        let hint = format!("Enter goes there · {} severity · {} silence", key(Id::PickerMark), key(Id::Silence));
        let height = area.height.saturating_sub(2).max(10);
        let popup = Popup { theme, title: &self.title, count: "", hint: &hint, width: 160, height };
        let inner = popup.draw(area, frame.buffer_mut());
        let look = Look { theme, focused: true, wrong: false, placeholder: "words that narrow the list" };
        let line = Rect { height: 1.min(inner.height), ..inner };
        if let Some(cursor) = self.input.draw(line, frame.buffer_mut(), &look) {
            frame.set_cursor_position(cursor);
        }
        let counts = Rect { y: inner.y + 1, height: 1, ..inner }.intersection(inner);
        if !counts.is_empty() {
            put(frame.buffer_mut(), counts, &self.counts(), theme.style(Role::Dim), theme);
        }
        let explained = EXPLAINED.min(inner.height / 3);
        let body =
            Rect { y: inner.y + 3.min(inner.height), height: inner.height.saturating_sub(4 + explained), ..inner };
        let room = List::room(body.height, false);
        let top = (self.selected + 1).saturating_sub(room.max(1));
        let findings = self.shown.iter().skip(top).take(room).filter_map(|at| self.report.findings.get(*at));
        let rows: Vec<Row<'_>> = findings.map(|finding| Self::row(finding, ctx)).collect();
        let columns = [
            Column::fixed("", 8, 5),
            Column::fixed("", 9, 9),
            Column::flexible("", 20, 72, 8),
            Column::flexible("", 12, 90, 4),
        ];
        let empty = if self.report.findings.is_empty() { "Nothing was found." } else { "Nothing of that kind." };
        let selected = (!rows.is_empty()).then(|| self.selected - top);
        let list = List { theme, columns: &columns, rows: &rows, selected, focused: true, header: false, empty };
        (&list).render(body, frame.buffer_mut());
        let below = Rect { y: body.bottom() + 1, height: explained, ..inner };
        self.draw_explained(below.intersection(inner), frame, ctx);
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let choice = |at: &usize| {
            let finding = &self.report.findings[*at];
            let word = if finding.silenced.is_some() { "silenced" } else { finding.rule.severity.word() };
            let label = format!("{word} {} {}", finding.record, finding.rule.title);
            Choice::new(label).about(format!("{} Next: {}.", finding.text, finding.next.what))
        };
        let choices = self.shown.iter().map(choice).collect();
        let wants = Wants::Choice { choices, many: false, at: None, typed: true };
        Some(Asked::new(&self.title, wants).helped(format!("{}. A choice goes to where it is mended.", self.counts())))
    }

    fn answer(&mut self, answer: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Text(text) => {
                self.input.set(text);
                self.narrow();
                Outcome::Consumed
            }
            Answer::Chosen(places) => {
                self.selected = places.first().copied().unwrap_or(0);
                self.open()
            }
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}
