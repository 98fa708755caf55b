//! Checklist templates: versioned lists of what to check, each item with the controls it serves and the evidence it
//! must be shown with. A template may include another's items; which items a review gets is chosen by its packet.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::condition::{Condition, Facts};
use super::control::Control;
use super::limits::evidence_kinds;
use super::reader::{Located, Reader};
use crate::record::Record;

/// A checklist template.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its id, such as `launch-readiness`.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Counts its versions, from 1.
    pub version: u32,
    /// What it is for, in one line.
    pub description: String,
    /// The packets that must have it; without it, it is only offered.
    pub when: Option<Condition>,
    /// The templates whose items it takes in.
    pub include: Vec<String>,
    /// Its items, those it includes first.
    pub items: Vec<TemplateItem>,
}

/// One thing to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateItem {
    /// Its id within checklists, such as `LLM-04`.
    pub code: String,
    /// What must be true.
    pub text: String,
    /// How to find out.
    pub guidance: String,
    /// Ids of the controls that it serves.
    pub controls: Vec<String>,
    /// Kinds of evidence that it must be shown with.
    pub required_evidence: Vec<String>,
    /// The packets that it applies to; all, where there is none.
    pub when: Option<Condition>,
    /// The template in which it is written.
    pub template: String,
}

/// A template as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateForm {
    /// Its id, such as `launch-readiness`.
    id: Located<String>,
    /// Its title.
    title: String,
    /// Counts its versions, from 1. Raise it with every change, so that checklists in work notice.
    version: Located<i64>,
    /// What it is for, in one line.
    description: String,
    /// The packets that must have it, in CEL; without it, it is only offered.
    when: Option<Located<String>>,
    /// Templates whose items it takes in, before its own.
    #[serde(default)]
    include: Vec<Located<String>>,
    /// Its items.
    #[serde(default)]
    item: Vec<ItemForm>,
}

/// An item as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemForm {
    /// Its id within checklists, such as `LLM-04`.
    code: Located<String>,
    /// What must be true.
    text: String,
    /// How to find out.
    guidance: String,
    /// Ids of the controls that it serves.
    #[serde(default)]
    controls: Vec<Located<String>>,
    /// Kinds of evidence that it must be shown with.
    #[serde(default)]
    required_evidence: Vec<Located<String>>,
    /// The packets that it applies to, in CEL; all, where there is none.
    when: Option<Located<String>>,
}

/// Reads the list `checklist`, with what templates include from one another put in.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, controls: &[Control]) -> Vec<Template> {
    let forms: Vec<TemplateForm> = reader.list(root, "checklist");
    let controls: Vec<&str> = controls.iter().map(|control| control.id.as_str()).collect();
    let mut templates = Vec::new();
    let mut links = Vec::new();
    for form in forms {
        if !(1..=9999).contains(&*form.version) {
            reader.flaw(form.version.at(), "a template's version is a whole number from 1 to 9999.");
        }
        let id = form.id.as_str().to_owned();
        let when = form.when.as_ref().and_then(|when| reader.condition(when));
        let items = form.item.into_iter().map(|item| read_item(reader, item, &id, &controls)).collect();
        if form.include.is_empty() && Vec::is_empty(&items) {
            reader.warn(form.id.at(), format!("the checklist “{id}” has no items."));
        }
        templates.push(Template {
            id,
            title: form.title,
            version: u32::try_from(*form.version).unwrap_or(0),
            description: form.description,
            when,
            include: form.include.iter().map(|name| name.as_str().to_owned()).collect(),
            items,
        });
        links.push(form.include);
    }
    resolve(reader, &mut templates, &links);
    templates
}

fn read_item(reader: &mut Reader<'_>, form: ItemForm, template: &str, controls: &[&str]) -> TemplateItem {
    reader.all_known(&form.controls, "a control", "control", controls);
    reader.all_known(&form.required_evidence, "a kind of evidence", "evidence", evidence_kinds());
    if form.controls.is_empty() {
        reader.warn(form.code.at(), format!("the item “{}” serves no control.", *form.code));
    }
    let when = form.when.as_ref().and_then(|when| reader.condition(when));
    let plain = |words: Vec<Located<String>>| words.into_iter().map(Located::into_inner).collect();
    TemplateItem {
        code: form.code.into_inner(),
        text: form.text,
        guidance: form.guidance,
        controls: plain(form.controls),
        required_evidence: plain(form.required_evidence),
        when,
        template: template.to_owned(),
    }
}

