//! What a device is called, by its `User-Agent` (RFC 9110, section 10.1.5).

/// The longest name of a program that is not known here, in characters.
const MAX_PRODUCT: usize = 40;

/// Programs by what they say of themselves. Most say what others say, too: the first that is found counts.
const PROGRAMS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What they run on, likewise.
const SYSTEMS: [(&str, &str); 12] = [
    ("Tizen", "a Samsung TV"),
    ("Web0S", "an LG TV"),
    ("Roku", "Roku"),
    ("AppleTV", "Apple TV"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("X11", "Linux"),
    ("Linux", "Linux"),
];

/// The device as a person would call it: `Firefox on Linux`; `A device` when it says nothing.
pub(super) fn name(user_agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(said, _)| user_agent.contains(said)).map(|(_, name)| *name)
    };
    match (known(&PROGRAMS), known(&SYSTEMS)) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program.to_owned(),
        (None, Some(system)) => format!("An app on {system}"),
        (None, None) => product(user_agent),
    }
}

/// The first product that is named, without its version: `reel` of `reel/0.1.0`.
fn product(user_agent: &str) -> String {
    let product = user_agent.split(['/', ' ']).next().unwrap_or_default();
    let product: String = product.chars().filter(|c| !c.is_control()).take(MAX_PRODUCT).collect();
    if product.is_empty() { "A device".into() } else { product }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_device_is_called_as_a_person_would() {
        let named = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 8.0) AppleWebKit/537.36 Version/8.0 TV", "An app on a Samsung TV"),
            ("reel/0.1.0", "reel"),
            ("", "A device"),
        ];
        for (user_agent, expected) in named {
            assert_eq!(name(user_agent), expected, "{user_agent}");
        }
        assert_eq!(name(&"x".repeat(500)).len(), 40);
    }
}
