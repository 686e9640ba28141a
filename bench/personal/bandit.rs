//! Reel's bandits and their offline evaluation, on a stream made from MovieLens 100K.
//!
//! The events are the ratings of 4 and more, in the order of time, user, film. The arms are the 18 genres; a choice
//! earns 1 when the film has that genre, else 0. The context is 1 and the share of each genre in what the user liked
//! before, which is known whatever was chosen. So the reward of every arm is known, and with it the truth that an
//! evaluation of a log of choices should find.

use reel_exploration::{
    Bandit, Decision, Estimate, Evaluation, Exploration, ExplorationError, Logged, Policy, Settings, Sums, evaluate,
};
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

const GENRES: [&str; 18] = [
    "Action",
    "Adventure",
    "Animation",
    "Children's",
    "Comedy",
    "Crime",
    "Documentary",
    "Drama",
    "Fantasy",
    "Film-Noir",
    "Horror",
    "Musical",
    "Mystery",
    "Romance",
    "Sci-Fi",
    "Thriller",
    "War",
    "Western",
];
const ARMS: usize = GENRES.len();
const DIMENSIONS: usize = ARMS + 1;
/// Seeds of the bandits, and of the logs that are evaluated.
const BANDIT_SEEDS: u64 = 5;
const LOG_SEEDS: u64 = 20;
/// So little is drawn evenly that it changes nothing.
pub(crate) const LEAST_FLOOR: f64 = 1e-6;
/// Above the best fixed arm, and wide enough for the evaluators.
const BETWEEN: f64 = 0.03;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: String,
    /// The reward for each choice, or the mean of the estimates of it.
    pub(crate) value: f64,
    /// The standard deviation over the seeds.
    pub(crate) spread: Option<f64>,
    /// The standard error that the estimator gives, on average.
    pub(crate) standard_error: Option<f64>,
    /// What the evaluated policy really earns.
    pub(crate) truth: Option<f64>,
    /// The share of estimates within two of their standard errors of the truth.
    pub(crate) covered: Option<f64>,
}

/// Replays the stream from a folder with `ml-100k.inter` and `ml-100k.item`.
///
/// # Errors
/// When a file cannot be read or has a line that is not as expected.
pub(crate) fn run(folder: &Path) -> Result<Vec<Row>, String> {
    let stream = Stream::read(folder)?;
    let mut rows = fixed(&stream).map_err(|why| why.to_string())?;
    rows.extend(bandits(&stream).map_err(|why| why.to_string())?);
    rows.extend(evaluations(&stream).map_err(|why| why.to_string())?);
    Ok(rows)
}

struct Event {
    context: Vec<f64>,
    rewards: [f64; ARMS],
}

struct Stream {
    events: Vec<Event>,
    /// All arms.
    candidates: Vec<usize>,
}

impl Stream {
    fn read(folder: &Path) -> Result<Self, String> {
        let genres = genres(&text(folder, "ml-100k.item")?)?;
        let mut liked = Vec::new();
        for line in text(folder, "ml-100k.inter")?.lines().skip(1) {
            let (time, user, film, rating) = rating(line).ok_or_else(|| format!("no rating: {line}"))?;
            if rating >= 4.0 && genres.get(&film).is_some_and(|genres| !genres.is_empty()) {
                liked.push((time, user, film));
            }
        }
        liked.sort_unstable();
        let mut histories = HashMap::new();
        let events = liked.iter().map(|(_, user, film)| {
            let history = histories.entry(*user).or_insert([0.0; ARMS]);
            event(history, &genres[film])
        });
        Ok(Self { events: events.collect(), candidates: (0..ARMS).collect() })
    }

    fn mean(&self, reward: impl Fn(&Event) -> f64) -> f64 {
        self.events.iter().map(reward).sum::<f64>() / self.events.len() as f64
    }
}

fn text(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))
}

/// The genres of each film, without "unknown".
fn genres(items: &str) -> Result<HashMap<u32, Vec<usize>>, String> {
    let mut genres = HashMap::new();
    for line in items.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [film, _, _, names] = fields[..] else { return Err(format!("no film: {line}")) };
        let film = film.parse().map_err(|_| format!("no film: {line}"))?;
        let arms = names.split(' ').filter_map(|name| GENRES.iter().position(|genre| *genre == name));
        genres.insert(film, arms.collect());
    }
    Ok(genres)
}

