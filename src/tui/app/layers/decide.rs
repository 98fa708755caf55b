//! Deciding on the screens: what can be decided about the record at hand; whether this person may, asked before anything is
//! typed; then the reason, and what else the decision needs.

use super::choose::{Choose, Take};
use super::prompt::{Prompt, Take as TakeText};
use crate::record::decision::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DEFER, REJECT, TIER, WAIVER};
use crate::record::review::TIERS;
use crate::record::{DECISION, Kind, Record, parse};
use crate::review::decide::{self, Ask, Condition, basis};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::Offline;
use crate::tui::app::message::{Boxed, Effect, Message, Purpose};
use crate::tui::app::work::Slot;
use crate::tui::app::writes;
use crate::tui::widgets::picker::{Choice, Picker};

/// What can be decided about a record of a kind: the kind of decision, what people read, and what it does.
fn choices(kind: Kind) -> Vec<(&'static str, &'static str, &'static str)> {
    match kind.name {
        "review" => vec![
            (APPROVE, "Approve", "it may launch"),
            (APPROVE_WITH_CONDITIONS, "Approve with conditions", "each becomes an action that the launch waits for"),
            (REJECT, "Reject", "it may not launch"),
            (DEFER, "Defer", "not decided yet, on purpose"),
            (TIER, "Decide the tier", "how much scrutiny it gets"),
        ],
        "checklist_item" => vec![(WAIVER, "Waive", "let it pass for a while, with something else in its place")],
        "risk" => vec![(ACCEPTANCE, "Accept", "for a while, as it remains")],
        _ => Vec::new(),
    }
}

/// Whether something can be decided about records of this kind.
#[must_use]
pub fn is_about(kind: Kind) -> bool {
    !choices(kind).is_empty()
}

/// Chooses what to decide about a record; goes straight on where there is one thing only.
#[must_use]
pub fn menu(record: &Record, ctx: &Ctx) -> (Option<Boxed>, Vec<Effect>) {
    let all = choices(record.kind());
    if let [(kind, ..)] = all.as_slice() {
        return (None, vec![begin(Ask::new(kind, Some(record), ""), ctx)]);
    }
    let picker = Picker::new(
        format!("Decide about {} {}", record.reference(), crate::text::fit(record.title(), 48)),
        all.iter().map(|(_, title, about)| Choice::new(*title).about(*about)).collect(),
    );
    let record = record.clone();
    let take: Take = Box::new(move |places, _, ctx| match places.first().and_then(|at| all.get(*at)) {
        Some((TIER, ..)) => vec![Message::Push(tier(&record))],
        Some((kind, ..)) => vec![Message::Ask(vec![begin(Ask::new(kind, Some(&record), ""), ctx)])],
        None => Vec::new(),
    });
    (Some(Box::new(Choose::new(picker, take))), Vec::new())
}

/// Chooses the tier of a review.
#[must_use]
pub fn tier(review: &Record) -> Boxed {
    let at =
        TIERS.iter().position(|tier| review.text("tier").or(review.text("proposed_tier")) == Some(tier)).unwrap_or(1);
    let about = [
        "no harm to speak of",
        "small, reversible harm",
        "harm that matters to some people",
        "rights, safety or livelihoods",
        "must not be built",
    ];
    let proposed = |tier: &str| if review.text("proposed_tier") == Some(tier) { "proposed" } else { "" };
    let choices = TIERS
        .iter()
        .zip(about)
        .map(|(tier, about)| Choice { tail: proposed(tier).to_owned(), ..Choice::new(*tier).about(about) })
        .collect();
    let record = review.clone();
    let take: Take = Box::new(move |places, _, ctx| match places.first().and_then(|at| TIERS.get(*at)) {
        Some(tier) => vec![Message::Ask(vec![begin(Ask::tier(&record, tier, ""), ctx)])],
        None => Vec::new(),
    });
    Box::new(Choose::new(Picker::new(format!("Tier of {}", review.reference()), choices).at(at), take))
}

