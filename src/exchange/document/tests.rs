use proptest::prelude::*;

use super::cut::normal;
use super::*;
use crate::review::document::{Library, Template};

fn card_template() -> Template {
    Library::default().get("model-card").expect("the template")
}

fn placed(source: &str) -> (Card, Placed) {
    let card = Card::read(source);
    let placed = place(&card, &card_template());
    (card, placed)
}

fn of<'p>(placed: &'p Placed, code: &str) -> &'p str {
    placed.texts.iter().find(|text| text.code == code).map_or("", |text| text.text.as_str())
}

/// Every line of the body stands in a section, or is the heading of one, or the title.
fn nothing_is_lost(body: &str, placed: &Placed) {
    let template = card_template();
    for line in body.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        let words = normal(line);
        if line.chars().all(|c| matches!(c, '-' | '=')) {
            continue; // It underlines a heading.
        }
        let kept = placed
            .texts
            .iter()
            .any(|text| text.text.lines().any(|kept| kept.trim_end() == line || kept == line.trim()))
            || template.sections.iter().any(|section| normal(&section.heading) == words)
            || placed.title.as_ref().is_some_and(|title| normal(title) == words);
        assert!(kept, "lost: {line}");
    }
}

const BODY: &str = "# Tiny sorter

Sorts letters. Made for this test.

## Model description

A small model.

### Languages of the letters

Two.

## Intended uses & limitations

Sorting only.

```python
# not a heading
sort()
```

## Funding

Nobody paid.

### How much

Nothing.

Training data
-------------

| a | b |
|---|---|
| 1 | 2 |

<script>alert(1)</script>
";

#[test]
fn headings_find_their_sections_and_the_rest_is_kept_and_shown() {
    let source = format!("---\nlicense: mit\nlanguage: en\n---\n{BODY}");
    let (card, placed) = placed(&source);
    assert_eq!(card.front.as_deref(), Some("license: mit\nlanguage: en"));
    assert_eq!(placed.title.as_deref(), Some("Tiny sorter"));
    assert!(of(&placed, "details").starts_with("Sorts letters."), "the introduction");
    assert!(of(&placed, "details").contains("## Model description\n\nA small model."));
    assert!(of(&placed, "details").contains("### Languages of the letters\n\nTwo."), "it stays under its parent");
    assert!(of(&placed, "intended-use").contains("# not a heading\nsort()"));
    assert!(of(&placed, "training-data").contains("<script>"), "text is data");
    assert_eq!(of(&placed, "other"), "## Funding\n\nNobody paid.\n\n### How much\n\nNothing.");
    assert_eq!(placed.unplaced, ["Funding", "How much"]);
    nothing_is_lost(BODY, &placed);
}

#[test]
fn broken_front_matter_is_told_and_kept_as_text() {
    for (source, fault, kept) in [
        ("---\nlicense: mit\nnonsense\n---\n# T\n\nText.\n", "line 2", "nonsense"),
        ("---\nlicense: mit\n\n# T\n\nText.\n", "has no line --- that ends it", "license: mit"),
        ("---\n\tlicense: mit\n---\nText.\n", "a tab", "license: mit"),
    ] {
        let (card, placed) = placed(source);
        assert_eq!(card.front, None);
        assert!(card.fault.as_deref().is_some_and(|said| said.contains(fault)), "{:?}", card.fault);
        assert!(of(&placed, "other").contains(kept), "{placed:?}");
    }
}

#[test]
fn a_heading_with_marks_or_at_the_top_level_is_a_section_all_the_same() {
    let (_, placed) =
        placed("# **Model Details**\n\nOne.\n\n# **Training Data**\n\nTwo.\n\n## Data Freshness\n\nOld.\n");
    assert_eq!(placed.title, None);
    assert!(of(&placed, "training-data").contains("## Data Freshness\n\nOld."));
}

#[test]
fn no_template_gives_one_name_to_two_sections() {
    let library = Library::default();
    for id in library.ids() {
        let template = library.get(&id).expect(&id);
        let mut seen = std::collections::HashMap::new();
        for section in &template.sections {
            let mut names: Vec<String> = vec![normal(&section.heading), normal(&section.code)];
            names.extend(section.aliases.iter().map(|alias| normal(alias)));
            for name in names {
                let first = seen.entry(name.clone()).or_insert(&section.code);
                assert_eq!(*first, &section.code, "{id}: “{name}” means two sections");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_a_card_holds_nothing_is_lost(
        lines in proptest::collection::vec("(# |## |### |- |```|)(Limitations|Model details|Funding|words here|a: b|)", 0..30)
    ) {
        let body = lines.join("\n");
        prop_assume!(!body.starts_with("---"));
        let (_, placed) = placed(&body);
        let words = |text: &str| text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
        let kept: usize = placed.texts.iter().map(|text| words(&text.text)).sum();
        // What is not in a text is a heading that its section has itself, or the title.
        // A heading begins with marks, or has a line of dashes under it.
        let under = |at: usize| lines.get(at + 1).is_some_and(|next| next.trim_end() == "-");
        let is_heading = |at: usize, line: &str| line.starts_with('#') || under(at);
        let headings = lines.iter().enumerate().filter(|(at, line)| is_heading(*at, line)).map(|(_, line)| words(line));
        let headings = headings.sum::<usize>();
        prop_assert!(kept + headings >= words(&body), "{:?}", placed);
    }
}
