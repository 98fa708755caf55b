//! `probity lint`: what standing checks find in the records, and letting a single finding be.

use std::collections::HashMap;

use chrono::Utc;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::Context;
use super::exit::{Done, Failure, of_problem};
use super::out::{Out, Style};
use super::record::said;
use crate::policy::Policy;
use crate::record::{REVIEW, SILENCE, Value};
use crate::review::lint::{Finding, Report, Rule, Scope, Severity, lint, rule, rules, silence, unsilence};
use crate::session::{Session, today};
use crate::text;
use crate::workspace::Change;

/// How many findings of a rule are told one by one where not all are asked for.
const TOLD: usize = 10;

/// From how many findings of a rule on those that say the same are told together.
const MANY: usize = 20;

/// How many references are named of findings that are told together.
const NAMED: usize = 5;

/// Cells for a reference.
const REFERENCE: usize = 9;

/// The command.
pub fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).allow_hyphen_values(true)
    };
    Command::new("lint")
        .about("Says where the records contradict themselves or the policy, why it matters, and what mends it.")
        .long_about(
            "Asks every standing check of the records, and tells what it finds by severity and rule: the record, what is \
             wrong, why it matters, and the command that mends it. Where a rule finds more than 20, those that say the same \
             are told together; --all tells each. A finding can be silenced with a reason and until a day; \
             after that day it comes back. Exit code 1 while an error is found that nobody silenced, otherwise 0. Nothing is \
             written, except by silence and unsilence.",
        )
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .args([
            text("review", "REVIEW", "Only what belongs to this review, to its system and that system's releases."),
            text("rule", "RULE", "Only this rule, with what it finds; --all tells each."),
            text("severity", "SEVERITY", "Only what is this bad or worse: error, warning, note."),
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .help("Tell every finding one by one, and those that are silenced."),
            Arg::new("rules").long("rules").action(ArgAction::SetTrue).help("List the rules instead of asking them."),
            Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print everything as JSON."),
        ])
        .subcommands([
            Command::new("silence").about("Lets one finding be on one record, with the reason and until a day.").args([
                named_rule(),
                named_record(),
                text("reason", "TEXT", "Why the finding may stand."),
                text("until", "DATE", "The last day; after it the finding comes back."),
            ]),
            Command::new("unsilence")
                .about("Lets a silenced finding be heard again.")
                .args([named_rule(), named_record()]),
        ])
}

fn named_rule() -> Arg {
    Arg::new("rule").value_name("RULE").required(true).help("The rule, by its id such as risk-overdue.")
}

fn named_record() -> Arg {
    Arg::new("record").value_name("REF").required(true).help("The record, by reference such as RSK-31.")
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match matches.subcommand() {
        Some(("silence", matches)) => run_silence(matches, context),
        Some(("unsilence", matches)) => run_unsilence(matches, context),
        _ if matches.get_flag("rules") => list_rules(matches.get_flag("json"), &mut context.out),
        _ => run_lint(matches, context),
    }
}

fn said_rule(matches: &ArgMatches) -> Done<&'static Rule> {
    let id = matches.get_one::<String>("rule").map_or("", String::as_str);
    rule(id).ok_or_else(|| {
        let id = text::line(id);
        Failure::Usage(format!("There is no rule “{id}”; `probity lint --rules` lists them."))
    })
}

fn run_lint(matches: &ArgMatches, context: &mut Context) -> Done {
    let severity = matches.get_one::<String>("severity").map(|name| {
        let unknown =
            || Failure::Usage(format!("“{}” is not a severity; there are: error, warning, note.", text::line(name)));
        Severity::named(name).ok_or_else(unknown)
    });
    let severity = severity.transpose()?;
    let only = matches.contains_id("rule").then(|| said_rule(matches)).transpose()?;
    let wanted = |rule: &&'static Rule| {
        only.is_none_or(|only| only.id == rule.id) && severity.is_none_or(|least| rule.severity <= least)
    };
    let session = context.open()?;
    let review = matches.get_one::<String>("review").map(|named| session.record(&REVIEW, named)).transpose()?;
    let scope = Scope { review, rules: rules().filter(|rule| wanted(rule)).collect() };
    // Where no rule is wanted, none is asked: an empty list would ask all.
    let report = if scope.rules.is_empty() {
        Report::default()
    } else {
        lint(&session.workspace, &session.policy, &scope, today())?
    };
    if matches.get_flag("json") {
        print_json(&report, &session.policy, &mut context.out)?;
    } else {
        print(&report, matches.get_flag("all"), only.is_some(), &mut context.out)?;
    }
    if report.count(Severity::Error) == 0 { Ok(()) } else { Err(Failure::Found) }
}

