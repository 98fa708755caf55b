//! Conditions on what a packet says, written in CEL (Common Expression Language, <https://cel.dev>). Some may speak of the
//! legal classification too.
//!
//! A condition is compiled and checked once; then it is asked of one packet after another. It cannot do harm: it has no
//! loops but over lists, no way out of the packet, and its size and cost are bounded. What an organisation wrote is
//! compiled when policy is loaded, so that a mistake is told with its line; what is shipped, and tested, when it is first
//! asked: most commands ask few of the shipped conditions, and compiling all of them takes longer than drawing a Desk.
//!
//! What a field holds, in a condition: a text (also a choice, a link or a date, as `2026-12-31`), a list of texts, a
//! whole number, or true and false; and where nothing was said, the empty text, the empty list, 0 or false.

mod functions;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock, OnceLock};

use cel::common::types::{CelBool, CelInt, CelList, CelMap, CelMapKey, CelString, DYN_TYPE};
use cel::common::value::Val;
use cel::{Context, Env, ExecutionError, Program};

use self::functions::{answered, mentions};
use super::typing;
use crate::record::{Field, FieldKind, Kind, LEGAL, PACKET, Record, Value, Written};
use crate::text;

/// The longest condition, in bytes. Keeps the parser's depth, and so its stack, bounded.
const LONGEST: usize = 2000;

/// What a condition may speak of: each name with the kind of record behind it.
pub(super) type Subjects = &'static [(&'static str, Kind)];

/// Conditions on packets alone.
pub(super) const ON_PACKET: Subjects = &[PACKET_SUBJECT];

/// Conditions on packets and on the legal classification; where there is none, nothing in it is answered.
pub(super) const ON_BOTH: Subjects = &[PACKET_SUBJECT, LEGAL_SUBJECT];

const PACKET_SUBJECT: (&str, Kind) = ("packet", &PACKET);
const LEGAL_SUBJECT: (&str, Kind) = ("legal", &LEGAL);

/// A packet that says nothing yet, and a classification in which nothing is answered.
static SILENT: LazyLock<(Record, Record)> = LazyLock::new(|| (Record::empty(&PACKET), Record::empty(&LEGAL)));

/// The functions beyond CEL's own.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    let answered = env.add_overload("answered", "answered_dyn", vec![DYN_TYPE], answered);
    let mentions = env.add_overload("mentions", "mentions_dyn_dyn", vec![DYN_TYPE, DYN_TYPE], mentions);
    debug_assert!(answered.is_ok() && mentions.is_ok(), "CEL has no functions of these names");
    Arc::new(env)
});

/// A condition, compiled by the time it is first asked.
#[derive(Debug, Clone)]
pub struct Condition(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: String,
    subjects: Subjects,
    compiled: OnceLock<Result<Compiled, String>>,
}

#[derive(Debug)]
struct Compiled {
    program: Program,
    named: Vec<typing::Named>,
    /// What it comes to where nothing that it names is answered.
    silent: OnceLock<Result<bool, String>>,
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

impl Compiled {
    fn evaluate(&self, facts: &Facts<'_>) -> Result<bool, String> {
        match cel::Value::resolve_val(self.program.expression(), &facts.context) {
            Ok(value) => match value.downcast_ref::<CelBool>() {
                Some(answer) => Ok(*answer.inner()),
                None => Err("the result is neither true nor false.".to_owned()),
            },
            Err(error) => Err(failure(&error)),
        }
    }

