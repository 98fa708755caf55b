//! How-to guides: short texts on work that people do rarely, and an annotated example of each type of document, read and
//! searched inside the program. The texts are Markdown in `assets/guides/` and `docs/examples/`, and nothing of them is
//! looked at before somebody asks.

macro_rules! examples {
    ($($id:literal),+ $(,)?) => {
        &[$((concat!("example-", $id), include_str!(concat!("../docs/examples/", $id, ".md")))),+]
    };
}

/// The files, in the order in which they are listed.
const FILES: &[(&str, &str)] = &[
    ("slice-metrics", include_str!("../assets/guides/slice-metrics.md")),
    ("thresholds", include_str!("../assets/guides/thresholds.md")),
    ("limitations", include_str!("../assets/guides/limitations.md")),
    ("risk-statement", include_str!("../assets/guides/risk-statement.md")),
    ("disclosure", include_str!("../assets/guides/disclosure.md")),
    ("read-an-interval", include_str!("../assets/guides/read-an-interval.md")),
    ("prepare-a-board", include_str!("../assets/guides/prepare-a-board.md")),
];

/// The annotated examples, in the order of the templates. They are made from the sample workspace.
const EXAMPLES: &[(&str, &str)] = examples![
    "intake-packet",
    "impact-assessment",
    "model-card",
    "system-card",
    "data-sheet",
    "evaluation-plan",
    "fairness-report",
    "launch-readiness-summary",
    "disclosure-review-notes",
    "monitoring-plan",
    "post-incident-learnings",
    "customer-questionnaire",
    "plain-language-summary",
];

/// A guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guide {
    /// The name by which it is asked for, such as `risk-statement`.
    pub name: &'static str,
    /// The text, in Markdown; its first line is the title.
    pub text: &'static str,
}

impl Guide {
    /// What it is called.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches('#').trim()
    }

    /// The text without its title.
    #[must_use]
    pub fn body(&self) -> &'static str {
        self.text.split_once('\n').map_or("", |(_, body)| body)
    }

    /// What it is about, in a sentence or two: its first paragraph.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines = self.text.lines().skip(1).skip_while(|line| line.trim().is_empty());
        lines.take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Whether it is an annotated example of a document.
    #[must_use]
    pub fn is_example(&self) -> bool {
        self.name.starts_with("example-")
    }

    /// How often it says these words, the title tenfold; 0 unless it says each of them.
    fn says(&self, words: &[String]) -> usize {
        let (text, title) = (self.text.to_lowercase(), format!("{} {}", self.name, self.title()).to_lowercase());
        let counts: Vec<usize> = words
            .iter()
            .map(|word| text.matches(word.as_str()).count() + 10 * title.matches(word.as_str()).count())
            .collect();
        if counts.contains(&0) { 0 } else { counts.iter().sum() }
    }
}

/// All guides, in order: those on work first, then the annotated examples.
pub fn guides() -> impl Iterator<Item = Guide> {
    FILES.iter().chain(EXAMPLES).map(|(name, text)| Guide { name, text })
}

/// The guide with this name.
#[must_use]
pub fn guide(name: &str) -> Option<Guide> {
    let name = name.trim().to_lowercase().replace([' ', '_'], "-");
    guides().find(|guide| guide.name == name)
}

/// The guides that say all of these words, those that say them most first; examples, which are long and say much, after the
/// others. All, where there is no word.
#[must_use]
pub fn search(words: &str) -> Vec<Guide> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return guides().collect();
    }
    let mut found: Vec<(usize, Guide)> = guides().map(|guide| (guide.says(&words), guide)).collect();
    found.retain(|(count, _)| *count > 0);
    // Stable: guides that say them as often stay in their order.
    found.sort_by_key(|(count, guide)| (guide.is_example(), std::cmp::Reverse(*count)));
    found.into_iter().map(|(_, guide)| guide).collect()
}

/// The first line of a guide's text that says one of these words, for lists of what was found.
#[must_use]
pub fn passage(guide: Guide, words: &str) -> Option<&'static str> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let says = |line: &&str| {
        let line = line.to_lowercase();
        words.iter().any(|word| line.contains(word.as_str()))
    };
    guide.text.lines().skip(1).find(says).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guides_are_whole_and_safe_to_print() {
        for guide in guides() {
            assert!(guide.text.starts_with("# ") && guide.title().len() < 40, "{}", guide.name);
            assert!(guide.summary().ends_with('.'), "{}: {}", guide.name, guide.summary());
            assert!(!guide.text.chars().any(|c| c != '\n' && crate::text::is_unsafe(c)), "{}", guide.name);
            let widest = guide.text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
            assert!(widest <= 130, "{} has a line of {widest} characters", guide.name);
        }
        assert_eq!(guides().filter(|guide| !guide.is_example()).count(), 7);
        assert_eq!(guides().filter(Guide::is_example).count(), 13);
    }

    #[test]
    fn guides_are_found_by_name_and_by_words() {
        assert_eq!(guide("Risk statement").map(|guide| guide.name), Some("risk-statement"));
        assert_eq!(search("wilson")[0].name, "read-an-interval");
        assert_eq!(search("disclosure")[0].name, "disclosure", "the title counts most");
        assert!(search("wilson recused").is_empty(), "all words are wanted");
        assert_eq!(search(" ").len(), 20);
        assert_eq!(search("helpline coded self-harm").len(), search("coded helpline self-harm").len());
        assert_eq!(guide("example model card").map(|guide| guide.name), Some("example-model-card"));
        assert!(search("groundedness").iter().any(|guide| guide.name == "example-model-card"), "examples are searched");
        let guide = guide("thresholds").expect("a guide");
        assert!(passage(guide, "noise injection").is_some_and(|line| line.contains("injection")));
    }

    /// The list in the documentation has every guide, with its title.
    #[test]
    fn the_documentation_lists_every_guide() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/HOW-TO.md");
        let line = |guide: Guide| {
            let file = match guide.name.strip_prefix("example-") {
                Some(id) => format!("examples/{id}.md"),
                None => format!("../assets/guides/{}.md", guide.name),
            };
            format!("- [{}]({file}): {}", guide.title(), guide.summary())
        };
        let listed = |examples: bool| {
            guides().filter(|guide| guide.is_example() == examples).map(line).collect::<Vec<_>>().join("\n")
        };
        let text = format!(
            "# How-to guides\n\nShort guides to work that is done rarely. Inside the program: `probity guide`, `probity guide NAME`, \
             `probity guide WORDS`;\nin the screens, “guides” in the palette.\n\n{}\n\n## An annotated example of each document\n\n\
             Made from the sample workspace; inside the program: `probity guide example-model-card` and so on.\n\n{}\n",
            listed(false),
            listed(true)
        );
        if std::env::var_os("PROBITY_REGENERATE").is_some() {
            std::fs::write(path, &text).expect("written");
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text, "PROBITY_REGENERATE=1 writes it anew");
    }
}
