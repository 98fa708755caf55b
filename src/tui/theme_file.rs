//! Theme files: TOML that names only what differs from the theme it starts from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ratatui::style::{Modifier, Style};
use serde::Deserialize;
use toml::Spanned;

use super::colour;
use super::fault::Fault;
use super::theme::{Glyph, Role, Theme};

/// The themes that come along, the one that all others start from first.
pub const BUILT_IN: [(&str, &str); 4] = [
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("colour-blind", include_str!("../../assets/themes/colour-blind.toml")),
    ("ascii", include_str!("../../assets/themes/ascii.toml")),
];

/// A theme file as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Option<String>,
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    styles: BTreeMap<Spanned<String>, StyleEntry>,
    #[serde(default)]
    glyphs: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// How a role looks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "these are the switches of a terminal")]
struct StyleEntry {
    fg: Option<Spanned<String>>,
    bg: Option<Spanned<String>>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
    reverse: bool,
}

/// A theme that comes along.
///
/// # Errors
/// When the theme's file is wrong, which its tests rule out.
pub fn built_in(name: &str) -> Result<Theme, Fault> {
    let path = PathBuf::from(format!("{name}.toml"));
    match BUILT_IN.iter().find(|(known, _)| *known == name) {
        Some((_, text)) => parse(name, &path, text, Path::new("")),
        None => Err(Fault::of(&path, format!("There is no theme “{name}”; there are {}.", names(Path::new(""))))),
    }
}

/// The theme with this name: a file `NAME.toml` in `folder`, or one that comes along.
///
/// # Errors
/// Names the file, the line and what was expected there; or lists the themes there are.
pub fn load(name: &str, folder: &Path) -> Result<Theme, Fault> {
    let path = folder.join(format!("{name}.toml"));
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '));
    if !is_name {
        return Err(Fault::of(&path, "The name of a theme has only letters, digits, - and _."));
    }
    match fs::read_to_string(&path) {
        Ok(text) => parse(name, &path, &text, folder),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => match built_in(name) {
            Ok(theme) => Ok(theme),
            Err(_) => Err(Fault::of(&path, format!("There is no theme “{name}”; there are {}.", names(folder)))),
        },
        Err(error) => Err(Fault::of(&path, format!("The theme cannot be read: {error}."))),
    }
}

/// The names of all themes: those that come along, then those in `folder`, in order of their names.
#[must_use]
pub fn all(folder: &Path) -> Vec<String> {
    let mut own: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| BUILT_IN.iter().all(|(known, _)| known != name))
        .collect();
    own.sort();
    BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).chain(own).collect()
}

/// The theme that suits the terminal, from `TERM` and `COLORFGBG`, as far as they tell: where glyphs are missing, `ascii`; on a
/// light background, `light`; else `dark`.
#[must_use]
pub fn suiting() -> &'static str {
    let variable = |name| std::env::var(name).unwrap_or_default();
    suiting_for(&variable("TERM"), &variable("COLORFGBG"))
}

fn suiting_for(term: &str, colorfgbg: &str) -> &'static str {
    // The Linux console has 256 or 512 glyphs, and ours are not among them.
    if matches!(term, "dumb" | "linux") {
        return "ascii";
    }
    // `15;0` or `0;default;15`: foreground, perhaps something else, background, by number in the palette.
    let background = colorfgbg.rsplit_once(';').and_then(|(_, background)| background.parse::<u8>().ok());
    if matches!(background, Some(7 | 9..=15)) { "light" } else { "dark" }
}

fn names(folder: &Path) -> String {
    all(folder).join(", ")
}

/// How many files may start from one another, so that a circle ends.
const DEPTH: usize = 8;

fn parse(name: &str, path: &Path, text: &str, folder: &Path) -> Result<Theme, Fault> {
    parse_at(name, path, text, folder, DEPTH)
}

