//! `probity framework`: the catalogues of frameworks, what each asks for, and how far it is covered by controls that
//! somebody assessed.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style, note};
use super::table::{Column, Table};
use crate::policy::{Control, Demand, Framework, Policy};
use crate::record::SYSTEM;
use crate::review::coverage::{Coverage, Standing, State, coverage};
use crate::session::today;
use crate::text;

/// The command.
pub fn command() -> Command {
    let json = || Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print JSON.");
    let id = || Arg::new("id").value_name("ID").help("The framework, such as nist-ai-rmf.");
    Command::new("framework")
        .about("Frameworks: their catalogues of requirements, and how far controls cover them.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("list")
                .about("Lists the frameworks with their versions, counts, sources and the dates they were checked.")
                .arg(json()),
        )
        .subcommand(
            Command::new("show")
                .about("Shows what a framework asks for, and the controls that answer to it.")
                .args([id().required(true), json()]),
        )
        .subcommand(
            Command::new("coverage")
                .about("Shows how the requirements of frameworks stand, by the checklist items of their controls.")
                .long_about(
                    "Shows how the requirements of frameworks stand, by the checklist items of the controls that answer to \
                     them. A requirement failed where an item of one of its controls failed or its waiver has run out; passed \
                     where one passed and none failed; is waived, or not applicable, where that is all that was found; else it \
                     was never assessed, or no control answers to it. Of each system, the newest review counts in which a \
                     control's items were assessed. Without --system, the whole programme is counted.",
                )
                .args([
                    id(),
                    Arg::new("system").long("system").value_name("SYSTEM").help("Only this system, such as SYS-1."),
                    json(),
                ]),
        )
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match matches.subcommand() {
        Some(("show", matches)) => show(matches, context),
        Some(("coverage", matches)) => covered(matches, context),
        Some((_, matches)) => list(matches, context),
        None => Err(Failure::Usage("Say what to do: list, show or coverage.".to_owned())),
    }
}

fn policy(context: &Context) -> Done<Policy> {
    // The catalogues belong to the policy; where there is no workspace, to the one outside it.
    let wanted = context.wanted();
    let there = wanted.path().is_ok_and(|path| path.exists());
    if there { Ok(context.open()?.policy) } else { Ok(wanted.policy_outside()?) }
}

fn named<'p>(policy: &'p Policy, id: &str) -> Done<&'p Framework> {
    policy.framework(id).ok_or_else(|| {
        let known: Vec<&str> = policy.frameworks().iter().map(|framework| framework.id.as_str()).collect();
        Failure::Usage(format!("There is no framework “{}”; there are: {}.", text::line(id), known.join(", ")))
    })
}

fn list(matches: &ArgMatches, context: &mut Context) -> Done {
    let policy = policy(context)?;
    if matches.get_flag("json") {
        return context.out.json(&policy.frameworks().iter().map(about).collect::<Vec<Json>>().into());
    }
    let mut table = Table::new(vec![
        Column::whole("Id"),
        Column::whole("Entries"),
        Column::whole("Groups"),
        Column::whole("Checked"),
        Column::new("Title", 30),
        Column::new("Version", 26),
        Column::new("Source", 20),
    ]);
    let row = |framework: &Framework| {
        vec![
            framework.id.clone(),
            framework.requirements.len().to_string(),
            framework.groups.len().to_string(),
            framework.checked_on.clone(),
            framework.title.clone(),
            framework.version.clone(),
            framework.source.clone(),
        ]
    };
    table.print(&mut context.out, &policy.frameworks().iter().map(row).collect::<Vec<_>>())
}

/// What a framework says of itself.
fn about(framework: &Framework) -> Json {
    json!({
        "id": framework.id,
        "title": framework.title,
        "version": framework.version,
        "kind": framework.kind,
        "entries": framework.requirements.len(),
        "groups": framework.groups.len(),
        "not_confirmed": framework.unconfirmed(),
        "source": framework.source,
        "checked_on": framework.checked_on,
        "valid_from": framework.valid_from,
        "valid_to": framework.valid_to,
        "licence": framework.licence,
        "note": framework.note,
    })
}

fn show(matches: &ArgMatches, context: &mut Context) -> Done {
    let policy = policy(context)?;
    let framework = named(&policy, matches.get_one::<String>("id").map_or("", String::as_str))?;
    let controls = |demand: &Demand| -> Vec<&Control> { policy.controls_for(framework, &demand.id) };
    if matches.get_flag("json") {
        let mut whole = about(framework);
        whole["parts"] = framework
            .groups
            .iter()
            .map(|group| json!({"id": group.id, "title": group.title, "within": group.within}))
            .collect();
        whole["requirements"] =
            framework.requirements.iter().map(|demand| demand_json(demand, &controls(demand))).collect();
        return context.out.json(&whole);
    }
    let out = &mut context.out;
    head(out, framework)?;
    let mut group = None;
    for demand in &framework.requirements {
        if demand.group != group {
            group.clone_from(&demand.group);
            let title = group.as_deref().and_then(|id| framework.group(id));
            if let Some(part) = title {
                out.end()?;
                out.styled(Style::Strong, &part.id)?;
                out.line(&format!("  {}", part.title))?;
            }
        }
        let mark = if demand.confirmed { "" } else { " (not confirmed)" };
        out.styled(Style::Strong, &format!("  {}", demand.id))?;
        out.line(&format!("  {}{mark}", demand.summary))?;
        let from = demand.valid_from.map(|day| format!("Applies from {day}. ")).unwrap_or_default();
        let note = format!("{from}{}", demand.note.as_deref().unwrap_or_default());
        if !note.trim().is_empty() {
            out.paragraph(6, note.trim())?;
        }
        let ids: Vec<&str> = controls(demand).iter().map(|control| control.id.as_str()).collect();
        if framework.kind != "areas" {
            out.paragraph(
                6,
                &if ids.is_empty() { "No control.".to_owned() } else { format!("Controls: {}.", ids.join(", ")) },
            )?;
        }
    }
    Ok(())
}

