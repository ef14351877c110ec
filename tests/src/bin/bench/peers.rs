//! Programs that do the same. The bench installs none: it says which is not there and goes on.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::Failure;

/// Runs a program in `folder`; false, having said so, where it is not installed.
pub(crate) fn run<A: AsRef<OsStr>>(folder: &Path, name: &str, arguments: &[A]) -> Result<bool, Failure> {
    match Command::new(name).args(arguments).current_dir(folder).output() {
        Ok(done) if done.status.success() => Ok(true),
        Ok(done) => Err(format!("{name}: {}", String::from_utf8_lossy(&done.stderr)).into()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("  {name} is not installed");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// The bytes of the file that a program makes.
fn made(folder: &Path, name: &str, arguments: &[&str], file: &str) -> Result<Option<u64>, Failure> {
    Ok(if run(folder, name, arguments)? { Some(fs::metadata(folder.join(file))?.len()) } else { None })
}

/// `new` against `old`, each a file in `folder`, as zstd packs it at its best; over the whole of a `long` one too.
pub(crate) fn patch_from(folder: &Path, long: bool) -> Result<Option<u64>, Failure> {
    let long = if long { "--long=27" } else { "--no-progress" };
    made(
        folder,
        "zstd",
        &["-19", long, "-q", "-f", "--patch-from=old", "new", "-o", "new.patch"],
        "new.patch",
    )
}

/// `new` as zstd packs it whole at its best.
pub(crate) fn whole(folder: &Path) -> Result<Option<u64>, Failure> {
    made(folder, "zstd", &["-19", "-q", "-f", "new", "-o", "new.zst"], "new.zst")
}

/// The file `records` as gzip packs it at its best.
pub(crate) fn gzip(folder: &Path) -> Result<Option<u64>, Failure> {
    made(folder, "gzip", &["-9", "-n", "-k", "-f", "records"], "records.gz")
}

/// What casync has one fetch who holds the chunks of `old`: the chunks that are new, and the index of `new`.
pub(crate) fn casync(folder: &Path) -> Result<Option<u64>, Failure> {
    let chunks = || stored(&folder.join("chunks"));
    if !run(folder, "casync", &["make", "--store=chunks", "old.caibx", "old"])? {
        return Ok(None);
    }
    let before = chunks()?;
    run(folder, "casync", &["make", "--store=chunks", "new.caibx", "new"])?;
    Ok(Some(chunks()? - before + fs::metadata(folder.join("new.caibx"))?.len()))
}

/// What rdiff sends: the signature of `old` one way, the delta the other.
pub(crate) fn rdiff(folder: &Path) -> Result<Option<(u64, u64)>, Failure> {
    let Some(signature) = made(folder, "rdiff", &["signature", "old", "old.signature"], "old.signature")?
    else {
        return Ok(None);
    };
    let delta = made(folder, "rdiff", &["delta", "old.signature", "new", "new.rdiff"], "new.rdiff")?;
    Ok(delta.map(|delta| (signature, delta)))
}

/// The bytes of all files below a folder.
fn stored(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { stored(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
