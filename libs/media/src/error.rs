//! What can be wrong with media.

/// Why media cannot be planned, read, protected or described.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The source is not one that can be encoded; holds what is wrong and what would be right.
    #[error("{0}")]
    Source(String),
    /// The bytes are not the fragmented MP4 expected; holds what stands there instead.
    #[error("not a fragmented MP4 of one track: {0}")]
    Malformed(String),
    /// A codec that Reel does not package.
    #[error("a {0} track: Reel packages H.264 (avc1) and AAC (mp4a)")]
    Unsupported(String),
    /// The chunk is not the one that was planned.
    #[error("{0}")]
    Mismatch(String),
    /// The key is not 16 bytes in 32 hexadecimal digits.
    #[error("the {0} is not 32 hexadecimal digits")]
    Key(&'static str),
    /// The segment does not fit the scheme of its init segment.
    #[error("cannot decrypt: {0}")]
    Encrypted(String),
    /// There is no such device profile.
    #[error("there is no device profile {name:?}; there are {known}")]
    Device {
        /// What was asked for.
        name: String,
        /// The ids that exist, separated by commas.
        known: String,
    },
    /// No rendition of the title fits the device.
    #[error("{device} cannot play this title: {reason}")]
    Unplayable {
        /// The device profile's id.
        device: String,
        /// What the title has and the device does not take.
        reason: String,
    },
    /// A manifest names something that the title does not have.
    #[error("there is no {0}")]
    Absent(String),
}

impl MediaError {
    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }

    /// The same error, told of one chunk of one rendition.
    pub(crate) fn of_chunk(self, rendition: &str, chunk: u32) -> Self {
        Self::Mismatch(format!("chunk {chunk} of {rendition}: {self}"))
    }
}

impl From<mp4_atom::Error> for MediaError {
    fn from(error: mp4_atom::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}
