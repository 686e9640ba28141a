//! What others do, for comparison: the throughput rule, BOLA, and dash.js's switch
//! between the two.

use crate::simulate::{Chooser, Fetched};

/// Exponential means over download time, with half-lives of 3 and 8 s; the lower counts.
#[derive(Default)]
pub(crate) struct Estimate {
    means: [f64; 2],
    weights: [f64; 2],
}

impl Estimate {
    const HALF_LIVES_S: [f64; 2] = [3.0, 8.0];

    fn add(&mut self, fetched: &Fetched) {
        let seconds = fetched.finished_s - fetched.started_s;
        for (index, half_life) in Self::HALF_LIVES_S.iter().enumerate() {
            let keep = 0.5_f64.powf(seconds / half_life);
            self.means[index] = keep * self.means[index] + (1.0 - keep) * fetched.bits / seconds;
            self.weights[index] = keep * self.weights[index] + (1.0 - keep);
        }
    }

    fn bps(&self) -> f64 {
        (self.means[0] / self.weights[0]).min(self.means[1] / self.weights[1])
    }
}

/// The highest rung below 0.9 of the estimate.
pub(crate) struct ThroughputRule {
    rates: Vec<f64>,
    estimate: Estimate,
}

impl ThroughputRule {
    pub(crate) fn new(rates: &[f64]) -> Self {
        Self { rates: rates.to_vec(), estimate: Estimate::default() }
    }

    fn rung(&self) -> usize {
        let limit = 0.9 * self.estimate.bps();
        self.rates.iter().rposition(|&rate| rate <= limit).unwrap_or(0)
    }
}

impl Chooser for ThroughputRule {
    fn choose(&mut self, _buffer_s: f64, last: Option<usize>) -> usize {
        last.map_or(0, |_| self.rung())
    }

    fn observe(&mut self, fetched: &Fetched) {
        self.estimate.add(fetched);
    }
}

/// BOLA's score: worth per bit at this buffer (Spiteri, Urgaonkar, Sitaraman: BOLA).
struct Score {
    control: f64,
    offset: f64,
}

impl Score {
    fn best(&self, rates: &[f64], buffer_s: f64) -> usize {
        let score = |rate: f64| (self.control * ((rate / rates[0]).ln() + self.offset) - buffer_s) / rate;
        (0..rates.len()).fold(0, |best, rung| if score(rates[rung]) >= score(rates[best]) { rung } else { best })
    }
}

/// Goes up no further than the throughput rule would, but never down for that.
fn steady(wanted: usize, last: usize, by_throughput: usize) -> usize {
    if wanted > last && wanted > by_throughput { last.max(by_throughput) } else { wanted }
}

/// BOLA-O with the paper's parameters.
pub(crate) struct Bola {
    throughput: ThroughputRule,
    score: Score,
}

impl Bola {
    pub(crate) fn new(rates: &[f64], max_buffer_s: f64) -> Self {
        let worth = (rates[rates.len() - 1] / rates[0]).ln();
        let score = Score { control: (max_buffer_s - 8.0) / (worth + 5.0), offset: 5.0 };
        Self { throughput: ThroughputRule::new(rates), score }
    }
}

impl Chooser for Bola {
    fn choose(&mut self, buffer_s: f64, last: Option<usize>) -> usize {
        let Some(last) = last else { return 0 };
        let wanted = self.score.best(&self.throughput.rates, buffer_s);
        steady(wanted, last, self.throughput.rung())
    }

    fn observe(&mut self, fetched: &Fetched) {
        self.throughput.observe(fetched);
    }
}

/// In the manner of dash.js: by throughput while the buffer is small, by BOLA above.
pub(crate) struct Dynamic {
    throughput: ThroughputRule,
    score: Score,
    by_buffer: bool,
}

impl Dynamic {
    const MIN_BUFFER_S: f64 = 10.0;

    pub(crate) fn new(rates: &[f64]) -> Self {
        let worth = (rates[rates.len() - 1] / rates[0]).ln();
        let target_s = (Self::MIN_BUFFER_S + 2.0 * rates.len() as f64).max(12.0);
        let gain = worth / (target_s / Self::MIN_BUFFER_S - 1.0);
        let score = Score { control: Self::MIN_BUFFER_S / gain, offset: gain };
        Self { throughput: ThroughputRule::new(rates), score, by_buffer: false }
    }
}

impl Chooser for Dynamic {
    fn choose(&mut self, buffer_s: f64, last: Option<usize>) -> usize {
        let Some(last) = last else { return 0 };
        let by_throughput = self.throughput.rung();
        let by_buffer = steady(self.score.best(&self.throughput.rates, buffer_s), last, by_throughput);
        let enough = buffer_s > Self::MIN_BUFFER_S && by_buffer >= by_throughput;
        let short = buffer_s < Self::MIN_BUFFER_S && by_buffer < by_throughput;
        self.by_buffer = if self.by_buffer { !short } else { enough };
        if self.by_buffer { by_buffer } else { by_throughput }
    }

    fn observe(&mut self, fetched: &Fetched) {
        self.throughput.observe(fetched);
    }
}
