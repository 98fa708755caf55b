//! Documents that wait: for whoever was asked to read them, for somebody to approve them, for their author to rework them.

use chrono::Local;

use super::gather::{Draft, Gathering, draft};
use super::{Pressing, Whose};
use crate::record::document::{CHANGES_REQUESTED, IN_REVIEW, ROUND, own};
use crate::record::{DOCUMENT, Kind, Record, Value};
use crate::review::Place;
use crate::review::document::rounds;
use crate::review::gate::Step;
use crate::workspace::{Condition, Label, Query, Result};

impl Gathering<'_> {
    /// Only what names this person in a field, where it is asked for one.
    fn of_person(&self, query: Query, field: &'static str) -> Query {
        match self.whose {
            Whose::Of(me) => query.with(Condition::Is(field, Value::text(me))),
            Whose::All => query,
        }
    }

    fn documents(status: &'static str) -> Query {
        Query::all(&DOCUMENT).with(Condition::Is("status", Value::text(status)))
    }

    /// Since when, in days; and how many of them are more than policy gives.
    fn lain(&self, moment: &Value) -> (i64, Option<i64>) {
        let day = moment.as_moment().map(|moment| moment.with_timezone(&Local).date_naive());
        let days = day.map_or(0, |day| (self.today - day).num_days().max(0));
        let late = days - i64::from(self.policy.document_days());
        (days, Some(late).filter(|late| *late > 0))
    }

    /// Documents that somebody was asked to read and has not answered: of each round that is open.
    pub fn to_read(&self) -> Result<Vec<Draft>> {
        let in_review = Condition::Linked("document", Box::new(Condition::Is("status", Value::text(IN_REVIEW))));
        let query = Query::all(&ROUND).with(Condition::Is("rework", Value::Empty)).with(in_review);
        let mut drafts = Vec::new();
        for row in self.page(&self.of_person(query, "reviewer"))?.rows {
            let Some(document) = row.record.text("document") else { continue };
            let document = self.workspace.get(&DOCUMENT, document)?;
            let labels = self.workspace.labels([&document])?;
            let reference = document.reference().to_owned();
            let (days, days_late) = self.lain(document.get("submitted_at"));
            let author = document.text("author").and_then(|id| labels.get(id)).map(Label::shown);
            let author = author.unwrap_or_else(|| "somebody".to_owned());
            let what = if self.is_me(&row.record, "reviewer") {
                format!("read {reference}, and say which rework it needs")
            } else {
                let reader = document.text("reviewer").and_then(|id| labels.get(id)).map(Label::shown);
                format!("chase the reading of {reference} with {}", reader.unwrap_or_else(|| "its reader".to_owned()))
            };
            let command = format!("probity document review {reference} --rework none|minor|major");
            let why = format!("{author} handed it in {}, and cannot change it until it is read.", ago(days));
            drafts.push(waits(9, Pressing::Read, document, &labels, (why, what, command), days_late));
        }
        Ok(drafts)
    }

    /// Documents that were read and found good, and that nobody has approved yet: for whoever read them, and for whoever runs
    /// the review; never for those whose own they are.
    pub fn to_approve(&self) -> Result<Vec<Draft>> {
        let page = self.page(&self.mine(Self::documents(IN_REVIEW), Some("reviewer")))?;
        let mut drafts = Vec::new();
        for document in page.rows.into_iter().map(|row| row.record) {
            let last = rounds(self.workspace, &document)?.pop();
            let Some(round) = last.filter(|round| round.text("rework") == Some("none")) else { continue };
            if matches!(self.whose, Whose::Of(me) if own(&document, me, &self.workspace.look()).is_some()) {
                continue;
            }
            let reference = document.reference().to_owned();
            let reader = document.text("reviewer").and_then(|id| page.labels.get(id)).map(Label::shown);
            let (days, days_late) = self.lain(round.get("given_at"));
            let why = format!(
                "{} found {} that it needs no rework; nobody has approved it.",
                reader.unwrap_or_else(|| "Its reader".to_owned()),
                ago(days)
            );
            let told = (why, format!("approve {reference}"), format!("probity document approve {reference}"));
            drafts.push(waits(10, Pressing::Approve, document, &page.labels, told, days_late));
        }
        Ok(drafts)
    }

    /// Documents whose readers asked for rework: for their authors.
    pub fn to_rework(&self) -> Result<Vec<Draft>> {
        let page = self.page(&self.of_person(Self::documents(CHANGES_REQUESTED), "author"))?;
        let mut drafts = Vec::new();
        for document in page.rows.into_iter().map(|row| row.record) {
            let round = rounds(self.workspace, &document)?.pop().unwrap_or_else(|| Record::empty(&ROUND));
            let reference = document.reference().to_owned();
            let reader = round.text("reviewer").map(|id| self.handle(id)).transpose()?;
            let (days, days_late) = self.lain(round.get("given_at"));
            let why = format!(
                "{} asked for {} rework {}.",
                reader.unwrap_or_else(|| "Its reader".to_owned()),
                round.text("rework").unwrap_or("some"),
                ago(days)
            );
            let what = format!("rework {reference}, and hand it in again");
            let told = (why, what, format!("probity document submit {reference}"));
            drafts.push(waits(11, Pressing::Rework, document, &page.labels, told, days_late));
        }
        Ok(drafts)
    }

    fn handle(&self, person: &str) -> Result<String> {
        let kind: Kind = &crate::record::PERSON;
        Ok(Label::of(&self.workspace.get(kind, person)?).shown())
    }
}

fn ago(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}

fn waits(
    order: usize,
    pressing: Pressing,
    document: Record,
    labels: &super::gather::Labels,
    (why, what, command): (String, String, String),
    days_late: Option<i64>,
) -> Draft {
    let step = Some(Step { what, command, place: Place::Documents });
    Draft { days_late, step, ..draft(order, pressing, document, labels, why) }
}
