//! Deciding in somebody's stead, being recused, and recommending where one may not decide.

use super::*;

#[test]
fn delegations_hold_by_date_and_kind_and_are_ones_own_to_give() {
    let mut desk = Desk::ready("high");
    desk.delegate("eve", "sam", (2, 5)).expect("for later");
    assert!(refusal(desk.approve("sam")).why.contains("only from"));
    let fields = vec![
        ("delegator", desk.id("eve").into()),
        ("delegate", desk.id("nobody").into()),
        ("starts_on", in_days(-3).into()),
        ("ends_on", in_days(-1).into()),
        ("reason", "Over".into()),
    ];
    desk.add("eve", &DELEGATION, fields).expect("one that has just ended");
    let refused = refusal(desk.approve("nobody"));
    assert!(refused.why.contains("ended on"), "{refused}");
    assert!(said(desk.delegate("eve", "sue", (0, 500))).contains("90 days"));
    assert!(said(desk.delegate("eve", "eve", (0, 5))).contains("themselves"));
    let fields = vec![
        ("delegator", desk.id("eve").into()),
        ("delegate", desk.id("sue").into()),
        ("ends_on", in_days(5).into()),
        ("kinds", vec![WAIVER.to_owned()].into()),
        ("reason", "x".into()),
    ];
    assert!(said(desk.add("sue", &DELEGATION, fields.clone())).contains("nobody does so for another"));
    desk.add("eve", &DELEGATION, fields).expect("for waivers only");
    refusal(desk.approve("sue"));
    desk.delegate("eve", "fred", (0, 5)).expect("delegated");
    assert!(refusal(desk.approve("sue")).holders.contains(&"fred".to_owned()), "delegates are named too");
    desk.approve("fred").expect("approved");
    let decision = desk.at("DEC-2");
    assert_eq!(decision.text("on_behalf_of"), Some(desk.id("eve").as_str()));
    assert_eq!((decision.text("delegation"), decision.text("role")), (Some("DLG-4"), Some("executive")));
}

#[test]
fn who_is_recused_decides_nothing_and_does_not_lift_it() {
    let mut desk = Desk::ready("high");
    let fields = vec![
        ("person", desk.id("eve").into()),
        ("system", desk.at("SYS-1").id().into()),
        ("reason", "Her brother builds it".into()),
    ];
    desk.add("eve", &RECUSAL, fields).expect("declared");
    let refused = refusal(desk.approve("eve"));
    assert_eq!((refused.rule.as_str(), refused.holders), ("conflict-of-interest", vec!["eli".to_owned()]));
    desk.delegate("eve", "fred", (0, 5)).expect("delegated");
    assert!(refusal(desk.approve("fred")).why.contains("RCU-1"), "not through a delegate");
    let ended = vec![("ended_on", today().into())];
    assert!(said(desk.set("eve", "RCU-1", ended.clone())).contains("Somebody else"));
    let recusal = Edit::Delete { kind: &RECUSAL, id: desk.at("RCU-1").id().to_owned() };
    assert!(said(desk.workspace.write(Change::by(&desk.id("eve"), vec![recusal]))).contains("it is kept"));
    desk.set("eli", "RCU-1", ended).expect("over");
    desk.approve("eve").expect("approved");
}

#[test]
fn who_may_not_decide_recommends_and_nothing_follows() {
    let mut desk = Desk::ready("high");
    let ask = Ask { recommend: true, ..Ask::new(APPROVE, Some(&desk.at("REV-1")), "I would") };
    desk.decide("nobody", &ask).expect("recommended");
    assert_eq!(desk.at("REV-1").text("stage"), Some("decision"));
    assert_eq!(desk.state("DEC-2"), State::Recommended);
    desk.approve("eve").expect("approved");
    assert_eq!(desk.state("DEC-2"), State::Superseded, "it was answered");
}
