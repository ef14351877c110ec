//! One VEVENT: an event, a series, or a changed date of one (RFC 5545, section 3.6.1), and what the hub adds to it.

use chrono::{DateTime, Utc};
use otsupport_wire::snapshot::{Ages, Audience};

use super::lines::{Property, escape};
use super::times::{self, Length, brief, duration, one_start, starts, until};
use super::zones::Zones;
use super::{CalendarFault, fault};
use crate::reminders::SERVICE_ZONE;
use crate::reminders::recurrence::{Series, Start};

/// What kind of event it is: CATEGORIES.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// For families, to be booked.
    Workshop,
    /// For school staff and other professionals.
    Training,
    /// No booking: come when you can.
    DropIn,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Workshop, Self::Training, Self::DropIn];

    /// As CATEGORIES has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Workshop => "workshop",
            Self::Training => "training",
            Self::DropIn => "drop-in",
        }
    }
}

/// STATUS
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It takes place.
    Confirmed,
    /// It is planned.
    Tentative,
    /// It does not take place.
    Cancelled,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Tentative => "TENTATIVE",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// One VEVENT, as far as the hub and the phone need it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Component {
    /// SEQUENCE
    pub sequence: u32,
    /// STATUS
    pub status: Status,
    /// RECURRENCE-ID: the date of a series that this stands for.
    pub replaces: Option<Start>,
    /// When it takes place.
    pub series: Series,
    /// How long it lasts.
    pub length: Length,
    /// SUMMARY
    pub title: String,
    /// DESCRIPTION
    pub details: String,
    /// LOCATION
    pub location: Option<String>,
    /// GEO: latitude and longitude, as written.
    pub geo: Option<String>,
    /// URL
    pub page: Option<String>,
    /// CONFERENCE: where to join online.
    pub join: Option<String>,
    /// CATEGORIES, the first that is one of ours.
    pub category: Option<Category>,
    /// X-AUDIENCE; empty for everybody.
    pub audiences: Vec<Audience>,
    /// X-AGES
    pub ages: Option<Ages>,
    /// X-TOPIC: topics' slugs.
    pub topics: Vec<String>,
    /// X-BOROUGH; empty for all.
    pub boroughs: Vec<String>,
    /// X-BOOKING-URL
    pub booking: Option<String>,
    /// X-BOOKING-CLOSES
    pub closes: Option<Start>,
    /// X-PLACES-LEFT
    pub places_left: Option<u32>,
}

impl Component {
    /// Reads the properties between BEGIN:VEVENT and END:VEVENT, those of inner components left out.
    pub(super) fn read(
        line: usize,
        properties: &[Property],
        zones: &Zones,
        faults: &mut Vec<CalendarFault>,
    ) -> Option<Self> {
        let before = faults.len();
        let mut reader = Reader { line, properties, zones, faults };
        let component = reader.component();
        if faults.len() == before { component } else { None }
    }

    /// A changed date with what the hub adds to its series, where its own component does not say.
    pub(super) fn with_ours_of(mut self, main: &Self) -> Self {
        fn or<T: Clone>(own: &mut Option<T>, main: &Option<T>) {
            *own = own.take().or_else(|| main.clone());
        }
        or(&mut self.category, &main.category);
        or(&mut self.ages, &main.ages);
        or(&mut self.booking, &main.booking);
        or(&mut self.closes, &main.closes);
        or(&mut self.places_left, &main.places_left);
        for (own, main) in [(&mut self.topics, &main.topics), (&mut self.boroughs, &main.boroughs)] {
            if own.is_empty() {
                own.clone_from(main);
            }
        }
        if self.audiences.is_empty() {
            self.audiences.clone_from(&main.audiences);
        }
        self
    }

    /// When booking closes.
    pub fn booking_closes(&self) -> Option<DateTime<Utc>> {
        self.closes.map(|it| it.when().instant(SERVICE_ZONE))
    }

