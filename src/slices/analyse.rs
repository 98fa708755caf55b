//! From a file to the report.

use super::build::{self, compare};
use super::cells::{Cells, EXACT_ROWS, Task};
use super::error::{Error, Result};
use super::labels;
use super::options::Request;
use super::read::{Columns, Missing, Model, Read, Watch, read};
use super::report::Report;
use super::warehouse::read_counts;
use super::worst;

/// Reads what was asked for, and makes the report.
///
/// # Errors
/// Where a file cannot be read or taken in, what was asked for does not fit it, or the user cancelled.
pub fn analyse(request: &Request, watch: &mut Watch<'_>) -> Result<Report> {
    let mut request = request.clone();
    if request.fairlearn_compatible {
        // Fairlearn 0.15 refuses rows that do not say their group.
        request.columns.missing = Missing::Error;
    }
    request.columns.trail = request.against.is_some();
    let found = match &request.counts {
        Some(path) => read_counts(path, &request.columns, request.positive.as_deref(), watch)?,
        None => read(&request.columns, request.positive.as_deref(), watch)?,
    };
    let (model, baseline) = choose(&found, &request)?;
    let mut report = build::report(&model.cells, found.facts.clone(), model.name.clone(), &request)?;
    if let Some(hunt) = &request.worst {
        report.worst_slices = Some(worst::hunt(hunt, &request, &model.cells, model.name.as_deref(), watch)?);
    }
    let old = match &request.against {
        Some(path) => Some(other_file(&request, path, &found, model, watch)?),
        None => baseline.map(|other| Old { cells: other.cells.clone(), ..Old::of_model(other, model) }),
    };
    if let Some(old) = old {
        add(&mut report, &request, model, old)?;
    }
    Ok(report)
}

/// Adds the comparison with another model.
fn add(report: &mut Report, request: &Request, model: &Model, old: Old) -> Result<()> {
    if model.cells.task == Task::Regression {
        return Err(Error::Asked("Models of numbers are not compared yet: leave --against out.".to_owned()));
    }
    report.comparison = Some(build::comparison(
        &model.cells,
        request,
        compare::Baseline {
            name: old.name,
            candidate: old.candidate,
            file: old.file,
            cells: &old.cells,
            pairs: old.pairs,
            how: old.how,
        },
    )?);
    build::tell_comparison(report);
    Ok(())
}

/// What is compared with.
struct Old {
    name: String,
    candidate: String,
    file: Option<super::read::FileFacts>,
    cells: Cells,
    pairs: Option<compare::Pairs>,
    how: String,
}

impl Old {
    fn of_model(other: &Model, model: &Model) -> Self {
        Self {
            name: other.name.clone().unwrap_or_default(),
            candidate: model.name.clone().unwrap_or_default(),
            file: None,
            cells: other.cells.clone(),
            pairs: None,
            how:
                "by counts: rows of the two models are taken for independent, so intervals are wider than they need be"
                    .to_owned(),
        }
    }
}

/// The model that is looked at, and the one it is compared with, where the file holds several.
fn choose<'a>(found: &'a Read, request: &Request) -> Result<(&'a Model, Option<&'a Model>)> {
    let names: Vec<String> = found.models.iter().filter_map(|model| model.name.clone()).collect();
    let find = |wanted: &String, option: &str| {
        found.models.iter().find(|model| model.name.as_ref() == Some(wanted)).ok_or_else(|| {
            let listed = labels::list(&names);
            Error::Asked(format!("{option} {wanted}: the file holds no such model; there are {listed}."))
        })
    };
    let baseline = request.baseline.as_ref().map(|wanted| find(wanted, "--baseline")).transpose()?;
    let model = match (&request.model, found.models.as_slice()) {
        (Some(wanted), _) => find(wanted, "--model")?,
        (None, [only]) => only,
        (None, [one, two]) if baseline.is_some() => {
            if baseline.map(|model| &model.name) == Some(&one.name) {
                two
            } else {
                one
            }
        }
        _ => {
            let listed = labels::list(&names);
            return Err(Error::Asked(format!(
                "The file holds {} models: {listed}. Say which one is looked at, with --model NAME, and with which it is compared, with --baseline NAME.",
                names.len()
            )));
        }
    };
    Ok((model, baseline))
}

/// Reads the file that is compared with, by the same columns.
fn other_file(
    request: &Request,
    path: &std::path::Path,
    found: &Read,
    model: &Model,
    watch: &mut Watch<'_>,
) -> Result<Old> {
    let columns = Columns { file: path.to_owned(), ..request.columns.clone() };
    let other = read(&columns, request.positive.as_deref(), watch)?;
    let (old, _) = choose(&other, request)?;
    let context = build::context(&model.cells, request)?;
    let positive = context.positive.as_ref().map_or("", |chosen| chosen.label.as_str());
    let paired = if found.facts.rows > EXACT_ROWS {
        Err("there are more than a million rows".to_owned())
    } else {
        compare::pair((&model.cells, &found.trail), (&old.cells, &other.trail), positive)
    };
    let (pairs, how) = match paired {
        Ok(pairs) => (Some(pairs), "row by row: both files hold the same rows in the same order".to_owned()),
        Err(why) => (None, format!("by counts, as if rows were independent: {why}")),
    };
    Ok(Old {
        name: other.facts.file.clone(),
        candidate: found.facts.file.clone(),
        file: Some(other.facts.clone()),
        cells: old.cells.clone(),
        pairs,
        how,
    })
}
