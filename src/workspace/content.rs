//! The content of evidence: reading a file with its hash, keeping a copy inside, giving it back.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::schema::hex;
use super::{Edit, Workspace};
use crate::record::{EVIDENCE, Value};

/// A file, read for registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Where it was, as an absolute path.
    pub origin: PathBuf,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its type, as its name tells it.
    pub media_type: &'static str,
    /// Its content, where it is small enough to be kept inside.
    pub data: Option<Vec<u8>>,
}

impl Registered {
    /// Reads a regular file once: its hash, its size, and its content when it has at most `limit` bytes.
    ///
    /// # Errors
    /// Where it is no regular file, cannot be read, or changed while it was read.
    pub fn read(path: &Path, limit: u64) -> Result<Self> {
        let failed = |source| Error::File { action: "Reading", path: path.to_owned(), source };
        let refused = |why: &str| failed(std::io::Error::other(why.to_owned()));
        let origin = fs::canonicalize(path).map_err(failed)?;
        let info = fs::metadata(&origin).map_err(failed)?;
        if !info.is_file() {
            return Err(refused("it is not a regular file; register a file, or a link with --link"));
        }
        let mut file = File::open(&origin).map_err(failed)?;
        let keep = info.len() <= limit;
        let mut data = Vec::new();
        let mut hash = Sha256::new();
        let mut bytes = 0_u64;
        let mut buffer = vec![0_u8; 1 << 16];
        loop {
            let read = file.read(&mut buffer).map_err(failed)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hash.update(&buffer[..read]);
            if keep && bytes <= limit {
                data.extend_from_slice(&buffer[..read]);
            }
        }
        let after = fs::metadata(&origin).map_err(failed)?;
        if bytes != info.len() || after.len() != info.len() || after.modified().ok() != info.modified().ok() {
            return Err(refused("it changed while it was read; register it when it is finished"));
        }
        Ok(Self {
            sha256: hex(&hash.finalize()),
            bytes,
            media_type: media_type(&origin),
            data: keep.then_some(data),
            origin,
        })
    }

    /// The same for content that is at hand, from an origin that is not a file here.
    #[must_use]
    pub fn from_bytes(origin: &str, data: Vec<u8>) -> Self {
        Self {
            origin: PathBuf::from(origin),
            sha256: hex(&Sha256::digest(&data)),
            bytes: data.len() as u64,
            media_type: media_type(Path::new(origin)),
            data: Some(data),
        }
    }

    /// The edits that register it as evidence with these fields.
    #[must_use]
    pub fn edits(self, id: &str, mut fields: Vec<(&'static str, Value)>) -> Vec<Edit> {
        let stored = self.data.is_some();
        if !fields.iter().any(|(name, _)| *name == "origin") {
            fields.push(("origin", Value::text(self.origin.to_string_lossy())));
        }
        fields.extend([
            ("sha256", Value::text(self.sha256.clone())),
            ("bytes", Value::Number(i64::try_from(self.bytes).unwrap_or(i64::MAX))),
            ("media_type", Value::text(self.media_type)),
            ("stored", Value::Flag(stored)),
        ]);
        let mut edits = Vec::new();
        if let Some(data) = self.data {
            edits.push(Edit::KeepContent { sha256: self.sha256, data });
        }
        edits.push(Edit::Add { kind: &EVIDENCE, id: id.to_owned(), fields });
        edits
    }
}

/// The media type that a file's name tells (IANA), for the sorts of file that evidence comes in.
#[must_use]
pub fn media_type(path: &Path) -> &'static str {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "md" | "markdown" => "text/markdown",
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "json" | "ipynb" => "application/json",
        "html" | "htm" => "text/html",
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "svg" => "image/svg+xml",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "toml" => "application/toml",
        "yaml" | "yml" => "application/yaml",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "parquet" => "application/vnd.apache.parquet",
        _ => "application/octet-stream",
    }
}

impl Workspace {
    /// The copy of evidence that the workspace keeps, by its SHA-256.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn content(&self, sha256: &str) -> Result<Option<Vec<u8>>> {
        Ok(self
            .conn
            .prepare_cached("SELECT data FROM content WHERE sha256 = ?1")?
            .query_row([sha256], |row| row.get(0))
            .optional()?)
    }
}
