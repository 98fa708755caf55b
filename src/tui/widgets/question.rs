//! A question that wants a yes before something is done that cannot be taken back at a stroke.
//!
//! It is answered with another key than the one that asked, and Esc always means no.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::draw::{put, row, wrap};
use super::popup::Popup;
use crate::tui::command::{CommandId, Where};
use crate::tui::event::{Input, MouseKind};
use crate::tui::keymap::Keymap;
use crate::tui::theme::{Role, Theme};

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about: `Delete 3 risks?`
    pub title: String,
    /// What a yes does, and how to take it back.
    pub text: String,
}

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// None yet.
    Open,
    /// Yes.
    Yes,
    /// No.
    No,
}

impl Question {
    /// Deals with an input. Typing and pasting answer nothing but the keys for yes and no.
    #[must_use]
    pub fn handle(&self, input: &Input, keymap: &Keymap) -> Answer {
        match input {
            Input::Key(key) => match keymap.lookup(Where::Confirm, *key) {
                Some(CommandId::Yes) => Answer::Yes,
                Some(CommandId::No | CommandId::Back | CommandId::Cancel) => Answer::No,
                _ => Answer::Open,
            },
            Input::Mouse(mouse) if mouse.kind == MouseKind::RightClick => Answer::No,
            _ => Answer::Open,
        }
    }

    /// Draws it in the middle of a screen; says where the cursor is.
    pub fn draw(&self, screen: Rect, buffer: &mut Buffer, theme: &Theme, keymap: &Keymap) -> Option<Position> {
        let key = |id| keymap.key_for(Where::Confirm, id).map(|key| key.to_string()).unwrap_or_default();
        let hint = format!("{} yes  {} no", key(CommandId::Yes), key(CommandId::No));
        let lines = wrap(&self.text, 60.min(screen.width.saturating_sub(8)));
        let popup = Popup {
            theme,
            title: &self.title,
            count: "",
            hint: &hint,
            width: 66,
            height: u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2),
        };
        let inner = popup.draw(screen, buffer);
        let text = if inner.width > 4 { Rect { x: inner.x + 1, width: inner.width - 2, ..inner } } else { inner };
        for (at, line) in (0..text.height).zip(wrap(&self.text, text.width)) {
            put(buffer, row(text, at), &line, theme.style(Role::Text), theme);
        }
        (!inner.is_empty()).then(|| inner.as_position())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::Key;
    use crate::tui::widgets::testing::{drawn, every_size, theme};

    fn question() -> Question {
        Question {
            title: "Delete 3 risks?".to_owned(),
            text: "RSK-31, RSK-40 and RSK-41 go, with their history kept. Undo brings them back.".to_owned(),
        }
    }

    #[test]
    fn only_the_keys_for_yes_mean_yes() {
        let answer = |key: &str| question().handle(&Input::Key(key.parse::<Key>().unwrap()), &Keymap::default());
        assert_eq!(
            (answer("y"), answer("F10"), answer("n"), answer("Esc")),
            (Answer::Yes, Answer::Yes, Answer::No, Answer::No)
        );
        for key in ["D", "Enter", "Space", "Y", "Delete"] {
            assert_eq!(answer(key), Answer::Open, "{key}");
        }
        assert_eq!(question().handle(&Input::Paste("y".to_owned()), &Keymap::default()), Answer::Open);
    }

    #[test]
    fn it_says_what_a_yes_does() {
        let theme = theme("dark");
        let picture = drawn(60, 6, |area, buffer| {
            question().draw(area, buffer, &theme, &Keymap::default());
        });
        insta::assert_snapshot!(picture);
        let keymap = Keymap::default();
        every_size(|area, buffer| {
            question().draw(area, buffer, &theme, &keymap);
        });
    }
}
