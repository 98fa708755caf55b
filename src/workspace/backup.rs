//! Copies of the whole file, made while it is in use.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::Workspace;
use super::error::{Error, Result};

/// Pages copied at a time; between them other writers get their turn.
const PAGES: i32 = 2048;

/// Copies the database to a file that is not there yet. It is written under another name and renamed when whole.
/// `progress` is told how many pages are done and how many there are, and returns false to stop.
pub(super) fn copy_to(conn: &Connection, path: &Path, progress: &dyn Fn(i32, i32) -> bool) -> Result<()> {
    let file_error = |source| Error::File { action: "Writing the backup", path: path.to_owned(), source };
    if path.exists() {
        return Err(Error::Exists(path.to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file is made readable by its owner only.
    let temporary = tempfile::NamedTempFile::new_in(folder).map_err(file_error)?;
    let mut copy = Connection::open(temporary.path())?;
    {
        let backup = Backup::new(conn, &mut copy)?;
        loop {
            let step = backup.step(PAGES)?;
            let state = backup.progress();
            if !progress(state.pagecount - state.remaining, state.pagecount) {
                return Err(Error::Cancelled);
            }
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
    // One file that stands alone: no log beside it.
    copy.execute_batch("PRAGMA journal_mode = DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    let file = temporary.persist_noclobber(path).map_err(|error| file_error(error.error))?;
    file.sync_all().map_err(file_error)?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(file_error)?;
    Ok(())
}

impl Workspace {
    /// Copies the workspace to a file that is not there yet, while others may go on working. `progress` is told how many
    /// pages are done and how many there are, and returns false to stop.
    ///
    /// # Errors
    /// Where there is a file already, or it cannot be written.
    pub fn backup(&self, path: &Path, progress: &dyn Fn(i32, i32) -> bool) -> Result<()> {
        copy_to(&self.conn, path, progress)
    }
}
