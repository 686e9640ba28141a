//! Who watches: one profile of an account.

use reel_api::{Principal, Problem};

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

    /// The partition of what it thinks of titles.
    pub(crate) fn ratings(&self) -> String {
        format!("{}#ratings", self.0)
    }
}
