//! The sample workspace: Lindenmark Mutual, a fictional insurer, and its reviews. It is data that people may read, in
//! `assets/sample/`; this is the one list of it. It is loaded as any script is, through the same write path, into a
//! workspace of its own.

use chrono::NaiveDate;

use super::script::{Loaded, Result, Script, Source};
use crate::policy::Policy;
use crate::workspace::Workspace;

/// Names and texts of files in a folder of the assets.
macro_rules! assets {
    ($folder:literal, $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $folder, "/", $name)))),+]
    };
}

/// The scripts, the people first.
const SCRIPTS: &[(&str, &str)] = assets![
    "sample",
    "people.toml",
    "agent-coaching.toml",
    "call-summaries.toml",
    "care-recommender.toml",
    "claim-summaries.toml",
    "claims-triage.toml",
    "coding-agent.toml",
    "community-moderation.toml",
    "complaint-routing.toml",
    "credit-limit.toml",
    "face-login.toml",
    "fraud.toml",
    "health-underwriting.toml",
    "internal-search.toml",
    "interview-insight.toml",
    "invoice-coding.toml",
    "kestrel.toml",
    "learning-recommender.toml",
    "live-captions.toml",
    "marketing-copy.toml",
    "marketing-images.toml",
    "meeting-notes.toml",
    "motor-pricing.toml",
    "ocr-medical.toml",
    "operations.toml",
    "payee-screening.toml",
    "photo-damage.toml",
    "renewal-offer.toml",
    "resume-screener.toml",
    "return-to-work.toml",
    "roof-condition.toml",
    "shift-planner.toml",
    "sme-appetite.toml",
    "support-assistant.toml",
    "symptom-guidance.toml",
    "synthetic-data.toml",
    "translation.toml",
    "vendor-chatbot.toml",
    "voice-notice.toml",
];

/// The files that are registered as evidence.
const FILES: &[(&str, &str)] = assets![
    "sample/files",
    "ask-linden-2-threat-model.md",
    "ask-linden-groundedness-1.md",
    "ask-linden-red-team-log-1.csv",
    "ask-linden-red-team-log-2.csv",
    "board-approval-credit-limit-2.4.txt",
    "broker-chatbot-vendor-questions.txt",
    "call-summaries-dpia-excerpt.md",
    "call-summaries-wer-by-accent.csv",
    "care-recommender-exposure-audit.md",
    "claim-summaries-faithfulness.md",
    "claim-summaries-injection-tests.csv",
    "claims-triage-evaluation-3.1.md",
    "claims-triage-model-card-3.1.md",
    "coding-agent-sandbox-tests.txt",
    "coding-agent-security-review.md",
    "community-moderation-by-language.csv",
    "community-moderation-incident-timeline.md",
    "compass-answer-quality.csv",
    "complaint-routing-evaluation.txt",
    "credit-limit-model-card-2.4.md",
    "data-sheet-shortlist-2.0.md",
    "face-login-attack-tests.txt",
    "face-login-dpia-excerpt.md",
    "face-login-match-counts.csv",
    "fairness-report-credit-limit-2.3.md",
    "fairness-report-face-login.md",
    "fairness-report-fraud-5.2.md",
    "fairness-report-shortlist-1.0.md",
    "fairness-report-shortlist-2.0.md",
    "forum-approval-ask-linden-1.txt",
    "fraud-referral-precision-by-quarter.csv",
    "interview-insight-vendor-claims.md",
    "letter-translation-sample.csv",
    "live-captions-check.txt",
    "marketing-images-representation-audit.md",
    "medical-reader-dpia-excerpt.md",
    "medical-reader-evaluation.md",
    "medical-reader-field-accuracy.csv",
    "medical-reader-hazard-log.md",
    "motor-pricing-proxy-analysis.md",
    "motor-telematics-discount-slices.csv",
    "payee-screening-by-script.csv",
    "photo-damage-evaluation-2.0.md",
    "renewal-offer-legal-summary.md",
    "roof-condition-agreement.csv",
    "rtw-prognosis-external-validation.md",
    "shift-planner-dpia-excerpt.md",
    "shortlist-2.0-age-slices.csv",
    "shortlist-masking-test.csv",
    "storm-week-urgent-claims.csv",
    "synthetic-data-reidentification-test.txt",
    "works-council-letter-shift-planner.txt",
];

