//! Whether bytes are messages of protobuf as ONNX nests them. The runtime reads what is whole; of a number that
//! does not end it would read for ever.

/// How deep messages may stand in one another: graphs of branches stand in nodes.
const DEEPEST: usize = 32;

/// What a field's bytes are.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    /// A message in which no further one stands.
    Flat,
    /// Numbers one after the other.
    Numbers,
    /// Text, or numbers of a fixed size.
    Bytes,
}

impl Kind {
    /// What a field of it is, by the numbers of `onnx.proto`.
    fn field(self, number: u64) -> Self {
        match (self, number) {
            (Self::Model, 7) | (Self::Attribute, 6 | 11) => Self::Graph,
            (Self::Graph, 1) => Self::Node,
            (Self::Graph, 5) | (Self::Attribute, 5 | 10) => Self::Tensor,
            (Self::Graph, 11..=13) => Self::Value,
            (Self::Node, 5) => Self::Attribute,
            (Self::Value, 2) | (Self::TensorType, 1) => Self::Type,
            (Self::Type, 1 | 4) => Self::TensorType,
            (Self::TensorType, 2) => Self::Shape,
            (Self::Attribute, 8) | (Self::Tensor, 1 | 5 | 7 | 11) => Self::Numbers,
            (Self::Model, 8 | 14) | (Self::Tensor, 13) | (Self::Shape, 1) => Self::Flat,
            _ => Self::Bytes,
        }
    }
}

/// Whether all numbers and fields of a model end where they should.
pub(crate) fn is_whole(onnx: &[u8]) -> bool {
    message(onnx, Kind::Model, DEEPEST).is_some()
}

fn message(mut rest: &[u8], kind: Kind, deeper: usize) -> Option<()> {
    let deeper = deeper.checked_sub(1)?;
    while !rest.is_empty() {
        let tag = number(&mut rest)?;
        match tag & 7 {
            0 => drop(number(&mut rest)?),
            1 => drop(take(&mut rest, 8)?),
            2 => {
                let length = number(&mut rest)?;
                let content = take(&mut rest, length)?;
                match kind.field(tag >> 3) {
                    Kind::Bytes => {}
                    Kind::Numbers => numbers(content)?,
                    nested => message(content, nested, deeper)?,
                }
            }
            5 => drop(take(&mut rest, 4)?),
            _ => return None,
        }
    }
    Some(())
}

fn numbers(mut rest: &[u8]) -> Option<()> {
    while !rest.is_empty() {
        number(&mut rest)?;
    }
    Some(())
}

/// A number of 64 bits, seven a byte.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for at in 0..10 {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::Onnx;

    #[test]
    fn what_is_cut_off_or_does_not_end_is_not_whole() {
        let model = Onnx::product(2, vec![0.0; 4]).bytes();
        assert!(is_whole(&model));
        let whole: Vec<_> = (1..model.len()).filter(|at| is_whole(&model[..*at])).collect();
        // Nothing but the end of a field of the outermost message looks whole.
        assert!(whole.len() <= 2, "{whole:?}");
        assert!(!is_whole(&[0xff; 64]) && !is_whole(b"\x3a\x03\x0a\xff\xff"));
        // A graph in a model, and over and over a node, its attribute, and a graph in that.
        let nested = (0..40).rev().fold(Vec::new(), |inner: Vec<u8>, at| {
            let field = if at == 0 { 0x3a } else { [0x0a, 0x2a, 0x32][(at - 1) % 3] };
            let length = inner.len() as u8;
            [&[field, length & 0x7f | 0x80, length >> 7][..], &inner].concat()
        });
        assert!(!is_whole(&nested), "it is nested too deep");
    }
}
