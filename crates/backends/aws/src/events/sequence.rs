//! Positions out of Kinesis' sequence numbers.
//!
//! A sequence number has 56 digits and a position 64 bits. In hexadecimal it is
//! `2 CCCCCCCCC N IIIIIIIIIIIIIIII NN TTTTTTTTT SSSSSSSS 2`: when the shard was made, its number
//! (N, S), an index that grows within the shard, and when the record came. The index, which
//! alone changes the order within a shard, is taken. AWS does not document this, but all of its
//! published examples since 2014 have it (see the tests); whatever has another form is
//! refused rather than misread.

use reel_capabilities::events::MAX_BATCH;

/// How much room a position leaves for the records of one batch.
const BATCH_BITS: u32 = 9;
const _: () = assert!(MAX_BATCH < 1 << BATCH_BITS);

/// Where a Kinesis record stands in its shard; none when the number has another form.
pub(super) fn place(sequence: &str) -> Option<u64> {
    let [low, middle, high] = wide(sequence)?;
    let place = middle >> 16 | high << 48;
    (high >> 56 == 2 && low & 0xf == 2 && place < 1 << (u64::BITS - BATCH_BITS)).then_some(place)
}

/// The position of a record of a batch, counted from 0.
pub(super) fn position(place: u64, index: usize) -> u64 {
    (place << BATCH_BITS) + index as u64 + 1
}

/// Where the batch of a record stands in its shard.
pub(super) fn place_of(position: u64) -> u64 {
    position >> BATCH_BITS
}

/// A decimal number in words of 64 bits, lowest first; none when it is no number or too large.
fn wide(decimal: &str) -> Option<[u64; 3]> {
    let mut words = [0_u64; 3];
    for digit in decimal.chars() {
        let mut carry = u128::from(digit.to_digit(10)?);
        for word in &mut words {
            let product = u128::from(*word) * 10 + carry;
            (*word, carry) = (product as u64, product >> 64);
        }
        if carry > 0 {
            return None;
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From AWS's own guides.
    #[test]
    fn published_sequence_numbers_have_their_places() {
        let first = "49590338271490256608559692538361571095921575989136588898";
        let a_minute_later = "49590338271490256608559692540925702759324208523137515618";
        assert_eq!([place(first), place(a_minute_later)], [Some(0x6764_8a17), Some(0x6764_9260)]);
        assert_eq!(place("49543463076548007577105092703039560359975228518395019266"), Some(0x157d));
        assert_eq!(place("49544985256907370027570885864065577703022652638596431874"), Some(0x3_2003_d1f4));
    }

    #[test]
    fn what_has_another_form_has_no_place() {
        for odd in ["", "1", "x", "49590338271490256608559692538361571095921575989136588899", &"9".repeat(60)] {
            assert_eq!(place(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn positions_lead_back_to_their_batch() {
        assert_eq!(position(0, 0), 1);
        assert!(position(7, MAX_BATCH - 1) < position(8, 0));
        assert_eq!([place_of(position(7, 0)), place_of(position(7, MAX_BATCH - 1))], [7, 7]);
    }
}
