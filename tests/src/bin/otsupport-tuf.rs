//! A TUF client over the verifier that phones use, so that a public conformance suite can drive it.
//!
//! It adds files and HTTP to [`otsupport_wire::trust`] and decides nothing about trust.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Parser, Subcommand};
use otsupport_core::platform::{Get, Http, Network, Reply};
use otsupport_wire::trust::{
    Chain, Document, Freshness, Hashes, MOST_ROOTS, MetaFile, Origin, ROOT_LIMIT, Root, SNAPSHOT_LIMIT,
    Search, Snapshot, TARGETS_LIMIT, TIMESTAMP_LIMIT, TargetFile, Timestamp, TrustError, Verifier,
};

/// A client of The Update Framework.
#[derive(Parser)]
struct Arguments {
    /// Where trusted metadata is kept.
    #[arg(long, value_name = "D", global = true)]
    metadata_dir: Option<PathBuf>,
    /// The repository's metadata.
    #[arg(long, value_name = "U", global = true)]
    metadata_url: Option<String>,
    /// A file to download.
    #[arg(long, value_name = "P", global = true)]
    target_name: Vec<String>,
    /// The repository's files.
    #[arg(long, value_name = "U", global = true)]
    target_base_url: Option<String>,
    /// Where to put them.
    #[arg(long, value_name = "D", global = true)]
    target_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trust this root.
    Init {
        /// `root.json`
        root: PathBuf,
    },
    /// Bring the metadata up to date.
    Refresh,
    /// Bring the metadata up to date, then download the files, each unless it is there.
    Download,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("otsupport-tuf: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.metadata_dir.ok_or("--metadata-dir is missing")?;
    if let Command::Init { root } = &arguments.command {
        let root = fs::read(root)?;
        Verifier::with_other_schemes(&root, DateTime::<Utc>::MIN_UTC)?;
        fs::create_dir_all(&folder)?;
        return Ok(put(&folder.join("root.json"), &root)?);
    }
    let url = arguments.metadata_url.ok_or("--metadata-url is missing")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let http = Network::new();
    let fetch = |site: &str, path: &str, limit: u64| -> Result<Option<Vec<u8>>, Failure> {
        let mut body = Vec::new();
        let get = Get { site, path, if_none_match: None, limit, from: None };
        match runtime.block_on(http.get(get, &mut body))? {
            Reply::Body { .. } | Reply::Rest { .. } => Ok(Some(body)),
            Reply::NotModified | Reply::Status(403 | 404) => Ok(None),
            Reply::Later(_) => Err(format!("{path}: the server is too busy").into()),
            Reply::Status(status) => Err(format!("{path}: status {status}").into()),
        }
    };
    let root = fs::read(folder.join("root.json"))?;
    let verifier = Verifier::with_other_schemes(&root, std::time::SystemTime::now().into())?;
    let mut client = Client { folder, url, verifier, fetch };
    client.refresh()?;
    if let Command::Download = arguments.command {
        let base = arguments.target_base_url.ok_or("--target-base-url is missing")?;
        let to = arguments.target_dir.ok_or("--target-dir is missing")?;
        for name in &arguments.target_name {
            client.download(name, &base, &to)?;
        }
    }
    Ok(())
}

struct Client<F> {
    folder: PathBuf,
    url: String,
    verifier: Verifier,
    fetch: F,
}

impl<F: Fn(&str, &str, u64) -> Result<Option<Vec<u8>>, Failure>> Client<F> {
    /// The detailed client workflow of the specification (section 5).
    fn refresh(&mut self) -> Result<(), Failure> {
        for _ in 0..MOST_ROOTS {
            let next = self.verifier.root().head().version + 1;
            let Some(root) = self.metadata(&format!("{next}.root.json"), ROOT_LIMIT)? else { break };
            self.verifier.take_root(&root)?;
            self.keep(Root::KIND, &root)?;
        }
        // What is here sets the marks below which nothing is taken; it need not hold any more.
        if let Some(kept) = self.kept(Timestamp::KIND) {
            let _ = self.verifier.take_timestamp(&kept);
        }
        let timestamp = self.required("timestamp.json", TIMESTAMP_LIMIT)?;
        // The snapshot that is here is judged by the timestamp that brought it, then by the new one.
        let snapshot = self.kept(Snapshot::KIND);
        if self.verifier.take_timestamp(&timestamp)? == Freshness::New {
            self.keep(Timestamp::KIND, &timestamp)?;
        }
        let here = snapshot.is_some_and(|it| self.verifier.take_snapshot(&it, Origin::Kept).is_ok());
        if !here {
            let named = self.verifier.timestamp().and_then(|it| it.meta.get("snapshot.json")).cloned();
            let named = named.ok_or(TrustError::NotListed)?;
            let name = self.versioned(Snapshot::KIND, &named);
            let snapshot = self.required(&name, limit(&named, SNAPSHOT_LIMIT))?;
            self.verifier.take_snapshot(&snapshot, Origin::Fetched)?;
            self.keep(Snapshot::KIND, &snapshot)?;
        }
        self.need(&Chain::top())
    }

