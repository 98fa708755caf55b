//! The last step before anything is printed: safe text, in signs that old terminals have and that are read aloud well.

use std::sync::Arc;

use crate::text;
use crate::tui::theme::{Glyph, Theme};
use crate::tui::theme_file::built_in;

/// One line that can be printed: nothing unsafe, and plain signs in place of typographic ones.
#[must_use]
pub fn line(words: &str) -> String {
    let safe = text::line(words);
    let mut out = String::with_capacity(safe.len());
    for c in safe.chars() {
        match c {
            // A dot between parts of a line is heard as a pause.
            '·' => {
                out.truncate(out.trim_end().len());
                out.push(',');
            }
            '…' => out.push_str("..."),
            '→' => out.push_str("->"),
            '–' | '—' => out.push('-'),
            '“' | '”' | '„' => out.push('"'),
            '‘' | '’' => out.push('\''),
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text of several lines that can be printed.
#[must_use]
pub fn lines(words: &str) -> Vec<String> {
    text::lines(words).split('\n').map(line).collect()
}

/// A short name for a prompt.
#[must_use]
pub fn short(words: &str) -> String {
    line(&text::fit(&text::line(words), 48))
}

/// How many, in words: `1 risk`, `3 risks`.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// The theme that pages are made with: words in place of the signs that stand inside text.
#[must_use]
pub fn theme(now: &Theme) -> Arc<Theme> {
    let mut theme = built_in("ascii").unwrap_or_else(|_| now.clone());
    for (glyph, word) in [(Glyph::Arrow, "to"), (Glyph::Required, "required but"), (Glyph::Separator, ",")] {
        if let Some(sign) = theme.glyphs.get_mut(glyph as usize) {
            word.clone_into(sign);
        }
    }
    Arc::new(theme)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signs_become_words_and_escapes_vanish() {
        assert_eq!(line("RSK-3 added · u undo"), "RSK-3 added, u undo");
        assert_eq!(line("“cause” → harm …"), "\"cause\" -> harm ...");
        assert_eq!(line("a\x1b[2Jb\u{202e}c"), "a[2Jbc");
        assert_eq!(lines("a \nb\tc"), ["a", "b    c"]);
        assert_eq!((counted(1, "risk", "risks"), counted(0, "risk", "risks")), ("1 risk".into(), "0 risks".into()));
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(words in any::<String>()) {
            for line in lines(&words).into_iter().chain([line(&words), short(&words)]) {
                prop_assert!(!line.chars().any(text::is_unsafe), "{line:?}");
            }
        }
    }
}
