//! Laying policy files over one another: which files there are, the lowest first, and what comes out where they meet.
//!
//! Tables merge key by key. Lists of named things merge by name: a later layer replaces the keys it gives, adds what is
//! new at the end, and takes one away with `remove = true`. Any other value is replaced whole.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::source::{Flaw, Layer, PolicyError, Sources};
use super::{assets, text};

/// A value of a policy file, with where it stands.
pub(super) type Item<'a> = Spanned<DeValue<'a>>;

/// The most mistakes of syntax that one file is told of.
const MOST_SYNTAX: usize = 20;

/// The key by which the things in a list are told apart; none where a list is a plain list of values.
pub(super) fn identity(list: &str) -> Option<&'static str> {
    match list {
        "level" | "category" | "role" | "function" | "stage" => Some("name"),
        "requirement" | "escalation" | "framework" | "control" | "checklist" => Some("id"),
        "checklist.item" => Some("code"),
        _ => None,
    }
}

/// The layers that a policy is made of, the lowest first: the built-in default (unless the lowest given layer says
/// `complete = true`), then the given ones, each after what it extends.
///
/// # Errors
/// Bad TOML, something extended that is not there, a cycle.
pub(super) fn gather(given: &[Layer]) -> Result<Vec<Layer>, PolicyError> {
    let mut gathering = Gathering::default();
    for layer in given {
        gathering.add(layer.clone());
    }
    if !gathering.flaws.is_empty() {
        return Err(PolicyError { flaws: gathering.flaws });
    }
    let mut layers = if gathering.complete { Vec::new() } else { assets::default_layers() };
    layers.extend(gathering.order);
    Ok(layers)
}

#[derive(Default)]
struct Gathering {
    order: Vec<Layer>,
    /// What tells layers apart, with whether all that it extends is in order.
    known: Vec<(String, bool)>,
    complete: bool,
    flaws: Vec<Flaw>,
}

impl Gathering {
    fn add(&mut self, layer: Layer) {
        let table = match parse(&layer) {
            Ok(table) => table,
            Err(flaws) => return self.flaws.extend(flaws),
        };
        let extends = match table.get("extends") {
            None => None,
            Some(item) if item.get_ref().is_str() => item.get_ref().as_str().map(|name| (name.to_owned(), item.span())),
            Some(item) => {
                let message = "“extends” names one profile or one file beside this one, in quotes.";
                return self.flaws.push(Flaw::at(&layer, item.span().start, message));
            }
        };
        match table.get("complete").map(|item| (item.get_ref().as_bool(), item.span())) {
            None => {}
            Some((Some(complete), at)) => {
                if complete && (!self.order.is_empty() || extends.is_some()) {
                    let message = "a complete policy lies on nothing: it must be the lowest file and extend none.";
                    self.flaws.push(Flaw::at(&layer, at.start, message));
                }
                self.complete |= complete;
            }
            Some((None, at)) => {
                self.flaws.push(Flaw::at(&layer, at.start, "“complete” is either true or false."));
            }
        }
        drop(table);
        self.known.push((key_of(&layer), false));
        let here = self.known.len() - 1;
        if let Some((name, at)) = extends {
            self.extend(&layer, &name, &at);
        }
        self.known[here].1 = true;
        self.order.push(layer);
    }

    fn extend(&mut self, layer: &Layer, name: &str, at: &Range<usize>) {
        let base = match find(layer, name) {
            Ok(base) => base,
            Err(message) => return self.flaws.push(Flaw::at(layer, at.start, message)),
        };
        let key = key_of(&base);
        match self.known.iter().find(|(known, _)| *known == key) {
            None => self.add(base),
            Some((_, true)) => {}
            Some((_, false)) => {
                let message =
                    format!("“{}” extends “{name}”, which extends it in turn; one of the two must not.", layer.name);
                self.flaws.push(Flaw::at(layer, at.start, message));
            }
        }
    }
}

