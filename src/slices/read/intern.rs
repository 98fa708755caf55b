//! The different texts of a column, each with a small number.

/// How many places the table has: enough that few of [`Interner::MOST`] texts share one.
const PLACES: usize = 256;

/// The texts of a column in the order in which they first came.
#[derive(Debug, Clone)]
pub struct Interner {
    texts: Vec<Vec<u8>>,
    places: Vec<u8>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { texts: Vec::new(), places: vec![Self::NONE; PLACES] }
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
        let mut place = hash(text);
        loop {
            let number = self.places.get(place).copied().unwrap_or(Self::NONE);
            match self.texts.get(usize::from(number)) {
                Some(known) if known == text => return Some(number),
                Some(_) => place = (place + 1) % PLACES,
                None => return self.add(text, place),
            }
        }
    }

    #[cold]
    fn add(&mut self, text: &[u8], place: usize) -> Option<u8> {
        let number = u8::try_from(self.texts.len()).ok().filter(|number| usize::from(*number) < Self::MOST)?;
        *self.places.get_mut(place)? = number;
        self.texts.push(text.to_owned());
        Some(number)
    }

    /// The texts, each at its number.
    #[must_use]
    pub fn texts(&self) -> &[Vec<u8>] {
        &self.texts
    }
}

/// Where a text is looked for first: by its length, its first and its last eight bytes.
#[inline]
fn hash(text: &[u8]) -> usize {
    let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (text.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)), 0),
    };
    let mixed = (first ^ last.rotate_left(29) ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 56) as usize
}
