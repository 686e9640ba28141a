//! ONNX files, written as the format's protobuf: a history times one matrix after another.

/// How many histories a model takes at once.
#[derive(Debug, Clone, Copy)]
pub enum Batch {
    /// As many as there are.
    Any,
    /// One.
    One,
    /// So many and no other number.
    Fixed(i64),
}

/// A matrix: its rows, its columns and its numbers, row after row.
pub type Matrix = (i64, i64, Vec<f32>);

/// A model that multiplies its input by matrices.
#[derive(Debug, Clone)]
pub struct Onnx {
    /// How many histories at once.
    pub batch: Batch,
    /// How many titles.
    pub titles: i64,
    /// What is multiplied by, in this order.
    pub matrices: Vec<Matrix>,
    /// The operator that multiplies.
    pub operator: &'static str,
    /// How many inputs it says it has.
    pub inputs: usize,
    /// The type of the input's elements, as the format numbers them: 1 is float32, 7 is int64.
    pub element: u64,
}

impl Onnx {
    /// One matrix of titles x titles: how much watching the row's speaks for the column's.
    pub fn product(titles: i64, weights: Vec<f32>) -> Self {
        Self::chain(titles, vec![(titles, titles, weights)])
    }

    /// Several matrices.
    pub fn chain(titles: i64, matrices: Vec<Matrix>) -> Self {
        Self { batch: Batch::Any, titles, matrices, operator: "MatMul", inputs: 1, element: 1 }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut graph = Message::default();
        for at in 0..self.matrices.len() {
            let mut node = Message::default();
            node.text(1, &self.value(at)).text(1, &format!("weights-{at}")).text(2, &self.value(at + 1));
            graph.message(1, node.text(4, self.operator));
        }
        graph.text(2, "scorer");
        for (at, (rows, columns, numbers)) in self.matrices.iter().enumerate() {
            let mut tensor = Message::default();
            tensor.number(1, *rows as u64).number(1, *columns as u64).number(2, 1).text(8, &format!("weights-{at}"));
            let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            graph.message(5, tensor.bytes(9, &raw));
        }
        graph.message(11, &self.described(&self.value(0), self.element));
        (1..self.inputs).for_each(|at| {
            graph.message(11, &self.described(&format!("further-{at}"), 1));
        });
        graph.message(12, &self.described(&self.value(self.matrices.len()), 1));
        let mut model = Message::default();
        let mut operators = Message::default();
        model.number(1, 8).message(7, &graph).message(8, operators.text(1, "").number(2, 13));
        model.0
    }

    fn value(&self, at: usize) -> String {
        match at {
            0 => "history".into(),
            at if at == self.matrices.len() => "scores".into(),
            at => format!("hidden-{at}"),
        }
    }

    /// What a value is called, its type and its shape.
    fn described(&self, name: &str, element: u64) -> Message {
        let mut rows = Message::default();
        match self.batch {
            Batch::Any => rows.text(2, "batch"),
            Batch::One => rows.number(1, 1),
            Batch::Fixed(rows_at_once) => rows.number(1, rows_at_once as u64),
        };
        let (mut columns, mut shape, mut tensor) = (Message::default(), Message::default(), Message::default());
        shape.message(1, &rows).message(1, columns.number(1, self.titles as u64));
        let (mut kind, mut value) = (Message::default(), Message::default());
        kind.message(1, tensor.number(1, element).message(2, &shape));
        value.text(1, name).message(2, &kind);
        value
    }
}

/// A message of protobuf.
#[derive(Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, field: u64, value: u64) -> &mut Self {
        self.varint(field << 3).varint(value)
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) -> &mut Self {
        self.varint(field << 3 | 2).varint(bytes.len() as u64).0.extend(bytes);
        self
    }

    fn text(&mut self, field: u64, text: &str) -> &mut Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(&mut self, field: u64, message: &Message) -> &mut Self {
        self.bytes(field, &message.0)
    }

    fn varint(&mut self, mut value: u64) -> &mut Self {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }
}
