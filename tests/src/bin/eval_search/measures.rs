//! What a ranking is worth.

/// The figures of one query.
pub(crate) struct Figures {
    /// The gain of the first five, by rank, as a share of the best that is possible.
    pub(crate) ndcg: f64,
    /// Whether the first answers.
    pub(crate) first: f64,
    /// Whether one of the first three answers.
    pub(crate) third: f64,
}

/// An item of this grade answers.
const ANSWERS: u8 = 2;

pub(crate) fn of(found: &[String], relevant: &[(String, u8)]) -> Figures {
    let grade = |id: &String| relevant.iter().find(|it| it.0 == *id).map_or(0, |it| it.1);
    let gain = |grades: &[u8]| -> f64 {
        grades
            .iter()
            .zip(2_u32..)
            .take(5)
            .map(|(grade, rank)| (2_f64.powi((*grade).into()) - 1.0) / f64::from(rank).log2())
            .sum()
    };
    let grades: Vec<u8> = found.iter().take(5).map(grade).collect();
    let mut best: Vec<u8> = relevant.iter().map(|it| it.1).collect();
    best.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
    let answers = |first: usize| f64::from(u8::from(grades.iter().take(first).any(|it| *it >= ANSWERS)));
    Figures { ndcg: gain(&grades) / gain(&best).max(f64::EPSILON), first: answers(1), third: answers(3) }
}

/// The mean of some figures, and between which bounds 95 of 100 means of as many drawn from them lie.
pub(crate) fn interval(values: &[f64]) -> (f64, f64, f64) {
    const DRAWS: usize = 1000;
    let count = values.len().max(1);
    #[allow(clippy::cast_precision_loss)]
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / count as f64;
    let mut state: u64 = 20_261_125;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0)
    };
    let mut means: Vec<f64> =
        (0..DRAWS).map(|_| mean(&mut (0..values.len()).map(|_| values[next() % count]))).collect();
    means.sort_by(f64::total_cmp);
    (mean(&mut values.iter().copied()), means[DRAWS / 40], means[DRAWS - DRAWS / 40 - 1])
}
