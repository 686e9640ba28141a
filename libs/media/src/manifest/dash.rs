//! DASH (ISO/IEC 23009-1): one MPD of one period, segments by number on a timeline.

use super::{Addresses, base, check_protocol, seconds};
use crate::MediaError;
use crate::device::{DeviceProfile, Protocol};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use reel_api::encoding::{DeliveryIndex, IndexRendition, Media, Rational, Scheme, Segment};
use std::fmt::Display;
use std::io;

const NAMESPACES: [(&str, &str); 3] = [
    ("xmlns", "urn:mpeg:dash:schema:mpd:2011"),
    ("xmlns:cenc", "urn:mpeg:cenc:2013"),
    ("xmlns:dashif", "https://dashif.org/CPS"),
];
const PROFILES: &str = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019";
/// DASH-IF's id of W3C Clear Key.
const CLEAR_KEY: &str = "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e";
/// Adaptation sets that a player may change between (ISO/IEC 23009-1, section 5.3.3.5).
const SWITCHING: &str = "urn:mpeg:dash:adaptation-set-switching:2016";
/// The value is a number of channels (ISO/IEC 23009-1, section 5.8.5.4).
const CHANNELS: &str = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";

type Xml = Writer<Vec<u8>>;

/// The MPD of a title for a device.
///
/// Renditions of one kind are cut alike, as `package` checks.
///
/// # Errors
/// [`MediaError::Unplayable`] when the device does not play DASH, or nothing of the title.
pub fn dash(index: &DeliveryIndex, device: &DeviceProfile, addresses: &Addresses) -> Result<String, MediaError> {
    check_protocol(device, Protocol::Dash)?;
    let selection = device.select(index)?;
    let sets: Vec<Set<'_>> = sets(selection.video).into_iter().chain(sets(selection.audio)).collect();
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut xml, index, addresses, &sets)
        .map_err(|e| MediaError::Malformed(format!("the MPD cannot be written: {e}")))?;
    Ok(String::from_utf8_lossy(&xml.into_inner()).into_owned() + "\n")
}

/// An adaptation set: renditions of one codec.
struct Set<'a> {
    renditions: Vec<&'a IndexRendition>,
    /// The ids of the sets that hold the same in other codecs.
    others: Vec<String>,
    id: String,
}

fn sets(renditions: Vec<&IndexRendition>) -> Vec<Set<'_>> {
    let mut sets: Vec<Set<'_>> = Vec::new();
    for rendition in renditions {
        let id = set_id(&rendition.rendition.media);
        match sets.iter_mut().find(|set| set.id == id) {
            Some(set) => set.renditions.push(rendition),
            None => sets.push(Set { renditions: vec![rendition], others: Vec::new(), id }),
        }
    }
    let ids: Vec<String> = sets.iter().map(|set| set.id.clone()).collect();
    for set in &mut sets {
        set.others = ids.iter().filter(|id| **id != set.id).cloned().collect();
    }
    sets
}

/// Names a set by what its renditions share; ids are numbers in DASH.
fn set_id(media: &Media) -> String {
    let (kind, codec) = match media {
        Media::Video { codec, .. } => (1, codec),
        Media::Audio { codec, .. } => (2, codec),
        Media::Artwork { .. } => return "30".into(),
    };
    const CODECS: [&str; 6] = ["h264", "hevc", "vp9", "av1", "aac", "opus"];
    let place = CODECS.iter().position(|known| known == codec).unwrap_or(CODECS.len());
    format!("{kind}{place}")
}

