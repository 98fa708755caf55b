//! What no sequence of writes can reach, whoever makes them.

use proptest::prelude::*;

use super::tests::{CAST, Desk, in_days};
use super::*;
use crate::record::{DELEGATION, RECUSAL};
use crate::workspace::Change;

/// Something that somebody tries.
#[derive(Debug, Clone)]
enum Try {
    Stage(&'static str),
    Tier(&'static str),
    Decide(&'static str, &'static str),
    Status(&'static str, &'static str),
    Delegate(usize),
    Recuse,
    Roles,
    Owner,
    Withdraw(u8),
    Undo,
    Redo,
    UndoChange(u8),
}

fn tries() -> impl Strategy<Value = Try> {
    use crate::record::review::{STAGES, TIERS};
    prop_oneof![
        prop::sample::select(STAGES).prop_map(Try::Stage),
        prop::sample::select(TIERS).prop_map(Try::Tier),
        (prop::sample::select(crate::record::decision::KINDS), prop::sample::select(TIERS))
            .prop_map(|(kind, tier)| Try::Decide(kind, tier)),
        prop::sample::select(vec![("RSK-1", "accepted"), ("ITM-1", "waived"), ("RSK-1", "open"), ("ITM-1", "fail")])
            .prop_map(|(reference, status)| Try::Status(reference, status)),
        (0..CAST.len()).prop_map(Try::Delegate),
        Just(Try::Recuse),
        Just(Try::Roles),
        Just(Try::Owner),
        (0_u8..4).prop_map(Try::Withdraw),
        Just(Try::Undo),
        Just(Try::Redo),
        any::<u8>().prop_map(Try::UndoChange),
    ]
}

impl Desk {
    /// Tries something; what is refused is refused.
    fn attempt(&mut self, by: &str, tried: &Try) {
        let me = self.id(by);
        let _ = match tried {
            Try::Stage(stage) => {
                self.set(by, "REV-1", vec![("stage", Value::text(*stage)), ("stage_reason", "x".into())])
            }
            Try::Tier(tier) => self.set(by, "REV-1", vec![("tier", Value::text(*tier))]),
            Try::Decide(kind, tier) => {
                let subject = match *kind {
                    WAIVER => "ITM-1",
                    ACCEPTANCE => "RSK-1",
                    _ => "REV-1",
                };
                let mut ask = Ask::new(kind, Some(&self.at(subject)), "Because");
                ask.control = "Somebody looks".to_owned();
                ask.expires_on = expires(kind).then(|| in_days(5));
                if *kind == TIER {
                    (*tier).clone_into(&mut ask.outcome);
                }
                if *kind == APPROVE_WITH_CONDITIONS {
                    ask.conditions.push(Condition { text: "Do it".to_owned(), ..Condition::default() });
                }
                self.decide(by, &ask)
            }
            Try::Status(reference, status) => {
                let reason = if reference.starts_with("ITM") { "reason" } else { "acceptance" };
                self.set(by, reference, vec![("status", Value::text(*status)), (reason, "x".into())])
            }
            Try::Delegate(to) => {
                let fields = vec![
                    ("delegator", me.into()),
                    ("delegate", self.id(CAST[*to].0).into()),
                    ("ends_on", in_days(5).into()),
                    ("reason", "x".into()),
                ];
                self.add(by, &DELEGATION, fields)
            }
            Try::Recuse => {
                let review = self.at("REV-1").id().to_owned();
                self.add(by, &RECUSAL, vec![("person", me.into()), ("review", review.into()), ("reason", "x".into())])
            }
            Try::Roles => {
                let own = self.workspace.get(&PERSON, &me).expect("me").reference().to_owned();
                self.set(by, &own, vec![("roles", vec!["executive".to_owned(), "governance forum".to_owned()].into())])
            }
            Try::Owner => self.set(by, "SYS-1", vec![("business_owner", Value::Empty)]),
            Try::Withdraw(number) => match self.workspace.find(&format!("DEC-{number}")) {
                Ok(decision) => {
                    let edits = withdraw(&self.workspace.look(), &decision, "x");
                    self.workspace.write(Change::by(&me, edits))
                }
                Err(error) => Err(error),
            },
            Try::Undo => self.workspace.undo(&me),
            Try::Redo => self.workspace.redo(&me),
            Try::UndoChange(number) => self.workspace.undo_change(&me, i64::from(*number) % 12),
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever somebody without a role tries, nothing is decided.
    #[test]
    fn nobody_without_a_right_decides_anything(ready in any::<bool>(), steps in prop::collection::vec(tries(), 1..25)) {
        let mut desk = if ready { Desk::ready("high") } else { Desk::new() };
        let before = desk.at("REV-1").get("tier").clone();
        for step in &steps {
            desk.attempt("nobody", step);
            let review = desk.at("REV-1");
            let stage = review.text("stage").unwrap_or_default();
            prop_assert!(!["approved", "approved with conditions", "rejected", "launched", "monitoring"].contains(&stage), "{stage} after {step:?}");
            prop_assert_eq!(review.get("tier"), &before);
            prop_assert!(desk.at("RSK-1").text("status") != Some("accepted"));
            prop_assert!(desk.at("ITM-1").text("status") != Some("waived"));
        }
    }

    /// Whatever people try together, what stands is what somebody who may has decided, and is still in force.
    #[test]
    fn what_stands_rests_on_a_decision_that_holds(steps in prop::collection::vec((0..CAST.len(), tries()), 1..40)) {
        let mut desk = Desk::ready("low");
        for (who, step) in &steps {
            desk.attempt(CAST[*who].0, step);
            let look = desk.workspace.look();
            for reference in ["REV-1", "RSK-1", "ITM-1"] {
                let record = desk.at(reference);
                prop_assert!(crate::record::decision::guard::stands(&record, &look), "{reference} after {step:?}");
            }
            let review = desk.at("REV-1");
            let approved = review.text("stage").is_some_and(|stage| stage.starts_with("approved"));
            let holds = earlier(&look, Some(&review)).iter().any(|decision| {
                decision.text("status") == Some(IN_FORCE) && decision.text("kind").is_some_and(|kind| kind.starts_with("approve"))
            });
            prop_assert!(!approved || holds);
            prop_assert!(!(approved && review.text("tier") == Some("prohibited")));
        }
    }
}
