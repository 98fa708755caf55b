//! A draft as a mapping's TOML, fit to be read, corrected and shared.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Draft, Use, takes_several};
use crate::exchange::mapping::Target;
use crate::exchange::mapping::words::fold;
use crate::exchange::table::Format;
use crate::exchange::{Error, Result};
use crate::record::{FieldKind, Kind, REVIEW, SYSTEM};

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

impl Draft {
    /// The mapping's TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = format!("id = {}\ntitle = {}\n", quoted(&self.id), quoted(&self.title));
        let key: Vec<String> = self.key.iter().map(|at| self.column(*at, "")).collect();
        let _ = writeln!(out, "blank = {}\nkey = [{}]\n", list(&self.blank), key.join(", "));
        out.push_str("[read]\n");
        let _ = match &self.format {
            Format::Delimited { delimiter, encoding } => {
                writeln!(out, "encoding = {}\ndelimiter = {}", quoted(encoding), quoted(&delimiter.to_string()))
            }
            Format::Xlsx { sheet, .. } => writeln!(out, "sheet = {}", quoted(sheet)),
        };
        if !self.formats.is_empty() {
            let _ = writeln!(out, "\n[dates]\nformats = {}", list(&self.formats));
        }
        for at in 0..self.columns.len() {
            self.write_map(&mut out, at);
        }
        for target in Target::all() {
            self.write_field(&mut out, target);
        }
        for kind in [&SYSTEM, &REVIEW] {
            self.write_notes(&mut out, kind);
        }
        out
    }

    /// The columns used for something.
    fn used_for(&self, used: Use) -> Vec<usize> {
        (0..self.columns.len()).filter(|at| self.columns[*at].used == used).collect()
    }

    /// A column as a mapping names it, with more keys where `more` holds them.
    fn column(&self, at: usize, more: &str) -> String {
        let header = &self.columns[at].header;
        let same = |other: usize| fold(&self.columns[other].header) == fold(header);
        let which = if header.is_empty() {
            format!("number = {}", at + 1)
        } else if (0..self.columns.len()).filter(|other| same(*other)).count() > 1 {
            let nth = (0..=at).filter(|other| same(*other)).count();
            format!("column = {}, nth = {nth}", quoted(header))
        } else if more.is_empty() {
            return quoted(header);
        } else {
            format!("column = {}", quoted(header))
        };
        format!("{{ {which}{more} }}")
    }

    fn map_name(at: usize) -> String {
        format!("column-{}", at + 1)
    }

    fn write_map(&self, out: &mut String, at: usize) {
        let column = &self.columns[at];
        if column.values.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n[map.{}]", Self::map_name(at));
        let mut written: Vec<String> = Vec::new();
        for (text, count, choice) in &column.values {
            let folded = fold(text).into_owned();
            if written.contains(&folded) {
                continue;
            }
            written.push(folded);
            let _ = match choice {
                Some(choice) => writeln!(out, "{} = {}", quoted_key(text), quoted(choice)),
                // Left for a person to fill in.
                None => writeln!(out, "# {} = \"\"  # {count} times; goes to the notes", quoted_key(text)),
            };
        }
    }

    fn write_field(&self, out: &mut String, target: Target) {
        let columns = self.used_for(Use::Field(target));
        let Some(first) = columns.first() else { return };
        let _ = writeln!(out, "\n[[field]]\nto = {}", quoted(&target.name()));
        let map = |at: usize| {
            if self.columns[at].values.is_empty() {
                String::new()
            } else {
                format!(", map = {}", quoted(&Self::map_name(at)))
            }
        };
        if columns.len() == 1 || !takes_several(target) {
            let _ = writeln!(out, "from = {}", self.column(*first, &map(*first)));
        } else {
            out.push_str("from = [\n");
            for at in &columns {
                let labelled = target.field.kind == FieldKind::Prose && !self.columns[*at].header.is_empty();
                let label =
                    if labelled { format!(", label = {}", quoted(&self.columns[*at].header)) } else { String::new() };
                let _ = writeln!(out, "    {},", self.column(*at, &format!("{}{label}", map(*at))));
            }
            out.push_str("]\n");
        }
        if target.field.is_list() {
            out.push_str("split = [\",\", \";\", \"\\n\"]\n");
        }
    }

    fn write_notes(&self, out: &mut String, kind: Kind) {
        let columns = self.used_for(Use::Notes(kind));
        if columns.is_empty() {
            return;
        }
        let _ = writeln!(out, "\n[[note]]\nto = {}\nfrom = [", quoted(&format!("{}.notes", kind.name)));
        for at in columns {
            let _ = writeln!(out, "    {},", self.column(at, ""));
        }
        out.push_str("]\n");
    }

    /// Saves the mapping as `ID.toml` in a folder, which is made where there is none. Written beside it first and then
    /// moved, so that there is never half a file.
    ///
    /// # Errors
    /// As [`Draft::mapping`]; where there is such a file already and `replace` is not set; and where the folder cannot
    /// be written.
    pub fn save(&self, folder: &Path, replace: bool) -> Result<PathBuf> {
        self.mapping()?;
        let path = folder.join(format!("{}.toml", self.id));
        let failed = |message: String| Error::Mapping { file: path.display().to_string(), line: None, message };
        if path.exists() && !replace {
            return Err(failed(
                "there is a mapping of this name already. Choose another id, or replace it.".to_owned(),
            ));
        }
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            std::io::Write::write_all(&mut file, self.to_toml().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| failed(format!("the mapping cannot be saved: {error}.")))?;
        Ok(path)
    }
}

/// A text as the key of a TOML table, always on one line: a comment must not run into the next.
fn quoted_key(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() || crate::text::is_unsafe(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
