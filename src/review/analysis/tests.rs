//! Runs by example: rows made from cell counts, read by the engine, attached to a review in a real workspace.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use tempfile::TempDir;

use super::guess::{Role, look};
use super::*;
use crate::policy::Measured;
use crate::record::analysis::{BREACHED, UNDECIDED, WITHIN};
use crate::record::{PACKET, PERSON, REVIEW, SYSTEM};
use crate::review::start;
use crate::slices;
use crate::slices::read::Watch;
use crate::workspace::{Change, Receipt};

/// How many rows of a group are truly (first letter) and predicted (second letter) positive or negative.
struct Counts {
    sex: &'static str,
    pp: u64,
    pn: u64,
    np: u64,
    nn: u64,
}

const fn counts(sex: &'static str, pp: u64, pn: u64, np: u64, nn: u64) -> Counts {
    Counts { sex, pp, pn, np, nn }
}

/// A predictions file with these rows.
fn file(folder: &Path, name: &str, groups: &[Counts]) -> PathBuf {
    let mut text = "y_true,y_pred,sex\n".to_owned();
    for group in groups {
        for (cell, truth, predicted) in [(group.pp, 1, 1), (group.pn, 1, 0), (group.np, 0, 1), (group.nn, 0, 0)] {
            for _ in 0..cell {
                writeln!(text, "{truth},{predicted},{}", group.sex).unwrap();
            }
        }
    }
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn analysed(path: &Path) -> Report {
    let mut layout = look(path).unwrap();
    layout.favourable = Some("1".to_owned());
    let cancel = AtomicBool::new(false);
    slices::analyse(&layout.request(10), &mut Watch { cancel: &cancel, tell: &mut |_, _| {} }).unwrap()
}

/// A threshold for the gap in FPR alone, so that nothing else decides.
fn only(metric: &str, limit: f64) -> Vec<Threshold> {
    let policy = Policy::builtin();
    let mut one = policy.all_thresholds().iter().find(|one| one.id == "fpr-gap").unwrap().clone();
    one.metric = metric.to_owned();
    one.limit = crate::policy::Limit::AtMost(limit);
    vec![one]
}

fn fpr(groups: &[Counts]) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    judge(&analysed(&file(folder.path(), "p.csv", groups)), &only("fpr", 0.1))
}

#[test]
fn a_gap_is_broken_only_by_more_than_chance() {
    // FPR 40 % of 500 against 20 % of 1,000.
    let clear = fpr(&[counts("Female", 200, 300, 200, 300), counts("Male", 400, 600, 200, 800)]);
    assert_eq!(clear.word(), BREACHED);
    let text = &clear.judged[0].text;
    for part in [
        "sex = Female",
        "FPR is 40.0 % [35.8 to 44.4, n 500]",
        "20.0 % [17.6 to 22.6, n 1,000] for Male",
        "+20.0 points [",
        "fpr-gap",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        clear.answer().iter().any(|line| line.contains("sex, FPR: from 20.0 % (Male) to 40.0 % (Female)")),
        "{:?}",
        clear.answer()
    );
    // The same rates of 40 and 80: the interval of 20 points includes zero at such an n.
    let unsure = fpr(&[counts("Female", 40, 0, 14, 26), counts("Male", 80, 0, 16, 64)]);
    assert_eq!(unsure.word(), UNDECIDED, "{}", unsure.reasons());
    assert!(unsure.reasons().contains("the interval includes zero"), "{}", unsure.reasons());
    // Too few, however far apart.
    let few = fpr(&[counts("Female", 40, 0, 20, 5), counts("Male", 400, 600, 200, 800)]);
    assert_eq!(few.word(), UNDECIDED);
    assert!(few.reasons().contains("wants 30 rows on both sides and there are 25"), "{}", few.reasons());
    let within = fpr(&[counts("Female", 200, 300, 105, 395), counts("Male", 400, 600, 200, 800)]);
    assert_eq!(within.word(), WITHIN);
    assert_eq!(within.reasons(), "Within: 1 comparisons.");
}

