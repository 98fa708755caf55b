//! SARIF 2.1.0 (OASIS, 27 March 2020, with errata 01): one rule a check, one result a finding.
//!
//! Only what fails is a result: readers exist that take every result for an alarm, whatever its kind (section 3.27.9). What
//! passes or is not required stands among the properties of the run.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{mend, reason};
use crate::review::gate::{Finding, Gate, checks};
use crate::text;
use crate::workspace::hex;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A gate as a SARIF log. `workspace` is the name of the workspace file: the artifact that results are about.
#[must_use]
pub fn sarif(gate: &Gate, workspace: &str) -> Json {
    let rules: Vec<Json> = checks()
        .map(|(id, title)| {
            json!({
                "id": id,
                "name": title,
                "shortDescription": { "text": title },
                "fullDescription": { "text": format!("{title}: one of the checks of the launch gate.") },
                "defaultConfiguration": { "level": "error" },
            })
        })
        .collect();
    let uri = percent_encoded(workspace);
    let mut results: Vec<Json> = Vec::new();
    for (index, check) in gate.checks.iter().enumerate() {
        results.extend(check.findings.iter().map(|finding| result(gate, check.id, index, finding, &uri)));
    }
    let verdicts: Vec<Json> = gate
        .checks
        .iter()
        .map(|check| json!({ "id": check.id, "verdict": check.verdict.word(), "reason": reason(check) }))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Probity",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "automationDetails": { "id": format!("probity-gate/{}/", gate.review) },
            "artifacts": [{ "location": { "uri": uri } }],
            "results": results,
            "properties": {
                "review": gate.review,
                "title": text::line(&gate.title),
                "release": gate.release.as_deref().map(text::line),
                "modelVersion": gate.model_version.as_deref().map(text::line),
                "open": gate.open,
                "checks": verdicts,
            },
        }],
    })
}

fn result(gate: &Gate, rule: &str, index: usize, finding: &Finding, uri: &str) -> Json {
    let about = finding.record.as_deref().unwrap_or(&gate.review);
    let said = text::line(&finding.text);
    // The same finding keeps its identity from run to run, whatever else changes.
    let identity = hex(&Sha256::digest(format!("{}\n{rule}\n{about}\n{}", gate.review, finding.next.command)));
    json!({
        "ruleId": rule,
        "ruleIndex": index,
        "kind": "fail",
        "level": "error",
        "message": { "text": format!("{said}\n{}", mend(finding)) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri, "index": 0 },
                "region": { "startLine": 1 },
            },
            "logicalLocations": [{ "name": about, "fullyQualifiedName": format!("{}/{about}", gate.review) }],
        }],
        "partialFingerprints": { "probityFinding/v1": identity },
    })
}

/// A file name as a relative URI reference (RFC 3986).
fn percent_encoded(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
