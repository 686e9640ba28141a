//! The content steering manifest.

use reel_api::Problem;
use reel_api::playback::Pathway;
use reel_api::steering::SteeringManifest;
use reel_sdk::{Request, Response};

/// After how many seconds a player asks again, unless `steering.ttl` says otherwise.
pub(crate) const TTL_S: u32 = 10;

/// The pathway that a player uses now. HLS players and DASH players say so under names of
/// their own (`_DASH_pathway` may be in quotes); their throughput is not used.
pub(crate) fn current_pathway(request: &Request) -> Option<String> {
    let named = request.query("_HLS_pathway").or_else(|| request.query("_DASH_pathway"))?;
    Some(named.trim_matches('"').to_owned())
}

/// The manifest, to be asked for again at the platform's URL; without one, where it was
/// asked for.
pub(crate) fn answer(pathways: &[Pathway], ttl: u32, platform: Option<&str>, token: &str) -> Result<Response, Problem> {
    let manifest = SteeringManifest {
        version: 1,
        ttl,
        reload_uri: platform.map(|platform| format!("{platform}/steering/{token}")),
        pathway_priority: pathways.iter().map(|pathway| pathway.id.clone()).collect(),
    };
    let body = serde_json::to_vec(&manifest).map_err(|e| Problem::internal(e.to_string()))?;
    Ok(Response::bytes(200, "application/vnd.apple.steering-list", body).with_header("cache-control", "no-store"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Request {
        let uri = format!("/steering/T?{query}");
        http::Request::get(uri).body(bytes::Bytes::new()).unwrap().into()
    }

    #[test]
    fn the_current_pathway_is_named_by_either_kind_of_player() {
        assert_eq!(current_pathway(&asked("_HLS_pathway=a&_HLS_throughput=5000")).as_deref(), Some("a"));
        assert_eq!(current_pathway(&asked("_DASH_pathway=%22a%22&_DASH_throughput=5000")).as_deref(), Some("a"));
        assert_eq!(current_pathway(&asked("")), None);
    }

    #[test]
    fn the_manifest_reads_as_players_expect() {
        let pathways = ["a", "origin"].map(|id| Pathway { id: id.into(), base_url: String::new() });
        let response = answer(&pathways, 10, Some("http://localhost:8080"), "T").unwrap().into_http().unwrap();
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        let expected = serde_json::json!({
            "VERSION": 1, "TTL": 10, "RELOAD-URI": "http://localhost:8080/steering/T", "PATHWAY-PRIORITY": ["a", "origin"],
        });
        assert_eq!(body, expected);
    }
}
