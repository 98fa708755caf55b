//! The search against a count of everything by hand; what is sure; bad input.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::significance::{Family, welch};
use super::{
    Adjust, Column, Direction, Found, Measure, Options, Outcome, Ranking, SearchError, Searcher, Support, Table, Watch,
};

pub fn close(told: f64, expected: f64, within: f64) {
    assert!((told - expected).abs() <= within * expected.abs().max(1.0), "{told} is not {expected}");
}

// ---- Every slice, counted by hand ------------------------------------------------------------------------------------

type Items = Vec<(usize, u32)>;

#[derive(Debug, Clone)]
struct Small {
    columns: Vec<Vec<u32>>,
    outcomes: Vec<Outcome>,
    losses: Vec<f64>,
    counts: Vec<u64>,
}

fn small() -> impl Strategy<Value = Small> {
    let row = (
        proptest::collection::vec(0_u32..3, 4),
        prop_oneof![Just(Outcome::True), Just(Outcome::False), Just(Outcome::Undefined)],
        0_u8..4,
        prop_oneof![3 => Just(1_u64), 1 => 1_u64..40],
    );
    proptest::collection::vec(row, 1..60).prop_map(|rows| Small {
        columns: (0..4).map(|column| rows.iter().map(|row| row.0[column]).collect()).collect(),
        outcomes: rows.iter().map(|row| row.1).collect(),
        losses: rows.iter().map(|row| f64::from(row.2)).collect(),
        counts: rows.iter().map(|row| row.3).collect(),
    })
}

impl Small {
    fn column(at: usize, codes: Vec<u32>) -> Column {
        Column { name: format!("c{at}"), levels: ["0", "1", "2"].map(str::to_owned).to_vec(), codes }
    }

    fn counted(&self) -> Table {
        let columns = self.columns.iter().enumerate().map(|(at, codes)| Self::column(at, codes.clone())).collect();
        Table::new(columns, Some(self.counts.clone())).unwrap()
    }

    /// Each entry as often as it occurs.
    fn spread<T: Clone>(&self, values: &[T]) -> Vec<T> {
        values
            .iter()
            .zip(&self.counts)
            .flat_map(|(value, count)| vec![value.clone(); usize::try_from(*count).unwrap()])
            .collect()
    }

    fn listed(&self) -> Table {
        let columns = self.columns.iter().enumerate().map(|(at, codes)| Self::column(at, self.spread(codes))).collect();
        Table::new(columns, None).unwrap()
    }

    /// Every conjunction up to `depth`, whether any row has it or not.
    fn conjunctions(depth: usize) -> Vec<Items> {
        let mut all: Vec<Items> = vec![Vec::new()];
        for column in 0..4 {
            let longer = all.iter().filter(|items| items.len() < depth);
            let longer: Vec<Items> =
                longer.flat_map(|items| (0..3).map(|level| [items.as_slice(), &[(column, level)]].concat())).collect();
            all.extend(longer);
        }
        all.retain(|items| !items.is_empty());
        all
    }

    /// Rows, rows where the outcome is defined, rows where it is true, and loss, of a conjunction.
    fn count(&self, items: &Items) -> (u64, u64, u64, f64) {
        let mut told = (0, 0, 0, 0.0);
        for entry in 0..self.counts.len() {
            if items.iter().all(|(column, level)| self.columns[*column][entry] == *level) {
                let count = self.counts[entry];
                told.0 += count;
                told.1 += if self.outcomes[entry] == Outcome::Undefined { 0 } else { count };
                told.2 += if self.outcomes[entry] == Outcome::True { count } else { 0 };
                told.3 += count as f64 * self.losses[entry];
            }
        }
        told
    }

    fn rate(&self, items: &Items) -> Option<f64> {
        let (_, defined, holds, _) = self.count(items);
        (defined > 0).then(|| holds as f64 / defined as f64)
    }

    fn divergence(&self, items: &Items) -> Option<f64> {
        Some(self.rate(items)? - self.rate(&Vec::new())?)
    }
}

fn named(items: &Items) -> String {
    items.iter().map(|(column, level)| format!("c{column} = {level}")).collect::<Vec<_>>().join(" and ")
}

fn options(ranking: Ranking, least: u64, depth: usize, epsilon: Option<f64>) -> Options {
    let support = Support::Rows(least);
    Options { ranking, support, least_defined: 1, depth, top: 5, epsilon, ..Options::default() }
}

fn is_redundant(items: &Items, of: impl Fn(&Items) -> Option<f64>, epsilon: f64) -> bool {
    let Some(value) = of(items) else { return false };
    (0..items.len()).any(|out| {
        let mut shorter = items.clone();
        shorter.remove(out);
        of(&shorter).is_some_and(|other| (value - other).abs() <= epsilon)
    })
}

