//! `probity audit`: who changed what, when and why; and whether the history is still what was sealed.

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure, none_such};
use super::out::{Out, Style, note};
use super::progress::{Progress, cancel_flag};
use super::record::in_words;
use crate::record::{FieldKind, PERSON, Resolve, Value, rfc3339, when};
use crate::session::{Session, today};
use crate::text;
use crate::workspace::{Entry, FieldChange, HistoryChange, HistoryFilter, Verified};

/// Changes read at a time.
const PAGE: usize = 200;

/// Records of one change that are shown.
const ENTRIES: usize = 10_000;

#[derive(Subcommand)]
enum Audit {
    /// Lists changes, newest first.
    Log(Log),
    /// Shows one change, record by record and field by field.
    Show(Show),
    /// Recomputes the chain of seals from its beginning, and names the first break.
    Verify(Verify),
}

#[derive(Args)]
struct Log {
    /// Only changes that touched this record.
    #[arg(long, value_name = "REF")]
    record: Option<String>,
    /// Only changes on or after this day: 2026-11-01, -7d, mon.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    since: Option<String>,
    /// Only changes by this person.
    #[arg(long, value_name = "PERSON")]
    by: Option<String>,
    /// Only changes whose words contain this.
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// All of them.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Show {
    /// The number of the change.
    #[arg(value_name = "N")]
    change: i64,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Verify {
    /// Also check that this seal, as exports and minutes print it, is part of the history.
    #[arg(long, value_name = "HASH")]
    against: Option<String>,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
}

/// The command.
pub fn command() -> Command {
    let command = Command::new("audit").about("Reads and verifies the history of the workspace.");
    Audit::augment_subcommands(command.subcommand_required(true).arg_required_else_help(true))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match Audit::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))? {
        Audit::Log(options) => log(&options, context),
        Audit::Show(options) => show(&options, context),
        Audit::Verify(options) => verify(&options, context),
    }
}

fn log(options: &Log, context: &mut Context) -> Done {
    let session = context.open()?;
    let mut filter = filter(options, &session)?;
    let limit = if options.all { usize::MAX } else { options.limit };
    let mut done = 0;
    let mut begun = false;
    while done < limit {
        let page = session.workspace.history(&filter, PAGE.min(limit - done))?;
        let Some(last) = page.last() else { break };
        filter.before = Some(last.number);
        done += page.len();
        for change in &page {
            if options.json {
                context.out.raw(if begun { b",\n" } else { b"[\n" })?;
                begun = true;
                context.out.json_inline(&change_json(change, None, &session))?;
            } else {
                print_head(&mut context.out, change)?;
            }
        }
    }
    if options.json {
        return context.out.raw(if begun { b"\n]\n" } else { b"[]\n" });
    }
    if done == 0 {
        note("No changes are like that.");
    }
    Ok(())
}

fn filter(options: &Log, session: &Session) -> Done<HistoryFilter> {
    let mut filter = HistoryFilter { find: options.find.clone().unwrap_or_default(), ..HistoryFilter::default() };
    if let Some(reference) = &options.record {
        filter.record = Some(session.workspace.find(reference)?.id().to_owned());
    }
    if let Some(person) = &options.by {
        filter.by = Some(session.resolver().id_of(&PERSON, person).map_err(Failure::NoRecord)?);
    }
    if let Some(day) = &options.since {
        let day = when::parse_day(day, today()).map_err(|why| Failure::Usage(format!("--since: {why}")))?;
        filter.since = Some(start_of(day));
    }
    Ok(filter)
}

/// The first moment of a day where the user is, as the history writes moments.
pub fn start_of(day: chrono::NaiveDate) -> String {
    use chrono::TimeZone;
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    // Where clocks skip midnight, the day begins when they stop skipping; an hour later is early enough for a filter.
    let local = chrono::Local.from_local_datetime(&midnight).earliest();
    rfc3339(local.map_or_else(|| midnight.and_utc(), |local| local.with_timezone(&chrono::Utc)))
}

