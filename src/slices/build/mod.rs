//! From counts to the report. Nothing here reads a file: whoever has [`Cells`], from rows or from a warehouse, gets the
//! same report.

pub mod compare;
mod disparity;
mod findings;
mod group;
mod impact;
mod preset;
mod regression;
mod simpson;
mod tradeoff;

use super::cells::{Cells, Role, Scores, Task, Values};
use super::error::{Error, Result};
use super::labels::{self, Chosen};
use super::named::Named;
use super::options::{Reference, Request};
use super::read::{Count, FileFacts};
use super::report::{Attribute, Comparison, Data, Report, Stratum, VERSION};
use super::scored::{self, calibration_bound};
use super::significance::holm;

/// What all parts of a report are made from.
pub struct Context<'a> {
    /// The counts.
    pub cells: &'a Cells,
    /// What was asked for.
    pub request: &'a Request,
    /// The positive label; none for a regression.
    pub positive: Option<Chosen>,
    /// The favourable label, or the positive one where none was named.
    pub favourable: Option<Chosen>,
    /// Whether scores are from 0 to 1.
    pub calibrated: bool,
    /// How many rows there are.
    pub rows: u64,
}

impl Context<'_> {
    /// Where the positive label stands among the labels.
    #[must_use]
    pub fn positive_at(&self) -> Option<u8> {
        self.positive.as_ref().and_then(|chosen| chosen.at)
    }

    /// The name of a set of dimensions.
    #[must_use]
    pub fn name_of(&self, set: &[usize]) -> String {
        self.columns_of(set).join(" × ")
    }

    /// The names of a set of dimensions.
    #[must_use]
    pub fn columns_of(&self, set: &[usize]) -> Vec<String> {
        set.iter().filter_map(|at| self.cells.dimensions.get(*at)).map(|dimension| dimension.name.clone()).collect()
    }

    /// The texts of a group's levels.
    #[must_use]
    pub fn values_of(&self, set: &[usize], levels: &[u8]) -> Vec<String> {
        let text = |(at, level): (&usize, &u8)| {
            self.cells.dimensions.get(*at)?.levels.get(usize::from(*level)).map(|level| level.text.clone())
        };
        set.iter().zip(levels).filter_map(text).collect()
    }

    /// Whether one of a group's levels stands for rows that say nothing.
    #[must_use]
    pub fn is_missing(&self, set: &[usize], levels: &[u8]) -> bool {
        let level = |(at, level): (&usize, &u8)| {
            self.cells.dimensions.get(*at)?.levels.get(usize::from(*level)).map(|level| level.missing)
        };
        set.iter().zip(levels).filter_map(level).any(|missing| missing)
    }
}

/// Which rows a part of the report is about: all, or those of one level of a dimension.
pub type Only = Option<(usize, u8)>;

/// Makes the report.
///
/// # Errors
/// Where the positive label is not clear, or what was asked for is not in the data.
pub fn report(cells: &Cells, facts: FileFacts, model: Option<String>, request: &Request) -> Result<Report> {
    let context = context(cells, request)?;
    let sets = Sets::of(&context)?;
    check_reference(&context)?;
    let overall = group::overall(&context, None);
    let of = |sets: &[Vec<usize>], only: Only| -> Vec<Attribute> {
        sets.iter().map(|set| attribute(&context, set, only)).collect()
    };
    let mut attributes = of(&sets.attributes, None);
    let mut intersections = of(&sets.intersections, None);
    let mut control = strata(&context, &sets);
    let within = control.iter_mut().flat_map(|stratum| stratum.attributes.iter_mut());
    let tests = adjust(attributes.iter_mut().chain(&mut intersections).chain(within));
    let trade_offs = tradeoff::trade_offs(&attributes);
    let simpson = simpson::reversals(&context, &sets);
    let preset = request.preset.map(|preset| preset::table(&context, &sets, preset)).transpose()?;
    let data = data(&context, facts, model, tests);
    let mut report = Report {
        version: VERSION,
        data,
        findings: Vec::new(),
        overall,
        attributes,
        intersections,
        control,
        trade_offs,
        simpson,
        preset,
        comparison: None,
        worst_slices: None,
    };
    report.findings = findings::findings(&report);
    Ok(report)
}

/// What a report is made from.
///
/// # Errors
/// Where the positive or the favourable label is not clear.
pub fn context<'a>(cells: &'a Cells, request: &'a Request) -> Result<Context<'a>> {
    let chosen = |named: Option<&str>, option: &str| labels::positive(&cells.labels, named, option);
    let (positive, favourable) = if cells.task == Task::Regression {
        (None, None)
    } else {
        let positive = chosen(request.positive.as_deref(), "--positive")?;
        let favourable = match &request.favourable {
            Some(named) => chosen(Some(named), "--favourable")?,
            None => positive.clone(),
        };
        (Some(positive), Some(favourable))
    };
    let calibrated = scored::are_probabilities(&cells.scores);
    Ok(Context { cells, request, positive, favourable, calibrated, rows: cells.rows() })
}

