//! Delivery indexes, kept by a warm instance: they never change.

use reel_api::encoding::{DELIVERY, DeliveryIndex, index_key};
use reel_api::{RevisionId, TitleId};
use reel_sdk::Problem;
use reel_sdk::blob::Bucket;
use std::cell::RefCell;
use std::rc::Rc;

const INDEXES: Bucket = Bucket(DELIVERY);
/// A film of two hours takes about half a megabyte.
const KEPT: usize = 32;

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(Recent(Vec::new())) };
}

/// The index of an encoding.
///
/// # Errors
/// A 404 problem when there is none; else what kept it from being read.
pub(crate) async fn read(title: TitleId, revision: RevisionId) -> Result<Rc<DeliveryIndex>, Problem> {
    let key = index_key(title, revision);
    if let Some(index) = RECENT.with_borrow_mut(|recent| recent.get(&key)) {
        return Ok(index);
    }
    let index = parse(&INDEXES.read(&key).await?, &key)?;
    RECENT.with_borrow_mut(|recent| recent.put(key, index.clone()));
    Ok(index)
}

fn parse(bytes: &[u8], key: &str) -> Result<Rc<DeliveryIndex>, Problem> {
    let index = serde_json::from_slice(bytes);
    index.map(Rc::new).map_err(|e| Problem::internal(format!("the delivery index {key} does not read: {e}")))
}

/// The indexes used last, latest first.
struct Recent(Vec<(String, Rc<DeliveryIndex>)>);

impl Recent {
    fn get(&mut self, key: &str) -> Option<Rc<DeliveryIndex>> {
        let place = self.0.iter().position(|(kept, _)| kept == key)?;
        self.0[..=place].rotate_right(1);
        self.0.first().map(|(_, index)| index.clone())
    }

    fn put(&mut self, key: String, index: Rc<DeliveryIndex>) {
        self.0.retain(|(kept, _)| *kept != key);
        self.0.insert(0, (key, index));
        self.0.truncate(KEPT);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use reel_api::encoding::{IndexRendition, Media, Rational, Rendition, Scheme, Segment};

    pub(crate) const TITLE: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";
    pub(crate) const REVISION: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e70";

    /// A silent film of two segments.
    pub(crate) fn index(scheme: Option<Scheme>) -> DeliveryIndex {
        let segment = |number: u32, time| Segment { number, time, duration: 96_000, samples: 96, bytes: 1_000 };
        let media = Media::Video { codec: "h264".into(), width: 1280, height: 720, crf: 23, max_bitrate: 2_800_000 };
        let rendition = IndexRendition {
            rendition: Rendition { id: "h264-720p".into(), media },
            codec_string: "avc1.64001f".into(),
            timescale: 24_000,
            frame_rate: Some(Rational { num: 24, den: 1 }),
            kid: scheme.map(|_| "0".repeat(32)),
            mean_bitrate: 2_000,
            peak_bitrate: 2_000,
            segments: vec![segment(1, 0), segment(2, 96_000)],
        };
        let (title_id, revision) = (TITLE.parse().unwrap(), REVISION.parse().unwrap());
        DeliveryIndex { title_id, revision, duration_ms: 8_000, scheme, renditions: vec![rendition] }
    }

    #[test]
    fn the_indexes_used_last_are_kept() {
        let (mut recent, index) = (Recent(Vec::new()), Rc::new(index(None)));
        (0..KEPT).for_each(|i| recent.put(i.to_string(), index.clone()));
        assert!(recent.get("0").is_some());
        recent.put("new".into(), index);
        assert!(recent.get("0").is_some() && recent.get("new").is_some());
        assert!(recent.get("1").is_none(), "the one used longest ago goes");
        assert_eq!(recent.0.len(), KEPT);
    }
}
