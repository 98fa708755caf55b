//! Figures of a workspace whose policy was changed in the middle of the period: each decision is judged by the policy that was in
//! force then, to the hour.

use super::*;
use crate::session::{PROFILE_LAYER, policies};

/// The policies of a workspace that went under another profile on a day, as its own history tells them.
fn over_time(desk: &Desk) -> Policies {
    let governing = policies(Some(Layer::new("trial", open())));
    let states = desk.workspace.policy_layers_over_time().expect("the history");
    let versions = states.into_iter().map(|(from, own)| (from, governing(&own).expect("it loads"))).collect();
    Policies::over_time(&governing(&desk.workspace.policy_layers().expect("the layers")).expect("it loads"), versions)
}

/// Puts the workspace under a profile.
fn under(desk: &mut Desk, when: &str, profile: &str) {
    let ask = crate::review::decide::Ask::new(decision::POLICY_CHANGE, None, "We lend now.");
    let mut edits = crate::review::decide::decide(&desk.workspace, &ask, at(when)).expect("edits");
    let columns = vec![("text", crate::session::profile_layer(profile))];
    edits.push(Edit::PutRow { table: "policy_layer", id: PROFILE_LAYER.to_owned(), columns });
    desk.write(when, edits);
}

#[test]
fn a_profile_that_was_switched_judges_what_came_after_it_only() {
    let mut desk = Desk::new();
    under(&mut desk, "2026-01-02", "startup");
    let answers = || {
        vec![
            ("use_case", "Ranks applications".into()),
            ("decision_role", "decides with review".into()),
            ("domain", "essential services and benefits".into()),
            ("exposure", "customers".into()),
            ("model_type", "classical ML".into()),
        ]
    };
    // One is decided in the morning of the switch, one in its afternoon.
    let (before, after) = (desk.review("2026-03-01", Vec::new()), desk.review("2026-03-01", Vec::new()));
    for review in [&before, &after] {
        desk.complete("2026-03-02", review, answers());
    }
    desk.approve("2026-05-04T08:00:00Z", &before);
    under(&mut desk, "2026-05-04T12:00:00Z", "financial services");
    desk.approve("2026-05-04T16:00:00Z", &after);
    desk.policies = over_time(&desk);
    let asked = |review: &Record, policy: &Policy| {
        let packet = desk.workspace.look().belonging(&PACKET, "review", review.id()).expect("a packet");
        let [documents, checklists] = policy.needs_for(&packet, None, Some("low")).expect("rules");
        let mut documents: Vec<&str> = documents.iter().map(|rule| rule.what.as_str()).collect();
        documents.extend(documents.contains(&"evaluation plan").then_some("evaluation report"));
        documents.sort_unstable();
        documents.dedup();
        let ids = checklists.iter().map(|rule| rule.what.clone());
        let own = policy.checklists_for(&packet).expect("templates").into_iter().map(|one| one.id.clone());
        let ids: std::collections::BTreeSet<String> = ids.chain(own).collect();
        let always = |id: &String| {
            let items = &policy.checklist(id).expect("a template").items;
            items.iter().filter(|item| item.when.is_none() && !item.required_evidence.is_empty()).count()
        };
        number(documents.len() + ids.iter().map(always).sum::<usize>())
    };
    let (first, second) = (desk.policies.at(at("2026-05-04T11:59:59Z")), desk.policies.at(at("2026-05-04T12:00:00Z")));
    assert_eq!((first.about().name.as_str(), second.about().name.as_str()), ("startup", "financial services"));
    let (one, two) = (asked(&before, first), asked(&after, second));
    assert!((asked(&before, first) - asked(&before, second)).abs() > 0.5, "else the case shows nothing");
    let half = desk.figure("evidence-completeness", "2026-H1");
    assert_eq!((half.denominator, half.n), (Some(one + two), 2));
    // The target is that of the policy in force at the end of the period.
    for (period, policy) in [("2026-Q1", first), ("2026-Q2", second)] {
        let wanted = Goal::of(policy.target("evidence-completeness"), Unit::Share, None).words;
        assert_eq!(desk.whole("evidence-completeness", period).goal.words, wanted, "{period}");
    }
}
