//! The figures of `probity slices`: `cargo bench --bench slices`.
//!
//! Makes its own seeded predictions (`PROBITY_BENCH_ROWS`, 1000000,10000000 unless set), runs the real binary over them as
//! a whole process, and prints wall time and the peak of its private memory. With `PROBITY_BENCH_PYTHON`, a Python that
//! has them, the same work by fairlearn, duckdb, polars, sliceline and divexplorer is run beside it; what is not installed
//! is left out. Nothing here asserts a time.

// Times and counts for readers.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use std::{env, thread};

use probity::slices::read::{Columns, Watch};
use probity::slices::search::{self, Adjust, Direction, Options, Ranking, Searcher, Support};
use probity::slices::worst::{By, Encoded, Meaning};

const PROBITY: &str = env!("CARGO_BIN_EXE_probity");
const PYTHON: &str = include_str!("slices.py");
/// How often a process's memory is looked at.
const PAUSE: Duration = Duration::from_millis(2);
/// How often a short run is repeated; the median is told.
const AGAIN: usize = 5;

fn main() -> io::Result<()> {
    // `cargo test` runs benches too, once, to see that they work: that is not the place to measure.
    if env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("slices");
    fs::create_dir_all(&folder)?;
    let python = env::var_os("PROBITY_BENCH_PYTHON").map(PathBuf::from);
    let sizes = env::var("PROBITY_BENCH_ROWS").unwrap_or_else(|_| "1000000,10000000".to_owned());
    machine();
    println!("{:<64} {:>10} {:>12} {:>10}", "figure", "seconds", "private MB", "times");
    println!("{}", "-".repeat(99));
    for rows in sizes.split(',').filter_map(|rows| rows.trim().parse().ok()) {
        let file = folder.join(format!("predictions-{rows}.csv"));
        predictions(&file, rows)?;
        analysis(&file, rows, python.as_deref())?;
    }
    let adult = adult(&folder)?;
    search_here(&adult)?;
    search_beside(&adult, python.as_deref())
}

/// How busy the machine is: figures of one run can be held against each other, those of two runs hardly.
fn machine() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let begun = Instant::now();
    let mut mixed = 1_u64;
    for _ in 0..200_000_000_u64 {
        mixed = std::hint::black_box(mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17));
    }
    println!(
        "{cores} cores, load {}, 200 million multiplications in {:.2} s\n",
        load.trim(),
        begun.elapsed().as_secs_f64()
    );
}

/// One process's wall time in seconds, and the peak of its private memory in bytes.
struct Cost {
    seconds: f64,
    private: u64,
}

fn row(figure: &str, cost: &Cost, times: Option<f64>) {
    let times = times.map_or_else(String::new, |times| format!("{times:.1}"));
    let memory = if cost.private == 0 { "–".to_owned() } else { format!("{:.1}", cost.private as f64 / 1e6) };
    println!("{figure:<64} {:>10.3} {memory:>12} {times:>10}", cost.seconds);
}

/// Private memory that a process holds now: what it wrote to, not what it shares with the files it reads.
fn private(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().map_or(0, |kilobytes| kilobytes * 1024)
}

fn run(command: &mut Command) -> io::Result<Cost> {
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut peak = 0;
    let status = loop {
        peak = peak.max(private(&child));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(PAUSE);
    };
    let seconds = begun.elapsed().as_secs_f64();
    if status.success() {
        return Ok(Cost { seconds, private: peak });
    }
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut said)?;
    }
    Err(io::Error::other(said))
}

/// The median of several runs.
fn often(times: usize, mut command: impl FnMut() -> Command) -> io::Result<Cost> {
    let mut costs: Vec<Cost> = (0..times).map(|_| run(&mut command())).collect::<io::Result<_>>()?;
    costs.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    Ok(costs.swap_remove(times / 2))
}

