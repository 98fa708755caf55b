//! JUnit's XML as build servers read it: one suite a review, one case a check; what is not required is skipped.
//!
//! There is no standard of this format; members and attributes are those that Ant's original schema and the common readers
//! share.

use std::fmt::Write;

use super::{mend, reason};
use crate::report::escape::xml;
use crate::review::gate::{Gate, Verdict};
use crate::text;

/// A gate as JUnit's XML. `at` is the moment at which it was judged (ISO 8601, without a zone, in UTC).
#[must_use]
pub fn junit(gate: &Gate, at: &str) -> String {
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"",
        gate.checks.len(),
        gate.count(Verdict::Fail),
        gate.count(Verdict::NotRequired)
    );
    let release = gate.release.as_ref().map(|release| format!(", release {release}")).unwrap_or_default();
    let suite = attribute(&format!("{} {}{release}", gate.review, gate.title));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"probity gate\" {counts} time=\"0\">");
    let _ = writeln!(out, "  <testsuite name=\"{suite}\" {counts} time=\"0\" timestamp=\"{}\">", attribute(at));
    for check in &gate.checks {
        let head = format!("<testcase classname=\"probity.gate\" name=\"{}\" time=\"0\"", attribute(check.title));
        match check.verdict {
            Verdict::Pass => {
                let _ = writeln!(out, "    {head}/>");
            }
            Verdict::NotRequired => {
                let why = attribute(&reason(check));
                let _ = writeln!(out, "    {head}>\n      <skipped message=\"{why}\"/>\n    </testcase>");
            }
            Verdict::Fail => {
                let why = attribute(&reason(check));
                let _ = writeln!(out, "    {head}>\n      <failure type=\"{}\" message=\"{why}\">", check.id);
                for finding in &check.findings {
                    let _ = writeln!(out, "{}\n  {}", attribute(&finding.text), attribute(&mend(finding)));
                }
                out.push_str("</failure>\n    </testcase>\n");
            }
        }
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// Text as the value of an attribute or as content: one line, without characters that XML 1.0 forbids.
fn attribute(value: &str) -> String {
    let allowed: String = text::line(value).chars().filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}')).collect();
    xml(&allowed)
}
