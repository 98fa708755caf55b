//! The sample workspace: Lindenmark Mutual, a fictional insurer, and its reviews. It is data that people may read, in
//! `assets/sample/`; this is the one list of it. It is loaded as any script is, through the same write path, into a
//! workspace of its own.

use std::path::{Path, PathBuf};

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
    "meetings.toml",
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
    "stay-2-offers-by-age-later.csv",
    "stay-2-offers-by-age.csv",
    "storm-week-urgent-claims.csv",
    "synthetic-data-reidentification-test.txt",
    "works-council-letter-shift-planner.txt",
];

/// The folder beside a sample workspace for the evidence that stands on the disk.
fn folder_of(workspace: &Path) -> PathBuf {
    let name = workspace.file_stem().unwrap_or_default().to_string_lossy();
    workspace.with_file_name(format!("{name}-files"))
}

/// Takes the sample's files on the disk away, and their folder once it is empty. Files of anybody else stay.
pub fn take_files_away(workspace: &Path) {
    let folder = folder_of(workspace);
    for (name, _) in FILES {
        // What is not there need not go.
        let _ = std::fs::remove_file(folder.join(name));
    }
    let _ = std::fs::remove_dir(folder);
}

/// Fills an empty workspace with the sample, as if it were opened on `today` after a year of work.
///
/// # Errors
/// Where the workspace is not empty or cannot be written, or a policy other than the shipped one refuses a step.
pub fn load(workspace: &mut Workspace, policy: &Policy, today: NaiveDate) -> Result<Loaded> {
    let folder = folder_of(workspace.path());
    let address = "https://files.lindenmark.example/evidence/";
    let source = Source { address, files: FILES, folder: Some(&folder) };
    Script::read(SCRIPTS)?.load(workspace, policy, &source, today)
}

#[cfg(test)]
mod examples;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod unwritable;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, LazyLock};

    use tempfile::TempDir;

    use super::*;
    use crate::record::review::{ENDED, STAGES, TIERS};
    use crate::record::{
        ACTION, CHECKLIST, CHECKLIST_ITEM, DOCUMENT, EVIDENCE, KINDS, Kind, PERSON, REVIEW, RISK, ROUTE, Record,
    };
    use crate::review::{document, next, progress};
    use crate::text;
    use crate::workspace::{Direction, Options, Query};

    pub(super) const DAY: &str = "2026-11-24";

    /// A loaded sample in a folder that goes with it.
    pub(super) struct Desk {
        _folder: TempDir,
        pub(super) workspace: Workspace,
        loaded: Loaded,
        pub(super) today: NaiveDate,
    }

    pub(super) fn date(text: &str) -> NaiveDate {
        text.parse().expect(text)
    }

    pub(super) fn on(today: NaiveDate) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let path = folder.path().join("sample.db");
        let mut workspace = Workspace::create(&path, Arc::new(policy.clone())).expect("a workspace");
        let loaded = load(&mut workspace, &policy, today).unwrap_or_else(|error| panic!("on {today}: {error}"));
        Desk { _folder: folder, workspace, loaded, today }
    }

    /// A copy of the sample as it is on one day, loaded once for all tests that only look at it.
    pub(super) fn sample() -> Desk {
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
        pub(super) fn all(&self, kind: Kind) -> Vec<Record> {
            let page = self.workspace.page(&Query::all(kind), None, Direction::After, 5_000).expect("a page");
            page.rows.into_iter().map(|row| row.record).collect()
        }

        pub(super) fn where_is(&self, kind: Kind, title: &str) -> Record {
            let found = self.all(kind).into_iter().find(|record| record.title() == title);
            found.unwrap_or_else(|| panic!("there is no {} “{title}”", kind.name))
        }

        pub(super) fn days_ago(&self, record: &Record, field: &str) -> i64 {
            (self.today - record.get(field).as_day().expect("a day")).num_days()
        }
    }

    /// Whether a record is one of those that were taken over as they stood: full of faults, on purpose.
    pub(super) fn taken_over(record: &Record) -> bool {
        record.get("tags").items().iter().any(|tag| tag == "kestrel")
    }

    pub(super) fn tally<'r>(records: &'r [Record], field: &str) -> BTreeMap<&'r str, usize> {
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
        // Two of Kestrel Brokers' are those of other systems; one takes the place of another on the disk.
        assert_eq!(files, FILES.len() + 2 - 1, "each file is registered once");
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

    /// What standing checks find in the sample, by rule: the faults that were planted, and what follows from them. The stories
    /// say why each is there; `assets/sample/README.md` lists them.
    #[rustfmt::skip]
    pub(super) const FAULTS: &[(&str, &str)] = &[
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
        ("item-evidence-drifted", "ITM-728"),
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
        ("analysis-no-limitations", "RUN-3"),
        ("analysis-no-n", "RUN-3"),
        ("analysis-one-metric", "RUN-3"),
        ("analysis-unexplained", "RUN-3"),
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
        ("document-unread", "DOC-4"),
        ("document-rework-untouched", "DOC-3"),
        ("document-outdated", "DOC-2"),
        ("condition-past-due", "ACT-19 ACT-48 ACT-65 ACT-76 ACT-79"),
        ("action-blocking-live", "ACT-28"),
        ("action-done-unproven", "ACT-129"),
        ("action-no-criteria", "ACT-44 ACT-75 ACT-103 ACT-104"),
        ("action-no-owner", "ACT-128"),
        ("action-owner-left", "ACT-88"),
        ("risk-owner-left", "RSK-117"),
        ("reviewer-left", "REV-45"),
        ("route-reviewer-left", "RTE-51"),
        ("system-owner-left", "SYS-38"),
        ("system-no-owner", "SYS-40"),
        ("system-live-unreviewed", "SYS-38 SYS-40"),
        ("meeting-not-held", "MTG-1"),
        ("meeting-no-minutes", "MTG-2"),
        ("review-live-no-signal", "REV-12 REV-46"),
        ("signal-no-owner", "SIG-12"),
        ("signal-owner-left", "SIG-13"),
        ("alert-unacknowledged", "ALR-14"),
        ("incident-past-legal-clock", "INC-3"),
        ("incident-no-learning", "INC-1"),
        ("mitigation-past-end", "TMP-1"),
    ];

    #[test]
    fn lint_finds_the_planted_faults_and_nothing_else() {
        use crate::review::lint::{Scope, lint, rules};
        let desk = sample();
        let report = lint(&desk.workspace, &Policy::builtin(), &Scope::default(), desk.today).expect("a report");
        let mut wrong = Vec::new();
        for rule in rules() {
            let of_rule = report.findings.iter().filter(|finding| finding.rule.id == rule.id);
            let found: Vec<&str> = of_rule.map(|finding| finding.record.as_str()).collect();
            let planted = FAULTS.iter().find(|(id, _)| *id == rule.id).map_or("", |(_, records)| records);
            if found.join(" ") != planted {
                wrong.push(format!("{}: {} and not {planted}", rule.id, found.join(" ")));
            }
            let elsewhere = super::unwritable::PLANTED.iter().any(|(id, _)| *id == rule.id);
            if planted.is_empty() != elsewhere {
                wrong.push(format!("{} is to be planted in a story or in a test, and not in both", rule.id));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
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
}
