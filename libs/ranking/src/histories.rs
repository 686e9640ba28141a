//! What viewers watched, as bytes: what a training learns from.

use crate::bytes::{FormatError, Reader, Seal, Writer};

/// The id of a title: a UUID's bytes.
pub type TitleKey = [u8; 16];

/// A title in a viewer's history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// The title.
    pub title: TitleKey,
    /// How much it counts; above 0.
    pub weight: f32,
}

const SEAL: Seal = Seal { magic: b"ReelHist", version: 1 };
/// The bytes of a title with its weight, and those of an empty history.
const WATCHED: usize = 20;
const HISTORY: usize = 8;

/// The bytes of some viewers' histories, the same on every machine: eight letters, the version (32
/// bits), the checksum of the rest (64 bits), the number of viewers, and of each the number of
/// titles and these; all little-endian. Who the viewers are is not in them.
pub fn histories_to_bytes(histories: &[Vec<Watched>]) -> Vec<u8> {
    let mut body = Writer::default();
    body.u64(histories.len() as u64);
    for history in histories {
        body.u64(history.len() as u64);
        for watched in history {
            body.0.extend(watched.title);
            body.f32(watched.weight);
        }
    }
    SEAL.seal(&body)
}

/// The histories that [`histories_to_bytes`] made these bytes of.
///
/// # Errors
/// When they are none, or of another version, or not all of them.
pub fn histories_from_bytes(bytes: &[u8]) -> Result<Vec<Vec<Watched>>, FormatError> {
    let mut reader = SEAL.open(bytes)?;
    let histories = (0..reader.count(HISTORY)?).map(|_| history(&mut reader)).collect::<Result<_, _>>()?;
    reader.end()?;
    Ok(histories)
}

fn history(from: &mut Reader) -> Result<Vec<Watched>, FormatError> {
    (0..from.count(WATCHED)?).map(|_| Ok(Watched { title: from.bytes()?, weight: from.f32()? })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_come_back_and_damaged_ones_do_not() {
        let watched = |n: u8| Watched { title: [n; 16], weight: f32::from(n) / 4.0 };
        let histories = vec![vec![watched(1), watched(2)], vec![], vec![watched(3)]];
        let bytes = histories_to_bytes(&histories);
        assert_eq!(histories_from_bytes(&bytes), Ok(histories));
        assert_eq!(histories_from_bytes(b"ReelRank"), Err(FormatError::Foreign));
        for cut in 8..bytes.len() {
            assert_eq!(histories_from_bytes(&bytes[..cut]), Err(FormatError::Damaged), "{cut}");
        }
        let mut changed = bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(histories_from_bytes(&changed), Err(FormatError::Damaged));
    }
}
