//! A folder of its own for each test, and the real binary in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value as Json;
use tempfile::TempDir;

/// A folder with a workspace file in it.
pub struct Desk {
    /// The folder.
    pub folder: TempDir,
    /// The workspace file.
    pub file: PathBuf,
}

/// What a command printed, and how it ended.
pub struct Told {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Desk {
    /// A folder without a workspace.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("w.db");
        Self { folder, file }
    }

    /// A workspace of Ana's, with one system and one review.
    pub fn new() -> Self {
        let desk = Self::empty();
        desk.ok(["init", "--name", "Ana Lima", "--handle", "ana"]);
        desk.ok(["system", "add", "Resume screener", "--team", "Hiring"]);
        desk.ok(["review", "add", "Resume screening v2", "--system", "SYS-1", "--reviewer", "me"]);
        desk
    }

    /// The binary, with this workspace and without anything of the user's.
    pub fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("probity"));
        for name in ["NO_COLOR", "COLUMNS", "TERM", "PROBITY_AS", "PROBITY_POLICY"] {
            command.env_remove(name);
        }
        command
            .env("PROBITY_SETTINGS", self.folder.path().join("settings.toml"))
            .env("PROBITY_DATA", self.folder.path().join("data"))
            .env("PROBITY_WORKSPACE", &self.file)
            .env("TZ", "UTC")
            .current_dir(self.folder.path());
        command
    }

    /// Runs a command.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Told {
        told(self.command().args(args).output().expect("the binary runs"))
    }

    /// Runs a command with something on standard input.
    pub fn run_with<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>, input: &str) -> Told {
        told(self.command().args(args).write_stdin(input).output().expect("the binary runs"))
    }

    /// Runs a command that must succeed; returns what it printed.
    pub fn ok<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> String {
        let told = self.run(args);
        assert_eq!(told.code, 0, "{}{}", told.out, told.err);
        told.out
    }

    /// Runs a command that must fail with this code and leave the records as they are; returns what it complained of.
    pub fn fails<A: AsRef<OsStr>>(&self, code: i32, args: impl IntoIterator<Item = A>) -> String {
        let before = self.head();
        let told = self.run(args);
        assert_eq!(told.code, code, "{}{}", told.out, told.err);
        assert!(told.err.starts_with("probity: "), "{}", told.err);
        assert!(!told.err.contains("panicked"), "{}", told.err);
        assert_eq!(self.head(), before, "the workspace changed");
        told.err
    }

    /// Runs a command whose output is JSON.
    pub fn json<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Json {
        let out = self.ok(args);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    /// The head of the history: the same as long as nothing was written. Empty where there is no workspace.
    fn head(&self) -> String {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let newest = "SELECT hash FROM history_change ORDER BY no DESC LIMIT 1";
        Connection::open_with_flags(&self.file, flags)
            .and_then(|conn| conn.query_row(newest, [], |row| row.get(0)))
            .unwrap_or_default()
    }

    /// A file in the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("a file");
        path
    }
}

/// What a process printed.
pub fn told(output: Output) -> Told {
    Told {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8 on standard output"),
        err: String::from_utf8(output.stderr).expect("UTF-8 on standard error"),
    }
}

/// The SHA-256 of a file, to show that nothing touched it.
pub fn hash(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    let bytes = fs::read(path).expect("the file is there");
    probity::workspace::hex(&Sha256::digest(bytes))
}
