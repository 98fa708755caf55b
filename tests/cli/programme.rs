//! The commands about the workspace as a whole.

use std::fs;

use rusqlite::Connection;
use serde_json::{Value as Json, json};

use crate::desk::{Desk, hash};

#[test]
fn init_makes_a_workspace_of_somebody() {
    let desk = Desk::empty();
    let told = desk.ok(["init", "--name", "Ana Lima"]);
    assert!(told.contains("@ana-lima"), "{told}");
    let people = desk.json(["person", "list", "--json"]);
    assert_eq!(people[0]["name"], "Ana Lima");
    assert_eq!(people[0]["created_by"], "ana-lima");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&desk.file).expect("the file").permissions().mode() & 0o777, 0o600);
    }
    let other = Desk::empty();
    assert_eq!(other.run(["init", "--name", " "]).code, 2);
    assert_eq!(other.run(["init", "--handle", "two words"]).code, 2);
    assert_eq!(other.run(["init", "--profile", "none"]).code, 8);
    assert!(!other.file.exists(), "nothing stays behind");
    let mut plain = other.command();
    plain.env("PATH", "/nowhere").env("USER", "sam").args(["init"]);
    plain.assert().success();
    assert_eq!(other.json(["person", "list", "--json"])[0]["handle"], "sam");
}

#[test]
fn the_workspace_is_where_one_expects_it() {
    let desk = Desk::empty();
    let run = |desk: &Desk, args: &[&str]| {
        let mut command = desk.command();
        command.env_remove("PROBITY_WORKSPACE").args(args);
        command.assert()
    };
    run(&desk, &["init", "--name", "Ana"]).success();
    assert!(desk.folder.path().join("data/probity.db").exists());
    let other = desk.folder.path().join("sub/other.db");
    desk.write("settings.toml", format!("workspace = {:?}\njournal = \"rollback\"\n", other.display().to_string()));
    run(&desk, &["init", "--name", "Bo"]).success();
    assert!(other.exists());
    run(&desk, &["system", "add", "S"]).success();
    assert!(!other.with_file_name("other.db-wal").exists());
}

#[test]
fn the_log_is_filtered_and_each_change_shown() {
    let desk = Desk::new();
    desk.ok(["person", "add", "Lena", "--handle", "lena"]);
    desk.ok(["--as", "lena", "risk", "add", "A", "--review", "REV-1", "--why", "From the workshop"]);
    let log = desk.json(["audit", "log", "--json", "--all"]);
    assert_eq!(log.as_array().map(Vec::len), Some(5));
    let count = |args: &[&str]| {
        let mut all = vec!["audit", "log", "--json"];
        all.extend(args);
        desk.json(all).as_array().map(Vec::len)
    };
    assert_eq!(count(&["--limit", "2"]), Some(2));
    assert_eq!(count(&["--by", "lena"]), Some(1));
    assert_eq!(count(&["--record", "REV-1"]), Some(1));
    assert_eq!(count(&["--find", "workshop"]), Some(1));
    assert_eq!(count(&["--since", "today"]), Some(5));
    assert_eq!(count(&["--since", "tomorrow"]), Some(0));
    let change = desk.json(["audit", "show", "5", "--json"]);
    assert_eq!((change["by"].as_str(), change["why"].as_str()), (Some("lena"), Some("From the workshop")));
    assert_eq!(change["records"][0]["fields"]["review"], json!({ "before": null, "after": "REV-1" }));
    assert!(desk.ok(["audit", "show", "5"]).contains("RSK-1 added"));
    desk.fails(4, ["audit", "show", "99"]);
    desk.fails(4, ["audit", "log", "--record", "RSK-9"]);
    desk.fails(4, ["audit", "log", "--by", "nobody"]);
    desk.fails(2, ["audit", "log", "--since", "whenever"]);
}

