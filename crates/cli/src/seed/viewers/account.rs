//! The account of a simulated household, and what the platform knows of its viewers.

use crate::patient::Patient;
use crate::platform::Platform;
use anyhow::Context;
use reel_api::auth::{Refresh, Tokens};
use reel_api::history::Export;
use reel_api::user::{Profile, ProfileChange};
use reel_api::{Client, Millis, ProfileId, TitleId, from_rfc3339};
use reel_audience::{Household, Member};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// A token that lasts no longer than this is renewed.
const SHORT: Duration = Duration::from_secs(60);

/// An account that a household uses.
pub(super) struct Account<'a> {
    platform: &'a Platform,
    pub(super) household: Household,
    /// When it was made.
    pub(super) made_at: Millis,
    refresh_token: String,
    /// One for each member, in their order.
    pub(super) viewers: Vec<Viewer>,
}

/// A member's profile.
pub(super) struct Viewer {
    profile: ProfileId,
    token: String,
    good_until: Instant,
    /// All that was watched before.
    pub(super) watched: HashSet<TitleId>,
    /// When the latest play that the platform knew of began; 0 when there is none.
    pub(super) latest: Millis,
    /// When the latest play that was told of began.
    pub(super) told: Millis,
}

impl<'a> Account<'a> {
    /// The account of a household, made with its profiles as far as they are missing.
    pub(super) async fn find(platform: &'a Platform, household: Household) -> anyhow::Result<Self> {
        let anonymous = Patient::new(platform, None);
        let tokens = platform.act_as(anonymous, &household.email()).await?;
        let made_at = tokens.account.made_at();
        let profiles = profiles(platform, &tokens, &household.members).await;
        let profiles = profiles.with_context(|| format!("{} has no profiles", household.email()))?;
        let refresh_token = tokens.refresh_token.unwrap_or_default();
        let mut account = Self { platform, household, made_at, refresh_token, viewers: Vec::new() };
        for profile in profiles {
            let viewer = account.viewer(profile).await?;
            account.viewers.push(viewer);
        }
        Ok(account)
    }

    async fn viewer(&mut self, profile: ProfileId) -> anyhow::Result<Viewer> {
        let (token, good_until) = self.renewed(profile).await?;
        let client = Client::new(Patient::new(self.platform, Some(token.clone())));
        let Export { entries, .. } = client.get("/v1/history/export").await?;
        let latest = entries.iter().filter_map(|entry| from_rfc3339(&entry.watched_at)).max().unwrap_or(0);
        let watched = entries.into_iter().map(|entry| entry.content_id).collect();
        Ok(Viewer { profile, token, good_until, watched, latest, told: latest })
    }

    /// Whether the platform knows of the latest play that it was told of.
    pub(super) async fn knows_last(&mut self, viewer: usize) -> anyhow::Result<bool> {
        let Viewer { latest, told, .. } = self.viewers[viewer];
        if told <= latest {
            return Ok(true);
        }
        let newest = self.client(viewer).await?.history().await?.entries.into_iter().next();
        Ok(newest.and_then(|entry| from_rfc3339(&entry.watched_at)).is_some_and(|newest| newest >= told))
    }

    /// A token for a profile, and until when it is good.
    async fn renewed(&mut self, profile: ProfileId) -> anyhow::Result<(String, Instant)> {
        let refresh = Refresh { refresh_token: Some(self.refresh_token.clone()), profile: Some(profile), pin: None };
        let tokens = Client::new(Patient::new(self.platform, None)).refresh(&refresh).await;
        let tokens = tokens.with_context(|| format!("{} is not signed in any more", self.household.email()))?;
        let good_until = Instant::now() + Duration::from_secs(tokens.expires_in);
        self.refresh_token = tokens.refresh_token.context("a refresh brought no token for the next")?;
        Ok((tokens.access_token, good_until))
    }

    /// The platform, as a viewer reaches it.
    pub(super) async fn client(&mut self, viewer: usize) -> anyhow::Result<Client<Patient<'a>>> {
        let Viewer { profile, good_until, .. } = self.viewers[viewer];
        if good_until <= Instant::now() + SHORT {
            let (token, good_until) = self.renewed(profile).await?;
            (self.viewers[viewer].token, self.viewers[viewer].good_until) = (token, good_until);
        }
        Ok(Client::new(Patient::new(self.platform, Some(self.viewers[viewer].token.clone()))))
    }
}

/// The profile of each member. An account comes with one, which the first takes.
async fn profiles(platform: &Platform, tokens: &Tokens, members: &[Member]) -> anyhow::Result<Vec<ProfileId>> {
    let client = Client::new(Patient::new(platform, Some(tokens.access_token.clone())));
    let there = client.profiles().await?.profiles;
    let mut ids = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let wish = ProfileChange {
            name: member.name.clone(),
            avatar: member.avatar,
            kids: member.kids,
            ..ProfileChange::default()
        };
        let profile: Profile = match there.get(place) {
            Some(profile) if profile.name == member.name => profile.clone(),
            Some(profile) => {
                let wish = ProfileChange { version: Some(profile.version), ..wish };
                client.put(&format!("/v1/profiles/{}", profile.id), &wish).await?
            }
            None => client.post("/v1/profiles", &wish).await?,
        };
        ids.push(profile.id);
    }
    Ok(ids)
}
