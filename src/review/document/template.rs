//! Templates of documents: shipped ones, and those of the organisation that stand in for them or beside them.
//!
//! A template is data: sections with a code, a heading, guidance, and for some a piece of Jinja that makes their text from
//! the records. It is read when it is first asked for, never when the program starts.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::text;
use crate::workspace::{Error, Result};

macro_rules! shipped {
    ($($id:literal),+ $(,)?) => { &[$(($id, include_str!(concat!("../../../assets/documents/", $id, ".toml")))),+] };
}

/// The templates that are shipped, by id. A file `ID.toml` in the organisation's folder stands in for one.
pub const SHIPPED: &[(&str, &str)] = shipped![
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

/// The largest template, in bytes.
const MOST_BYTES: u64 = 256 << 10;

/// The most sections of a template.
const MOST_SECTIONS: usize = 100;

/// The code of the section that keeps what fitted no other.
pub const OTHER: &str = "other";

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its id, which is the name of its file too.
    pub id: String,
    /// Counts its versions.
    pub version: u32,
    /// What a document of it is called.
    pub title: String,
    /// The name under which policy asks for such a document.
    pub kind: String,
    /// What it is for, in a sentence or two.
    pub about: String,
    /// Its sections, in order.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
}

/// A section of a template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id within the template.
    pub code: String,
    /// What stands over it.
    pub heading: String,
    /// What belongs in it, in Markdown.
    pub guidance: String,
    /// What people write in it even where the records fill it, and why the records do not know.
    #[serde(default)]
    pub people: String,
    /// Whether a document cannot be handed in without it.
    #[serde(default)]
    pub required: bool,
    /// Other headings under which the same is said elsewhere, for imports.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How its text is made from the records; none where only people know.
    #[serde(default)]
    pub fill: String,
}

impl Template {
    /// The section with this code.
    #[must_use]
    pub fn section(&self, code: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.code == code)
    }
}

/// The id of the shipped template for a kind of document that policy asks for; none where there is none. Reads nothing.
#[must_use]
pub fn id_for(kind: &str) -> Option<&'static str> {
    let wanted = kind.replace(' ', "-");
    SHIPPED.iter().map(|(id, _)| *id).find(|id| *id == wanted)
}

/// Where templates come from: the organisation's folder, where there is one, and what is shipped.
#[derive(Debug, Clone, Default)]
pub struct Library {
    folder: Option<PathBuf>,
}

impl Library {
    /// The shipped templates with those of this folder over them; a folder that is not there holds none.
    #[must_use]
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// The ids of all templates: the shipped ones in their order, then the organisation's own.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = SHIPPED.iter().map(|(id, _)| (*id).to_owned()).collect();
        let entries = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok());
        let names = entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut own: Vec<String> =
            names.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned)).filter(|id| is_id(id)).collect();
        own.sort();
        ids.extend(own.into_iter().filter(|id| !SHIPPED.iter().any(|(shipped, _)| shipped == id)));
        ids
    }

    /// A template by its id.
    ///
    /// # Errors
    /// Where there is none, or its file is no template: names the file and what was expected.
    pub fn get(&self, id: &str) -> Result<Template> {
        let source = self.source(id)?;
        parse(id, &source).map_err(|why| unreadable(&self.file_of(id), &why))
    }

    /// The text of a template's file.
    ///
    /// # Errors
    /// Where there is none, or it cannot be read.
    pub fn source(&self, id: &str) -> Result<String> {
        let unknown = || {
            let known = self.ids().join(", ");
            Error::Unresolved(format!("There is no document template “{}”; there are: {known}.", text::line(id)))
        };
        if !is_id(id) {
            return Err(unknown());
        }
        if let Some(path) = self.folder.as_ref().map(|folder| folder.join(format!("{id}.toml")))
            && path.symlink_metadata().is_ok()
        {
            return read(&path).map_err(|why| unreadable(&path.display().to_string(), &why));
        }
        let (_, source) = SHIPPED.iter().find(|(shipped, _)| *shipped == id).ok_or_else(unknown)?;
        Ok((*source).to_owned())
    }

    /// What people call the file of a template.
    #[must_use]
    pub fn file_of(&self, id: &str) -> String {
        let own = self.folder.as_ref().map(|folder| folder.join(format!("{id}.toml"))).filter(|path| path.exists());
        own.map_or_else(|| format!("{id}.toml (as shipped)"), |path| path.display().to_string())
    }
}

fn unreadable(file: &str, why: &str) -> Error {
    Error::Policy(format!("The document template {}: {}", text::line(file), text::line(why)))
}

