//! The first rows of each register that ask for something to be done.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};

use super::{Pressing, WAITING_DAYS, Whose};
use crate::policy::Policy;
use crate::record::{ACTION, EVIDENCE, REVIEW, RISK, ROUTE, Record, Value};
use crate::review::Place;
use crate::review::escalation::Escalating;
use crate::review::gate::Step;
use crate::workspace::{Condition, Direction, Label, Page, Query, Result, Sort, Workspace};

/// Something to do, before it is known how: reviews are told their next step once it is known which of them are shown.
pub struct Draft {
    /// Where its sort stands among the others.
    pub order: usize,
    pub pressing: Pressing,
    pub record: Record,
    pub review: Option<String>,
    pub why: String,
    pub days_late: Option<i64>,
    pub escalates_to: Vec<String>,
    pub step: Option<Step>,
}

/// What is gathered, for whom.
pub struct Gathering<'a> {
    pub workspace: &'a Workspace,
    pub policy: &'a Policy,
    pub whose: Whose<'a>,
    pub limit: usize,
    pub today: NaiveDate,
}

pub type Labels = HashMap<String, Label>;

impl Gathering<'_> {
    /// The first of every sort.
    pub fn all(&self) -> Result<Vec<Draft>> {
        let mut all = self.acceptances()?;
        all.extend(self.waivers()?);
        all.extend(self.outdated()?);
        all.extend(self.drifted()?);
        all.extend(self.actions()?);
        all.extend(self.routes()?);
        all.extend(self.late_reviews()?);
        all.extend(self.waiting()?);
        all.extend(self.to_judge()?);
        all.extend(self.to_read()?);
        all.extend(self.to_approve()?);
        all.extend(self.to_rework()?);
        all.extend(self.queue()?);
        Ok(all)
    }

    pub fn yesterday(&self) -> Value {
        Value::Day(self.today.pred_opt().unwrap_or(self.today))
    }

    pub fn page(&self, query: &Query) -> Result<Page> {
        self.workspace.page(query, None, Direction::After, self.limit)
    }

    /// Narrows a query to what somebody owns by this field, and to the reviews that they run.
    pub fn mine(&self, query: Query, owner: Option<&'static str>) -> Query {
        let Whose::Of(me) = self.whose else { return query };
        let me = || Value::text(me);
        let runs = if query.kind == &REVIEW {
            Condition::Is("reviewer", me())
        } else {
            Condition::Linked("review", Box::new(Condition::Is("reviewer", me())))
        };
        match owner {
            Some(field) => query.with(Condition::Any(vec![Condition::Is(field, me()), runs])),
            None => query.with(runs),
        }
    }

    /// Orders by a date, the earliest first.
    pub fn by(mut query: Query, field: &'static str) -> Query {
        query.sort = vec![Sort { field, descending: false }];
        query
    }

    pub fn days_since(&self, day: Option<NaiveDate>) -> Option<i64> {
        day.map(|day| (self.today - day).num_days()).filter(|days| *days > 0)
    }

    /// What people call whoever a field names.
    fn who(record: &Record, field: &str, labels: &Labels) -> String {
        let label = record.text(field).and_then(|id| labels.get(id));
        label.map_or_else(|| "nobody".to_owned(), Label::shown)
    }

    pub fn is_me(&self, record: &Record, field: &str) -> bool {
        matches!(self.whose, Whose::Of(me) if record.text(field) == Some(me))
    }

    /// Whom something late goes to now, by the service levels.
    fn escalation(&self, record: &Record, days: Option<i64>) -> Result<Vec<String>> {
        let Some(step) = days.and_then(|days| self.policy.escalation(days)) else { return Ok(Vec::new()) };
        Ok(Escalating::new(self.workspace).recipients(record, step)?.to)
    }

    /// Accepted risks whose acceptance is over.
    fn acceptances(&self) -> Result<Vec<Draft>> {
        let query = Query::all(&RISK)
            .with(Condition::AtMost("accepted_until", self.yesterday()))
            .with(Condition::Is("status", "accepted".into()));
        let page = self.page(&Self::by(self.mine(query, Some("owner")), "accepted_until"))?;
        page.rows
            .into_iter()
            .map(|row| {
                let risk = row.record;
                let (reference, until) = (risk.reference().to_owned(), risk.get("accepted_until").as_day());
                let days = self.days_since(until);
                let until = until.map(|until| until.to_string()).unwrap_or_default();
                let why = format!("What remains of it was accepted until {until}; nobody has accepted it since.");
                let escalates_to = self.escalation(&risk, days)?;
                Ok(Draft {
                    days_late: days,
                    escalates_to,
                    step: Some(Step {
                        what: format!("have {reference} accepted anew, or treat it"),
                        command: format!("probity risk accept {reference} --until DATE --reason REASON"),
                        place: Place::Risks,
                    }),
                    ..draft(0, Pressing::Expired, risk, &page.labels, why)
                })
            })
            .collect()
    }

    /// Evidence of open reviews whose origin is not what was registered.
    fn drifted(&self) -> Result<Vec<Draft>> {
        let words = ["changed", "missing", "unreadable"].map(Value::text).to_vec();
        let query = Query::open(&EVIDENCE).with(Condition::OneOf("drift", words));
        let page = self.page(&self.mine(query, None).with(in_open_review()))?;
        let drafts = page.rows.into_iter().map(|row| {
            let evidence = row.record;
            let reference = evidence.reference().to_owned();
            let found = evidence.text("drift").unwrap_or("changed");
            let note = evidence.text("drift_note").map(|note| format!(": {note}")).unwrap_or_default();
            let why = format!("Its origin is {found}{note}.");
            Draft {
                step: Some(Step {
                    what: format!("find out what became of {reference}, and hand in a new version"),
                    command: format!("probity evidence version {reference} FILE"),
                    place: Place::Evidence,
                }),
                ..draft(2, Pressing::Drifted, evidence, &page.labels, why)
            }
        });
        Ok(drafts.collect())
    }

    /// Late actions; those that block a launch come first.
    fn actions(&self) -> Result<Vec<Draft>> {
        let late = || {
            let query = Query::open(&ACTION).with(Condition::AtMost("due_on", self.yesterday()));
            self.mine(query, Some("owner"))
        };
        let blocking = self.page(&late().with(Condition::Is("launch_blocking", Value::Flag(true))))?;
        let others = self.page(&late())?;
        let mut drafts = Vec::new();
        for page in [blocking, others] {
            for row in page.rows {
                let action = row.record;
                let blocks = action.get("launch_blocking").is_set();
                let (order, pressing) = if blocks { (3, Pressing::Blocking) } else { (4, Pressing::Late) };
                let due = action.get("due_on").as_day();
                let days = self.days_since(due);
                let reference = action.reference().to_owned();
                let owner = Self::who(&action, "owner", &page.labels);
                let what = if self.is_me(&action, "owner") {
                    format!("do {reference}")
                } else {
                    format!("chase {reference} with {owner}")
                };
                let since = due.map(|due| due.to_string()).unwrap_or_default();
                let launch = if blocks { ", and a launch waits for it" } else { "" };
                let escalates_to = self.escalation(&action, days)?;
                drafts.push(Draft {
                    days_late: days,
                    escalates_to,
                    step: Some(Step {
                        what,
                        command: format!("probity action done {reference} --note NOTE"),
                        place: Place::Actions,
                    }),
                    ..draft(order, pressing, action, &page.labels, format!("It was due on {since}{launch}."))
                });
            }
        }
        Ok(drafts)
    }

    /// Routes whose answer is late.
    fn routes(&self) -> Result<Vec<Draft>> {
        let query = Query::open(&ROUTE).with(Condition::AtMost("due_on", self.yesterday()));
        let page = self.page(&self.mine(query, Some("reviewer")))?;
        page.rows
            .into_iter()
            .map(|row| {
                let route = row.record;
                let (reference, function) = (route.reference().to_owned(), route.title().to_owned());
                let due = route.get("due_on").as_day();
                let days = self.days_since(due);
                let status = route.text("status").unwrap_or("needed").to_owned();
                let since = due.map(|due| due.to_string()).unwrap_or_default();
                let what = if self.is_me(&route, "reviewer") {
                    format!("answer for {function}")
                } else {
                    format!("chase {function} with {}", Self::who(&route, "reviewer", &page.labels))
                };
                let escalates_to = self.escalation(&route, days)?;
                Ok(Draft {
                    days_late: days,
                    escalates_to,
                    step: Some(Step {
                        what,
                        command: format!("probity route set {reference} --status cleared"),
                        place: Place::Review,
                    }),
                    ..draft(5, Pressing::Late, route, &page.labels, format!("It is {status}, and was due on {since}."))
                })
            })
            .collect()
    }

    /// Open reviews whose stage is past its date.
    fn late_reviews(&self) -> Result<Vec<Draft>> {
        let query = Query::open(&REVIEW).with(Condition::AtMost("due_on", self.yesterday()));
        let page = self.page(&Self::by(self.mine(query, None), "due_on"))?;
        page.rows
            .into_iter()
            .map(|row| {
                let review = row.record;
                let due = review.get("due_on").as_day();
                let days = self.days_since(due);
                let stage = review.text("stage").unwrap_or("intake").to_owned();
                let since = due.map(|due| due.to_string()).unwrap_or_default();
                let escalates_to = self.escalation(&review, days)?;
                let why = format!("Its stage, {stage}, was to end on {since}.");
                Ok(Draft { days_late: days, escalates_to, ..draft(6, Pressing::Late, review, &page.labels, why) })
            })
            .collect()
    }

    /// Open reviews that have waited for somebody or something for long.
    fn waiting(&self) -> Result<Vec<Draft>> {
        let before = self.today.checked_sub_days(Days::new(WAITING_DAYS.unsigned_abs())).unwrap_or(self.today);
        let query = Query::open(&REVIEW).with(Condition::AtMost("waiting_since", Value::Day(before)));
        let page = self.page(&Self::by(self.mine(query, None), "waiting_since"))?;
        let drafts = page.rows.into_iter().filter_map(|row| {
            let review = row.record;
            let on = review.text("waiting_on")?.to_owned();
            let days = self.days_since(review.get("waiting_since").as_day())?;
            let reference = review.reference().to_owned();
            let why = format!("It has waited for {days} days.");
            Some(Draft {
                step: Some(Step {
                    what: format!("ask {on}, for whom it waits"),
                    command: format!("probity review set {reference} --waiting-on ''"),
                    place: Place::Review,
                }),
                ..draft(7, Pressing::Waiting, review, &page.labels, why)
            })
        });
        Ok(drafts.collect())
    }

    /// Evidence of open reviews that waits for somebody to look at it.
    fn to_judge(&self) -> Result<Vec<Draft>> {
        let query = Query::all(&EVIDENCE).with(Condition::Is("status", "submitted".into()));
        let mut query = self.mine(query, None).with(in_open_review());
        if let Whose::Of(me) = self.whose {
            // Nobody judges what they registered.
            query = query.with(Condition::Not("created_by", Value::text(me)));
        }
        let page = self.page(&query)?;
        let drafts = page.rows.into_iter().map(|row| {
            let evidence = row.record;
            let reference = evidence.reference().to_owned();
            let kind = evidence.text("kind").unwrap_or("other").to_owned();
            let why = format!("It was handed in ({kind}), and nobody has looked at it.");
            Draft {
                step: Some(Step {
                    what: format!("look at {reference}, and accept or reject it"),
                    command: format!("probity evidence accept {reference} --reason REASON"),
                    place: Place::Evidence,
                }),
                ..draft(8, Pressing::Judge, evidence, &page.labels, why)
            }
        });
        Ok(drafts.collect())
    }

    /// Open reviews, in the order of the queue.
    fn queue(&self) -> Result<Vec<Draft>> {
        let page = self.page(&self.mine(Query::open(&REVIEW), None))?;
        let drafts =
            page.rows.into_iter().map(|row| draft(12, Pressing::Next, row.record, &page.labels, String::new()));
        Ok(drafts.collect())
    }
}

pub fn draft(order: usize, pressing: Pressing, record: Record, labels: &Labels, why: String) -> Draft {
    let review = match record.kind() {
        kind if kind == &REVIEW => Some(record.reference().to_owned()),
        _ => record.text("review").and_then(|id| labels.get(id)).map(|label| label.reference.clone()),
    };
    Draft { order, pressing, record, review, why, days_late: None, escalates_to: Vec::new(), step: None }
}

/// What people call whoever a field of a record names, if it has such a field and names anybody.
/// Of a review that still needs work, or of none.
fn in_open_review() -> Condition {
    let open = Condition::Linked("review", Box::new(Condition::Open));
    Condition::Any(vec![Condition::Is("review", Value::Empty), open])
}