    /// Whether all places are taken.
    pub fn is_full(&self) -> bool {
        self.places_left == Some(0)
    }

    /// Its content lines, unfolded, in one fixed order, with zones by their IANA names. What they do not say does not travel: who was
    /// invited and who wrote it, alarms of its author's.
    pub fn lines(&self, uid: &str) -> Vec<String> {
        let mut lines = vec![
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}", escape(uid)),
            format!("SEQUENCE:{}", self.sequence),
            format!("STATUS:{}", self.status.as_str()),
        ];
        let mut add = |name: &str, value: &str| lines.push(format!("{name}:{value}"));
        add("SUMMARY", &escape(&self.title));
        if !self.details.is_empty() {
            add("DESCRIPTION", &escape(&self.details));
        }
        let words = |words: &[String]| words.iter().map(|it| escape(it)).collect::<Vec<_>>().join(",");
        let options = [
            ("LOCATION", self.location.as_deref().map(escape)),
            ("GEO", self.geo.clone()),
            ("URL", self.page.clone()),
            ("CONFERENCE;VALUE=URI", self.join.clone()),
            ("CATEGORIES", self.category.map(|it| it.as_str().to_owned())),
            ("X-TOPIC", Some(words(&self.topics)).filter(|it| !it.is_empty())),
            ("X-BOROUGH", Some(words(&self.boroughs)).filter(|it| !it.is_empty())),
            ("X-AGES", self.ages.map(|it| format!("{}-{}", it.from, it.to))),
            ("X-BOOKING-URL", self.booking.clone()),
            ("X-PLACES-LEFT", self.places_left.map(|it| it.to_string())),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                add(name, &value);
            }
        }
        if !self.audiences.is_empty() {
            let audiences: Vec<&str> = self.audiences.iter().map(|it| audience_name(*it)).collect();
            add("X-AUDIENCE", &audiences.join(","));
        }
        lines.extend(self.closes.map(|it| times::written("X-BOOKING-CLOSES", &it)));
        lines.extend(self.replaces.map(|it| times::written("RECURRENCE-ID", &it)));
        lines.push(times::written("DTSTART", &self.series.first));
        match (&self.series.first, self.length) {
            (Start::Clock(..), Length::Exact(0)) | (Start::Day(_), Length::Days(1, 0)) => {}
            (_, length) => lines.push(format!("DURATION:{}", length.duration())),
        }
        lines.extend(self.series.rule.as_ref().map(|it| format!("RRULE:{it}")));
        lines.extend(times::written_all("RDATE", &self.series.more));
        lines.extend(times::written_all("EXDATE", &self.series.except));
        lines.push("END:VEVENT".to_owned());
        lines
    }
}

fn audience_name(audience: Audience) -> &'static str {
    match audience {
        Audience::Family => "family",
        Audience::School => "school",
    }
}

/// Reads a component, and collects what is wrong with it.
struct Reader<'a> {
    line: usize,
    properties: &'a [Property],
    zones: &'a Zones,
    faults: &'a mut Vec<CalendarFault>,
}

impl<'a> Reader<'a> {
    fn component(&mut self) -> Option<Component> {
        self.refuse();
        let start = self.start()?;
        let length = self.length(&start);
        let series = self.series(start);
        let title = self.text("SUMMARY").filter(|it| !it.is_empty());
        if title.is_none() {
            self.fault(self.line, "an event without SUMMARY");
        }
        let closes = self.one("X-BOOKING-CLOSES").cloned().and_then(|it| self.closes(&it));
        Some(Component {
            sequence: self.number("SEQUENCE").unwrap_or(0),
            status: self.status(),
            replaces: self.replaces(),
            series,
            length,
            title: title.unwrap_or_default().replace('\n', " "),
            details: self.text("DESCRIPTION").unwrap_or_default(),
            location: self.text("LOCATION").filter(|it| !it.is_empty()),
            geo: self.geo(),
            page: self.address("URL"),
            join: self.address("CONFERENCE"),
            category: self.category(),
            audiences: self.audiences(),
            ages: self.ages(),
            topics: self.words("X-TOPIC"),
            boroughs: self.words("X-BOROUGH"),
            booking: self.booking(),
            closes,
            places_left: self.number("X-PLACES-LEFT"),
        })
    }

