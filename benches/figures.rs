//! The figures that README quotes: `cargo bench`.
//!
//! Makes a large workspace once (`PROBITY_BENCH_REVIEWS`, 10,000 unless set), and prints a table: from start to the
//! first full Desk, a key to its frame, the import of an inventory, the triage of all of it, the recomputing of the
//! history's chain, the figures of the programme, a million readings. Nothing here asserts a time.

#[path = "figures/programme.rs"]
mod programme;

use std::fmt::Write as _;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use probity::policy::Policy;
use probity::workspace::{Access, Options, Workspace};

const PROBITY: &str = env!("CARGO_BIN_EXE_probity");
const ROWS: NonZeroU16 = NonZeroU16::new(36).expect("not zero");
const COLUMNS: NonZeroU16 = NonZeroU16::new(120).expect("not zero");

fn main() -> io::Result<()> {
    // `cargo test` runs benches too, once, to see that they work: that is not the place to measure.
    if env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("figures");
    fs::create_dir_all(&folder)?;
    let reviews = env::var("PROBITY_BENCH_REVIEWS").unwrap_or_else(|_| "10000".to_owned());
    let large = folder.join(format!("programme-{reviews}.db"));
    let sample = folder.join("sample.db");
    prepare(&large, &["generate", "--reviews", &reviews, "--out"])?;
    prepare(&sample, &["init", "--sample", "--workspace"])?;
    println!("\n{:<78} {:>14}", "figure", "measured");
    println!("{}", "-".repeat(93));
    row("size of the large workspace", &format!("{} MB", fs::metadata(&large)?.len() / 1_000_000));
    start(&large)?;
    for (name, path) in [("sample", &sample), ("large", &large)] {
        keys(name, path)?;
    }
    verify(&large);
    import(&folder)?;
    triage(&folder)?;
    programme::figures(&large)?;
    programme::readings(&folder)
}

fn row(figure: &str, measured: &str) {
    println!("{figure:<78} {measured:>14}");
}

fn run(args: &[&str]) -> io::Result<Duration> {
    let begun = Instant::now();
    let output = Command::new(PROBITY).args(args).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(begun.elapsed())
}

fn prepare(path: &Path, args: &[&str]) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    eprintln!("making {} …", path.display());
    let mut args = args.to_vec();
    let place = path.to_string_lossy();
    args.push(&place);
    let took = run(&args)?;
    eprintln!("made in {:.1} s", took.as_secs_f64());
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn percentile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    let at = (times.len() as f64 * part) as usize;
    times[at.min(times.len() - 1)]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The program in a pseudo terminal, as a person sees it.
struct Terminal {
    master: Box<dyn portable_pty::MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    writer: Box<dyn io::Write + Send>,
    screen: Arc<Mutex<(vt100::Parser, Instant)>>,
}

