//! YAML as a tree that knows its lines, and typed fields that note every fault instead of stopping at the first.
//!
//! Scalars stay text until a field asks for something else, so that `no` and `1.10` mean what they say. Anchors, tags and
//! deep nesting have no place in content and are refused.

use std::collections::BTreeSet;
use std::str::FromStr;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::fault::Faults;

/// The deepest nesting.
const DEPTH: usize = 8;

/// A node and the line on which it begins.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Absent,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, usize, Node)>),
}

/// Parses `text`, whose first line is line `first` of `file`; `None` with a fault if it is not YAML.
pub(super) fn parse(file: &str, first: usize, text: &str, faults: &mut Faults) -> Option<Node> {
    let mut tree = Tree { open: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        let taken = match event {
            Ok((event, span)) => {
                let line = first + span.start.line().max(1) - 1;
                tree.take(event, line).map_err(|what| (line, what.to_owned()))
            }
            Err(error) => {
                let line = first + error.marker().line().max(1) - 1;
                Err((line, format!("not YAML: {}", error.info())))
            }
        };
        if let Err((line, what)) = taken {
            faults.fault(file, line, what);
            return None;
        }
    }
    Some(tree.root.unwrap_or(Node { line: first, value: Value::Absent }))
}

struct Tree {
    open: Vec<Open>,
    root: Option<Node>,
}

struct Open {
    node: Node,
    /// In a map, the key that waits for its value.
    key: Option<(String, usize)>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if anchor != 0 || tag.is_some() {
                    return Err("anchors and tags are not used here");
                }
                let absent = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let value = if absent { Value::Absent } else { Value::Text(text.into_owned()) };
                self.place(Node { line, value })
            }
            Event::SequenceStart(.., anchor, tag) => {
                self.begin(Value::List(Vec::new()), line, anchor, tag.is_some())
            }
            Event::MappingStart(.., anchor, tag) => {
                self.begin(Value::Map(Vec::new()), line, anchor, tag.is_some())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.place(open.node),
                None => Err("unbalanced"),
            },
            Event::Alias(_) => Err("anchors and tags are not used here"),
            Event::DocumentStart(_) if self.root.is_some() => Err("more than one document"),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Value, line: usize, anchor: usize, tagged: bool) -> Result<(), &'static str> {
        if anchor != 0 || tagged {
            return Err("anchors and tags are not used here");
        }
        if self.open.len() >= DEPTH {
            return Err("nested too deeply");
        }
        self.open.push(Open { node: Node { line, value }, key: None });
        Ok(())
    }

    fn place(&mut self, node: Node) -> Result<(), &'static str> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::List(list) => list.push(node),
            Value::Map(map) => match open.key.take() {
                Some((key, line)) => map.push((key, line, node)),
                None => match node.value {
                    Value::Text(key) if map.iter().any(|(known, ..)| *known == key) => {
                        return Err("a key stands twice");
                    }
                    Value::Text(key) => open.key = Some((key, node.line)),
                    _ => return Err("a key must be a word"),
                },
            },
            Value::Absent | Value::Text(_) => return Err("unbalanced"),
        }
        Ok(())
    }
}

