//! The file picker: folders to go into, files to take, or a path typed as it is.

use std::path::{Path, PathBuf};

use ratatui::Frame;
use ratatui::layout::Rect;

use super::work::Slot;
use super::writes::at_home;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Effect, Message};
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::Where;
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::widgets::picker::{Choice, Picked, Picker};

/// What stands in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// Its folders and files; folders end in a slash.
    pub names: Vec<String>,
}

/// What is done with the file that was chosen.
pub type Take = Box<dyn FnMut(PathBuf, &Ctx) -> Vec<Message> + Send>;

/// The ends of the names of files that are looked for.
type Ends = &'static [&'static str];

/// The file picker.
pub struct Files {
    verb: String,
    ends: Ends,
    folder: Folder,
    picker: Picker,
    take: Take,
}

/// Lists a folder: files that are looked for first, then folders, then the rest.
fn list(folder: &Path, ends: Ends) -> Effect {
    let folder = folder.to_owned();
    Effect::Read(Slot::Newest("folder", 0), Box::new(move |_, _| Some(Message::Folder(look(&folder, ends)))))
}

fn look(folder: &Path, ends: Ends) -> Result<Folder, String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}.", folder.display());
    let path = std::fs::canonicalize(folder).map_err(failed)?;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(failed)?.flatten().take(5000) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = std::fs::metadata(entry.path()).is_ok_and(|info| info.is_dir());
        if !name.starts_with('.') {
            names.push(if is_folder { format!("{name}/") } else { name });
        }
    }
    let rank = |name: &String| {
        let lower = name.to_lowercase();
        let is_wanted = ends.iter().any(|end| lower.ends_with(end));
        (if is_wanted { 0 } else { 1 + u8::from(!name.ends_with('/')) }, lower)
    };
    names.sort_by_key(rank);
    if path.parent().is_some() {
        names.insert(0, "../".to_owned());
    }
    Ok(Folder { path, names })
}

impl Files {
    /// A picker in the folder where the program was started: what it is for, such as `Import from`, and the ends of names
    /// that come first. Returns what to ask for too.
    #[must_use]
    pub fn new(verb: &str, ends: Ends, take: Take) -> (Self, Vec<Effect>) {
        let path = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let effects = vec![list(&path, ends)];
        let folder = Folder { path, names: Vec::new() };
        (Self { verb: verb.to_owned(), ends, picker: picker(verb, &folder), folder, take }, effects)
    }

    fn go(&mut self, path: PathBuf, ctx: &Ctx) -> Outcome<Ctx, Message> {
        if path.is_dir() {
            return Outcome::Say(vec![Message::Ask(vec![list(&path, self.ends)])]);
        }
        Outcome::Close((self.take)(path, ctx))
    }

    fn taken(&mut self, picked: Picked, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match picked {
            Picked::Chosen(places) => match places.first().and_then(|at| self.folder.names.get(*at)) {
                Some(name) => self.go(self.folder.path.join(name), ctx),
                None => Outcome::Consumed,
            },
            Picked::Text(text) => {
                let typed = at_home(&text);
                self.go(if typed.is_absolute() { typed } else { self.folder.path.join(typed) }, ctx)
            }
            _ => Outcome::Consumed,
        }
    }
}

fn picker(verb: &str, folder: &Folder) -> Picker {
    let choices = folder.names.iter().map(Choice::new).collect();
    Picker::new(format!("{verb} {}", folder.path.display()), choices).free()
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
                self.picker = picker(&self.verb, &self.folder);
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
        Some(Asked::new(self.picker.title(), wants).helped("A folder to go into, a file to take, or a path."))
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
