//! Deciding on the screens: what can be decided about the record at hand, and whether this person may, asked before anything
//! is typed. The reason and what else the decision needs is typed in [`super::deciding`].

use chrono::NaiveDate;

use super::choose::{Choose, Take};
use super::deciding::Deciding;
use crate::record::decision::{ACCEPTANCE, APPROVE, APPROVE_WITH_CONDITIONS, DEFER, REJECT, TIER, WAIVER};
use crate::record::meeting::quorum;
use crate::record::review::TIERS;
use crate::record::{AGENDA_ITEM, Kind, MEETING, PERSON, Record};
use crate::review::decide::{self, Ask, basis};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Boxed, Effect, Message};
use crate::tui::app::work::Slot;
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Direction, Label, Query, Workspace};

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

/// Asks, off the drawing thread, whether this person may, and what the decision would rest on; then opens its form.
#[must_use]
pub fn begin(ask: Ask, ctx: &Ctx) -> Effect {
    let (me, today) = (ctx.me.id.clone(), ctx.today);
    Effect::Read(Slot::Newest("decide", 0), Box::new(move |workspace, _| form(workspace, ask, &me, today)))
}

/// The form of a decision, or of a recommendation that says why this person may not decide.
pub fn form(workspace: &Workspace, ask: Ask, me: &str, today: NaiveDate) -> Option<Message> {
    let people = workspace.page(&Query::all(&PERSON), None, Direction::After, 200).ok()?;
    let people = people.rows.iter().map(|row| Label::of(&row.record)).collect();
    let (ask, refused) = looked_at(workspace, ask, me, today);
    let form = Deciding::new(ask, refused, people).as_proposed();
    let draft = workspace.draft(&form.draft_key()).ok().flatten();
    Some(Message::Push(Box::new(form.going_on(draft, me))))
}

/// What is asked, with what it would rest on now; only recommended where this person may not decide, and why not.
fn looked_at(workspace: &Workspace, ask: Ask, me: &str, today: NaiveDate) -> (Ask, Option<String>) {
    let refused = decide::may(workspace, &ask, me, chrono::Utc::now()).err().map(|refusal| refusal.to_string());
    let refused = refused.or_else(|| no_quorum(workspace, &ask));
    let ask = Ask { recommend: refused.is_some(), ..ask };
    let seen = Some(basis(workspace, &ask, today));
    (Ask { seen, ..ask }, refused)
}

/// That there is no quorum for the item under which something is decided, where that is so.
fn no_quorum(workspace: &Workspace, ask: &Ask) -> Option<String> {
    let (_, item) = ask.meeting.as_ref()?;
    let item = workspace.get(&AGENDA_ITEM, item).ok()?;
    let meeting = workspace.get(&MEETING, item.text("meeting")?).ok()?;
    let quorum = quorum::Room::of(&meeting, Some(&item), &workspace.look()).quorum();
    (!quorum.is_met()).then(|| format!("There is {quorum}."))
}

/// The same after something that it rests on was changed by somebody else: what it would rest on now.
#[must_use]
pub fn look_again(ask: Ask, ctx: &Ctx) -> Effect {
    let (me, today) = (ctx.me.id.clone(), ctx.today);
    Effect::Read(
        Slot::Newest("decide", 0),
        Box::new(move |workspace, _| {
            let subject = match ask.subject.as_ref().map(|subject| workspace.get(subject.kind(), subject.id())) {
                Some(Err(error)) => return Some(Message::Failed(error)),
                subject => subject.and_then(Result::ok),
            };
            let (ask, refused) = looked_at(workspace, Ask { subject, ..ask }, &me, today);
            Some(Message::LookedAgain(Box::new(ask), refused))
        }),
    )
}
