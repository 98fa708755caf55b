//! The file as a stream of bytes of text: unpacked, without a byte-order mark, hashed as it is stored.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::slices::error::{Error, Result};

/// How many bytes are looked at to tell what a file is.
const HEAD: usize = 8;

/// The stored bytes, hashed and counted as they go by.
struct Stored {
    inner: Box<dyn Read + Send>,
    head: Vec<u8>,
    seen: Arc<Mutex<Seen>>,
}

/// What is known of the bytes that went by.
#[derive(Default)]
struct Seen {
    hash: Sha256,
    bytes: u64,
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            let count = buffer.len().min(self.head.len());
            for (to, from) in buffer.iter_mut().zip(self.head.drain(..count)) {
                *to = from;
            }
            return Ok(count);
        }
        let count = self.inner.read(buffer)?;
        note(&self.seen, buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

fn note(seen: &Mutex<Seen>, bytes: &[u8]) {
    if let Ok(mut seen) = seen.lock() {
        seen.hash.update(bytes);
        seen.bytes += bytes.len() as u64;
    }
}

/// An opened file.
pub struct Source {
    /// Its name, for messages.
    pub name: String,
    /// How many bytes it has on disk; none for a pipe.
    pub size: Option<u64>,
    /// How it is packed and encoded, where that is not plain text.
    pub form: Option<&'static str>,
    body: Body,
    seen: Arc<Mutex<Seen>>,
    file: Option<File>,
}

enum Body {
    Plain(Box<dyn Read + Send>),
    Utf16 { reader: Box<dyn Read + Send>, decoder: Decoder, raw: Vec<u8>, ended: bool },
}

/// What the whole file was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// SHA-256 over the bytes as they are stored, in hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub bytes: u64,
}

impl Source {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// Where it cannot be opened, is a folder, or holds something that is no text.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let failed = |source| Error::Read { file: name.clone(), source };
        if path == Path::new("-") {
            return Self::of("standard input".to_owned(), Box::new(io::stdin()), None, None);
        }
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_dir() {
            let message = "this is a folder; name a file in it.".to_owned();
            return Err(Error::Content { file: name, line: None, message });
        }
        let size = about.is_file().then_some(about.len());
        let again = size.and_then(|_| file.try_clone().ok());
        Self::of(name, Box::new(file), size, again)
    }

    fn of(name: String, mut inner: Box<dyn Read + Send>, size: Option<u64>, file: Option<File>) -> Result<Self> {
        let failed = |source| Error::Read { file: name.clone(), source };
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut head = Vec::new();
        inner.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
        note(&seen, &head);
        let packed = head.starts_with(&[0x1f, 0x8b]);
        if !packed && let Some(what) = other_format(&head) {
            let message = format!("this is {what}; save it as CSV or TSV, which may be packed with gzip.");
            return Err(Error::Content { file: name, line: None, message });
        }
        let stored = Stored { inner, head, seen: seen.clone() };
        let mut unpacked: Box<dyn Read + Send> =
            if packed { Box::new(MultiGzDecoder::new(stored)) } else { Box::new(stored) };
        let mut mark = Vec::new();
        unpacked.by_ref().take(3).read_to_end(&mut mark).map_err(failed)?;
        let (skip, wide) = match mark.as_slice() {
            [0xef, 0xbb, 0xbf] => (3, None),
            [0xff, 0xfe, ..] => (2, Some(UTF_16LE)),
            [0xfe, 0xff, ..] => (2, Some(UTF_16BE)),
            _ => (0, None),
        };
        let rest: Box<dyn Read + Send> = Box::new(io::Cursor::new(mark.split_off(skip)).chain(unpacked));
        let body = match wide {
            Some(encoding) => {
                let decoder = encoding.new_decoder_without_bom_handling();
                Body::Utf16 { reader: rest, decoder, raw: Vec::new(), ended: false }
            }
            None => Body::Plain(rest),
        };
        let form = match (packed, wide.is_some()) {
            (true, true) => Some("gzip, UTF-16"),
            (true, false) => Some("gzip"),
            (false, true) => Some("UTF-16"),
            (false, false) => None,
        };
        Ok(Self { name, size, form, body, seen, file })
    }

    /// How many stored bytes have been read.
    pub fn position(&self) -> u64 {
        self.seen.lock().map_or(0, |seen| seen.bytes)
    }

    /// Appends at least one byte of text to `to`, and as many as `most` where they are at hand; false at the end.
    ///
    /// # Errors
    /// Where the file cannot be read or unpacked.
    pub fn fill(&mut self, to: &mut Vec<u8>, most: usize) -> Result<bool> {
        let before = to.len();
        let done = match &mut self.body {
            Body::Plain(reader) => reader.by_ref().take(most as u64).read_to_end(to).map(drop),
            Body::Utf16 { reader, decoder, raw, ended } => widen(reader, decoder, raw, ended, to, most),
        };
        done.map_err(|source| Error::Read { file: self.name.clone(), source })?;
        Ok(to.len() > before)
    }

    /// What the file was, now that all of it has been read.
    ///
    /// # Errors
    /// Where it has changed in the meantime.
    pub fn finish(self) -> Result<Stamp> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        let now = self.file.as_ref().and_then(|file| file.metadata().ok()).map(|about| about.len());
        if let (Some(before), Some(now)) = (self.size, now)
            && (before != now || seen.bytes != now)
        {
            return Err(Error::Changed(self.name));
        }
        let sha256 = seen.hash.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a String never fails.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Ok(Stamp { sha256, bytes: seen.bytes })
    }
}

/// Reads UTF-16 and appends it as UTF-8.
fn widen(
    reader: &mut dyn Read,
    decoder: &mut Decoder,
    raw: &mut Vec<u8>,
    ended: &mut bool,
    to: &mut Vec<u8>,
    most: usize,
) -> io::Result<()> {
    if *ended {
        return Ok(());
    }
    raw.clear();
    reader.take(most as u64).read_to_end(raw)?;
    *ended = raw.len() < most;
    let room = decoder.max_utf8_buffer_length(raw.len()).unwrap_or(raw.len() * 3 + 16);
    let mut text = vec![0; room];
    let (result, _, written, _) = decoder.decode_to_utf8(raw, &mut text, *ended);
    debug_assert_eq!(result, CoderResult::InputEmpty, "the buffer was made large enough");
    to.extend_from_slice(text.get(..written).unwrap_or_default());
    Ok(())
}

/// What a file is by its first bytes, where it is a table of another format.
fn other_format(head: &[u8]) -> Option<&'static str> {
    [
        (b"PK\x03\x04".as_slice(), "a zip file or an Excel workbook"),
        (b"PAR1", "a Parquet file"),
        (b"ARROW1", "an Arrow file"),
        (b"SQLite f", "a SQLite file"),
        (b"\x28\xb5\x2f\xfd", "packed with zstd"),
        (b"BZh", "packed with bzip2"),
        (b"\xfd7zXZ", "packed with xz"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    ]
    .into_iter()
    .find_map(|(begins, what)| head.starts_with(begins).then_some(what))
}
