//! Duplicates and similar cases, found offline: reviews that share rare words, by TF-IDF over title, use case and intended
//! use, the candidates found by the workspace's full-text search. Each comes with the reason why it was found, and with the
//! risks and mitigations it ended with.
//!
//! The same name is not the same system: a duplicate says nearly the same in all its words, in the same product area.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use super::Inputs;
use crate::record::{ACTION, Kind, PACKET, REVIEW, RISK, Record, SYSTEM, Value};
use crate::workspace::{Condition, Direction, Query, Result, Workspace};

/// How many of its rarest words a review is searched by.
const WORDS: usize = 24;

/// How many candidates the search gives, by the packet and by the title.
const CANDIDATES: usize = 80;

/// From which likeness on (0 to 1) a case is worth showing.
const SIMILAR: f64 = 0.15;

/// From which likeness on two reviews say nearly the same.
const SAME: f64 = 0.95;

/// The same where their titles are the same too.
const SAME_WITH_TITLE: f64 = 0.7;

/// What the same model type, and the same domain, add to a likeness for ranking.
const SAME_KIND: f64 = 0.05;

/// The most risks, and the most mitigations, that are shown of a case.
const LESSONS: usize = 12;

/// What another review is to the one at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It says nearly the same of another system of the same product area: perhaps the same was handed in twice.
    Duplicate,
    /// It is another review of the same system.
    SameSystem,
    /// It resembles it.
    Similar,
}

/// A review that resembles the one at hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// The review.
    pub review: Record,
    /// What it is to the one at hand.
    pub relation: Relation,
    /// How alike their words are, from 0 (none in common) to 1 (all).
    pub likeness: f64,
    /// The rarest words that both use, the most telling first.
    pub shared: Vec<String>,
    /// What else they have in common, in words: `same model type (RAG)`.
    pub common: Vec<String>,
    /// The risks that it ended with, the highest first.
    pub risks: Vec<Record>,
    /// The mitigations that it ended with.
    pub mitigations: Vec<Record>,
}

impl Alike {
    /// Why it was found, in one line.
    #[must_use]
    pub fn reason(&self) -> String {
        let words = format!("{:.0} % alike by words such as {}", self.likeness * 100.0, self.shared.join(", "));
        std::iter::once(words).chain(self.common.iter().cloned()).collect::<Vec<_>>().join("; ")
    }
}

/// The reviews that resemble this one: duplicates first, then reviews of the same system, then similar ones, each group
/// with the most alike first; at most `limit` in all, duplicates not counted.
///
/// # Errors
/// When the file cannot be read, or the search was interrupted.
pub fn alike(workspace: &Workspace, inputs: &Inputs, limit: usize) -> Result<Vec<Alike>> {
    let subject = Text::of(&inputs.review, &inputs.packet);
    let total = workspace.total(&REVIEW)?;
    let mut rarity = Rarity { workspace, total, known: HashMap::new() };
    rarity.learn(subject.counts.keys())?;
    let rarest = rarity.rarest(&subject, WORDS);
    let candidates = candidates(workspace, inputs.review.id(), &rarest)?;
    for (review, packet) in &candidates {
        rarity.learn(Text::of(review, packet).counts.keys())?;
    }
    let area = Areas::of(workspace, inputs.review.text("system"), &candidates)?;
    let mut found = Vec::new();
    for (review, packet) in candidates {
        let text = Text::of(&review, &packet);
        let likeness = rarity.likeness(&subject, &text);
        if likeness < SIMILAR && review.get("system") != inputs.review.get("system") {
            continue;
        }
        let same_area = area.same(inputs.review.text("system"), review.text("system"));
        let same_title = folded(review.title()) == folded(inputs.review.title());
        let relation = if review.get("system") == inputs.review.get("system") {
            Relation::SameSystem
        } else if same_area != Some(false) && (likeness >= SAME || (same_title && likeness >= SAME_WITH_TITLE)) {
            Relation::Duplicate
        } else {
            Relation::Similar
        };
        let mut common = common(&inputs.packet, &packet);
        if same_title {
            common.push("same title".to_owned());
        }
        if same_area == Some(true) {
            common.push("same product area".to_owned());
        }
        let shared = rarity.shared(&subject, &text, 5);
        let (risks, mitigations) = (Vec::new(), Vec::new());
        found.push(Alike { review, relation, likeness, shared, common, risks, mitigations });
    }
    let kinds = |alike: &Alike| alike.common.iter().filter(|common| common.contains('(')).count();
    #[expect(clippy::cast_precision_loss, reason = "at most two")]
    let rank = |alike: &Alike| alike.likeness + SAME_KIND * kinds(alike) as f64;
    found.sort_by(|one, other| {
        one.relation
            .cmp(&other.relation)
            .then_with(|| rank(other).total_cmp(&rank(one)))
            .then_with(|| one.review.text("created_at").cmp(&other.review.text("created_at")))
    });
    let duplicates = found.iter().filter(|alike| alike.relation == Relation::Duplicate).count();
    found.truncate(duplicates + limit);
    for alike in &mut found {
        (alike.risks, alike.mitigations) = lessons(workspace, &alike.review)?;
    }
    Ok(found)
}

