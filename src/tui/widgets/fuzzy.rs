//! Finding by a few letters, in any order of words, and showing which letters matched.

use std::ops::Range;

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

/// A finder, with room to work in.
pub struct Fuzzy {
    matcher: Matcher,
    pattern: Pattern,
    indices: Vec<u32>,
}

impl std::fmt::Debug for Fuzzy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fuzzy").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}

impl Default for Fuzzy {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), pattern: Pattern::default(), indices: Vec::new() }
    }
}

impl Fuzzy {
    /// Sets what to find: words, each a few letters in order. Capitals and accents count only when they are typed.
    pub fn set(&mut self, what: &str) {
        self.pattern.reparse(what, CaseMatching::Smart, Normalization::Smart);
    }

    /// Whether nothing is to be found, so that everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pattern.atoms.is_empty()
    }

    /// How well a text matches, more being better; none when it does not.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        let mut buffer = Vec::new();
        self.pattern.score(Utf32Str::new(text, &mut buffer), &mut self.matcher)
    }

    /// The bytes of a text that matched, in order; none when it does not match.
    pub fn matched(&mut self, text: &str) -> Vec<Range<usize>> {
        let mut buffer = Vec::new();
        self.indices.clear();
        let haystack = Utf32Str::new(text, &mut buffer);
        if self.pattern.indices(haystack, &mut self.matcher, &mut self.indices).is_none() {
            return Vec::new();
        }
        self.indices.sort_unstable();
        self.indices.dedup();
        // The matcher counts graphemes, except in plain ASCII, where it counts bytes: `\r\n` is one of the former.
        let bytes: Vec<Range<usize>> = if matches!(haystack, Utf32Str::Ascii(_)) {
            (0..text.len()).map(|at| at..at + 1).collect()
        } else {
            text.grapheme_indices(true).map(|(at, grapheme)| at..at + grapheme.len()).collect()
        };
        let found = self.indices.iter().filter_map(|index| bytes.get(usize::try_from(*index).ok()?).cloned());
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for range in found {
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matched(what: &str, text: &str) -> Vec<String> {
        let mut fuzzy = Fuzzy::default();
        fuzzy.set(what);
        fuzzy.matched(text).into_iter().map(|range| text[range].to_owned()).collect()
    }

    #[test]
    fn letters_in_order_match() {
        assert_eq!(matched("exp", "Export pack"), ["Exp"]);
        assert_eq!(matched("pack exp", "Export pack"), ["Exp", "pack"]);
        assert_eq!(matched("rl", "Łódź reload"), ["r", "l"]);
        assert_eq!(matched("lodz", "Łódź"), Vec::<String>::new());
        assert_eq!(matched("odz", "łódź"), ["ódź"]);
        assert_eq!(matched("xyz", "Export"), Vec::<String>::new());
    }

    #[test]
    fn better_matches_score_more() {
        let mut fuzzy = Fuzzy::default();
        fuzzy.set("undo");
        let scores = ["Undo", "Founder of", "Redo"].map(|text| fuzzy.score(text));
        assert!(scores[0] > scores[1] && scores[2].is_none(), "{scores:?}");
        fuzzy.set("");
        assert!(fuzzy.is_empty() && fuzzy.score("anything").is_some());
    }

    proptest! {
        #[test]
        fn what_matched_can_be_cut_out(text in any::<String>(), what in ".{0,4}") {
            let mut fuzzy = Fuzzy::default();
            fuzzy.set(&what);
            let mut end = 0;
            for range in fuzzy.matched(&text) {
                prop_assert!(range.start >= end && text.get(range.clone()).is_some());
                end = range.end;
            }
        }
    }
}
