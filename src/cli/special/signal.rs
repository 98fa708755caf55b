//! What only signals have: readings, a test of their alert route, and the readiness of systems.

use std::path::Path;

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, Style, note};
use crate::cli::record::{labelled, print_arg, print_receipt, said, why_arg};
use crate::exchange::file::text_of;
use crate::record::{Record, SIGNAL, SYSTEM, decimal, rfc3339};
use crate::report::trend;
use crate::review::operations::readiness::{Readiness, of_all, of_system};
use crate::review::operations::series::{Readings, read, shown, summary, take_in};
use crate::review::operations::signal::{log, tested, why_no_test};
use crate::session::{Session, today};
use crate::text;
use crate::workspace::{Change, Registered};

/// The most that is read of readings at once, in bytes.
const MOST_BYTES: u64 = 128 << 20;

fn signal_arg() -> Arg {
    Arg::new("signal").value_name("SIGNAL").required(true).help("The signal, such as SIG-5.")
}

fn the_signal(matches: &ArgMatches, session: &Session) -> Done<Record> {
    let named = matches.get_one::<String>("signal").map_or("", String::as_str);
    Ok(session.record(&SIGNAL, named)?)
}

/// The command `signal read`.
pub fn read_command() -> Command {
    Command::new("read")
        .about("Takes in readings of a signal, lines of time and value; leaves out and counts what is none.")
        .args([
            signal_arg(),
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .help("A CSV file with time and value; - is standard input."),
            Arg::new("source").long("source").value_name("TEXT").help("Where they come from; the file, unless said."),
            Arg::new("raise")
                .long("raise")
                .action(ArgAction::SetTrue)
                .help("Raise an alert for each time that the readings cross the threshold."),
        ])
}

/// Runs `signal read`.
pub fn run_read(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let signal = the_signal(matches, &session)?;
    let file = matches.get_one::<String>("file").map_or("-", String::as_str);
    let text = text_of(Path::new(file), MOST_BYTES)?;
    let source = matches.get_one::<String>("source").map_or(file, String::as_str);
    let taken = take_in(&session.workspace, &signal, &text, source, matches.get_flag("raise"), Utc::now())?;
    let taken = taken.map_err(Failure::Refused)?;
    let (called, left_out) = (taken.called(&signal), taken.left_out.words());
    let receipt = session.workspace.write(Change::by(&session.me()?.id, taken.edits).called(called))?;
    said(&mut context.out, &receipt)?;
    if !left_out.is_empty() {
        context.out.line(&format!("Left out: {left_out}."))?;
    }
    Ok(())
}

/// The command `signal series`.
pub fn series_command() -> Command {
    Command::new("series").about("Shows the readings of a signal with its threshold, gaps and breaches.").args([
        signal_arg(),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .value_parser(["text", "csv", "json", "svg"])
            .default_value("text")
            .help("A summary, the readings as CSV or JSON, or a chart."),
    ])
}

/// Runs `signal series`.
pub fn run_series(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let signal = the_signal(matches, &session)?;
    let readings = read(&session.workspace, &signal)?;
    let out = &mut context.out;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("csv") => out.raw(readings.to_text().as_bytes()),
        Some("json") => {
            let points = readings.points.iter().map(|point| json!({"at": shown(point), "value": point.1}));
            out.json(&points.collect::<Vec<_>>().into())
        }
        Some("svg") => {
            let threshold = signal.text("threshold").and_then(decimal::number);
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era are below 2^52")]
            let runs: Vec<Vec<(f64, f64)>> = readings
                .runs(signal.number("every_hours"))
                .iter()
                .map(|run| run.iter().map(|(time, value)| (*time as f64, *value)).collect())
                .collect();
            out.raw(trend::series(signal.title(), &runs, threshold).as_bytes())
        }
        _ => told(&signal, &readings, out),
    }
}

