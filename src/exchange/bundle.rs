//! The evidence bundle of an incident: everything the workspace knows about the system, the release, its decisions and its
//! documents, as a folder of files that can be read without this program, with the SHA-256 of each.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

use super::document::{Form, export};
use crate::record::incident::{ENTRY, MITIGATION};
use crate::record::{
    ACTION, ALERT, CHECKLIST, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, FieldKind, INCIDENT, Kind, LEGAL, PACKET,
    RELEASE, REVIEW, RISK, ROUTE, Record, SERIES, SIGNAL, SYSTEM, Value,
};
use crate::review::operations::incident::Whole;
use crate::text;
use crate::workspace::{Condition, Error, Label, Query, Result, Workspace, hex};

/// How many changes of the history are told, the newest first.
const CHANGES: usize = 2000;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    /// The folder.
    pub folder: PathBuf,
    /// How many files.
    pub files: usize,
    /// How many bytes.
    pub bytes: u64,
    /// The SHA-256 of the list of hashes: it stands for the whole.
    pub sha256: String,
    /// Evidence of which the workspace keeps no copy, by reference: only its hash is in the bundle.
    pub without_copy: Vec<String>,
}

/// Hears how many files are written, of how many; says whether to go on.
pub type Watch<'w> = &'w mut dyn FnMut(u64, u64) -> bool;

/// A folder that is being filled.
struct Folder<'w> {
    path: PathBuf,
    hashes: Vec<(String, String)>,
    bytes: u64,
    /// How many files it is to have, as far as that is known.
    of: usize,
    watch: Watch<'w>,
}

impl Folder<'_> {
    fn write(&mut self, name: &str, data: &[u8]) -> Result<()> {
        if !(self.watch)(self.hashes.len() as u64, self.of as u64) {
            return Err(Error::Cancelled);
        }
        let path = self.path.join(name);
        let failed = |source: io::Error| Error::File { action: "Writing", path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        // Nothing that is there already is written over.
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed)?;
        file.write_all(data).map_err(failed)?;
        self.bytes += data.len() as u64;
        self.hashes.push((hex(&Sha256::digest(data)), name.to_owned()));
        Ok(())
    }

    fn json(&mut self, name: &str, value: &Json) -> Result<()> {
        let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
        text.push('\n');
        self.write(name, text.as_bytes())
    }
}

/// Writes the bundle of an incident into a new folder. Where it fails, what was begun is taken away again.
///
/// # Errors
/// Where there is something at that place already, it cannot be written, the workspace cannot be read, or `watch` says to stop.
pub fn bundle(workspace: &Workspace, whole: &Whole, folder: &Path, watch: Watch<'_>) -> Result<Bundled> {
    if fs::symlink_metadata(folder).is_ok() {
        return Err(Error::Exists(folder.to_owned()));
    }
    let failed = |source: io::Error| Error::File { action: "Making", path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    let filled = workspace.snapshot(|workspace| fill(workspace, whole, folder, watch));
    if filled.is_err() {
        // Nobody else has put anything there since.
        let _ = fs::remove_dir_all(folder);
    }
    filled
}

fn fill(workspace: &Workspace, whole: &Whole, path: &Path, watch: Watch<'_>) -> Result<Bundled> {
    let mut folder = Folder { path: path.to_owned(), hashes: Vec::new(), bytes: 0, of: 0, watch };
    let system = whole.system.id();
    let mut records: Vec<(Kind, Vec<Record>)> = vec![
        (&INCIDENT, vec![whole.incident.clone()]),
        (&ENTRY, whole.entries.clone()),
        (&MITIGATION, whole.mitigations.clone()),
        (&SYSTEM, vec![whole.system.clone()]),
    ];
    let of_system =
        |kind: Kind| workspace.records(&Query::all(kind).with(Condition::Is("system", Value::text(system))));
    for kind in [&RELEASE, &REVIEW, &SIGNAL, &SERIES, &ALERT, &RISK, &EVIDENCE, &DOCUMENT] {
        records.push((kind, of_system(kind)?));
    }
    let reviews: Vec<Value> = records
        .iter()
        .filter(|(kind, _)| *kind == &REVIEW)
        .flat_map(|(_, reviews)| reviews.iter().map(|review| Value::text(review.id())))
        .collect();
    for kind in [&PACKET, &LEGAL, &ROUTE, &DECISION, &CHECKLIST, &CHECKLIST_ITEM, &ACTION] {
        records.push((kind, workspace.records(&Query::all(kind).with(Condition::OneOf("review", reviews.clone())))?));
    }
    // What a review has that names no system of its own.
    for kind in [&EVIDENCE, &DOCUMENT, &RISK] {
        let more = workspace.records(&Query::all(kind).with(Condition::OneOf("review", reviews.clone())))?;
        if let Some((_, known)) = records.iter_mut().find(|(of, _)| *of == kind) {
            let new = more.into_iter().filter(|one| !known.iter().any(|old| old.id() == one.id())).collect::<Vec<_>>();
            known.extend(new);
        }
    }
    let labels = workspace.labels(records.iter().flat_map(|(_, all)| all))?;
    let copied = records.iter().filter(|(kind, _)| [&DOCUMENT, &EVIDENCE, &SERIES].contains(kind));
    // Beside these: the records by kind, the history, what is told of it, and the list of hashes.
    folder.of = records.len() + copied.map(|(_, all)| all.len()).sum::<usize>() + 3;
    for (kind, all) in &records {
        let all: Vec<Json> = all.iter().map(|record| of_record(record, &labels)).collect();
        folder.json(&format!("records/{}.json", kind.name), &all.into())?;
    }
    let of_kind = |kind: Kind| records.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, all)| all.as_slice());
    for document in of_kind(&DOCUMENT) {
        let name = format!("documents/{}-{}.md", document.reference(), text::file_name(document.title()));
        folder.write(&name, export(workspace, document, Form::Markdown)?.as_bytes())?;
    }
    let mut without_copy = Vec::new();
    for evidence in of_kind(&EVIDENCE) {
        let content = evidence.text("sha256").map(|hash| workspace.content(hash)).transpose()?.flatten();
        let Some(content) = content else {
            without_copy.push(evidence.reference().to_owned());
            continue;
        };
        let origin = evidence.text("origin").unwrap_or_default();
        let last = origin.rsplit(['/', '\\']).next().unwrap_or_default();
        folder.write(&format!("evidence/{}-{}", evidence.reference(), text::file_name(last)), &content)?;
    }
    for series in of_kind(&SERIES) {
        let content = series.text("sha256").map(|hash| workspace.content(hash)).transpose()?.flatten();
        if let Some(content) = content {
            folder.write(&format!("series/{}.csv", series.reference()), &content)?;
        }
    }
    history(workspace, whole, &mut folder)?;
    folder.write("README.md", overview(whole, &labels, &without_copy).as_bytes())?;
    let mut sums = String::new();
    folder.hashes.sort_by(|one, other| one.1.cmp(&other.1));
    for (hash, name) in &folder.hashes {
        // As `sha256sum -c` reads it.
        let _ = writeln!(sums, "{hash}  {name}");
    }
    let sha256 = hex(&Sha256::digest(&sums));
    folder.write("SHA256SUMS", sums.as_bytes())?;
    let (files, bytes) = (folder.hashes.len(), folder.bytes);
    Ok(Bundled { folder: folder.path, files, bytes, sha256, without_copy })
}

