//! The file picker: folders to go into, files to take, or a path typed as it is.

use std::path::PathBuf;

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{Folder, choose_mapping, list};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::writes::at_home;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::Where;
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::widgets::picker::{Choice, Picked, Picker};

/// The file picker.
pub struct Files {
    folder: Folder,
    picker: Picker,
}

impl Files {
    /// A picker in a folder. Returns what to ask for too.
    #[must_use]
    pub fn new(path: PathBuf) -> (Self, Vec<Effect>) {
        let effects = vec![list(&path)];
        let folder = Folder { path, names: Vec::new() };
        (Self { picker: Self::picker(&folder), folder }, effects)
    }

    fn picker(folder: &Folder) -> Picker {
        let choices = folder.names.iter().map(Choice::new).collect();
        Picker::new(format!("Import from {}", folder.path.display()), choices).free()
    }

    fn go(path: PathBuf, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if path.is_dir() {
            return Outcome::Say(vec![Message::Ask(vec![list(&path)])]);
        }
        Outcome::Close(vec![Message::Push(choose_mapping(path, ctx))])
    }
}

impl Files {
    fn taken(&self, picked: Picked, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match picked {
            Picked::Chosen(places) => match places.first().and_then(|at| self.folder.names.get(*at)) {
                Some(name) => Self::go(self.folder.path.join(name), ctx),
                None => Outcome::Consumed,
            },
            Picked::Text(text) => {
                let typed = at_home(&text);
                Self::go(if typed.is_absolute() { typed } else { self.folder.path.join(typed) }, ctx)
            }
            _ => Outcome::Consumed,
        }
    }
}

impl Layer<Ctx, Message> for Files {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match self.picker.handle(input, &ctx.keymap) {
            Picked::Ignored if matches!(input, Input::Key(_)) => Outcome::Close(Vec::new()),
            picked => self.taken(picked, ctx),
        }
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        match message {
            Message::Folder(Ok(folder)) => {
                self.folder.clone_from(folder);
                self.picker = Self::picker(&self.folder);
                Outcome::Consumed
            }
            Message::Folder(Err(why)) => Outcome::Say(vec![Message::Complain(why.clone())]),
            _ => Outcome::Ignored,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        if let Some(cursor) = self.picker.draw(area, frame.buffer_mut(), &ctx.theme, &ctx.keymap) {
            frame.set_cursor_position(cursor);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let choices = self.picker.choices().to_vec();
        let wants = Wants::Choice { choices, many: false, at: None, typed: true };
        Some(Asked::new(self.picker.title(), wants).helped("A folder to go into, a file to import, or a path."))
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Chosen(places) => self.taken(self.picker.choose(places), ctx),
            Answer::Text(text) => self.taken(Picked::Text(text.clone()), ctx),
            Answer::Keep | Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}
