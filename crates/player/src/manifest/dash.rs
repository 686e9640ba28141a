//! DASH manifests (ISO/IEC 23009-1): one period, segment templates.

use super::xml::Element;
use super::{SegmentEntry, Ticks};
use crate::PlayerError;
use url::Url;

/// What a rendition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Video,
    Audio,
    Other,
}

/// A representation.
#[derive(Debug, Clone)]
pub(crate) struct Rendition {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) codec: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits per second.
    pub(crate) bandwidth: u64,
    /// The key id, 32 hexadecimal digits; none when it is clear.
    pub(crate) kid: Option<String>,
    pub(crate) init: String,
    pub(crate) segments: Vec<SegmentEntry>,
}

/// A base URL and the pathway (`serviceLocation`) that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) pathway: String,
    pub(crate) url: Url,
}

/// A manifest.
#[derive(Debug, Clone)]
pub(crate) struct Manifest {
    /// Where segments are, in the manifest's order.
    pub(crate) bases: Vec<Base>,
    pub(crate) renditions: Vec<Rendition>,
}

impl Manifest {
    /// Reads a manifest that came from `url`.
    pub(crate) fn parse(text: &str, url: &Url) -> Result<Self, PlayerError> {
        let wrong = |why: String| PlayerError::Manifest { url: url.to_string(), why };
        let mpd = Element::parse(text).map_err(wrong)?;
        let mut periods = mpd.all("Period");
        let period =
            periods.next().filter(|_| mpd.name == "MPD").ok_or_else(|| wrong("it has no MPD with a Period".into()))?;
        if periods.next().is_some() {
            return Err(wrong("it has more than one Period; titles have one".into()));
        }
        let total_s = mpd.attribute("mediaPresentationDuration").and_then(seconds);
        let bases = bases(&bases(&[Base { pathway: String::new(), url: url.clone() }], &mpd), period);
        let renditions = period.all("AdaptationSet").flat_map(|set| set.all("Representation").map(move |r| (set, r)));
        let renditions =
            renditions.map(|(set, r)| rendition(set, r, total_s)).collect::<Result<_, _>>().map_err(wrong)?;
        Ok(Self { bases, renditions })
    }

    /// The renditions of a kind, from the smallest bandwidth up.
    pub(crate) fn of(&self, kind: Kind) -> Vec<&Rendition> {
        let mut found: Vec<_> = self.renditions.iter().filter(|r| r.kind == kind).collect();
        found.sort_by_key(|r| r.bandwidth);
        found
    }
}

/// The base URLs of an element, resolved against those outside of it (section 5.6).
fn bases(outside: &[Base], element: &Element) -> Vec<Base> {
    let own = |base: &Element, outer: &Base| {
        let url = outer.url.join(base.text.trim()).ok()?;
        let pathway = base.attribute("serviceLocation").map_or_else(|| outer.pathway.clone(), str::to_owned);
        Some(Base { pathway, url })
    };
    let found: Vec<_> =
        element.all("BaseURL").flat_map(|base| outside.iter().filter_map(move |outer| own(base, outer))).collect();
    if found.is_empty() { outside.to_vec() } else { found }
}

fn rendition(set: &Element, representation: &Element, total_s: Option<f64>) -> Result<Rendition, String> {
    let either = |name: &str| representation.attribute(name).or_else(|| set.attribute(name));
    let number = |name: &str| either(name).and_then(|text| text.parse().ok()).unwrap_or(0);
    let id = representation.attribute("id").ok_or("a Representation has no id")?.to_owned();
    let bandwidth = representation
        .attribute("bandwidth")
        .and_then(|text| text.parse().ok())
        .ok_or("a Representation has no bandwidth")?;
    let prefix = base_path(set) + &base_path(representation);
    let template = Template::of(set, representation).ok_or_else(|| format!("{id} has no SegmentTemplate"))?;
    Ok(Rendition {
        kind: kind(either("mimeType").or(either("contentType")).unwrap_or_default()),
        codec: either("codecs").unwrap_or_default().to_owned(),
        width: number("width"),
        height: number("height"),
        kid: kid(set).or_else(|| kid(representation)),
        init: prefix.clone() + &template.name("initialization", &id, bandwidth, 0, 0)?,
        segments: template.segments(&prefix, &id, bandwidth, total_s)?,
        bandwidth,
        id,
    })
}

/// A base URL below the pathways, where it is a relative one.
fn base_path(element: &Element) -> String {
    element.all("BaseURL").next().map(|base| base.text.trim().to_owned()).unwrap_or_default()
}

fn kind(mime: &str) -> Kind {
    match mime.split('/').next() {
        Some("video") => Kind::Video,
        Some("audio") => Kind::Audio,
        _ => Kind::Other,
    }
}

fn kid(element: &Element) -> Option<String> {
    let kid = element.all("ContentProtection").find_map(|protection| protection.attribute("default_KID"))?;
    Some(kid.replace('-', "").to_ascii_lowercase())
}

