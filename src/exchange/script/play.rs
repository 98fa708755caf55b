//! Plays a script: turns its steps, in order of time across its files, into changes of a workspace.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::when::{At, dated};
use super::{
    Add, Checklist, ConditionForm, Decide, Document, Error, Evidence, Loaded, Result, Script, Set, Source, Step,
};
use crate::policy::Policy;
use crate::record::document::SECTION;
use crate::record::meeting::Span;
use crate::record::{
    AGENDA_ITEM, ATTENDANCE, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, Field, FieldKind, KINDS, Kind, MEETING,
    MOTION, PACKET, PERSON, Record, Resolve, Value, Written, decision, kind_named, meeting, parse, when,
};
use crate::review::checklist_from;
use crate::review::decide::{self, Ask, Condition};
use crate::review::document::{Library, start_among, version_of};
use crate::text;
use crate::workspace::{self, Batch, Change, Edit, Registered, Source as Sort, Workspace, new_id};

/// A step with where it stands.
struct Scene<'s> {
    chapter: usize,
    number: usize,
    at: At,
    step: &'s Step,
}

/// Plays `script` into `workspace`.
pub(super) fn play(
    script: &Script,
    workspace: &mut Workspace,
    policy: &Policy,
    source: &Source<'_>,
    today: NaiveDate,
) -> Result<Loaded> {
    for kind in KINDS {
        if workspace.total(kind)? > 0 {
            return Err(Error::NotEmpty(workspace.name()));
        }
    }
    let scenes = scenes(script)?;
    let mut player = Player::new(policy, source, today, workspace.meta("site")?.unwrap_or_default());
    player.files = script.chapters.iter().map(|chapter| chapter.file.clone()).collect();
    let mut failed = None;
    let done = workspace.batch(|batch| {
        for scene in &scenes {
            if let Err(message) = player.play(batch, scene) {
                failed = Some(refused(script, scene, message));
                return Err(workspace::Error::Cancelled);
            }
        }
        batch.set_meta("owner", &player.owner)
    });
    if let Some(error) = failed {
        return Err(error);
    }
    done?;
    Ok(Loaded { owner: player.owner, changes: scenes.len(), records: player.records.len() })
}

fn refused(script: &Script, scene: &Scene<'_>, message: String) -> Error {
    let file = script.chapters.get(scene.chapter).map(|chapter| chapter.file.clone()).unwrap_or_default();
    Error::Step { file, step: scene.number, at: text::line(&scene.step.at).into_owned(), message }
}

/// All steps in order of time; where two have the same, in the order of files and steps.
fn scenes(script: &Script) -> Result<Vec<Scene<'_>>> {
    let mut scenes: Vec<Scene<'_>> = Vec::new();
    for (chapter, file) in script.chapters.iter().enumerate() {
        let mut before = None;
        for (at, step) in file.steps.iter().enumerate() {
            let failed = |message: String| Error::Step {
                file: file.file.clone(),
                step: at + 1,
                at: text::line(&step.at).into_owned(),
                message,
            };
            let when = At::parse(&step.at).map_err(failed)?;
            if before.is_some_and(|before| before > when.key()) {
                return Err(failed("It happens before the step above it; steps stand in order of time.".to_owned()));
            }
            before = Some(when.key());
            scenes.push(Scene { chapter, number: at + 1, at: when, step });
        }
    }
    scenes.sort_by_key(|scene| scene.at.key());
    Ok(scenes)
}

/// What is known while a script is played.
pub(super) struct Player<'a> {
    pub(super) policy: &'a Policy,
    pub(super) source: &'a Source<'a>,
    pub(super) today: NaiveDate,
    /// The letter of the workspace's site, in references.
    site: String,
    /// The number of the last reference of each kind.
    counted: HashMap<&'static str, u32>,
    /// References by the names that a file gives.
    names: HashMap<(usize, String), String>,
    /// The names of the files, in order.
    files: Vec<String>,
    cast: Cast,
    /// Records as they are now, by id.
    pub(super) records: HashMap<String, Record>,
    owner: String,
}