/// The slices of a search as (name, rows), by how bad they are; ties are compared as sets by whoever calls.
fn told(found: &Found) -> Vec<(String, u64)> {
    found.slices.iter().map(|slice| (slice.name(), slice.n)).collect()
}

/// The expected list: worst first, then the larger, the shorter, and by columns and levels.
fn expected(mut all: Vec<(f64, u64, Items)>, top: usize) -> (Vec<(String, u64)>, u64) {
    all.retain(|slice| slice.0 > 1e-12);
    all.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.len().cmp(&b.2.len())).then_with(|| a.2.cmp(&b.2))
    });
    let last = all.get(top.min(all.len()).wrapping_sub(1)).map(|slice| slice.0);
    let ties = all.iter().skip(top).filter(|slice| Some(slice.0) == last).count() as u64;
    (all.iter().take(top).map(|slice| (named(&slice.2), slice.1)).collect(), ties)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sliceline_finds_the_highest_scores(
        data in small(), alpha in 0.3_f64..1.0, least in 1_u64..8, depth in 1_usize..5, prune in any::<bool>()
    ) {
        let epsilon = prune.then_some(0.1);
        let (rows, _, _, loss) = data.count(&Vec::new());
        let mean = |items: &Items| { let (rows, _, _, loss) = data.count(items); (rows > 0).then(|| loss / rows as f64) };
        let score = |rows_in: u64, loss_in: f64| {
            alpha * (rows as f64 * loss_in / (rows_in as f64 * loss) - 1.0) - (1.0 - alpha) * (rows as f64 / rows_in as f64 - 1.0)
        };
        let mut all: Vec<(f64, u64, Items)> = Vec::new();
        for items in Small::conjunctions(depth) {
            let (rows_in, _, _, loss_in) = data.count(&items);
            if rows_in >= least && loss > 0.0 && !epsilon.is_some_and(|epsilon| is_redundant(&items, mean, epsilon)) {
                all.push((score(rows_in, loss_in), rows_in, items));
            }
        }
        let asked = options(Ranking::Sliceline { alpha }, least, depth, epsilon);
        let (best, ties) = expected(all, 5);
        for threads in [1, 3] {
            let asked = Options { threads: Some(threads), ..asked.clone() };
            let counted = Searcher::new(data.counted()).search(&Measure::Loss(data.losses.clone()), &asked, &Watch::default()).unwrap();
            prop_assert_eq!(told(&counted), best.clone());
            prop_assert_eq!(counted.tied, ties);
            let listed = Measure::Loss(data.spread(&data.losses));
            let listed = Searcher::new(data.listed()).search(&listed, &asked, &Watch::default()).unwrap();
            prop_assert_eq!(told(&listed), best.clone());
        }
    }

    #[test]
    fn divergence_finds_the_farthest_rates(data in small(), least in 1_u64..8, depth in 1_usize..5, prune in any::<bool>(), way in 0_u8..3) {
        prop_assume!(data.outcomes.iter().any(|outcome| *outcome != Outcome::Undefined));
        let epsilon = prune.then_some(0.05);
        let direction = [Direction::Highest, Direction::Lowest, Direction::Either][usize::from(way)];
        let of = |items: &Items| data.rate(items);
        let frequent: Vec<Items> = Small::conjunctions(depth).into_iter().filter(|items| data.count(items).0 >= least).collect();
        let all = frequent.iter().filter_map(|items| Some((direction.badness(data.divergence(items)?), data.count(items).0, items.clone())));
        let all = all.filter(|slice| !epsilon.is_some_and(|epsilon| is_redundant(&slice.2, of, epsilon))).collect();
        let (best, ties) = expected(all, 5);
        let asked = options(Ranking::Divergence { direction }, least, depth, epsilon);
        for (table, measure) in [
            (data.counted(), Measure::Rate(data.outcomes.clone())),
            (data.listed(), Measure::Rate(data.spread(&data.outcomes))),
        ] {
            let mut searcher = Searcher::new(table);
            let found = searcher.search(&measure, &asked, &Watch::default()).unwrap();
            prop_assert_eq!(told(&found), best.clone());
            prop_assert_eq!(found.tied, ties);
            prop_assert_eq!(found.examined, Some(frequent.len() as u64));
            for slice in &found.slices {
                let shares: f64 = slice.items.iter().filter_map(|item| item.share).sum();
                prop_assert!((shares - slice.divergence.unwrap()).abs() < 1e-9);
                prop_assert!(slice.p_adjusted >= slice.p);
            }
            // What was worked out for one search serves another: a lower support, another depth.
            let again = searcher.search(&measure, &Options { depth: 4, support: Support::Rows(1), ..asked.clone() }, &Watch::default());
            let anew = Searcher::new(searcher.table().clone())
                .search(&measure, &Options { depth: 4, support: Support::Rows(1), ..asked.clone() }, &Watch::default());
            prop_assert_eq!(again.unwrap(), anew.unwrap());
        }
    }

    #[test]
    fn the_other_half_is_counted_apart(data in small(), seed in any::<u64>()) {
        let asked = Options { split: Some(seed), ..options(Ranking::Divergence { direction: Direction::Either }, 2, 3, None) };
        let counted = Searcher::new(data.counted()).search(&Measure::Rate(data.outcomes.clone()), &asked, &Watch::default());
        let listed = Measure::Rate(data.spread(&data.outcomes));
        let listed = Searcher::new(data.listed()).search(&listed, &asked, &Watch::default());
        prop_assert_eq!(&counted, &listed, "rows and their counts fall into the same halves");
        if let Ok(found) = counted {
            let split = found.split.unwrap();
            prop_assert_eq!(split.searched + split.confirmed_in, data.counts.iter().sum::<u64>());
            for slice in &found.slices {
                let items: Items = slice.items.iter().map(|item| (item.column[1..].parse().unwrap(), item.value.parse().unwrap())).collect();
                prop_assert_eq!(slice.n + slice.confirmed.as_ref().unwrap().n, data.count(&items).0);
            }
        }
    }
}

