//! `probity kpi`: the programme's figures, and the records behind each.

use clap::{Arg, ArgMatches, Command};
use serde_json::json;

use super::Context;
use super::exit::{Done, Failure};
use super::out::{Out, Style, note};
use super::table::{Column, Table};
use crate::report::{figures, trend};
use crate::review::kpi::{self, By, Figure, KPIS, Kpi, Period, Verdict};
use crate::session::{Session, today};
use crate::text;

/// How many records are told at once, unless said otherwise.
const PAGE: usize = 50;

/// The option that names a period.
pub(super) fn period_arg() -> Arg {
    Arg::new("period")
        .long("period")
        .value_name("PERIOD")
        .allow_hyphen_values(true)
        .help(format!("{}; the last twelve months, unless said.", kpi::EXAMPLES))
}

/// The period that is asked for.
pub(super) fn period_of(matches: &ArgMatches) -> Done<Period> {
    match matches.get_one::<String>("period") {
        Some(typed) => Period::parse(typed).map_err(|why| Failure::Usage(format!("--period: {why}"))),
        None => Ok(Period::year_to(today())),
    }
}

/// The command.
pub fn command() -> Command {
    let by = Arg::new("by").long("by").value_name("WHAT").value_parser(["team", "tier", "area"]);
    let format = Arg::new("format").long("format").value_name("FORMAT").value_parser(["table", "csv", "json", "html"]);
    let only = |required: bool| {
        Arg::new("kpi").value_name("KPI").required(required).help("A figure, by its id such as cycle-time.")
    };
    Command::new("kpi")
        .about("Computes the programme's sixteen figures for a period, with target, trend and what they rest on.")
        .long_about(
            "Computes the programme's sixteen figures from the records, for any period: value, target, numerator, \
             denominator, n, and the trend over quarters, or over periods as short as this one. What happened is judged \
             by the policy that was in force when it happened. Where there is nothing to count it says “no data”, never 0 % or 100 %.",
        )
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .args([
            only(false),
            period_arg(),
            by.help("Tell groups apart: the team or product area of the system, or the tier of the review."),
            format.default_value("table").help("How to print it; json is an array of objects."),
        ])
        .subcommand(
            Command::new("records").about("Lists the records behind a figure, a page at a time.").args([
                only(true),
                period_arg(),
                Arg::new("limit")
                    .long("limit")
                    .value_name("N")
                    .value_parser(clap::value_parser!(u32).range(1..=10_000))
                    .help("At most so many; 50, unless said."),
                Arg::new("offset")
                    .long("offset")
                    .value_name("N")
                    .value_parser(clap::value_parser!(u32))
                    .help("Leave out so many at the start."),
                Arg::new("missing")
                    .long("missing")
                    .action(clap::ArgAction::SetTrue)
                    .help("Only those that do not stand in the numerator: what would have to be mended."),
                Arg::new("json").long("json").action(clap::ArgAction::SetTrue).help("Print a JSON array of objects."),
            ]),
        )
        .subcommand(Command::new("formulas").about("Says how each figure is computed."))
}

/// Runs it.
pub fn run(matches: &ArgMatches, context: &mut Context) -> Done {
    match matches.subcommand() {
        Some(("records", matches)) => return run_records(matches, context),
        Some(("formulas", _)) => return formulas(&mut context.out),
        _ => {}
    }
    let only: Vec<&'static Kpi> = named(matches)?.into_iter().collect();
    let by = matches.get_one::<String>("by").map(|by| match by.as_str() {
        "team" => By::Team,
        "tier" => By::Tier,
        _ => By::Area,
    });
    let period = period_of(matches)?;
    let session = context.open()?;
    let all = compute(&session, &period, by, &only)?;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => context.out.json(&all.iter().map(figures::json).collect::<Vec<_>>().into()),
        Some("csv") => context.out.text(&figures::csv(&period, &all).map_err(Failure::Output)?),
        Some("html") => {
            let page = trend::page(&session.workspace.name(), &period, &all, today());
            context.out.raw(page.as_bytes())
        }
        _ => table(&all, &period, &mut context.out),
    }
}

/// The figures of a session's workspace, read in one state of it.
pub(super) fn compute(session: &Session, period: &Period, by: Option<By>, only: &[&'static Kpi]) -> Done<Vec<Figure>> {
    let policies = session.policies_over_time()?;
    let all = session.workspace.snapshot(|workspace| kpi::figures(workspace, &policies, period, by, only, today()));
    Ok(all?)
}

fn named(matches: &ArgMatches) -> Done<Option<&'static Kpi>> {
    let Some(id) = matches.get_one::<String>("kpi") else { return Ok(None) };
    let found = kpi::kpi(id).ok_or_else(|| {
        let ids: Vec<&str> = KPIS.iter().map(|kpi| kpi.id).collect();
        Failure::Usage(format!("There is no figure “{}”; there are: {}.", text::line(id), ids.join(", ")))
    });
    found.map(Some)
}

