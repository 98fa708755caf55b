//! The pages' templates: shipped ones, and those of the organisation that stand in for them.
//!
//! A template can do nothing but make text of what it is given: it reads no file but templates of one folder, its
//! work and its memory are bounded, and what people typed is escaped for the language of the page unless it says so.

use std::error::Error as _;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, escape_formatter};

use super::error::{Error, Result};
use super::{chart, escape};

/// The templates that are shipped, by name. A file of the same name in the templates' folder stands in for one.
pub const SHIPPED: &[(&str, &str)] = &[
    ("pack.html.j2", include_str!("../../assets/reports/pack.html.j2")),
    ("parts.html.j2", include_str!("../../assets/reports/parts.html.j2")),
    ("style.css.j2", include_str!("../../assets/reports/style.css.j2")),
    ("pack.md.j2", include_str!("../../assets/reports/pack.md.j2")),
    ("readout.md.j2", include_str!("../../assets/reports/readout.md.j2")),
];

/// The largest template, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What a template may spend: about one for each instruction and one for each 64 bytes of text it makes. The shipped
/// pages take about a hundredth of it.
const FUEL: u64 = 2_000_000;

/// What it may spend more for each row that a register shows; the shipped pages take about half of it.
const FUEL_EACH: u64 = 2_000;

/// Fills a template for a page that shows so many rows of a register.
///
/// # Errors
/// Names the template's file and line.
pub fn fill(name: &str, context: Value, rows: usize, folder: Option<&Path>) -> Result<String> {
    let fuel = FUEL.saturating_add(FUEL_EACH.saturating_mul(rows as u64));
    let filled = environment(folder, fuel)
        .and_then(|environment| environment.get_template(name).and_then(|template| template.render(context)));
    filled.map_err(|error| explain(name, &error, folder))
}

fn environment(folder: Option<&Path>, fuel: u64) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    // A line that holds nothing but a tag leaves nothing behind.
    environment
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    let folder = folder.map(Path::to_owned);
    environment.set_loader(move |name| load(name, folder.as_deref()));
    environment.set_fuel(Some(fuel));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.trim_end_matches(".j2").rsplit('.').next() {
        Some("html" | "htm" | "svg" | "xml") => AutoEscape::Html,
        Some("md" | "markdown") => AutoEscape::Custom("markdown".into()),
        _ => AutoEscape::Custom("css".into()),
    });
    environment.set_formatter(|out, state, value| {
        // Nothing that was said shows as nothing.
        if value.is_none() {
            return Ok(());
        }
        match state.auto_escape() {
            AutoEscape::Custom(language) if !value.is_safe() && value.kind() != ValueKind::Number => {
                let text = value.to_string();
                let safe = if language == "markdown" { escape::markdown(&text) } else { escape::css(&text) };
                out.write_str(&safe).map_err(minijinja::Error::from)
            }
            AutoEscape::Custom(_) => write!(out, "{value}").map_err(minijinja::Error::from),
            _ => escape_formatter(out, state, value),
        }
    });
    add_filters(&mut environment);
    Ok(environment)
}

fn add_filters(environment: &mut Environment<'static>) {
    environment.add_filter("md", |text: &str| Value::from_safe_string(escape::markdown(text)));
    environment.add_filter("css", |text: &str| Value::from_safe_string(escape::css(text)));
    environment.add_filter("num", |number: u64| crate::text::thousands(number));
    environment.add_filter("day", |text: &str| day(text));
    environment.add_filter("is_link", |text: &str| escape::safe_link(text).is_some());
    environment.add_function("meter", |passed: u64, settled: u64, failed: u64, total: u64| {
        Value::from_safe_string(chart::meter(passed, settled, failed, total))
    });
}

/// `2026-12-01` as `1 Dec 2026`, with blanks that do not break; any other text as it is.
fn day(text: &str) -> String {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_or_else(|_| text.to_owned(), |day| day.format("%-d\u{a0}%b\u{a0}%Y").to_string())
}

/// The text of a template: the folder's, else the shipped one.
fn load(name: &str, folder: Option<&Path>) -> Result<Option<String>, minijinja::Error> {
    if !is_plain(name) {
        let why = "a template's name is letters, digits, dots, dashes and underscores, and no path";
        return Err(minijinja::Error::new(ErrorKind::InvalidOperation, why));
    }
    if let Some(path) = folder.map(|folder| folder.join(name))
        && path.symlink_metadata().is_ok()
    {
        return read(&path, folder).map(Some).map_err(|why| minijinja::Error::new(ErrorKind::InvalidOperation, why));
    }
    Ok(SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| (*text).to_owned()))
}

/// Whether a name can name nothing but a file of the folder itself.
fn is_plain(name: &str) -> bool {
    !name.starts_with('.') && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn read(path: &Path, folder: Option<&Path>) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let real = fs::canonicalize(path).map_err(failed)?;
    let inside = folder.map(fs::canonicalize).transpose().map_err(failed)?;
    if inside.is_none_or(|folder| real.parent() != Some(folder.as_path())) {
        return Err(format!("{} leads out of the templates' folder", path.display()));
    }
    if !fs::metadata(&real).map_err(failed)?.is_file() {
        return Err(format!("{} is not a regular file", path.display()));
    }
    let mut text = String::new();
    fs::File::open(&real).map_err(failed)?.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(format!("{} is larger than {MOST_BYTES} bytes", path.display()));
    }
    Ok(text)
}

/// The innermost cause, with the file and the line in which it lies.
fn explain(asked: &str, error: &minijinja::Error, folder: Option<&Path>) -> Error {
    let mut innermost = error;
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(cause) = cause.downcast_ref::<minijinja::Error>().filter(|cause| cause.line().is_some()) {
            innermost = cause;
        }
        next = cause.source();
    }
    let name = innermost.name().unwrap_or(asked);
    let message = match innermost.kind() {
        ErrorKind::OutOfFuel => "it does more work than a page may take; is there a loop without an end?".to_owned(),
        ErrorKind::UndefinedError => format!("there is no such value{}", detail(innermost)),
        kind => format!("{kind}{}", detail(innermost)),
    };
    Error::Template { file: file_of(name, folder), line: innermost.line(), message }
}

fn detail(error: &minijinja::Error) -> String {
    error.detail().map(|detail| format!(": {}", crate::text::line(detail))).unwrap_or_default()
}

/// The file a template came from, as the user knows it.
fn file_of(name: &str, folder: Option<&Path>) -> String {
    let own: Option<PathBuf> = folder
        .filter(|_| is_plain(name))
        .map(|folder| folder.join(name))
        .filter(|path| path.symlink_metadata().is_ok());
    match own {
        Some(path) => path.display().to_string(),
        None if SHIPPED.iter().any(|(shipped, _)| *shipped == name) => format!("{name} (as shipped)"),
        None => crate::text::line(name).into_owned(),
    }
}
