//! The site as the real hub process serves it: tags, ranges, caching, and nothing but the site.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use otsupport_tests::site::{MORNING, Publisher};

struct Hub {
    process: Child,
    address: String,
    publisher: Publisher,
}

impl Hub {
    fn start() -> Self {
        let publisher = Publisher::new().unwrap();
        publisher.publish(MORNING).unwrap();
        let program =
            std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("otsupport-hub");
        assert!(
            program.is_file(),
            "{} is not built; run `cargo build --release --workspace` first",
            program.display()
        );
        let mut process = Command::new(program)
            .arg("serve")
            .arg("--site")
            .arg(publisher.site())
            .args(["--listen", "127.0.0.1:0", "--receipt-key"])
            .arg(publisher.keys().join("receipt.key"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self { process, address, publisher }
    }

    /// One request as written; the answer's status line and headers, and its body.
    fn ask(&self, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(format!("{request}\r\nHost: hub\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        (String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase(), answer[end + 4..].to_vec())
    }

    /// The address of a blob of the site.
    fn blob(&self) -> String {
        let mut blobs = std::fs::read_dir(self.publisher.site().join("blob")).unwrap();
        format!("/blob/{}", blobs.next().unwrap().unwrap().file_name().to_str().unwrap())
    }

    fn tag(&self, path: &str) -> String {
        let (head, _) = self.ask(&format!("GET {path} HTTP/1.1"));
        head.lines().find_map(|it| it.strip_prefix("etag: ")).unwrap().to_owned()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_known_tag_is_answered_with_nothing() {
    let hub = Hub::start();
    let tag = hub.tag("/head");
    let (head, body) = hub.ask(&format!("GET /head HTTP/1.1\r\nIf-None-Match: {tag}"));
    assert!(head.starts_with("http/1.1 304"), "{head}");
    assert_eq!(body.len(), 0);
    let (head, body) = hub.ask("GET /head HTTP/1.1\r\nIf-None-Match: \"another\"");
    assert!(head.starts_with("http/1.1 200") && !body.is_empty());
}

#[test]
fn what_changes_is_asked_for_again_and_what_never_changes_says_so() {
    let hub = Hub::start();
    for path in ["/head", "/metadata/root.json"] {
        assert!(hub.ask(&format!("GET {path} HTTP/1.1")).0.contains("cache-control: no-cache"), "{path}");
    }
    for path in ["/full/1.zst", "/metadata/1.root.json", "/metadata/1.targets.json", &hub.blob()] {
        assert!(hub.ask(&format!("GET {path} HTTP/1.1")).0.contains("immutable"), "{path}");
    }
}

#[test]
fn a_range_goes_on_only_with_the_same_file() {
    let hub = Hub::start();
    for file in ["/full/1.zst", &hub.blob()] {
        let get = |headers: &str| hub.ask(&format!("GET {file} HTTP/1.1{headers}"));
        let (_, whole) = get("");
        let (head, part) = get("\r\nRange: bytes=1000-");
        assert!(head.starts_with("http/1.1 206"), "{head}");
        assert!(
            head.contains(&format!("content-range: bytes 1000-{}/{}", whole.len() - 1, whole.len())),
            "{head}"
        );
        assert!(part == whole[1000..]);
        // A strong tag, which alone may go on in the middle.
        let tag = hub.tag(file);
        assert!(tag.starts_with('"'), "{tag}");
        let (head, part) = get(&format!("\r\nRange: bytes=1000-\r\nIf-Range: {tag}"));
        assert!(head.starts_with("http/1.1 206"), "{head}");
        assert!(part == whole[1000..]);
        let (head, other) = get("\r\nRange: bytes=1000-\r\nIf-Range: \"another\"");
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(other == whole);
        let (head, _) = get("\r\nRange: bytes=99999999-");
        assert!(head.starts_with("http/1.1 416"), "{head}");
        assert!(head.contains(&format!("content-range: bytes */{}", whole.len())), "{head}");
    }
}

#[test]
fn a_folder_with_a_page_leads_to_it_whatever_path_the_site_lives_under() {
    let hub = Hub::start();
    for folder in ["s", "read"] {
        let (head, _) = hub.ask(&format!("GET /{folder} HTTP/1.1"));
        assert!(
            head.starts_with("http/1.1 308") && head.contains(&format!("\r\nlocation: {folder}/")),
            "{head}"
        );
        let (head, page) = hub.ask(&format!("GET /{folder}/ HTTP/1.1"));
        assert!(head.starts_with("http/1.1 200") && head.contains("text/html"), "{head}");
        assert!(head.contains("cache-control: no-cache"), "{head}");
        assert!(page == hub.ask(&format!("GET /{folder}/index.html HTTP/1.1")).1);
    }
}

#[test]
fn a_page_is_served_with_the_policy_that_it_states_and_stays_out_of_frames() {
    let hub = Hub::start();
    for (page, script) in [("/s/", true), ("/read/", false), ("/read/zip-helper.html", false)] {
        let (head, body) = hub.ask(&format!("GET {page} HTTP/1.1"));
        let body = String::from_utf8(body).unwrap().to_lowercase();
        let stated = body.split("content-security-policy\" content=\"").nth(1).unwrap();
        let stated = stated.split('"').next().unwrap();
        let header = head.lines().find_map(|it| it.strip_prefix("content-security-policy: ")).unwrap();
        assert_eq!(header, format!("{stated}; frame-ancestors 'none'"), "{page}");
        assert_eq!(header.contains("script-src 'sha256-"), script, "{page}");
    }
    let (head, _) = hub.ask("GET /head HTTP/1.1");
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
}

#[test]
fn only_the_site_is_served_and_only_read() {
    let hub = Hub::start();
    for path in [
        "/../keys/root.key",
        "/%2e%2e/keys/root.key",
        "/full/../../keys/root.key",
        "/full",
        "/",
        "/nothing",
        "//head",
        "/s//",
        "/blob/",
        "/read/nothing.html",
    ] {
        let (head, _) = hub.ask(&format!("GET {path} HTTP/1.1"));
        assert!(head.starts_with("http/1.1 404") || head.starts_with("http/1.1 400"), "{path}: {head}");
    }
    let (head, _) = hub.ask("POST /head HTTP/1.1\r\nContent-Length: 0");
    assert!(head.starts_with("http/1.1 405"), "{head}");
    let (head, body) = hub.ask("HEAD /full/1.zst HTTP/1.1");
    assert!(head.starts_with("http/1.1 200") && body.is_empty(), "{head}");
    assert!(hub.ask("GET /healthz HTTP/1.1").0.starts_with("http/1.1 200"));
}
