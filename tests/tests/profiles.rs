//! Children, classes and views order and label what the bank holds. They hide nothing, and none is needed.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::cmp::Reverse;
use std::collections::BTreeSet;

use otsupport_core::SupportHub;
use otsupport_core::strategies::{
    Age, Card, Day, Filter, ItemView, Kind, Page, PracticeResult, Profile, ProfileKind, ProfileRequest,
    RecordRequest, Search, TryRequest, VariantChoice, View,
};
use otsupport_core::wire::snapshot::{Ages, Audience, Setting};
use otsupport_tests::household::{Household, child, code, day, id, went, went_with};
use proptest::prelude::*;

fn all(hub: &SupportHub) -> Vec<Card> {
    hub.browse(&Filter::default(), Page::default()).unwrap()
}

fn names(cards: &[Card]) -> BTreeSet<&str> {
    cards.iter().map(|it| it.id.as_str()).collect()
}

fn born(month: &str) -> Option<Age> {
    Some(Age::Born(month.parse().unwrap()))
}

fn band(from: u8, to: u8) -> Option<Age> {
    Some(Age::Band(Ages { from, to }))
}

fn find(hub: &SupportHub, words: &str) -> Vec<Card> {
    let search = Search { words: words.to_owned(), limit: Some(10_000), ..Search::default() };
    hub.search(&search).unwrap().results
}

fn nicknames(hub: &SupportHub) -> Vec<String> {
    hub.profiles().unwrap().iter().map(|it| it.nickname.as_str().to_owned()).collect()
}

/// Whether an item is often used at these ages and places, by the words of the issue: what says nothing suits everybody.
fn suits(item: &ItemView, ages: Option<Ages>, places: &BTreeSet<Setting>) -> bool {
    let age = match (ages, item.ages) {
        (Some(theirs), Some(its)) => its.from <= theirs.to && its.to >= theirs.from,
        _ => true,
    };
    let place =
        places.is_empty() || item.settings.is_empty() || item.settings.iter().any(|it| places.contains(it));
    age && place
}

/// Staff look for what is theirs alone first, then for what is theirs too; a family looks for what is for families.
fn for_view(item: &ItemView, view: View) -> u8 {
    let audience = if view == View::School { Audience::School } else { Audience::Family };
    let theirs = item.audiences.is_empty() || item.audiences.contains(&audience);
    u8::from(theirs) + u8::from(view == View::School && item.audiences == [Audience::School])
}

#[test]
fn a_profile_and_a_view_order_and_label_everything_and_hide_nothing() {
    const QUERIES: [&str; 4] = ["wont keep his socks on", "hands hurt when writing", "pe lesson", "حذاء"];
    let house = Household::demonstration().unwrap();
    let hub = &house.hub;
    let plain = all(hub);
    assert!(plain.len() > 200 && plain.iter().all(|it| it.suits.is_none()));
    let items: Vec<ItemView> =
        plain.iter().map(|it| hub.show(&it.id, &VariantChoice::default()).unwrap()).collect();
    let topics: Vec<_> = hub.topics().unwrap().into_iter().map(|it| it.slug).collect();
    let found: Vec<Vec<Card>> = QUERIES.iter().map(|it| find(hub, it)).collect();
    assert!(found.iter().map(Vec::len).sum::<usize>() > 40);

    let places = prop::collection::btree_set(prop_oneof![Just(Setting::Home), Just(Setting::School)], 0..3);
    let ages = prop::option::of((0u8..=25, 0u8..=25).prop_map(|(a, b)| (a.min(b), a.max(b))));
    let cases = (ages, places, any::<bool>(), prop::option::of(0u8..=18));
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let verdict = runner.run(&cases, |(ages, settings, school, filter_age)| {
        let ages = ages.map(|(from, to)| Ages { from, to });
        let view = if school { View::School } else { View::Family };
        let request = ProfileRequest { age: ages.map(Age::Band), settings: settings.clone(), ..child("Sam") };
        for left in hub.profiles().unwrap() {
            hub.remove_profile(&left.id, true).unwrap();
        }
        let profile = hub.add_profile(&request).unwrap();
        hub.choose_profile(Some(&profile.id)).unwrap();
        hub.set_view(view).unwrap();

        let mut expected: Vec<&ItemView> = items.iter().collect();
        expected.sort_by_key(|it| {
            (
                topics.iter().position(|topic| *topic == it.topic),
                Reverse(for_view(it, view)),
                Reverse(suits(it, ages, &settings)),
                it.title.clone(),
                it.id.clone(),
            )
        });
        let listed = all(hub);
        let ids: Vec<&str> = listed.iter().map(|it| it.id.as_str()).collect();
        prop_assert_eq!(ids, expected.iter().map(|it| it.id.as_str()).collect::<Vec<_>>());
        let said = ages.is_some() || !settings.is_empty();
        for (card, item) in listed.iter().zip(expected) {
            prop_assert_eq!(card.suits, said.then(|| suits(item, ages, &settings)), "{}", card.id);
        }

        let filter = Filter { age: filter_age, ..Filter::default() };
        let with = hub.browse(&filter, Page::default()).unwrap();
        for (query, plain) in QUERIES.iter().zip(&found) {
            let results = find(hub, query);
            prop_assert_eq!(names(&results), names(plain), "{}", query);
            let score = |it: &Card| it.matched.as_ref().unwrap().score;
            prop_assert!(results.windows(2).all(|it| score(&it[0]) >= score(&it[1])));
            // It orders near matches: nothing stands over an answer that is clearly better.
            let plainly = |it: &Card| score(plain.iter().find(|one| one.id == it.id).unwrap());
            for (place, below) in results.iter().enumerate() {
                let clearly = results[..place].iter().find(|it| plainly(it) * 1.4 < plainly(below));
                prop_assert!(clearly.is_none(), "{} stands over {}", clearly.unwrap().id, below.id);
            }
        }
        hub.choose_profile(None).unwrap();
        hub.set_view(View::Family).unwrap();
        hub.remove_profile(&profile.id, true).unwrap();
        let without = hub.browse(&filter, Page::default()).unwrap();
        prop_assert_eq!(names(&with), names(&without));
        Ok(())
    });
    verdict.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(all(hub), plain, "as it was");
}

