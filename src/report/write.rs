//! Writing a pack: all of it or nothing. Every file is written in full under another name in the same folder, and only
//! when all are there do they take their places. What was there and is not ours, or was edited since, is not touched.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rust_xlsxwriter::XlsxError;
use tempfile::TempDir;

use super::error::{Error, Result};
use super::manifest::{self, Manifest};
use super::model::Pack;
use super::page::{ROWS, Room, context};
use super::watch::Watch;
use super::{csv, json, template, xlsx};

/// A format of the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One page for a browser and for print.
    Html,
    /// The same as text.
    Markdown,
    /// A spreadsheet, one sheet a table.
    Xlsx,
    /// A folder of CSV files, one a table.
    Csv,
    /// The model itself.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Html, Self::Markdown, Self::Xlsx, Self::Csv, Self::Json];

    /// What people type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The file, or the folder, that it is written to.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Html => "pack.html",
            Self::Markdown => "pack.md",
            Self::Xlsx => "pack.xlsx",
            Self::Csv => "csv",
            Self::Json => "pack.json",
        }
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let typed = text.trim().to_lowercase();
        let known = Self::ALL.into_iter().find(|format| format.name() == typed);
        known
            .or_else(|| (typed == "markdown").then_some(Self::Markdown))
            .ok_or_else(|| Error::Format(crate::text::line(text.trim()).into_owned()))
    }
}

/// Where a pack goes, and as what.
#[derive(Debug, Clone)]
pub struct Output<'a> {
    /// The folder; it is made where there is none.
    pub folder: &'a Path,
    /// The formats; none means all.
    pub formats: &'a [Format],
    /// The folder of templates that stand in for shipped ones.
    pub templates: Option<&'a Path>,
    /// Whether files that are in the way are overwritten, whoever made them.
    pub force: bool,
    /// How many rows of a register the HTML and Markdown pages show at the most.
    pub rows: usize,
}

impl<'a> Output<'a> {
    /// All formats, with the shipped templates.
    #[must_use]
    pub fn to(folder: &'a Path) -> Self {
        Self { folder, formats: &Format::ALL, templates: None, force: false, rows: ROWS }
    }

    fn formats(&self) -> Vec<Format> {
        Format::ALL.into_iter().filter(|format| self.formats.is_empty() || self.formats.contains(format)).collect()
    }
}

/// Writes a pack in these formats, and returns the files it made. Beside them lies a manifest with the SHA-256 of each,
/// by which a later pack knows which files it may replace.
///
/// # Errors
/// Where the folder cannot be written, something is in the way, a template is wrong, or whoever watches stops it. The
/// folder is then as it was.
pub fn write_pack(pack: &Pack, output: &Output<'_>, watch: &mut Watch<'_>) -> Result<Vec<PathBuf>> {
    let formats = output.formats();
    let names = file_names(pack, &formats);
    let known = manifest::read(output.folder)?;
    manifest::check(output, &names, known.as_ref())?;
    let mut folder = Folder::make(output.folder)?;
    let scratch = tempfile::Builder::new()
        .prefix(".probity-pack-")
        .tempdir_in(output.folder)
        .map_err(|source| Error::writing(&output.folder.join(Format::Html.file_name()), source))?;
    let in_place = |error: Error| error.in_place(scratch.path(), output.folder);
    for format in &formats {
        write_format(pack, *format, &formats, output, scratch.path(), watch).map_err(in_place)?;
    }
    let manifest = Manifest::of(pack, scratch.path(), &names, known.as_ref(), output.folder).map_err(in_place)?;
    write_file(&scratch.path().join(manifest::NAME), watch, |to| manifest.write(to)).map_err(in_place)?;
    watch.at("Putting the files in place", 0, 0)?;
    let made = put_in_place(&scratch, output.folder, &names)?;
    folder.keep();
    Ok(made)
}

/// A page of the pack as text, for a preview.
///
/// # Errors
/// Names the template's file and line; or [`Error::Format`] where the format is no page.
pub fn page(pack: &Pack, format: Format, beside: &[Format], templates: Option<&Path>, rows: usize) -> Result<String> {
    let (name, pictures) = match format {
        Format::Html => ("pack.html.j2", true),
        Format::Markdown => ("pack.md.j2", false),
        other => return Err(Error::Format(other.name().to_owned())),
    };
    template::fill(name, context(pack, &Room { rows, formats: beside, pictures }), rows, templates)
}

/// The files of a pack, below its folder, with `/` between folder and file.
fn file_names(pack: &Pack, formats: &[Format]) -> Vec<String> {
    let mut names = Vec::new();
    for format in formats {
        if *format == Format::Csv {
            let folder = format.file_name();
            names.extend(pack.tables().iter().map(|table| format!("{folder}/{}.csv", table.name)));
        } else {
            names.push(format.file_name().to_owned());
        }
    }
    names
}

