//! `probity policy`: what the organisation decided, where each part of it comes from, and whether it is sound.

pub mod profile;

use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use serde_json::{Value as Json, json};

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style};
use crate::policy::{Flaw, Layer, Policy, PolicyError};
use crate::session::Session;

#[derive(Subcommand)]
enum Choice {
    /// Checks the policy in force, or a file laid over the built-in default: file, line and what was expected for
    /// everything that is wrong.
    Check(Check),
    /// Prints the policy in force, all layers merged, as TOML.
    Show(Show),
    /// Says which layer decides a thing, and what the layers under it say.
    Explain(Explain),
    /// Says which profile the workspace is under, or puts it under another one; what that changes is shown first.
    Profile(profile::Options),
}

#[derive(Args)]
struct Check {
    /// A policy file; without it, the policy in force.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Show {
    /// Only this part: a dotted path, such as matrix or checklist.launch-readiness.
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// List the layers instead, the lowest first.
    #[arg(long, conflicts_with = "path")]
    layers: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Explain {
    /// A dotted path, such as matrix.4.5, requirement.lawful-basis or service_level.assessment.high.
    #[arg(value_name = "PATH")]
    path: String,
    /// Print a JSON array.
    #[arg(long)]
    json: bool,
}

/// The command.
pub fn command() -> Command {
    let command = Command::new("policy")
        .about("Checks, shows and explains what the organisation decided, and switches its profile.");
    Choice::augment_subcommands(command.subcommand_required(true).arg_required_else_help(true))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match Choice::from_arg_matches(matches).map_err(|error| Failure::Usage(error.to_string()))? {
        Choice::Check(options) => check(&options, context),
        Choice::Show(options) => show(&options, context),
        Choice::Explain(options) => explain(&options, context),
        Choice::Profile(options) => profile::run(&options, context),
    }
}

/// The policy that holds in the workspace that is meant; the one outside it where there is no workspace.
fn in_force(context: &Context) -> Done<Policy> {
    let wanted = context.wanted();
    let there = wanted.path().is_ok_and(|path| path.exists());
    if wanted.workspace.is_some() || there {
        return Ok(Session::open(wanted)?.policy);
    }
    Ok(wanted.policy_outside()?)
}

fn check(options: &Check, context: &mut Context) -> Done {
    let found = match &options.file {
        Some(file) => Layer::read(file).and_then(|layer| Policy::from_layers(&[layer])).map_err(Failure::Policy),
        None => in_force(context),
    };
    let found = found.and_then(|policy| policy.check().map(|()| policy).map_err(Failure::Policy));
    let (policy, flaws) = match found {
        Ok(policy) => (Some(policy), Vec::new()),
        Err(Failure::Policy(PolicyError { flaws })) => (None, flaws),
        Err(other) => return Err(other),
    };
    let out = &mut context.out;
    let warnings = policy.as_ref().map(Policy::warnings).unwrap_or_default();
    if options.json {
        out.json(&json!({
            "ok": policy.is_some(),
            "fingerprint": policy.as_ref().map(Policy::fingerprint),
            "errors": flaws.iter().map(flaw_json).collect::<Vec<Json>>(),
            "warnings": warnings.iter().map(flaw_json).collect::<Vec<Json>>(),
        }))?;
    } else {
        print_flaws(out, Style::Bad, "wrong", &flaws)?;
        print_flaws(out, Style::Strong, "odd", warnings)?;
        if let Some(policy) = &policy {
            out.styled(Style::Good, "The policy is sound")?;
            out.line(&format!(
                ": {} requirements, {} controls, {} checklists; fingerprint {}.",
                policy.requirements().len(),
                policy.controls().len(),
                policy.checklists().len(),
                &policy.fingerprint()[..16]
            ))?;
        }
    }
    if policy.is_some() { Ok(()) } else { Err(Failure::Found) }
}

fn print_flaws(out: &mut Out, style: Style, word: &str, flaws: &[Flaw]) -> Done {
    for flaw in flaws {
        out.styled(style, word)?;
        out.line(&format!("  {flaw}"))?;
    }
    Ok(())
}

fn flaw_json(flaw: &Flaw) -> Json {
    json!({
        "layer": flaw.layer,
        "file": flaw.path.as_ref().map(|path| path.display().to_string()),
        "line": flaw.line,
        "column": flaw.column,
        "message": flaw.message,
    })
}

fn show(options: &Show, context: &mut Context) -> Done {
    let policy = in_force(context)?;
    let out = &mut context.out;
    if options.layers {
        let layers: Vec<&Layer> = policy.layers().collect();
        if options.json {
            let of = |layer: &&Layer| json!({ "name": layer.name, "file": layer.path.as_ref().map(|path| path.display().to_string()) });
            return out.json(&layers.iter().map(of).collect::<Vec<Json>>().into());
        }
        return layers.iter().try_for_each(|layer| match &layer.path {
            Some(path) => out.line(&format!("{}  {}", layer.name, path.display())),
            None => out.line(&layer.name),
        });
    }
    let Some(path) = &options.path else {
        return if options.json {
            out.json(&serde_json::to_value(policy.to_table()).map_err(|error| Failure::Refused(error.to_string()))?)
        } else {
            out.text(policy.to_toml())
        };
    };
    let part = part(policy.to_table(), path).ok_or_else(|| nothing_at(path))?;
    if options.json {
        return out.json(&serde_json::to_value(part).map_err(|error| Failure::Refused(error.to_string()))?);
    }
    out.text(&toml_of(path, part))
}

/// The value at a dotted path; things in lists are found by what names them.
fn part<'p>(table: &'p toml::Table, path: &str) -> Option<&'p toml::Value> {
    let mut at: Option<&toml::Value> = None;
    for step in path.trim().trim_matches('.').split('.') {
        let next = match at {
            None => table.get(step),
            Some(toml::Value::Table(table)) => table.get(step),
            Some(toml::Value::Array(items)) => {
                let named = |item: &&toml::Value| {
                    ["id", "name", "code"].iter().any(|key| item.get(key).and_then(toml::Value::as_str) == Some(step))
                };
                let place = || step.parse::<usize>().ok().and_then(|place| items.get(place.checked_sub(1)?));
                items.iter().find(named).or_else(place)
            }
            Some(_) => None,
        };
        at = Some(next?);
    }
    at
}

