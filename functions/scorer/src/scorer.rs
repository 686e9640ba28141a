//! An ONNX model that scores titles.

use crate::wire::is_whole;
use reel_api::TitleId;
use reel_api::ranking::{Question, Scored};
use reel_ranking::{OwnModel, Scores, TitleKey};
use rten::{DataType, Dimension, Model, NodeId, Value, ValueType};
use std::collections::HashMap;
use std::time::Instant;

/// A model that has shown that it scores titles.
pub(crate) struct Scorer {
    titles: Vec<TitleKey>,
    columns: HashMap<TitleKey, u32>,
    model: Model,
    /// Whether it scores several histories at once.
    batches: bool,
    bytes: usize,
    milliseconds: f64,
}

impl Scorer {
    /// Reads a model, and tries it on a history of nothing and on one of everything.
    ///
    /// # Errors
    /// Why it is no scorer, and what one is like.
    pub(crate) fn new(OwnModel { titles, onnx }: OwnModel) -> Result<Self, String> {
        let columns = columns(&titles)?;
        let bytes = onnx.len();
        let model = read(onnx).map_err(|why| format!("it does not read as an ONNX model in one file: {why}"))?;
        let batches = batches(&model, titles.len())?;
        let mut scorer = Self { titles, columns, model, batches, bytes, milliseconds: 0.0 };
        scorer.milliseconds = scorer.tried()?;
        Ok(scorer)
    }

    /// How many titles it scores.
    pub(crate) fn titles(&self) -> usize {
        self.titles.len()
    }

    /// How long the model is.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How long it took to score one history, in milliseconds.
    pub(crate) fn milliseconds(&self) -> f64 {
        self.milliseconds
    }

    /// The titles to watch after each question's, best first; none after what it does not know.
    ///
    /// # Errors
    /// Why the model gave no scores.
    pub(crate) fn rank(&self, questions: &[Question]) -> Result<Vec<Vec<Scored>>, String> {
        let histories: Vec<_> = questions.iter().map(|question| self.history(question)).collect();
        let mut scores = self.scores(&histories.iter().flatten().map(Vec::as_slice).collect::<Vec<_>>())?.into_iter();
        let scored = histories.iter().zip(questions).map(|(history, question)| match history {
            Some(_) => scores.next().map(|scores| self.best(scores, question)).unwrap_or_default(),
            None => Vec::new(),
        });
        Ok(scored.collect())
    }

    /// How much each title counts; none when nothing that it knows was watched.
    fn history(&self, question: &Question) -> Option<Vec<f32>> {
        let mut history = vec![0.0; self.titles.len()];
        for liked in question.watched.iter().filter(|liked| liked.weight.is_finite()) {
            if let Some(column) = self.column(&liked.title_id) {
                history[column as usize] += liked.weight;
            }
        }
        history.iter().any(|weight| *weight != 0.0).then_some(history)
    }

    fn best(&self, scores: Vec<f32>, question: &Question) -> Vec<Scored> {
        let watched = question.watched.iter().map(|liked| &liked.title_id);
        let known: Vec<u32> = watched.chain(&question.leave_out).filter_map(|title| self.column(title)).collect();
        let best = Scores::from_values(scores).top(question.limit, &known).into_iter();
        let scored = best.map(|ranked| (self.titles[ranked.item as usize], ranked.score));
        scored.map(|(title, score)| Scored { title_id: TitleId::from_bytes(title), score }).collect()
    }

    fn column(&self, title: &TitleId) -> Option<u32> {
        self.columns.get(title.as_bytes()).copied()
    }

    /// The scores of each history.
    fn scores(&self, histories: &[&[f32]]) -> Result<Vec<Vec<f32>>, String> {
        let at_once = if self.batches { histories.len().max(1) } else { 1 };
        let mut scores = Vec::with_capacity(histories.len());
        for some in histories.chunks(at_once) {
            let all = self.run(some)?;
            scores.extend(all.chunks(self.titles.len()).map(<[f32]>::to_vec));
        }
        Ok(scores)
    }