fn show(options: &Show, context: &mut Context) -> Done {
    let session = context.open()?;
    let change = session.workspace.history_change(options.change).map_err(none_such)?;
    let entries = session.workspace.entries(change.number, ENTRIES)?;
    if options.json {
        let mut object = change_json(&change, Some(&entries), &session);
        if let Json::Object(object) = &mut object {
            object.insert("left_out".to_owned(), left_out(&change, &entries).into());
        }
        context.out.json(&object)
    } else {
        print_change(&mut context.out, &change, &entries, &session)?;
        let left_out = left_out(&change, &entries);
        if left_out > 0 {
            context.out.line(&format!("        and {left_out} more"))?;
        }
        context.out.line(&format!("        seal {}", change.hash))
    }
}

/// How many of a change's records are not shown.
fn left_out(change: &HistoryChange, entries: &[Entry]) -> i64 {
    change.entries.saturating_sub(i64::try_from(entries.len()).unwrap_or(i64::MAX))
}

fn verify(options: &Verify, context: &mut Context) -> Done {
    let session = context.open()?;
    let cancel = cancel_flag()?;
    let mut progress = Progress::of("Verifying entries:");
    let verified = session.workspace.verify_history(&cancel, |done| progress.at(done, None))?;
    drop(progress);
    let anchor = match &options.against {
        Some(seal) => Some(Anchor { seal, change: session.workspace.change_with_seal(seal)? }),
        None => None,
    };
    // A seal after the break is worth nothing: what it stands on does not hold.
    let holds = |number: i64| u64::try_from(number).is_ok_and(|number| number <= verified.changes);
    let anchor = anchor.map(|anchor| Anchor { change: anchor.change.filter(|number| holds(*number)), ..anchor });
    let anchored = anchor.as_ref().is_none_or(|anchor| anchor.change.is_some());
    let ok = verified.broken.is_none() && verified.unsealed == 0 && anchored;
    if options.json {
        context.out.json(&verified_json(&verified, anchor.as_ref(), ok))?;
    } else {
        print_verified(&mut context.out, &verified, anchor.as_ref())?;
    }
    if ok { Ok(()) } else { Err(Failure::Found) }
}

/// A seal from outside, and the change that bears it, where the chain up to it holds.
struct Anchor<'a> {
    seal: &'a str,
    change: Option<i64>,
}

fn verified_json(verified: &Verified, anchor: Option<&Anchor<'_>>, ok: bool) -> Json {
    json!({
        "ok": ok,
        "changes": verified.changes,
        "entries": verified.entries,
        "head": verified.head,
        "outside": verified.outside,
        "unsealed": verified.unsealed,
        "broken": verified.broken.as_ref().map(|broken| json!({
            "change": broken.change, "at": broken.at, "what": broken.what, "why": broken.why,
        })),
        "against": anchor.map(|anchor| json!({ "seal": anchor.seal, "change": anchor.change })),
    })
}

fn print_verified(out: &mut Out, verified: &Verified, anchor: Option<&Anchor<'_>>) -> Done {
    let (changes, entries) = (verified.changes, verified.entries);
    match &verified.broken {
        None => {
            out.styled(Style::Good, "The chain holds")?;
            out.line(&format!(": {changes} changes with {entries} entries."))?;
        }
        Some(broken) => {
            out.styled(Style::Bad, &format!("The chain breaks at change {}", broken.change))?;
            out.line(&format!(" of {} ({}): {}.", broken.at, broken.what, broken.why))?;
            out.line(&format!("Up to there it holds: {changes} changes with {entries} entries."))?;
        }
    }
    out.line(&format!("Head: {}", verified.head))?;
    if !verified.outside.is_empty() {
        let numbers: Vec<String> = verified.outside.iter().map(i64::to_string).collect();
        out.line(&format!("Made by another program, and sealed as such: change {}.", numbers.join(", ")))?;
    }
    let unsealed = verified.unsealed;
    if unsealed > 0 {
        out.line(&format!("Not sealed: {unsealed} rows that another program changed since the last write."))?;
    }
    match anchor {
        Some(Anchor { change: Some(number), .. }) => out.line(&format!("The seal given is that of change {number}.")),
        Some(Anchor { seal, .. }) => out.line(&format!("The seal {seal} is not part of this history.")),
        None => Ok(()),
    }
}

