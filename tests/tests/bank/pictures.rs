//! Line pictures: one for each topic and more for the strategies, small, with their text, and legible on any ground.

use std::collections::BTreeSet;

use super::BANK;

#[test]
fn every_topic_has_a_picture_of_its_own_and_the_strategies_have_24_more() {
    let of_topics: BTreeSet<_> = BANK.snapshot.topics.iter().filter_map(|it| it.picture.as_ref()).collect();
    assert_eq!(of_topics.len(), 24);
    let more = BANK.snapshot.pictures.iter().filter(|it| !of_topics.contains(&it.file)).count();
    assert!(more >= 24, "{more}");
}

#[test]
fn each_holds_at_most_8_kb_and_says_what_it_shows() {
    for picture in &BANK.snapshot.pictures {
        assert!(picture.svg.len() <= 8 << 10, "{}", picture.file);
        let title = picture.svg.split("<title>").nth(1).and_then(|it| it.split("</title>").next());
        assert!(title.is_some_and(|it| it.len() >= 10), "{}: {title:?}", picture.file);
        assert!(picture.svg.contains("role=\"img\""), "{}", picture.file);
    }
    for used in BANK.snapshot.items().flat_map(|it| &it.media) {
        assert!(used.alt.len() >= 10, "{}", used.file);
    }
}

/// The values of every attribute of this name.
fn values<'a>(svg: &'a str, attribute: &str) -> Vec<&'a str> {
    let name = format!(" {attribute}=\"");
    svg.split(name.as_str()).skip(1).filter_map(|it| it.split('"').next()).collect()
}

#[test]
fn each_is_drawn_in_the_colour_of_the_text_beside_it_with_strokes_that_can_be_seen() {
    for picture in &BANK.snapshot.pictures {
        for attribute in ["fill", "stroke", "color"] {
            for paint in values(&picture.svg, attribute) {
                assert!(["none", "currentColor"].contains(&paint), "{}: {attribute}={paint}", picture.file);
            }
        }
        // A shape without a fill of its own takes the drawing's; without that it is black in any light.
        let drawing = picture.svg.split('>').next().unwrap_or_default();
        assert!(
            drawing.contains("fill=\"none\"") && drawing.contains("stroke=\"currentColor\""),
            "{}",
            picture.file
        );
        for attribute in ["opacity", "fill-opacity", "stroke-opacity"] {
            assert!(values(&picture.svg, attribute).is_empty(), "{}: {attribute}", picture.file);
        }
        let width: f64 = values(drawing, "viewBox")[0].split(' ').nth(2).unwrap().parse().unwrap();
        for stroke in values(&picture.svg, "stroke-width") {
            // In thousandths of the picture's width: 160 px wide on a phone, the thinnest line is 2 px.
            let share = stroke.parse::<f64>().unwrap() / width * 1000.0;
            assert!(share >= 12.5, "{}: {stroke}", picture.file);
        }
    }
}
