//! What a line does: an answer to the question that is open, or a command.

use std::io;

use super::commands::{self, LEFT_OUT, Said};
use super::question::{self, CHOICES, Reply};
use super::screen::{self, LINES, Meant, ROWS};
use super::session::Session;
use super::{drawn, words};
use crate::tui::app::layers::menu;
use crate::tui::app::reads;
use crate::tui::app::state::Base;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::CommandId as Id;
use crate::tui::event::{Incoming, Input};

/// What can be typed besides commands.
const BESIDES: &str = "\
Besides these commands:
A number opens that row; 3 due fri does something to row 3, and 1,4-6 status pass to several.
A reference such as RSK-3 opens that record; /words finds rows; :name runs a command by its name.
What a command asks can be answered in the same line, such as a New risk sev:4 or filter status=open.
Enter or more shows the next page, again shows the screen again; on a record, a tab's title shows that tab.";

/// Lines of an overview that are shown at the most.
const OVERVIEW: usize = 200;

impl Session {
    /// Takes a line.
    pub(super) fn take(&mut self, line: &str) -> io::Result<()> {
        if !self.around.terminal {
            // The transcript of a script reads like the session it was.
            self.say(line)?;
        }
        self.look()?;
        self.settle()?;
        if self.text.is_some() {
            return self.text_line(line);
        }
        if self.state().layers.is_empty() { self.command(line) } else { self.answer(line) }
    }

    /// A line of a text of several lines.
    fn text_line(&mut self, line: &str) -> io::Result<()> {
        let Some((mut lines, before)) = self.text.take() else { return Ok(()) };
        if line.trim_end() == "." {
            return self.give(&Answer::Text(lines.join("\n")));
        }
        lines.push(if line.trim_end() == "\\." { ".".to_owned() } else { line.to_owned() });
        self.keep(&lines.join("\n"))?;
        self.text = Some((lines, before));
        Ok(())
    }

    /// Keeps a text as far as it is typed.
    pub(super) fn keep(&mut self, text: &str) -> io::Result<()> {
        self.gives(&Answer::SoFar(text.to_owned())).map(drop)
    }

    /// A line in answer to the question that is open.
    fn answer(&mut self, line: &str) -> io::Result<()> {
        let state = self.state();
        let Some(asked) = state.layers.asked(&state.ctx) else { return self.drawn(line) };
        match question::read(&asked, line) {
            Reply::Answer(answer) => self.give(&answer),
            Reply::Begin(first) => {
                self.keep(&first)?;
                self.text = Some((vec![first], asked.now));
                Ok(())
            }
            Reply::More => {
                let Wants::Choice { choices, .. } = &asked.wants else { return Ok(()) };
                if self.from + CHOICES < choices.len() {
                    self.from += CHOICES;
                    return Ok(());
                }
                self.say("That is all.")
            }
            Reply::Overview => self.overview(&asked),
            Reply::Command(name) => self.in_question(&name, &asked),
            Reply::Wrong(why) => self.say(&format!("Problem: {why}")),
        }
    }

    fn overview(&mut self, asked: &Asked) -> io::Result<()> {
        self.from = 0;
        self.ask_again();
        let shown = asked.overview.len().min(OVERVIEW);
        self.say_all(&asked.overview[..shown])?;
        match asked.overview.len() - shown {
            0 => Ok(()),
            left => self.say(&format!("And {}.", words::counted(left as u64, "more line", "more lines"))),
        }
    }

    /// Gives an answer to the question that is open.
    pub(super) fn give(&mut self, answer: &Answer) -> io::Result<()> {
        let (before, printed) = (self.state().layers.len(), self.printed);
        if !self.gives(answer)? {
            return self.say("Problem: That is no answer here; ! leaves.");
        }
        self.settle()?;
        if *answer == Answer::Leave && self.state().layers.len() < before && self.printed == printed {
            return self.say("Left as it was.");
        }
        Ok(())
    }

    /// The same; says whether it was one.
    fn gives(&mut self, answer: &Answer) -> io::Result<bool> {
        self.from = 0;
        let mut taken = false;
        self.with(|state| {
            let effects = state.answer(answer);
            taken = effects.is_some();
            effects.unwrap_or_default()
        })?;
        Ok(taken)
    }

    /// `:NAME` in a question: a command of the popup, or a field of the form.
    fn in_question(&mut self, name: &str, asked: &Asked) -> io::Result<()> {
        let (place, keymap) = (self.state().place(), self.state().ctx.keymap.clone());
        if let Some(id) = commands::exact(name, place, &keymap) {
            return self.press(id, asked);
        }
        if asked.fields && self.gives(&Answer::Field(name.to_owned()))? {
            return Ok(());
        }
        match commands::find(name, place, &keymap) {
            Ok(id) => self.press(id, asked),
            Err(_) if asked.fields => self.say(&format!("Problem: There is no field \"{name}\"; ? shows them all.")),
            Err(why) => self.say(&format!("Problem: {why}")),
        }
    }

