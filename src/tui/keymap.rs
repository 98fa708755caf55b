//! Which key does what, where: the keys that the commands come with, and what a person changed.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use toml::Spanned;

use super::command::{COMMANDS, CommandId, Scope, Where};
use super::fault::Fault;
use super::keys::Key;

/// The `[keys]` table of a settings file: names of commands, each with one key or a list. It names only what differs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct KeyTable(BTreeMap<Spanned<String>, Spanned<OneOrMany>>);

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a key, such as \"C-s\", or a list of keys")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn keys(&self) -> &[String] {
        match self {
            Self::One(key) => std::slice::from_ref(key),
            Self::Many(keys) => keys,
        }
    }
}

impl JsonSchema for KeyTable {
    fn schema_name() -> Cow<'static, str> {
        "Keys".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let properties: serde_json::Map<String, serde_json::Value> = COMMANDS
            .iter()
            .map(|command| {
                let key = serde_json::json!({
                    "description": format!("{}: {}", command.title, command.description),
                    "default": command.keys,
                    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "uniqueItems": true}],
                });
                (command.name.to_owned(), key)
            })
            .collect();
        json_schema!({
            "type": "object",
            "description": "Keys that differ from those the commands come with: j, C-s, A-x, S-Tab, F5, Enter, Space, PgUp …",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    /// The keys of each command, in the order of the table.
    keys: Vec<Vec<Key>>,
    found: HashMap<(Scope, Key), CommandId>,
}

impl Default for Keymap {
    /// The keys that the commands come with. The tests see to it that all of them can be read and none stands twice.
    fn default() -> Self {
        let keys = COMMANDS.iter().map(|command| command.keys.iter().flat_map(|key| key.parse()).collect()).collect();
        Self::of(keys)
    }
}

impl Keymap {
    fn of(keys: Vec<Vec<Key>>) -> Self {
        let mut found = HashMap::new();
        for (command, keys) in COMMANDS.iter().zip(&keys) {
            for scope in command.scopes {
                found.extend(keys.iter().map(|key| ((*scope, *key), command.id)));
            }
        }
        Self { keys, found }
    }

    /// The keys of the commands, changed by the `[keys]` table of a settings file.
    ///
    /// # Errors
    /// As [`Keymap::changed_by`], and when the text is no TOML.
    pub fn with_user(file: &Path, text: &str) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            keys: KeyTable,
        }
        let read: File = toml::from_str(text).map_err(|error| Fault::of_toml(file, text, &error))?;
        Self::changed_by(&read.keys, file, text)
    }

    /// The keys of the commands, changed by this table, which was read from `text` in `file`.
    ///
    /// # Errors
    /// Names the line and what is wrong there: a command that does not exist, a key that no terminal sends, a key that has
    /// another meaning in the same place, a command that could not be reached any more.
    pub fn changed_by(table: &KeyTable, file: &Path, text: &str) -> Result<Self, Fault> {
        let mut keys = Self::default().keys;
        let mut lines = BTreeMap::new();
        for (name, written) in &table.0 {
            let id = CommandId::named(name.get_ref())
                .ok_or_else(|| Fault::at(file, text, name.span(), unknown(name.get_ref())))?;
            let parsed: Result<Vec<Key>, String> = written.get_ref().keys().iter().map(|key| key.parse()).collect();
            let parsed = parsed.map_err(|what| Fault::at(file, text, written.span(), what))?;
            reachable(id, &parsed).map_err(|what| Fault::at(file, text, written.span(), what))?;
            keys[id as usize] = parsed;
            lines.insert(id, written.span());
        }
        let map = Self::of(keys);
        for (id, span) in lines {
            if let Some(what) = map.conflict(id) {
                return Err(Fault::at(file, text, span, what));
            }
        }
        Ok(map)
    }

    /// What is wrong with a command's keys in some place where it applies.
    fn conflict(&self, id: CommandId) -> Option<String> {
        for place in Where::ALL.into_iter().filter(|place| id.applies(*place)) {
            for key in self.keys_of(id) {
                let mut others = COMMANDS.iter().filter(|other| other.id != id && other.id.applies(place));
                if let Some(other) = others.find(|other| self.keys_of(other.id).contains(key)) {
                    return Some(format!(
                        "“{key}” already means “{}” ({}) in the same place; give that another key too.",
                        other.title, other.name
                    ));
                }
            }
        }
        None
    }

    /// The command for a key where the keys go; none while typing, when the key types a character.
    #[must_use]
    pub fn lookup(&self, place: Where, key: Key) -> Option<CommandId> {
        if place.types() && key.types().is_some() {
            return None;
        }
        place.chain().iter().find_map(|scope| self.found.get(&(*scope, key)).copied())
    }

    /// The keys of a command, the one to show first.
    #[must_use]
    pub fn keys_of(&self, id: CommandId) -> &[Key] {
        self.keys.get(id as usize).map_or(&[], Vec::as_slice)
    }

    /// The key to show for a command where the keys go: the first that works there.
    #[must_use]
    pub fn key_for(&self, place: Where, id: CommandId) -> Option<Key> {
        self.keys_of(id).iter().copied().find(|key| self.lookup(place, *key) == Some(id))
    }
}