/// Fills an empty workspace with the sample, as if it were opened on `today` after a year of work.
///
/// # Errors
/// Where the workspace is not empty or cannot be written, or a policy other than the shipped one refuses a step.
pub fn load(workspace: &mut Workspace, policy: &Policy, today: NaiveDate) -> Result<Loaded> {
    let source = Source { address: "https://files.lindenmark.example/evidence/", files: FILES };
    Script::read(SCRIPTS)?.load(workspace, policy, &source, today)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, LazyLock};

    use chrono::{Days, Local, Utc};
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::record::legal::{OUTCOMES, UNDECIDED};
    use crate::record::review::{ENDED, STAGES, TIERS};
    use crate::record::{
        ACTION, CHECKLIST, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, KINDS, Kind, LEGAL, PERSON, REVIEW, RISK,
        ROUTE, Record, decision,
    };
    use crate::review::decide::{State, state};
    use crate::review::{document, next, progress};
    use crate::text;
    use crate::workspace::{Direction, Options, Query};

    const DAY: &str = "2026-11-24";

    /// A loaded sample in a folder that goes with it.
    struct Desk {
        _folder: TempDir,
        workspace: Workspace,
        loaded: Loaded,
        today: NaiveDate,
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    fn on(today: NaiveDate) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let path = folder.path().join("sample.db");
        let mut workspace = Workspace::create(&path, Arc::new(policy.clone())).expect("a workspace");
        let loaded = load(&mut workspace, &policy, today).unwrap_or_else(|error| panic!("on {today}: {error}"));
        Desk { _folder: folder, workspace, loaded, today }
    }

    /// A copy of the sample as it is on one day, loaded once for all tests that only look at it.
    fn sample() -> Desk {
        static ONCE: LazyLock<(Vec<u8>, Loaded)> = LazyLock::new(|| {
            let Desk { _folder: folder, workspace, loaded, .. } = on(date(DAY));
            let path = workspace.path().to_owned();
            drop(workspace);
            let bytes = std::fs::read(path).expect("the file");
            drop(folder);
            (bytes, loaded)
        });
        let (bytes, loaded) = &*ONCE;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sample.db");
        std::fs::write(&path, bytes).expect("a copy");
        let workspace = Workspace::open(&path, Options::default(), Arc::new(Policy::builtin())).expect("opened");
        Desk { _folder: folder, workspace, loaded: loaded.clone(), today: date(DAY) }
    }

    impl Desk {
        fn all(&self, kind: Kind) -> Vec<Record> {
            let page = self.workspace.page(&Query::all(kind), None, Direction::After, 5_000).expect("a page");
            page.rows.into_iter().map(|row| row.record).collect()
        }

        fn where_is(&self, kind: Kind, title: &str) -> Record {
            let found = self.all(kind).into_iter().find(|record| record.title() == title);
            found.unwrap_or_else(|| panic!("there is no {} “{title}”", kind.name))
        }

        fn days_ago(&self, record: &Record, field: &str) -> i64 {
            (self.today - record.get(field).as_day().expect("a day")).num_days()
        }
    }

    /// Whether a record is one of those that were taken over as they stood: full of faults, on purpose.
    fn taken_over(record: &Record) -> bool {
        record.get("tags").items().iter().any(|tag| tag == "kestrel")
    }

    fn tally<'r>(records: &'r [Record], field: &str) -> BTreeMap<&'r str, usize> {
        let mut counts = BTreeMap::new();
        for record in records {
            *counts.entry(record.text(field).unwrap_or("-")).or_default() += 1;
        }
        counts
    }

    /// What the sample promises: every stage and tier, and enough of everything to work with.
    #[test]
    fn the_sample_is_as_promised() {
        let desk = sample();
        let reviews = desk.all(&REVIEW);
        assert_eq!(reviews.len(), 46);
        let stages = tally(&reviews, "stage");
        for (name, count) in STAGES.iter().zip([5, 4, 5, 5, 4, 2, 3, 2, 2, 4, 5, 5]) {
            assert_eq!(stages.get(name), Some(&count), "{name}");
        }
        let tiers = tally(&reviews, "tier");
        for (name, count) in TIERS.iter().zip([3, 5, 13, 15, 2]) {
            assert_eq!(tiers.get(name), Some(&count), "{name}");
        }
        for kind in
            tally(&reviews, "kind").into_iter().zip([("change", 5), ("incident", 2), ("launch", 38), ("periodic", 1)])
        {
            assert_eq!(kind.0, kind.1);
        }
        for (kind, least, most) in [
            (&PERSON, 15, 25),
            (&RISK, 90, 120),
            (&ACTION, 110, 140),
            (&CHECKLIST, 25, 30),
            (&EVIDENCE, 45, 200),
            (&ROUTE, 40, 60),
        ] {
            let count = desk.all(kind).len();
            assert!((least..=most).contains(&count), "{count} {}", kind.plural);
        }
        assert_eq!(tally(&desk.all(&CHECKLIST_ITEM), "status").len(), 5, "items in every state");
        assert_eq!(tally(&desk.all(&ROUTE), "status").len(), 6, "routes in all states but one");
        let files = desk.all(&EVIDENCE).iter().filter(|evidence| evidence.get("stored").is_set()).count();
        assert_eq!(files, FILES.len() + 2, "each file is registered once, but for the two of Kestrel Brokers");
        let owner = desk.workspace.get(&PERSON, &desk.loaded.owner).expect("the owner");
        assert_eq!(desk.workspace.meta("owner").expect("read"), Some(desk.loaded.owner.clone()));
        assert_eq!(owner.text("handle"), Some("lena"));
    }

    #[test]
    fn the_assistants_card_was_filled_reworked_and_approved_anew() {
        let desk = sample();
        let mut documents = desk.all(&DOCUMENT);
        documents.sort_by(|one, other| one.id().cmp(other.id()));
        let of = |review: &str, template: &str| -> Vec<&Record> {
            let review = desk.where_is(&REVIEW, review);
            let is_of = |document: &&Record| {
                document.text("review") == Some(review.id()) && document.text("template") == Some(template)
            };
            documents.iter().filter(is_of).collect()
        };
        let cards = of("Ask Linden support assistant 1", "model-card");
        let [first, second] = cards.as_slice() else { panic!("{} cards", cards.len()) };
        let state = |card: &Record| (card.text("status").map(str::to_owned), card.text("rework").map(str::to_owned));
        assert_eq!(state(first), (Some("superseded".to_owned()), Some("major".to_owned())));
        assert_eq!(state(second), (Some("approved".to_owned()), Some("none".to_owned())));
        let text = |card: &Record| document::sections(&desk.workspace, card).expect("sections");
        let parts = document::compare(&text(first), &text(second));
        let headings: Vec<&str> = parts.iter().map(|part| part.heading.as_str()).collect();
        assert_eq!(headings, ["Limitations", "Recommendations"]);
        let cards = of("Ask Linden 2: an assistant that acts", "model-card");
        let (filled, _, all) = document::share(&text(cards[0]));
        assert!(filled * 5 >= all * 4, "four fifths from the records: {filled} of {all}");
        let copied: Vec<String> = documents
            .iter()
            .flat_map(|card| document::copied(&desk.workspace, card, &text(card)).expect("looked"))
            .map(|copy| format!("{} of {}", copy.heading, copy.system))
            .collect();
        assert_eq!(
            copied,
            ["Limitations of Vehicle damage estimate from photos", "Limitations of Claims triage model"]
        );
    }

    #[test]
    fn the_history_verifies_and_nothing_is_written_by_the_way() {
        let mut desk = on(date(DAY));
        for finding in desk.workspace.doctor(&AtomicBool::new(false), |_| {}).expect("a diagnosis") {
            assert!(finding.ok, "{}: {}", finding.check, finding.detail);
        }
        let records: usize = KINDS.iter().map(|kind| desk.all(kind).len()).sum();
        assert_eq!(records, desk.loaded.records);
        let newest = desk.workspace.undo(&desk.loaded.owner).expect("the last change can be undone");
        assert_eq!(usize::try_from(newest.change).ok(), Some(desk.loaded.changes + 1), "a change for each step");
    }

    #[test]
    fn every_text_is_fit_to_be_read() {
        let desk = sample();
        for kind in KINDS {
            for record in desk.all(kind) {
                for (field, value) in record.fields() {
                    let shown = value.display();
                    let unsafe_one = shown.chars().find(|c| *c != '\n' && text::is_unsafe(*c));
                    assert!(unsafe_one.is_none(), "{}.{}: {unsafe_one:?}", record.reference(), field.name);
                    assert!(!shown.contains("{{") && !shown.contains('$'), "{}: {shown}", record.reference());
                }
            }
        }
        for (name, content) in FILES {
            assert!(!content.chars().any(|c| c != '\n' && text::is_unsafe(c)), "{name}");
            let widest = content.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= 200, "{name} has a line of {widest} characters");
        }
    }

    #[test]
    fn every_open_review_has_something_to_do_and_somebody_to_do_it() {
        let desk = sample();
        let open: Vec<Record> = desk
            .all(&REVIEW)
            .into_iter()
            .filter(|review| !ENDED.contains(&review.text("stage").unwrap_or_default()))
            .collect();
        let ids: Vec<String> = open.iter().map(|review| review.id().to_owned()).collect();
        let progress = progress(&desk.workspace, &ids, desk.today).expect("progress");
        for review in &open {
            let progress = progress[review.id()];
            let next = next(review, &progress).unwrap_or_else(|| panic!("{} has no next step", review.reference()));
            let work = progress.open_actions + (progress.items - progress.settled);
            assert!(work > 0 || !progress.is_complete(), "{}: nothing behind “{}”", review.reference(), next.what);
            let early = matches!(review.text("stage"), Some("intake" | "triage"));
            assert!(early || !review.get("reviewer").is_empty(), "{} has no reviewer", review.reference());
        }
        for action in desk.all(&ACTION).into_iter().filter(|action| !taken_over(action)) {
            assert!(!action.get("owner").is_empty() && !action.get("due_on").is_empty(), "{}", action.title());
        }
    }

    #[test]
    fn what_is_past_triage_has_answered_what_policy_asks() {
        let desk = sample();
        let reviews = desk.all(&REVIEW);
        let ids: Vec<String> = reviews.iter().map(|review| review.id().to_owned()).collect();
        let progress = progress(&desk.workspace, &ids, desk.today).expect("progress");
        let sound = |review: &&Record| review.text("tier") != Some("prohibited") && !taken_over(review);
        for review in reviews.iter().filter(sound) {
            let early = matches!(review.text("stage"), Some("intake" | "triage"));
            assert!(early || progress[review.id()].is_complete(), "{} {}", review.reference(), review.title());
        }
    }

    /// A risk reads cause → event → harm, and says for whom.
    #[test]
    fn risks_read_as_they_should() {
        let desk = sample();
        let mut nobody = Vec::new();
        let mut statements = HashSet::new();
        for risk in desk.all(&RISK).into_iter().filter(|risk| !taken_over(risk)) {
            let statement = risk.text("statement").unwrap_or_default().to_owned();
            assert!(statement.starts_with("Because ") && statement.contains(", so that "), "{statement}");
            assert!(statements.insert(statement.clone()), "twice: {statement}");
            assert!(!risk.get("level").is_empty() && !risk.get("owner").is_empty(), "{}", risk.title());
            if risk.get("affected_groups").is_empty() {
                nobody.push(risk.title().to_owned());
            }
        }
        assert_eq!(nobody, ["Generated pictures taken for photographs"], "planted once");
    }

    /// The faults that standing checks are to find. Each is marked as planted where it stands.
    #[test]
    fn planted_faults_are_there() {
        let desk = sample();
        let said = |record: &Record, field: &str| record.text(field).unwrap_or_default().to_owned();
        let risk = |title| desk.where_is(&RISK, title);
        let action = |title| desk.where_is(&ACTION, title);

        let lowered = risk("Trips reveal visits");
        assert!(lowered.get("controls").is_empty() && !lowered.get("residual_level").is_empty());
        let mitigations: Vec<Record> =
            desk.all(&ACTION).into_iter().filter(|one| one.text("source") == Some(lowered.reference())).collect();
        assert!(mitigations.iter().all(|one| one.text("status") == Some("open")), "none is done");

        let raised = risk("Searches for mental health reach marketing");
        assert_eq!(
            (said(&raised, "inherent_level"), said(&raised, "residual_level")),
            ("medium".into(), "high".into())
        );

        let accepted = risk("Older members' claims miss the fast track");
        assert_eq!(accepted.text("status"), Some("accepted"));
        assert_eq!(desk.days_ago(&accepted, "accepted_until"), 9, "the acceptance has run out");

        let condition = action("Prove that transfers to the medical line end the recording");
        assert_eq!((said(&condition, "kind"), said(&condition, "status")), ("condition".into(), "open".into()));
        assert!(desk.days_ago(&condition, "due_on") > 0, "the condition is past due");

        let left = action("First quarterly audit of 300 published pictures");
        let owner = desk.workspace.get(&PERSON, left.text("owner").expect("an owner")).expect("the owner");
        assert!(!owner.get("active").is_set() && !owner.get("active").is_empty(), "the owner has left");

        let blocking = action("Show photos first and the estimate after the assessor's own guess");
        let launched = desk.workspace.get(&REVIEW, blocking.text("review").expect("a review")).expect("the review");
        assert!(blocking.get("launch_blocking").is_set() && launched.text("stage") == Some("launched"));

        let unread = desk.where_is(&REVIEW, "Synthetic policies and claims for testing");
        assert!(unread.get("reviewer").is_empty() && !unread.get("tier").is_empty());
        let late = desk.where_is(&REVIEW, "Shift planner, pilot in Rotterdam");
        assert!(desk.days_ago(&late, "target_on") > 0, "past its milestone");

        let evidence = desk.all(&EVIDENCE);
        let items = desk.all(&CHECKLIST_ITEM);
        let passed = |item: &&Record| item.text("status") == Some("pass");
        let bare = items.iter().filter(passed).filter(|item| {
            item.get("evidence").items().is_empty() && !item.get("required_evidence").items().is_empty()
        });
        assert_eq!(bare.map(|item| item.text("code")).collect::<Vec<_>>(), [Some("SEC-02")], "passed with nothing");
        let shown = |item: &Record, test: &dyn Fn(&Record) -> bool| {
            evidence.iter().any(|one| item.get("evidence").items().contains(&one.reference().to_owned()) && test(one))
        };
        let rejected =
            items.iter().filter(passed).filter(|item| shown(item, &|one| one.text("status") == Some("rejected")));
        assert_eq!(rejected.map(|item| item.text("code")).collect::<Vec<_>>(), [Some("TRAN-01")]);
        let stale = desk.where_is(&EVIDENCE, "Fairness report, credit limit 2.3");
        let release = desk.workspace.get(&crate::record::RELEASE, stale.text("release").expect("a release"));
        assert_ne!(release.expect("the release").text("model_version"), stale.text("model_version"));

        let approved = desk.where_is(&REVIEW, "Copy assistant for the brand team");
        let approval = desk.all(&DECISION).into_iter().find(|decision| {
            decision.text("subject") == Some(approved.reference()) && decision.text("kind") == Some(decision::APPROVE)
        });
        let outdated = state(&desk.workspace.look(), &approval.expect("an approval"), desk.today);
        let State::Outdated(differences) = outdated else { panic!("the approval is {}", outdated.word()) };
        let fields: Vec<&str> = differences.iter().map(|difference| difference.field.as_str()).collect();
        assert!(fields.contains(&"personal_data"), "{fields:?}");
    }

    /// What standing checks find in the sample, by rule: the faults that were planted, and what follows from them. The stories
    /// say why each is there; `assets/sample/README.md` lists them.
    #[rustfmt::skip]
    const FAULTS: &[(&str, &str)] = &[
        ("risk-residual-above-inherent", "RSK-105"),
        ("risk-lowered-without-cause", "RSK-64"),
        ("risk-above-tolerance", "RSK-20 RSK-35"),
        ("risk-acceptance-expired", "RSK-9"),
        ("risk-acceptance-no-owner", "RSK-116"),
        ("risk-no-owner", "RSK-114"),
        ("risk-overdue", "RSK-32 RSK-42 RSK-54 RSK-62 RSK-63 RSK-75 RSK-80"),
        ("risk-not-scored", "RSK-114"),
        ("risk-settled-mitigations-open", "RSK-115"),
        ("risk-unknown-control", "RSK-114"),
        ("risk-no-affected-group", "RSK-49 RSK-114"),
        ("risk-no-harm", "RSK-114"),
        ("risk-no-cause", "RSK-114"),
        ("risk-statement-copied", "RSK-116"),
        ("item-no-evidence", "ITM-538"),
        ("item-evidence-stale", "ITM-295 ITM-437 ITM-491 ITM-492 ITM-570 ITM-571"),
        ("item-evidence-rejected", "ITM-442"),
        ("item-evidence-unjudged", "ITM-718"),
        ("item-waiver-expired", "ITM-194"),
        ("item-waiver-no-control", "ITM-730"),
        ("item-not-applicable-thin", "ITM-739"),
        ("checklist-unfinished-live", "CHK-10 CHK-29"),
        ("checklist-missing", "REV-14 REV-16 REV-17 REV-21 REV-23 REV-25 REV-28 REV-30 REV-45"),
        ("evidence-no-version", "EVD-112"),
        ("evidence-no-method", "EVD-153"),
        ("evidence-copied", "EVD-152"),
        ("approval-outdated", "DEC-21 DEC-22 DEC-60 DEC-67"),
        ("tier-outdated", "DEC-48"),
        ("acceptance-outdated", "DEC-66"),
        ("decision-without-right", "DEC-66"),
        ("decision-own-work", "DEC-67"),
        ("decision-delegation-over", "DEC-67"),
        ("decision-thin-rationale", "DEC-59 DEC-63 DEC-64"),
        ("tier-below-proposed", "REV-6 REV-8 REV-16 REV-23 REV-31"),
        ("tier-lowered-thin-reason", "REV-46"),
        ("high-tier-no-fairness", "REV-45"),
        ("high-tier-no-oversight", "REV-45"),
        ("high-tier-no-fallback", "REV-45"),
        ("high-tier-no-risk", "REV-45"),
        ("llm-no-injection-test", "REV-45"),
        ("agent-no-limits", "REV-45"),
        ("review-no-reviewer", "REV-35"),
        ("review-past-milestone", "REV-24"),
        ("review-waiting-long", "REV-24 REV-25 REV-33"),
        ("review-launch-before-milestone", "REV-45"),
        ("review-launched-before-decision", "REV-46"),
        ("review-live-no-monitoring", "REV-46"),
        ("review-duplicate", "REV-41"),
        ("release-unreviewed", "REL-25"),
        ("route-not-asked", "REV-21 REV-23 REV-45"),
        ("special-category-no-privacy", "REV-8 REV-31 REV-45"),
        ("route-blocked-approved", "RTE-52"),
        ("route-overdue", "RTE-22 RTE-25 RTE-33 RTE-41 RTE-44 RTE-45"),
        ("legal-missing", "REV-46"),
        ("legal-practice-open", "LGL-39"),
        ("legal-undecided", "LGL-39"),
        ("legal-older-law", "LGL-39"),
        ("packet-incomplete", "PKT-45 PKT-46"),
        ("packet-copied", "PKT-46"),
        ("condition-past-due", "ACT-18 ACT-44 ACT-61 ACT-72 ACT-75"),
        ("action-blocking-live", "ACT-25"),
        ("action-done-unproven", "ACT-122"),
        ("action-no-criteria", "ACT-40 ACT-71 ACT-99 ACT-100"),
        ("action-no-owner", "ACT-121"),
        ("action-owner-left", "ACT-84"),
        ("risk-owner-left", "RSK-117"),
        ("reviewer-left", "REV-45"),
        ("route-reviewer-left", "RTE-51"),
        ("system-owner-left", "SYS-38"),
        ("system-no-owner", "SYS-40"),
        ("system-live-unreviewed", "SYS-38 SYS-40"),
        ("review-live-no-signal", "REV-12 REV-46"),
        ("signal-no-owner", "SIG-12"),
        ("signal-owner-left", "SIG-13"),
        ("alert-unacknowledged", "ALR-14"),
        ("incident-past-legal-clock", "INC-3"),
        ("incident-no-learning", "INC-1"),
        ("mitigation-past-end", "TMP-1"),
    ];

    /// Rules of which no story can have a fault: the one way to write does not let it be made.
    const NOT_WRITTEN: &[&str] =
        &["item-evidence-drifted", "checklist-superseded-template", "decision-by-recused", "legal-no-reasons"];

    #[test]
    fn lint_finds_the_planted_faults_and_nothing_else() {
        use crate::review::lint::{Scope, lint, rules};
        let desk = sample();
        let report = lint(&desk.workspace, &Policy::builtin(), &Scope::default(), desk.today).expect("a report");
        for rule in rules() {
            let of_rule = report.findings.iter().filter(|finding| finding.rule.id == rule.id);
            let found: Vec<&str> = of_rule.map(|finding| finding.record.as_str()).collect();
            let planted = FAULTS.iter().find(|(id, _)| *id == rule.id).map_or("", |(_, records)| records);
            assert_eq!(found.join(" "), planted, "{}", rule.id);
            assert_ne!(planted.is_empty(), !NOT_WRITTEN.contains(&rule.id), "{} has no planted fault", rule.id);
        }
        let all = FAULTS.iter().map(|(_, records)| records.split(' ').count()).sum::<usize>();
        assert_eq!(report.findings.len(), all, "and no rule that is not listed");
        let one = desk.where_is(&REVIEW, "Community moderation 2.2");
        let scope = Scope { review: Some(one.clone()), rules: Vec::new() };
        let own = lint(&desk.workspace, &Policy::builtin(), &scope, desk.today).expect("a report");
        let of_it =
            report.findings.iter().filter(|finding| finding.review.as_ref().is_some_and(|(id, _)| id == one.id()));
        let told = |finding: &crate::review::lint::Finding| (finding.rule.id, finding.record.clone());
        assert_eq!(own.findings.iter().map(told).collect::<Vec<_>>(), of_it.map(told).collect::<Vec<_>>());
    }

    /// Classes of every sort, decided before the tier, so that no tier decision is outdated by its own classification.
    #[test]
    fn classifications_are_reasoned_and_come_before_the_tier() {
        let desk = sample();
        let classified = desk.all(&LEGAL);
        let outcomes = tally(&classified, "outcome");
        for (name, count) in OUTCOMES.iter().zip([2, 1, 4, 1, 9, 18, 1, 3]) {
            assert_eq!(outcomes.get(name), Some(&count), "{name}");
        }
        for legal in &classified {
            let review = desk.workspace.get(&REVIEW, legal.text("review").expect("a review")).expect("the review");
            let within = legal.text("scope") == Some("within the Act");
            assert!(
                !within || taken_over(&review) || legal.text("art_5_reason").is_some(),
                "{} has no reasons",
                review.title()
            );
            assert!(!legal.get("assessed_by").is_empty() && !legal.get("assessed_on").is_empty());
            let grounds = legal.get("annex_iii").items();
            assert!(grounds.is_empty() || legal.text("annex_iii_reason").is_some(), "{}", review.title());
        }
        let reviews = desk.all(&REVIEW);
        let decided = desk.all(&DECISION);
        let past = |review: &&Record| !matches!(review.text("stage"), Some("intake" | "triage"));
        for review in reviews.iter().filter(past).filter(|review| !taken_over(review)) {
            let legal = classified.iter().find(|legal| legal.text("review") == Some(review.id()));
            let legal = legal.unwrap_or_else(|| panic!("{} has no classification", review.title()));
            assert_ne!(legal.text("outcome"), Some(UNDECIDED), "{}", review.title());
            let tier = decided.iter().find(|decision| {
                decision.text("review") == Some(review.id()) && decision.text("kind") == Some(decision::TIER)
            });
            let tier = tier.unwrap_or_else(|| panic!("{} has no tier", review.title()));
            assert!(legal.get("created_at").as_moment() < tier.get("decided_at").as_moment(), "{}", review.title());
        }
    }

    /// Whatever the day, the sample loads, lies in the past and is the same.
    fn loads_on(today: NaiveDate) {
        let desk = on(today);
        let reviews = desk.all(&REVIEW);
        assert_eq!(reviews.len(), 46);
        assert_eq!(tally(&reviews, "stage").len(), STAGES.len());
        for record in KINDS.iter().flat_map(|kind| desk.all(kind)) {
            let updated = record.get("updated_at").as_moment().expect("a moment").with_timezone(&Local);
            assert!(updated.date_naive() < today, "{} was written on {updated}", record.reference());
        }
        let first = &desk.all(&PERSON)[0];
        assert!(first.get("created_at").as_moment().is_some_and(|at| at < Utc::now() + Days::new(40_000)));
    }

    #[test]
    fn it_loads_at_the_turn_of_years_and_on_leap_days() {
        for today in ["2027-01-01", "2026-12-31", "2028-02-29", "2029-02-28", "2028-03-01", "2026-03-30", "2026-10-25"]
        {
            loads_on(date(today));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4))]

        #[test]
        fn it_loads_on_any_day(days in 0_u64..15_000) {
            loads_on(date("2020-01-01") + Days::new(days));
        }
    }
}
