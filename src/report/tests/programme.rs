//! A programme as one finds them, and a small part of it.

use std::sync::LazyLock;

use super::desk::{Desk, day};
use crate::record::{
    ACTION, CHECKLIST, CHECKLIST_ITEM, DOCUMENT, EVIDENCE, PACKET, PERSON, REVIEW, RISK, SYSTEM, Value,
};
use crate::report::Pack;

/// The pack of [`programme`], made once for all tests that only read it.
pub fn programme_pack() -> &'static Pack {
    static PACK: LazyLock<Pack> = LazyLock::new(|| programme().pack());
    &PACK
}

/// The pack of [`small`].
pub fn small_pack() -> &'static Pack {
    static PACK: LazyLock<Pack> = LazyLock::new(|| small().pack());
    &PACK
}

fn people(desk: &mut Desk) {
    for (handle, name) in [
        ("tomas", "Tomás Herrera"),
        ("priya", "Priya Raman"),
        ("lena", "Lena Fischer"),
        ("joon", "Joon-ho Park"),
        ("mara", "Mara Okafor"),
    ] {
        desk.add(&PERSON, handle, vec![("name", name.into()), ("handle", handle.into())]);
    }
}

/// One review: key, title, system, tier, reviewer, the days of its moves from intake on, target, launch.
type Passage = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const PASSAGES: &[Passage] = &[
    ("resume", "Resume screening v2", "Hiring assistant", "high", "ana", &[("2026-09-02", "triage"), ("2026-09-08",
     "assessment"), ("2026-10-06", "mitigation"), ("2026-11-12", "decision")], "2026-11-26", "2026-12-01"),
    ("claims", "Claims triage assistant", "Claims workbench", "high", "priya", &[("2026-09-20", "triage"),
     ("2026-09-28", "assessment"), ("2026-10-20", "mitigation")], "2026-12-10", "2027-01-11"),
    ("support", "Support assistant with retrieval", "Help centre assistant", "medium", "lena", &[("2026-10-01",
     "triage"), ("2026-10-05", "assessment"), ("2026-11-02", "decision")], "2026-11-20", "2026-11-30"),
    ("fraud", "Card fraud model 7.3", "Fraud shield", "high", "tomas", &[("2026-10-12", "triage"), ("2026-10-15",
     "assessment")], "2026-11-30", "2026-12-15"),
    ("coding", "Coding agent with repository access", "Forge", "medium", "joon", &[("2026-10-20", "triage"),
     ("2026-10-26", "assessment")], "2026-12-04", "2026-12-07"),
    ("notes", "Meeting notes", "Minutes", "low", "lena", &[("2026-08-18", "triage"), ("2026-08-20", "assessment"),
     ("2026-08-27", "decision"), ("2026-08-31", "approved")], "2026-09-04", "2026-12-03"),
    ("credit", "Credit limit proposals", "Limit engine", "high", "priya", &[("2026-10-28", "triage"), ("2026-11-03",
     "assessment")], "2026-12-18", "2027-02-01"),
    ("captions", "Live captions", "Studio", "low", "joon", &[("2026-11-05", "triage"), ("2026-11-10", "assessment")],
     "2026-11-23", "2026-12-02"),
    ("pricing", "Motor pricing refresh", "Pricing", "medium", "tomas", &[("2026-11-09", "triage")], "2026-12-11",
     "2027-01-15"),
    ("emotion", "Emotion detection in call recordings", "Call insight", "prohibited", "ana", &[("2026-11-16",
     "triage")], "2026-12-01", ""),
    ("ocr", "Medical report reading", "Intake scan", "", "", &[], "2026-12-15", "2027-03-01"),
    ("wellness", "Wellness nudges for members", "Member app", "", "mara", &[], "", ""),
    ("images", "Generated images for marketing", "Studio", "", "", &[], "2026-12-20", "2027-01-10"),
    ("moderation", "Community moderation", "Forum", "medium", "mara", &[("2026-06-10", "triage"), ("2026-06-15",
     "assessment"), ("2026-07-01", "decision"), ("2026-07-06", "approved with conditions"), ("2026-07-20",
     "launched"), ("2026-08-20", "monitoring")], "2026-07-08", "2026-07-20"),
    ("learning", "Learning recommender", "Academy", "low", "lena", &[("2026-06-20", "triage"), ("2026-06-24",
     "assessment"), ("2026-06-30", "decision"), ("2026-07-02", "rejected")], "2026-07-01", "2026-08-01"),
];

