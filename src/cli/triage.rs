//! `probity triage`: what the answers of a review call for, and why; what would change with another answer or policy; and
//! the same over all reviews.

mod all;
pub mod changed;
mod show;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure, of_problem};
use super::record::{options, said};
use crate::policy::{Layer, Policy, RuleError};
use crate::record::{Kind, LEGAL, PACKET, REVIEW, Record};
use crate::review::triage::{self, Alike, Inputs, Triage};
use crate::session::{OWN_LAYER, PROFILE_LAYER, Session, stack};
use crate::workspace::Error;

/// Similar cases that are shown, duplicates not counted.
const SIMILAR: usize = 5;

/// The command.
pub fn command() -> Command {
    Command::new("triage")
        .about("Says what the answers of a review call for, and why: tier, routes, documents, checklists, legal class.")
        .long_about(
            "Says what the answers of a review call for, and why: the proposed tier with every rule that fired, the \
             functions that must look, documents and checklists, the class under the EU AI Act with its duties, what is \
             missing, and which other reviews resemble it. Nothing is written without --apply.",
        )
        .args([
            Arg::new("records").value_name("REF").num_args(0..).help("Reviews, by reference such as REV-1."),
            flag("all", "All reviews: the spread by tier, and how often each rule fired.").conflicts_with("records"),
            flag("json", "Print JSON: an object, or an array for several reviews."),
            flag("apply", "Write the proposed tier, and add the routes that are missing, in one change."),
            Arg::new("if")
                .long("if")
                .value_name("FIELD=VALUE")
                .action(ArgAction::Append)
                .conflicts_with_all(["apply", "all"])
                .help("Show what would come and go with this answer: packet.exposure=public, legal.role=provider."),
            Arg::new("if-policy")
                .long("if-policy")
                .value_name("FILE")
                .conflicts_with("apply")
                .help("Show what would come and go under this policy file, in place of the organisation's."),
            Arg::new("filter")
                .long("filter")
                .value_name("CONDITION")
                .action(ArgAction::Append)
                .requires("all")
                .help("With --all: only reviews that meet this, such as stage=intake. May be repeated."),
            Arg::new("by")
                .long("by")
                .value_name("FIELD")
                .requires("all")
                .help("With --all: the tiers against this field, such as packet.declared_impact."),
        ])
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    let names: Vec<&String> = matches.get_many::<String>("records").into_iter().flatten().collect();
    if matches.get_flag("all") {
        return all::run(matches, context);
    }
    if names.is_empty() {
        return Err(Failure::Usage("Say which reviews: probity triage REV-1, or --all.".to_owned()));
    }
    let apply = matches.get_flag("apply");
    let mut session = if apply { context.open_to_write()? } else { context.open()? };
    let mut cases = Vec::new();
    for name in names {
        let review = session.record(&REVIEW, name)?;
        if !cases.iter().any(|case: &Inputs| case.review.id() == review.id()) {
            cases.push(triage::inputs(&session.workspace, review)?);
        }
    }
    if apply {
        return write(&cases, matches, &mut session, context);
    }
    if matches.contains_id("if") || matches.contains_id("if-policy") {
        return differences(&cases, matches, &session, context);
    }
    let mut found = Vec::new();
    for case in &cases {
        let triage = case.case(&session.policy).assess().map_err(|error| of_rule(&error))?;
        found.push((case, triage, triage::alike(&session.workspace, case, SIMILAR)?));
    }
    if matches.get_flag("json") {
        let objects = found.iter().map(|(case, triage, alike)| whole(case, triage, alike));
        return several(objects.collect::<Done<Vec<_>>>()?, context);
    }
    for (at, (case, triage, alike)) in found.iter().enumerate() {
        if at > 0 {
            context.out.end()?;
        }
        show::triage(&mut context.out, case, triage, alike, &session)?;
        show::alike(&mut context.out, alike)?;
    }
    Ok(())
}

/// A rule that cannot be applied is a mistake of the policy.
fn of_rule(error: &RuleError) -> Failure {
    Failure::Workspace(Error::Policy(error.to_string()))
}

/// One object as it is, several as an array.
fn several(mut objects: Vec<Json>, context: &mut Context) -> Done {
    match (objects.pop(), objects.is_empty()) {
        (Some(only), true) => context.out.json(&only),
        (last, _) => context.out.json(&objects.into_iter().chain(last).collect::<Vec<_>>().into()),
    }
}

fn to_json(value: &impl serde::Serialize) -> Done<Json> {
    serde_json::to_value(value).map_err(|error| Failure::Output(error.into()))
}

