//! Reviews, routes and releases that are late, unattended, or ahead of what was decided.

use std::collections::{HashMap, HashSet};

use super::facts::Facts;
use super::stage::{is_live, is_over, reached};
use super::words::{any, folded, overlap};
use super::{About, Fault, Faults, Rule, Severity, Test, fault, listed, set};
use crate::policy::tier_rank;
use crate::record::{CHECKLIST_ITEM, LEGAL, Look, PACKET, RELEASE, REVIEW, ROUTE, Record, SYSTEM};
use crate::review::Place;
use crate::review::triage::assess;
use crate::workspace::{Query, Result};

const ABOUT: About = About(&REVIEW, Place::Review);

/// The rules.
pub(super) const RULES: &[Rule] = &[
    ABOUT.rule(
        "review-no-reviewer",
        Severity::Warning,
        "Review with a tier and no reviewer",
        "The tier says how much scrutiny it gets, and nobody gives it any. Name who runs the review.",
        "reviewer",
        no_reviewer,
    ),
    ABOUT.rule(
        "review-past-milestone",
        Severity::Warning,
        "Review past its milestone",
        "The day that was agreed for the decision is over. Decide, or agree on a new day and say what holds it up.",
        "target_on",
        past_milestone,
    ),
    ABOUT.rule(
        "review-waiting-long",
        Severity::Warning,
        "Review waiting longer than policy allows for the whole stage",
        "It waits for somebody. Ask once more, escalate, or take it back to whoever can move it.",
        "waiting_on",
        waiting_long,
    ),
    ABOUT.rule(
        "review-launch-before-milestone",
        Severity::Warning,
        "Launch planned before the decision",
        "The team wants to launch before the day that was agreed for the decision. One of the two dates is wrong; find out \
         which before somebody launches.",
        "launch_on",
        launch_before_milestone,
    ),
    ABOUT.rule(
        "review-launched-before-decision",
        Severity::Error,
        "Released before it was decided",
        "The release went live before anybody decided that it may. Correct the date if it is wrong; otherwise have the launch \
         decided now, and write down what let it pass.",
        "release",
        launched_before_decision,
    ),
    ABOUT.rule(
        "review-live-no-monitoring",
        Severity::Error,
        "Live with nothing that shows monitoring",
        "What nobody watches fails unseen. Hand in the monitoring plan or a first export, or answer the items on monitoring \
         with evidence.",
        "",
        no_monitoring,
    ),
    Rule {
        id: "review-duplicate",
        severity: Severity::Warning,
        about: &REVIEW,
        title: "The same system handed in twice",
        why: "Two reviews of one system under two names decide it twice, and differently. Compare them; withdraw one, or make \
              them reviews of one system.",
        place: Place::Review,
        field: "system",
        test: Test::Whole(duplicates),
    },
    Rule {
        id: "release-unreviewed",
        severity: Severity::Error,
        about: &RELEASE,
        title: "Release that went live without a review",
        why: "Each release, or the change that it brings, is reviewed before it goes live. Open a review of it.",
        place: Place::Review,
        field: "launched_on",
        test: Test::Whole(unreviewed),
    },
    ABOUT.rule(
        "route-not-asked",
        Severity::Warning,
        "At the decision and a function that must look was not asked",
        "The answers call for another function's review, and nobody asked it. Ask it, or write down why it is not needed.",
        "",
        not_asked,
    ),
    ABOUT.rule(
        "special-category-no-privacy",
        Severity::Error,
        "Special-category data and privacy was not asked",
        "Health, beliefs, origin, orientation and biometrics need a ground of GDPR Art. 9(2) and most often an impact \
         assessment. Ask privacy before the assessment goes on.",
        "",
        no_privacy,
    ),
    Rule {
        id: "route-blocked-approved",
        severity: Severity::Error,
        about: &ROUTE,
        title: "Approved or live though a function blocked it",
        why: "A function that had to look said no. Mend what it found and ask again, or decide the launch anew.",
        place: Place::Review,
        field: "status",
        test: Test::Each(blocked),
    },
    Rule {
        id: "route-overdue",
        severity: Severity::Warning,
        about: &ROUTE,
        title: "Answer of a function past due",
        why: "The review waits for it. Ask again, or agree on a new day.",
        place: Place::Review,
        field: "due_on",
        test: Test::Each(late),
    },
];

fn no_reviewer(_: &Facts<'_>, review: &Record) -> Option<Fault> {
    if REVIEW.is_closed(review) || review.get("tier").is_empty() || !review.get("reviewer").is_empty() {
        return None;
    }
    fault(
        format!("The tier is {}, and nobody runs it.", review.text("tier").unwrap_or_default()),
        "name a reviewer",
        set(review, "--reviewer PERSON"),
    )
}

fn past_milestone(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let target = review.get("target_on").as_day().filter(|target| *target < facts.today)?;
    if REVIEW.is_closed(review) || reached(review, "approved") {
        return None;
    }
    let days = (facts.today - target).num_days();
    fault(
        format!(
            "It was to be decided on {target}, {} ago, and is in {}.",
            super::counted(usize::try_from(days).unwrap_or(0), "day"),
            review.text("stage").unwrap_or("intake")
        ),
        "decide it, or agree on a new day",
        set(review, "--target-on DATE"),
    )
}

