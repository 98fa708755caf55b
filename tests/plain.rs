//! `probity --plain` as people and scripts run it: the real binary, through pipes and on a terminal.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A workspace of its own for one test.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        let made = desk.command().args(["init", "--name", "Ana Lima", "--handle", "ana"]).output().expect("it runs");
        assert!(made.status.success(), "{made:?}");
        desk
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("acme.db")
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("settings.toml")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("probity"));
        command.env("PROBITY_WORKSPACE", self.file()).env("PROBITY_SETTINGS", self.settings());
        command
    }

    /// A session through pipes.
    fn piped(&self, script: &str) -> Output {
        let mut child = self
            .command()
            .arg("--plain")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        // Where it leaves before it has read everything, the rest has nobody to go to.
        let _ = stdin.write_all(script.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("an end")
    }

    fn said(&self, script: &str) -> String {
        let output = self.piped(script);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let said = String::from_utf8(output.stdout).expect("text");
        assert!(!said.contains('\u{1b}'), "{said:?}");
        said
    }
}

/// Adds a system, a review of it and a risk.
const BEGIN: &str = "systems\n\
                     a Chat bot\nyes\n\
                     intake queue\n\
                     A\nChat bot, first launch\nSYS-1\n.\n\
                     risk register\n\
                     a Wrong answers @me sev:3 lik:4\n\n\
                     q\n";

#[test]
fn a_script_works_a_whole_workspace() {
    let desk = Desk::new();
    let said = desk.said(BEGIN);
    for line in ["SYS-1 added, u undo", "REV-1 added, and 1 more, u undo", "RSK-1 added, u undo"] {
        assert!(said.lines().any(|printed| printed == line), "{line}: {said}");
    }
    assert!(said.ends_with("Left acme.db. Everything that was saved is there.\n"), "{said}");
    let said = desk.said("RSK-1\n");
    assert!(said.contains("Inherent: High, severity 3, likelihood 4"), "{said}");
    assert!(said.contains("The input has ended."), "{said}");
}

#[test]
fn whatever_comes_in_is_no_reason_to_fail() {
    let desk = Desk::new();
    let mut child =
        desk.command().arg("--plain").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"a \xff\xfe\0\x1b[2J\nyes\nsystems\n\x07\n").expect("a pipe");
    stdin.write_all(&vec![b'x'; 3 << 20]).expect("a pipe");
    stdin.write_all(b"\nq\n").expect("a pipe");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(!said.chars().any(|c| c != '\n' && probity::text::is_unsafe(c)));
    assert!(said.ends_with("Left acme.db. Everything that was saved is there.\n"));
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let desk = Desk::new();
    let mut child = desk
        .command()
        .arg("--plain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("a pipe");
    let _ = stdin.write_all(b"history\nq\n");
    drop(stdin);
    let output = child.wait_with_output().expect("an end");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[cfg(unix)]
mod on_a_terminal {
    use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

    use super::{BEGIN, Desk, Read, Write};

    /// The program on a terminal, with a person who answers when a prompt stands there.
    struct Person {
        child: Box<dyn Child + Send + Sync>,
        _terminal: Box<dyn MasterPty + Send>,
        keys: Box<dyn Write + Send>,
        screen: Box<dyn Read + Send>,
        seen: String,
    }

    impl Person {
        fn at(desk: &Desk) -> Self {
            let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
            let pair = native_pty_system().openpty(size).expect("a terminal");
            let mut command = CommandBuilder::new(assert_cmd::cargo::cargo_bin!("probity"));
            command.arg("--plain");
            command.env("PROBITY_WORKSPACE", desk.file());
            command.env("PROBITY_SETTINGS", desk.settings());
            command.env("TERM", "xterm-256color");
            let child = pair.slave.spawn_command(command).expect("it runs");
            drop(pair.slave);
            let keys = pair.master.take_writer().expect("a keyboard");
            let screen = pair.master.try_clone_reader().expect("a screen");
            Self { child, _terminal: pair.master, keys, screen, seen: String::new() }
        }

        /// Waits until the screen ends with this; what stands before it since the last time is returned.
        fn sees(&mut self, end: &str) -> String {
            let mut bytes = [0; 4096];
            while !self.seen.ends_with(end) {
                let read = self.screen.read(&mut bytes).unwrap_or(0);
                assert!(read > 0, "“{end}” never came: {}", self.seen);
                self.seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            std::mem::take(&mut self.seen).replace("\r\n", "\n")
        }

        fn types(&mut self, keys: &str) -> &mut Self {
            self.keys.write_all(keys.as_bytes()).expect("a keyboard");
            self.keys.flush().expect("a keyboard");
            self
        }

        /// The rest of what is printed, and the exit code.
        fn leaves(mut self) -> (String, u32) {
            let mut rest = Vec::new();
            // The other end of a closed terminal is an error on Linux.
            let _ = self.screen.read_to_end(&mut rest);
            let code = self.child.wait().expect("an end").exit_code();
            (format!("{}{}", self.seen, String::from_utf8_lossy(&rest)).replace("\r\n", "\n"), code)
        }
    }

    #[test]
    fn control_c_leaves_the_question_and_then_the_program() {
        let desk = Desk::new();
        desk.said(BEGIN);
        let mut person = Person::at(&desk);
        let mut all = person.sees("REV-1 Chat bot, first launch> ");
        all += &person.types("RSK-1\n").sees("RSK-1> ");
        all += &person.types("e\n").sees("Title> ");
        all += &person.types("half a title\u{3}").sees("RSK-1> ");
        assert!(all.contains("Left as it was."), "{all}");
        let (rest, code) = {
            person.types("\u{3}");
            person.leaves()
        };
        assert!(rest.ends_with("Left acme.db. Everything that was saved is there.\n"), "{rest}");
        assert_eq!(code, 0);
        // No raw mode, no alternate screen, no colours: what is typed shows as it is typed.
        assert!(!all.contains('\u{1b}') && all.contains("RSK-1> e\n"), "{all:?}");
    }

    #[test]
    fn control_d_leaves_and_what_was_typed_is_kept() {
        let desk = Desk::new();
        desk.said(BEGIN);
        let mut person = Person::at(&desk);
        person.sees("REV-1 Chat bot, first launch> ");
        person.types("RSK-1\n").sees("RSK-1> ");
        person.types("e\n").sees("Title> ");
        person.types(":statement\n").sees("Statement> ");
        person.types("Because the sources are old,\n").sees("text> ");
        person.types("\u{4}");
        let (rest, code) = person.leaves();
        assert!(rest.contains("kept as a draft") && code == 0, "{rest}");
        let said = desk.said("drafts\n1\n?\n.\nq\n");
        assert!(said.contains("Statement: Because the sources are old,"), "{said}");
    }

    #[test]
    fn a_closed_window_loses_nothing_that_was_typed() {
        let desk = Desk::new();
        desk.said(BEGIN);
        let mut person = Person::at(&desk);
        person.sees("REV-1 Chat bot, first launch> ");
        person.types("RSK-1\n").sees("RSK-1> ");
        person.types("e\n").sees("Title> ");
        person.types("A better title\n").sees("Review> ");
        person.child.kill().expect("a signal");
        person.leaves();
        let said = desk.said("drafts\n1\n.\nq\n");
        assert!(said.contains("Now: A better title") && said.contains("RSK-1: title"), "{said}");
    }
}
