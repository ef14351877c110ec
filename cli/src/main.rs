//! The Children's OT Support Hub for a terminal: the same core as on a phone.

mod arguments;
mod commands;
#[cfg(feature = "demo")]
mod demo;
mod paint;
mod words;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let failure = match arguments.command {
        Command::Completions { shell } => {
            arguments::completions(shell);
            return ExitCode::SUCCESS;
        }
        #[cfg(feature = "demo")]
        Command::Demo { content } => demo::run(content).err().map(|error| error.to_string()),
        command => match commands::run(&arguments.global, command) {
            Ok(code) => return code,
            Err(failure) => Some(failure.to_string()),
        },
    };
    match failure {
        None => ExitCode::SUCCESS,
        Some(words) => {
            anstream::eprintln!("otsupport: {words}");
            ExitCode::FAILURE
        }
    }
}
