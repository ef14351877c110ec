//! Words that mean nothing and are spread as in real text.

use crate::seeded::Seeded;

/// Words from a seed: a vocabulary of 6,000, the frequent ones far more often, as in real text.
pub(super) struct Words(pub(super) Seeded);

impl Words {
    fn word(&mut self) -> String {
        // The product of three even numbers leans to the small ones.
        let unit = |bits: u64| (bits % 1_000_000) as f64 / 1e6;
        let rank = (unit(self.0.number()) * unit(self.0.number()) * unit(self.0.number()) * 6_000.0) as u64;
        const SYLLABLES: [&str; 20] = [
            "ba", "do", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "wa", "ze", "fin", "ger", "but",
            "ton", "sock", "step", "hand", "chair",
        ];
        let mut rest = rank + 20;
        let mut word = String::new();
        while rest > 0 {
            word.push_str(SYLLABLES[(rest % 20) as usize]);
            rest /= 20;
        }
        word
    }

    pub(super) fn some(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn sentence(&mut self) -> String {
        let count = 9 + (self.0.number() % 7) as usize;
        format!("{}.", self.some(count))
    }
}