#[test]
fn what_is_undefined_or_hidden_is_undecided_and_nothing_is_not_judged() {
    let none = fpr(&[counts("Female", 60, 0, 0, 0), counts("Male", 400, 600, 200, 800)]);
    assert_eq!(none.word(), UNDECIDED);
    assert!(none.reasons().contains("no row is truly negative"), "{}", none.reasons());
    let hidden = fpr(&[counts("Other", 1, 1, 1, 1), counts("Male", 400, 600, 200, 800)]);
    assert!(hidden.reasons().contains("too few rows to be shown"), "{}", hidden.reasons());
    assert_eq!(Verdict::default().word(), NOT_JUDGED_WORD);
    assert!(!Verdict::default().answer().is_empty());
}

const NOT_JUDGED_WORD: &str = crate::record::analysis::NOT_JUDGED;

#[test]
fn an_impact_ratio_needs_the_outcome_that_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "p.csv", &[counts("Female", 100, 0, 0, 400), counts("Male", 200, 0, 100, 200)]);
    let limits: Vec<Threshold> =
        Policy::builtin().all_thresholds().iter().filter(|one| one.of == Measured::Impact).cloned().collect();
    let report = analysed(&path);
    let said = judge(&report, &limits);
    assert_eq!(said.word(), BREACHED);
    assert!(said.judged[0].text.contains("impact ratio 0.33"), "{}", said.judged[0].text);
    let mut unsaid = report;
    unsaid.data.favourable = None;
    let verdict = judge(&unsaid, &limits);
    assert_eq!(verdict.word(), UNDECIDED);
    assert!(verdict.reasons().contains("nobody said which outcome is good"), "{}", verdict.reasons());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_broken_gap_leaves_out_zero_and_is_beyond_its_limit(
        (pp, np, nn) in (0_u64..60, 0_u64..60, 0_u64..60), (p2, n2, m2) in (0_u64..60, 0_u64..60, 0_u64..60)
    ) {
        let verdict = fpr(&[counts("a", pp + 5, 5, np, nn), counts("b", p2 + 5, 5, n2, m2)]);
        for one in verdict.those(Standing::Breached) {
            let (value, (_, base)) = (one.value.unwrap(), one.against.clone().unwrap());
            prop_assert!((value - base).abs() > 0.1, "{}", one.text);
            prop_assert!(one.n >= 30, "{}", one.text);
        }
        prop_assert_eq!(verdict.word() == BREACHED, verdict.those(Standing::Breached).next().is_some());
    }
}

/// A workspace with two people and a review of a system.
struct Place {
    folder: TempDir,
    workspace: Workspace,
    policy: Policy,
    ana: String,
    lena: String,
    system: String,
    review: Record,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let policy = Policy::builtin();
        let mut workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).unwrap();
        let now = Utc::now();
        let (ana, lena, system) = (new_id(now), new_id(now), new_id(now));
        let person = |id: &str, name: &str, handle: &str| Edit::Add {
            kind: &PERSON,
            id: id.to_owned(),
            fields: vec![("name", name.into()), ("handle", handle.into())],
        };
        let (review, more) = start(now, vec![("title", "Screener".into()), ("system", system.as_str().into())]);
        let mut edits = vec![person(&ana, "Ana Lima", "ana"), person(&lena, "Lena Novak", "lena")];
        let fields = vec![("name", "Screener".into()), ("model_version", "1.0".into())];
        edits.push(Edit::Add { kind: &SYSTEM, id: system.clone(), fields });
        edits.extend(more);
        workspace.write(Change::by(&ana, edits)).unwrap();
        let review = workspace.get(&REVIEW, &review).unwrap();
        assert!(workspace.total(&PACKET).unwrap() == 1);
        Self { folder, workspace, policy, ana, lena, system, review }
    }

    fn attach(&mut self, report: &Report, limitations: &str) -> Result<Receipt> {
        let ask = Attach {
            report,
            review: &self.review,
            title: String::new(),
            limitations: limitations.to_owned(),
            model_version: String::new(),
            replaces: None,
        };
        let attached = attach(&self.workspace, &self.policy, &ask, Utc::now())?;
        self.workspace.write(Change::by(&self.ana, attached.edits))
    }

    fn set(&mut self, by: &str, record: &Record, fields: Vec<(&'static str, Value)>) -> Result<Receipt> {
        let edit = Edit::Set { kind: record.kind(), id: record.id().to_owned(), version: None, fields };
        self.workspace.write(Change::by(by, vec![edit]))
    }

    fn accept(&mut self, by: &str, reference: &str) -> Result<Receipt> {
        let evidence = self.workspace.find(reference).unwrap();
        self.set(by, &evidence, vec![("status", "accepted".into()), ("verdict_reason", "Read it".into())])
    }
}

