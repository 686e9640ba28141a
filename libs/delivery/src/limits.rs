//! What limits a play, in the four bits that a token has for it.

use crate::token::Audience;
use reel_api::availability::MATURITIES;
use reel_api::license::Definition;

/// The definitions; how each is written is its place.
const DEFINITIONS: [Definition; 3] = [Definition::UltraHd, Definition::Hd, Definition::FullHd];
/// What editors have; viewers have less than this.
const EDITOR: u8 = 15;

/// How both are written; 0 is no limit of either.
pub(crate) fn bits(definition: Definition, audience: Audience) -> u8 {
    let Audience::Profile(limit) = audience else { return EDITOR };
    let definition = DEFINITIONS.iter().position(|known| *known == definition).unwrap_or_default();
    u8::try_from(age_bits(limit) * DEFINITIONS.len() + definition).unwrap_or_default()
}

/// What is written so. Only what we signed is read.
pub(crate) fn read(bits: u8) -> (Definition, Audience) {
    if bits == EDITOR {
        return (Definition::UltraHd, Audience::Editor);
    }
    let (limit, definition) = (usize::from(bits) / DEFINITIONS.len(), usize::from(bits) % DEFINITIONS.len());
    let limit = limit.checked_sub(1).map(|age| MATURITIES[age]);
    (DEFINITIONS[definition], Audience::Profile(limit))
}

/// 0 without a limit, or with that of grown-ups; else 1 for the first of the ages, and so on.
fn age_bits(limit: Option<u8>) -> usize {
    let Some(limit) = limit.filter(|limit| MATURITIES.last().is_some_and(|adult| limit < adult)) else { return 0 };
    MATURITIES.iter().filter(|age| **age <= limit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_tokens_have_no_limit_of_age() {
        let viewer = Audience::Profile(None);
        let expected = [(Definition::UltraHd, viewer), (Definition::Hd, viewer), (Definition::FullHd, viewer)];
        assert_eq!([0, 1, 2].map(read), expected);
    }

    #[test]
    fn four_bits_hold_every_limit() {
        for bits in 0..16 {
            let (definition, audience) = read(bits);
            assert_eq!(super::bits(definition, audience), bits);
        }
        let age = |limit| read(bits(Definition::Hd, Audience::Profile(limit))).1;
        assert_eq!((age(Some(18)), age(Some(200))), (Audience::Profile(None), Audience::Profile(None)));
        assert_eq!(age(Some(13)), Audience::Profile(Some(12)), "an age between two is the lower one");
    }
}