/// Who and what can be meant.
#[derive(Default)]
struct Cast {
    /// Ids of people by handle.
    people: HashMap<String, String>,
    /// Kinds and ids by reference.
    references: HashMap<String, (Kind, String)>,
    /// Ids by kind and title; of two with one title, none is meant by it.
    titles: HashMap<(&'static str, String), Option<String>>,
}

impl Resolve for Cast {
    fn id_of(&self, kind: Kind, text: &str) -> std::result::Result<String, String> {
        let found = match text.strip_prefix('@') {
            Some(handle) if kind == &PERSON => self.people.get(handle),
            // What another file tells of has no name here, and is called by its title.
            _ => match self.references.get(text) {
                Some((known, id)) => Some(id).filter(|_| *known == kind),
                None => self.titles.get(&(kind.name, text.to_owned())).and_then(Option::as_ref),
            },
        };
        found.cloned().ok_or_else(|| format!("There is no {} “{}”.", kind.label.to_lowercase(), text::line(text)))
    }
}

impl<'a> Player<'a> {
    fn new(policy: &'a Policy, source: &'a Source<'a>, today: NaiveDate, site: String) -> Self {
        Self {
            policy,
            source,
            today,
            site,
            counted: HashMap::new(),
            names: HashMap::new(),
            files: Vec::new(),
            cast: Cast::default(),
            records: HashMap::new(),
            owner: String::new(),
        }
    }

    /// Saves one step as one change.
    fn play(&mut self, batch: &mut Batch<'_>, scene: &Scene<'_>) -> Result<(), String> {
        let change = self.change(scene)?;
        let receipt = batch.write(change).map_err(|error| error.to_string())?;
        if receipt.change == 0 {
            return Err("It changes nothing.".to_owned());
        }
        for record in receipt.records {
            // References were foretold, so that records of one change can point to one another by them.
            match self.cast.references.get(record.reference()) {
                Some((_, id)) if id == record.id() => self.records.insert(id.clone(), record),
                _ => return Err(format!("{} was not foretold; this is a fault of the program.", record.reference())),
            };
        }
        Ok(())
    }

    fn change(&mut self, scene: &Scene<'_>) -> Result<Change, String> {
        let at = scene.at.moment(self.today).ok_or("That is too long ago.")?;
        let step = scene.step;
        let mut edits = Vec::new();
        for evidence in &step.evidence {
            edits.extend(self.evidence(scene.chapter, evidence, at)?);
        }
        for add in &step.add {
            edits.push(self.add(scene.chapter, add, at)?);
        }
        for analyse in &step.analyse {
            edits.extend(self.analyse(scene.chapter, analyse, at)?);
        }
        for readings in &step.readings {
            edits.extend(self.readings(scene.chapter, readings, at)?);
        }
        for checklist in &step.checklist {
            edits.extend(self.checklist(scene.chapter, checklist, at)?);
        }
        for document in &step.document {
            edits.extend(self.document(scene.chapter, document, at)?);
        }
        for decide in &step.decide {
            edits.extend(self.decide(scene.chapter, decide, at)?);
        }
        for set in &step.set {
            edits.extend(self.set(scene.chapter, set, at)?);
        }
        for look in &step.look {
            edits.push(self.look(scene.chapter, &look.of, at)?);
        }
        for replace in &step.replace {
            self.replace(&replace.file, &replace.by)?;
        }
        // Looked up last: the first step of all adds the person who makes it.
        let by = self.cast.id_of(&PERSON, &format!("@{}", step.by))?;
        if self.owner.is_empty() {
            self.owner.clone_from(&by);
        }
        let why = dated(&step.why, self.today)?;
        Ok(Change { by, at, source: Sort::Edit, what: None, why: None, edits }.because(&why))
    }