    /// Runs a command of a popup, by its key.
    fn press(&mut self, id: Id, asked: &Asked) -> io::Result<()> {
        match id {
            Id::Help => return self.overview(asked),
            Id::Back | Id::Cancel => return self.give(&Answer::Leave),
            Id::Save if asked.fields => return self.give(&Answer::Finish),
            Id::FieldPrevious | Id::FieldUp if asked.fields => return self.give(&Answer::Previous),
            Id::FieldNext | Id::FieldDown if asked.fields => return self.give(&Answer::Keep),
            _ => {}
        }
        self.from = 0;
        // What the command does to the answer is worth hearing.
        self.ask_again();
        self.key(id)
    }

    fn key(&mut self, id: Id) -> io::Result<()> {
        let key = self.state().ctx.keymap.key_for(self.state().place(), id);
        match key {
            Some(key) => self.update(Incoming::Input(Input::Key(key))),
            None => self.say(&format!("Problem: \"{}\" has no key here.", id.command().title)),
        }
    }

    /// A line for a popup that has no words: text is typed and taken, `:NAME` runs its command, `!` leaves.
    fn drawn(&mut self, line: &str) -> io::Result<()> {
        let typed = line.trim();
        let (place, keymap) = (self.state().place(), self.state().ctx.keymap.clone());
        if typed == "!" {
            return self.key(Id::Back);
        }
        if let Some(name) = typed.strip_prefix(':') {
            return match commands::find(name.trim(), place, &keymap) {
                Ok(id) => self.key(id),
                Err(why) => self.say(&format!("Problem: {why}")),
            };
        }
        if !typed.is_empty() {
            self.update(Incoming::Input(Input::Paste(typed.to_owned())))?;
            self.settle()?;
        }
        self.key(drawn::accepts(place))
    }

    /// A line at the main prompt.
    fn command(&mut self, line: &str) -> io::Result<()> {
        match commands::read(line, self.state()) {
            Ok(Said::More) => self.page(true),
            Ok(Said::Again) => {
                self.again();
                Ok(())
            }
            Ok(Said::Help) => {
                self.say(BESIDES)?;
                self.with(|state| {
                    let help = menu::help_without(state, LEFT_OUT);
                    state.layers.push(help);
                    Vec::new()
                })
            }
            Ok(Said::Leave) => self.leave(),
            Ok(Said::Rows(rows, then)) => self.rows(&rows, then),
            Ok(Said::Run(id, argument)) => self.run_command(id, &argument),
            Ok(Said::Record(reference)) => self.with(|_| vec![reads::open(&reference)]),
            Ok(Said::Tab(title)) => self.tab(&title),
            Ok(Said::Score(severity, likelihood)) => self.score(severity, likelihood),
            Err(why) => self.say(&format!("Problem: {why}")),
        }
    }

    /// Shows the next page, or the one before.
    fn page(&mut self, forwards: bool) -> io::Result<()> {
        if let Some(length) = screen::length(self.state()) {
            let now = self.state().screens.last().map_or(0, |screen| screen.scroll);
            let to = if forwards { Some(screen::text_end(now, length)) } else { now.checked_sub(LINES) };
            return match to.filter(|to| *to < length) {
                Some(to) => self.with(|state| {
                    if let Some(screen) = state.screens.last_mut() {
                        screen.scroll = to;
                    }
                    Vec::new()
                }),
                None => self.say("That is all."),
            };
        }
        let mut moved = false;
        self.with(|state| {
            let effects = state.page(ROWS, forwards);
            moved = effects.is_some();
            effects.unwrap_or_default()
        })?;
        if moved { Ok(()) } else { self.say("That is all.") }
    }

    fn tab(&mut self, title: &str) -> io::Result<()> {
        let mut shown = false;
        self.with(|state| {
            let effects = state.show_tab(title);
            shown = effects.is_some();
            effects.unwrap_or_default()
        })?;
        if shown { Ok(()) } else { self.say(&format!("Problem: There is no tab \"{title}\" here.")) }
    }

    fn score(&mut self, severity: i64, likelihood: i64) -> io::Result<()> {
        let mut fits = false;
        self.with(|state| {
            fits = state.score(severity, likelihood);
            Vec::new()
        })?;
        if fits { self.run_command(Id::MatrixSave, "") } else { self.say("Problem: Both scales go from 1 to 5.") }
    }