#[test]
fn staff_see_their_resources_first_in_every_topic() {
    let house = Household::demonstration().unwrap();
    let hub = &house.hub;
    assert_eq!(hub.set_view(View::School).unwrap().view, View::School);
    let cards = all(hub);
    let mut seen = 0;
    for topic in hub.topics().unwrap() {
        let filter = Filter { topic: Some(topic.slug.clone()), ..Filter::default() };
        let alone = hub.browse(&filter, Page::default()).unwrap();
        let together: Vec<&Card> = cards.iter().filter(|it| it.topic == topic.slug).collect();
        assert_eq!(together, alone.iter().collect::<Vec<_>>(), "one topic alone has the same order");
        let last = alone.iter().rposition(|it| it.kind == Kind::Resource);
        for card in last.map(|it| &alone[..=it]).unwrap_or_default() {
            let item = hub.show(&card.id, &VariantChoice::default()).unwrap();
            assert_eq!(item.audiences, [Audience::School], "{} stands over a resource", card.id);
            seen += 1;
        }
    }
    assert!(seen >= 31, "{seen}");
}

#[test]
fn nobody_and_no_choice_is_needed_for_anything() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let preferences = hub.preferences().unwrap();
    assert_eq!((preferences.view, preferences.profile, preferences.changed_at), (View::Family, None, None));
    assert!(hub.profiles().unwrap().is_empty());
    assert!(!find(hub, "coat").is_empty());
    hub.save(&[id("coat-flip")]).unwrap();
    hub.put_list("Mornings", &[id("coat-flip")]).unwrap();
    let days = BTreeSet::from([Day::Tue]);
    let week = hub.try_this_week(&TryRequest { item: id("coat-flip"), profile: None, days }).unwrap();
    assert_eq!((week.plans.len(), &week.plans[0].nickname), (1, &None));
    hub.log(&went("coat-flip", PracticeResult::Helped)).unwrap();
    let record = hub.record(&RecordRequest::default()).unwrap();
    assert_eq!((record.strategies.len(), &record.strategies[0].child), (1, &None));
    hub.import(&hub.plain_copy().unwrap(), None).unwrap();
}

