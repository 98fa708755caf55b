//! Text of the records, made harmless in the language of each page: what people typed never becomes markup.

use std::fmt::Write;

pub use crate::text::markdown;

/// Text as the content or an attribute of an XML or HTML element.
#[must_use]
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text as a CSS string, quotes included (CSS Syntax Level 3, section 4.3.7): whatever is not a plain letter, digit or
/// space stands as its code point.
#[must_use]
pub fn css(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '_' | '·' | '–') || (c == '-' && !out.ends_with('-'))
        {
            out.push(c);
        } else {
            let _ = write!(out, "\\{:x} ", u32::from(c));
        }
    }
    out.push('"');
    out
}

/// The address, where a text is nothing but an address that a reader may safely be sent to: http or https, a host, no
/// user name before it, no blanks, of a length that every program takes.
#[must_use]
pub fn safe_link(text: &str) -> Option<&str> {
    let text = text.trim();
    let lower = text.get(..8)?.to_ascii_lowercase();
    let rest = if lower.starts_with("https://") {
        text.get(8..)?
    } else {
        text.get(7..).filter(|_| lower.starts_with("http://"))?
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host_is_plain = !authority.is_empty()
        && authority.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'));
    let plain = text.len() <= 2_000
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`' | '{' | '}'));
    (host_is_plain && plain).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, TagEnd};

    use super::*;

    /// Every extension that a reader may know, but for the one that prettifies quotation marks and dashes.
    fn everything() -> Options {
        Options::all() - Options::ENABLE_SMART_PUNCTUATION
    }

    /// What a Markdown reader shows of each cell of each row of a page that is one table.
    fn cells(page: &str) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let (mut row, mut cell) = (Vec::new(), String::new());
        for event in Parser::new_ext(page, everything()) {
            match event {
                Event::Text(text) => cell.push_str(&text),
                Event::End(TagEnd::TableCell) => row.push(std::mem::take(&mut cell)),
                Event::End(TagEnd::TableRow | TagEnd::TableHead) => rows.push(std::mem::take(&mut row)),
                Event::Start(
                    pulldown_cmark::Tag::Table(_)
                    | pulldown_cmark::Tag::TableHead
                    | pulldown_cmark::Tag::TableRow
                    | pulldown_cmark::Tag::TableCell,
                )
                | Event::End(TagEnd::Table) => {}
                other => panic!("{other:?} in {page:?}"),
            }
        }
        rows
    }

    /// One text as everybody reads it: blanks run together.
    fn read(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn markup_shows_as_it_was_typed() {
        for text in [
            "a|b",
            "<script>alert(1)</script>",
            "`code` **bold** _i_ ~~s~~",
            "[x](javascript:alert(1))",
            "![x](y)",
            "# no heading",
            "- no item",
            "1. no item",
            "&lt;",
            "\\|",
            "a\nb\n\n---\n| x |",
            "$x$",
            "https://evil.example/?a=1",
            "www.evil.example",
            "ana@evil.example",
            "=cmd|' /C calc'!A0",
            ": a",
            "[^1]",
            "{#id}",
            "\u{202e}x",
        ] {
            let page = format!("| a | b |\n| --- | --- |\n| {} | 2 |\n", markdown(text));
            assert_eq!(cells(&page), [vec!["a".to_owned(), "b".into()], vec![read(text), "2".into()]], "{text}");
        }
    }

    #[test]
    fn only_plain_web_addresses_are_links() {
        for good in ["https://example.org", "http://example.org:8080/a?b=c#d", "HTTPS://example.org/é"] {
            assert_eq!(safe_link(good), Some(good));
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://",
            "https://google.com@evil.example/",
            "data:text/html,x",
            "https://a b",
            "https://example.org\"onclick=",
            "see https://example.org",
            "//example.org",
            "https:/example.org",
        ] {
            assert_eq!(safe_link(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_css_string_cannot_be_left() {
        assert_eq!(
            css("a\"} body{x:url(//e)}</style>"),
            "\"a\\22 \\7d  body\\7b x\\3a url\\28 \\2f \\2f e\\29 \\7d \\3c \\2f style\\3e \""
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_table(one in any::<String>(), other in "[-|\\\\`*_<>&#~\\[\\](){}.:!=+$^ \n\ra1]{0,24}") {
            let (one, other) = (crate::text::lines(&one).into_owned(), crate::text::lines(&other).into_owned());
            let page = format!("| a | b |\n| --- | --- |\n| {} | {} |\n| x | y |\n", markdown(&one), markdown(&other));
            let rows = cells(&page);
            prop_assert_eq!(rows.len(), 3);
            prop_assert_eq!(&rows[1], &vec![read(&one), read(&other)]);
        }

        #[test]
        fn a_run_of_markdown_stays_one_paragraph(text in "[-|\\\\`*_<>&#~\\[\\](){}.:!=+$^ \n\ra1]{1,40}") {
            let page = markdown(&text);
            let shown: String = Parser::new_ext(&page, everything()).map(|event| match event {
                Event::Text(text) => text.to_string(),
                Event::Start(pulldown_cmark::Tag::Paragraph) | Event::End(TagEnd::Paragraph) => String::new(),
                other => format!("{other:?}"),
            }).collect();
            prop_assert_eq!(shown, read(&text));
        }
    }
}
