//! The functions that a play asks.

use crate::allowance::Allowance;
use reel_api::content::Title;
use reel_api::history::Position;
use reel_api::playback::Pathway;
use reel_api::steering::{RANK_PATH, RankRequest, Ranking};
use reel_api::{Client, OnBehalf, Principal, TitleId};
use reel_sdk::http::Function;
use reel_sdk::{Problem, Request};

/// The functions, asked on behalf of who made a request.
pub(crate) struct Upstream<'a>(&'a Request);

impl<'a> Upstream<'a> {
    pub(crate) fn of(request: &'a Request) -> Self {
        Self(request)
    }

    /// The title with this id or slug.
    pub(crate) async fn title(&self, content_id: &str) -> Result<Title, Problem> {
        check_content_id(content_id)?;
        Ok(self.as_viewer("content")?.title(content_id).await?)
    }

    /// Where the profile stopped. A history that cannot be read keeps nobody from watching.
    pub(crate) async fn resume(&self, title: TitleId) -> u64 {
        match self.position(title).await {
            Ok(position) => position.resume_ms,
            Err(error) => {
                eprintln!("{title} plays from the beginning, for the history fails: {error}");
                0
            }
        }
    }

    /// What the viewer's plan allows. A plan that cannot be told keeps nobody from watching.
    ///
    /// # Errors
    /// A 402 problem without a plan.
    pub(crate) async fn allowance(&self, principal: &Principal, title: &Title) -> Result<Allowance, Problem> {
        match Client::new(Function("billing")).entitlement(principal.account).await {
            Ok(entitlement) => Allowance::of(principal, &entitlement, title),
            Err(error) => {
                eprintln!("{} plays without a plan, for billing fails: {error}", principal.account);
                Ok(Allowance::unknown())
            }
        }
    }

    /// The edges for the viewer, best first. Without steering there is still the platform.
    pub(crate) async fn rank(&self) -> Vec<Pathway> {
        let asked = RankRequest { client: self.0.header("x-reel-client").unwrap_or_default().into() };
        let answered = Client::new(Function("steering")).post::<Ranking>(RANK_PATH, &asked).await;
        answered.map(|ranking| ranking.pathways).unwrap_or_else(|error| {
            eprintln!("this plays from the origin, for steering fails: {error}");
            vec![Pathway { id: "origin".into(), base_url: String::new() }]
        })
    }

    async fn position(&self, title: TitleId) -> Result<Position, Problem> {
        Ok(self.as_viewer("history")?.position(title).await?)
    }

    fn as_viewer(&self, function: &'static str) -> Result<Client<OnBehalf<Function>>, Problem> {
        Ok(Client::new(OnBehalf::new(Function(function), self.0.principal()?)))
    }
}

/// It becomes a part of a path.
fn check_content_id(id: &str) -> Result<(), Problem> {
    if id.is_empty() {
        return Err(Problem::invalid("say what to play: /playback?contentId=ID, a title's id or slug"));
    }
    if id.len() <= 200 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Ok(());
    }
    let id: String = id.chars().take(64).collect();
    Err(Problem::not_found(format!("there is no title {id:?}: contentId is a title's id or slug, of a-z, 0-9 and -")))
}

#[cfg(test)]
mod tests {
    use super::check_content_id;

    #[test]
    fn a_content_id_cannot_climb() {
        assert!(check_content_id("big-buck-bunny").is_ok() && check_content_id("tt1234").is_ok());
        assert_eq!(check_content_id("").unwrap_err().status, 400);
        for id in ["..", "a/b", "a?b", "a%2fb", "ä", &"a".repeat(201)] {
            assert_eq!(check_content_id(id).unwrap_err().status, 404, "{id}");
        }
    }
}
