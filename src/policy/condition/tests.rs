use proptest::prelude::*;

use super::functions::mentions_any;
use super::*;
use crate::policy::tests::packet;

fn compiled(source: &str) -> Result<Condition, Vec<ConditionProblem>> {
    Condition::compile(source, ON_PACKET)
}

fn holds(source: &str, values: &[(&str, &str)]) -> Result<bool, String> {
    let condition = compiled(source).unwrap_or_else(|problems| panic!("{source}: {problems:?}"));
    condition.holds(&Facts::of_packet(&packet(values)))
}

fn problem(source: &str) -> ConditionProblem {
    match compiled(source) {
        Ok(_) => panic!("{source} is taken"),
        Err(problems) => problems[0].clone(),
    }
}

proptest! {
    /// Whatever is answered, the short way comes to the same as reckoning.
    #[test]
    fn what_names_nothing_answered_need_not_be_reckoned(
        said in proptest::collection::vec((0usize..4, "[a-z ]{0,6}"), 0..4),
        at in 0usize..6,
    ) {
        let sources = [
            "packet.domain == '' && !answered(packet.use_case)",
            "mentions(packet.use_case, ['hir', 'a']) || packet.exposure == 'public'",
            "!answered(packet.geography) || 'eu' in packet.geography",
            "packet.use_case.size() > 3",
            "true",
            "packet.geography[0] == 'eu'",
        ];
        let mut packet = Record::empty(&PACKET);
        for (field, text) in &said {
            packet.set(["domain", "use_case", "exposure", "languages"][*field], text.as_str());
        }
        let condition = Condition::trusted(sources[at], ON_PACKET);
        let facts = Facts::of_packet(&packet);
        let reckoned = condition.compiled().as_ref().map_err(Clone::clone).and_then(|whole| whole.evaluate(&facts));
        prop_assert_eq!(condition.holds(&facts), reckoned, "{} on {:?}", sources[at], said);
    }
}

#[test]
fn what_was_trusted_wrongly_is_an_error_and_never_an_answer() {
    for wrong in ["packet.domain ==", "packet.nonsense == ''", "1 / 0 == 1"] {
        let condition = Condition::trusted(wrong, ON_PACKET);
        assert!(condition.holds(&Facts::silent()).is_err(), "{wrong}");
        assert_eq!(condition.source(), wrong);
    }
    let condition = Condition::trusted("answered(packet.domain)", ON_PACKET);
    assert_eq!(condition.holds(&Facts::silent()), Ok(false));
    assert_eq!(condition.packet_fields().map(|field| field.name).collect::<Vec<_>>(), ["domain"]);
}

#[test]
fn conditions_ask_what_a_packet_says() {
    let llm = "packet.model_type in ['RAG', 'prompted LLM'] && packet.exposure != 'internal'";
    assert_eq!(holds(llm, &[("model_type", "RAG")]), Ok(true));
    assert_eq!(holds(llm, &[("model_type", "RAG"), ("exposure", "internal")]), Ok(false));
    assert_eq!(holds(llm, &[]), Ok(false));
    assert_eq!(holds("answered(packet.fallback)", &[("fallback", "  ")]), Ok(false));
    assert_eq!(holds("answered(packet.fallback) ? true : packet.tags == ['x']", &[("fallback", "x")]), Ok(true));
    assert_eq!(holds("size(packet.languages) == 0 && packet.version == 0", &[]), Ok(true));
    assert_eq!(holds("packet.planned_launch_on < '2027-01-01'", &[]), Ok(true));
    assert_eq!(holds("true", &[]), Ok(true));
}

#[test]
fn lists_and_dates_are_asked_in_their_own_way() {
    let mut said = packet(&[]);
    said.set("languages", vec!["de-AT".to_owned(), "fr".to_owned()]);
    said.set("planned_launch_on", chrono::NaiveDate::from_ymd_opt(2026, 12, 31).unwrap());
    let facts = Facts::of_packet(&said);
    let ask = |source: &str| compiled(source).unwrap().holds(&facts);
    assert_eq!(ask("packet.languages.exists(l, l.startsWith('de'))"), Ok(true));
    assert_eq!(ask("packet.languages.all(l, l in ['de-AT', 'fr'])"), Ok(true));
    assert_eq!(ask("'fr' in packet.languages && size(packet.languages) == 2"), Ok(true));
    assert_eq!(ask("['de', 'it'].exists(c, packet.languages.exists(l, l.startsWith(c)))"), Ok(true));
    assert_eq!(ask("packet.planned_launch_on == '2026-12-31'"), Ok(true));
}

#[test]
fn words_are_mentioned_from_their_start_in_any_case() {
    let values = [("use_case", "Ranks RÉSUMÉS for hiring; any language")];
    for (words, found) in
        [("'résum'", true), ("['pay', 'HIRI']", true), ("'age'", false), ("''", false), ("'ring'", false)]
    {
        assert_eq!(holds(&format!("mentions(packet.use_case, {words})"), &values), Ok(found), "{words}");
    }
    assert_eq!(holds("mentions(packet.geography, 'de')", &[]), Ok(false));
}

#[test]
fn a_condition_that_fails_says_so_and_is_never_taken_for_no() {
    let source = "answered(packet.use_case) && 1 / (size(packet.use_case) - 1) > 0";
    assert_eq!(holds(source, &[]), Ok(false));
    assert_eq!(holds(source, &[("use_case", "x")]), Err("it divides by zero.".to_owned()));
    assert!(problem("10 / size(packet.languages) > 2").message.contains("says nothing yet: it divides by zero"));
    assert!(problem("packet.languages[0] == 'de'").message.contains("beyond the end"));
    assert!(problem("size(packet.languages) - 9223372036854775807 - 9 > 0").message.contains("too large"));
}

