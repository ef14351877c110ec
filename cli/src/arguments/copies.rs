//! What can be typed about safety copies, the key, and erasing.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum CopyCommand {
    /// Write everything that you keep to a file, sealed with a passphrase.
    Export {
        /// The file; one that exists is not written over.
        file: PathBuf,
        /// Not sealed: readable by whoever has the file.
        #[arg(long, conflicts_with = "passphrase_file")]
        plain: bool,
        /// A file with the passphrase.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Bring back what a file of `export` holds. What you have here stays.
    Import {
        /// The file.
        file: PathBuf,
        /// A file with the passphrase.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Remove everything that you keep, with its key. The bank stays. Without --yes, say only what would be lost.
    Erase {
        /// Really.
        #[arg(long)]
        yes: bool,
    },
    /// Seal everything anew under a new key.
    ChangeKey,
    /// If the key is lost: begin anew. The old file is kept beside.
    StartAfresh,
}