fn rating(line: &str) -> Option<(u64, u32, u32, f64)> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [user, film, rating, time] = fields[..] else { return None };
    Some((time.parse::<f64>().ok()? as u64, user.parse().ok()?, film.parse().ok()?, rating.parse().ok()?))
}

/// The event of a user with this history who likes a film of these genres; it becomes part of the history.
fn event(history: &mut [f64; ARMS], genres: &[usize]) -> Event {
    let sum: f64 = history.iter().sum();
    let shares = history.iter().map(|count| if sum > 0.0 { count / sum } else { 0.0 });
    let context = std::iter::once(1.0).chain(shares).collect();
    let mut rewards = [0.0; ARMS];
    for &genre in genres {
        rewards[genre] = 1.0;
        history[genre] += 1.0;
    }
    Event { context, rewards }
}

fn plain(name: impl Into<String>, value: f64) -> Row {
    Row { name: name.into(), value, spread: None, standard_error: None, truth: None, covered: None }
}

/// What to measure against: chance, the best single arm, and a linear model that saw all rewards of all arms.
fn fixed(stream: &Stream) -> Result<Vec<Row>, ExplorationError> {
    let means: Vec<f64> = (0..ARMS).map(|arm| stream.mean(|event| event.rewards[arm])).collect();
    let best = (0..ARMS).fold(0, |best, arm| if means[arm] > means[best] { arm } else { best });
    let hindsight = informed(&stream.events)?;
    let mut rewards = 0.0;
    for event in &stream.events {
        rewards += event.rewards[highest(&hindsight, &event.context)?];
    }
    Ok(vec![
        plain("chance", means.iter().sum::<f64>() / ARMS as f64),
        plain(format!("best fixed arm ({})", GENRES[best]), means[best]),
        plain("hindsight (linear, all rewards known)", rewards / stream.events.len() as f64),
    ])
}

/// Models that have seen the rewards of all arms.
fn informed(events: &[Event]) -> Result<Bandit, ExplorationError> {
    let mut sums = vec![Sums::new(DIMENSIONS); ARMS];
    for event in events {
        for (arm, sums) in sums.iter_mut().enumerate() {
            sums.add(&event.context, event.rewards[arm])?;
        }
    }
    Bandit::of(Settings::new(DIMENSIONS), sums)
}

/// The arm with the highest expected reward.
fn highest(models: &Bandit, context: &[f64]) -> Result<usize, ExplorationError> {
    let mut best = (0, f64::MIN);
    for arm in 0..models.arms() {
        let (mean, _) = models.expect(context, arm)?;
        if mean > best.1 {
            best = (arm, mean);
        }
    }
    Ok(best.0)
}

fn bandits(stream: &Stream) -> Result<Vec<Row>, ExplorationError> {
    let settings = Settings::new(DIMENSIONS);
    // With the least floor nothing is given up for the sake of evaluations, as in a reference that does not log.
    let kinds = [("LinTS", 0.1, Exploration::Thompson(0.1)), ("LinUCB", 0.3, Exploration::UpperBound(0.3))];
    let mut rows = Vec::new();
    for (name, scale, exploration) in kinds {
        for floor in [0.1, BETWEEN, settings.floor, LEAST_FLOOR] {
            let rewards = (0..BANDIT_SEEDS).map(|seed| {
                let log = learned_log(stream, Settings { exploration, floor, ..settings }, seed)?;
                Ok(log.iter().map(|logged| logged.reward).sum::<f64>() / log.len() as f64)
            });
            let (value, spread) = moments(&rewards.collect::<Result<Vec<_>, ExplorationError>>()?);
            let name = format!("{name}, scale {scale}, floor {floor}");
            rows.push(Row { spread: Some(spread), ..plain(name, value) });
        }
    }
    Ok(rows)
}

