//! A line picture draws and does nothing else, however it is spelled.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;

use otsupport_hub::publish::PublishError;
use otsupport_tests::content_folder::small;
use otsupport_tests::site::MORNING;

fn svg(inner: &str) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\">\n{inner}\n</svg>\n")
}

#[test]
fn one_that_could_run_or_fetch_something_is_refused() {
    let publisher = small().unwrap();
    let cases = [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        "<s:script xmlns:s=\"http://www.w3.org/2000/svg\">alert(1)</s:script>",
        "<g onclick=\"alert(1)\"/>",
        "<g ONCLICK=\"alert(1)\"/>",
        "<g onclick = \"alert(1)\"/>",
        "<g\nonclick\n=\"alert(1)\"/>",
        "<g/onclick=alert(1)>",
        "<foreignObject/>",
        "<image href=\"https://elsewhere.example/x.png\"/>",
        "<use xlink:href=\"https://elsewhere.example/x.svg#a\"/>",
        "<path style=\"fill: url(https://elsewhere.example/x)\"/>",
        "<style>@import 'https://elsewhere.example/x.css';</style>",
        "<s:style xmlns:s=\"http://www.w3.org/2000/svg\">@import 'https://elsewhere.example/x.css';</s:style>",
        "<img xmlns=\"http://www.w3.org/1999/xhtml\" src=\"https://elsewhere.example/x.png\"/>",
        "<iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"https://elsewhere.example/\"/>",
        "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>",
    ];
    let mut published = Vec::new();
    for inner in cases {
        fs::write(publisher.content().join("media/coat.svg"), svg(inner)).unwrap();
        match publisher.publish(MORNING) {
            Err(PublishError::Content(faults)) => {
                assert!(faults.iter().any(|it| it.file == "media/coat.svg"), "{inner}: {faults:?}");
            }
            Err(other) => panic!("{inner}: {other}"),
            Ok(_) => {
                published.push(inner);
                fs::remove_dir_all(publisher.site()).unwrap();
            }
        }
    }
    assert!(published.is_empty(), "published: {published:#?}");
}

#[test]
fn one_that_only_draws_is_published() {
    let publisher = small().unwrap();
    let drawing = svg(
        "<title>Once on the button = done</title>\n<g fill=\"none\" stroke=\"#000\"><path d=\"M1 1h6\"/></g>",
    );
    fs::write(publisher.content().join("media/coat.svg"), drawing).unwrap();
    publisher.publish(MORNING).unwrap();
}
