//! Temporary mitigations: what was put in to stop the harm, by whom, and when it ends.

use crate::record::alert::CLOCKS_APART;
use crate::record::{Context, Field, Problem, Record, RecordType, Value};

/// A temporary mitigation.
pub static MITIGATION: RecordType = RecordType {
    name: "incident_mitigation",
    label: "Temporary mitigation",
    plural: "Temporary mitigations",
    prefix: "TMP",
    title: "title",
    help: "What was put in for a while to stop the harm of an incident: who put it in, and when it ends.",
    fields: &[
        Field::line("title", "Title", "What was put in.").required().column(36),
        Field::link("incident", "Incident", "incident", "The incident it belongs to.").required().column(10),
        Field::choice(
            "kind",
            "Kind",
            &["feature flag", "throttle", "filter", "rollback", "switched off", "manual check"],
            "What sort of measure it is.",
        )
        .column(12),
        Field::link("put_in_by", "Put in by", "person", "Who put it in; whoever writes it down, unless said.")
            .column(12),
        Field::moment("put_in_at", "Put in", "When; now, unless said.").column(16),
        Field::day("ends_on", "Ends", "The day by which it is taken out, or made to last.").required().column(10),
        Field::moment("ended_at", "Ended", "When it was taken out."),
        Field::prose("end_note", "What came after", "What took its place."),
        Field::choice("status", "Status", &["active", "ended"], "Whether it is still in.").by_rule().column(8),
    ],
    closed: Some(("status", &["ended"])),
    order: &[("ends_on", false)],
    settle,
    check,
};

fn settle(_: Option<&Record>, after: &mut Record, context: &Context<'_>) {
    if after.get("put_in_by").is_empty() {
        after.set("put_in_by", context.actor);
    }
    if after.get("put_in_at").is_empty() {
        after.set("put_in_at", context.now);
    }
    after.set("status", if after.get("ended_at").is_empty() { "active" } else { "ended" });
}

fn check(_: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (from, ended) = (after.get("put_in_at").as_moment(), after.get("ended_at").as_moment());
    if from.is_some_and(|from| from > context.now + CLOCKS_APART) {
        problems.push(Problem::of("put_in_at", "It cannot have been put in in the future."));
    }
    if let (Some(from), Some(ended)) = (from, ended)
        && ended < from
    {
        problems.push(Problem::of("ended_at", "It cannot end before it was put in."));
    }
    if let (Some(from), Value::Day(ends)) = (from, after.get("ends_on"))
        && *ends < from.date_naive()
    {
        problems.push(Problem::of("ends_on", "It cannot end before it was put in."));
    }
    problems
}
