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

use std::sync::{Arc, LazyLock, OnceLock};

use cel::common::types::{CelBool, CelInt, CelList, CelMap, CelMapKey, CelString, DYN_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{Context, Env, ExecutionError, Program};

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
    let words = lower_texts(what.as_ref());
    let found = each_text(where_to.as_ref(), &mut |text| mentions_any(text, &words));
    Ok(CowVal::owned(CelBool::from(found)))
}

/// Whether any of these lower-case words begins a word of the text. The text is gone through once, byte by byte where it is
/// plain: texts may be long, and rules and packets many.
fn mentions_any(text: &str, words: &[String]) -> bool {
    let first = |word: &String| word.bytes().next().filter(u8::is_ascii);
    let mut begins = [false; 128];
    words.iter().filter_map(first).for_each(|byte| begins[usize::from(byte)] = true);
    let bytes = text.as_bytes();
    let (mut at, mut within_word) = (0, false);
    while at < bytes.len() {
        let byte = bytes[at];
        let (length, in_word, may_begin) = if byte.is_ascii() {
            (1, byte.is_ascii_alphanumeric(), begins[usize::from(byte.to_ascii_lowercase())])
        } else {
            let c = text[at..].chars().next().unwrap_or_default();
            (c.len_utf8(), c.is_alphanumeric(), true)
        };
        if may_begin && !within_word {
            let rest = &text[at..];
            for word in words {
                if begins_with(rest, word) {
                    return true;
                }
            }
        }
        within_word = in_word;
        at += length;
    }
    false
}

/// Whether a text begins with a lower-case word, in any case.
fn begins_with(text: &str, word: &str) -> bool {
    let (said, wanted) = (text.as_bytes(), word.as_bytes());
    let mut same = 0;
    while same < wanted.len() {
        match said.get(same) {
            Some(byte) if byte.is_ascii() && wanted[same].is_ascii() => {
                if byte.to_ascii_lowercase() != wanted[same] {
                    return false;
                }
                same += 1;
            }
            // Letters that are not plain, or plain in one of the two only: “K” is written in two ways.
            Some(_) => {
                let mut said = text[same..].chars().flat_map(char::to_lowercase);
                return word[same..].chars().all(|wanted| said.next() == Some(wanted));
            }
            None => return false,
        }
    }
    !word.trim().is_empty()
}

/// Whether a test holds for a text, or for any of a list of texts.
fn each_text(value: &dyn Val, test: &mut dyn FnMut(&str) -> bool) -> bool {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return test(text.inner());
    }
    let items: &[Box<dyn Val>] = <&[Box<dyn Val>]>::try_from(value).unwrap_or(&[]);
    items.iter().filter_map(|item| item.downcast_ref::<CelString>()).any(|text| test(text.inner()))
}

