//! From bytes to text: which encoding a file is in, and where it is not.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8};

use super::ReadOptions;
use crate::exchange::{Error, Result};

/// Reads bytes as text, and says which encoding they were in.
///
/// In this order: what the user insists on; a byte-order mark; UTF-8 where all of it is; what the mapping expects;
/// what the bytes look like.
///
/// # Errors
/// Names the line with bytes that the encoding does not have, or with a NUL, which no table holds.
pub fn decode<'a>(name: &str, bytes: &'a [u8], options: &ReadOptions) -> Result<(Cow<'a, str>, &'static Encoding)> {
    let insisted = options.encoding.as_deref().map(|label| labelled(name, label)).transpose()?;
    let expected = options.expected_encoding.as_deref().map(|label| labelled(name, label)).transpose()?;
    let marked = Encoding::for_bom(bytes);
    let encoding = match (insisted, marked) {
        (Some(encoding), _) | (None, Some((encoding, _))) => encoding,
        (None, None) if std::str::from_utf8(bytes).is_ok() => UTF_8,
        (None, None) => expected.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| guess(bytes)),
    };
    let skip = marked.filter(|(marked, _)| *marked == encoding).map_or(0, |(_, length)| length);
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&bytes[skip..]) else {
        return Err(undecodable(name, &bytes[skip..], encoding));
    };
    if let Some(at) = text.find('\0') {
        let line = Some(lines_before(&text[..at]));
        let message = "there is a NUL byte, so this is not text. Save the table as CSV or XLSX.".to_owned();
        return Err(Error::Input { file: name.to_owned(), line, message });
    }
    Ok((text, encoding))
}

/// The encoding of this label.
fn labelled(name: &str, label: &str) -> Result<&'static Encoding> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| Error::Input {
        file: name.to_owned(),
        line: None,
        message: format!(
            "“{}” is not the name of an encoding; common ones are utf-8, windows-1252 and utf-16le.",
            crate::exchange::shown(label)
        ),
    })
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Says where the first bytes are that the encoding does not have.
fn undecodable(name: &str, bytes: &[u8], encoding: &'static Encoding) -> Error {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut out = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut out, true);
    let bad = match result {
        DecoderResult::Malformed(length, after) => {
            let end = read.saturating_sub(usize::from(after));
            let start = end.saturating_sub(usize::from(length));
            bytes[start..end].iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
        }
        DecoderResult::InputEmpty | DecoderResult::OutputFull => String::new(),
    };
    let likely = guess(bytes);
    let hint = if likely == encoding {
        "Is the file cut off?".to_owned()
    } else {
        format!("It looks like {}.", likely.name())
    };
    let message = format!("the bytes {bad} are not {}. {hint}", encoding.name());
    Error::Input { file: name.to_owned(), line: Some(lines_before(&out)), message }
}

/// The line at which this text ends, counted from 1.
fn lines_before(text: &str) -> u64 {
    1 + text.bytes().filter(|byte| *byte == b'\n').count() as u64
}
