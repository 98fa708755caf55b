//! Files of text in and out, whole and careful: nothing that is there is overwritten, nothing too large is read.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The system refused.
    #[error("{action} {} failed: {source}.", .path.display())]
    Failed {
        /// What was tried: `Reading`, `Writing`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what is asked for.
    #[error("{0}")]
    Unfit(String),
    /// There is a file with this name.
    #[error("There is a file {} already. Name another, or move it away.", .0.display())]
    Exists(PathBuf),
}

/// The text of a file of so many bytes at the most; `-` is standard input. Bytes that are no UTF-8 are refused.
///
/// # Errors
/// Where it cannot be read, is no regular file, is larger, or is no text.
pub fn text_of(file: &Path, most: u64) -> Result<String, FileError> {
    let failed = |source| FileError::Failed { action: "Reading", path: file.to_owned(), source };
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        if fs::metadata(file).map_err(failed)?.is_dir() {
            return Err(FileError::Unfit(format!("{} is a folder; name a file in it.", file.display())));
        }
        fs::File::open(file).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    let refuse = |why: String| Err(FileError::Unfit(format!("{} {why} Nothing was written.", file.display())));
    if bytes.len() as u64 > most {
        return refuse(format!("is larger than {most} bytes."));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').to_owned()),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            refuse(format!("is not UTF-8 text: byte {} cannot be read. Save it as UTF-8 and try again.", at + 1))
        }
    }
}

/// Writes a file that is not there yet: under another name first, renamed when whole.
///
/// # Errors
/// Where there is a file already, or it cannot be written.
pub fn write_new(path: &Path, data: &[u8]) -> Result<(), FileError> {
    let failed = |source| FileError::Failed { action: "Writing", path: path.to_owned(), source };
    let exists = || FileError::Exists(path.to_owned());
    if fs::symlink_metadata(path).is_ok() {
        return Err(exists());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(data).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(exists()),
        Err(error) => Err(failed(error.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_once_and_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.md");
        write_new(&path, "\u{feff}Grüße".as_bytes()).unwrap();
        assert_eq!(text_of(&path, 99).unwrap(), "Grüße");
        assert!(matches!(write_new(&path, b"other"), Err(FileError::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), "\u{feff}Grüße".as_bytes());
    }

    #[test]
    fn what_is_no_text_or_too_large_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write_new(&path, b"ab\xff").unwrap();
        let said = |result: Result<String, FileError>| result.unwrap_err().to_string();
        assert!(said(text_of(&path, 99)).contains("byte 3"));
        assert!(said(text_of(&path, 2)).contains("larger than 2 bytes"));
        assert!(said(text_of(folder.path(), 2)).contains("is a folder"));
        assert!(said(text_of(&folder.path().join("none"), 2)).starts_with("Reading "));
    }
}