/// The most groups that an intersection may have.
const MOST_GROUPS: usize = 5_000;

/// Which dimensions are looked at alone and together.
pub struct Sets {
    /// One each.
    pub attributes: Vec<Vec<usize>>,
    /// Several.
    pub intersections: Vec<Vec<usize>>,
    /// The control column.
    pub control: Option<usize>,
}

impl Sets {
    fn of(context: &Context<'_>) -> Result<Self> {
        let columns = &context.request.columns;
        let find = |name: &String| {
            context.cells.dimension(name).ok_or_else(|| Error::Asked(format!("The counts have no column “{name}”.")))
        };
        for names in &columns.intersect {
            let sizes = names
                .iter()
                .filter_map(|name| context.cells.dimension(name))
                .filter_map(|at| context.cells.dimensions.get(at).map(|dimension| dimension.levels.len()));
            let groups: usize = sizes.product();
            if groups > MOST_GROUPS {
                return Err(Error::Asked(format!(
                    "--intersect {}: these columns have {groups} combinations of values, and {MOST_GROUPS} can be shown; cross fewer.",
                    names.join(",")
                )));
            }
        }
        let attributes = columns.by.iter().map(|name| Ok(vec![find(name)?])).collect::<Result<_>>()?;
        let cross = |names: &Vec<String>| names.iter().map(find).collect::<Result<Vec<usize>>>();
        let intersections = columns.intersect.iter().map(cross).collect::<Result<_>>()?;
        let control = columns.control.as_ref().map(find).transpose()?;
        Ok(Self { attributes, intersections, control })
    }
}

/// A reference that was named must be there.
fn check_reference(context: &Context<'_>) -> Result<()> {
    let Reference::Named(pairs) = &context.request.reference else { return Ok(()) };
    for (column, value) in pairs {
        let Some(dimension) =
            context.cells.dimensions.iter().find(|known| known.name == *column && known.role == Role::Attribute)
        else {
            return Err(Error::Asked(format!(
                "--reference {column}={value}: “{column}” is not sliced by; name it with --by."
            )));
        };
        if !dimension.levels.iter().any(|level| level.text == *value) {
            let values: Vec<String> = dimension.levels.iter().map(|level| level.text.clone()).collect();
            let listed = labels::list(&values);
            return Err(Error::Asked(format!(
                "--reference {column}={value}: no row has this value; there are {listed}."
            )));
        }
    }
    Ok(())
}

/// One attribute, or several crossed.
#[must_use]
pub fn attribute(context: &Context<'_>, set: &[usize], only: Only) -> Attribute {
    let (groups, disparities) = if context.cells.task == Task::Regression {
        regression::groups(context, set, only)
    } else {
        let members = group::members(context, set, only);
        let groups = group::shown(context, set, only, &members);
        (groups, disparity::disparities(context, set, only, &members))
    };
    Attribute { name: context.name_of(set), columns: context.columns_of(set), groups, disparities }
}

fn strata(context: &Context<'_>, sets: &Sets) -> Vec<Stratum> {
    let Some(control) = sets.control else { return Vec::new() };
    let Some(dimension) = context.cells.dimensions.get(control) else { return Vec::new() };
    let others = || sets.attributes.iter().chain(&sets.intersections).filter(|set| !set.contains(&control));
    let stratum = |(level, text): (u8, &String)| {
        let only = Some((control, level));
        Stratum {
            column: dimension.name.clone(),
            value: text.clone(),
            overall: group::overall(context, only),
            attributes: others().map(|set| attribute(context, set, only)).collect(),
        }
    };
    (0_u8..).zip(dimension.levels.iter().map(|level| &level.text)).map(stratum).collect()
}

/// Adjusts p-values by Holm over all tests; those of rates that say the same as another one are that one's. Returns how
/// many tests there were.
fn adjust<'a>(attributes: impl Iterator<Item = &'a mut Attribute>) -> u64 {
    let mut all: Vec<&'a mut Attribute> = attributes.collect();
    let mut ps = Vec::new();
    for attribute in &all {
        for (name, disparity) in attribute.disparities.metrics.iter() {
            if disparity::is_tested(name) {
                ps.extend(disparity.groups.iter().map(|versus| versus.p));
            }
        }
    }
    let mut adjusted = holm(&ps).into_iter();
    for attribute in &mut all {
        for (name, disparity) in attribute.disparities.metrics.iter_mut() {
            if disparity::is_tested(name) {
                for versus in &mut disparity.groups {
                    versus.p_adjusted = adjusted.next().flatten();
                }
            }
        }
        disparity::share_adjusted(&mut attribute.disparities.metrics);
    }
    ps.iter().flatten().count() as u64
}

