//! The content of evidence: reading a file with its hash, keeping a copy inside, giving it back.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::schema::hex;
use super::{Edit, Workspace};
use crate::record::{EVIDENCE, Record, Value};
use crate::text;

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

/// Told now and then how many bytes of how many have been read; says whether to go on.
pub type Watch<'w> = &'w mut dyn FnMut(u64, u64) -> bool;

impl Registered {
    /// Reads a regular file once: its hash, its size, and its content when it has at most `limit` bytes. A symbolic link is
    /// followed, and the file that it leads to is what is registered.
    ///
    /// # Errors
    /// Where it is no regular file, cannot be read, or changed while it was read.
    pub fn read(path: &Path, limit: u64) -> Result<Self> {
        Self::read_watched(path, limit, &mut |_, _| true)
    }

    /// The same for a file that may be large.
    ///
    /// # Errors
    /// As [`Registered::read`], and [`Error::Cancelled`] where `watch` said no.
    pub fn read_watched(path: &Path, limit: u64, watch: Watch<'_>) -> Result<Self> {
        let failed = |source| Error::File { action: "Reading", path: path.to_owned(), source };
        let origin = fs::canonicalize(path).map_err(|source| match leads_to(path) {
            Some(target) => failed(io::Error::new(
                source.kind(),
                format!("it is a link that leads to {}, where no file can be read ({source})", target.display()),
            )),
            None => failed(source),
        })?;
        let Digested { sha256, bytes, data } = digest(&origin, limit, watch).map_err(|error| match error {
            Error::File { action, source, .. } => match leads_to(path) {
                Some(_) => {
                    let why = format!("it is a link that leads to {}: {source}", origin.display());
                    Error::File { action, path: path.to_owned(), source: io::Error::new(source.kind(), why) }
                }
                None => Error::File { action, path: path.to_owned(), source },
            },
            other => other,
        })?;
        Ok(Self { sha256, bytes, media_type: media_type(&origin), data, origin })
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

/// Where a path leads, if what stands there is a symbolic link.
#[must_use]
pub fn leads_to(path: &Path) -> Option<PathBuf> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|info| info.file_type().is_symlink());
    if is_link { fs::read_link(path).ok() } else { None }
}

struct Digested {
    sha256: String,
    bytes: u64,
    data: Option<Vec<u8>>,
}

/// Reads a file in pieces, so that its size does not matter; keeps what it holds where that is at most `limit` bytes.
///
/// What is no regular file is refused before it is opened, and again once it is open: a pipe that stands there in the
/// meantime is opened without waiting for its other end.
fn digest(path: &Path, limit: u64, watch: Watch<'_>) -> Result<Digested> {
    let failed = |source| Error::File { action: "Reading", path: path.to_owned(), source };
    regular(&fs::metadata(path).map_err(failed)?).map_err(failed)?;
    let mut file = open_unblocked(path).map_err(failed)?;
    let before = file.metadata().map_err(failed)?;
    regular(&before).map_err(failed)?;
    let keep = before.len() <= limit;
    let mut data = Vec::new();
    let mut hash = Sha256::new();
    let mut bytes = 0_u64;
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        if !watch(bytes, before.len()) {
            return Err(Error::Cancelled);
        }
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        bytes += read as u64;
        // A file that grows without end is not read without end.
        if bytes > before.len() {
            break;
        }
        hash.update(&buffer[..read]);
        if keep {
            data.extend_from_slice(&buffer[..read]);
        }
    }
    let after = file.metadata().map_err(failed)?;
    let there = fs::metadata(path).map_err(failed)?;
    if bytes != before.len() || !is_same(&before, &after) || !is_same(&before, &there) {
        return Err(failed(io::Error::other("it changed while it was read; try again when it is finished")));
    }
    Ok(Digested { sha256: hex(&hash.finalize()), bytes, data: keep.then_some(data) })
}

/// Refuses what is no regular file, and says what it is.
fn regular(info: &Metadata) -> io::Result<()> {
    let kind = info.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let what = if kind.is_dir() { "a folder" } else { special(kind) };
    Err(io::Error::other(format!("it is {what}, not a regular file; register a file, or a link with --link")))
}

#[cfg(unix)]
fn special(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: fs::FileType) -> &'static str {
    "no regular file"
}

