//! Conditions on what a packet says, written in CEL (Common Expression Language, <https://cel.dev>).
//!
//! A condition is compiled and checked once, when policy is loaded; then it is asked of one packet after another. It
//! cannot do harm: it has no loops but over lists, no way out of the packet, and its size is bounded (see [`typing`]).
//!
//! What a field holds, in a condition: a text (also a choice, a link or a date, as `2026-12-31`), a list of texts, a
//! whole number, or true and false; and where nothing was said, the empty text, the empty list, 0 or false.

use std::sync::{Arc, LazyLock};

use cel::common::types::{CelBool, CelInt, CelList, CelMap, CelMapKey, CelString, DYN_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Context, Env, ExecutionError, Program};

use super::typing;
use crate::record::{Field, FieldKind, Kind, PACKET, Record, Value, Written};
use crate::text;

/// The longest condition, in bytes. Keeps the parser's depth, and so its stack, bounded.
const LONGEST: usize = 2000;

/// What a condition may speak of: each name with the kind of record behind it.
pub(super) const SUBJECTS: &[(&str, Kind)] = &[("packet", &PACKET)];

/// The functions beyond CEL's own.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let answered = env.add_overload("answered", "answered_dyn", vec![DYN_TYPE], answered);
    let mentions = env.add_overload("mentions", "mentions_dyn_dyn", vec![DYN_TYPE, DYN_TYPE], mentions);
    debug_assert!(answered.is_ok() && mentions.is_ok(), "CEL has no functions of these names");
    Arc::new(env)
});

/// A condition, compiled.
#[derive(Debug, Clone)]
pub struct Condition(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    source: String,
    program: Program,
}

/// Something wrong with a condition: at which byte of it, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConditionProblem {
    pub offset: usize,
    pub message: String,
}

impl ConditionProblem {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into() }
    }
}

impl Condition {
    /// Compiles and checks a condition on a packet.
    ///
    /// # Errors
    /// Everything wrong with it: syntax, unknown fields, functions and choices, types that do not fit, a result that
    /// is not true or false, a condition too long or too deep, or one that fails on a packet that says nothing.
    pub(super) fn compile(source: &str) -> Result<Self, Vec<ConditionProblem>> {
        if source.len() > LONGEST {
            let message = format!("a condition has at most {LONGEST} bytes; this one has {}.", source.len());
            return Err(vec![ConditionProblem::new(0, message)]);
        }
        let program = ENVIRONMENT.compile(source).map_err(|errors| {
            let first = errors.errors.first();
            let (offset, message) =
                first.map_or((0, String::new()), |error| (byte_of(source, error.pos), syntax(&error.msg)));
            vec![ConditionProblem::new(offset, message)]
        })?;
        let problems = typing::check(&program, source);
        if !problems.is_empty() {
            return Err(problems);
        }
        let condition = Self(Arc::new(Compiled { source: source.to_owned(), program }));
        let empty = Record::empty(&PACKET);
        match condition.holds(&Facts::of_packet(&empty)) {
            Ok(_) => Ok(condition),
            Err(message) => {
                let message = format!("this fails on a packet that says nothing yet: {message}");
                Err(vec![ConditionProblem::new(0, message)])
            }
        }
    }

    /// The condition as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// Says what went wrong while it was evaluated, such as a division by zero.
    pub fn holds(&self, facts: &Facts<'_>) -> Result<bool, String> {
        match cel::Value::resolve_val(self.0.program.expression(), &facts.0) {
            Ok(value) => match value.downcast_ref::<CelBool>() {
                Some(answer) => Ok(*answer.inner()),
                None => Err("the result is neither true nor false.".to_owned()),
            },
            Err(error) => Err(failure(&error)),
        }
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for Condition {}

/// What conditions are asked of: made once for each packet, then shared by all conditions.
pub struct Facts<'v>(Context<'v, 'v>);

impl<'v> Facts<'v> {
    /// The facts that a packet states.
    #[must_use]
    pub fn of_packet(packet: &'v Record) -> Self {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        for (name, kind) in SUBJECTS {
            if packet.kind() == *kind {
                context.add_variable_as_val(*name, Box::new(fields(packet)));
            }
        }
        Self(context)
    }
}

/// Whether conditions may speak of a field. What a rule counts from conditions, no condition may count on.
pub(super) fn is_told(field: &Field) -> bool {
    !(field.written == Written::ByRule && matches!(field.kind, FieldKind::Number(..)))
}

fn fields(record: &Record) -> CelMap<'_> {
    let told = record.fields().filter(|(field, _)| is_told(field));
    let entries = told.map(|(field, value)| (CelMapKey::from(field.name), fact(field, value)));
    CelMap::from(entries.collect::<std::collections::HashMap<_, _>>())
}

