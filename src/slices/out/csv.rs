//! Every figure of the report, one a row.

use crate::slices::metric::Estimate;
use crate::slices::report::{Attribute, Group, Report};
use crate::slices::search::{Found, SliceFound};
use crate::text::spreadsheet_cell;

const HEAD: [&str; 14] = [
    "kind",
    "within",
    "attribute",
    "value",
    "against",
    "metric",
    "figure",
    "low",
    "high",
    "n",
    "p",
    "p_adjusted",
    "unstable",
    "reason",
];

/// One row.
#[derive(Default)]
struct Row<'a> {
    kind: &'a str,
    within: &'a str,
    attribute: &'a str,
    value: &'a str,
    against: &'a str,
    metric: &'a str,
    figure: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    n: Option<u64>,
    p: Option<f64>,
    p_adjusted: Option<f64>,
    unstable: bool,
    reason: &'a str,
}

impl<'a> Row<'a> {
    fn with(self, estimate: &'a Estimate) -> Self {
        Self {
            figure: estimate.value,
            low: estimate.low,
            high: estimate.high,
            n: Some(estimate.n),
            unstable: estimate.unstable,
            reason: estimate.reason.as_deref().unwrap_or_default(),
            ..self
        }
    }

    fn cells(&self) -> [String; 14] {
        let text = |text: &str| spreadsheet_cell(&crate::text::line(text)).into_owned();
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        [
            self.kind.to_owned(),
            text(self.within),
            text(self.attribute),
            text(self.value),
            text(self.against),
            self.metric.to_owned(),
            number(self.figure),
            number(self.low),
            number(self.high),
            self.n.map(|n| n.to_string()).unwrap_or_default(),
            number(self.p),
            number(self.p_adjusted),
            if self.unstable { "yes" } else { "" }.to_owned(),
            text(self.reason),
        ]
    }
}

/// The report as CSV.
#[must_use]
pub fn write(report: &Report) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let mut put = |row: &Row<'_>| {
        // Writing to memory does not fail.
        let _ = writer.write_record(row.cells());
    };
    let mut rows = Vec::new();
    group(&mut rows, "", "", &report.overall);
    for of in report.attributes.iter().chain(&report.intersections) {
        attribute(&mut rows, "", of);
    }
    let within: Vec<String> =
        report.control.iter().map(|stratum| format!("{}: {}", stratum.column, stratum.value)).collect();
    for (stratum, within) in report.control.iter().zip(&within) {
        group(&mut rows, within, "", &stratum.overall);
        stratum.attributes.iter().for_each(|of| attribute(&mut rows, within, of));
    }
    changes(&mut rows, report);
    let found = report.worst_slices.as_ref();
    let names: Vec<String> = found.iter().flat_map(|found| &found.slices).map(SliceFound::name).collect();
    worst(&mut rows, found, &names);
    rows.iter().for_each(&mut put);
    let body = writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    format!("{}\n{body}", HEAD.join(","))
}

fn group<'a>(rows: &mut Vec<Row<'a>>, within: &'a str, attribute: &'a str, group: &'a Group) {
    let of = |metric| Row { kind: "group", within, attribute, value: &group.value, metric, ..Row::default() };
    if let Some(hidden) = group.hidden {
        let reason = match hidden {
            crate::slices::report::Hidden::Empty => "no rows",
            crate::slices::report::Hidden::Small => "too few rows to be shown",
            crate::slices::report::Hidden::Pooled => "small groups together",
        };
        rows.push(Row { n: group.n, reason, ..of("n") });
        return;
    }
    rows.extend(group.metrics.iter().map(|(name, estimate)| of(name).with(estimate)));
    if let Some(calibration) = &group.calibration {
        let figures = [
            ("ece", Some(calibration.ece)),
            ("mce", Some(calibration.mce)),
            ("calibration_in_the_large", Some(calibration.in_the_large)),
            ("observed_to_expected", calibration.observed_to_expected),
            ("brier", Some(calibration.brier)),
        ];
        rows.extend(figures.map(|(name, figure)| Row { figure, n: Some(calibration.n), ..of(name) }));
    }
}

fn attribute<'a>(rows: &mut Vec<Row<'a>>, within: &'a str, attribute: &'a Attribute) {
    let name = &attribute.name;
    attribute.groups.iter().for_each(|one| group(rows, within, name, one));
    let against = attribute.disparities.reference.as_deref().unwrap_or_default();
    for (metric, disparity) in attribute.disparities.metrics.iter() {
        for versus in &disparity.groups {
            let of =
                |kind| Row { kind, within, attribute: name, value: &versus.value, against, metric, ..Row::default() };
            let difference = of("difference").with(&versus.difference);
            rows.push(Row { p: versus.p, p_adjusted: versus.p_adjusted, ..difference });
            rows.push(of("ratio").with(&versus.ratio));
        }
        let (high, low) = (disparity.highest.as_deref(), disparity.lowest.as_deref());
        let (value, against) = (high.unwrap_or_default(), low.unwrap_or_default());
        let gap = Row { kind: "gap", within, attribute: name, value, against, metric, ..Row::default() };
        let p = disparity.omnibus.as_ref().and_then(|omnibus| omnibus.p);
        rows.push(Row { p, ..gap.with(&disparity.gap) });
        if let Some(chance) = &disparity.chance {
            let of = Row { kind: "chance_gap", within, attribute: name, metric, ..Row::default() };
            rows.push(Row { figure: Some(chance.expected_gap), high: Some(chance.p95_gap), p: Some(chance.p), ..of });
        }
    }
    if let Some(impact) = &attribute.disparities.impact {
        let against = impact.highest.as_deref().unwrap_or_default();
        for one in &impact.groups {
            let of =
                Row { kind: "impact_ratio", within, attribute: name, value: &one.value, against, ..Row::default() };
            rows.push(of.with(&one.ratio));
        }
    }
}

fn worst<'a>(rows: &mut Vec<Row<'a>>, found: Option<&'a Found>, names: &'a [String]) {
    let Some(found) = found else { return };
    for (slice, value) in found.slices.iter().zip(names) {
        let of = |kind| Row { kind, value, metric: &found.measure, ..Row::default() };
        rows.push(of("worst_slice").with(&slice.figure));
        let gap = of("worst_slice_gap").with(&slice.gap);
        rows.push(Row { p: slice.p, p_adjusted: slice.p_adjusted, ..gap });
        if let Some(confirmed) = &slice.confirmed {
            let gap = of("worst_slice_confirmed_gap").with(&confirmed.gap);
            rows.push(Row { p: confirmed.p, p_adjusted: confirmed.p_adjusted, ..gap });
        }
    }
}

fn changes<'a>(rows: &mut Vec<Row<'a>>, report: &'a Report) {
    let Some(comparison) = &report.comparison else { return };
    for changed in std::iter::once(&comparison.overall).chain(&comparison.groups) {
        for (metric, change) in changed.metrics.iter() {
            let row = Row {
                kind: "change",
                attribute: changed.attribute.as_deref().unwrap_or_default(),
                value: &changed.value,
                against: &comparison.baseline,
                metric,
                ..Row::default()
            };
            rows.push(Row { p: change.p, p_adjusted: change.p_adjusted, ..row.with(&change.difference) });
        }
    }
}
