//! The triage on the screens, used as people use it: read, gone along, opened, applied; and answers that change what is
//! needed, shown before they are saved.

use crate::record::{LEGAL, PACKET, ROUTE, Record, Value};
use crate::tui::app::stage::{Stage, steady};
use crate::workspace::{Access, Change, Direction, Edit, Options, Query, Workspace};

/// Answers of the first review's packet, saved by another program.
fn answer(stage: &mut Stage, reference: &str, fields: Vec<(&'static str, Value)>) {
    let path = stage.workspace().path().to_owned();
    let options = Options { access: Access::Write, ..Options::default() };
    let policy = std::sync::Arc::new(crate::policy::Policy::builtin());
    let mut other = Workspace::open(&path, options, policy).expect("opened");
    let packet = other.find(reference).expect("the packet");
    let me = packet.text("created_by").expect("somebody").to_owned();
    let edit = Edit::Set { kind: &PACKET, id: packet.id().to_owned(), version: None, fields };
    other.write(Change::by(&me, vec![edit])).expect("saved");
    stage.keys("C-l");
}

fn hiring() -> Vec<(&'static str, Value)> {
    vec![
        ("use_case", "Ranks applicants by how well their resumes fit the job".into()),
        ("domain", "employment and workers management".into()),
        ("decision_role", "assists".into()),
        ("personal_data", "personal".into()),
        ("model_type", "RAG".into()),
        ("exposure", "internal".into()),
    ]
}

fn routes(stage: &Stage) -> Vec<Record> {
    let page = stage.workspace().page(&Query::all(&ROUTE), None, Direction::After, 50).expect("routes");
    page.rows.into_iter().map(|row| row.record).collect()
}

#[test]
fn a_triage_is_read_at_two_sizes() {
    let mut stage = Stage::new(80, 24, "dark");
    answer(&mut stage, "PKT-1", hiring());
    stage.keys("Enter Tab Tab");
    insta::assert_snapshot!("triage_80x24", steady(&stage.screen()));
    stage.keys("G");
    insta::assert_snapshot!("triage_80x24_end", steady(&stage.screen()));
    stage.resize(200, 60);
    insta::assert_snapshot!("triage_200x60", steady(&stage.screen()));
}

#[test]
fn each_line_opens_what_it_is_about() {
    let mut stage = Stage::new(120, 50, "dark");
    answer(&mut stage, "PKT-1", hiring());
    answer(&mut stage, "PKT-2", hiring());
    stage.keys("Enter Tab Tab");
    // The proposed tier opens the packet, and Esc comes back to the triage.
    stage.keys("Enter");
    assert!(stage.screen().contains("PKT-1"), "{}", stage.screen());
    stage.keys("Esc");
    assert!(stage.screen().contains("[Triage]"), "{}", stage.screen());
    // The last line is a case that resembles it.
    stage.keys("G");
    assert!(stage.screen().contains("alike by words such as"), "{}", stage.screen());
    stage.keys("Enter");
    assert!(stage.screen().contains("REV-2 Claims triage assistant"), "{}", stage.screen());
    stage.keys("Esc g j Enter");
    assert!(stage.status().contains("there to be read"), "{}", stage.status());
}

#[test]
fn a_duplicate_is_said_before_anything_else() {
    let mut stage = Stage::new(120, 36, "dark");
    let same = |words: &str| vec![("use_case", Value::text(words)), ("intended_use", Value::text(words))];
    let words = "Predicts grape harvest yields per vineyard parcel from satellite imagery, soil moisture probes and \
                 frost records, so that cellar masters order barrels, bottles, corks and pickers early enough, and \
                 growers hear by Tuesday which slopes ripen first, which terraces need water, and where mildew, hail or \
                 wild boars took grapes last season";
    answer(&mut stage, "PKT-1", same(words));
    answer(&mut stage, "PKT-2", same(words));
    stage.keys("Enter Tab Tab");
    let screen = stage.screen();
    let (twin, tier) = (screen.find("handed in twice"), screen.find("Proposed").expect("a tier"));
    assert!(twin.is_some_and(|twin| twin < tier), "{screen}");
}

#[test]
fn applying_asks_each_function_once_and_can_be_undone() {
    let mut stage = Stage::new(120, 36, "dark");
    answer(&mut stage, "PKT-1", hiring());
    let before = routes(&stage).len();
    stage.keys("r");
    assert!(stage.status().contains("triaged: proposed tier high, routes legal"), "{}", stage.status());
    let asked = routes(&stage).len();
    assert!(asked > before);
    stage.keys("r");
    assert_eq!(routes(&stage).len(), asked);
    stage.keys("u");
    assert_eq!(routes(&stage).len(), before);
}

#[test]
fn a_change_of_answers_shows_what_comes_and_goes_before_it_is_saved() {
    let mut stage = Stage::new(100, 30, "dark");
    answer(&mut stage, "PKT-1", hiring());
    stage.keys("Enter p");
    // From the first field up, past the end, to the ones at the end; then to the role in decisions.
    let on_role = |stage: &Stage| stage.screen().lines().any(|line| line.contains("▸*Role in decisions"));
    for _ in 0..40 {
        if on_role(&stage) {
            break;
        }
        stage.keys("Tab");
    }
    assert!(on_role(&stage), "{}", stage.screen());
    stage.keys("C-u C-k").types("informs").keys("C-s");
    let screen = stage.screen();
    assert!(screen.contains("Proposed tier: high → "), "{screen}");
    assert!(screen.contains("- rule employment-decisions"), "{screen}");
    insta::assert_snapshot!("differs_100x30", steady(&screen));
    let role = |stage: &Stage| {
        let packet = stage.workspace().find("PKT-1").expect("the packet");
        packet.text("decision_role").map(str::to_owned)
    };
    // No goes back to the form, which has all that was typed.
    stage.keys("Esc");
    assert!(stage.screen().contains("informs") && role(&stage).as_deref() == Some("assists"), "{}", stage.screen());
    stage.keys("C-s Enter");
    assert_eq!(role(&stage).as_deref(), Some("assists"), "only the key for yes means yes");
    stage.keys("y");
    assert_eq!(role(&stage).as_deref(), Some("informs"));
    assert!(stage.status().contains("PKT-1"), "{}", stage.status());
}

#[test]
fn an_answer_that_changes_nothing_needed_is_saved_at_once() {
    let mut stage = Stage::new(100, 30, "dark");
    answer(&mut stage, "PKT-1", hiring());
    stage.keys("Enter p").types("Recruiters sort applications by it").keys("C-s");
    assert!(stage.status().contains("PKT-1"), "{} {}", stage.status(), stage.screen());
    let intended = stage.workspace().find("PKT-1").expect("the packet").text("intended_use").map(str::to_owned);
    assert!(intended.is_some_and(|text| text.starts_with("Recruiters")));
}

#[test]
fn the_legal_classification_is_made_and_changed_from_the_review() {
    let mut stage = Stage::new(100, 60, "dark");
    answer(&mut stage, "PKT-1", hiring());
    stage.keys("Enter L");
    assert!(stage.screen().contains("Add legal classification"), "{}", stage.screen());
    stage.keys("C-s");
    // With the first answers a duty or a rule may come: a yes saves them.
    stage.keys("y");
    let made = stage.workspace().page(&Query::all(&LEGAL), None, Direction::After, 5).expect("read").rows;
    assert_eq!(made.len(), 1, "{}", stage.screen());
    stage.keys("L");
    assert!(stage.screen().contains(made[0].record.reference()), "{}", stage.screen());
}