fn reviews(desk: &mut Desk) {
    let mut days: Vec<(&str, usize, Option<&str>)> = Vec::new();
    for (at, passage) in PASSAGES.iter().enumerate() {
        let begun = match passage.0 {
            "ocr" => "2026-11-02",
            "wellness" => "2026-11-19",
            "images" => "2026-11-23",
            _ => passage.5.first().map_or("2026-11-01", |(first, _)| first),
        };
        days.push((begun, at, None));
        days.extend(passage.5.iter().map(|(date, stage)| (*date, at, Some(*stage))));
    }
    days.sort_by_key(|(date, at, stage)| (*date, stage.is_some(), *at));
    for (date, at, stage) in days {
        let (key, title, system, tier, reviewer, _, target, launch) = PASSAGES[at];
        desk.on(date);
        let Some(stage) = stage else {
            begin(desk, (key, title, system), (target, launch), date);
            continue;
        };
        let mut fields = vec![("stage", stage.into())];
        if stage != "triage" && !tier.is_empty() || tier == "prohibited" {
            fields.push(("tier", tier.into()));
        }
        if !reviewer.is_empty() {
            fields.push(("reviewer", desk.id(reviewer)));
        }
        desk.set(&REVIEW, key, fields, (stage == "decision").then_some("Every check of the gate is answered."));
    }
    desk.on("2026-11-13");
    desk.set(
        &REVIEW,
        "claims",
        vec![("waiting_on", "privacy".into()), ("waiting_since", day("2026-10-30").into())],
        None,
    );
    desk.set(&REVIEW, "fraud", vec![("waiting_on", "evaluation results".into())], None);
}

