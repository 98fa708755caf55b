//! Front matter: the few YAML lines before a card. Read as far as a card needs it and written with care; what nests deeper
//! is kept as it stands. A whole YAML parser would be a large dependency for this.

/// One field of front matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Front {
    /// One value.
    One(String),
    /// A list of values.
    List(Vec<String>),
    /// What nests deeper, as its lines stand.
    Nested(String),
}

/// The fields of front matter, in order.
///
/// # Errors
/// The first line that is neither a key with a value nor part of one, counted within the front matter, in words.
pub fn read(source: &str) -> Result<Vec<(String, Front)>, String> {
    let mut fields: Vec<(String, Front)> = Vec::new();
    for (at, line) in source.lines().enumerate() {
        let bad = |why: &str| {
            let shown = crate::text::fit(&crate::text::line(line), 60).into_owned();
            format!("line {} of the front matter {why}: {shown}", at + 1)
        };
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if line.trim_start_matches(' ').starts_with('\t') {
            return Err(bad("is indented with a tab, which YAML does not allow"));
        }
        let is_item = trimmed.starts_with("- ") || trimmed == "-";
        if is_item || line.starts_with(' ') {
            let Some((_, value)) = fields.last_mut() else {
                return Err(bad("belongs to no key"));
            };
            add(value, line, is_item);
            continue;
        }
        let Some((key, value)) = split_key(trimmed) else {
            return Err(bad("is no key with a value"));
        };
        fields.push((unquoted(key), one(value).ok_or_else(|| bad("has a quote or a bracket that does not end"))?));
    }
    Ok(fields)
}

/// A key and what stands after its colon.
fn split_key(line: &str) -> Option<(&str, &str)> {
    let at = line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1))?;
    let (key, value) = (line[..at].trim(), line[at + 1..].trim());
    let sound = !key.is_empty() && !key.starts_with(['{', '[', '!', '&', '*', '|', '>', '%', '@']);
    sound.then_some((key, value))
}

/// A value that stands on its key's line.
fn one(value: &str) -> Option<Front> {
    match value.chars().next() {
        Some('[') => {
            let inner = value.strip_prefix('[')?.strip_suffix(']')?;
            let items = inner.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Front::List(items.map(unquoted).collect()))
        }
        Some('|' | '>' | '{' | '&' | '*' | '!') => Some(Front::Nested(value.to_owned())),
        Some(quote @ ('"' | '\'')) if value.len() < 2 || !value.ends_with(quote) => None,
        _ => Some(Front::One(unquoted(value))),
    }
}

/// Adds an indented line, or an item, to the value that it belongs to.
fn add(value: &mut Front, line: &str, is_item: bool) {
    let item = line.trim().trim_start_matches('-').trim();
    // An item that is a key with a value nests deeper than a card needs.
    let is_plain = is_item && split_key(item).is_none() || item.starts_with(['"', '\'']);
    match value {
        Front::One(text) if text.is_empty() && is_plain => *value = Front::List(vec![unquoted(item)]),
        Front::List(items) if is_plain => items.push(unquoted(item)),
        Front::One(text) if text.is_empty() => *value = Front::Nested(line.to_owned()),
        Front::One(text) => *value = Front::Nested(format!("{text}\n{line}")),
        Front::List(items) => *value = Front::Nested(format!("{}\n{line}", items.join("\n"))),
        Front::Nested(lines) => {
            lines.push('\n');
            lines.push_str(line);
        }
    }
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if text.len() >= 2
            && let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote))
        {
            return inner.to_owned();
        }
    }
    text.split(" #").next().unwrap_or_default().trim().to_owned()
}

/// Fields as front matter, each value such that every YAML reader takes it for text.
#[must_use]
pub fn write(fields: &[(String, Front)]) -> String {
    let mut out = String::new();
    for (key, value) in fields {
        match value {
            Front::One(text) => out.push_str(&format!("{key}: {}\n", scalar(text))),
            Front::List(items) => {
                out.push_str(&format!("{key}:\n"));
                for item in items {
                    out.push_str(&format!("- {}\n", scalar(item)));
                }
            }
            Front::Nested(lines) => out.push_str(&format!("{key}:\n{lines}\n")),
        }
    }
    out
}

/// A text as a YAML scalar: plain where nothing could read it as something else, otherwise in double quotes, in which
/// YAML knows the escapes of JSON.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    let known = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(plain)
        && !known.contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_card_says_its_licence_languages_and_tags() {
        let source = "language: en\ntags:\n- exbert\n- \"a b\"\nlicense: apache-2.0 # really\ndatasets: [bookcorpus, 'wikipedia']\n\
                      model-index:\n- name: x\n  results:\n  - task: y\n";
        let fields = read(source).expect("front matter");
        let of = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        assert_eq!(of("language"), Some(Front::One("en".to_owned())));
        assert_eq!(of("tags"), Some(Front::List(vec!["exbert".to_owned(), "a b".to_owned()])));
        assert_eq!(of("license"), Some(Front::One("apache-2.0".to_owned())));
        assert_eq!(of("datasets"), Some(Front::List(vec!["bookcorpus".to_owned(), "wikipedia".to_owned()])));
        assert!(matches!(of("model-index"), Some(Front::Nested(_))));
    }

    #[test]
    fn what_is_broken_is_named_with_its_line() {
        for (source, expected) in [
            ("license: mit\nnonsense\n", "line 2 of the front matter is no key with a value: nonsense"),
            ("\tlicense: mit", "line 1 of the front matter is indented with a tab"),
            ("- mit", "line 1 of the front matter belongs to no key"),
            ("license: \"mit", "has a quote or a bracket that does not end"),
            ("tags: [a, b", "has a quote or a bracket that does not end"),
        ] {
            assert!(read(source).expect_err(source).contains(expected), "{source}");
        }
    }

    #[test]
    fn norwegian_stays_a_language_and_numbers_stay_text() {
        let fields = [
            ("language".to_owned(), Front::List(vec!["no".to_owned(), "en".to_owned()])),
            ("version".to_owned(), Front::One("1.10".to_owned())),
        ];
        assert_eq!(write(&fields), "language:\n- \"no\"\n- en\nversion: \"1.10\"\n");
    }

    proptest! {
        #[test]
        fn reading_never_panics(source in "\\PC{0,200}") {
            let _ = read(&source);
        }

        #[test]
        fn what_is_written_is_read_again(items in proptest::collection::vec("[a-zA-Z0-9 .:#-]{1,12}", 1..5)) {
            let items: Vec<String> = items.into_iter().filter(|item| !item.trim().is_empty()).collect();
            prop_assume!(!items.is_empty());
            let fields = vec![("tags".to_owned(), Front::List(items))];
            prop_assert_eq!(read(&write(&fields)).expect("sound"), fields);
        }
    }
}
