//! Writes the Kotlin or Swift bindings from the built library.

use clap::{Parser, ValueEnum};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// Writes the Kotlin or Swift bindings from the built library.
#[derive(Parser)]
struct Arguments {
    /// The built library, such as target/release/libotsupport.so.
    #[arg(long)]
    library: String,
    /// For which language.
    #[arg(long)]
    language: Language,
    /// The folder to write to.
    #[arg(long)]
    out: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Kotlin,
    Swift,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let language = match arguments.language {
        Language::Kotlin => TargetLanguage::Kotlin,
        Language::Swift => TargetLanguage::Swift,
    };
    generate(GenerateOptions {
        languages: vec![language],
        source: arguments.library.into(),
        out_dir: arguments.out.into(),
        config_override: None,
        format: false,
        crate_filter: None,
        metadata_no_deps: false,
    })
}
