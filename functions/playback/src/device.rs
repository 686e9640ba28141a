//! Which device profile a viewer has.

use crate::manifest::problem;
use reel_media::device::{DeviceProfile, profile};
use reel_sdk::Problem;

/// Parts of user agents and the profile they stand for. The first that fits counts: sets
/// with Android are sets, and all but Safari call themselves Safari too.
const AGENTS: [(&str, &str); 17] = [
    ("reel/", "cli"),
    ("PlayStation", "console"),
    ("Xbox", "console"),
    ("Nintendo", "console"),
    ("SMART-TV", "tv"),
    ("SmartTV", "tv"),
    ("Tizen", "tv"),
    ("Web0S", "tv"),
    ("BRAVIA", "tv"),
    ("Android TV", "tv"),
    ("CrKey", "tv"),
    ("iPhone", "ios"),
    ("iPad", "ios"),
    ("AppleTV", "ios"),
    ("Android", "android"),
    ("Chrome/", "browser"),
    ("Version/", "ios"),
];

/// The profile that was asked for by name, or else the user agent's, or else a browser's.
///
/// # Errors
/// A 400 problem that lists the names there are.
pub(crate) fn asked_for(name: Option<&str>, agent: Option<&str>) -> Result<&'static DeviceProfile, Problem> {
    let name = name.filter(|name| !name.is_empty());
    profile(name.unwrap_or_else(|| guess(agent.unwrap_or_default()))).map_err(problem)
}

fn guess(agent: &str) -> &'static str {
    AGENTS.iter().find(|(part, _)| agent.contains(part)).map_or("browser", |(_, profile)| profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_has_a_profile() {
        let agents = [
            ("", "browser"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/144.0.0.0 Safari/537.36",
                "browser",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "browser"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "ios",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
                "ios",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Mobile Safari/537.36",
                "android",
            ),
            (
                "Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 (KHTML, like Gecko) 108.0/8.0 TV Safari/537.36",
                "tv",
            ),
            (
                "Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15",
                "console",
            ),
            ("reel/0.1.0", "cli"),
        ];
        for (agent, expected) in agents {
            assert_eq!(asked_for(None, Some(agent)).unwrap().id, expected, "{agent}");
        }
    }

    #[test]
    fn a_name_goes_before_the_user_agent_and_must_exist() {
        assert_eq!(asked_for(Some("tv"), Some("reel/0.1.0")).unwrap().id, "tv");
        let problem = asked_for(Some("toaster"), None).unwrap_err();
        assert!(problem.status == 400 && problem.detail.contains("browser"), "{problem}");
    }
}
