//! What is asked in one line about alerts, incidents and signals. What is typed is kept as a draft, and dropped once it is
//! written: a refusal and a kill lose nothing of it.

use chrono::{Local, Utc};

use crate::record::alert::DISPOSITIONS;
use crate::record::incident::{Clock, MITIGATION};
use crate::record::{INCIDENT, PERSON, Record, SIGNAL, Value};
use crate::review::operations::take::{Taking, taking};
use crate::review::operations::{alert, incident, signal};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::{Choose, Take as TakeChoice, TakeRecord};
use crate::tui::app::layers::differs::Differs;
use crate::tui::app::layers::prompt::{Prompt, Take, Understand};
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::work::Slot;
use crate::tui::app::writes::{self, Submit};
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Change, Draft, Edit, Error, Receipt, Result, Workspace};

/// How a draft's key begins that belongs to one of these questions.
pub const KEY: &str = "watch";

/// All legal clocks of an incident.
const ALL_CLOCKS: &str = "";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An entry of a timeline.
    Note,
    /// What an authority was told, about a clock or about all.
    Report(String),
    /// Why an incident ends with a legal clock running.
    Unreported,
    /// What took the place of a temporary mitigation.
    End,
    /// What was done when an alert route was tried.
    Test,
    /// What was found about an alert.
    Close(&'static str),
}

impl What {
    /// The part of a draft's key that says which question it belongs to.
    fn key(&self) -> String {
        match self {
            Self::Note => "note".to_owned(),
            Self::Report(clock) => format!("report:{clock}"),
            Self::Unreported => "unreported".to_owned(),
            Self::End => "end".to_owned(),
            Self::Test => "test".to_owned(),
            Self::Close(disposition) => format!("close:{disposition}"),
        }
    }

    fn named(key: &str) -> Option<Self> {
        Some(match key {
            "note" => Self::Note,
            "unreported" => Self::Unreported,
            "end" => Self::End,
            "test" => Self::Test,
            _ => match key.split_once(':')? {
                ("report", clock) => Self::Report(clock.to_owned()),
                ("close", wanted) => Self::Close(DISPOSITIONS.iter().find(|known| **known == wanted)?),
                _ => return None,
            },
        })
    }

    /// The question, and what helps to answer it.
    fn words(&self, of: &str) -> (String, &'static str) {
        match self {
            Self::Note => (
                format!("What happened in {of}?"),
                "One line, with the time of now. Begin with 14:05 or 2026-11-28 14:05 for another time, with action:, \
                 decision: or communication: for what it is.",
            ),
            Self::Report(clock) => {
                let clock = if clock.is_empty() { String::new() } else { format!(" ({clock})") };
                (
                    format!("Whom was {of} reported to?{clock}"),
                    "Whom, by what way, under which number. Begin with a time where it was not now.",
                )
            }
            Self::Unreported => (
                format!("Why is {of} not reported?"),
                "It stands under “Why unreported” in the incident, and ends it with its legal clock running.",
            ),
            Self::End => (format!("What came after {of}?"), "What took its place: a fix, another measure, nothing."),
            Self::Test => (
                format!("How was the alert route of {of} tried?"),
                "What was done, who was reached, and after how long. It becomes evidence.",
            ),
            Self::Close(disposition) => (
                format!("{of}: {disposition}. What was found?"),
                "What was found, and what was done. Enter alone is fine.",
            ),
        }
    }
}

/// Asks a question about records, going on with what was typed before.
#[must_use]
pub fn ask(what: What, records: Vec<Record>) -> Option<Effect> {
    let key = format!("{KEY}/{}/{}", what.key(), records.first()?.reference());
    Some(Effect::Read(
        Slot::Newest("question", 0),
        Box::new(move |workspace, _| {
            let draft = workspace.draft(&key).ok().flatten();
            Some(Message::Push(question(&what, records, &key, draft.as_ref())))
        }),
    ))
}

/// Asks the question that a draft belongs to; nothing where it is none.
#[must_use]
pub fn reopen(draft: &Draft) -> Option<Effect> {
    let (what, reference) = draft.key.strip_prefix(KEY)?.strip_prefix('/')?.rsplit_once('/')?;
    let (what, reference, draft) = (What::named(what)?, reference.to_owned(), draft.clone());
    Some(Effect::Read(
        Slot::Newest("question", 0),
        Box::new(move |workspace, _| {
            Some(match workspace.find(&reference) {
                Ok(record) => Message::Push(question(&what, vec![record], &draft.key, Some(&draft))),
                Err(error) => Message::Failed(error),
            })
        }),
    ))
}

