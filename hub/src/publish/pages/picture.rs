//! Line pictures inside a page, in the colour of its text.

use maud::{Markup, PreEscaped, html};
use roxmltree::{Document, Node};

/// A line picture and what it shows.
///
/// HTML reads an SVG file by other rules than XML does: where a comment ends, for one. So the picture is not pasted; its shapes are
/// written anew, each attribute escaped. `None` if it is no picture.
pub(super) fn draw(svg: &str, alt: &str) -> Option<Markup> {
    let drawing = Document::parse(svg).ok()?;
    let mut shapes = String::new();
    write(drawing.root_element(), &mut shapes);
    Some(html! { div.picture role="img" aria-label=(alt) { (PreEscaped(shapes)) } })
}

/// Names were held against the list of shapes when the bank was read.
fn write(node: Node<'_, '_>, shapes: &mut String) {
    let name = node.tag_name().name();
    // What they say is in the alternative text, in the language of the page.
    if !node.is_element() || matches!(name, "title" | "desc") {
        return;
    }
    shapes.push_str(&format!("<{name}"));
    for attribute in node.attributes().filter(|it| !matches!(it.name(), "role" | "aria-label")) {
        let value = html! { (attribute.value()) }.into_string();
        shapes.push_str(&format!(" {}=\"{value}\"", attribute.name()));
    }
    shapes.push('>');
    node.children().for_each(|it| write(it, shapes));
    shapes.push_str(&format!("</{name}>"));
}
