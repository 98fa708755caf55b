//! What the programme tells over everything: figures, history, what is due, readings of a signal. Whole processes, since that
//! is what people wait for.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use super::{median, milliseconds, row, run};

/// How often each is run; the median is told.
const AGAIN: usize = 5;

/// What is asked of the large workspace, and what it may take.
const ASKED: &[(&str, &[&str])] = &[
    ("`kpi`, all sixteen for twelve months with trends (goal: 1 s)", &["kpi"]),
    ("`kpi --by team` (goal: 1 s)", &["kpi", "--by", "team"]),
    ("`kpi --by tier` (goal: 1 s)", &["kpi", "--by", "tier"]),
    ("`kpi records mitigation-closure`, a page of 50", &["kpi", "records", "mitigation-closure"]),
    ("`insights funnel`", &["insights", "funnel"]),
    ("`insights ageing`", &["insights", "ageing"]),
    ("`insights cycle`", &["insights", "cycle"]),
    ("`insights forecast`, with its track record", &["insights", "forecast"]),
    ("`insights recurring`", &["insights", "recurring"]),
    ("`insights late`", &["insights", "late"]),
    ("`insights readout`", &["insights", "readout"]),
    ("`due`", &["due"]),
];

fn told(figure: &str, times: Vec<f64>) {
    let middle = median(times);
    row(&format!("{figure}, median of {AGAIN}"), &format!("{:.2} s", middle / 1000.0));
}

fn again(mut once: impl FnMut() -> io::Result<Duration>) -> io::Result<Vec<f64>> {
    (0..AGAIN).map(|_| once().map(milliseconds)).collect()
}

/// What a lead of the programme asks of the large workspace.
pub fn figures(large: &Path) -> io::Result<()> {
    let place = large.to_string_lossy();
    for (figure, asked) in ASKED {
        let args: Vec<&str> = ["--workspace", &place].into_iter().chain(asked.iter().copied()).collect();
        told(figure, again(|| run(&args))?);
    }
    Ok(())
}

/// A million readings of a signal: taken in, told and drawn.
pub fn readings(folder: &Path) -> io::Result<()> {
    let file = folder.join("readings.csv");
    let mut text = String::from("time,value\n");
    for number in 0..1_000_000_u32 {
        // Every twenty seconds from the start of 2026; the value stays under the threshold but for one in ten thousand.
        let value =
            if number % 10_000 == 9_999 { 0.2 } else { f64::from(number.wrapping_mul(2_654_435_761) >> 26) / 1000.0 };
        let _ = writeln!(text, "{},{value}", 1_767_225_600 + u64::from(number) * 20);
    }
    fs::write(&file, text)?;
    let (place, file) =
        (folder.join("readings.db").to_string_lossy().into_owned(), file.to_string_lossy().into_owned());
    let taken = || -> io::Result<Duration> {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{place}{end}"));
        }
        let on = |args: &[&str]| run(&[&["--workspace", &place], args].concat());
        on(&["init", "--name", "Ana Lima", "--handle", "ana"])?;
        on(&["system", "add", "Resume screener"])?;
        on(&["signal", "add", "Gap", "--system", "SYS-1", "--threshold", "0.1", "--owner", "me", "--status", "live"])?;
        on(&["signal", "read", "SIG-1", &file, "--raise"])
    };
    told("a million readings taken in, 100 alerts raised (`signal read --raise`)", again(taken)?);
    for (figure, format) in [("told (`signal series`)", "text"), ("drawn (`signal series --format svg`)", "svg")] {
        let args = ["--workspace", &place, "signal", "series", "SIG-1", "--format", format];
        told(&format!("a million readings {figure}"), again(|| run(&args))?);
    }
    Ok(())
}
