//! Scripts: a workspace's history as TOML that people can read and write. A file holds steps in order of time; each
//! step becomes one change, made by a person, at a time, for a reason. So a sample is a story with a past rather than
//! a heap of records, and goes through the same write path and the same rules as anybody's work.
//!
//! ```toml
//! [[step]]
//! at = "-84d 09:12"            # days before the day of loading, and the time of day where the user is
//! by = "lena"                  # a person's handle
//! why = "Intake received from the hiring team"
//!
//!   [[step.add]]               # a record: its kind, a name for it in this file, and fields as people type them
//!   record = "risk"
//!   as = "r1"                  # from now on $r1
//!   review = "$rev"
//!   owner = "@lena"
//!   due_on = "+12d"            # after the day of loading
//!
//!   [[step.evidence]]          # a file of the script's folder, registered; other fields as for any evidence
//!   as = "fr"
//!   file = "fairness-report.md"
//!   title = "Fairness report"
//!
//!   on_disk = true             # registered from a real file in a folder beside the workspace; otherwise from an address
//!
//!   [[step.checklist]]         # a checklist made from a template of the policy
//!   as = "chk"
//!   template = "launch-readiness"
//!   review = "$rev"
//!
//!   [[step.document]]          # a document from a template, filled from the records so far; its sections are $card/CODE
//!   as = "card"
//!   template = "model-card"    # or version_of = "$card" for the next version of an approved one
//!   review = "$rev"
//!
//!   [[step.decide]]            # a decision with its effects, by who makes the step
//!   of = "$rev"                # a review, a risk, or an item of a checklist
//!   kind = "tier"              # or approve, reject, defer, waiver, risk acceptance …
//!   outcome = "high"           # the tier; made from the kind for others
//!   why = "It ranks people for a job."
//!
//!   [[step.analyse]]           # a file is analysed by the engine, and the report kept as a run
//!   as = "run"
//!   file = "red-team-log.csv"  # fields of the run may follow
//!   outcome = "passed"         # or y_true and y_pred
//!   by = ["technique", "language"]
//!   positive = "yes"
//!   favourable = "yes"
//!   review = "$rev"
//!   evidence = "$log"          # the evidence that it counts as
//!
//!   [[step.readings]]          # readings of a signal, one after another; - where the job brought none
//!   of = "$signal"
//!   source = "weekly job"
//!   from = "-90d 06:00"        # when the first was taken, and how many hours apart they are
//!   every_hours = 168
//!   values = "0.61 0.63 - 0.58"
//!
//!   [[step.set]]               # fields of one record or of several; an item of a checklist by its code
//!   of = ["$chk/FAIR-02", "$chk/FAIR-03"]
//!   status = "pass"
//!   evidence = "$fr"
//!
//!   [[step.replace]]           # somebody changes a file on the disk
//!   file = "fairness-report.md"
//!   by = "another-file.md"
//!
//!   [[step.look]]              # the origin of evidence is looked at again
//!   of = "$fr"
//! ```
//!
//! Within a step evidence is registered first, then records are added, then checklists, then documents; then it is decided;
//! then fields are set, then origins are looked at, and last of all files are replaced. `$file:name` is a record of another
//! file; one that another file adds can be named by its title too, and where it is set, with its kind: `of = "review: Claims
//! triage model 3.1"`. A decision of a meeting names its `agenda_item`; who comes into the room of a meeting is set with `room = "in"`, who
//! leaves it with `room = "out"`. A decision that ends says `expires_on`, a waiver its `control`, an approval its
//! `[[step.decide.condition]]`s. `{{-84d}}` in a text or
//! in a file stands for that date.

mod analyse;
mod disk;
mod play;
mod readings;
mod when;

use std::collections::HashSet;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::policy::Policy;
use crate::text;
use crate::workspace::{self, Workspace};

/// A result of reading or loading a script.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a script was not read or not loaded. The workspace is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that is not a script.
    #[error("{file}: {message}")]
    Unreadable {
        /// The file.
        file: String,
        /// Where and what was expected.
        message: String,
    },
    /// A step that says something impossible, or that the workspace refuses.
    #[error("{file}, step {step} ({at}): {message} Nothing was loaded.")]
    Step {
        /// The file.
        file: String,
        /// The step's place in it, counted from 1.
        step: usize,
        /// Its time, as written.
        at: String,
        /// What is wrong.
        message: String,
    },
    /// The workspace holds something already.
    #[error("{0} holds records already; a script is loaded into an empty workspace only. It is left as it is.")]
    NotEmpty(String),
    /// The workspace cannot be read or written.
    #[error(transparent)]
    Workspace(#[from] workspace::Error),
}

