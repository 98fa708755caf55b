//! `probity evidence prove`: what evidence proves; and what is told of evidence beside its fields.

use std::collections::HashMap;

use clap::{Arg, ArgMatches, Command};

use crate::cli::Context;
use crate::cli::exit::Done;
use crate::cli::out::Out;
use crate::cli::record::{labelled, print_arg, said, why, why_arg};
use crate::record::{EVIDENCE, Record};
use crate::review::evidence::{self, Standing};
use crate::session::{Session, today};
use crate::text;
use crate::workspace::Change;

/// The command.
pub fn prove_command() -> Command {
    Command::new("prove")
        .about("Names evidence as proof of checklist items, risks, actions or other evidence, in one change.")
        .args([
            Arg::new("evidence").value_name("REF").required(true).help("The evidence, such as EVD-9."),
            Arg::new("records")
                .value_name("OF")
                .num_args(1..)
                .required(true)
                .help("What it proves, by reference: ITM-31 RSK-4 ACT-7 EVD-2."),
            print_arg(),
            why_arg(),
        ])
}

/// Runs it.
pub fn run_prove(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let name = matches.get_one::<String>("evidence").map_or("", String::as_str);
    let proof = session.record(&EVIDENCE, name)?;
    let mut of: Vec<Record> = Vec::new();
    for name in matches.get_many::<String>("records").into_iter().flatten() {
        let record = session.workspace.find(name)?;
        if !of.iter().any(|known| known.id() == record.id()) {
            of.push(record);
        }
    }
    let edits = evidence::prove(&proof, &of)?;
    if edits.is_empty() {
        return context.out.line(&format!("{} is named as their proof already.", proof.reference()));
    }
    let names: Vec<&str> = of.iter().map(Record::reference).collect();
    let what = format!("{} proves {}", proof.reference(), names.join(", "));
    let receipt = session.workspace.write(Change::by(&session.me()?.id, edits).called(what).because(why(matches)))?;
    match matches.get_one::<String>("print").map(String::as_str) {
        Some("json") => {
            let labels = session.workspace.labels(&receipt.records)?;
            let whole = receipt.records.iter().map(|record| crate::cli::json::whole(record, &labels));
            context.out.json(&whole.collect::<Vec<_>>().into())
        }
        Some("ref") => {
            receipt.records.iter().map(Record::reference).try_for_each(|reference| context.out.line(reference))
        }
        _ => said(&mut context.out, &receipt),
    }
}

/// Whether evidence still holds, by id.
pub fn standings<'r>(
    records: impl IntoIterator<Item = &'r Record>,
    session: &Session,
) -> Done<HashMap<String, Standing>> {
    Ok(evidence::standings(&session.workspace, records, today())?)
}

/// Tells whether evidence still holds, which version took its place, and what it proves.
pub fn tell(record: &Record, session: &Session, out: &mut Out) -> Done {
    let standing = standings([record], session)?.remove(record.id()).unwrap_or(Standing::Over);
    if standing != Standing::Over {
        let reason = standing.reason();
        let told =
            if reason.is_empty() { standing.word().to_owned() } else { format!("{}: {reason}", standing.word()) };
        labelled(out, "Standing", &told, false)?;
    }
    if let Some(next) = evidence::successor(&session.workspace, record)? {
        labelled(out, "Superseded by", &format!("{} {}", next.reference(), text::line(next.title())), false)?;
    }
    let proven = evidence::proven(&session.workspace, record)?;
    for (at, one) in proven.iter().enumerate() {
        let label = if at == 0 { "Proves" } else { "" };
        labelled(out, label, &format!("{} {}", one.reference(), text::line(one.title())), false)?;
    }
    Ok(())
}
