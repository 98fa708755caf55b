//! Long text in the editor that a person is used to: `$VISUAL`, `$EDITOR`, or the setting.
//!
//! The text goes into a file of mode 0600 in a directory of mode 0700, where the editor's own swap and backup files stay
//! hidden too; both are gone afterwards, unless something went wrong that would lose what was typed.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

/// The most that is read back, in bytes.
pub const LIMIT: u64 = 4 << 20;

/// What became of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// The editor was left without a change.
    Unchanged,
    /// The new text.
    Changed(String),
}

/// Why there is no new text.
#[derive(Debug, Error)]
pub enum EditorError {
    /// The editor's name is no command line.
    #[error("The editor “{0}” cannot be read as a command: {1} Set VISUAL or EDITOR, such as EDITOR=nano.")]
    Command(String, &'static str),
    /// The editor did not start.
    #[error("The editor “{0}” did not start: {1}. Set VISUAL or EDITOR to one that is installed, such as EDITOR=nano.")]
    Start(String, io::Error),
    /// The editor said that it failed, or that the text should be left as it was.
    #[error("The editor ended with {0}, so the text stays as it was.")]
    Abandoned(std::process::ExitStatus),
    /// The file for the editor could not be made.
    #[error("No file for the editor could be made: {0}. Check that the temporary directory is writable.")]
    Make(io::Error),
    /// What the editor wrote could not be read.
    #[error("What the editor wrote cannot be read: {1}. It is kept in {0}.")]
    Read(PathBuf, String),
}

/// The editor's command line: the setting, else `VISUAL`, else `EDITOR`, else the system's own.
#[must_use]
pub fn configured(setting: Option<&str>) -> String {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    setting
        .filter(|value| !value.trim().is_empty())
        .map(str::to_owned)
        .or_else(|| variable("VISUAL"))
        .or_else(|| variable("EDITOR"))
        .unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned())
}

/// Lets a person edit `text` with `editor`, in a file that is called `name`. Call it with the terminal given up.
///
/// # Errors
/// When the editor does not start or ends with a failure, or what it wrote is no text. Nothing that was typed is lost: the file
/// stays when it cannot be read.
pub fn edit(text: &str, name: &str, editor: &str) -> Result<Edited, EditorError> {
    let (program, arguments) = split(editor).map_err(|why| EditorError::Command(editor.to_owned(), why))?;
    let directory = tempfile::Builder::new().prefix("probity-").tempdir().map_err(EditorError::Make)?;
    let path = directory.path().join(format!("{}.md", crate::text::file_name(name)));
    write_private(&path, text).map_err(EditorError::Make)?;
    let status = Command::new(&program)
        .args(&arguments)
        .arg(&path)
        .status()
        .map_err(|error| EditorError::Start(program.to_string_lossy().into_owned(), error))?;
    if !status.success() {
        return Err(EditorError::Abandoned(status));
    }
    match read_back(&path) {
        Ok(new) => Ok(compare(text, new)),
        Err(why) => {
            let _ = directory.keep();
            Err(EditorError::Read(path, why))
        }
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    // An editor shows a last line without its line feed as a fault; the comparison afterwards knows about it.
    if !text.is_empty() && !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    file.sync_all()
}

fn read_back(path: &Path) -> Result<String, String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LIMIT {
        return Err(format!("it has {length} bytes, more than {LIMIT}"));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()))
}

fn compare(old: &str, new: String) -> Edited {
    let mut new = if new.contains('\r') { new.replace("\r\n", "\n") } else { new };
    if !old.ends_with('\n') && new.ends_with('\n') {
        new.pop();
    }
    if new == old { Edited::Unchanged } else { Edited::Changed(new) }
}

/// A command line in words. Quotes keep words together; nothing else has a meaning, least of all to a shell.
fn split(command: &str) -> Result<(OsString, Vec<OsString>), &'static str> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed.");
    }
    words.extend(word);
    let mut words = words.into_iter().map(OsString::from);
    let program = words.next().filter(|program| !program.is_empty()).ok_or("it is empty.")?;
    Ok((program, words.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_without_a_shell() {
        let words = |command| {
            let (program, rest) = split(command).unwrap();
            [vec![program], rest].concat()
        };
        assert_eq!(words("code --wait"), ["code", "--wait"]);
        assert_eq!(words(r#""C:\Program Files\ed.exe" -x 'a b' """#), [r"C:\Program Files\ed.exe", "-x", "a b", ""]);
        assert_eq!(words("vi; rm -rf $HOME"), ["vi;", "rm", "-rf", "$HOME"]);
        assert!(split("  ").is_err() && split("'vi").is_err() && split("''").is_err());
    }

    #[test]
    fn the_setting_wins() {
        assert_eq!(configured(Some("hx")), "hx");
        assert!(!configured(Some("  ")).trim().is_empty());
    }

    #[test]
    fn a_final_line_feed_is_no_change() {
        assert_eq!(compare("a", "a\n".to_owned()), Edited::Unchanged);
        assert_eq!(compare("a\n", "a\n".to_owned()), Edited::Unchanged);
        assert_eq!(compare("a", "a\r\nb\r\n".to_owned()), Edited::Changed("a\nb".to_owned()));
        assert_eq!(compare("", String::new()), Edited::Unchanged);
    }

    #[cfg(unix)]
    mod with_programs {
        use std::os::unix::fs::PermissionsExt;

        use super::*;

        /// A script that stands for an editor; the file to edit is its first argument.
        fn script(body: &str) -> (tempfile::TempDir, String) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("editor.sh");
            fs::write(&path, body).unwrap();
            (directory, format!("sh '{}'", path.display()))
        }

        #[test]
        fn the_text_comes_back_and_the_file_is_private_and_gone() {
            let (directory, editor) = script("stat -c '%a %n' \"$1\" > \"$0.seen\"; printf 'new\\n' > \"$1\"\n");
            assert_eq!(edit("old", "REV-7 / purpose", &editor).unwrap(), Edited::Changed("new".to_owned()));
            let seen = fs::read_to_string(directory.path().join("editor.sh.seen")).unwrap();
            let (mode, path) = seen.trim().split_once(' ').unwrap();
            assert_eq!(mode, "600");
            assert!(path.ends_with("/REV-7 - purpose.md"), "{path}");
            assert!(!Path::new(path).exists() && !Path::new(path).parent().unwrap().exists());
        }

        #[test]
        fn a_failing_editor_changes_nothing() {
            let (_directory, editor) = script("echo changed > \"$1\"; exit 3\n");
            let error = edit("old", "x", &editor).unwrap_err();
            assert!(matches!(error, EditorError::Abandoned(status) if status.code() == Some(3)), "{error}");
            let error = edit("old", "x", "no-such-editor-anywhere").unwrap_err().to_string();
            assert!(error.contains("no-such-editor-anywhere") && error.contains("EDITOR"), "{error}");
        }

        #[test]
        fn what_is_no_text_is_kept() {
            let (_directory, editor) = script("printf 'ab\\377' > \"$1\"\n");
            let error = edit("old", "x", &editor).unwrap_err();
            let EditorError::Read(path, why) = error else { panic!("{error}") };
            assert!(why.contains("byte 2"), "{why}");
            assert_eq!(fs::read(&path).unwrap(), b"ab\xff");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::remove_dir_all(path.parent().unwrap()).unwrap();
        }
    }
}