/// The reviews that share the rarest words, with their packets.
fn candidates(workspace: &Workspace, own: &str, rarest: &[&str]) -> Result<Vec<(Record, Record)>> {
    let packets = workspace.sharing(&PACKET, &["use_case", "intended_use"], rarest, CANDIDATES)?;
    let reviews = workspace.sharing(&REVIEW, &["title"], rarest, CANDIDATES)?;
    let ids = |ids: &[String]| ids.iter().map(|id| Value::text(id.as_str())).collect::<Vec<_>>();
    let by_text = workspace.records(&Query::all(&PACKET).with(Condition::OneOf("id", ids(&packets))))?;
    let by_title = workspace.records(&Query::all(&PACKET).with(Condition::OneOf("review", ids(&reviews))))?;
    let mut packets: HashMap<String, Record> = HashMap::new();
    for packet in by_text.into_iter().chain(by_title) {
        if let Some(review) = packet.text("review").filter(|review| *review != own) {
            packets.insert(review.to_owned(), packet);
        }
    }
    let wanted: Vec<String> = packets.keys().cloned().collect();
    let reviews = workspace.records(&Query::all(&REVIEW).with(Condition::OneOf("id", ids(&wanted))))?;
    Ok(reviews.into_iter().filter_map(|review| packets.remove(review.id()).map(|packet| (review, packet))).collect())
}

/// The risks and the mitigations that a review ended with.
fn lessons(workspace: &Workspace, review: &Record) -> Result<(Vec<Record>, Vec<Record>)> {
    let of = |kind: Kind| Query::all(kind).with(Condition::Is("review", Value::text(review.id())));
    let read = |query: &Query| -> Result<Vec<Record>> {
        let rows = workspace.page(query, None, Direction::After, LESSONS)?.rows;
        Ok(rows.into_iter().map(|row| row.record).collect())
    };
    let mitigation = Condition::Is("kind", Value::text("mitigation"));
    Ok((read(&of(&RISK))?, read(&of(&ACTION).with(mitigation))?))
}

/// What two packets have in common beside words.
fn common(one: &Record, other: &Record) -> Vec<String> {
    let same = |field: &str| one.text(field).filter(|said| other.text(field) == Some(*said));
    let mut common = Vec::new();
    if let Some(model) = same("model_type") {
        common.push(format!("same model type ({model})"));
    }
    if let Some(domain) = same("domain").filter(|domain| *domain != "other") {
        common.push(format!("same domain ({domain})"));
    }
    common
}

/// The product areas of systems.
struct Areas(HashMap<String, String>);

impl Areas {
    fn of(workspace: &Workspace, own: Option<&str>, candidates: &[(Record, Record)]) -> Result<Self> {
        let systems = candidates.iter().filter_map(|(review, _)| review.text("system")).chain(own);
        let ids: HashSet<&str> = systems.collect();
        let ids = ids.into_iter().map(Value::text).collect();
        let systems = workspace.records(&Query::all(&SYSTEM).with(Condition::OneOf("id", ids)))?;
        let area = |system: Record| Some((system.id().to_owned(), folded(system.text("product_area")?)));
        Ok(Self(systems.into_iter().filter_map(area).collect()))
    }

