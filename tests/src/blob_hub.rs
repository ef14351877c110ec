//! A hub over real HTTP on loopback that serves blobs in ranges (RFC 9110, section 14), and cuts, swaps and holds them as it is told.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use otsupport_wire::Sha256;

/// What lies under a blob's name.
#[derive(Clone, Debug)]
pub struct Served {
    /// Its bytes: whether they are the right ones is up to the test.
    pub bytes: Vec<u8>,
    /// Its tag, with its quotation marks.
    pub etag: Option<String>,
}

/// What the hub does with the next answers.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Ends each body after so many of its bytes.
    pub cut: Option<usize>,
    /// Answers every range with this status and nothing else.
    pub to_ranges: Option<&'static str>,
    /// Goes on at another byte than was asked for.
    pub goes_on_elsewhere: bool,
    /// Takes no notice of `If-Range`.
    pub forgets_tags: bool,
    /// Takes no notice of `Range`.
    pub forgets_ranges: bool,
    /// Does not say how long a body is.
    pub says_no_length: bool,
    /// Answers everything with a page for people.
    pub page: bool,
}

/// A request as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// Its path.
    pub path: String,
    /// Its `Range`.
    pub range: Option<String>,
    /// Its `If-Range`.
    pub if_range: Option<String>,
}

/// Holds the body of the next answer back in its middle.
pub struct Gate {
    /// Says when the first half was sent.
    pub half_is_sent: Receiver<()>,
    /// Lets the rest go. Dropping it lets it go too.
    pub go_on: Sender<()>,
}

#[derive(Default)]
struct State {
    served: HashMap<String, Served>,
    manner: Manner,
    asked: Vec<Asked>,
    gate: Option<(Sender<()>, Receiver<()>)>,
    stopped: bool,
}

/// A hub that serves blobs.
pub struct BlobHub {
    /// Its address.
    pub address: String,
    state: Arc<Mutex<State>>,
    socket: SocketAddr,
    thread: Option<thread::JoinHandle<()>>,
}

impl BlobHub {
    /// Starts on a free port, with nothing to serve.
    ///
    /// # Errors
    /// What the system reports.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let socket = listener.local_addr()?;
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if lock(&shared).stopped {
                    return;
                }
                let shared = shared.clone();
                // A phone that hangs up is no fault of the hub's.
                thread::spawn(move || answer(stream, &shared));
            }
        });
        Ok(Self { address: format!("http://{socket}"), state, socket, thread: Some(thread) })
    }

    /// Serves these bytes under their own name, and gives that.
    pub fn serve(&self, bytes: &[u8]) -> Sha256 {
        let sha256 = Sha256::of(bytes);
        self.put(sha256, bytes, Some(&format!("\"{sha256}\"")));
        sha256
    }

    /// Puts these bytes under that name.
    pub fn put(&self, name: Sha256, bytes: &[u8], etag: Option<&str>) {
        let served = Served { bytes: bytes.to_vec(), etag: etag.map(str::to_owned) };
        lock(&self.state).served.insert(format!("/blob/{name}"), served);
    }

    /// From now on the hub answers so.
    pub fn behave(&self, manner: Manner) {
        lock(&self.state).manner = manner;
    }

    /// Holds back the body of the next answer.
    pub fn gate(&self) -> Gate {
        let (half_sent, half_is_sent) = channel();
        let (go_on, told) = channel();
        lock(&self.state).gate = Some((half_sent, told));
        Gate { half_is_sent, go_on }
    }

    /// What was asked since this was called last.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut lock(&self.state).asked)
    }
}

impl Drop for BlobHub {
    fn drop(&mut self) {
        lock(&self.state).stopped = true;
        let _ = TcpStream::connect(self.socket);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request);
    let header = |name: &str| {
        let mut lines = request.lines().filter_map(|it| it.split_once(": "));
        lines.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let asked = Asked { path: path.clone(), range: header("range"), if_range: header("if-range") };
    let (served, manner, gate) = {
        let mut state = lock(state);
        state.asked.push(asked.clone());
        (state.served.get(&path).cloned(), state.manner.clone(), state.gate.take())
    };
    if manner.page {
        let page = "<html>Accept our terms to use this network.</html>";
        return write!(
            stream,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n{page}"
        );
    }
    let Some(Served { bytes, etag }) = served else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    };
    let same = manner.forgets_tags || asked.if_range.is_none() || asked.if_range == etag;
    let from: Option<usize> = asked.range.filter(|_| same && !manner.forgets_ranges).and_then(|it| {
        let first = it.strip_prefix("bytes=")?.strip_suffix('-')?;
        first.parse().ok()
    });
    let tag = etag.map(|it| format!("ETag: {it}\r\n")).unwrap_or_default();
    let (head, body) = match from {
        Some(_) if manner.to_ranges.is_some() => {
            (manner.to_ranges.unwrap_or_default().to_owned(), &[] as &[u8])
        }
        Some(from) if from >= bytes.len() => {
            (format!("416 Range Not Satisfiable\r\nContent-Range: bytes */{}", bytes.len()), &[] as &[u8])
        }
        Some(from) => {
            let from = if manner.goes_on_elsewhere { from - 1 } else { from };
            let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
            (format!("206 Partial Content\r\nContent-Range: {range}"), &bytes[from..])
        }
        None => ("200 OK".to_owned(), bytes.as_slice()),
    };
    let length =
        if manner.says_no_length { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    write!(stream, "HTTP/1.1 {head}\r\n{tag}Connection: close\r\n{length}\r\n")?;
    let (first, rest) = body.split_at(manner.cut.map_or(body.len(), |it| it.min(body.len())));
    let rest = if manner.cut.is_some() { &[] } else { rest };
    match gate {
        None => stream.write_all(first)?,
        Some((half_sent, told)) => {
            let (first, rest) = first.split_at(first.len() / 2);
            stream.write_all(first)?;
            let _ = half_sent.send(());
            let _ = told.recv();
            stream.write_all(rest)?;
        }
    }
    stream.write_all(rest)
}
