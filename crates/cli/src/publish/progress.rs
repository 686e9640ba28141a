//! A bar for each stage, on standard error; nothing where that is no terminal.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use reel_api::ingest::Stage;
use std::collections::HashMap;
use std::sync::Mutex;

/// The bars of one publish.
pub(crate) struct Bars {
    drawn: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    pub(crate) fn new() -> Self {
        Self { drawn: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()), bars: Mutex::default() }
    }

    /// Shows how far the stages of an encoding are.
    pub(crate) fn show(&self, stages: &[Stage]) {
        for stage in stages {
            self.set(label(&stage.name), u64::from(stage.total), u64::from(stage.done), "{pos}/{len}");
        }
    }

    /// Shows how many bytes are sent.
    pub(crate) fn sent(&self, total: u64, done: u64) {
        self.set("Upload", total, done, "{bytes}/{total_bytes}");
    }

    fn set(&self, name: &str, total: u64, done: u64, counts: &str) {
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let bar = bars.entry(name.to_owned()).or_insert_with(|| self.drawn.add(bar(name, counts)));
        bar.set_length(total.max(1));
        bar.set_position(done);
        if total > 0 && done >= total && !bar.is_finished() {
            bar.finish();
        }
    }
}

fn bar(name: &str, counts: &str) -> ProgressBar {
    let template = format!("{{prefix:<10}} {{bar:32.cyan/dim}} {counts:<12} {{elapsed}}");
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(1).with_style(style.progress_chars("━━─")).with_prefix(name.to_owned())
}

fn label(stage: &str) -> &str {
    if stage == "EncodeAll" { "Encode" } else { stage }
}
