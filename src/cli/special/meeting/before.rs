//! `probity meeting plan` and `agenda`: the next meetings, and what each should look at.

use chrono::{Days, Local, Utc};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value as Json, json};

use super::{flag, meeting_arg, said, the_board, write};
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, Style, note};
use crate::cli::record::{labelled, said as told};
use crate::meeting::{Board, Proposal, conflicts, fit, plan, propose, put_on, read};
use crate::record::meeting::{CONSENT, KINDS};
use crate::record::{Record, when};
use crate::session::{Session, today};
use crate::text;

/// How many weeks ahead are planned unless said otherwise.
const WEEKS: u64 = 6;

/// The command `meeting plan`.
pub fn plan_command() -> Command {
    Command::new("plan")
        .about("Plans the next meetings by the cadence that policy gives their kinds; what is planned already stays.")
        .args([
            Arg::new("kind")
                .long("kind")
                .value_name("KIND")
                .action(ArgAction::Append)
                .value_parser(PossibleValuesParser::new(KINDS))
                .help("Only this kind; may be repeated. Without it, all that have a cadence."),
            Arg::new("until")
                .long("until")
                .value_name("DATE")
                .allow_hyphen_values(true)
                .help("The last day; six weeks from now, unless said."),
            flag("preview", "Write nothing; say what would be planned."),
        ])
}

/// Runs `meeting plan`.
pub fn run_plan(matches: &ArgMatches, context: &mut Context) -> Done {
    let preview = matches.get_flag("preview");
    let mut session = if preview { context.open()? } else { context.open_to_write()? };
    let kinds: Vec<&'static str> = matches
        .get_many::<String>("kind")
        .into_iter()
        .flatten()
        .filter_map(|kind| KINDS.iter().copied().find(|known| known == kind))
        .collect();
    let until = match said(matches, "until") {
        "" => today().checked_add_days(Days::new(7 * WEEKS)).unwrap_or_else(today),
        typed => when::parse_day(typed, today()).map_err(|why| Failure::Usage(format!("--until: {why}")))?,
    };
    let me = session.me()?.id.clone();
    let (coming, _) = plan(&session.workspace, &session.policy, &kinds, until, &me, Utc::now())?;
    for one in &coming {
        let when = one.starts_at.with_timezone(&Local).format("%a %Y-%m-%d %H:%M");
        context.out.line(&format!("{when}  {}", one.kind))?;
    }
    if coming.is_empty() {
        note("Nothing is to be planned: every meeting up to that day is there.");
        return Ok(());
    }
    if preview {
        return Ok(());
    }
    let policy = session.policy.clone();
    let receipt = write(&mut session, &|workspace, at| Ok(plan(workspace, &policy, &kinds, until, &me, at)?.1))?;
    told(&mut context.out, &receipt)
}

/// The command `meeting agenda`.
pub fn agenda_command() -> Command {
    Command::new("agenda")
        .about("Shows the agenda of a meeting, whether it fits, and who has a part in what; proposes items from the records.")
        .args([
            meeting_arg(),
            flag("propose", "List what the records propose beside it, ranked, each with why."),
            Arg::new("take")
                .long("take")
                .value_name("NUMBERS")
                .help("Put proposals on the agenda, by their numbers in the list: 1,3-5, or all."),
            flag("json", "Print a JSON object."),
        ])
}

/// Runs `meeting agenda`.
pub fn run_agenda(matches: &ArgMatches, context: &mut Context) -> Done {
    let take = said(matches, "take");
    let mut session = if take.is_empty() { context.open()? } else { context.open_to_write()? };
    let board = the_board(matches, &session)?;
    let wanted = matches.get_flag("propose") || !take.is_empty();
    let proposals =
        if wanted { propose(&session.workspace, &session.policy, &board.meeting, Utc::now())? } else { Vec::new() };
    if !take.is_empty() {
        let chosen = chosen(take, &proposals)?;
        let meeting = board.meeting.id();
        let receipt = write(&mut session, &|workspace, at| put_on(workspace, meeting, &chosen, at))?;
        told(&mut context.out, &receipt)?;
        return show(&read(&session.workspace, meeting)?, &[], &session, context);
    }
    if matches.get_flag("json") {
        return context.out.json(&as_json(&board, &proposals, &session)?);
    }
    show(&board, &proposals, &session, context)
}

/// The proposals that numbers name.
fn chosen<'p>(typed: &str, proposals: &'p [Proposal]) -> Done<Vec<&'p Proposal>> {
    if typed.trim() == "all" {
        return Ok(proposals.iter().collect());
    }
    let wrong = |part: &str| {
        let count = proposals.len();
        Failure::Usage(format!("--take: “{}” is no number of the list; it has {count}.", text::line(part)))
    };
    let mut chosen = Vec::new();
    for part in typed.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number =
            |typed: &str| typed.trim().parse::<usize>().ok().filter(|number| (1..=proposals.len()).contains(number));
        let (first, last) = (number(first).ok_or_else(|| wrong(part))?, number(last).ok_or_else(|| wrong(part))?);
        let range = proposals.get(first - 1..last).ok_or_else(|| wrong(part))?;
        for proposal in range {
            if !chosen.iter().any(|known: &&Proposal| std::ptr::eq(*known, proposal)) {
                chosen.push(proposal);
            }
        }
    }
    Ok(chosen)
}

