//! What only risks have: suggestions from the library, mitigations of their pattern, acceptance of what remains.

use std::collections::BTreeMap;

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure, of_problem};
use crate::cli::out::{Out, Style, note};
use crate::cli::record::{named, named_args, print_arg, print_receipt, said};
use crate::record::decision::ACCEPTANCE;
use crate::record::{ACTION, REVIEW, RISK, Record};
use crate::review::decide::{Ask, decide};
use crate::review::suggest::{Mitigation, Suggestion, mitigation_edits, mitigations, suggest};
use crate::session::Session;
use crate::text;
use crate::workspace::Change;

/// The command `risk accept`.
pub fn accept_command() -> Command {
    Command::new("accept").about("Accepts what remains of a risk by a decision, with the reason and an end.").args([
        named_args(&RISK),
        Arg::new("until")
            .long("until")
            .value_name("DATE")
            .required(true)
            .allow_hyphen_values(true)
            .help("When the acceptance ends."),
        Arg::new("reason")
            .long("reason")
            .value_name("TEXT")
            .required(true)
            .allow_hyphen_values(true)
            .help("Why it is accepted, and by whom."),
        print_arg(),
    ])
}

/// Runs `risk accept`.
pub fn run_accept(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let Some(field) = RISK.field("accepted_until") else { return Ok(()) };
    let until = session.parse(field, text("until")).map_err(|problem| of_problem(&problem))?.as_day();
    let mut edits = Vec::new();
    for risk in named(&RISK, matches, &session)? {
        let ask = Ask { expires_on: until, ..Ask::new(ACCEPTANCE, Some(&risk), text("reason")) };
        edits.extend(decide(&session.workspace, &ask, Utc::now())?);
    }
    let change = Change::by(&session.me()?.id, edits).because(text("reason"));
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &RISK, &session, &receipt, matches)
}

