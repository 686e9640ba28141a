//! How the rows come about: the best that can be had.

use crate::Known;

/// The levels, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// By what the viewer watched and rated, by the model and by what titles are like.
    Personalised,
    /// The same, by what titles are like alone.
    Attributes,
    /// What is watched most in this region, of each genre.
    PopularInRegion,
    /// What is watched most everywhere these days.
    Trending,
    /// What was chosen by hand.
    Editorial,
}

impl Level {
    /// The best level for what is known.
    pub(crate) fn of(known: &Known) -> Self {
        let tells = known.taste.as_ref().is_some_and(|taste| taste.reasons().next().is_some());
        match known {
            _ if !known.catalogue => Self::Editorial,
            Known { ranked: Some(_), .. } if tells => Self::Personalised,
            _ if tells => Self::Attributes,
            Known { popular: Some(popular), .. } if !popular.is_empty() => Self::PopularInRegion,
            Known { trending: Some(trending), .. } if !trending.is_empty() => Self::Trending,
            _ => Self::Editorial,
        }
    }

    /// What it is called in an answer.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Personalised => "personalised",
            Self::Attributes => "attributes",
            Self::PopularInRegion => "popular-in-region",
            Self::Trending => "trending",
            Self::Editorial => "editorial",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranked::Ranked;
    use crate::rows::tests::{id, watched};
    use crate::taste::Taste;
    use std::collections::HashSet;

    /// Everything answers.
    fn all() -> Known {
        Known {
            catalogue: true,
            history: vec![watched(1, 90)],
            taste: Some(Taste::of(&[watched(1, 90)], &[])),
            ranked: Some(Ranked::default()),
            popular: Some(vec![id(1)]),
            trending: Some(vec![id(1)]),
            hidden: HashSet::new(),
        }
    }

    #[test]
    fn each_level_follows_the_one_before_when_that_cannot_be_had() {
        let mut known = all();
        let mut levels = vec![Level::of(&known).name()];
        known.ranked = None;
        levels.push(Level::of(&known).name());
        (known.taste, known.history) = (None, Vec::new());
        levels.push(Level::of(&known).name());
        known.popular = None;
        levels.push(Level::of(&known).name());
        known.trending = None;
        levels.push(Level::of(&known).name());
        assert_eq!(levels, ["personalised", "attributes", "popular-in-region", "trending", "editorial"]);
        assert_eq!(Level::of(&Known { catalogue: false, ..all() }), Level::Editorial);
    }

    #[test]
    fn a_new_viewer_is_shown_what_others_watch() {
        let new = Known { taste: Some(Taste::of(&[], &[])), history: Vec::new(), ..all() };
        assert_eq!(Level::of(&new), Level::PopularInRegion);
        let first = Known { popular: Some(Vec::new()), trending: Some(Vec::new()), ..new };
        assert_eq!(Level::of(&first), Level::Editorial, "nobody has watched anything yet");
    }
}
