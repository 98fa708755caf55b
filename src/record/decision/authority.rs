//! Who may decide: the rules of the policy, the roles that people hold, delegations by date, and what keeps somebody out
//! who would otherwise hold the right: their own work, and conflicts of interest they declared.

use chrono::NaiveDate;

use super::{ACCEPTANCE, DEFER, REJECT, TIER};
use crate::record::review::TIERS;
use crate::record::{Context, DELEGATION, Look, PERSON, RECUSAL, REVIEW, Record, SYSTEM};

/// What a right is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter<'a> {
    /// The kind of decision, or `roles`: who may give people their roles.
    pub kind: &'a str,
    /// The tier of the review, where it has one.
    pub tier: Option<&'a str>,
    /// The level of the risk, where it is about one.
    pub level: Option<&'a str>,
}

/// A rule of the policy that gives a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// The rule's id.
    pub id: String,
    /// Why it is so, in one line.
    pub reason: String,
    /// The roles that hold the right; none where nobody may.
    pub roles: Vec<String>,
}

/// A rule of the policy that keeps people from deciding about what is their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separation {
    /// The rule's id.
    pub id: String,
    /// Why it is so, in one line.
    pub reason: String,
    /// Whom it keeps out: some of [`OWN`].
    pub who: Vec<String>,
}

/// The people whom a separation of duties can keep out.
pub const OWN: &[&str] = &["requester", "reviewer", "business owner", "technical owner", "risk owner"];

/// By what somebody may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The id of the rule that gives the right.
    pub rule: String,
    /// The role that holds it.
    pub role: String,
    /// The id of the person whose right it is, where it was delegated.
    pub on_behalf_of: Option<String>,
    /// The reference of the delegation.
    pub delegation: Option<String>,
}

/// Why somebody may not decide, and who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The id of the rule; empty where no rule gives the right.
    pub rule: String,
    /// Why, as a sentence.
    pub why: String,
    /// Handles of those who may decide now.
    pub holders: Vec<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)?;
        if !self.rule.is_empty() {
            write!(f, " (rule {})", self.rule)?;
        }
        match self.holders.as_slice() {
            [] => f.write_str(". Nobody here holds the right now: `probity person set HANDLE --roles …` gives roles."),
            holders => {
                let named: Vec<String> = holders.iter().map(|handle| format!("@{handle}")).collect();
                write!(f, ". It is for {} now.", named.join(", "))
            }
        }
    }
}

/// What a decision's right is about: the highest of the tiers in question counts, so that nobody lowers a tier that they
/// could not have set.
struct About {
    kind: String,
    tier: Option<String>,
    level: Option<String>,
    review: Option<Record>,
    subject: Option<Record>,
    system: Option<Record>,
    /// The id of the item under which it is decided, where it is in a meeting.
    item: Option<String>,
}

impl About {
    fn of(decision: &Record, records: &dyn Look) -> Self {
        let kind = decision.text("kind").unwrap_or_default().to_owned();
        let subject = decision.text("subject").and_then(|reference| records.named(reference));
        let review = decision.text("review").and_then(|id| records.record(&REVIEW, id));
        let said = |record: &Option<Record>, field: &str| {
            record.as_ref().and_then(|record| record.text(field)).map(str::to_owned)
        };
        let system = said(&review, "system").or_else(|| said(&subject, "system"));
        let system = system.and_then(|id| records.record(&SYSTEM, &id));
        let level = if kind == ACCEPTANCE { said(&subject, "level") } else { None };
        let tier = if kind == TIER {
            let all =
                [decision.text("outcome").map(str::to_owned), said(&review, "tier"), said(&review, "proposed_tier")];
            let rank = |tier: &String| TIERS.iter().position(|known| known == tier);
            all.into_iter().flatten().max_by_key(rank)
        } else {
            said(&review, "tier")
        };
        let item = decision.text("agenda_item").map(str::to_owned);
        Self { kind, tier, level, review, subject, system, item }
    }

