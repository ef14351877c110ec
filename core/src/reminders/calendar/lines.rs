//! Content lines of iCalendar (RFC 5545, section 3.1).

/// A content line, unfolded and taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Property {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    /// In capital letters.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    /// As it stands, with its escapes.
    pub(super) value: String,
}

impl Property {
    /// Takes a line apart at the first colon outside quotation marks.
    pub(super) fn read(line: usize, text: &str) -> Option<Self> {
        let (head, value) = split_unquoted(text, ':')?;
        let mut parts = Vec::new();
        let mut rest = head;
        while let Some((part, more)) = split_unquoted(rest, ';') {
            parts.push(part);
            rest = more;
        }
        parts.push(rest);
        let (name, parameters) = parts.split_first()?;
        if name.is_empty() || !name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') {
            return None;
        }
        let parameters = parameters.iter().filter_map(|it| {
            let (name, value) = it.split_once('=')?;
            Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
        });
        let (name, parameters) = (name.to_ascii_uppercase(), parameters.collect());
        Some(Self { line, name, parameters, value: value.trim().to_owned() })
    }

    /// A parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// The value as text, with its escapes undone and no white space around it.
    pub(super) fn text(&self) -> String {
        unescape(&self.value).trim().to_owned()
    }

    /// The value as a list of words, without empty ones.
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        self.value.split(',').map(|it| unescape(it).trim().to_owned()).filter(|it| !it.is_empty())
    }
}

fn split_unquoted(text: &str, at: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    let place = text.find(|c| {
        quoted ^= c == '"';
        c == at && !quoted
    })?;
    Some((&text[..place], &text[place + at.len_utf8()..]))
}

/// Content lines with their folds undone, and the number of the line on which each begins.
pub(super) fn unfold(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, raw) in text.trim_start_matches('\u{feff}').split('\n').enumerate() {
        let raw = raw.strip_suffix('\r').unwrap_or(raw);
        match (raw.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, line))) => line.push_str(rest),
            _ if raw.is_empty() => {}
            _ => lines.push((index + 1, raw.to_owned())),
        }
    }
    lines
}

/// A content line as it travels in a file: no more than 75 bytes before each fold, no character cut.
pub(super) fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + line.len() / 32 + 2);
    let mut room = 75;
    for c in line.chars() {
        if c.len_utf8() > room {
            folded.push_str("\r\n ");
            room = 74;
        }
        folded.push(c);
        room -= c.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

/// TEXT with its escapes undone (RFC 5545, section 3.3.11). Of control characters a line break alone is text.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => {}
            },
            _ => plain.push(c),
        }
    }
    plain.chars().map(|it| if it.is_control() && it != '\n' { ' ' } else { it }).collect()
}

/// Plain text as TEXT.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_line_comes_back() {
        let line = format!("SUMMARY:{}", "naïve 🙂 words, ".repeat(30));
        let folded = fold(&line);
        assert!(folded.lines().all(|it| it.len() <= 75), "{folded}");
        assert_eq!(unfold(&folded), [(1, line)]);
    }

    #[test]
    fn escapes_come_back() {
        let text = "One, two; three\\four\nfive: \"six\"";
        assert_eq!(unescape(&escape(text)), text);
    }

    #[test]
    fn control_characters_are_no_text() {
        let property = Property::read(1, "SUMMARY:\\ A\0workshop\\\u{7f}");
        assert_eq!(property.map(|it| it.text()).as_deref(), Some("A workshop"));
    }

    #[test]
    fn colons_in_quotation_marks_are_no_end() {
        let text = "CONFERENCE;LABEL=\"At: home; or not\";VALUE=URI:https://example.org/a:b";
        let property = Property::read(3, text);
        assert_eq!(property.as_ref().map(|it| it.value.as_str()), Some("https://example.org/a:b"));
        assert_eq!(property.as_ref().and_then(|it| it.parameter("LABEL")), Some("At: home; or not"));
    }
}