/// Puts included items in. An item of its own replaces an included one of the same code; a template that is reached
/// on two ways is taken in once; two included templates that differ under one code are refused.
fn resolve(reader: &mut Reader<'_>, templates: &mut [Template], links: &[Vec<Located<String>>]) {
    let index: HashMap<String, usize> = templates.iter().enumerate().map(|(at, one)| (one.id.clone(), at)).collect();
    let names: Vec<String> = templates.iter().map(|template| template.id.clone()).collect();
    for link in links {
        reader.all_known(link, "a checklist", "checklist", &names);
    }
    let mut whole: Vec<Option<Vec<TemplateItem>>> = vec![None; templates.len()];
    for at in 0..templates.len() {
        let mut resolving = Resolving { templates, links, index: &index, whole: &mut whole, open: Vec::new() };
        resolving.items(reader, at);
    }
    for (template, items) in templates.iter_mut().zip(whole) {
        if let Some(items) = items {
            template.items = items;
        }
    }
}

struct Resolving<'t> {
    templates: &'t [Template],
    links: &'t [Vec<Located<String>>],
    index: &'t HashMap<String, usize>,
    /// The items of templates that are resolved.
    whole: &'t mut Vec<Option<Vec<TemplateItem>>>,
    /// The templates that are being resolved, the outermost first.
    open: Vec<usize>,
}

impl Resolving<'_> {
    fn items(&mut self, reader: &mut Reader<'_>, at: usize) -> Vec<TemplateItem> {
        if let Some(items) = self.whole.get(at).and_then(Option::as_ref) {
            return items.clone();
        }
        self.open.push(at);
        let own = &self.templates[at].items;
        let mut items: Vec<TemplateItem> = Vec::new();
        for name in &self.links[at] {
            let Some(&from) = self.index.get(name.as_str()) else { continue };
            if self.open.contains(&from) {
                let way: Vec<&str> = self.open.iter().map(|at| self.templates[*at].id.as_str()).collect();
                reader.flaw(
                    name.at(),
                    format!("checklists include one another in a circle: {} → {}.", way.join(" → "), **name),
                );
                continue;
            }
            for item in self.items(reader, from) {
                let is_replaced = own.iter().any(|mine| mine.code == item.code);
                match items.iter().find(|known| known.code == item.code) {
                    Some(known) if *known != item && !is_replaced => {
                        let message = format!(
                            "the item “{}” stands differently in “{}” and “{}”; give one of them another code.",
                            item.code, known.template, item.template
                        );
                        reader.flaw(name.at(), message);
                    }
                    Some(_) => {}
                    None if is_replaced => {}
                    None => items.push(item),
                }
            }
        }
        items.extend(own.iter().cloned());
        self.open.pop();
        self.whole[at] = Some(items.clone());
        items
    }
}

/// The items of a template that apply to a packet.
///
/// # Errors
/// The first item whose condition failed.
pub(super) fn items_for<'t>(template: &'t Template, packet: &Record) -> Result<Vec<&'t TemplateItem>, RuleError> {
    let facts = Facts::of_packet(packet);
    let mut items = Vec::new();
    for item in &template.items {
        if applies(item.when.as_ref(), &facts, true, || format!("checklist {} item {}", item.template, item.code))? {
            items.push(item);
        }
    }
    Ok(items)
}

/// The templates that a packet must have.
///
/// # Errors
/// The first template whose condition failed.
pub(super) fn required_for<'t>(templates: &'t [Template], packet: &Record) -> Result<Vec<&'t Template>, RuleError> {
    let facts = Facts::of_packet(packet);
    let mut required = Vec::new();
    for template in templates {
        if applies(template.when.as_ref(), &facts, false, || format!("checklist {}", template.id))? {
            required.push(template);
        }
    }
    Ok(required)
}

fn applies(
    when: Option<&Condition>,
    facts: &Facts<'_>,
    without: bool,
    rule: impl FnOnce() -> String,
) -> Result<bool, RuleError> {
    let Some(when) = when else { return Ok(without) };
    when.holds(facts).map_err(|message| RuleError { rule: rule(), condition: when.source().to_owned(), message })
}
