//! Pages that links of letters open, without signing in and without scripts.

use crate::{Language, frame};
use askama::Template;

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Asks whether letters are to be ended; its button sends a POST to its own address.
    AskUnsubscribe,
    /// Says that they are.
    Unsubscribed,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Html {
    language: &'static str,
    heading: &'static str,
    text: Option<&'static str>,
    button: Option<&'static str>,
}

/// A page as HTML.
///
/// # Errors
/// The template's own; its words give it no reason for one.
pub fn page(page: Page, language: Language) -> Result<String, askama::Error> {
    let (tag, frame) = (language.tag(), frame(language));
    let html = match page {
        Page::AskUnsubscribe => Html { language: tag, heading: frame.ask.0, text: None, button: Some(frame.ask.1) },
        Page::Unsubscribed => Html { language: tag, heading: frame.ended.0, text: Some(frame.ended.1), button: None },
    };
    html.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_asks_by_a_form_and_has_no_script() {
        for language in Language::ALL {
            let [ask, ended] = [Page::AskUnsubscribe, Page::Unsubscribed].map(|what| page(what, language).unwrap());
            assert!(ask.contains("<form method=\"post\">") && !ended.contains("<form"), "{ask}");
            for html in [ask, ended] {
                assert!(html.contains(&format!("lang=\"{}\"", language.tag())) && !html.contains("<script"), "{html}");
            }
        }
    }
}
