//! `probity risk show`: one record whole, and what belongs to it in short.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value as Json};

use super::{in_words, list, named, named_args, related};
use crate::cli::Context;
use crate::cli::exit::Done;
use crate::cli::json;
use crate::cli::out::{Out, Style};
use crate::cli::special;
use crate::record::EVIDENCE;
use crate::record::{Field, FieldKind, Kind, Record, Written};
use crate::session::Session;
use crate::text;
use crate::workspace::Query;

/// Rows of each part that are shown, unless the parts have an order of their own, as items have.
const ROWS: usize = 20;

/// Cells for the labels of fields.
const LABEL: usize = 22;

/// The command.
pub fn command(kind: Kind) -> Command {
    let label = kind.label.to_lowercase();
    Command::new("show")
        .about(format!("Shows a {label} whole, and what belongs to it in short."))
        .arg(named_args(kind))
        .args(args())
}

fn args() -> [Arg; 2] {
    [
        Arg::new("json")
            .long("json")
            .action(ArgAction::SetTrue)
            .help("Print JSON: an object, or an array for several."),
        Arg::new("all").long("all").action(ArgAction::SetTrue).help("Show the fields too of which nothing was said."),
    ]
}

/// Runs it.
pub fn run(kind: Kind, matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let records = named(kind, matches, &session)?;
    print(&records, matches, &session, &mut context.out)
}

/// The command that shows records of any kind by their references.
#[must_use]
pub fn any_command() -> Command {
    Command::new("show")
        .about("Shows any record by its reference: probity show RSK-31")
        .arg(Arg::new("records").value_name("REF").num_args(1..).required(true).help("References, such as RSK-31."))
        .args(args())
}

/// Shows records of any kind.
///
/// # Errors
/// Where there is no such record.
pub fn show_any(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let mut records = Vec::new();
    for reference in matches.get_many::<String>("records").into_iter().flatten() {
        records.push(session.workspace.find(reference)?);
    }
    print(&records, matches, &session, &mut context.out)
}

fn print(records: &[Record], matches: &ArgMatches, session: &Session, out: &mut Out) -> Done {
    if matches.get_flag("json") {
        let mut objects = records.iter().map(|record| as_json(record, session)).collect::<Done<Vec<_>>>()?;
        return match (objects.pop(), objects.is_empty()) {
            (Some(only), true) => out.json(&only),
            (last, _) => out.json(&objects.into_iter().chain(last).collect::<Vec<_>>().into()),
        };
    }
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            out.end()?;
        }
        one(record, matches.get_flag("all"), session, out)?;
    }
    Ok(())
}

fn one(record: &Record, all: bool, session: &Session, out: &mut Out) -> Done {
    let labels = session.workspace.labels([record])?;
    let kind = record.kind();
    let in_words = |field: &Field| in_words(field, record.get(field.name), session, &labels);
    out.heading(&format!("{} {}", record.reference(), record.title()))?;
    for (field, value) in record.fields() {
        // A title of several lines is told in full below its heading.
        let in_heading = field.name == "ref" || field.name == kind.title && !record.title().contains('\n');
        if in_heading || !all && (value.is_empty() || is_bookkeeping(field)) {
            continue;
        }
        let said = if value.is_empty() { "-".to_owned() } else { in_words(field) };
        labelled(out, field.label, &said, field.kind == FieldKind::Prose)?;
    }
    special::tell(record, session, out)?;
    let told = |name: &str| kind.field(name).map(in_words).unwrap_or_default();
    let told = format!(
        "  Version {}, {} by {}; recorded {} by {}.",
        record.version(),
        told("updated_at"),
        told("updated_by"),
        told("created_at"),
        told("created_by")
    );
    out.styled(Style::Faint, &told)?;
    out.end()?;
    parts(record, session, out)
}

/// Whether the workspace writes a field: of those that every record has, one line at the end tells.
fn is_bookkeeping(field: &Field) -> bool {
    field.written == Written::ByWorkspace
}

