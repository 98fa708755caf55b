//! Series: readings of a signal, a batch at a time. The readings themselves are content that their SHA-256 guards, as text
//! of one line each, `time,value`; the record says what is in it.

use super::{Field, FieldKind, RecordType, check_nothing, settle_nothing};

/// A batch of readings.
pub static SERIES: RecordType = RecordType {
    name: "series",
    label: "Series",
    plural: "Series",
    prefix: "SER",
    title: "title",
    help: "Readings of a signal, a batch at a time, with what is in it and what was left out.",
    fields: &[
        Field::line("title", "Title", "Which readings of which signal.").by_workspace().column(34),
        Field::link("signal", "Signal", "signal", "The signal that was read.").required().column(26),
        Field::link("system", "System", "system", "The system of the signal.").by_workspace(),
        Field::line("source", "Source", "Where the readings come from.").column(22),
        Field::moment("first_at", "First", "When the first one was taken.").by_workspace().column(16),
        Field::moment("last_at", "Last", "When the last one was taken.").by_workspace().column(16),
        Field::of("points", "Readings", FieldKind::Number(0, i64::MAX), "How many there are.").by_workspace().column(9),
        Field::of("left_out", "Left out", FieldKind::Number(0, i64::MAX), "How many lines were not taken in.")
            .by_workspace(),
        Field::prose("left_out_note", "Why left out", "Why lines were not taken in, with how many of each sort.")
            .by_workspace(),
        Field::line("lowest", "Lowest", "The lowest value.").by_workspace(),
        Field::line("highest", "Highest", "The highest value.").by_workspace(),
        Field::line("sha256", "SHA-256", "Of the readings as they are kept, in hexadecimal.").by_workspace(),
    ],
    closed: None,
    order: &[("id", true)],
    settle: settle_nothing,
    check: check_nothing,
};
