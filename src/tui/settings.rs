//! What people set once: the look, the mouse, dates, their editor, who they are, their keys.
//!
//! One TOML file that names only what differs; a fault in it names file and line, and nothing is guessed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::colour::Depth;
use super::fault::Fault;
use super::keymap::{KeyTable, Keymap};
use super::theme::Theme;
use super::theme_file;

/// How days are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateStyle {
    /// As one speaks of them: in 3 days, Mon 30 Nov.
    #[default]
    Relative,
    /// 2026-11-30.
    Iso,
}

/// When colours are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// As many as the terminal says it can, and none when `NO_COLOR` is set.
    #[default]
    Auto,
    /// All of them, whatever the terminal says.
    Always,
    /// None: bold, underline and reverse only.
    Never,
}

/// How the workspace keeps a write that is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Journal {
    /// In a log beside the file, so that others can read meanwhile.
    #[default]
    Wal,
    /// In a rollback journal: for network shares and other disks without shared memory.
    Rollback,
}

/// The settings file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The theme: auto, dark, light, colour-blind, ascii, or the name of a file in the folder `themes` beside this one.
    pub theme: String,
    /// When colours are shown: auto, always or never.
    pub colour: Colour,
    /// Whether the mouse is used. While it is, selecting text takes Shift in most terminals.
    pub mouse: bool,
    /// How days are written: relative or iso.
    pub dates: DateStyle,
    /// Who you are: the handle of a person in the workspace. Changes are recorded under it, and “me” means it.
    pub me: Option<String>,
    /// Your editor for long texts, as a command line; otherwise $VISUAL or $EDITOR.
    pub editor: Option<String>,
    /// The workspace that is meant when none is named; ~/ is your home folder.
    pub workspace: Option<PathBuf>,
    /// How the workspace keeps a write that is going on: wal, or rollback for network shares and other disks without
    /// shared memory.
    pub journal: Journal,
    /// Keys that differ from those the commands come with.
    pub keys: KeyTable,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: "auto".to_owned(),
            colour: Colour::Auto,
            mouse: true,
            dates: DateStyle::Relative,
            me: None,
            editor: None,
            workspace: None,
            journal: Journal::Wal,
            keys: KeyTable::default(),
        }
    }
}

/// The settings, with what follows from them.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The settings themselves.
    pub settings: Settings,
    /// Which key does what.
    pub keymap: Keymap,
    /// How everything looks.
    pub theme: Theme,
    /// The file they came from, whether or not it exists.
    pub file: PathBuf,
}

/// A settings file with every setting, as it is when nothing is set, and a line about each.
pub const COMMENTED: &str = include_str!("../../assets/settings.toml");

/// Where settings are kept: `PROBITY_SETTINGS`, else the system's folder for settings. None when there is no home.
#[must_use]
pub fn default_file() -> Option<PathBuf> {
    if let Some(file) = env::var_os("PROBITY_SETTINGS").filter(|file| !file.is_empty()) {
        return Some(PathBuf::from(file));
    }
    directories::ProjectDirs::from("", "", "probity").map(|folders| folders.config_dir().join("settings.toml"))
}

/// The JSON schema of settings files, for editors that complete and check TOML.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Settings);
    schema.insert("title".to_owned(), "Settings of Probity".into());
    schema.to_value()
}

impl Settings {
    /// Reads settings from the text of a file.
    ///
    /// # Errors
    /// Names the line and what was expected there.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Fault> {
        toml::from_str(text).map_err(|error| Fault::of_toml(file, text, &error))
    }

    /// Reads the settings file alone, without keys and theme. A file that does not exist sets nothing.
    ///
    /// # Errors
    /// Names the file, the line and what was expected there.
    pub fn load(file: &Path) -> Result<Self, Fault> {
        Self::parse(file, &read(file)?)
    }

    /// The colours that are shown.
    #[must_use]
    pub fn depth(&self) -> Depth {
        match self.colour {
            Colour::Auto => Depth::detect(),
            Colour::Always => Depth::detect().max(Depth::Indexed),
            Colour::Never => Depth::None,
        }
    }

    /// The theme, as the terminal can show it. `folder` is where the settings file is.
    ///
    /// # Errors
    /// Names the theme's file, the line and what was expected there.
    pub fn theme(&self, folder: &Path) -> Result<Theme, Fault> {
        let name = if self.theme == "auto" { theme_file::suiting() } else { &self.theme };
        Ok(theme_file::load(name, &folder.join("themes"))?.at(self.depth()))
    }
}