/// The changes of the incident and of the review behind it, with their seals.
fn history(workspace: &Workspace, whole: &Whole, folder: &mut Folder) -> Result<()> {
    let mut all = Map::new();
    let ids = [Some(whole.incident.id()), whole.incident.text("review"), Some(whole.system.id())];
    for id in ids.into_iter().flatten() {
        let reference = workspace.get_any(id)?.reference().to_owned();
        let changes = workspace.record_history(id, CHANGES)?.into_iter().map(|(change, entries)| {
            let fields = entries.iter().flat_map(|entry| &entry.fields);
            let fields = fields.map(
                |field| json!({"field": field.name, "before": field.before.display(), "after": field.after.display()}),
            );
            json!({
                "number": change.number, "at": change.at, "by": change.by, "what": change.what, "why": change.why,
                "seal": change.hash, "fields": fields.collect::<Vec<_>>(),
            })
        });
        all.insert(reference, changes.collect::<Vec<_>>().into());
    }
    folder.json("history.json", &all.into())
}

/// A record as JSON: links as references or handles; what is private stays in the workspace.
fn of_record(record: &Record, labels: &HashMap<String, Label>) -> Json {
    let mut object = Map::new();
    for (field, value) in record.fields().filter(|(field, _)| !field.private) {
        let value = match (field.kind, value) {
            (_, Value::Empty) => Json::Null,
            (FieldKind::Link(_), Value::Text(id)) => {
                Json::from(labels.get(id).map_or_else(|| id.clone(), Label::typed))
            }
            (_, Value::Number(number)) => Json::from(*number),
            (_, Value::Flag(flag)) => Json::from(*flag),
            (_, Value::List(items)) => Json::from(items.clone()),
            (_, other) => Json::from(other.display()),
        };
        object.insert(field.name.to_owned(), value);
    }
    Json::Object(object)
}

fn overview(whole: &Whole, labels: &HashMap<String, Label>, without_copy: &[String]) -> String {
    let incident = &whole.incident;
    let plain = |text: &str| text::line(text).into_owned();
    let mut md = format!("# {} {}\n\n", incident.reference(), plain(incident.title()));
    let _ = writeln!(md, "System: {} {}\n", whole.system.reference(), plain(whole.system.title()));
    for field in ["release", "review", "severity", "detected_at", "status", "people_affected", "commander"] {
        let value = incident.get(field);
        if let (false, Some(described)) = (value.is_empty(), incident.kind().field(field)) {
            let shown = value.as_text().and_then(|id| labels.get(id)).map_or_else(|| value.display(), Label::shown);
            let _ = writeln!(md, "- {}: {}", described.label, plain(&shown));
        }
    }
    for clock in &whole.clocks {
        let told = clock.reported_on.map_or("not reported yet".to_owned(), |on| format!("reported {on}"));
        let _ = writeln!(md, "- Legal clock “{}”: due {}, {told}", plain(&clock.name), clock.due_on);
    }
    md.push_str("\n## Timeline\n\n");
    for entry in &whole.entries {
        let kind = entry.text("kind").unwrap_or_default();
        let _ =
            writeln!(md, "- {} {kind}: {}", entry.get("at").display(), plain(entry.text("text").unwrap_or_default()));
    }
    md.push_str("\n## What is in this folder\n\n");
    md.push_str(
        "- `records/`: the records of the system, its releases, reviews, decisions, risks, signals and alerts, as JSON\n\
         - `documents/`: its documents as Markdown\n- `evidence/`: the copies of evidence that the workspace keeps\n\
         - `series/`: readings of its signals, as time and value\n- `history.json`: who changed what, when, with the seals\n\
         - `SHA256SUMS`: the hash of each file; `sha256sum -c SHA256SUMS` compares\n",
    );
    if !without_copy.is_empty() {
        let _ = writeln!(
            md,
            "\nNo copy is kept of: {}. Their hashes stand in `records/evidence.json`.",
            without_copy.join(", ")
        );
    }
    md
}
