//! Columns matched to fields by likeness: each can be given to another field, to the notes, or left out. The mapping is
//! kept under a name, so that the next file of the same layout needs no matching.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::{Matched, mappings, plan_through};
use crate::exchange::mapping::Target;
use crate::exchange::suggest::Use;
use crate::record::SYSTEM;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::{Choose, Take};
use crate::tui::app::layers::prompt::{Prompt, Take as TakeText};
use crate::tui::app::message::{Boxed, Message};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::{Input, MouseKind};
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::Role;
use crate::tui::widgets::draw::{put, row};
use crate::tui::widgets::list::{Cell, Column, List, Row};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::tui::widgets::popup::Popup;

/// The columns of a file.
pub struct Columns {
    matched: Matched,
    selected: usize,
}

impl Columns {
    /// The columns of a file, as they were matched.
    #[must_use]
    pub fn new(matched: Matched) -> Self {
        Self { matched, selected: 0 }
    }

    fn go(&mut self, rows: isize) {
        let last = self.matched.draft.columns.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
    }

    fn about(&self) -> String {
        let columns = &self.matched.draft.columns;
        let used = columns.iter().filter(|column| matches!(column.used, Use::Field(_))).count();
        format!("Read as {}. {used} of {} columns go to fields.", self.matched.read_as, columns.len())
    }

    /// What the selected column can be used for, the likeliest first.
    fn uses(&self) -> Boxed {
        let column = &self.matched.draft.columns[self.selected];
        let mut uses = vec![Use::Nothing, Use::Notes(&SYSTEM)];
        let likely = column.alternatives.iter().map(|(target, _)| *target);
        let mut targets: Vec<Target> = likely.collect();
        targets.extend(Target::all().filter(|target| !column.alternatives.iter().any(|(known, _)| known == target)));
        uses.extend(targets.into_iter().map(Use::Field));
        let choices = uses.iter().map(choice).collect();
        let at = uses.iter().position(|one| *one == column.used).unwrap_or(0);
        let column = self.selected;
        let take: Take = Box::new(move |places, _, _| match places.first().and_then(|at| uses.get(*at)) {
            Some(chosen) => vec![Message::Assign(column, *chosen)],
            None => Vec::new(),
        });
        let title = format!("“{}” is", self.matched.draft.columns[column].header);
        Box::new(Choose::new(Picker::new(title, choices).at(at), take))
    }

    /// Asks for the mapping's name, keeps it, and plans the import through it.
    fn accept(&self) -> Outcome<Ctx, Message> {
        if let Err(error) = self.matched.draft.mapping() {
            return Outcome::Say(vec![Message::Complain(error.to_string())]);
        }
        let (draft, path) = (self.matched.draft.clone(), self.matched.path.clone());
        let suggested = draft.id.clone();
        let take: TakeText = Box::new(move |text, ctx| {
            let mut draft = draft.clone();
            text.clone_into(&mut draft.id);
            let mapping = draft.mapping().map_err(|error| error.to_string())?;
            let kept = draft.save(&mappings(ctx), true).map_err(|error| error.to_string())?;
            Ok(vec![
                Message::Say(format!("The mapping is kept in {}", kept.display())),
                Message::Progress(0, 0, "Reading the file".to_owned()),
                Message::Ask(vec![plan_through(path.clone(), ctx, move || Ok(mapping))]),
            ])
        });
        let help = "The mapping is kept under this name, in letters, digits and hyphens; the next file of the same \
                    layout can use it, here and on the command line.";
        let prompt = Prompt::new("Name of the mapping", help, take).starting(&suggested);
        Outcome::Close(vec![Message::Push(Box::new(prompt))])
    }

    fn popup<'a>(ctx: &'a Ctx, title: &'a str, area: Rect) -> Popup<'a> {
        Popup {
            theme: &ctx.theme,
            title,
            count: "",
            hint: "Enter changes · C-s goes on · Esc",
            width: area.width,
            height: area.height,
        }
    }
}

