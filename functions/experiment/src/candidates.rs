//! Which pictures of a title are compared.

use reel_api::content::{Artwork, Title};
use reel_api::experiment::PICTURES;
use reel_sdk::Problem;
use std::collections::HashSet;

/// How many are taken from along the film when an editor names none.
const SPREAD: usize = 3;

/// The pictures that an editor chose, or the poster and some from all along the film.
///
/// # Errors
/// A 400 or 409 problem that says which pictures may be compared.
pub(crate) fn candidates(title: &Title, chosen: Vec<String>) -> Result<Vec<String>, Problem> {
    let artwork = title.artwork.as_ref().ok_or_else(|| no_artwork(&title.name))?;
    let pictures = if chosen.is_empty() { from_all_along(artwork) } else { chosen };
    let each_once = pictures.iter().collect::<HashSet<_>>().len() == pictures.len();
    let (least, most) = (PICTURES.start(), PICTURES.end());
    if !PICTURES.contains(&pictures.len()) || !each_once {
        return Err(Problem::invalid(format!("a test compares {least} to {most} different pictures of the title")));
    }
    match pictures.iter().find(|picture| !belongs(artwork, picture)) {
        Some(stranger) => Err(Problem::invalid(format!("{stranger:.100} is no picture of {:?}", title.name))),
        None => Ok(pictures),
    }
}

fn from_all_along(artwork: &Artwork) -> Vec<String> {
    let count = artwork.thumbnails.len();
    // The ends of a film are often black.
    let places = (1..=SPREAD).map(|nth| count * nth / (SPREAD + 1));
    let mut seen = HashSet::new();
    let spread = places.filter(|place| seen.insert(*place)).filter_map(|place| artwork.thumbnails.get(place));
    std::iter::once(&artwork.poster).chain(spread).cloned().collect()
}

fn belongs(artwork: &Artwork, picture: &str) -> bool {
    artwork.poster == picture || artwork.thumbnails.iter().any(|thumbnail| thumbnail == picture)
}

fn no_artwork(name: &str) -> Problem {
    Problem::conflict("no-artwork", format!("{name:?} has no pictures to compare: publish its film first"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn title(thumbnails: usize) -> Title {
        let thumbnails: Vec<_> = (1..=thumbnails).map(|n| format!("artwork/t/{n}.jpg")).collect();
        serde_json::from_value(json!({
            "id": "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f", "slug": "t", "name": "T", "description": "", "year": null,
            "genres": [], "credit": null, "status": "published", "failure": null, "duration_ms": 1, "revision": null,
            "artwork": { "poster": "artwork/t/poster.jpg", "thumbnails": thumbnails, "interval_ms": 1 },
            "created_at": "", "published_at": null, "version": 1,
        }))
        .unwrap()
    }

    #[test]
    fn pictures_come_from_all_along_the_film() {
        let picture = |name: &str| format!("artwork/t/{name}.jpg");
        let chosen = candidates(&title(100), Vec::new()).unwrap();
        assert_eq!(chosen, ["poster", "26", "51", "76"].map(picture));
        assert_eq!(candidates(&title(1), Vec::new()).unwrap(), ["poster", "1"].map(picture));
        let two = ["poster", "7"].map(picture).to_vec();
        assert_eq!(candidates(&title(9), two.clone()).unwrap(), two);
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let picture = |name: &str| format!("artwork/t/{name}.jpg");
        for chosen in [&["poster"][..], &["1", "1"], &["1", "10"], &["1", "2", "3", "4", "5", "6"], &["1", "../x"]] {
            let chosen = chosen.iter().map(|name| picture(name)).collect();
            assert_eq!(candidates(&title(9), chosen).unwrap_err().status, 400);
        }
        assert_eq!(candidates(&title(0), Vec::new()).unwrap_err().status, 400);
        let bare = Title { artwork: None, ..title(1) };
        assert_eq!(candidates(&bare, Vec::new()).unwrap_err().code, "no-artwork");
    }
}
