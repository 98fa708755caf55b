//! Attaching a report to a review: as a run, and as evidence that somebody else looks at.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Arg, ArgMatches, Command};

use super::read_text;
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{print_arg, why, why_arg};
use crate::record::{ANALYSIS, EVIDENCE, REVIEW};
use crate::review::analysis::{Attach, attach, read_report};
use crate::session::Session;
use crate::slices::Report;
use crate::workspace::{Change, Receipt};

/// The command `analysis attach`.
pub fn attach_command() -> Command {
    Command::new("attach")
        .about("Attaches a report of `probity slices --format json` to a review, as a run and as evidence.")
        .long_about(
            "Attaches a report of `probity slices --format json` to a review: as a run with its verdict against policy's \
             thresholds, and as evidence (a fairness report; of plain outcomes, a test log) that somebody else accepts \
             once its limitations are written. A run of another model version by the same groups is stale from then on, \
             and its evidence superseded.",
        )
        .arg(
            Arg::new("report")
                .value_name("FILE")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("The report as JSON; - for standard input."),
        )
        .args(keep_options(true))
        .args([print_arg(), why_arg()])
}

/// The options that say where a report is kept.
#[must_use]
pub fn keep_options(required: bool) -> Vec<Arg> {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        let arg = Arg::new(name).long(name).value_name(value).help(help).allow_hyphen_values(true);
        match (required, name) {
            (true, _) => arg,
            (false, "review") => arg.help_heading("Review"),
            (false, _) => arg.requires("review").help_heading("Review"),
        }
    };
    vec![
        text("review", "REV", "Attach it to this review, as a run and as evidence.").required(required),
        text("title", "TEXT", "What was measured; made from the data where it is left out."),
        text("limitations", "TEXT", "What it does not show. Without it nobody can accept it as evidence."),
        text(
            "model-version",
            "TEXT",
            "The model version that was measured; the one under review where it is left out.",
        ),
        text("replaces", "RUN", "The run that it takes the place of, where that is not plain."),
    ]
}

/// What was said of where a report is kept.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    review: String,
    title: String,
    limitations: String,
    model_version: String,
    replaces: Option<String>,
}

impl Keep {
    /// What the command line says; none where no review is named.
    #[must_use]
    pub fn of(matches: &ArgMatches) -> Option<Self> {
        let said = |name: &str| matches.get_one::<String>(name).cloned();
        Some(Self {
            review: said("review")?,
            title: said("title").unwrap_or_default(),
            limitations: said("limitations").unwrap_or_default(),
            model_version: said("model-version").unwrap_or_default(),
            replaces: said("replaces"),
        })
    }
}

/// Runs `analysis attach`.
pub fn run_attach(matches: &ArgMatches, context: &mut Context) -> Done {
    let Some(path) = matches.get_one::<PathBuf>("report") else { return Ok(()) };
    let report = read_report(&read_text(path)?)
        .map_err(|why| Failure::Refused(format!("{}: {why}.", crate::text::line(&path.to_string_lossy()))))?;
    let Some(said) = Keep::of(matches) else { return Ok(()) };
    let mut session = context.open_to_write()?;
    let (receipt, lines) = keep(&report, &said, why(matches), &mut session)?;
    match matches.get_one::<String>("print").map(String::as_str) {
        Some("json" | "ref") => {
            crate::cli::record::print_receipt(&mut context.out, &ANALYSIS, &session, &receipt, matches)
        }
        _ => lines.iter().try_for_each(|line| context.out.line(line)),
    }
}

/// Keeps a report as a run and as evidence; says what came of it.
///
/// # Errors
/// Where there is no such review, the same was attached already, or nothing can be written.
pub fn keep(report: &Report, said: &Keep, why: &str, session: &mut Session) -> Done<(Receipt, Vec<String>)> {
    let review = session.record(&REVIEW, &said.review)?;
    let replaces = said.replaces.as_deref().map(|name| session.record(&ANALYSIS, name)).transpose()?;
    let ask = Attach {
        report,
        review: &review,
        title: said.title.clone(),
        limitations: said.limitations.clone(),
        model_version: said.model_version.clone(),
        replaces,
    };
    let attached = attach(&session.workspace, &session.policy, &ask, Utc::now())?;
    let what = format!("{}: analysis attached", review.reference());
    let receipt = session.workspace.write(Change::by(&session.me()?.id, attached.edits).called(what).because(why))?;
    let reference = |kind| {
        let of_kind = receipt.records.iter().find(|record| record.kind() == kind && record.version() == 1);
        of_kind.map(|record| record.reference().to_owned()).unwrap_or_default()
    };
    let (run, evidence) = (reference(&ANALYSIS), reference(&EVIDENCE));
    let mut lines =
        vec![format!("{run} is attached to {} as {evidence}: {}.", review.reference(), attached.verdict.word())];
    lines.extend(attached.verdict.answer());
    if let Some(old) = &attached.replaced {
        lines.push(format!(
            "{} is stale, and its evidence superseded. What changed: probity analysis changes {run}",
            old.reference()
        ));
    }
    lines.push(if said.limitations.trim().is_empty() {
        format!("Write what it does not show, before it can be accepted: probity analysis set {run} --limitations TEXT")
    } else {
        format!("Somebody else accepts it: probity evidence accept {evidence} --reason REASON")
    });
    Ok((receipt, lines))
}