/// What was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The id of the person who made the first change: whose workspace it is.
    pub owner: String,
    /// Changes in the history.
    pub changes: usize,
    /// Records.
    pub records: usize,
}

/// Where a script's evidence comes from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What stands before a file's name in the origin of its evidence.
    pub address: &'a str,
    /// The files by name.
    pub files: &'a [(&'a str, &'a str)],
    /// The folder on the disk for files that stand there; none where there are none.
    pub folder: Option<&'a Path>,
}

/// A script, read.
#[derive(Debug, Clone)]
pub struct Script {
    chapters: Vec<Chapter>,
}

/// One file of a script.
#[derive(Debug, Clone)]
struct Chapter {
    file: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    step: Vec<Step>,
}

/// One change.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    by: String,
    why: String,
    #[serde(default)]
    add: Vec<Add>,
    #[serde(default)]
    evidence: Vec<Evidence>,
    #[serde(default)]
    analyse: Vec<Analyse>,
    #[serde(default)]
    readings: Vec<Readings>,
    #[serde(default)]
    checklist: Vec<Checklist>,
    #[serde(default)]
    document: Vec<Document>,
    #[serde(default)]
    decide: Vec<Decide>,
    #[serde(default)]
    set: Vec<Set>,
    #[serde(default)]
    look: Vec<Look>,
    #[serde(default)]
    replace: Vec<Replace>,
}

#[derive(Debug, Clone, Deserialize)]
struct Add {
    record: String,
    #[serde(rename = "as")]
    name: Option<String>,
    // Which fields there are is for the record's description to say, and it is asked when the step is played.
    #[serde(flatten)]
    fields: toml::Table,
}

#[derive(Debug, Clone, Deserialize)]
struct Evidence {
    #[serde(rename = "as")]
    name: Option<String>,
    file: String,
    #[serde(default)]
    on_disk: bool,
    #[serde(flatten)]
    fields: toml::Table,
}

/// A file that is analysed.
#[derive(Debug, Clone, Deserialize)]
struct Analyse {
    #[serde(rename = "as")]
    name: Option<String>,
    file: String,
    outcome: Option<String>,
    y_true: Option<String>,
    y_pred: Option<String>,
    by: Vec<String>,
    positive: Option<String>,
    favourable: Option<String>,
    #[serde(flatten)]
    fields: toml::Table,
}

/// Readings of a signal, one after another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Readings {
    of: String,
    source: String,
    from: String,
    every_hours: i64,
    values: String,
}

/// A file on the disk that gets the content of another one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Replace {
    file: String,
    by: String,
}

/// A look at the origin of evidence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    of: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checklist {
    #[serde(rename = "as")]
    name: Option<String>,
    template: String,
    review: String,
}

/// A document from a template, or the next version of one.
#[derive(Debug, Clone, Deserialize)]
struct Document {
    #[serde(rename = "as")]
    name: Option<String>,
    version_of: Option<String>,
    #[serde(flatten)]
    fields: toml::Table,
}

/// A decision by who makes the step.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decide {
    #[serde(rename = "as")]
    name: Option<String>,
    of: String,
    kind: String,
    #[serde(default)]
    outcome: String,
    why: String,
    #[serde(default)]
    control: String,
    #[serde(default)]
    dissent: String,
    expires_on: Option<String>,
    #[serde(default)]
    recommend: bool,
    /// The item of a meeting under which it is decided.
    agenda_item: Option<String>,
    #[serde(default)]
    condition: Vec<ConditionForm>,
}