fn biased() -> [Counts; 2] {
    [counts("Female", 200, 300, 200, 300), counts("Male", 400, 600, 200, 800)]
}

#[test]
fn a_report_becomes_a_run_and_evidence_and_holds_no_rows() {
    let mut place = Place::new();
    let report = analysed(&file(place.folder.path(), "predictions.csv", &biased()));
    place.attach(&report, "One county.").unwrap();
    let run = place.workspace.find("RUN-1").unwrap();
    assert_eq!(run.text("verdict"), Some(BREACHED));
    assert!(run.text("reasons").unwrap().contains("FPR is 40.0 %"), "{:?}", run.text("reasons"));
    assert_eq!((run.text("model_version"), run.text("dataset")), (Some("1.0"), Some("predictions.csv")));
    assert_eq!(run.text("sha256"), Some(report.data.file.sha256.as_str()));
    assert_eq!((run.number("n"), run.get("sliced_by").items()), (Some(3000), &["sex".to_owned()][..]));
    assert_eq!(run.text("system"), Some(place.system.as_str()), "it is the review's");
    let parameters: serde_json::Value = serde_json::from_str(run.text("parameters").unwrap()).unwrap();
    assert_eq!(parameters["columns"]["y_true"], "y_true");
    let evidence = place.workspace.find("EVD-1").unwrap();
    assert_eq!((evidence.text("kind"), run.text("evidence")), (Some("fairness report"), Some(evidence.id())));
    assert_eq!(report_of(&place.workspace, &run).unwrap(), Some(without_folders(&report)));
    let kept = results(&place.workspace, &run).unwrap().unwrap();
    assert!(!kept.contains("1,1,Female") && kept.len() < 100_000, "{}", kept.len());
    let folder = place.folder.path().to_string_lossy().into_owned();
    assert!(!run.text("title").unwrap().contains(&folder), "where the file lay is not told");
    let again = place.attach(&report, "").expect_err("refused").to_string();
    assert!(again.contains("RUN-1 is this very analysis"), "{again}");
    assert!(place.workspace.doctor(&AtomicBool::new(false), |_| {}).unwrap().iter().all(|finding| finding.ok));
}

#[test]
fn without_limitations_nobody_accepts_it_and_nobody_accepts_their_own() {
    let mut place = Place::new();
    let report = analysed(&file(place.folder.path(), "predictions.csv", &biased()));
    place.attach(&report, " ").unwrap();
    let (ana, lena) = (place.ana.clone(), place.lena.clone());
    let refused = place.accept(&lena, "EVD-1").expect_err("refused").to_string();
    assert!(refused.contains("RUN-1 says nothing of its limitations"), "{refused}");
    let run = place.workspace.find("RUN-1").unwrap();
    place.set(&ana, &run, vec![("limitations", "One county, 2013.".into())]).unwrap();
    let refused = place.accept(&ana, "EVD-1").expect_err("refused").to_string();
    assert!(refused.contains("Nobody accepts their own evidence"), "{refused}");
    place.accept(&lena, "EVD-1").unwrap();
    let run = place.workspace.find("RUN-1").unwrap();
    let refused = place.set(&ana, &run, vec![("limitations", Value::Empty)]).expect_err("refused").to_string();
    assert!(refused.contains("cannot be left out"), "{refused}");
}

