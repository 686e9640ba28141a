//! The profile that a session is for, which `user` knows.

use reel_api::user::{FIRST_PROFILE_PATH, Profile};
use reel_api::{AccountId, CallError, Client, OnBehalf, Principal, ProfileId};
use reel_sdk::Problem;
use reel_sdk::http::Function;

const USER: Function = Function("user");

/// The profile for a session: the one asked for, else the one it has, else the oldest.
///
/// # Errors
/// 404 when the one asked for is not the account's. Without such a wish, a failing
/// `user` keeps nobody from signing in: the session goes on as it was.
pub(crate) async fn settle(principal: &Principal, asked: Option<ProfileId>) -> Result<Option<ProfileId>, Problem> {
    let settled = match known(principal).await {
        Ok(profiles) => return choose(&profiles, asked, principal.profile),
        Err(problem) => problem,
    };
    if asked.is_some() {
        return Err(settled.into());
    }
    eprintln!("account {} goes on without its profiles: {settled}", principal.account);
    Ok(principal.profile)
}

/// The account's profiles; there is one from the start.
async fn known(principal: &Principal) -> Result<Vec<Profile>, CallError> {
    let profiles = Client::new(OnBehalf::new(USER, principal.clone())).profiles().await?.profiles;
    if profiles.is_empty() {
        return Ok(vec![first(principal.account).await?]);
    }
    Ok(profiles)
}

async fn first(account: AccountId) -> Result<Profile, CallError> {
    Client::new(USER).post(&format!("{FIRST_PROFILE_PATH}{account}"), &()).await
}

fn choose(
    profiles: &[Profile],
    asked: Option<ProfileId>,
    held: Option<ProfileId>,
) -> Result<Option<ProfileId>, Problem> {
    let has = |id: &ProfileId| profiles.iter().any(|profile| profile.id == *id);
    match asked {
        Some(id) if !has(&id) => Err(Problem::not_found(format!("the account has no profile {id}"))),
        Some(id) => Ok(Some(id)),
        None => Ok(held.filter(has).or_else(|| profiles.first().map(|profile| profile.id))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(n: u8) -> Profile {
        Profile { id: ProfileId::new(u64::from(n), &[n; 10]), name: "P".into(), avatar: 0, kids: false, version: 1 }
    }

    #[test]
    fn a_session_has_the_profile_asked_for_or_held_or_the_oldest() {
        let (all, [one, two, other]) = ([profile(1), profile(2)], [1, 2, 3].map(|n| profile(n).id));
        assert_eq!(choose(&all, Some(two), Some(one)), Ok(Some(two)));
        assert_eq!(choose(&all, None, Some(two)), Ok(Some(two)));
        assert_eq!(choose(&all, None, Some(other)), Ok(Some(one)));
        assert_eq!(choose(&all, None, None), Ok(Some(one)));
        assert_eq!(choose(&all, Some(other), None).unwrap_err().status, 404);
    }
}