/// Asks, off the drawing thread, whether this person may, and what the decision would rest on; then for the reason.
#[must_use]
pub fn begin(ask: Ask, ctx: &Ctx) -> Effect {
    let (me, today) = (ctx.me.id.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("decide", 0),
        Box::new(move |workspace, _| {
            let refused = decide::may(workspace, &ask, &me, chrono::Utc::now()).err();
            let ask = Ask { recommend: refused.is_some(), ..ask };
            let seen = Some(basis(workspace, &ask, today));
            Some(Message::Push(reason(Ask { seen, ..ask }, refused.map(|refusal| refusal.to_string()))))
        }),
    )
}

/// Asks for the rationale: of the decision, or of what is recommended by who may not decide.
fn reason(ask: Ask, refused: Option<String>) -> Boxed {
    let what = decide::in_words(&Ask { recommend: false, ..ask.clone() });
    let (title, help) = match refused {
        None => (
            format!("Why? {what}"),
            "The rationale, kept with the decision and a snapshot of what it rests on.".to_owned(),
        ),
        Some(refusal) => {
            (format!("You may only recommend: {what}"), format!("{refusal} Say why you recommend it, or Esc."))
        }
    };
    let take: TakeText = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Say why: an auditor will ask.".to_owned());
        }
        Ok(further(Ask { rationale: text.to_owned(), ..ask.clone() }, ctx))
    });
    Box::new(Prompt::new(&title, &help, take))
}

/// Asks for what is still missing; makes the decision when nothing is.
fn further(ask: Ask, ctx: &Ctx) -> Vec<Message> {
    if ask.kind == APPROVE_WITH_CONDITIONS && ask.conditions.is_empty() {
        return vec![Message::Push(conditions(ask))];
    }
    if ask.kind == WAIVER && ask.control.is_empty() {
        return vec![Message::Push(control(ask))];
    }
    if decide::needs_end(ask.kind) && ask.expires_on.is_none() {
        return vec![Message::Push(end(ask))];
    }
    vec![Message::Ask(vec![writes::decide(ask, Purpose::Other, ctx)])]
}

fn control(ask: Ask) -> Boxed {
    let take: TakeText = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Say what stands in its place.".to_owned());
        }
        Ok(further(Ask { control: text.to_owned(), ..ask.clone() }, ctx))
    });
    Box::new(Prompt::new("What protects people meanwhile?", "The compensating control, while the waiver lasts.", take))
}

fn end(ask: Ask) -> Boxed {
    let read = |text: &str, ctx: &Ctx| -> Result<chrono::NaiveDate, String> {
        let field = DECISION.field("expires_on").ok_or("There is no such field.")?;
        let value = parse(field, text, ctx.today, ctx.terms(), &Offline(&[])).map_err(|problem| problem.message)?;
        value
            .as_day()
            .filter(|day| *day >= ctx.today)
            .ok_or_else(|| "Say a day that is not over, such as +60d.".to_owned())
    };
    let kind = ask.kind;
    let take: TakeText = Box::new(move |text, ctx| {
        let day = read(text, ctx)?;
        if let Some(most) = ctx.terms().most_days(kind)
            && (day - ctx.today).num_days() > i64::from(most)
        {
            return Err(format!("Policy lets a {kind} last {most} days at most."));
        }
        Ok(further(Ask { expires_on: Some(day), ..ask.clone() }, ctx))
    });
    let understand = Box::new(move |text: &str, ctx: &Ctx| {
        read(text, ctx).map(|day| format!("{}: {}", day, crate::record::when::distance(day, ctx.today)))
    });
    Box::new(
        Prompt::new("Until when?", "The last day on which it holds, such as +60d or 31 dec.", take)
            .suggesting("+60d")
            .understanding(understand),
    )
}

fn conditions(ask: Ask) -> Boxed {
    let take: TakeText = Box::new(move |text, ctx| {
        let conditions: Vec<Condition> = text
            .split(';')
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| Condition { text: text.to_owned(), ..Condition::default() })
            .collect();
        if conditions.is_empty() {
            return Err("Say at least one condition.".to_owned());
        }
        Ok(further(Ask { conditions, ..ask.clone() }, ctx))
    });
    let help = "One or several, parted by semicolons. Each becomes an action that blocks the launch; give it an owner and a \
                date there.";
    Box::new(Prompt::new("On which conditions?", help, take))
}
