//! What came and went for the reviews whose answers a command changes: looked at before, told after.

use crate::cli::exit::Done;
use crate::cli::out::{Out, Style};
use crate::record::{Kind, LEGAL, PACKET, REVIEW};
use crate::review::triage::{self, Inputs, Sign};
use crate::session::Session;
use crate::workspace::Edit;

/// The cases whose answers these edits change, as they are before; none where a triage does not rest on what changes.
///
/// # Errors
/// When the file cannot be read.
pub fn before(edits: &[Edit], session: &Session) -> Done<Vec<Inputs>> {
    let rests_on = |kind: Kind| [&PACKET, &LEGAL].contains(&kind);
    let mut cases: Vec<Inputs> = Vec::new();
    for edit in edits {
        let review = match edit {
            Edit::Set { kind, id, .. } if rests_on(kind) => {
                session.workspace.get(kind, id)?.text("review").map(str::to_owned)
            }
            Edit::Add { kind, fields, .. } if *kind == &LEGAL => fields
                .iter()
                .find(|(name, _)| *name == "review")
                .and_then(|(_, value)| value.as_text().map(str::to_owned)),
            _ => None,
        };
        let Some(review) = review.filter(|id| cases.iter().all(|case| case.review.id() != id)) else { continue };
        let review = session.workspace.get(&REVIEW, &review)?;
        cases.push(triage::inputs(&session.workspace, review)?);
    }
    Ok(cases)
}

/// Says what came and went for these cases since.
///
/// # Errors
/// When the file cannot be read, or nothing can be printed.
pub fn tell(out: &mut Out, before: &[Inputs], session: &Session) -> Done {
    for case in before {
        let review = session.workspace.get(&REVIEW, case.review.id())?;
        let after = triage::inputs(&session.workspace, review)?;
        let found = match triage::between(&session.policy, case, &after) {
            Ok(found) => found,
            Err(error) => {
                out.line(&format!("  What came and went for {} is not known: {error}", case.review.reference()))?;
                continue;
            }
        };
        for told in found.told() {
            let (style, sign) = match told.sign {
                Sign::Changes => (Style::Strong, "*"),
                Sign::Comes => (Style::Good, "+"),
                Sign::Goes => (Style::Bad, "-"),
            };
            out.styled(style, &format!("  {sign}"))?;
            out.line(&format!(" {}", told.text))?;
        }
    }
    Ok(())
}
