//! Checklist templates: versioned lists of what to check, each item with the controls it serves and the evidence it
//! must be shown with. A template may include another's items; which items a review gets is chosen by its packet.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::RuleError;
use super::condition::{Condition, Facts};
use super::control::Control;
use super::limits::evidence_kinds;
use super::reader::{Located, Reader};
use crate::record::Record;

/// The most items that all templates may hold, included ones counted. Keeps a careless include from filling memory.
const MOST_ITEMS: usize = 20_000;

/// How deep templates may include one another.
const DEEPEST: usize = 8;

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
#[schemars(extend("x-named-by" = "id"))]
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
#[schemars(extend("x-named-by" = "code"))]
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
    let mut total = 0;
    for at in 0..templates.len() {
        let mut resolving =
            Resolving { templates, links, index: &index, whole: &mut whole, open: Vec::new(), total: &mut total };
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
    /// How many items were put in so far.
    total: &'t mut usize,
}

impl Resolving<'_> {
    fn items(&mut self, reader: &mut Reader<'_>, at: usize) -> Vec<TemplateItem> {
        if let Some(items) = self.whole.get(at).and_then(Option::as_ref) {
            return items.clone();
        }
        self.open.push(at);
        let own = &self.templates[at].items;
        let replaced: HashSet<&str> = own.iter().map(|item| item.code.as_str()).collect();
        let mut items: Vec<TemplateItem> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for name in &self.links[at] {
            let Some(from) = self.included(reader, name) else { continue };
            for item in self.items(reader, from) {
                if replaced.contains(item.code.as_str()) {
                    continue;
                }
                match places.get(&item.code).and_then(|place| items.get(*place)) {
                    None => {
                        places.insert(item.code.clone(), items.len());
                        items.push(item);
                    }
                    Some(known) if *known == item => {}
                    Some(known) => reader.flaw(
                        name.at(),
                        format!(
                            "the item “{}” stands differently in “{}” and “{}”; give one of them another code.",
                            item.code, known.template, item.template
                        ),
                    ),
                }
            }
        }
        items.extend(own.iter().cloned());
        self.open.pop();
        *self.total += items.len();
        self.whole[at] = Some(items.clone());
        items
    }

    /// The template that one includes, unless that leads in a circle or too deep.
    fn included(&self, reader: &mut Reader<'_>, name: &Located<String>) -> Option<usize> {
        let from = *self.index.get(name.as_str())?;
        if self.open.contains(&from) {
            let way: Vec<&str> = self.open.iter().map(|at| self.templates[*at].id.as_str()).collect();
            let way = way.join(" → ");
            reader.flaw(name.at(), format!("checklists include one another in a circle: {way} → {}.", **name));
            return None;
        }
        if *self.total > MOST_ITEMS {
            reader
                .flaw(name.at(), format!("the checklists hold over {MOST_ITEMS} items in all, included ones counted."));
            return None;
        }
        if self.open.len() >= DEEPEST {
            reader.flaw(name.at(), format!("checklists include one another at most {DEEPEST} deep."));
            return None;
        }
        Some(from)
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

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, packet, policy_of};
    use super::*;

    fn template(id: &str, include: &str, codes: &[&str]) -> String {
        use std::fmt::Write as _;
        let mut text = format!(
            "[[checklist]]\nid = \"{id}\"\ntitle = \"{id}\"\nversion = 1\ndescription = \"x\"\ninclude = [{include}]\n"
        );
        for code in codes {
            let _ = writeln!(
                text,
                "[[checklist.item]]\ncode = \"{code}\"\ntext = \"{id} {code}\"\nguidance = \"x\"\ncontrols = [\"GOV-01\"]"
            );
        }
        text
    }

    fn codes(items: &[TemplateItem]) -> Vec<&str> {
        items.iter().map(|item| item.code.as_str()).collect()
    }

    #[test]
    fn shipped_templates_are_whole() {
        let policy = builtin();
        let own =
            ["classical-ml", "agent-with-tools", "vision-biometric", "recommender", "generative-media", "vendor-api"];
        for (id, least) in [("launch-readiness", 20), ("llm-application", 20)].into_iter().chain(own.map(|id| (id, 14)))
        {
            let template = policy.checklist(id).unwrap();
            assert!(template.items.len() >= least, "{id} has {} items", template.items.len());
            let rules = policy.checklist_rules();
            assert!(template.when.is_some() || rules.iter().any(|rule| rule.what == id), "nothing asks for {id}");
            for item in &template.items {
                assert!(
                    !item.controls.is_empty() && item.text.ends_with('.') && item.guidance.len() > 40,
                    "{}",
                    item.code
                );
                let when = item.when.as_ref().map(Condition::source);
                assert!(when != Some("false") && policy.control(&item.controls[0]).is_some(), "{}", item.code);
            }
        }
    }

    #[test]
    fn items_are_chosen_by_the_packet() {
        let policy = builtin();
        let llm = policy.checklist("llm-application").unwrap();
        let with = |model: &str| {
            let packet = packet(&[("model_type", model)]);
            let items = policy.items_for(llm, &packet).unwrap();
            items.iter().map(|item| item.code.clone()).collect::<Vec<_>>()
        };
        assert!(with("agent with tools").contains(&"AGT-01".to_owned()));
        assert!(!with("prompted LLM").contains(&"AGT-01".to_owned()));
        assert!(with("RAG").contains(&"SEC-06".to_owned()));
        let required = |model: &str| {
            let packet = packet(&[("model_type", model)]);
            policy.checklists_for(&packet).unwrap().iter().map(|one| one.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(required("RAG"), ["launch-readiness", "llm-application"]);
        assert_eq!(required("classical ML"), ["launch-readiness"]);
    }

    #[test]
    fn included_items_come_first_and_own_ones_replace_them() {
        let text = template("base", "", &["A", "B"])
            + &template("left", "\"base\"", &["C"])
            + &template("right", "\"base\"", &["B"])
            + &template("whole", "\"left\", \"base\"", &["D"]);
        let policy = policy_of(&text);
        assert_eq!(codes(&policy.checklist("left").unwrap().items), ["A", "B", "C"]);
        let right = &policy.checklist("right").unwrap().items;
        assert_eq!(codes(right), ["A", "B"]);
        assert_eq!(right[1].text, "right B");
        assert_eq!(codes(&policy.checklist("whole").unwrap().items), ["A", "B", "C", "D"], "base is taken in once");
    }

    #[test]
    fn a_layer_changes_one_item_and_removes_another() {
        let text = "[[checklist]]\nid = \"llm-application\"\nversion = 2\n\
                    [[checklist.item]]\ncode = \"SEC-03\"\ntext = \"Ours.\"\n\
                    [[checklist.item]]\ncode = \"MON-06\"\nremove = true\n";
        let policy = policy_of(text);
        let (before, after) = (builtin(), policy.checklist("llm-application").unwrap());
        let before = before.checklist("llm-application").unwrap();
        assert_eq!(after.items.len(), before.items.len() - 1);
        assert_eq!(after.version, 2);
        let changed = after.items.iter().find(|item| item.code == "SEC-03").unwrap();
        assert_eq!(changed.text, "Ours.");
        assert!(before.items.iter().any(|item| item.code == "SEC-03" && item.guidance == changed.guidance));
    }

    #[test]
    fn circles_clashes_and_unknown_names_are_refused_with_their_line() {
        for (text, line, words) in [
            (template("a", "\"a\"", &[]), 6, "in a circle: a → a"),
            (template("a", "\"b\"", &[]) + &template("b", "\"a\"", &[]), 12, "in a circle: a → b → a"),
            (template("a", "\"gone\"", &[]), 6, "not a checklist"),
            (
                template("a", "", &["X"]) + &template("b", "", &["X"]) + &template("c", "\"a\", \"b\"", &[]),
                28,
                "stands differently",
            ),
            (template("a", "", &["X"]).replace("GOV-01", "GOV-99"), 11, "not a control"),
            (template("a", "", &["X"]) + "required_evidence = [\"selfie\"]\n", 12, "not a kind of evidence"),
            (template("a", "", &["X"]) + "when = \"packet.exposure\"\n", 12, "true or false"),
            (template("a", "", &["X"]) + "[[checklist.item]]\ncode = \"X\"\n", 13, "stands twice"),
            (template("a", "", &["X"]) + "[[checklist.item]]\ntext = \"X\"\n", 12, "needs the key “code”"),
            (template("a", "", &[]).replace("version = 1", "version = 0"), 4, "from 1 to 9999"),
        ] {
            let flaws = flaws_of(&text);
            assert!(flaws[0].message.contains(words), "{text}{flaws:#?}");
            assert_eq!(flaws[0].line, Some(line), "{text}{flaws:#?}");
        }
    }

    #[test]
    fn what_a_layer_removes_is_named_where_it_is_still_used() {
        let flaws = flaws_of("\n[[control]]\nid = \"MON-06\"\nremove = true\n");
        assert_eq!(flaws.len(), 1);
        assert_eq!(flaws[0].layer, "built-in checklist llm-application");
        assert!(flaws[0].message.contains("until test:3 removed it"), "{}", flaws[0].message);
    }

    #[test]
    fn an_item_that_serves_no_control_is_a_warning() {
        let policy = policy_of(&template("a", "", &["X"]).replace("controls = [\"GOV-01\"]", ""));
        assert_eq!(policy.warnings().len(), 1);
        assert!(policy.warnings()[0].message.contains("serves no control"));
    }
}
