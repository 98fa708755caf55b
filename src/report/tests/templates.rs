//! Templates of the organisation: they stand in for shipped ones, can do nothing but make text, and their faults are
//! named by file and line.

use std::fs;
use std::path::Path;

use super::hostile::hostile_pack;
use super::programme::{programme_pack, small_pack};
use crate::report::{Format, page};

fn with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a template");
    }
    folder
}

fn made(folder: &Path, format: Format) -> Result<String, String> {
    page(small_pack(), format, &[format], Some(folder), 50).map_err(|error| error.to_string())
}

#[test]
fn a_file_of_the_same_name_stands_in() {
    let folder = with(&[
        ("pack.md.j2", "{% include \"head.md.j2\" %}\n\n{{ figures.reviews_open }} of {{ figures.reviews_all }}\n"),
        ("head.md.j2", "# Board of {{ about.workspace }}"),
    ]);
    assert_eq!(made(folder.path(), Format::Markdown).expect("a page"), "# Board of northwind-rai.db\n2 of 2\n");
    let page = made(folder.path(), Format::Html).expect("the shipped one");
    assert!(page.contains("What needs the board"));
    let folder = with(&[("style.css.j2", "body { color: red }")]);
    let page = made(folder.path(), Format::Html).expect("a page");
    assert!(page.contains("body { color: red }") && !page.contains("@page"), "one part alone");
}

#[test]
fn text_is_escaped_for_the_page_unless_the_template_says_so() {
    let folder = with(&[
        ("pack.html.j2", "{% for row in registers.queue.rows %}{{ row.title }}{% endfor %}"),
        ("pack.md.j2", "{% for row in registers.queue.rows %}{{ row.title }}{% endfor %}"),
    ]);
    let pack = hostile_pack();
    let html = page(pack, Format::Html, &[], Some(folder.path()), 50).expect("a page");
    assert!(!html.contains('<') && html.contains("&lt;script&gt;"), "{html}");
    let markdown = page(pack, Format::Markdown, &[], Some(folder.path()), 50).expect("a page");
    assert!(!markdown.contains('<') && markdown.contains("&lt;script&gt;"), "{markdown}");
}

#[test]
fn faults_are_named_by_file_and_line() {
    for (text, line, part) in [
        ("one\ntwo\n{% for %}", 3, "syntax error"),
        ("one\n{{ registers.risk.rows }}", 2, "no such value"),
        ("{{ about.workspace|nonsense }}", 1, "unknown filter"),
        ("\n\n{{ 1 / 0 }}", 3, "1 / 0"),
        ("\n{% include \"../../etc/passwd\" %}", 2, "no path"),
        ("\n{% include \"/etc/passwd\" %}", 2, "no path"),
        ("\n{% include \".hidden\" %}", 2, "no path"),
        ("\n{% include \"missing.md.j2\" %}", 2, "non-existing template"),
        ("\n{% include \"broken.md.j2\" %}", 2, "broken.md.j2, line 3"),
        ("\n{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", 2, "recursion"),
    ] {
        let folder = with(&[("pack.md.j2", text), ("broken.md.j2", "\n\n{{ about.nonsense }}")]);
        let error = made(folder.path(), Format::Markdown).expect_err(text);
        let file = folder.path().join("pack.md.j2").display().to_string();
        let inner = part.starts_with("broken");
        assert!(inner || error.contains(&format!("{file}, line {line},")), "{error}");
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn a_template_cannot_work_for_ever_or_fill_the_memory() {
    for text in [
        "{% for a in range(10000) %}{% for b in range(10000) %}{% for c in range(10000) %}.{% endfor %}{% endfor %}{% endfor %}",
        "{{ \"x\" * 10000000000 }}",
        "{% set ns = namespace(s=\"xxxxxxxxxxxxxxxx\") %}{% for a in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    ] {
        let folder = with(&[("pack.md.j2", text)]);
        let error = made(folder.path(), Format::Markdown).expect_err(text);
        assert!(error.contains("more work than a page may take"), "{error}");
    }
    let folder = with(&[("pack.md.j2", &"x".repeat(2 << 20))]);
    assert!(made(folder.path(), Format::Markdown).expect_err("too large").contains("larger than"));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let outside = with(&[("secret.md.j2", "a secret")]);
    let folder = with(&[("pack.md.j2", "{% include \"link.md.j2\" %}")]);
    std::os::unix::fs::symlink(outside.path().join("secret.md.j2"), folder.path().join("link.md.j2")).expect("a link");
    let error = made(folder.path(), Format::Markdown).expect_err("refused");
    assert!(error.contains("leads out of the templates"), "{error}");
    fs::create_dir(folder.path().join("dir.md.j2")).expect("a folder");
    fs::write(folder.path().join("pack.md.j2"), "{% include \"dir.md.j2\" %}").expect("a template");
    assert!(made(folder.path(), Format::Markdown).expect_err("refused").contains("not a regular file"));
}

#[test]
fn a_folder_that_is_not_there_leaves_the_shipped_templates() {
    assert!(made(Path::new("/nowhere/at/all"), Format::Markdown).is_ok());
}

#[test]
fn the_readme_names_everything_that_a_template_is_given() {
    let readme = include_str!("../../../assets/reports/README.md");
    let pack = programme_pack();
    for register in &pack.registers.0 {
        assert!(readme.contains(&format!("`{}`", register.name)), "registers.{}", register.name);
    }
    for (name, _) in super::super::template::SHIPPED {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
    let json = serde_json::to_value(pack).expect("JSON");
    for key in json.as_object().expect("an object").keys() {
        assert!(readme.contains(&format!("`{key}`")), "{key}");
    }
    for key in json["about"].as_object().expect("an object").keys() {
        assert!(readme.contains(&format!("`{key}`")), "about.{key}");
    }
    for figure in pack.figures.0.iter().chain(&pack.changes.as_ref().expect("changes").counts.0) {
        let by_level = figure.name.starts_with("risks_open_") && figure.name != "risks_open_unassessed";
        assert!(by_level || readme.contains(&format!("`{}`", figure.name)), "figures.{}", figure.name);
    }
    for table in pack.tables() {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let computed = ["days_in_stage", "days_late", "completeness", "timing", "days_left", "next_step"];
        for column in columns.iter().filter(|column| computed.contains(column)) {
            assert!(readme.contains(&format!("`{column}`")), "{}.{column}", table.name);
        }
    }
}
