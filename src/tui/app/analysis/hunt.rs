//! The search for the worst slices as a person turns it: how many rows at least, how many items at most, by what.

use crate::slices::cells::Task;
use crate::slices::metric::rates;
use crate::slices::search::{Options, Support, rate};
use crate::slices::worst::{By, Hunt};

/// The shares of rows that a slice has at least, to be gone through.
const SUPPORTS: [f64; 8] = [0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3];

/// A slice has fewer rows at no share: under 30 nothing is told apart.
const LEAST: u64 = 30;

/// The deepest search.
const DEEPEST: usize = 5;

/// What is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought {
    support: usize,
    /// The most items of a slice.
    pub depth: usize,
    by: usize,
}

impl Default for Sought {
    fn default() -> Self {
        Self { support: 2, depth: 3, by: 0 }
    }
}

/// What slices can be ranked by: how often the model is wrong (or how off it is) first, then SliceLine's score, then each rate
/// that is tested.
fn ways(task: Task) -> Vec<By> {
    let first = match task {
        Task::Classification => rate("error").map(By::Rate),
        Task::Outcome => None,
        Task::Regression => Some(By::Loss),
    };
    let of_rates = rates(task).iter().filter(|rate| rate.tested && rate.name != "base_rate").map(By::Rate);
    first.into_iter().chain([By::Sliceline]).chain(of_rates).collect()
}

impl Sought {
    /// The share of rows that a slice has at least.
    #[must_use]
    pub fn share(self) -> f64 {
        SUPPORTS.get(self.support).copied().unwrap_or(0.01)
    }

    /// What slices are ranked by.
    #[must_use]
    pub fn by(self, task: Task) -> By {
        ways(task).get(self.by).copied().unwrap_or(By::Sliceline)
    }

    /// The same with more rows at least, or fewer.
    #[must_use]
    pub fn supported(self, more: bool) -> Self {
        let support = if more { self.support + 1 } else { self.support.saturating_sub(1) };
        Self { support: support.min(SUPPORTS.len() - 1), ..self }
    }

    /// The same with more items at most, or fewer.
    #[must_use]
    pub fn deeper(self, more: bool) -> Self {
        let depth = if more { self.depth + 1 } else { self.depth.saturating_sub(1) };
        Self { depth: depth.clamp(1, DEEPEST), ..self }
    }

    /// The same by the next figure.
    #[must_use]
    pub fn turned(self, task: Task) -> Self {
        Self { by: (self.by + 1) % ways(task).len().max(1), ..self }
    }

    /// The options of the engine.
    #[must_use]
    pub fn options(self, task: Task) -> Options {
        let ranking = self.by(task).ranking(0.95);
        Options {
            ranking,
            support: Support::ShareAndRows(self.share(), LEAST),
            depth: self.depth,
            ..Options::default()
        }
    }

    /// The search, as it is part of a report.
    #[must_use]
    pub fn hunt(self, task: Task) -> Hunt {
        Hunt { columns: Vec::new(), by: self.by(task), options: self.options(task) }
    }

    /// What is sought, in words.
    #[must_use]
    pub fn words(self, task: Task) -> String {
        let by = match self.by(task) {
            By::Sliceline => "errors, by SliceLine's score".to_owned(),
            By::Rate(rate) => format!("{}, by its divergence", rate.label),
            By::Loss => "the mean absolute error, by its divergence".to_owned(),
        };
        format!("{by} · at least {:.4} % of rows · at most {} items", 100.0 * self.share(), self.depth)
            .replace("0000 %", " %")
            .replace("00 %", " %")
            .replace(". %", " %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_turned_within_its_ends() {
        let mut sought = Sought::default();
        for _ in 0..20 {
            sought = sought.supported(true).deeper(true);
        }
        assert_eq!((sought.share(), sought.depth), (0.3, DEEPEST));
        for _ in 0..20 {
            sought = sought.supported(false).deeper(false);
        }
        assert_eq!((sought.share(), sought.depth), (0.0025, 1));
        let count = ways(Task::Classification).len();
        let turned = (0..count).fold(sought, |sought, _| sought.turned(Task::Classification));
        assert_eq!(turned, sought, "it comes around");
        assert_eq!(
            Sought::default().words(Task::Outcome),
            "errors, by SliceLine's score · at least 1 % of rows · at most 3 items"
        );
    }
}