    fn matter(&self) -> Matter<'_> {
        Matter { kind: &self.kind, tier: self.tier.as_deref(), level: self.level.as_deref() }
    }

    /// The ids of the people who have this part in what is decided.
    fn part(&self, who: &str) -> Option<&str> {
        match who {
            "requester" | "reviewer" => self.review.as_ref()?.text(who),
            "business owner" => self.system.as_ref()?.text("business_owner"),
            "technical owner" => self.system.as_ref()?.text("technical_owner"),
            "risk owner" if self.kind == ACCEPTANCE => self.subject.as_ref()?.text("owner"),
            _ => None,
        }
    }

    /// What keeps this person out: the rule and why.
    fn bar(&self, person: &Record, context: &Context<'_>) -> Option<(String, String)> {
        let handle = crate::text::line(person.text("handle").unwrap_or_default()).into_owned();
        for separation in context.terms.separations(&self.kind) {
            if let Some(part) = separation.who.iter().find(|who| self.part(who) == Some(person.id())) {
                let why = format!(
                    "@{handle} is the {part}, and so may not decide it: {}",
                    separation.reason.trim_end_matches('.')
                );
                return Some((separation.id, why));
            }
        }
        let own = |field: &str| self.review.as_ref().map(Record::id).filter(|_| field == "review");
        let recusal = context.records.all(&RECUSAL, "person", person.id()).into_iter().find(|recusal| {
            let on_review = recusal.text("review").is_some_and(|id| own("review") == Some(id));
            let on_system = recusal.text("system").is_some_and(|id| self.system.as_ref().map(Record::id) == Some(id));
            let ended = recusal.get("ended_on").as_day().is_some_and(|ended| ended <= context.today);
            let on_item = self.item.is_some() && recusal.text("agenda_item") == self.item.as_deref();
            (on_review || on_system || on_item) && !ended
        })?;
        let why = format!("@{handle} is recused by {}: {}", recusal.reference(), crate::text::line(recusal.title()));
        Some(("conflict-of-interest".to_owned(), why.trim_end_matches('.').to_owned()))
    }
}

/// By what the actor may make this decision.
///
/// # Errors
/// Why not, by which rule, and who may.
pub fn standing(decision: &Record, context: &Context<'_>) -> Result<Standing, Refusal> {
    let about = About::of(decision, context.records);
    let rights = context.terms.rights(&about.matter());
    let refuse = |rule: String, why: String| Refusal { rule, why, holders: holders(&about, &rights, context) };
    let shut = rights.iter().find(|right| right.roles.is_empty());
    if let Some(shut) = shut {
        return Err(Refusal {
            rule: shut.id.clone(),
            why: shut.reason.trim_end_matches('.').to_owned(),
            holders: Vec::new(),
        });
    }
    let Some(actor) = context.records.record(&PERSON, context.actor) else {
        return Err(refuse(String::new(), "Nobody known would decide".to_owned()));
    };
    if rights.is_empty() {
        let why = format!("No rule of the policy gives anybody the right to a decision of the kind “{}”", about.kind);
        return Err(refuse(
            String::new(),
            match &about.tier {
                Some(tier) => format!("{why} for tier {tier}"),
                None => why,
            },
        ));
    }
    let handle = crate::text::line(actor.text("handle").unwrap_or_default()).into_owned();
    if actor.get("active") == &crate::record::Value::Flag(false) {
        return Err(refuse(rights[0].id.clone(), format!("@{handle} has left")));
    }
    if let Some((rule, why)) = about.bar(&actor, context) {
        return Err(refuse(rule, why));
    }
    if let Some((right, role)) = held(&actor, &rights) {
        return Ok(Standing { rule: right.id.clone(), role, on_behalf_of: None, delegation: None });
    }
    let mut why = None;
    for delegation in delegations(&actor, &about.kind, context) {
        let Some(from) = delegation.text("delegator").and_then(|id| context.records.record(&PERSON, id)) else {
            continue;
        };
        let Some((right, role)) = held(&from, &rights).filter(|_| is_active(&from)) else { continue };
        let reference = delegation.reference();
        match (term(&delegation, context.today), about.bar(&from, context)) {
            (Err(when), _) => {
                why = Some((right.id.clone(), format!("{reference} delegates it to @{handle}, but {when}")));
            }
            (Ok(()), Some((rule, kept))) => {
                why = Some((rule, format!("{reference} delegates it to @{handle}, but {kept}")));
            }
            (Ok(()), None) => {
                return Ok(Standing {
                    rule: right.id.clone(),
                    role,
                    on_behalf_of: Some(from.id().to_owned()),
                    delegation: Some(reference.to_owned()),
                });
            }
        }
    }
    let (rule, why) = why.unwrap_or_else(|| {
        let ids: Vec<&str> = rights.iter().map(|right| right.id.as_str()).collect();
        (ids.join(", "), format!("@{handle} does not hold the right to {}: {}", phrase(&about), reasons(&rights)))
    });
    Err(refuse(rule, why))
}

