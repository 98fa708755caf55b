//! What a line typed at the main prompt means: a row, a command by its key or name, a record, words to find.

use crate::record::kind_of_reference;
use crate::tui::app::operations::Part;
use crate::tui::app::state::{Base, State};
use crate::tui::command::{COMMANDS, CommandId as Id, Where};
use crate::tui::keymap::Keymap;
use crate::tui::keys::Key;

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Show the next page.
    More,
    /// Show the screen again.
    Again,
    /// List what can be done here; of it only what the words say.
    Help,
    /// Leave.
    Leave,
    /// Take these rows; then run the command, with the rest of the line as the answer to its question. Without a command,
    /// the first of them is opened.
    Rows(Vec<usize>, Option<(Id, String)>),
    /// Run a command, with the rest of the line as the answer to its question.
    Run(Id, String),
    /// Open the record with this reference.
    Record(String),
    /// Show a tab.
    Tab(String),
    /// Set severity and likelihood.
    Score(i64, i64),
}

/// Commands that mean nothing where nothing is drawn.
pub const LEFT_OUT: &[Id] = &[Id::Theme, Id::Mouse, Id::Palette, Id::Suspend, Id::PaneEnlarge];

/// What a line means on this screen.
///
/// # Errors
/// What it is not, and what to type.
pub fn read(line: &str, state: &State) -> Result<Said, String> {
    let typed = line.trim();
    let place = state.place();
    if place == Where::Matrix
        && let Some((severity, likelihood)) = two_numbers(typed)
    {
        return Ok(Said::Score(severity, likelihood));
    }
    match typed.to_lowercase().as_str() {
        // On the matrix Enter saves, as it does where that is drawn.
        "" if place == Where::Matrix => return Ok(Said::Run(Id::MatrixSave, String::new())),
        "" | "more" => return Ok(Said::More),
        "again" => return Ok(Said::Again),
        "?" | ":" | "help" => return Ok(Said::Help),
        "exit" | "leave" | "bye" => return Ok(Said::Leave),
        _ => {}
    }
    if let Some(words) = typed.strip_prefix('/') {
        // Nothing behind the stroke finds everything again.
        let words = words.trim();
        return Ok(Said::Run(Id::Find, if words.is_empty() { "-" } else { words }.to_owned()));
    }
    if let Some(name) = typed.strip_prefix(':') {
        return command(name.trim(), place, &state.ctx.keymap);
    }
    if let Some((rows, rest)) = rows(typed) {
        return match rest {
            "" => Ok(Said::Rows(rows, None)),
            rest => match command(rest, place, &state.ctx.keymap)? {
                Said::Run(id, argument) => Ok(Said::Rows(rows, Some((id, argument)))),
                _ => Err(format!("\"{rest}\" is no command for a row; ? lists them.")),
            },
        };
    }
    if let Some(title) = typed.strip_prefix("tab ").filter(|_| !state.screens.is_empty()) {
        return Ok(Said::Tab(title.trim().to_owned()));
    }
    if is_tab(typed, state) {
        return Ok(Said::Tab(typed.to_owned()));
    }
    if kind_of_reference(typed).is_some_and(|_| typed.ends_with(|c: char| c.is_ascii_digit())) {
        return Ok(Said::Record(typed.to_uppercase()));
    }
    command(typed, place, &state.ctx.keymap)
}

