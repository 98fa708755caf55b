use std::fs;
use std::sync::Arc;

use super::*;
use crate::record::{PACKET, PERSON, RISK, SYSTEM};
use crate::workspace::{Change, Receipt};

const DAY: &str = "2026-11-24";

struct Place {
    _folder: tempfile::TempDir,
    workspace: Workspace,
    policy: Policy,
    library: Library,
    ana: String,
    bo: String,
    review: String,
}

/// A workspace with Ana, who writes, Bo, who reads, and a review with a packet and a risk.
fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = Policy::builtin();
    let mut workspace = Workspace::create(&folder.path().join("w.db"), Arc::new(policy.clone())).expect("a workspace");
    let now = Utc::now();
    let (ana, bo, system) = (new_id(now), new_id(now), new_id(now));
    let person = |id: &str, name: &str, handle: &str| Edit::Add {
        kind: &PERSON,
        id: id.to_owned(),
        fields: vec![("name", name.into()), ("handle", handle.into())],
    };
    let (review, mut started) =
        crate::review::start(now, vec![("title", "Screener 1".into()), ("system", system.as_str().into())]);
    let mut edits = vec![
        person(&ana, "Ana Lima", "ana"),
        person(&bo, "Bo Ek", "bo"),
        Edit::Add {
            kind: &SYSTEM,
            id: system,
            fields: vec![
                ("name", "Screener".into()),
                ("model_version", "2.0".into()),
                ("technical_owner", ana.as_str().into()),
            ],
        },
    ];
    edits.append(&mut started);
    let packet = edits.iter_mut().find_map(|edit| match edit {
        Edit::Add { kind, fields, .. } if *kind == &PACKET => Some(fields),
        _ => None,
    });
    packet
        .expect("a packet")
        .extend([("use_case", "Sorts letters by topic.".into()), ("out_of_scope_use", "Decisions on claims.".into())]);
    edits.push(Edit::Add {
        kind: &RISK,
        id: new_id(now),
        fields: vec![("title", "Wrong topic".into()), ("review", review.as_str().into())],
    });
    workspace.write(Change::by(&ana, edits)).expect("the first records");
    Place { _folder: folder, workspace, policy, library: Library::default(), ana, bo, review }
}

impl Place {
    fn desk(&self) -> Desk<'_> {
        let today = NaiveDate::parse_from_str(DAY, "%Y-%m-%d").expect("a day");
        Desk { workspace: &self.workspace, policy: &self.policy, library: &self.library, today }
    }

    fn write(&mut self, by: &str, edits: Vec<Edit>) -> Result<Receipt> {
        self.workspace.write(Change::by(by, edits))
    }

    fn start(&mut self, template: &str) -> Record {
        let fields = vec![("template", template.into()), ("review", self.review.as_str().into())];
        let (id, edits) = start(&self.desk(), Utc::now(), fields, None).expect("edits");
        let ana = self.ana.clone();
        self.write(&ana, edits).expect("written");
        self.workspace.get(&DOCUMENT, &id).expect("the document")
    }

    fn now(&self, record: &Record) -> Record {
        self.workspace.get(record.kind(), record.id()).expect("still there")
    }

    fn section(&self, document: &Record, code: &str) -> Record {
        let all = sections(&self.workspace, document).expect("sections");
        all.into_iter().find(|section| section.text("code") == Some(code)).expect(code)
    }

    fn say(&mut self, by: &str, document: &Record, code: &str, text: &str) -> Result<Receipt> {
        let edit = set(&self.section(document, code), vec![("text", text.into())]);
        self.write(by, vec![edit])
    }

    /// Writes what must be written, and hands the document in to Bo.
    fn hand_in(&mut self, document: &Record) -> Record {
        let ana = self.ana.clone();
        for section in sections(&self.workspace, document).expect("sections") {
            if section.get("required").is_set() && section.get("text").is_empty() {
                self.write(&ana, vec![set(&section, vec![("text", "Said.".into())])]).expect("written");
            }
        }
        let edits = submit(&self.workspace, &self.now(document), Some(&self.bo), Utc::now()).expect("edits");
        self.write(&ana, edits).expect("handed in");
        self.now(document)
    }

    fn judge(&mut self, by: &str, document: &Record, rework: &str) -> Result<Receipt> {
        let verdict = Verdict {
            rework: rework.to_owned(),
            summary: "Say more of limits.".to_owned(),
            comments: vec![("limitations".to_owned(), "Name a number.".to_owned())],
        };
        let edits = review(&self.workspace, &self.now(document), &verdict, Utc::now())?;
        self.write(by, edits)
    }

    fn approve(&mut self, by: &str, document: &Record) -> Result<Receipt> {
        let edits = approve(&self.workspace, &self.now(document))?;
        self.write(by, edits)
    }

    fn library_of(&mut self, sections: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let head = "id = \"own\"\nversion = 1\ntitle = \"Own\"\nkind = \"own\"\nabout = \"Own.\"\n";
        fs::write(folder.path().join("own.toml"), format!("{head}{sections}")).expect("written");
        self.library = Library::new(Some(folder.path().to_owned()));
        folder
    }
}

