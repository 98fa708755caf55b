//! What a file really is, by its bytes and not by its name.

/// What the bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// No bytes.
    Nothing,
    /// An XLSX workbook.
    Workbook {
        /// How many bytes its parts say they unpack to.
        unpacked: u64,
    },
    /// Something else that is known.
    Other(&'static str),
    /// Perhaps text.
    Text,
}

/// First bytes of formats that people give the wrong name.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old Office file (XLS or DOC) or one locked by a password"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xFD7zXZ\0", "an xz archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"\x28\xB5\x2F\xFD", "a zstd archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
];

/// Looks at a file's bytes.
pub fn look(bytes: &[u8]) -> Seen {
    if bytes.is_empty() {
        return Seen::Nothing;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive(bytes);
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Seen::Other(what);
    }
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let start = start[..start.len().min(512)].trim_ascii_start().to_ascii_lowercase();
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Seen::Other("a web page (perhaps of a log-in, in place of the download)");
    }
    if start.starts_with(b"<?xml") {
        return Seen::Other("an XML document");
    }
    Seen::Text
}

/// Tells archives apart by what they hold.
fn archive(bytes: &[u8]) -> Seen {
    let Some(entries) = directory(bytes) else {
        return Seen::Other("a ZIP archive or workbook that is cut off or damaged");
    };
    let holds = |name: &[u8]| entries.iter().any(|(entry, _)| entry.starts_with(name));
    if holds(b"xl/workbook.xml") {
        return Seen::Workbook { unpacked: entries.iter().map(|(_, bytes)| *bytes).fold(0, u64::saturating_add) };
    }
    Seen::Other(if holds(b"xl/workbook.bin") {
        "a binary workbook (XLSB)"
    } else if holds(b"word/") {
        "a Word document"
    } else if holds(b"ppt/") {
        "a PowerPoint presentation"
    } else if holds(b"content.xml") {
        "an OpenDocument file"
    } else {
        "a ZIP archive"
    })
}

/// The names in a ZIP archive's central directory (PKWARE APPNOTE 4.3.12 and 4.3.16) and the sizes that they say
/// they unpack to. Only looked at, never believed: names are compared, sizes summed.
fn directory(bytes: &[u8]) -> Option<Vec<(&[u8], u64)>> {
    let u16_at = |at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    // The end record is 22 bytes and a comment of at most 65,535.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let end = tail + bytes.get(tail..)?.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let count = u16_at(end + 10)?;
    let mut at = usize::try_from(u32_at(end + 16)?).ok()?;
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let name = bytes.get(at + 46..at + 46 + u16_at(at + 28)?)?;
        // A size of 0xFFFFFFFF means that the true one, larger still, stands elsewhere.
        entries.push((name, u64::from(u32_at(at + 24)?)));
        at = at + 46 + u16_at(at + 28)? + u16_at(at + 30)? + u16_at(at + 32)?;
    }
    Some(entries)
}
