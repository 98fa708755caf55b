//! Meetings on the command line: planned, given an agenda, run by a board of seven, minuted, exported.

use std::fs;

use crate::desk::Desk;

/// Handles with their roles: seven who decide, and two who do not.
const CAST: &[(&str, &str)] = &[
    ("fay", "governance forum, facilitator"),
    ("ben", "governance forum"),
    ("cleo", "governance forum"),
    ("dan", "governance forum"),
    ("eve", "executive"),
    ("finn", "executive"),
    ("gus", "governance forum"),
    ("sam", "specialist"),
];

/// A workspace with a board of seven that sits today, and reviews of medium tier that are ready for their decision.
fn board(reviews: usize) -> Desk {
    let desk = Desk::empty();
    desk.ok(["init", "--name", "Ana Lima", "--handle", "ana"]);
    for (handle, roles) in CAST {
        let name = format!("{}{} Example", handle[..1].to_uppercase(), &handle[1..]);
        let email = format!("{handle}@example.org");
        desk.ok(["person", "add", &name, "--handle", handle, "--roles", roles, "--email", &email]);
    }
    for at in 1..=reviews {
        let (system, review) = (format!("SYS-{at}"), format!("REV-{at}"));
        desk.ok(["system", "add", &format!("System {at}"), "--business-owner", if at == 5 { "gus" } else { "sam" }]);
        desk.ok(["review", "add", &format!("Review {at}"), "--system", &system, "--reviewer", "sam"]);
        desk.ok(["review", "move", &review, "triage", "--why", "For the test"]);
        desk.ok(["decide", &review, "tier", "medium", "--why", "By the answers", "--as", "ben"]);
        desk.ok(["review", "move", &review, "assessment"]);
        desk.ok(["review", "move", &review, "decision"]);
    }
    desk.ok(["meeting", "add", "--kind", "review board", "--starts-at", "today 14:00", "--facilitator", "fay"]);
    desk
}

fn item(desk: &Desk, about: &str, section: &str, asks: &str) {
    let named = if about.contains('-') { "--subject" } else { "--title" };
    desk.ok(["agenda", "add", "--meeting", "MTG-1", named, about, "--section", section, "--asks", asks]);
}

/// The board of the issue: seven people, nine items, of which three pass by consent, one has a recusal that breaks its quorum,
/// one is deferred, one approved with two conditions, one rejected with a dissent; what is left is approved or noted.
#[test]
fn a_board_of_seven_works_through_nine_items() {
    let desk = board(7);
    desk.ok(["meeting", "plan", "--kind", "review board", "--until", "+20d"]);
    for (about, section, asks) in [
        ("REV-1", "consent", "approve"),
        ("REV-2", "consent", "approve"),
        ("For information", "consent", "note"),
        ("REV-5", "discussion", "approve"),
        ("REV-3", "discussion", "approve"),
        ("REV-4", "discussion", "approve"),
        ("REV-6", "discussion", "approve"),
        ("REV-7", "discussion", "approve"),
        ("Any other business", "discussion", "discuss"),
    ] {
        item(&desk, about, section, asks);
    }
    let agenda = desk.json(["meeting", "agenda", "MTG-1", "--json"]);
    assert_eq!(agenda["items"].as_array().map(Vec::len), Some(9));
    assert_eq!((agenda["planned"].as_i64(), agenda["over"].as_i64()), (Some(90), None));
    assert_eq!(agenda["items"][3]["conflicts"][0]["handle"], "gus");
    assert_eq!(agenda["items"][3]["conflicts"][0]["barred"], true);

    let came = desk.ok(["meeting", "arrive", "MTG-1", "fay", "ben", "cleo", "eve", "gus", "--as", "fay"]);
    assert!(came.ends_with("MTG-1: quorum: 5 of 7 members count, 4 needed; with governance forum.\n"), "{came}");
    desk.ok(["meeting", "start", "MTG-1", "--as", "fay"]);
    let passed = desk.ok(["meeting", "consent", "MTG-1", "--as", "fay"]);
    assert_eq!(passed, "MTG-1: passed by consent: AGI-1, AGI-2, AGI-3.\n");

    // Gus owns the system of the fourth; with Cleo out of the room, their recusal breaks the quorum for it alone.
    desk.ok(["meeting", "item", "MTG-1", "4", "--as", "fay"]);
    desk.ok(["meeting", "leave", "MTG-1", "cleo", "--as", "fay"]);
    let recused = desk.ok(["meeting", "recuse", "MTG-1", "gus", "--why", "Owns the system", "--as", "fay"]);
    assert!(
        recused.ends_with("AGI-4: no quorum: 3 of 7 members count, 4 needed; 1 recused; with governance forum.\n"),
        "{recused}"
    );
    let refused = desk.fails(1, ["meeting", "decide", "MTG-1", "approve", "--why", "Fine", "--as", "fay"]);
    assert!(refused.contains("AGI-4 has no quorum") && refused.contains("recommendation"), "{refused}");
    let told = desk.ok(["meeting", "decide", "MTG-1", "recommend", "approve", "--why", "Fine by us", "--as", "fay"]);
    assert!(told.contains("recommended; it changes nothing"), "{told}");
    assert!(
        desk.fails(1, ["meeting", "vote", "MTG-1", "--for", "gus", "--as", "fay", "--withdraw"])
            .contains("No vote is open")
    );

    after_the_recusal(&desk);
    agrees(&desk);
    minutes_and_next(&desk);
}

