//! Handing letters over, in the background.

use super::{Outbox, read, settle};
use reel_capabilities::notify::Channel;
use reel_mail::{MailError, Smtp};
use std::collections::HashMap;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep_until};

/// The pause after the first failure; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);
/// For how long a letter is tried, as mail servers do (RFC 5321, section 4.5.4.1): five days.
const PATIENCE: Duration = Duration::from_secs(5 * 24 * 3_600);

/// What is known of a letter that failed.
struct Failed {
    times: u32,
    again: Instant,
}

impl Outbox {
    /// Hands letters to the mail server, for ever: those that wait, and each as it comes. Without a server nothing
    /// is done.
    pub async fn deliver(&self) {
        let Some(smtp) = self.smtp.as_deref() else { return pending().await };
        let mut failed = HashMap::new();
        loop {
            match self.waiting() {
                Ok(waiting) => round(smtp, waiting, &mut failed).await,
                Err(error) => tracing::warn!(%error, "letters are not sent"),
            }
            // A letter that came during the round has rung already.
            let next = failed.values().map(|failed: &Failed| failed.again).min();
            let next = next.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE);
            tokio::select! { () = self.bell.notified() => {} () = sleep_until(next) => {} }
        }
    }
}

/// Tries each letter whose time has come, oldest first.
async fn round(smtp: &Smtp, mut waiting: Vec<PathBuf>, failed: &mut HashMap<PathBuf, Failed>) {
    failed.retain(|path, _| waiting.contains(path));
    waiting.retain(|path| failed.get(path).is_none_or(|failed| failed.again <= Instant::now()));
    waiting.sort_by_cached_key(|path| accepted_at(path));
    for path in waiting {
        match hand_over(smtp, &path).await {
            Ok(()) => drop(failed.remove(&path)),
            Err(why) => {
                let times = failed.get(&path).map_or(1, |failed| failed.times + 1);
                tracing::warn!(letter = %path.display(), times, why, "a letter is tried again later");
                failed.insert(path, Failed { times, again: Instant::now() + pause(times) });
            }
        }
    }
}

/// Hands one letter over and writes that down.
async fn hand_over(smtp: &Smtp, path: &Path) -> Result<(), String> {
    if super::is_sent(path) {
        // A crash left it: what it says of itself is done.
        return settle(path, "sent").map_err(|error| error.to_string());
    }
    let message = read(path).map_err(|error| error.to_string())?;
    if message.channel != Channel::Email {
        return Ok(());
    }
    let (ended, error) = match smtp.send(&message).await {
        Ok(()) => return settle(path, "sent").map_err(|error| error.to_string()),
        Err(error @ MailError::Refused(_)) => ("refused", error),
        Err(error) if accepted_at(path).elapsed().is_ok_and(|age| age > PATIENCE) => ("given up", error),
        Err(error) => return Err(error.to_string()),
    };
    tracing::warn!(letter = %path.display(), ended, %error, "a letter was not delivered");
    settle(path, ended).map_err(|error| error.to_string())
}

fn accepted_at(path: &Path) -> SystemTime {
    path.metadata().and_then(|about| about.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn pause(times: u32) -> Duration {
    (FIRST_PAUSE * 2_u32.pow(times.saturating_sub(1).min(10))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_grow_to_half_an_hour() {
        let pauses = [1, 2, 3, 9, 10, 1_000].map(|times| pause(times).as_secs());
        assert_eq!(pauses, [5, 10, 20, 1_280, 1_800, 1_800]);
    }
}
