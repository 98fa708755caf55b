//! `probity decide`: decisions with their effects, checked against who holds the right; and recommendations by those who
//! do not.

mod ask;
pub(super) mod signing;
pub(super) mod standing;

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::Context;
use super::exit::{Done, Failure};
use super::record::{print_arg, print_receipt};
use crate::record::decision::{DEFER, REJECT};
use crate::record::{DECISION, REVIEW, Record, describe};
use crate::review::decide;
use crate::session::Session;
use crate::workspace::{Change, Receipt};

/// The command.
pub fn command() -> Command {
    let recommend = Command::new("recommend")
        .about("Says what you would decide, where you do not hold the right: nothing follows from it.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(verbs());
    Command::new("decide")
        .about("Makes a decision with its effects, if you hold the right; a refusal names the rule and who does.")
        .long_about(
            "Makes a decision with its effects, if you hold the right; a refusal names the rule and who does. The decision \
             keeps a snapshot of what it was about, and is outdated once that changes. For example:\n\n  \
             probity decide REV-1 tier high --why \"It ranks people for a job.\"\n  \
             probity decide REV-1 approve --why … --condition \"Label 500 cases\" --owner noor --due +30d\n  \
             probity decide REV-1 waive ITM-3 --control … --expires +90d --why …\n  \
             probity decide REV-1 recommend approve --why …",
        )
        .arg(Arg::new("review").value_name("REF").help("The review; not needed for a change of policy."))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(verbs())
        .subcommand(recommend)
}

/// What can be decided.
pub(super) fn verbs() -> Vec<Command> {
    let verb = |name: &'static str, about: &'static str| Command::new(name).about(about).args(ask::options());
    let what = |help: &'static str| Arg::new("what").value_name("TEXT").required(true).help(help);
    vec![
        verb("tier", "Decides how much scrutiny the review gets.")
            .arg(Arg::new("tier").value_name("TIER").required(true).help("minimal, low, medium, high or prohibited.")),
        verb("approve", "Approves the launch; with conditions, each becomes an action that the launch waits for.")
            .args(ask::conditions()),
        verb(REJECT, "Rejects the launch."),
        verb(DEFER, "Puts the decision off; the review stays where it is."),
        verb("waive", "Lets a checklist item pass for a while, with something else in its place.").args([
            Arg::new("item").value_name("ITEM").required(true).help("The item: ITM-3, or its code in the checklist."),
            ask::text("control", "What protects people while the waiver lasts.").required(true),
            ask::expires().required(true),
        ]),
        verb("accept", "Accepts a risk that remains, for a while.").args([
            Arg::new("risk").value_name("RISK").required(true).help("The risk, such as RSK-3."),
            ask::expires().required(true),
        ]),
        verb("metric", "Allows a metric that the policy does not name.").arg(what("The metric, and what for.")),
        verb("statement", "Allows something to be said or promised outside the organisation.")
            .arg(what("What is said.")),
        verb("policy-change", "Decides on a change of the policy, a template or a threshold.").arg(what("The change.")),
    ]
}

/// The verb, its options, and whether it is only recommended.
pub(super) fn chosen(matches: &ArgMatches) -> Done<(&str, &ArgMatches, bool)> {
    match matches.subcommand() {
        Some(("recommend", inner)) => match inner.subcommand() {
            Some((verb, options)) => Ok((verb, options, true)),
            None => Err(Failure::Usage("Say what you recommend.".to_owned())),
        },
        Some((verb, options)) => Ok((verb, options, false)),
        None => Err(Failure::Usage("Say what is decided.".to_owned())),
    }
}

/// Whether nothing is to be written.
pub(super) fn is_preview(options: &ArgMatches) -> bool {
    options.try_get_one::<bool>("preview").ok().flatten() == Some(&true)
}

/// What is asked by the options of a verb.
pub(super) use ask::read as ask;

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let (verb, options, recommend) = chosen(matches)?;
    let read_only = is_preview(options);
    let mut session = if read_only { context.open()? } else { context.open_to_write()? };
    let review = review(matches, verb, &session)?;
    let mut asked = ask::read(verb, options, review.as_ref(), &session)?;
    asked.recommend = recommend;
    let now = Utc::now();
    if read_only {
        return preview(&asked, &session, context);
    }
    let change = change(&asked, &session, now)?;
    let receipt = session.workspace.write(change)?;
    told(&receipt, &session, options, context)
}

