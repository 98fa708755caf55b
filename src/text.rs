//! Text that came from outside, made safe and measured: what every floor may use and none may forget.
//!
//! Control characters never reach a terminal, and widths are counted in one place, in terminal cells
//! of whole graphemes, so that wide characters and emoji keep columns straight.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Whether a character must not reach a terminal: C0 and C1 controls (line feed and tab included), the
/// bidirectional overrides and isolates that can make a line read otherwise than it is stored
/// (Unicode TR 36, "Trojan Source"), and invisible characters that hide text.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
            | '\u{2028}' | '\u{2029}' | '\u{00AD}' | '\u{180E}')
}

/// A count with what is counted, in the plural where it is not one: `1 alert`, `3 alerts`.
#[must_use]
pub fn counted(count: i64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A number with its thousands apart: `1,204`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One line that is safe to draw: line breaks and tabs become a space, other unsafe characters vanish.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_unsafe(c) {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Text of several lines that is safe to draw: line feeds stay, tabs become four spaces, other unsafe
/// characters vanish.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("    "),
            c if is_unsafe(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Width in terminal cells.
#[must_use]
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to at most `cells` terminal cells, with `…` where something was cut. Never splits a grapheme.
#[must_use]
pub fn fit(text: &str, cells: usize) -> Cow<'_, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    if cells == 0 {
        return Cow::Borrowed("");
    }
    let mut out = String::new();
    let mut used = 0;
    for g in text.graphemes(true) {
        let w = width(g);
        if used + w > cells - 1 {
            break;
        }
        out.push_str(g);
        used += w;
    }
    out.push('…');
    Cow::Owned(out)
}

/// The text cut or padded with spaces to exactly `cells` terminal cells.
#[must_use]
pub fn pad(text: &str, cells: usize) -> String {
    let mut out = fit(text, cells).into_owned();
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(used)));
    out
}

/// Whether a spreadsheet could take a cell's text for a formula (OWASP, "CSV Injection").
#[must_use]
pub fn looks_like_formula(text: &str) -> bool {
    matches!(
        text.trim_start_matches(' ').chars().next(),
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    )
}

/// A cell's text with a leading apostrophe where a spreadsheet could take it for a formula.
#[must_use]
pub fn spreadsheet_cell(text: &str) -> Cow<'_, str> {
    if looks_like_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A name that is safe as one component of a path on every common system: separators, reserved and unsafe
/// characters become `-`, leading dots go, and at most 80 characters stay.
#[must_use]
pub fn file_name(text: &str) -> String {
    let cleaned: String = text
        .chars()
        .map(
            |c| if is_unsafe(c) || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '-' } else { c },
        )
        .take(80)
        .collect();
    let trimmed = cleaned.trim_matches(|c| c == '.' || c == ' ');
    if trimmed.is_empty() { "unnamed".to_owned() } else { trimmed.to_owned() }
}

/// Text as one run of Markdown that shows exactly this text: in a table cell, a list item or a paragraph. Line breaks
/// become spaces, so that no row of a table breaks. HTML is written as character references, which no Markdown reader
/// takes for a tag.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '|' | '~' | '^' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // At the start of a line these begin a heading, a list, a rule, a setext underline or a definition.
            '#' | '-' | '+' | '=' | ':' if out.is_empty() => {
                out.push('\\');
                out.push(c);
            }
            // `1.` and `1)` begin a numbered list.
            '.' | ')' if !out.is_empty() && out.bytes().all(|byte| byte.is_ascii_digit()) => {
                out.push('\\');
                out.push(c);
            }
            // An address would be made a link by readers that look for them; a link says where it leads only if
            // somebody wrote it as one.
            ':' if out.ends_with("http") || out.ends_with("https") || out.ends_with("ftp") => out.push_str("&#58;"),
            '.' if out.to_ascii_lowercase().ends_with("www") => out.push_str("&#46;"),
            '@' => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn escape_sequences_and_overrides_vanish() {
        assert_eq!(line("a\x1b[31mred\u{202e}x\u{200b}y"), "a[31mredxy");
        assert_eq!(line("a\r\n\tb"), "a b");
        assert_eq!(lines("a\n\tb\x07"), "a\n    b");
    }

    #[test]
    fn fit_never_splits_a_grapheme() {
        assert_eq!(fit("日本語テキスト", 5), "日本…");
        assert_eq!(fit("👩‍👩‍👧‍👦 family", 4).as_ref(), "👩‍👩‍👧‍👦 …");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abc", 0), "");
    }

    #[test]
    fn formulas_are_neutralised() {
        assert_eq!(spreadsheet_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(spreadsheet_cell("plain"), "plain");
    }

    #[test]
    fn names_cannot_climb() {
        assert_eq!(file_name("../../etc/passwd"), "-..-etc-passwd");
        assert_eq!(file_name(".."), "unnamed");
    }

    proptest! {
        #[test]
        fn padded_text_has_the_asked_width(text in "\\PC{0,40}", cells in 0usize..60) {
            prop_assert!(width(&fit(&text, cells)) <= cells);
            prop_assert_eq!(width(&pad(&text, cells)), cells);
        }

        #[test]
        fn no_unsafe_character_survives(text in any::<String>()) {
            prop_assert!(!line(&text).chars().any(is_unsafe));
            prop_assert!(!lines(&text).chars().any(|c| c != '\n' && is_unsafe(c)));
        }
    }
}
