//! Safety copies, the key, and erasing.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use otsupport_core::{LARGEST_COPY, SupportHub, is_sealed};
use serde_json::json;
use zeroize::Zeroizing;

use super::{Failure, WRONG_USAGE, new_file, print};
use crate::arguments::{CopyCommand, Global};
use crate::{paint, words};

pub(super) fn run(global: &Global, hub: &SupportHub, command: CopyCommand) -> Result<ExitCode, Failure> {
    match command {
        CopyCommand::Export { file, plain, passphrase_file } => {
            let holds = hub.holdings()?;
            if plain {
                anstream::eprintln!("otsupport: {}", words::PLAIN);
                anstream::eprint!("{}", paint::holdings(&holds));
                new_file::write(&file, &hub.plain_copy()?)?;
            } else {
                let Some(passphrase) = passphrase(global, passphrase_file, true)? else {
                    return Ok(needs_passphrase());
                };
                new_file::write(&file, &hub.safety_copy(&passphrase)?)?;
                // The copy is safe, whether or not there is room to note it.
                if let Err(error) = hub.copy_kept() {
                    anstream::eprintln!("otsupport: {}", words::copy_not_noted(&error));
                }
            }
            print(
                global,
                &json!({ "file": file.to_string_lossy(), "sealed": !plain, "holds": holds }),
                || {
                    let kind = if plain { "Plain copy" } else { "Safety copy" };
                    format!("{kind} written to {}:\n{}", file.display(), paint::holdings(&holds))
                },
            );
        }
        CopyCommand::Import { file, passphrase_file } => {
            let copy = read(&file)?;
            let passphrase = if is_sealed(&copy) {
                match passphrase(global, passphrase_file, false)? {
                    None => return Ok(needs_passphrase()),
                    some => some,
                }
            } else {
                None
            };
            let new = hub.import(&copy, passphrase.as_ref().map(|it| it.as_str()))?;
            print(global, &json!({ "new": new }), || {
                if new.is_nothing() {
                    "Everything in it was here already.\n".to_owned()
                } else {
                    format!("Brought back:\n{}", paint::holdings(&new))
                }
            });
        }
        CopyCommand::Erase { yes } => return erase(global, hub, yes),
        CopyCommand::ChangeKey => {
            hub.change_key()?;
            print(global, &json!({ "changed": true }), || {
                "Everything is sealed under a new key.\n".to_owned()
            });
        }
        CopyCommand::StartAfresh => {
            let kept = hub.start_afresh()?;
            print(global, &json!({ "kept": kept.to_string_lossy() }), || {
                format!(
                    "You can write again. The old file was kept as {}. `import` brings back a safety copy.\n",
                    kept.display()
                )
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn erase(global: &Global, hub: &SupportHub, yes: bool) -> Result<ExitCode, Failure> {
    // What is locked cannot be counted; it is erased all the same.
    let lost = if hub.locked().is_none() { Some(hub.holdings()?) } else { None };
    let list = lost.map_or("  what is locked: nobody can count it\n".to_owned(), |it| paint::holdings(&it));
    if !yes {
        anstream::eprint!("otsupport: this would be lost for ever; add --yes to erase it\n{list}");
        return Ok(ExitCode::from(WRONG_USAGE));
    }
    if !global.json {
        anstream::print!("This is lost now:\n{list}");
    }
    hub.erase()?;
    print(global, &json!({ "erased": lost }), || {
        "Everything that you kept is gone. The bank stays.\n".to_owned()
    });
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let failed = |error: std::io::Error| Failure(format!("{}: {error}", file.display()));
    let mut bytes = Zeroizing::new(Vec::new());
    // Not what the disk says it holds: a pipe has no length.
    let most = LARGEST_COPY as u64 + 1;
    fs::File::open(file).and_then(|it| it.take(most).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > LARGEST_COPY {
        return Err(Failure(format!("{}: too large for a safety copy", file.display())));
    }
    Ok(bytes)
}

/// The passphrase from its file, or asked for where somebody can answer; `None` where nobody can.
fn passphrase(
    global: &Global,
    file: Option<PathBuf>,
    new: bool,
) -> Result<Option<Zeroizing<String>>, Failure> {
    if let Some(file) = file {
        let failed = |error: std::io::Error| Failure(format!("{}: {error}", file.display()));
        let text = fs::read_to_string(&file).map(Zeroizing::new).map_err(failed)?;
        // An editor may put a mark before the first letter and an end behind the last.
        let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
        return Ok(Some(Zeroizing::new(text.to_owned())));
    }
    if global.json || !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let ask = |prompt: &str| {
        rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|error| Failure(error.to_string()))
    };
    let typed = ask("Passphrase: ")?;
    if new && *ask("Once more: ")? != *typed {
        return Err(Failure("the two are not the same; nothing was written".to_owned()));
    }
    Ok(Some(typed))
}

fn needs_passphrase() -> ExitCode {
    anstream::eprintln!("otsupport: this needs a passphrase: --passphrase-file FILE");
    ExitCode::from(WRONG_USAGE)
}
