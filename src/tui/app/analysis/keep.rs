//! What becomes of an analysis: it is attached to a review, written about, and turned into a risk.

use chrono::Utc;

use super::screen::{Analysis, Item};
use super::{Said, TOOL};
use crate::record::{ANALYSIS, REVIEW, RISK, Record};
use crate::review::analysis::{Attach, Judged, Typed, attach, from_group, risk_fields, thresholds, words};
use crate::slices::search::SliceFound;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::{Choose, TakeRecord};
use crate::tui::app::layers::prompt::{Prompt, Take};
use crate::tui::app::message::{Effect, Message, Purpose};
use crate::tui::app::work::Slot;
use crate::tui::app::writes;
use crate::tui::layer::Outcome;
use crate::workspace::{Change, Receipt};

type Done = Outcome<Ctx, Message>;

fn say(message: Message) -> Done {
    Outcome::Say(vec![message])
}

fn refuse(why: &str) -> Done {
    say(Message::Complain(why.to_owned()))
}

fn read_only(ctx: &Ctx) -> Option<Done> {
    ctx.read_only.then(|| refuse("The workspace is read-only; nothing can be changed here."))
}

/// Attaches the analysis to its review, after asking what it does not show.
pub fn ask(analysis: &Analysis, ctx: &Ctx) -> Done {
    if let Some(refused) = read_only(ctx) {
        return refused;
    }
    if let Some(run) = &analysis.opened.run {
        return refuse(&format!("It is {} already; `w` writes its limitations.", run.reference()));
    }
    let Some(review) = analysis.opened.review.clone() else { return choose_review(ctx) };
    let report = analysis.opened.report.clone();
    let take: Take = Box::new(move |text, ctx| {
        let (report, review, limitations) = (report.clone(), review.clone(), text.to_owned());
        let (me, policy) = (ctx.me.id.clone(), ctx.policy.clone());
        let effect = writes::write(Purpose::Other, move |workspace| {
            let ask = Attach {
                report: &report,
                review: &review,
                title: String::new(),
                limitations,
                model_version: String::new(),
                replaces: None,
            };
            let attached = attach(workspace, &policy, &ask, Utc::now())?;
            let what = match &attached.replaced {
                Some(old) => format!(
                    "{}: analysis attached, {}; {} is stale",
                    review.reference(),
                    attached.verdict.word(),
                    old.reference()
                ),
                None => format!("{}: analysis attached, {}", review.reference(), attached.verdict.word()),
            };
            workspace.write(Change::by(&me, attached.edits).called(what))
        });
        Ok(vec![Message::Analysis(Said::Limitations(text.to_owned())), Message::Ask(vec![effect])])
    });
    let review = analysis.opened.review.as_ref();
    let title = format!("Attach to {}: its limitations", review.map(Record::reference).unwrap_or_default());
    let help = "What it does not show: who is missing, what is too small to tell, how old the data is, what was not measured. \
                May be written later; without it nobody can accept the analysis as evidence.";
    let prompt = Prompt::new(&title, help, take).starting(&analysis.limitations);
    say(Message::Push(Box::new(prompt)))
}

/// Chooses the review that the analysis is for.
pub fn choose_review(_: &Ctx) -> Done {
    let take: TakeRecord = Box::new(|text, ctx| {
        let (name, policy) = (text.to_owned(), ctx.policy.clone());
        let effect = Effect::Read(
            Slot::Newest("analysis-for", 0),
            Box::new(move |workspace, _| {
                let found = workspace.find(&name).and_then(|review| {
                    let review = if review.kind() == &REVIEW { review } else { workspace.get(&REVIEW, review.id())? };
                    let limits = thresholds(workspace, &policy, &review)?;
                    Ok(Box::new((review, limits)))
                });
                Some(Message::Analysis(Said::For(found.map_err(|error| error.to_string()))))
            }),
        );
        vec![Message::Ask(vec![effect])]
    });
    let (layer, effects) = Choose::records("The review that this is for", &REVIEW, take);
    Outcome::Say(vec![Message::Push(Box::new(layer)), Message::Ask(effects)])
}