/// One item deferred, one approved with two conditions, one rejected with a dissent, one approved by count, one talked about.
fn after_the_recusal(desk: &Desk) {
    desk.ok(["meeting", "item", "MTG-1", "next", "--as", "fay"]);
    let deferred = desk.ok(["meeting", "decide", "MTG-1", "defer", "--why", "The report is late", "--as", "fay"]);
    assert!(deferred.contains("REV-3: deferred (in force"), "{deferred}");

    desk.ok(["meeting", "arrive", "MTG-1", "cleo", "dan", "--as", "fay"]);
    desk.ok(["meeting", "item", "MTG-1", "next", "--as", "fay"]);
    let vote =
        desk.ok(["meeting", "vote", "MTG-1", "--for", "fay,ben,cleo,dan,gus", "--abstain", "eve", "--as", "fay"]);
    assert!(vote.starts_with("MOT-1 carried, by name: 5 in favour, 0 against, 1 abstaining"), "{vote}");
    let approved = desk.ok([
        "meeting",
        "decide",
        "MTG-1",
        "approve",
        "--why",
        "Good, with two things to do",
        "--condition",
        "Label 500 cases",
        "--owner",
        "sam",
        "--due",
        "+30d",
        "--condition",
        "Tell the council",
        "--owner",
        "dan",
        "--due",
        "+14d",
        "--as",
        "fay",
    ]);
    assert!(approved.contains("REV-4: approved with conditions (in force; decided as governance forum"), "{approved}");
    assert!(approved.contains("ACT-1 added: Label 500 cases.") && approved.contains("ACT-2 added"), "{approved}");

    desk.ok(["meeting", "item", "MTG-1", "next", "--as", "fay"]);
    desk.ok(["meeting", "note", "MTG-1", "The board saw figures of last year only.", "--as", "fay"]);
    desk.ok(["meeting", "note", "MTG-1", "Dan was cross", "--private", "--as", "fay"]);
    let vote = desk.ok([
        "meeting",
        "vote",
        "MTG-1",
        "--on",
        "reject",
        "--for",
        "fay,ben,cleo,gus",
        "--against",
        "dan",
        "--because",
        "The figures are good enough",
        "--as",
        "fay",
    ]);
    assert!(vote.contains("carried, by name: 4 in favour, 1 against"), "{vote}");
    desk.ok(["meeting", "decide", "MTG-1", "reject", "--why", "The figures are old", "--as", "fay"]);
    desk.ok([
        "action",
        "add",
        "Measure again",
        "--source",
        "AGI-7",
        "--review",
        "REV-6",
        "--owner",
        "sam",
        "--due",
        "+20d",
    ]);

    desk.ok(["meeting", "item", "MTG-1", "next", "--as", "fay"]);
    desk.ok(["meeting", "vote", "MTG-1", "--on", "approve", "--count", "6/0/0", "--as", "fay"]);
    desk.ok(["meeting", "decide", "MTG-1", "approve", "--why", "No objection", "--as", "fay"]);
    desk.ok(["meeting", "item", "MTG-1", "9", "--as", "fay"]);
    desk.ok(["meeting", "item", "MTG-1", "9", "--end", "discussed", "--note", "Nothing else", "--as", "fay"]);
    desk.ok(["meeting", "end", "MTG-1", "--as", "fay"]);
}

