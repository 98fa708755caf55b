//! What was analysed, and what to be careful about.

use super::{Brush, Drawn};
use crate::slices::report::Weight;
use crate::text::thousands;
use crate::tui::app::analysis::screen::Analysis;
use crate::tui::theme::Role;

/// The lines of this part, each to be read whole below.
#[must_use]
pub fn lines(analysis: &Analysis) -> Vec<String> {
    let report = &analysis.opened.report;
    let (data, file) = (&report.data, &report.data.file);
    let mut lines = vec![format!(
        "{} of {} rows were counted, of {} columns",
        thousands(file.used),
        thousands(file.rows),
        file.columns
    )];
    lines.extend(
        file.dropped.iter().map(|dropped| format!("Left out: {} rows, {}", thousands(dropped.n), dropped.what)),
    );
    let columns: Vec<String> = data.roles.iter().map(|(role, name)| format!("{role} = {name}")).collect();
    lines.push(format!("Columns: {}", columns.join(", ")));
    let said =
        |label: &Option<String>| label.as_ref().map_or_else(|| "nobody said".to_owned(), |label| format!("“{label}”"));
    lines.push(format!("Positive: {} · good for a person: {}", said(&data.positive), said(&data.favourable)));
    if let Some(scores) = &data.scores {
        lines.push(format!("Scores: {scores}"));
    }
    if let Some(weights) = data.weights {
        lines.push(format!("Rows are weighted; the weights sum to {weights}"));
    }
    lines.push(format!(
        "{} tests are allowed for (Holm); groups under {} rows are not shown",
        data.tests, data.min_count
    ));
    for finding in &report.findings {
        let word = match finding.weight {
            Weight::Differs => "Differs",
            Weight::Caution => "Careful",
            Weight::Calm => "Calm",
        };
        lines.push(format!("{word}: {}", finding.text));
    }
    lines.extend(report.trade_offs.iter().map(|one| format!("Trade-off: {}", one.text)));
    lines.extend(report.simpson.iter().map(|one| format!("Turns: {}", one.text)));
    if let Some(preset) = &report.preset {
        lines.push(format!("{}: {}", preset.name, preset.about));
        lines.extend(preset.caveats.iter().map(|caveat| format!("Caveat: {caveat}")));
        for table in &preset.tables {
            for group in &table.groups {
                let told =
                    |value: Option<f64>| value.map_or_else(|| "not shown".to_owned(), |value| format!("{value:.3}"));
                lines.push(format!(
                    "{}: {} · n {} · {} {} · impact ratio {}",
                    table.name,
                    group.value,
                    thousands(group.n),
                    table.rate,
                    told(group.rate),
                    told(group.impact_ratio)
                ));
            }
        }
    }
    lines
}

/// The same, drawn.
pub fn drawn(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    let lines = lines(analysis).into_iter().enumerate();
    lines
        .map(|(at, text)| {
            let careful = text.starts_with("Careful") || text.starts_with("Caveat");
            let role = if careful { Role::Warn } else { Role::Text };
            Drawn { item: Some(at), ..brush.text(&text, role) }
        })
        .collect()
}
