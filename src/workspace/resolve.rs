//! From what people type to the record they mean.

use rusqlite::params;

use super::Workspace;
use super::row::quoted;
use crate::record::{Kind, PERSON, Resolve, kind_of_reference};

/// Resolves texts for one person: `me` is theirs to say.
pub struct Resolver<'a> {
    workspace: &'a Workspace,
    me: Option<&'a str>,
}

impl Workspace {
    /// A resolver for which `me` is the person with this id.
    #[must_use]
    pub fn resolver<'a>(&'a self, me: Option<&'a str>) -> Resolver<'a> {
        Resolver { workspace: self, me }
    }

    /// Ids and labels of the records whose column is exactly this text; two at the most.
    fn matching(&self, kind: Kind, column: &str, text: &str) -> rusqlite::Result<Vec<(String, String)>> {
        let sql =
            format!("SELECT id, ref FROM {} WHERE {} = ?1 COLLATE NOCASE LIMIT 2", quoted(kind.name), quoted(column));
        self.conn.prepare_cached(&sql)?.query_map(params![text], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }
}

impl Resolve for Resolver<'_> {
    fn id_of(&self, kind: Kind, text: &str) -> Result<String, String> {
        let typed = text.trim();
        let shown = crate::text::line(typed);
        let mut ways: Vec<(&str, &str)> = Vec::new();
        if kind == &PERSON {
            let handle = typed.trim_start_matches('@');
            if handle.eq_ignore_ascii_case("me") {
                return self.me.map(str::to_owned).ok_or_else(|| {
                    "Nobody is “me” here yet; say who with --as, or set `me` in the settings.".to_owned()
                });
            }
            ways.push(("handle", handle));
        }
        match kind_of_reference(typed) {
            Some(other) if other != kind && kind != &PERSON => {
                let article = if kind.label.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
                return Err(format!("{shown} is not {article} {}.", kind.label.to_lowercase()));
            }
            _ => ways.extend([("ref", typed), ("id", typed), (kind.title, typed)]),
        }
        for (column, wanted) in ways {
            let found = self.workspace.matching(kind, column, wanted).map_err(|error| error.to_string())?;
            if let [(_, one), (_, other)] = found.as_slice() {
                return Err(format!("“{shown}” could be {one} or {other}; say which by its reference."));
            }
            if let Some((id, _)) = found.into_iter().next() {
                return Ok(id);
            }
        }
        let hint = if kind == &PERSON { " `probity person add` adds people." } else { "" };
        Err(format!("There is no {} “{shown}”.{hint}", kind.label.to_lowercase()))
    }
}