#[test]
fn a_child_grows_with_the_month_of_birth_in_londons_days() {
    let house = Household::demonstration().unwrap();
    let hub = &house.hub;
    let profile = hub.add_profile(&ProfileRequest { age: born("2024-05"), ..child("Ada") }).unwrap();
    hub.choose_profile(Some(&profile.id)).unwrap();
    let from_three: Vec<_> =
        all(hub).into_iter().filter(|it| it.ages.is_some_and(|it| it.from == 3)).map(|it| it.id).collect();
    assert!(!from_three.is_empty());
    let suit = |now: &str| {
        house.clock.set(now);
        let cards = all(hub);
        let chosen: Vec<_> = cards.iter().filter(|it| from_three.contains(&it.id)).collect();
        let suiting = chosen.iter().filter(|it| it.suits == Some(true)).count();
        assert!(suiting == 0 || suiting == chosen.len(), "{now}");
        suiting > 0
    };
    assert!(!suit("2027-04-30T22:59:59Z"), "two until the last minute of April in London");
    assert!(suit("2027-04-30T23:00:00Z"), "three from the first of May in London");
    let expected =
        [("2027-05-01", 3), ("2028-04-30", 3), ("2028-05-01", 4), ("2024-05-01", 0), ("2023-01-01", 0)];
    for (today, age) in expected {
        let ages = profile.age.unwrap().on(day(today));
        assert_eq!((ages.from, ages.to), (age, age), "{today}");
    }
    assert_eq!(Age::Band(Ages { from: 3, to: 6 }).on(day("2040-01-01")), Ages { from: 3, to: 6 });
}

#[test]
fn several_children_and_classes_keep_the_familys_order_and_the_words_they_were_given() {
    let mut house = Household::small().unwrap();
    let hub = &house.hub;
    let class = ProfileRequest { kind: ProfileKind::Class, ..child("Acorns") };
    let names = ["🦖 Rex", "نور", "👩‍👩‍👧‍👦", "Zoë O’Neill-Sam", "  Big \t Sam  "];
    let made: Vec<Profile> = names.iter().map(|it| hub.add_profile(&child(it)).unwrap()).collect();
    hub.add_profile(&class).unwrap();
    let expected = ["🦖 Rex", "نور", "👩‍👩‍👧‍👦", "Zoë O’Neill-Sam", "Big Sam", "Acorns"];
    assert_eq!(nicknames(hub), expected);
    assert_eq!(hub.profiles().unwrap()[5].kind, ProfileKind::Class);
    hub.choose_profile(Some(&made[1].id)).unwrap();
    let settings = BTreeSet::from([Setting::School]);
    hub.change_profile(&made[1].id, &ProfileRequest { age: band(4, 4), settings, ..child("Nour") }).unwrap();
    house.reopen().unwrap();
    let hub = &house.hub;
    assert_eq!(nicknames(hub)[1], "Nour", "its place stays");
    assert_eq!(hub.profiles().unwrap()[1].id, made[1].id);
    let view = hub.set_view(View::School).unwrap();
    assert_eq!(
        (view.view, view.profile.as_ref()),
        (View::School, Some(&made[1].id)),
        "the view alone changed"
    );
    let nobody = hub.choose_profile(None).unwrap();
    assert_eq!((nobody.view, nobody.profile), (View::School, None));
}

#[test]
fn one_name_in_two_spellings_is_one_name() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let zoe = hub.add_profile(&child("Zo\u{eb}")).unwrap();
    let sam = hub.add_profile(&child("Big Sam")).unwrap();
    for same in
        ["Zoe\u{308}", "ZOE\u{308}", "zo\u{eb}", " Zo\u{eb} ", "big  sam", "BIG SAM", "Big\u{202e} Sam"]
    {
        assert_eq!(code(hub.add_profile(&child(same))), "invalid-nickname-taken", "{same:?}");
    }
    assert_eq!(code(hub.change_profile(&sam.id, &child("ZOE\u{308}"))), "invalid-nickname-taken");
    hub.change_profile(&zoe.id, &child("ZOË")).unwrap();
    for other in ["Zoe", "BigSam", "Zo", "زوي"] {
        assert_eq!(code(hub.add_profile(&child(other))), "", "{other}");
    }
    assert_eq!(nicknames(hub), ["ZOË", "Big Sam", "Zoe", "BigSam", "Zo", "زوي"]);
    let list = hub.put_list("Caf\u{e9}", &[id("coat-flip")]).unwrap();
    assert_eq!(hub.put_list("CAFE\u{301} ", &[id("big-buttons")]).unwrap().id, list.id);
    assert_eq!(hub.lists().unwrap().len(), 1);
}