#[test]
fn a_run_of_a_new_model_version_makes_the_old_one_stale_and_says_what_changed() {
    let mut place = Place::new();
    let old = analysed(&file(place.folder.path(), "one.csv", &biased()));
    place.attach(&old, "One county.").unwrap();
    let (ana, lena) = (place.ana.clone(), place.lena.clone());
    place.accept(&lena, "EVD-1").unwrap();
    let system = place.workspace.get(&SYSTEM, &place.system).unwrap();
    place.set(&ana, &system, vec![("model_version", "1.1".into())]).unwrap();
    let groups = [counts("Female", 250, 250, 110, 390), counts("Male", 400, 600, 200, 800)];
    let new = analysed(&file(place.folder.path(), "two.csv", &groups));
    place.attach(&new, "One county.").unwrap();
    let (first, second) = (place.workspace.find("RUN-1").unwrap(), place.workspace.find("RUN-2").unwrap());
    assert_eq!((first.text("status"), second.text("status")), (Some(STALE), Some("attached")));
    assert_eq!(second.text("supersedes"), Some(first.id()));
    assert_eq!(second.text("model_version"), Some("1.1"));
    let (before, after) = (place.workspace.find("EVD-1").unwrap(), place.workspace.find("EVD-2").unwrap());
    assert_eq!((before.text("status"), after.text("status")), (Some("superseded"), Some("submitted")));
    assert_eq!(after.text("supersedes"), Some(before.id()), "what named it means the new one");
    let found = changes(&old, &new);
    let fpr = found.iter().find(|one| one.group == "Female" && one.metric == "fpr").unwrap();
    assert!(fpr.is_clear() && fpr.text().contains("went from 40.0 % to 22.0 %: -18.0 points ["), "{}", fpr.text());
    let same = found.iter().find(|one| one.group == "Male" && one.metric == "fpr").unwrap();
    assert_eq!((same.is_clear(), same.difference.value), (false, Some(0.0)));
    assert!(found.windows(2).all(|pair| pair[0].is_clear() >= pair[1].is_clear()), "clear ones come first");
    // All of it is one change, and is undone as one.
    place.workspace.undo(&ana).unwrap();
    assert_eq!(place.workspace.find("RUN-1").unwrap().text("status"), Some("attached"));
    assert_eq!(place.workspace.find("EVD-1").unwrap().text("status"), Some("accepted"));
}

#[test]
fn the_gate_asks_for_an_explanation_where_a_threshold_is_broken() {
    let mut place = Place::new();
    let report = analysed(&file(place.folder.path(), "p.csv", &biased()));
    place.attach(&report, "One county.").unwrap();
    let today = chrono::Local::now().date_naive();
    let check = |place: &Place| {
        let review = place.workspace.get(&REVIEW, place.review.id()).unwrap();
        let gate = crate::review::gate::gate(&place.workspace, &place.policy, review, None, today).unwrap();
        gate.checks.into_iter().find(|check| check.id == "analysis").unwrap()
    };
    let told = check(&place);
    assert!(told.reason.contains("RUN-1") && told.reason.contains("nobody explains it"), "{}", told.reason);
    assert_eq!(told.findings[0].next.command, "probity analysis set RUN-1 --explanation TEXT");
    let (ana, run) = (place.ana.clone(), place.workspace.find("RUN-1").unwrap());
    place.set(&ana, &run, vec![("explanation", "A clerk decides; we look again in March.".into())]).unwrap();
    assert_eq!(check(&place).reason, "1 run within thresholds or explained.");
    let system = place.workspace.get(&SYSTEM, &place.system).unwrap();
    place.set(&ana, &system, vec![("model_version", "2.0".into())]).unwrap();
    assert!(check(&place).reason.contains("stale: it is about model version 1.0, and 2.0 is under review"));
}

#[test]
fn a_risk_says_the_event_with_n_gap_and_interval_and_leaves_cause_and_harm_open() {
    let folder = tempfile::tempdir().unwrap();
    let report = analysed(&file(folder.path(), "p.csv", &biased()));
    let attribute = &report.attributes[0];
    let typed = from_group(&report, attribute, &attribute.groups[0], "fpr", "RUN-7").unwrap();
    let said = |name: &str| typed.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone()).unwrap();
    let statement = said("statement");
    for part in [
        "40.0 % [35.8 to 44.4, n 500]",
        "n 1,000] for Male",
        "a gap of +20.0 points [+1",
        CAUSE,
        HARM,
        "RUN-7",
        "p.csv",
    ] {
        assert!(statement.contains(part), "{part}: {statement}");
    }
    assert!(!statement.contains(&*folder.path().to_string_lossy()), "{statement}");
    assert_eq!((said("affected_groups").as_str(), said("category").as_str()), ("sex = Female", "fairness"));
    // From the side of the reference the same gap is turned.
    let turned = from_group(&report, attribute, &attribute.groups[1], "fpr", "").unwrap();
    assert!(turned.iter().any(|(_, text)| text.contains("for Female: a gap of -20.0 points [-")), "{turned:?}");
    assert!(from_group(&report, attribute, &attribute.groups[0], "auc", "").is_none(), "there are no scores");
}