/// A segment template: attributes of the representation's own, else of the set's (section 5.3.9).
struct Template<'a> {
    own: Option<&'a Element>,
    outer: Option<&'a Element>,
}

impl<'a> Template<'a> {
    fn of(set: &'a Element, representation: &'a Element) -> Option<Self> {
        let template =
            Self { own: representation.all("SegmentTemplate").next(), outer: set.all("SegmentTemplate").next() };
        (template.own.is_some() || template.outer.is_some()).then_some(template)
    }

    fn attribute(&self, name: &str) -> Option<&'a str> {
        self.own.and_then(|own| own.attribute(name)).or_else(|| self.outer.and_then(|outer| outer.attribute(name)))
    }

    fn number(&self, name: &str, otherwise: u64) -> Result<u64, String> {
        self.attribute(name)
            .map_or(Ok(otherwise), |text| text.parse().map_err(|_| format!("{name}={text:?} is no number")))
    }

    fn timeline(&self) -> Option<&'a Element> {
        [self.own, self.outer].into_iter().flatten().find_map(|template| template.all("SegmentTimeline").next())
    }

    fn name(&self, attribute: &str, id: &str, bandwidth: u64, number: u64, time: u64) -> Result<String, String> {
        let pattern =
            self.attribute(attribute).ok_or_else(|| format!("the SegmentTemplate of {id} has no {attribute}"))?;
        expand(
            pattern,
            &[
                ("RepresentationID", id),
                ("Bandwidth", &bandwidth.to_string()),
                ("Number", &number.to_string()),
                ("Time", &time.to_string()),
            ],
        )
    }

    fn segments(
        &self,
        prefix: &str,
        id: &str,
        bandwidth: u64,
        total_s: Option<f64>,
    ) -> Result<Vec<SegmentEntry>, String> {
        let per_second = u32::try_from(self.number("timescale", 1)?)
            .ok()
            .filter(|&ticks| ticks > 0)
            .ok_or("a timescale is no 32-bit number")?;
        let first = self.number("startNumber", 1)?;
        let times = match self.timeline() {
            Some(timeline) => explicit(timeline)?,
            None => regular(self.number("duration", 0)?, per_second, total_s)?,
        };
        let entry = |(index, (ticks, duration)): (u64, (u64, u64))| {
            let number = first + index;
            let path = prefix.to_owned() + &self.name("media", id, bandwidth, number, ticks)?;
            Ok(SegmentEntry {
                path,
                number,
                time: Ticks { ticks, per_second },
                duration: Ticks { ticks: duration, per_second },
            })
        };
        (0..).zip(times).map(entry).collect()
    }
}

/// More segments than any title has: a manifest that announces more is refused.
const MAX_SEGMENTS: usize = 100_000;

/// A segment timeline (section 5.3.9.6): times and durations.
fn explicit(timeline: &Element) -> Result<Vec<(u64, u64)>, String> {
    let (mut times, mut next) = (Vec::new(), 0_u64);
    for run in timeline.all("S") {
        let number = |name: &str| {
            run.attribute(name)
                .map(|text| text.parse::<u64>().map_err(|_| format!("S has {name}={text:?}, which is no count")))
        };
        let duration = number("d").transpose()?.ok_or("an S has no d")?;
        let repeat = number("r").transpose()?.unwrap_or(0);
        next = number("t").transpose()?.unwrap_or(next);
        for _ in 0..=repeat {
            if times.len() == MAX_SEGMENTS {
                return Err(format!("it announces more than {MAX_SEGMENTS} segments"));
            }
            times.push((next, duration));
            next = next.checked_add(duration).ok_or("its times overflow")?;
        }
    }
    Ok(times)
}

/// Segments of one length, the last one shorter.
fn regular(duration: u64, per_second: u32, total_s: Option<f64>) -> Result<Vec<(u64, u64)>, String> {
    let total = total_s
        .map(|seconds| (seconds * f64::from(per_second)).round() as u64)
        .ok_or("it has neither a SegmentTimeline nor a duration")?;
    if duration == 0 || total / duration >= MAX_SEGMENTS as u64 {
        return Err("a SegmentTemplate has neither a SegmentTimeline nor a sensible duration".into());
    }
    Ok((0..total.div_ceil(duration)).map(|index| (index * duration, duration.min(total - index * duration))).collect())
}

