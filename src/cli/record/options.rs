//! The options of a kind's commands, made from the descriptions of its fields: a new field needs nothing here.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, ArgMatches, Command};

use crate::cli::exit::{Done, Failure, of_problem};
use crate::record::{Field, FieldKind, Kind, Value, Written};
use crate::session::{Session, today};
use crate::workspace::{Condition, parse_condition};

/// Options that commands have of their own. A field of the same name gets the option `--field-NAME`.
const RESERVED: &[&str] = &[
    "all",
    "as",
    "closed",
    "columns",
    "csv",
    "filter",
    "find",
    "help",
    "if-version",
    "json",
    "limit",
    "open",
    "plain",
    "policy",
    "print",
    "quick",
    "read-only",
    "sort",
    "version",
    "why",
    "workspace",
];

/// Ends that may be left off an option: `--due` is `--due-on`.
const ENDS: &[&str] = &["-on", "-at", "-until"];

/// The name of a field's option.
#[must_use]
pub fn option_name(kind: Kind, field: &Field) -> String {
    let name = field.name.replace('_', "-");
    // A title is said without an option, and may be said with one.
    if RESERVED.contains(&name.as_str()) && field.name != kind.title { format!("field-{name}") } else { name }
}

fn short_name(kind: Kind, field: &Field) -> Option<String> {
    let name = field.name.replace('_', "-");
    let short = ENDS.iter().find_map(|end| name.strip_suffix(end))?.to_owned();
    let taken = RESERVED.contains(&short.as_str()) || kind.columns().any(|other| other.name.replace('_', "-") == short);
    (!taken).then_some(short)
}

/// The id under which clap keeps a field's option.
fn id(field: &Field) -> String {
    format!("field:{}", field.name)
}

/// A choice, taken in any way that [`crate::record::parse`] understands; shown and completed with hyphens for spaces.
#[derive(Clone)]
struct Choice(&'static [&'static str]);

impl TypedValueParser for Choice {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Self::Value, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(|choice| PossibleValue::new(choice.replace(' ', "-")))))
    }
}

fn base(kind: Kind, field: &'static Field) -> Arg {
    let mut arg = Arg::new(id(field))
        .long(option_name(kind, field))
        .value_name(value_name(field))
        .help(field.help)
        .hide_possible_values(false);
    if let Some(short) = short_name(kind, field) {
        arg = arg.visible_alias(short);
    }
    if let FieldKind::Choice(choices) | FieldKind::Choices(choices) = field.kind {
        arg = arg.value_parser(Choice(choices));
    }
    let may_begin_with_a_hyphen = matches!(
        field.kind,
        FieldKind::Line | FieldKind::Prose | FieldKind::Words | FieldKind::Day | FieldKind::Moment
    );
    arg.allow_hyphen_values(may_begin_with_a_hyphen)
}

fn value_name(field: &Field) -> String {
    match field.kind {
        FieldKind::Line | FieldKind::Prose => "TEXT".to_owned(),
        FieldKind::Choice(_) | FieldKind::Choices(_) => "CHOICE".to_owned(),
        FieldKind::Named(_) | FieldKind::NamedMany(_) => "NAME".to_owned(),
        FieldKind::Words => "WORDS".to_owned(),
        FieldKind::Step(_) => "1-5".to_owned(),
        FieldKind::Number(..) => "NUMBER".to_owned(),
        FieldKind::Flag => "yes|no".to_owned(),
        FieldKind::Day => "DATE".to_owned(),
        FieldKind::Moment => "MOMENT".to_owned(),
        FieldKind::Link(kind) | FieldKind::Links(kind) => kind.to_uppercase(),
        FieldKind::Reference => "REF".to_owned(),
    }
}

/// An option for each field that people write.
#[must_use]
pub fn for_writing(kind: Kind) -> Vec<Arg> {
    kind.editable().map(|field| base(kind, field).help_heading("Fields")).collect()
}

/// An option for each field that lists are filtered by: all but long text.
#[must_use]
pub fn for_filtering(kind: Kind) -> Vec<Arg> {
    filtered(kind)
        .map(|field| {
            let long = option_name(kind, field);
            base(kind, field)
                .help_heading("Filters by field")
                .help(format!("Only those with this {}.", long.replace('-', " ")))
        })
        .collect()
}

fn filtered(kind: Kind) -> impl Iterator<Item = &'static Field> {
    kind.columns().filter(|field| {
        let own = !matches!(field.kind, FieldKind::Prose) && field.written != Written::ByWorkspace;
        own || matches!(field.name, "created_at" | "created_by" | "updated_at" | "updated_by")
    })
}

/// What the options for filtering ask for, and the fields they are about. A value may begin with a comparison:
/// `--severity '>=4'`.
///
/// # Errors
/// Where a value cannot be read.
pub fn conditions(kind: Kind, matches: &ArgMatches, session: &Session) -> Done<Vec<Condition>> {
    let mut found = Vec::new();
    for field in filtered(kind) {
        if let Some(typed) = matches.get_one::<String>(&id(field)) {
            let typed = typed.trim();
            let sign = if typed.starts_with(['<', '>', '!', '=', '~']) { "" } else { "=" };
            found.push(condition(kind, &format!("{}{sign}{typed}", field.name), session)?);
        }
    }
    Ok(found)
}

/// Reads one filter.
///
/// # Errors
/// Where it cannot be read.
pub fn condition(kind: Kind, typed: &str, session: &Session) -> Done<Condition> {
    Ok(parse_condition(kind, typed, today(), &session.policy, &session.resolver())?)
}

/// What the options for writing say, in the order of the fields' description.
///
/// # Errors
/// Where a value cannot be read as what its field holds.
pub fn assignments(kind: Kind, matches: &ArgMatches, session: &Session) -> Done<Vec<(&'static str, Value)>> {
    let mut said = Vec::new();
    for field in kind.editable() {
        if let Some(typed) = matches.get_one::<String>(&id(field)) {
            said.push((field.name, value(field, typed, session)?));
        }
    }
    Ok(said)
}

/// Reads what was typed for a field; for long text, `-` is standard input.
///
/// # Errors
/// Where it cannot be read as what the field holds.
pub fn value(field: &Field, typed: &str, session: &Session) -> Done<Value> {
    if field.kind == FieldKind::Prose && typed == "-" {
        let text = std::io::read_to_string(std::io::stdin()).map_err(|source| Failure::File {
            action: "Reading",
            path: "standard input".into(),
            source,
        })?;
        return Ok(Value::text(text.replace("\r\n", "\n").trim_end()));
    }
    session.parse(field, typed).map_err(|problem| of_problem(&problem))
}

/// The field of a kind with this name, with hyphens or underscores.
///
/// # Errors
/// Names the fields that there are.
pub fn field_named(kind: Kind, typed: &str) -> Done<&'static Field> {
    let name = typed.trim().to_lowercase().replace('-', "_");
    kind.field(&name).ok_or_else(|| {
        let names: Vec<&str> = kind.columns().map(|field| field.name).collect();
        Failure::Usage(format!("{} have no field “{}”; there are: {}.", kind.plural, name, names.join(", ")))
    })
}
