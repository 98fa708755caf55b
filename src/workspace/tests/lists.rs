//! Search, pages and the indexes that lists are read by.

use super::*;

#[test]
fn text_is_found_by_the_start_of_a_word() {
    let mut desk = desk();
    let risk = desk.add_risk("Proxy for age in job titles", 4);
    desk.add_risk("Prompt injection", 4);
    let hits = desk.workspace.search("job tit", &[], 10).expect("hits");
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].reference.as_str(), hits[0].kind), ("RSK-1", &RISK));
    assert_eq!(hits[0].passage, "Proxy for age in \u{1}job\u{2} \u{1}titles\u{2}");
    desk.set(&risk, "title", "Something else").expect("set");
    assert!(desk.workspace.search("job", &[], 10).expect("hits").is_empty(), "the index follows");
    assert_eq!(desk.workspace.search("rsk-2", &[], 10).expect("hits")[0].title, "Prompt injection");
}

#[test]
fn pages_join_into_the_whole_list_in_both_directions() {
    let mut desk = desk();
    for number in 0..37_i64 {
        desk.add_risk(&format!("Risk {number}"), number % 5 + 1);
    }
    for sort in [
        vec![],
        vec![Sort { field: "title", descending: true }],
        vec![Sort { field: "severity", descending: false }, Sort { field: "owner", descending: true }],
    ] {
        let query = Query::open(&RISK).sorted(sort);
        let all = desk.workspace.page(&query, None, Direction::After, 100).expect("all").rows;
        assert_eq!(all.len(), 37);
        for direction in [Direction::After, Direction::Before] {
            let mut joined: Vec<Row> = Vec::new();
            loop {
                let cursor = match direction {
                    Direction::After => joined.last(),
                    Direction::Before => joined.first(),
                }
                .map(|row| row.cursor.clone());
                let page = desk.workspace.page(&query, cursor.as_ref(), direction, 10).expect("a page");
                let at = if direction == Direction::After { joined.len() } else { 0 };
                joined.splice(at..at, page.rows);
                if !page.more {
                    break;
                }
            }
            assert_eq!(joined, all, "{direction:?} {:?}", query.sort);
        }
    }
    let query = Query::all(&RISK).with(Condition::AtLeast("severity", 4.into())).finding("risk 3");
    assert_eq!(desk.workspace.count(&query).expect("count"), 3, "3, 33 and 34");
}

#[test]
fn the_panes_read_their_order_from_an_index() {
    let desk = desk();
    for kind in [&REVIEW, &RISK, &ACTION, &CHECKLIST_ITEM] {
        let order: Vec<String> =
            kind.order.iter().map(|(name, down)| query::stored_key(kind.field(name).expect("field"), *down)).collect();
        let down = |at: usize| if kind.order[at].1 { " DESC" } else { "" };
        let keys: Vec<String> = order.iter().enumerate().map(|(at, key)| format!("{key}{}", down(at))).collect();
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM \"{}\" t WHERE is_open = 1 ORDER BY {}, no LIMIT 50",
            kind.name,
            keys.join(", ")
        );
        let plan: Vec<String> = desk
            .workspace
            .conn
            .prepare(&sql)
            .expect("a plan")
            .query_map([], |row| row.get(3))
            .expect("steps")
            .collect::<rusqlite::Result<_>>()
            .expect("steps");
        assert!(plan.iter().all(|step| !step.contains("TEMP B-TREE")), "{}: {plan:?}", kind.name);
    }
}

#[test]
fn what_belongs_to_one_record_is_found_by_that_record() {
    let desk = desk();
    for kind in [&RISK, &ACTION, &CHECKLIST_ITEM] {
        let query = Query::open(kind).with(Condition::Is("review", desk.review.as_str().into()));
        let sql = query.sql("*").expect("a query");
        let plan: Vec<String> = desk
            .workspace
            .conn
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .expect("a plan")
            .query_map([&desk.review], |row| row.get(3))
            .expect("steps")
            .collect::<rusqlite::Result<_>>()
            .expect("steps");
        let by_review = format!("{}_review (review=?)", kind.name);
        assert!(plan.iter().any(|step| step.contains(&by_review)), "{}: {plan:?}", kind.name);
    }
}

#[test]
fn what_evidence_proves_is_found_without_what_has_none() {
    let desk = desk();
    for kind in [&RISK, &CHECKLIST_ITEM, &EVIDENCE] {
        let query = Query::all(kind).with(Condition::Cites("evidence", "EVD-9".to_owned()));
        let sql = format!("EXPLAIN QUERY PLAN {}", query.sql("*").expect("a query"));
        let plan: String = desk.workspace.conn.query_row(&sql, ["EVD-9"], |row| row.get(3)).expect("one step");
        assert!(plan.contains(&format!("USING INDEX {}_evidence", kind.name)), "{plan}");
    }
}

#[test]
fn what_is_to_be_done_is_found_by_an_index() {
    let desk = desk();
    let day = Value::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day"));
    for (kind, field, open, index) in [
        (&RISK, "accepted_until", false, "risk_acceptance (<expr><?)"),
        (&REVIEW, "waiting_since", false, "review_waiting (<expr><?)"),
        (&REVIEW, "due_on", true, "review_due (is_open=? AND <expr><?)"),
        (&ROUTE, "due_on", true, "route_list (is_open=? AND <expr><?)"),
    ] {
        let mut query = if open { Query::open(kind) } else { Query::all(kind) };
        query = query.with(Condition::AtMost(field, day.clone()));
        let sql = format!("EXPLAIN QUERY PLAN {}", query.sql("*").expect("a query"));
        let plan: String = desk.workspace.conn.query_row(&sql, ["2026-11-23"], |row| row.get(3)).expect("one step");
        assert!(plan.contains(index), "{plan}");
    }
}

#[test]
fn what_is_late_is_counted_by_the_index_of_the_list() {
    let desk = desk();
    let yesterday = Value::Day(chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day"));
    let query = Query::open(&ACTION).with(Condition::AtMost("due_on", yesterday));
    let sql = format!("EXPLAIN QUERY PLAN {}", query.sql("count(*)").expect("a query"));
    let plan: String = desk.workspace.conn.query_row(&sql, ["2026-11-23"], |row| row.get(3)).expect("one step");
    assert!(plan.contains("INDEX action_list (is_open=? AND <expr><?)"), "{plan}");
}
