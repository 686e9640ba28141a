//! Manifests, made of a title's delivery index for one device.

mod dash;
mod hls;

pub use dash::dash;
pub use hls::{media_playlist, multivariant_playlist};

use crate::MediaError;
use crate::device::{DeviceProfile, Protocol};
use reel_api::encoding::{DeliveryIndex, IndexRendition, Rational, delivery_prefix};
use reel_api::playback::Pathway;

/// Where a player finds what a manifest names. The URLs carry the viewer's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The ways to the segments, best first; each base URL ends in `/`, and keys of the
    /// delivery bucket follow it.
    pub pathways: Vec<Pathway>,
    /// The content steering manifest; absolute, as some players want it.
    pub steering_url: String,
    /// Where Clear Key licences are asked for with `POST`; none for a clear title. A `GET`
    /// with `?kid=` and 32 hexadecimal digits is answered with the 16 bytes of that key,
    /// which is how HLS players without EME ask (RFC 8216, section 4.3.2.4).
    pub license_url: Option<String>,
}

impl Addresses {
    fn pathway(&self, id: &str) -> Result<&Pathway, MediaError> {
        let found = self.pathways.iter().find(|pathway| pathway.id == id);
        found.ok_or_else(|| MediaError::Absent(format!("pathway {id:?}")))
    }
}

/// The URL under which a pathway has the renditions of a title; ends in `/`.
fn base(pathway: &Pathway, index: &DeliveryIndex) -> String {
    format!("{}{}/", pathway.base_url, delivery_prefix(index.title_id, index.revision))
}

fn check_protocol(device: &DeviceProfile, protocol: Protocol) -> Result<(), MediaError> {
    match device.plays(protocol) {
        true => Ok(()),
        false => Err(MediaError::Unplayable {
            device: device.id.into(),
            reason: format!("{protocol:?} is none of its protocols"),
        }),
    }
}

/// Seconds, from ticks.
fn seconds(ticks: u64, rendition: &IndexRendition) -> f64 {
    ticks as f64 / f64::from(rendition.timescale.max(1))
}

/// Frames a second, to three decimals (RFC 8216, section 4.3.4.2).
fn fps(rate: Rational) -> f64 {
    (f64::from(rate.num) / f64::from(rate.den.max(1)) * 1000.0).round() / 1000.0
}