    /// Has the document at the end of a chain, kept or fetched.
    fn need(&mut self, chain: &Chain) -> Result<(), Failure> {
        if self.verifier.delegated(chain).is_some() {
            return Ok(());
        }
        if let Some(kept) = self.kept(chain.name())
            && self.verifier.take_delegated(&kept, chain).is_ok()
        {
            return Ok(());
        }
        let named = self.verifier.named(chain.name())?.clone();
        let name = self.versioned(&quoted(chain.name(), ""), &named);
        let document = self.required(&name, limit(&named, TARGETS_LIMIT))?;
        self.verifier.take_delegated(&document, chain)?;
        self.keep(chain.name(), &document)
    }

    fn download(&mut self, name: &str, base: &str, to: &Path) -> Result<(), Failure> {
        let file = self.find(name)?.ok_or_else(|| format!("nobody names {name}"))?;
        let place = to.join(quoted(name, ""));
        if fs::read(&place).is_ok_and(|bytes| file.is(&bytes)) {
            return Ok(());
        }
        let path = match self.verifier.root().consistent_snapshot.then(|| prefix(&file.hashes)).flatten() {
            None => name.to_owned(),
            Some(digest) => match name.rsplit_once('/') {
                Some((folder, stem)) => format!("{folder}/{digest}.{stem}"),
                None => format!("{digest}.{name}"),
            },
        };
        let bytes = (self.fetch)(base, &quoted(&path, "/"), file.length)?.ok_or("the file is not there")?;
        if !file.is(&bytes) {
            return Err(TrustError::NotAsNamed.into());
        }
        Ok(put(&place, &bytes)?)
    }

    fn find(&mut self, name: &str) -> Result<Option<TargetFile>, Failure> {
        let mut search = Search::of(name);
        while let Some(chain) = search.next() {
            self.need(&chain)?;
            let targets = self.verifier.delegated(&chain).ok_or(TrustError::OutOfOrder)?;
            if let Some(file) = search.look(targets, &chain) {
                return Ok(Some(file.clone()));
            }
        }
        Ok(None)
    }

    fn metadata(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
        (self.fetch)(&self.url, name, limit)
    }

    fn required(&self, name: &str, limit: u64) -> Result<Vec<u8>, Failure> {
        self.metadata(name, limit)?.ok_or_else(|| format!("{name} is not there").into())
    }

    fn versioned(&self, name: &str, named: &MetaFile) -> String {
        if self.verifier.root().consistent_snapshot {
            format!("{}.{name}.json", named.version)
        } else {
            format!("{name}.json")
        }
    }

    fn kept(&self, role: &str) -> Option<Vec<u8>> {
        fs::read(self.place(role)).ok()
    }

    fn keep(&self, role: &str, document: &[u8]) -> Result<(), Failure> {
        Ok(put(&self.place(role), document)?)
    }

    fn place(&self, role: &str) -> PathBuf {
        self.folder.join(format!("{}.json", quoted(role, "")))
    }
}

fn limit(named: &MetaFile, most: u64) -> u64 {
    named.length.map_or(most, |it| it.min(most))
}

/// The digest that a file's name begins with in a consistent snapshot.
fn prefix(hashes: &Hashes) -> Option<&String> {
    hashes.0.get("sha256").or_else(|| hashes.0.values().next())
}

/// Percent-encoded, but for letters, digits, `_.-~` and `safe` (RFC 3986, section 2.3). A name cannot climb out of its folder.
fn quoted(name: &str, safe: &str) -> String {
    let mut quoted = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.as_bytes().contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("%{byte:02X}"));
        }
    }
    quoted
}

/// Writes a file whole.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let mut file = fs::File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(part, path)
}