fn parse_at(name: &str, path: &Path, text: &str, folder: &Path, depth: usize) -> Result<Theme, Fault> {
    let file: File = toml::from_str(text).map_err(|error| Fault::of_toml(path, text, &error))?;
    let mut theme = base(name, &file, path, text, folder, depth)?;
    name.clone_into(&mut theme.name);
    if let Some(title) = &file.title {
        theme.title = crate::text::line(title).into_owned();
    }
    for (role, entry) in &file.styles {
        let known = Role::named(role.get_ref()).ok_or_else(|| {
            let roles: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
            Fault::at(
                path,
                text,
                role.span(),
                format!("There is no role “{}”; there are {}.", role.get_ref(), roles.join(", ")),
            )
        })?;
        theme.styles[known as usize] = style(entry, path, text)?;
    }
    for (glyph, sign) in &file.glyphs {
        let known = Glyph::named(glyph.get_ref()).ok_or_else(|| {
            let glyphs: Vec<_> = Glyph::ALL.iter().map(|glyph| glyph.name()).collect();
            Fault::at(
                path,
                text,
                glyph.span(),
                format!("There is no glyph “{}”; there are {}.", glyph.get_ref(), glyphs.join(", ")),
            )
        })?;
        if crate::text::width(sign.get_ref()) != 1 || sign.get_ref().chars().any(crate::text::is_unsafe) {
            return Err(Fault::at(path, text, sign.span(), format!("“{}” is not one cell wide.", sign.get_ref())));
        }
        theme.glyphs[known as usize].clone_from(sign.get_ref());
    }
    Ok(theme)
}

/// The theme a file starts from: the one it names, else `dark`; the file of `dark` itself starts from nothing.
fn base(name: &str, file: &File, path: &Path, text: &str, folder: &Path, depth: usize) -> Result<Theme, Fault> {
    let blank = || Theme {
        name: name.to_owned(),
        title: name.to_owned(),
        styles: vec![Style::default(); Role::ALL.len()],
        glyphs: vec![" ".to_owned(); Glyph::ALL.len()],
    };
    let Some(parent) = &file.inherits else {
        return if name == BUILT_IN[0].0 && folder.as_os_str().is_empty() {
            Ok(blank())
        } else {
            built_in(BUILT_IN[0].0)
        };
    };
    let wrong = |what: String| Fault::at(path, text, parent.span(), what);
    if depth == 0 {
        return Err(wrong(format!("Themes start from one another in a circle, or more than {DEPTH} deep.")));
    }
    let parent_name = parent.get_ref().as_str();
    let own = folder.join(format!("{parent_name}.toml"));
    // A file that is called like one that comes along may start from that.
    let known = BUILT_IN.iter().find(|(known, _)| *known == parent_name);
    if !folder.as_os_str().is_empty() && own != path && own.is_file() {
        let text = fs::read_to_string(&own).map_err(|error| Fault::of(&own, format!("It cannot be read: {error}.")))?;
        return parse_at(parent_name, &own, &text, folder, depth - 1);
    }
    match known {
        Some(_) => built_in(parent_name),
        None => Err(wrong(format!("There is no theme “{parent_name}” to start from; there are {}.", names(folder)))),
    }
}