#[test]
fn a_bad_nickname_or_age_is_refused_with_its_code_and_changes_nothing() {
    let house = Household::small().unwrap();
    let hub = &house.hub;
    let sam = hub.add_profile(&ProfileRequest { age: band(3, 6), ..child("Sam") }).unwrap();
    let longest = "ن".repeat(40);
    hub.add_profile(&child(&longest)).unwrap();
    let before = hub.profiles().unwrap();
    let unseen = [
        "",
        "   ",
        "\n\t",
        "\u{202e}\u{feff}",
        "\u{200b}",
        "\u{200d}\u{200d}",
        "\u{2060}",
        "\u{ad}",
        "\u{3164}",
    ];
    for bad in unseen.iter().map(|it| (*it).to_owned()).chain(["x".repeat(41), "🦖".repeat(41)]) {
        assert_eq!(code(hub.add_profile(&child(&bad))), "invalid-nickname", "{bad:?}");
        assert_eq!(code(hub.change_profile(&sam.id, &child(&bad))), "invalid-nickname", "{bad:?}");
    }
    for age in [
        band(6, 3),
        band(0, 26),
        band(26, 26),
        band(255, 255),
        born("2026-12"),
        born("2000-11"),
        born("0001-01"),
    ] {
        assert_eq!(code(hub.add_profile(&ProfileRequest { age, ..child("Ada") })), "invalid-age", "{age:?}");
        assert_eq!(code(hub.change_profile(&sam.id, &ProfileRequest { age, ..child("Sam") })), "invalid-age");
    }
    assert_eq!(hub.profiles().unwrap(), before);
    for age in [band(0, 0), band(25, 25), band(0, 25), born("2026-11"), born("2000-12")] {
        hub.change_profile(&sam.id, &ProfileRequest { age, ..child("Sam") }).unwrap();
    }
    for bad in ["2021-13", "2021-5", "2021-05-01", "21-05", "", "2021", "+2021-05"] {
        assert!(bad.parse::<otsupport_core::strategies::BirthMonth>().is_err(), "{bad}");
    }
    let stranger: otsupport_core::strategies::ProfileId = "0".repeat(32).parse().unwrap();
    assert_eq!(code(hub.choose_profile(Some(&stranger))), "invalid-profile");
    assert_eq!(code(hub.remove_profile(&stranger, true)), "invalid-profile");
}

#[test]
fn what_cannot_be_seen_is_taken_out_of_a_nickname() {
    let house = Household::small().unwrap();
    house.hub.add_profile(&child("\u{1b}[31mS\u{202e}a\u{7}m\u{9b}")).unwrap();
    assert_eq!(nicknames(&house.hub), ["[31mSam"]);
}

#[test]
fn a_child_who_is_removed_takes_the_plans_and_only_if_asked_the_log() {
    for with_log in [false, true] {
        let house = Household::small().unwrap();
        let hub = &house.hub;
        let [sam, ada] = ["Sam", "Ada"].map(|it| hub.add_profile(&child(it)).unwrap().id);
        hub.choose_profile(Some(&sam)).unwrap();
        for profile in [Some(sam.clone()), Some(ada.clone()), None] {
            let days = BTreeSet::from([Day::Mon]);
            hub.try_this_week(&TryRequest { item: id("coat-flip"), profile, days }).unwrap();
        }
        for profile in [&sam, &ada] {
            hub.log(&went_with("coat-flip", PracticeResult::Partly, profile, "2026-11-23")).unwrap();
        }
        hub.remove_profile(&sam, with_log).unwrap();
        assert_eq!(nicknames(hub), ["Ada"]);
        assert_eq!(hub.preferences().unwrap().profile, None);
        let plans: Vec<_> = hub.week().unwrap().plans.into_iter().map(|it| it.profile).collect();
        assert_eq!(plans, [Some(ada.clone()), None]);
        let log = hub.entries(day("2026-01-01"), day("2026-12-31")).unwrap();
        let whose: BTreeSet<_> = log.into_iter().map(|it| it.profile).collect();
        let nobody = if with_log { None } else { Some(None) };
        assert_eq!(whose, [Some(ada.clone())].into_iter().chain(nobody).collect());
        let plain = String::from_utf8(hub.plain_copy().unwrap().to_vec()).unwrap();
        assert!(!plain.contains(sam.as_str()), "nothing points to who is gone");
    }
}

#[test]
fn while_the_familys_part_is_locked_the_bank_is_looked_at_plainly() {
    let mut house = Household::small().unwrap();
    let plain = all(&house.hub);
    let request = ProfileRequest { age: band(20, 20), ..child("Sam") };
    let sam = house.hub.add_profile(&request).unwrap();
    house.hub.choose_profile(Some(&sam.id)).unwrap();
    house.hub.set_view(View::School).unwrap();
    assert_ne!(all(&house.hub), plain);
    house.reopen_with_key(8).unwrap();
    assert_eq!(all(&house.hub), plain);
    assert_eq!(code(house.hub.profiles()), "wrong-key");
}
