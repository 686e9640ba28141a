//! Who has a title on a list, so that they can be told what is new about it: `followers#TITLE` and `ACCOUNT#PROFILE`
//! in table `profiles`, written with the [list](crate::list).

use crate::list::{bad_cursor, read_cursor, sent_cursor};
use crate::profiles::{self, PROFILES};
use reel_api::user::{Follower, Followers};
use reel_api::{AccountId, ProfileId, TitleId};
use reel_sdk::table::{Change, Error, Row, Selection, Write};
use reel_sdk::{Problem, Request, Response};

/// How many profiles a page has: the limit of each is read.
const PAGE: u32 = 25;

/// The write of a profile that follows a title, or does so no more.
pub(crate) fn write(title: TitleId, account: AccountId, profile: ProfileId, change: Change) -> Write {
    PROFILES.write(&partition(title), &format!("{account}#{profile}"), change)
}

/// A page of the profiles that have a title on their list.
pub(crate) async fn show(request: &Request, title: TitleId) -> Result<Response, Problem> {
    let cursor = request.query("cursor").map(|cursor| read_cursor(&cursor)).transpose()?;
    let continued = cursor.is_some();
    let page = match PROFILES.query(Selection::of(&partition(title)).limit(PAGE).after(cursor)).await {
        Err(Error::Invalid(_)) if continued => return Err(bad_cursor()),
        page => page?,
    };
    let mut followers = Vec::new();
    for (account, profile) in page.rows.iter().filter_map(of) {
        // A profile that is being deleted follows nothing.
        let kept = profiles::of(account).await?.into_iter().find(|kept| kept.id == profile);
        followers.extend(kept.map(|kept| Follower { account, profile, maturity: kept.maturity }));
    }
    Response::json(200, &Followers { followers, cursor: page.cursor.map(sent_cursor) })
}

fn partition(title: TitleId) -> String {
    format!("followers#{title}")
}

fn of(row: &Row) -> Option<(AccountId, ProfileId)> {
    let (account, profile) = row.key.sort.split_once('#')?;
    Some((account.parse().ok()?, profile.parse().ok()?))
}
