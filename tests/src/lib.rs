//! Everything that needs more than one part of the house.

pub mod blob_hub;
pub mod content_folder;
pub mod device;
pub mod editor;
pub mod enquiries;
pub mod family;
pub mod generated_bank;
pub mod held;
pub mod hostile_hub;
pub mod household;
pub mod media;
pub mod network_bytes;
pub mod phone;
pub mod seeded;
pub mod service_desk;
pub mod siege;
pub mod signed;
pub mod site;
pub mod small_disk;

/// A program of this workspace, beside the folder that the test was built to.
///
/// # Panics
/// If it is not built.
pub fn program(name: &str) -> std::path::PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    let path = test.parent().and_then(|it| it.parent()).map(|it| it.join(name)).unwrap_or_default();
    assert!(path.is_file(), "{} is not built; run `cargo build --release --workspace` first", path.display());
    path
}
