//! Which parts of a film are there.

use reel_api::Problem;
use reel_api::ingest::part_size;
use reel_sdk::blob::Part;

/// The parts of a film, told apart.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Those that are there, whole, in order.
    pub(crate) stored: Vec<Part>,
    /// The numbers of the others, in order.
    pub(crate) missing: Vec<u32>,
}

/// Tells the parts of a film of `size` bytes apart. A part of the wrong size is missing.
pub(crate) fn tally(size: u64, there: Vec<Part>) -> Tally {
    let mut tally = Tally::default();
    let mut there = there.into_iter().peekable();
    for number in 1..=count(size) {
        while there.next_if(|part| part.number < number).is_some() {}
        match there.next_if(|part| part.number == number && part.size == length(size, number)) {
            Some(part) => tally.stored.push(part),
            None => tally.missing.push(number),
        }
    }
    tally
}

impl Tally {
    /// All parts, once they are there.
    ///
    /// # Errors
    /// A 409 problem that names the missing ones.
    pub(crate) fn whole(self) -> Result<Vec<Part>, Problem> {
        if self.missing.is_empty() {
            return Ok(self.stored);
        }
        let count = self.stored.len() + self.missing.len();
        let some: Vec<String> = self.missing.iter().take(20).map(u32::to_string).collect();
        let more = if self.missing.len() > some.len() { ", …" } else { "" };
        let detail = format!(
            "{} of {count} parts are missing or of the wrong size: {}{more}; PUT them, then complete again",
            self.missing.len(),
            some.join(", ")
        );
        Err(Problem::conflict("parts-missing", detail))
    }
}

/// How many parts a film of so many bytes has.
pub(crate) fn count(size: u64) -> u32 {
    // At most 10,000, as `part_size` sees to.
    size.div_ceil(part_size(size)) as u32
}

/// How many bytes a part has: all but the last are alike.
fn length(size: u64, number: u32) -> u64 {
    let (part, before) = (part_size(size), u64::from(number - 1) * part_size(size));
    part.min(size.saturating_sub(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::ingest::{MAX_PARTS, MAX_SOURCE, PART_SIZE};

    fn part(number: u32, size: u64) -> Part {
        Part { number, etag: "e".into(), size }
    }

    #[test]
    fn all_parts_are_alike_but_the_last() {
        let size = 2 * PART_SIZE + 1;
        let whole = tally(size, vec![part(1, PART_SIZE), part(2, PART_SIZE), part(3, 1)]);
        assert_eq!(whole.whole().unwrap().len(), 3);
        assert_eq!(tally(PART_SIZE, vec![part(1, PART_SIZE)]).missing, [0; 0]);
        assert_eq!(tally(1, vec![]).missing, [1]);
    }

    #[test]
    fn a_part_that_lacks_or_has_the_wrong_size_is_missing() {
        let size = 4 * PART_SIZE;
        let tally = tally(size, vec![part(1, PART_SIZE), part(3, 5), part(4, PART_SIZE), part(9, PART_SIZE)]);
        assert_eq!(tally.missing, [2, 3]);
        let problem = tally.whole().unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (409, "parts-missing"));
        assert!(problem.detail.contains("2 of 4 parts") && problem.detail.contains(": 2, 3;"), "{}", problem.detail);
    }

    #[test]
    fn the_largest_film_has_no_more_parts_than_the_store_takes() {
        assert!(u64::from(count(MAX_SOURCE)) <= MAX_PARTS);
        let numbers: u64 = (1..=count(MAX_SOURCE)).map(|number| length(MAX_SOURCE, number)).sum();
        assert_eq!(numbers, MAX_SOURCE);
    }
}
