//! A list to choose from, narrowed by typing a few letters; one choice or several.
//!
//! What cannot be chosen now stays visible and says why, so that hands remember where things are.

use std::cell::{Cell, RefCell};

use ratatui::layout::Rect;

use super::fuzzy::Fuzzy;
use super::scroll::Scroll;
use super::text_line::{TextLine, Typed};
use crate::text;
use crate::tui::command::{CommandId, Where};
use crate::tui::event::{Input, Mouse, MouseKind};
use crate::tui::keymap::Keymap;

/// Something to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// What stands before it, such as a key.
    pub lead: String,
    /// What it is.
    pub label: String,
    /// One line about it.
    pub detail: String,
    /// What stands at the right edge, such as a count.
    pub tail: String,
    /// Why it cannot be chosen now; none when it can.
    pub why_not: Option<String>,
    /// Whether it is marked, where several can be taken.
    pub marked: bool,
}

impl Choice {
    /// A choice with a label only.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The same with a line about it.
    #[must_use]
    pub fn about(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    fn safe(self) -> Self {
        let safe = |text: String| text::line(&text).into_owned();
        Self {
            lead: safe(self.lead),
            label: safe(self.label),
            detail: safe(self.detail),
            tail: safe(self.tail),
            why_not: self.why_not.map(safe),
            marked: self.marked,
        }
    }

    /// What is searched: label and detail.
    pub(super) fn haystack(&self) -> String {
        format!("{} {}", self.label, self.detail)
    }
}

/// What became of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// It is none of the list's; Esc among others.
    Ignored,
    /// It was dealt with.
    Consumed,
    /// These were chosen, by their place in the choices given.
    Chosen(Vec<usize>),
    /// What was typed was taken as it is, where that is allowed.
    Text(String),
    /// It cannot be chosen now: why.
    Refused(String),
}

/// A list to choose from.
#[derive(Debug)]
pub struct Picker {
    pub(super) title: String,
    pub(super) choices: Vec<Choice>,
    /// The choices that match, the best first.
    pub(super) found: Vec<usize>,
    pub(super) line: TextLine,
    pub(super) fuzzy: RefCell<Fuzzy>,
    /// Kept up to date by drawing, which alone knows the height.
    pub(super) scroll: Cell<Scroll>,
    /// Where the rows were drawn, for the mouse.
    pub(super) rows: Cell<Rect>,
    pub(super) many: bool,
    pub(super) free: bool,
}

impl Picker {
    /// A list of which one is chosen.
    #[must_use]
    pub fn new(title: impl Into<String>, choices: Vec<Choice>) -> Self {
        let mut picker = Self {
            title: title.into(),
            choices: Vec::new(),
            found: Vec::new(),
            line: TextLine::default(),
            fuzzy: RefCell::default(),
            scroll: Cell::default(),
            rows: Cell::default(),
            many: false,
            free: false,
        };
        picker.set_choices(choices);
        picker
    }

    /// The same, where several can be marked and taken.
    #[must_use]
    pub fn many(self) -> Self {
        Self { many: true, ..self }
    }

    /// The same, where a text that is no choice can be taken too.
    #[must_use]
    pub fn free(self) -> Self {
        Self { free: true, ..self }
    }

    /// The same, with this choice selected.
    #[must_use]
    pub fn at(self, choice: usize) -> Self {
        if let Some(row) = self.found.iter().position(|found| *found == choice) {
            self.scroll_by(|scroll| scroll.select(row));
        }
        self
    }

    /// Replaces the choices, as when they arrive from a query; what was typed stays.
    pub fn set_choices(&mut self, choices: Vec<Choice>) {
        self.choices = choices.into_iter().map(Choice::safe).collect();
        self.find();
    }

    /// The choices.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// What stands above the choices.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether several can be taken.
    #[must_use]
    pub fn takes_many(&self) -> bool {
        self.many
    }

    /// What is typed.
    #[must_use]
    pub fn typed(&self) -> &str {
        self.line.text()
    }