#[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
fn data(context: &Context<'_>, file: FileFacts, model: Option<String>, tests: u64) -> Data {
    let (cells, request) = (context.cells, context.request);
    let columns = &request.columns;
    let mut named = Named::default();
    let single = [
        ("y_true", &columns.y_true),
        ("y_pred", &columns.y_pred),
        ("outcome", &columns.outcome),
        ("score", &columns.score),
        ("weight", &columns.weight),
        ("id", &columns.id),
        ("model", &columns.model),
        ("control", &columns.control),
    ];
    for (role, column) in single {
        if let Some(column) = column {
            named.push(role, column.clone());
        }
    }
    let missing = cells.dimensions.iter().enumerate().map(|(at, dimension)| {
        let says_nothing = |level: &u8| dimension.levels.get(usize::from(*level)).is_some_and(|level| level.missing);
        let rows = cells.cells.iter().filter(|cell| cell.levels.get(at).is_some_and(says_nothing));
        Count { what: dimension.name.clone(), n: rows.map(|cell| cell.n).sum() }
    });
    let (scores, auc_bound) = match &cells.scores {
        Scores::None | Scores::Unusable(_) => (None, None),
        Scores::Exact(_) => (Some("exact".to_owned()), Some(0.0)),
        Scores::Binned(_) => (Some("binned".to_owned()), group::largest_bound(context)),
    };
    let binned = matches!(cells.scores, Scores::Binned(_));
    let warnings = warnings(context, &file);
    Data {
        task: cells.task,
        model,
        roles: named,
        missing: missing.collect(),
        labels: cells.labels.clone(),
        positive: context.positive.as_ref().map(|chosen| chosen.label.clone()),
        favourable: request.favourable.as_ref().and(context.favourable.as_ref()).map(|chosen| chosen.label.clone()),
        threshold: columns.threshold,
        weights: cells.weighted.then(|| cells.cells.iter().map(|cell| cell.weight).sum()),
        scores,
        auc_error_bound: auc_bound,
        calibration_error_bound: auc_bound.map(|_| if binned { calibration_bound() } else { 0.0 }),
        min_count: request.min_count,
        seed: request.seed,
        confidence: 0.95,
        tests,
        fairlearn_compatible: request.fairlearn_compatible,
        warnings,
        file,
    }
}

/// A share of rows that are left out, from which on it is a warning.
const MANY_DROPPED: f64 = 0.01;

#[allow(clippy::cast_precision_loss)] // Counts stay under 2^53.
fn warnings(context: &Context<'_>, file: &FileFacts) -> Vec<String> {
    let mut all = Vec::new();
    let (rows, left) = (file.rows, file.rows - file.used.min(file.rows));
    if left as f64 > MANY_DROPPED * rows as f64 {
        let share = 100.0 * left as f64 / rows as f64;
        all.push(format!(
            "{left} of {rows} rows ({share:.1} %) were left out. If they are not like the others, no figure here holds for all."
        ));
    }
    if let Some(repeated @ 1..) = file.repeated_ids {
        all.push(format!(
            "{repeated} rows share their id with another one. Intervals and tests take rows for independent, so they are too narrow."
        ));
    }
    let cells = context.cells;
    if cells.labels.len() > 2 {
        let positive = context.positive.as_ref().map_or("", |chosen| chosen.label.as_str());
        all.push(format!(
            "There are {} labels; “{positive}” is compared with all others together.",
            cells.labels.len()
        ));
    }
    if let (Task::Classification | Task::Outcome, None, Some(chosen)) =
        (cells.task, &context.request.favourable, &context.positive)
    {
        all.push(format!(
            "It was not said which outcome is good for a person, so impact ratios are of “{}”. If that is the bad one, say --favourable.",
            chosen.label
        ));
    }
    match &cells.scores {
        Scores::Unusable(why) => all.push(format!("No AUC and no calibration: {why}.")),
        Scores::Exact(_) if !context.calibrated => {
            all.push(
                "Scores lie outside of 0 to 1, so they are no probabilities: AUC is given, calibration is not."
                    .to_owned(),
            );
        }
        _ => {}
    }
    if cells.weighted {
        all.push(
            "Rows are weighted: intervals use the effective number of rows, (Σw)²/Σw², and no p-values are given."
                .to_owned(),
        );
    }
    if context.request.fairlearn_compatible {
        all.push(
            "Fairlearn's conventions: a rate of no rows is 0 here, and groups of every size are shown.".to_owned(),
        );
    }
    if matches!(cells.values, Values::Moments(_)) {
        all.push(
            "There are more than a million rows: the median and the 90 % point of errors are right to 0.1 %."
                .to_owned(),
        );
    }
    all
}

/// How another model compares.
///
/// # Errors
/// Where the positive label is not clear in its data.
pub fn comparison(cells: &Cells, request: &Request, baseline: compare::Baseline<'_>) -> Result<Comparison> {
    let new = context(cells, request)?;
    let sets = Sets::of(&new)?;
    let old_cells = baseline.cells;
    let old = context(old_cells, request)?;
    Ok(compare::compare(&new, &old, &sets, baseline))
}

/// Tells in words how another model compares, before all else.
pub fn tell_comparison(report: &mut Report) {
    if let Some(comparison) = &report.comparison {
        let mut all = findings::compared(comparison);
        all.append(&mut report.findings);
        report.findings = all;
    }
}
