//! What people are told, in their language: [letters](letter()) as HTML and as plain text, and short
//! [notes](note()) for the inbox and for push.
//!
//! The words of a language are one file, which the compiler holds against [`News`]: there is no news without words
//! in every language. The templates lay them out, and escape what goes into HTML.
#![deny(missing_docs)]

mod de;
mod en;
mod language;
mod letter;
mod moment;
mod money;
mod page;

pub use language::Language;
pub use letter::{Letter, Links, digest, letter};
pub use page::{Page, page};

use reel_api::notification::News;

/// The words of one message.
struct Wording {
    /// The subject of a letter, the title of a note.
    subject: String,
    /// What there is to say; the first paragraph stands for itself.
    paragraphs: Vec<String>,
    /// What can be done about it.
    action: Option<Action>,
}

/// A link, and what it is called.
struct Action {
    label: String,
    /// Relative to the platform's base URL, as in [`News`].
    link: String,
}

/// The words around all letters.
struct Frame {
    /// Below the action, before its address in full.
    fallback: &'static str,
    /// Why the reader was written to.
    reason: &'static str,
    /// What the link is called that ends letters of this kind.
    unsubscribe: &'static str,
    /// What the link to the preferences is called.
    preferences: &'static str,
    /// The first paragraph of a digest.
    digest: &'static str,
    /// The page that asks whether letters are to be ended: its heading, and its button.
    ask: (&'static str, &'static str),
    /// The page that says so: its heading, and how they begin again.
    ended: (&'static str, &'static str),
}

/// A message in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A few words.
    pub title: String,
    /// A sentence or two.
    pub text: String,
    /// Where it leads, relative to the platform's base URL.
    pub link: Option<String>,
}

/// What an inbox or a push says of some news.
pub fn note(news: &News, language: Language) -> Note {
    let Wording { subject, mut paragraphs, action } = wording(news, language);
    let text = if paragraphs.is_empty() { String::new() } else { paragraphs.swap_remove(0) };
    Note { title: subject, text, link: action.map(|action| action.link) }
}

fn wording(news: &News, language: Language) -> Wording {
    match language {
        Language::En => en::wording(news),
        Language::De => de::wording(news),
    }
}

fn frame(language: Language) -> &'static Frame {
    match language {
        Language::En => &en::FRAME,
        Language::De => &de::FRAME,
    }
}

impl Action {
    fn new(label: &str, link: &str) -> Option<Self> {
        Some(Self { label: label.into(), link: link.into() })
    }
}
