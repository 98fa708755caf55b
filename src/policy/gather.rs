//! Which layers a policy is made of, the lowest first: the shipped default, the given ones, and what those extend.

use std::ops::Range;

use toml::de::DeTable;

use super::source::{Flaw, Layer, Origin, PolicyError};
use super::{assets, content};

/// The most mistakes of syntax that one file is told of.
const MOST_SYNTAX: usize = 20;

/// The layers of a policy.
pub(super) struct Gathered {
    /// The layers, the lowest first.
    pub layers: Vec<Layer>,
    /// Whether somebody's own layer says something of content, which is then read and checked at once.
    pub says_content: bool,
}

/// The layers that a policy is made of, the lowest first: the built-in default (unless the lowest given layer says
/// `complete = true`), then the given ones, each after what it extends.
///
/// # Errors
/// Bad TOML, something extended that is not there, a cycle.
pub(super) fn gather(given: &[Layer]) -> Result<Gathered, PolicyError> {
    let mut gathering = Gathering::default();
    for layer in given {
        gathering.add(layer.clone());
    }
    if !gathering.flaws.is_empty() {
        return Err(PolicyError { flaws: gathering.flaws });
    }
    let mut layers = if gathering.complete { Vec::new() } else { assets::default_layers() };
    layers.extend(gathering.order);
    Ok(Gathered { layers, says_content: gathering.says_content || gathering.complete })
}

#[derive(Default)]
struct Gathering {
    order: Vec<Layer>,
    /// What tells layers apart, with whether all that it extends is in order.
    known: Vec<(String, bool)>,
    complete: bool,
    says_content: bool,
    flaws: Vec<Flaw>,
}

impl Gathering {
    fn add(&mut self, layer: Layer) {
        let table = match parse(&layer) {
            Ok(table) => table,
            Err(flaws) => return self.flaws.extend(flaws),
        };
        let extends = match table.get("extends") {
            None => None,
            Some(item) if item.get_ref().is_str() => item.get_ref().as_str().map(|name| (name.to_owned(), item.span())),
            Some(item) => {
                let message = "“extends” names one profile or one file beside this one, in quotes.";
                return self.flaws.push(Flaw::at(&layer, item.span().start, message));
            }
        };
        match table.get("complete").map(|item| (item.get_ref().as_bool(), item.span())) {
            None => {}
            Some((Some(complete), at)) => {
                if complete && (!self.order.is_empty() || extends.is_some()) {
                    let message = "a complete policy lies on nothing: it must be the lowest file and extend none.";
                    self.flaws.push(Flaw::at(&layer, at.start, message));
                }
                self.complete |= complete;
            }
            Some((None, at)) => {
                self.flaws.push(Flaw::at(&layer, at.start, "“complete” is either true or false."));
            }
        }
        let content = |key: &str| content::SECTIONS.contains(&key) || content::TOUCHING.contains(&key);
        self.says_content |= layer.origin == Origin::Given && table.keys().any(|key| content(key.get_ref()));
        drop(table);
        self.known.push((key_of(&layer), false));
        let here = self.known.len() - 1;
        if let Some((name, at)) = extends {
            self.extend(&layer, &name, &at);
        }
        self.known[here].1 = true;
        self.order.push(layer);
    }

    fn extend(&mut self, layer: &Layer, name: &str, at: &Range<usize>) {
        let base = match find(layer, name) {
            Ok(base) => base,
            Err(message) => return self.flaws.push(Flaw::at(layer, at.start, message)),
        };
        let key = key_of(&base);
        match self.known.iter().find(|(known, _)| *known == key) {
            None => self.add(base),
            Some((_, true)) => {}
            Some((_, false)) => {
                let message =
                    format!("“{}” extends “{name}”, which extends it in turn; one of the two must not.", layer.name);
                self.flaws.push(Flaw::at(layer, at.start, message));
            }
        }
    }
}

/// What tells layers apart: the file, or the name where there is no file.
fn key_of(layer: &Layer) -> String {
    match &layer.path {
        Some(path) => format!("file {}", std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()).display()),
        None => format!("name {}", layer.name),
    }
}

