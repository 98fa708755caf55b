//! What is figured of launches. The working stands beside each case.

use super::*;

#[test]
fn coverage_asks_for_a_complete_packet_and_an_approval_before_the_launch() {
    // Three answers are asked for, whatever is answered.
    let few = policy("").to_table().get("requirement").and_then(toml::Value::as_array).expect("rules").clone();
    let gone: String = few
        .iter()
        .filter_map(|rule| rule.get("id")?.as_str().filter(|id| *id != "use-case"))
        .fold(String::new(), |gone, id| gone + "[[requirement]]\nid = \"" + id + "\"\nremove = true\n");
    let mut desk = Desk::under(&policy(&gone));
    let release = |desk: &mut Desk, on: &str| desk.release(on);
    let link = |release: &Record| vec![("release", Value::text(release.id()))];
    // 1: approved on 1 July, complete, launched on 10 July: counts.
    let good = release(&mut desk, "2026-07-10");
    let one = desk.review("2026-06-01", link(&good));
    desk.complete("2026-06-02", &one, vec![("use_case", "Ranks".into())]);
    desk.approve("2026-07-01", &one);
    // 2: approved five days after its launch: does not.
    let late = release(&mut desk, "2026-07-15");
    let two = desk.review("2026-06-01", link(&late));
    desk.complete("2026-06-02", &two, vec![("use_case", "Ranks".into())]);
    desk.approve("2026-07-20", &two);
    // 3: approved in time, but its packet was completed only after the launch: does not.
    let hollow = release(&mut desk, "2026-08-01");
    let three = desk.review("2026-06-01", link(&hollow));
    desk.approve("2026-07-01", &three);
    desk.complete("2026-09-02", &three, vec![("use_case", "Ranks".into())]);
    // 4: no review at all: does not. Launched on the last day of the quarter.
    release(&mut desk, "2026-09-30");
    // Not counted: launched the day after the quarter.
    release(&mut desk, "2026-10-01");
    let counted = desk.figure("assessment-coverage", "2026-Q3");
    close(counted.value, 0.25);
    assert_eq!((counted.numerator, counted.denominator, counted.n), (Some(1.0), Some(4.0), 4));
    let behind: Vec<(&str, bool)> = counted.behind.iter().map(|one| (one.id.as_str(), one.counts)).collect();
    assert_eq!(behind.first(), Some(&(good.id(), true)));
    // What came into it later does not make it good afterwards: the packet of the first was emptied after its launch.
    desk.complete("2026-10-02", &one, vec![("use_case", Value::Empty)]);
    close(desk.figure("assessment-coverage", "2026-Q3").value, 0.25);
    // A system that is not in scope is left out.
    let system = desk.workspace.get(&SYSTEM, &desk.system.clone()).expect("the system");
    desk.set("2026-10-03", &system, vec![("tags", Value::List(vec!["out of scope".to_owned()]))]);
    assert_eq!(desk.figure("assessment-coverage", "2026-Q3").value, None);
}

#[test]
fn what_remains_at_a_launch_is_accepted_or_not() {
    let mut desk = Desk::new();
    let launch = |desk: &mut Desk, on: &str, steps: Option<i64>| {
        let release = desk.release(on);
        let review = desk.review("2026-06-01", vec![("release", Value::text(release.id()))]);
        let fields = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("severity", 5.into()),
            ("likelihood", 4.into()),
            ("residual_severity", steps.map_or(Value::Empty, Value::Number)),
            ("residual_likelihood", steps.map_or(Value::Empty, Value::Number)),
        ];
        desk.add("2026-06-02", &RISK, fields)
    };
    // Low in the end: not partial. High, and accepted before the launch. High, and accepted after it. High, never assessed.
    launch(&mut desk, "2026-07-10", Some(1));
    let accepted = launch(&mut desk, "2026-07-11", Some(4));
    let afterwards = launch(&mut desk, "2026-07-12", Some(4));
    launch(&mut desk, "2026-07-13", None);
    for (risk, when) in [(&accepted, "2026-07-01"), (&afterwards, "2026-07-20")] {
        let risk = desk.workspace.get(&RISK, risk.id()).expect("the risk");
        let ask = crate::review::decide::Ask {
            expires_on: Some(day("2026-12-31")),
            ..crate::review::decide::Ask::new(decision::ACCEPTANCE, Some(&risk), "Known.")
        };
        desk.decide(when, &ask);
    }
    let documented = desk.figure("residual-acceptance", "2026-07");
    close(documented.value, 1.0 / 3.0);
    assert_eq!(documented.denominator, Some(3.0));
    // Lowered after the launch: at the launch it was high.
    desk.set("2026-08-01", &afterwards, vec![("residual_severity", 1.into())]);
    close(desk.figure("residual-acceptance", "2026-07").value, 1.0 / 3.0);
    // Found after the launch: it did not remain at it.
    let review =
        desk.workspace.get(&RISK, accepted.id()).expect("the risk").text("review").unwrap_or_default().to_owned();
    let fields = vec![
        ("title", "Late".into()),
        ("review", Value::text(review)),
        ("severity", 5.into()),
        ("likelihood", 5.into()),
    ];
    desk.add("2026-09-01", &RISK, fields);
    close(desk.figure("residual-acceptance", "2026-07").value, 1.0 / 3.0);
}