    fn run(&self, histories: &[&[f32]]) -> Result<Vec<f32>, String> {
        let expected = [histories.len(), self.titles.len()];
        let input = Value::from_shape(expected, histories.concat()).map_err(|why| why.to_string())?;
        let output = self.model.run_one(input.into(), None).map_err(|why| format!("it does not run: {why}"))?;
        let scores = output.into_shape_vec::<f32, 2>();
        let (shape, scores) = scores.map_err(|why| format!("its output is not float32 of two dimensions: {why}"))?;
        if shape != expected {
            return Err(format!("for an input of the shape {expected:?} its output has the shape {shape:?}"));
        }
        match scores.iter().position(|score| !score.is_finite()) {
            Some(at) => {
                let title = TitleId::from_bytes(self.titles[at % self.titles.len()]);
                Err(format!("it gives {title} the score {}, which is not a finite number", scores[at]))
            }
            None => Ok(scores),
        }
    }

    /// How long a history takes, in milliseconds.
    fn tried(&self) -> Result<f64, String> {
        let (nothing, everything) = (vec![0.0; self.titles.len()], vec![1.0; self.titles.len()]);
        let tried = [&nothing[..], &everything[..]];
        let in_a_trial = |why| format!("tried with nothing and with everything watched, {why}");
        self.scores(&tried).map_err(in_a_trial)?;
        // The first time a model runs, it takes its memory.
        let begun = Instant::now();
        self.run(&tried[1..]).map_err(in_a_trial)?;
        Ok(begun.elapsed().as_secs_f64() * 1_000.0)
    }
}

fn read(onnx: Vec<u8>) -> Result<Model, String> {
    if !is_whole(&onnx) {
        return Err("it is none, or something of it is missing or has changed".into());
    }
    Model::load(onnx).map_err(|why| why.to_string())
}

/// The column of each title.
fn columns(titles: &[TitleKey]) -> Result<HashMap<TitleKey, u32>, String> {
    if titles.is_empty() {
        return Err("it names no titles: the ids come first, one a line, in the order of the model's columns".into());
    }
    let mut columns = HashMap::with_capacity(titles.len());
    for (title, column) in titles.iter().zip(0..) {
        if let Some(before) = columns.insert(*title, column) {
            let title = TitleId::from_bytes(*title);
            return Err(format!("title {title} stands twice, in the lines {} and {}", before + 1, column + 1));
        }
    }
    Ok(columns)
}

/// Whether the model scores several histories at once.
fn batches(model: &Model, titles: usize) -> Result<bool, String> {
    let one = |what: &str, nodes: &[NodeId]| match nodes {
        [node] => Ok(*node),
        _ => Err(format!("it has {} {what}s: a scorer has one, float32 [batch, {titles}]", nodes.len())),
    };
    let input = one("input", model.input_ids())?;
    one("output", model.output_ids())?;
    let info = model.node_info(input);
    if let Some(kind) = info.as_ref().and_then(|info| info.dtype())
        && kind != ValueType::Tensor(DataType::Float)
    {
        return Err(format!("its input is of {kind}: a scorer's is float32 [batch, {titles}]"));
    }
    match info.and_then(|info| info.shape()).unwrap_or_default()[..] {
        [ref batch, Dimension::Fixed(columns)] if columns != titles => {
            let of = if *batch == Dimension::Fixed(1) { "1" } else { "batch" };
            Err(format!("its input is [{of}, {columns}], and there are {titles} titles: one for each column"))
        }
        [Dimension::Symbolic(_), _] => Ok(true),
        [Dimension::Fixed(1), _] => Ok(false),
        ref shape => Err(format!("its input has the shape {}: a scorer's is [batch, {titles}]", written(shape))),
    }
}