// ---- What is sure ----------------------------------------------------------------------------------------------------

/// Expected values by SciPy 1.17: `ttest_ind(equal_var=False)`, `false_discovery_control`.
#[test]
fn tests_come_to_what_scipy_says() {
    let tally = |values: &[f64]| super::index::Tally {
        rows: values.len() as u64,
        defined: values.len() as u64,
        sum: values.iter().sum(),
        squares: values.iter().map(|value| value * value).sum(),
        most: 0.0,
    };
    let (t, p) = welch(&tally(&[1.0, 2.0, 3.0, 4.0, 7.0]), &tally(&[2.0, 2.0, 3.0, 9.0, 11.0, 12.0])).unwrap();
    close(t, -1.428_404_600_510_682_3, 1e-12);
    close(p, 0.193_302_692_896_689_7, 1e-12);
    let chances = [0.01, 0.02, 0.03, 0.5, 0.0001];
    let family = Family::new(chances.to_vec(), 5);
    for (p, (bh, by)) in chances.into_iter().zip([
        (0.025, 0.057_083_333),
        (0.033_333_333, 0.076_111_111),
        (0.0375, 0.085_625),
        (0.5, 1.0),
        (0.0005, 0.001_141_667),
    ]) {
        close(family.benjamini_hochberg(p), bh, 1e-8);
        close(family.benjamini_yekutieli(p), by, 1e-8);
    }
}

proptest! {
    #[test]
    fn knowing_only_some_of_the_chances_never_makes_them_smaller(mut chances in proptest::collection::vec(0.0_f64..1.0, 1..40), known in 1_usize..40) {
        let all = Family::new(chances.clone(), 0);
        chances.truncate(known);
        let some = Family::new(chances.clone(), all.tests());
        for p in chances {
            prop_assert!(some.benjamini_hochberg(p) >= all.benjamini_hochberg(p));
            prop_assert!(all.benjamini_yekutieli(p) >= all.benjamini_hochberg(p) && all.benjamini_hochberg(p) >= p);
        }
    }
}

// ---- Bad input -------------------------------------------------------------------------------------------------------

fn tiny(outcomes: Vec<Outcome>) -> (Searcher, Measure) {
    let codes = (0..u32::try_from(outcomes.len()).unwrap()).map(|row| row % 2).collect();
    let column = Column { name: "c".to_owned(), levels: vec!["a".to_owned(), "b".to_owned()], codes };
    (Searcher::new(Table::new(vec![column], None).unwrap()), Measure::Rate(outcomes))
}

fn asked() -> Options {
    Options { support: Support::Rows(1), least_defined: 1, epsilon: None, ..Options::default() }
}

