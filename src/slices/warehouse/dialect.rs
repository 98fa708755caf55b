//! How the engines differ: names of types, and how names and texts are quoted so that nothing in them is taken for SQL.

use crate::slices::error::{Error, Result};
use crate::text;

/// An engine's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB, which also reads files.
    Duckdb,
    /// Apache Spark and Databricks.
    Spark,
    /// Google BigQuery.
    Bigquery,
    /// Snowflake.
    Snowflake,
    /// PostgreSQL, and what follows it, such as Redshift.
    Postgres,
    /// Trino, Presto and Athena.
    Trino,
}

impl Dialect {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("duckdb", Self::Duckdb),
        ("spark", Self::Spark),
        ("bigquery", Self::Bigquery),
        ("snowflake", Self::Snowflake),
        ("postgres", Self::Postgres),
        ("trino", Self::Trino),
    ];

    /// The dialect of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, dialect)| dialect)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, dialect)| *dialect == self).map_or("", |(name, _)| name)
    }

    /// The type of texts.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Spark | Self::Bigquery => "STRING",
            Self::Postgres => "TEXT",
            Self::Duckdb | Self::Snowflake | Self::Trino => "VARCHAR",
        }
    }

    /// The type of double-precision numbers.
    #[must_use]
    pub const fn float(self) -> &'static str {
        match self {
            Self::Bigquery => "FLOAT64",
            Self::Postgres => "DOUBLE PRECISION",
            Self::Duckdb | Self::Spark | Self::Snowflake | Self::Trino => "DOUBLE",
        }
    }

    /// The type of whole numbers of 64 bits.
    #[must_use]
    pub const fn whole(self) -> &'static str {
        match self {
            Self::Bigquery => "INT64",
            Self::Duckdb | Self::Spark | Self::Snowflake | Self::Postgres | Self::Trino => "BIGINT",
        }
    }

    /// A name of a column or table.
    ///
    /// # Errors
    /// Where it holds a character that no engine takes in a name.
    pub fn identifier(self, name: &str) -> Result<String> {
        refuse_unsafe(name)?;
        Ok(match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            Self::Bigquery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            Self::Duckdb | Self::Snowflake | Self::Postgres | Self::Trino => {
                format!("\"{}\"", name.replace('"', "\"\""))
            }
        })
    }

    /// The name of a table, with dots between its parts.
    ///
    /// # Errors
    /// As [`Dialect::identifier`]; and where a part is empty.
    pub fn table(self, name: &str) -> Result<String> {
        let parts: Result<Vec<String>> = name
            .split('.')
            .map(|part| {
                if part.trim().is_empty() {
                    return Err(Error::Asked(format!(
                        "“{}” is no name of a table: write TABLE, SCHEMA.TABLE or CATALOG.SCHEMA.TABLE.",
                        text::line(name)
                    )));
                }
                self.identifier(part)
            })
            .collect();
        Ok(parts?.join("."))
    }

    /// A text.
    ///
    /// # Errors
    /// Where it holds a character that no engine takes in a text.
    pub fn literal(self, value: &str) -> Result<String> {
        refuse_unsafe(value)?;
        let backslashes = || value.replace('\\', "\\\\");
        Ok(match self {
            // Two quotes in a row would be two texts, glued together.
            Self::Spark | Self::Bigquery => format!("'{}'", backslashes().replace('\'', "\\'")),
            Self::Snowflake => format!("'{}'", backslashes().replace('\'', "''")),
            // Right whatever the server makes of a backslash in a plain text.
            Self::Postgres if value.contains('\\') => format!("E'{}'", backslashes().replace('\'', "''")),
            Self::Duckdb | Self::Postgres | Self::Trino => format!("'{}'", value.replace('\'', "''")),
        })
    }
}

/// Control characters have no place in names or texts, and are not the same in all engines.
fn refuse_unsafe(value: &str) -> Result<()> {
    if value.chars().any(char::is_control) {
        let shown = text::line(value);
        return Err(Error::Asked(format!(
            "“{shown}” holds a control character, which cannot be written in a query. Rename it."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_in_a_name_or_text_ends_it() {
        let hostile = r#"a"b`c'd\"#;
        for (dialect, name, literal) in [
            (Dialect::Duckdb, r#""a""b`c'd\""#, r#"'a"b`c''d\'"#),
            (Dialect::Trino, r#""a""b`c'd\""#, r#"'a"b`c''d\'"#),
            (Dialect::Postgres, r#""a""b`c'd\""#, r#"E'a"b`c''d\\'"#),
            (Dialect::Snowflake, r#""a""b`c'd\""#, r#"'a"b`c''d\\'"#),
            (Dialect::Spark, r#"`a"b``c'd\`"#, r#"'a"b`c\'d\\'"#),
            (Dialect::Bigquery, r#"`a"b\`c'd\\`"#, r#"'a"b`c\'d\\'"#),
        ] {
            assert_eq!(dialect.identifier(hostile).unwrap(), name);
            assert_eq!(dialect.literal(hostile).unwrap(), literal);
            assert!(dialect.literal("a\nb").is_err() && dialect.identifier("a\0b").is_err());
            assert_eq!(Dialect::named(dialect.name()), Some(dialect));
        }
        assert_eq!(Dialect::Duckdb.table("main.a b").unwrap(), "\"main\".\"a b\"");
        assert!(Dialect::Duckdb.table("a..b").is_err());
    }

    /// What a dialect's own rules make of a quoted text again.
    fn read_back(dialect: Dialect, quoted: &str) -> Option<String> {
        let escapes = match dialect {
            Dialect::Spark | Dialect::Bigquery | Dialect::Snowflake => true,
            Dialect::Postgres => quoted.starts_with('E'),
            Dialect::Duckdb | Dialect::Trino => false,
        };
        let doubles = !matches!(dialect, Dialect::Spark | Dialect::Bigquery);
        let inner = quoted.trim_start_matches('E').strip_prefix('\'')?.strip_suffix('\'')?;
        let (mut out, mut chars) = (String::new(), inner.chars());
        while let Some(c) = chars.next() {
            match c {
                '\\' if escapes => out.push(chars.next()?),
                '\'' if doubles && chars.next() == Some('\'') => out.push('\''),
                '\'' => return None,
                c => out.push(c),
            }
        }
        Some(out)
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_it_was_meant(value in "[a-z'\\\\\"`; -]{0,20}") {
            for (_, dialect) in Dialect::ALL {
                let quoted = dialect.literal(&value).unwrap();
                prop_assert_eq!(read_back(dialect, &quoted), Some(value.clone()), "{}: {}", dialect.name(), quoted);
            }
        }
    }
}