fn waiting_long(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let since = review.get("waiting_since").as_day()?;
    let stage = review.text("stage").unwrap_or("intake");
    let allowed = facts.policy.service_level(stage, review.text("tier"))?;
    let days = (facts.today - since).num_days();
    if REVIEW.is_closed(review) || days <= i64::from(allowed) {
        return None;
    }
    fault(
        format!(
            "It waits for {} since {since}, {days} days; policy gives {stage} {allowed}.",
            review.text("waiting_on").unwrap_or("somebody")
        ),
        "ask again, or escalate",
        set(review, "--waiting-on \"\""),
    )
}

fn launch_before_milestone(_: &Facts<'_>, review: &Record) -> Option<Fault> {
    let (launch, target) = (review.get("launch_on").as_day()?, review.get("target_on").as_day()?);
    if REVIEW.is_closed(review) || reached(review, "approved") || launch >= target {
        return None;
    }
    fault(
        format!("The launch is planned on {launch}, the decision on {target}."),
        "agree on days that fit",
        set(review, "--launch-on DATE"),
    )
}

fn launched_before_decision(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let release = facts.get(&RELEASE, review.text("release")?)?;
    let launched = release.get("launched_on").as_day()?;
    let decided = review.get("decided_at").as_day();
    // A periodic review, or one after an incident, is of what is live already.
    let first = matches!(review.text("kind"), None | Some("launch" | "change"));
    if !first || is_over(review) || decided.is_some_and(|decided| decided <= launched) {
        return None;
    }
    let decided = decided.map_or_else(|| "it is not decided".to_owned(), |day| format!("it was decided on {day}"));
    fault(
        format!("{} “{}” went live on {launched}; {decided}.", release.reference(), release.title()),
        "correct the date, or have the launch decided",
        format!("probity release set {} --launched-on DATE", release.reference()),
    )
}

fn no_monitoring(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let tier = review.text("tier")?;
    if !is_live(review) || tier_rank(tier) < tier_rank("medium") {
        return None;
    }
    let shows = |evidence: &Record| {
        let kind = evidence.text("kind").unwrap_or_default();
        matches!(kind, "monitoring plan" | "monitoring export")
            || any(evidence.title(), &["monitor", "weekly", "dashboard", "drift", "watch"])
            || evidence.get("tags").items().iter().any(|tag| tag.starts_with("monitoring"))
    };
    let watched = |item: &Record| {
        let status = item.text("status");
        let about = item.text("code").is_some_and(|code| code.starts_with("MON-"));
        about && status == Some("pass") && !item.get("evidence").is_empty()
    };
    if facts.proofs(review).iter().any(shows) || facts.of(&CHECKLIST_ITEM, review.id()).any(watched) {
        return None;
    }
    fault(
        format!(
            "It is {} at tier {tier}, and no plan, export or answered item shows that it is watched.",
            review.text("stage").unwrap_or("live")
        ),
        "hand in the monitoring plan or a first export",
        format!("probity evidence add FILE --kind \"monitoring plan\" --review {}", review.reference()),
    )
}

fn blocked(facts: &Facts<'_>, route: &Record) -> Option<Fault> {
    let review = facts.review(route)?;
    if route.text("status") != Some("blocked") || !reached(review, "approved") {
        return None;
    }
    let note = route.text("outcome_note").map(|note| format!(": {note}")).unwrap_or_default();
    fault(
        format!(
            "{} is {}, and {} blocked it{note}",
            review.reference(),
            review.text("stage").unwrap_or_default(),
            route.title()
        ),
        "mend what was found, and ask again",
        format!("probity route set {} --status requested", route.reference()),
    )
}

fn late(facts: &Facts<'_>, route: &Record) -> Option<Fault> {
    let due = route.get("due_on").as_day().filter(|due| *due < facts.today)?;
    let open = matches!(route.text("status"), Some("needed" | "requested" | "in progress"));
    if !open || facts.review(route).is_none_or(|review| REVIEW.is_closed(review)) {
        return None;
    }
    fault(
        format!(
            "{} was to answer by {due}; it is {} with {}.",
            route.title(),
            route.text("status").unwrap_or("needed"),
            facts.who(route.text("reviewer"))
        ),
        "ask again",
        format!("probity route set {} --due-on DATE", route.reference()),
    )
}

fn not_asked(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    if review.text("stage") != Some("decision") {
        return None;
    }
    let packet = facts.packet(review)?;
    let special = packet.text("personal_data") == Some("special category");
    let triage = assess(facts.policy, packet, facts.of(&LEGAL, review.id()).next(), review).ok()?;
    let asked = |function: &str| {
        // What has a rule of its own is not told twice.
        special && function == "privacy" || facts.of(&ROUTE, review.id()).any(|route| route.title() == function)
    };
    let missing: Vec<_> = triage.routes.iter().filter(|route| !asked(&route.function)).collect();
    let first = missing.first()?;
    let why = first.because.first().map(|why| format!(" {} (rule {})", why.reason, why.rule)).unwrap_or_default();
    let names = listed(missing.iter().map(|route| route.function.clone()));
    fault(
        format!("Not asked: {names}.{why}"),
        "ask the functions that must look",
        format!("probity triage {} --apply", review.reference()),
    )
}