fn probity(file: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(PROBITY);
    command
        .arg("slices")
        .arg(file)
        .args(["--y-true", "y_true", "--y-pred", "y_pred", "--format", "json"])
        .args(options);
    command
}

/// The same work by a Python package; nothing where it is not there.
fn python(python: Option<&Path>, task: &str, file: &Path) -> Option<Cost> {
    let mut command = Command::new(python?);
    command.args(["-c", PYTHON, task]).arg(file);
    match run(&mut command) {
        Ok(cost) => Some(cost),
        Err(error) => {
            let last = error.to_string().lines().last().unwrap_or_default().to_owned();
            println!("{task:<64} {:>10}  {last}", "–");
            None
        }
    }
}

fn analysis(file: &Path, rows: u64, with: Option<&Path>) -> io::Result<()> {
    let again = if rows > 2_000_000 { 3 } else { AGAIN };
    let by_race = often(again, || probity(file, &["--by", "race"]))?;
    row(&format!("{rows} rows: probity, by race, without scores"), &by_race, None);
    let crossed = often(again, || probity(file, &["--by", "sex,race,age_band", "--intersect", "sex,race,age_band"]))?;
    row(&format!("{rows} rows: probity, 60 groups, with intervals"), &crossed, None);
    let all = ["--score", "score", "--by", "sex,race,age_band,region", "--intersect", "sex,race,age_band"];
    let everything = often(again, || probity(file, &all))?;
    row(&format!("{rows} rows: probity, everything, with scores"), &everything, None);
    let worst = often(again, || probity(file, &[&all[..], &["--worst", "10"]].concat()))?;
    row(&format!("{rows} rows: probity, everything and the worst slices"), &worst, None);
    let beside = |task: &str, what: &str, ours: &Cost| {
        if let Some(cost) = python(with, task, file) {
            row(&format!("{rows} rows: {what}"), &cost, Some(cost.seconds / ours.seconds));
        }
    };
    beside("duckdb", "duckdb, bare counts (times: of everything with scores)", &everything);
    beside("polars", "polars, bare counts (times: of everything with scores)", &everything);
    if rows <= 1_000_000 {
        beside("fairlearn-race", "fairlearn, 8 metrics by race", &by_race);
        beside("fairlearn-crossed", "fairlearn, 8 metrics, 60 groups", &crossed);
        // A hundred bootstraps of a million rows take hours: they are timed on a part, in which their time is linear.
        let part = 20_000_u64.min(rows);
        if let Some(cost) = python(with, "fairlearn-bootstrap", file) {
            row(&format!("{part} of them: fairlearn, by race, 100 bootstraps"), &cost, None);
            let whole = cost.seconds * (rows as f64 / part as f64);
            println!(
                "  for {rows} rows some {whole:.0} s, which is {:.0} times probity with intervals",
                whole / by_race.seconds
            );
        }
    }
    Ok(())
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        // The square favours the first values, so that groups are of unlike size.
        let share = self.share();
        values[((share * share) * values.len() as f64) as usize]
    }
}

/// Predictions whose base rate and mistakes depend on the group.
fn predictions(path: &Path, rows: u64) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    eprintln!("making {} …", path.display());
    let regions: Vec<String> = (1..=20).map(|region| format!("Region {region}")).collect();
    let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
    let mut random = Random(20_261_128);
    let part = path.with_extension("part");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&part)?);
    writeln!(file, "y_true,y_pred,score,sex,race,age_band,region")?;
    let mut line = String::new();
    for _ in 0..rows {
        let sex = random.of(&["Male", "Female"]);
        let race = random.of(&["White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other"]);
        let age = random.of(&["25-34", "35-44", "45-54", "55-64", "65+", "under 25"]);
        let region = random.of(&regions);
        let lift = if sex == "Male" { 0.1 } else { 0.0 } + if race == "White" { 0.08 } else { 0.0 };
        let truth = random.share() < 0.2 + lift;
        let score = (0.3 + lift + if truth { 0.3 } else { 0.0 } + 0.5 * (random.share() - 0.5)).clamp(0.0, 1.0);
        line.clear();
        let (truth, selected) = (u8::from(truth), u8::from(score >= 0.5));
        let _ = writeln!(line, "{truth},{selected},{score:.6},{sex},{race},{age},{region}");
        file.write_all(line.as_bytes())?;
    }
    file.flush()?;
    fs::rename(part, path)
}