fn whole(case: &Inputs, triage: &Triage, alike: &[Alike]) -> Done<Json> {
    let mut object = json!({ "ref": case.review.reference(), "title": case.review.title() });
    if let (Json::Object(object), Json::Object(more)) = (&mut object, to_json(triage)?) {
        object.extend(more);
        for (name, relation) in [
            ("duplicates", triage::Relation::Duplicate),
            ("same_system", triage::Relation::SameSystem),
            ("similar", triage::Relation::Similar),
        ] {
            let of: Vec<Json> = alike.iter().filter(|alike| alike.relation == relation).map(alike_json).collect();
            object.insert(name.to_owned(), of.into());
        }
    }
    Ok(object)
}

fn alike_json(alike: &Alike) -> Json {
    let short = |record: &Record| json!({ "ref": record.reference(), "title": record.title() });
    let (review, risks) = (&alike.review, alike.risks.iter().map(short).collect::<Vec<_>>());
    json!({
        "ref": review.reference(),
        "title": review.title(),
        "stage": review.text("stage"),
        "tier": review.text("tier"),
        "likeness": (alike.likeness * 1000.0).round() / 1000.0,
        "shared": alike.shared,
        "common": alike.common,
        "reason": alike.reason(),
        "risks": risks,
        "mitigations": alike.mitigations.iter().map(short).collect::<Vec<_>>(),
    })
}

/// Writes the proposed tiers and the missing routes of reviews, in one change.
fn write(cases: &[Inputs], matches: &ArgMatches, session: &mut Session, context: &mut Context) -> Done {
    let me = session.me()?.id.clone();
    let now = chrono::Utc::now();
    let (receipt, applied) = triage::apply(&mut session.workspace, &session.policy, cases, &me, now)?;
    if matches.get_flag("json") {
        let of = |applied: &triage::Applied| {
            json!({
                "ref": applied.review.reference(),
                "proposed_tier": applied.tier,
                "routes_added": applied.routes,
            })
        };
        return several(applied.iter().map(of).collect(), context);
    }
    said(&mut context.out, &receipt)
}

/// What would come and go with other answers, or under another policy.
fn differences(cases: &[Inputs], matches: &ArgMatches, session: &Session, context: &mut Context) -> Done {
    let other_policy = other_policy(matches, session)?;
    let asked: Vec<&String> = matches.get_many::<String>("if").into_iter().flatten().collect();
    let mut objects = Vec::new();
    for case in cases {
        let mut other = case.clone();
        for answer in &asked {
            assume(&mut other, answer, session)?;
        }
        let policy = other_policy.as_ref().unwrap_or(&session.policy);
        let found =
            triage::difference(&case.case(&session.policy), &other.case(policy)).map_err(|error| of_rule(&error))?;
        if matches.get_flag("json") {
            let mut object = json!({ "ref": case.review.reference(), "if": asked });
            if let (Json::Object(object), Json::Object(more)) = (&mut object, to_json(&found)?) {
                object.extend(more);
            }
            objects.push(object);
        } else {
            show::difference(&mut context.out, &case.review, &found)?;
        }
    }
    if matches.get_flag("json") { several(objects, context) } else { Ok(()) }
}

/// The policy with another file in place of the organisation's.
fn other_policy(matches: &ArgMatches, session: &Session) -> Done<Option<Policy>> {
    let Some(file) = matches.get_one::<String>("if-policy") else { return Ok(None) };
    let organisation = Layer::read(file.as_ref())?;
    let mut own = session.workspace.policy_layers()?;
    own.retain(|(id, _)| id == OWN_LAYER || id == PROFILE_LAYER);
    Ok(Some(Policy::from_layers(&stack(Some(organisation), &own))?))
}

/// Puts an answer into a case, as it would be typed: `packet.exposure=public`.
fn assume(case: &mut Inputs, answer: &str, session: &Session) -> Done {
    let usage = || Failure::Usage(format!("--if {answer}: write packet.FIELD=VALUE or legal.FIELD=VALUE."));
    let (name, typed) = answer.split_once('=').ok_or_else(usage)?;
    let (subject, name) = name.trim().split_once('.').unwrap_or(("packet", name.trim()));
    let kind: Kind = match subject {
        "packet" => &PACKET,
        "legal" => &LEGAL,
        _ => return Err(usage()),
    };
    let field = options::field_named(kind, name)?;
    if !field.is_editable() {
        return Err(Failure::Usage(format!("--if {answer}: {} follows from the rest.", field.name)));
    }
    let value = session.parse(field, typed).map_err(|problem| of_problem(&problem))?;
    let record = match subject {
        "packet" => &mut case.packet,
        _ => case.legal.get_or_insert_with(triage::unanswered),
    };
    record.set(field.name, value);
    Ok(())
}