fn choice(used: &Use) -> Choice {
    match used {
        Use::Nothing => Choice::new("left out"),
        Use::Notes(kind) => Choice::new(format!("notes of the {}", kind.label.to_lowercase())).about("with its header"),
        Use::Field(target) => Choice::new(target.name()).about(target.field.help),
    }
}

impl Layer<Ctx, Message> for Columns {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match input {
            Input::Key(key) => match ctx.keymap.lookup(Where::Form, *key) {
                Some(Id::FieldDown | Id::FieldNext) => self.go(1),
                Some(Id::FieldUp | Id::FieldPrevious) => self.go(-1),
                Some(Id::FormPageDown) => self.go(15),
                Some(Id::FormPageUp) => self.go(-15),
                Some(Id::FieldOpen) => return Outcome::Say(vec![Message::Push(self.uses())]),
                Some(Id::Save) => return self.accept(),
                Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
                _ => {}
            },
            Input::Mouse(mouse) => match mouse.kind {
                MouseKind::WheelDown => self.go(3),
                MouseKind::WheelUp => self.go(-3),
                _ => {}
            },
            _ => {}
        }
        Outcome::Consumed
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        let Message::Assign(column, used) = message else { return Outcome::Ignored };
        self.matched.draft.assign(*column, *used);
        self.go(1);
        Outcome::Consumed
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let title = format!("Columns of {}", self.matched.draft.title);
        let inner = Self::popup(ctx, &title, area).draw(area, frame.buffer_mut());
        put(frame.buffer_mut(), row(inner, 0), &self.about(), theme.style(Role::Dim), theme);
        let body = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
        let room = List::room(body.height, true).max(1);
        let top = self.selected.saturating_sub(room / 2).min(self.matched.draft.columns.len().saturating_sub(room));
        let rows: Vec<Row<'_>> = self
            .matched
            .draft
            .columns
            .iter()
            .skip(top)
            .take(room)
            .map(|column| {
                let (what, role) = match &column.used {
                    Use::Field(target) => (target.name(), Role::Good),
                    Use::Notes(kind) => (format!("notes of the {}", kind.label.to_lowercase()), Role::Dim),
                    Use::Nothing => ("left out".to_owned(), Role::Dim),
                };
                Row::of([
                    Cell::from(column.header.as_str()),
                    Cell::styled(what, theme.style(role)),
                    Cell::styled(column.reason.as_str(), theme.style(Role::Dim)),
                    Cell::styled(column.samples.join(" | "), theme.style(Role::Dim)),
                ])
            })
            .collect();
        let columns = [
            Column::flexible("Column", 16, 50, 9),
            Column::flexible("goes to", 16, 36, 8),
            Column::flexible("because", 10, 36, 3),
            Column::flexible("for example", 10, 90, 2),
        ];
        let selected = (!rows.is_empty()).then(|| self.selected - top);
        let list = List { theme, columns: &columns, rows: &rows, selected, focused: true, header: true, empty: "" };
        (&list).render(body, frame.buffer_mut());
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let choices = self
            .matched
            .draft
            .columns
            .iter()
            .map(|column| {
                let about = format!("{}, because {}", choice(&column.used).label, column.reason);
                Choice::new(column.header.as_str()).about(about)
            })
            .collect();
        let wants = Wants::Choice { choices, many: false, at: None, typed: false };
        let asked = Asked::new(format!("Columns of {}", self.matched.draft.title), wants)
            .helped(self.about())
            .helped("A number gives that column to something else; a dot goes on.");
        Some(Asked { fields: true, ..asked })
    }

    fn answer(&mut self, answer: &Answer, _: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Chosen(places) => {
                self.selected = places.first().copied().unwrap_or(0);
                Outcome::Say(vec![Message::Push(self.uses())])
            }
            Answer::Finish => self.accept(),
            Answer::Keep => Outcome::Consumed,
            Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Form
    }

    fn covers(&self) -> bool {
        true
    }
}