    fn add(&mut self, chapter: usize, add: &Add, at: chrono::DateTime<chrono::Utc>) -> Result<Edit, String> {
        let kind = kind_named(&add.record).ok_or_else(|| {
            let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            format!("“{}” is no kind of record; there are: {}.", text::line(&add.record), kinds.join(", "))
        })?;
        let id = new_id(at);
        let fields = self.fields(chapter, kind, &add.fields)?;
        self.introduce(chapter, kind, &id, add.name.as_deref());
        if kind == &PERSON
            && let Some((_, handle)) = fields.iter().find(|(name, _)| *name == "handle")
        {
            self.cast.people.insert(handle.display(), id.clone());
        }
        if let Some((_, title)) = fields.iter().find(|(name, _)| *name == kind.title) {
            let known = self.cast.titles.entry((kind.name, title.display()));
            known.and_modify(|known| *known = None).or_insert_with(|| Some(id.clone()));
        }
        Ok(Edit::Add { kind, id, fields })
    }

    fn evidence(
        &mut self,
        chapter: usize,
        evidence: &Evidence,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<Edit>, String> {
        let registered = if evidence.on_disk {
            self.registered_from_disk(&evidence.file)?
        } else {
            let content = self.content(&evidence.file)?;
            Registered::from_bytes(&format!("{}{}", self.source.address, evidence.file), content.into_bytes())
        };
        let fields = self.fields(chapter, &EVIDENCE, &evidence.fields)?;
        let id = new_id(at);
        self.introduce(chapter, &EVIDENCE, &id, evidence.name.as_deref());
        Ok(registered.edits(&id, fields))
    }

    fn checklist(
        &mut self,
        chapter: usize,
        checklist: &Checklist,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<Edit>, String> {
        let template = self
            .policy
            .checklist(&checklist.template)
            .ok_or_else(|| format!("The policy has no checklist “{}”.", text::line(&checklist.template)))?;
        let (_, review) = self.meant(chapter, &checklist.review)?;
        let packet = self
            .records
            .values()
            .find(|record| record.kind() == &PACKET && record.text("review") == Some(review.as_str()))
            .ok_or("The review has no packet yet; a checklist is chosen by it.")?;
        let fields = [("review", Value::text(review)), ("template", Value::text(checklist.template.as_str()))];
        let edits = checklist_from(self.policy, template, packet, at, &fields).map_err(|error| error.to_string())?;
        for edit in &edits {
            let Edit::Add { kind, id, fields } = edit else { continue };
            let code = fields.iter().find(|(name, _)| *name == "code").map(|(_, code)| code.display());
            let name = match (&checklist.name, code) {
                (Some(list), Some(code)) if *kind == &CHECKLIST_ITEM => Some(format!("{list}/{code}")),
                (name, _) => name.clone(),
            };
            self.introduce(chapter, kind, id, name.as_deref());
        }
        Ok(edits)
    }

    fn document(
        &mut self,
        chapter: usize,
        document: &Document,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<Edit>, String> {
        let fields = self.fields(chapter, &DOCUMENT, &document.fields)?;
        let (_, edits) = match &document.version_of {
            Some(before) => {
                let (_, id) = self.meant(chapter, before)?;
                let before = self.records.get(&id).ok_or("The version before is made in an earlier step.")?;
                let is_part = |one: &&Record| one.kind() == &SECTION && one.text("document") == Some(id.as_str());
                let mut sections: Vec<Record> = self.records.values().filter(is_part).cloned().collect();
                sections.sort_by_key(|section| section.number("position"));
                version_of(before, &sections, fields, at)
            }
            None => start_among(&self.records, self.policy, &Library::default(), at, fields)
                .map_err(|error| error.to_string())?,
        };
        for edit in &edits {
            let Edit::Add { kind, id, fields } = edit else { continue };
            let code = fields.iter().find(|(name, _)| *name == "code").map(|(_, code)| code.display());
            let name = match (&document.name, code) {
                (Some(name), Some(code)) => Some(format!("{name}/{code}")),
                (name, _) => name.clone(),
            };
            self.introduce(chapter, kind, id, name.as_deref());
        }
        Ok(edits)
    }

    fn decide(
        &mut self,
        chapter: usize,
        decide: &Decide,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Vec<Edit>, String> {
        let kind = decision::KINDS.iter().copied().find(|kind| *kind == decide.kind).ok_or_else(|| {
            let kinds = decision::KINDS.join(", ");
            format!("“{}” is no kind of decision; there are: {kinds}.", text::line(&decide.kind))
        })?;
        let (about, id) = self.meant(chapter, &decide.of)?;
        // Only what it is called: within a step it may be added or changed before it is decided about.
        let mut subject = Record::empty(about);
        subject.set("ref", self.named(chapter, &decide.of)?.as_str());
        subject.set("id", id);
        let said = |text: &str| dated(text, self.today);
        let day = |text: &Option<String>| -> Result<Option<NaiveDate>, String> {
            let parsed = text.as_deref().map(|text| when::parse_day(&said(text)?, self.today));
            parsed.transpose()
        };
        let mut conditions = Vec::new();
        for condition in &decide.condition {
            let owner = condition.owner.as_deref().map(|owner| self.cast.id_of(&PERSON, owner)).transpose()?;
            conditions.push(Condition { text: said(&condition.text)?, owner, due_on: day(&condition.due_on)? });
        }
        let in_meeting = match &decide.agenda_item {
            Some(named) => {
                let (_, item) = self.meant(chapter, named)?;
                let of = self.records.get(&item).and_then(|item| item.text("meeting"));
                let meeting = of.and_then(|id| self.records.get(id)).ok_or("The item is made in an earlier step.")?;
                Some((meeting.reference().to_owned(), item))
            }
            None => None,
        };
        let ask = Ask {
            meeting: in_meeting,
            outcome: said(&decide.outcome)?,
            conditions,
            control: said(&decide.control)?,
            dissent: said(&decide.dissent)?,
            expires_on: day(&decide.expires_on)?,
            recommend: decide.recommend,
            ..Ask::new(kind, Some(&subject), &said(&decide.why)?)
        };
        let mut earlier: Vec<Record> = self.records.values().cloned().collect();
        earlier.retain(|record| record.kind() == &DECISION && record.text("subject") == Some(subject.reference()));
        let edits = decide::edits(&ask, &mut || new_id(at), &earlier, &|id| {
            self.records.get(id).map(|person| person.get("handle").display()).unwrap_or_default()
        });
        let mut names = decide.condition.iter().map(|condition: &ConditionForm| condition.name.clone());
        for edit in &edits {
            let Edit::Add { kind, id, .. } = edit else { continue };
            let name = if *kind == &DECISION { decide.name.clone() } else { names.next().flatten() };
            self.introduce(chapter, kind, id, name.as_deref());
        }
        Ok(edits)
    }

    fn set(&mut self, chapter: usize, set: &Set, at: chrono::DateTime<chrono::Utc>) -> Result<Vec<Edit>, String> {
        let mut edits = Vec::new();
        let mut said = set.fields.clone();
        let room = said.remove("room");
        for name in set.of.each() {
            let (kind, id) = self.meant(chapter, name)?;
            let mut fields = self.fields(chapter, kind, &said)?;
            if let Some(room) = &room {
                fields.push(("spans", self.spans(&id, room, at)?));
            }
            edits.push(Edit::Set { kind, id, version: None, fields });
        }
        Ok(edits)
    }

    /// When somebody was in the room of a meeting, once they come or leave at a moment.
    fn spans(&self, attendance: &str, room: &toml::Value, at: chrono::DateTime<chrono::Utc>) -> Result<Value, String> {
        let there = self.records.get(attendance).filter(|record| record.kind() == &ATTENDANCE);
        let mut spans = meeting::spans(there.ok_or("Only an attendance has a room to come into.")?);
        match (room.as_str(), spans.last_mut()) {
            (Some("in"), last) if last.as_ref().is_none_or(|last| last.to.is_some()) => {
                spans.push(Span { from: at, to: None });
            }
            (Some("out"), Some(last)) if last.to.is_none() => last.to = Some(at),
            _ => return Err("The room is come into (“in”), and left (“out”) by who is in it.".to_owned()),
        }
        Ok(Value::List(spans.iter().map(Span::written).collect()))
    }

    /// Foretells the reference of a record that is about to be added, and gives it its name in the file.
    pub(super) fn introduce(&mut self, chapter: usize, kind: Kind, id: &str, name: Option<&str>) {
        let counted = self.counted.entry(kind.name).or_default();
        *counted += 1;
        let reference = format!("{}-{}{counted}", kind.prefix, self.site);
        if let Some(name) = name {
            self.names.insert((chapter, name.to_owned()), reference.clone());
        }
        self.cast.references.insert(reference, (kind, id.to_owned()));
    }

    /// The record that `$name` or `@handle` means.
    pub(super) fn meant(&self, chapter: usize, name: &str) -> Result<(Kind, String), String> {
        if name.starts_with('@') {
            return Ok((&PERSON, self.cast.id_of(&PERSON, name)?));
        }
        if let Some((kind, title)) = name.split_once(": ").and_then(|(kind, title)| Some((kind_named(kind)?, title))) {
            return Ok((kind, self.cast.id_of(kind, title)?));
        }
        let reference = self.named(chapter, name)?;
        self.cast.references.get(reference).cloned().ok_or_else(|| format!("There is no record {reference}."))
    }

    fn named(&self, chapter: usize, name: &str) -> Result<&String, String> {
        let unknown = || format!("“{}” names nothing in this file so far.", text::line(name));
        let plain = name.strip_prefix('$').ok_or_else(unknown)?;
        let (chapter, plain) = match plain.split_once(':') {
            Some((file, name)) => {
                let file = format!("{file}.toml");
                (self.files.iter().position(|known| *known == file).ok_or_else(unknown)?, name)
            }
            None => (chapter, plain),
        };
        self.names.get(&(chapter, plain.to_owned())).ok_or_else(unknown)
    }

    /// The values of fields, read as if people had typed them.
    pub(super) fn fields(
        &self,
        chapter: usize,
        kind: Kind,
        said: &toml::Table,
    ) -> Result<Vec<(&'static str, Value)>, String> {
        let mut values = Vec::new();
        for (name, value) in said {
            // What is recorded in a room is written by the steps of a meeting, and by its script.
            let in_room = |field: &Field| {
                field.written == Written::ByWorkspace && [&MEETING, &AGENDA_ITEM, &MOTION].contains(&kind)
            };
            let field = kind.field(name).filter(|field| field.is_editable() || in_room(field)).ok_or_else(|| {
                let names: Vec<&str> = kind.editable().map(|field| field.name).collect();
                format!(
                    "{} have no field “{}” to write; there are: {}.",
                    kind.plural,
                    text::line(name),
                    names.join(", ")
                )
            })?;
            let typed = self.typed(chapter, field, value).map_err(|message| format!("{name}: {message}"))?;
            let value = parse(field, &typed, self.today, self.policy, &self.cast)
                .map_err(|problem| format!("{name}: {}", problem.message))?;
            values.push((field.name, value));
        }
        Ok(values)
    }

    /// A value as people would type it: names as references, lists with a line for each, dates for their phrases.
    fn typed(&self, chapter: usize, field: &Field, value: &toml::Value) -> Result<String, String> {
        let links = field.linked_kind().is_some() || field.kind == FieldKind::Reference;
        let one = |value: &toml::Value| match value {
            toml::Value::String(text) if links && text.starts_with('$') => self.named(chapter, text).cloned(),
            toml::Value::String(text) => dated(text, self.today),
            toml::Value::Integer(number) => Ok(number.to_string()),
            toml::Value::Boolean(flag) => Ok(if *flag { "yes" } else { "no" }.to_owned()),
            _ => Err("Write a text, a whole number, true or false, or a list of texts.".to_owned()),
        };
        match value {
            toml::Value::Array(items) if field.is_list() => {
                let items: Vec<String> = items.iter().map(one).collect::<Result<_, _>>()?;
                match items.iter().find(|item| item.contains([',', ';', '\n'])) {
                    Some(item) => {
                        Err(format!("“{}” holds a comma or a semicolon, which part a list.", text::line(item)))
                    }
                    None => Ok(items.join("\n")),
                }
            }
            toml::Value::Array(_) => Err("It holds one value, not a list.".to_owned()),
            other => one(other),
        }
    }
}