#[test]
fn runs_of_other_tools_are_checked() {
    let mut place = Place::new();
    let add = |place: &mut Place, fields: Vec<(&'static str, Value)>| {
        let mut all = vec![("title", Value::text("garak"))];
        all.extend(fields);
        let edit = Edit::Add { kind: &ANALYSIS, id: new_id(Utc::now()), fields: all };
        let by = place.ana.clone();
        place.workspace.write(Change::by(&by, vec![edit]))
    };
    for (fields, words) in [
        (vec![("status", Value::text("attached"))], "name the evidence"),
        (vec![("verdict", Value::text(BREACHED))], "what the verdict rests on"),
        (vec![("sha256", Value::text("abc"))], "64 hexadecimal digits"),
        (vec![("parameters", Value::text("{"))], "not JSON"),
    ] {
        let refused = add(&mut place, fields).expect_err("refused").to_string();
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let fields = vec![("kind", "safety".into()), ("tool", "garak".into()), ("n", Value::Number(400))];
    add(&mut place, fields).unwrap();
    let run = place.workspace.find("RUN-1").unwrap();
    assert_eq!(run.text("status"), Some("recorded"));
    assert!(run.get("produced_on").as_day().is_some());
    assert_eq!(report_of(&place.workspace, &run).unwrap(), None);
}

#[test]
fn columns_are_guessed_by_name_and_content_and_can_be_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.csv");
    let mut text = "case_id;attack;lang;passed;note\n".to_owned();
    for at in 0..90 {
        let (attack, lang) = (["dan", "roleplay", "none"][at % 3], ["en", "de"][at % 2]);
        writeln!(text, "{at};{attack};{lang};{};n{at}", if at % 5 == 0 { "no" } else { "yes" }).unwrap();
    }
    std::fs::write(&path, text).unwrap();
    let mut layout = look(&path).unwrap();
    let role =
        |layout: &guess::Layout, name: &str| layout.columns.iter().find(|column| column.name == name).unwrap().role;
    assert_eq!(role(&layout, "passed"), Role::Outcome);
    assert_eq!((role(&layout, "attack"), role(&layout, "lang")), (Role::Group, Role::Group));
    assert_eq!((role(&layout, "note"), role(&layout, "case_id")), (Role::Unused, Role::Id));
    assert_eq!((layout.positive.as_deref(), layout.lacks()), (Some("yes"), None));
    layout.assign(3, Role::True);
    assert_eq!(role(&layout, "passed"), Role::True);
    assert!(layout.lacks().unwrap().contains("predicted label"));
    layout.assign(1, Role::True);
    assert_eq!(role(&layout, "passed"), Role::Unused, "there is one true label");
    for (name, bytes, words) in [
        ("empty.csv", &b""[..], "empty"),
        ("nul.csv", &b"a,b\n\0,1\n"[..], "no text"),
        ("nowhere/x.csv", &b""[..], "cannot be read"),
    ] {
        let path = folder.path().join(name);
        if !name.contains('/') {
            std::fs::write(&path, bytes).unwrap();
        }
        let why = look(&path).expect_err(name);
        assert!(why.contains(words), "{name}: {why}");
    }
    let wide = folder.path().join("wide.csv");
    std::fs::write(&wide, (0..10_000).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",")).unwrap();
    assert!(look(&wide).expect_err("wide").contains("10000 columns"));
    let western = folder.path().join("western.csv");
    std::fs::write(&western, b"y_true,y_pred,gender\n1,1,f\xe9minin\n0,1,masculin\n").unwrap();
    let layout = look(&western).unwrap();
    assert_eq!(layout.columns[2].values[0].0, "féminin");
    assert_eq!(layout.columns[2].role, Role::Group);
}

#[test]
fn a_document_is_filled_with_the_tables_of_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let report = analysed(&file(folder.path(), "p.csv", &biased()));
    let text = tables(&report);
    assert!(text.contains("| Female | 1,000 |") && text.contains("40.0 % [35.8 to 44.4, n 500]"), "{text}");
    assert!(text.contains("Furthest for sure from Male:"), "{text}");
}

#[test]
fn every_metric_of_policy_is_one_that_the_engine_knows() {
    let known: Vec<&str> = slices::metric::RATES.iter().chain(slices::metric::OUTCOMES).map(|rate| rate.name).collect();
    let others = ["f1", "balanced_accuracy", "auc", "calibration", "mae", "rmse", "bias"];
    for metric in crate::policy::METRICS {
        assert!(known.contains(metric) || others.contains(metric), "{metric}");
    }
    for rate in known {
        assert!(crate::policy::METRICS.contains(&rate), "{rate} can have no threshold");
    }
}