/// The layer that another extends.
fn find(layer: &Layer, name: &str) -> Result<Layer, String> {
    if let Some(profile) = assets::profile(name) {
        return Ok(profile);
    }
    let is_file = std::path::Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if !is_file {
        let profiles: Vec<&str> = assets::profiles().collect();
        return Err(format!(
            "there is no profile “{name}”; expected one of: {}; or a file beside this one, such as “base.toml”.",
            profiles.join(", ")
        ));
    }
    if name.contains(['/', '\\']) {
        return Err(format!("“{name}” leads to another folder; a policy extends only files beside it."));
    }
    let Some(path) = &layer.path else {
        return Err(format!("“{name}” would lie beside this policy, which is not in a file."));
    };
    Layer::read(&path.with_file_name(name))
        .map_err(|error| error.flaws.first().map_or_else(String::new, |flaw| format!("“{name}”: {}", flaw.message)))
}

/// Reads a layer's TOML.
pub(super) fn parse(layer: &Layer) -> Result<DeTable<'_>, Vec<Flaw>> {
    let (table, errors) = DeTable::parse_recoverable(&layer.text);
    if errors.is_empty() {
        return Ok(table.into_inner());
    }
    let flaw = |error: &toml::de::Error| {
        let message = format!("this is not TOML: {}.", error.message());
        error.span().map_or_else(|| Flaw::of(layer, &message), |span| Flaw::at(layer, span.start, &message))
    };
    Err(errors.iter().take(MOST_SYNTAX).map(flaw).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::tests::{builtin, flaws_of};
    use super::super::{Policy, profile};
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) -> Layer {
        std::fs::write(folder.join(name), text).unwrap();
        Layer::read(&folder.join(name)).unwrap()
    }

    #[test]
    fn a_file_extends_a_profile_or_a_file_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "base.toml", "extends = \"startup\"\n[service_level.triage]\nany = 3\nlow = 1\n");
        let top = write(folder.path(), "top.toml", "extends = \"base.toml\"\n[service_level.triage]\nany = 4\n");
        // The profile is chosen as well: it is laid once, at its first place.
        let policy = Policy::from_layers(&[profile("STARTUP").unwrap(), top]).unwrap();
        let names: Vec<&str> = policy.layers().map(|layer| layer.name.as_str()).collect();
        assert_eq!(&names[names.len() - 3..], ["profile startup", "base.toml", "top.toml"]);
        assert_eq!(policy.service_level("triage", Some("low")), Some(1));
        assert_eq!(policy.service_level("triage", None), Some(4));
        assert_eq!(policy.about().name, "startup");
    }

    #[test]
    fn circles_and_missing_files_are_refused_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let a = write(folder.path(), "a.toml", "\nextends = \"b.toml\"\n");
        write(folder.path(), "b.toml", "extends = \"c.toml\"\n");
        write(folder.path(), "c.toml", "\n\nextends = \"a.toml\"\n");
        let flaw = &Policy::from_layers(std::slice::from_ref(&a)).unwrap_err().flaws[0];
        assert_eq!((flaw.layer.as_str(), flaw.line), ("c.toml", Some(3)));
        assert!(flaw.message.contains("in turn"), "{flaw}");
        let own = write(folder.path(), "own.toml", "extends = \"own.toml\"\n");
        assert!(Policy::from_layers(&[own]).unwrap_err().to_string().contains("own.toml:1:11: "));
        for (text, words) in [
            ("extends = \"gone.toml\"", "cannot be read"),
            ("extends = \"../up.toml\"", "leads to another folder"),
            ("extends = \"nobody\"", "no profile “nobody”; expected one of: startup, enterprise, financial"),
            ("extends = 3", "one profile or one file"),
            ("complete = \"yes\"", "either true or false"),
            ("complete = true\nextends = \"EU\"", "must be the lowest"),
        ] {
            let layer = write(folder.path(), "bad.toml", text);
            let flaw = &Policy::from_layers(&[layer]).unwrap_err().flaws[0];
            assert_eq!(flaw.line, Some(1), "{text}");
            assert!(flaw.message.contains(words), "{text}: {flaw}");
        }
        assert!(flaws_of("extends = \"base.toml\"")[0].message.contains("not in a file"));
        let complete = Layer::new("whole", builtin().to_toml());
        assert!(Policy::from_layers(&[Layer::new("low", ""), complete]).is_err());
    }

    #[test]
    fn later_layers_lie_over_earlier_ones() {
        let layer = |name: &str, days: u32| Layer::new(name, format!("[service_level.triage]\nany = {days}\n"));
        let policy = Policy::from_layers(&[layer("one", 7), layer("two", 9)]).unwrap();
        assert_eq!(policy.service_level("triage", None), Some(9));
        let names: Vec<&str> = policy.layers().map(|layer| layer.name.as_str()).collect();
        assert_eq!(&names[names.len() - 2..], ["one", "two"]);
        assert!(names[0].starts_with("built-in"));
    }
}
