//! What to do next in a review, and why: from how far it has come.

use serde::Serialize;

use super::Progress;
use crate::record::Record;

/// Where in a review the next step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The review itself: its stage, tier and people.
    Review,
    /// The intake packet.
    Packet,
    /// The risks.
    Risks,
    /// The checklists.
    Checklist,
    /// The actions.
    Actions,
    /// The evidence.
    Evidence,
    /// The analysis runs.
    Analysis,
    /// The documents that are written here.
    Documents,
    /// The gate.
    Gate,
}

/// A next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// What to do, as an order.
    pub what: String,
    /// Why, as a sentence.
    pub why: String,
    /// Where it is done.
    pub place: Place,
}

fn step(place: Place, what: impl Into<String>, why: impl Into<String>) -> Next {
    Next { what: what.into(), why: why.into(), place }
}

/// The next step of a review; none when it has ended.
#[must_use]
pub fn next(review: &Record, progress: &Progress) -> Option<Next> {
    let missing = progress.asked - progress.answered;
    Some(match review.text("stage").unwrap_or("intake") {
        "intake" if missing > 0 => step(
            Place::Packet,
            format!("complete the packet, or ask the team ({missing} answers missing)"),
            format!("Policy requires {} answers for this packet; {} are there.", progress.asked, progress.answered),
        ),
        "intake" => step(Place::Review, "take it into triage", "The packet is complete."),
        "triage" if review.get("reviewer").is_empty() => {
            step(Place::Review, "name a reviewer", "Nobody runs this review yet.")
        }
        "triage" if review.get("tier").is_empty() => {
            step(Place::Review, "decide the tier", "The tier says how much scrutiny it gets.")
        }
        "triage" => step(Place::Review, "move it to assessment", "Tier and reviewer are decided."),
        "assessment" if progress.items == 0 => {
            step(Place::Checklist, "start a checklist", "Nothing has been checked yet.")
        }
        "assessment" if progress.risks == 0 => {
            step(Place::Risks, "write down the risks", "No risk has been registered yet.")
        }
        "assessment" => checklist(progress)
            .unwrap_or_else(|| step(Place::Review, "move it to mitigation or decision", "Every item is answered.")),
        "mitigation" => mitigation(progress),
        "decision" => run_out(progress).or_else(|| checklist(progress)).unwrap_or_else(|| {
            step(Place::Review, "bring it to the board", "Everything that the decision needs is there.")
        }),
        "approved" | "approved with conditions" if progress.expired_acceptances + progress.expired_waivers > 0 => {
            run_out(progress).or_else(|| checklist(progress))?
        }
        "approved" | "approved with conditions" if progress.blocking > 0 => step(
            Place::Actions,
            format!("close {} that the launch waits for", counted(progress.blocking, "action")),
            "They were agreed as conditions of the launch.",
        ),
        "approved" | "approved with conditions" => {
            step(Place::Review, "record the launch", "It is approved and nothing blocks it.")
        }
        _ => return None,
    })
}

fn checklist(progress: &Progress) -> Option<Next> {
    let open = progress.items - progress.settled - progress.failed;
    if progress.expired_waivers > 0 {
        return Some(step(
            Place::Checklist,
            format!("mend or waive anew {}", counted(progress.expired_waivers, "item")),
            "A waiver that has run out counts as failed.",
        ));
    }
    if progress.failed > 0 {
        return Some(step(
            Place::Checklist,
            format!("mend {}", counted(progress.failed, "failed item")),
            "A failed item needs an action, a waiver, or another look.",
        ));
    }
    (open > 0).then(|| {
        step(
            Place::Checklist,
            format!("answer {}", counted(open, "open item")),
            format!("{} of {} items are answered.", progress.settled, progress.items),
        )
    })
}

/// What was accepted for a time that is over comes first, wherever the review stands.
fn run_out(progress: &Progress) -> Option<Next> {
    (progress.expired_acceptances > 0).then(|| {
        step(
            Place::Risks,
            format!("treat or accept anew {}", counted(progress.expired_acceptances, "risk")),
            "An acceptance that has run out leaves its risk open.",
        )
    })
}

fn mitigation(progress: &Progress) -> Next {
    if let Some(step) = run_out(progress) {
        return step;
    }
    if progress.overdue > 0 {
        let what = format!("chase {}", counted(progress.overdue, "overdue action"));
        return step(Place::Actions, what, "Mitigations are late.");
    }
    if progress.open_risks > 0 {
        let what = format!("treat {}", counted(progress.open_risks, "open risk"));
        return step(Place::Risks, what, "Each risk is mitigated, accepted or closed before the decision.");
    }
    checklist(progress).unwrap_or_else(|| step(Place::Review, "move it to decision", "Every risk is treated."))
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{REVIEW, review::ENDED, review::STAGES};

    fn at(stage: &str) -> Record {
        let mut review = Record::empty(&REVIEW);
        review.set("stage", stage);
        review
    }

    #[test]
    fn every_stage_that_has_not_ended_has_a_next_step() {
        for stage in STAGES {
            let step = next(&at(stage), &Progress::default());
            assert_eq!(step.is_none(), ENDED.contains(stage), "{stage}");
        }
    }

    #[test]
    fn the_first_thing_that_is_missing_comes_first() {
        let what = |stage, progress| next(&at(stage), &progress).map(|next| next.what).unwrap_or_default();
        let incomplete = Progress { answered: 3, asked: 9, ..Progress::default() };
        assert!(what("intake", incomplete).contains("6 answers missing"));
        assert_eq!(what("intake", Progress { answered: 9, ..incomplete }), "take it into triage");
        let failing = Progress { items: 4, settled: 2, failed: 1, risks: 1, ..Progress::default() };
        assert_eq!(what("assessment", failing), "mend 1 failed item");
        assert_eq!(what("mitigation", Progress { overdue: 2, ..failing }), "chase 2 overdue actions");
        let run_out = Progress { expired_acceptances: 1, open_risks: 1, ..failing };
        assert_eq!(what("decision", run_out), "treat or accept anew 1 risk");
        assert_eq!(
            what("approved", Progress { expired_waivers: 2, failed: 2, ..failing }),
            "mend or waive anew 2 items"
        );
    }
}
