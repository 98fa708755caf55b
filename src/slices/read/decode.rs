//! Texts of a file as characters. Rows are counted as bytes; only names and values are ever read as text, and together
//! they tell how the file is encoded.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// How texts are encoded: UTF-8 where all of them can be, otherwise what they look like.
#[must_use]
pub fn encoding<'a>(texts: impl Iterator<Item = &'a [u8]> + Clone) -> &'static Encoding {
    if texts.clone().all(|text| std::str::from_utf8(text).is_ok()) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for text in texts {
        detector.feed(text, false);
        detector.feed(b"\n", false);
    }
    detector.feed(b"", true);
    detector.guess(None, Utf8Detection::Deny)
}

/// A text in an encoding.
#[must_use]
pub fn text(bytes: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Texts that are encoded alike.
#[must_use]
pub fn texts(all: &[Vec<u8>]) -> Vec<String> {
    let encoding = encoding(all.iter().map(Vec::as_slice));
    all.iter().map(|bytes| text(bytes, encoding).trim_matches([' ', '\r']).to_owned()).collect()
}
