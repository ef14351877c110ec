//! When an answer can be expected: in working days, over weekends and bank holidays.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

/// The day by which an answer is expected that was received on `received`: so many working days later. `None` where that lies beyond the
/// last bank holiday that is known, since the next one may come before it.
pub fn expected_by(received: NaiveDate, working_days: u16, holidays: &[NaiveDate]) -> Option<NaiveDate> {
    let last_known = *holidays.iter().max()?;
    let holidays: BTreeSet<&NaiveDate> = holidays.iter().collect();
    let works =
        |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !holidays.contains(day);
    let mut days = received.iter_days().skip(1).take_while(|it| *it <= last_known).filter(works);
    match working_days.checked_sub(1) {
        None => Some(received),
        Some(before) => days.nth(before.into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn weekends_and_bank_holidays_are_left_out() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // Of England and Wales (GOV.UK, bank holidays).
        let holidays = ["2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29"].map(day);
        for (received, days, expected) in [
            ("2026-11-23", 5, Some("2026-11-30")), // Monday to Monday
            ("2026-11-27", 5, Some("2026-12-04")), // Friday to Friday
            ("2026-11-28", 5, Some("2026-12-04")), // a Saturday counts from the Monday
            ("2026-12-23", 5, Some("2027-01-04")), // over Christmas and New Year
            ("2026-12-24", 1, Some("2026-12-29")),
            ("2026-11-23", 0, Some("2026-11-23")),
            ("2027-03-25", 1, None), // what follows the last known holiday is not known
            ("2027-03-23", 2, Some("2027-03-25")),
            ("2030-01-01", 5, None),
        ] {
            assert_eq!(expected_by(day(received), days, &holidays), expected.map(day), "{received} + {days}");
        }
        assert_eq!(expected_by(day("2026-11-23"), 5, &[]), None);
    }
}
