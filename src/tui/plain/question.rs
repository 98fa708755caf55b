//! A question in lines of text, and what a line typed in answer to it means.

use std::fmt::Write as _;

use super::words;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::widgets::picker::Choice;

/// Choices that are listed at a time.
pub const CHOICES: usize = 20;

/// Lines of the present text that are read out; the editor shows the rest.
const PRESENT: usize = 5;

/// What a line means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is an answer.
    Answer(Answer),
    /// It begins a text of several lines.
    Begin(String),
    /// It asks for the next choices.
    More,
    /// It asks to see everything.
    Overview,
    /// It names a command, or a field to go to.
    Command(String),
    /// It is no answer; what would be one.
    Wrong(String),
}

/// What is said when a question is new: its title, and how answering goes.
#[must_use]
pub fn opening(asked: &Asked) -> Vec<String> {
    let how = match (asked.fields, &asked.wants) {
        (true, Wants::Choice { .. }) if asked.overview.is_empty() => ". goes on, ! leaves.",
        (true, _) => {
            "Enter keeps what is there, - empties it, < goes back, :NAME goes to that field, . saves now, ! leaves, ? \
             shows all fields."
        }
        (false, Wants::Choice { many: true, .. }) => "Numbers choose, with commas between; - chooses none, ! leaves.",
        (false, Wants::Choice { .. }) => "A number or the first letters choose; ! leaves.",
        (false, Wants::YesOrNo { .. } | Wants::Line | Wants::Text) => "! leaves.",
    };
    let stop = if asked.title.ends_with(['.', '?', '!']) { "" } else { "." };
    vec![format!("{}{stop} {how}", asked.title)]
}

/// What is said each time: what is asked, what helps, what was wrong, what there is to choose, what is there now.
#[must_use]
pub fn lines(asked: &Asked, from: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if !asked.topic.is_empty() && !matches!(asked.wants, Wants::YesOrNo { .. }) {
        lines.push(format!("{}.", asked.topic));
    }
    lines.extend(asked.help.iter().flat_map(|help| help.split('\n').map(str::to_owned)));
    if let Wants::Choice { choices, at, many, .. } = &asked.wants {
        list(&mut lines, choices, from);
        if let Some((at, choice)) = at.and_then(|at| Some((at, choices.get(at)?))) {
            lines.push(format!("Enter takes {}, {}.", at + 1, choice.label));
        } else if *many && !asked.fields && choices.iter().any(|choice| choice.marked) {
            lines.push("Enter takes those that are chosen.".to_owned());
        }
    }
    if !asked.now.is_empty() {
        let mut now = asked.now.lines();
        lines.push(format!("Now: {}", now.next().unwrap_or_default()));
        lines.extend(now.by_ref().take(PRESENT - 1).map(str::to_owned));
        match now.count() {
            0 => {}
            left => lines
                .push(format!("And {}; :editor shows all.", words::counted(left as u64, "more line", "more lines"))),
        }
    }
    lines.extend(problem(asked));
    lines
}

/// What was wrong with the last answer.
#[must_use]
pub fn problem(asked: &Asked) -> Option<String> {
    asked.problem.as_ref().map(|problem| format!("Problem: {problem}"))
}

/// Whether two questions ask the same, whatever was answered meanwhile.
#[must_use]
pub fn same(one: &Asked, other: &Asked) -> bool {
    (&one.title, &one.topic, &one.help, &one.wants) == (&other.title, &other.topic, &other.help, &other.wants)
}

fn list(lines: &mut Vec<String>, choices: &[Choice], from: usize) {
    for (at, choice) in choices.iter().enumerate().skip(from).take(CHOICES) {
        lines.push(format!("{}. {}", at + 1, told(choice, at)));
    }
    let to = (from + CHOICES).min(choices.len());
    if choices.is_empty() {
        lines.push("There is nothing to choose.".to_owned());
    } else if to < choices.len() {
        lines.push(format!("Choices {} to {to} of {}; more lists the next.", from + 1, choices.len()));
    }
}