fn fact<'v>(field: &Field, value: &'v Value) -> Box<dyn Val + 'v> {
    let list = |items: &'v [String]| {
        let items = items.iter().map(|item| Box::new(CelString::from(item.as_str())) as Box<dyn Val + 'v>);
        Box::new(CelList::from(items.collect::<Vec<_>>())) as Box<dyn Val + 'v>
    };
    match value {
        Value::Text(text) => Box::new(CelString::from(text.as_str())),
        Value::Number(number) => Box::new(CelInt::from(*number)),
        Value::Flag(flag) => Box::new(CelBool::from(*flag)),
        Value::List(items) => list(items),
        Value::Day(_) | Value::Moment(_) => Box::new(CelString::from(value.display())),
        Value::Empty => match field.kind {
            FieldKind::Choices(_) | FieldKind::NamedMany(_) | FieldKind::Words | FieldKind::Links(_) => list(&[]),
            FieldKind::Step(_) | FieldKind::Number(..) => Box::new(CelInt::from(0)),
            FieldKind::Flag => Box::new(CelBool::from(false)),
            _ => Box::new(CelString::from("")),
        },
    }
}

/// `answered(x)`: whether x says anything: a text that is not blank, a list with an item, a number that is not 0,
/// true.
#[expect(clippy::needless_pass_by_value, reason = "CEL hands its functions their arguments so")]
fn answered<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [value] = arguments.as_slice() else {
        return Err(ExecutionError::invalid_argument_count(1, arguments.len()));
    };
    let says = match value.downcast_ref::<CelString>() {
        Some(text) => !text.inner().trim().is_empty(),
        None => value.as_zeroer().is_some_and(|value| !value.is_zero_value()),
    };
    Ok(CowVal::owned(CelBool::from(says)))
}

/// `mentions(text, words)`: whether the text (or one of a list of texts) holds the word (or one of a list of words), in
/// any case, from the start of a word: `hir` is mentioned by “Hiring”, `age` is not by “language”.
#[expect(clippy::needless_pass_by_value, reason = "CEL hands its functions their arguments so")]
fn mentions<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [where_to, what] = arguments.as_slice() else {
        return Err(ExecutionError::invalid_argument_count(2, arguments.len()));
    };
    let texts = lower_texts(where_to.as_ref());
    let found = lower_texts(what.as_ref()).iter().any(|word| texts.iter().any(|text| mentions_word(text, word)));
    Ok(CowVal::owned(CelBool::from(found)))
}

fn mentions_word(text: &str, word: &str) -> bool {
    !word.trim().is_empty()
        && text
            .match_indices(word)
            .any(|(at, _)| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric()))
}

fn lower_texts(value: &dyn Val) -> Vec<String> {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return vec![text.inner().to_lowercase()];
    }
    let items: &[Box<dyn Val>] = <&[Box<dyn Val>]>::try_from(value).unwrap_or(&[]);
    items.iter().filter_map(|item| item.downcast_ref::<CelString>()).map(|text| text.inner().to_lowercase()).collect()
}

/// The byte at a line and column, both from 1.
fn byte_of(source: &str, (line, column): (isize, isize)) -> usize {
    let from_one = |number: isize| usize::try_from(number).unwrap_or(1).saturating_sub(1);
    let lines = source.split_inclusive('\n');
    let before: usize = lines.clone().take(from_one(line)).map(str::len).sum();
    let within = source[before..].char_indices().nth(from_one(column)).map_or(source.len() - before, |(at, _)| at);
    before + within
}

/// Says in plain words what the parser found.
fn syntax(message: &str) -> String {
    let message = text::line(message.strip_prefix("Syntax error: ").unwrap_or(message)).into_owned();
    if message.contains("ecursion limit") {
        return "this condition is nested too deep; write it flatter.".to_owned();
    }
    let message = match message.split_once(" expecting ") {
        Some((found, expected)) if expected.len() > 40 => {
            format!("{}; expected a value, a name or an opening bracket", found.replace("<EOF>", "the end"))
        }
        Some((found, expected)) => format!("{}; expected {expected}", found.replace("<EOF>", "the end")),
        None => message,
    };
    format!("this is not CEL: {}.", text::fit(&message, 200))
}

/// Says in plain words what went wrong in an evaluation.
fn failure(error: &ExecutionError) -> String {
    match error {
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "it divides by zero.".to_owned(),
        ExecutionError::Overflow(..) => "a number grows too large.".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "it asks for an item beyond the end of a list.".to_owned(),
        other => format!("{}.", text::fit(&text::line(&other.to_string()), 200)),
    }
}
