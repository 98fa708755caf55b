//! Making and opening the file, and bringing an older one up to date after a backup of it.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::error::{BUSY_SECONDS, Error, Result};
use super::{SharedTerms, Workspace, schema};

/// Whether a workspace is opened to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// To read and write.
    #[default]
    Write,
    /// To read only.
    Read,
}

/// How to open.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// To write, or to read only.
    pub access: Access,
    /// A rollback journal instead of a write-ahead log, for disks on which shared memory does not work (network
    /// shares, some ZFS set-ups).
    pub rollback_journal: bool,
}

impl Workspace {
    /// Makes a new, empty workspace, readable by its owner only.
    ///
    /// # Errors
    /// Where there is a file already, or it cannot be made. A file that was begun is taken away again.
    pub fn create(path: &Path, terms: SharedTerms) -> Result<Self> {
        let file_error = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => Error::Exists(path.to_owned()),
            io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly,
            io::ErrorKind::StorageFull => Error::DiskFull,
            _ => Error::File { action: "Making", path: path.to_owned(), source },
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(file_error)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map_err(file_error)?;
        let made = Self::fill(path, terms);
        if made.is_err() {
            take_away(path);
        }
        made
    }

    fn fill(path: &Path, terms: SharedTerms) -> Result<Self> {
        let mut conn = connect(path, Options::default())?;
        settle(&conn, Options::default())?;
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::migrate(&tx)?;
        tx.execute("INSERT INTO meta(key, value) VALUES ('workspace', ?1)", [super::new_id(chrono::Utc::now())])?;
        tx.commit()?;
        conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(Self { conn, path: path.to_owned(), terms, lawgiver: None, read_only: false })
    }

    /// Opens a workspace. An older one is brought up to date first, in one transaction, after a backup of the file
    /// beside it.
    ///
    /// # Errors
    /// Where there is none, it is something else, is damaged, newer than this program, locked, or read-only.
    pub fn open(path: &Path, options: Options, terms: SharedTerms) -> Result<Self> {
        look_at_header(path)?;
        let mut conn = connect(path, options)?;
        // Only what is known to be ours is touched.
        check_version(&conn, path)?;
        settle(&conn, options)?;
        let mut read_only = options.access == Access::Read || conn.is_readonly("main")?;
        if !schema::is_current(&conn)? {
            if read_only {
                // What is generated (search tables, triggers) can be old in a file that is only read; the tables
                // themselves cannot.
                let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
                if version != schema::newest() {
                    return Err(Error::ReadOnly);
                }
                read_only = true;
            } else {
                upgrade(&mut conn, path)?;
            }
        }
        Ok(Self { conn, path: path.to_owned(), terms, lawgiver: None, read_only })
    }
}

/// Takes away a file that was only begun, with what SQLite keeps beside it. Nobody may have it open.
pub fn take_away(path: &Path) {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        // What is not there need not go.
        let _ = fs::remove_file(PathBuf::from(name));
    }
}

fn upgrade(conn: &mut Connection, path: &Path) -> Result<()> {
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < schema::newest() {
        super::backup::copy_to(conn, &backup_name(path, version), &|_, _| true)?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    schema::migrate(&tx)?;
    tx.commit()?;
    Ok(())
}

/// Where the backup before a migration goes: beside the file, with the schema version that it has.
#[must_use]
pub fn backup_name(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".schema-{version}.backup"));
    PathBuf::from(name)
}

/// Tells a workspace from any other file before SQLite touches it: SQLite would take an empty file for a database.
fn look_at_header(path: &Path) -> Result<()> {
    let not = |why: &str| Error::NotAWorkspace { path: path.to_owned(), why: why.to_owned() };
    let file_error = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => Error::Missing(path.to_owned()),
        _ => Error::File { action: "Opening", path: path.to_owned(), source },
    };
    let info = fs::metadata(path).map_err(file_error)?;
    if info.is_dir() {
        return Err(not("it is a folder"));
    }
    if !info.is_file() {
        return Err(not("it is not a regular file"));
    }
    let mut header = [0_u8; 100];
    let mut file = fs::File::open(path).map_err(file_error)?;
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(not("it is too short")),
        Err(error) => return Err(file_error(error)),
    }
    if header.starts_with(b"SQLite format 3\0") { Ok(()) } else { Err(not("it is not an SQLite file")) }
}

fn check_version(conn: &Connection, path: &Path) -> Result<()> {
    let read = |pragma: &str| -> Result<i64> {
        conn.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0)).map_err(|error| match Error::from(error) {
            Error::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
                Error::Damaged("its header cannot be read".to_owned())
            }
            other => other,
        })
    };
    if read("application_id")? != schema::APPLICATION_ID {
        return Err(Error::NotAWorkspace {
            path: path.to_owned(),
            why: "it is an SQLite file of another program".to_owned(),
        });
    }
    let found = read("user_version")?;
    let known = schema::newest();
    if found > known { Err(Error::Newer { path: path.to_owned(), found, known }) } else { Ok(()) }
}

/// Opens the file without changing anything in it.
fn connect(path: &Path, options: Options) -> Result<Connection> {
    let reading = options.access == Access::Read;
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= if reading { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE };
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
    conn.set_prepared_statement_cache_capacity(256);
    if conn.is_readonly("main")? && !can_be_read(&conn) && !has_log(path) {
        return connect_immutable(path);
    }
    Ok(conn)
}

fn can_be_read(conn: &Connection) -> bool {
    conn.query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0)).is_ok()
}

/// Whether there is a write-ahead log with something in it that a reader must not leave out.
fn has_log(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    fs::metadata(PathBuf::from(name)).is_ok_and(|info| info.len() > 0)
}

/// Opens a file in a folder in which nothing can be made: reading then needs the promise that nobody writes it, since
/// the shared memory by which readers and writers keep apart would lie in that folder.
fn connect_immutable(path: &Path) -> Result<Connection> {
    let mut address = String::from("file:");
    for c in path.to_string_lossy().chars() {
        match c {
            '%' => address.push_str("%25"),
            '?' => address.push_str("%3f"),
            '#' => address.push_str("%23"),
            c => address.push(c),
        }
    }
    address.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(address, flags)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

/// Sets how a connection works, and how the file keeps a write that is going on.
fn settle(conn: &Connection, options: Options) -> Result<()> {
    let writable = options.access == Access::Write && !conn.is_readonly("main")?;
    if writable {
        let wanted = if options.rollback_journal { "delete" } else { "wal" };
        let now: String = conn.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if now != wanted {
            let got: String = conn.query_row(&format!("PRAGMA journal_mode = {wanted}"), [], |row| row.get(0))?;
            if got != wanted {
                return Err(Error::Sqlite(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR),
                    Some(format!(
                        "this disk does not support the journal mode {wanted}; \
                         set `journal = \"rollback\"` in the settings"
                    )),
                )));
            }
        }
    }
    conn.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;",
    )?;
    Ok(())
}
