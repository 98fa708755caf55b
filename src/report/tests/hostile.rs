//! What people typed stays text, in every format.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use calamine::{Reader, Xlsx, open_workbook};

use super::desk::{Desk, day};
use super::programme::programme_pack;
use super::read::{Written, files};
use crate::record::{
    ACTION, CHECKLIST, CHECKLIST_ITEM, DOCUMENT, EVIDENCE, FieldKind, Kind, PACKET, PERSON, RELEASE, REVIEW, RISK,
    SYSTEM, Value,
};
use crate::report::{Cell, Format, Pack, page};
use crate::text;

/// The pack of [`hostile`].
pub fn hostile_pack() -> &'static Pack {
    static PACK: LazyLock<Pack> = LazyLock::new(|| hostile().pack());
    &PACK
}

/// Texts that were written to break a page, a table, a terminal or a spreadsheet.
pub const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "a|b|c\n| d | e |\n|---|---|",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)*cmd",
    "\u{1b}[31mred\u{1b}[0m\u{7}\u{0}bell",
    "\u{202e}gpj.exe\u{202c}\u{200b}\u{feff}\u{2066}x",
    "שלום עולם | مرحبا",
    "{{ 7 * 7 }}{% for x in range(9) %}{% endfor %}",
    "# heading\n- item\n1. one\n\n---\n> quote",
    "[x](javascript:alert(1)) ![i](http://evil.example/p.png) <http://evil.example>",
    "</style></title></td></table><svg onload=alert(1)>",
    "]]> <!-- --> &lt; &amp; &#60;",
    "👩‍👩‍👧‍👦 日本語テキスト e\u{301}",
    "AVeryLongWordWithoutAnyBlankAVeryLongWordWithoutAnyBlankAVeryLongWordWithoutAnyBlankAVeryLongWordWithoutAnyBlank",
    "\ttab\r\nand\u{2028}lines\u{85}",
    "javascript:alert(1)",
    "https://user@evil.example/?q=<x>",
    "`code` **bold** _i_ ~~s~~ \\ $x$ ^[note]",
    "'=1+1",
];

/// A workspace in which every text of every record is one of [`HOSTILE`].
pub fn hostile() -> Desk {
    let mut desk = Desk::named("e\"v'il & <b>|x} {{y}}.db", HOSTILE[0]);
    desk.on("2026-11-05");
    for (at, text) in HOSTILE.iter().enumerate() {
        let fields = vec![("name", one_line(text).into()), ("handle", format!("p{at}").into())];
        desk.add(&PERSON, &format!("person {at}"), fields);
    }
    for at in 0..HOSTILE.len() {
        for kind in
            [&SYSTEM, &RELEASE, &REVIEW, &PACKET, &RISK, &EVIDENCE, &DOCUMENT, &ACTION, &CHECKLIST, &CHECKLIST_ITEM]
        {
            let fields = hostile_fields(&desk, kind, at);
            desk.add(kind, &format!("{} {at}", kind.name), fields);
        }
        desk.set(
            &REVIEW,
            &format!("review {at}"),
            vec![("stage", "triage".into())],
            Some(HOSTILE[(at + 5) % HOSTILE.len()]),
        );
    }
    for (at, text) in HOSTILE.iter().enumerate() {
        let system = desk.id(&format!("system {at}"));
        desk.watch(&format!("signal {at}"), &one_line(text), system);
    }
    desk
}

/// A line takes everything but the end of a line.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

fn hostile_fields(desk: &Desk, kind: Kind, at: usize) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    for (place, field) in kind.editable().enumerate() {
        let text = HOSTILE[(at + place * 7) % HOSTILE.len()];
        let value = match field.kind {
            _ if field.name == "review" || field.name == "waiting_on" && at.is_multiple_of(2) => continue,
            FieldKind::Prose => text.into(),
            FieldKind::Line => one_line(text).into(),
            FieldKind::Words => Value::List(vec![text.to_owned(), "plain".to_owned()]),
            FieldKind::Day if field.name != "waiting_since" && field.name != "rolled_back_on" => {
                (day("2026-10-01") + chrono::Days::new(u64::try_from(at * 5 + place).expect("small"))).into()
            }
            FieldKind::Step(_) => (1 + i64::try_from((at + place) % 5).expect("small")).into(),
            FieldKind::Link("person") => desk.id(&format!("person {at}")),
            FieldKind::Link(other) if other != kind.name && desk.ids.contains_key(&format!("{other} {at}")) => {
                desk.id(&format!("{other} {at}"))
            }
            FieldKind::Number(least, _) if field.required => least.into(),
            _ => continue,
        };
        fields.push((field.name, value));
    }
    if kind.field("review").is_some() {
        fields.push(("review", desk.id(&format!("review {at}"))));
    }
    if *kind == CHECKLIST_ITEM {
        fields.push(("status", ["open", "fail", "waived", "pass"][at % 4].into()));
    }
    if *kind == RISK && at % 5 == 4 {
        fields.retain(|(name, _)| *name != "accepted_until");
        fields.extend([("status", "accepted".into()), ("accepted_until", day("2026-12-24").into())]);
    }
    fields
}

