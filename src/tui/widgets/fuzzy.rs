//! Finding by a few letters, in any order of words, and showing which letters matched.
//!
//! In a name, letters need only stand in order; in a longer text, where they would match almost anything, they must stand
//! together.

use std::ops::Range;

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

/// A finder, with room to work in.
pub struct Fuzzy {
    matcher: Matcher,
    /// Words whose letters stand in order.
    loose: Pattern,
    /// The same words, whose letters stand together.
    strict: Pattern,
    indices: Vec<u32>,
}

impl std::fmt::Debug for Fuzzy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fuzzy").field("loose", &self.loose).finish_non_exhaustive()
    }
}

impl Default for Fuzzy {
    fn default() -> Self {
        Self {
            matcher: Matcher::new(Config::DEFAULT),
            loose: Pattern::default(),
            strict: Pattern::default(),
            indices: Vec::new(),
        }
    }
}

impl Fuzzy {
    /// Sets what to find: words, each a few letters. Capitals and accents count only when they are typed.
    pub fn set(&mut self, what: &str) {
        let pattern = |kind| Pattern::new(what, CaseMatching::Smart, Normalization::Smart, kind);
        self.loose = pattern(AtomKind::Fuzzy);
        self.strict = pattern(AtomKind::Substring);
    }

    /// Whether nothing is to be found, so that everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.loose.atoms.is_empty()
    }

    /// How well a name matches, more being better; none when it does not.
    pub fn score(&mut self, name: &str) -> Option<u32> {
        self.loose.score(Utf32Str::new(name, &mut Vec::new()), &mut self.matcher)
    }

    /// How well a longer text matches, more being better; none when it does not.
    pub fn score_text(&mut self, text: &str) -> Option<u32> {
        self.strict.score(Utf32Str::new(text, &mut Vec::new()), &mut self.matcher)
    }

    /// The bytes of a name that matched, in order; none when it does not match.
    pub fn matched(&mut self, name: &str) -> Vec<Range<usize>> {
        self.ranges(name, false)
    }

    /// The bytes of a longer text that matched, in order; none when it does not match.
    pub fn matched_text(&mut self, text: &str) -> Vec<Range<usize>> {
        self.ranges(text, true)
    }

    fn ranges(&mut self, text: &str, strict: bool) -> Vec<Range<usize>> {
        let mut buffer = Vec::new();
        self.indices.clear();
        let haystack = Utf32Str::new(text, &mut buffer);
        let pattern = if strict { &self.strict } else { &self.loose };
        if pattern.indices(haystack, &mut self.matcher, &mut self.indices).is_none() {
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
        assert_eq!(matched("!x", "Export"), Vec::<String>::new());
    }

    #[test]
    fn in_a_longer_text_letters_stand_together() {
        let mut fuzzy = Fuzzy::default();
        fuzzy.set("pack meet");
        let text = "Writes the pack for a meeting.";
        let found: Vec<&str> = fuzzy.matched_text(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["pack", "meet"]);
        fuzzy.set("wfm");
        assert!(fuzzy.score_text(text).is_none() && fuzzy.score(text).is_some());
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
            for found in [fuzzy.matched(&text), fuzzy.matched_text(&text)] {
                for range in found {
                    prop_assert!(range.start >= end && text.get(range.clone()).is_some());
                    end = range.end;
                }
                end = 0;
            }
        }
    }
}
