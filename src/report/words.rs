//! The pack in a few sentences: what stands above the figures, in every format that has sentences.

use super::model::Pack;
use crate::text::thousands;

/// `no reviews`, `1 review`, `12 reviews`.
fn several(count: u64, one: &str) -> String {
    match count {
        0 => format!("no {one}s"),
        1 => format!("1 {one}"),
        many => format!("{} {one}s", thousands(many)),
    }
}

impl Pack {
    /// Whether there is nothing in the workspace to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.figures.get("reviews_all") == 0 && self.registers.0.iter().all(|register| register.rows.is_empty())
    }

    /// The state of things in a few sentences.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        if self.is_empty() {
            return vec![
                "The workspace holds no reviews, risks, actions or evidence yet, so there is nothing to report."
                    .to_owned(),
            ];
        }
        let mut sentences = vec![self.reviews_in_words(), self.risks_in_words(), self.actions_in_words()];
        if let Some(period) = &self.changes {
            let get = |name: &str| period.counts.get(name);
            sentences.push(format!(
                "Since {} there were {} and {}; {} and {} were closed.",
                period.since.format("%-d %B %Y"),
                several(get("since_new_reviews"), "new review"),
                several(get("since_new_risks"), "new risk"),
                several(get("since_risks_closed"), "risk"),
                several(get("since_actions_closed"), "action"),
            ));
        }
        sentences
    }

    fn reviews_in_words(&self) -> String {
        let get = |name: &str| self.figures.get(name);
        let mut sentence = format!("The queue holds {}", several(get("reviews_open"), "review"));
        let mut parts = Vec::new();
        for (name, said) in [
            ("reviews_for_decision", "for decision"),
            ("reviews_stage_overdue", "past the date of their stage"),
            ("reviews_waiting", "waiting for somebody"),
        ] {
            if get(name) > 0 {
                parts.push(format!("{} {said}", thousands(get(name))));
            }
        }
        if !parts.is_empty() {
            sentence.push_str(": ");
            sentence.push_str(&parts.join(", "));
        }
        sentence + "."
    }

    fn risks_in_words(&self) -> String {
        let get = |name: &str| self.figures.get(name);
        let open = get("risks_open");
        if open == 0 {
            return "No risk is open.".to_owned();
        }
        let highest = self.heat.levels.iter().rev().take(2).filter(|level| level.open > 0);
        let levels: Vec<String> = highest.map(|level| format!("{} {}", thousands(level.open), level.name)).collect();
        let levels = if levels.is_empty() { String::new() } else { format!(", of these {}", levels.join(" and ")) };
        let late = match get("risks_overdue") {
            0 => "none is past its date".to_owned(),
            1 => "1 is past its date".to_owned(),
            late => format!("{} are past their date", thousands(late)),
        };
        let open = if open == 1 { "1 risk is open".to_owned() } else { format!("{} risks are open", thousands(open)) };
        format!("{open}{levels}; {late}.")
    }

    fn actions_in_words(&self) -> String {
        let get = |name: &str| self.figures.get(name);
        let open = get("actions_open");
        if open == 0 {
            return "No action is open.".to_owned();
        }
        let open =
            if open == 1 { "1 action is open".to_owned() } else { format!("{} actions are open", thousands(open)) };
        format!(
            "{open}: {} overdue, {} blocked, {} that a launch waits for.",
            thousands(get("actions_overdue")),
            thousands(get("actions_blocked")),
            thousands(get("actions_launch_blocking")),
        )
    }
}
