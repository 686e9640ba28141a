//! Letters: a message laid out as HTML and as plain text.

use crate::{Action, Frame, Language, Note, Wording, de, en, frame, note, wording};
use askama::Template;
use reel_api::notification::News;

/// A message as it is sent by e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// All of it as plain text.
    pub text: String,
    /// All of it as HTML.
    pub html: String,
}

/// Where the links of a letter lead.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a> {
    /// What the links of [`News`] are relative to: the platform's base URL, ending with `/`.
    pub base: &'a str,
    /// Where letters of this kind are ended with one click; none where they cannot be.
    pub unsubscribe: Option<&'a str>,
}

/// What the templates lay out.
struct Layout<'a> {
    language: &'static str,
    subject: &'a str,
    paragraphs: &'a [String],
    items: &'a [Item],
    action: Option<Item>,
    frame: &'static Frame,
    preferences: String,
    unsubscribe: Option<&'a str>,
}

/// Something with an address.
struct Item {
    label: String,
    text: String,
    address: Option<String>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a>(&'a Layout<'a>);

#[derive(Template)]
#[template(path = "letter.txt", escape = "none")]
struct Text<'a>(&'a Layout<'a>);

/// The letter that tells some news.
///
/// # Errors
/// The template's own; the words of a letter give it no reason for one.
pub fn letter(news: &News, language: Language, links: Links<'_>) -> Result<Letter, askama::Error> {
    let Wording { subject, paragraphs, action } = wording(news, language);
    let action = action.map(|Action { label, link }| Item {
        label,
        text: String::new(),
        address: Some(address(links.base, &link)),
    });
    laid_out(subject, &paragraphs, &[], action, language, links)
}

/// One letter of all that was held back during a day, oldest first.
///
/// # Errors
/// As [`letter`].
pub fn digest(news: &[News], language: Language, links: Links<'_>) -> Result<Letter, askama::Error> {
    let subject = match language {
        Language::En => en::digest(news.len()),
        Language::De => de::digest(news.len()),
    };
    let item = |news| {
        let Note { title, text, link } = note(news, language);
        Item { label: title, text, address: link.map(|link| address(links.base, &link)) }
    };
    let items: Vec<Item> = news.iter().map(item).collect();
    laid_out(subject, &[frame(language).digest.to_owned()], &items, None, language, links)
}

fn laid_out(
    subject: String,
    paragraphs: &[String],
    items: &[Item],
    action: Option<Item>,
    language: Language,
    links: Links<'_>,
) -> Result<Letter, askama::Error> {
    let layout = Layout {
        language: language.tag(),
        subject: &subject,
        paragraphs,
        items,
        action,
        frame: frame(language),
        preferences: address(links.base, "#/notifications"),
        unsubscribe: links.unsubscribe,
    };
    let (text, html) = (Text(&layout).render()?, Html(&layout).render()?);
    // A name that somebody gave cannot break a header: a subject is one line.
    let subject = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Ok(Letter { subject, text, html })
}

fn address(base: &str, link: &str) -> String {
    format!("{base}{link}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKS: Links<'static> =
        Links { base: "https://reel.example/", unsubscribe: Some("https://reel.example/v1/unsubscribe/t") };

    /// One of each kind; a kind that is missing here does not compile in `kind`.
    fn every() -> Vec<News> {
        let (link, at) = ("#/x/TOKEN".to_owned(), "2026-11-26T06:38:21Z".to_owned());
        let news = vec![
            News::Welcome,
            News::VerifyEmail { email: "ada@example.org".into(), link: link.clone() },
            News::ResetPassword { link: link.clone() },
            News::EmailChanged { before: "ada@example.org".into() },
            News::PasswordChanged,
            News::NewSignIn { device: "Firefox on Linux".into(), at: at.clone() },
            News::PaymentFailed { amount: 999, currency: "EUR".into(), next_attempt: Some(at) },
            News::PaymentFailed { amount: 999, currency: "EUR".into(), next_attempt: None },
            News::NewEpisode { series: "Dark".into(), episode: "Secrets".into(), link: link.clone() },
            News::ContinueWatching { title: "Dark".into(), link },
            News::AccountDeleted { email: "ada@example.org".into(), language: "de".into() },
        ];
        let kinds: std::collections::BTreeSet<_> = news.iter().map(kind).collect();
        assert_eq!(kinds.len(), 10);
        news
    }

    fn kind(news: &News) -> usize {
        match news {
            News::Welcome => 0,
            News::VerifyEmail { .. } => 1,
            News::ResetPassword { .. } => 2,
            News::EmailChanged { .. } => 3,
            News::PasswordChanged => 4,
            News::NewSignIn { .. } => 5,
            News::PaymentFailed { .. } => 6,
            News::NewEpisode { .. } => 7,
            News::ContinueWatching { .. } => 8,
            News::AccountDeleted { .. } => 9,
        }
    }

    #[test]
    fn every_news_is_a_letter_in_every_language() {
        for news in every() {
            let [english, german] = Language::ALL.map(|language| letter(&news, language, LINKS).unwrap());
            assert_ne!(english.subject, german.subject);
            for Letter { subject, text, html } in [english, german] {
                assert!(text.contains(&subject) && !text.contains('<') && !text.contains("&#"), "{text}");
                assert!(html.starts_with("<!doctype html>") && html.contains("/v1/unsubscribe/t"), "{html}");
                let linked = matches!(kind(&news), 1 | 2 | 7 | 8);
                for body in [text, html] {
                    assert_eq!(body.contains("https://reel.example/#/x/TOKEN"), linked, "{body}");
                    assert!(body.contains("https://reel.example/#/notifications"), "{body}");
                }
            }
        }
    }

    #[test]
    fn what_somebody_named_cannot_become_html_or_a_header() {
        let evil = "<img src=x onerror=alert(1)>\r\nBcc: all@example.org";
        let news = News::ContinueWatching { title: evil.into(), link: "#/t/\"><script>".into() };
        for language in Language::ALL {
            let Letter { subject, text, html } = letter(&news, language, LINKS).unwrap();
            assert!(!html.contains("<img") && !html.contains("<script") && html.contains("&#60;img"), "{html}");
            assert!(text.contains("<img"));
            assert!(!subject.contains(['\r', '\n']), "{subject:?}");
        }
    }

    #[test]
    fn security_has_no_way_to_end_it() {
        let links = Links { unsubscribe: None, ..LINKS };
        let Letter { text, html, .. } = letter(&News::PasswordChanged, Language::En, links).unwrap();
        assert!(!text.contains("No more letters") && !html.contains("No more letters"));
    }

    #[test]
    fn a_digest_lists_what_was_held_back() {
        let news = [1, 2].map(|n| News::ContinueWatching { title: format!("Film {n}"), link: format!("#/title/{n}") });
        let Letter { subject, text, html } = digest(&news, Language::En, LINKS).unwrap();
        assert_eq!(subject, "2 more things for you today");
        for body in [text, html] {
            for n in [1, 2] {
                assert!(
                    body.contains(&format!("Film {n}")) && body.contains(&format!("https://reel.example/#/title/{n}"))
                );
            }
        }
    }

    #[test]
    fn a_note_is_its_subject_and_first_sentence() {
        let note =
            note(&News::NewEpisode { series: "Dark".into(), episode: "Lies".into(), link: "#/w".into() }, Language::De);
        assert_eq!((&*note.title, note.link.as_deref()), ("Neu in Dark: Lies", Some("#/w")));
        assert_eq!(note.text, "Es gibt eine neue Folge von Dark: Lies.");
    }
}
