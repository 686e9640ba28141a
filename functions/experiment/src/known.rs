//! The tests as a warm instance knows them: read once, then kept up by what changed.

use crate::store;
use crate::test::PictureTest;
use reel_api::{ExperimentId, Millis, TitleId};
use reel_sdk::Problem;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// For how long nothing is read again.
const FRESH_MS: Millis = 2_000;
/// Changes are read again for so long, since one that was slow may stand before one that was seen.
const OVERLAP_MS: Millis = 60_000;

/// The latest test of each title that has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(HashMap<TitleId, Rc<PictureTest>>);

thread_local! {
    static KNOWN: RefCell<Option<(Millis, Rc<Known>)>> = const { RefCell::new(None) };
}

impl Known {
    /// The test of a title.
    pub(crate) fn test(&self, title: TitleId) -> Option<&Rc<PictureTest>> {
        self.0.get(&title)
    }

    /// Takes in a test, unless a later one of its title is known.
    fn learn(&mut self, test: PictureTest) {
        if self.test(test.title_id).is_none_or(|known| known.revision < test.revision) {
            self.0.insert(test.title_id, Rc::new(test));
        }
    }
}

/// The tests, at most some seconds old.
pub(crate) async fn tests(now: Millis) -> Result<Rc<Known>, Problem> {
    let before = KNOWN.with_borrow(Clone::clone);
    let (read, mut known) = match before {
        Some((at, known)) if now.saturating_sub(at) < FRESH_MS => return Ok(known),
        // Changes are kept longer than an instance lives without being asked.
        Some((at, known)) if now.saturating_sub(at) < store::CHANGES_KEPT_MS - OVERLAP_MS => {
            (store::changes(at.saturating_sub(OVERLAP_MS)).await?, Known::clone(&known))
        }
        _ => (store::tests().await?, Known::default()),
    };
    for test in read {
        known.learn(test);
    }
    let known = Rc::new(known);
    KNOWN.set(Some((now, Rc::clone(&known))));
    Ok(known)
}

/// The test of a title, read again where what is known of it is not the test that is asked for.
pub(crate) async fn test(title: TitleId, id: ExperimentId, now: Millis) -> Result<Option<Rc<PictureTest>>, Problem> {
    let known = tests(now).await?.test(title).cloned();
    if known.as_ref().is_some_and(|test| test.id == id) {
        return Ok(known);
    }
    Ok(store::test(title).await?.map(|(test, _)| Rc::new(test)).filter(|test| test.id == id))
}