impl Terminal {
    fn open(path: &Path) -> io::Result<Self> {
        let size = portable_pty::PtySize { rows: 36, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = portable_pty::native_pty_system().openpty(size).map_err(io::Error::other)?;
        let mut command = portable_pty::CommandBuilder::new(PROBITY);
        command.args(["--workspace", &path.to_string_lossy(), "desk"]);
        command.env("TERM", "xterm-256color");
        command.env("PROBITY_SETTINGS", "/nonexistent/settings.toml");
        let mut reader = pair.master.try_clone_reader().map_err(io::Error::other)?;
        let writer = pair.master.take_writer().map_err(io::Error::other)?;
        let screen = Arc::new(Mutex::new((vt100::Parser::new(ROWS, COLUMNS, 0), Instant::now())));
        let shown = screen.clone();
        thread::spawn(move || {
            let mut bytes = vec![0_u8; 65536];
            while let Ok(count @ 1..) = io::Read::read(&mut reader, &mut bytes) {
                let mut shown = shown.lock().expect("the screen");
                shown.0.process(&bytes[..count]);
                shown.1 = Instant::now();
            }
        });
        let child = pair.slave.spawn_command(command).map_err(io::Error::other)?;
        Ok(Self { master: pair.master, child, writer, screen })
    }

    fn text(&self) -> String {
        self.screen.lock().expect("the screen").0.screen().contents()
    }

    /// When the screen last changed, once it shows what is wanted.
    fn wait(&self, wanted: impl Fn(&str) -> bool) -> io::Result<Instant> {
        let begun = Instant::now();
        loop {
            {
                let screen = self.screen.lock().expect("the screen");
                if wanted(&screen.0.screen().contents()) {
                    return Ok(screen.1);
                }
            }
            if begun.elapsed() > Duration::from_secs(20) {
                return Err(io::Error::other(format!("not seen:\n{}", self.text())));
            }
            thread::sleep(Duration::from_micros(200));
        }
    }

    fn settle(&self) {
        loop {
            let last = self.screen.lock().expect("the screen").1;
            if last.elapsed() > Duration::from_millis(150) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// From a key to the first change of the screen.
    fn key(&mut self, bytes: &[u8]) -> io::Result<Option<f64>> {
        let before = self.screen.lock().expect("the screen").1;
        let pressed = Instant::now();
        self.writer.write_all(bytes)?;
        self.writer.flush()?;
        loop {
            let last = self.screen.lock().expect("the screen").1;
            if last != before {
                return Ok(Some(milliseconds(last - pressed)));
            }
            if pressed.elapsed() > Duration::from_millis(500) {
                return Ok(None);
            }
            thread::sleep(Duration::from_micros(50));
        }
    }

    fn resident(&self) -> u64 {
        let status = self.child.process_id().map(|id| format!("/proc/{id}/status"));
        let text = status.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    fn close(mut self) -> io::Result<()> {
        self.writer.write_all(b"\x1b\x1b\x1bq")?;
        self.writer.flush()?;
        let _ = self.child.kill();
        let _ = self.child.wait();
        drop(self.master);
        Ok(())
    }
}

/// All four panes show their counts, and the first review its next step.
fn full_desk(screen: &str) -> bool {
    let told = screen.contains("in queue") || screen.contains("overdue");
    told && screen.contains("next:") && screen.contains("REV-") && !screen.contains("Reading")
}

fn start(path: &Path) -> io::Result<()> {
    let version = (0..15).map(|_| run(&["--version"]).map(milliseconds)).collect::<io::Result<Vec<_>>>()?;
    let mut times = Vec::new();
    let mut resident = 0;
    for _ in 0..9 {
        let begun = Instant::now();
        let terminal = Terminal::open(path)?;
        let shown = terminal.wait(full_desk)?;
        times.push(milliseconds(shown - begun));
        terminal.settle();
        resident = resident.max(terminal.resident());
        terminal.close()?;
    }
    let (version, desk) = (median(version), median(times));
    row("`probity --version`, median of 15", &format!("{version:.1} ms"));
    row("from start to the first full Desk, median of 9", &format!("{desk:.1} ms"));
    row("  beyond `--version` (goal: 60 ms)", &format!("{:.1} ms", desk - version));
    row(
        "  most resident memory (goal: 100 MB)",
        &format!("{:.1} MB", f64::from(u32::try_from(resident).unwrap_or(0)) / 1024.0),
    );
    Ok(())
}

fn keys(name: &str, path: &Path) -> io::Result<()> {
    let mut terminal = Terminal::open(path)?;
    terminal.wait(full_desk)?;
    terminal.settle();
    let mut measure = |what: &str, script: &dyn Fn(usize) -> Vec<u8>, count: usize| -> io::Result<()> {
        let mut times = Vec::new();
        for at in 0..count {
            times.extend(terminal.key(&script(at))?);
        }
        terminal.settle();
        let (middle, high) = (percentile(&mut times, 0.5), percentile(&mut times, 0.99));
        row(&format!("{name}: {what}, p50 / p99 of {}", times.len()), &format!("{middle:.1} / {high:.1} ms"));
        Ok(())
    };
    // Up and down again, so that there is always a row to move to, on the sample too.
    measure("up and down the queue", &|at| if at / 10 % 2 == 0 { b"j".to_vec() } else { b"k".to_vec() }, 300)?;
    measure("to another pane", &|_| b"\t".to_vec(), 100)?;
    measure("into a review and back", &|at| if at % 2 == 0 { b"\r".to_vec() } else { b"\x1b".to_vec() }, 60)?;
    measure(
        "typing in the finder",
        &|at| if at == 0 { b"/".to_vec() } else { b"model risk "[at % 11..=at % 11].to_vec() },
        80,
    )?;
    terminal.close()
}

fn verify(path: &Path) {
    let policy = Arc::new(Policy::builtin());
    let options = Options { access: Access::Read, ..Options::default() };
    let workspace = Workspace::open(path, options, policy).expect("the large workspace");
    let begun = Instant::now();
    let verified = workspace.verify_history(&AtomicBool::new(false), |_| {}).expect("a history");
    let seconds = begun.elapsed().as_secs_f64();
    assert!(verified.broken.is_none(), "{:?}", verified.broken);
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = verified.entries as f64 / seconds;
    row(
        &format!("`audit verify` over {} entries (goal: 100,000 a second)", verified.entries),
        &format!("{rate:.0} /s"),
    );
}

/// Imports the inventory that `PROBITY_BENCH_INVENTORY` names, or one of 2,133 rows made here.
fn import(folder: &Path) -> io::Result<()> {
    let (file, mapping) = match env::var_os("PROBITY_BENCH_INVENTORY") {
        Some(file) => (PathBuf::from(file), "us-federal-2024"),
        None => (made_inventory(folder)?, "plain"),
    };
    let workspace = folder.join("import.db");
    let place = workspace.to_string_lossy().into_owned();
    let mut rates = Vec::new();
    for _ in 0..3 {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{place}{end}"));
        }
        run(&["--workspace", &place, "init"])?;
        let took = run(&["--workspace", &place, "import", "inventory", &file.to_string_lossy(), "--mapping", mapping])?;
        rates.push(2133.0 / took.as_secs_f64());
    }
    row(
        &format!("import of 2,133 rows, {mapping} (goal: 2,000 rows a second)"),
        &format!("{:.0} rows/s", median(rates)),
    );
    Ok(())
}

/// Classifies every review of the inventory that was imported last, with reasons.
fn triage(folder: &Path) -> io::Result<()> {
    let place = folder.join("import.db").to_string_lossy().into_owned();
    let once = || run(&["--workspace", &place, "triage", "--all", "--json"]).map(|took| took.as_secs_f64());
    let times = (0..5).map(|_| once()).collect::<io::Result<Vec<_>>>()?;
    row("`triage --all` over 2,133 reviews, median of 5 (goal: 5 s)", &format!("{:.2} s", median(times)));
    Ok(())
}

fn made_inventory(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("inventory.csv");
    let mut text = String::from("system.name,use_case,intended_use,personal_data,exposure\n");
    for number in 0..2133 {
        let _ = writeln!(
            text,
            "System {number},\"Sorts the incoming letters of office {number} by topic, so that they reach the right desk.\",\
             Clerks of the office use it to route letters; nobody else does.,personal,internal"
        );
    }
    fs::write(&path, text)?;
    Ok(path)
}