fn write(xml: &mut Xml, index: &DeliveryIndex, addresses: &Addresses, sets: &[Set<'_>]) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let duration = format!("PT{}.{:03}S", index.duration_ms / 1000, index.duration_ms % 1000);
    let longest = longest(sets);
    let attributes = [
        ("profiles", PROFILES),
        ("type", "static"),
        ("minBufferTime", "PT4S"),
        ("mediaPresentationDuration", &duration),
        ("maxSegmentDuration", &longest),
    ];
    xml.create_element("MPD").with_attributes(NAMESPACES).with_attributes(attributes).write_inner_content(|xml| {
        for pathway in &addresses.pathways {
            text(xml, "BaseURL", &[("serviceLocation", &pathway.id)], &base(pathway, index))?;
        }
        steering(xml, addresses)?;
        xml.create_element("Period").with_attributes([("id", "1"), ("start", "PT0S")]).write_inner_content(|xml| {
            sets.iter().try_for_each(|set| adaptation_set(xml, set, index.scheme, addresses))
        })?;
        Ok(())
    })?;
    Ok(())
}

/// ETSI TS 103 998, section 6.
fn steering(xml: &mut Xml, addresses: &Addresses) -> io::Result<()> {
    let Some(first) = addresses.pathways.first() else {
        return Ok(());
    };
    text(
        xml,
        "ContentSteering",
        &[("defaultServiceLocation", &first.id), ("queryBeforeStart", "false")],
        &addresses.steering_url,
    )
}

fn adaptation_set(xml: &mut Xml, set: &Set<'_>, scheme: Option<Scheme>, addresses: &Addresses) -> io::Result<()> {
    let Some(first) = set.renditions.first() else {
        return Ok(());
    };
    let (kind, mime) = match first.rendition.media {
        Media::Video { .. } => ("video", "video/mp4"),
        _ => ("audio", "audio/mp4"),
    };
    let attributes = [
        ("id", &set.id[..]),
        ("contentType", kind),
        ("mimeType", mime),
        ("segmentAlignment", "true"),
        ("startWithSAP", "1"),
    ];
    xml.create_element("AdaptationSet").with_attributes(attributes).write_inner_content(|xml| {
        // Renditions of other definitions have other keys, which then stand with each.
        let shared = set.renditions.iter().all(|rendition| rendition.kid == first.kid);
        let license_url = addresses.license_url.as_deref();
        if let (true, Some(scheme), Some(kid)) = (shared, scheme, &first.kid) {
            protection(xml, scheme, kid, license_url)?;
        }
        if !set.others.is_empty() {
            empty(xml, "SupplementalProperty", &[("schemeIdUri", &SWITCHING), ("value", &set.others.join(","))])?;
        }
        empty(xml, "Role", &[("schemeIdUri", &"urn:mpeg:dash:role:2011"), ("value", &"main")])?;
        segment_template(xml, first)?;
        set.renditions.iter().try_for_each(|rendition| match (scheme, &rendition.kid) {
            (Some(scheme), Some(kid)) if !shared => {
                representation(xml, rendition, Some(|xml: &mut Xml| protection(xml, scheme, kid, license_url)))
            }
            _ => representation(xml, rendition, None::<fn(&mut Xml) -> io::Result<()>>),
        })
    })?;
    Ok(())
}

/// ISO/IEC 23009-1, section 5.8.4.1, and DASH-IF's "Content Protection and Security", for
/// the licence URL.
fn protection(xml: &mut Xml, scheme: Scheme, kid: &str, license_url: Option<&str>) -> io::Result<()> {
    let scheme = match scheme {
        Scheme::Cbcs => "cbcs",
        Scheme::Cenc => "cenc",
    };
    let kid = hyphenated(kid);
    empty(
        xml,
        "ContentProtection",
        &[("schemeIdUri", &"urn:mpeg:dash:mp4protection:2011"), ("value", &scheme), ("cenc:default_KID", &kid)],
    )?;
    let Some(url) = license_url else {
        return Ok(());
    };
    let attributes = [("schemeIdUri", CLEAR_KEY), ("value", "ClearKey1.0")];
    xml.create_element("ContentProtection")
        .with_attributes(attributes)
        .write_inner_content(|xml| text(xml, "dashif:Laurl", &[("licenseType", "EME-1.0")], url))?;
    Ok(())
}

/// A key id as a UUID.
fn hyphenated(kid: &str) -> String {
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| kid.get(range).unwrap_or_default());
    parts.join("-")
}