fn written(shape: &[Dimension]) -> String {
    let dimensions = shape.iter().map(|dimension| match dimension {
        Dimension::Fixed(size) => size.to_string(),
        Dimension::Symbolic(name) => name.clone(),
    });
    format!("[{}]", dimensions.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{Batch, Onnx};
    use reel_api::ranking::Liked;

    fn id(n: u8) -> TitleId {
        TitleId::new(u64::from(n), &[n; 10])
    }

    fn scorer(titles: u8, onnx: Vec<u8>) -> Result<Scorer, String> {
        Scorer::new(OwnModel { titles: (0..titles).map(|n| *id(n).as_bytes()).collect(), onnx })
    }

    fn why(titles: u8, onnx: Vec<u8>) -> String {
        scorer(titles, onnx).err().expect("it is refused")
    }

    /// After each title the next one, then the one after that, and the first two after the last.
    fn next(batch: Batch) -> Onnx {
        let weight = |from: usize, to: usize| match (to + 4 - from) % 4 {
            1 => 1.0,
            2 => 0.5,
            _ => 0.0,
        };
        Onnx { batch, ..Onnx::product(4, (0..16).map(|at| weight(at / 4, at % 4)).collect()) }
    }

    fn question(watched: &[(u8, f32)], leave_out: &[u8], limit: usize) -> Question {
        let watched = watched.iter().map(|(n, weight)| Liked { title_id: id(*n), weight: *weight }).collect();
        Question { watched, leave_out: leave_out.iter().map(|n| id(*n)).collect(), limit }
    }

    #[test]
    fn titles_are_ranked_by_the_models_scores() {
        for batch in [Batch::Any, Batch::One] {
            let scorer = scorer(4, next(batch).bytes()).unwrap();
            let questions = [
                question(&[(0, 1.0)], &[], 9),
                question(&[(0, 1.0)], &[1], 1),
                question(&[(9, 1.0)], &[], 9),
                question(&[], &[], 9),
                question(&[(0, 1.0), (1, -4.0), (2, f32::INFINITY)], &[], 9),
            ];
            let ranked = scorer.rank(&questions).unwrap();
            let titles =
                |at: usize| ranked[at].iter().map(|scored| (scored.title_id, scored.score)).collect::<Vec<_>>();
            assert_eq!(titles(0), [(id(1), 1.0), (id(2), 0.5), (id(3), 0.0)]);
            assert_eq!(titles(1), [(id(2), 0.5)], "one of what is not left out");
            assert!(titles(2).is_empty() && titles(3).is_empty(), "nothing that is known was watched");
            assert_eq!(titles(4), [(id(3), -2.0)], "what is disliked counts, and what is no number does not");
            assert!(scorer.rank(&[]).unwrap().is_empty() && scorer.milliseconds() > 0.0);
        }
    }

    #[test]
    fn what_is_no_scorer_is_refused_with_what_one_is_like() {
        assert!(why(3, next(Batch::Any).bytes()).contains("its input is [batch, 4], and there are 3 titles"));
        assert!(why(0, next(Batch::Any).bytes()).contains("names no titles"));
        assert!(why(4, next(Batch::Fixed(3)).bytes()).contains("the shape [3, 4]: a scorer's is [batch, 4]"));
        let unknown = Onnx { operator: "Imagine", ..next(Batch::Any) };
        assert!(why(4, unknown.bytes()).contains("Imagine"), "{}", why(4, unknown.bytes()));
        let whole = Onnx { element: 7, ..next(Batch::Any) };
        assert!(why(4, whole.bytes()).contains("float32"), "{}", why(4, whole.bytes()));
        let two = Onnx { inputs: 2, ..next(Batch::Any) };
        assert!(why(4, two.bytes()).contains("it has 2 inputs: a scorer has one"), "{}", why(4, two.bytes()));
        let narrow = Onnx::chain(4, vec![(4, 3, vec![1.0; 12])]);
        assert!(why(4, narrow.bytes()).contains("its output has the shape [2, 3]"), "{}", why(4, narrow.bytes()));
        let wrong = Onnx::chain(4, vec![(5, 4, vec![1.0; 20])]);
        assert!(why(4, wrong.bytes()).contains("it does not run"), "{}", why(4, wrong.bytes()));
        let infinite = Onnx::product(4, vec![f32::NAN; 16]);
        assert!(why(4, infinite.bytes()).contains("not a finite number"), "{}", why(4, infinite.bytes()));
        let twice = OwnModel { titles: vec![[7; 16]; 4], onnx: next(Batch::Any).bytes() };
        assert!(Scorer::new(twice).err().unwrap().contains("stands twice, in the lines 1 and 2"));
    }

    #[test]
    fn what_is_damaged_is_refused_or_still_scores_and_never_ends_the_function() {
        for garbage in [&b""[..], b"onnx", b"RTEN....", &[0xff; 64], b"\x08\x08\x3a\x00"] {
            assert!(scorer(4, garbage.to_vec()).is_err(), "{garbage:?}");
        }
        let whole = next(Batch::Any).bytes();
        let asked = [question(&[(0, 1.0)], &[], 9)];
        for at in 0..whole.len() {
            let _ = scorer(4, whole[..at].to_vec());
            for flip in [1, 2, 4, 8, 16, 32, 64, 128] {
                let mut changed = whole.clone();
                changed[at] ^= flip;
                if let Ok(scorer) = scorer(4, changed) {
                    let _ = scorer.rank(&asked);
                }
            }
        }
    }
}