#[test]
fn each_launch_is_judged_by_the_policy_of_its_day() {
    let mut desk = Desk::new();
    for on in ["2026-03-10", "2026-09-10"] {
        let release = desk.release(on);
        let review = desk.review("2026-02-01", vec![("release", Value::text(release.id()))]);
        // Medium: tolerated by the first policy, above what the second tolerates.
        let level = vec![
            ("title", "R".into()),
            ("review", Value::text(review.id())),
            ("severity", 3.into()),
            ("likelihood", 3.into()),
        ];
        assert_eq!(desk.add("2026-02-02", &RISK, level).text("level"), Some("medium"));
    }
    let strict = policy("[risk]\ntolerated_level = \"low\"\n[[kpi]]\nid = \"residual-acceptance\"\nat_least = 0.5\n");
    let lax = policy("");
    desk.policies = Policies::over_time(&strict, vec![(at("2025-01-01"), lax), (at("2026-06-01"), strict.clone())]);
    let year = desk.whole("residual-acceptance", "2026");
    assert_eq!((year.counted.value, year.counted.denominator), (Some(0.0), Some(1.0)), "only the second was partial");
    assert_eq!(year.goal.words, "≥ 50 %", "the target in force at the end");
    let first = desk.whole("residual-acceptance", "2026-H1");
    assert_eq!((first.counted.value, first.counted.denominator), (None, Some(0.0)));
    assert_eq!(desk.whole("residual-acceptance", "2026-Q1").goal.words, "≥ 100 %");
}

#[test]
fn a_launch_is_watched_when_its_signals_are_live() {
    let mut desk = Desk::new();
    desk.release("2026-04-01");
    desk.release("2026-06-01");
    let owner = Value::text(desk.me.as_str());
    let fields = vec![
        ("name", "Drift".into()),
        ("system", Value::text(desk.system.as_str())),
        ("owner", owner),
        ("alert_route", "#alerts".into()),
    ];
    let signal = desk.add("2026-03-01", &SIGNAL, fields);
    // Live between the two launches.
    desk.set("2026-05-01", &signal, vec![("status", "live".into())]);
    let half = desk.figure("monitoring-readiness", "2026-H1");
    assert_eq!((half.numerator, half.denominator), (Some(1.0), Some(2.0)));
    close(desk.figure("monitoring-readiness", "2026-06").value, 1.0);
    // A second live signal without a route: not ready any more, from then on.
    let bare = vec![("name", "Bias".into()), ("system", Value::text(desk.system.as_str())), ("status", "live".into())];
    desk.add("2026-05-20", &SIGNAL, bare);
    close(desk.figure("monitoring-readiness", "2026-06").value, 0.0);
}

#[test]
fn what_was_taken_back_was_launched_all_the_same() {
    let mut desk = Desk::new();
    let release = desk.release("2026-04-01");
    desk.set("2026-04-09", &release, vec![("rolled_back_on", day("2026-04-09").into())]);
    for id in ["assessment-coverage", "monitoring-readiness"] {
        let counted = desk.figure(id, "2026-04");
        assert_eq!((counted.value, counted.denominator), (Some(0.0), Some(1.0)), "{id}");
    }
}

#[test]
fn a_target_is_met_at_equality_or_not_as_it_says() {
    let mut desk = Desk::new();
    desk.release("2026-04-01");
    let owner = Value::text(desk.me.as_str());
    let fields = vec![
        ("name", "Drift".into()),
        ("system", Value::text(desk.system.as_str())),
        ("owner", owner),
        ("alert_route", "#alerts".into()),
        ("status", "live".into()),
    ];
    desk.add("2026-03-01", &SIGNAL, fields);
    for (limit, verdict) in [
        ("at_least = 1.0", Verdict::Met),
        ("over = 1.0", Verdict::Missed),
        ("at_most = 1.0", Verdict::Met),
        ("under = 1.0", Verdict::Missed),
    ] {
        let gone = Layer::new("gone", "[[kpi]]\nid = \"monitoring-readiness\"\nremove = true\n");
        let own = Layer::new("own", format!("[[kpi]]\nid = \"monitoring-readiness\"\n{limit}\n"));
        desk.policies = Policies::one(&Policy::from_layers(&[gone, own]).expect("it loads"));
        assert_eq!(desk.whole("monitoring-readiness", "2026-04").verdict, verdict, "{limit}");
    }
}
