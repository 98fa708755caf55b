//! The functions that conditions have beyond CEL's own.

use cel::ExecutionError;
use cel::common::types::{CelBool, CelString};
use cel::common::value::{CowVal, Val};

/// `answered(x)`: whether x says anything: a text that is not blank, a list with an item, a number that is not 0,
/// true.
#[expect(clippy::needless_pass_by_value, reason = "CEL hands its functions their arguments so")]
pub(super) fn answered<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [value] = arguments.as_slice() else {
        return Err(ExecutionError::invalid_argument_count(1, arguments.len()));
    };
    let says = match value.downcast_ref::<CelString>() {
        Some(text) => !text.inner().trim().is_empty(),
        None => value.as_zeroer().is_some_and(|value| !value.is_zero_value()),
    };
    Ok(CowVal::owned(CelBool::from(says)))
}

/// `mentions(text, words)`: whether the text (or one of a list of texts) holds the word (or one of a list of words), in
/// any case, from the start of a word: `hir` is mentioned by “Hiring”, `age` is not by “language”.
#[expect(clippy::needless_pass_by_value, reason = "CEL hands its functions their arguments so")]
pub(super) fn mentions<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [where_to, what] = arguments.as_slice() else {
        return Err(ExecutionError::invalid_argument_count(2, arguments.len()));
    };
    let words = lower_texts(what.as_ref());
    let found = each_text(where_to.as_ref(), &mut |text| mentions_any(text, &words));
    Ok(CowVal::owned(CelBool::from(found)))
}

/// Whether any of these lower-case words begins a word of the text. The text is gone through once, byte by byte where it is
/// plain: texts may be long, and rules and packets many.
pub(super) fn mentions_any(text: &str, words: &[String]) -> bool {
    let first = |word: &String| word.bytes().next().filter(u8::is_ascii);
    let mut begins = [false; 128];
    words.iter().filter_map(first).for_each(|byte| begins[usize::from(byte)] = true);
    let bytes = text.as_bytes();
    let (mut at, mut within_word) = (0, false);
    while at < bytes.len() {
        let byte = bytes[at];
        let (length, in_word, may_begin) = if byte.is_ascii() {
            (1, byte.is_ascii_alphanumeric(), begins[usize::from(byte.to_ascii_lowercase())])
        } else {
            let c = text[at..].chars().next().unwrap_or_default();
            (c.len_utf8(), c.is_alphanumeric(), true)
        };
        if may_begin && !within_word {
            let rest = &text[at..];
            for word in words {
                if begins_with(rest, word) {
                    return true;
                }
            }
        }
        within_word = in_word;
        at += length;
    }
    false
}

/// Whether a text begins with a lower-case word, in any case.
fn begins_with(text: &str, word: &str) -> bool {
    let (said, wanted) = (text.as_bytes(), word.as_bytes());
    let mut same = 0;
    while same < wanted.len() {
        match said.get(same) {
            Some(byte) if byte.is_ascii() && wanted[same].is_ascii() => {
                if byte.to_ascii_lowercase() != wanted[same] {
                    return false;
                }
                same += 1;
            }
            // Letters that are not plain, or plain in one of the two only: “K” is written in two ways.
            Some(_) => {
                let mut said = text[same..].chars().flat_map(char::to_lowercase);
                return word[same..].chars().all(|wanted| said.next() == Some(wanted));
            }
            None => return false,
        }
    }
    !word.trim().is_empty()
}

/// Whether a test holds for a text, or for any of a list of texts.
fn each_text(value: &dyn Val, test: &mut dyn FnMut(&str) -> bool) -> bool {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return test(text.inner());
    }
    let items: &[Box<dyn Val>] = <&[Box<dyn Val>]>::try_from(value).unwrap_or(&[]);
    items.iter().filter_map(|item| item.downcast_ref::<CelString>()).any(|text| test(text.inner()))
}

fn lower_texts(value: &dyn Val) -> Vec<String> {
    let mut texts = Vec::new();
    each_text(value, &mut |text| {
        texts.push(text.to_lowercase());
        false
    });
    texts
}
