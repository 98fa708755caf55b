//! The words in which a record is described. Forms, list columns, detail views, filters, CSV and JSON,
//! history differences, search, validation and the command line's options all read these descriptions.

use crate::record::decision::authority::{Matter, Right, Separation};
use crate::record::{Kind, Record, Value};
use chrono::{DateTime, NaiveDate, Utc};

/// A list of names that the organisation's policy defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Risk categories.
    Category,
    /// Roles that people hold.
    Role,
    /// Functions that review: privacy, security, legal …
    Function,
    /// Versions of the law that systems are classified under, the newest last.
    Law,
    /// Duties to report an incident within so many days.
    Clock,
}

/// An ordinal scale of 1 to 5 whose steps policy names and defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// How bad: 1 Negligible to 5 Severe.
    Severity,
    /// How probable: 1 Rare to 5 Almost certain.
    Likelihood,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Line,
    /// Long text, in Markdown.
    Prose,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Any of these.
    Choices(&'static [&'static str]),
    /// One of the names in a list of the policy.
    Named(Names),
    /// Any of the names in a list of the policy.
    NamedMany(Names),
    /// Any words, in order.
    Words,
    /// A step of a scale, 1 to 5.
    Step(Scale),
    /// A whole number in this range.
    Number(i64, i64),
    /// Yes or no.
    Flag,
    /// A calendar date.
    Day,
    /// A moment, stored in UTC.
    Moment,
    /// Another record, of the kind with this name.
    Link(&'static str),
    /// Several other records, of the kind with this name, by reference.
    Links(&'static str),
    /// A record of any kind, by reference.
    Reference,
}

/// Who writes a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// People do: it stands in forms.
    ByHand,
    /// People do, but rarely: it stands in forms only when asked for all fields.
    Seldom,
    /// A rule of the record or of the policy does.
    ByRule,
    /// The workspace does: ids, versions, who and when.
    ByWorkspace,
}

/// One field of a kind of record.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "a description says yes or no to several questions")]
pub struct Field {
    /// The name: the column in the workspace, the key in JSON and CSV, the option on the command line.
    pub name: &'static str,
    /// What people read before the value.
    pub label: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// One line that says what belongs here.
    pub help: &'static str,
    /// Whether a record without it is refused.
    pub required: bool,
    /// Who writes it.
    pub written: Written,
    /// The width of its column in lists, in cells; none when lists do not show it.
    pub column: Option<u16>,
    /// Whether a room must not see it when a screen is shared.
    pub private: bool,
    /// The value a new record starts with, in the form people would type it.
    pub default: Option<&'static str>,
    /// Whether what a rule writes in the linked record follows from this one, and is settled anew with it.
    pub settles: bool,
    /// Whether a decision rests on it: when it changes later, the decision is outdated.
    pub decides: bool,
}

impl Field {
    const fn new(name: &'static str, label: &'static str, kind: FieldKind, help: &'static str) -> Self {
        Self {
            name,
            label,
            kind,
            help,
            required: false,
            written: Written::ByHand,
            column: None,
            private: false,
            default: None,
            settles: false,
            decides: false,
        }
    }

    /// One line of text.
    #[must_use]
    pub const fn line(name: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::new(name, label, FieldKind::Line, help)
    }

    /// Long text.
    #[must_use]
    pub const fn prose(name: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::new(name, label, FieldKind::Prose, help)
    }

    /// One of `choices`.
    #[must_use]
    pub const fn choice(
        name: &'static str,
        label: &'static str,
        choices: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self::new(name, label, FieldKind::Choice(choices), help)
    }

