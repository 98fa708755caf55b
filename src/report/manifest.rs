//! The manifest beside a pack: which files were made, with their SHA-256. By it a later pack knows what it may replace,
//! and anybody can tell whether a file is still what was handed out.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::model::Pack;
use super::write::Output;
use crate::workspace::hex;

/// The manifest's file.
pub const NAME: &str = "pack.manifest.json";

const FORMAT: &str = "probity-pack-manifest";

/// A manifest larger than this is none of ours.
const MOST_BYTES: u64 = 1 << 20;

/// What was made, and when.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    workspace: String,
    made_at: String,
    made_by: String,
    history_head: String,
    files: Vec<Listed>,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    name: String,
    bytes: u64,
    sha256: String,
    /// When its pack was made: files of an earlier pack that this one did not replace stay listed.
    made_at: String,
    history_head: String,
}

/// The manifest of a folder, if there is one that can be read.
///
/// # Errors
/// Where the folder is something else.
pub fn read(folder: &Path) -> Result<Option<Manifest>> {
    if folder.exists() && !folder.is_dir() {
        return Err(Error::NotAFolder(folder.to_owned()));
    }
    let Ok(file) = File::open(folder.join(NAME)) else { return Ok(None) };
    let mut text = String::new();
    if file.take(MOST_BYTES).read_to_string(&mut text).is_err() {
        return Ok(None);
    }
    Ok(serde_json::from_str::<Manifest>(&text).ok().filter(|manifest| manifest.format == FORMAT))
}

/// Whether every file may be written: it is not there yet, or it is ours and unchanged, or it is to be overwritten.
///
/// # Errors
/// Names the first file that is in the way.
pub fn check(output: &Output<'_>, names: &[String], known: Option<&Manifest>) -> Result<()> {
    let csv = output.folder.join(super::write::Format::Csv.file_name());
    if names.iter().any(|name| name.contains('/')) && csv.symlink_metadata().is_ok_and(|info| !info.is_dir()) {
        return Err(Error::Exists { path: csv, why: "is not a folder" });
    }
    let manifest = NAME.to_owned();
    for name in names.iter().chain(std::iter::once(&manifest)) {
        let path = output.folder.join(name);
        let Ok(info) = path.symlink_metadata() else { continue };
        let made = known.and_then(|known| known.files.iter().find(|made| made.name == *name));
        let why = if info.is_dir() {
            "is a folder"
        } else if output.force || (*name == manifest && known.is_some()) {
            continue;
        } else if let Some(made) = made {
            if info.is_file() && info.len() == made.bytes && sha256(&path).is_ok_and(|(hash, _)| hash == made.sha256) {
                continue;
            }
            "was changed since it was exported"
        } else {
            "was not made by an export"
        };
        return Err(Error::Exists { path, why });
    }
    Ok(())
}

impl Manifest {
    /// The manifest of the files in `scratch`, with what an earlier pack left in `folder`.
    ///
    /// # Errors
    /// Where a file cannot be read again.
    pub fn of(pack: &Pack, scratch: &Path, names: &[String], known: Option<&Self>, folder: &Path) -> Result<Self> {
        let about = &pack.about;
        let made_at = about.made_at.to_rfc3339();
        let mut files = Vec::new();
        for name in names {
            let path = scratch.join(name);
            let (sha256, bytes) =
                sha256(&path).map_err(|source| Error::File { action: "Reading", path: path.clone(), source })?;
            let (made_at, history_head) = (made_at.clone(), about.history_head.clone());
            files.push(Listed { name: name.clone(), bytes, sha256, made_at, history_head });
        }
        let earlier = known.iter().flat_map(|known| &known.files);
        files.extend(earlier.filter(|made| !names.contains(&made.name) && folder.join(&made.name).is_file()).cloned());
        Ok(Self {
            format: FORMAT.to_owned(),
            version: 1,
            workspace: about.workspace.to_string(),
            made_at,
            made_by: about.made_by.to_string(),
            history_head: about.history_head.clone(),
            files,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// What writing says.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *to, self).map_err(io::Error::from)?;
        to.write_all(b"\n")
    }
}

/// A file's SHA-256 and size.
fn sha256(path: &Path) -> io::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut file = fs::File::open(path)?;
    let mut buffer = vec![0_u8; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex(&hash.finalize()), bytes));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}
