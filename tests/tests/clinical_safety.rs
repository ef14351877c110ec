//! The hazard log names its controls by their tests: each of them exists.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

fn house() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every `file.rs::test` named in a document.
fn named(document: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(house().join("docs").join(document)).unwrap();
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .filter_map(|it| it.split_once(".rs::"))
        .map(|(file, test)| (format!("{file}.rs"), test.to_owned()))
        .collect()
}

/// The sources in which a test may stand.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            sources(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

#[test]
fn every_test_that_a_document_names_exists() {
    let mut files = Vec::new();
    for folder in ["tests/tests", "core/src", "wire/src", "hub/src"] {
        sources(&house().join(folder), &mut files);
    }
    for document in ["clinical-safety.md", "privacy.md"] {
        let named = named(document);
        assert!(!named.is_empty(), "{document}");
        for (file, test) in named {
            let exists = files.iter().filter(|it| it.ends_with(&file)).any(|it| has(it, &test));
            assert!(exists, "{document} names {file}::{test}");
        }
    }
}

fn has(file: &Path, test: &str) -> bool {
    let text = fs::read_to_string(file).unwrap();
    text.contains(&format!("fn {test}(")) && text.contains("#[test]")
}

#[test]
fn the_log_has_every_hazard_with_cause_effect_and_control_and_says_that_nobody_signed_it() {
    let text = fs::read_to_string(house().join("docs/clinical-safety.md")).unwrap();
    assert!(text.contains("No clinical safety officer has signed this log"));
    let (built, _) = text.split_once("## Hazards of what is not built yet").unwrap();
    let hazards: Vec<&str> = built.split("\n### H").skip(1).collect();
    assert!(hazards.len() >= 10, "{}", hazards.len());
    for hazard in hazards {
        for part in ["**Cause**", "**Effect**", "Risk ", "**Controls**", ".rs::"] {
            assert!(hazard.contains(part), "{part} in H{hazard}");
        }
    }
}
