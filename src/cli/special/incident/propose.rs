//! `probity incident proposals`: what incidents propose for checklists, printed, or taken into the workspace's policy.

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::{text_arg, the_incident};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, note};
use crate::cli::policy::profile::told;
use crate::cli::record::said;
use crate::review::operations::take::{Proposed, Taking, proposals, taking};

/// The command `incident proposals`.
pub fn proposals_command() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("proposals")
        .about("Prints the items that incidents propose for checklists, as policy, or takes them into the workspace's policy.")
        .long_about(
            "Prints the items that incidents propose for checklists and no checklist has yet, as a layer of policy that can be \
             laid over the others. With --take they are taken into the workspace's own policy instead: what that changes is \
             shown first; the checklists have the items in their next version, the actions that proposed them are done, and \
             checklists in work are brought to it by `checklist renew`. That is a change of the policy, by who holds the right \
             to it; anybody else recommends it with --recommend. Undo takes it back.",
        )
        .args([
            Arg::new("incident").value_name("REF").help("One incident; all, unless said."),
            flag("take", "Take them into the workspace's own policy."),
            flag("recommend", "Record a recommendation to take them in, for who holds the right.").conflicts_with("take"),
            flag("dry-run", "Only show what taking them in would change.").conflicts_with("recommend"),
            flag("json", "Print a JSON object."),
            text_arg("why", "REASON", "Why: the reason of the decision that taking them in is."),
        ])
}

/// Runs `incident proposals`.
pub fn run_proposals(matches: &ArgMatches, context: &mut Context) -> Done {
    let (take, recommend, dry) = (matches.get_flag("take"), matches.get_flag("recommend"), matches.get_flag("dry-run"));
    let writes = (take && !dry) || recommend;
    let mut session = if writes { context.open_to_write()? } else { context.open()? };
    let incident = if matches.contains_id("incident") { Some(the_incident(matches, &session)?) } else { None };
    let in_json = matches.get_flag("json");
    if !writes && !dry && !in_json {
        let layer = proposals(&session.workspace, &session.policy, incident.as_ref())?;
        if layer.is_empty() {
            note(NOTHING);
        }
        return context.out.text(&layer);
    }
    let found = taking(&session.workspace, &session.policy, &*session.policies, incident.as_ref())?;
    let Some(found) = found else {
        note(NOTHING);
        return if in_json { context.out.json(&json!({ "checklists": [], "in_work": [] })) } else { Ok(()) };
    };
    let why = matches.get_one::<String>("why").map_or("", |why| why.trim());
    if take && !dry {
        found.may(&session.workspace, &session.me()?.id)?;
    }
    if writes && why.is_empty() {
        let message = "A changed checklist is a decision: say --why, or look first with --take --dry-run.";
        return Err(Failure::Usage(message.to_owned()));
    }
    if in_json {
        context.out.json(&as_json(&found, !writes, recommend))?;
    } else {
        show(&mut context.out, &found)?;
    }
    if !writes {
        return Ok(());
    }
    let (me, at) = (session.me()?.id.clone(), Utc::now());
    let change = if recommend {
        found.recommendation(&session.workspace, &me, why, at)?
    } else {
        found.change(&session.workspace, &me, why, at)?
    };
    let receipt = session.workspace.write(change)?;
    if in_json {
        return Ok(());
    }
    said(&mut context.out, &receipt)?;
    for (checklist, _) in found.in_work.iter().filter(|_| take) {
        note(&format!("`probity checklist renew {}` brings it to the new version.", checklist.reference()));
    }
    Ok(())
}

const NOTHING: &str = "No incident proposes an item that its checklist does not have.";

fn show(out: &mut Out, found: &Taking) -> Done {
    out.heading("The policy of the workspace")?;
    told(out, &found.told())
}

fn as_json(found: &Taking, dry: bool, recommended: bool) -> Json {
    let of = |one: &Proposed| {
        let items = one.actions.iter().map(|action| {
            let text = action.text("acceptance_criteria").unwrap_or_else(|| action.title());
            json!({ "code": action.reference(), "text": text, "source": action.text("source") })
        });
        json!({
            "checklist": one.template, "version": one.version, "next_version": one.version + 1,
            "items": items.collect::<Vec<_>>(),
        })
    };
    let in_work = found.in_work.iter().map(|(checklist, version)| {
        json!({ "ref": checklist.reference(), "template": checklist.text("template"), "version": version })
    });
    json!({
        "dry_run": dry,
        "recommended": recommended,
        "checklists": found.proposed.iter().map(of).collect::<Vec<_>>(),
        "in_work": in_work.collect::<Vec<_>>(),
    })
}
