//! Network traces: steps of bandwidth, repeated for ever.

use serde::Deserialize;

/// A step as sabre writes it.
#[derive(Deserialize)]
struct Step {
    duration_ms: f64,
    bandwidth_kbps: f64,
    latency_ms: f64,
}

/// A recorded network: bits that have passed by each point of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    times_s: Vec<f64>,
    bits: Vec<f64>,
    latency_s: f64,
}

impl Trace {
    /// Reads a trace as sabre writes it: `[{"duration_ms", "bandwidth_kbps", "latency_ms"}, …]`.
    ///
    /// # Errors
    /// In words, when it is no such list or never carries a bit.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let steps: Vec<Step> = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let latency_s = steps.iter().map(|step| step.latency_ms).sum::<f64>() / steps.len().max(1) as f64 / 1_000.0;
        let pairs: Vec<_> =
            steps.iter().map(|step| (step.duration_ms / 1_000.0, step.bandwidth_kbps * 1_000.0)).collect();
        Self::new(&pairs, latency_s).ok_or_else(|| "it carries nothing, or a step is negative".into())
    }

    /// A trace of (seconds, bits per second) and of the seconds until a first byte comes;
    /// none when it never carries a bit or a figure is negative.
    pub fn new(steps: &[(f64, f64)], latency_s: f64) -> Option<Self> {
        let sound = |step: &(f64, f64)| step.0 >= 0.0 && step.1 >= 0.0 && step.0.is_finite() && step.1.is_finite();
        if !(steps.iter().all(sound) && latency_s >= 0.0 && latency_s.is_finite()) {
            return None;
        }
        let mut trace = Self { times_s: vec![0.0], bits: vec![0.0], latency_s };
        for (seconds, bps) in steps.iter().filter(|step| step.0 > 0.0) {
            trace.times_s.push(trace.length_s() + seconds);
            trace.bits.push(trace.total_bits() + seconds * bps);
        }
        (trace.total_bits() > 0.0).then_some(trace)
    }

    /// Seconds from a request to its first byte.
    pub fn latency_s(&self) -> f64 {
        self.latency_s
    }

    /// When a download of so many bits, asked for at `start_s`, is complete (s).
    pub fn finish(&self, start_s: f64, bits: f64) -> f64 {
        let target = self.bits_by(start_s + self.latency_s) + bits;
        let rounds = (target / self.total_bits()).floor();
        let rest = target - rounds * self.total_bits();
        let within = match self.bits.partition_point(|&passed| passed < rest) {
            0 => 0.0,
            step => between(&self.bits, &self.times_s, step.min(self.bits.len() - 1), rest),
        };
        rounds * self.length_s() + within
    }

    /// The bits that have passed by a time (s).
    pub fn bits_by(&self, time_s: f64) -> f64 {
        let rounds = (time_s / self.length_s()).floor();
        let rest = time_s - rounds * self.length_s();
        let step = self.times_s.partition_point(|&time| time <= rest).clamp(1, self.times_s.len() - 1);
        rounds * self.total_bits() + between(&self.times_s, &self.bits, step, rest)
    }

    fn length_s(&self) -> f64 {
        self.times_s[self.times_s.len() - 1]
    }

    fn total_bits(&self) -> f64 {
        self.bits[self.bits.len() - 1]
    }
}

/// The value of `to` where `from` is `at`, between points `end - 1` and `end`.
fn between(from: &[f64], to: &[f64], end: usize, at: f64) -> f64 {
    let width = from[end] - from[end - 1];
    let share = if width > 0.0 { (at - from[end - 1]) / width } else { 0.0 };
    to[end - 1] + (to[end] - to[end - 1]) * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_takes_as_long_as_its_bits_do() {
        let trace = Trace::new(&[(10.0, 1e6), (10.0, 2e6)], 0.1).unwrap();
        assert!((trace.finish(0.0, 1e6) - 1.1).abs() < 1e-9);
        assert!((trace.finish(9.9, 4e6) - 12.0).abs() < 1e-9);
        assert!((trace.finish(19.9, 1e6) - 21.0).abs() < 1e-9, "it begins anew");
    }

    #[test]
    fn a_gap_is_waited_out() {
        let trace = Trace::new(&[(1.0, 1e6), (5.0, 0.0), (1.0, 1e6)], 0.0).unwrap();
        assert!((trace.finish(0.0, 1.5e6) - 6.5).abs() < 1e-9);
    }

    #[test]
    fn what_carries_nothing_is_no_trace() {
        assert!(Trace::new(&[(1.0, 0.0)], 0.0).is_none());
        assert!(Trace::new(&[(1.0, -1.0), (1.0, 2.0)], 0.0).is_none());
        assert!(Trace::from_json("[]").is_err());
        assert!(Trace::from_json("{}").is_err());
        assert!(Trace::from_json(r#"[{"duration_ms":1000,"bandwidth_kbps":800,"latency_ms":20}]"#).is_ok());
    }
}