fn print_head(out: &mut Out, change: &HistoryChange) -> Done {
    out.styled(Style::Strong, &format!("{:>6}", change.number))?;
    let local = match chrono::DateTime::parse_from_rfc3339(&change.at) {
        Ok(at) => at.with_timezone(&chrono::Local).format("%Y-%m-%d %H:%M").to_string(),
        Err(_) => change.at.clone(),
    };
    let undone = if change.undone { " (undone)" } else { "" };
    let source = if change.source == "edit" { String::new() } else { format!(" [{}]", change.source) };
    out.line(&format!("  {local}  {}  {}{source}{undone}", text::pad(&change.by, 14), change.what))?;
    if let Some(why) = &change.why {
        out.line(&format!("        why: {why}"))?;
    }
    Ok(())
}

/// Prints a change with what it did to records.
///
/// # Errors
/// When it cannot be written.
pub fn print_change(out: &mut Out, change: &HistoryChange, entries: &[Entry], session: &Session) -> Done {
    print_head(out, change)?;
    let labels = labels_of(entries, session);
    for entry in entries {
        let name =
            if entry.reference.is_empty() { format!("{} {}", entry.table, entry.id) } else { entry.reference.clone() };
        let op = match entry.op.as_str() {
            "add" => "added",
            "delete" => "deleted",
            _ => "changed",
        };
        out.line(&format!("        {name} {op}: {}", entry.title))?;
        for field in entry.fields.iter().filter(|field| entry.op == "set" || !field.after.is_empty()) {
            out.line(&format!("          {}", difference(entry, field, session, &labels)))?;
        }
    }
    Ok(())
}

fn difference(entry: &Entry, field: &FieldChange, session: &Session, labels: &super::json::Labels) -> String {
    let described = entry.kind.and_then(|kind| kind.field(&field.name));
    let shown = |value: &Value| {
        let words = match described {
            Some(described) => in_words(described, value, session, labels),
            None => value.display(),
        };
        if words.is_empty() { "(nothing)".to_owned() } else { text::fit(&text::line(&words), 120).into_owned() }
    };
    if entry.op == "add" {
        format!("{}: {}", field.label, shown(&field.after))
    } else {
        format!("{}: {} → {}", field.label, shown(&field.before), shown(&field.after))
    }
}

/// Labels of the records that old and new values link to. A record that is gone has none and is shown by its id.
fn labels_of(entries: &[Entry], session: &Session) -> super::json::Labels {
    let mut labels = super::json::Labels::new();
    for entry in entries {
        let Some(kind) = entry.kind else { continue };
        for change in &entry.fields {
            let Some(FieldKind::Link(_)) = kind.field(&change.name).map(|field| field.kind) else { continue };
            let mut record = crate::record::Record::empty(kind);
            for value in [&change.before, &change.after] {
                record.set(&change.name, value.clone());
                labels.extend(session.workspace.labels([&record]).unwrap_or_default());
            }
        }
    }
    labels
}

/// A change as an object; with its entries where they are given.
pub fn change_json(change: &HistoryChange, entries: Option<&[Entry]>, session: &Session) -> Json {
    let mut object = json!({
        "change": change.number,
        "at": change.at,
        "by": change.by,
        "source": change.source,
        "what": change.what,
        "why": change.why,
        "target": change.target,
        "entries": change.entries,
        "undone": change.undone,
        "seal": change.hash,
    });
    if let (Some(entries), Json::Object(object)) = (entries, &mut object) {
        let labels = labels_of(entries, session);
        object.insert("records".to_owned(), entries.iter().map(|entry| entry_json(entry, &labels)).collect());
    }
    object
}

fn entry_json(entry: &Entry, labels: &super::json::Labels) -> Json {
    let value = |change: &FieldChange, value: &Value| match entry.kind.and_then(|kind| kind.field(&change.name)) {
        Some(field) => super::json::value(field, value, labels),
        None => Json::from(value.display()),
    };
    let fields: serde_json::Map<String, Json> = entry
        .fields
        .iter()
        .map(|change| {
            let both = json!({ "before": value(change, &change.before), "after": value(change, &change.after) });
            (change.name.clone(), both)
        })
        .collect();
    json!({ "kind": entry.table, "ref": entry.reference, "title": entry.title, "op": entry.op, "fields": fields })
}