    /// Any of `choices`.
    #[must_use]
    pub const fn choices(
        name: &'static str,
        label: &'static str,
        choices: &'static [&'static str],
        help: &'static str,
    ) -> Self {
        Self::new(name, label, FieldKind::Choices(choices), help)
    }

    /// A field of any kind.
    #[must_use]
    pub const fn of(name: &'static str, label: &'static str, kind: FieldKind, help: &'static str) -> Self {
        Self::new(name, label, kind, help)
    }

    /// A link to a record of the kind named `kind`.
    #[must_use]
    pub const fn link(name: &'static str, label: &'static str, kind: &'static str, help: &'static str) -> Self {
        Self::new(name, label, FieldKind::Link(kind), help)
    }

    /// A calendar date.
    #[must_use]
    pub const fn day(name: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::new(name, label, FieldKind::Day, help)
    }

    /// A moment.
    #[must_use]
    pub const fn moment(name: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::new(name, label, FieldKind::Moment, help)
    }

    /// Yes or no.
    #[must_use]
    pub const fn flag(name: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::new(name, label, FieldKind::Flag, help)
    }

    /// Refuse a record without it.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Show it in lists, `width` cells wide.
    #[must_use]
    pub const fn column(mut self, width: u16) -> Self {
        self.column = Some(width);
        self
    }

    /// Start new records with this.
    #[must_use]
    pub const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }

    /// Leave it out of short forms.
    #[must_use]
    pub const fn seldom(mut self) -> Self {
        self.written = Written::Seldom;
        self
    }

    /// Written by a rule, never by hand.
    #[must_use]
    pub const fn by_rule(mut self) -> Self {
        self.written = Written::ByRule;
        self
    }

    /// Written by the workspace, never by hand.
    #[must_use]
    pub const fn by_workspace(mut self) -> Self {
        self.written = Written::ByWorkspace;
        self
    }

    /// Settle the record that it links to anew whenever this one changes.
    #[must_use]
    pub const fn settles(mut self) -> Self {
        self.settles = true;
        self
    }

    /// Let decisions rest on it: it is part of what they were about, and one that was made before it changed is outdated.
    #[must_use]
    pub const fn decides(mut self) -> Self {
        self.decides = true;
        self
    }

    /// Hide it on a shared screen.
    #[must_use]
    pub const fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Whether people may write it.
    #[must_use]
    pub const fn is_editable(&self) -> bool {
        matches!(self.written, Written::ByHand | Written::Seldom)
    }

    /// The kind of record that a link or a list of links leads to.
    #[must_use]
    pub const fn linked_kind(&self) -> Option<&'static str> {
        match self.kind {
            FieldKind::Link(kind) | FieldKind::Links(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether the full-text search reads it: all text that people write, ids and choices left out.
    #[must_use]
    pub const fn is_searched(&self) -> bool {
        matches!(self.kind, FieldKind::Line | FieldKind::Prose | FieldKind::Words)
            && matches!(self.written, Written::ByHand | Written::Seldom)
    }

    /// Whether the value stands in the workspace as a JSON array.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self.kind, FieldKind::Choices(_) | FieldKind::NamedMany(_) | FieldKind::Words | FieldKind::Links(_))
    }
}

/// Something that keeps a record from being saved, or that a person should see before it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field to mend; none when the record as a whole is meant.
    pub field: Option<&'static str>,
    /// What is wrong and what would be right, as a sentence.
    pub message: String,
}

impl Problem {
    /// A problem of one field.
    #[must_use]
    pub fn of(field: &'static str, message: impl Into<String>) -> Self {
        Self { field: Some(field), message: message.into() }
    }
}

/// What the rules of a record may know of the world: the time, who is writing, and the policy's terms.
pub struct Context<'a> {
    /// The moment of the change.
    pub now: DateTime<Utc>,
    /// The date where the user is.
    pub today: NaiveDate,
    /// The id of the person who makes the change.
    pub actor: &'a str,
    /// The organisation's scales, matrix and lists.
    pub terms: &'a dyn Terms,
    /// What other records say.
    pub records: &'a dyn Look,
}

/// Looks at the records that one links to. The workspace implements it.
pub trait Look {
    /// A field of the record of this kind with this id; [`Value::Empty`] where there is no such record.
    fn field(&self, kind: Kind, id: &str, field: &str) -> Value;