/// Says what was decided, in the form that the options ask for.
pub(super) fn told(receipt: &Receipt, session: &Session, options: &ArgMatches, context: &mut Context) -> Done {
    if options.get_one::<String>("print").is_some_and(|form| form != "text") {
        return print_receipt(&mut context.out, &DECISION, session, receipt, options);
    }
    tell(receipt, session, context)
}

/// The change that makes a decision.
fn change(asked: &decide::Ask, session: &Session, now: chrono::DateTime<Utc>) -> Done<Change> {
    let edits = decide::decide(&session.workspace, asked, now)?;
    let mut change = Change::by(&session.me()?.id, edits).because(&asked.rationale);
    change.at = now;
    Ok(change.called(decide::in_words(asked)))
}

fn review(matches: &ArgMatches, verb: &str, session: &Session) -> Done<Option<Record>> {
    match matches.get_one::<String>("review") {
        Some(named) => Ok(Some(session.record(&REVIEW, named)?)),
        None if matches!(verb, "policy-change" | "statement") => Ok(None),
        None => Err(Failure::Usage(format!("Name the review: `probity decide REV-1 {verb} …`."))),
    }
}

/// Says what was decided, by which right, and what follows.
fn tell(receipt: &Receipt, session: &Session, context: &mut Context) -> Done {
    let out = &mut context.out;
    let Some(decision) = receipt.records.iter().find(|record| record.kind() == &DECISION) else {
        return super::record::said(out, receipt);
    };
    let labels = session.workspace.labels([decision])?;
    let by = decision.text("on_behalf_of").and_then(|id| labels.get(id)).map(|from| format!(" for @{}", from.title));
    let how = match (decision.text("role"), decision.text("rule")) {
        (Some(role), Some(rule)) => format!("in force; decided as {role}{} by the rule {rule}", by.unwrap_or_default()),
        _ => "recommended; it changes nothing".to_owned(),
    };
    out.line(&format!("{} {} ({how}).", decision.reference(), decision.title()))?;
    for condition in receipt.records.iter().filter(|record| record.kind() == &crate::record::ACTION) {
        out.line(&format!("{} added: {}.", condition.reference(), condition.title()))?;
    }
    Ok(())
}

/// Says who may decide, and on what.
pub(super) fn preview(asked: &decide::Ask, session: &Session, context: &mut Context) -> Done {
    let today = crate::session::today();
    let basis = decide::basis(&session.workspace, asked, today);
    let digest = crate::record::decision::snapshot::digest(&basis);
    match decide::may(&session.workspace, asked, &session.me()?.id, Utc::now()) {
        Ok(standing) => context.out.line(&format!("You may, as {} by the rule {}.", standing.role, standing.rule))?,
        Err(refusal) => context.out.line(&format!("You may not: {refusal}"))?,
    }
    context.out.line(&format!("It would rest on the snapshot {digest}:"))?;
    context.out.line(&basis)
}

/// The option that prints what a decision would rest on.
fn preview_arg() -> Arg {
    Arg::new("preview")
        .long("preview")
        .action(ArgAction::SetTrue)
        .help("Write nothing: say whether you may, and print the snapshot on which it would rest.")
}

/// A value in words, for the standing of a decision.
fn shown(decision: &Record, field: &str, session: &Session) -> String {
    let Some(description) = decision.kind().field(field) else { return String::new() };
    describe(description, decision.get(field), &session.policy, &|id| Some(id.to_owned()))
}

/// The options every decision has, beside its own.
fn general() -> Vec<Arg> {
    vec![preview_arg(), print_arg()]
}
