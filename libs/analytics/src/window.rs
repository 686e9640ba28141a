//! Windows of time: each moment lies in one of every width.

use reel_api::Millis;
use serde::{Deserialize, Serialize};

/// How wide a window is; it begins at a multiple of that, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Width {
    /// Every width.
    pub const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];

    /// In milliseconds.
    pub fn ms(self) -> u64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }

    /// When the window begins that a moment lies in.
    pub fn start(self, at: Millis) -> Millis {
        at - at % self.ms()
    }

    /// `minute`, `hour` or `day`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// The width of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|width| width.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_at_a_multiple_of_its_width() {
        let at = 1_705_350_659_999; // 2024-01-15T20:30:59.999Z
        assert_eq!(Width::ALL.map(|width| width.start(at)), [1_705_350_600_000, 1_705_348_800_000, 1_705_276_800_000]);
        assert_eq!(Width::Minute.start(at + 1), at + 1);
        assert_eq!(Width::ALL.map(|width| Width::named(width.name())), Width::ALL.map(Some));
        assert_eq!(Width::named("week"), None);
    }
}