/// A condition of an approval.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionForm {
    text: String,
    owner: Option<String>,
    due_on: Option<String>,
    #[serde(rename = "as")]
    name: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Set {
    of: OneOrMore,
    #[serde(flatten)]
    fields: toml::Table,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    fn each(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

impl Script {
    /// Reads a script from its files: names and texts.
    ///
    /// # Errors
    /// The first file that is no script, with the line and what was expected; a name that a file gives twice.
    pub fn read(files: &[(&str, &str)]) -> Result<Self> {
        let mut chapters = Vec::new();
        for (name, source) in files {
            let unreadable = |message: String| Error::Unreadable { file: text::line(name).into_owned(), message };
            let form: Form = toml::from_str(source).map_err(|error| unreadable(error.to_string().trim().to_owned()))?;
            let mut names = HashSet::new();
            let given = form.step.iter().flat_map(|step| {
                let added = step.add.iter().filter_map(|add| add.name.as_deref());
                let shown = step.evidence.iter().filter_map(|evidence| evidence.name.as_deref());
                let measured = step.analyse.iter().filter_map(|analyse| analyse.name.as_deref());
                let listed = step.checklist.iter().filter_map(|checklist| checklist.name.as_deref());
                let decided = step.decide.iter().flat_map(|decide| {
                    let conditions = decide.condition.iter().filter_map(|condition| condition.name.as_deref());
                    decide.name.as_deref().into_iter().chain(conditions)
                });
                let written = step.document.iter().filter_map(|document| document.name.as_deref());
                added.chain(shown).chain(measured).chain(listed).chain(written).chain(decided)
            });
            for given in given {
                if !names.insert(given) {
                    return Err(unreadable(format!("the name “{}” is given twice.", text::line(given))));
                }
            }
            chapters.push(Chapter { file: text::line(name).into_owned(), steps: form.step });
        }
        Ok(Self { chapters })
    }

    /// Plays the script into an empty workspace, as if it were loaded on `today`: all of it in one transaction.
    ///
    /// # Errors
    /// Where the workspace is not empty, a step says something impossible or is refused, or the file cannot be written.
    pub fn load(
        &self,
        workspace: &mut Workspace,
        policy: &Policy,
        source: &Source<'_>,
        today: NaiveDate,
    ) -> Result<Loaded> {
        play::play(self, workspace, policy, source, today)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::record::{CHECKLIST_ITEM, EVIDENCE, PERSON, RISK};
    use crate::workspace::{Direction, Query};

    const BEGINNING: &str = r#"
        [[step]]
        at = "-9d 09:00"
        by = "ana"
        why = "Opened"
          [[step.add]]
          record = "person"
          name = "Ana Lima"
          handle = "ana"
          [[step.add]]
          record = "system"
          as = "sys"
          name = "Screener"
          [[step.add]]
          record = "review"
          as = "rev"
          title = "Screener, first launch"
          system = "$sys"
          reviewer = "@ana"
          [[step.add]]
          record = "packet"
          review = "$rev"
          decision_role = "assists"
    "#;

    const FILES: &[(&str, &str)] = &[("report.md", "# Report of {{-3d}}\n")];

    fn load(scripts: &[(&str, &str)]) -> (tempfile::TempDir, Workspace, Result<Loaded>) {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = Policy::builtin();
        let mut workspace =
            Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).expect("a workspace");
        let source = Source { address: "https://files.example/", files: FILES, folder: None };
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        let loaded = Script::read(scripts).and_then(|script| script.load(&mut workspace, &policy, &source, today));
        (folder, workspace, loaded)
    }

    /// What is said when `more` follows the beginning; the workspace must have stayed empty.
    fn refusal(more: &str) -> String {
        let (_folder, workspace, loaded) = load(&[("a.toml", &format!("{BEGINNING}{more}"))]);
        assert_eq!(workspace.total(&PERSON).expect("a total"), 0, "nothing is half loaded");
        loaded.expect_err(more).to_string()
    }

    fn step(more: &str) -> String {
        format!("[[step]]\nat = \"-4d 10:00\"\nby = \"ana\"\nwhy = \"Why not\"\n{more}")
    }

    #[test]
    fn a_step_is_a_change_and_names_lead_to_records() {
        let more = step(
            r#"
            [[step.evidence]]
            as = "report"
            file = "report.md"
            title = "Report"
            review = "$rev"
            produced_on = "-3d"
            [[step.add]]
            record = "risk"
            title = "A risk"
            review = "$rev"
            owner = "@ana"
            severity = 4
            likelihood = 3
            evidence = ["$report"]
            statement = "Costs $5 on {{+1d}}"
            [[step.checklist]]
            as = "chk"
            template = "launch-readiness"
            review = "$rev"
            [[step.set]]
            of = ["$chk/GOV-01", "$chk/GOV-08"]
            status = "pass"
            evidence = "$report"
            "#,
        );
        let (_folder, workspace, loaded) = load(&[("a.toml", &format!("{BEGINNING}{more}"))]);
        assert_eq!(loaded.expect("loaded").changes, 2);
        let risk = workspace.find("RSK-1").expect("the risk");
        assert_eq!(risk.text("statement"), Some("Costs $5 on 2026-11-25"));
        assert_eq!(risk.get("evidence").items(), ["EVD-1"]);
        let evidence = workspace.find("EVD-1").expect("the evidence");
        assert_eq!(evidence.text("origin"), Some("https://files.example/report.md"));
        let content = workspace.content(evidence.text("sha256").unwrap_or_default()).expect("read").expect("kept");
        assert_eq!(String::from_utf8_lossy(&content), "# Report of 2026-11-21\n");
        let items = workspace.page(&Query::all(&CHECKLIST_ITEM), None, Direction::After, 99).expect("items").rows;
        assert_eq!(items.iter().filter(|row| row.record.text("status") == Some("pass")).count(), 2);
        assert_eq!(workspace.total(&EVIDENCE).expect("a total"), 1);
    }

    #[test]
    fn files_are_played_together_in_order_of_time() {
        let later = r#"
            [[step]]
            at = "-3d 10:00"
            by = "ana"
            why = "Later"
              [[step.add]]
              record = "system"
              as = "sys"
              name = "Another"
        "#;
        let (_folder, workspace, loaded) = load(&[("z.toml", later), ("a.toml", BEGINNING)]);
        assert_eq!(loaded.expect("loaded").changes, 2);
        assert_eq!(workspace.find("SYS-2").expect("the second").title(), "Another");
    }

    #[test]
    fn what_cannot_be_is_refused_with_file_step_and_reason() {
        for (more, expected) in [
            (step("[[step.set]]\nof = \"$nobody\"\nstatus = \"open\""), "“$nobody” names nothing in this file so far"),
            (step("[[step.set]]\nof = \"$sys\"\ncolour = \"red\""), "Systems have no field “colour” to write"),
            (step("[[step.set]]\nof = \"$rev\"\nstage = \"launched\""), "cannot go from intake to launched"),
            (step("[[step.set]]\nof = \"$rev\"\nstage = \"intake\""), "It changes nothing."),
            (step("[[step.set]]\nof = \"$rev\"\nreviewer = \"@bo\""), "There is no person “@bo”."),
            (step("[[step.set]]\nof = \"$rev\"\nreviewer = [\"@ana\"]"), "It holds one value, not a list."),
            (step("[[step.add]]\nrecord = \"ship\""), "“ship” is no kind of record"),
            (step("[[step.add]]\nrecord = \"system\"\nname = \"A\"\nsummary = \"{{soon}}\""), "“soon” is not a date"),
            (step("[[step.evidence]]\nfile = \"none.md\"\ntitle = \"T\""), "There is no file “none.md”"),
            (step("[[step.checklist]]\ntemplate = \"none\"\nreview = \"$rev\""), "The policy has no checklist “none”."),
        ] {
            let said = refusal(&more);
            assert!(said.starts_with("a.toml, step 2 (-4d 10:00): "), "{said}");
            assert!(said.contains(expected), "{said}");
        }
        let early = step("").replace("-4d", "-40d");
        assert!(refusal(&early).contains("steps stand in order of time"));
        assert!(refusal(&step("").replace("-4d 10:00", "yesterday")).contains("is not a step's time"));
        assert!(refusal(&step("").replace("ana", "bo")).contains("There is no person “@bo”."));
    }

    #[test]
    fn what_is_no_script_is_refused_with_the_file() {
        for (more, expected) in [
            (step("reason = \"x\""), "unknown field `reason`"),
            ("[[step]]".to_owned(), "missing field `at`"),
            (step("[[step.add]]\nrecord = \"system\"\nas = \"sys\"\nname = \"B\""), "the name “sys” is given twice"),
            ("[[step".to_owned(), "TOML parse error at line"),
        ] {
            let said = refusal(&more);
            assert!(said.starts_with("a.toml: ") && said.contains(expected), "{said}");
        }
    }

    #[test]
    fn a_workspace_with_records_is_left_alone() {
        let (_folder, mut workspace, loaded) = load(&[("a.toml", BEGINNING)]);
        loaded.expect("loaded");
        let source = Source { address: "", files: FILES, folder: None };
        let script = Script::read(&[("a.toml", BEGINNING)]).expect("a script");
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
        let again = script.load(&mut workspace, &Policy::builtin(), &source, today).expect_err("refused").to_string();
        assert!(again.contains("holds records already"), "{again}");
        assert_eq!(workspace.total(&RISK).expect("a total"), 0);
        assert_eq!(workspace.total(&PERSON).expect("a total"), 1);
    }
}