/// A label and what was said; long text goes under its label where it does not fit beside it.
///
/// # Errors
/// When it cannot be written.
pub fn labelled(out: &mut Out, label: &str, said: &str, prose: bool) -> Done {
    if out.is_plain() {
        return if prose && said.contains('\n') {
            out.line(&format!("{label}:"))?;
            out.paragraph(2, said)
        } else {
            out.line(&format!("{label}: {said}"))
        };
    }
    let room = out.width().map_or(usize::MAX, |width| width.saturating_sub(LABEL + 2));
    if prose && (said.contains('\n') || text::width(said) > room) {
        out.styled(Style::Faint, &format!("  {label}"))?;
        out.end()?;
        return out.paragraph(4, said);
    }
    out.styled(Style::Faint, &format!("  {}", text::pad(label, LABEL)))?;
    out.line(said)
}

fn parts(record: &Record, session: &Session, out: &mut Out) -> Done {
    let owner = record.kind();
    for part in related::to(record, session)? {
        let title = format!("{} ({})", part.kind.plural, part.summary());
        if !part.is_part_of(owner) {
            let role = part.field.label.to_lowercase();
            labelled(out, &format!("{} as {role}", part.kind.plural), &part.summary(), false)?;
        } else if part.is_part_of_a_part(owner) {
            let mut states: Vec<(String, u64)> = part.states(session)?.into_iter().collect();
            states.sort();
            let told: Vec<String> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
            out.end()?;
            out.heading(&title)?;
            out.line(&format!("  {}", told.join(", ")))?;
        } else {
            out.end()?;
            out.heading(&title)?;
            let rows = if part.kind.field("position").is_some() { usize::MAX } else { ROWS };
            let printed = list::print_records(out, session, &part.query, part.field.name, rows)?;
            if part.count > printed as u64 {
                let command = super::command_name(part.kind);
                let rest = part.count - printed as u64;
                let option = super::options::option_name(part.kind, part.field);
                let reference = record.reference();
                out.line(&format!("  and {rest} more: probity {command} list --all --{option} {reference}"))?;
            }
        }
    }
    Ok(())
}

/// The record as an object; what belongs to it stands under the names of the kinds.
fn as_json(record: &Record, session: &Session) -> Done<Json> {
    let labels = session.workspace.labels([record])?;
    let mut object = json::whole(record, &labels);
    let owner = record.kind();
    if owner == &EVIDENCE
        && let (Some((name, known)), Json::Object(object)) = (special::holding(owner, [record], session)?, &mut object)
    {
        let held = known.get(record.id()).cloned().unwrap_or_default();
        object.insert(name.to_owned(), held.word.into());
        object.insert("standing_reason".to_owned(), held.reason.into());
        let proven = crate::review::evidence::proven(&session.workspace, record)?;
        object.insert("proves".to_owned(), proven.iter().map(Record::reference).collect::<Vec<_>>().into());
    }
    let mut parts = Map::new();
    for part in related::to(record, session)?.into_iter().filter(|part| part.is_part_of(owner)) {
        let name = part.kind.plural.to_lowercase().replace(' ', "_");
        let said = if part.is_part_of_a_part(owner) {
            Json::from(
                part.states(session)?.into_iter().map(|(state, count)| (state, count.into())).collect::<Map<_, _>>(),
            )
        } else {
            Json::from(of(&part.query, session)?)
        };
        parts.insert(name, said);
    }
    if let Json::Object(object) = &mut object {
        special::tell_json(record, session, object);
    }
    if let Json::Object(object) = &mut object
        && !parts.is_empty()
    {
        object.insert("parts".to_owned(), Json::Object(parts));
    }
    Ok(object)
}

fn of(query: &Query, session: &Session) -> Done<Vec<Json>> {
    let fields: Vec<_> = query.kind.columns().filter(|field| field.column.is_some()).collect();
    let mut objects = Vec::new();
    list::each_page(session, query, usize::MAX, |page| {
        objects.extend(page.rows.iter().map(|row| json::object(&row.record, &page.labels, &fields)));
        Ok(())
    })?;
    Ok(objects)
}