fn begin(desk: &mut Desk, (key, title, system): (&str, &str, &str), (target, launch): (&str, &str), date: &str) {
    let known = format!("system {system}");
    if !desk.ids.contains_key(&known) {
        desk.add(&SYSTEM, &known, vec![("name", system.into()), ("product_area", "Retail".into())]);
    }
    let mut fields = vec![("title", title.into()), ("system", desk.id(&known)), ("submitted_at", day(date).into())];
    for (name, text) in [("target_on", target), ("launch_on", launch)] {
        if !text.is_empty() {
            fields.push((name, day(text).into()));
        }
    }
    desk.add(&REVIEW, key, fields);
    let review = desk.id(key);
    let mut packet: Vec<(&'static str, Value)> = vec![("review", review), ("use_case", title.into())];
    if !matches!(key, "ocr" | "wellness" | "images") {
        for name in [
            "intended_use",
            "out_of_scope_use",
            "users",
            "affected_people",
            "data_sources",
            "fallback",
            "monitoring_plan",
            "scale",
        ] {
            packet.push((name, "Stated by the team.".into()));
        }
    }
    desk.add(&PACKET, &format!("packet {key}"), packet);
}

/// One risk: key, review, title, statement, category, severity, likelihood, residual severity and likelihood (0: not
/// assessed), owner, due.
type Peril =
    (&'static str, &'static str, &'static str, &'static str, &'static str, [i64; 4], &'static str, &'static str);

#[rustfmt::skip]
const PERILS: &[Peril] = &[
    ("proxy", "resume", "Proxy discrimination by age through graduation year",
     "Because graduation year stands in for age, applicants over 50 may be ranked lower at the same qualification, so that they are not invited and lose an equal chance of employment.",
     "fairness", [4, 4, 4, 3], "tomas", "2026-11-12"),
    ("gaps", "resume", "Career gaps read as lack of commitment",
     "Because training data rewards unbroken careers, carers returning to work may be ranked lower, so that women are invited less often.",
     "fairness", [4, 3, 3, 2], "ana", "2026-12-01"),
    ("automation", "resume", "Recruiters follow the ranking without reading",
     "Because the list is sorted by score, recruiters may stop reading below the tenth entry, so that the decision is in effect the model's.",
     "human oversight", [4, 4, 0, 0], "ana", "2026-12-04"),
    ("denial", "claims", "Wrongly deprioritised claims of vulnerable people",
     "Because severity is inferred from wording, claims written in simple language may be placed last, so that people in need wait weeks for money they depend on.",
     "fairness", [5, 4, 5, 3], "", "2026-12-08"),
    ("drift", "claims", "Storm season shifts the mix of claims",
     "Because the model was trained on calm years, its calibration may fail in a storm season, so that urgent claims are missed.",
     "reliability & safety", [4, 3, 0, 0], "priya", "2026-11-20"),
    ("inject", "support", "Prompt injection through help-centre articles",
     "Because retrieved text is put into the prompt, a planted article may make the assistant give harmful advice or reveal account data.",
     "privacy & security", [4, 4, 4, 2], "joon", "2026-11-18"),
    ("halluc", "support", "Invented refund terms",
     "Because the assistant answers when nothing was retrieved, it may promise refunds that do not exist, so that customers lose money and the company must honour them.",
     "reliability & safety", [3, 4, 3, 2], "lena", "2026-12-02"),
    ("secrets", "coding", "Secrets leave with the context",
     "Because the agent sends files to a vendor, keys in the repository may leave the company, so that systems can be entered.",
     "privacy & security", [5, 3, 5, 2], "joon", "2026-12-01"),
    ("licence", "coding", "Copyleft code is proposed without its licence",
     "Because the model was trained on public code, it may reproduce it, so that our product is in breach.",
     "accountability", [2, 3, 2, 2], "joon", "2027-01-15"),
    ("false", "fraud", "More false blocks for customers with foreign names",
     "Because rare name patterns correlate with fraud in the data, customers with foreign names may be blocked more often while travelling, so that they stand without money.",
     "fairness", [4, 5, 0, 0], "tomas", "2026-11-09"),
    ("explain", "credit", "Reasons for a lower limit cannot be given",
     "Because the model is an ensemble, agents may not be able to name the principal reasons, so that customers cannot contest the limit.",
     "transparency", [3, 3, 3, 2], "priya", "2026-12-18"),
    ("income", "credit", "Postcode stands in for ethnic origin", "", "fairness", [4, 3, 0, 0], "priya", "2026-12-18"),
    ("captions", "captions", "Lower accuracy for accented speech",
     "Because accented speech is rare in the training data, captions may be worse for some speakers, so that deaf viewers miss what they say.",
     "inclusiveness", [3, 4, 2, 3], "joon", "2026-11-30"),
    ("minutes", "notes", "Confidential remarks are kept for ever",
     "Because transcripts have no retention, remarks may surface years later.", "privacy & security", [2, 2, 2, 1],
     "lena", "2027-01-31"),
];

fn risks(desk: &mut Desk) {
    for (at, (key, review, title, statement, category, levels, owner, due)) in PERILS.iter().enumerate() {
        desk.on(if at < 6 { "2026-10-14" } else { "2026-11-10" });
        let mut fields = vec![
            ("title", (*title).into()),
            ("review", desk.id(review)),
            ("category", (*category).into()),
            ("severity", levels[0].into()),
            ("likelihood", levels[1].into()),
            ("due_on", day(due).into()),
            ("statement", (*statement).into()),
            ("notes", "PRIVATE: Tomás thinks the vendor is hiding something.".into()),
        ];
        if at % 3 != 2 {
            fields.push(("treatment", "mitigate".into()));
            fields.push(("controls", vec!["FAIR-02".to_owned(), "MON-01".to_owned()].into()));
            fields.push(("affected_groups", "Applicants over 50, carers".into()));
        }
        if !owner.is_empty() {
            fields.push(("owner", desk.id(owner)));
        }
        desk.add(&RISK, &format!("risk {key}"), fields);
    }
    desk.on("2026-11-17");
    for (key, _, _, _, _, levels, _, _) in PERILS.iter().filter(|peril| peril.5[2] > 0) {
        let fields = vec![
            ("residual_severity", levels[2].into()),
            ("residual_likelihood", levels[3].into()),
            ("status", "mitigating".into()),
        ];
        desk.set(&RISK, &format!("risk {key}"), fields, Some("Assessed again with the mitigations in place."));
    }
    accepted(desk, "toxic", "Toxic posts seen before they are removed", "2026-07-06", "2026-11-15");
    accepted(desk, "appeal", "Appeals answered within five days, not two", "2026-07-06", "2026-12-10");
    desk.on("2026-11-18");
    desk.set(&RISK, "risk licence", vec![("status", "closed".into())], Some("A licence scanner runs on every change."));
}

fn accepted(desk: &mut Desk, key: &str, title: &str, on: &str, until: &str) {
    desk.on(on);
    let fields = vec![
        ("title", title.into()),
        ("review", desk.id("moderation")),
        ("severity", 3.into()),
        ("likelihood", 4.into()),
        ("owner", desk.id("mara")),
        ("status", "accepted".into()),
        (
            "acceptance",
            "The remaining risk is within appetite for a launch to members only; reviewed with the policy team.".into(),
        ),
        ("accepted_until", day(until).into()),
    ];
    desk.add(&RISK, &format!("risk {key}"), fields);
}

fn checklists(desk: &mut Desk) {
    let texts = [
        ("FAIR-02", "Slice metrics are reported for every group that the law or the policy names", "fairness report"),
        ("FAIR-05", "Thresholds were chosen before the results were seen", "evaluation report"),
        ("MON-01", "Every monitoring signal has an owner and an alert route", ""),
        ("SEC-03", "Prompt injection was tested with the shipped attack set", "test log"),
        ("DOC-01", "The model card names known limitations", "model card"),
        ("PRIV-04", "Retention of inputs, outputs and logs is decided", "policy document"),
    ];
    desk.on("2026-10-08");
    for (at, review) in ["resume", "claims", "support", "fraud", "coding", "credit"].into_iter().enumerate() {
        let list = format!("list {review}");
        let fields = vec![
            ("title", "Launch readiness".into()),
            ("review", desk.id(review)),
            ("template", "launch-readiness".into()),
            ("template_version", 1.into()),
        ];
        desk.add(&CHECKLIST, &list, fields);
        for (number, (code, text, evidence)) in texts.into_iter().enumerate() {
            let (status, reason) = match (at * 5 + number * 3) % 11 {
                0..=3 => ("pass", ""),
                4 => ("fail", "The report covers sex only; age and origin are missing."),
                5 => ("waived", "Waived by the forum until the next release; a manual check runs weekly."),
                6 => ("not applicable", "No personal data is kept."),
                _ => ("open", ""),
            };
            let mut fields = vec![
                ("code", code.into()),
                ("text", text.into()),
                ("status", status.into()),
                ("checklist", desk.id(&list)),
                ("review", desk.id(review)),
                ("reason", reason.into()),
                ("position", i64::try_from(number).unwrap_or(0).into()),
            ];
            if !evidence.is_empty() {
                fields.push(("required_evidence", vec![evidence.to_owned()].into()));
            }
            desk.add(&CHECKLIST_ITEM, &format!("item {review} {code}"), fields);
        }
    }
}

/// One action: key, title, kind, review, owner, due, status, whether a launch waits.
type Duty = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, bool);

#[rustfmt::skip]
const DUTIES: &[Duty] = &[
    ("slices", "Re-run slice metrics with age bands of ten years", "mitigation", "resume", "tomas", "2026-11-12",
     "in progress", true),
    ("readers", "Shuffle the first page for a tenth of recruiters", "mitigation", "resume", "ana", "2026-11-27",
     "open", false),
    ("simple", "Test set of claims in simple language", "evidence", "claims", "priya", "2026-11-17", "blocked", true),
    ("privacy", "Answer the privacy team's questions on free text", "information request", "claims", "priya",
     "2026-11-13", "open", false),
    ("attack", "Extend the attack set with planted articles", "mitigation", "support", "joon", "2026-11-25",
     "in progress", true),
    ("refuse", "Refuse to answer when nothing was retrieved", "mitigation", "support", "lena", "2026-11-19", "open",
     true),
    ("keys", "Scan the context for keys before it is sent", "mitigation", "coding", "joon", "2026-12-01", "open",
     true),
    ("names", "Compare block rates by origin of the name", "evidence", "fraud", "tomas", "2026-11-06", "open", false),
    ("limits", "Add limits to the model card", "follow-up", "credit", "", "", "open", false),
    ("keep", "Set retention of transcripts to 90 days", "condition", "notes", "lena", "2026-12-02", "open", true),
    ("reasons", "Template for the principal reasons", "control improvement", "credit", "priya", "2027-01-10", "open",
     false),
    ("speech", "Collect accented speech with consent", "mitigation", "captions", "joon", "2026-12-20", "open", false),
    ("done", "Publish the appeal page", "condition", "moderation", "mara", "2026-08-01", "done", false),
];

fn actions(desk: &mut Desk) {
    desk.on("2026-10-30");
    for (key, title, kind, review, owner, due, status, blocking) in DUTIES {
        let mut fields = vec![
            ("title", (*title).into()),
            ("kind", (*kind).into()),
            ("review", desk.id(review)),
            ("status", if *status == "done" { "open" } else { status }.into()),
            ("launch_blocking", (*blocking).into()),
        ];
        if !owner.is_empty() {
            fields.push(("owner", desk.id(owner)));
        }
        if !due.is_empty() {
            fields.push(("due_on", day(due).into()));
        }
        desk.add(&ACTION, &format!("action {key}"), fields);
    }
    desk.on("2026-11-20");
    desk.set(&ACTION, "action done", vec![("status", "done".into())], None);
}

fn evidence(desk: &mut Desk) {
    for (at, (title, kind, review, status, origin)) in [
        (
            "Fairness report, resume ranker 2.0",
            "fairness report",
            "resume",
            "submitted",
            "https://reports.example.org/fairness/2026-11",
        ),
        ("Model card, claims triage 1.4", "model card", "claims", "accepted", "/home/priya/cards/claims-triage.md"),
        ("Red-team log, support assistant", "test log", "support", "accepted", "redteam-2026-10-28.jsonl"),
        ("Evaluation, fraud model 7.3", "evaluation report", "fraud", "rejected", "eval-7.3.pdf"),
    ]
    .into_iter()
    .enumerate()
    {
        desk.on(if at < 2 { "2026-10-28" } else { "2026-11-16" });
        let fields = vec![
            ("title", title.into()),
            ("kind", kind.into()),
            ("review", desk.id(review)),
            ("origin", origin.into()),
            ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into()),
            ("bytes", 18_432.into()),
            ("media_type", "text/markdown".into()),
            ("model_version", "2.0".into()),
            ("produced_on", day("2026-10-27").into()),
        ];
        desk.add(&EVIDENCE, title, fields);
        if status != "submitted" {
            let reason =
                if status == "rejected" { "No intervals, and n is missing." } else { "Read, and it is complete." };
            // Nobody accepts what they registered.
            let me = std::mem::replace(&mut desk.me, desk.ids["priya"].clone());
            desk.set(&EVIDENCE, title, vec![("status", status.into()), ("verdict_reason", reason.into())], None);
            desk.me = me;
        }
    }
}

