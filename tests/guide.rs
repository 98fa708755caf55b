//! README, the guide and the pages on the gate and on meetings show what the program prints: their `console` blocks are run, in order, in one folder, and compared.
//!
//! A line that begins with `$ ` is a command; the lines up to the next one are what it prints, standard error included.
//! `…` stands for anything within a line, and alone on a line for any lines. `? N` is the exit code where it is not 0.

#![cfg(unix)]

use std::collections::VecDeque;
use std::path::Path;
use std::process::Command;

/// A command of the guide with what it is to print.
struct Shown {
    line: usize,
    command: String,
    expected: Vec<String>,
    code: i32,
}

fn blocks(guide: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut inside = false;
    for (at, line) in guide.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            if let Some(command) = line.strip_prefix("$ ") {
                shown.push(Shown { line: at + 1, command: command.to_owned(), expected: Vec::new(), code: 0 });
            } else if let Some(last) = shown.last_mut() {
                match line.strip_prefix("? ").and_then(|code| code.parse().ok()) {
                    Some(code) => last.code = code,
                    None => last.expected.push(line.to_owned()),
                }
            }
        }
    }
    shown
}

/// Whether a line is like a pattern in which `…` stands for anything.
fn is_like(line: &str, pattern: &str) -> bool {
    let mut parts: VecDeque<&str> = pattern.split('…').collect();
    let first = parts.pop_front().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let Some(last) = parts.pop_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

fn are_like(lines: &[&str], patterns: &[String]) -> bool {
    match patterns.split_first() {
        None => lines.is_empty(),
        Some((pattern, others)) if pattern == "…" => {
            (0..=lines.len()).any(|skipped| are_like(&lines[skipped..], others))
        }
        Some((pattern, others)) => match lines.split_first() {
            Some((line, rest)) => is_like(line.trim_end(), pattern.trim_end()) && are_like(rest, others),
            None => false,
        },
    }
}

#[test]
fn patterns_stand_for_anything() {
    assert!(is_like("RSK-1 added at 10:30.", "RSK-1 added at ….") && !is_like("RSK-1 added", "RSK-2 …"));
    assert!(is_like("a b c", "a … c") && !is_like("a c", "a … c"));
    assert!(are_like(&["a", "b", "c"], &["a".to_owned(), "…".to_owned()]));
    assert!(!are_like(&["a"], &["a".to_owned(), "b".to_owned()]));
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).expect(name)
}

#[test]
fn the_guide_shows_what_happens() {
    let all = blocks(&read("docs/GUIDE.md"));
    assert!(all.len() > 30, "the guide shows {} commands", all.len());
    run("docs/GUIDE.md", all);
}

#[test]
fn the_readme_shows_what_happens() {
    let all = blocks(&read("README.md"));
    assert!(all.len() > 5, "README shows {} commands", all.len());
    run("README.md", all);
}

#[test]
fn the_gate_opens_and_closes_as_shown() {
    let text = read("docs/GATE.md");
    let all = blocks(&text);
    // What the examples of pipelines run is among what is run here.
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = matches!(line, "```yaml" | "```sh");
        } else if inside && line.trim_start().starts_with("probity ") {
            assert!(all.iter().any(|shown| shown.command == line.trim()), "never tried: {line}");
        }
    }
    run("docs/GATE.md", all);
}

#[test]
fn a_board_is_held_as_shown() {
    let all = blocks(&read("docs/MEETINGS.md"));
    assert!(all.len() > 25, "the page shows {} commands", all.len());
    run("docs/MEETINGS.md", all);
}

#[test]
fn operations_go_as_shown() {
    let all = blocks(&read("docs/OPERATIONS.md"));
    assert!(all.len() > 25, "the page shows {} commands", all.len());
    run("docs/OPERATIONS.md", all);
}

/// Runs the commands of a page in one folder, in order.
fn run(page: &str, all: Vec<Shown>) {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = Path::new(assert_cmd::cargo::cargo_bin!("probity"));
    let found = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(binary.parent().expect("a folder").to_owned()).chain(std::env::split_paths(&found));
    let paths = std::env::join_paths(paths).expect("a path");
    let mut exports = String::new();
    let mut wrong = Vec::new();
    for shown in all {
        let output = Command::new("sh")
            .args(["-c", &format!("{exports}{} 2>&1", shown.command)])
            .current_dir(folder.path())
            .env("PATH", &paths)
            .env("PROBITY_SETTINGS", folder.path().join("settings.toml"))
            .env("PROBITY_DATA", folder.path())
            .env_remove("PROBITY_AS")
            .env_remove("PROBITY_POLICY")
            .env_remove("NO_COLOR")
            .output()
            .expect("a shell");
        if shown.command.starts_with("export ") {
            exports = format!("{exports}{}; ", shown.command);
        }
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> = printed.lines().collect();
        let code = output.status.code().unwrap_or(-1);
        if code != shown.code || !are_like(&lines, &shown.expected) {
            wrong.push(format!(
                "{page}:{}: $ {}\nexpected (exit {}):\n{}\nprinted (exit {code}):\n{printed}",
                shown.line,
                shown.command,
                shown.code,
                shown.expected.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