    /// The record of this kind whose field `link` leads to the record with this id; the first, where there are several.
    fn belonging(&self, kind: Kind, link: &str, id: &str) -> Option<Record>;

    /// The record of this kind with this id.
    fn record(&self, kind: Kind, id: &str) -> Option<Record>;

    /// The record with this reference.
    fn named(&self, reference: &str) -> Option<Record>;

    /// All records of this kind whose field `link` leads to the record with this id, the oldest first.
    fn all(&self, kind: Kind, link: &str, id: &str) -> Vec<Record>;

    /// All records of this kind, the oldest first: for kinds of which there are few.
    fn every(&self, kind: Kind) -> Vec<Record>;

    /// The id of the person whose workspace it is.
    fn owner(&self) -> Option<String>;
}

impl Context<'_> {
    /// Where `after` leaves `field` empty, takes it from the record that its field `from` links to.
    pub fn inherit(&self, after: &mut Record, field: &str, from: &str) {
        let kind = after.kind().field(from).and_then(Field::linked_kind).and_then(kind_named);
        if let (Some(kind), Some(id), true) = (kind, after.text(from).map(str::to_owned), after.get(field).is_empty()) {
            after.set(field, self.records.field(kind, &id, field));
        }
    }
}

/// The part of a policy that records depend on. The policy implements it; records know no more of it.
pub trait Terms {
    /// The names in a list, in the policy's order.
    fn names(&self, list: Names) -> Vec<String>;
    /// The level that the matrix gives for a severity and a likelihood (1 to 5 each), and its rank from 0 (the
    /// least) upwards.
    fn level(&self, severity: i64, likelihood: i64) -> Option<(String, i64)>;
    /// The name of a scale's step.
    fn step(&self, scale: Scale, step: i64) -> Option<String>;
    /// How many of the fields that policy requires of a packet are answered: (answered, required).
    fn completeness(&self, packet: &Record) -> (i64, i64);
    /// How many days a review of this tier may stay in this stage; none where policy sets no limit.
    fn stage_days(&self, stage: &str, tier: Option<&str>) -> Option<u32>;

    /// The tier that the answers of a packet, and of a legal classification where there is one, suggest; none where
    /// nothing was said yet, or policy has no rules.
    fn proposed_tier(&self, _packet: &Record, _legal: Option<&Record>) -> Option<&'static str> {
        None
    }

    /// How many days old evidence of this kind may be; none where policy sets no limit.
    fn evidence_days(&self, _kind: &str) -> Option<u32> {
        None
    }

    /// What follows from the answers of a legal classification, and how many answers it still needs; none where policy
    /// knows no such law.
    fn legal_outcome(&self, _legal: &Record) -> Option<(&'static str, i64)> {
        None
    }

    /// The rules that give the right to decide a matter; none where nobody has it. One without roles shuts it for all.
    fn rights(&self, _matter: &Matter<'_>) -> Vec<Right> {
        Vec::new()
    }

    /// The rules that keep people from deciding about what is their own, for a kind of decision.
    fn separations(&self, _kind: &str) -> Vec<Separation> {
        Vec::new()
    }

    /// How many days after it was known an incident must be reported by this legal clock; none where policy knows no such.
    fn clock_days(&self, _clock: &str) -> Option<u32> {
        None
    }

    /// The date at a moment on the organisation's clocks: the day from which legal clocks count, and on which a report is made.
    fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        at.date_naive()
    }

    /// How many days a decision of this kind, or a delegation, may last; none where policy sets no limit.
    fn most_days(&self, _kind: &str) -> Option<u32> {
        None
    }
}

