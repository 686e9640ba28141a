//! Which heartbeats are believed.

use ipnet::IpNet;
use reel_api::steering::Heartbeat;
use reel_api::{Millis, Problem};

/// How far a heartbeat's time may be from ours, in milliseconds.
const MAX_SKEW_MS: u64 = 30_000;
/// The most networks that one edge serves: a heartbeat must fit a cache's value.
const MAX_NETWORKS: usize = 10_000;
/// The pathway that is no edge.
pub(crate) const ORIGIN: &str = "origin";

/// A heartbeat that says what one should.
///
/// # Errors
/// A 400 problem that names the field and what would be right, 409 for one out of time.
pub(crate) fn check(beat: Heartbeat, id: &str, now: Millis) -> Result<Heartbeat, Problem> {
    check_id(&beat.id, id)?;
    check_url(&beat.url)?;
    check_networks(&beat.serves)?;
    check_share("load", beat.load)?;
    check_share("hit_rate", beat.hit_rate)?;
    if beat.at.abs_diff(now) > MAX_SKEW_MS {
        return Err(Problem::conflict(
            "clock",
            format!(
                "the heartbeat was sent at {}, which is over 30 s from {now}: set the clock, or send a new one",
                beat.at
            ),
        ));
    }
    Ok(beat)
}

fn check_id(id: &str, path: &str) -> Result<(), Problem> {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let well_formed = (1..=64).contains(&id.len()) && id.bytes().all(letters) && id != ORIGIN;
    if well_formed && id == path {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "id {id:?} should be that of the path, {path:?}: 1 to 64 of a-z, 0-9 and -, and not {ORIGIN:?}"
    )))
}

fn check_url(url: &str) -> Result<(), Problem> {
    let parsed: Option<http::Uri> = url.parse().ok();
    let plain = |uri: &http::Uri| {
        let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        scheme
            && uri.authority().is_some_and(|a| !a.as_str().contains('@'))
            && uri.path() == "/"
            && uri.query().is_none()
    };
    if parsed.as_ref().is_some_and(plain) {
        return Ok(());
    }
    Err(Problem::invalid(format!(
        "url {url:?} should be http:// or https://, a host and perhaps a port, without a path"
    )))
}

fn check_networks(networks: &[String]) -> Result<(), Problem> {
    if networks.len() > MAX_NETWORKS {
        return Err(Problem::invalid(format!("serves lists {} networks; {MAX_NETWORKS} are the most", networks.len())));
    }
    match networks.iter().find(|network| network.parse::<IpNet>().is_err()) {
        None => Ok(()),
        Some(wrong) => Err(Problem::invalid(format!(
            "serves lists {wrong:?}, which is not a network: write 192.0.2.0/24 or 2001:db8::/32"
        ))),
    }
}

fn check_share(field: &str, share: f32) -> Result<(), Problem> {
    if (0.0..=1.0).contains(&share) {
        return Ok(());
    }
    Err(Problem::invalid(format!("{field} is {share}; it should be from 0 to 1")))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use reel_api::steering::Tier;

    pub(crate) const NOW: Millis = 1_700_000_000_000;

    pub(crate) fn beat(id: &str) -> Heartbeat {
        let url = format!("http://{id}.example:8081");
        Heartbeat { id: id.into(), tier: Tier::Isp, url, at: NOW, serves: vec![], load: 0.1, hit_rate: 0.9 }
    }

    #[test]
    fn a_good_heartbeat_passes() {
        let good = Heartbeat { serves: vec!["192.0.2.0/24".into(), "2001:db8::/32".into()], ..beat("isp-1") };
        assert_eq!(check(good.clone(), "isp-1", NOW + MAX_SKEW_MS), Ok(good));
    }

    fn refusal(beat: Heartbeat) -> Problem {
        let id = beat.id.clone();
        check(beat, &id, NOW).unwrap_err()
    }

    fn assert_names(field: &str, beats: impl IntoIterator<Item = Heartbeat>) {
        for beat in beats {
            let problem = refusal(beat.clone());
            assert!(problem.status == 400 && problem.detail.starts_with(field), "{beat:?}: {problem:?}");
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert_names("id", ["Isp", ORIGIN, "", "a/b"].map(beat));
        let urls = ["http://e/path", "ftp://e", "http://u:p@e", "e:80", ""];
        assert_names("url", urls.map(|url| Heartbeat { url: url.into(), ..beat("a") }));
        let serves = vec!["192.0.2.1/33".into()];
        assert_names("serves", [Heartbeat { serves, ..beat("a") }]);
        assert_names("load", [f32::NAN, 1.1].map(|load| Heartbeat { load, ..beat("a") }));
        assert_names("hit_rate", [-0.1].map(|hit_rate| Heartbeat { hit_rate, ..beat("a") }));
        assert_eq!(check(beat("a"), "b", NOW).unwrap_err().status, 400);
    }

    #[test]
    fn a_heartbeat_out_of_time_is_refused() {
        assert_eq!(check(beat("a"), "a", NOW + MAX_SKEW_MS + 1).unwrap_err().code, "clock");
        assert_eq!(check(beat("a"), "a", NOW - MAX_SKEW_MS - 1).unwrap_err().code, "clock");
    }
}