/// A choice in words.
fn told(choice: &Choice, at: usize) -> String {
    let mut line = choice.label.clone();
    // The step of a scale is its number in the list.
    if !choice.lead.is_empty() && choice.lead != (at + 1).to_string() {
        let _ = write!(line, " ({})", choice.lead.replace(' ', " or "));
    }
    if choice.marked {
        line.push_str(", chosen");
    }
    if !choice.tail.is_empty() {
        let _ = write!(line, ", {}", choice.tail);
    }
    if !choice.detail.is_empty() {
        let _ = write!(line, ": {}", choice.detail);
    }
    if let Some(why_not) = &choice.why_not {
        let _ = write!(line, ". Not now: {why_not}");
    }
    line
}

/// What the prompt says.
#[must_use]
pub fn prompt(asked: &Asked) -> String {
    let topic = if asked.topic.is_empty() { &asked.title } else { &asked.topic };
    let topic = topic.split(", field ").next().unwrap_or(topic);
    match &asked.wants {
        Wants::YesOrNo { enter: true, .. } => format!("{}? yes or Enter, or no> ", words::short(topic)),
        Wants::YesOrNo { enter: false, .. } => format!("{}? yes or no> ", words::short(topic)),
        _ => format!("{}> ", words::short(topic)),
    }
}

/// What a line means in answer to a question.
#[must_use]
pub fn read(asked: &Asked, line: &str) -> Reply {
    let typed = line.trim();
    if let Some(literal) = line.strip_prefix('\\') {
        return literally(asked, literal);
    }
    match typed {
        "!" => return Reply::Answer(Answer::Leave),
        "?" => return Reply::Overview,
        "." if asked.fields => return Reply::Answer(Answer::Finish),
        "<" if asked.fields => return Reply::Answer(Answer::Previous),
        _ => {}
    }
    if let Some(command) = typed.strip_prefix(':') {
        return Reply::Command(command.trim().to_owned());
    }
    match &asked.wants {
        Wants::YesOrNo { enter, text } => yes_or_no(typed, *enter, *text),
        _ if typed.is_empty() => Reply::Answer(Answer::Keep),
        _ if typed == "-" => Reply::Answer(Answer::Empty),
        Wants::Line => Reply::Answer(Answer::Text(typed.to_owned())),
        Wants::Text => Reply::Begin(line.to_owned()),
        Wants::Choice { .. } if typed.eq_ignore_ascii_case("more") => Reply::More,
        Wants::Choice { choices, many, typed: free, .. } => choose(choices, typed, *many, *free),
    }
}

/// What follows a backslash is text, whatever it looks like.
fn literally(asked: &Asked, line: &str) -> Reply {
    match asked.wants {
        Wants::Text => Reply::Begin(line.to_owned()),
        _ => Reply::Answer(Answer::Text(line.trim().to_owned())),
    }
}

fn yes_or_no(typed: &str, enter: bool, text: bool) -> Reply {
    match typed.to_lowercase().as_str() {
        "" if enter => Reply::Answer(Answer::Yes),
        "y" | "yes" => Reply::Answer(Answer::Yes),
        "n" | "no" => Reply::Answer(Answer::No),
        "" => Reply::Wrong("Please type yes or no.".to_owned()),
        _ if text => Reply::Answer(Answer::Text(typed.to_owned())),
        _ => Reply::Wrong(format!("\"{typed}\" is neither yes nor no.")),
    }
}

/// The choices that are meant: numbers, or names. `free` lets any other text be an answer too.
fn choose(choices: &[Choice], typed: &str, many: bool, free: bool) -> Reply {
    let parts: Vec<&str> = if many { typed.split(',').map(str::trim).collect() } else { vec![typed] };
    let mut places = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        match place(choices, part, free) {
            Ok(at) => places.push(at),
            Err(_) if free => return Reply::Answer(Answer::Text(typed.to_owned())),
            Err(why) => return Reply::Wrong(why),
        }
    }
    Reply::Answer(Answer::Chosen(places))
}