    /// Whether two systems stand in the same area; none where that was not said of one of them.
    fn same(&self, one: Option<&str>, other: Option<&str>) -> Option<bool> {
        Some(self.0.get(one?)? == self.0.get(other?)?)
    }
}

/// The words of a review, with how often each occurs.
struct Text {
    /// In alphabetical order, so that sums come out the same on every run.
    counts: BTreeMap<String, u32>,
}

impl Text {
    fn of(review: &Record, packet: &Record) -> Self {
        let mut counts = BTreeMap::new();
        let texts = [review.text("title"), packet.text("use_case"), packet.text("intended_use")];
        for word in texts.into_iter().flatten().flat_map(words) {
            *counts.entry(word).or_insert(0) += 1;
        }
        Self { counts }
    }
}

/// The words of a text as the search keeps them: letters and digits, in lower case, without diacritics.
fn words(text: &str) -> impl Iterator<Item = String> {
    let telling = |word: &&str| word.len() > 2 && !word.chars().all(|c| c.is_ascii_digit());
    text.split(|c: char| !c.is_alphanumeric()).filter(telling).map(folded)
}

fn folded(text: &str) -> String {
    text.trim().chars().map(nucleo_matcher::chars::normalize).flat_map(char::to_lowercase).collect()
}

/// How rare words are among all reviews.
struct Rarity<'w> {
    workspace: &'w Workspace,
    total: u64,
    known: HashMap<String, f64>,
}

impl Rarity<'_> {
    /// Looks up the words that are not known yet.
    fn learn<'k>(&mut self, words: impl Iterator<Item = &'k String>) -> Result<()> {
        let new: Vec<&str> = words.filter(|word| !self.known.contains_key(*word)).map(String::as_str).collect();
        let packets = self.workspace.occurrences(&PACKET, new.iter().copied())?;
        let titles = self.workspace.occurrences(&REVIEW, new.iter().copied())?;
        for word in new {
            let count = |counts: &HashMap<&str, u64>| counts.get(word).copied().unwrap_or(0);
            let seen = count(&packets).max(count(&titles));
            self.known.insert(word.to_owned(), inverse(seen, self.total));
        }
        Ok(())
    }

    /// How telling a word is: least where every review has it.
    fn idf(&self, word: &str) -> f64 {
        self.known.get(word).copied().unwrap_or(0.0)
    }

    fn weight(&self, word: &str, count: u32) -> f64 {
        (1.0 + f64::from(count).ln()) * self.idf(word)
    }

    fn rarest<'t>(&self, text: &'t Text, most: usize) -> Vec<&'t str> {
        let mut words: Vec<(&str, f64)> =
            text.counts.iter().map(|(word, count)| (word.as_str(), self.weight(word, *count))).collect();
        words.retain(|(_, weight)| *weight > 0.0);
        words.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        words.into_iter().take(most).map(|(word, _)| word).collect()
    }

    /// The cosine between two texts' weights, from 0 to 1.
    fn likeness(&self, one: &Text, other: &Text) -> f64 {
        let norm =
            |text: &Text| text.counts.iter().map(|(word, count)| self.weight(word, *count).powi(2)).sum::<f64>().sqrt();
        let (left, right) = (norm(one), norm(other));
        if left == 0.0 || right == 0.0 {
            return 0.0;
        }
        let dot: f64 = one
            .counts
            .iter()
            .filter_map(|(word, count)| Some(self.weight(word, *count) * self.weight(word, *other.counts.get(word)?)))
            .sum();
        (dot / (left * right)).clamp(0.0, 1.0)
    }

    fn shared(&self, one: &Text, other: &Text, most: usize) -> Vec<String> {
        let both = one.counts.iter().filter(|(word, _)| other.counts.contains_key(*word));
        let both = Text { counts: both.map(|(word, count)| (word.clone(), *count)).collect() };
        self.rarest(&both, most).into_iter().map(str::to_owned).collect()
    }
}

/// How telling a word is that `seen` of `total` reviews use.
fn inverse(seen: u64, total: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of reviews are far below 2^52")]
    let share = (total as f64 + 1.0) / (seen as f64 + 1.0);
    share.ln_1p()
}