    /// What the profile does not hold, by its name.
    fn refuse(&mut self) {
        for property in self.properties {
            let name = property.name.as_str();
            if name == "EXRULE" {
                self.fault(property.line, "EXRULE is not supported");
            }
            if name == "RECURRENCE-ID" && property.parameter("RANGE").is_some() {
                self.fault(property.line, "RECURRENCE-ID with RANGE=THISANDFUTURE is not supported");
            }
            let once =
                ["DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "SEQUENCE", "STATUS", "SUMMARY"];
            if once.contains(&name) && self.one(name).is_some_and(|it| it.line != property.line) {
                self.fault(property.line, format!("{name} stands twice in one event"));
            }
        }
    }

    fn start(&mut self) -> Option<Start> {
        let Some(property) = self.one("DTSTART").cloned() else {
            self.fault(self.line, "an event without DTSTART");
            return None;
        };
        self.checked(property.line, one_start(&property, self.zones))
    }

    fn length(&mut self, start: &Start) -> Length {
        let default = if matches!(start, Start::Day(_)) { Length::Days(1, 0) } else { Length::Exact(0) };
        let (end, lasting) = (self.one("DTEND").cloned(), self.one("DURATION").cloned());
        let length = match (end, lasting) {
            (Some(end), None) => {
                let length = one_start(&end, self.zones).and_then(|it| until(start, &it));
                self.checked(end.line, length)
            }
            (None, Some(lasting)) => {
                let length = duration(&lasting.value).and_then(|it| match (start, it) {
                    (Start::Day(_), Length::Exact(_) | Length::Days(_, 1..)) => {
                        Err("DURATION of a whole day is not in days".to_owned())
                    }
                    _ => Ok(it),
                });
                self.checked(lasting.line, length)
            }
            (Some(end), Some(_)) => {
                self.fault(end.line, "DTEND and DURATION exclude each other");
                None
            }
            (None, None) => None,
        };
        length.unwrap_or(default)
    }

    fn series(&mut self, first: Start) -> Series {
        let mut series = Series::once(first);
        if let Some(property) = self.one("RRULE").cloned() {
            let rule = property.value.parse().map_err(|it| format!("RRULE: {it}"));
            series.rule = self.checked(property.line, rule);
            if series.rule.is_some() && !series.has_dates() {
                self.fault(property.line, "RRULE names no date at all");
            }
        }
        let is_day = matches!(first, Start::Day(_));
        for property in self.properties {
            let dates = match property.name.as_str() {
                "RDATE" => &mut series.more,
                "EXDATE" => &mut series.except,
                _ => continue,
            };
            let read = starts(property, self.zones).and_then(|found| {
                let fits = |it: &Start| property.name == "EXDATE" || matches!(it, Start::Day(_)) == is_day;
                let same = found.iter().all(fits);
                if same {
                    Ok(found)
                } else {
                    Err("RDATE and DTSTART are not both a date or both a time".to_owned())
                }
            });
            match read {
                Ok(found) => dates.extend(found),
                Err(what) => self.faults.push(fault(property.line, &what)),
            }
        }
        series
    }

    fn replaces(&mut self) -> Option<Start> {
        let property = self.one("RECURRENCE-ID").cloned()?;
        self.checked(property.line, one_start(&property, self.zones))
    }

    fn closes(&mut self, property: &Property) -> Option<Start> {
        let closes = one_start(property, self.zones).and_then(|it| match it {
            Start::Clock(..) => Ok(it),
            Start::Day(_) => Err("X-BOOKING-CLOSES needs a date and a time".to_owned()),
        });
        self.checked(property.line, closes)
    }

    fn status(&mut self) -> Status {
        let Some(property) = self.one("STATUS").cloned() else { return Status::Confirmed };
        match property.value.to_ascii_uppercase().as_str() {
            "CONFIRMED" => Status::Confirmed,
            "TENTATIVE" => Status::Tentative,
            "CANCELLED" => Status::Cancelled,
            other => {
                self.fault(property.line, format!("STATUS `{}` is not known", brief(other)));
                Status::Confirmed
            }
        }
    }

    fn category(&self) -> Option<Category> {
        let named = self.words("CATEGORIES");
        named
            .iter()
            .find_map(|name| Category::ALL.into_iter().find(|it| it.as_str().eq_ignore_ascii_case(name)))
    }

    fn audiences(&mut self) -> Vec<Audience> {
        let mut audiences = Vec::new();
        for property in self.properties.iter().filter(|it| it.name == "X-AUDIENCE") {
            for word in property.words() {
                match [Audience::Family, Audience::School].into_iter().find(|it| audience_name(*it) == word) {
                    Some(audience) if !audiences.contains(&audience) => audiences.push(audience),
                    Some(_) => {}
                    None => {
                        let what = format!("X-AUDIENCE: `{}` is neither family nor school", brief(&word));
                        self.faults.push(fault(property.line, &what));
                    }
                }
            }
        }
        audiences
    }

    fn ages(&mut self) -> Option<Ages> {
        let property = self.one("X-AGES").cloned()?;
        let ages = property.value.split_once('-').and_then(|(from, to)| {
            let ages = Ages { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? };
            (ages.from <= ages.to).then_some(ages)
        });
        self.checked(property.line, ages.ok_or_else(|| "X-AGES is not like `3-11`".to_owned()))
    }

    fn geo(&mut self) -> Option<String> {
        let property = self.one("GEO").cloned()?;
        let place = property.value.split_once(';').and_then(|(north, east)| {
            let number = |text: &str| text.trim().parse::<f64>().ok();
            let (latitude, longitude) = (number(north)?, number(east)?);
            let lies = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
            lies.then(|| format!("{};{}", north.trim(), east.trim()))
        });
        self.checked(property.line, place.ok_or_else(|| "GEO is not a latitude and a longitude".to_owned()))
    }

    fn booking(&mut self) -> Option<String> {
        let property = self.one("X-BOOKING-URL").cloned()?;
        let address = Some(property.value).filter(|it| is_web_address(it));
        self.checked(property.line, address.ok_or_else(|| "X-BOOKING-URL is not a web address".to_owned()))
    }

    /// The first web address: calendars write other links too.
    fn address(&self, name: &str) -> Option<String> {
        self.properties
            .iter()
            .filter(|it| it.name == name)
            .map(|it| it.value.clone())
            .find(|it| is_web_address(it))
    }

    fn number(&mut self, name: &str) -> Option<u32> {
        let property = self.one(name).cloned()?;
        let number = property.value.parse().map_err(|_| format!("{name} is not a number"));
        self.checked(property.line, number)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.one(name).map(Property::text)
    }

    fn words(&self, name: &str) -> Vec<String> {
        self.properties.iter().filter(|it| it.name == name).flat_map(Property::words).collect()
    }

    fn one(&self, name: &str) -> Option<&'a Property> {
        self.properties.iter().find(|it| it.name == name)
    }

    fn checked<T>(&mut self, line: usize, result: Result<T, String>) -> Option<T> {
        result.map_err(|what| self.fault(line, what)).ok()
    }

    fn fault(&mut self, line: usize, what: impl Into<String>) {
        self.faults.push(fault(line, &what.into()));
    }
}

fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|it| !it.is_empty()) && text.chars().all(|it| !it.is_control() && it != ' ')
}
