//! What a change did, in words: the line in the history, and under the screens after a key.

use std::fmt::Write as _;

use super::write::Done;
use crate::record::{Field, FieldKind};

/// What a change did, in words: `RSK-41 added`, `ACT-7: status done`, `RSK-41 added, and 11 more`.
pub(super) fn in_words(done: &[Done]) -> String {
    let (following, done): (Vec<&Done>, Vec<&Done>) = done.iter().partition(|done| done.follows);
    match done.as_slice() {
        [] if !following.is_empty() => in_words_of_rules(&following),
        [] => "Nothing changed".to_owned(),
        [only] if following.len() == 1 => {
            format!("{}; {}", one_in_words(only), in_words_of_rules(&following))
        }
        [only] => one_in_words(only),
        [first, ..] if done.iter().all(|done| done.deleted) => {
            let last = done.last().unwrap_or(first);
            format!("{} deleted, with {} that belonged to it", last.record.reference(), done.len() - 1)
        }
        [first, rest @ ..] => {
            let mut out = one_in_words(first);
            let _ = write!(out, ", and {} more", rest.len());
            out
        }
    }
}

/// What rules wrote anew, in words: `REV-3 proposed tier high`.
fn in_words_of_rules(done: &[&Done]) -> String {
    let [only] = done else { return format!("{} records brought up to date", done.len()) };
    let choice = only.record.fields().find(|(field, value)| {
        let changed = only.before.as_ref().is_some_and(|before| before.get(field.name) != *value);
        changed && matches!(field.kind, FieldKind::Choice(_)) && !value.is_empty()
    });
    let reference = only.record.reference();
    match choice {
        Some((field, value)) => format!("{reference} {} {}", field.label.to_lowercase(), value.display()),
        None => format!("{reference} brought up to date"),
    }
}

fn one_in_words(done: &Done) -> String {
    let reference = done.record.reference();
    let Some(before) = &done.before else {
        return format!("{reference} {}", if done.deleted { "deleted" } else { "added" });
    };
    let changed: Vec<&Field> = done
        .record
        .fields()
        .filter(|(field, value)| field.is_editable() && before.get(field.name) != *value)
        .map(|(field, _)| field)
        .collect();
    let short = |field: &Field| {
        let value = done.record.get(field.name);
        match field.kind {
            FieldKind::Choice(_) | FieldKind::Step(_) | FieldKind::Day | FieldKind::Flag | FieldKind::Number(..)
                if !value.is_empty() =>
            {
                format!("{} {}", field.label.to_lowercase(), value.display())
            }
            _ => field.label.to_lowercase(),
        }
    };
    match changed.as_slice() {
        [] => format!("{reference} brought up to date"),
        few if few.len() <= 4 => {
            format!("{reference}: {}", few.iter().map(|field| short(field)).collect::<Vec<_>>().join(", "))
        }
        many => format!("{reference}: {} fields", many.len()),
    }
}
