//! A hub inside another program, on a free loopback port: for the demonstration and for tests.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::serve;

/// A running hub. Dropping it stops it.
pub struct EmbeddedHub {
    address: String,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
}

impl EmbeddedHub {
    /// Serves the site at `site` on a runtime of its own.
    ///
    /// # Errors
    /// What the system reports.
    pub fn start(site: &Path) -> io::Result<Self> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        runtime.spawn(serve::serve(site.to_owned(), listener, async {
            let _ = stopped.await;
        }));
        Ok(Self { address, stop: Some(stop), runtime: Some(runtime) })
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
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }
}