fn segment_template(xml: &mut Xml, rendition: &IndexRendition) -> io::Result<()> {
    let timescale = rendition.timescale.to_string();
    let attributes = [
        ("timescale", &timescale[..]),
        ("initialization", "$RepresentationID$/init.mp4"),
        ("media", "$RepresentationID$/$Number$.m4s"),
        ("startNumber", "1"),
    ];
    xml.create_element("SegmentTemplate").with_attributes(attributes).write_inner_content(|xml| {
        xml.create_element("SegmentTimeline").write_inner_content(|xml| timeline(xml, &rendition.segments))?;
        Ok(())
    })?;
    Ok(())
}

/// Runs of segments of one duration (ISO/IEC 23009-1, section 5.3.9.6).
fn timeline(xml: &mut Xml, segments: &[Segment]) -> io::Result<()> {
    for (i, run) in segments.chunk_by(|one, next| one.duration == next.duration).enumerate() {
        let [first, ..] = run else { continue };
        let start = (i == 0).then(|| ("t", first.time.to_string()));
        let repeat = (run.len() > 1).then(|| ("r", (run.len() - 1).to_string()));
        let attributes: Vec<(&str, String)> =
            start.into_iter().chain([("d", first.duration.to_string())]).chain(repeat).collect();
        let attributes = attributes.iter().map(|(name, value)| (*name, &value[..]));
        xml.create_element("S").with_attributes(attributes).write_empty()?;
    }
    Ok(())
}

/// With what protects it, where that is its own.
fn representation(
    xml: &mut Xml,
    rendition: &IndexRendition,
    protect: Option<impl FnOnce(&mut Xml) -> io::Result<()>>,
) -> io::Result<()> {
    let common: [(&str, &dyn Display); 3] = [
        ("id", &rendition.rendition.id),
        ("codecs", &rendition.codec_string),
        ("bandwidth", &rendition.peak_bitrate.max(1)),
    ];
    match &rendition.rendition.media {
        Media::Video { width, height, .. } => {
            let rate = rendition.frame_rate.map(frame_rate).unwrap_or_default();
            let own: [(&str, &dyn Display); 4] =
                [("width", width), ("height", height), ("frameRate", &rate), ("sar", &"1:1")];
            let attributes = [&common[..], &own].concat();
            match protect {
                Some(protect) => element(xml, "Representation", &attributes, protect),
                None => empty(xml, "Representation", &attributes),
            }
        }
        Media::Audio { channels, sample_rate, .. } => {
            let own: [(&str, &dyn Display); 1] = [("audioSamplingRate", sample_rate)];
            element(xml, "Representation", &[&common[..], &own].concat(), |xml| {
                empty(xml, "AudioChannelConfiguration", &[("schemeIdUri", &CHANNELS), ("value", channels)])?;
                protect.map_or(Ok(()), |protect| protect(xml))
            })
        }
        Media::Artwork { .. } => Ok(()),
    }
}

fn frame_rate(rate: Rational) -> String {
    if rate.den == 1 { rate.num.to_string() } else { format!("{}/{}", rate.num, rate.den) }
}

fn longest(sets: &[Set<'_>]) -> String {
    let all = sets.iter().flat_map(|set| &set.renditions);
    let each = all.flat_map(|rendition| rendition.segments.iter().map(|segment| seconds(segment.duration, rendition)));
    format!("PT{:.3}S", each.fold(0.0, f64::max))
}

fn shown(attributes: &[(&'static str, &dyn Display)]) -> Vec<(&'static str, String)> {
    attributes.iter().map(|(name, value)| (*name, value.to_string())).collect()
}

fn element(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&'static str, &dyn Display)],
    content: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let attributes = shown(attributes);
    let attributes = attributes.iter().map(|(name, value)| (*name, &value[..]));
    xml.create_element(name).with_attributes(attributes).write_inner_content(content)?;
    Ok(())
}

fn empty(xml: &mut Xml, name: &str, attributes: &[(&'static str, &dyn Display)]) -> io::Result<()> {
    let attributes = shown(attributes);
    xml.create_element(name)
        .with_attributes(attributes.iter().map(|(name, value)| (*name, &value[..])))
        .write_empty()?;
    Ok(())
}

fn text(xml: &mut Xml, name: &str, attributes: &[(&str, &str)], content: &str) -> io::Result<()> {
    xml.create_element(name).with_attributes(attributes.iter().copied()).write_text_content(BytesText::new(content))?;
    Ok(())
}
