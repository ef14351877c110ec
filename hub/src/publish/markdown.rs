//! The body of an item: headings, paragraphs and lists, as plain text that every front end can draw.

use otsupport_wire::ItemId;
use otsupport_wire::snapshot::{Link, Section};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::fault::Faults;

/// A body, with the line of each heading and link.
#[derive(Default)]
pub(super) struct Body {
    pub(super) sections: Vec<Section>,
    /// For each section: its line, and how many list items it holds.
    pub(super) places: Vec<Place>,
    pub(super) links: Vec<(Link, usize)>,
}

/// Where a section begins and what it is made of.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) items: usize,
    /// Whether its first list is numbered.
    pub(super) numbered: bool,
}

/// Reads the body, whose first line is line `first` of `file`.
pub(super) fn read(file: &str, first: usize, text: &str, faults: &mut Faults) -> Body {
    let mut reading = Reading {
        file,
        line: first,
        body: Body::default(),
        heading: None,
        lists: Vec::new(),
        link: None,
        line_open: false,
    };
    // Lines are counted forward: the events come in the text's order.
    let (mut counted, mut line) = (0, first);
    for (event, span) in Parser::new(text).into_offset_iter() {
        if span.start > counted {
            line += text[counted..span.start].bytes().filter(|byte| *byte == b'\n').count();
            counted = span.start;
        }
        reading.line = line;
        reading.take(event, faults);
    }
    let mut body = reading.body;
    for section in &mut body.sections {
        section.text = section.text.trim().to_owned();
    }
    body
}

struct Reading<'a> {
    file: &'a str,
    line: usize,
    body: Body,
    heading: Option<String>,
    /// The next number of each open list; `None` for a list with dashes.
    lists: Vec<Option<u64>>,
    link: Option<(String, String)>,
    /// Whether text was written on the present line.
    line_open: bool,
}

impl Reading<'_> {
    fn take(&mut self, event: Event<'_>, faults: &mut Faults) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => self.heading = Some(String::new()),
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                let heading = self.heading.take().unwrap_or_default().trim().to_owned();
                if self.body.sections.iter().any(|it| it.heading == heading) {
                    faults.fault(self.file, self.line, format!("the heading `{heading}` stands twice"));
                }
                self.body.sections.push(Section { heading, text: String::new() });
                self.body.places.push(Place { line: self.line, ..Place::default() });
                self.line_open = false;
            }
            Event::Start(Tag::Heading { .. }) => {
                self.refuse("only second-level headings (`## …`) are used here", faults);
            }
            Event::Start(Tag::Paragraph) if self.lists.is_empty() => self.paragraph(),
            Event::Start(Tag::List(start)) => self.begin_list(start, faults),
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => self.begin_item(),
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.link = Some((dest_url.into_string(), String::new()))
            }
            Event::End(TagEnd::Link) => self.end_link(faults),
            Event::Text(text) => self.text(&text, faults),
            Event::SoftBreak | Event::HardBreak => self.text(" ", faults),
            Event::Start(Tag::Image { .. }) => self.refuse("pictures belong in `media`", faults),
            Event::Html(_) | Event::InlineHtml(_) => self.refuse("HTML is not used here", faults),
            Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => self.refuse("code is not used here", faults),
            Event::Start(Tag::BlockQuote(_)) => self.refuse("quotations are not used here", faults),
            Event::Rule => self.refuse("rules are not used here", faults),
            // Emphasis is read aloud as plain words.
            _ => {}
        }
    }

    fn refuse(&self, what: &str, faults: &mut Faults) {
        faults.fault(self.file, self.line, what);
    }

    fn paragraph(&mut self) {
        if let Some(section) = self.body.sections.last_mut() {
            if !section.text.is_empty() {
                section.text.push_str(if section.text.ends_with('\n') { "\n" } else { "\n\n" });
            }
            self.line_open = true;
        }
    }

    fn begin_list(&mut self, start: Option<u64>, faults: &mut Faults) {
        if !self.lists.is_empty() {
            self.refuse("lists inside lists are not used here", faults);
        }
        if let (Some(section), Some(place)) = (self.body.sections.last_mut(), self.body.places.last_mut()) {
            place.numbered |= place.items == 0 && start.is_some();
            if !section.text.is_empty() {
                section.text.push('\n');
            }
        }
        self.lists.push(start.map(|_| 1));
    }

    fn begin_item(&mut self) {
        if let (Some(section), Some(place)) = (self.body.sections.last_mut(), self.body.places.last_mut()) {
            if !section.text.is_empty() {
                section.text.push('\n');
            }
            match self.lists.last_mut() {
                Some(Some(number)) => {
                    section.text.push_str(&format!("{number}. "));
                    *number += 1;
                }
                _ => section.text.push_str("- "),
            }
            place.items += 1;
            self.line_open = true;
        }
    }

    fn text(&mut self, text: &str, faults: &mut Faults) {
        if let Some(heading) = &mut self.heading {
            heading.push_str(text);
            return;
        }
        if let Some((_, words)) = &mut self.link {
            words.push_str(text);
        }
        match self.body.sections.last_mut() {
            Some(section) => section.text.push_str(text),
            None => self.refuse("text before the first heading", faults),
        }
    }

    fn end_link(&mut self, faults: &mut Faults) {
        let Some((target, words)) = self.link.take() else {
            return;
        };
        if target.starts_with("https://") {
            // The address is read too: on paper there is nothing to tap.
            self.text(&format!(" ({target})"), faults);
            return;
        }
        match target.parse::<ItemId>() {
            Ok(to) => self.body.links.push((Link { words, to }, self.line)),
            Err(_) => self.refuse("a link names an item's id or an https address", faults),
        }
    }
}
