//! How much a column is like a field: words of its header against the field's name, label and help, and whether the
//! field could hold its texts.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use chrono::NaiveDate;

use super::values::Filled;
use crate::exchange::mapping::{Target, fit, words};
use crate::record::{FieldKind, RELEASE, SYSTEM};

/// Words that say nothing about what a column holds.
const EMPTY_WORDS: &[&str] = &[
    "the", "a", "an", "of", "is", "are", "this", "that", "ai", "system", "systems", "and", "or", "for", "to", "in",
    "on", "it", "its", "does", "do", "has", "have", "been", "if", "any", "what", "which", "how", "who", "when",
    "where", "with", "as", "at", "by", "be", "from", "case", "your", "you", "please", "provide", "describe", "there",
    "will", "was", "were",
];

/// Groups of words that mean the same, each under its first word.
static MEANINGS: LazyLock<Vec<Vec<Vec<String>>>> = LazyLock::new(|| {
    #[derive(serde::Deserialize)]
    struct Words {
        same: Vec<Vec<String>>,
    }
    let read: Words =
        toml::from_str(include_str!("../../../assets/import/words.toml")).unwrap_or(Words { same: Vec::new() });
    read.same.iter().map(|group| group.iter().map(|phrase| plain_words(phrase)).collect()).collect()
});

/// A field with the words that describe it.
struct Described {
    target: Target,
    /// The words of its name and label: what a header would say.
    own: Vec<String>,
    /// The words of its help.
    help: Vec<String>,
}

/// Compares columns with all fields that a file may fill.
pub struct Likeness {
    fields: Vec<Described>,
    dates: words::Dates,
    /// How many fields have a word; rare words tell more.
    common: HashMap<String, usize>,
    /// Words that stand in so many of the file's headers that they tell nothing.
    usual: HashSet<String>,
}

impl Likeness {
    /// With the formats in which the file's dates are read, and its headers.
    pub fn new(formats: &[String], headers: &[String]) -> Self {
        let fields: Vec<Described> = Target::all()
            .filter(|target| !matches!(target.field.name, "notes" | "tags"))
            .map(|target| Described {
                target,
                own: meaning(&format!("{} {}", target.field.name.replace('_', " "), target.field.label)),
                help: meaning(target.field.help),
            })
            .collect();
        let mut common: HashMap<String, usize> = HashMap::new();
        for field in &fields {
            for word in &field.own {
                *common.entry(word.clone()).or_default() += 1;
            }
        }
        let (earliest, latest) = (NaiveDate::from_ymd_opt(1950, 1, 1), NaiveDate::from_ymd_opt(2100, 12, 31));
        let dates = words::Dates {
            formats: formats.to_vec(),
            earliest: earliest.unwrap_or_default(),
            latest: latest.unwrap_or_default(),
        };
        let mut counts: HashMap<String, usize> = HashMap::new();
        for header in headers {
            let words: HashSet<String> = plain_words(header).into_iter().collect();
            for word in words {
                *counts.entry(word).or_default() += 1;
            }
        }
        let many = 3.max(headers.len() / 5);
        let usual = counts.into_iter().filter(|(_, n)| *n > many).map(|(word, _)| word).collect();
        Self { fields, dates, common, usual }
    }

    /// The fields that a column of so many rows is like at all, the likeliest first, each with a score of 1 to 100 and the reason.
    pub fn rank(
        &self,
        header: &str,
        texts: &[(String, usize)],
        filled: Filled,
        rows: usize,
    ) -> Vec<(u8, Target, String)> {
        let words = plain_words(header);
        let telling: Vec<&str> = words.iter().map(String::as_str).filter(|word| !self.usual.contains(*word)).collect();
        // A header of nothing but usual words still says what it says.
        let said = meaning(&if telling.is_empty() { words.join(" ") } else { telling.join(" ") });
        let mut found: Vec<(u8, Target, String)> = self
            .fields
            .iter()
            .filter_map(|field| {
                let (score, why) = self.score(header, &said, texts, field)?;
                let (score, why) = by_filling(header, field.target, filled, rows, score, why);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 100")]
                let score = score.clamp(0.0, 100.0) as u8;
                (score > 0).then_some((score, field.target, why))
            })
            .collect();
        found.sort_by_key(|(score, target, _)| (std::cmp::Reverse(*score), target.kind.name != "system"));
        found
    }