#[test]
fn what_would_be_silently_false_is_refused() {
    for (source, offset, words) in [
        ("packet.exposure == 'pubic'", 19, "not a choice of exposure; expected one of: internal"),
        ("packet.exposure in ['public', 'kids']", 30, "not a choice of exposure"),
        ("'Public' != packet.exposure", 0, "not a choice of exposure"),
        ("packet.exposure == 3", 19, "a text never equals a whole number"),
        ("packet.languages == 'de'", 20, "a list never equals a text"),
        ("3 in packet.languages", 0, "never in a list of such things"),
        ("has(packet.fallback)", 4, "ask answered(packet.fallback)"),
        ("packet.fallback == null", 19, "ask answered"),
        ("packet.expsure == 'public'", 0, "did you mean “exposure”?"),
        ("packet['exposure'] == 'public'", 0, "write packet.exposure"),
        ("packet.answered > 3", 0, "not a field of the packet"),
        ("packet.exposure", 0, "true or false, not as a text"),
        ("packet.exposure || true", 0, "expected true or false here"),
        ("size(packet.languages)", 0, "not as a whole number"),
        ("risk.severity > 3", 0, "“risk” is not a name"),
        ("exposure == 'public'", 0, "packet.exposure and the like"),
        ("packet == packet", 0, "name a field of the packet"),
        ("anwered(packet.fallback)", 0, "not a function"),
        ("packet.use_case.matches('x')", 0, "not a function"),
        ("packet.languages.contains('x')", 0, "'x' in list"),
        ("packet.use_case + 'x' == 'x'", 0, "numbers only"),
        ("packet.tags.map(t, t + t) == ['x']", 0, "all(…) or exists(…) only"),
        ("packet.tags.exists_one(t, t == 'x')", 0, "all(…) or exists(…) only"),
        ("packet.tags.exists(t == 'x')", 0, "list.exists(x, condition on x)"),
        ("packet.use_case.exists(t, t == 'x')", 0, "look into lists, not a text"),
        ("packet.tags.exists(t, packet.languages.exists(l, l == t))", 0, "only one of them over a list"),
        ("packet.tags == []", 15, "an empty list tests nothing"),
        ("packet.tags == ['x', 3]", 21, "things of one kind"),
        ("{'a': 1} == {'a': 1}", 0, "no maps"),
        ("1u == 1u", 0, "whole numbers, numbers"),
        ("packet.use_case < 3", 18, "expected a text here"),
        ("packet.tags < packet.languages", 0, "no order"),
        ("packet.use_case.length > 3", 0, "only the packet has fields"),
    ] {
        let found = problem(source);
        assert!(found.message.contains(words), "{source}: {found:?}");
        // Calls are placed at their bracket, tests at their dot: somewhere in the part that is wrong.
        assert!(found.offset >= offset, "{source}: {found:?}");
    }
}

#[test]
fn problems_are_placed_in_the_condition() {
    for (source, at) in [
        ("packet.exposure == 'pubic'", "'pubic'"),
        ("mentions(packet.use_case, 'é日本')\n && packet.exposure == 'pubic'", "'pubic'"),
        ("'é' == 'é' && packet.users == nobody", "nobody"),
        ("true &&\n  'é' == ", ""),
    ] {
        let found = problem(source);
        assert_eq!(&source[found.offset..found.offset + at.len()], at, "{source}: {found:?}");
    }
    assert_eq!(compiled("packet.a == 1 && packet.b == 2").unwrap_err().len(), 2, "all are reported");
}

#[test]
fn conditions_are_bounded() {
    for source in [
        "(".repeat(1900),
        "!(".repeat(900) + "true" + &")".repeat(900),
        vec!["1"; 900].join("+") + " > 0",
        "[".repeat(900) + &"]".repeat(900) + " == [1]",
        "packet.tags".to_owned() + &".exists(t, true)".repeat(100),
        "x".repeat(2001),
        String::new(),
    ] {
        assert!(compiled(&source).is_err());
    }
    let many = vec!["packet.exposure == 'public'"; 60].join(" || ");
    assert!(compiled(&many).is_ok(), "a long list of alternatives is fine");
}

/// The plain way: the whole text in lower case.
fn mentioned(text: &str, word: &str) -> bool {
    let text = text.to_lowercase();
    let begins = |(at, _): (usize, &str)| text[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    !word.trim().is_empty() && text.match_indices(word).any(begins)
}

proptest! {
    #[test]
    fn the_quick_way_to_find_words_finds_what_the_plain_way_finds(
        text in "[aAbBéÉkK\u{212a}ßß ,.-]{0,24}",
        word in "[abékß ]{0,3}",
    ) {
        prop_assert_eq!(mentions_any(&text, &[word.to_lowercase()]), mentioned(&text, &word.to_lowercase()));
    }

    #[test]
    fn no_text_makes_the_compiler_panic(source in any::<String>()) {
        let _ = compiled(&source);
    }

    #[test]
    fn no_near_miss_makes_the_compiler_panic(source in
        "(packet|x|answered|mentions|size|has|exists|all|map|in|'a'|'\\\\|\"|1|0|true|null|[-+*/%&|!<>=?:.,(){}\\[\\]` é\n]){0,30}"
    ) {
        match compiled(&source) {
            Ok(condition) => prop_assert!(condition.holds(&Facts::of_packet(&packet(&[]))).is_ok()),
            Err(problems) => prop_assert!(problems.iter().all(|problem| source.is_char_boundary(problem.offset))),
        }
    }
}
