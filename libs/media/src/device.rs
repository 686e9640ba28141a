//! What devices can play: a registry of profiles, and the choice of renditions for one.

use crate::MediaError;
use reel_api::encoding::{DeliveryIndex, IndexRendition, Media, Scheme};

/// How a device is told what to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// ISO/IEC 23009-1.
    Dash,
    /// RFC 8216.
    Hls,
}

/// What devices of one family can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceProfile {
    /// Names the profile in requests.
    pub id: &'static str,
    /// The devices, for a person.
    pub devices: &'static str,
    /// The protocols, best first.
    pub protocols: &'static [Protocol],
    /// The codecs, as renditions name them.
    pub codecs: &'static [&'static str],
    /// The schemes of common encryption.
    pub schemes: &'static [Scheme],
    /// The most pixels of the shorter side of a picture.
    pub max_lines: u32,
    /// Whether it shows high dynamic range.
    pub hdr: bool,
}

use Protocol::{Dash, Hls};
use Scheme::{Cbcs, Cenc};

/// The registry. Browsers on computers do not get HEVC: most cannot decode it, and some
/// players then go on with sound alone.
pub const PROFILES: [DeviceProfile; 6] = [
    DeviceProfile {
        id: "browser",
        devices: "browsers with Media Source Extensions",
        protocols: &[Dash, Hls],
        codecs: &["h264", "vp9", "av1", "aac", "opus"],
        schemes: &[Cbcs, Cenc],
        max_lines: 2160,
        hdr: false,
    },
    DeviceProfile {
        id: "android",
        devices: "Android phones and tablets",
        protocols: &[Dash, Hls],
        codecs: &["h264", "hevc", "vp9", "av1", "aac", "opus"],
        schemes: &[Cbcs, Cenc],
        max_lines: 1080,
        hdr: true,
    },
    DeviceProfile {
        id: "ios",
        devices: "iPhone, iPad, Apple TV and Safari",
        protocols: &[Hls],
        codecs: &["h264", "hevc", "aac"],
        schemes: &[Cbcs],
        max_lines: 2160,
        hdr: true,
    },
    DeviceProfile {
        id: "tv",
        devices: "television sets and sticks",
        protocols: &[Dash, Hls],
        codecs: &["h264", "hevc", "vp9", "av1", "aac"],
        schemes: &[Cbcs, Cenc],
        max_lines: 2160,
        hdr: true,
    },
    DeviceProfile {
        id: "console",
        devices: "game consoles",
        protocols: &[Dash],
        codecs: &["h264", "hevc", "aac"],
        schemes: &[Cbcs, Cenc],
        max_lines: 2160,
        hdr: true,
    },
    DeviceProfile {
        id: "cli",
        devices: "Reel's own player without a screen",
        protocols: &[Dash, Hls],
        codecs: &["h264", "aac"],
        schemes: &[Cbcs, Cenc],
        max_lines: 2160,
        hdr: false,
    },
];

/// The profile with this id.
///
/// # Errors
/// [`MediaError::Device`], which names those that there are.
pub fn profile(id: &str) -> Result<&'static DeviceProfile, MediaError> {
    PROFILES.iter().find(|profile| profile.id == id).ok_or_else(|| MediaError::Device {
        name: id.chars().take(64).collect(),
        known: PROFILES.map(|profile| profile.id).join(", "),
    })
}

impl DeviceProfile {
    /// Whether it plays this protocol.
    pub fn plays(&self, protocol: Protocol) -> bool {
        self.protocols.contains(&protocol)
    }

    /// The renditions of a title that the device plays, in the index's order.
    ///
    /// # Errors
    /// [`MediaError::Unplayable`] when it decrypts none of the title's scheme, or decodes
    /// none of its pictures, or none of its sound where it has some.
    pub fn select<'a>(&self, index: &'a DeliveryIndex) -> Result<Selection<'a>, MediaError> {
        if index.scheme.is_some_and(|scheme| !self.schemes.contains(&scheme)) {
            return Err(self.unplayable(format!("it is protected with {:?}", index.scheme)));
        }
        let fitting = |index: &&IndexRendition| self.decodes(&index.rendition.media);
        let (video, audio): (Vec<_>, Vec<_>) =
            index.renditions.iter().filter(fitting).partition(|index| is_video(&index.rendition.media));
        let silent = index.renditions.iter().all(|index| is_video(&index.rendition.media));
        if video.is_empty() || (audio.is_empty() && !silent) {
            let ids: Vec<&str> = index.renditions.iter().map(|index| &index.rendition.id[..]).collect();
            return Err(self.unplayable(format!("it has {}", ids.join(", "))));
        }
        Ok(Selection { video, audio })
    }

    fn decodes(&self, media: &Media) -> bool {
        match media {
            Media::Video { codec, width, height, .. } => {
                self.codecs.contains(&&codec[..]) && *width.min(height) <= self.max_lines
            }
            Media::Audio { codec, .. } => self.codecs.contains(&&codec[..]),
            Media::Artwork { .. } => false,
        }
    }

    fn unplayable(&self, reason: String) -> MediaError {
        MediaError::Unplayable { device: self.id.into(), reason }
    }
}

/// The renditions of a title that a device plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection<'a> {
    /// Pictures; at least one.
    pub video: Vec<&'a IndexRendition>,
    /// Sound; none for a silent film.
    pub audio: Vec<&'a IndexRendition>,
}

fn is_video(media: &Media) -> bool {
    matches!(media, Media::Video { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_unknown_ones_are_told_the_known() {
        for one in PROFILES {
            assert_eq!(PROFILES.iter().filter(|other| other.id == one.id).count(), 1);
            assert_eq!(profile(one.id), Ok(&PROFILES[PROFILES.iter().position(|p| p.id == one.id).unwrap()]));
        }
        let error = profile("toaster").unwrap_err().to_string();
        assert!(error.contains("toaster") && error.contains("browser, android"), "{error}");
    }
}