/// The text of a settings file; none where there is no file.
fn read(file: &Path) -> Result<String, Fault> {
    match fs::read_to_string(file) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Fault::of(file, format!("The settings cannot be read: {error}."))),
    }
}

impl Setup {
    /// Reads the settings file, its keys and its theme. A file that does not exist sets nothing.
    ///
    /// # Errors
    /// Names the file, the line and what was expected there.
    pub fn load(file: &Path) -> Result<Self, Fault> {
        let text = read(file)?;
        let settings = Settings::parse(file, &text)?;
        let keymap = Keymap::changed_by(&settings.keys, file, &text)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let theme = settings.theme(folder)?;
        Ok(Self { settings, keymap, theme, file: file.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::command::{CommandId, Where};

    fn parse(text: &str) -> Result<Settings, Fault> {
        Settings::parse(Path::new("settings.toml"), text)
    }

    #[test]
    fn nothing_need_be_set() {
        let settings = parse("").unwrap();
        assert_eq!((settings.theme.as_str(), settings.mouse), ("auto", true));
        assert_eq!(settings.dates, DateStyle::Relative);
    }

    #[test]
    fn settings_and_keys_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        fs::create_dir(folder.path().join("themes")).unwrap();
        fs::write(folder.path().join("themes/mine.toml"), "title = \"My own theme\"\n").unwrap();
        fs::write(
            &file,
            "theme = \"mine\"\ncolour = \"never\"\nmouse = false\ndates = \"iso\"\nme = \"ana\"\n[keys]\nadd = \"B\"\n",
        )
        .unwrap();
        let setup = Setup::load(&file).unwrap();
        assert_eq!(setup.theme.title, "My own theme");
        assert!(setup.theme.is_colourless() && !setup.settings.mouse);
        assert_eq!(setup.settings.me.as_deref(), Some("ana"));
        assert_eq!(setup.keymap.lookup(Where::Desk, "B".parse().unwrap()), Some(CommandId::Add));
    }

    #[test]
    fn a_file_that_is_not_there_sets_nothing() {
        let setup = Setup::load(Path::new("/nowhere/at/all/settings.toml")).unwrap();
        assert_eq!(setup.keymap, Keymap::default());
    }

    #[test]
    fn faults_name_file_and_line() {
        for (text, line, words) in [
            ("mouse = true\n\ntheem = \"dark\"\n", 3, "theem"),
            ("mouse = \"yes\"\n", 1, "boolean"),
            ("theme = \"dark\"\ndates = \"us\"\n", 2, "iso"),
            ("theme = dark\n", 1, ""),
            ("[keys]\nadd = 3\n", 2, "expected a key"),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!(fault.line, Some(line), "{fault}");
            assert!(fault.what.contains(words), "{fault}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        fs::write(&file, "[keys]\nadd = \"e\"\n").unwrap();
        assert_eq!(Setup::load(&file).unwrap_err().line, Some(2));
        fs::write(&file, "theme = \"none\"\n").unwrap();
        assert!(Setup::load(&file).unwrap_err().what.contains("colour-blind"));
        fs::write(&file, [0xff, 0xfe]).unwrap();
        assert!(Setup::load(&file).unwrap_err().to_string().contains("settings.toml"));
    }

    #[test]
    fn the_commented_file_sets_what_is_set_anyway() {
        let settings = format!("{:?}", parse(COMMENTED).unwrap());
        assert_eq!(settings, format!("{:?}", Settings::default()));
        // With the comments taken off the settings, every one of them is named.
        let full: String =
            COMMENTED.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line).to_owned() + "\n").collect();
        let all = parse(&full).unwrap();
        assert!(all.me.is_some() && all.editor.is_some() && all.workspace.is_some());
        let schema = schema();
        for name in schema["properties"].as_object().unwrap().keys() {
            assert!(
                full.contains(&format!("\n{name} = ")) || full.contains(&format!("[{name}]")),
                "{name} is not explained"
            );
        }
    }

    #[test]
    fn the_schema_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.schema.json");
        let now = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if env::var_os("PROBITY_REGENERATE").is_some() {
            fs::write(path, &now).unwrap();
        }
        let written = fs::read_to_string(path).unwrap_or_default();
        assert!(written == now, "run PROBITY_REGENERATE=1 cargo test --lib tui::settings");
    }
}
