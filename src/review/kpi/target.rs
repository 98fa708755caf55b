//! What a figure must come to, and whether it does.

use super::{Period, Unit};
use crate::policy::Aim;

/// Whether a figure comes to what it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Met,
    /// It does not.
    Missed,
    /// There is no figure, no target, or nothing to compare with.
    Open,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Open => "open",
        }
    }
}

/// What a figure must come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// In words, such as `≥ 90 %`; “trend” where policy sets no limit.
    pub words: String,
    aim: Option<Aim>,
    /// The figure it is compared with, where it is compared with an earlier one.
    then: Option<f64>,
}

/// The period with whose figure a target compares; none where it names a limit.
pub(super) fn compared_with(aim: Aim, period: &Period) -> Option<Period> {
    match aim {
        Aim::UnderEarlier(_, months) => period.earlier(months),
        Aim::Down | Aim::Up => period.before(),
        _ => None,
    }
}

impl Goal {
    /// The goal of a figure, where the earlier one was this.
    pub(super) fn of(aim: Option<Aim>, unit: Unit, then: Option<f64>) -> Self {
        let limit = |sign: &str, value: f64| format!("{sign} {}", unit.shown(value));
        let words = match aim {
            Some(Aim::AtLeast(value)) => limit("≥", value),
            Some(Aim::Over(value)) => limit(">", value),
            Some(Aim::AtMost(value)) => limit("≤", value),
            Some(Aim::Under(value)) => limit("<", value),
            Some(Aim::UnderEarlier(share, months)) => match then {
                Some(then) => format!(
                    "≤ {} ({:.0} % under {months} months before)",
                    unit.shown(then * (1.0 - share)),
                    share * 100.0
                ),
                None => format!("{:.0} % under {months} months before", share * 100.0),
            },
            Some(Aim::Down) => "downward".to_owned(),
            Some(Aim::Up) => "upward".to_owned(),
            None => "trend".to_owned(),
        };
        Self { words, aim, then }
    }

    /// The number that a figure is held against; none where it is held against none.
    #[must_use]
    pub fn limit(&self) -> Option<f64> {
        match self.aim? {
            Aim::AtLeast(limit) | Aim::Over(limit) | Aim::AtMost(limit) | Aim::Under(limit) => Some(limit),
            Aim::UnderEarlier(share, _) => self.then.map(|then| then * (1.0 - share)),
            Aim::Down | Aim::Up => self.then,
        }
    }

    /// Whether a figure comes to it.
    #[must_use]
    pub fn verdict(&self, value: Option<f64>) -> Verdict {
        let Some(value) = value else { return Verdict::Open };
        let met = match (self.aim, self.then) {
            (Some(Aim::AtLeast(limit)), _) => value >= limit,
            (Some(Aim::Over(limit)), _) => value > limit,
            (Some(Aim::AtMost(limit)), _) => value <= limit,
            (Some(Aim::Under(limit)), _) => value < limit,
            (Some(Aim::UnderEarlier(share, _)), Some(then)) => value <= then * (1.0 - share),
            // What stands still goes neither way; but nothing cannot become less.
            (Some(Aim::Down), Some(then)) => value < then || value <= 0.0,
            (Some(Aim::Up), Some(then)) => value > then,
            _ => return Verdict::Open,
        };
        if met { Verdict::Met } else { Verdict::Missed }
    }
}
