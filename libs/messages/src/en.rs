//! The words in English.

use crate::Language::En;
use crate::moment::{day, moment};
use crate::money::money;
use crate::{Action, Frame, Wording};
use reel_api::notification::News;

pub(crate) const FRAME: Frame = Frame {
    fallback: "If the button does not work, open this address:",
    reason: "You receive this letter because you have an account with Reel.",
    unsubscribe: "No more letters of this kind",
    preferences: "What we may write to you about",
    digest: "This is what else there was for you today:",
    ask: ("Shall we write no more letters of this kind?", "No more letters"),
    ended: ("We write no more letters of this kind", "You can have them again: open Reel and look for notifications."),
};

pub(crate) fn wording(news: &News) -> Wording {
    let (subject, paragraphs, action) = match news {
        News::Welcome => (
            "Welcome to Reel".to_owned(),
            vec!["Your account is ready. Films and series are waiting for you.".to_owned()],
            Action::new("Start watching", "#/"),
        ),
        News::VerifyEmail { email, link } => (
            "Confirm your e-mail address".to_owned(),
            vec![
                format!("Please confirm that {email} is your address."),
                "If you did not ask for this, there is nothing to do: nobody can use the address without you."
                    .to_owned(),
            ],
            Action::new("Confirm address", link),
        ),
        News::ResetPassword { link } => (
            "Choose a new password".to_owned(),
            vec![
                "You asked for a new password. The link works once.".to_owned(),
                "If it was not you, there is nothing to do: your password stays as it is.".to_owned(),
            ],
            Action::new("Choose password", link),
        ),
        News::EmailChanged { .. } => (
            "Your e-mail address was changed".to_owned(),
            vec![
                "From now on you sign in to Reel with another e-mail address, and we write to that one.".to_owned(),
                "If it was not you, write to the people who run this service at once.".to_owned(),
            ],
            None,
        ),
        News::PasswordChanged => (
            "Your password was changed".to_owned(),
            vec![
                "The password of your account is another one from now on.".to_owned(),
                "If it was not you, choose a new one at once.".to_owned(),
            ],
            Action::new("Your account", "#/account"),
        ),
        News::NewSignIn { device, at } => (
            "A new device signed in".to_owned(),
            vec![
                format!("{device} signed in to your account on {}.", moment(at, En)),
                "If it was not you, sign that device out and choose a new password.".to_owned(),
            ],
            Action::new("See your devices", "#/account"),
        ),
        News::PaymentFailed { amount, currency, next_attempt } => (
            "Your payment did not go through".to_owned(),
            vec![
                format!("We could not collect {}.", money(*amount, currency, En)),
                match next_attempt {
                    Some(at) => format!("We try again on {}. Please check how you pay before.", day(at, En)),
                    None => "We will not try again: choose another way to pay, or your plan ends.".to_owned(),
                },
            ],
            Action::new("Check how you pay", "#/account"),
        ),
        News::NewEpisode { series, episode, link } => (
            format!("New in {series}: {episode}"),
            vec![format!("There is a new episode of {series}: {episode}.")],
            Action::new("Watch now", link),
        ),
        News::ContinueWatching { title, link } => (
            format!("Continue watching {title}"),
            vec![format!("You began {title} and did not see the end. It goes on where you stopped.")],
            Action::new("Continue", link),
        ),
        News::AccountDeleted { .. } => (
            "Your account is deleted".to_owned(),
            vec!["Your account and all that we kept about you is deleted. Thank you for having been here.".to_owned()],
            None,
        ),
    };
    Wording { subject, paragraphs, action }
}

/// The subject of a digest of so many notes.
pub(crate) fn digest(notes: usize) -> String {
    match notes {
        1 => "One more thing for you today".to_owned(),
        notes => format!("{notes} more things for you today"),
    }
}
