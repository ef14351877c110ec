//! `topics.yaml`: the areas of daily life.

use std::collections::BTreeSet;

use otsupport_wire::TopicSlug;
use otsupport_wire::snapshot::Topic;

use super::fault::Faults;
use super::folder::Folder;
use super::media::Uses;
use super::yaml::{self, Fields, Node, Value, Word};

const FILE: &str = "topics.yaml";

pub(super) fn read(folder: &Folder, uses: &mut Uses, faults: &mut Faults) -> Vec<Topic> {
    let Some(text) = folder.text(FILE, faults) else {
        return Vec::new();
    };
    let Some(node) = yaml::parse(FILE, 1, &text.text, faults) else {
        return Vec::new();
    };
    let Value::List(nodes) = &node.value else {
        faults.fault(FILE, node.line, "a list of topics is expected here");
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    nodes.iter().filter_map(|it| topic(it, &mut seen, uses, faults)).collect()
}

fn topic(node: &Node, seen: &mut BTreeSet<TopicSlug>, uses: &mut Uses, faults: &mut Faults) -> Option<Topic> {
    let mut fields = Fields::of(FILE, node, faults);
    let line = fields.line;
    let slug: Option<TopicSlug> = fields.parsed("slug", "lower-case letters, digits and hyphens", faults);
    let picture_line = fields.node("picture").map(|it| it.line);
    let topic = slug.map(|slug| Topic {
        slug,
        title: fields.text("title", faults),
        order: fields.parsed("order", "a number from 1", faults).unwrap_or_default(),
        picture: fields.optional_parsed("picture", "a file below media/", faults),
        audiences: fields
            .list_of("audiences", "one of family, school", faults)
            .into_iter()
            .map(|Word(it)| it)
            .collect(),
        covers: fields.text("covers", faults),
        safety: fields.texts("safety", faults),
        get_help: fields.texts("get_help", faults),
    })?;
    fields.end(faults);
    if let (Some(picture), Some(line)) = (&topic.picture, picture_line) {
        uses.picture(FILE, line, picture, faults);
    }
    if !seen.insert(topic.slug.clone()) {
        faults.fault(FILE, line, format!("the topic `{}` stands twice", topic.slug));
        return None;
    }
    Some(topic)
}