/// A kind of record: its names, its fields and its rules.
pub struct RecordType {
    /// The name: the table, the subcommand.
    pub name: &'static str,
    /// What people read, singular.
    pub label: &'static str,
    /// What people read, plural.
    pub plural: &'static str,
    /// What references start with: `RSK` in `RSK-31`.
    pub prefix: &'static str,
    /// The field that names a record.
    pub title: &'static str,
    /// One line that says what such a record is.
    pub help: &'static str,
    /// The fields beyond the common ones.
    pub fields: &'static [Field],
    /// A filter that tells records that still need work: a field and the values that mean it is over.
    pub closed: Option<(&'static str, &'static [&'static str])>,
    /// How lists are ordered unless asked otherwise: field and whether descending.
    pub order: &'static [(&'static str, bool)],
    /// Writes what follows from the rest: dates of closing, levels. Runs before [`RecordType::check`].
    pub settle: fn(before: Option<&Record>, after: &mut Record, context: &Context<'_>),
    /// What keeps this record from being saved, beyond what the descriptions of the fields say.
    pub check: fn(before: Option<&Record>, after: &Record, context: &Context<'_>) -> Vec<Problem>,
}

impl RecordType {
    /// The field of this name, among the common ones too.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().chain(COMMON_AFTER).chain(COMMON).find(|field| field.name == name)
    }

    /// Whether records of this kind have an end.
    #[must_use]
    pub const fn ends(&self) -> bool {
        self.closed.is_some()
    }

    /// All fields in the order in which they are stored: id, reference and version, the kind's own, then notes,
    /// tags, who and when.
    pub fn columns(&self) -> impl Iterator<Item = &'static Field> + use<> {
        COMMON.iter().chain(self.fields).chain(COMMON_AFTER)
    }

    /// The fields that people may write.
    pub fn editable(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.fields.iter().chain(COMMON_AFTER).filter(|field| field.is_editable())
    }

    /// Where a field stands in [`RecordType::columns`].
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns().position(|field| field.name == name)
    }

    /// Whether a record of this kind needs no more work.
    #[must_use]
    pub fn is_closed(&self, record: &Record) -> bool {
        self.closed.is_some_and(|(field, over)| record.text(field).is_some_and(|now| over.contains(&now)))
    }
}

impl PartialEq for RecordType {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RecordType {}

impl std::fmt::Debug for RecordType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The fields that stand before a kind's own.
pub static COMMON: &[Field] = &[
    Field::line("id", "Id", "Globally unique and ordered by time (UUIDv7).").by_workspace(),
    Field::line("ref", "Reference", "The short name that people can say aloud.").by_workspace().column(9),
    Field::of("version", "Version", FieldKind::Number(1, i64::MAX), "Counts the saves of this record.").by_workspace(),
];

/// The fields that stand after a kind's own.
pub static COMMON_AFTER: &[Field] = &[
    Field::of("tags", "Tags", FieldKind::Words, "Your own words to group by, without the #.").seldom(),
    Field::prose("notes", "Notes", "Anything else, in Markdown. Not shown when the screen is shared.")
        .seldom()
        .private(),
    Field::moment("created_at", "Created", "When it was recorded.").by_workspace(),
    Field::link("created_by", "Created by", "person", "Who recorded it.").by_workspace(),
    Field::moment("updated_at", "Updated", "When it last changed.").by_workspace(),
    Field::link("updated_by", "Updated by", "person", "Who last changed it.").by_workspace(),
];

/// Settles nothing: for kinds in which nothing follows from the rest.
pub fn settle_nothing(_: Option<&Record>, _: &mut Record, _: &Context<'_>) {}

/// Finds no problem: for kinds whose fields say it all.
#[must_use]
pub fn check_nothing(_: Option<&Record>, _: &Record, _: &Context<'_>) -> Vec<Problem> {
    Vec::new()
}

/// The kind with this name, singular as stored (`risk`, `checklist_item`).
#[must_use]
pub fn kind_named(name: &str) -> Option<Kind> {
    crate::record::KINDS.iter().copied().find(|kind| kind.name == name)
}