#[test]
fn what_cannot_be_searched_is_told() {
    let watch = Watch::default();
    let (mut searcher, measure) = tiny(vec![Outcome::Undefined; 4]);
    assert_eq!(searcher.search(&measure, &asked(), &watch), Err(SearchError::NothingDefined));
    let other = searcher.search(&Measure::Loss(vec![1.0]), &asked(), &watch);
    assert_eq!(other, Err(SearchError::OtherRows(1, 4)));
    let negative = searcher.search(&Measure::Loss(vec![1.0, -0.5, 0.0, 0.0]), &asked(), &watch);
    assert_eq!(negative, Err(SearchError::NegativeLoss(-0.5)));
    for alpha in [0.0, 1.5, f64::NAN] {
        let asked = Options { ranking: Ranking::Sliceline { alpha }, ..asked() };
        assert!(matches!(searcher.search(&Measure::Loss(vec![1.0; 4]), &asked, &watch), Err(SearchError::Alpha(_))));
    }
    let flag = AtomicBool::new(true);
    let watch = Watch { cancelled: Some(&flag), ..Watch::default() };
    let cancelled = searcher.search(&Measure::Loss(vec![1.0; 4]), &asked(), &watch);
    assert_eq!(cancelled, Err(SearchError::Cancelled));
}

#[test]
fn nothing_wrong_is_no_slice_and_the_whole_is_no_slice() {
    let (mut searcher, measure) = tiny(vec![Outcome::False; 4]);
    let found = searcher.search(&measure, &asked(), &Watch::default()).unwrap();
    assert_eq!(found.slices, []);
    assert_eq!(found.overall.value, Some(0.0));
    let column = Column { name: "c".to_owned(), levels: vec!["a".to_owned()], codes: vec![0; 4] };
    let outcomes = vec![Outcome::True, Outcome::False, Outcome::True, Outcome::Undefined];
    let found = Searcher::new(Table::new(vec![column], None).unwrap())
        .every(&Measure::Rate(outcomes), &asked(), &Watch::default())
        .unwrap();
    assert_eq!((found[0].gap.value, found[0].p, found[0].rest.value), (None, None, None));
    assert_eq!(found[0].rest.reason.as_deref(), Some("undefined: no rows"));
}

#[test]
fn a_level_per_row_costs_no_bitmap_each() {
    let rows = 20_000_u32;
    let ids = Column {
        name: "id".to_owned(),
        levels: (0..rows).map(|row| row.to_string()).collect(),
        codes: (0..rows).collect(),
    };
    let half = Column {
        name: "half".to_owned(),
        levels: vec!["a".to_owned(), "b".to_owned()],
        codes: (0..rows).map(|row| row % 2).collect(),
    };
    let outcomes = (0..rows).map(|row| if row % 4 == 1 { Outcome::True } else { Outcome::False }).collect();
    let mut searcher = Searcher::new(Table::new(vec![ids, half], None).unwrap());
    let asked = Options { support: Support::Rows(2), split: Some(1), ..asked() };
    let found = searcher.search(&Measure::Rate(outcomes), &asked, &Watch::default()).unwrap();
    assert_eq!(told(&found).first().map(|slice| slice.0.as_str()), Some("half = b"));
    assert!(found.slices[0].confirmed.as_ref().unwrap().holds);
    assert_eq!(found.examined, Some(2));
}

#[test]
fn too_many_slices_are_refused_but_not_by_the_bounded_search() {
    // Columns that all say the same: two to the power of their number of slices.
    let columns = (0..14).map(|at| Column {
        name: format!("c{at}"),
        levels: vec!["a".to_owned(), "b".to_owned()],
        codes: (0..64).map(|row| u32::from(row % 8 == 0)).collect(),
    });
    let outcomes = (0..64).map(|row| if row % 8 == 0 { Outcome::True } else { Outcome::False }).collect();
    let mut searcher = Searcher::new(Table::new(columns.collect(), None).unwrap());
    let measure = Measure::Rate(outcomes);
    let ranking = Ranking::Divergence { direction: Direction::Highest };
    let deep = Options { ranking, depth: 14, support: Support::Rows(4), most_slices: 10_000, ..asked() };
    assert_eq!(searcher.search(&measure, &deep, &Watch::default()), Err(SearchError::TooMany(10_000)));
    let bounded = Options { ranking: Ranking::Sliceline { alpha: 0.95 }, ..deep.clone() };
    let found = searcher.search(&measure, &bounded, &Watch::default()).unwrap();
    // Nobody counted them, so there may be as many as the values allow.
    assert_eq!((found.examined, found.examined_exact), (Some(3_u64.pow(14) - 1), false));
    assert!(found.slices.iter().all(|slice| slice.p_adjusted >= slice.p));
    let shallow = Options { depth: 2, ..deep };
    let found = searcher.search(&measure, &shallow, &Watch::default()).unwrap();
    assert_eq!((found.slices.len(), found.tied), (10, 14 + 14 * 13 / 2 - 10));
    assert_eq!(found.adjust, Adjust::BenjaminiHochberg);
}