fn place(choices: &[Choice], part: &str, free: bool) -> Result<usize, String> {
    if let Ok(number) = part.parse::<usize>() {
        let at = number.checked_sub(1).filter(|at| *at < choices.len());
        return at.ok_or_else(|| format!("There is no number {number}; they go from 1 to {}.", choices.len()));
    }
    let wanted = part.trim_start_matches('@').to_lowercase();
    let label = |choice: &Choice| choice.label.trim_start_matches('@').to_lowercase();
    // A record is meant by its reference alone, a person by the handle.
    let named = |choice: &Choice| label(choice) == wanted || label(choice).split(' ').next() == Some(wanted.as_str());
    let whole = choices.iter().position(|choice| label(choice) == wanted);
    if let Some(at) = whole.or_else(|| only(choices, named)) {
        return Ok(at);
    }
    let starting = |choice: &Choice| label(choice).starts_with(&wanted);
    match only(choices, starting).filter(|_| !free) {
        Some(at) => Ok(at),
        None if choices.iter().any(starting) => {
            let names: Vec<&str> =
                choices.iter().filter(|choice| starting(choice)).map(|choice| choice.label.as_str()).collect();
            Err(format!("Several begin so: {}.", names.join(", ")))
        }
        None => Err(format!("Nothing here begins with \"{part}\"; ? lists what there is.")),
    }
}

/// The place of the only choice that fits.
fn only(choices: &[Choice], fits: impl Fn(&Choice) -> bool) -> Option<usize> {
    let mut found = choices.iter().enumerate().filter(|(_, choice)| fits(choice)).map(|(at, _)| at);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(many: bool, typed: bool) -> Asked {
        let choices = ["open", "pass", "fail", "not applicable", "waived"].map(Choice::new).to_vec();
        Asked::new("Status of FAIR-02", Wants::Choice { choices, many, at: Some(1), typed })
    }

    fn answer(asked: &Asked, line: &str) -> Answer {
        match read(asked, line) {
            Reply::Answer(answer) => answer,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn choices_are_meant_by_number_or_name() {
        let asked = statuses(false, false);
        assert_eq!(answer(&asked, " 4 "), Answer::Chosen(vec![3]));
        assert_eq!(answer(&asked, "Pass"), Answer::Chosen(vec![1]));
        assert_eq!(answer(&asked, "not"), Answer::Chosen(vec![3]));
        assert_eq!(answer(&asked, ""), Answer::Keep);
        assert_eq!(answer(&asked, "!"), Answer::Leave);
        for line in ["9", "0", "wavied", "yes"] {
            assert!(matches!(read(&asked, line), Reply::Wrong(_)), "{line}");
        }
        assert_eq!(read(&asked, "more"), Reply::More);
        assert_eq!(read(&asked, ":back"), Reply::Command("back".to_owned()));
        let many = statuses(true, false);
        assert_eq!(answer(&many, "1, fail"), Answer::Chosen(vec![0, 2]));
        assert_eq!(answer(&many, "-"), Answer::Empty);
    }

    #[test]
    fn where_text_is_taken_too_only_whole_names_choose() {
        let asked = statuses(false, true);
        assert_eq!(answer(&asked, "pa"), Answer::Text("pa".to_owned()));
        assert_eq!(answer(&asked, "9"), Answer::Text("9".to_owned()));
        assert_eq!(answer(&asked, "pass"), Answer::Chosen(vec![1]));
        let people = vec![Choice::new("@ana"), Choice::new("@anastasia"), Choice::new("REV-1 Claims")];
        let asked = Asked::new("Owner", Wants::Choice { choices: people, many: false, at: None, typed: true });
        assert_eq!(answer(&asked, "ana"), Answer::Chosen(vec![0]));
        assert_eq!(answer(&asked, "rev-1"), Answer::Chosen(vec![2]));
    }

    #[test]
    fn a_yes_that_destroys_is_typed() {
        let asked = Asked::new("Delete", Wants::YesOrNo { enter: false, text: false });
        assert!(matches!(read(&asked, ""), Reply::Wrong(_)));
        assert!(matches!(read(&asked, "D"), Reply::Wrong(_)));
        assert_eq!(answer(&asked, "Yes"), Answer::Yes);
        assert_eq!(answer(&asked, "n"), Answer::No);
    }

    #[test]
    fn a_backslash_makes_text_of_anything() {
        let mut asked = Asked::new("Title", Wants::Line);
        asked.fields = true;
        assert_eq!(answer(&asked, "\\."), Answer::Text(".".to_owned()));
        assert_eq!(answer(&asked, "\\:x"), Answer::Text(":x".to_owned()));
        assert_eq!(answer(&asked, "."), Answer::Finish);
        asked.wants = Wants::Text;
        assert_eq!(read(&asked, "\\- a list"), Reply::Begin("- a list".to_owned()));
    }
}
