//! Checking the origins of evidence from the screens: each is hashed again off the drawing thread, with progress, while nobody
//! holds the workspace; what was found is then kept in one change.

use chrono::Utc;

use super::ctx::Ctx;
use super::message::{Effect, Message, Purpose};
use super::state::State;
use super::work::Slot;
use super::writes;
use crate::record::{EVIDENCE, Record, Value};
use crate::review::evidence::origins_in_words;
use crate::workspace::{Change, Condition, Error, Found, Query, look_at_origin};

/// Which evidence is looked at.
enum Which {
    /// These.
    Chosen(Vec<Record>),
    /// All of a review that is neither rejected nor superseded, by the review's id.
    OfReview(String),
    /// All that is neither rejected nor superseded.
    All,
}

/// Looks at what is chosen in a list of evidence; otherwise at all evidence of the review at hand; otherwise at all there is.
pub fn check(state: &State) -> Vec<Effect> {
    let chosen: Vec<Record> = state.chosen().into_iter().filter(|record| record.kind() == &EVIDENCE).cloned().collect();
    let which = match (chosen.is_empty(), state.review_at_hand()) {
        (false, _) => Which::Chosen(chosen),
        (true, Some(review)) => Which::OfReview(review.id().to_owned()),
        (true, None) => Which::All,
    };
    vec![look(which, &state.ctx)]
}

fn look(which: Which, ctx: &Ctx) -> Effect {
    let (tell, me) = (ctx.tell.clone(), ctx.me.id.clone());
    Effect::Read(
        Slot::Newest("origins", 0),
        Box::new(move |workspace, stop| {
            let open = Query::open(&EVIDENCE);
            let evidence = match which {
                Which::Chosen(evidence) => Ok(evidence),
                Which::OfReview(id) => workspace.records(&open.with(Condition::Is("review", Value::text(id)))),
                Which::All => workspace.records(&open),
            };
            let evidence = match evidence {
                Ok(evidence) if evidence.is_empty() => {
                    return Some(Message::Say("There is no evidence here to look at".to_owned()));
                }
                Ok(evidence) => evidence,
                Err(error) => return Some(Message::Failed(error)),
            };
            let mut found = Vec::with_capacity(evidence.len());
            for one in &evidence {
                let what = format!("Hashing the origin of {}", one.reference());
                let looked = look_at_origin(one, &mut |done, all| {
                    tell(Message::Progress(done, all, what.clone()));
                    !stop.load(std::sync::atomic::Ordering::Relaxed)
                });
                match looked {
                    Ok(looked) => found.push(looked),
                    Err(Error::Cancelled) => {
                        return Some(Message::Finished(Err("Cancelled; nothing of what was found is kept".to_owned())));
                    }
                    Err(error) => return Some(Message::Finished(Err(error.to_string()))),
                }
            }
            tell(Message::Ask(vec![keep(evidence, found.clone(), me)]));
            Some(Message::Finished(Ok(origins_in_words(&found))))
        }),
    )
}

fn keep(evidence: Vec<Record>, found: Vec<Found>, me: String) -> Effect {
    writes::write(Purpose::Other, move |workspace| {
        let now = Utc::now();
        let edits = evidence.iter().zip(&found).map(|(one, found)| found.edit(one, now)).collect();
        workspace.write(Change::by(&me, edits).called(origins_in_words(&found)))
    })
}

#[cfg(test)]
mod tests {
    use crate::record::{EVIDENCE, Value};
    use crate::tui::app::stage::Stage;
    use crate::workspace::Registered;

    /// A stage whose first review has a registered file, and the file.
    fn registered() -> (Stage, std::path::PathBuf) {
        let mut stage = Stage::new(120, 36, "dark");
        let path = stage.folder.path().join("slices.csv");
        std::fs::write(&path, "group,n\n").expect("written");
        let review = stage.workspace().find("REV-1").expect("the review");
        let file = Registered::read(&path, 1 << 20).expect("read");
        let fields =
            vec![("title", "Slices".into()), ("review", Value::text(review.id())), ("kind", "fairness report".into())];
        let edits = file.edits(&crate::workspace::new_id(chrono::Utc::now()), fields);
        stage.write(edits);
        stage.keys("C-l");
        (stage, path)
    }

    fn drift(stage: &Stage) -> Option<String> {
        let evidence = stage.workspace().find("EVD-2").expect("the evidence");
        assert_eq!(evidence.kind(), &EVIDENCE);
        evidence.text("drift").map(str::to_owned)
    }

    #[test]
    fn origins_are_hashed_again_and_what_was_found_is_kept_and_undone() {
        let (mut stage, path) = registered();
        stage.keys(":").types("check origins").keys("Enter");
        assert_eq!(drift(&stage).as_deref(), Some("unchanged"), "{}", stage.status());
        std::fs::write(&path, "group,n\nother,1\n").expect("written");
        stage.keys("5 g :").types("check origins").keys("Enter");
        assert!(stage.status().contains("1 changed"), "{}", stage.status());
        assert_eq!(drift(&stage).as_deref(), Some("changed"));
        stage.keys("u");
        assert_eq!(drift(&stage).as_deref(), Some("unchanged"));
        std::fs::remove_file(&path).expect("removed");
        stage.keys("1 :").types("check origins").keys("Enter");
        assert_eq!(drift(&stage).as_deref(), Some("missing"));
    }

    #[test]
    fn without_evidence_it_says_so_and_writes_nothing() {
        let mut stage = Stage::new(80, 24, "dark");
        stage.keys("j :").types("check origins").keys("Enter");
        assert!(stage.status().contains("no evidence here"), "{}", stage.status());
    }

    #[test]
    fn accepting_evidence_asks_why() {
        let mut stage = Stage::new(120, 36, "dark");
        stage.keys("5 g .").types("accepted").keys("Enter");
        assert!(stage.screen().contains("Why it was accepted or rejected"), "{}", stage.screen());
        stage.types("Read line by line").keys("Enter");
        // Ana registered it herself.
        assert!(stage.screen().contains("EVD-1 was not saved"), "{}", stage.screen());
    }
}