/// Writes a long text of the run: in its form where it is kept, in a line where it is not.
pub fn write(analysis: &Analysis, field: &'static str, ctx: &Ctx) -> Done {
    if let Some(refused) = read_only(ctx) {
        return refused;
    }
    match &analysis.opened.run {
        Some(run) => say(Message::EditAt(run.clone(), std::collections::HashMap::new(), field)),
        None if field == "limitations" => {
            let take: Take = Box::new(|text, _| Ok(vec![Message::Analysis(Said::Limitations(text.to_owned()))]));
            let help = "What it does not show: who is missing, what is too small to tell, how old the data is, what was not \
                        measured.";
            let prompt = Prompt::new("Limitations", help, take).starting(&analysis.limitations);
            say(Message::Push(Box::new(prompt)))
        }
        None => refuse("Attach it first: an explanation belongs to a run that is kept."),
    }
}

/// Opens the record of the run.
pub fn record(analysis: &Analysis) -> Done {
    match &analysis.opened.run {
        Some(run) => Outcome::Close(vec![Message::OpenNamed(run.reference().to_owned())]),
        None => refuse("It is not kept yet; attach it to a review first."),
    }
}

/// Takes note of what was saved.
pub fn written(analysis: &mut Analysis, receipt: &Receipt) {
    let is_own = |record: &&Record| match &analysis.opened.run {
        Some(run) => record.id() == run.id(),
        None => {
            record.kind() == &ANALYSIS
                && record.text("tool") == Some(TOOL)
                && record.text("sha256") == Some(&analysis.opened.report.data.file.sha256)
        }
    };
    if let Some(run) = receipt.records.iter().find(is_own).cloned() {
        run.text("limitations").unwrap_or_default().clone_into(&mut analysis.limitations);
        analysis.opened.run = Some(run);
    }
}

/// Proposes a risk from what the cursor is on, in the form of a risk.
pub fn risk(analysis: &Analysis, ctx: &Ctx) -> Done {
    if let Some(refused) = read_only(ctx) {
        return refused;
    }
    let Some(mut typed) = proposed(analysis) else {
        return refuse("Go to a group, a slice or a figure first: a risk is proposed from that.");
    };
    if let Some(review) = &analysis.opened.review {
        typed.push(("review", review.reference().to_owned()));
    }
    say(Message::AddTo(&RISK, typed, "statement"))
}

fn proposed(analysis: &Analysis) -> Option<Vec<Typed>> {
    let run = analysis.opened.run.as_ref().map(|run| run.reference().to_owned()).unwrap_or_default();
    let report = &analysis.opened.report;
    match analysis.item()? {
        Item::Group(crossed, attribute, group) => {
            let (attribute, group) = analysis.group(crossed, attribute, group)?;
            from_group(report, attribute, group, analysis.shown_metric(), &run)
        }
        Item::Judged(at) => {
            let judged: &Judged = analysis.verdict.judged.get(at)?;
            let all = report.attributes.iter().chain(&report.intersections);
            let attribute = all.clone().find(|attribute| attribute.name == judged.attribute)?;
            let group = attribute.groups.iter().find(|group| group.value == judged.group)?;
            from_group(report, attribute, group, &judged.metric, &run)
        }
        Item::Slice(at) => analysis.slice(at).map(|slice| from_slice(analysis, slice, &run)),
        Item::Change(_) | Item::Text(_) => None,
    }
}

fn from_slice(analysis: &Analysis, slice: &SliceFound, run: &str) -> Vec<Typed> {
    let measure = analysis.found.as_ref().map(|found| found.measure.clone()).unwrap_or_default();
    let (name, label) = (slice.name(), words::label(&measure));
    let event = format!(
        "{label} for {name} ({} rows) is {}, against {} for all others: a gap of {}{}",
        crate::text::thousands(slice.n),
        words::whole(&measure, &slice.figure),
        words::whole(&measure, &slice.rest),
        words::gap(&measure, &slice.gap),
        slice.p_adjusted.map_or_else(String::new, |p| if p < 0.001 {
            ", adjusted p < 0.001".to_owned()
        } else {
            format!(", adjusted p = {p:.3}")
        })
    );
    risk_fields(&analysis.opened.report, &format!("{label} of {name}"), &event, &name, run)
}