fn question(what: &What, records: Vec<Record>, key: &str, draft: Option<&Draft>) -> Boxed {
    let of = match records.as_slice() {
        [only] => only.reference().to_owned(),
        many => format!("{} alerts", many.len()),
    };
    let (title, help) = what.words(&of);
    let typed = draft.and_then(|draft| draft.body.get("text")).and_then(serde_json::Value::as_str).unwrap_or_default();
    let (wanted, kept) = (what.clone(), key.to_owned());
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() && !matches!(wanted, What::Close(_)) {
            return Err("Say it in a few words; it stands in the record.".to_owned());
        }
        Ok(vec![Message::Ask(vec![write(&wanted, &records, text, kept.clone(), ctx)])])
    });
    let mut prompt = Prompt::new(&title, help, take).kept(key, &title).starting(typed);
    if matches!(what, What::Note | What::Report(_)) {
        let reports = matches!(what, What::Report(_));
        let understand: Understand = Box::new(move |text, _| {
            let line = incident::line(text, Local::now());
            let at = line.at.map_or_else(|| "now".to_owned(), super::reading::at);
            let kind = if reports { crate::record::incident::REPORT } else { line.kind };
            Ok(format!("{kind}, {at}: {}", line.text))
        });
        prompt = prompt.understanding(understand);
    }
    Box::new(prompt)
}

/// Writes what was answered, and drops the draft.
fn write(what: &What, records: &[Record], text: &str, key: String, ctx: &Ctx) -> Effect {
    let (what, records, text, me) = (what.clone(), records.to_vec(), text.to_owned(), ctx.me.id.clone());
    let today = ctx.today;
    writes::write(Purpose::Other, move |workspace| {
        let (edits, called) = edits(workspace, &what, &records, &text, &me, today)?;
        let mut change = Change::by(&me, edits);
        if let Some(called) = called {
            change = change.called(called);
        }
        let receipt = workspace.write(change)?;
        workspace.drop_draft(&key)?;
        Ok(receipt)
    })
}

fn edits(
    workspace: &Workspace,
    what: &What,
    records: &[Record],
    text: &str,
    me: &str,
    today: chrono::NaiveDate,
) -> Result<(Vec<Edit>, Option<String>)> {
    let now = Utc::now();
    let Some(first) = records.first() else { return Ok((Vec::new(), None)) };
    // What was read a while ago may have changed since: the answer is about the record as it is now.
    let fresh = |kind| workspace.get(kind, first.id());
    Ok(match what {
        What::Note => {
            let line = incident::line(text, Local::now());
            let at = line.at.map_or(Value::Empty, Value::Moment);
            (vec![incident::entry(first.id(), line.kind, &line.text, at, now)], None)
        }
        What::Report(clock) => {
            let line = incident::line(text, Local::now());
            let clock = if clock.is_empty() { Value::Empty } else { Value::text(clock.as_str()) };
            let at = line.at.map_or(Value::Empty, Value::Moment);
            (vec![incident::reported(first, &line.text, clock, at, now)], None)
        }
        What::Unreported => {
            let of = fresh(&INCIDENT)?;
            let fields = vec![("status", "resolved".into()), ("clock_note", Value::text(text))];
            (vec![Edit::Set { kind: &INCIDENT, id: of.id().to_owned(), version: Some(of.version()), fields }], None)
        }
        What::End => (vec![incident::ended(&fresh(&MITIGATION)?, text, now)], None),
        What::Test => {
            let of = fresh(&SIGNAL)?;
            if let Some(why) = signal::why_no_test(&of) {
                return Err(Error::Unresolved(format!("{why}; e sets its field “Alert route”.")));
            }
            let by = workspace.get(&PERSON, me)?;
            let proof = signal::log(&of, text, (by.title(), by.text("handle").unwrap_or_default()), now);
            let called = format!("{}: alert route tried", of.reference());
            (signal::tested(&of, proof, text, now, today), Some(called))
        }
        What::Close(disposition) => {
            let note = Some(text).filter(|text| !text.is_empty());
            (set_all(records, &alert::closed(disposition, note)), None)
        }
    })
}