fn a_section(code: &str, fill: &str) -> String {
    format!("[[section]]\ncode = \"{code}\"\nheading = \"{code}\"\nguidance = \"G.\"\nfill = '''{fill}'''\n")
}

#[test]
fn sections_are_filled_from_the_records_and_say_from_which() {
    let mut place = place();
    let card = place.start("model-card");
    assert_eq!(card.title(), "Model card, Screener");
    assert_eq!(card.text("model_version"), Some("2.0"));
    let details = place.section(&card, "details");
    assert!(details.text("text").is_some_and(|text| text.starts_with("- **Name:** Screener")), "{details:?}");
    let authors = place.section(&card, "citation");
    assert_eq!(authors.text("text"), Some("- **Technical owner:** Ana Lima"), "people by their names");
    assert_eq!((details.text("origin"), details.text("source")), (Some("filled"), Some("SYS-1")));
    let risks = place.section(&card, "risks");
    assert!(risks.text("text").is_some_and(|text| text.starts_with("- **Wrong topic**")), "{risks:?}");
    assert_eq!(risks.text("source"), Some("RSK-1"));
    let monitoring = place.section(&card, "monitoring");
    assert_eq!((monitoring.text("text"), monitoring.text("origin")), (None, Some("empty")), "nothing is made up");
    let (filled, other, all) = share(&sections(&place.workspace, &card).expect("sections"));
    assert!(filled >= 5 && other == 0 && all == 19, "{filled} {other} {all}");
    assert_eq!(card.number("written"), i64::try_from(filled).ok());
}

#[test]
fn every_shipped_template_fills_from_an_empty_and_from_a_said_review() {
    let mut place = place();
    for (id, _) in template::SHIPPED {
        let document = place.start(id);
        assert!(document.number("sections") > Some(0), "{id}");
    }
    let (ana, library) = (place.ana.clone(), place.library.clone());
    for id in library.ids() {
        let fields = vec![("template", id.as_str().into()), ("title", "Loose".into())];
        let (document, edits) = start(&place.desk(), Utc::now(), fields, None).expect(&id);
        place.write(&ana, edits).expect(&id);
        assert_eq!(place.workspace.get(&DOCUMENT, &document).expect("it").number("written"), Some(0), "{id}");
    }
}

