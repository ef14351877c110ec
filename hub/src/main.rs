//! The hub's commands.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use clap::{Parser, Subcommand};
use otsupport_hub::inbox::{self, Secrets, Standing};
use otsupport_hub::intake::{Database, Intake, IntakeOptions, Lines, Rate};
use otsupport_hub::keys::{self, EnquiryRole};
use otsupport_hub::publish::{
    ChangeOptions, PublishError, PublishOptions, RefreshOptions, SigningRole, change, publish, refresh,
};
use otsupport_hub::serve;
use otsupport_wire::enquiry::EnquiryId;
use tokio::net::TcpListener;

/// The hub of a Children's OT Support Hub: makes keys, publishes content, serves the site, takes enquiries.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the keys of a hub.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Make a signed static site of a content folder.
    Publish {
        /// The content folder.
        #[arg(long, value_name = "DIR", required_unless_present = "refresh")]
        content: Option<PathBuf>,
        /// Sign the timestamp again and nothing else: phones see that the hub is looked after. Once a month at least.
        #[arg(long, conflicts_with_all = ["content", "allow_removed"])]
        refresh: bool,
        /// The site's folder; made if missing.
        #[arg(long, value_name = "DIR")]
        site: PathBuf,
        /// The key folder.
        #[arg(long, value_name = "DIR")]
        keys: PathBuf,
        /// A file with the passphrase that the keys are sealed with.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        /// What the clock says (RFC 3339).
        #[arg(long, value_name = "T")]
        now: Option<DateTime<Utc>>,
        /// Go on although items or events would vanish.
        #[arg(long)]
        allow_removed: bool,
    },
    /// Serve a site and take enquiries over HTTP. Put a proxy with TLS before it.
    Serve {
        /// The site's folder.
        #[arg(long, value_name = "DIR")]
        site: PathBuf,
        /// Where to listen, such as 127.0.0.1:8080; port 0 takes a free one. Behind a proxy: where it alone can reach it.
        #[arg(long, value_name = "ADDR")]
        listen: String,
        /// The key that signs receipts.
        #[arg(long, value_name = "FILE")]
        receipt_key: PathBuf,
        /// Where enquiries are kept: sqlite:FILE; made if missing [default: intake.db beside the receipt key].
        #[arg(long, value_name = "URL")]
        database: Option<String>,
        /// How often one address may send or ask; ten seconds' worth may come at once [default: 20/s].
        #[arg(long, value_name = "N/s")]
        rate: Option<Rate>,
        /// Take a client's address from the last entry of X-Forwarded-For: only behind a proxy of your own that writes it. Without this,
        /// everybody behind a proxy shares one rate.
        #[arg(long)]
        behind_proxy: bool,
    },
    /// Read what families asked. Opens every enquiry and marks it as read.
    Inbox {
        #[command(flatten)]
        desk: DeskArguments,
    },
    /// Answer an enquiry: the reply waits, sealed, for the phone that asked.
    Reply {
        /// The enquiry.
        id: EnquiryId,
        /// The reply.
        text: String,
        #[command(flatten)]
        desk: DeskArguments,
    },
}

#[derive(clap::Args)]
struct DeskArguments {
    /// Where enquiries are kept: sqlite:FILE.
    #[arg(long, value_name = "URL")]
    database: String,
    /// The key folder.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// A file with the passphrase that the keys are sealed with.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Open with the recovery key, when the service key is lost.
    #[arg(long)]
    recovery: bool,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
    /// What the clock says (RFC 3339).
    #[arg(long, value_name = "T")]
    now: Option<DateTime<Utc>>,
}

impl DeskArguments {
    fn database(&self) -> Result<Database, Failure> {
        Ok(self.database.parse()?)
    }

    fn secrets(&self) -> Result<Secrets, Failure> {
        let passphrase = self.passphrase_file.as_deref().map(keys::read_passphrase).transpose()?;
        let passphrase = passphrase.as_ref().map(|it| it.as_str());
        Ok(if self.recovery {
            Secrets::Recovery(keys::recovery_secrets(&self.keys, passphrase)?)
        } else {
            Secrets::Service(keys::service_secrets(&self.keys, passphrase)?)
        })
    }

    fn now(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(|| std::time::SystemTime::now().into())
    }
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make every key, each in a file that only you can read.
    New {
        /// The folder; made if missing.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// A file with a passphrase to seal them with. The receipt key is not sealed: it serves unattended.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Change a role's key, as from time to time. The key folder must hold root.key.
    Rotate(ChangeArguments),
    /// Change a key that somebody else may have, and those that vouch for it.
    Revoke(ChangeArguments),
}

#[derive(clap::Args)]
struct ChangeArguments {
    /// Whose key.
    role: RoleArgument,
    /// The site's folder.
    #[arg(long, value_name = "DIR")]
    site: PathBuf,
    /// The key folder.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// A file with the passphrase that the keys are sealed with.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// What the clock says (RFC 3339).
    #[arg(long, value_name = "T")]
    now: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum RoleArgument {
    Root,
    Timestamp,
    Snapshot,
    Targets,
    /// To which enquiries are sealed. The next bank names the new one.
    Service,
    /// Which signs receipts. The next bank names the new one.
    Receipt,
}

/// How long the hub takes what was sealed to a service key after it was changed: phones that were away seal anew afterwards.
const OVERLAP: Days = Days::new(30);

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if let Some(PublishError::Content(faults)) = error.downcast_ref() {
                faults.iter().for_each(|it| eprintln!("{it}"));
            }
            eprintln!("otsupport-hub: {error}");
            ExitCode::FAILURE
        }
    }
}

