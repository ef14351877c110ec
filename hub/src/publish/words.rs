//! `words.yaml`: the families' words and the bank's words for them.

use std::collections::BTreeSet;

use otsupport_wire::snapshot::Words;

use super::fault::Faults;
use super::folder::Folder;
use super::yaml::{self, Fields, Value};

const FILE: &str = "words.yaml";

pub(super) fn read(folder: &Folder, faults: &mut Faults) -> Vec<Words> {
    let Some(text) = folder.text(FILE, faults) else {
        return Vec::new();
    };
    let Some(node) = yaml::parse(FILE, 1, &text.text, faults) else {
        return Vec::new();
    };
    let nodes = match &node.value {
        Value::List(nodes) => nodes.as_slice(),
        Value::Absent => &[],
        _ => {
            faults.fault(FILE, node.line, "a list of `says` and `means` is expected here");
            &[]
        }
    };
    let mut seen = BTreeSet::new();
    for node in nodes {
        let mut fields = Fields::of(FILE, node, faults);
        let entry = Words { says: fields.texts("says", faults), means: fields.texts("means", faults) };
        fields.end(faults);
        if entry.says.is_empty() || entry.means.is_empty() {
            faults.fault(FILE, node.line, "an entry needs `says` and `means`");
        } else if !seen.insert(entry) {
            faults.fault(FILE, node.line, "this entry stands twice");
        }
    }
    seen.into_iter().collect()
}
