//! The answer of a gate in the formats that release pipelines read: JUnit and SARIF. Both say the same as the gate.

mod junit;
mod sarif;

pub use junit::junit;
pub use sarif::sarif;

use crate::review::gate::{Check, Finding};
use crate::text;

/// What mends a finding, as one line: the order and the command.
fn mend(finding: &Finding) -> String {
    let step = &finding.next;
    format!("Next: {} ({})", text::line(&step.what), text::line(&step.command))
}

/// Why a check comes out as it does, as one line.
fn reason(check: &Check) -> String {
    text::line(&check.reason).into_owned()
}

#[cfg(test)]
mod tests;