    /// Runs a command. What it asks first is answered with the argument, if there is one.
    fn run_command(&mut self, id: Id, argument: &str) -> io::Result<()> {
        match id {
            Id::PageDown => return self.page(true),
            Id::PageUp => return self.page(false),
            id if LEFT_OUT.contains(&id) => {
                return self.say(&format!("\"{}\" is about what is drawn; here nothing is.", id.command().title));
            }
            _ => {}
        }
        let (before, printed) = (self.state().layers.len(), self.printed);
        self.with(|state| state.run(id))?;
        self.settle()?;
        if matches!(id, Id::Mark | Id::MarkNone) && self.printed == printed {
            self.marked()?;
        }
        if argument.is_empty() {
            return Ok(());
        }
        if self.state().layers.len() > before {
            return self.answer(argument);
        }
        // Where it was refused, that was said.
        if self.printed > printed {
            return Ok(());
        }
        self.say(&format!("\"{}\" asks nothing, so \"{argument}\" was not used.", id.command().title))
    }

    /// Takes rows by their numbers, and does something with them.
    fn rows(&mut self, rows: &[usize], then: Option<(Id, String)>) -> io::Result<()> {
        let meant: Option<Vec<Meant>> = rows.iter().map(|row| self.numbers.get(row).cloned()).collect();
        let Some(meant) = meant else {
            return match (self.numbers.first_key_value(), self.numbers.last_key_value()) {
                (Some((first, _)), Some((last, _))) => {
                    self.say(&format!("Problem: There is no such row; they go from {first} to {last}."))
                }
                _ => self.say("Problem: There are no rows here."),
            };
        };
        match (meant.as_slice(), then) {
            ([Meant::Change(number)], then) => self.change(*number, then),
            ([Meant::Insight(row)], then) => {
                let row = *row;
                self.with(|state| super::insights::select(state, row))?;
                self.settle()?;
                let (id, argument) = then.unwrap_or((Id::Open, String::new()));
                self.seen();
                self.run_command(id, &argument)
            }
            ([Meant::Record(id)], then) => self.row(id, then),
            (many, Some(then)) => self.several(many, then),
            (_, None) => self.say("Problem: Say what to do with these rows, such as 1,3 status."),
        }
    }

    fn row(&mut self, id: &str, then: Option<(Id, String)>) -> io::Result<()> {
        if !self.select(id)? {
            return self.gone();
        }
        let (id, argument) = then.unwrap_or((Id::Open, String::new()));
        if !matches!(id, Id::Open | Id::Mark) {
            // A row that is named is meant, and not others that were marked before.
            self.with(|state| state.run(Id::MarkNone))?;
        }
        self.seen();
        self.run_command(id, &argument)
    }

    fn several(&mut self, many: &[Meant], (id, argument): (Id, String)) -> io::Result<()> {
        self.with(|state| state.run(Id::MarkNone))?;
        for meant in many {
            let Meant::Record(record) = meant else { return self.say("Problem: One change at a time, please.") };
            if !self.select(record)? {
                return self.gone();
            }
            self.with(|state| {
                if let Some(listing) = state.listing_mut() {
                    listing.list.mark();
                }
                Vec::new()
            })?;
        }
        self.seen();
        if id == Id::Mark {
            return self.marked();
        }
        self.run_command(id, &argument)
    }

    /// Says how many rows are marked: where it is drawn, that shows.
    fn marked(&mut self) -> io::Result<()> {
        let marked = self.state().listing().map_or(0, |listing| listing.list.marked.len());
        self.say(&format!("{} marked.", words::counted(marked as u64, "row", "rows")))
    }

    fn change(&mut self, number: i64, then: Option<(Id, String)>) -> io::Result<()> {
        let mut found = false;
        self.with(|state| {
            let effects = state.select_change(number);
            found = effects.is_some();
            effects.unwrap_or_default()
        })?;
        if !found {
            return self.gone();
        }
        self.settle()?;
        if let Some((id, argument)) = then {
            return self.run_command(id, &argument);
        }
        let lines = match &self.state().base {
            Base::History(place) => screen::change(self.state(), place),
            _ => Vec::new(),
        };
        self.seen();
        self.say_all(&lines)
    }

    fn select(&mut self, id: &str) -> io::Result<bool> {
        let mut found = false;
        self.with(|state| {
            let effects = state.select(id);
            found = effects.is_some();
            effects.unwrap_or_default()
        })?;
        self.settle()?;
        Ok(found)
    }

    fn gone(&mut self) -> io::Result<()> {
        self.say("Problem: That row is no longer in the list; again shows what is there now.")
    }
}
