//! What an edge tells the platform of itself, every two seconds.

use crate::metrics::Metrics;
use crate::outbound::Outbound;
use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http_body_util::Full;
use reel_api::Millis;
use reel_api::steering::{HEARTBEAT_INTERVAL_MS, Heartbeat, Tier};
use reel_delivery::heartbeat::authorization;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How long the platform may take to hear one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells the platform of an edge.
pub(crate) struct Reporter {
    pub(crate) id: String,
    pub(crate) tier: Tier,
    pub(crate) url: String,
    pub(crate) serves: Vec<String>,
    pub(crate) platform: String,
    pub(crate) key: Vec<u8>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) client: Outbound<Full<Bytes>>,
}

impl Reporter {
    /// Sends heartbeats until it is dropped. What the platform misses the next one repairs.
    pub(crate) async fn run(self) {
        let mut ticks = interval(Duration::from_millis(HEARTBEAT_INTERVAL_MS));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = true;
        loop {
            ticks.tick().await;
            let told = self.tell().await;
            match &told {
                Err(why) if heard => tracing::warn!(
                    edge = self.id,
                    platform = self.platform,
                    "the platform does not hear this edge: {why}"
                ),
                Ok(()) if !heard => {
                    tracing::info!(edge = self.id, "the platform hears this edge again")
                }
                _ => {}
            }
            heard = told.is_ok();
        }
    }

    async fn tell(&self) -> Result<(), String> {
        let request = self.request(now()).map_err(|e| e.to_string())?;
        let response = timeout(PATIENCE, self.client.request(request)).await;
        let response = response.map_err(|_| "it takes too long".to_owned())?.map_err(|e| reel_tls::cause(&e))?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(format!("it answers {}", response.status())),
        }
    }

    fn request(&self, now: Millis) -> Result<Request<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let body = serde_json::to_vec(&self.heartbeat(now))?;
        let request = Request::put(format!("{}/v1/edges/{}", self.platform.trim_end_matches('/'), self.id))
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, authorization(&body, &self.key));
        Ok(request.body(Full::from(body))?)
    }

    fn heartbeat(&self, now: Millis) -> Heartbeat {
        Heartbeat {
            id: self.id.clone(),
            tier: self.tier,
            url: self.url.clone(),
            at: now,
            serves: self.serves.clone(),
            load: self.metrics.load(),
            hit_rate: self.metrics.hit_rate(),
        }
    }
}

fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use reel_delivery::heartbeat::is_authorized;

    #[tokio::test]
    async fn a_heartbeat_is_signed_and_says_how_the_edge_is() {
        let reporter = Reporter {
            id: "isp-1".into(),
            tier: Tier::Isp,
            url: "http://localhost:8081".into(),
            serves: vec!["192.0.2.0/24".into()],
            platform: "http://localhost:8080/prod/".into(),
            key: b"key".to_vec(),
            metrics: Arc::default(),
            client: crate::outbound::client().unwrap(),
        };
        reporter.metrics.hit();
        let _active = reporter.metrics.begin();
        let (parts, body) = reporter.request(7).unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        assert_eq!(
            (parts.method.as_str(), parts.uri.to_string()),
            ("PUT", "http://localhost:8080/prod/v1/edges/isp-1".into())
        );
        assert!(is_authorized(parts.headers[AUTHORIZATION].to_str().unwrap(), &body, b"key"));
        let beat: Heartbeat = serde_json::from_slice(&body).unwrap();
        assert_eq!((beat.at, beat.hit_rate, &*beat.serves[0]), (7, 1.0, "192.0.2.0/24"));
        assert!(beat.load > 0.0 && beat.load < 0.1);
    }
}
