//! All reviews at once: the spread by tier, by class under the law, how often each rule fired; against any field; and under
//! another policy.

use std::collections::BTreeMap;

use clap::ArgMatches;
use serde_json::{Map, Value as Json, json};

use super::{other_policy, several, to_json};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, Style, note};
use crate::cli::record::options;
use crate::cli::table::{Column, Table};
use crate::record::legal::OUTCOMES;
use crate::record::review::TIERS;
use crate::record::{Field, Kind, LEGAL, PACKET, REVIEW, Record, SYSTEM};
use crate::review::triage::{self, Inputs, Surveyed, Triage};
use crate::session::Session;

/// What stands for a tier, or for a value, where there is none.
const NONE: &str = "none";

/// The counts of a survey.
struct Spread {
    proposed: Vec<(String, usize)>,
    decided: Vec<(String, usize)>,
    outcomes: Vec<(String, usize)>,
    rules: Vec<(String, &'static str, usize)>,
    quiet: usize,
    incomplete: usize,
}

pub(super) fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    if matches.get_flag("apply") {
        return apply(matches, context);
    }
    let session = context.open()?;
    let surveyed = survey(matches, &session, None)?;
    let other = other_policy(matches, &session)?.map(|policy| survey(matches, &session, Some(&policy))).transpose()?;
    let by = matches.get_one::<String>("by").map(|name| against(name)).transpose()?;
    let crossed = by.map(|by| crossed(&session, by, &surveyed)).transpose()?;
    if matches.get_flag("json") {
        return as_json(&session, &surveyed, other.as_deref(), crossed.as_ref(), context);
    }
    let out = &mut context.out;
    if surveyed.is_empty() {
        note("There are no such reviews.");
        return Ok(());
    }
    match (&crossed, &other) {
        (Some(crossed), _) => cross_table(out, crossed)?,
        (None, Some(other)) => moved(out, &surveyed, other)?,
        (None, None) => print(out, &session, &surveyed)?,
    }
    complain(&surveyed)
}

/// Says which rules could not be applied; the command has then not done all that was asked.
fn complain(surveyed: &[Surveyed]) -> Done {
    let failures: Vec<_> = surveyed.iter().filter_map(|one| Some((one, one.triage.as_ref().err()?))).collect();
    for (one, error) in failures.iter().take(10) {
        note(&format!("{}: {error}", one.inputs.review.reference()));
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "{} of {} reviews could not be triaged: a rule of the policy cannot be applied to them.",
        failures.len(),
        surveyed.len()
    )))
}

fn survey(matches: &ArgMatches, session: &Session, policy: Option<&crate::policy::Policy>) -> Done<Vec<Surveyed>> {
    let mut conditions = Vec::new();
    for typed in matches.get_many::<String>("filter").into_iter().flatten() {
        conditions.push(options::condition(&REVIEW, typed, session)?);
    }
    Ok(triage::survey(&session.workspace, policy.unwrap_or(&session.policy), &conditions)?)
}

/// Writes the proposed tiers anew where they are not what the policy says now. Routes are added review by review, by
/// somebody who has looked at it.
fn apply(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let surveyed = survey(matches, &session, None)?;
    complain(&surveyed)?;
    let differs = |one: &&Surveyed| {
        one.triage.as_ref().is_ok_and(|triage| triage.proposed_tier != one.inputs.review.text("proposed_tier"))
    };
    let edits: Vec<_> = surveyed
        .iter()
        .filter(differs)
        .map(|one| crate::workspace::Edit::Settle { kind: &REVIEW, id: one.inputs.review.id().to_owned() })
        .collect();
    let count = edits.len();
    if count > 0 {
        let words = format!("{count} proposed tiers brought up to date");
        session.workspace.write(crate::workspace::Change::by(&session.me()?.id, edits).called(words))?;
    }
    if matches.get_flag("json") {
        return several(vec![json!({ "reviews": surveyed.len(), "changed": count })], context);
    }
    context.out.line(&format!("{count} of {} proposed tiers brought up to date.", surveyed.len()))
}

fn tiers(surveyed: &[Surveyed], tier: impl Fn(&Surveyed) -> Option<String>) -> Vec<(String, usize)> {
    counted(surveyed.iter().map(|one| tier(one).unwrap_or_else(|| NONE.to_owned())), TIERS)
}

/// Counts words, in the order of the known ones, then the others by name.
fn counted(words: impl Iterator<Item = String>, order: &[&str]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<(usize, String), usize> = BTreeMap::new();
    for word in words {
        let at = order.iter().position(|known| *known == word).unwrap_or(order.len());
        *counts.entry((at, word)).or_default() += 1;
    }
    counts.into_iter().map(|((_, word), count)| (word, count)).collect()
}

fn triages(surveyed: &[Surveyed]) -> impl Iterator<Item = &Triage> {
    surveyed.iter().filter_map(|one| one.triage.as_ref().ok())
}

fn proposed(one: &Surveyed) -> Option<String> {
    one.triage.as_ref().ok()?.proposed_tier.map(str::to_owned)
}

