//! What an analysis comes to, figure by figure; what changed since the run before; and what was written about it.

use super::{Brush, Drawn};
use crate::review::analysis::Standing;
use crate::tui::app::analysis::screen::Analysis;
use crate::tui::theme::{Glyph, Role};

/// The answer, then every figure with how it stands.
pub fn lines(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    let mut lines = Vec::new();
    for (at, line) in analysis.verdict.answer().iter().enumerate() {
        let role = if at == 0 { super::look_of(analysis.verdict.word()).0 } else { Role::Text };
        lines.extend(brush.wrapped(line, role));
    }
    let explanation = analysis.opened.run.as_ref().and_then(|run| run.text("explanation")).unwrap_or_default();
    let limitations = match analysis.limitations.trim() {
        "" => ("not written yet; without them nobody can accept it as evidence (w writes them)", Role::Warn),
        text => (text, Role::Text),
    };
    lines.extend(brush.wrapped(&format!("Limitations: {}", limitations.0), limitations.1));
    if !explanation.is_empty() {
        lines.extend(brush.wrapped(&format!("Explanation: {explanation}"), Role::Text));
    }
    let mut last = None;
    for (at, one) in analysis.verdict.judged.iter().enumerate() {
        let (word, role, glyph) = match one.standing {
            Standing::Breached => ("Broken by more than chance", Role::Bad, Glyph::Cross),
            Standing::Undecided => ("Undecided: not to be told from these rows", Role::Warn, Glyph::Waived),
            Standing::Within => ("Within their thresholds", Role::Good, Glyph::Check),
        };
        if last != Some(one.standing) {
            last = Some(one.standing);
            lines.push(Brush::gap());
            lines.push(brush.heading(word));
        }
        let sign = brush.piece(format!("{} ", brush.theme.glyph(glyph)), role);
        let text = brush.piece(crate::text::line(&one.text).into_owned(), Role::Text);
        lines.push(Drawn { spans: vec![sign, text], item: Some(at) });
    }
    lines
}

/// What changed, what is more than chance first.
pub fn changes(analysis: &Analysis, brush: &Brush<'_>) -> Vec<Drawn> {
    let mut lines = Vec::new();
    let mut last = None;
    for (at, one) in analysis.opened.changes.iter().enumerate() {
        if last != Some(one.is_clear()) {
            last = Some(one.is_clear());
            if at > 0 {
                lines.push(Brush::gap());
            }
            lines.push(brush.heading(if one.is_clear() { "By more than chance" } else { "Perhaps by chance" }));
        }
        let role = if one.is_clear() { Role::Text } else { Role::Dim };
        let text = brush.piece(crate::text::line(&one.text()).into_owned(), role);
        lines.push(Drawn { spans: vec![text], item: Some(at) });
    }
    lines
}
