//! A predictions file, read once on all cores and counted into [`Cells`]. What is kept grows with the number of
//! combinations of values, not with the number of rows (but for scores up to a million rows, and what a user asks for by
//! naming an id column).

mod chunk;
mod decode;
pub mod exact;
mod intern;
mod merge;
pub mod number;
pub mod plan;
mod row;
mod scores;
mod source;
mod worker;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

use memchr::memchr_iter;
use serde::{Deserialize, Serialize};

pub use plan::{Columns, Missing};

use super::cells::{Cells, EXACT_ROWS};
use super::error::{Error, Result};
use chunk::{BLOCK, Block, Chunker, Marks};
use plan::Plan;
use row::Fault;
use source::{Source, Stamp};
use worker::{Shared, Worker};

/// How much of a file is looked at to tell what separates its cells, in bytes.
const BEGINNING: usize = 1 << 16;

/// The longest header.
const LONGEST_HEADER: usize = 16 << 20;

/// What was read of a file, and what was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// The file's name as it was given.
    pub file: String,
    /// SHA-256 over its bytes as they are stored.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// How its text is encoded, and packed.
    pub encoding: String,
    /// What separates its cells.
    pub separator: char,
    /// How many columns it has.
    pub columns: usize,
    /// How many rows.
    pub rows: u64,
    /// How many rows were counted.
    pub used: u64,
    /// Why the others were left out, and how many.
    pub dropped: Vec<Count>,
    /// How many of the used rows share their id with another one; none where no id column was named.
    pub repeated_ids: Option<u64>,
}

/// How often something is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What.
    pub what: String,
    /// How many rows.
    pub n: u64,
}

/// One model's predictions.
#[derive(Debug, Clone)]
pub struct Model {
    /// The model's name in its column; none where there is no such column.
    pub name: Option<String>,
    /// The counts.
    pub cells: Cells,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Read {
    /// About the file.
    pub facts: FileFacts,
    /// The models, by their names.
    pub models: Vec<Model>,
    /// For each row in the order of the file, which cell of the first model it is in; none for rows left out. Empty
    /// where it was not asked for, or there are too many rows.
    pub trail: Vec<Option<u32>>,
}

/// Watches over a long read.
pub struct Watch<'a> {
    /// Set by whoever wants it to end.
    pub cancel: &'a AtomicBool,
    /// Told how many bytes of the file are read, and how many there are where that is known.
    pub tell: &'a mut (dyn FnMut(u64, Option<u64>) + Send),
}

/// Reads a file.
///
/// # Errors
/// Where it cannot be read or taken in, changed while it was read, or the user cancelled.
pub fn read(columns: &Columns, positive: Option<&str>, watch: &mut Watch<'_>) -> Result<Read> {
    let mut source = Source::open(&columns.file)?;
    let (beginning, marks) = begin(&mut source, columns.separator)?;
    let (cells, data) = row::header(&beginning, marks).unwrap_or_default();
    let header = decode::texts(&cells);
    let plan = Plan::of(columns, &header, marks, &source.name)?;
    let size = if columns.block == 0 { BLOCK } else { columns.block };
    let skipped = memchr_iter(marks.row, beginning.get(..data).unwrap_or_default()).count() as u64;
    let rest = beginning.get(data..).unwrap_or_default().to_vec();
    let chunker = Chunker::new(marks, rest, size, 1 + skipped);
    let shared = Shared {
        plan: &plan,
        missing: columns.missing,
        comma: columns.decimal_comma,
        threshold: columns.threshold,
        trail: columns.trail,
        exact_rows: columns.exact_rows.unwrap_or(EXACT_ROWS),
        kept: AtomicU64::new(0),
    };
    let threads = match columns.threads {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        threads => threads,
    };
    let mut workers = run(&mut source, chunker, &shared, threads, watch)?;
    let (name, form) = (source.name.clone(), source.form);
    let stamp = source.finish()?;
    let kept: usize = workers.iter().map(|worker| worker.scores.len() + worker.values.len()).sum();
    let spilled = workers.iter().any(|worker| worker.scores.spilled || worker.values.spilled);
    if spilled || kept as u64 > shared.exact_rows {
        workers.iter_mut().for_each(Worker::spill);
    }
    let about = About { name, form, stamp, header: cells, positive };
    merge::merge(&workers, &shared, &about)
}

/// What is known of a file besides its counts.
struct About<'a> {
    name: String,
    form: Option<&'static str>,
    stamp: Stamp,
    header: Vec<Vec<u8>>,
    positive: Option<&'a str>,
}