fn told(signal: &Record, readings: &Readings, out: &mut Out) -> Done {
    let runs = readings.runs(signal.number("every_hours")).len();
    let Some(summary) = summary(signal, readings, runs) else {
        return out.line(&format!("{} has no readings yet.", signal.reference()));
    };
    out.heading(&format!("{} {}", signal.reference(), signal.title()))?;
    let (first, last) = summary.span;
    labelled(out, "Readings", &format!("{} from {} to {}", summary.n, rfc3339(first), rfc3339(last)), false)?;
    labelled(out, "Gaps", &summary.gaps.to_string(), summary.gaps > 0)?;
    let threshold = signal.text("threshold").unwrap_or("none");
    let words = format!("{} {threshold}", signal.text("bad_when").unwrap_or("above"));
    labelled(out, "Threshold", &words, false)?;
    labelled(out, "Crossed", &format!("{} times", summary.crossed), summary.crossed > 0)?;
    labelled(out, "Last", &summary.last.to_string(), summary.last_is_bad)
}

/// The command `signal test`.
pub fn test_command() -> Command {
    Command::new("test")
        .about("Records a test of a signal's alert route as evidence; a live signal is validated by it.")
        .args([
            signal_arg(),
            Arg::new("note")
                .long("note")
                .value_name("TEXT")
                .required(true)
                .allow_hyphen_values(true)
                .help("What was done, who was reached, and after how long."),
            Arg::new("file")
                .long("file")
                .value_name("FILE")
                .help("A log or a screenshot of it; the note, unless said."),
            print_arg(),
            why_arg(),
        ])
}

/// Runs `signal test`.
pub fn run_test(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let signal = the_signal(matches, &session)?;
    let now = Utc::now();
    if let Some(why) = why_no_test(&signal) {
        return Err(Failure::Refused(format!("{why}; `probity signal set {} --alert-route …`.", signal.reference())));
    }
    let words = matches.get_one::<String>("note").map_or("", String::as_str);
    let me = session.me()?.clone();
    let proof = match matches.get_one::<String>("file") {
        Some(file) => Registered::read(Path::new(file), session.policy.evidence_copy_limit())?,
        None => log(&signal, words, (&me.name, &me.handle), now),
    };
    let edits = tested(&signal, proof, words, now, today());
    let called = format!("{}: alert route tried", signal.reference());
    let receipt = session.workspace.write(Change::by(&me.id, edits).called(called))?;
    print_receipt(&mut context.out, &SIGNAL, &session, &receipt, matches)
}

/// The command `signal readiness`.
pub fn readiness_command() -> Command {
    Command::new("readiness")
        .about("Says, by system, which signals policy asks for, which watch, and what is missing.")
        .args([
            Arg::new("system").value_name("SYSTEM").help("One system; all that are in use, unless said."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON array of objects."),
        ])
}

/// Runs `signal readiness`.
pub fn run_readiness(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let all = match matches.get_one::<String>("system") {
        Some(named) => vec![of_system(&session.workspace, &session.policy, &session.record(&SYSTEM, named)?)?],
        None => of_all(&session.workspace, &session.policy)?,
    };
    if matches.get_flag("json") {
        let json = serde_json::to_value(&all).map_err(|error| Failure::Output(error.into()))?;
        return context.out.json(&json);
    }
    if all.is_empty() {
        note("No system is in use: none has the lifecycle pilot or production.");
    }
    all.iter().try_for_each(|one| print(one, &mut context.out))
}

fn print(one: &Readiness, out: &mut Out) -> Done {
    let (style, word) = if one.ready { (Style::Good, "ready") } else { (Style::Bad, "not ready") };
    out.styled(style, &text::pad(word, 10))?;
    out.styled(Style::Strong, &one.system)?;
    let tier = one.tier.as_deref().unwrap_or("no tier");
    out.line(&format!(" {} ({tier}; {} watching)", text::line(&one.name), one.watching))?;
    for required in &one.required {
        let state = if required.lacks.is_empty() { required.ready.join(", ") } else { required.lacks.clone() };
        out.paragraph(10, &format!("{}: {state} ({})", required.kind, required.rule))?;
    }
    for (reference, lacks) in &one.unready {
        out.paragraph(10, &format!("{reference} lacks: {lacks}"))?;
    }
    Ok(())
}

/// Tells what keeps a signal from watching.
pub fn tell(signal: &Record, out: &mut Out) -> Done {
    match crate::review::operations::readiness::lacks(signal) {
        Some(lacks) => labelled(out, "Watches", &format!("no: {lacks}"), true),
        None => labelled(out, "Watches", "yes", false),
    }
}