#[test]
fn filling_again_follows_the_records_and_leaves_what_was_written() {
    let mut place = place();
    let card = place.start("model-card");
    let ana = place.ana.clone();
    place.say(&ana, &card, "out-of-scope", "By hand.").expect("written");
    let packet = crate::review::packet_of(&place.workspace, &place.review).expect("the packet");
    let fields = vec![("out_of_scope_use", "Other.".into()), ("use_case", "Sorts all post.".into())];
    place.write(&ana, vec![set(&packet, fields)]).expect("changed");
    let refill = refill(&place.desk(), &place.now(&card), Utc::now()).expect("edits");
    assert_eq!(refill.changed, ["Intended use"]);
    assert_eq!(refill.kept, ["Out-of-scope use"]);
    place.write(&ana, refill.edits).expect("filled");
    let written = place.section(&card, "out-of-scope");
    assert_eq!((written.text("text"), written.text("origin")), (Some("By hand."), Some("written")));
    assert_eq!(written.text("written_by"), Some(ana.as_str()));
    let again = super::refill(&place.desk(), &place.now(&card), Utc::now()).expect("edits");
    assert!(again.edits.is_empty(), "nothing is new");
}

#[test]
fn a_section_that_its_template_dropped_stays_and_a_new_one_comes() {
    let mut place = place();
    let _first = place.library_of(&format!("{}{}", a_section("a", "{{ packet.use_case }}"), a_section("b", "")));
    let document = place.start("own");
    let ana = place.ana.clone();
    place.say(&ana, &document, "b", "Mine.").expect("written");
    let _second = place.library_of(&format!("{}{}", a_section("a", "{{ packet.use_case }}"), a_section("c", "")));
    let refill = refill(&place.desk(), &place.now(&document), Utc::now()).expect("edits");
    assert_eq!((refill.dropped.as_slice(), refill.changed.as_slice()), (&["b".to_owned()][..], &["c".to_owned()][..]));
    place.write(&ana, refill.edits).expect("filled");
    assert_eq!(place.section(&document, "b").text("text"), Some("Mine."));
}

