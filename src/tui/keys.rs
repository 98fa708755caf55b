//! Keys, and how they are written: `j`, `C-s`, `A-x`, `Enter`, `S-Tab`, `F5`.
//!
//! One spelling for each key that a plain terminal can send, so that bindings, hints, help and tests agree. What a
//! terminal cannot tell apart (Ctrl-I and Tab, Ctrl-M and Enter) has one spelling too, and the others are refused.

use std::fmt;
use std::str::FromStr;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What is pressed, besides the modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character, as typed: `A` needs no Shift.
    Char(char),
    /// A function key, 1 to 24.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
}

/// The keys that have a name, with the name.
const NAMED: [(&str, Code); 15] = [
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Space", Code::Char(' ')),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Insert", Code::Insert),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
];

/// One key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What is pressed.
    pub code: Code,
    /// With Control.
    pub control: bool,
    /// With Alt (Option, Meta).
    pub alt: bool,
    /// With Shift; never set for characters, whose case says it.
    pub shift: bool,
}

impl Key {
    /// A key without modifiers.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, control: false, alt: false, shift: false }
    }

    /// A character without modifiers.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with Control.
    #[must_use]
    pub const fn control(c: char) -> Self {
        Self { control: true, ..Self::char(c) }
    }

    /// A character with Alt.
    #[must_use]
    pub const fn alt(c: char) -> Self {
        Self { alt: true, ..Self::char(c) }
    }

    /// The character this key types into a text field; none for chords and named keys.
    #[must_use]
    pub fn types(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.control && !self.alt => Some(c),
            _ => None,
        }
    }

    /// The key of a terminal event; none for releases and for keys that have no place here (media keys, lone modifiers).
    #[must_use]
    pub fn from_event(event: &KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        let code = match event.code {
            KeyCode::Char(c) => Code::Char(c),
            KeyCode::F(n) => Code::F(n),
            KeyCode::Enter => Code::Enter,
            KeyCode::Esc => Code::Esc,
            KeyCode::Tab | KeyCode::BackTab => Code::Tab,
            KeyCode::Backspace => Code::Backspace,
            KeyCode::Delete => Code::Delete,
            KeyCode::Insert => Code::Insert,
            KeyCode::Left => Code::Left,
            KeyCode::Right => Code::Right,
            KeyCode::Up => Code::Up,
            KeyCode::Down => Code::Down,
            KeyCode::Home => Code::Home,
            KeyCode::End => Code::End,
            KeyCode::PageUp => Code::PageUp,
            KeyCode::PageDown => Code::PageDown,
            _ => return None,
        };
        Some(
            Self {
                code,
                control: event.modifiers.contains(KeyModifiers::CONTROL),
                alt: event.modifiers.contains(KeyModifiers::ALT),
                shift: event.modifiers.contains(KeyModifiers::SHIFT) || event.code == KeyCode::BackTab,
            }
            .normal(),
        )
    }

    /// The one form of keys that a terminal cannot tell apart.
    fn normal(mut self) -> Self {
        if let Code::Char(c) = self.code {
            self.shift = false;
            if self.control {
                // 0x1C to 0x1F arrive as Ctrl-4 to Ctrl-7, but are made by Ctrl with these characters.
                let c = match c {
                    '4' => '\\',
                    '5' => ']',
                    '6' => '^',
                    '7' => '_',
                    c => c.to_ascii_lowercase(),
                };
                self.code = Code::Char(c);
                // Some terminals send Ctrl-H for Backspace.
                let same = match c {
                    'h' => Some(Code::Backspace),
                    'i' => Some(Code::Tab),
                    'm' => Some(Code::Enter),
                    '[' => Some(Code::Esc),
                    _ => None,
                };
                if let Some(code) = same {
                    self = Self { code, control: false, ..self };
                }
            }
        }
        self
    }

    /// Keys written one after another, with spaces between: `j j Enter C-s`.
    ///
    /// # Errors
    /// Says which of them is not a key.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        text.split_whitespace().map(str::parse).collect()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, prefix) in [(self.control, "C-"), (self.alt, "A-"), (self.shift, "S-")] {
            if on {
                f.write_str(prefix)?;
            }
        }
        match self.code {
            Code::F(n) => write!(f, "F{n}"),
            code => match (NAMED.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => f.write_str(name),
                (None, Code::Char(c)) => write!(f, "{c}"),
                (None, _) => Err(fmt::Error),
            },
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        while rest.chars().count() > 2 {
            let flag = match rest.get(..2) {
                Some("C-" | "c-") => &mut key.control,
                Some("A-" | "a-" | "M-") => &mut key.alt,
                Some("S-" | "s-") => &mut key.shift,
                _ => break,
            };
            if std::mem::replace(flag, true) {
                return Err(format!("“{text}” names a modifier twice."));
            }
            rest = &rest[2..];
        }
        key.code = code(rest).ok_or_else(|| {
            format!("“{}” is not a key; write j, C-s, A-x, S-Tab, F5, Enter, Space, PgUp …", crate::text::line(text))
        })?;
        if let Code::Char(c) = key.code
            && key.shift
        {
            return Err(format!(
                "“{text}”: a terminal does not report Shift with “{c}”; write the character it types."
            ));
        }
        let normal = key.normal();
        if normal != key {
            return Err(format!("“{text}” reaches a program as “{normal}”; write that."));
        }
        Ok(key)
    }
}

