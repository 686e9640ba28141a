//! The profile that a session is for, which `user` knows.

use reel_api::auth::Refresh;
use reel_api::user::{Choice, FIRST_PROFILE_PATH, Profile};
use reel_api::{AccountId, CallError, Client, OnBehalf, Principal, ProfileId};
use reel_sdk::Problem;
use reel_sdk::http::Function;

const USER: Function = Function("user");

/// The principal with the profile of its session: the one asked for, else the one it has, else the oldest that
/// needs no PIN; and with the limit that the profile has by now.
///
/// # Errors
/// 404 when the one asked for is not the account's, 403 when it needs a PIN. Without such a wish, a failing
/// `user` keeps nobody from signing in: the session goes on as it was.
pub(crate) async fn settle(principal: Principal, wish: &Refresh) -> Result<Principal, Problem> {
    if let Some(to) = wish.profile {
        let choice = Choice { from: principal.profile, to, pin: wish.pin.clone() };
        let chosen = Client::new(USER).choose(principal.account, &choice).await?;
        return Ok(with(principal, Some(&chosen)));
    }
    match known(&principal).await {
        Ok(profiles) => Ok(with(principal.clone(), choose(&profiles, principal.profile))),
        Err(error) => {
            eprintln!("a session goes on without its profiles: {error}");
            Ok(principal)
        }
    }
}

fn with(principal: Principal, profile: Option<&Profile>) -> Principal {
    let maturity = profile.and_then(|profile| profile.maturity);
    Principal { profile: profile.map(|profile| profile.id), maturity, ..principal }
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

fn choose(profiles: &[Profile], held: Option<ProfileId>) -> Option<&Profile> {
    let held = profiles.iter().find(|profile| Some(profile.id) == held);
    held.or_else(|| profiles.iter().find(|profile| !profile.pin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(n: u8, pin: bool) -> Profile {
        let (id, name) = (ProfileId::new(u64::from(n), &[n; 10]), "P".into());
        let (language, subtitles) = (None, None);
        Profile { id, name, avatar: 0, kids: false, maturity: Some(n), pin, language, subtitles, version: 1 }
    }

    #[test]
    fn a_session_has_the_profile_it_held_or_the_oldest_without_a_pin() {
        let all = [profile(1, true), profile(2, false), profile(3, false)];
        let chosen = |held: Option<u8>| choose(&all, held.map(|n| profile(n, false).id)).map(|profile| profile.id);
        let [one, two, _] = all.each_ref().map(|profile| Some(profile.id));
        assert_eq!((chosen(Some(1)), chosen(None), chosen(Some(9))), (one, two, two));
        assert!(choose(&all[..1], None).is_none(), "with a PIN it is not chosen for anybody");
    }
}