fn toml_of(path: &str, value: &toml::Value) -> String {
    if let toml::Value::Table(table) = value {
        return toml::to_string_pretty(table).unwrap_or_else(|_| value.to_string());
    }
    let key = path.rsplit('.').next().unwrap_or(path);
    let one: toml::Table = std::iter::once((key.to_owned(), value.clone())).collect();
    toml::to_string_pretty(&one).unwrap_or_else(|_| value.to_string())
}

fn nothing_at(path: &str) -> Failure {
    Failure::NoRecord(format!("The policy says nothing at “{path}”; `probity policy show` prints all of it."))
}

fn explain(options: &Explain, context: &mut Context) -> Done {
    let policy = in_force(context)?;
    let said = policy.explain(&options.path);
    if said.is_empty() {
        return Err(nothing_at(&options.path));
    }
    let out = &mut context.out;
    if options.json {
        let layers: Vec<Json> = said
            .iter()
            .enumerate()
            .map(|(at, layer)| {
                json!({
                    "layer": layer.layer,
                    "line": layer.line,
                    "value": layer.value,
                    "holds": at + 1 == said.len(),
                })
            })
            .collect();
        return out.json(&layers.into());
    }
    for (at, layer) in said.iter().enumerate() {
        let line = layer.line.map_or_else(String::new, |line| format!(", line {line}"));
        let holds = if at + 1 == said.len() { "  (holds)" } else { "" };
        out.heading(&format!("{}{line}{holds}", layer.layer))?;
        match &layer.value {
            Some(value) => out.paragraph(2, toml_of(&options.path, value).trim_end())?,
            None => out.line("  takes it away")?,
        }
    }
    Ok(())
}
