//! Which columns a type of event has.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// UTF-8.
    Text,
    /// A whole number.
    Number,
    /// Unix milliseconds.
    Time,
    /// All that the event has, as JSON.
    Everything,
}

/// A column.
pub(crate) type Column = (&'static str, Holds);

/// What every event has; `position` is its place in its stream.
const COMMON: [Column; 6] = [
    ("id", Holds::Text),
    ("at", Holds::Time),
    ("received_at", Holds::Time),
    ("account", Holds::Text),
    ("profile", Holds::Text),
    ("position", Holds::Number),
];

/// The columns of a type, in their order. A type that is not known here is kept as JSON.
pub(crate) fn of(kind: &str) -> Vec<Column> {
    use Holds::{Everything, Number, Text};
    let own: &[Column] = match kind {
        "play_start" => &[
            ("play", Text),
            ("title_id", Text),
            ("revision", Text),
            ("device", Text),
            ("position_ms", Number),
            ("source", Text),
        ],
        "view_segment" => &[
            ("play", Text),
            ("title_id", Text),
            ("device", Text),
            ("eighth", Number),
            ("position_ms", Number),
            ("duration_ms", Number),
            ("pathway", Text),
        ],
        "buffer_event" => &[
            ("play", Text),
            ("title_id", Text),
            ("position_ms", Number),
            ("stalled_ms", Number),
            ("pathway", Text),
            ("bitrate", Number),
        ],
        "search_query" => &[("query", Text), ("results", Number)],
        "thumbnail_impression" => &[("title_id", Text), ("variant", Text), ("row", Text)],
        "payment_event" => &[("payment", Text), ("amount", Number), ("currency", Text), ("outcome", Text)],
        _ => &[("event", Everything)],
    };
    COMMON.iter().chain(own).copied().collect()
}