/// What a bandit does that learns from each choice before the next one.
fn learned_log(stream: &Stream, settings: Settings, seed: u64) -> Result<Vec<Logged>, ExplorationError> {
    let mut bandit = Bandit::new(settings, ARMS)?;
    let mut log = Vec::with_capacity(stream.events.len());
    for (index, event) in stream.events.iter().enumerate() {
        let decision = bandit.choose(&event.context, &stream.candidates, seed_of(seed, index))?;
        let reward = event.rewards[decision.arm];
        bandit.learn(&event.context, decision.arm, reward)?;
        log.push(decision.logged(&event.context, &stream.candidates, reward)?);
    }
    Ok(log)
}

/// What choosing by chance does.
fn chance_log(stream: &Stream, events: &[Event], seed: u64) -> Result<Vec<Logged>, ExplorationError> {
    let settings = Settings { floor: 1.0, exploration: Exploration::UpperBound(0.0), ..Settings::new(DIMENSIONS) };
    let bandit = Bandit::new(settings, ARMS)?;
    let log = events.iter().enumerate().map(|(index, event)| {
        let Decision { arm, .. } = bandit.choose(&event.context, &stream.candidates, seed_of(seed, index))?;
        let decision = Decision { arm, propensity: 1.0 / ARMS as f64 };
        decision.logged(&event.context, &stream.candidates, event.rewards[arm])
    });
    log.collect()
}

/// Another seed for each choice of each run.
fn seed_of(seed: u64, index: usize) -> u64 {
    (seed << 32) | index as u64
}

/// The policy that the first half's rewards teach, evaluated on logs of the second half.
fn evaluations(stream: &Stream) -> Result<Vec<Row>, ExplorationError> {
    let (before, after) = stream.events.split_at(stream.events.len() / 2);
    let models = informed(before)?;
    let policy = move |context: &[f64], candidates: &[usize]| {
        let best = highest(&models, context)?;
        Ok(candidates.iter().map(|&arm| if arm == best { 1.0 } else { 0.0 }).collect::<Vec<f64>>())
    };
    let truth = truth(&policy, stream, after)?;
    let chance = (0..LOG_SEEDS).map(|seed| evaluate(&chance_log(stream, after, seed)?, &policy, 1.0));
    let mut rows = estimates("a log of chance", &chance.collect::<Result<Vec<_>, _>>()?, truth).to_vec();
    // The wider the floor of the log, the more it says of other policies.
    for floor in [0.1, BETWEEN, Settings::new(DIMENSIONS).floor] {
        let learned = (0..LOG_SEEDS).map(|seed| {
            let log = learned_log(stream, Settings { floor, ..Settings::new(DIMENSIONS) }, seed)?;
            evaluate(&log[before.len()..], &policy, 1.0)
        });
        let name = format!("the log of LinTS, floor {floor}");
        rows.extend(estimates(&name, &learned.collect::<Result<Vec<_>, ExplorationError>>()?, truth));
    }
    Ok(rows)
}

/// What a policy earns on average, as all rewards are known.
fn truth(policy: &impl Policy, stream: &Stream, events: &[Event]) -> Result<f64, ExplorationError> {
    let mut sum = 0.0;
    for event in events {
        let probabilities = policy.probabilities(&event.context, &stream.candidates)?;
        sum += probabilities.iter().zip(&event.rewards).map(|(p, reward)| p * reward).sum::<f64>();
    }
    Ok(sum / events.len() as f64)
}

/// A line for each estimator.
fn estimates(log: &str, evaluations: &[Evaluation], truth: f64) -> [Row; 3] {
    let row = |name: &str, of: fn(&Evaluation) -> Estimate| {
        let all: Vec<_> = evaluations.iter().map(of).collect();
        let (value, spread) = moments(&all.iter().map(|estimate| estimate.value).collect::<Vec<_>>());
        let (error, _) = moments(&all.iter().map(|estimate| estimate.standard_error).collect::<Vec<_>>());
        let within = all.iter().filter(|estimate| (estimate.value - truth).abs() <= 2.0 * estimate.standard_error);
        Row {
            name: format!("{name} from {log}"),
            value,
            spread: Some(spread),
            standard_error: Some(error),
            truth: Some(truth),
            covered: Some(within.count() as f64 / all.len() as f64),
        }
    };
    [row("IPS", |e| e.ips), row("SNIPS", |e| e.snips), row("doubly robust", |e| e.doubly_robust)]
}

/// The mean and the standard deviation of several values.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0)).sqrt())
}