/// The records say what was decided, and the minutes and the summary say the same.
fn agrees(desk: &Desk) {
    for (review, stage) in [
        ("REV-1", "approved"),
        ("REV-2", "approved"),
        ("REV-3", "decision"),
        ("REV-4", "approved with conditions"),
        ("REV-5", "decision"),
        ("REV-6", "rejected"),
        ("REV-7", "approved"),
    ] {
        assert_eq!(desk.json(["review", "show", review, "--json"])["stage"], stage, "{review}");
    }
    let text = desk.ok(["meeting", "minutes", "MTG-1"]);
    let board = desk.json(["meeting", "agenda", "MTG-1", "--json"]);
    let outcomes: Vec<&str> =
        board["items"].as_array().into_iter().flatten().filter_map(|item| item["outcome"].as_str()).collect();
    let expected =
        ["decided", "decided", "noted", "recommended", "carried over", "decided", "decided", "decided", "discussed"];
    assert_eq!(outcomes, expected);
    for item in board["items"].as_array().into_iter().flatten() {
        let (reference, outcome) =
            (item["ref"].as_str().unwrap_or_default(), item["outcome"].as_str().unwrap_or_default());
        let part =
            text.split("\n## ").find(|part| part.contains(&format!("- **Item:** {reference},"))).expect(reference);
        assert!(part.contains(&format!("- **Outcome:** {outcome}")), "{part}");
        for decision in item["decisions"].as_array().into_iter().flatten() {
            let decision = decision.as_str().unwrap_or_default();
            let record = desk.json(["decision", "show", decision, "--json"]);
            let status = record["status"].as_str().unwrap_or_default();
            assert!(part.contains(&format!("**{decision}: ")) && part.contains(status), "{part}");
            for field in ["quorum", "votes"] {
                let said = record[field].as_str().unwrap_or_default();
                assert!(part.contains(said), "{field} of {decision}: {said}\n{part}");
            }
            assert_eq!(record["meeting"], "MTG-1");
        }
    }
    for part in [
        "Dissent: Dan Example: The figures are good enough",
        "Condition ACT-1: Label 500 cases (Sam Example, by ",
        "- **Recused:** Gus Example (Owns the system)",
        "> The board saw figures of last year only.",
        "| ACT-3 | Measure again | Sam Example |",
        "AGI-5 REV-3 Review 3: carried over to MTG-2",
        "| Finn Example | member | executive | absent |",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("cross"), "{text}");
    let summary = desk.ok(["meeting", "summary", "MTG-1"]);
    assert!(
        summary.contains("6. REV-4 Review 4: DEC-") && summary.contains("- ACT-3 Measure again (@sam, by "),
        "{summary}"
    );
    assert!(summary.lines().all(|line| line.chars().count() <= 160) && !summary.contains("cross"), "{summary}");
}

/// The head in the minutes is in the history; the next meeting has what was carried over and approves the minutes.
fn minutes_and_next(desk: &Desk) {
    let text = desk.ok(["meeting", "minutes", "MTG-1"]);
    let head = text.lines().find_map(|line| line.strip_prefix('`')?.strip_suffix('`')).expect("a head").to_owned();
    let verified = desk.json(["audit", "verify", "--against", &head, "--json"]);
    assert_eq!((&verified["ok"], verified["against"]["change"].is_number()), (&true.into(), true));
    let told = desk.ok(["audit", "verify", "--against", &head]);
    assert!(told.contains("The seal given is that of change "), "{told}");
    let stranger = desk.run(["audit", "verify", "--against", &"0".repeat(64)]);
    assert!(stranger.code == 1 && stranger.out.contains("is not part of this history"), "{}", stranger.out);

    desk.ok(["meeting", "minutes", "MTG-1", "--draft", "--as", "fay"]);
    desk.ok(["meeting", "minutes", "MTG-1", "--circulate", "--as", "fay"]);
    let page = desk.folder.path().join("minutes.html");
    desk.ok(["meeting", "minutes", "MTG-1", "--form", "html", "--out", "minutes.html"]);
    let html = fs::read_to_string(page).expect("a page");
    assert!(html.contains("Dissent: Dan Example") && !html.contains("<script"), "{html}");

    desk.ok(["meeting", "agenda", "MTG-2", "--propose"]);
    let took = desk.ok(["meeting", "agenda", "MTG-2", "--take", "1", "--as", "fay"]);
    assert!(took.contains("DOC-1 Minutes: Review board") && took.contains("REV-3 Review 3"), "{took}");
    desk.ok(["meeting", "arrive", "MTG-2", "fay", "ben", "cleo", "dan", "--as", "fay"]);
    desk.ok(["meeting", "start", "MTG-2", "--as", "fay"]);
    desk.ok(["meeting", "consent", "MTG-2", "--as", "fay"]);
    let meeting = desk.json(["meeting", "show", "MTG-1", "--json"]);
    assert_eq!((&meeting["minutes"], &meeting["minutes_status"]), (&"DOC-1".into(), &"approved".into()));
    let pack = desk.folder.path().join("pack");
    desk.ok(["meeting", "pack", "MTG-2", "--out", "pack"]);
    let json = fs::read_to_string(pack.join("pack.json")).expect("the model");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["registers"]["agenda"]["count"], 2);
    let queue: Vec<&str> = json["registers"]["queue"]["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["ref"].as_str())
        .collect();
    assert_eq!(queue, ["REV-3"], "just what is on the agenda");
    assert!(json["about"]["since"].is_string() && json["changes"].is_object(), "what changed since the last meeting");
    let over = desk.fails(1, ["meeting", "decide", "MTG-1", "--item", "6", "approve", "--why", "x", "--as", "fay"]);
    assert!(over.contains("not in session"), "{over}");
}