/// The edits that set the same fields of several records.
fn set_all(records: &[Record], fields: &[(&'static str, Value)]) -> Vec<Edit> {
    records
        .iter()
        .map(|record| Edit::Set {
            kind: record.kind(),
            id: record.id().to_owned(),
            version: Some(record.version()),
            fields: fields.to_vec(),
        })
        .collect()
}

fn write_all(records: Vec<Record>, fields: Vec<(&'static str, Value)>, ctx: &Ctx) -> Effect {
    let me = ctx.me.id.clone();
    writes::write(Purpose::Other, move |workspace: &mut Workspace| -> Result<Receipt> {
        workspace.write(Change::by(&me, set_all(&records, &fields)))
    })
}

/// Takes alerts up.
#[must_use]
pub fn acknowledge(alerts: Vec<Record>, ctx: &Ctx) -> Effect {
    write_all(alerts, alert::acknowledged(Utc::now()), ctx)
}

/// Chooses who looks into alerts, or who leads the response to incidents.
#[must_use]
pub fn who(records: Vec<Record>) -> Option<(Boxed, Vec<Effect>)> {
    let (field, question) = match records.first()?.kind() {
        kind if kind == &INCIDENT => ("commander", "Who leads the response?"),
        _ => ("routed_to", "Who looks into it?"),
    };
    let take: TakeRecord = Box::new(move |who, ctx| {
        let records: Vec<&Record> = records.iter().collect();
        let submit = Submit::set(&records, vec![(field, who.to_owned())]);
        vec![Message::Ask(submit.map(|submit| submit.effect(ctx)).into_iter().collect())]
    });
    let (layer, effects) = Choose::records(question, &PERSON, take);
    Some((Box::new(layer), effects))
}

/// Chooses what alerts turned out to be; then asks what was found.
#[must_use]
pub fn dispose(alerts: Vec<Record>) -> Boxed {
    let about = |disposition: &str| match disposition {
        "confirmed" => "it was right, and dealt with without an incident",
        "false alarm" => "there was nothing",
        "expected" => "there was something, and it was to be expected",
        "duplicate" => "another alert says the same",
        _ => "an incident deals with it; E opens one from the alert",
    };
    let choices = DISPOSITIONS.iter().map(|one| Choice::new(*one).about(about(one))).collect();
    let title = match alerts.as_slice() {
        [only] => format!("What was {}?", only.reference()),
        many => format!("What were these {} alerts?", many.len()),
    };
    let take: TakeChoice = Box::new(move |places, _, _| {
        let chosen = places.first().and_then(|at| DISPOSITIONS.get(*at)).copied();
        let effect = chosen.and_then(|chosen| ask(What::Close(chosen), alerts.clone()));
        vec![Message::Ask(effect.into_iter().collect())]
    });
    Box::new(Choose::new(Picker::new(title, choices), take))
}

/// Asks what an authority was told; of several running clocks, about which.
#[must_use]
pub fn report(of: &Record) -> Effect {
    let of = of.clone();
    Effect::Read(
        Slot::Newest("question", 0),
        Box::new(move |workspace, _| {
            let clocks = match incident::whole(workspace, of.clone()) {
                Ok(whole) => whole.clocks,
                Err(error) => return Some(Message::Failed(error)),
            };
            let running: Vec<Clock> = clocks.into_iter().filter(Clock::runs).collect();
            match running.as_slice() {
                [] => Some(Message::Complain(format!(
                    "{} has no legal clock that runs; e sets its “Legal clocks”.",
                    of.reference()
                ))),
                [_] => Some(Message::Ask(ask(What::Report(ALL_CLOCKS.to_owned()), vec![of]).into_iter().collect())),
                _ => Some(Message::Push(which_clock(of, running))),
            }
        }),
    )
}

fn which_clock(of: Record, running: Vec<Clock>) -> Boxed {
    let all = Choice::new("All of them").about("one report for every clock that runs");
    let one = |clock: &Clock| Choice::new(clock.name.clone()).about(format!("due {}", clock.due_on));
    let choices = std::iter::once(all).chain(running.iter().map(one)).collect();
    let take: TakeChoice = Box::new(move |places, _, _| {
        let Some(at) = places.first() else { return Vec::new() };
        let clock = at.checked_sub(1).and_then(|at| running.get(at)).map_or(ALL_CLOCKS, |clock| clock.name.as_str());
        vec![Message::Ask(ask(What::Report(clock.to_owned()), vec![of.clone()]).into_iter().collect())]
    });
    Box::new(Choose::new(Picker::new("Which legal clock does the report stop?", choices), take))
}

/// What comes before an incident may stand so: a report or a reason while a legal clock runs, what was learnt where that
/// is missing. Nothing where it just may.
#[must_use]
pub fn ending(records: &[Record], status: &str, ctx: &Ctx) -> Option<Vec<Message>> {
    let [of] = records else { return None };
    if of.kind() != &INCIDENT || !matches!(status, "resolved" | "reviewed") {
        return None;
    }
    let due = of.get("report_due_on").as_day().filter(|_| of.get("clock_note").is_empty());
    if let Some(due) = due.filter(|_| !crate::record::incident::is_over(of)) {
        let choices = vec![
            Choice::new("Record the report to the authority").about("it stops the clock; then resolve it"),
            Choice::new("Say why none is made").about("under “Why unreported”"),
        ];
        let title = format!("{}: a report is due by {due}", of.reference());
        let of = of.clone();
        let take: TakeChoice = Box::new(move |places, _, _| match places.first() {
            Some(0) => vec![Message::Ask(vec![report(&of)])],
            Some(1) => vec![Message::Ask(ask(What::Unreported, vec![of.clone()]).into_iter().collect())],
            _ => Vec::new(),
        });
        return Some(vec![Message::Push(Box::new(Choose::new(Picker::new(title, choices), take)))]);
    }
    let unlearnt = status == "reviewed" && of.get("root_cause").is_empty();
    unlearnt.then(|| super::forms::learn(of, ctx))
}

/// Shows what the items that incidents propose would change of the checklists, and asks whether to take them in; of one
/// incident, or of all. Who may not decide it can recommend it.
#[must_use]
pub fn take_learnt(of: Option<Record>, ctx: &Ctx) -> Effect {
    let (policy, policies, me) = (ctx.policy.clone(), ctx.policies.clone(), ctx.me.id.clone());
    Effect::Read(
        Slot::Newest("content", 0),
        Box::new(move |workspace, _| {
            let found = match taking(workspace, &policy, &*policies, of.as_ref()) {
                Err(Error::Cancelled) => return None,
                Err(error) => return Some(Message::Failed(error)),
                Ok(None) => {
                    let from = of.map_or_else(|| "No incident".to_owned(), |of| of.reference().to_owned());
                    let words = format!("{from} proposes no item that its checklist does not have");
                    return Some(Message::Say(words.replace("No incident proposes no", "No incident proposes an")));
                }
                Ok(Some(found)) => found,
            };
            let refusal = found.may(workspace, &me).err().map(|error| error.to_string());
            let question = match &refusal {
                None => {
                    "Take these items into the workspace's checklists? It is a decision; a yes asks why.".to_owned()
                }
                Some(why) => format!("{why} Recommend it?"),
            };
            let told = found.told();
            let yes = Message::Push(why_taken(found, refusal.is_some()));
            let layer = Differs::new("What incidents propose".to_owned(), question, told, yes);
            Some(Message::Push(Box::new(layer)))
        }),
    )
}

/// Asks why what is proposed is taken in, and does it; or recommends it.
fn why_taken(found: Taking, recommends: bool) -> Boxed {
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Say why it is decided so.".to_owned());
        }
        let (found, me, why) = (found.clone(), ctx.me.id.clone(), text.to_owned());
        Ok(vec![Message::Ask(vec![writes::write(Purpose::Other, move |workspace| {
            let change = if recommends {
                found.recommendation(workspace, &me, &why, Utc::now())?
            } else {
                found.change(workspace, &me, &why, Utc::now())?
            };
            workspace.write(change)
        })])])
    });
    let title = if recommends { "Why do you recommend it?" } else { "Why are they taken in?" };
    let help = "The reason stands with the decision. Checklists in work stay as they are until “Renew checklist”.";
    Box::new(Prompt::new(title, help, take))
}