fn write_format(
    pack: &Pack,
    format: Format,
    all: &[Format],
    output: &Output<'_>,
    scratch: &Path,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let path = scratch.join(format.file_name());
    match format {
        Format::Html | Format::Markdown => {
            watch.at(if format == Format::Html { "Writing pack.html" } else { "Writing pack.md" }, 0, 0)?;
            let text = page(pack, format, all, output.templates, output.rows)?;
            write_file(&path, watch, |to| to.write_all(text.as_bytes()))
        }
        Format::Json => {
            watch.at("Writing pack.json", 0, 0)?;
            write_file(&path, watch, |to| json::write(pack, to))
        }
        Format::Csv => {
            fs::create_dir(&path).map_err(|source| Error::writing(&path, source))?;
            for table in pack.tables() {
                watch.at("Writing CSV files", 0, 0)?;
                let path = path.join(format!("{}.csv", table.name));
                write_file(&path, watch, |to| csv::write(&table, *pack.about.made_at.offset(), to))?;
            }
            Ok(())
        }
        Format::Xlsx => write_spreadsheet(pack, &path, scratch, watch),
    }
}

/// Writes the spreadsheet to a file; what does not fit in memory goes through files in `scratch`.
pub(super) fn write_spreadsheet(pack: &Pack, path: &Path, scratch: &Path, watch: &mut Watch<'_>) -> Result<()> {
    let total = pack.tables().iter().map(|table| table.rows.len() as u64).sum();
    let mut to = BufWriter::new(Stoppable::create(path, watch).map_err(|source| Error::writing(path, source))?);
    let done =
        xlsx::write(pack, &mut to, scratch, |done| watch.at("Writing pack.xlsx", done, total).map_err(Stop::Ours));
    let flushed = to.flush().and_then(|()| to.get_ref().to.sync_all());
    match done {
        Ok(()) => flushed.map_err(|source| stopped(watch, path, source)),
        Err(Stop::Ours(error)) => Err(error),
        Err(Stop::Theirs(_)) if watch.is_cancelled() => Err(Error::Cancelled),
        Err(Stop::Theirs(XlsxError::IoError(source) | XlsxError::TempFileError(_, source))) => {
            Err(Error::writing(path, source))
        }
        // The writer wraps what the disk said into errors of its own; the file itself remembers.
        Err(Stop::Theirs(error)) => Err(match to.get_ref().failed {
            Some(kind) => Error::writing(path, kind.into()),
            None => Error::Spreadsheet { path: path.to_owned(), why: error.to_string() },
        }),
    }
}

/// Why a spreadsheet was not finished.
enum Stop {
    Ours(Error),
    Theirs(XlsxError),
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Self {
        Self::Theirs(error)
    }
}

/// Writes one file to the disk itself.
pub(super) fn write_file(
    path: &Path,
    watch: &Watch<'_>,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let write = || {
        let mut to = BufWriter::new(Stoppable::create(path, watch)?);
        fill(&mut to)?;
        to.flush()?;
        to.get_ref().to.sync_all()
    };
    write().map_err(|source| stopped(watch, path, source))
}

fn stopped(watch: &Watch<'_>, path: &Path, source: io::Error) -> Error {
    if watch.is_cancelled() { Error::Cancelled } else { Error::writing(path, source) }
}

/// A file that takes nothing more once the work is to stop.
struct Stoppable<'a> {
    to: File,
    cancel: Option<&'a AtomicBool>,
    /// What the disk refused, if it did.
    failed: Option<io::ErrorKind>,
}

impl<'a> Stoppable<'a> {
    fn create(path: &Path, watch: &Watch<'a>) -> io::Result<Self> {
        Ok(Self { to: File::create(path)?, cancel: watch.flag(), failed: None })
    }
}

impl Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed)) {
            return Err(io::Error::other("cancelled"));
        }
        self.to.write(bytes).inspect_err(|error| self.failed = Some(error.kind()))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The pack's folder: taken away again if it was made for a pack that was not written.
struct Folder(Vec<PathBuf>);

impl Folder {
    fn make(folder: &Path) -> Result<Self> {
        let made = folder.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists());
        let made = Self(made.map(Path::to_owned).collect());
        fs::create_dir_all(folder).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => Error::NotAFolder(folder.to_owned()),
            _ => Error::writing(&folder.join(Format::Html.file_name()), source),
        })?;
        Ok(made)
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for folder in &self.0 {
            // Only an empty folder goes: whatever somebody else put there stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Renames the finished files into their places. Where one cannot be, those before it go back.
fn put_in_place(scratch: &TempDir, folder: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let mut moved: Vec<(PathBuf, Option<PathBuf>)> = Vec::new();
    let mut put = |name: &str| -> io::Result<()> {
        let (from, to) = (scratch.path().join(name), folder.join(name));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        let aside = scratch.path().join(format!("was-{}", moved.len()));
        let before = to.symlink_metadata().is_ok().then_some(aside);
        if let Some(aside) = &before {
            fs::rename(&to, aside)?;
        }
        moved.push((to.clone(), before));
        fs::rename(&from, &to)
    };
    let last = manifest::NAME.to_owned();
    let failed = names.iter().chain(std::iter::once(&last)).find_map(|name| put(name).err().map(|error| (name, error)));
    if let Some((name, source)) = failed {
        for (to, before) in moved.iter().rev() {
            let _ = match before {
                Some(aside) => fs::rename(aside, to),
                None => fs::remove_file(to),
            };
        }
        let _ = fs::remove_dir(folder.join(Format::Csv.file_name()));
        return Err(Error::writing(&folder.join(name), source));
    }
    Ok(moved.into_iter().map(|(path, _)| path).collect())
}
