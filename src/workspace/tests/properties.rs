//! Whatever somebody does, the history holds and comes back.

use proptest::prelude::*;

use super::*;

/// One thing somebody does.
#[derive(Debug, Clone)]
enum Deed {
    Add(i64),
    Set(usize, &'static str, i64),
    Close(usize),
    Delete(usize),
    Undo,
    Redo,
    Outside(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let field = prop_oneof![Just("severity"), Just("likelihood")];
    let deed = prop_oneof![
        3 => (1_i64..=5).prop_map(Deed::Add),
        3 => (0_usize..9, field, 1_i64..=5).prop_map(|(at, field, to)| Deed::Set(at, field, to)),
        1 => (0_usize..9).prop_map(Deed::Close),
        1 => (0_usize..9).prop_map(Deed::Delete),
        3 => Just(Deed::Undo),
        2 => Just(Deed::Redo),
        1 => (0_usize..9).prop_map(Deed::Outside),
    ];
    proptest::collection::vec(deed, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done, in whatever order, the history holds and the state is what the history says.
    #[test]
    fn the_history_always_holds(deeds in deeds()) {
        let mut desk = desk();
        let me = desk.me.clone();
        for deed in deeds {
            let risks = desk.workspace.page(&Query::all(&RISK), None, Direction::After, 9).expect("risks").rows;
            let risk = |at: usize| risks.get(at).map(|row| row.record.clone());
            match deed {
                Deed::Add(severity) => { desk.add_risk("A risk", severity); }
                Deed::Set(at, field, to) => if let Some(risk) = risk(at) { desk.set(&risk, field, to).expect("set"); },
                Deed::Close(at) => if let Some(risk) = risk(at) { desk.set(&risk, "status", "closed").expect("closed"); },
                Deed::Delete(at) => if let Some(risk) = risk(at) {
                    let edit = Edit::Delete { kind: &RISK, id: risk.id().to_owned() };
                    desk.workspace.write(Change::by(&me, vec![edit])).expect("deleted");
                },
                Deed::Undo => match desk.workspace.undo(&me) { Ok(_) | Err(Error::CannotUndo(_)) => {}, Err(error) => panic!("{error}") },
                Deed::Redo => match desk.workspace.redo(&me) { Ok(_) | Err(Error::CannotUndo(_)) => {}, Err(error) => panic!("{error}") },
                Deed::Outside(at) => if let Some(risk) = risk(at) {
                    desk.outside().execute("UPDATE risk SET tags = '[\"outside\"]' WHERE id = ?1", [risk.id()]).expect("written");
                },
            }
        }
        for finding in desk.workspace.doctor(&AtomicBool::new(false), |_| {}).expect("a diagnosis") {
            prop_assert!(finding.ok || finding.check == "outside", "{}: {}", finding.check, finding.detail);
        }
    }

    /// Undoing everything leaves an empty register; doing it all again brings back the very same records.
    #[test]
    fn undoing_all_and_redoing_all_comes_back_to_the_same(severities in proptest::collection::vec(1_i64..=5, 1..8)) {
        let mut desk = desk();
        let me = desk.me.clone();
        for severity in &severities {
            let risk = desk.add_risk("A risk", 1);
            if *severity > 1 { desk.set(&risk, "severity", *severity).expect("set"); }
        }
        let contents = |desk: &Desk| -> Vec<Vec<(&str, Value)>> {
            desk.workspace.page(&Query::all(&RISK), None, Direction::After, 99).expect("risks").rows.iter()
                .map(|row| row.record.fields().filter(|(field, _)| !["version", "updated_at"].contains(&field.name))
                    .map(|(field, value)| (field.name, value.clone())).collect())
                .collect()
        };
        let before = contents(&desk);
        let count = severities.len() + severities.iter().filter(|severity| **severity > 1).count();
        for _ in 0..count { desk.workspace.undo(&me).expect("undone"); }
        prop_assert_eq!(desk.workspace.total(&RISK).expect("total"), 0);
        for _ in 0..count { desk.workspace.redo(&me).expect("redone"); }
        prop_assert_eq!(contents(&desk), before);
    }

    /// Any text at all can be saved, found again and comes back as it was.
    #[test]
    fn any_text_comes_back_as_it_was(text in "\\PC{1,60}", typed in any::<String>()) {
        prop_assume!(!text.trim().is_empty());
        let mut desk = desk();
        let risk = desk.add_risk("A", 1);
        desk.set(&risk, "statement", text.as_str()).expect("saved");
        let found = desk.workspace.find("RSK-1").expect("found");
        prop_assert_eq!(found.text("statement"), Some(text.as_str()));
        desk.workspace.search(&typed, &[], 5).expect("whatever is typed");
        desk.workspace.count(&Query::all(&RISK).finding(&typed)).expect("whatever is typed");
    }
}