/// The command `risk suggest`.
pub fn suggest_command() -> Command {
    Command::new("suggest")
        .about("Suggests risks for a review from the library, each with the reason. Nothing is added.")
        .long_about(
            "Suggests risks for a review from the library of patterns: those whose condition on the packet holds, each with \
             the reason, the typical level, what is usually done, and whether the review or its system has it already. \
             First comes what is typically bad, what more of the packet calls for, and what is about a category or a \
             risk of NIST AI 600-1 that no risk covers yet; each says why it stands there. Nothing is added; add one with `probity risk add --review REV-1 --pattern ID`, and make the statement fit.",
        )
        .args([
            Arg::new("review").value_name("REF").required(true).help("The review, such as REV-1."),
            Arg::new("top")
                .long("top")
                .value_name("N")
                .value_parser(clap::value_parser!(u16).range(1..))
                .help("Only the first N."),
            Arg::new("new").long("new").action(ArgAction::SetTrue).help("Only those that are not recorded yet."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON array of objects."),
        ])
}

/// Runs `risk suggest`.
pub fn run_suggest(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let review = session.record(&REVIEW, matches.get_one::<String>("review").map_or("", String::as_str))?;
    let mut found = suggest(&session.workspace, &session.policy, &review)?;
    if matches.get_flag("new") {
        found.retain(|suggestion| suggestion.present.is_empty());
    }
    let all = found.len();
    if let Some(top) = matches.get_one::<u16>("top") {
        found.truncate(usize::from(*top));
    }
    if matches.get_flag("json") {
        return context.out.json(&found.iter().map(suggestion_json).collect::<Vec<Json>>().into());
    }
    for suggestion in &found {
        print_suggestion(suggestion, &mut context.out)?;
    }
    if found.len() < all {
        note(&format!("{} more: probity risk suggest {}", all - found.len(), review.reference()));
    }
    match found.iter().find(|suggestion| suggestion.present.is_empty()) {
        None if found.is_empty() => note("No pattern of the library speaks of such a packet; answer more of it."),
        None => note("All of them are recorded."),
        Some(first) => note(&format!(
            "To add one and make it fit: probity risk add --review {} --pattern {}",
            review.reference(),
            first.pattern.id
        )),
    }
    Ok(())
}

fn suggestion_json(suggestion: &Suggestion) -> Json {
    let pattern = &suggestion.pattern;
    let mut references: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reference in &pattern.references {
        references.entry(&reference.framework).or_default().push(&reference.identifier);
    }
    json!({
        "pattern": pattern.id,
        "title": pattern.title,
        "category": pattern.category,
        "statement": pattern.statement,
        "affected": pattern.affected,
        "why": pattern.why,
        "because": Some(&suggestion.because).filter(|because| !because.is_empty()),
        "when": pattern.when.source(),
        "typical": {"severity": pattern.severity, "likelihood": pattern.likelihood, "level": suggestion.level},
        "mitigations": pattern.mitigations,
        "controls": pattern.controls,
        "references": references,
        "present": suggestion.present.iter().map(Record::reference).collect::<Vec<_>>(),
    })
}

fn print_suggestion(suggestion: &Suggestion, out: &mut Out) -> Done {
    let pattern = &suggestion.pattern;
    out.styled(Style::Strong, &pattern.id)?;
    let category = pattern.category.as_deref().unwrap_or("no category");
    let level = suggestion.level.as_deref().unwrap_or("no level");
    out.line(&format!("  {} ({category}, typically {level})", pattern.title))?;
    out.paragraph(4, &format!("Why: {}", pattern.why))?;
    if !suggestion.because.is_empty() {
        out.paragraph(4, &format!("Here because: {}", suggestion.because))?;
    }
    out.paragraph(4, &pattern.statement)?;
    if !suggestion.present.is_empty() {
        let there: Vec<&str> = suggestion.present.iter().map(Record::reference).collect();
        out.paragraph(4, &format!("Recorded already: {}.", there.join(", ")))?;
    }
    Ok(())
}

/// The command `risk mitigations`.
pub fn mitigations_command() -> Command {
    Command::new("mitigations")
        .about("Lists what is usually done about a risk that was drawn from a pattern, and makes actions of it.")
        .args([
            Arg::new("risk").value_name("REF").required(true).help("The risk, such as RSK-1."),
            Arg::new("add")
                .long("add")
                .value_name("N")
                .num_args(1..)
                .action(ArgAction::Append)
                .value_parser(clap::value_parser!(usize))
                .help("Add an action for the mitigation with this number. May be repeated."),
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .conflicts_with("add")
                .help("Add an action for each that has none."),
            Arg::new("owner").long("owner").value_name("PERSON").help("Who does it; the risk's owner, unless said."),
            Arg::new("due")
                .long("due")
                .value_name("DATE")
                .allow_hyphen_values(true)
                .help("When it must be done; when the risk's treatment is due, unless said."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print a JSON array of objects."),
        ])
}

/// Runs `risk mitigations`.
pub fn run_mitigations(matches: &ArgMatches, context: &mut Context) -> Done {
    let numbers: Vec<usize> = matches.get_many::<usize>("add").into_iter().flatten().copied().collect();
    let adds = matches.get_flag("all") || !numbers.is_empty();
    let mut session = if adds { context.open_to_write()? } else { context.open()? };
    let risk = session.record(&RISK, matches.get_one::<String>("risk").map_or("", String::as_str))?;
    let found = mitigations(&session.workspace, &session.policy, &risk)?;
    if found.is_empty() {
        let reference = risk.reference();
        let why = match risk.text("pattern") {
            None => format!("{reference} was not drawn from a pattern of the library."),
            Some(pattern) => format!("{reference} names the pattern “{}”, which names none.", text::line(pattern)),
        };
        return Err(Failure::Refused(why));
    }
    if adds {
        return add_mitigations(&risk, &found, &numbers, matches, context, &mut session);
    }
    if matches.get_flag("json") {
        return context.out.json(&json!(found));
    }
    for one in &found {
        let done = one.action.as_ref().map(|action| format!(" ({action})")).unwrap_or_default();
        context.out.line(&format!("{:>2}. {}{done}", one.number, one.text))?;
    }
    Ok(())
}

fn add_mitigations(
    risk: &Record,
    found: &[Mitigation],
    numbers: &[usize],
    matches: &ArgMatches,
    context: &mut Context,
    session: &mut Session,
) -> Done {
    let mut chosen: Vec<&Mitigation> = Vec::new();
    for number in numbers {
        let one = found.iter().find(|one| one.number == *number).ok_or_else(|| {
            Failure::Usage(format!("There is no mitigation {number}; there are 1 to {}.", found.len()))
        })?;
        chosen.push(one);
    }
    if numbers.is_empty() {
        chosen = found.iter().collect();
    }
    chosen.dedup();
    let parsed = |option: &str, field: &str| -> Done<Option<crate::record::Value>> {
        let (Some(said), Some(field)) = (matches.get_one::<String>(option), ACTION.field(field)) else {
            return Ok(None);
        };
        session.parse(field, said).map(Some).map_err(|problem| of_problem(&problem))
    };
    let (owner, due) = (parsed("owner", "owner")?, parsed("due", "due_on")?);
    let owner = owner.as_ref().and_then(|owner| owner.as_text());
    let edits = mitigation_edits(risk, &chosen, owner, due.and_then(|due| due.as_day()), Utc::now());
    if edits.is_empty() {
        return context.out.line("Nothing to add: each has its action already.");
    }
    let receipt = session.workspace.write(Change::by(&session.me()?.id, edits))?;
    if matches.get_flag("json") {
        let found = mitigations(&session.workspace, &session.policy, risk)?;
        return context.out.json(&json!(found));
    }
    said(&mut context.out, &receipt)
}