/// Whether a text can be a template's id, and nothing else: it has no path in it.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn read(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("it cannot be read: {error}.");
    if !fs::symlink_metadata(path).map_err(failed)?.is_file() {
        return Err("it is not a regular file.".to_owned());
    }
    let mut source = String::new();
    fs::File::open(path).map_err(failed)?.take(MOST_BYTES + 1).read_to_string(&mut source).map_err(failed)?;
    if source.len() as u64 > MOST_BYTES {
        return Err(format!("it is larger than {MOST_BYTES} bytes."));
    }
    Ok(source)
}

/// Reads a template's text.
fn parse(id: &str, source: &str) -> Result<Template, String> {
    let template: Template = toml::from_str(source).map_err(|error| {
        let line =
            error.span().and_then(|span| source.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let at = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        format!("{at}{}.", error.message().trim_end_matches('.'))
    })?;
    if template.id != id {
        return Err(format!("its id is “{}”, and its file is named {id}.toml.", template.id));
    }
    if template.version == 0 {
        return Err("versions are counted from 1.".to_owned());
    }
    if template.sections.len() > MOST_SECTIONS {
        return Err(format!("it has {} sections, and {MOST_SECTIONS} are the most.", template.sections.len()));
    }
    let mut codes = HashSet::new();
    for section in &template.sections {
        if !is_id(&section.code) {
            return Err(format!("the code “{}” is not lower-case letters, digits and dashes.", section.code));
        }
        if !codes.insert(section.code.as_str()) {
            return Err(format!("the section “{}” stands twice.", section.code));
        }
        if section.heading.trim().is_empty() || section.heading.contains('\n') {
            return Err(format!("the section “{}” needs a heading of one line.", section.code));
        }
    }
    Ok(template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_template_is_sound() {
        let library = Library::default();
        for (id, _) in SHIPPED {
            let template = library.get(id).expect("a template");
            assert!(template.about.ends_with('.') && !template.sections.is_empty(), "{id}");
            assert!(template.sections.iter().any(|section| section.required), "{id} asks for nothing");
            for section in &template.sections {
                assert!(section.guidance.trim().ends_with(['.', '?', ')']), "{id}: {} needs guidance", section.code);
                assert!(section.people.ends_with('.'), "{id}: {} does not say what is left for people", section.code);
            }
        }
    }

    #[test]
    fn kinds_that_policy_asks_for_find_their_template() {
        let library = Library::default();
        for kind in ["model card", "system card", "data sheet", "impact assessment", "monitoring plan"] {
            let id = id_for(kind).expect("a template");
            assert_eq!(library.get(id).expect("read").kind, kind);
        }
        assert_eq!(id_for("classification memo"), None);
    }

    #[test]
    fn the_organisations_file_stands_in_for_the_shipped_one_and_others_stand_beside() {
        let folder = tempfile::tempdir().expect("a folder");
        let one = "id = \"model-card\"\nversion = 7\ntitle = \"Our card\"\nkind = \"model card\"\nabout = \"Ours.\"\n\
                   [[section]]\ncode = \"a\"\nheading = \"A\"\nguidance = \"Say A.\"\n";
        fs::write(folder.path().join("model-card.toml"), one).expect("written");
        fs::write(folder.path().join("own.toml"), one.replace("model-card", "own")).expect("written");
        let library = Library::new(Some(folder.path().to_owned()));
        assert_eq!(library.get("model-card").expect("ours").version, 7);
        assert_eq!(library.get("own").expect("ours").sections.len(), 1);
        assert_eq!(library.ids().last().map(String::as_str), Some("own"));
        assert_eq!(library.get("data-sheet").expect("shipped").kind, "data sheet");
    }

    #[test]
    fn what_is_no_template_is_refused_with_file_and_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Library::new(Some(folder.path().to_owned()));
        let good = "id = \"own\"\nversion = 1\ntitle = \"T\"\nkind = \"k\"\nabout = \"A.\"\n";
        let section = "[[section]]\ncode = \"a\"\nheading = \"A\"\nguidance = \"G.\"\n";
        for (source, expected) in [
            (format!("{good}{section}{section}"), "the section “a” stands twice"),
            (format!("{good}{section}colour = 1\n"), "line 10: unknown field `colour`"),
            (good.replace("own", "other"), "line 1: missing field `section`"),
            (format!("{}{section}", good.replace("\"own\"", "\"other\"")), "its id is “other”"),
            (format!("{good}{}", section.replace("\"a\"", "\"../a\"")), "is not lower-case letters"),
            ("x".repeat(300_000), "it is larger than"),
        ] {
            fs::write(folder.path().join("own.toml"), &source).expect("written");
            let said = library.get("own").expect_err("refused").to_string();
            assert!(said.contains("own.toml") && said.contains(expected), "{said}");
        }
        fs::remove_file(folder.path().join("own.toml")).expect("removed");
        fs::create_dir(folder.path().join("own.toml")).expect("a folder");
        assert!(library.get("own").expect_err("refused").to_string().contains("not a regular file"));
        assert!(library.get("../../etc/passwd").expect_err("refused").to_string().contains("no document template"));
    }
}