fn spread(session: &Session, surveyed: &[Surveyed]) -> Spread {
    let mut fired: BTreeMap<&str, usize> = BTreeMap::new();
    for because in triages(surveyed).flat_map(|triage| &triage.because) {
        *fired.entry(&because.rule).or_default() += 1;
    }
    let rules = session.policy.tier_rules().iter();
    let outcome = |triage: &Triage| triage.legal.as_ref().map_or(NONE, |legal| legal.outcome).to_owned();
    Spread {
        proposed: tiers(surveyed, proposed),
        decided: tiers(surveyed, |one| one.inputs.review.text("tier").map(str::to_owned)),
        outcomes: counted(triages(surveyed).map(outcome), OUTCOMES),
        rules: rules
            .map(|rule| (rule.id.clone(), rule.tier, fired.get(rule.id.as_str()).copied().unwrap_or(0)))
            .collect(),
        quiet: triages(surveyed).filter(|triage| triage.because.is_empty()).count(),
        incomplete: triages(surveyed).filter(|triage| !triage.missing.is_empty()).count(),
    }
}

fn percent(count: usize, total: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts of reviews are far below 2^52")]
    let share = count as f64 * 100.0 / total.max(1) as f64;
    format!("{share:.1} %")
}

fn print(out: &mut Out, session: &Session, surveyed: &[Surveyed]) -> Done {
    let spread = spread(session, surveyed);
    let total = surveyed.len();
    out.heading(&format!("{total} reviews by proposed tier"))?;
    let rows = |counts: &[(String, usize)]| -> Vec<Vec<String>> {
        counts.iter().rev().map(|(name, count)| vec![name.clone(), count.to_string(), percent(*count, total)]).collect()
    };
    let columns = |title: &str| vec![Column::whole(title), Column::whole("Reviews"), Column::whole("Share")];
    Table::new(columns("Tier")).print(out, &rows(&spread.proposed))?;
    out.end()?;
    out.heading("By decided tier")?;
    Table::new(columns("Tier")).print(out, &rows(&spread.decided))?;
    out.end()?;
    out.heading("By class under the law")?;
    Table::new(columns("Class")).print(out, &rows(&spread.outcomes))?;
    out.end()?;
    out.heading("Rules that fired")?;
    let rules: Vec<Vec<String>> = spread
        .rules
        .iter()
        .filter(|(.., count)| *count > 0)
        .map(|(id, tier, count)| vec![id.clone(), (*tier).to_owned(), count.to_string()])
        .collect();
    Table::new(vec![Column::whole("Rule"), Column::whole("Tier"), Column::whole("Reviews")]).print(out, &rules)?;
    out.end()?;
    out.styled(
        Style::Faint,
        &format!("No rule fired for {}; {} packets lack required answers.", spread.quiet, spread.incomplete),
    )?;
    out.end()
}

/// The reviews that another policy moves to another tier.
fn moved(out: &mut Out, before: &[Surveyed], after: &[Surveyed]) -> Done {
    let mut moves: BTreeMap<(usize, usize), Vec<&Record>> = BTreeMap::new();
    let rank = |one: &Surveyed| {
        proposed(one).and_then(|tier| TIERS.iter().position(|known| *known == tier)).map_or(0, |at| at + 1)
    };
    for (was, is) in before.iter().zip(after) {
        if rank(was) != rank(is) {
            moves.entry((rank(was), rank(is))).or_default().push(&was.inputs.review);
        }
    }
    let name = |rank: usize| rank.checked_sub(1).and_then(|at| TIERS.get(at)).copied().unwrap_or(NONE);
    let total: usize = moves.values().map(Vec::len).sum();
    out.heading(&format!("{total} of {} reviews would be proposed another tier", before.len()))?;
    let rows: Vec<Vec<String>> = moves
        .iter()
        .map(|((from, to), reviews)| {
            let shown: Vec<&str> = reviews.iter().take(8).map(|review| review.reference()).collect();
            let more = if reviews.len() > 8 { " …" } else { "" };
            let references = format!("{}{more}", shown.join(" "));
            vec![name(*from).to_owned(), name(*to).to_owned(), reviews.len().to_string(), references]
        })
        .collect();
    let columns = vec![Column::whole("From"), Column::whole("To"), Column::whole("Reviews"), Column::new("Which", 80)];
    Table::new(columns).print(out, &rows)
}

/// A field that the tiers are set against: of the review, its packet, its classification or its system.
#[derive(Clone, Copy)]
struct By {
    kind: Kind,
    field: &'static Field,
}

fn against(name: &str) -> Done<By> {
    let (subject, name) = name.split_once('.').unwrap_or(("review", name));
    let kind: Kind = match subject {
        "review" => &REVIEW,
        "packet" => &PACKET,
        "legal" => &LEGAL,
        "system" => &SYSTEM,
        _ => {
            return Err(Failure::Usage(format!(
                "--by {subject}.{name}: name a field of review, packet, legal or system, such as packet.domain."
            )));
        }
    };
    Ok(By { kind, field: options::field_named(kind, name)? })
}

