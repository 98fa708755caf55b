//! Documents: from a template to an approved second version, laid beside the first; cards in and out; bad files and templates.

use std::fs;

use crate::desk::Desk;

/// A desk with somebody else, who reads what is written, and a packet that says something.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(["person", "add", "Bo Berg", "--handle", "bo"]);
    desk.ok(["packet", "set", "REV-1", "--use-case", "Sorts letters.", "--out-of-scope-use", "Decisions on claims."]);
    desk
}

fn field(desk: &Desk, reference: &str, name: &str) -> serde_json::Value {
    desk.json(["document", "show", reference, "--json"])[name].clone()
}

fn section(desk: &Desk, reference: &str, code: &str, name: &str) -> serde_json::Value {
    let sections = field(desk, reference, "sections");
    let found = sections.as_array().and_then(|all| all.iter().find(|section| section["code"] == code).cloned());
    found.expect(code)[name].clone()
}

/// Writes what a document must say, and hands it in to Bo.
fn hand_in(desk: &Desk, reference: &str) {
    let sections = field(desk, reference, "sections");
    for section in sections.as_array().into_iter().flatten() {
        if section["required"] == true && section["text"].is_null() {
            let code = section["code"].as_str().unwrap_or_default();
            desk.ok(["document", "section", reference, code, "--text", "Said by hand."]);
        }
    }
    desk.ok(["document", "submit", reference, "--reviewer", "@bo"]);
}

#[test]
fn a_card_is_filled_written_reworked_approved_and_written_anew() {
    let desk = desk();
    let said = desk.ok(["document", "new", "system-card", "--review", "REV-1"]);
    assert!(said.contains("of 7 sections filled from the records"), "{said}");
    assert_eq!(section(&desk, "DOC-1", "use", "origin"), "filled");
    assert!(section(&desk, "DOC-1", "use", "source").as_str().is_some_and(|source| source.starts_with("PKT-1")));
    let told = desk.fails(1, ["document", "submit", "DOC-1", "--reviewer", "@bo"]);
    assert!(told.contains("must say something first"), "{told}");
    hand_in(&desk, "DOC-1");
    assert!(desk.fails(1, ["document", "approve", "DOC-1"]).contains("Nobody reviews their own document"));
    let comment = "risks:Name the worst one.";
    desk.ok([
        "--as",
        "bo",
        "document",
        "review",
        "DOC-1",
        "--rework",
        "major",
        "--summary",
        "Too thin.",
        "--comment",
        comment,
    ]);
    assert_eq!(field(&desk, "DOC-1", "status"), "changes requested");
    let shown = desk.ok(["document", "show", "DOC-1"]);
    assert!(shown.contains("rework major: Too thin.") && shown.contains("Name the worst one."), "{shown}");
    desk.ok(["document", "section", "DOC-1", "risks", "--text", "Letters go to the wrong desk in 4 of 600."]);
    desk.ok(["document", "submit", "DOC-1"]);
    desk.ok(["--as", "bo", "document", "approve", "DOC-1"]);
    assert_eq!((field(&desk, "DOC-1", "status"), field(&desk, "DOC-1", "rework")), ("approved".into(), "major".into()));
    let told = desk.fails(1, ["document", "section", "DOC-1", "risks", "--text", "None."]);
    assert!(told.contains("document version DOC-1"), "{told}");
    desk.ok(["document", "version", "DOC-1"]);
    desk.ok(["document", "section", "DOC-2", "risks", "--text", "Letters go to the wrong desk in 2 of 600."]);
    let diff = desk.ok(["document", "diff", "DOC-2"]);
    assert!(diff.contains("wrong desk in [-4-]{+2+} of 600."), "{diff}");
    assert_eq!(desk.json(["document", "diff", "DOC-2", "--json"])[0]["code"], "risks");
    desk.ok(["document", "submit", "DOC-2", "--reviewer", "@bo"]);
    desk.ok(["--as", "bo", "document", "approve", "DOC-2"]);
    assert_eq!(field(&desk, "DOC-1", "status"), "superseded");
    let found = desk.ok(["search", "wrong desk"]);
    assert!(found.contains("SEC-"), "old and new text is found: {found}");
}

