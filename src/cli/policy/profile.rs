//! `probity policy profile`: which profile a workspace is under, and another one, with what it changes shown first.

use clap::Args;
use serde_json::{Value as Json, json};

use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::out::{Out, Style};
use crate::cli::record::said;
use crate::policy::{profile_description, profiles};
use crate::review::triage::{Part, Shift, Sign, Told, shift};
use crate::session::{may_change_profile, profile_change, profile_of, with_profile};
use crate::text;

/// The name that means none of the profiles.
pub const NO_PROFILE: &str = "default";

/// Its options.
#[derive(Args)]
pub struct Options {
    /// The profile to go under; default for none. Without it, the profile in force and those there are.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Only show what would change.
    #[arg(long, requires = "name")]
    dry_run: bool,
    /// Print a JSON object.
    #[arg(long)]
    json: bool,
    /// Why: the reason of the decision that this is. Not needed for a dry run.
    #[arg(long, value_name = "REASON", requires = "name")]
    why: Option<String>,
}

/// Runs it.
///
/// # Errors
/// Where there is no such profile, the policy does not load with it, whoever asks does not hold the right to change the
/// policy, or the file cannot be written.
pub fn run(options: &Options, context: &mut Context) -> Done {
    let Some(asked) = &options.name else { return list(options, context) };
    let name = named(asked)?;
    let mut session = if options.dry_run { context.open()? } else { context.open_to_write()? };
    let own = session.workspace.policy_layers()?;
    let was = profile_of(&own);
    let switches = !options.dry_run && was.as_deref() != name;
    let why = options.why.as_deref().unwrap_or_default().trim();
    if switches {
        may_change_profile(&session.workspace, &session.me()?.id, name)?;
        if why.is_empty() {
            let message = "Another profile is a decision: say --why, or look first with --dry-run.";
            return Err(Failure::Usage(message.to_owned()));
        }
    }
    let after = (session.policies)(&with_profile(&own, name))?;
    let found = shift(&session.workspace, &session.policy, &after)?;
    if options.json {
        context.out.json(&as_json(was.as_deref(), name, options.dry_run, &found))?;
    } else {
        show(&mut context.out, was.as_deref(), name, &found)?;
    }
    if !switches {
        return Ok(());
    }
    let change = profile_change(&session.workspace, &session.me()?.id, name, why)?;
    let receipt = session.workspace.write(change)?;
    if options.json { Ok(()) } else { said(&mut context.out, &receipt) }
}

/// The profile that is meant; none for the default.
fn named(asked: &str) -> Done<Option<&'static str>> {
    let asked = asked.trim();
    if asked.eq_ignore_ascii_case(NO_PROFILE) {
        return Ok(None);
    }
    let name = profiles().find(|name| name.eq_ignore_ascii_case(asked));
    name.map(Some).ok_or_else(|| {
        let known: Vec<&str> = profiles().chain([NO_PROFILE]).collect();
        let asked = text::line(asked);
        Failure::Usage(format!("There is no profile “{asked}”; there are: {}.", known.join(", ")))
    })
}

fn list(options: &Options, context: &mut Context) -> Done {
    let session = context.open()?;
    let now = profile_of(&session.workspace.policy_layers()?);
    let now = now.as_deref().unwrap_or(NO_PROFILE);
    let mut all = vec![(NO_PROFILE, "What is shipped, with nothing over it.".to_owned())];
    for name in profiles() {
        all.push((name, profile_description(name)));
    }
    if options.json {
        let of = |(name, about): &(&str, String)| json!({ "name": name, "description": about, "in_force": now.eq_ignore_ascii_case(name) });
        return context.out.json(&all.iter().map(of).collect::<Vec<Json>>().into());
    }
    for (name, about) in all {
        let sign = if now.eq_ignore_ascii_case(name) { "*" } else { " " };
        context.out.line(&format!("{sign} {}  {about}", text::pad(name, 20)))?;
    }
    Ok(())
}

fn show(out: &mut Out, was: Option<&str>, name: Option<&str>, found: &Shift) -> Done {
    let (was, is) = (was.unwrap_or(NO_PROFILE), name.unwrap_or(NO_PROFILE));
    if was == is {
        return out.line(&format!("The workspace is under the profile {is} already."));
    }
    out.heading(&format!("The policy, from {was} to {is}"))?;
    told(out, &found.told_of_policy())?;
    out.end()?;
    out.heading("The reviews")?;
    told(out, &found.told_of_reviews())
}

/// Prints what changes, a line each.
///
/// # Errors
/// Where the output cannot be written.
pub fn told(out: &mut Out, lines: &[Told]) -> Done {
    if lines.is_empty() {
        return out.line("  Nothing is different.");
    }
    for told in lines {
        let (style, sign) = match told.sign {
            Sign::Changes => (Style::Strong, "*"),
            Sign::Comes => (Style::Good, "+"),
            Sign::Goes => (Style::Bad, "-"),
        };
        out.styled(style, &format!("  {sign}"))?;
        out.line(&format!(" {}", told.text))?;
    }
    Ok(())
}

fn as_json(was: Option<&str>, name: Option<&str>, dry: bool, found: &Shift) -> Json {
    let change = |change: &crate::policy::PolicyChange| json!({ "path": change.path, "section": change.section(), "before": change.before, "after": change.after });
    let tier = |(review, was, is): (&crate::record::Record, Option<&str>, Option<&str>)| json!({ "ref": review.reference(), "before": was, "after": is });
    let count = |parts: &[Part]| found.parts(parts).len();
    json!({
        "from": was.unwrap_or(NO_PROFILE),
        "to": name.unwrap_or(NO_PROFILE),
        "dry_run": dry,
        "policy": found.policy.iter().map(change).collect::<Vec<Json>>(),
        "reviews": found.reviews,
        "tiers": found.tiers().into_iter().map(tier).collect::<Vec<Json>>(),
        "routes_change": count(&[Part::Route]),
        "needs_change": count(&[Part::Document, Part::Checklist, Part::ChecklistItem]),
        "questions_change": count(&[Part::Question]),
        "broken": found.broken().iter().map(|(review, error)| {
            json!({ "ref": review.reference(), "error": error.to_string() })
        }).collect::<Vec<Json>>(),
    })
}
