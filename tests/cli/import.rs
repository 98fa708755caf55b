//! Importing inventories, the sample, and the pack for a meeting.

use std::fs;

use serde_json::{Value as Json, json};

use crate::desk::Desk;

/// An inventory whose headers are our own field names.
const PLAIN: &str = "system.name,review.title,packet.use_case,packet.declared_impact\n\
    Screener,Screener 2,Sorts applications,rights-impacting\n\
    Router,Router 1,\"Sends mail, quickly\",neither\n";

#[test]
fn an_inventory_is_looked_at_imported_and_taken_back() {
    let desk = Desk::new();
    desk.write("plain.csv", PLAIN);
    let import = ["import", "inventory", "plain.csv", "--mapping", "plain"];
    let dry = desk.json(import.iter().copied().chain(["--dry-run", "--rows", "--json"]));
    assert_eq!((dry["dry_run"].as_bool(), dry["counts"]["create"].as_i64()), (Some(true), Some(2)));
    assert_eq!(dry["rows"][0]["title"], "Screener");
    assert_eq!(desk.json(["system", "list", "--json"]).as_array().map(Vec::len), Some(1), "nothing was written");
    assert!(desk.ok(import.iter().copied().chain(["--dry-run"])).contains("Would do: create 2"));
    assert!(desk.ok(import).contains("Done: create 2"));
    let impacting = desk.json(["packet", "list", "--json", "--declared-impact", "rights-impacting"]);
    assert_eq!(impacting[0]["use_case"], "Sorts applications");
    assert!(desk.ok(import).contains("Nothing to do"));
    // What was edited here stays, and is told.
    desk.ok(["packet", "set", "REV-2", "--use-case", "Ranks applications"]);
    desk.write("plain.csv", PLAIN.replace("Sorts applications", "Orders applications"));
    let told = desk.ok(import);
    assert!(told.contains("conflict 1") && told.contains("ours stays"), "{told}");
    desk.ok(["undo"]);
    desk.ok(["undo"]);
    assert_eq!(desk.json(["system", "list", "--json"]).as_array().map(Vec::len), Some(1));
    desk.ok(["doctor"]);
}

#[test]
fn files_that_are_not_fit_change_nothing() {
    let desk = Desk::new();
    desk.write("torn.csv", "system.name\n\"never closed\n");
    desk.write("empty.csv", "");
    desk.write("report.xlsx", b"%PDF-1.7 renamed");
    desk.write("other.csv", "a,b\n1,2\n");
    desk.write("wrong.toml", "id = \"x\"\ntitle = 3\n");
    for (code, file, mapping) in [
        (7, "torn.csv", "plain"),
        (7, "empty.csv", "plain"),
        (7, "report.xlsx", "plain"),
        (7, "nowhere.csv", "plain"),
        (8, "other.csv", "us-federal-2024"),
        (8, "other.csv", "no-such-mapping"),
        (8, "other.csv", "wrong.toml"),
    ] {
        let told = desk.fails(code, ["import", "inventory", file, "--mapping", mapping]);
        assert!(told.contains(file) || told.contains(mapping), "{told}");
    }
    desk.fails(2, ["import", "inventory", "other.csv"]);
}

#[test]
fn mappings_are_listed_suggested_and_kept() {
    let desk = Desk::new();
    let list = desk.json(["import", "mappings", "--json"]);
    let names: Vec<&str> = list.as_array().expect("an array").iter().filter_map(|one| one["name"].as_str()).collect();
    assert_eq!(names, ["plain", "us-federal-2023", "us-federal-2024"]);
    assert!(desk.ok(["import", "mappings", "us-federal-2024"]).contains("id = \"us-federal-2024\""));
    desk.write("list.csv", "Use case name,Purpose,Start date\nScreener,Sorts,2026-01-02\nRouter,Sends,2026-02-03\n");
    let toml = desk.ok(["import", "suggest", "list.csv"]);
    assert!(toml.contains("Use case name"), "{toml}");
    fs::create_dir(desk.folder.path().join("mappings")).expect("a folder");
    desk.ok(["import", "suggest", "list.csv", "--out", "mappings/mine.toml"]);
    desk.fails(7, ["import", "suggest", "list.csv", "--out", "mappings/mine.toml"]);
    assert!(desk.ok(["import", "mappings"]).contains("yours"));
    assert!(desk.ok(["import", "inventory", "list.csv", "--mapping", "mine"]).contains("create 2"));
}