/// The right in words: `decide tier high`, `approve at tier high`.
fn phrase(about: &About) -> String {
    let tier = about.tier.as_deref();
    match about.kind.as_str() {
        TIER => format!("decide tier {}", tier.unwrap_or("any")),
        ACCEPTANCE => format!("accept a {} risk", about.level.as_deref().unwrap_or("unassessed")),
        kind @ (super::APPROVE | super::APPROVE_WITH_CONDITIONS | REJECT | DEFER) => match tier {
            Some(tier) => format!("{kind} at tier {tier}"),
            None => kind.to_owned(),
        },
        kind => format!("decide on a {kind}"),
    }
}

fn reasons(rights: &[Right]) -> String {
    rights.iter().map(|right| right.reason.trim_end_matches('.')).collect::<Vec<_>>().join("; ")
}

fn is_active(person: &Record) -> bool {
    person.get("active") != &crate::record::Value::Flag(false)
}

/// The right that somebody holds by a role of their own.
fn held<'r>(person: &Record, rights: &'r [Right]) -> Option<(&'r Right, String)> {
    let roles = person.get("roles").items();
    rights
        .iter()
        .find_map(|right| right.roles.iter().find(|role| roles.contains(role)).map(|role| (right, role.clone())))
}

/// Delegations to somebody that cover a kind of decision, whatever their dates.
fn delegations(to: &Record, kind: &str, context: &Context<'_>) -> Vec<Record> {
    let mut found = context.records.all(&DELEGATION, "delegate", to.id());
    found.retain(|delegation| {
        let kinds = delegation.get("kinds").items();
        kinds.is_empty() || kinds.iter().any(|covered| covered == kind)
    });
    found
}

/// Whether a delegation holds on a day; otherwise when it did or will.
fn term(delegation: &Record, today: NaiveDate) -> Result<(), String> {
    match (delegation.get("starts_on").as_day(), delegation.get("ends_on").as_day()) {
        (Some(starts), _) if today < starts => Err(format!("only from {starts} on")),
        (_, Some(ends)) if ends < today => Err(format!("it ended on {ends}")),
        _ => Ok(()),
    }
}

/// Handles of those who may decide now: those who hold the right themselves first, then their delegates.
fn holders(about: &About, rights: &[Right], context: &Context<'_>) -> Vec<String> {
    let people = context.records.every(&PERSON);
    let free = |person: &Record| is_active(person) && about.bar(person, context).is_none();
    let handle = |person: &Record| crate::text::line(person.text("handle").unwrap_or_default()).into_owned();
    let mut found: Vec<String> =
        people.iter().filter(|person| held(person, rights).is_some() && free(person)).map(handle).collect();
    for person in people.iter().filter(|person| held(person, rights).is_none() && free(person)) {
        let by = delegations(person, &about.kind, context).into_iter().any(|delegation| {
            let from = delegation.text("delegator").and_then(|id| people.iter().find(|person| person.id() == id));
            term(&delegation, context.today).is_ok()
                && from.is_some_and(|from| held(from, rights).is_some() && free(from))
        });
        if by {
            found.push(handle(person));
        }
    }
    found
}

/// Whether somebody may give people their roles: the workspace's owner, and whom the policy names; never to themselves,
/// but for the owner, who has to start somewhere.
///
/// # Errors
/// Why not.
pub(in crate::record) fn may_appoint(person: &Record, context: &Context<'_>) -> Result<(), String> {
    if context.records.owner().is_none_or(|owner| owner == context.actor) {
        return Ok(());
    }
    if person.id() == context.actor {
        return Err("Nobody gives themselves a role; ask the owner of the workspace.".to_owned());
    }
    let rights = context.terms.rights(&Matter { kind: ROLES, tier: None, level: None });
    let actor = context.records.record(&PERSON, context.actor);
    if actor.is_some_and(|actor| held(&actor, &rights).is_some()) {
        return Ok(());
    }
    let roles: Vec<&str> = rights.iter().flat_map(|right| right.roles.iter().map(String::as_str)).collect();
    Err(match roles.as_slice() {
        [] => "Only the owner of the workspace gives roles.".to_owned(),
        roles => format!("Roles are given by the owner of the workspace and by: {}.", roles.join(", ")),
    })
}

/// In place of a kind of decision: who may give people their roles.
pub const ROLES: &str = "roles";

/// The kinds that a rule of the policy can give a right to.
pub fn kinds_of_rights() -> impl Iterator<Item = &'static str> {
    super::KINDS.iter().copied().chain([ROLES])
}