    fn score(
        &self,
        header: &str,
        said: &[String],
        texts: &[(String, usize)],
        field: &Described,
    ) -> Option<(f64, String)> {
        let target = field.target;
        let folded = words::fold(header).replace(['_', '-'], " ");
        let same = |name: &str| folded == words::fold(name).replace(['_', '-'], " ");
        let (mut score, mut why) = if same(&target.name()) || same(target.field.name) || same(target.field.label) {
            (100.0, "its header is the field's name".to_owned())
        } else {
            let shared: Vec<&str> = field.own.iter().filter(|word| said.contains(word)).map(String::as_str).collect();
            if shared.is_empty() {
                return None;
            }
            let weight = |words: &[String], base: f64| -> f64 {
                words
                    .iter()
                    .map(|word| base / f64::from(u32::try_from(*self.common.get(word).unwrap_or(&1)).unwrap_or(1)))
                    .sum()
            };
            let (own, hit) =
                (weight(&field.own, 1.0), weight(&shared.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>(), 1.0));
            let helped =
                said.iter().filter(|word| field.help.contains(word) && !shared.contains(&word.as_str())).count();
            // Headers are often whole questions: what counts is how much of the field's name is in them.
            let length = f64::from(u32::try_from(said.len().max(1)).unwrap_or(1));
            let covered = f64::from(u32::try_from(shared.len()).unwrap_or(1)) / length;
            let help = f64::from(u32::try_from(helped.min(3)).unwrap_or(0));
            let score = 55.0 * (hit / own) + 25.0 * covered + 5.0 * help;
            (score, format!("its header reads like “{}”", target.field.label))
        };
        let (change, because) = self.values(target, texts);
        score += change;
        // An inventory lists systems; few speak of releases, and those say so.
        if target.kind == &RELEASE {
            score -= if folded.contains("release") { 0.0 } else { 40.0 };
        }
        if !because.is_empty() {
            why = format!("{why}, {because}");
        }
        Some((score, why))
    }

    /// What a column's texts say for or against a field.
    fn values(&self, target: Target, texts: &[(String, usize)]) -> (f64, &'static str) {
        let total: usize = texts.iter().map(|(_, n)| n).sum();
        if total == 0 {
            return (0.0, "");
        }
        let share = |fits: &dyn Fn(&str) -> bool| {
            let fitting: usize = texts.iter().filter(|(text, _)| fits(text)).map(|(_, n)| n).sum();
            f64::from(u32::try_from(fitting * 100 / total).unwrap_or(0)) / 100.0
        };
        let dates = share(&|text| self.dates.read(text).is_ok());
        match target.field.kind {
            FieldKind::Day if dates >= 0.5 => (25.0, "its texts are dates"),
            FieldKind::Day => (-60.0, "but its texts are no dates"),
            _ if dates >= 0.5 => (-40.0, "but its texts are dates"),
            FieldKind::Choice(choices) | FieldKind::Choices(choices) => {
                let fitting = share(&|text| super::values::choice(text, choices).is_some());
                match fitting {
                    fitting if fitting >= 0.5 => (30.0, "its texts are like the choices"),
                    fitting if fitting >= 0.2 => (10.0, "some of its texts are like the choices"),
                    _ => (-25.0, "but its texts are unlike the choices"),
                }
            }
            FieldKind::Number(..) | FieldKind::Flag => {
                let fitting = share(&|text| fit(target.field, text).is_ok());
                if fitting >= 0.5 { (20.0, "its texts fit") } else { (-60.0, "but its texts do not fit") }
            }
            FieldKind::Line if share(&|text| text.len() > 200 || text.trim().contains('\n')) >= 0.3 => {
                (-30.0, "but its texts are long")
            }
            FieldKind::Prose if share(&|text| text.len() > 60) >= 0.3 => (8.0, ""),
            _ => (0.0, ""),
        }
    }
}

/// What it says for or against a field that a column is filled in every row, or in few.
fn by_filling(header: &str, target: Target, filled: Filled, rows: usize, score: f64, why: String) -> (f64, String) {
    let often_blank = filled.rows * 10 < rows * 9;
    if target.field.required && often_blank {
        return (score - 25.0, why + ", but it is often blank");
    }
    // What an inventory calls its rows by, “Use case name” or “Project title”, is seldom another row's too.
    let last = words::fold(header).split_whitespace().next_back().map(str::to_owned);
    let is_name = target.kind == &SYSTEM && target.field.name == SYSTEM.title;
    let named = last.is_some_and(|last| matches!(last.as_str(), "name" | "title"));
    if is_name && named && !often_blank && filled.texts * 10 >= filled.rows * 7 {
        return (score + 45.0, "it names each row".to_owned());
    }
    (score, why)
}

/// The words of a text, each replaced by the first word of its meaning, without those that say nothing.
fn meaning(text: &str) -> Vec<String> {
    let mut words = plain_words(text);
    for group in MEANINGS.iter() {
        let Some(first) = group.first() else { continue };
        for phrase in &group[1..] {
            if let Some(at) = words.windows(phrase.len().max(1)).position(|window| window == phrase.as_slice()) {
                words.splice(at..at + phrase.len(), first.iter().cloned());
            }
        }
    }
    words.retain(|word| !EMPTY_WORDS.contains(&word.as_str()));
    let mut once: Vec<String> = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    once
}

fn plain_words(text: &str) -> Vec<String> {
    let folded = words::fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