fn two_numbers(typed: &str) -> Option<(i64, i64)> {
    let mut numbers = typed.split([' ', ',']).filter(|part| !part.is_empty()).map(|part| part.parse::<i64>().ok());
    let pair = (numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(pair)
}

/// The rows that a line begins with: `3`, `1,4`, `2-5`; and the rest of the line.
fn rows(typed: &str) -> Option<(Vec<usize>, &str)> {
    let (first, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    let mut rows = Vec::new();
    for part in first.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        // Zero is no row: that key goes to the history.
        if from == 0 || to < from || to - from > 1000 {
            return None;
        }
        rows.extend(from..=to);
    }
    Some((rows, rest.trim()))
}

/// Whether a line is the whole title of a tab on the screen on top.
fn is_tab(typed: &str, state: &State) -> bool {
    if let (None, Base::Operations(_)) = (state.screens.last(), &state.base) {
        return Part::ALL.iter().any(|part| part.title().eq_ignore_ascii_case(typed));
    }
    state.screens.last().is_some_and(|screen| screen.tabs.iter().any(|tab| tab.title().eq_ignore_ascii_case(typed)))
}

/// The command that a line names, with the rest of the line where it begins with a whole name.
fn command(typed: &str, place: Where, keymap: &Keymap) -> Result<Said, String> {
    let whole = find(typed, place, keymap);
    if let Ok(id) = whole {
        return Ok(said(id, String::new()));
    }
    // `due fri`, `d fri`, `due date fri`: the longest name that the line begins with.
    let mut end = typed.len();
    while let Some(at) = typed[..end].rfind(' ') {
        if let Some(id) = exact(typed[..at].trim(), place, keymap) {
            return Ok(said(id, typed[at..].trim().to_owned()));
        }
        end = at;
    }
    whole.map(|id| said(id, String::new()))
}

fn said(id: Id, argument: String) -> Said {
    match id {
        Id::Help | Id::Palette => Said::Help,
        Id::Quit => Said::Leave,
        Id::Reload if argument.is_empty() => Said::Run(id, argument),
        _ => Said::Run(id, argument),
    }
}

/// The command that is meant: its key, its name, its title, or the only one whose name or title begins so.
///
/// # Errors
/// That there is none, or that several are meant.
pub fn find(typed: &str, place: Where, keymap: &Keymap) -> Result<Id, String> {
    if let Some(id) = exact(typed, place, keymap) {
        return Ok(id);
    }
    let wanted = typed.to_lowercase();
    let starting: Vec<_> = COMMANDS
        .iter()
        .filter(|command| command.id.applies(place) && !LEFT_OUT.contains(&command.id) && !wanted.is_empty())
        .filter(|command| command.title.to_lowercase().starts_with(&wanted) || command.name.starts_with(&wanted))
        .collect();
    match starting.as_slice() {
        [only] => Ok(only.id),
        [] => Err(format!("\"{typed}\" is no command here; ? lists what can be done.")),
        many => {
            let titles: Vec<&str> = many.iter().map(|command| command.title).collect();
            Err(format!("Several begin so: {}.", titles.join(", ")))
        }
    }
}

/// The command with this key, name or title where the keys go. A digit is a row, not a key.
#[must_use]
pub fn exact(typed: &str, place: Where, keymap: &Keymap) -> Option<Id> {
    let key = typed.parse::<Key>().ok().filter(|key| !key.types().is_some_and(|c| ('1'..='9').contains(&c)));
    let by_key = key.and_then(|key| keymap.lookup(place, key));
    by_key.or_else(|| {
        let applies = |id: &Id| id.applies(place);
        let titled =
            || COMMANDS.iter().find(|command| command.title.eq_ignore_ascii_case(typed) && applies(&command.id));
        Id::named(&typed.to_lowercase()).filter(applies).or_else(|| titled().map(|command| command.id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(line: &str) -> Result<Id, String> {
        find(line, Where::Desk, &Keymap::default())
    }

    #[test]
    fn commands_are_meant_by_key_name_title_or_beginning() {
        for line in ["t", "triage", "Triage", "tri"] {
            assert_eq!(meant(line), Ok(Id::Triage), "{line}");
        }
        assert_eq!(meant("risk register"), Ok(Id::PlaceRisks));
        assert_eq!(meant("risk"), Ok(Id::PlaceRisks));
        assert_eq!(meant("C-f"), Ok(Id::Search));
        assert!(meant("pa").is_err_and(|why| why.contains("Page up") && why.contains("Page down")));
        assert!(meant("frobnicate").is_err_and(|why| why.contains('?')));
        assert!(meant("").is_err() && meant("3").is_err());
    }

    #[test]
    fn the_rest_of_a_line_is_an_answer() {
        let read = |line: &str| command(line, Where::Desk, &Keymap::default());
        assert_eq!(read("d +2w"), Ok(Said::Run(Id::Due, "+2w".to_owned())));
        assert_eq!(read("due date next fri"), Ok(Said::Run(Id::Due, "next fri".to_owned())));
        assert_eq!(read("a Bias @me sev:4"), Ok(Said::Run(Id::Add, "Bias @me sev:4".to_owned())));
        assert_eq!(read("q"), Ok(Said::Leave));
        assert!(read("nonsense and more").is_err());
    }

    #[test]
    fn rows_come_first() {
        assert_eq!(rows("3"), Some((vec![3], "")));
        assert_eq!(rows("1,4-6 status pass"), Some((vec![1, 4, 5, 6], "status pass")));
        for line in ["0", "3x", "-", "5-2", "1-99999999", "a"] {
            assert_eq!(rows(line), None, "{line}");
        }
        assert_eq!((two_numbers("4 3"), two_numbers("4,3"), two_numbers("4 3 2")), (Some((4, 3)), Some((4, 3)), None));
    }
}
