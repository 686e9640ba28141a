//! Who watches: one profile of an account.

use reel_api::history::SHARDS;
use reel_api::{Principal, Problem, ProfileId};

/// The name under which a viewer's rows stand: `ACCOUNT#PROFILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Viewer(String);

impl Viewer {
    /// The viewer of a request.
    ///
    /// # Errors
    /// A 403 problem when no profile was chosen.
    pub(crate) fn of(principal: &Principal) -> Result<Self, Problem> {
        let profile = principal.profile;
        let profile = profile.ok_or_else(|| {
            Problem::forbidden("profile-needed", "choose a profile first: refresh the token with one")
        })?;
        Ok(Self::named(reel_events::key(principal.account, profile)))
    }

    /// The viewer of this name.
    pub(crate) fn named(name: String) -> Self {
        Self(name)
    }

    /// The partition of what was watched.
    pub(crate) fn watched(&self) -> &str {
        &self.0
    }

    /// The partition of where it stopped.
    pub(crate) fn positions(&self) -> String {
        format!("{}#positions", self.0)
    }

    /// The account.
    pub(crate) fn account(&self) -> &str {
        self.0.split('#').next().unwrap_or_default()
    }

    /// The profile, unless the name is none of ours.
    pub(crate) fn profile(&self) -> Option<ProfileId> {
        self.0.split_once('#').and_then(|(_, profile)| profile.parse().ok())
    }

    /// The name, by which it is found again.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// The hash of Fowler, Noll and Vo (1a, 32 bits) of the name.
    pub(crate) fn hash(&self) -> u32 {
        self.0.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }

    /// The shard in which it is registered.
    pub(crate) fn shard(&self) -> u32 {
        self.hash() % SHARDS
    }

    /// The partition of what it thinks of titles.
    pub(crate) fn ratings(&self) -> String {
        format!("{}#ratings", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_spread_over_all_shards() {
        let mut found = [0; SHARDS as usize];
        (0..1_600).for_each(|n| found[Viewer::named(format!("account-{n}#profile")).shard() as usize] += 1);
        assert!(found.iter().all(|&viewers| (50..150).contains(&viewers)), "{found:?}");
    }
}
