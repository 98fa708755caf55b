//! What one field of one record holds.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// A field's value, in the type its description asks for.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing was said. Never the same as zero, no or an empty text.
    #[default]
    Empty,
    /// Text, a choice, or the id of a linked record.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A calendar date, without a time or a zone.
    Day(NaiveDate),
    /// A moment, in UTC, to the millisecond.
    Moment(DateTime<Utc>),
    /// Several texts, in order: choices, words, ids of linked records.
    List(Vec<String>),
}

impl Value {
    /// A text, or [`Value::Empty`] where it is blank.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// Whether nothing was said: empty, a blank text, or an empty list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// The text of a text value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number of a number value.
    #[must_use]
    pub fn as_number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The date of a date value.
    #[must_use]
    pub fn as_day(&self) -> Option<NaiveDate> {
        if let Self::Day(day) = self { Some(*day) } else { None }
    }

    /// The moment of a moment value.
    #[must_use]
    pub fn as_moment(&self) -> Option<DateTime<Utc>> {
        if let Self::Moment(moment) = self { Some(*moment) } else { None }
    }

    /// Whether this is a flag that is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Flag(true))
    }

    /// The items of a list value; none for any other.
    #[must_use]
    pub fn items(&self) -> &[String] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The value as people read it, without resolving links and with moments in UTC.
    #[must_use]
    pub fn display(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::Day(day) => day.format("%Y-%m-%d").to_string(),
            Self::Moment(moment) => rfc3339(*moment),
            Self::List(items) => items.join(", "),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(moment: DateTime<Utc>) -> Self {
        Self::Moment(moment)
    }
}

impl From<Vec<String>> for Value {
    fn from(items: Vec<String>) -> Self {
        Self::List(items)
    }
}

/// A moment as it is stored and exchanged: RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn rfc3339(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
