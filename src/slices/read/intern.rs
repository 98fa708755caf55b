//! The different texts of a column, each with a small number.

/// How many places the table has: enough that few of [`Interner::MOST`] texts share one.
const PLACES: usize = 256;

/// The texts of a column in the order in which they first came.
#[derive(Debug, Clone)]
pub struct Interner {
    texts: Vec<Vec<u8>>,
    prints: Vec<Print>,
    places: Vec<u8>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { texts: Vec::new(), prints: Vec::new(), places: vec![Self::NONE; PLACES] }
    }
}

/// What tells texts apart at a glance: two texts of at most sixteen bytes are equal where their prints are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Print {
    first: u64,
    last: u64,
    len: usize,
}

impl Print {
    /// Up to this length, all bytes are in it.
    const WHOLE: usize = 16;

    #[inline]
    fn of(text: &[u8]) -> Self {
        let len = text.len();
        let (first, last) = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(*last)))
        } else if let ([first, ..], [.., last], Some(middle)) = (text, text, text.get(len / 2)) {
            (u64::from(*first) | (u64::from(*middle) << 8), u64::from(*last))
        } else {
            (0, 0)
        };
        Self { first, last, len }
    }

    /// Where the text is looked for first.
    #[inline]
    fn place(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 56) as usize
    }
}

impl Interner {
    /// How many texts are told apart.
    pub const MOST: usize = 128;
    /// No text.
    const NONE: u8 = u8::MAX;

    /// The number of a text; none where there are too many different ones.
    #[inline]
    pub fn number(&mut self, text: &[u8]) -> Option<u8> {
        let print = Print::of(text);
        let mut place = print.place();
        loop {
            let number = self.places.get(place).copied().unwrap_or(Self::NONE);
            match self.prints.get(usize::from(number)) {
                Some(known) if *known == print && self.is_same(number, text) => return Some(number),
                Some(_) => place = (place + 1) % PLACES,
                None => return self.add(text, place),
            }
        }
    }

    /// Whether a text with the print of a known one is that one.
    #[inline]
    fn is_same(&self, number: u8, text: &[u8]) -> bool {
        text.len() <= Print::WHOLE || self.texts.get(usize::from(number)).is_some_and(|known| known == text)
    }

    #[cold]
    fn add(&mut self, text: &[u8], place: usize) -> Option<u8> {
        let number = u8::try_from(self.texts.len()).ok().filter(|number| usize::from(*number) < Self::MOST)?;
        *self.places.get_mut(place)? = number;
        self.texts.push(text.to_owned());
        self.prints.push(Print::of(text));
        Some(number)
    }

    /// The texts, each at its number.
    #[must_use]
    pub fn texts(&self) -> &[Vec<u8>] {
        &self.texts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_text_has_one_number(texts in prop::collection::vec("[ab\u{0}]{0,3}|[ab]{4,20}", 1..100)) {
            let mut interner = Interner::default();
            let numbers: Vec<Option<u8>> = texts.iter().map(|text| interner.number(text.as_bytes())).collect();
            for (text, number) in texts.iter().zip(numbers) {
                let number = number.expect("few texts");
                prop_assert_eq!(interner.texts()[usize::from(number)].as_slice(), text.as_bytes());
                prop_assert_eq!(interner.number(text.as_bytes()), Some(number));
            }
            let mut different = texts.clone();
            different.sort();
            different.dedup();
            prop_assert_eq!(interner.texts().len(), different.len());
        }
    }

    #[test]
    fn too_many_texts_are_told() {
        let mut interner = Interner::default();
        let numbers: Vec<Option<u8>> = (0..200).map(|at| interner.number(format!("text {at}").as_bytes())).collect();
        assert_eq!(numbers.iter().flatten().count(), Interner::MOST);
        assert_eq!(interner.number(b"text 3"), Some(3));
    }
}
