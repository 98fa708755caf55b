//! The mappings that come with the program, and those that people keep beside it.

use std::path::{Path, PathBuf};

use super::Mapping;
use crate::exchange::{Error, Result, shown};

/// A mapping that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name, which is its id.
    pub name: &'static str,
    /// Its text, to read and to copy.
    pub text: &'static str,
}

const SHIPPED: &[Shipped] = &[
    Shipped { name: "plain", text: include_str!("../../../assets/import/plain.toml") },
    Shipped { name: "us-federal-2023", text: include_str!("../../../assets/import/us-federal-2023.toml") },
    Shipped { name: "us-federal-2024", text: include_str!("../../../assets/import/us-federal-2024.toml") },
];

/// The largest file that is read as a mapping, in bytes.
const LARGEST: u64 = 1 << 20;

/// All mappings that come with the program.
#[must_use]
pub fn shipped() -> &'static [Shipped] {
    SHIPPED
}

/// The shipped mapping of this name.
///
/// # Errors
/// Names those that there are.
pub fn named(name: &str) -> Result<Mapping> {
    if let Some(known) = SHIPPED.iter().find(|known| known.name == name) {
        return Mapping::parse(known.name, known.text);
    }
    let names: Vec<&str> = SHIPPED.iter().map(|known| known.name).collect();
    let message = format!("there is no mapping of this name; there are {}. Or name a TOML file.", names.join(", "));
    Err(Error::Mapping { file: shown(name), line: None, message })
}

/// The mapping that a user means: a file, where the text ends in `.toml` or holds a `/`; otherwise `NAME.toml` in the
/// first of the folders that has it; otherwise a shipped one.
///
/// # Errors
/// As [`named`] and [`Mapping::parse`]; and where the file cannot be read.
pub fn find(name_or_file: &str, folders: &[PathBuf]) -> Result<Mapping> {
    let as_file = Path::new(name_or_file);
    let is_file = name_or_file.contains(std::path::MAIN_SEPARATOR)
        || as_file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if is_file {
        return read(as_file);
    }
    match folders.iter().map(|folder| folder.join(format!("{name_or_file}.toml"))).find(|path| path.is_file()) {
        Some(path) => read(&path),
        None => named(name_or_file),
    }
}

fn read(path: &Path) -> Result<Mapping> {
    let file = path.display().to_string();
    let refused = |message: String| Error::Mapping { file: file.clone(), line: None, message };
    let found = std::fs::metadata(path).map_err(|error| refused(format!("the mapping cannot be read: {error}.")))?;
    if !found.is_file() || found.len() > LARGEST {
        return Err(refused("this is not a mapping's file.".to_owned()));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| refused(format!("the mapping cannot be read: {error}.")))?;
    Mapping::parse(&file, &text)
}