type Failure = Box<dyn std::error::Error>;

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Keys(KeysCommand::New { out, passphrase_file }) => {
            let passphrase = passphrase_file.as_deref().map(keys::read_passphrase).transpose()?;
            keys::make(&out, passphrase.as_ref().map(|it| it.as_str()))?;
            say(&format!("made {} keys in {}", keys::KEY_FILES.len(), out.display()))
        }
        Command::Keys(KeysCommand::Rotate(arguments)) => change_key(arguments, false),
        Command::Keys(KeysCommand::Revoke(arguments)) => change_key(arguments, true),
        Command::Publish { content, refresh: _, site, keys, passphrase_file, now, allow_removed } => {
            let passphrase = passphrase_file.as_deref().map(keys::read_passphrase).transpose()?;
            let now = now.unwrap_or_else(|| std::time::SystemTime::now().into());
            let passphrase = passphrase.map(|it| it.to_string());
            let Some(content) = content else {
                let version = refresh(&RefreshOptions { site, keys, passphrase, now })?;
                return say(&format!("signed the timestamp of bank {version} again"));
            };
            let done = publish(&PublishOptions { content, site, keys, passphrase, now, allow_removed })?;
            done.warnings.iter().for_each(|it| eprintln!("{it}"));
            let what = if done.new { "published" } else { "unchanged, signed again:" };
            say(&format!(
                "{what} bank {}: {} strategies, {} resources, {} events; {} bytes on the wire, {} unpacked",
                done.version, done.strategies, done.resources, done.events, done.packed, done.unpacked
            ))
        }
        Command::Serve { site, listen, receipt_key, database, rate, behind_proxy } => {
            let database = match database {
                Some(url) => url.parse()?,
                None => Database::beside(&receipt_key),
            };
            let intake = Intake::open(IntakeOptions {
                site: site.clone(),
                receipt_key,
                database,
                rate: Some(rate.unwrap_or(Rate::DEFAULT)),
                behind_proxy,
                lines: Lines::ToStderr,
            })?;
            serve_until_stopped(site, intake, &listen)
        }
        Command::Inbox { desk } => {
            let inbox = inbox::read(&desk.database()?, &desk.secrets()?, desk.now())?;
            if let Some(error) = &inbox.unmarked {
                eprintln!(
                    "otsupport-hub: these could not be marked as read, and may still be withdrawn: {error}"
                );
            }
            let text = if desk.json { serde_json::to_string(&inbox)? } else { inbox::to_text(&inbox) };
            say(text.trim_end())
        }
        Command::Reply { id, text, desk } => {
            let mut random = [0; 32];
            getrandom::fill(&mut random)?;
            let number = inbox::reply(&desk.database()?, &desk.secrets()?, id, &text, desk.now(), &random)?;
            say(&if desk.json {
                serde_json::json!({ "id": id, "state": Standing::Answered, "number": number }).to_string()
            } else {
                "the reply waits, sealed, for the phone that asked".to_owned()
            })
        }
    }
}

fn change_key(arguments: ChangeArguments, stolen: bool) -> Result<(), Failure> {
    let ChangeArguments { role, site, keys, passphrase_file, now } = arguments;
    let passphrase = passphrase_file.as_deref().map(keys::read_passphrase).transpose()?;
    let now = now.unwrap_or_else(|| std::time::SystemTime::now().into());
    let passphrase = passphrase.map(|it| it.to_string());
    let role = match role {
        RoleArgument::Root => SigningRole::Root,
        RoleArgument::Timestamp => SigningRole::Timestamp,
        RoleArgument::Snapshot => SigningRole::Snapshot,
        RoleArgument::Targets => SigningRole::Targets,
        RoleArgument::Service => {
            return change_enquiry_key(EnquiryRole::Service, &keys, passphrase, now, stolen);
        }
        RoleArgument::Receipt => {
            return change_enquiry_key(EnquiryRole::Receipt, &keys, passphrase, now, stolen);
        }
    };
    let root = change(&ChangeOptions { site, keys, passphrase, now, role, stolen })?;
    say(&format!(
        "the {} key was changed: root {root}. Old keys were kept as *.key.old-N; destroy them when the site is safe",
        role.name()
    ))
}

fn change_enquiry_key(
    role: EnquiryRole,
    folder: &Path,
    passphrase: Option<String>,
    now: DateTime<Utc>,
    stolen: bool,
) -> Result<(), Failure> {
    let until = if stolen { now } else { now.checked_add_days(OVERLAP).unwrap_or(now) };
    keys::change_enquiry_key(folder, role, passphrase.as_deref(), until)?;
    let name = role.name();
    say(&format!(
        "the {name} key was changed; publish now, so that phones learn the new one. Keep {name}.key.old-N: it opens what was \
         sealed before"
    ))
}

fn say(words: &str) -> Result<(), Failure> {
    // A closed pipe is no fault of the hub.
    let _ = writeln!(std::io::stdout(), "{words}");
    Ok(())
}

#[tokio::main]
async fn serve_until_stopped(site: PathBuf, intake: Arc<Intake>, listen: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(|error| format!("{listen}: {error}"))?;
    say(&format!("listening on http://{}", listener.local_addr()?))?;
    Ok(serve::serve(site, Some(intake), listener, stopped()).await?)
}

/// Done when the process is asked to stop.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