/// What tells layers apart: the file, or the name where there is no file.
fn key_of(layer: &Layer) -> String {
    match &layer.path {
        Some(path) => format!("file {}", std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()).display()),
        None => format!("name {}", layer.name),
    }
}

/// The layer that another extends.
fn find(layer: &Layer, name: &str) -> Result<Layer, String> {
    if let Some(profile) = assets::profile(name) {
        return Ok(profile);
    }
    let is_file = std::path::Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if !is_file {
        let profiles: Vec<&str> = assets::profiles().collect();
        return Err(format!(
            "there is no profile “{name}”; expected one of: {}; or a file beside this one, such as “base.toml”.",
            profiles.join(", ")
        ));
    }
    if name.contains(['/', '\\']) {
        return Err(format!("“{name}” leads to another folder; a policy extends only files beside it."));
    }
    let Some(path) = &layer.path else {
        return Err(format!("“{name}” would lie beside this policy, which is not in a file."));
    };
    Layer::read(&path.with_file_name(name))
        .map_err(|error| error.flaws.first().map_or_else(String::new, |flaw| format!("“{name}”: {}", flaw.message)))
}

/// Reads a layer's TOML.
pub(super) fn parse(layer: &Layer) -> Result<DeTable<'_>, Vec<Flaw>> {
    let (table, errors) = DeTable::parse_recoverable(&layer.text);
    if errors.is_empty() {
        return Ok(table.into_inner());
    }
    let flaw = |error: &toml::de::Error| {
        let message = format!("this is not TOML: {}.", error.message());
        error.span().map_or_else(|| Flaw::of(layer, &message), |span| Flaw::at(layer, span.start, &message))
    };
    Err(errors.iter().take(MOST_SYNTAX).map(flaw).collect())
}

/// All layers laid over one another, with what was found on the way.
pub(super) struct Merged<'a> {
    /// What holds, each value with where it stands in the [`Sources`].
    pub root: DeTable<'a>,
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// What is odd, but not wrong.
    pub warnings: Vec<Flaw>,
    /// What was taken away, as `control FAIR-02`, and where.
    pub removed: Vec<(String, usize)>,
}

/// Lays all layers over one another.
pub(super) fn merge(sources: &Sources) -> Merged<'_> {
    let mut merge = Merge { sources, flaws: Vec::new(), warnings: Vec::new(), removed: Vec::new() };
    let mut root = DeTable::new();
    for (base, layer) in sources.layers() {
        match parse(layer) {
            Ok(table) => {
                let mut table = normalise(table, base);
                table.remove("extends");
                table.remove("complete");
                merge.table(&mut root, table, "");
            }
            Err(flaws) => merge.flaws.extend(flaws),
        }
    }
    let Merge { flaws, warnings, removed, .. } = merge;
    Merged { root, flaws, warnings, removed }
}