fn head(out: &mut Out, framework: &Framework) -> Done {
    out.styled(Style::Strong, &framework.title)?;
    out.line(&format!(", {}", framework.version))?;
    out.paragraph(
        2,
        &format!("Source: {}. Checked {}.", framework.source.trim_end_matches('.'), framework.checked_on),
    )?;
    for said in [&framework.licence, &framework.note].into_iter().flatten() {
        out.paragraph(2, said)?;
    }
    Ok(())
}

fn demand_json(demand: &Demand, controls: &[&Control]) -> Json {
    json!({
        "id": demand.id,
        "summary": demand.summary,
        "group": demand.group,
        "confirmed": demand.confirmed,
        "valid_from": demand.valid_from,
        "valid_to": demand.valid_to,
        "source": demand.source,
        "checked_on": demand.checked_on,
        "note": demand.note,
        "controls": controls.iter().map(|control| control.id.as_str()).collect::<Vec<_>>(),
    })
}

fn covered(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let policy = &session.policy;
    let one = matches.get_one::<String>("id").map(|id| named(policy, id)).transpose()?;
    if let Some(framework) = one.filter(|framework| framework.kind == "areas") {
        let title = &framework.title;
        return Err(Failure::Refused(format!("{title} only classifies uses; there is nothing in it to be covered.")));
    }
    let system = matches.get_one::<String>("system").map(|name| session.record(&SYSTEM, name)).transpose()?;
    let frameworks: Vec<&Framework> = one.map_or_else(|| policy.frameworks().iter().collect(), |one| vec![one]);
    let found = coverage(&session.workspace, policy, &frameworks, system.as_ref(), today())?;
    if matches.get_flag("json") {
        return context.out.json(&match (one, found.first()) {
            (Some(_), Some(only)) => coverage_json(only),
            _ => found.iter().map(coverage_json).collect(),
        });
    }
    let of = system
        .map_or("the programme".to_owned(), |system| format!("{} {}", system.reference(), text::line(system.title())));
    match (one, found.first()) {
        (Some(framework), Some(coverage)) => print_one(framework, coverage, &of, &mut context.out),
        _ => print_all(&found, &of, &mut context.out),
    }
}

fn coverage_json(coverage: &Coverage) -> Json {
    let counts = |count: &dyn Fn(State) -> usize| -> Json {
        State::ALL.iter().map(|state| (state.word().replace(' ', "_"), Json::from(count(*state)))).collect()
    };
    let mut whole = json!(coverage);
    whole["counts"] = counts(&|state| coverage.count(state));
    whole["with_a_control"] = counts(&|state| coverage.with_a_control(state));
    whole
}

fn print_all(found: &[Coverage], of: &str, out: &mut Out) -> Done {
    out.line(&format!("Coverage of {of}: requirements by how their controls stand."))?;
    let mut columns = vec![Column::whole("Framework"), Column::whole("All")];
    columns.extend(State::ALL.iter().map(|state| Column::whole(state.word())));
    let mut table = Table::new(columns);
    let row = |coverage: &Coverage| {
        let all = coverage.requirements.len().to_string();
        let counts = State::ALL.iter().map(|state| coverage.count(*state).to_string());
        [coverage.framework.clone(), all].into_iter().chain(counts).collect()
    };
    table.print(out, &found.iter().map(row).collect::<Vec<Vec<String>>>())?;
    note("One framework by requirement: probity framework coverage ID");
    Ok(())
}

fn print_one(framework: &Framework, coverage: &Coverage, of: &str, out: &mut Out) -> Done {
    head(out, framework)?;
    out.line(&format!("  Coverage of {of}: {}.", coverage.in_words()))?;
    let mut table = Table::new(vec![
        Column::whole("Requirement"),
        Column::whole("State"),
        Column::new("Controls", 30),
        Column::new("Summary", 40),
    ]);
    let rows: Vec<Vec<String>> = coverage
        .requirements
        .iter()
        .map(|one| {
            let controls: Vec<String> = one.controls.iter().map(in_short).collect();
            vec![one.id.clone(), one.state.word().to_owned(), controls.join(", "), one.summary.clone()]
        })
        .collect();
    table.print(out, &rows)
}

/// A control with what was found: `FAIR-02 failed`.
fn in_short(standing: &Standing) -> String {
    match standing.state {
        State::NeverAssessed => standing.control.clone(),
        state => format!("{} {}", standing.control, state.word()),
    }
}