fn style(entry: &StyleEntry, path: &Path, text: &str) -> Result<Style, Fault> {
    let colour = |written: &Option<Spanned<String>>| {
        written
            .as_ref()
            .map(|written| colour::parse(written.get_ref()).map_err(|what| Fault::at(path, text, written.span(), what)))
            .transpose()
    };
    let mut style = Style { fg: colour(&entry.fg)?, bg: colour(&entry.bg)?, ..Style::default() };
    for (on, modifier) in [
        (entry.bold, Modifier::BOLD),
        (entry.dim, Modifier::DIM),
        (entry.italic, Modifier::ITALIC),
        (entry.underline, Modifier::UNDERLINED),
        (entry.reverse, Modifier::REVERSED),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn every_theme_that_comes_along_is_whole() {
        for (name, text) in BUILT_IN {
            let theme = built_in(name).unwrap();
            assert_eq!(theme.name, name);
            assert!(theme.title.len() > 10, "{name} has no title");
            assert!(theme.glyphs.iter().all(|glyph| glyph != " "), "{name} lacks a glyph");
            assert!(text.starts_with('#'), "{name} should say what it is for");
        }
        let dark: File = toml::from_str(BUILT_IN[0].1).unwrap();
        assert_eq!((dark.styles.len(), dark.glyphs.len()), (Role::ALL.len(), Glyph::ALL.len()));
    }

    #[test]
    fn a_theme_of_ones_own_names_only_what_differs() {
        let folder = folder(&[
            ("mine.toml", "inherits = \"light\"\n[styles]\ntitle = { fg = \"#0072b2\", bold = true }\n"),
            ("yours.toml", "title = \"Yours\"\ninherits = \"mine\"\n[glyphs]\nmarker = \">\"\n"),
        ]);
        let theme = load("yours", folder.path()).unwrap();
        assert_eq!((theme.title.as_str(), theme.glyph(Glyph::Marker)), ("Yours", ">"));
        assert_eq!(theme.style(Role::Title).fg, Some(Color::Rgb(0, 0x72, 0xb2)));
        assert_eq!(theme.style(Role::Bad), built_in("light").unwrap().style(Role::Bad));
        assert_eq!(all(folder.path()), ["dark", "light", "colour-blind", "ascii", "mine", "yours"]);
    }

    #[test]
    fn a_theme_can_be_replaced_by_one_that_starts_from_it() {
        let folder = folder(&[("dark.toml", "inherits = \"dark\"\n[glyphs]\nmarker = \">\"\n")]);
        let theme = load("dark", folder.path()).unwrap();
        assert_eq!(theme.glyph(Glyph::Marker), ">");
        assert_eq!(theme.style(Role::Bad), built_in("dark").unwrap().style(Role::Bad));
    }

    #[test]
    fn faults_name_file_and_line() {
        for (text, line, words) in [
            ("title = 3\n", Some(1), "string"),
            ("\n[styles]\ntitel = {}\n", Some(3), "no role “titel”"),
            ("[styles]\ntitle = { fg = \"pink\" }\n", Some(2), "“pink” is not a colour"),
            ("[styles]\ntitle = { blink = true }\n", Some(2), "blink"),
            ("[glyphs]\n\nmarker = \"->\"\n", Some(3), "not one cell"),
            ("[glyphs]\nmarker = \"\\u001b\"\n", Some(2), "not one cell"),
            ("[glyphs]\nmark = \"x\"\n", Some(2), "no glyph “mark”"),
            ("inherits = \"nothing\"\n", Some(1), "no theme “nothing”"),
            ("inherits = \"mine\"\n", Some(1), "no theme “mine”"),
        ] {
            let folder = folder(&[("mine.toml", text)]);
            let fault = load("mine", folder.path()).unwrap_err();
            assert_eq!(fault.line, line, "{fault}");
            assert!(fault.what.contains(words) && fault.file.ends_with("mine.toml"), "{fault}");
        }
    }

    #[test]
    fn a_theme_that_suits_the_terminal() {
        assert_eq!(suiting_for("xterm-256color", ""), "dark");
        assert_eq!(suiting_for("xterm-256color", "15;0"), "dark");
        assert_eq!(suiting_for("rxvt", "0;default;15"), "light");
        assert_eq!(suiting_for("linux", "0;15"), "ascii");
    }

    #[test]
    fn circles_and_strange_names_are_refused() {
        let folder = folder(&[("a.toml", "inherits = \"b\"\n"), ("b.toml", "inherits = \"a\"\n")]);
        assert!(load("a", folder.path()).unwrap_err().what.contains("circle"));
        assert!(load("../a", folder.path()).is_err() && load("", folder.path()).is_err());
        assert!(load("none", folder.path()).unwrap_err().what.contains("dark, light, colour-blind, ascii, a, b"));
    }
}