/// The beginning of a file, at least its header, and what separates its cells.
fn begin(source: &mut Source, separator: Option<u8>) -> Result<(Vec<u8>, Marks)> {
    let mut bytes = Vec::new();
    let refuse = |source: &Source, message: &str| {
        Err(Error::Content { file: source.name.clone(), line: None, message: message.to_owned() })
    };
    loop {
        let more = source.fill(&mut bytes, BEGINNING)?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            if more {
                continue;
            }
            return refuse(source, "the file is empty.");
        }
        let row = if bytes.contains(&b'\n') || !bytes.contains(&b'\r') { b'\n' } else { b'\r' };
        let cell = separator.unwrap_or_else(|| detect(&bytes, row));
        if !more {
            bytes.push(row);
        }
        if let Some(end) = header_end(&bytes, Marks { cell, row }) {
            if bytes.get(..end).unwrap_or_default().contains(&0) {
                return refuse(source, "this is no text; save it as CSV or TSV, which may be packed with gzip.");
            }
            return Ok((bytes, Marks { cell, row }));
        }
        if !more || bytes.len() > LONGEST_HEADER {
            return refuse(source, "a quote opens in the header and is never closed, or the header never ends.");
        }
    }
}

/// Where the header ends, if its end has been read.
fn header_end(bytes: &[u8], marks: Marks) -> Option<usize> {
    let (_, end) = row::header(bytes, marks)?;
    let ended = end > 0 && bytes.get(end - 1) == Some(&marks.row);
    ended.then_some(end)
}

/// The separator that cuts the header into the most cells.
fn detect(bytes: &[u8], row: u8) -> u8 {
    let mut best = (b',', 1);
    for cell in [b',', b';', b'\t', b'|'] {
        let count = row::header(bytes, Marks { cell, row }).map_or(0, |(cells, _)| cells.len());
        if count > best.1 {
            best = (cell, count);
        }
    }
    best.0
}

/// The first row that could not be taken in: its line and what is wrong.
type First = Mutex<Option<(u64, String)>>;

/// Hands out blocks to threads, and collects what they counted.
fn run<'a>(
    source: &mut Source,
    mut chunker: Chunker,
    shared: &'a Shared<'a>,
    threads: usize,
    watch: &mut Watch<'_>,
) -> Result<Vec<Worker<'a>>> {
    let (first, stop) = (First::new(None), AtomicBool::new(false));
    let (send, receive) = sync_channel::<(u64, Block)>(threads * 2);
    let (give_back, used) = channel::<Block>();
    let receive = Mutex::new(receive);
    let (ended, workers) = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                let (give_back, receive, first, stop) = (give_back.clone(), &receive, &first, &stop);
                let cancel = watch.cancel;
                scope.spawn(move || work(shared, receive, &give_back, first, stop, cancel))
            })
            .collect();
        drop(give_back);
        let ended = feed(source, &mut chunker, send, &used, &stop, watch);
        let workers: Vec<Worker<'a>> = handles.into_iter().filter_map(|handle| handle.join().ok()).collect();
        (ended, workers)
    });
    let found = first.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((line, message)) = found {
        return Err(Error::Content { file: source.name.clone(), line: Some(line), message });
    }
    ended?;
    if watch.cancel.load(Ordering::Relaxed) {
        return Err(Error::Cancelled);
    }
    Ok(workers)
}

/// Reads the file block by block, until it ends, a row is refused, or the user cancels.
#[allow(clippy::needless_pass_by_value)] // That `send` ends here tells the threads that there is no more.
fn feed(
    source: &mut Source,
    chunker: &mut Chunker,
    send: SyncSender<(u64, Block)>,
    used: &Receiver<Block>,
    stop: &AtomicBool,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        if watch.cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let old = used.try_recv().unwrap_or_default();
        let Some(block) = chunker.next(source, old)? else { break };
        if send.send((number, block)).is_err() {
            break;
        }
        number += 1;
        (watch.tell)(source.position(), source.size);
    }
    Ok(())
}

/// Counts blocks until there are no more. All blocks that were handed out are counted even after a row was refused, so
/// that of several such rows the first one is told, whichever thread met it.
fn work<'a>(
    shared: &'a Shared<'a>,
    receive: &Mutex<Receiver<(u64, Block)>>,
    give_back: &Sender<Block>,
    first: &First,
    stop: &AtomicBool,
    cancel: &AtomicBool,
) -> Worker<'a> {
    let mut worker = Worker::new(shared);
    loop {
        let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, block)) = next else { return worker };
        if cancel.load(Ordering::Relaxed) {
            continue;
        }
        if let Err(fault) = worker.block(number, &block) {
            stop.store(true, Ordering::Relaxed);
            let line = line_of(&block, shared.plan.marks, &fault);
            let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
            if first.as_ref().is_none_or(|(known, _)| line < *known) {
                *first = Some((line, fault.message));
            }
        }
        // Nobody takes it back once the file has ended.
        let _ = give_back.send(block);
    }
}

fn line_of(block: &Block, marks: Marks, fault: &Fault) -> u64 {
    block.line + memchr_iter(marks.row, block.bytes.get(..fault.at).unwrap_or_default()).count() as u64
}
