//! A title, opened: its manifest, its edges and its keys.

use crate::PlayerError;
use crate::cmaf::{Init, Segment, check_sample, decrypt};
use crate::fetch::Edges;
use crate::manifest::{Manifest, Rendition};
use crate::platform::Platform;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reel_api::license::{License, LicenseRequest};
use reel_api::playback::Playback;
use reel_api::steering::SteeringManifest;
use std::collections::BTreeMap;
use url::Url;

/// What is needed to fetch and decrypt a title.
pub(crate) struct Title {
    pub(crate) playback: Playback,
    pub(crate) manifest: Manifest,
    pub(crate) edges: Edges,
    /// By key id, 32 hexadecimal digits.
    keys: BTreeMap<String, [u8; 16]>,
    platform: Platform,
}

/// A segment, decrypted and looked through.
pub(crate) struct Opened {
    pub(crate) bytes: Vec<u8>,
    pub(crate) segment: Segment,
}

impl Title {
    /// Asks the platform for a title, by id or slug, and fetches its DASH manifest and keys.
    pub(crate) async fn open(platform: Platform, title: &str, device: &str) -> Result<Self, PlayerError> {
        let title = url::form_urlencoded::byte_serialize(title.as_bytes()).collect::<String>();
        let device = url::form_urlencoded::byte_serialize(device.as_bytes()).collect::<String>();
        let playback = platform.client().playback(&title, &device).await?;
        let dash = playback.dash_url.as_deref().ok_or(PlayerError::NoManifest("DASH"))?;
        let manifest = read_manifest(&platform, &platform.resolve(dash)?).await?;
        let edges = Edges::new(platform.http.clone(), manifest.bases.clone());
        edges.prioritise(&playback.pathways.iter().map(|pathway| pathway.id.clone()).collect::<Vec<_>>());
        let keys = read_keys(&platform, &playback, &manifest).await?;
        Ok(Self { playback, manifest, edges, keys, platform })
    }

    /// Asks the content steering server for the order of pathways; returns after how many
    /// seconds to ask again. A server that does not answer changes nothing.
    pub(crate) async fn steer(&self) -> u32 {
        const AGAIN_S: u32 = 300;
        let Ok(url) = self.platform.resolve(&self.playback.steering_url) else { return AGAIN_S };
        let Ok(text) = self.platform.fetch(&url).await else { return AGAIN_S };
        let Ok(steering) = serde_json::from_slice::<SteeringManifest>(&text) else { return AGAIN_S };
        self.edges.prioritise(&steering.pathway_priority);
        steering.ttl.max(1)
    }

    /// A text of the platform, such as a playlist.
    pub(crate) async fn text(&self, location: &str) -> Result<(Url, bytes::Bytes), PlayerError> {
        let url = self.platform.resolve(location)?;
        let text = self.platform.fetch(&url).await?;
        Ok((url, text))
    }

    /// Fetches and reads a rendition's init segment.
    pub(crate) async fn init(&self, rendition: &Rendition) -> Result<Init, PlayerError> {
        let fetched = self.edges.get(&rendition.init).await?;
        let init = Init::parse(&fetched.bytes).map_err(|e| PlayerError::damaged(&rendition.init, &e))?;
        let kid = init.protection.as_ref().map(|protection| hex::encode(protection.kid));
        if kid != rendition.kid {
            let told = |kid: Option<String>| kid.map_or_else(|| "no key".to_owned(), |kid| format!("key {kid}"));
            let why = format!("it names {}, the manifest {}", told(kid), told(rendition.kid.clone()));
            return Err(PlayerError::Damaged { path: rendition.init.clone(), why });
        }
        Ok(init)
    }

    /// Decrypts a segment and checks that its samples are whole.
    pub(crate) fn unlock(&self, path: &str, bytes: &[u8], init: &Init) -> Result<Opened, PlayerError> {
        let damaged = |e| PlayerError::damaged(path, &e);
        let segment = Segment::parse(bytes, init).map_err(damaged)?;
        let mut bytes = bytes.to_vec();
        if let Some(protection) = &init.protection {
            let kid = hex::encode(protection.kid);
            let key = self.keys.get(&kid).ok_or(PlayerError::NoKey(kid))?;
            decrypt(&mut bytes, &segment, init, key).map_err(damaged)?;
        }
        for (index, sample) in segment.samples.iter().enumerate() {
            check_sample(&bytes[sample.bytes.clone()], index, init).map_err(damaged)?;
        }
        Ok(Opened { bytes, segment })
    }
}

async fn read_manifest(platform: &Platform, url: &Url) -> Result<Manifest, PlayerError> {
    let text = platform.fetch(url).await?;
    Manifest::parse(&String::from_utf8_lossy(&text), url)
}

/// Asks for the licence of all keys that the manifest names (W3C Clear Key).
async fn read_keys(
    platform: &Platform,
    playback: &Playback,
    manifest: &Manifest,
) -> Result<BTreeMap<String, [u8; 16]>, PlayerError> {
    let mut kids: Vec<_> = manifest.renditions.iter().filter_map(|rendition| rendition.kid.clone()).collect();
    kids.sort();
    kids.dedup();
    let Some(url) = playback.license_url.as_deref().filter(|_| !kids.is_empty()) else { return Ok(BTreeMap::new()) };
    let raw = kids.iter().filter_map(|kid| hex::decode(kid).ok());
    let request =
        LicenseRequest { kids: raw.map(|kid| BASE64_URL_SAFE_NO_PAD.encode(kid)).collect(), kind: "temporary".into() };
    let license: License = platform.client().post(platform.resolve(url)?.as_str(), &request).await?;
    let keys: BTreeMap<_, _> =
        license.keys.iter().filter_map(|key| Some((hex::encode(decode(&key.kid)?), decode(&key.k)?))).collect();
    match kids.into_iter().find(|kid| !keys.contains_key(kid)) {
        Some(missing) => Err(PlayerError::NoKey(missing)),
        None => Ok(keys),
    }
}

fn decode(text: &str) -> Option<[u8; 16]> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