fn print_json(report: &Report, policy: &Policy, out: &mut Out) -> Done {
    let counts: serde_json::Map<String, serde_json::Value> =
        Severity::ALL.iter().map(|severity| (severity.word().to_owned(), report.count(*severity).into())).collect();
    out.json(&json!({
        "judged_on": today().to_string(),
        "policy": policy.fingerprint(),
        "rules": rules().count(),
        "counts": counts,
        "silenced": report.silenced(),
        "findings": report.findings.iter().map(Finding::json).collect::<Vec<_>>(),
    }))
}

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => Style::Bad,
        Severity::Warning => Style::Strong,
        Severity::Note => Style::Faint,
    }
}

/// Tells the findings by rule: each where `all` is wanted; where a rule was asked for, each but those that say the same and
/// are many.
fn print(report: &Report, all: bool, asked: bool, out: &mut Out) -> Done {
    let wanted = |one: &&Finding| all || asked || one.silenced.is_none();
    let mut findings: Vec<&Finding> = report.findings.iter().filter(wanted).collect();
    while let Some(first) = findings.first() {
        let rule = first.rule;
        let of_rule: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.rule.id == rule.id).collect();
        findings.retain(|finding| finding.rule.id != rule.id);
        out.styled(style(rule.severity), rule.severity.word())?;
        out.styled(Style::Plain, "  ")?;
        out.styled(Style::Strong, rule.title)?;
        out.styled(Style::Faint, &format!("  {} · {}", rule.id, of_rule.len()))?;
        out.end()?;
        out.paragraph(2, rule.why)?;
        if all || of_rule.len() <= MANY {
            let told = if all || asked { of_rule.len() } else { TOLD };
            of_rule.iter().take(told).try_for_each(|finding| one(finding, out))?;
            more(of_rule.len().saturating_sub(told), rule.id, out)?;
        } else {
            print_together(&of_rule, rule.id, out)?;
        }
        out.end()?;
    }
    out.line(&summary(report))
}

fn more(more: usize, rule: &str, out: &mut Out) -> Done {
    if more == 0 { Ok(()) } else { out.paragraph(2, &format!("… and {more} more: probity lint --rule {rule} --all")) }
}

