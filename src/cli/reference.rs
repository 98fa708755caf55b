//! The reference of the command line as Markdown, made from the commands themselves. `docs/CLI.md` is its output; a test
//! compares the two.

use std::fmt::Write;

use clap::{Arg, Command};

use super::exit::CODES;

/// The whole reference.
#[must_use]
pub fn markdown() -> String {
    let mut root = super::command().disable_help_subcommand(true);
    root.build();
    let mut out = String::from("# The command line\n\n");
    out.push_str("Made by `probity man --markdown` from the commands' own descriptions; do not edit.\n\n");
    out.push_str("## Options that go with every command\n\n");
    for arg in root.get_arguments().filter(|arg| arg.is_global_set() && !is_builtin(arg)) {
        option(&mut out, arg);
    }
    out.push_str("\n## Exit codes\n\n| code | meaning |\n| ---: | --- |\n");
    for (code, meaning) in CODES {
        let _ = writeln!(out, "| {code} | {meaning} |");
    }
    for sub in root.get_subcommands() {
        command(&mut out, sub, "probity");
    }
    out
}

fn command(out: &mut String, command: &Command, parent: &str) {
    let path = format!("{parent} {}", command.get_name());
    let level = if parent == "probity" { "##" } else { "###" };
    let _ = write!(out, "\n{level} {path}\n\n");
    if let Some(about) = command.get_about() {
        let _ = writeln!(out, "{about}\n");
    }
    let aliases: Vec<String> = command.get_visible_aliases().map(|alias| format!("`{alias}`")).collect();
    if !aliases.is_empty() {
        let _ = writeln!(out, "Also {}.\n", aliases.join(", "));
    }
    let own: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_global_set() && !is_builtin(arg)).collect();
    for arg in &own {
        option(out, arg);
    }
    if let Some(help) = command.get_after_help() {
        let _ = write!(out, "\n```text\n{help}\n```\n");
    }
    for sub in command.get_subcommands() {
        self::command(out, sub, &path);
    }
}

fn is_builtin(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "help" | "version")
}

fn option(out: &mut String, arg: &Arg) {
    let values: Vec<String> = arg
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .filter(|_| arg.get_action().takes_values())
        .map(ToString::to_string)
        .collect();
    let value = values.join(" ");
    let name = if let Some(long) = arg.get_long() {
        let names = std::iter::once(long).chain(arg.get_visible_aliases().into_iter().flatten());
        let mut all: Vec<String> = names.map(|name| format!("--{name}")).collect();
        all.extend(arg.get_short().map(|short| format!("-{short}")));
        if value.is_empty() { all.join(", ") } else { format!("{} {value}", all.join(", ")) }
    } else {
        let more = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
        format!("{value}{}", if more { "…" } else { "" })
    };
    let _ = write!(out, "- `{name}`");
    if let Some(help) = arg.get_help() {
        let _ = write!(out, " — {help}");
    }
    let choices: Vec<String> =
        arg.get_possible_values().iter().map(|choice| format!("`{}`", choice.get_name())).collect();
    if !choices.is_empty() && arg.get_action().takes_values() {
        let _ = write!(out, " One of {}.", choices.join(", "));
    }
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        let _ = write!(out, " Without it {}.", defaults.join(", "));
    }
    if let Some(variable) = arg.get_env() {
        let _ = write!(out, " Environment: `{}`.", variable.to_string_lossy());
    }
    out.push('\n');
}
