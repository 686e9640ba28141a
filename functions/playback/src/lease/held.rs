//! The places of one account. They stand in one row, so that no two players take the last one.

use reel_api::playback::Playing;
use reel_api::{Millis, PlayId, Problem, rfc3339};
use serde::{Deserialize, Serialize};

/// A place that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    pub(crate) play: PlayId,
    pub(crate) title: String,
    pub(crate) device: String,
    /// What the player calls itself; a new play of a player is in place of its last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) player: Option<String>,
    pub(crate) until: Millis,
}

/// The places that are held, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Leases(Vec<Held>);

impl Leases {
    /// Without those that have run out.
    pub(crate) fn at(mut self, now: Millis) -> Self {
        self.0.retain(|held| held.until > now);
        self
    }

    /// When the last one runs out.
    pub(crate) fn until(&self) -> Millis {
        self.0.iter().map(|held| held.until).max().unwrap_or_default()
    }

    /// Takes one of so many places.
    pub(crate) fn take(&mut self, new: Held, streams: u32) -> Result<(), Problem> {
        self.0.retain(|held| held.player.is_none() || held.player != new.player);
        if self.0.len() < streams as usize {
            self.0.push(new);
            return Ok(());
        }
        let playing: Vec<_> = self.0.iter().map(|held| format!("{} ({})", held.title, held.device)).collect();
        let playing = playing.join(", ");
        let allowed = if streams == 1 { "one play".to_owned() } else { format!("{streams} plays") };
        Err(Problem::conflict(
            "too-many-streams",
            format!("the plan allows {allowed} at a time, and this is on: {playing}; stop it, or choose a larger plan"),
        ))
    }

    pub(crate) fn renew(&mut self, play: PlayId, until: Millis) -> Result<(), Problem> {
        let held = self.0.iter_mut().find(|held| held.play == play);
        let gone = || Problem::not_found(format!("play {play} has lost its place: ask /playback again"));
        held.ok_or_else(gone)?.until = until;
        Ok(())
    }

    /// It is no error to give up what is not held.
    pub(crate) fn give_up(&mut self, play: PlayId) -> Result<(), Problem> {
        self.0.retain(|held| held.play != play);
        Ok(())
    }

    pub(crate) fn playing(self) -> Vec<Playing> {
        let playing =
            |Held { play, title, device, .. }: Held| Playing { play, title, device, since: rfc3339(play.made_at()) };
        self.0.into_iter().map(playing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(n: u8, until: Millis) -> Held {
        let (title, device) = ("Bunny".into(), "browser".into());
        Held { play: PlayId::new(1, &[n; 10]), title, device, player: None, until }
    }

    #[test]
    fn the_last_place_is_taken_once() {
        let mut leases = Leases::default();
        assert!(leases.take(held(1, 100), 2).is_ok() && leases.take(held(2, 100), 2).is_ok());
        let refused = leases.take(held(3, 100), 2).unwrap_err();
        assert_eq!((refused.status, &*refused.code), (409, "too-many-streams"));
        assert!(refused.detail.contains("Bunny (browser)"), "{refused}");
        leases.give_up(held(1, 0).play).unwrap();
        assert!(leases.take(held(3, 100), 2).is_ok());
    }

    #[test]
    fn a_player_that_begins_anew_needs_no_second_place() {
        let by = |n, player: &str| Held { player: Some(player.into()), ..held(n, 100) };
        let mut leases = Leases::default();
        assert!(leases.take(by(1, "tab"), 1).is_ok() && leases.take(by(2, "tab"), 1).is_ok());
        assert_eq!(leases.renew(held(1, 0).play, 300).unwrap_err().status, 404, "the play before has lost its place");
        assert!(leases.renew(held(2, 0).play, 300).is_ok());
        assert!(leases.take(by(3, "another"), 1).is_err() && leases.take(held(4, 100), 1).is_err());
    }

    #[test]
    fn the_place_of_a_player_that_died_is_free_again() {
        let mut leases = Leases::default();
        leases.take(held(1, 100), 2).unwrap();
        leases.take(held(2, 200), 2).unwrap();
        leases.renew(held(2, 0).play, 300).unwrap();
        let mut leases = leases.at(100);
        assert_eq!((leases.0.len(), leases.until()), (1, 300));
        assert_eq!(leases.renew(held(1, 0).play, 300).unwrap_err().status, 404);
        assert!(leases.take(held(3, 400), 2).is_ok());
    }
}