#[test]
fn meetings_are_planned_in_local_time_across_a_change_of_the_clocks() {
    let desk = Desk::empty();
    // The rule of central Europe, as POSIX writes it: the system needs no database of zones.
    let zone = "CET-1CEST,M3.5.0,M10.5.0/3";
    let run = |args: &[&str]| {
        let output = desk.command().env("TZ", zone).args(args).output().expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    run(&["init", "--name", "Ana Lima", "--handle", "ana"]);
    run(&["meeting", "plan", "--kind", "review board", "--until", "+300d"]);
    let meetings: serde_json::Value = serde_json::from_str(&run(&["meeting", "list", "--json"])).expect("JSON");
    let starts: std::collections::BTreeSet<String> = meetings
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|meeting| meeting["starts_at"].as_str().map(|at| at[11..16].to_owned()))
        .collect();
    assert_eq!(starts.into_iter().collect::<Vec<_>>(), ["12:00", "13:00"], "14:00 there, in summer and in winter");
    let again = run(&["meeting", "plan", "--kind", "review board", "--until", "+300d"]);
    assert_eq!(again, "", "what is planned stays");
    let calendar = run(&["meeting", "ics"]);
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.ends_with("END:VCALENDAR\r\n"), "{calendar}");
    assert!(calendar.contains("T120000Z\r\n") && calendar.contains("T130000Z\r\n"), "{calendar}");
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), meetings.as_array().map_or(0, Vec::len));
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let desk = board(2);
    item(&desk, "REV-1", "discussion", "approve");
    item(&desk, "REV-2", "discussion", "approve");
    assert!(
        desk.fails(1, ["meeting", "decide", "MTG-1", "--item", "1", "approve", "--why", "x", "--as", "fay"])
            .contains("not in session")
    );
    assert!(desk.fails(4, ["meeting", "vote", "MTG-1", "--for", "fay", "--as", "fay"]).contains("is at no item"));
    desk.ok(["meeting", "arrive", "MTG-1", "fay", "ben", "cleo", "dan", "--as", "fay"]);
    desk.ok(["meeting", "start", "MTG-1", "--as", "fay"]);
    let tie = desk.ok(["meeting", "vote", "MTG-1", "--for", "fay", "--against", "ben", "--as", "fay"]);
    assert!(tie.contains("It is a tie: nobody has decided it."), "{tie}");
    assert!(desk.fails(1, ["meeting", "decide", "MTG-1", "approve", "--why", "x", "--as", "fay"]).contains("tied"));
    desk.ok(["meeting", "vote", "MTG-1", "--for", "fay,ben,cleo", "--keep-open", "--as", "fay"]);
    // Somebody leaves in the middle of the vote, another one after having voted: the quorum is lost.
    desk.ok(["meeting", "leave", "MTG-1", "dan", "cleo", "--as", "fay"]);
    let ended = desk.ok(["meeting", "vote", "MTG-1", "--as", "fay"]);
    assert!(
        ended.contains("MOT-2 no quorum, by name: 3 in favour") && ended.contains("At the most it can be recommended"),
        "{ended}"
    );
    desk.ok(["meeting", "arrive", "MTG-1", "dan", "cleo", "--as", "fay"]);
    let many = desk.fails(1, ["meeting", "vote", "MTG-1", "--count", "4/1/0", "--as", "fay"]);
    assert!(many.contains("These are 5 votes, but 4 members"), "{many}");
    let guest = desk.fails(1, ["meeting", "vote", "MTG-1", "--for", "fay,sam", "--as", "fay"]);
    assert!(guest.contains("not on the list"), "{guest}");
    assert!(desk.fails(2, ["meeting", "vote", "MTG-1", "--count", "four", "--as", "fay"]).contains("three numbers"));
    assert!(desk.fails(4, ["meeting", "item", "MTG-1", "7", "--as", "fay"]).contains("no item “7”"));
    desk.ok(["meeting", "arrive", "MTG-1", "sam", "--seat", "guest", "--as", "fay"]);
    let right = desk.fails(9, ["meeting", "decide", "MTG-1", "--item", "2", "approve", "--why", "x", "--as", "sam"]);
    assert!(right.contains("rule own-work") && right.contains("It is for @fay"), "{right}");
    assert!(desk.fails(1, ["meeting", "start", "MTG-1", "--as", "fay"]).contains("in session already"));
    assert!(desk.fails(1, ["meeting", "delete", "MTG-1", "--as", "fay"]).contains("was held"));
    assert!(
        desk.fails(2, ["meeting", "agenda", "MTG-1", "--take", "99", "--as", "fay"]).contains("no number of the list")
    );
}
