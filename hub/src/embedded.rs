//! A hub inside another program, on a free loopback port: for the demonstration and for tests.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::intake::{Database, Intake, IntakeOptions, Lines};
use crate::serve;

/// It is given so long to finish what is under way.
const GRACE: Duration = Duration::from_secs(1);

/// A running hub. Dropping it stops it: what is under way is finished, and the database closed.
pub struct EmbeddedHub {
    address: String,
    stop: Option<oneshot::Sender<()>>,
    ended: Mutex<mpsc::Receiver<()>>,
    intake: Option<Arc<Intake>>,
    runtime: Option<Runtime>,
}

impl EmbeddedHub {
    /// Serves the site at `site` on a runtime of its own.
    ///
    /// # Errors
    /// What the system reports.
    pub fn start(site: &Path) -> io::Result<Self> {
        Self::serve(site, None)
    }

    /// The same, and takes enquiries into `database`, which is made if missing. Every phone here has the same address, so none is told
    /// that it asks too often.
    ///
    /// # Errors
    /// What the system, the key's file or the database report.
    pub fn start_with_intake(site: &Path, receipt_key: &Path, database: &Path) -> io::Result<Self> {
        let intake = Intake::open(IntakeOptions {
            site: site.to_owned(),
            receipt_key: receipt_key.to_owned(),
            database: Database::in_file(database.to_owned()),
            rate: None,
            behind_proxy: false,
            lines: Lines::Nowhere,
        });
        Self::serve(site, Some(intake.map_err(io::Error::other)?))
    }

    fn serve(site: &Path, intake: Option<Arc<Intake>>) -> io::Result<Self> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = mpsc::channel();
        let served = serve::serve(site.to_owned(), intake.clone(), listener, async {
            let _ = stopped.await;
        });
        runtime.spawn(async move {
            let _ = served.await;
            let _ = ending.send(());
        });
        Ok(Self { address, stop: Some(stop), ended: Mutex::new(ended), intake, runtime: Some(runtime) })
    }

    /// Where it answers.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for EmbeddedHub {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(GRACE);
        // Somebody may hold a connection open; what was taken is on the disk before this returns all the same.
        if let Some(intake) = &self.intake {
            intake.close();
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}