#[cfg(unix)]
fn open_unblocked(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    fs::OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open_unblocked(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Whether it is still the same file with the same content, as far as the file system tells.
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if (one.dev(), one.ino(), one.ctime(), one.ctime_nsec())
            != (other.dev(), other.ino(), other.ctime(), other.ctime_nsec())
        {
            return false;
        }
    }
    one.len() == other.len() && one.modified().ok() == other.modified().ok()
}

/// What a look at the origin of evidence found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The same bytes as were registered.
    Unchanged,
    /// Something else; says what.
    Changed(String),
    /// Nothing.
    Missing(String),
    /// Something that cannot be read; says why.
    Unreadable(String),
    /// Nothing was looked at; says why.
    NotChecked(String),
}

impl Found {
    /// The word in records, one of [`crate::record::evidence::DRIFT`].
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed(_) => "changed",
            Self::Missing(_) => "missing",
            Self::Unreadable(_) => "unreadable",
            Self::NotChecked(_) => "not checked",
        }
    }

    /// What exactly was found.
    #[must_use]
    pub fn note(&self) -> &str {
        match self {
            Self::Unchanged => "",
            Self::Changed(note) | Self::Missing(note) | Self::Unreadable(note) | Self::NotChecked(note) => note,
        }
    }

    /// Whether evidence no longer stands on its origin.
    #[must_use]
    pub const fn is_drift(&self) -> bool {
        matches!(self, Self::Changed(_) | Self::Missing(_) | Self::Unreadable(_))
    }

    /// The edit that keeps it.
    #[must_use]
    pub fn edit(&self, evidence: &Record, at: DateTime<Utc>) -> Edit {
        let note = if self.note().is_empty() { Value::Empty } else { Value::text(self.note()) };
        let fields = vec![("drift", Value::text(self.word())), ("drift_note", note), ("checked_at", Value::Moment(at))];
        Edit::Set { kind: &EVIDENCE, id: evidence.id().to_owned(), version: Some(evidence.version()), fields }
    }
}

