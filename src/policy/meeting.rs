//! Kinds of meeting: their cadence, their length, who belongs to them, and what makes a quorum.

use chrono::{NaiveTime, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;
use toml::de::DeTable;

use super::names::Named;
use super::reader::{Located, Reader};
use crate::record::meeting::KINDS;

/// The most weeks between two meetings of a kind: two years.
const LONGEST: i64 = 104;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What policy says of a kind of meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRule {
    /// The kind: one of [`KINDS`].
    pub kind: &'static str,
    /// What it is for, in one line.
    pub purpose: String,
    /// On which day of the week it is held; none where it is held when somebody calls it.
    pub weekday: Option<Weekday>,
    /// Every how many weeks.
    pub every_weeks: u32,
    /// At what time it begins, where it is held.
    pub at: NaiveTime,
    /// How many minutes it is to last.
    pub minutes: i64,
    /// How many members make a quorum; more than half of them, where none is said.
    pub quorum: Option<i64>,
    /// Roles of which somebody must be there.
    pub quorum_roles: Vec<String>,
    /// Roles whose holders are members.
    pub members: Vec<String>,
}

/// A kind of meeting as it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-named-by" = "kind"))]
pub(super) struct MeetingForm {
    /// The kind of meeting.
    kind: Located<String>,
    /// What it is for, in one line.
    purpose: String,
    /// On which day of the week it is held, such as `thursday`; left out, it is held when somebody calls it.
    weekday: Option<Located<String>>,
    /// Every how many weeks.
    every_weeks: Option<Located<i64>>,
    /// At what local time it begins, such as `14:00`.
    at: Located<String>,
    /// How many minutes it is to last: 5 to 1440.
    minutes: Located<i64>,
    /// How many members make a quorum; left out, more than half of them.
    quorum: Option<Located<i64>>,
    /// Roles of which somebody must be there for a decision.
    #[serde(default)]
    quorum_roles: Vec<Located<String>>,
    /// Roles whose holders are put on the list as members.
    #[serde(default)]
    members: Vec<Located<String>>,
}

/// Reads the list `meeting`.
pub(super) fn read(reader: &mut Reader<'_>, root: &mut DeTable<'_>, roles: &[Named]) -> Vec<MeetingRule> {
    let forms: Vec<MeetingForm> = reader.list(root, "meeting");
    let known: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    forms.into_iter().filter_map(|form| rule(reader, form, &known)).collect()
}

fn rule(reader: &mut Reader<'_>, form: MeetingForm, roles: &[&str]) -> Option<MeetingRule> {
    reader.all_known(&form.quorum_roles, "a role", "role", roles);
    reader.all_known(&form.members, "a role", "role", roles);
    let kind = KINDS.iter().copied().find(|kind| *kind == form.kind.as_str());
    if kind.is_none() {
        reader.unknown(form.kind.at(), &form.kind, "a kind of meeting", "meeting", KINDS);
    }
    let weekday = form.weekday.as_ref().and_then(|said| {
        let at = WEEKDAYS.iter().position(|day| *day == said.to_lowercase());
        if at.is_none() {
            reader.unknown(said.at(), said, "a day of the week", "meeting", &WEEKDAYS);
        }
        at.and_then(|at| u8::try_from(at).ok()).and_then(|at| Weekday::try_from(at).ok())
    });
    let at = NaiveTime::parse_from_str(&form.at, "%H:%M").ok();
    if at.is_none() {
        reader.flaw(form.at.at(), format!("“{}” is not a time; write it as 14:00.", form.at.as_str()));
    }
    let mut within = |number: &Located<i64>, what: &str, least: i64, most: i64| {
        let fits = (least..=most).contains(&**number);
        if !fits {
            reader.flaw(number.at(), format!("{what} go from {least} to {most}."));
        }
        fits.then_some(**number)
    };
    let minutes = within(&form.minutes, "minutes", 5, 1440)?;
    let weeks = form.every_weeks.as_ref().map_or(Some(1), |weeks| within(weeks, "weeks", 1, LONGEST))?;
    let quorum = match &form.quorum {
        Some(quorum) => Some(within(quorum, "members of a quorum", 1, 999)?),
        None => None,
    };
    let plain = |words: Vec<Located<String>>| words.into_iter().map(Located::into_inner).collect();
    Some(MeetingRule {
        kind: kind?,
        purpose: form.purpose,
        weekday,
        every_weeks: u32::try_from(weeks).unwrap_or(1),
        at: at?,
        minutes,
        quorum,
        quorum_roles: plain(form.quorum_roles),
        members: plain(form.members),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{builtin, flaws_of, policy_of};
    use super::*;

    #[test]
    fn every_kind_of_meeting_has_its_rule() {
        let policy = builtin();
        for kind in KINDS {
            let rule = policy.meeting_rule(kind).unwrap();
            assert!(!rule.members.is_empty() && rule.minutes > 0 && !rule.purpose.is_empty(), "{kind}");
        }
        let board = policy.meeting_rule("review board").unwrap();
        assert_eq!((board.weekday, board.every_weeks, board.minutes), (Some(Weekday::Thu), 2, 90));
        assert_eq!(policy.meeting_rule("incident review").unwrap().weekday, None);
        assert_eq!(policy.meeting_rule("tea"), None);
    }

    #[test]
    fn an_organisation_holds_its_meetings_when_it_likes() {
        let policy =
            policy_of("[[meeting]]\nkind = \"review board\"\nweekday = \"friday\"\nat = \"09:30\"\nquorum = 5\n");
        let board = policy.meeting_rule("review board").unwrap();
        assert_eq!((board.weekday, board.quorum), (Some(Weekday::Fri), Some(5)));
        assert_eq!(board.every_weeks, 2, "what it does not say stays");
        let policy = policy_of("[[meeting]]\nkind = \"office hours\"\nremove = true\n");
        assert_eq!(policy.meeting_rule("office hours"), None);
    }

    #[test]
    fn wrong_meetings_are_refused_with_their_line() {
        for (text, line, words) in [
            ("[[meeting]]\nkind = \"review board\"\nweekday = \"doomsday\"\n", 3, "not a day of the week"),
            ("[[meeting]]\nkind = \"review board\"\nat = \"25:00\"\n", 3, "not a time"),
            ("[[meeting]]\nkind = \"review board\"\nminutes = 0\n", 3, "minutes go from 5"),
            ("[[meeting]]\nkind = \"review board\"\nevery_weeks = 0\n", 3, "weeks go from 1"),
            ("[[meeting]]\nkind = \"review board\"\nquorum = 0\n", 3, "members of a quorum go from 1"),
            ("[[meeting]]\nkind = \"review board\"\nmembers = [\"king\"]\n", 3, "not a role"),
            ("[[meeting]]\nkind = \"tea\"\npurpose = \"-\"\nat = \"09:00\"\nminutes = 5\n", 2, "not a kind of meeting"),
        ] {
            let flaws = flaws_of(text);
            assert_eq!(flaws[0].line, Some(line), "{text}: {flaws:#?}");
            assert!(flaws[0].message.contains(words), "{text}: {flaws:#?}");
        }
    }
}
