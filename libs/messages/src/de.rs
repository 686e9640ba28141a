//! The words in German.

use crate::Language::De;
use crate::moment::{day, moment};
use crate::money::money;
use crate::{Action, Frame, Wording};
use reel_api::notification::News;

pub(crate) const FRAME: Frame = Frame {
    fallback: "Falls die Schaltfläche nicht funktioniert, öffne diese Adresse:",
    reason: "Du bekommst diese E-Mail, weil du ein Konto bei Reel hast.",
    unsubscribe: "Keine E-Mails dieser Art mehr",
    preferences: "Worüber wir dir schreiben dürfen",
    digest: "Das gab es heute außerdem für dich:",
    ask: ("Sollen wir dir keine E-Mails dieser Art mehr schreiben?", "Keine E-Mails mehr"),
    ended: (
        "Wir schreiben dir keine E-Mails dieser Art mehr",
        "Du kannst sie wieder bekommen: Öffne Reel und suche nach Benachrichtigungen.",
    ),
};

pub(crate) fn wording(news: &News) -> Wording {
    let (subject, paragraphs, action) = match news {
        News::Welcome => (
            "Willkommen bei Reel".to_owned(),
            vec!["Dein Konto ist bereit. Filme und Serien warten auf dich.".to_owned()],
            Action::new("Jetzt ansehen", "#/"),
        ),
        News::VerifyEmail { email, link } => (
            "Bestätige deine E-Mail-Adresse".to_owned(),
            vec![
                format!("Bitte bestätige, dass {email} deine Adresse ist."),
                "Wenn du das nicht wolltest, ist nichts zu tun: Ohne dich kann niemand die Adresse verwenden."
                    .to_owned(),
            ],
            Action::new("Adresse bestätigen", link),
        ),
        News::ResetPassword { link } => (
            "Wähle ein neues Passwort".to_owned(),
            vec![
                "Du möchtest ein neues Passwort. Der Link gilt einmal.".to_owned(),
                "Wenn du das nicht warst, ist nichts zu tun: Dein Passwort bleibt, wie es ist.".to_owned(),
            ],
            Action::new("Passwort wählen", link),
        ),
        News::EmailChanged { .. } => (
            "Deine E-Mail-Adresse wurde geändert".to_owned(),
            vec![
                "Ab jetzt meldest du dich bei Reel mit einer anderen E-Mail-Adresse an, und wir schreiben dorthin."
                    .to_owned(),
                "Wenn du das nicht warst, wende dich sofort an den Betreiber dieses Dienstes.".to_owned(),
            ],
            None,
        ),
        News::PasswordChanged => (
            "Dein Passwort wurde geändert".to_owned(),
            vec![
                "Für dein Konto gilt ab jetzt ein anderes Passwort.".to_owned(),
                "Wenn du das nicht warst, wähle sofort ein neues.".to_owned(),
            ],
            Action::new("Dein Konto", "#/account"),
        ),
        News::NewSignIn { device, at } => (
            "Ein neues Gerät hat sich angemeldet".to_owned(),
            vec![
                format!("{device} hat sich am {} bei deinem Konto angemeldet.", moment(at, De)),
                "Wenn du das nicht warst, melde dieses Gerät ab und wähle ein neues Passwort.".to_owned(),
            ],
            Action::new("Deine Geräte ansehen", "#/account"),
        ),
        News::PaymentFailed { amount, currency, next_attempt } => (
            "Deine Zahlung ist fehlgeschlagen".to_owned(),
            vec![
                format!("Wir konnten {} nicht einziehen.", money(*amount, currency, De)),
                match next_attempt {
                    Some(at) => format!(
                        "Am {} versuchen wir es noch einmal. Bitte prüfe vorher deine Zahlungsart.",
                        day(at, De)
                    ),
                    None => "Wir versuchen es nicht noch einmal: Wähle eine andere Zahlungsart, sonst endet dein Abo."
                        .to_owned(),
                },
            ],
            Action::new("Zahlungsart prüfen", "#/account"),
        ),
        News::NewEpisode { series, episode, link } => (
            format!("Neu in {series}: {episode}"),
            vec![format!("Es gibt eine neue Folge von {series}: {episode}.")],
            Action::new("Jetzt ansehen", link),
        ),
        News::ContinueWatching { title, link } => (
            format!("{title} weiterschauen"),
            vec![format!(
                "Du hast {title} angefangen und nicht zu Ende gesehen. Es geht weiter, wo du aufgehört hast."
            )],
            Action::new("Weiterschauen", link),
        ),
        News::AccountDeleted { .. } => (
            "Dein Konto ist gelöscht".to_owned(),
            vec![
                "Dein Konto und alles, was wir über dich gespeichert hatten, ist gelöscht. Danke, dass du da warst."
                    .to_owned(),
            ],
            None,
        ),
    };
    Wording { subject, paragraphs, action }
}

/// The subject of a digest of so many notes.
pub(crate) fn digest(notes: usize) -> String {
    match notes {
        1 => "Noch etwas für dich von heute".to_owned(),
        notes => format!("Noch {notes} Dinge für dich von heute"),
    }
}
