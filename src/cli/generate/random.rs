//! Chance that can be repeated: SplitMix64 (Steele, Lea and Flood, 2014). Good enough for made-up work, for nothing else.

/// A sequence of numbers that follows from its seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The sequence of a seed, and of a number within it.
    pub fn new(seed: u64, number: u64) -> Self {
        // Both are mixed before they meet: numbers that follow one another would otherwise start the same sequence one
        // step apart, and share all the rest of it.
        let (from_seed, from_number) = (Self(seed).next(), Self(!number).next());
        Self(from_seed ^ from_number.rotate_left(23))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least + 1).unwrap_or(1).max(1);
        least + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of these.
    pub fn of<'t, T>(&mut self, choices: &'t [T]) -> &'t T {
        let at = usize::try_from(self.next() % choices.len().max(1) as u64).unwrap_or(0);
        &choices[at]
    }

    /// One of these, each as often as its weight says.
    pub fn weighted<'t, T>(&mut self, choices: &'t [(T, i64)]) -> &'t T {
        let all: i64 = choices.iter().map(|(_, weight)| weight).sum();
        let mut left = self.between(0, all - 1);
        for (choice, weight) in choices {
            left -= weight;
            if left < 0 {
                return choice;
            }
        }
        &choices[0].0
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sequences_of_neighbouring_numbers_share_nothing() {
        let mut seen = std::collections::HashSet::new();
        for number in 0..200 {
            let mut random = super::Random::new(1, number);
            assert!((0..200).all(|_| seen.insert(random.next())), "the sequence of {number} overlaps another");
        }
    }

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let take = |seed| {
            let mut random = Random::new(seed, 3);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
    }

    #[test]
    fn weights_are_kept() {
        let mut random = Random::new(7, 0);
        let often = (0..10_000).filter(|_| *random.weighted(&[(true, 9), (false, 1)])).count();
        assert!((8_700..9_300).contains(&often), "{often}");
        assert!((0..1000).all(|_| (3..=5).contains(&random.between(3, 5))));
    }
}