/// The rows of UCI Adult with binned columns, from their counts.
fn adult(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("adult.csv");
    let packed =
        File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/slices/data/adult_binned_counts.csv.gz"))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text)?;
    let mut rows = String::new();
    for (at, line) in text.lines().enumerate() {
        let Some((line, n)) = line.rsplit_once(',') else { continue };
        for _ in 0..if at == 0 { 1 } else { n.parse().unwrap_or(0) } {
            rows.push_str(line);
            rows.push('\n');
        }
    }
    fs::write(&path, rows)?;
    Ok(path)
}

fn names(file: &Path) -> io::Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    let header = text.lines().next().unwrap_or_default();
    Ok(header.split(',').filter(|name| !name.starts_with("y_")).map(str::to_owned).collect())
}

fn search_here(file: &Path) -> io::Result<()> {
    let columns = Columns {
        file: file.to_owned(),
        y_true: Some("y_true".to_owned()),
        y_pred: Some("y_pred".to_owned()),
        by: vec!["sex".to_owned()],
        ..Columns::default()
    };
    let cancel = AtomicBool::new(false);
    let mut watch = Watch { cancel: &cancel, tell: &mut |_, _| {} };
    let encoded = Encoded::read(&columns, &names(file)?, None, None, &mut watch).map_err(io::Error::other)?;
    let by = By::Sliceline;
    let measure = encoded.measure(by, Meaning { positive: Some(1), favourable: None }).map_err(io::Error::other)?;
    let mut searcher = Searcher::new(encoded.table);
    let begun = Instant::now();
    searcher.prepare(Support::Share(0.01).of(searcher.table().rows()));
    row("adult, once loaded: bitmaps", &Cost { seconds: begun.elapsed().as_secs_f64(), private: 0 }, None);
    let plain = Options { support: Support::Share(0.01), epsilon: None, adjust: Adjust::None, ..Options::default() };
    let mut told = |what: &str, options: &Options| -> io::Result<()> {
        let mut times = Vec::new();
        for _ in 0..AGAIN {
            let begun = Instant::now();
            searcher.search(&measure, options, &search::Watch::default()).map_err(io::Error::other)?;
            times.push(begun.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        row(&format!("adult, once loaded: {what}"), &Cost { seconds: times[AGAIN / 2], private: 0 }, None);
        Ok(())
    };
    for depth in [3, 4, 14] {
        told(&format!("top ten by sliceline's score, up to {depth} values"), &Options { depth, ..plain.clone() })?;
    }
    let ranking = Ranking::Divergence { direction: Direction::Highest };
    for depth in [3, 4, 14] {
        told(&format!("whole lattice, up to {depth} values"), &Options { depth, ranking, ..plain.clone() })?;
    }
    told("top ten of up to 3, p adjusted over all slices, pruned", &Options::default())
}

fn search_beside(file: &Path, with: Option<&Path>) -> io::Result<()> {
    let columns = names(file)?.join(",");
    let options = ["--by", "sex", "--columns", &columns, "--redundancy", "off", "--worst", "10"];
    let ours = often(AGAIN, || probity(file, &options))?;
    row("adult: probity, report and top ten slices, whole process", &ours, None);
    for (task, what) in [
        ("sliceline", "sliceline (PyPI), the same top ten"),
        ("divexplorer", "divexplorer (PyPI), same support, any depth"),
    ] {
        if let Some(cost) = python(with, task, file) {
            row(&format!("adult: {what}"), &cost, Some(cost.seconds / ours.seconds));
        }
    }
    Ok(())
}
