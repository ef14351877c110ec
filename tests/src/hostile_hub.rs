//! A hub over real HTTP on loopback that answers whatever it is told to.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// What a hostile hub answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 200 with these bytes, or 206 with those from the byte on that was asked for.
    Bytes(Vec<u8>),
    /// The same, but it hangs up once it has sent so many bytes of the body.
    Cut(Vec<u8>, usize),
    /// 200 that does not say how long it is, with these bytes.
    Unsized(Vec<u8>),
    /// 200 that never ends.
    Endless,
    /// 200 with these bytes, one every few milliseconds.
    Drip(Vec<u8>),
    /// Nothing at all, on a connection that stays open for so long as somebody listens.
    Silence,
    /// Another status with these headers.
    Status(&'static str),
    /// These bytes in place of an HTTP answer.
    Verbatim(Vec<u8>),
}

/// What was asked, and what it cost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
    /// The path, such as `head`.
    pub path: String,
    /// From which byte on.
    pub from: usize,
    /// How many bytes of a body were sent.
    pub sent: usize,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, Answer>,
    first: HashMap<String, Answer>,
    asked: Vec<Asked>,
    stopped: bool,
}

/// A hub that answers whatever it is told to, by path.
pub struct HostileHub {
    /// Its address.
    pub address: String,
    state: Arc<Mutex<State>>,
    socket: SocketAddr,
    thread: Option<thread::JoinHandle<()>>,
}

impl HostileHub {
    /// Starts on a free port; what was not told is 404.
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
                // One that is slow holds up no other. A phone that hangs up is no fault of the hub's.
                thread::spawn(move || answer(stream, &shared));
            }
        });
        Ok(Self { address: format!("http://{socket}"), state, socket, thread: Some(thread) })
    }

    /// Says what to answer for a path such as `head`.
    pub fn tell(&self, path: &str, answer: Answer) {
        lock(&self.state).answers.insert(path.to_owned(), answer);
    }

    /// Says what to answer for it once, before anything else.
    pub fn tell_once(&self, path: &str, answer: Answer) {
        lock(&self.state).first.insert(path.to_owned(), answer);
    }

    /// Forgets all that it was told.
    pub fn forget(&self) {
        let mut state = lock(&self.state);
        state.answers.clear();
        state.first.clear();
    }

    /// What was asked since this was called last.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut lock(&self.state).asked)
    }
}

impl Drop for HostileHub {
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
    let Some((path, from)) = request(&mut stream)? else { return Ok(()) };
    let told = {
        let mut state = lock(state);
        let told = state.first.remove(&path).or_else(|| state.answers.get(&path).cloned());
        told.unwrap_or(Answer::Status("404 Not Found"))
    };
    // Noted before it is sent: whoever has the answer finds it noted.
    let sent = match &told {
        Answer::Bytes(bytes) | Answer::Unsized(bytes) => bytes.len().saturating_sub(from),
        Answer::Cut(bytes, at) => bytes.len().saturating_sub(from).min(*at),
        _ => 0,
    };
    lock(state).asked.push(Asked { path, from, sent });
    let ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    match told {
        Answer::Bytes(bytes) => {
            let sent = bytes.len();
            body(&mut stream, &bytes, from, sent)
        }
        Answer::Cut(bytes, at) => body(&mut stream, &bytes, from, at),
        Answer::Unsized(bytes) => {
            write!(stream, "{ok}\r\n")?;
            stream.write_all(&bytes)
        }
        Answer::Endless => {
            write!(stream, "{ok}\r\n")?;
            // Ends when the phone hangs up, and in any case after a gigabyte.
            (0..16_384).try_for_each(|_| stream.write_all(&[0x28; 65_536]))
        }
        Answer::Drip(bytes) => {
            write!(stream, "{ok}Content-Length: {}\r\n\r\n", bytes.len())?;
            for byte in bytes {
                // Its slowness is what is tested: nothing waits for it to be right.
                thread::sleep(Duration::from_millis(5));
                stream.write_all(&[byte])?;
            }
            Ok(())
        }
        // Reads until the phone hangs up.
        Answer::Silence => stream.read(&mut [0]).map(drop),
        Answer::Status(status) => {
            write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        }
        Answer::Verbatim(bytes) => stream.write_all(&bytes),
    }
}

/// The path that is asked for and from which byte on; none if nobody asks.
fn request(stream: &mut TcpStream) -> io::Result<Option<(String, usize)>> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let mut expected = None;
    while expected.is_none_or(|it| request.len() < it) {
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            read => request.extend_from_slice(&buffer[..read]),
        }
        // What is sent is read before it is answered: who hangs up on it loses the answer too.
        expected = request.windows(4).position(|it| it == b"\r\n\r\n").map(|end| {
            let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
            let length = head.lines().find_map(|it| it.strip_prefix("content-length:")?.trim().parse().ok());
            end + 4 + length.unwrap_or(0)
        });
    }
    let request = String::from_utf8_lossy(&request).to_lowercase();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let from =
        request.lines().find_map(|it| it.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
    Ok(Some((path.trim_start_matches('/').to_owned(), from.unwrap_or(0))))
}

/// The body from a byte on, of which only so many bytes are sent.
fn body(stream: &mut TcpStream, bytes: &[u8], from: usize, at: usize) -> io::Result<()> {
    let length = bytes.len();
    let (status, rest) = match bytes.get(from..) {
        _ if from == 0 => ("200 OK".to_owned(), bytes),
        Some(rest) if !rest.is_empty() => {
            (format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{length}", length - 1), rest)
        }
        _ => (format!("416 Range Not Satisfiable\r\nContent-Range: bytes */{length}"), &[] as &[u8]),
    };
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", rest.len())?;
    stream.write_all(&rest[..at.min(rest.len())])
}