#[test]
fn a_stale_save_is_refused_and_filling_leaves_what_was_written() {
    let desk = desk();
    desk.ok(["document", "new", "system-card", "--review", "REV-1"]);
    let version = section(&desk, "DOC-1", "use", "version").to_string();
    desk.ok(["document", "section", "DOC-1", "use", "--text", "By hand."]);
    let told = desk.fails(6, ["document", "section", "DOC-1", "use", "--text", "Too late.", "--if-version", &version]);
    assert!(told.contains("By hand.") && told.contains("Too late."), "both texts: {told}");
    desk.ok(["packet", "set", "REV-1", "--use-case", "Sorts all post."]);
    let said = desk.ok(["document", "fill", "DOC-1"]);
    assert!(said.contains("New from the records: Summary."), "{said}");
    assert!(said.contains("Left as written") && said.contains("Use and limits of use"), "{said}");
    assert_eq!(section(&desk, "DOC-1", "use", "text"), "By hand.");
    let shown = desk.ok(["document", "section", "DOC-1", "use"]);
    assert!(shown.contains("Guidance") && shown.contains("By hand."), "{shown}");
}

#[test]
fn a_card_comes_in_and_goes_out_with_nothing_lost() {
    let desk = desk();
    let card = "---\nlicense: mit\ntags:\n- post\n---\n\n# Sorter\n\nSorts.\n\n## Limitations\n\nOld hands. \
                <script>alert(1)</script>\n\n## Funding\n\nNone.\n";
    desk.write("card.md", card);
    let said = desk.ok(["document", "import", "card.md", "--review", "REV-1"]);
    assert!(said.contains("Kept in “Other”") && said.contains("Funding"), "{said}");
    assert_eq!((field(&desk, "DOC-1", "title"), field(&desk, "DOC-1", "origin")), ("Sorter".into(), "card.md".into()));
    assert_eq!(section(&desk, "DOC-1", "limitations", "origin"), "imported");
    let out = desk.ok(["document", "export", "DOC-1", "--form", "huggingface"]);
    assert!(out.starts_with("---\nlicense: mit\ntags:\n- post\n---\n\n# Sorter\n"), "{out}");
    desk.ok(["document", "export", "DOC-1", "--form", "html", "--out", "card.html"]);
    let page = fs::read_to_string(desk.folder.path().join("card.html")).expect("the page");
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
    desk.ok(["document", "section", "DOC-1", "limitations", "--text", "Mine."]);
    desk.ok(["document", "import", "card.md", "--into", "DOC-1"]);
    assert_eq!(section(&desk, "DOC-1", "limitations", "text"), "Mine.");
    assert!(section(&desk, "DOC-1", "other", "text").as_str().is_some_and(|text| text.contains("Old hands.")));
}

#[test]
fn files_that_are_no_cards_are_refused_and_nothing_is_written() {
    let desk = desk();
    desk.write("latin.md", b"# T\n\nCaf\xe9\n");
    desk.write("large.md", "x".repeat(5 << 20));
    desk.write("empty.md", "\n \n");
    fs::create_dir(desk.folder.path().join("folder.md")).expect("a folder");
    for (file, code, expected) in [
        ("latin.md", 1, "not UTF-8 text: byte 9"),
        ("large.md", 1, "is larger than"),
        ("empty.md", 1, "says nothing"),
        ("folder.md", 1, "is a folder"),
        ("none.md", 7, "Reading none.md failed"),
    ] {
        let told = desk.fails(code, ["document", "import", file]);
        assert!(told.contains(expected), "{file}: {told}");
    }
    assert_eq!(desk.json(["document", "list", "--all", "--json"]), serde_json::json!([]));
}

#[test]
fn the_organisations_templates_stand_beside_the_settings_and_bad_ones_are_named() {
    let desk = desk();
    let folder = desk.folder.path().join("documents");
    fs::create_dir_all(&folder).expect("a folder");
    let head = "id = \"note\"\nversion = 1\ntitle = \"Note\"\nkind = \"note\"\nabout = \"A note.\"\n";
    let section = |fill: &str| {
        let fill = format!("fill = '''{fill}'''");
        format!("{head}[[section]]\ncode = \"a\"\nheading = \"A\"\nguidance = \"Say A.\"\n{fill}\n")
    };
    fs::write(folder.join("note.toml"), section("{{ packet.use_case }}")).expect("written");
    desk.ok(["document", "new", "note", "--review", "REV-1"]);
    assert_eq!(self::section(&desk, "DOC-1", "a", "text"), "Sorts letters.");
    for (fill, expected) in [
        ("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "a loop without an end?"),
        ("{% include '/etc/passwd' %}", "reads nothing but the records"),
    ] {
        fs::write(folder.join("note.toml"), section(fill)).expect("written");
        let told = desk.fails(8, ["document", "new", "note", "--review", "REV-1"]);
        assert!(told.contains("note.toml") && told.contains("section “a”") && told.contains(expected), "{told}");
    }
    let told = desk.fails(4, ["document", "new", "none", "--review", "REV-1"]);
    assert!(told.contains("There is no document template “none”"), "{told}");
}