/// Tells findings of one rule, those that say the same together, the largest group first; the rest is counted.
fn print_together(findings: &[&Finding], rule: &str, out: &mut Out) -> Done {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut places: HashMap<(&str, bool), usize> = HashMap::new();
    for finding in findings {
        // What is silenced, or was, has something of its own to say.
        let alike = finding.silenced.is_none() && finding.lapsed.is_none();
        let place =
            if alike { *places.entry((finding.text.as_str(), alike)).or_insert(groups.len()) } else { groups.len() };
        match groups.get_mut(place) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut untold = 0;
    for (at, group) in groups.iter().enumerate() {
        match group.as_slice() {
            _ if at >= TOLD => untold += group.len(),
            [only] => one(only, out)?,
            _ => together(group, out)?,
        }
    }
    match untold {
        0 => out.paragraph(2, &format!("All of them, one by one: probity lint --rule {rule} --all")),
        untold => more(untold, rule, out),
    }
}

fn together(group: &[&Finding], out: &mut Out) -> Done {
    let Some(first) = group.first() else { return Ok(()) };
    let names: Vec<&str> = group.iter().take(NAMED).map(|finding| finding.record.as_str()).collect();
    let rest = match group.len().saturating_sub(NAMED) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    out.styled(Style::Plain, "  ")?;
    out.styled(Style::Strong, &group.len().to_string())?;
    out.styled(Style::Plain, &format!(" alike: {}{rest}", names.join(", ")))?;
    out.end()?;
    let indent = REFERENCE + 3;
    out.paragraph(indent, &first.text)?;
    out.paragraph(indent, &format!("Next, for each: {} ({})", first.next.what, first.next.command))
}

fn one(finding: &Finding, out: &mut Out) -> Done {
    out.styled(Style::Plain, "  ")?;
    out.styled(Style::Strong, &text::pad(&finding.record, REFERENCE))?;
    out.styled(Style::Plain, &format!(" {}", text::fit(&text::line(&finding.title), 70)))?;
    out.end()?;
    let indent = REFERENCE + 3;
    out.paragraph(indent, &finding.text)?;
    if let Some(silenced) = &finding.silenced {
        let told = format!("Silenced until {} by {}: {}", silenced.until, silenced.by, silenced.reason);
        return out.paragraph(indent, &told);
    }
    if let Some(last) = finding.lapsed {
        out.paragraph(indent, &format!("It was silenced until {last}, and is back."))?;
    }
    out.paragraph(indent, &format!("Next: {} ({})", finding.next.what, finding.next.command))
}

fn summary(report: &Report) -> String {
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let told: Vec<String> =
        Severity::ALL.iter().map(|severity| counted(report.count(*severity), severity.word())).collect();
    let silenced = match report.silenced() {
        0 => String::new(),
        silenced => format!("; {silenced} silenced"),
    };
    format!("{}{silenced}.", told.join(", "))
}

fn list_rules(as_json: bool, out: &mut Out) -> Done {
    if as_json {
        let all = rules().map(|rule| {
            json!({
                "id": rule.id,
                "severity": rule.severity,
                "about": rule.about.name,
                "title": rule.title,
                "why": rule.why,
                "place": rule.place,
                "field": Some(rule.field).filter(|field| !field.is_empty()),
            })
        });
        return out.json(&all.collect::<Vec<_>>().into());
    }
    for rule in rules() {
        out.styled(style(rule.severity), &text::pad(rule.severity.word(), 8))?;
        out.styled(Style::Strong, &text::pad(rule.id, 33))?;
        out.line(rule.title)?;
    }
    out.line(&format!("{} rules.", rules().count()))
}

fn run_silence(matches: &ArgMatches, context: &mut Context) -> Done {
    let rule = said_rule(matches)?;
    let mut session = context.open_to_write()?;
    let record = session.workspace.find(matches.get_one::<String>("record").map_or("", String::as_str))?;
    let said = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let reason = Value::text(said("reason"));
    let until = match SILENCE.field("until") {
        Some(field) if !said("until").trim().is_empty() => {
            session.parse(field, said("until")).map_err(|problem| of_problem(&problem))?
        }
        _ => Value::Empty,
    };
    let edits = silence(&session.workspace, rule, &record, reason, until, Utc::now())?;
    let what = format!("{}: {} silenced", record.reference(), rule.id);
    write(&mut session, Change::by("", edits).called(what).because(said("reason")), context)
}

fn run_unsilence(matches: &ArgMatches, context: &mut Context) -> Done {
    let rule = said_rule(matches)?;
    let mut session = context.open_to_write()?;
    let record = session.workspace.find(matches.get_one::<String>("record").map_or("", String::as_str))?;
    let edits = unsilence(&session.workspace, rule, &record)?;
    if edits.is_empty() {
        let (id, reference) = (rule.id, record.reference());
        return Err(Failure::NoRecord(format!(
            "Nothing silences {id} on {reference}; `probity silence list` shows all."
        )));
    }
    let what = format!("{}: {} heard again", record.reference(), rule.id);
    write(&mut session, Change::by("", edits).called(what), context)
}

fn write(session: &mut Session, mut change: Change, context: &mut Context) -> Done {
    change.by.clone_from(&session.me()?.id);
    let receipt = session.workspace.write(change)?;
    said(&mut context.out, &receipt)
}