fn code(text: &str) -> Option<Code> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_whitespace() && !crate::text::is_unsafe(c)).then_some(Code::Char(c));
    }
    if let Some((_, code)) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Some(*code);
    }
    let number: u8 = text.strip_prefix(['F', 'f'])?.parse().ok()?;
    ((1..=24).contains(&number) && text[1..] == number.to_string()).then_some(Code::F(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::crossterm::event::KeyEventState;

    use super::*;

    fn event(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        Key::from_event(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn one_spelling_for_each_key() {
        for text in
            ["j", "G", "C-s", "A-x", "C-A-x", "Enter", "S-Tab", "F5", "Space", "C-Space", "PgUp", "?", "-", "C--"]
        {
            assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
        }
        assert_eq!("enter".parse::<Key>().unwrap(), Key::plain(Code::Enter));
        assert_eq!("M-x".parse::<Key>().unwrap(), Key::alt('x'));
    }

    #[test]
    fn what_a_terminal_cannot_send_is_refused() {
        for text in ["", "C-", "hello", "F25", "F05", "C-C-x", "S-a", "C-i", "C-m", "C-h", "C-[", "C-S", "\x1b", "F0"] {
            assert!(text.parse::<Key>().is_err(), "{text} was taken for a key");
        }
        assert!("C-i".parse::<Key>().unwrap_err().contains("“Tab”"));
    }

    #[test]
    fn events_come_in_one_form() {
        assert_eq!(event(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Key::char('G')));
        assert_eq!(event(KeyCode::Char('S'), KeyModifiers::CONTROL | KeyModifiers::SHIFT), Some(Key::control('s')));
        assert_eq!(event(KeyCode::Char('h'), KeyModifiers::CONTROL), Some(Key::plain(Code::Backspace)));
        assert_eq!(event(KeyCode::Char('7'), KeyModifiers::CONTROL), Some(Key::control('_')));
        assert_eq!(event(KeyCode::BackTab, KeyModifiers::NONE).unwrap().to_string(), "S-Tab");
        assert_eq!(event(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }

    #[test]
    fn releases_do_not_count_but_repeats_do() {
        let mut key = KeyEvent {
            code: KeyCode::Char('j'),
            modifiers: KeyModifiers::NONE,
            kind: KeyEventKind::Release,
            state: KeyEventState::NONE,
        };
        assert_eq!(Key::from_event(&key), None);
        key.kind = KeyEventKind::Repeat;
        assert_eq!(Key::from_event(&key), Some(Key::char('j')));
    }

    #[test]
    fn keys_in_a_row() {
        assert_eq!(Key::parse_all("j  C-s").unwrap(), [Key::char('j'), Key::control('s')]);
        assert!(Key::parse_all("j nothing").is_err());
    }

    proptest! {
        #[test]
        fn whatever_parses_prints_the_same(text in "(C-|A-|S-){0,3}(\\PC|Enter|Tab|Up|F[0-9]{1,2})") {
            if let Ok(key) = text.parse::<Key>() {
                prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
            }
        }

        #[test]
        fn every_key_event_prints_and_parses(c in any::<char>(), bits in 0u8..8) {
            prop_assume!(!c.is_whitespace() && !crate::text::is_unsafe(c));
            let modifiers = KeyModifiers::from_bits_truncate(bits);
            let key = event(KeyCode::Char(c), modifiers).unwrap();
            prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
        }
    }
}