/// Fills in a template's identifiers (section 5.3.9.4.4): `$Number$`, `$Number%05d$`, `$$`.
fn expand(pattern: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let (mut name, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('$') {
        let (identifier, after) = after.split_once('$').ok_or_else(|| format!("{pattern:?} has a single $"))?;
        let (key, format) = identifier.split_once('%').unwrap_or((identifier, "1d"));
        let width = format.trim_end_matches('d').parse().unwrap_or(1_usize).min(20);
        let value = if key.is_empty() {
            Some("$")
        } else {
            values.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
        };
        let value = value.ok_or_else(|| format!("{pattern:?} has the unknown identifier ${key}$"))?;
        name = name + before + &format!("{value:0>width$}");
        rest = after;
    }
    Ok(name + rest)
}

/// An ISO 8601 duration such as `PT1H2M3.5S`, without years and months.
fn seconds(text: &str) -> Option<f64> {
    let (days, time) = text.strip_prefix('P')?.split_once('T').unwrap_or((&text[1..], ""));
    let mut total =
        days.strip_suffix('D').map_or(Some(0.0), |days| days.parse::<f64>().ok().map(|days| days * 86_400.0))?;
    let mut number = String::new();
    for c in time.chars() {
        let unit = match c {
            'H' => 3_600.0,
            'M' => 60.0,
            'S' => 1.0,
            digit => {
                number.push(digit);
                continue;
            }
        };
        total += unit * std::mem::take(&mut number).parse::<f64>().ok()?;
    }
    number.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MPD: &str = r#"<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" mediaPresentationDuration="PT10S">
  <BaseURL serviceLocation="isp">http://isp.example/t/T&amp;K/</BaseURL>
  <BaseURL serviceLocation="ixp">http://ixp.example/</BaseURL>
  <Period>
    <AdaptationSet mimeType="video/mp4">
      <ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" cenc:default_KID="01020304-0506-0708-090A-0B0C0D0E0F10"/>
      <SegmentTemplate timescale="24" media="$RepresentationID$/$Number%03d$.m4s" initialization="$RepresentationID$/init.mp4">
        <SegmentTimeline><S t="0" d="96" r="1"/><S d="48"/></SegmentTimeline>
      </SegmentTemplate>
      <Representation id="b" bandwidth="2000" width="640" height="360" codecs="avc1.4d401e"/>
      <Representation id="a" bandwidth="1000" width="320" height="180" codecs="avc1.4d400d"/>
    </AdaptationSet>
    <AdaptationSet contentType="audio">
      <SegmentTemplate timescale="1000" duration="4000" media="au/$Time$.m4s" initialization="au/init.mp4"/>
      <Representation id="au" bandwidth="96000" codecs="mp4a.40.2"/>
    </AdaptationSet>
  </Period>
</MPD>"#;

    fn manifest() -> Manifest {
        Manifest::parse(MPD, &Url::parse("http://origin.example/x/manifest.mpd").unwrap()).unwrap()
    }

    #[test]
    fn a_timeline_gives_contiguous_segments() {
        let manifest = manifest();
        let video = manifest.of(Kind::Video)[0];
        assert_eq!((video.id.as_str(), video.kid.as_deref()), ("a", Some("0102030405060708090a0b0c0d0e0f10")));
        let entries: Vec<_> =
            video.segments.iter().map(|s| (s.path.as_str(), s.time.ticks, s.duration.ticks)).collect();
        assert_eq!(entries, [("a/001.m4s", 0, 96), ("a/002.m4s", 96, 96), ("a/003.m4s", 192, 48)]);
    }

    #[test]
    fn a_duration_gives_a_shorter_last_segment() {
        let manifest = manifest();
        let audio = manifest.of(Kind::Audio)[0];
        let entries: Vec<_> = audio.segments.iter().map(|s| (s.path.as_str(), s.duration.ticks)).collect();
        assert_eq!(entries, [("au/0.m4s", 4_000), ("au/4000.m4s", 4_000), ("au/8000.m4s", 2_000)]);
    }

    #[test]
    fn base_urls_name_their_pathways() {
        let bases: Vec<_> = manifest().bases.into_iter().map(|base| (base.pathway, base.url.to_string())).collect();
        assert_eq!(bases[0], ("isp".into(), "http://isp.example/t/T&K/".into()));
        assert_eq!(bases[1], ("ixp".into(), "http://ixp.example/".into()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let url = Url::parse("http://o.example/m.mpd").unwrap();
        for (text, what) in
            [("", "no element"), ("<MPD/>", "Period"), ("<MPD><Period></MPD>", "Period"), ("<a><b>", "not closed")]
        {
            let error = Manifest::parse(text, &url).unwrap_err().to_string();
            assert!(error.contains(what), "{text}: {error}");
        }
        let endless = MPD.replace("r=\"1\"", "r=\"99999999\"");
        assert!(Manifest::parse(&endless, &url).unwrap_err().to_string().contains("segments"));
    }

    #[test]
    fn times_of_different_scales_compare_exactly() {
        assert_eq!(Ticks { ticks: 96, per_second: 24 }, Ticks { ticks: 4_000, per_second: 1_000 });
        assert_ne!(Ticks { ticks: 96, per_second: 24 }, Ticks { ticks: 4_001, per_second: 1_000 });
    }
}