fn lower_texts(value: &dyn Val) -> Vec<String> {
    let mut texts = Vec::new();
    each_text(value, &mut |text| {
        texts.push(text.to_lowercase());
        false
    });
    texts
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::packet;
    use super::*;

    fn compiled(source: &str) -> Result<Condition, Vec<ConditionProblem>> {
        Condition::compile(source, ON_PACKET)
    }

    fn holds(source: &str, values: &[(&str, &str)]) -> Result<bool, String> {
        let condition = compiled(source).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
        condition.holds(&Facts::of_packet(&packet(values)))
    }

    fn problem(source: &str) -> ConditionProblem {
        match compiled(source) {
            Ok(_) => panic!("{source} is taken"),
            Err(problems) => problems[0].clone(),
        }
    }

    proptest! {
        /// Whatever is answered, the short way comes to the same as reckoning.
        #[test]
        fn what_names_nothing_answered_need_not_be_reckoned(
            said in proptest::collection::vec((0usize..4, "[a-z ]{0,6}"), 0..4),
            at in 0usize..6,
        ) {
            let sources = [
                "packet.domain == '' && !answered(packet.use_case)",
                "mentions(packet.use_case, ['hir', 'a']) || packet.exposure == 'public'",
                "!answered(packet.geography) || 'eu' in packet.geography",
                "packet.use_case.size() > 3",
                "true",
                "packet.geography[0] == 'eu'",
            ];
            let mut packet = Record::empty(&PACKET);
            for (field, text) in &said {
                packet.set(["domain", "use_case", "exposure", "languages"][*field], text.as_str());
            }
            let condition = Condition::trusted(sources[at], ON_PACKET);
            let facts = Facts::of_packet(&packet);
            let reckoned = condition.compiled().as_ref().map_err(Clone::clone).and_then(|whole| whole.evaluate(&facts));
            prop_assert_eq!(condition.holds(&facts), reckoned, "{} on {:?}", sources[at], said);
        }
    }

    #[test]
    fn what_was_trusted_wrongly_is_an_error_and_never_an_answer() {
        for wrong in ["packet.domain ==", "packet.nonsense == ''", "1 / 0 == 1"] {
            let condition = Condition::trusted(wrong, ON_PACKET);
            assert!(condition.holds(&Facts::silent()).is_err(), "{wrong}");
            assert_eq!(condition.source(), wrong);
        }
        let condition = Condition::trusted("answered(packet.domain)", ON_PACKET);
        assert_eq!(condition.holds(&Facts::silent()), Ok(false));
        assert_eq!(condition.packet_fields().map(|field| field.name).collect::<Vec<_>>(), ["domain"]);
    }

    #[test]
    fn conditions_ask_what_a_packet_says() {
        let llm = "packet.model_type in ['RAG', 'prompted LLM'] && packet.exposure != 'internal'";
        assert_eq!(holds(llm, &[("model_type", "RAG")]), Ok(true));
        assert_eq!(holds(llm, &[("model_type", "RAG"), ("exposure", "internal")]), Ok(false));
        assert_eq!(holds(llm, &[]), Ok(false));
        assert_eq!(holds("answered(packet.fallback)", &[("fallback", "  ")]), Ok(false));
        assert_eq!(holds("answered(packet.fallback) ? true : packet.tags == ['x']", &[("fallback", "x")]), Ok(true));
        assert_eq!(holds("size(packet.languages) == 0 && packet.version == 0", &[]), Ok(true));
        assert_eq!(holds("packet.planned_launch_on < '2027-01-01'", &[]), Ok(true));
        assert_eq!(holds("true", &[]), Ok(true));
    }

    #[test]
    fn lists_and_dates_are_asked_in_their_own_way() {
        let mut said = packet(&[]);
        said.set("languages", vec!["de-AT".to_owned(), "fr".to_owned()]);
        said.set("planned_launch_on", chrono::NaiveDate::from_ymd_opt(2026, 12, 31).unwrap());
        let facts = Facts::of_packet(&said);
        let ask = |source: &str| compiled(source).unwrap().holds(&facts);
        assert_eq!(ask("packet.languages.exists(l, l.startsWith('de'))"), Ok(true));
        assert_eq!(ask("packet.languages.all(l, l in ['de-AT', 'fr'])"), Ok(true));
        assert_eq!(ask("'fr' in packet.languages && size(packet.languages) == 2"), Ok(true));
        assert_eq!(ask("['de', 'it'].exists(c, packet.languages.exists(l, l.startsWith(c)))"), Ok(true));
        assert_eq!(ask("packet.planned_launch_on == '2026-12-31'"), Ok(true));
    }

    #[test]
    fn words_are_mentioned_from_their_start_in_any_case() {
        let values = [("use_case", "Ranks RÉSUMÉS for hiring; any language")];
        for (words, found) in
            [("'résum'", true), ("['pay', 'HIRI']", true), ("'age'", false), ("''", false), ("'ring'", false)]
        {
            assert_eq!(holds(&format!("mentions(packet.use_case, {words})"), &values), Ok(found), "{words}");
        }
        assert_eq!(holds("mentions(packet.geography, 'de')", &[]), Ok(false));
    }

    #[test]
    fn a_condition_that_fails_says_so_and_is_never_taken_for_no() {
        let source = "answered(packet.use_case) && 1 / (size(packet.use_case) - 1) > 0";
        assert_eq!(holds(source, &[]), Ok(false));
        assert_eq!(holds(source, &[("use_case", "x")]), Err("it divides by zero.".to_owned()));
        assert!(problem("10 / size(packet.languages) > 2").message.contains("says nothing yet: it divides by zero"));
        assert!(problem("packet.languages[0] == 'de'").message.contains("beyond the end"));
        assert!(problem("size(packet.languages) - 9223372036854775807 - 9 > 0").message.contains("too large"));
    }

    #[test]
    fn what_would_be_silently_false_is_refused() {
        for (source, offset, words) in [
            ("packet.exposure == 'pubic'", 19, "not a choice of exposure; expected one of: internal"),
            ("packet.exposure in ['public', 'kids']", 30, "not a choice of exposure"),
            ("'Public' != packet.exposure", 0, "not a choice of exposure"),
            ("packet.exposure == 3", 19, "a text never equals a whole number"),
            ("packet.languages == 'de'", 20, "a list never equals a text"),
            ("3 in packet.languages", 0, "never in a list of such things"),
            ("has(packet.fallback)", 4, "ask answered(packet.fallback)"),
            ("packet.fallback == null", 19, "ask answered"),
            ("packet.expsure == 'public'", 0, "did you mean “exposure”?"),
            ("packet['exposure'] == 'public'", 0, "write packet.exposure"),
            ("packet.answered > 3", 0, "not a field of the packet"),
            ("packet.exposure", 0, "true or false, not as a text"),
            ("packet.exposure || true", 0, "expected true or false here"),
            ("size(packet.languages)", 0, "not as a whole number"),
            ("risk.severity > 3", 0, "“risk” is not a name"),
            ("exposure == 'public'", 0, "packet.exposure and the like"),
            ("packet == packet", 0, "name a field of the packet"),
            ("anwered(packet.fallback)", 0, "not a function"),
            ("packet.use_case.matches('x')", 0, "not a function"),
            ("packet.languages.contains('x')", 0, "'x' in list"),
            ("packet.use_case + 'x' == 'x'", 0, "numbers only"),
            ("packet.tags.map(t, t + t) == ['x']", 0, "all(…) or exists(…) only"),
            ("packet.tags.exists_one(t, t == 'x')", 0, "all(…) or exists(…) only"),
            ("packet.tags.exists(t == 'x')", 0, "list.exists(x, condition on x)"),
            ("packet.use_case.exists(t, t == 'x')", 0, "look into lists, not a text"),
            ("packet.tags.exists(t, packet.languages.exists(l, l == t))", 0, "only one of them over a list"),
            ("packet.tags == []", 15, "an empty list tests nothing"),
            ("packet.tags == ['x', 3]", 21, "things of one kind"),
            ("{'a': 1} == {'a': 1}", 0, "no maps"),
            ("1u == 1u", 0, "whole numbers, numbers"),
            ("packet.use_case < 3", 18, "expected a text here"),
            ("packet.tags < packet.languages", 0, "no order"),
            ("packet.use_case.length > 3", 0, "only the packet has fields"),
        ] {
            let found = problem(source);
            assert!(found.message.contains(words), "{source}: {found:?}");
            // Calls are placed at their bracket, tests at their dot: somewhere in the part that is wrong.
            assert!(found.offset >= offset, "{source}: {found:?}");
        }
    }

    #[test]
    fn problems_are_placed_in_the_condition() {
        for (source, at) in [
            ("packet.exposure == 'pubic'", "'pubic'"),
            ("mentions(packet.use_case, 'é日本')\n && packet.exposure == 'pubic'", "'pubic'"),
            ("'é' == 'é' && packet.users == nobody", "nobody"),
            ("true &&\n  'é' == ", ""),
        ] {
            let found = problem(source);
            assert_eq!(&source[found.offset..found.offset + at.len()], at, "{source}: {found:?}");
        }
        assert_eq!(compiled("packet.a == 1 && packet.b == 2").unwrap_err().len(), 2, "all are reported");
    }

    #[test]
    fn conditions_are_bounded() {
        for source in [
            "(".repeat(1900),
            "!(".repeat(900) + "true" + &")".repeat(900),
            vec!["1"; 900].join("+") + " > 0",
            "[".repeat(900) + &"]".repeat(900) + " == [1]",
            "packet.tags".to_owned() + &".exists(t, true)".repeat(100),
            "x".repeat(2001),
            String::new(),
        ] {
            assert!(compiled(&source).is_err());
        }
        let many = vec!["packet.exposure == 'public'"; 60].join(" || ");
        assert!(compiled(&many).is_ok(), "a long list of alternatives is fine");
    }

    /// The plain way: the whole text in lower case.
    fn mentioned(text: &str, word: &str) -> bool {
        let text = text.to_lowercase();
        let begins =
            |(at, _): (usize, &str)| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        !word.trim().is_empty() && text.match_indices(word).any(begins)
    }

    proptest! {
        #[test]
        fn the_quick_way_to_find_words_finds_what_the_plain_way_finds(
            text in "[aAbBéÉkK\u{212a}ßß ,.-]{0,24}",
            word in "[abékß ]{0,3}",
        ) {
            prop_assert_eq!(mentions_any(&text, &[word.to_lowercase()]), mentioned(&text, &word.to_lowercase()));
        }

        #[test]
        fn no_text_makes_the_compiler_panic(source in any::<String>()) {
            let _ = compiled(&source);
        }

        #[test]
        fn no_near_miss_makes_the_compiler_panic(source in
            "(packet|x|answered|mentions|size|has|exists|all|map|in|'a'|'\\\\|\"|1|0|true|null|[-+*/%&|!<>=?:.,(){}\\[\\]` é\n]){0,30}"
        ) {
            match compiled(&source) {
                Ok(condition) => prop_assert!(condition.holds(&Facts::of_packet(&packet(&[]))).is_ok()),
                Err(problems) => prop_assert!(problems.iter().all(|problem| source.is_char_boundary(problem.offset))),
            }
        }
    }
}