/// Counts by a field's value and the proposed tier.
struct Crossed {
    title: String,
    rows: Vec<(String, Vec<usize>)>,
}

fn crossed(session: &Session, by: By, surveyed: &[Surveyed]) -> Done<Crossed> {
    let systems = if by.kind == &SYSTEM {
        let all = session.workspace.records(&crate::workspace::Query::all(&SYSTEM))?;
        all.into_iter().map(|system| (system.id().to_owned(), system)).collect()
    } else {
        std::collections::HashMap::new()
    };
    let value = |inputs: &Inputs| -> String {
        let record = match by.kind.name {
            "packet" => Some(&inputs.packet),
            "legal" => inputs.legal.as_ref(),
            "system" => inputs.review.text("system").and_then(|id| systems.get(id)),
            _ => Some(&inputs.review),
        };
        let said = record.map(|record| record.get(by.field.name).display()).unwrap_or_default();
        if said.trim().is_empty() { "(not said)".to_owned() } else { said }
    };
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for one in surveyed {
        let tier = proposed(one).and_then(|tier| TIERS.iter().position(|known| *known == tier));
        let cells = rows.entry(value(&one.inputs)).or_insert_with(|| vec![0; TIERS.len() + 1]);
        cells[tier.unwrap_or(TIERS.len())] += 1;
    }
    Ok(Crossed { title: by.field.label.to_owned(), rows: rows.into_iter().collect() })
}

fn cross_table(out: &mut Out, crossed: &Crossed) -> Done {
    let mut columns = vec![Column::new(&crossed.title, 48)];
    columns.extend(TIERS.iter().chain([&NONE]).map(|tier| Column::whole(tier)));
    columns.push(Column::whole("All"));
    let row = |(name, cells): &(String, Vec<usize>)| {
        let total: usize = cells.iter().sum();
        let cells = cells.iter().chain([&total]).map(ToString::to_string);
        std::iter::once(name.clone()).chain(cells).collect::<Vec<String>>()
    };
    let mut rows: Vec<Vec<String>> = crossed.rows.iter().map(row).collect();
    let mut totals = vec![0; TIERS.len() + 1];
    for (_, cells) in &crossed.rows {
        totals.iter_mut().zip(cells).for_each(|(total, count)| *total += count);
    }
    rows.push(row(&("All".to_owned(), totals)));
    Table::new(columns).print(out, &rows)
}

fn as_json(
    session: &Session,
    surveyed: &[Surveyed],
    other: Option<&[Surveyed]>,
    crossed: Option<&Crossed>,
    context: &mut Context,
) -> Done {
    let spread = spread(session, surveyed);
    let counts = |counts: &[(String, usize)]| -> Json {
        counts.iter().map(|(name, count)| (name.clone(), json!(count))).collect::<Map<_, _>>().into()
    };
    let mut object = json!({
        "reviews": surveyed.len(),
        "by_proposed_tier": counts(&spread.proposed),
        "by_tier": counts(&spread.decided),
        "by_outcome": counts(&spread.outcomes),
        "no_rule_fired": spread.quiet,
        "incomplete": spread.incomplete,
        "rules": spread.rules.iter().map(|(rule, tier, fired)| {
            json!({ "rule": rule, "tier": tier, "fired": fired })
        }).collect::<Vec<_>>(),
    });
    let mut classified = Vec::new();
    for (at, one) in surveyed.iter().enumerate() {
        let review = &one.inputs.review;
        let mut row = json!({ "ref": review.reference(), "title": review.title(), "tier": review.text("tier") });
        match &one.triage {
            Ok(triage) => {
                row["proposed_tier"] = json!(triage.proposed_tier);
                row["because"] = to_json(&triage.because)?;
                row["routes"] = triage.routes.iter().map(|route| json!(route.function)).collect::<Vec<_>>().into();
                row["outcome"] = json!(triage.legal.as_ref().map(|legal| legal.outcome));
                row["answered"] = json!(triage.answered);
                row["required"] = json!(triage.required);
            }
            Err(error) => row["error"] = json!(error.to_string()),
        }
        if let Some(other) = other.and_then(|other| other.get(at)) {
            row["proposed_tier_then"] = json!(proposed(other));
        }
        classified.push(row);
    }
    object["classified"] = classified.into();
    if let Some(other) = other {
        object["by_proposed_tier_then"] = counts(&tiers(other, proposed));
    }
    if let Some(crossed) = crossed {
        let cells = |cells: &[usize]| -> Json {
            let named = TIERS.iter().chain([&NONE]).zip(cells);
            named.map(|(tier, count)| ((*tier).to_owned(), json!(count))).collect::<Map<_, _>>().into()
        };
        object["against"] = json!({
            "field": crossed.title,
            "rows": crossed.rows.iter().map(|(name, counts)| {
                json!({ "value": name, "by_proposed_tier": cells(counts) })
            }).collect::<Vec<_>>(),
        });
    }
    several(vec![object], context)?;
    complain(surveyed)
}
