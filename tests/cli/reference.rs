//! Help, manual, completions, and the reference in `docs/`.

use std::fs;

use crate::desk::Desk;

#[test]
fn the_reference_is_up_to_date() {
    let desk = Desk::empty();
    let now = desk.ok(["man", "--markdown"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/CLI.md");
    if std::env::var_os("PROBITY_REGENERATE").is_some() {
        fs::write(path, &now).expect("docs/CLI.md");
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == now, "docs/CLI.md is out of date: PROBITY_REGENERATE=1 cargo test --test cli reference");
}

#[test]
fn exit_codes_stand_in_help_and_manual() {
    let desk = Desk::empty();
    let help = desk.ok(["--help"]);
    let page = desk.ok(["man"]);
    for (code, meaning) in probity::cli::exit::CODES {
        let begins: String = meaning.chars().take(20).collect();
        assert!(help.contains(&format!("{code:>3}  {begins}")), "{code} is missing in the help");
        assert!(page.contains(&begins.replace('-', "\\-")), "{code} is missing in the manual");
    }
}

#[test]
fn every_command_has_its_page() {
    let desk = Desk::empty();
    desk.ok(["man", "--out", "man"]);
    let pages: Vec<String> = fs::read_dir(desk.folder.path().join("man"))
        .expect("a folder")
        .map(|page| page.expect("a page").file_name().to_string_lossy().into_owned())
        .collect();
    for page in ["probity.1", "probity-risk-list.1", "probity-audit-verify.1", "probity-evidence-export.1"] {
        assert!(pages.iter().any(|known| known == page), "{page} is missing");
    }
}

#[test]
fn shells_are_completed() {
    let desk = Desk::empty();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = desk.ok(["completions", shell]);
        assert!(script.contains("residual-severity"), "{shell}");
    }
    assert_eq!(desk.run(["completions", "dos"]).code, 2);
}

#[test]
fn every_subcommand_explains_itself() {
    fn walk(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.contains(' ') && !about.starts_with("Its "), "{path} has no help: {about}");
        for arg in command.get_arguments() {
            assert!(arg.get_help().is_some(), "{path} {} has no help", arg.get_id());
        }
        command.get_subcommands().for_each(|sub| walk(sub, &path));
    }
    walk(&probity::cli::command(), "");
}

#[test]
fn keys_are_listed() {
    let desk = Desk::empty();
    let keys = desk.ok(["keys"]);
    assert!(keys.contains("Keys") && keys.contains("Undo"), "{keys}");
    desk.write("settings.toml", "[keys]\nundo = \"F12\"\n");
    assert!(desk.ok(["keys"]).contains("F12"));
    assert!(desk.ok(["keys", "--markdown"]).starts_with("<!-- Made from the table"));
}
