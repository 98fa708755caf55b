//! Standard streams as scripts use them, and terminals as people do.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command as Process, Stdio};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::desk::Desk;

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let desk = Desk::new();
    let many: Vec<serde_json::Value> =
        (0..3000).map(|at| serde_json::json!({ "title": format!("Risk {at}"), "review": "REV-1" })).collect();
    assert_eq!(
        desk.run_with(["risk", "add", "--json", "-", "--print", "ref"], &serde_json::Value::from(many).to_string())
            .code,
        0
    );
    for args in
        [&["risk", "list"][..], &["risk", "list", "--json"], &["risk", "list", "--csv"], &["audit", "show", "4"]]
    {
        let mut child = Process::new(assert_cmd::cargo::cargo_bin!("probity"))
            .args(args)
            .env("PROBITY_WORKSPACE", &desk.file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let ended = child.wait_with_output().expect("an end");
        assert!(!first.is_empty());
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{args:?}");
        assert_eq!(ended.status.code(), Some(0), "{args:?}");
    }
}

/// What the binary writes to a terminal of this width.
fn on_a_terminal(desk: &Desk, columns: u16, args: &[&str], no_colour: bool) -> String {
    let pair = native_pty_system()
        .openpty(PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 })
        .expect("a terminal");
    let mut command = CommandBuilder::new(assert_cmd::cargo::cargo_bin!("probity"));
    command.args(args);
    command.env("PROBITY_WORKSPACE", &desk.file);
    command.env("PROBITY_SETTINGS", desk.folder.path().join("none"));
    command.env("TERM", "xterm-256color");
    command.env_remove("COLUMNS");
    command.env_remove("NO_COLOR");
    if no_colour {
        command.env("NO_COLOR", "1");
    }
    let mut child = pair.slave.spawn_command(command).expect("the binary runs");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let mut shown = Vec::new();
    // The other end of a closed terminal is an error on Linux, and the end of the text elsewhere.
    let _ = reader.read_to_end(&mut shown);
    child.wait().expect("an end");
    String::from_utf8_lossy(&shown).replace("\r\n", "\n")
}

#[test]
fn a_terminal_gets_what_fits_and_colours_unless_unwanted() {
    let desk = Desk::new();
    let title = "A risk with a title that is much longer than any terminal of eighty columns would ever like to show";
    desk.ok(["risk", "add", title, "--review", "REV-1", "--severity", "4", "--likelihood", "4"]);
    let coloured = on_a_terminal(&desk, 80, &["risk", "list"], false);
    assert!(coloured.contains("\u{1b}[1mRef"), "{coloured:?}");
    let plain = on_a_terminal(&desk, 80, &["risk", "list"], true);
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    for line in plain.lines() {
        assert!(probity::text::width(line) <= 80, "{line:?}");
    }
    assert!(plain.contains('…'));
    for columns in [1, 7, 20, 200] {
        let narrow = on_a_terminal(&desk, columns, &["risk", "list"], true);
        for line in narrow.lines() {
            assert!(probity::text::width(line) <= usize::from(columns).max(3), "{columns}: {line:?}");
        }
    }
    assert!(desk.ok(["risk", "list"]).contains(title), "a pipe gets everything");
    let read_aloud = on_a_terminal(&desk, 80, &["--plain", "risk", "list"], false);
    assert!(
        !read_aloud.contains('\u{1b}') && read_aloud.contains(&format!("RSK-1 | {title} | REV-1")),
        "{read_aloud:?}"
    );
}

#[test]
fn without_a_terminal_the_screens_say_so() {
    let desk = Desk::new();
    for args in [&[][..], &["desk"]] {
        let told = desk.run(args);
        assert_eq!(told.code, 2);
        assert!(told.err.contains("need a terminal"), "{}", told.err);
    }
}