/// Documents: no more than what is asked of them in a register.
fn documents(desk: &mut Desk) {
    for (title, template, review, author) in [
        ("Model card, claims", "model-card", "claims", "priya"),
        ("Data sheet, claims", "data-sheet", "claims", "tomas"),
        ("Monitoring plan, fraud", "monitoring-plan", "fraud", "tomas"),
    ] {
        let fields = vec![
            ("template", template.into()),
            ("review", desk.id(review)),
            ("author", desk.id(author)),
            ("kind", template.replace('-', " ").into()),
            ("model_version", "2.1".into()),
        ];
        desk.add(&DOCUMENT, title, fields.into_iter().chain([("title", title.into())]).collect());
    }
}

/// A programme as one finds them, small enough to read and large enough to fill every table.
pub fn programme() -> Desk {
    let mut desk = Desk::empty();
    people(&mut desk);
    reviews(&mut desk);
    risks(&mut desk);
    checklists(&mut desk);
    actions(&mut desk);
    evidence(&mut desk);
    documents(&mut desk);
    desk.on("2026-11-20");
    for (at, review) in ["resume", "claims", "fraud"].into_iter().enumerate() {
        let system = desk.workspace.get(&REVIEW, desk.id(review).as_text().expect("an id")).expect("the review");
        let system = system.get("system").clone();
        desk.watch(&format!("signal {at}"), &format!("Share of wrong answers, {review}"), system);
    }
    desk
}