#[test]
fn a_fill_that_loops_makes_too_much_or_reaches_for_a_file_is_refused() {
    let mut place = place();
    for (fill, expected) in [
        ("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "a loop without an end?"),
        ("{% for a in range(9999) %}0123456789{% endfor %}", "makes more than 65536 bytes"),
        ("{% include '/etc/passwd' %}", "reaches for another template or a file"),
        ("{% import 'x' as x %}", "reaches for another template or a file"),
        ("{{ packet.colour }}", "there is no such value"),
        ("{{ said(packet, 'colour') }}", "have no field “colour”"),
        ("{{ packet.notes }}", "there is no such value"),
        ("{% if %}", "line 1"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "section “a”"),
    ] {
        let _folder = place.library_of(&a_section("a", fill));
        let fields = vec![("template", "own".into()), ("review", place.review.as_str().into())];
        let error = start(&place.desk(), Utc::now(), fields, None).expect_err(fill).to_string();
        assert!(error.contains("own.toml, section “a”") && error.contains(expected), "{fill}: {error}");
    }
}

#[test]
fn a_document_is_written_read_approved_and_then_frozen() {
    let mut place = place();
    let (ana, bo) = (place.ana.clone(), place.bo.clone());
    let card = place.start("model-card");
    let edits = submit(&place.workspace, &card, Some(&bo), Utc::now()).expect("edits");
    let error = place.write(&ana, edits).expect_err("a section is blank").to_string();
    assert!(error.contains("“Training data”"), "{error}");
    let card = place.hand_in(&card);
    assert_eq!(card.text("status"), Some(IN_REVIEW));
    let error = place.say(&ana, &card, "limitations", "More.").expect_err("it is being read").to_string();
    assert!(error.contains("is being read"), "{error}");
    let error = place.judge(&ana, &card, "none").expect_err("her own").to_string();
    assert!(error.contains("Nobody reviews their own document"), "{error}");
    place.judge(&bo, &card, "major").expect("a verdict");
    let card = place.now(&card);
    assert_eq!((card.text("status"), card.text("rework")), (Some("changes requested"), Some("major")));
    assert_eq!(comments(&place.workspace, &card).expect("comments").len(), 1);
    place.say(&ana, &card, "limitations", "Wrong in 4 of 600.").expect("reworked");
    let card = place.hand_in(&card);
    let error = place.approve(&ana, &card).expect_err("her own").to_string();
    assert!(error.contains("Nobody reviews") || error.contains(crate::record::document::RULE), "{error}");
    place.approve(&bo, &card).expect("approved");
    let card = place.now(&card);
    assert_eq!((card.text("status"), card.text("approved_by")), (Some(APPROVED), Some(bo.as_str())));
    assert_eq!((card.number("rounds"), card.text("rework")), (Some(2), Some("major")), "the worst round counts");
    assert!(card.text("digest").is_some_and(|digest| digest.len() == 64));
    for edits in [
        vec![set(&place.section(&card, "limitations"), vec![("text", "None.".into())])],
        vec![set(&card, vec![("title", "Another".into())])],
        vec![set(&card, vec![("status", "draft".into())])],
        vec![Edit::Delete { kind: &DOCUMENT, id: card.id().to_owned() }],
        vec![Edit::Delete { kind: &SECTION, id: place.section(&card, "limitations").id().to_owned() }],
    ] {
        let error = place.write(&ana, edits).expect_err("frozen").to_string();
        assert!(error.contains("approved"), "{error}");
    }
}

#[test]
fn a_writer_of_one_section_does_not_approve_the_whole() {
    let mut place = place();
    let bo = place.bo.clone();
    let card = place.start("model-card");
    place.say(&bo, &card, "factors", "Bo wrote this.").expect("written");
    let card = place.hand_in(&card);
    let error = place.approve(&bo, &card).expect_err("partly his own").to_string();
    assert!(error.contains("you wrote “Factors”"), "{error}");
}

#[test]
fn a_new_version_takes_the_place_of_the_approved_one_when_it_is_approved() {
    let mut place = place();
    let (ana, bo) = (place.ana.clone(), place.bo.clone());
    let card = place.start("model-card");
    let error = next_version(&place.workspace, &card, Vec::new(), Utc::now()).expect_err("a draft").to_string();
    assert!(error.contains("is not approved yet"), "{error}");
    let first = place.hand_in(&card);
    place.approve(&bo, &first).expect("approved");
    let (id, edits) = next_version(&place.workspace, &place.now(&first), Vec::new(), Utc::now()).expect("edits");
    place.write(&ana, edits).expect("begun");
    let second = place.workspace.get(&DOCUMENT, &id).expect("the second");
    assert_eq!((second.number("number"), second.text("status")), (Some(2), Some("draft")));
    place.say(&ana, &second, "limitations", "Wrong in 2 of 600.").expect("written");
    assert_eq!(place.now(&first).text("status"), Some(APPROVED), "until the second is");
    let second = place.hand_in(&second);
    place.approve(&bo, &second).expect("approved");
    assert_eq!(place.now(&first).text("status"), Some(SUPERSEDED));
    let (older, newer) = (sections(&place.workspace, &first), sections(&place.workspace, &second));
    let parts = compare(&older.expect("sections"), &newer.expect("sections"));
    let headings: Vec<&str> = parts.iter().map(|part| part.heading.as_str()).collect();
    assert_eq!(headings, ["Limitations"]);
    let error = next_version(&place.workspace, &place.now(&first), Vec::new(), Utc::now()).expect_err("taken");
    assert!(error.to_string().contains("There is one already: DOC-2"), "{error}");
}

#[test]
fn two_people_write_in_two_sections_and_a_stale_save_keeps_both_texts() {
    let mut place = place();
    let (ana, bo) = (place.ana.clone(), place.bo.clone());
    let card = place.start("model-card");
    let (seen, other) = (place.section(&card, "limitations"), place.section(&card, "factors"));
    place.write(&bo, vec![set(&seen, vec![("text", "Bo's.".into())])]).expect("first");
    place.write(&ana, vec![set(&other, vec![("text", "Ana's.".into())])]).expect("another section");
    match place.write(&ana, vec![set(&seen, vec![("text", "Ana's too.".into())])]) {
        Err(Error::Stale { theirs, ours }) => {
            assert_eq!((theirs.text("text"), ours.text("text")), (Some("Bo's."), Some("Ana's too.")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn undoing_never_changes_what_was_approved_and_redoing_asks_again() {
    let mut place = place();
    let (ana, bo) = (place.ana.clone(), place.bo.clone());
    let card = place.start("model-card");
    let said = place.say(&ana, &card, "limitations", "Wrong in 4 of 600.").expect("written").change;
    let card = place.hand_in(&card);
    let approval = place.approve(&bo, &card).expect("approved").change;
    let error = place.workspace.undo_change(&ana, said).expect_err("frozen").to_string();
    assert!(error.contains("approved"), "{error}");
    let undone = place.workspace.undo_change(&bo, approval).expect("taken back").change;
    assert_eq!(place.now(&card).text("status"), Some(IN_REVIEW));
    assert!(place.now(&card).get("digest").is_empty());
    let error = place.workspace.undo_change(&ana, undone).expect_err("her own").to_string();
    assert!(error.contains(crate::record::document::RULE) || error.contains("Nobody reviews"), "{error}");
    place.workspace.undo_change(&bo, undone).expect("he may");
    assert_eq!(place.now(&card).text("status"), Some(APPROVED));
}

#[test]
fn a_section_that_another_system_has_too_is_named() {
    let mut place = place();
    let ana = place.ana.clone();
    let card = place.start("model-card");
    let text =
        "It fails on letters in old handwriting, on scans below 150 dpi, and on letters with two topics at once.";
    place.say(&ana, &card, "limitations", text).expect("written");
    let other = new_id(Utc::now());
    let edits = vec![Edit::Add { kind: &SYSTEM, id: other.clone(), fields: vec![("name", "Sorter".into())] }];
    place.write(&ana, edits).expect("another system");
    let fields = vec![("template", "model-card".into()), ("system", other.as_str().into())];
    let (id, edits) = start(&place.desk(), Utc::now(), fields, None).expect("edits");
    place.write(&ana, edits).expect("started");
    let second = place.workspace.get(&DOCUMENT, &id).expect("it");
    place.say(&ana, &second, "limitations", &text.to_uppercase().replace(", ", ",\n")).expect("copied");
    let found = copied(&place.workspace, &second, &sections(&place.workspace, &second).expect("sections"));
    let found = found.expect("looked");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].heading.as_str(), found[0].document.as_str()), ("Limitations", "DOC-1"));
    assert_eq!(found[0].system, "Screener");
}

#[test]
fn a_decision_to_launch_rests_on_what_was_approved_and_on_no_draft() {
    use crate::record::decision::{APPROVE, snapshot};
    let mut place = place();
    let bo = place.bo.clone();
    let today = NaiveDate::parse_from_str(DAY, "%Y-%m-%d").expect("a day");
    let mut decision = Record::empty(&crate::record::DECISION);
    decision.set("kind", APPROVE);
    decision.set("review", place.review.as_str());
    decision.set("subject", "REV-1");
    let card = place.start("model-card");
    let taken = |place: &Place| snapshot::taken(&decision, &place.workspace.look(), today);
    let before = taken(&place);
    assert!(!before.contains("DOC-1"), "{before}");
    let card = place.hand_in(&card);
    place.approve(&bo, &card).expect("approved");
    let after = taken(&place);
    let digest = place.now(&card).text("digest").unwrap_or_default().to_owned();
    assert!(after.contains("\"DOC-1\":{") && after.contains(&digest), "{after}");
    let mut made = decision.clone();
    made.set("snapshot", before);
    assert_eq!(
        snapshot::outdated(&made, &place.workspace.look(), today),
        [],
        "proof that came since takes nothing away"
    );
}
