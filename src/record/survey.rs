//! Survey responses: how a team found working with the programme, after a review.

use super::{Context, Field, FieldKind, Problem, REVIEW, Record, RecordType};

/// A response.
pub static SURVEY: RecordType = RecordType {
    name: "survey",
    label: "Survey response",
    plural: "Survey responses",
    prefix: "SUR",
    title: "title",
    help: "What somebody thought of a review: a score from 1 to 5, and why.",
    fields: &[
        Field::line("title", "Title", "Which review it is about.").by_rule().column(34),
        Field::link("review", "Review", "review", "The review it is about.").required().column(10),
        Field::day("given_on", "Given on", "When it was given; today, unless said.").column(10),
        Field::of("score", "Score", FieldKind::Number(1, 5), "From 1, poor, to 5, excellent.").required().column(5),
        Field::prose("comment", "Comment", "Why, in their own words. Not shown when the screen is shared.").private(),
        Field::line("respondent", "Respondent", "A role or a team rather than a name.").column(18),
    ],
    closed: None,
    order: &[("given_on", true)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if after.get("given_on").is_empty() {
        after.set("given_on", context.today);
    }
    if let Some(review) = after.text("review") {
        let title = context.records.field(&REVIEW, review, "title");
        after.set("title", title);
    }
}

fn check(_: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    if after.get("given_on").as_day().is_some_and(|day| day > context.today) {
        return vec![Problem::of("given_on", "A response cannot be given in the future.")];
    }
    Vec::new()
}
