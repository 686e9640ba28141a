//! Series: their episodes, and what comes next.

use crate::asker::Asker;
use crate::lists::{Listing, episode_sort};
use crate::{due, store};
use reel_api::content::{EpisodeOf, Episodes, Next, Season, Title, TitleKind, Titles};
use reel_sdk::{Problem, Request, Response};

/// The seasons of a series with their episodes.
pub(crate) async fn episodes(request: &Request, id_or_slug: &str) -> Result<Response, Problem> {
    let asker = Asker::of(request)?;
    let series = asker.title(id_or_slug).await?;
    if series.kind != TitleKind::Series {
        let detail = format!("{} is a {}: only a series has episodes", series.name, series.kind.name());
        return Err(Problem::conflict("kind", detail));
    }
    let episodes = listed(&asker, &series, "").await?;
    Response::json(200, &Episodes { seasons: seasons(&series, episodes) })
}

/// What to play after an episode, or first of a series.
pub(crate) async fn next(request: &Request, id_or_slug: &str) -> Result<Response, Problem> {
    let asker = Asker::of(request)?;
    let title = asker.title(id_or_slug).await?;
    let (series, after) = match (title.kind, title.series) {
        (TitleKind::Series, _) => (title, FIRST),
        (_, Some(place)) => (asker.title(&place.id.to_string()).await?, (place.season, place.number + 1)),
        _ => return Response::json(200, &Next { title: None }),
    };
    let from = EpisodeOf { id: series.id, season: after.0, number: after.1 };
    let following = listed(&asker, &series, &episode_sort(&from)).await?;
    let next = following.into_iter().find(|episode| episode.revision.is_some() && episode.status.is_shown());
    Response::json(200, &Next { title: next })
}

/// A series begins with its first season; specials are for who looks for them.
const FIRST: (u16, u16) = (1, 0);

/// The trailers of a title.
pub(crate) async fn trailers(request: &Request, id_or_slug: &str) -> Result<Response, Problem> {
    let asker = Asker::of(request)?;
    let title = asker.title(id_or_slug).await?;
    due::publish().await;
    let titles = asker.seen(store::whole(&Listing::Trailers(title.id), "").await?);
    Response::json(200, &Titles { titles, cursor: None })
}

/// The episodes from one on that may be seen, in order.
async fn listed(asker: &Asker, series: &Title, from: &str) -> Result<Vec<Title>, Problem> {
    due::publish().await;
    let episodes = store::whole(&Listing::Episodes(series.id), from).await?;
    Ok(asker.seen(episodes.into_iter().map(|episode| episode.of_series(series)).collect()))
}

/// Episodes in order, by season; a season that has a name and no episodes yet stands there too.
fn seasons(series: &Title, episodes: Vec<Title>) -> Vec<Season> {
    let named = series.seasons.iter();
    let mut seasons: Vec<Season> = named
        .map(|season| Season { number: season.number, name: Some(season.name.clone()), episodes: vec![] })
        .collect();
    for episode in episodes {
        let number = episode.series.map_or(0, |place| place.season);
        match seasons.iter_mut().find(|season| season.number == number) {
            Some(season) => season.episodes.push(episode),
            None => seasons.push(Season { number, name: None, episodes: vec![episode] }),
        }
    }
    seasons.sort_by_key(|season| season.number);
    seasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_api::TitleId;
    use reel_api::content::SeasonName;

    #[test]
    fn episodes_stand_in_their_seasons() {
        let id = TitleId::new(1, &[1; 10]);
        let name = |number: u16, name: &str| SeasonName { number, name: name.into() };
        let series = Title {
            kind: TitleKind::Series,
            seasons: vec![name(2, "The end"), name(3, "After it")],
            ..Title::announced(id, "dark", "Dark")
        };
        let episode = |season: u16, number: u16| Title {
            series: Some(EpisodeOf { id, season, number }),
            ..Title::announced(id, format!("s{season}e{number}"), "E")
        };
        let seasons = seasons(&series, vec![episode(0, 1), episode(1, 1), episode(1, 3), episode(2, 1)]);
        let told = |season: &Season| (season.number, season.name.clone(), season.episodes.len());
        assert_eq!(
            seasons.iter().map(told).collect::<Vec<_>>(),
            [(0, None, 1), (1, None, 2), (2, Some("The end".into()), 1), (3, Some("After it".into()), 0)]
        );
        assert_eq!(seasons[1].episodes[1].slug, "s1e3");
    }
}
