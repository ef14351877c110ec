//! An editor who puts another sentence into a step here and there.

use std::fs;
use std::path::Path;

use crate::seeded::Seeded;

const WHEN: [&str; 12] = [
    "After two good goes",
    "When this is easy",
    "If they lose interest",
    "On a busy morning",
    "Once a day",
    "Before you begin",
    "If it feels odd at first",
    "At the weekend",
    "When you are both calm",
    "If the hands get tired",
    "Every other time",
    "After a short rest",
];
const WHAT: [&str; 12] = [
    "do it again a little slower",
    "let them choose who goes first",
    "stop and come back to it after a snack",
    "count to five together",
    "show it once more from beside them",
    "swap to a bigger one",
    "turn the music off",
    "put one thing away",
    "hold it still for them",
    "let a friend join in",
    "point to the picture",
    "wait ten seconds before you help",
];
const SO: [&str; 12] = [
    "and say what went well",
    "while both feet stay on the floor",
    "so that each hand has a job",
    "and leave out the next step for now",
    "before you tidy up",
    "and smile",
    "so that they can see it from the front",
    "without a word about speed",
    "and write it on the chart",
    "as long as it is fun",
    "and ask which way was better",
    "then go on",
];

/// The change of one text.
pub struct Change {
    /// What stood there.
    pub from: String,
    /// What stands there now.
    pub to: String,
}

/// Puts a sentence of the editor's own in place of the last one of a step. Gives what was changed.
///
/// # Errors
/// What the disk reports, and a file without a step.
pub fn edit(file: &Path, chance: &mut Seeded) -> Result<Change, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(file)?;
    let steps: Vec<&str> = text.lines().filter_map(step).collect();
    let from = *chance.one_of(&steps).ok_or_else(|| format!("no step in {}", file.display()))?;
    let kept = from.trim_end_matches('.').rfind(". ").map_or("", |end| &from[..end + 2]);
    let to = format!("{kept}{}", sentence(chance));
    fs::write(file, text.replacen(from, &to, 1))?;
    Ok(Change { from: from.to_owned(), to })
}

/// What a line of a numbered list says, if no link stands in it.
fn step(line: &str) -> Option<&str> {
    let (number, said) = line.split_once(". ")?;
    (number.parse::<u8>().is_ok() && !said.contains('[')).then_some(said)
}

fn sentence(chance: &mut Seeded) -> String {
    let mut one_of = |all: &[&'static str]| chance.one_of(all).copied().unwrap_or_default();
    format!("{}, {} {}.", one_of(&WHEN), one_of(&WHAT), one_of(&SO))
}
