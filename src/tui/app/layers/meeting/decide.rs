//! What the room decides about an item: one key says what, the form says why, and Enter records it.

use chrono::Utc;

use super::keyed::{Key, Keyed, Take};
use super::step;
use crate::meeting::{self, Board, Held, minutes};
use crate::record::decision::{
    ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DEFER, METRIC, POLICY_CHANGE, REJECT, STATEMENT, TIER, WAIVER,
};
use crate::record::meeting::{APPROVE_MINUTES, DISCUSSED, NOTED, WITHDRAWN};
use crate::record::review::TIERS;
use crate::record::{AGENDA_ITEM, MEETING, Record};
use crate::review::decide::Ask;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::decide::form;
use crate::tui::app::layers::prompt::{Prompt, Take as TakeText};
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::work::Slot;

/// What a line of the menu does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    /// A decision of a kind.
    Decide(&'static str),
    /// Another tier than the one that is proposed.
    Tiers,
    /// The minutes of an earlier meeting are approved.
    Minutes,
    /// It ends without a decision.
    Finish(&'static str),
    /// It goes to the next meeting.
    Carry,
}

type Line = (Does, char, &'static str, &'static str);

const LAUNCH: &[Line] = &[
    (Does::Decide(APPROVE), 'a', "Approve", "it may launch"),
    (
        Does::Decide(APPROVE_WITH_CONDITIONS),
        'c',
        "Approve with conditions",
        "each becomes an action the launch waits for",
    ),
    (Does::Decide(REJECT), 'r', "Reject", "it may not launch"),
    (Does::Decide(DEFER), 'f', "Defer", "not decided yet, on purpose; goes to the next meeting"),
];

const WITHOUT: &[Line] = &[
    (Does::Finish(NOTED), 'n', "Taken note of", "nothing is decided"),
    (Does::Finish(DISCUSSED), 's', "Discussed", "nothing is decided"),
    (Does::Carry, 'o', "Carry over", "to the next meeting"),
    (Does::Finish(WITHDRAWN), 'w', "Take off the agenda", "with the reason"),
];

/// What can be decided about an item, and which line is what it asks for.
fn lines(held: &Held) -> (Vec<Line>, usize) {
    let asks = held.item.text("asks").unwrap_or_default();
    let kind = held.subject.as_ref().map(|subject| subject.kind().name);
    let mut all: Vec<Line> = Vec::new();
    match (kind, asks) {
        (Some("document"), APPROVE_MINUTES) => {
            all.push((Does::Minutes, 'a', "Approve the minutes", "with the quorum that there is"));
        }
        (Some("review"), _) => {
            if asks == TIER {
                all.push((Does::Decide(TIER), 't', "The tier as proposed", "how much scrutiny it gets"));
                all.push((Does::Tiers, '5', "Another tier", "one of five"));
            }
            all.extend(LAUNCH);
        }
        (Some("risk"), _) => all.push((Does::Decide(ACCEPTANCE), 'a', "Accept the risk", "for a while, as it remains")),
        (Some("checklist_item"), _) => {
            all.push((Does::Decide(WAIVER), 'a', "Waive", "let it pass for a while, with something in its place"));
        }
        (_, METRIC) => all.push((Does::Decide(METRIC), 'a', "Decide the metric", "as proposed")),
        (_, STATEMENT) => all.push((Does::Decide(STATEMENT), 'a', "Agree to the statement", "as proposed")),
        (_, POLICY_CHANGE) => all.push((Does::Decide(POLICY_CHANGE), 'a', "Change the policy", "as proposed")),
        _ => {}
    }
    all.extend(WITHOUT);
    let voted = held.motions.iter().rev().find_map(|motion| motion.text("proposes"));
    let wanted = voted.unwrap_or(asks);
    let at = all.iter().position(|(does, ..)| matches!(does, Does::Decide(kind) if *kind == wanted)).unwrap_or(0);
    (all, at)
}

/// Chooses what is decided about the item that the room is at.
#[must_use]
pub fn decide(board: &Board, held: &Held) -> Boxed {
    let (lines, at) = lines(held);
    let keys = lines.iter().map(|(_, letter, label, about)| Key::new(*letter, *label, *about)).collect();
    let quorum = held.quorum();
    let decides = lines.iter().any(|(does, ..)| matches!(does, Does::Decide(_) | Does::Minutes));
    let notice = (decides && !quorum.is_met())
        .then(|| format!("There is {quorum}. What is decided now is recorded as a recommendation; o carries it over."));
    let (item, reference) = (held.item.clone(), board.meeting.reference().to_owned());
    let take: Take = Box::new(move |at, ctx| match lines.get(at) {
        Some((does, ..)) => begin(*does, &item, &reference, ctx),
        None => Vec::new(),
    });
    let title = format!("{}: {}", held.item.reference(), crate::text::fit(held.item.title(), 56));
    Box::new(Keyed::new(title, keys, take).at(at).warning(notice))
}

fn begin(does: Does, item: &Record, meeting: &str, ctx: &Ctx) -> Vec<Message> {
    let id = item.id().to_owned();
    let ask = |effect: Effect| vec![Message::Ask(vec![effect])];
    match does {
        Does::Decide(kind) => ask(finish(&id, kind, None, ctx)),
        Does::Minutes => ask(step(ctx, Purpose::Other, move |workspace, _| minutes::approve(workspace, &id))),
        Does::Finish(WITHDRAWN) => {
            vec![Message::Push(why(&format!("Why is {} taken off?", item.reference()), move |why, ctx| {
                let (id, why) = (id.clone(), why.to_owned());
                step(ctx, Purpose::Other, move |workspace, _| meeting::finish(workspace, &id, WITHDRAWN, &why))
            }))]
        }
        Does::Finish(outcome) => {
            ask(step(ctx, Purpose::Other, move |workspace, _| meeting::finish(workspace, &id, outcome, "")))
        }
        Does::Carry => vec![Message::Push(why(
            &format!("Why is {} carried over from {meeting}?", item.reference()),
            move |why, ctx| {
                let (id, why) = (id.clone(), why.to_owned());
                step(ctx, Purpose::Other, move |workspace, at| meeting::carry(workspace, &id, &why, at))
            },
        ))],
        Does::Tiers => {
            let keys = TIERS.iter().zip("12345".chars()).map(|(tier, digit)| Key::new(digit, *tier, "")).collect();
            let take: Take = Box::new(move |at, ctx| match TIERS.get(at) {
                Some(tier) => vec![Message::Ask(vec![finish(&id, TIER, Some(tier), ctx)])],
                None => Vec::new(),
            });
            vec![Message::Push(Box::new(Keyed::new("Which tier?", keys, take)))]
        }
    }
}

fn why(title: &str, make: impl Fn(&str, &Ctx) -> Effect + Send + 'static) -> Boxed {
    let take: TakeText = Box::new(move |why, ctx| Ok(vec![Message::Ask(vec![make(why, ctx)])]));
    Box::new(Prompt::new(title, "In a few words; it stands in the minutes. Enter alone is enough.", take))
}

/// Opens the form of a decision under an item, filled as far as the agenda says it: of what is proposed nothing need be typed.
#[must_use]
pub fn finish(item: &str, kind: &'static str, outcome: Option<&str>, ctx: &Ctx) -> Effect {
    let (item, outcome) = (item.to_owned(), outcome.map(str::to_owned));
    let (me, today) = (ctx.me.id.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("decide", 0),
        Box::new(move |workspace, _| {
            let read = || {
                let item = workspace.get(&AGENDA_ITEM, &item)?;
                let meeting = workspace.get(&MEETING, item.text("meeting").unwrap_or_default())?;
                let subject = match item.text("subject") {
                    Some(reference) => Some(workspace.find(reference)?),
                    None => None,
                };
                Ok((item, meeting, subject))
            };
            let (item, meeting, subject) = match read() {
                Ok(read) => read,
                Err(error) => return Some(Message::Failed(error)),
            };
            let mut ask = ask(&item, &meeting, subject.as_ref(), kind);
            ask.outcome = outcome.unwrap_or(ask.outcome);
            form(workspace, ask, &me, today)
        }),
    )
}

/// What is asked where the room decides so about an item.
fn ask(item: &Record, meeting: &Record, subject: Option<&Record>, kind: &'static str) -> Ask {
    let reference = meeting.reference();
    let said = |field: &str| item.text(field).map(str::to_owned);
    let is_asked = item.text("asks") == Some(kind);
    let rationale = match kind {
        DEFER => format!("Not decided in {reference}; it goes to the next meeting."),
        _ => said("proposal").filter(|_| is_asked).or_else(|| said("minutes")).unwrap_or_else(|| {
            format!("Decided in {reference}, {}, on the case as it was presented.", item.reference())
        }),
    };
    let proposed = subject.and_then(|subject| subject.text("proposed_tier")).filter(|_| kind == TIER);
    let outcome = said("proposed").filter(|_| is_asked).or_else(|| proposed.map(str::to_owned)).unwrap_or_default();
    Ask {
        outcome,
        control: said("control").unwrap_or_default(),
        expires_on: item.get("until").as_day().filter(|day| *day >= Utc::now().date_naive()),
        meeting: Some((reference.to_owned(), item.id().to_owned())),
        ..Ask::new(kind, subject, &rationale)
    }
}