fn table(all: &[Figure], period: &Period, out: &mut Out) -> Done {
    out.heading(&format!("{} ({} to {})", period.name, period.from, period.to))?;
    let grouped = all.iter().any(|figure| figure.group.is_some());
    let mut columns = vec![Column::new("KPI", 34)];
    columns.extend(grouped.then(|| Column::new("Group", 18)));
    columns.extend([Column::whole("Value"), Column::whole("Target"), Column::whole("")]);
    columns.extend([Column::whole("Counted"), Column::whole("n"), Column::whole("Trend")]);
    let plain = out.is_plain();
    // Groups without a figure are named below, and take no line each.
    let (there, without): (Vec<&Figure>, Vec<&Figure>) =
        all.iter().partition(|figure| !grouped || figure.counted.value.is_some());
    let rows: Vec<Vec<String>> = there
        .iter()
        .map(|figure| {
            let mut row = vec![figure.kpi.name.to_owned()];
            row.extend(figure.group.as_ref().filter(|_| grouped).map(|group| figures::group_name(group)));
            let verdict = match figure.verdict {
                Verdict::Open => String::new(),
                verdict => verdict.word().to_owned(),
            };
            let trend = if plain { spoken_trend(figure) } else { sparkline(&figure.trend) };
            row.extend([figure.shown(), figure.goal.words.clone(), verdict, figure.ratio(" / ")]);
            row.extend([figure.counted.n.to_string(), trend]);
            row
        })
        .collect();
    Table::new(columns).print(out, &rows)?;
    for kpi in KPIS {
        let of = without.iter().filter(|figure| figure.kpi.id == kpi.id);
        let names: Vec<String> = of.filter_map(|figure| figure.group.as_deref().map(figures::group_name)).collect();
        if !names.is_empty() {
            out.paragraph(0, &format!("{}, no data: {}", kpi.name, names.join(", ")))?;
        }
    }
    for figure in all.iter().filter(|figure| figure.group.is_none() && !figure.counted.more.is_empty()) {
        out.styled(Style::Faint, &format!("{}: {}", figure.kpi.name, figures::more(figure)))?;
        out.end()?;
    }
    Ok(())
}

/// The trend as bars; a dot where there is no figure.
pub(super) fn sparkline(trend: &[(String, Option<f64>)]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let values = trend.iter().filter_map(|(_, value)| *value);
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)));
    let bar = |value: f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of seven")]
        let at = (share * 7.0).round() as usize;
        BARS.get(at).copied().unwrap_or('█')
    };
    trend.iter().map(|(_, value)| value.map_or('·', bar)).collect()
}

fn spoken_trend(figure: &Figure) -> String {
    let told = |value: Option<f64>| value.map_or_else(|| "no data".to_owned(), |value| figure.kpi.unit.shown(value));
    figure.trend.iter().map(|(period, value)| format!("{period}: {}", told(*value))).collect::<Vec<_>>().join("; ")
}

fn run_records(matches: &ArgMatches, context: &mut Context) -> Done {
    let Some(kpi) = named(matches)? else { return Ok(()) };
    let period = period_of(matches)?;
    let count = |name: &str| matches.get_one::<u32>(name).and_then(|count| usize::try_from(*count).ok());
    let (limit, offset) = (count("limit").unwrap_or(PAGE), count("offset").unwrap_or(0));
    let session = context.open()?;
    let figure = compute(&session, &period, None, &[kpi])?.pop();
    let Some(figure) = figure else { return Ok(()) };
    let missing = matches.get_flag("missing");
    let behind: Vec<&kpi::Behind> = figure.counted.behind.iter().filter(|one| !missing || !one.counts).collect();
    // Only the page that is shown is read.
    let mut rows = Vec::new();
    for one in behind.iter().skip(offset).take(limit) {
        let record = session.workspace.get(one.kind, &one.id)?;
        rows.push((record.reference().to_owned(), one.counts, record.title().to_owned(), one.kind.name));
    }
    if matches.get_flag("json") {
        let rows = rows.iter().map(|(reference, counts, title, kind)| {
            json!({"ref": reference, "kind": kind, "counts": counts, "title": title})
        });
        return context.out.json(&rows.collect::<Vec<_>>().into());
    }
    context.out.heading(&format!("{}, {}: {} ({})", kpi.name, period.name, figure.shown(), figure.ratio(" / ")))?;
    let yes = |counts: bool| if counts { "counts" } else { "does not" }.to_owned();
    let lines: Vec<Vec<String>> =
        rows.into_iter().map(|(reference, counts, title, _)| vec![reference, yes(counts), title]).collect();
    let shown = lines.len();
    Table::new(vec![Column::whole("Ref"), Column::whole("Numerator"), Column::new("Title", 60)])
        .print(&mut context.out, &lines)?;
    if offset + shown < behind.len() {
        note(&format!("{} of {}; --offset {} goes on.", offset + shown, behind.len(), offset + shown));
    }
    Ok(())
}

fn formulas(out: &mut Out) -> Done {
    for kpi in KPIS {
        out.styled(Style::Strong, kpi.id)?;
        out.line(&format!("  {}", kpi.name))?;
        out.paragraph(2, kpi.formula)?;
    }
    Ok(())
}
