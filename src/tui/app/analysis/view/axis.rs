//! Intervals on a shared axis, drawn as `├───●──┤`.

use crate::review::analysis::words::{figure, is_share};
use crate::slices::metric::Estimate;
use crate::tui::theme::{Glyph, Theme};

/// The least and the greatest value that an axis has room for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    /// An axis with room for all of these; none where nothing is to be drawn. Shares stay within 0 and 1, ends are round.
    #[must_use]
    pub fn of<'e>(metric: &str, signed: bool, estimates: impl Iterator<Item = &'e Estimate>) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for estimate in estimates {
            for value in [estimate.value, estimate.low, estimate.high].into_iter().flatten().filter(|it| it.is_finite())
            {
                (low, high) = (low.min(value), high.max(value));
            }
        }
        if !low.is_finite() || !high.is_finite() {
            return None;
        }
        if signed {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        let step = if is_share(metric) || metric == "auc" { 0.05 } else { ((high - low) / 20.0).max(f64::EPSILON) };
        let (mut low, mut high) = ((low / step).floor() * step, (high / step).ceil() * step);
        if !signed && (is_share(metric) && metric != "calibration" || metric == "auc") {
            (low, high) = (low.max(0.0), high.min(1.0));
        }
        if high - low < step {
            high = low + step;
        }
        Some(Self { low, high })
    }

    /// Its ends in words.
    #[must_use]
    pub fn ends(&self, metric: &str) -> (String, String) {
        let short = |value: f64| {
            let told = figure(metric, value);
            told.replace(".0 %", " %").replace("-0 %", "0 %")
        };
        (short(self.low), short(self.high))
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    fn place(&self, value: f64, cells: usize) -> usize {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        (share * cells.saturating_sub(1) as f64).round() as usize
    }

    /// A figure with its interval in so many cells; with a line at zero where the axis crosses it.
    #[must_use]
    pub fn drawn(&self, estimate: &Estimate, cells: usize, zero: bool, theme: &Theme) -> String {
        let mut signs: Vec<&str> = vec![" "; cells];
        let mut put = |at: usize, glyph: Glyph| {
            if let Some(sign) = signs.get_mut(at) {
                *sign = theme.glyph(glyph);
            }
        };
        if zero && self.low <= 0.0 && self.high >= 0.0 {
            put(self.place(0.0, cells), Glyph::Track);
        }
        if let (Some(low), Some(high)) = (estimate.low, estimate.high) {
            let (from, to) = (self.place(low, cells), self.place(high, cells));
            for at in from..=to {
                put(at, Glyph::IntervalLine);
            }
            put(from, Glyph::IntervalLow);
            put(to, Glyph::IntervalHigh);
        }
        if let Some(value) = estimate.value {
            put(self.place(value, cells), Glyph::IntervalPoint);
        }
        signs.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::interval::Interval;
    use crate::tui::theme_file::built_in;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate::of(value, Interval { low, high }, 100)
    }

    #[test]
    fn intervals_are_drawn_where_they_lie() {
        let all = [estimate(0.3, 0.2, 0.45), estimate(0.5, 0.4, 0.6)];
        let axis = Axis::of("fpr", false, all.iter()).expect("an axis");
        assert_eq!(axis.ends("fpr"), ("20 %".to_owned(), "60 %".to_owned()));
        let theme = built_in("dark").expect("a theme");
        assert_eq!(axis.drawn(&all[0], 21, false, &theme), "├────●──────┤        ");
        let ascii = built_in("ascii").expect("a theme");
        assert_eq!(axis.drawn(&all[1], 9, false, &ascii), "    |-o-|".chars().take(9).collect::<String>());
    }

    #[test]
    fn what_is_undefined_is_not_drawn_and_nothing_has_no_axis() {
        let none = Estimate::none(3, "undefined");
        assert_eq!(Axis::of("fpr", false, std::iter::once(&none)), None);
        let axis = Axis::of("fpr", true, [estimate(-0.1, -0.2, 0.0)].iter()).expect("an axis");
        let theme = built_in("dark").expect("a theme");
        assert_eq!(axis.drawn(&none, 5, true, &theme).trim(), "│");
        let one = estimate(0.0, 0.0, 0.0);
        let flat = Axis::of("mae", false, std::iter::once(&one)).expect("an axis");
        assert_eq!(flat.drawn(&one, 1, false, &theme).chars().count(), 1);
    }
}