/// Whether a command can still be reached with these keys; if not, why.
fn reachable(id: CommandId, keys: &[Key]) -> Result<(), String> {
    let title = id.command().title;
    for place in Where::ALL.into_iter().filter(|place| id.applies(*place)) {
        if keys.iter().any(|key| !place.types() || key.types().is_none()) {
            continue;
        }
        if let Some(key) = keys.first() {
            return Err(format!(
                "“{title}” also applies while typing, where “{key}” types a character; add another key."
            ));
        }
        // A command without a key is fine wherever the palette lists it.
        if id == CommandId::Palette || !CommandId::Palette.applies(place) {
            return Err(format!("“{title}” must keep a key: nothing else reaches it."));
        }
    }
    Ok(())
}

fn unknown(name: &str) -> String {
    let alike = |command: &str| similar::TextDiff::from_chars(command, name).ratio();
    let nearest = COMMANDS.iter().map(|command| command.name).max_by(|a, b| alike(a).total_cmp(&alike(b)));
    match nearest.filter(|nearest| alike(nearest) > 0.6) {
        Some(nearest) => format!("There is no command “{name}”; did you mean “{nearest}”?"),
        None => format!("There is no command “{name}”; docs/KEYS.md lists them all."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(text: &str) -> Result<Keymap, Fault> {
        Keymap::with_user(Path::new("settings.toml"), text)
    }

    fn key(text: &str) -> Key {
        text.parse().unwrap()
    }

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let map = Keymap::default();
        for command in COMMANDS {
            assert_eq!(map.conflict(command.id), None, "{}", command.name);
        }
    }

    #[test]
    fn every_key_finds_its_command_where_it_applies() {
        let map = Keymap::default();
        for command in COMMANDS {
            for place in Where::ALL.into_iter().filter(|place| command.id.applies(*place)) {
                let shown = map.key_for(place, command.id);
                assert!(shown.is_some() || command.keys.is_empty(), "{} in {place:?}", command.name);
            }
        }
        assert_eq!(map.lookup(Where::Desk, key("j")), Some(CommandId::Down));
        assert_eq!(map.lookup(Where::Matrix, key("j")), Some(CommandId::MatrixDown));
        assert_eq!(map.lookup(Where::Confirm, key("j")), None);
    }

    #[test]
    fn typing_is_typing() {
        let map = Keymap::default();
        for place in Where::ALL.into_iter().filter(|place| place.types()) {
            for c in (' '..='~').chain(['é', '日']) {
                assert_eq!(map.lookup(place, Key::char(c)), None, "{c} in {place:?}");
            }
            assert_eq!(map.lookup(place, key("Esc")), Some(CommandId::Back));
            assert_eq!(map.key_for(place, CommandId::Help), Some(key("F1")));
        }
    }

    #[test]
    fn a_key_file_names_only_what_differs() {
        let map = user("theme = \"dark\"\n[keys]\nlist-down = [\"C-n\", \"j\"]\nquit = \"C-x\"\ntheme = []\n").unwrap();
        assert_eq!(map.lookup(Where::Desk, key("C-n")), Some(CommandId::Down));
        assert_eq!(map.lookup(Where::Desk, key("q")), None);
        assert_eq!(map.lookup(Where::Desk, key("C-x")), Some(CommandId::Quit));
        assert_eq!(map.keys_of(CommandId::Theme), []);
        assert_eq!(map.keys_of(CommandId::Up), Keymap::default().keys_of(CommandId::Up));
        assert_eq!(user("").unwrap(), Keymap::default());
    }

    #[test]
    fn two_keys_can_be_swapped() {
        let map = user("[keys]\ndue = \"e\"\nedit = \"d\"\n").unwrap();
        assert_eq!(map.lookup(Where::Desk, key("e")), Some(CommandId::Due));
        assert_eq!(map.lookup(Where::Desk, key("d")), Some(CommandId::Edit));
    }

    #[test]
    fn faults_name_the_line() {
        for (text, line, words) in [
            ("[keys]\n\nlist.down = \"f\"\n", 3, "expected a key"),
            ("[keys]\nedit = \"f\"\n", 2, "“f” already means “Filter” (filter)"),
            ("[keys]\nedit = \"e\"\nlist-dwon = \"x\"\n", 3, "did you mean “list-down”?"),
            ("[keys]\nfrobnicate = \"x\"\n", 2, "docs/KEYS.md"),
            ("[keys]\nedit = [\"e\", \"C-i\"]\n", 2, "“Tab”"),
            ("[keys]\nedit = 3\n", 2, "expected a key"),
            ("[keys]\nback = []\n", 2, "must keep a key"),
            ("[keys]\npalette = []\n", 2, "must keep a key"),
            ("[keys]\nsave = \"s\"\n", 2, "types a character"),
            ("[keys]\nconfirm-yes = \"n\"\n", 2, "“n” already means “No”"),
        ] {
            let fault = user(text).unwrap_err();
            assert_eq!(fault.line, Some(line), "{fault}");
            assert!(fault.what.contains(words), "{fault}");
        }
    }

    #[test]
    fn the_schema_knows_every_command() {
        let schema = serde_json::to_value(schemars::schema_for!(KeyTable)).unwrap();
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.len(), COMMANDS.len());
        assert_eq!(properties["save"]["default"], serde_json::json!(["C-s", "F10"]));
        assert_eq!(schema["additionalProperties"], false);
    }
}
