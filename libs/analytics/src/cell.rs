//! Where counts stand.

use crate::{Figure, Width};
use reel_api::Millis;
use std::collections::BTreeMap;

/// What is counted apart from all else of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// All together.
    Totals,
    /// By title.
    Titles,
    /// By the edge that was played from.
    Edges,
    /// By what was searched for.
    Queries,
    /// By where plays were chosen from.
    Sources,
}

impl Dimension {
    /// The widths of windows in which it is counted: minutes of all together alone.
    pub fn widths(self) -> &'static [Width] {
        match self {
            Self::Totals => &Width::ALL,
            _ => &[Width::Hour, Width::Day],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Totals => "totals",
            Self::Titles => "titles",
            Self::Edges => "edges",
            Self::Queries => "queries",
            Self::Sources => "sources",
        }
    }
}

/// Counts by figure.
pub type Counts = BTreeMap<Figure, i64>;

/// One row of counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// What rows are read together: `totals#hour`, or `titles#hour#START`.
    pub partition: String,
    /// Which it is among them: `START`, or what is counted apart.
    pub sort: String,
}

impl Cell {
    /// The cell of a window; `of` tells which title, edge, query or source.
    pub fn new(dimension: Dimension, width: Width, start: Millis, of: &str) -> Self {
        match dimension {
            Dimension::Totals => Self { partition: Self::totals(width), sort: Self::start(start) },
            _ => Self { partition: Self::parts(dimension, width, start), sort: of.into() },
        }
    }

    /// The partition that has the totals of every window of a width, by their beginnings.
    pub fn totals(width: Width) -> String {
        format!("{}#{}", Dimension::Totals.name(), width.name())
    }

    /// The partition that has all parts of one window.
    pub fn parts(dimension: Dimension, width: Width, start: Millis) -> String {
        format!("{}#{}#{}", dimension.name(), width.name(), Self::start(start))
    }

    /// The beginning of a window as a sort key, which orders as time does.
    pub fn start(start: Millis) -> String {
        format!("{start:013}")
    }
}