/// A layer's table numbered from `base`, with the matrix's rows as tables of cells, so that a layer may name one cell.
pub(super) fn normalise(table: DeTable<'_>, base: usize) -> DeTable<'_> {
    let mut table = shift_table(table, base);
    if let Some(DeValue::Table(matrix)) = table.get_mut("matrix").map(Spanned::get_mut) {
        for (_, row) in matrix.iter_mut() {
            if let DeValue::Array(cells) = row.get_mut() {
                let cells = std::mem::replace(cells, DeArray::new());
                let numbered = cells.into_iter().enumerate().map(|(at, cell)| {
                    let key = Spanned::new(cell.span(), (at + 1).to_string().into());
                    (key, cell)
                });
                *row.get_mut() = DeValue::Table(numbered.collect());
            }
        }
    }
    table
}

fn shift_table(table: DeTable<'_>, base: usize) -> DeTable<'_> {
    table.into_iter().map(|(key, item)| (shifted(key, base), shift(item, base))).collect()
}

fn shift(item: Item<'_>, base: usize) -> Item<'_> {
    let mut item = shifted(item, base);
    match item.get_mut() {
        DeValue::Table(table) => *table = shift_table(std::mem::take(table), base),
        DeValue::Array(array) => {
            for inner in array.iter_mut() {
                let taken = std::mem::replace(inner, Spanned::new(0..0, DeValue::Boolean(false)));
                *inner = shift(taken, base);
            }
        }
        _ => {}
    }
    item
}

fn shifted<T>(spanned: Spanned<T>, base: usize) -> Spanned<T> {
    let span = spanned.span();
    Spanned::new(span.start + base..span.end + base, spanned.into_inner())
}

struct Merge<'s> {
    sources: &'s Sources,
    flaws: Vec<Flaw>,
    warnings: Vec<Flaw>,
    removed: Vec<(String, usize)>,
}

impl<'s> Merge<'s> {
    fn flaw(&mut self, at: usize, message: impl AsRef<str>) {
        self.flaws.push(self.sources.flaw(at, message));
    }

    /// Lays `upper` over `lower`. `path` is the dotted path of both, without the names of things in lists.
    fn table(&mut self, lower: &mut DeTable<'s>, upper: DeTable<'s>, path: &str) {
        for (key, item) in upper {
            let name = key.get_ref().to_string();
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if name.chars().any(text::is_unsafe) {
                self.flaw(key.span().start, format!("the key “{name}” holds a character that cannot be shown."));
                continue;
            }
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) if self.is_removal(&table, None) => {
                    if lower.remove(name.as_str()).is_none() {
                        self.removes_nothing(span.start, &name);
                    }
                    self.removed.push((below, span.start));
                }
                DeValue::Table(table) => match enter(lower, key, &span, || DeValue::Table(DeTable::new())) {
                    DeValue::Table(here) => self.table(here, table, &below),
                    other => self.clash(span.start, &name, other, "a table"),
                },
                DeValue::Array(array) => match enter(lower, key, &span, || DeValue::Array(DeArray::new())) {
                    DeValue::Array(here) => self.array(here, array, &below),
                    other => self.clash(span.start, &name, other, "a list"),
                },
                value => self.value(lower, key, Spanned::new(span, value)),
            }
        }
    }

    fn array(&mut self, lower: &mut DeArray<'s>, upper: DeArray<'s>, path: &str) {
        if let Some(identity) = identity(path) {
            self.list(lower, upper, identity, path);
        } else {
            self.check_texts(&upper);
            *lower = upper;
        }
    }

    fn value(&mut self, lower: &mut DeTable<'s>, key: Spanned<std::borrow::Cow<'s, str>>, item: Item<'s>) {
        let at = item.span().start;
        self.check_text(item.get_ref(), at);
        if let Some(had @ (DeValue::Table(_) | DeValue::Array(_))) = lower.get(&key).map(Spanned::get_ref) {
            let given = kind_name(item.get_ref().type_str());
            self.clash(at, key.get_ref(), had, given);
        } else {
            // Out first, so that the key too leads to the layer whose value holds.
            lower.remove(&key);
            lower.insert(key, item);
        }
    }

    fn clash(&mut self, at: usize, name: &str, had: &DeValue<'_>, given: &str) {
        self.flaw(at, format!("“{name}” holds {}, not {given}.", kind_name(had.type_str())));
    }

    fn list(&mut self, lower: &mut DeArray<'s>, upper: DeArray<'s>, identity: &'static str, path: &str) {
        let mut seen = HashSet::new();
        for item in upper {
            let span = item.span();
            let DeValue::Table(table) = item.into_inner() else {
                self.flaw(span.start, format!("each “{path}” is a table of its own, under [[{path}]]."));
                continue;
            };
            let Some((name, at)) = self.name_of(&table, identity, path, span.start) else { continue };
            if !seen.insert(name.clone()) {
                self.flaw(at, format!("the {path} “{name}” stands twice in this file."));
                continue;
            }
            let index = lower.iter().position(|item| is_named(item, identity, &name));
            match index {
                _ if self.is_removal(&table, Some(identity)) => {
                    if index.is_none() {
                        self.removes_nothing(at, &name);
                    }
                    let kept = std::mem::replace(lower, DeArray::new())
                        .into_iter()
                        .filter(|item| !is_named(item, identity, &name));
                    kept.for_each(|item| lower.push(item));
                    self.removed.push((format!("{path} {name}"), at));
                }
                Some(index) => {
                    if let Some(DeValue::Table(here)) = lower.get_mut(index).map(Spanned::get_mut) {
                        self.table(here, table, path);
                    }
                }
                None => {
                    let mut here = DeTable::new();
                    self.table(&mut here, table, path);
                    lower.push(Spanned::new(span, DeValue::Table(here)));
                }
            }
        }
    }

    /// The name of a thing in a list, with where it stands.
    fn name_of(&mut self, table: &DeTable<'s>, identity: &str, path: &str, at: usize) -> Option<(String, usize)> {
        let Some(item) = table.get(identity) else {
            self.flaw(at, format!("this {path} needs the key “{identity}”, which names it."));
            return None;
        };
        let at = item.span().start;
        let name = item.get_ref().as_str().filter(|name| !name.trim().is_empty());
        if name.is_none() {
            self.flaw(at, format!("“{identity}” names this {path}; expected a text in quotes."));
        }
        name.map(|name| (name.to_owned(), at))
    }

    /// Whether a table only takes something away.
    fn is_removal(&mut self, table: &DeTable<'s>, identity: Option<&str>) -> bool {
        let Some(remove) = table.get("remove") else { return false };
        let at = remove.span().start;
        if remove.get_ref().as_bool() != Some(true) {
            self.flaw(at, "“remove” can only be true; leave it out to keep the thing.");
        } else if table.len() > 1 + usize::from(identity.is_some()) {
            self.flaw(at, "what is removed needs no other keys; remove it, or change it.");
        }
        true
    }

    fn removes_nothing(&mut self, at: usize, name: &str) {
        let message = format!("“{name}” is removed, but no layer below has it.");
        self.warnings.push(self.sources.flaw(at, message));
    }

    fn check_text(&mut self, value: &DeValue<'_>, at: usize) {
        let hidden = |c: &char| text::is_unsafe(*c) && !matches!(c, '\n' | '\t');
        if let Some(bad) = value.as_str().and_then(|text| text.chars().find(hidden)) {
            let code = u32::from(bad);
            self.flaw(at, format!("this text holds the invisible or control character U+{code:04X}; leave it out."));
        }
    }

    fn check_texts(&mut self, array: &DeArray<'_>) {
        for item in array {
            self.check_text(item.get_ref(), item.span().start);
            match item.get_ref() {
                DeValue::Array(inner) => self.check_texts(inner),
                DeValue::Table(inner) => inner.values().for_each(|item| {
                    self.check_text(item.get_ref(), item.span().start);
                }),
                _ => {}
            }
        }
    }
}

/// The value of a key in `lower`, put there where it is new.
fn enter<'t, 's>(
    lower: &'t mut DeTable<'s>,
    key: Spanned<std::borrow::Cow<'s, str>>,
    span: &Range<usize>,
    empty: impl FnOnce() -> DeValue<'s>,
) -> &'t mut DeValue<'s> {
    lower.entry(key).or_insert_with(|| Spanned::new(span.clone(), empty())).get_mut()
}

/// Whether this thing in a list has this name.
pub(super) fn is_named(item: &Item<'_>, identity: &str, name: &str) -> bool {
    item.get_ref().as_table().and_then(|table| table.get(identity)).and_then(|item| item.get_ref().as_str())
        == Some(name)
}

/// What people call a TOML type.
pub(super) fn kind_name(toml: &str) -> &'static str {
    match toml {
        "string" => "a text",
        "integer" => "a whole number",
        "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a date or time",
        "array" => "a list",
        _ => "a table",
    }
}
