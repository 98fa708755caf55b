//! What the wording of a record shows: whether a reason says anything, whether a risk names its cause and its harm.
//!
//! These are guesses by words, so they are asked of what is plainly missing only, and in doubt find nothing.

/// The fewest words of a reason that somebody else can follow.
const FEWEST: usize = 3;

/// Words by which a statement tells where a risk comes from.
const CAUSES: &[&str] = &[
    "because",
    " so ",
    "due to",
    "caused by",
    "since ",
    "when ",
    "if ",
    "as the ",
    "as a ",
    "→",
    "->",
    "owing to",
    "result of",
    "given that",
    "without ",
    "from ",
    "by ",
];

/// Words by which a statement tells what comes of it for somebody.
const HARMS: &[&str] = &[
    "so that",
    "→",
    "->",
    "lead",
    "result",
    "harm",
    "injur",
    "death",
    "die",
    "loss",
    "lose",
    "denied",
    "deny",
    "denial",
    "refus",
    "discriminat",
    "unfair",
    "bias",
    "excluded",
    "exclusion",
    "exposed",
    "exposure",
    "leak",
    "disclos",
    "breach",
    "misled",
    "mislead",
    "deceiv",
    "delay",
    "damage",
    "cost",
    "penal",
    "fraud",
    "stigma",
    "distress",
    "worse",
    "fewer",
    "miss",
    "wrong",
    "overcharg",
    "surveil",
    "identif",
];

/// Whether a text says too little to be a reason: nothing, a placeholder, or a word or two.
pub(super) fn is_thin(text: Option<&str>) -> bool {
    let words = text.unwrap_or_default().split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
    words.count() < FEWEST
}

/// Whether a statement says where the risk comes from.
pub(super) fn names_cause(statement: &str) -> bool {
    any(statement, CAUSES)
}

/// Whether a statement says what comes of it.
pub(super) fn names_harm(statement: &str) -> bool {
    any(statement, HARMS)
}

/// Whether a text holds any of these, in any case.
pub(super) fn any(text: &str, needles: &[&str]) -> bool {
    let text = text.to_lowercase();
    needles.iter().any(|needle| text.contains(needle))
}

/// A text in the form in which two are compared: letters and digits in lower case, one space between words.
pub(super) fn folded(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// How much two texts share of their words, from 0 to 1 (the Jaccard index over distinct words).
pub(super) fn overlap(one: &str, other: &str) -> f64 {
    let set = |text: &str| folded(text).split(' ').map(str::to_owned).collect::<std::collections::HashSet<String>>();
    let (one, other) = (set(one), set(other));
    let both = one.intersection(&other).count();
    let all = one.union(&other).count();
    #[expect(clippy::cast_precision_loss, reason = "counts of words")]
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        for thin in [None, Some(""), Some("n/a"), Some(" - "), Some("OK."), Some("as agreed")] {
            assert!(is_thin(thin), "{thin:?}");
        }
        assert!(!is_thin(Some("It holds no personal data.")));
    }

    #[test]
    fn a_statement_shows_its_parts() {
        let good = "Because labels are scarce, claims may be misrouted, so that members wait longer.";
        assert!(names_cause(good) && names_harm(good));
        assert!(!names_cause("Bad answers") && !names_harm("Bad answers"));
        assert!(names_harm("Applicants are DENIED cover"));
    }

    #[test]
    fn likeness_of_words() {
        assert!((overlap("Reads claims, twice.", "reads CLAIMS twice") - 1.0).abs() < 1e-9);
        assert!(overlap("reads claims", "writes letters").abs() < 1e-9);
        assert!((overlap("", "") - 1.0).abs() < 1e-9, "two empty texts are one empty word");
    }
}
