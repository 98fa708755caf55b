//! What another policy would change for all reviews: which tiers, functions, documents and duties come and go, review by
//! review. Shown before the policy takes the place of the one in force.

use super::{Difference, Part, Sign, Told, difference, survey};
use crate::policy::{Policy, PolicyChange, RuleError, differences};
use crate::record::Record;
use crate::workspace::{Result, Workspace};

/// Reviews that are named; more are counted.
const NAMED: usize = 5;

/// What another policy changes for a review.
#[derive(Debug, Clone)]
pub struct Shifted {
    /// The review.
    pub review: Record,
    /// What comes and goes; or the rule that cannot be applied to it.
    pub difference: std::result::Result<Difference, RuleError>,
}

/// What another policy changes.
#[derive(Debug, Clone)]
pub struct Shift {
    /// How many reviews were looked at.
    pub reviews: usize,
    /// Those for which something comes, goes or changes, in the order in which they were recorded.
    pub shifted: Vec<Shifted>,
    /// What differs between the policies themselves.
    pub policy: Vec<PolicyChange>,
}

/// Works out what another policy would change for every review.
///
/// # Errors
/// When the file cannot be read.
pub fn shift(workspace: &Workspace, before: &Policy, after: &Policy) -> Result<Shift> {
    let surveyed = survey(workspace, before, &[])?;
    let reviews = surveyed.len();
    let mut shifted = Vec::new();
    for one in surveyed {
        let found = difference(&one.inputs.case(before), &one.inputs.case(after));
        if found.as_ref().is_ok_and(Difference::is_none) {
            continue;
        }
        shifted.push(Shifted { review: one.inputs.review, difference: found });
    }
    Ok(Shift { reviews, shifted, policy: differences(before, after) })
}

impl Shift {
    /// The reviews for which something of a sort changes.
    fn of(&self, test: impl Fn(&Difference) -> bool) -> Vec<&Record> {
        let changed = |one: &&Shifted| one.difference.as_ref().is_ok_and(&test);
        self.shifted.iter().filter(changed).map(|one| &one.review).collect()
    }

    /// The reviews that another tier would be proposed for.
    #[must_use]
    pub fn tiers(&self) -> Vec<(&Record, Option<&'static str>, Option<&'static str>)> {
        let moved = |one: &'_ Shifted| one.difference.as_ref().ok().map(|found| found.proposed_tier);
        let tiers = self.shifted.iter().filter_map(|one| moved(one).map(|(was, is)| (&one.review, was, is)));
        tiers.filter(|(_, was, is)| was != is).collect()
    }

    /// The reviews for which something of one of these sorts comes or goes.
    #[must_use]
    pub fn parts(&self, parts: &[Part]) -> Vec<&Record> {
        self.of(|found| found.comes.iter().chain(&found.goes).any(|change| parts.contains(&change.part)))
    }

    /// The reviews to which a rule cannot be applied.
    #[must_use]
    pub fn broken(&self) -> Vec<(&Record, &RuleError)> {
        self.shifted.iter().filter_map(|one| Some((&one.review, one.difference.as_ref().err()?))).collect()
    }

    /// The changes of the reviews, a line each: how many, and which first.
    #[must_use]
    pub fn told_of_reviews(&self) -> Vec<Told> {
        let tell = |text: String| Told { sign: Sign::Changes, text };
        let named = |what: &str, names: &[String]| {
            let more = if names.len() > NAMED { " …" } else { "" };
            let first = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            let colon = if names.is_empty() { "" } else { ": " };
            format!("{} of {} reviews {what}{colon}{first}{more}", names.len(), self.reviews)
        };
        let arrow = |(review, was, is): &(&Record, Option<&str>, Option<&str>)| {
            format!("{} {} → {}", review.reference(), was.unwrap_or("none"), is.unwrap_or("none"))
        };
        let tiers: Vec<String> = self.tiers().iter().map(arrow).collect();
        let mut told = vec![tell(named("would be proposed another tier", &tiers))];
        for (what, parts) in [
            ("need other functions to look", &[Part::Route][..]),
            ("need other documents or checklists", &[Part::Document, Part::Checklist, Part::ChecklistItem]),
            ("have other required answers missing", &[Part::Question]),
            ("have other duties under the law", &[Part::Duty]),
        ] {
            let names: Vec<String> =
                self.parts(parts).into_iter().map(|review| review.reference().to_owned()).collect();
            if !names.is_empty() {
                told.push(tell(named(what, &names)));
            }
        }
        for (review, error) in self.broken() {
            told.push(tell(format!("{} could not be triaged: {error}", review.reference())));
        }
        told
    }

    /// The changes of the policy, a line each.
    #[must_use]
    pub fn told_of_policy(&self) -> Vec<Told> {
        let line = |change: &PolicyChange| match (&change.before, &change.after) {
            (Some(was), Some(is)) => Told { sign: Sign::Changes, text: format!("{}: {was} → {is}", change.path) },
            (None, Some(is)) => Told { sign: Sign::Comes, text: format!("{}: {is}", change.path) },
            (Some(was), None) => Told { sign: Sign::Goes, text: format!("{}: {was}", change.path) },
            (None, None) => Told { sign: Sign::Changes, text: change.path.clone() },
        };
        self.policy.iter().map(line).collect()
    }
}