/// The fields of a map, read by name. Whatever was not asked for is a fault in the end.
pub(super) struct Fields<'a> {
    file: &'a str,
    pub(super) line: usize,
    map: &'a [(String, usize, Node)],
    asked: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of `node`; without any, with a fault, if it is no map.
    pub(super) fn of(file: &'a str, node: &'a Node, faults: &mut Faults) -> Self {
        let map: &[_] = match &node.value {
            Value::Map(map) => map,
            Value::Absent => &[],
            _ => {
                faults.fault(file, node.line, "fields are expected here, as `name: value`");
                &[]
            }
        };
        Self { file, line: node.line, map, asked: BTreeSet::new() }
    }

    /// The node of a field that is there and not empty.
    pub(super) fn node(&mut self, name: &'static str) -> Option<&'a Node> {
        self.asked.insert(name);
        let node = self.map.iter().find(|(key, ..)| key == name).map(|(.., node)| node);
        node.filter(|it| !matches!(it.value, Value::Absent))
    }

    /// A field that must be there.
    pub(super) fn required(&mut self, name: &'static str, faults: &mut Faults) -> Option<&'a Node> {
        let node = self.node(name);
        if node.is_none() {
            faults.fault(self.file, self.line, format!("`{name}` is missing"));
        }
        node
    }

    /// A text on one line that must be there; empty with a fault if it is not.
    pub(super) fn text(&mut self, name: &'static str, faults: &mut Faults) -> String {
        self.required(name, faults).and_then(|it| text(self.file, it, name, faults)).unwrap_or_default()
    }

    /// A text on one line that may be missing.
    pub(super) fn optional(&mut self, name: &'static str, faults: &mut Faults) -> Option<String> {
        self.node(name).and_then(|it| text(self.file, it, name, faults))
    }

    /// Something that is read from text and must be there.
    pub(super) fn parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        rule: &str,
        faults: &mut Faults,
    ) -> Option<T> {
        let node = self.required(name, faults)?;
        parsed(self.file, node, name, rule, faults)
    }

    /// Something that is read from text and may be missing.
    pub(super) fn optional_parsed<T: FromStr>(
        &mut self,
        name: &'static str,
        rule: &str,
        faults: &mut Faults,
    ) -> Option<T> {
        let node = self.node(name)?;
        parsed(self.file, node, name, rule, faults)
    }

    /// The nodes of a list; none if it is missing.
    pub(super) fn list(&mut self, name: &'static str, faults: &mut Faults) -> &'a [Node] {
        match self.node(name) {
            None => &[],
            Some(Node { value: Value::List(list), .. }) => list,
            Some(node) => {
                faults.fault(self.file, node.line, format!("`{name}` must be a list"));
                &[]
            }
        }
    }

    /// A list of texts; none if it is missing.
    pub(super) fn texts(&mut self, name: &'static str, faults: &mut Faults) -> Vec<String> {
        let file = self.file;
        self.list(name, faults).iter().filter_map(|it| text(file, it, name, faults)).collect()
    }

    /// A list of things that are read from text.
    pub(super) fn list_of<T: FromStr>(
        &mut self,
        name: &'static str,
        rule: &str,
        faults: &mut Faults,
    ) -> Vec<T> {
        let file = self.file;
        self.list(name, faults).iter().filter_map(|it| parsed(file, it, name, rule, faults)).collect()
    }

    /// Notes every field that nobody asked for.
    pub(super) fn end(self, faults: &mut Faults) {
        for (key, line, _) in self.map {
            if !self.asked.contains(key.as_str()) {
                faults.fault(self.file, *line, format!("`{key}` is not a field here"));
            }
        }
    }
}

/// One of a few words, as the snapshot spells them.
pub(super) struct Word<T>(pub(super) T);

impl<T: serde::de::DeserializeOwned> FromStr for Word<T> {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).map(Self)
    }
}

fn text(file: &str, node: &Node, name: &str, faults: &mut Faults) -> Option<String> {
    match &node.value {
        Value::Text(text) => {
            // Folded and block scalars may span lines; on a phone they are one.
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.is_empty() {
                faults.fault(file, node.line, format!("`{name}` is empty"));
            }
            Some(text)
        }
        _ => {
            faults.fault(file, node.line, format!("`{name}` must be text"));
            None
        }
    }
}

fn parsed<T: FromStr>(file: &str, node: &Node, name: &str, rule: &str, faults: &mut Faults) -> Option<T> {
    let value = text(file, node, name, faults)?.parse().ok();
    if value.is_none() {
        faults.fault(file, node.line, format!("`{name}`: {rule}"));
    }
    value
}