    /// The selected choice, by its place in the choices given.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        self.found.get(self.scroll.get().selected()?).copied()
    }

    pub(super) fn scroll_by(&self, change: impl FnOnce(&mut Scroll) -> bool) {
        let mut scroll = self.scroll.get();
        change(&mut scroll);
        self.scroll.set(scroll);
    }

    /// Finds what matches; the best match is selected.
    fn find(&mut self) {
        let fuzzy = self.fuzzy.get_mut();
        fuzzy.set(self.line.text());
        if fuzzy.is_empty() {
            self.found = (0..self.choices.len()).collect();
        } else {
            let mut scored: Vec<(u32, usize)> = Vec::new();
            for (at, choice) in self.choices.iter().enumerate() {
                // A match in the label counts for more than one in the line about it.
                let label = fuzzy.score(&choice.label).map(|score| score * 2);
                if let Some(score) = label.or_else(|| fuzzy.score_text(&choice.haystack())) {
                    scored.push((score, at));
                }
            }
            scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
            self.found = scored.into_iter().map(|(_, at)| at).collect();
        }
        let total = self.found.len();
        self.scroll_by(|scroll| {
            scroll.set_total(total);
            scroll.top()
        });
    }

    /// Deals with an input.
    pub fn handle(&mut self, input: &Input, keymap: &Keymap) -> Picked {
        match input {
            Input::Key(key) => match keymap.lookup(Where::Picker, *key) {
                Some(CommandId::PickerUp) => self.moved(|scroll| scroll.go(-1)),
                Some(CommandId::PickerDown) => self.moved(|scroll| scroll.go(1)),
                Some(CommandId::PickerPageUp) => self.moved(|scroll| scroll.page(-1)),
                Some(CommandId::PickerPageDown) => self.moved(|scroll| scroll.page(1)),
                Some(CommandId::PickerMark) => self.mark(),
                Some(CommandId::PickerAccept) => self.accept(),
                Some(_) => Picked::Ignored,
                None => {
                    let typed = self.line.handle(*key);
                    self.typing(typed)
                }
            },
            Input::Paste(pasted) => {
                let typed = self.line.paste(pasted);
                self.typing(typed)
            }
            Input::Mouse(mouse) => self.mouse(*mouse),
            _ => Picked::Ignored,
        }
    }

    fn typing(&mut self, typed: Typed) -> Picked {
        match typed {
            Typed::Ignored => return Picked::Ignored,
            Typed::Moved => {}
            Typed::Changed => self.find(),
        }
        Picked::Consumed
    }

    fn moved(&self, change: impl FnOnce(&mut Scroll) -> bool) -> Picked {
        self.scroll_by(change);
        Picked::Consumed
    }

    fn mouse(&mut self, mouse: Mouse) -> Picked {
        match mouse.kind {
            MouseKind::WheelUp => return self.moved(|scroll| scroll.wheel(-3)),
            MouseKind::WheelDown => return self.moved(|scroll| scroll.wheel(3)),
            MouseKind::Click | MouseKind::DoubleClick => {}
            _ => return Picked::Ignored,
        }
        let rows = self.rows.get();
        let at = self.scroll.get().first() + usize::from(mouse.at.y.saturating_sub(rows.y));
        if !rows.contains(mouse.at) || at >= self.found.len() {
            return Picked::Ignored;
        }
        self.scroll_by(|scroll| scroll.select(at));
        match mouse.kind {
            MouseKind::DoubleClick => self.accept(),
            _ if self.many => self.mark(),
            _ => Picked::Consumed,
        }
    }

    fn mark(&mut self) -> Picked {
        if self.many
            && let Some(at) = self.selected()
        {
            let choice = &mut self.choices[at];
            if let Some(why) = &choice.why_not {
                return Picked::Refused(why.clone());
            }
            choice.marked = !choice.marked;
            self.scroll_by(|scroll| scroll.go(1));
        }
        Picked::Consumed
    }

    /// Chooses by place in the choices given, as a person does who names them instead of going there.
    #[must_use]
    pub fn choose(&self, places: &[usize]) -> Picked {
        let choices: Vec<&Choice> = places.iter().filter_map(|at| self.choices.get(*at)).collect();
        if choices.is_empty() && !self.many {
            return Picked::Consumed;
        }
        match choices.iter().find_map(|choice| choice.why_not.clone()) {
            Some(why) => Picked::Refused(why),
            None => Picked::Chosen(places.to_vec()),
        }
    }

    pub(crate) fn accept(&self) -> Picked {
        let marked: Vec<usize> = (0..self.choices.len()).filter(|at| self.choices[*at].marked).collect();
        if self.many && !marked.is_empty() {
            return Picked::Chosen(marked);
        }
        match self.selected() {
            Some(at) => match &self.choices[at].why_not {
                Some(why) => Picked::Refused(why.clone()),
                None => Picked::Chosen(vec![at]),
            },
            None if self.free && !self.line.text().trim().is_empty() => {
                Picked::Text(self.line.text().trim().to_owned())
            }
            None => Picked::Consumed,
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Position;

    use super::*;
    use crate::tui::keys::Key;
    use crate::tui::widgets::testing::{drawn, every_size, is_ascii, theme};

    fn people() -> Vec<Choice> {
        let mut people = vec![
            Choice::new("Ana Lima").about("privacy"),
            Choice::new("Łukasz Żak").about("legal counsel"),
            Choice::new("山田 太郎").about("evil\x1b[2J\nengineer"),
            Choice::new("Bo").about("analyst"),
        ];
        people[3].why_not = Some("has left".to_owned());
        people[0].tail = "12".to_owned();
        people
    }

    fn press(picker: &mut Picker, keys: &str) -> Picked {
        let keymap = Keymap::default();
        let mut last = Picked::Ignored;
        for key in Key::parse_all(keys).unwrap() {
            last = picker.handle(&Input::Key(key), &keymap);
        }
        last
    }

    fn picture(picker: &Picker, theme_name: &str) -> String {
        let theme = theme(theme_name);
        drawn(60, 9, |area, buffer| {
            picker.draw(area, buffer, &theme, &Keymap::default());
        })
    }

    #[test]
    fn typing_narrows_and_enter_chooses() {
        let mut picker = Picker::new("Owner", people());
        insta::assert_snapshot!("picker_all", picture(&picker, "dark"));
        assert_eq!(press(&mut picker, "l e g"), Picked::Consumed);
        insta::assert_snapshot!("picker_narrowed", picture(&picker, "dark"));
        assert_eq!(press(&mut picker, "Enter"), Picked::Chosen(vec![1]));
        assert_eq!(press(&mut picker, "x y z Enter"), Picked::Consumed);
        assert!(picture(&picker, "dark").contains("Nothing matches."));
        assert_eq!(press(&mut picker, "C-u Down Down Enter"), Picked::Chosen(vec![2]));
        assert_eq!(press(&mut picker, "Esc"), Picked::Ignored);
    }

    #[test]
    fn several_can_be_marked() {
        let mut picker = Picker::new("Owners", people()).many();
        assert_eq!(press(&mut picker, "Tab Down Tab"), Picked::Consumed);
        insta::assert_snapshot!("picker_marked", picture(&picker, "ascii"));
        assert_eq!(press(&mut picker, "Enter"), Picked::Chosen(vec![0, 2]));
        assert_eq!(press(&mut picker, "Tab"), Picked::Refused("has left".to_owned()));
        press(&mut picker, "Up Up Up Tab Down Tab");
        assert_eq!(press(&mut picker, "Up Up Enter"), Picked::Chosen(vec![1]));
    }

    #[test]
    fn what_cannot_be_chosen_says_why() {
        let mut picker = Picker::new("Owner", people()).at(3);
        assert_eq!(press(&mut picker, "Enter"), Picked::Refused("has left".to_owned()));
        assert!(picture(&picker, "dark").contains("✗ has left"));
    }

    #[test]
    fn a_text_of_ones_own_can_be_taken_where_that_is_allowed() {
        let mut picker = Picker::new("Tag", people()).free();
        picker.handle(&Input::Paste("brand\nnew".to_owned()), &Keymap::default());
        assert!(picture(&picker, "dark").contains("Enter takes “brand new”."));
        assert_eq!(press(&mut picker, "Enter"), Picked::Text("brand new".to_owned()));
        assert_eq!(press(&mut picker, "C-u Enter"), Picked::Chosen(vec![0]));
    }

    #[test]
    fn the_best_match_comes_first() {
        let mut picker = Picker::new("Action", ["Founder", "Unload", "Undo"].map(Choice::new).to_vec());
        press(&mut picker, "u n d o");
        assert_eq!(picker.selected(), Some(2));
        picker.set_choices(vec![Choice::new("Undo all")]);
        assert_eq!((picker.typed(), picker.selected()), ("undo", Some(0)));
    }

    #[test]
    fn the_mouse_selects_and_chooses() {
        let mut picker = Picker::new("Owner", people());
        picture(&picker, "dark");
        let rows = picker.rows.get();
        let mouse = |picker: &mut Picker, kind, row: u16| {
            let at = Position::new(rows.x + 1, rows.y + row);
            picker.handle(&Input::Mouse(Mouse { kind, at, extend: false }), &Keymap::default())
        };
        assert_eq!(mouse(&mut picker, MouseKind::Click, 2), Picked::Consumed);
        assert_eq!(picker.selected(), Some(2));
        assert_eq!(mouse(&mut picker, MouseKind::DoubleClick, 1), Picked::Chosen(vec![1]));
        assert_eq!(mouse(&mut picker, MouseKind::Click, 4), Picked::Ignored);
        assert_eq!(mouse(&mut picker, MouseKind::Drag, 1), Picked::Ignored);
    }

    #[test]
    fn no_size_breaks_it() {
        let theme = theme("dark");
        for many in [false, true] {
            let mut picker = Picker { many, ..Picker::new("Owner", people()) };
            for typed in ["", "a", "zzz"] {
                picker.line.set(typed);
                picker.find();
                let keymap = Keymap::default();
                every_size(|area, buffer| {
                    let cursor = picker.draw(area, buffer, &theme, &keymap);
                    assert!(cursor.is_none_or(|at| buffer.area.contains(at)));
                });
            }
        }
        let ascii = crate::tui::widgets::testing::theme("ascii");
        let picker = Picker::new("Level", ["low", "high"].map(Choice::new).to_vec()).many();
        is_ascii(40, 8, |area, buffer| {
            picker.draw(area, buffer, &ascii, &Keymap::default());
        });
    }
}