#[test]
fn the_chain_is_verified_and_a_break_named() {
    let desk = Desk::new();
    let verified = desk.json(["audit", "verify", "--json"]);
    let head = verified["head"].as_str().expect("a head").to_owned();
    assert_eq!((verified["ok"].as_bool(), verified["changes"].as_i64()), (Some(true), Some(3)));
    desk.ok(["risk", "add", "A", "--review", "REV-1"]);
    assert!(desk.ok(["audit", "verify", "--against", &head[..16]]).contains("that of change 3"));
    let told = desk.run(["audit", "verify", "--against", "0123456789abcdef"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains("not part of this history"), "{}", told.out);
    desk.fails(2, ["audit", "verify", "--against", "xyz"]);

    // Another program changes a row: seen by doctor, sealed as such by the next write.
    let other = Connection::open(&desk.file).expect("the workspace");
    other.execute("UPDATE risk SET title = 'Changed behind the back'", []).expect("a change");
    assert_eq!(desk.run(["audit", "verify"]).code, 1);
    assert_eq!(desk.run(["doctor"]).code, 1);
    desk.ok(["risk", "set", "RSK-1", "--severity", "2"]);
    let verified = desk.json(["audit", "verify", "--json"]);
    assert_eq!(verified["outside"].as_array().map(Vec::len), Some(1));

    // And one that covers its traces breaks the chain.
    other
        .execute_batch(
            "DROP TRIGGER history_entry_stays; UPDATE history_entry SET after = replace(after, 'Changed', 'Kept')",
        )
        .expect("a forgery");
    let told = desk.run(["audit", "verify"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains("The chain breaks at change 5"), "{}", told.out);
    let json = desk.run(["audit", "verify", "--json", "--against", &head]).out;
    let json: Json = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["against"]["change"], 3, "a seal before the break still stands");
    let doctor = desk.run(["doctor", "--json"]);
    assert_eq!(doctor.code, 1);
    let checks: Vec<Json> = serde_json::from_str(&doctor.out).expect("JSON");
    assert!(checks.iter().any(|check| check["check"] == "history" && check["ok"] == false));
}

#[test]
fn undo_and_redo_go_by_person_and_by_number() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "A", "--review", "REV-1"]);
    desk.ok(["risk", "set", "RSK-1", "--title", "B"]);
    desk.ok(["risk", "set", "RSK-1", "--severity", "2"]);
    desk.ok(["undo", "5"]);
    let risk = desk.json(["risk", "show", "RSK-1", "--json"]);
    assert_eq!((risk["title"].as_str(), risk["severity"].as_i64()), (Some("A"), Some(2)));
    desk.fails(1, ["undo", "5"]);
    desk.fails(4, ["undo", "99"]);
    desk.fails(2, ["undo", "x"]);
    desk.ok(["redo"]);
    assert_eq!(desk.json(["risk", "show", "RSK-1", "--json"])["title"], "B");
    desk.fails(1, ["redo"]);
    desk.ok(["person", "add", "Lena", "--handle", "lena"]);
    let told = desk.fails(1, ["--as", "lena", "undo"]);
    assert!(told.contains("nothing of yours"), "{told}");
}

#[test]
fn search_finds_words_in_every_kind() {
    let desk = Desk::new();
    desk.ok(["risk", "add", "Proxy for age", "--review", "REV-1", "--statement", "Because job titles tell the age."]);
    desk.ok(["action", "add", "Mask job titles", "--review", "REV-1"]);
    let hits = desk.json(["search", "job", "tit", "--json"]);
    let refs: Vec<&str> = hits.as_array().expect("an array").iter().filter_map(|hit| hit["ref"].as_str()).collect();
    assert!(refs.contains(&"RSK-1") && refs.contains(&"ACT-1") && refs.len() == 2, "{refs:?}");
    let only = desk.json(["search", "job", "--kind", "risks", "--json"]);
    assert_eq!(only.as_array().map(Vec::len), Some(1));
    assert!(desk.ok(["search", "rsk-1"]).starts_with("RSK-1  Proxy for age"));
    assert_eq!(desk.json(["search", "nothing-like-it", "--json"]), json!([]));
    assert_eq!(desk.ok(["search", "--", "--- !"]), "");
}

#[test]
fn a_backup_is_a_workspace() {
    let desk = Desk::new();
    assert!(desk.ok(["backup", "copy.db"]).contains("holds a copy of w.db"));
    let reviews = desk.json(["--workspace", "copy.db", "review", "list", "--json"]);
    assert_eq!(reviews[0]["title"], "Resume screening v2");
    desk.ok(["--workspace", "copy.db", "doctor"]);
}

