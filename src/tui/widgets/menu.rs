//! The command palette and the help: the same table of commands, searchable, with keys, and each runs what it lists.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::picker::{Choice, Picked, Picker};
use crate::tui::command::{Available, COMMANDS, Command, CommandId, Where};
use crate::tui::event::Input;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;

/// What became of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ran {
    /// It is none of the menu's; Esc among others.
    Ignored,
    /// It was dealt with.
    Consumed,
    /// Run this, after closing the menu.
    Run(CommandId),
    /// It cannot be run now: why.
    Refused(String),
}

/// A list of commands.
#[derive(Debug)]
pub struct Menu {
    picker: Picker,
    ids: Vec<CommandId>,
}

impl Menu {
    /// The palette: what can be done where the keys go, by its name, with the key at the right.
    #[must_use]
    pub fn palette(keymap: &Keymap, place: Where, available: impl Fn(CommandId) -> Available) -> Self {
        let entry = |command: &Command, why_not| Choice {
            tail: keys(keymap, place, command.id),
            why_not,
            ..Choice::new(command.title).about(command.description)
        };
        // Opening the palette from the palette leads nowhere.
        let commands = COMMANDS.iter().filter(|command| command.id != CommandId::Palette && command.id.applies(place));
        Self::of("Commands", commands, available, entry)
    }

    /// The help: the keys where the keys go, the nearest meaning first.
    #[must_use]
    pub fn help(keymap: &Keymap, place: Where, available: impl Fn(CommandId) -> Available) -> Self {
        let entry = |command: &Command, why_not| Choice {
            lead: keys(keymap, place, command.id),
            why_not,
            ..Choice::new(command.title).about(command.description)
        };
        let nearest = |command: &Command| place.chain().iter().position(|scope| command.scopes.contains(scope));
        let mut commands: Vec<&Command> = COMMANDS.iter().filter(|command| command.id.applies(place)).collect();
        commands.sort_by_key(|command| nearest(command));
        Self::of("Keys", commands.into_iter(), available, entry)
    }

    fn of<'a>(
        title: &str,
        commands: impl Iterator<Item = &'a Command>,
        available: impl Fn(CommandId) -> Available,
        entry: impl Fn(&Command, Option<String>) -> Choice,
    ) -> Self {
        let mut ids = Vec::new();
        let mut choices = Vec::new();
        for command in commands {
            let why_not = match available(command.id) {
                Available::Yes => None,
                Available::No(why) => Some(why),
                Available::Hidden => continue,
            };
            ids.push(command.id);
            choices.push(entry(command, why_not));
        }
        Self { picker: Picker::new(title, choices), ids }
    }

    /// The list itself.
    #[must_use]
    pub fn picker(&self) -> &Picker {
        &self.picker
    }

    /// Deals with an input.
    pub fn handle(&mut self, input: &Input, keymap: &Keymap) -> Ran {
        let picked = self.picker.handle(input, keymap);
        self.ran(picked)
    }

    /// Chooses by place in the list.
    #[must_use]
    pub fn choose(&self, places: &[usize]) -> Ran {
        self.ran(self.picker.choose(places))
    }

    fn ran(&self, picked: Picked) -> Ran {
        match picked {
            Picked::Ignored => Ran::Ignored,
            Picked::Consumed | Picked::Text(_) => Ran::Consumed,
            Picked::Refused(why) => Ran::Refused(why),
            Picked::Chosen(chosen) => {
                chosen.first().and_then(|at| self.ids.get(*at)).map_or(Ran::Consumed, |id| Ran::Run(*id))
            }
        }
    }

    /// Draws it in the middle of a screen; says where the cursor is.
    pub fn draw(&self, screen: Rect, buffer: &mut Buffer, theme: &Theme, keymap: &Keymap) -> Option<Position> {
        self.picker.draw(screen, buffer, theme, keymap)
    }
}

/// The keys of a command that work where the keys go: `C-p :`.
fn keys(keymap: &Keymap, place: Where, id: CommandId) -> String {
    let work = keymap.keys_of(id).iter().filter(|key| keymap.lookup(place, **key) == Some(id));
    work.map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::Key;
    use crate::tui::widgets::testing::{drawn, every_size, theme};

    fn press(menu: &mut Menu, keys: &str) -> Ran {
        let mut last = Ran::Ignored;
        for key in Key::parse_all(keys).unwrap() {
            last = menu.handle(&Input::Key(key), &Keymap::default());
        }
        last
    }

    fn picture(menu: &Menu, theme_name: &str) -> String {
        let theme = theme(theme_name);
        drawn(100, 14, |area, buffer| {
            menu.draw(area, buffer, &theme, &Keymap::default());
        })
    }

    fn some(id: CommandId) -> Available {
        match id {
            CommandId::Redo => Available::No("nothing was undone".to_owned()),
            CommandId::Import => Available::Hidden,
            _ => Available::Yes,
        }
    }

    #[test]
    fn the_palette_runs_what_it_finds() {
        let mut menu = Menu::palette(&Keymap::default(), Where::Desk, some);
        // Lines, not pictures: the table of commands grows, and this must not break with it.
        let screen = picture(&menu, "dark");
        assert!(screen.starts_with("┏Commands ━"), "{screen}");
        assert!(screen.contains("┃▸ Back               Goes one step back: closes what is on top, "), "{screen}");
        press(&mut menu, "e x p o");
        let screen = picture(&menu, "dark");
        assert!(screen.contains("┃▸ Export pack  "), "{screen}");
        assert!(screen.contains("  X ┃"), "the key stands at the right: {screen}");
        assert_eq!(press(&mut menu, "Enter"), Ran::Run(CommandId::ExportPack));
        assert_eq!(press(&mut menu, "C-u r e d o Enter"), Ran::Refused("nothing was undone".to_owned()));
        assert!(picture(&menu, "dark").contains("✗ nothing was undone"));
        press(&mut menu, "C-u i m p o r t");
        assert!(!picture(&menu, "dark").contains("Imports an inventory"));
        assert_eq!(press(&mut menu, "Esc"), Ran::Ignored);
    }

    #[test]
    fn the_help_lists_what_is_nearest_first() {
        let mut menu = Menu::help(&Keymap::default(), Where::Desk, |_| Available::Yes);
        let screen = picture(&menu, "ascii");
        let first = "|> Tab l Right  Next pane          Gives the keys to the next pane. ";
        assert_eq!(screen.lines().nth(2).map(|line| line.starts_with(first)), Some(true), "{screen}");
        assert!(screen.is_ascii(), "{screen}");
        press(&mut menu, "u n d o");
        assert_eq!(press(&mut menu, "Enter"), Ran::Run(CommandId::Undo));
    }

    #[test]
    fn every_command_can_be_found_by_its_name() {
        for command in COMMANDS {
            for place in Where::ALL.into_iter().filter(|place| command.id.applies(*place)) {
                let mut menu = Menu::help(&Keymap::default(), place, |_| Available::Yes);
                menu.handle(&Input::Paste(command.title.to_owned()), &Keymap::default());
                let Ran::Run(found) = press(&mut menu, "Enter") else { panic!("{} is not found", command.title) };
                assert_eq!(found.command().title, command.title, "{place:?}");
            }
        }
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("dark");
        let menu = Menu::help(&Keymap::default(), Where::Form, some);
        let keymap = Keymap::default();
        every_size(|area, buffer| {
            menu.draw(area, buffer, &theme, &keymap);
        });
    }
}
