//! A real disk of a few megabytes, which can be full or read-only.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A tmpfs that goes away with this value.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// A disk of four megabytes. None where this system lets nobody mount one, and the reason is printed.
    ///
    /// # Panics
    /// If it cannot be mounted under `CI=true` for another reason than that it is not allowed.
    pub fn new() -> Option<Self> {
        let mounted = tempfile::tempdir().and_then(|folder| {
            let mut command = Command::new("mount");
            command.args(["-t", "tmpfs", "-o", "size=4m", "otsupport-test"]).arg(folder.path());
            run(&mut command).map(|()| Self(folder))
        });
        let reason = match mounted {
            Ok(disk) => return Some(disk),
            Err(reason) => reason,
        };
        let said = reason.to_string().to_lowercase();
        let forbidden =
            ["permission denied", "not permitted", "superuser"].iter().any(|it| said.contains(it));
        assert!(forbidden || std::env::var("CI").as_deref() != Ok("true"), "no small disk: {reason}");
        let _ = writeln!(io::stderr(), "skipped: no small disk can be mounted here: {reason}");
        None
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes every byte that is free.
    ///
    /// # Errors
    /// What the disk reports, apart from being full.
    pub fn fill(&self) -> io::Result<()> {
        let mut file = File::options().create(true).append(true).open(self.filling())?;
        for size in [64 << 10, 4 << 10, 1] {
            loop {
                match file.write(&vec![0; size]) {
                    Ok(_) => {}
                    Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Takes what is free but for so many bytes.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn leave(&self, bytes: u64) -> io::Result<()> {
        self.fill()?;
        let file = File::options().write(true).open(self.filling())?;
        file.set_len(file.metadata()?.len().saturating_sub(bytes))
    }

    /// Gives back what [`Self::fill`] or [`Self::leave`] took.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn make_room(&self) -> io::Result<()> {
        fs::remove_file(self.filling())
    }

    /// Switches writing off, or on again. No file on it may be open for writing.
    ///
    /// # Errors
    /// What the system reports.
    pub fn set_read_only(&self, read_only: bool) -> io::Result<()> {
        let mode = if read_only { "remount,ro" } else { "remount,rw" };
        run(Command::new("mount").args(["-o", mode]).arg(self.path()))
    }

    fn filling(&self) -> PathBuf {
        self.path().join("filling")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = run(Command::new("umount").arg("-l").arg(self.path()));
    }
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    let said = || io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    if output.status.success() { Ok(()) } else { Err(said()) }
}