fn no_privacy(facts: &Facts<'_>, review: &Record) -> Option<Fault> {
    let packet = facts.packet(review)?;
    let special = packet.text("personal_data") == Some("special category");
    let asked = facts.of(&ROUTE, review.id()).any(|route| route.title() == "privacy");
    let known = facts.policy.named(crate::record::Names::Function).iter().any(|function| function.name == "privacy");
    if !special || asked || !known || !reached(review, "assessment") {
        return None;
    }
    fault(
        "The packet says special-category data, and privacy was not asked.",
        "ask privacy",
        format!(
            "probity route add privacy --review {} --reason \"Special-category data (GDPR Art. 9).\"",
            review.reference()
        ),
    )
}

/// Reviews of different systems of one area that have the same title, or begin to describe the use in the same words, and
/// go on to say much the same.
fn duplicates(facts: &Facts<'_>) -> Result<Faults> {
    /// From this share of common words on, two use cases say the same.
    const SAME: f64 = 0.6;
    let reviews = facts.workspace.records(&Query::all(&REVIEW))?;
    let packets = facts.workspace.records(&Query::all(&PACKET))?;
    let packets: HashMap<&str, &Record> =
        packets.iter().filter_map(|packet| Some((packet.text("review")?, packet))).collect();
    let says =
        |review: &Record| packets.get(review.id()).and_then(|packet| packet.text("use_case")).unwrap_or_default();
    let mut groups: HashMap<(String, String), Vec<&Record>> = HashMap::new();
    for review in reviews.iter().filter(|review| !is_over(review)) {
        let Some(area) = area(facts, review) else { continue };
        for key in [folded(review.title()), beginning(says(review))] {
            if !key.is_empty() {
                groups.entry((area.clone(), key)).or_default().push(review);
            }
        }
    }
    let mut told: HashMap<&str, &Record> = HashMap::new();
    for same in groups.values() {
        for (at, later) in same.iter().enumerate() {
            let twin = same[..at]
                .iter()
                .find(|first| first.get("system") != later.get("system") && overlap(says(first), says(later)) >= SAME);
            if let Some(first) = twin {
                let known = told.entry(later.id()).or_insert(first);
                // Always the earliest, however the groups come.
                if first.id() < known.id() {
                    *known = first;
                }
            }
        }
    }
    let doubled = reviews.iter().filter_map(|review| Some((review, told.get(review.id())?)));
    let found = doubled.filter_map(|(review, first)| {
        let (own, first) = (review.reference(), first.reference());
        fault(
            format!("It describes the same use as {first}, in the same area."),
            "compare them, and withdraw one",
            format!("probity review move {own} withdrawn --why \"The same as {first}\""),
        )
        .map(|fault| (review.clone(), fault))
    });
    Ok(found.collect())
}

/// The area of a review's system, or the team; none where neither was said.
fn area(facts: &Facts<'_>, review: &Record) -> Option<String> {
    let system = facts.record(&SYSTEM, review.text("system")?)?;
    Some(folded(system.text("product_area").or(system.text("team"))?))
}

/// The first words of a text, where it has enough of them.
fn beginning(text: &str) -> String {
    /// So many words at the start of two descriptions are not the same by chance.
    const FIRST: usize = 6;
    let folded = folded(text);
    let words: Vec<&str> = folded.split(' ').take(FIRST).collect();
    if words.len() < FIRST { String::new() } else { words.join(" ") }
}

fn unreviewed(facts: &Facts<'_>) -> Result<Faults> {
    let reviewed = facts.workspace.counts_by(&Query::all(&REVIEW), "release")?;
    let reviewed: HashSet<String> =
        reviewed.into_iter().filter_map(|(release, _)| release.as_text().map(str::to_owned)).collect();
    let live = |release: &&Record| {
        release.get("launched_on").as_day().is_some_and(|day| day <= facts.today)
            && release.get("rolled_back_on").is_empty()
            && !reviewed.contains(release.id())
    };
    let told = facts.records(&RELEASE).iter().filter(live).filter_map(|release| {
        let launched = release.get("launched_on").display();
        let system = facts.system(release);
        let named = system.map(|system| format!(" of {}", system.title())).unwrap_or_default();
        let reference = system.map_or("SYSTEM", |system| system.reference());
        fault(
            format!("“{}”{named} went live on {launched}, and no review is about it.", release.title()),
            "open a review of it",
            format!("probity review add TITLE --system {reference} --release {} --kind change", release.reference()),
        )
        .map(|fault| (release.clone(), fault))
    });
    Ok(told.collect())
}
