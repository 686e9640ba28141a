//! Made-up viewers at the size of MovieLens 1M: only times are measured of them, which do not depend on what they watch.

use reel_ranking::{Interaction, InteractionError, Interactions};

const USERS: u64 = 2_000;
const ITEMS: u64 = 3_700;
/// Draws of a film for each user: 165 different ones in the mean, as in MovieLens 1M.
const EACH: u64 = 195;

/// What they watched.
pub(crate) fn interactions() -> Result<Interactions, InteractionError> {
    let pairs = (0..USERS).flat_map(|user| (0..EACH).map(move |number| (user, number)));
    let interactions = pairs.map(|(user, number)| {
        let uniform = (splitmix64((user << 32) | number) >> 11) as f64 / (1_u64 << 53) as f64;
        Interaction { user: user as u32, item: (uniform.powi(3) * ITEMS as f64) as u32, weight: 1.0 }
    });
    Interactions::new(USERS as usize, ITEMS as usize, interactions)
}

/// Steele's splitmix64 of a number.
pub(crate) fn splitmix64(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
