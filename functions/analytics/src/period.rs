//! The windows that an operator asks for.

use reel_analytics::Width;
use reel_api::analytics::MAX_WINDOWS;
use reel_api::{Millis, Problem};
use reel_sdk::Request;

/// The most windows whose parts are added up for one answer.
const MAX_WITH_PARTS: u32 = 48;

/// The last so many windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    /// How wide they are.
    pub(crate) width: Width,
    /// How many.
    pub(crate) windows: u32,
    /// When the first begins.
    pub(crate) from: Millis,
}

impl Period {
    /// What a request asks for: `width` (a day, unless said) and `windows` (one), up to now.
    ///
    /// # Errors
    /// A 400 problem that names what is no width or number.
    pub(crate) fn asked(request: &Request, now: Millis) -> Result<Self, Problem> {
        let width = request.query("width").unwrap_or_else(|| "day".into());
        let width = Width::named(&width)
            .ok_or_else(|| Problem::invalid(format!("width is {width:?}; it is minute, hour or day")))?;
        let windows = request.query("windows").unwrap_or_else(|| "1".into());
        let number = windows.parse().ok().filter(|number| (1..=MAX_WINDOWS).contains(number));
        let windows = number.ok_or_else(|| {
            Problem::invalid(format!("windows is {windows:?}; it is a number from 1 to {MAX_WINDOWS}"))
        })?;
        let from = width.start(now).saturating_sub(u64::from(windows - 1) * width.ms());
        Ok(Self { width, windows, from })
    }

    /// The same, for an answer that has parts.
    ///
    /// # Errors
    /// A 400 problem when there are none of that width, or too many windows to add up.
    pub(crate) fn with_parts(self) -> Result<Self, Problem> {
        if self.width == Width::Minute {
            return Err(Problem::invalid("width is \"minute\"; titles, edges and queries are counted by hour and day"));
        }
        if self.windows > MAX_WITH_PARTS {
            let (windows, most) = (self.windows, MAX_WITH_PARTS);
            return Err(Problem::invalid(format!("windows is {windows}; a report covers at most {most}")));
        }
        Ok(self)
    }

    /// When each window begins.
    pub(crate) fn starts(&self) -> impl Iterator<Item = Millis> {
        let Self { width, from, .. } = *self;
        (0..u64::from(self.windows)).map(move |n| from + n * width.ms())
    }

    /// When the last one ends.
    pub(crate) fn to(&self) -> Millis {
        self.from + u64::from(self.windows) * self.width.ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_705_350_659_999; // 2024-01-15T20:30:59.999Z

    fn asked(query: &str) -> Result<Period, Problem> {
        let request = http::Request::get(format!("/v1/analytics/series?{query}")).body(bytes::Bytes::new()).unwrap();
        Period::asked(&request.into(), NOW)
    }

    #[test]
    fn the_last_window_is_the_one_of_now() {
        let hours = asked("width=hour&windows=3").unwrap();
        assert_eq!(hours.starts().collect::<Vec<_>>(), [1_705_341_600_000, 1_705_345_200_000, 1_705_348_800_000]);
        assert_eq!((hours.to(), asked("").unwrap().windows), (1_705_352_400_000, 1));
    }

    #[test]
    fn what_is_no_period_is_named() {
        for (query, named) in [("width=week", "week"), ("windows=0", "1 to 1000"), ("windows=x", "1 to 1000")] {
            let problem = asked(query).unwrap_err();
            assert!(problem.status == 400 && problem.detail.contains(named), "{query}: {problem:?}");
        }
        assert!(asked("width=minute").unwrap().with_parts().unwrap_err().detail.contains("by hour"));
        assert!(asked("windows=49").unwrap().with_parts().unwrap_err().detail.contains("48"));
    }
}