/// Everything that the page may be made of.
const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "body",
    "br",
    "circle",
    "dd",
    "defs",
    "desc",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "line",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "pattern",
    "polyline",
    "rect",
    "section",
    "span",
    "style",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

#[test]
fn the_page_is_made_of_its_own_elements_only() {
    let written = Written::new(hostile_pack());
    let html = written.html();
    let found: BTreeSet<&str> = html.elements.iter().map(|(name, _)| name.as_str()).collect();
    let strangers: Vec<&&str> = found.iter().filter(|name| !ELEMENTS.contains(name)).collect();
    assert!(strangers.is_empty(), "{strangers:?}");
    for (name, attributes) in &html.elements {
        for (attribute, value) in attributes {
            assert!(!attribute.starts_with("on"), "<{name} {attribute}={value}>");
            if matches!(attribute.as_str(), "href" | "src") {
                assert!(name == "a" && attribute == "href", "<{name} {attribute}>");
                let address = value.strip_prefix('#').is_some_and(|id| id.chars().all(|c| c.is_ascii_lowercase()));
                assert!(address, "a link leads to {value}");
            }
            if attribute == "style" {
                let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '%'));
                assert!(plain, "<{name} style={value}>");
            }
        }
    }
}

#[test]
fn the_page_shows_every_text_as_it_was_typed() {
    let pack = hostile_pack();
    let html = Written::new(pack).html();
    let shown: BTreeSet<&str> = html.titles.iter().map(String::as_str).collect();
    for name in ["queue", "risks", "actions", "evidence"] {
        let register = pack.registers.get(name).expect("a register");
        for row in &register.rows {
            if let Cell::Text(title) = register.cell(row, "title") {
                assert!(shown.contains(&**title), "{name}: {title}");
            }
        }
    }
    assert!(html.text.contains("<script>alert(1)</script>"), "as text");
}

#[test]
fn only_a_plain_address_becomes_a_link() {
    let html = Written::new(programme_pack()).html();
    let outside: Vec<&str> = html
        .elements
        .iter()
        .flat_map(|(_, attributes)| attributes)
        .filter(|(name, value)| name == "href" && !value.starts_with('#'))
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(outside, ["https://reports.example.org/fairness/2026-11"]);
}

#[test]
fn nothing_that_could_deceive_a_terminal_or_a_reader_is_written() {
    let written = Written::new(hostile_pack());
    for file in files(written.folder.path()).iter().filter(|file| file.extension().is_none_or(|kind| kind != "xlsx")) {
        let content = std::fs::read_to_string(file).expect("text");
        let found: Vec<char> = content.chars().filter(|c| text::is_unsafe(*c) && !matches!(c, '\n' | '\r')).collect();
        assert!(found.is_empty(), "{}: {found:?}", file.display());
    }
    let json = written.json().to_string();
    assert!(!json.contains("\\u001b") && !json.contains("\\u0000"), "escaped control characters");
}

#[test]
fn the_spreadsheet_has_no_formula() {
    let written = Written::new(hostile_pack());
    let mut book: Xlsx<_> = open_workbook(written.path("pack.xlsx")).expect("a workbook");
    let mut cells = 0;
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).expect("a sheet").is_empty(), "{name}");
        cells += book.worksheet_range(&name).expect("a sheet").used_cells().count();
    }
    assert!(cells > HOSTILE.len() * 40, "only {cells} cells");
}

#[test]
fn pages_say_the_same_text_when_they_are_made_again() {
    let desk = hostile();
    let (one, two) = (desk.pack(), desk.pack());
    assert_eq!(one, two);
    for format in [Format::Html, Format::Markdown] {
        let make = |pack| page(pack, format, &Format::ALL, None, 50).expect("a page");
        assert_eq!(make(&one), make(&two));
    }
}