    fn new(source: &str, subjects: Subjects) -> Result<Self, Vec<ConditionProblem>> {
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
        let named = typing::check(&program, subjects)?;
        Ok(Self { program, named, silent: OnceLock::new() })
    }
}

impl Condition {
    /// Compiles and checks a condition on these subjects.
    ///
    /// # Errors
    /// Everything wrong with it: syntax, unknown fields, functions and choices, types that do not fit, a result that
    /// is not true or false, a condition too long or too deep, or one that fails on a packet that says nothing.
    pub(super) fn compile(source: &str, subjects: Subjects) -> Result<Self, Vec<ConditionProblem>> {
        let compiled = Compiled::new(source, subjects)?;
        let condition = Self::trusted(source, subjects);
        let _ = condition.0.compiled.set(Ok(compiled));
        match condition.holds(&Facts::silent()) {
            Ok(_) => Ok(condition),
            Err(message) => {
                let message = format!("this fails on a packet that says nothing yet: {message}");
                Err(vec![ConditionProblem::new(0, message)])
            }
        }
    }

    /// A condition that is known to be sound, to be compiled when it is first asked.
    pub(super) fn trusted(source: &str, subjects: Subjects) -> Self {
        Self(Arc::new(Inner { source: source.to_owned(), subjects, compiled: OnceLock::new() }))
    }

    fn compiled(&self) -> &Result<Compiled, String> {
        self.0.compiled.get_or_init(|| {
            let first = |problems: Vec<ConditionProblem>| problems.into_iter().next().map(|problem| problem.message);
            Compiled::new(&self.0.source, self.0.subjects).map_err(|problems| first(problems).unwrap_or_default())
        })
    }

    /// The condition as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The fields of the packet that it asks about.
    pub fn packet_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.named_of(PACKET_SUBJECT.0)
    }

    /// The fields of the legal classification that it asks about.
    pub fn legal_fields(&self) -> impl Iterator<Item = &'static Field> {
        self.named_of(LEGAL_SUBJECT.0)
    }

    fn named_of(&self, subject: &'static str) -> impl Iterator<Item = &'static Field> {
        let named = self.compiled().as_ref().map(|compiled| compiled.named.as_slice()).unwrap_or_default();
        named.iter().filter(move |(of, _)| *of == subject).map(|(_, field)| *field)
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// Says what went wrong while it was evaluated, such as a division by zero.
    pub fn holds(&self, facts: &Facts<'_>) -> Result<bool, String> {
        let compiled = self.compiled().as_ref().map_err(Clone::clone)?;
        // Most packets answer few of the questions that there are; what names none of these need not be reckoned again.
        if compiled.named.iter().all(|(subject, field)| facts.is_silent_on(subject, field)) {
            return compiled.silent.get_or_init(|| compiled.evaluate(&Facts::silent())).clone();
        }
        compiled.evaluate(facts)
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.0.source == other.0.source
    }
}

impl Eq for Condition {}

/// What conditions are asked of: made once for each packet, then shared by all conditions.
pub struct Facts<'v> {
    packet: &'v Record,
    legal: &'v Record,
    context: Context<'v, 'v>,
}

impl<'v> Facts<'v> {
    /// The facts that a packet states: enough for conditions on packets alone.
    #[must_use]
    pub fn of_packet(packet: &'v Record) -> Self {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.add_variable_as_val(PACKET_SUBJECT.0, Box::new(fields(packet)));
        Self { packet, legal: &SILENT.1, context }
    }

    /// The facts that a packet and a legal classification state.
    #[must_use]
    pub fn of(packet: &'v Record, legal: Option<&'v Record>) -> Self {
        let mut facts = Self::of_packet(packet);
        facts.legal = legal.unwrap_or(&SILENT.1);
        facts.context.add_variable_as_val(LEGAL_SUBJECT.0, Box::new(fields(facts.legal)));
        facts
    }

    /// Whether a field says nothing at all, as it does in a record that is new.
    fn is_silent_on(&self, subject: &str, field: &Field) -> bool {
        let record = if subject == LEGAL_SUBJECT.0 { self.legal } else { self.packet };
        *record.get(field.name) == Value::Empty
    }

    /// What is known where nothing was said yet.
    #[must_use]
    pub fn silent() -> Facts<'static> {
        Facts::of(&SILENT.0, None)
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
