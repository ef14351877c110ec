//! Languages of texts: which way they run, and what they call themselves.

use otsupport_wire::Language;

/// Scripts that run from right to left, as subtags (BCP 47).
const RTL_SCRIPTS: [&str; 7] = ["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"];
/// Languages that are written in one of them unless their tag says otherwise.
const RTL_LANGUAGES: [&str; 12] = ["ar", "ckb", "dv", "fa", "he", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];

/// What languages that London's families read call themselves, so that a link is found by those it is for.
const NAMES: [(&str, &str); 28] = [
    ("am", "አማርኛ"),
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("ckb", "کوردی"),
    ("cy", "Cymraeg"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fr", "Français"),
    ("gu", "ગુજરાતી"),
    ("hi", "हिन्दी"),
    ("it", "Italiano"),
    ("lt", "Lietuvių"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("pl", "Polski"),
    ("ps", "پښتو"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("so", "Soomaali"),
    ("sq", "Shqip"),
    ("ta", "தமிழ்"),
    ("ti", "ትግርኛ"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("zh", "中文"),
];

pub(super) fn is_english(language: &Language) -> bool {
    language.as_str().eq_ignore_ascii_case("en")
}

/// `rtl` or `ltr`. A script in the tag decides before the language does.
pub(super) fn direction(language: &Language) -> &'static str {
    let tag = language.as_str().to_ascii_lowercase();
    let rtl = match tag.split('-').skip(1).find(|it| it.len() == 4) {
        Some(script) => RTL_SCRIPTS.contains(&script),
        None => RTL_LANGUAGES.contains(&tag.split('-').next().unwrap_or_default()),
    };
    if rtl { "rtl" } else { "ltr" }
}

/// What a language calls itself; its tag if that is not known here.
pub(super) fn name(language: &Language) -> &str {
    let tag = language.as_str();
    NAMES.iter().find(|(known, _)| tag.eq_ignore_ascii_case(known)).map_or(tag, |(_, name)| name)
}