#[test]
fn the_policy_is_checked_shown_and_explained() {
    let desk = Desk::new();
    assert!(desk.ok(["policy", "check"]).contains("The policy is sound"));
    assert!(desk.ok(["policy", "show"]).contains("[[requirement]]"));
    assert!(desk.ok(["policy", "show", "--layers"]).contains("built-in"));
    desk.write("policy.toml", "[[category]]\nname = \"fairness\"\ndefinition = \"Ours.\"\n\n[[category]]\nname = \"animal welfare\"\ndefinition = \"Theirs.\"\n");
    let explained = desk.ok(["policy", "explain", "category.fairness"]);
    assert!(explained.contains("built-in") && explained.contains("policy.toml, line 1  (holds)"), "{explained}");
    desk.ok(["risk", "add", "x", "--review", "REV-1", "--category", "animal"]);
    let shown = desk.json(["policy", "show", "category.animal welfare", "--json"]);
    assert_eq!(shown["definition"], "Theirs.");
    desk.fails(4, ["policy", "explain", "nothing.here"]);
    desk.fails(4, ["policy", "show", "nothing.here"]);
    let bad = desk.write(
        "bad.toml",
        "[[requirement]]\nid = \"r\"\nfield = \"fallback\"\nwhen = \"packet.nothing == 1 +\"\nreason = \"x.\"\n",
    );
    let told = desk.run(["policy", "check", "bad.toml"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains("bad.toml:4"), "{}", told.out);
    let json: Json = serde_json::from_str(&desk.run(["policy", "check", "bad.toml", "--json"]).out).expect("JSON");
    assert_eq!((json["ok"].as_bool(), json["errors"][0]["line"].as_i64()), (Some(false), Some(4)));
    assert!(bad.exists());
    assert_eq!(desk.run(["policy", "check", "nowhere.toml"]).code, 1);
    let none = Desk::empty();
    let told = none.command().env_remove("PROBITY_WORKSPACE").args(["policy", "check"]).output().expect("it runs");
    assert!(String::from_utf8_lossy(&told.stdout).contains("sound"), "no workspace is needed");
    assert!(fs::read_dir(none.folder.path()).expect("a folder").next().is_none(), "none is made");
}

#[test]
fn a_generated_workspace_is_whole_and_the_same_for_a_seed() {
    let desk = Desk::empty();
    for file in ["one.db", "two.db"] {
        desk.ok(["generate", "--reviews", "12", "--out", file, "--seed", "7", "--today", "2026-11-24"]);
    }
    desk.ok(["generate", "--reviews", "12", "--out", "other.db", "--seed", "8", "--today", "2026-11-24"]);
    desk.ok(["--workspace", "one.db", "doctor"]);
    for kind in ["person", "system", "review", "packet", "risk", "action", "checklist", "item"] {
        let list = |file: &str| desk.ok(["--workspace", file, kind, "list", "--filter", "version>=1", "--json"]);
        assert_eq!(list("one.db"), list("two.db"), "{kind}");
        if kind == "risk" {
            assert_ne!(list("one.db"), list("other.db"));
        }
    }
    let reviews = desk.json(["--workspace", "one.db", "review", "list", "--all", "--json"]);
    assert_eq!(reviews.as_array().map(Vec::len), Some(12));
    let log = desk.json(["--workspace", "one.db", "audit", "log", "--all", "--json"]);
    let times: Vec<&str> =
        log.as_array().expect("an array").iter().filter_map(|change| change["at"].as_str()).collect();
    assert!(times.len() > 60 && times.iter().rev().is_sorted(), "the past comes in its order");
    assert_eq!(desk.run(["generate", "--reviews", "0", "--out", "none.db"]).code, 2);
}

#[test]
fn looking_never_writes() {
    let desk = Desk::new();
    let before = hash(&desk.file);
    for args in ["review list", "show REV-1", "search x", "audit log", "audit verify", "doctor", "policy show", "keys"]
    {
        desk.ok(args.split(' '));
    }
    assert_eq!(hash(&desk.file), before);
}