fn show(board: &Board, proposals: &[Proposal], session: &Session, context: &mut Context) -> Done {
    let out = &mut context.out;
    let meeting = &board.meeting;
    let starts =
        meeting.get("starts_at").as_moment().map(|at| at.with_timezone(&Local).format("%a %Y-%m-%d %H:%M").to_string());
    out.heading(&format!("{} {}, {}", meeting.reference(), text::line(meeting.title()), starts.unwrap_or_default()))?;
    out.line(&format!("{}; {}.", meeting.text("status").unwrap_or_default(), board.room.quorum()))?;
    for (at, held) in board.items.iter().enumerate() {
        let item = &held.item;
        let part = if item.text("section") == Some(CONSENT) { "consent" } else { "" };
        let mark = if board.current == Some(at) { ">" } else { " " };
        let outcome = item.text("outcome").unwrap_or_default();
        out.styled(Style::Faint, &format!("{mark}{:>2}. ", at + 1))?;
        out.styled(Style::Strong, &format!("{}  ", item.reference()))?;
        let line = format!(
            "{:>3} min  {}  {}  {outcome}",
            item.number("planned").unwrap_or(0),
            text::pad(part, 7),
            text::line(item.title())
        );
        out.line(line.trim_end())?;
        for why in [item.text("reason"), item.text("outcome_note")].into_iter().flatten() {
            out.paragraph(10, &text::line(why))?;
        }
        if held.gone {
            out.paragraph(10, &format!("{} is not there any more.", item.text("subject").unwrap_or_default()))?;
        }
        for conflict in conflicts(&session.workspace, &session.policy, item.id())? {
            let how = match (conflict.recused, conflict.barred) {
                (true, _) => "recused",
                (false, true) => "may not decide it: recuse them, or let somebody else record it",
                (false, false) => "has a part in it",
            };
            out.paragraph(10, &format!("@{} ({}): {how}.", conflict.handle, text::line(&conflict.part)))?;
        }
    }
    let items: Vec<&Record> = board.items.iter().map(|held| &held.item).collect();
    let fit = fit(meeting, items.iter().copied());
    out.styled(if fit.over().is_some() { Style::Bad } else { Style::Plain }, &format!("{fit}."))?;
    out.line("")?;
    if board.items.is_empty() && proposals.is_empty() {
        note("Nothing stands on it; --propose lists what the records propose.");
    }
    for (at, proposal) in proposals.iter().enumerate() {
        let part = if proposal.consent { "consent" } else { "" };
        out.styled(Style::Faint, &format!("{:>3}. ", at + 1))?;
        out.line(&format!("{:>3} min  {}  {}", proposal.minutes, text::pad(part, 7), text::line(&proposal.title)))?;
        out.paragraph(10, &text::line(&proposal.reason))?;
    }
    Ok(())
}

fn as_json(board: &Board, proposals: &[Proposal], session: &Session) -> Done<Json> {
    let quorum = |quorum: &crate::record::meeting::quorum::Quorum| {
        json!({
            "met": quorum.is_met(), "members": quorum.members, "present": quorum.present, "needed": quorum.needed,
            "recused": quorum.recused, "missing": quorum.missing,
        })
    };
    let now = Utc::now();
    let mut items = Vec::new();
    for held in &board.items {
        let item = &held.item;
        let parts: Vec<Json> = conflicts(&session.workspace, &session.policy, item.id())?
            .iter()
            .map(|conflict| {
                json!({ "handle": conflict.handle, "part": conflict.part, "recused": conflict.recused, "barred": conflict.barred })
            })
            .collect();
        let decisions: Vec<&str> = held.decisions.iter().map(Record::reference).collect();
        items.push(json!({
            "ref": item.reference(), "title": item.title(), "section": item.text("section"), "about": item.text("subject"),
            "asks": item.text("asks"), "planned": item.number("planned"), "seconds": crate::meeting::seconds(item, now),
            "running": !item.get("running_since").is_empty(), "outcome": item.text("outcome"), "minutes": item.text("minutes"),
            "quorum": quorum(&held.quorum()), "conflicts": parts, "decisions": decisions, "gone": held.gone,
        }));
    }
    let records: Vec<&Record> = board.items.iter().map(|held| &held.item).collect();
    let fit = fit(&board.meeting, records);
    let proposals: Vec<Json> = proposals
        .iter()
        .map(|proposal| {
            json!({
                "source": proposal.source, "about": proposal.subject.as_ref().map(Record::reference),
                "title": proposal.title, "reason": proposal.reason, "asks": proposal.asks,
                "consent": proposal.consent, "planned": proposal.minutes,
            })
        })
        .collect();
    Ok(json!({
        "ref": board.meeting.reference(), "title": board.meeting.title(), "status": board.meeting.text("status"),
        "quorum": quorum(&board.room.quorum()), "current": board.at().map(|held| held.item.reference()), "items": items,
        "planned": fit.planned, "minutes": fit.minutes, "over": fit.over(), "proposals": proposals,
    }))
}

/// Tells what only a meeting has to tell: who is there, and whether they are enough.
pub fn tell(meeting: &Record, session: &Session, out: &mut Out) -> Done {
    let board = read(&session.workspace, meeting.id())?;
    labelled(out, "Quorum now", &board.room.quorum().to_string(), false)?;
    let records: Vec<&Record> = board.items.iter().map(|held| &held.item).collect();
    labelled(out, "Agenda", &format!("{}, {}", records.len(), fit(meeting, records)), false)
}