/// Looks at the origin of evidence and hashes it again. Addresses are never fetched: this program works offline.
///
/// A link that stands where the registered file stood is not followed: what it leads to is not what was registered.
///
/// # Errors
/// Only [`Error::Cancelled`], where `watch` said no; whatever is wrong with the origin is what was found.
pub fn look_at_origin(evidence: &Record, watch: Watch<'_>) -> Result<Found> {
    let origin = evidence.text("origin").unwrap_or_default();
    let unseen = |why: &str| Ok(Found::NotChecked(why.to_owned()));
    let Some(registered) = evidence.text("sha256").filter(|hash| !hash.is_empty()) else {
        let address = origin.contains("://");
        return unseen(if address { "an address; nothing is fetched" } else { "no file was registered" });
    };
    if origin.contains("://") {
        return unseen("an address; nothing is fetched");
    }
    let path = Path::new(origin);
    if !path.is_absolute() {
        return unseen("its origin is no place on this machine");
    }
    let place = text::line(origin);
    if let Some(target) = leads_to(path) {
        let target = target.to_string_lossy().into_owned();
        return Ok(Found::Changed(format!("a link that leads to {} stands in its place", text::line(&target))));
    }
    match digest(path, 0, watch) {
        Ok(now) if now.sha256 == registered => Ok(Found::Unchanged),
        Ok(now) => {
            let was = evidence.number("bytes").unwrap_or(0);
            Ok(Found::Changed(format!("{} bytes now, {was} when it was registered; SHA-256 {}", now.bytes, now.sha256)))
        }
        Err(Error::Cancelled) => Err(Error::Cancelled),
        Err(Error::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(Found::Missing(format!("nothing is at {place} any more")))
        }
        Err(Error::File { source, .. }) => Ok(Found::Unreadable(text::line(&source.to_string()).into_owned())),
        Err(other) => Ok(Found::Unreadable(text::line(&other.to_string()).into_owned())),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(path: &Path, hash: &str) -> Record {
        let mut evidence = Record::empty(&EVIDENCE);
        evidence.set("origin", path.to_string_lossy().into_owned());
        evidence.set("sha256", hash);
        evidence
    }

    fn look(evidence: &Record) -> Found {
        look_at_origin(evidence, &mut |_, _| true).expect("a finding")
    }

    fn refusal(path: &Path) -> String {
        Registered::read(path, 100).expect_err("it is refused").to_string()
    }

    #[test]
    fn a_file_is_kept_up_to_the_limit_and_hashed_beyond_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.csv");
        fs::write(&path, b"abc").expect("a file");
        let whole = Registered::read(&path, 3).expect("it is read");
        assert_eq!(whole.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((whole.data.as_deref(), whole.media_type), (Some(&b"abc"[..]), "text/csv"));
        let outside = Registered::read(&path, 2).expect("it is read");
        assert_eq!((outside.data, outside.bytes, outside.sha256), (None, 3, whole.sha256));
    }

    #[test]
    fn an_origin_is_unchanged_changed_or_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.csv");
        fs::write(&path, b"abc").expect("a file");
        let evidence = registered(&path, &Registered::read(&path, 9).expect("it is read").sha256);
        assert_eq!(look(&evidence), Found::Unchanged);
        fs::write(&path, b"abcd").expect("a file");
        assert!(look(&evidence).note().starts_with("4 bytes now"), "{:?}", look(&evidence));
        fs::remove_file(&path).expect("it goes");
        assert_eq!(look(&evidence).word(), "missing");
        fs::create_dir(&path).expect("a folder");
        assert_eq!(look(&evidence).word(), "unreadable");
    }

    #[test]
    fn addresses_and_places_elsewhere_are_not_looked_at() {
        let mut evidence = registered(Path::new("https://example.org/report"), "");
        evidence.set("sha256", Value::Empty);
        assert_eq!(look(&evidence), Found::NotChecked("an address; nothing is fetched".to_owned()));
        let elsewhere = registered(Path::new("reports/one.csv"), "ab");
        assert!(matches!(look(&elsewhere), Found::NotChecked(_)));
    }

    #[test]
    fn folders_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(refusal(folder.path()).contains("a folder"), "{}", refusal(folder.path()));
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_pipes_are_refused_without_waiting() {
        assert!(refusal(Path::new("/dev/zero")).contains("a device"));
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        assert!(refusal(&pipe).contains("a pipe"), "{}", refusal(&pipe));
        assert_eq!(look(&registered(&pipe, "ab")).word(), "unreadable");
        // Even where it was a file when it was looked at first.
        assert!(open_unblocked(&pipe).is_ok(), "opening does not wait for the other end");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_never_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
        fs::write(&file, b"abc").expect("a file");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        let read = Registered::read(&link, 9).expect("it is read");
        assert_eq!(read.origin, fs::canonicalize(&file).expect("a place"));
        // A link with the very same content in the place of the file is still not that file.
        let evidence = registered(&link, &read.sha256);
        assert!(look(&evidence).note().contains("a link that leads to"), "{:?}", look(&evidence));
        fs::remove_file(&file).expect("it goes");
        assert!(refusal(&link).contains("leads to"), "{}", refusal(&link));
        let loops = folder.path().join("loop");
        std::os::unix::fs::symlink(&loops, &loops).expect("a link");
        assert!(refusal(&loops).contains("leads to"), "{}", refusal(&loops));
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("growing.log");
        let refused = |change: &dyn Fn()| {
            fs::write(&path, vec![b'x'; 200_000]).expect("a file");
            let mut begun = false;
            let read = Registered::read_watched(&path, 1 << 20, &mut |done, _| {
                if done > 0 && !begun {
                    begun = true;
                    change();
                }
                true
            });
            read.expect_err("it changed").to_string()
        };
        let longer = refused(&|| fs::write(&path, vec![b'y'; 300_000]).expect("a longer file"));
        let shorter = refused(&|| fs::write(&path, b"y").expect("a shorter file"));
        let replaced = refused(&|| {
            let other = folder.path().join("other");
            fs::write(&other, vec![b'x'; 200_000]).expect("a file");
            fs::rename(&other, &path).expect("it takes the place");
        });
        let gone = refused(&|| fs::remove_file(&path).expect("it goes"));
        assert!([longer, shorter, replaced].iter().all(|why| why.contains("changed while it was read")));
        assert!(gone.contains("failed"), "{gone}");
    }

    #[test]
    fn a_file_larger_than_any_disk_is_cancelled_in_its_middle() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("huge");
        // Sparse: it takes no room, and no test reads it to its end.
        let made = File::create(&path).and_then(|file| file.set_len(1 << 43));
        if made.is_err() {
            eprintln!("skipped: this file system holds no file of 8 TiB, not even a sparse one");
            return;
        }
        let mut told = Vec::new();
        let read = Registered::read_watched(&path, 1 << 20, &mut |done, all| {
            told.push((done, all));
            done < 1 << 18
        });
        assert!(matches!(read, Err(Error::Cancelled)));
        assert_eq!(told.first(), Some(&(0, 1 << 43)));
    }
}