/// A few records of each kind, for a page that can be read as a whole.
pub fn small() -> Desk {
    let mut desk = Desk::empty();
    desk.on("2026-10-20");
    desk.add(&PERSON, "priya", vec![("name", "Priya Raman".into()), ("handle", "priya".into())]);
    for key in ["resume", "ocr"] {
        let passage = PASSAGES.iter().find(|passage| passage.0 == key).expect("a passage");
        begin(&mut desk, (key, passage.1, passage.2), (passage.6, passage.7), "2026-10-20");
    }
    for (date, stage) in [("2026-10-22", "triage"), ("2026-10-27", "assessment")] {
        desk.on(date);
        let fields = vec![("stage", stage.into()), ("tier", "high".into()), ("reviewer", desk.id("priya"))];
        desk.set(&REVIEW, "resume", fields, None);
    }
    desk.on("2026-11-03");
    for (key, levels) in [("proxy", [4, 4]), ("gaps", [3, 2])] {
        let peril = PERILS.iter().find(|peril| peril.0 == key).expect("a peril");
        let fields = vec![
            ("title", peril.2.into()),
            ("review", desk.id("resume")),
            ("statement", peril.3.into()),
            ("severity", levels[0].into()),
            ("likelihood", levels[1].into()),
            ("due_on", day(peril.7).into()),
        ];
        desk.add(&RISK, key, fields);
    }
    desk.add(
        &ACTION,
        "slices",
        vec![
            ("title", "Re-run slice metrics".into()),
            ("review", desk.id("resume")),
            ("owner", desk.id("priya")),
            ("due_on", day("2026-11-20").into()),
            ("launch_blocking", true.into()),
        ],
    );
    desk.on("2026-11-10");
    desk.set(&REVIEW, "resume", vec![("stage", "mitigation".into())], Some("Two risks | are worth <treating>."));
    desk
}
