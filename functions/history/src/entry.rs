//! An entry of the history: one title, watched once.

use crate::watched::{Progress, Watched};
use reel_api::history::HistoryEntry;
use reel_api::{Millis, rfc3339};
use serde::{Deserialize, Serialize};

/// An entry, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The title.
    pub(crate) content: String,
    /// When the play began.
    pub(crate) watched_at: Millis,
    /// How far the play came, 0 to 100.
    pub(crate) progress_pct: u8,
    /// The device profile it began on.
    pub(crate) device: String,
}

/// The sort key of an entry: `WATCHED_AT#CONTENT`. Thirteen digits of milliseconds reach
/// to the year 2286, and order as text as they do as numbers.
pub(crate) fn sort_key(watched_at: Millis, content: &str) -> String {
    format!("{watched_at:013}#{content}")
}

impl Entry {
    /// The entry after a moment of its play; none when the moment adds nothing. How far a
    /// play came only grows, so that neither order nor doubles matter.
    pub(crate) fn after(entry: Option<&Self>, watched: &Watched) -> Option<Self> {
        let progress_pct = watched.progress.as_ref().map_or(0, Progress::percent);
        let Some(entry) = entry else {
            let (content, device) = (watched.content.clone(), watched.device.clone());
            return Some(Self { content, watched_at: watched.began, progress_pct, device });
        };
        (progress_pct > entry.progress_pct).then(|| Self { progress_pct, ..entry.clone() })
    }

    /// The entry as it is answered; none when its content is no title of ours.
    pub(crate) fn answer(&self) -> Option<HistoryEntry> {
        let Self { progress_pct, device, .. } = self.clone();
        Some(HistoryEntry {
            content_id: self.content.parse().ok()?,
            watched_at: rfc3339(self.watched_at),
            progress_pct,
            device,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::from_rfc3339;
    use std::collections::BTreeMap;

    /// The rows of the table in the source document.
    const DOCUMENT: [(&str, &str, &str, u8, &str); 3] = [
        ("usr_123", "2024-01-15T20:30:00Z", "tt0944947", 45, "TV"),
        ("usr_123", "2024-01-14T21:00:00Z", "tt0903747", 100, "Mobile"),
        ("usr_123", "2024-01-13T19:45:00Z", "tt1254207", 23, "Web"),
    ];

    fn watched(began: &str, content: &str, percent: u64, device: &str) -> Watched {
        let began = from_rfc3339(began).unwrap();
        let progress = Some(Progress { position_ms: percent * 36_000, duration_ms: 3_600_000 });
        Watched { content: content.into(), began, at: began + percent * 36_000, device: device.into(), progress }
    }

    /// The table of one viewer, by sort key, after some moments.
    fn table(moments: &[Watched]) -> BTreeMap<String, Entry> {
        let mut table = BTreeMap::new();
        for moment in moments {
            let key = sort_key(moment.began, &moment.content);
            if let Some(entry) = Entry::after(table.get(&key), moment) {
                table.insert(key, entry);
            }
        }
        table
    }

    #[test]
    fn the_documents_rows_read_latest_first() {
        let mut moments = Vec::new();
        for (_, began, content, percent, device) in DOCUMENT {
            moments.extend((0..=u64::from(percent)).step_by(7).map(|at| watched(began, content, at, device)));
            moments.push(watched(began, content, percent.into(), device));
        }
        let expected = DOCUMENT
            .map(|(_, at, content, percent, device)| (at.to_owned(), content.to_owned(), percent, device.to_owned()));
        let forwards = table(&moments);
        moments.reverse();
        for table in [forwards, table(&moments)] {
            let read: Vec<_> = table
                .values()
                .rev()
                .map(|e| (rfc3339(e.watched_at), e.content.clone(), e.progress_pct, e.device.clone()))
                .collect();
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn a_late_or_repeated_event_changes_nothing() {
        let (_, began, content, ..) = DOCUMENT[0];
        let entry = Entry::after(None, &watched(began, content, 45, "TV")).unwrap();
        for percent in [0, 44, 45] {
            assert_eq!(Entry::after(Some(&entry), &watched(began, content, percent, "TV")), None);
        }
        assert_eq!(Entry::after(Some(&entry), &watched(began, content, 46, "Web")).unwrap().device, "TV");
    }

    #[test]
    fn keys_order_as_times_do() {
        assert!(sort_key(999_999_999_999, "a") < sort_key(1_000_000_000_000, "a"));
        assert_eq!(sort_key(1_705_350_600_000, "tt0944947"), "1705350600000#tt0944947");
    }
}
