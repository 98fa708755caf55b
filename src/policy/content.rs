//! The content of a policy: catalogues of frameworks, controls, checklists, risk patterns. It is layered like the rest and
//! checked like the rest, but no start needs it. So what is shipped is read at first use, and only what somebody's own
//! layers say of it is read, and refused where it is wrong, when the policy loads. That the shipped content is right is
//! tested.

use toml::de::DeTable;

use super::checklist::{self, Template};
use super::control::{self, Control};
use super::framework::{self, Framework};
use super::layer::{Wanted, merge};
use super::names::Named;
use super::pattern::{self, Pattern};
use super::reader::Reader;
use super::source::Sources;

/// The keys at the top of a layer that hold content.
pub(super) const SECTIONS: &[&str] = &["framework", "control", "checklist", "pattern"];

/// Other keys whose values content draws on, or that name content: a layer that has them is checked together with content.
pub(super) const TOUCHING: &[&str] = &["category", "checklist_rule"];

/// The content of a policy.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The frameworks that controls answer to.
    pub frameworks: Vec<Framework>,
    /// The controls.
    pub controls: Vec<Control>,
    /// The checklist templates.
    pub checklists: Vec<Template>,
    /// The risk patterns.
    pub patterns: Vec<Pattern>,
}

impl Content {
    /// Reads the lists `framework`, `control`, `checklist` and `pattern`.
    pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, categories: &[Named]) -> Self {
        let frameworks = framework::read(reader, root);
        let controls = control::read(reader, root, &frameworks, categories);
        let checklists = checklist::read(reader, root, &controls);
        let patterns = pattern::read(reader, root, &frameworks, &controls, categories);
        Self { frameworks, controls, checklists, patterns }
    }

    /// The content of a policy that was loaded without it: nobody's own layer says anything of it.
    pub(super) fn of(sources: &Sources, categories: &[Named]) -> Self {
        let merged = merge(sources, Wanted::Content);
        let mut root = merged.root;
        let mut reader = Reader::new(sources, merged.removed, true);
        let content = Self::read(&mut reader, &mut root, categories);
        debug_assert!(merged.flaws.is_empty() && reader.flaws.is_empty(), "{:?}{:?}", merged.flaws, reader.flaws);
        content
    }
}
