//! A hub over real HTTP on loopback that answers whatever it is told to.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a hostile hub answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// 200 with these bytes.
    Bytes(Vec<u8>),
    /// 200 that says it is longer than these bytes, which then ends.
    Cut(Vec<u8>),
    /// 200 that never ends.
    Endless,
    /// Another status with these headers.
    Status(&'static str),
}

/// A hub that answers whatever it is told to, by path.
pub struct HostileHub {
    /// Its address.
    pub address: String,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    socket: SocketAddr,
    thread: Option<thread::JoinHandle<()>>,
    stop: Arc<Mutex<bool>>,
}

impl HostileHub {
    /// Starts on a free port; what was not told is 404.
    ///
    /// # Errors
    /// What the system reports.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let socket = listener.local_addr()?;
        let answers: Arc<Mutex<HashMap<String, Answer>>> = Arc::default();
        let stop = Arc::new(Mutex::new(false));
        let (told, stopped) = (answers.clone(), stop.clone());
        let thread = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *stopped.lock().unwrap_or_else(PoisonError::into_inner) {
                    return;
                }
                // A phone that hangs up is no fault of the hub's.
                let _ = answer(stream, &told);
            }
        });
        Ok(Self { address: format!("http://{socket}"), answers, socket, thread: Some(thread), stop })
    }

    /// Says what to answer for a path such as `head`.
    pub fn tell(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("/{path}"), answer);
    }
}

impl Drop for HostileHub {
    fn drop(&mut self) {
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let _ = TcpStream::connect(self.socket);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, answers: &Mutex<HashMap<String, Answer>>) -> io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
    }
    let request = String::from_utf8_lossy(&request);
    let path = request.split(' ').nth(1).unwrap_or_default();
    let told = answers.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
    match told.unwrap_or(Answer::Status("404 Not Found")) {
        Answer::Bytes(bytes) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                bytes.len()
            )?;
            stream.write_all(&bytes)
        }
        Answer::Cut(bytes) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                bytes.len() + 100
            )?;
            stream.write_all(&bytes)
        }
        Answer::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            // Ends when the phone hangs up, and in any case after a gigabyte.
            (0..16_384).try_for_each(|_| stream.write_all(&[0x28; 65_536]))
        }
        Answer::Status(status) => {
            write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        }
    }
}
