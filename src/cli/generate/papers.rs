//! Documents of a made-up review: written, read by somebody else, now and then reworked, and approved.

use chrono::{DateTime, Utc};

use super::content::{Case, add, id};
use crate::record::document::{ROUND, SECTION};
use crate::record::{DOCUMENT, Value};
use crate::review::document::template;
use crate::workspace::Edit;

/// A document while it goes to and fro.
pub struct Paper {
    document: String,
    round: String,
    major: bool,
}

/// The kinds of document, with how many of a hundred reviews have one, and the text of its sections.
const KINDS: &[(&str, i64, [(&str, &str); 2])] = &[
    (
        "model card",
        85,
        [("Model details", "A model of the team's own making."), ("Intended use", "By trained staff, on own cases.")],
    ),
    (
        "evaluation plan",
        45,
        [("Questions", "Who is served worse, and by how much."), ("Slices", "Age bands, sex, region.")],
    ),
];

impl Case {
    /// The team writes, and hands it in where the review comes that far.
    pub(super) fn write(&mut self, at: DateTime<Utc>) -> Vec<Edit> {
        let mut edits = Vec::new();
        for (kind, share, sections) in KINDS {
            let Some(template) = template::id_for(kind).filter(|_| self.random.chance(*share)) else { continue };
            let document = id(at, &mut self.random);
            let fields = vec![
                ("title", Value::text(format!("{kind} of {}", self.name))),
                ("template", template.into()),
                ("template_version", 1.into()),
                ("kind", (*kind).into()),
                ("review", self.review.as_str().into()),
            ];
            edits.push(add(&DOCUMENT, document.clone(), fields));
            for (position, (heading, text)) in (0..).zip(sections) {
                let fields = vec![
                    ("document", document.as_str().into()),
                    ("heading", (*heading).into()),
                    ("code", heading.to_lowercase().replace(' ', "-").into()),
                    ("text", (*text).into()),
                    ("origin", "written".into()),
                    ("required", true.into()),
                    ("position", Value::Number(position)),
                ];
                edits.push(add(&SECTION, id(at, &mut self.random), fields));
            }
            if !matches!(self.end, "intake" | "triage" | "withdrawn") {
                let major = self.random.chance(14);
                let round = self.hand_in(&document, at, &mut edits);
                self.papers.push(Paper { document, round, major });
            }
        }
        edits
    }

    fn hand_in(&mut self, document: &str, at: DateTime<Utc>, edits: &mut Vec<Edit>) -> String {
        let round = id(at, &mut self.random);
        let fields = vec![("document", document.into()), ("reviewer", self.decider.as_str().into())];
        edits.push(add(&ROUND, round.clone(), fields));
        edits.push(set_status(document, "in review"));
        round
    }

    /// Somebody reads what is handed in: some of it needs much rework.
    pub(super) fn read(&mut self) -> Vec<Edit> {
        let reworked = self.papers.iter().filter(|paper| paper.major);
        let sent_back = |paper: &Paper| verdict(&paper.round, "major", Some("Say who is served worse."));
        reworked.map(sent_back).collect()
    }

    /// What needed rework is handed in again.
    pub(super) fn again(&mut self, at: DateTime<Utc>) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut papers = std::mem::take(&mut self.papers);
        for paper in papers.iter_mut().filter(|paper| paper.major) {
            paper.round = self.hand_in(&paper.document, at, &mut edits);
        }
        self.papers = papers;
        edits
    }

    /// And approved.
    pub(super) fn approve_papers(&mut self) -> Vec<Edit> {
        let papers = std::mem::take(&mut self.papers);
        let both = |paper: &Paper| [verdict(&paper.round, "none", None), set_status(&paper.document, "approved")];
        papers.iter().flat_map(both).collect()
    }
}

fn verdict(round: &str, rework: &'static str, summary: Option<&'static str>) -> Edit {
    let mut fields = vec![("rework", rework.into())];
    fields.extend(summary.map(|summary| ("summary", summary.into())));
    Edit::Set { kind: &ROUND, id: round.to_owned(), version: None, fields }
}

fn set_status(document: &str, status: &'static str) -> Edit {
    Edit::Set { kind: &DOCUMENT, id: document.to_owned(), version: None, fields: vec![("status", status.into())] }
}
