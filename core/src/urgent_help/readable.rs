//! Whether the rules can read a text at all.

/// Words that nearly every English, French or romanised Arabic sentence has some of, and that other languages lack.
const COMMON: &str = " the and he she his her my is are was were not cant cannot wont dont doesnt has have had with when what how for from \
    they them their this that child children kid son daughter boy girl school at home to of in it im ive keeps gets need \
    needs help who why will does can but after before because every all up out hes shes likes hates wants pupil pupils \
    class teacher mum dad baby too very still get make makes you your i we our us if on be by or so really always never \
    only just into about over down off than then there where which while would could should hand hands feet foot eat food \
    sleep bed sit chair write writing pencil hair teeth toilet play clothes socks shoes between work takes one him years \
    without three getting first early coming back active skills sensory self personal coordination things thing day days \
    night time morning ideas way ways something someone anything nothing activities support je il elle mon depuis plus \
    peur lui faire une au aux ce qui quand ans mois jours leur ecole ne pas est et les dans pour avec fils fille enfant \
    nous vous sont mais sur cest a 3ala 3al 3am ba3d ebni benti weladi kol msh ezay kif mn w bl el7een bado yom ana huwa \
    hiya ibni binti walad mish mush 7abibi 3ando 3andi bidi bidu ";
/// A shorter text may be a keyword of any language.
const FEW_WORDS: usize = 4;
/// One word of so many is to be a common one.
const AMONG: usize = 5;

pub(super) fn is_readable(words: &[String]) -> bool {
    let letters = words.iter().flat_map(|it| it.chars()).filter(|it| it.is_alphabetic());
    let (mut all, mut latin, mut arabic) = (0, 0, 0);
    for letter in letters {
        all += 1;
        match letter {
            ..'\u{250}' => latin += 1,
            '\u{600}'..='\u{6ff}' => arabic += 1,
            _ => {}
        }
    }
    if (latin + arabic) * 2 < all {
        return false;
    }
    if arabic > latin || words.len() < FEW_WORDS {
        return true;
    }
    let common = words.iter().filter(|it| COMMON.contains(&format!(" {it} "))).count();
    common * AMONG >= words.len().min(60)
}