#[test]
fn the_sample_is_made_apart_from_the_user() {
    let desk = Desk::new();
    let before = crate::desk::hash(&desk.file);
    let told = desk.ok(["demo"]);
    let file = desk.folder.path().join("data/demo.db");
    assert!(told.contains(&file.display().to_string()), "{told}");
    assert_eq!(crate::desk::hash(&desk.file), before);
    let file = file.display().to_string();
    let reviews = desk.json(["--workspace", &file, "review", "list", "--all", "--json"]);
    assert!(reviews.as_array().map_or(0, Vec::len) >= 35);
    desk.ok(["--workspace", &file, "doctor"]);
    desk.ok(["--workspace", &file, "risk", "add", "Mine", "--review", "REV-1"]);
    desk.ok(["demo"]);
    assert_ne!(desk.json(["--workspace", &file, "risk", "list", "--json", "--find", "Mine"]), json!([]), "kept");
    desk.ok(["demo", "--fresh"]);
    assert_eq!(desk.json(["--workspace", &file, "risk", "list", "--json", "--find", "Mine"]), json!([]));
    // A file that is not the sample is never taken away.
    fs::copy(&desk.file, &file).expect("a copy");
    assert_eq!(desk.run(["demo", "--fresh"]).code, 7);
    let other = Desk::empty();
    other.ok(["init", "--sample"]);
    assert!(other.json(["review", "list", "--json"]).as_array().map_or(0, Vec::len) > 20);
    assert_eq!(other.run(["init", "--sample", "--name", "x"]).code, 2);
    let history: Json = other.json(["audit", "log", "--json", "--limit", "1"]);
    assert!(history[0]["by"].is_string());
}

#[test]
fn a_pack_is_written_for_a_meeting() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "Proxy for age", "--review", "REV-1", "--severity", "4", "--likelihood", "4"]);
    let files = desk.json(["export", "pack", "--out", "board", "--since", "-7d", "--json"]);
    assert!(files.as_array().map_or(0, Vec::len) >= 5, "{files}");
    let read = |name: &str| fs::read_to_string(desk.folder.path().join("board").join(name)).expect("a file");
    for (file, words) in [("pack.html", "Proxy for age"), ("pack.md", "Proxy for age"), ("pack.json", "RSK-1")] {
        assert!(read(file).contains(words), "{file}");
    }
    let head = desk.json(["audit", "verify", "--json"])["head"].as_str().expect("a head").to_owned();
    assert!(read("pack.md").contains(&head[..16]) && read("pack.html").contains(&head[..16]));
    // The next pack replaces the last; a file that somebody changed is left alone.
    desk.ok(["export", "pack", "--out", "board", "--format", "md,html"]);
    fs::write(desk.folder.path().join("board/pack.md"), "mine").expect("a change");
    assert!(desk.fails(7, ["export", "pack", "--out", "board", "--format", "md"]).contains("left as it is"));
    assert_eq!(read("pack.md"), "mine");
    desk.ok(["export", "pack", "--out", "board", "--format", "md", "--force"]);
    desk.fails(2, ["export", "pack", "--out", "board", "--format", "pdf"]);
    desk.fails(2, ["export", "pack", "--out", "board", "--since", "someday"]);
    desk.fails(7, ["export", "pack", "--out", "w.db"]);
    fs::create_dir(desk.folder.path().join("templates")).expect("a folder");
    assert!(desk.ok(["export", "templates"]).contains("pack.md.j2"));
    assert!(desk.ok(["export", "templates", "pack.md.j2"]).contains("{{"));
    desk.fails(4, ["export", "templates", "none"]);
    desk.write("templates/pack.md.j2", "{{ nothing.at.all }}{% bad %}");
    let told = desk.fails(8, ["export", "pack", "--out", "other", "--format", "md"]);
    assert!(told.contains("pack.md.j2"), "{told}");
    assert!(!desk.folder.path().join("other").exists(), "nothing stays behind");
}
