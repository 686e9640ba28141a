//! The blends at the size of MovieLens 1M: how long a list takes when there are 3,700 films, in WebAssembly.

use crate::measure::LENGTH;
use crate::models::{REEL, TRUNCATED, blend};
use crate::table::Row;
use crate::{FOLDER, made_up, printed};
use reel_ranking::Interactions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

pub(crate) fn rows() -> Result<[Row; 2], String> {
    let history = made_up::interactions().map_err(|why| why.to_string())?;
    let program = Program::build()?;
    Ok([row(&history, &program, REEL, None)?, row(&history, &program, "reel, truncated", Some(TRUNCATED))?])
}

fn row(history: &Interactions, program: &Program, name: &str, keep: Option<usize>) -> Result<Row, String> {
    let begin = Instant::now();
    let model = blend(history, 1, keep).map_err(|why| why.to_string())?;
    let train_s = begin.elapsed().as_secs_f64();
    let score_ms = program.score_ms(&model.to_bytes())?;
    Ok(Row { model: format!("{name}, 3,700 films"), train_s, score_ms, ..Row::default() })
}

/// The bench of scoring, as a component, and what runs it.
struct Program {
    wasmtime: PathBuf,
    component: PathBuf,
}

impl Program {
    fn build() -> Result<Self, String> {
        let root = Path::new(FOLDER).join("../..");
        let wasmtime = printed(&mut Command::new(root.join("script/wasmtime")))?.trim().into();
        let target = ["--profile", "component", "--target", "wasm32-wasip2"];
        let mut cargo = Command::new("cargo");
        cargo
            .args(["build", "--quiet", "-p", "bench-personal", "--bin", "bench-score"])
            .args(target)
            .current_dir(&root);
        printed(&mut cargo)?;
        Ok(Self { wasmtime, component: root.join("target/wasm32-wasip2/component/bench-score.wasm") })
    }

    /// Milliseconds from one history to its list.
    fn score_ms(&self, model: &[u8]) -> Result<f64, String> {
        let mut run = Command::new(&self.wasmtime);
        run.arg("run").arg(&self.component).arg(LENGTH.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let failed = |why: &dyn ToString| format!("bench-score: {}", why.to_string());
        let mut child = run.spawn().map_err(|why| failed(&why))?;
        child.stdin.take().expect("it is piped").write_all(model).map_err(|why| failed(&why))?;
        let output = child.wait_with_output().map_err(|why| failed(&why))?;
        String::from_utf8_lossy(&output.stdout).trim().parse().map_err(|why| failed(&why))
    }
}
