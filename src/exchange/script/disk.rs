//! Files on the disk: evidence whose origin is a place on this machine, which somebody changes later, and which is looked at
//! again. All of it is real, so that a look that the user takes finds the same.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::play::Player;
use super::when::dated;
use crate::record::EVIDENCE;
use crate::text;
use crate::workspace::{Edit, Registered, look_at_origin};

/// Files up to this many bytes are kept inside; those of a script are all smaller.
const KEPT: u64 = 1 << 20;

/// Writes a file of a script into its folder.
fn put(folder: Option<&Path>, name: &str, content: &str) -> Result<PathBuf, String> {
    let folder = folder.ok_or("There is no folder on the disk to keep a file in.")?;
    let path = folder.join(text::file_name(name));
    let failed = |error: std::io::Error| format!("Writing {} failed: {error}.", path.display());
    fs::create_dir_all(folder).map_err(failed)?;
    fs::write(&path, content).map_err(failed)?;
    Ok(path)
}

impl Player<'_> {
    /// A file of the script with its dates.
    pub(super) fn content(&self, name: &str) -> Result<String, String> {
        let missing = || format!("There is no file “{}” beside the script.", text::line(name));
        let (_, content) = self.source.files.iter().find(|(known, _)| *known == name).ok_or_else(missing)?;
        dated(content, self.today).map_err(|error| format!("{}: {error}", text::line(name)))
    }

    /// Registers a file of the script that stands on the disk.
    pub(super) fn registered_from_disk(&self, name: &str) -> Result<Registered, String> {
        let path = put(self.source.folder, name, &self.content(name)?)?;
        Registered::read(&path, KEPT).map_err(|error| error.to_string())
    }

    /// Puts the content of another file of the script in the place of one on the disk.
    pub(super) fn replace(&self, name: &str, by: &str) -> Result<(), String> {
        put(self.source.folder, name, &self.content(by)?).map(drop)
    }

    /// What a look at the origin of evidence finds now, as an edit.
    pub(super) fn look(&self, chapter: usize, name: &str, at: DateTime<Utc>) -> Result<Edit, String> {
        let (_, id) = self.meant(chapter, name)?;
        let evidence = self.records.get(&id).filter(|record| record.kind() == &EVIDENCE);
        let evidence = evidence.ok_or_else(|| format!("{} is no evidence of an earlier step.", text::line(name)))?;
        let found = look_at_origin(evidence, &mut |_, _| true).map_err(|error| error.to_string())?;
        Ok(found.edit(evidence, at))
    }
}
