//! A model of somebody's own with the titles that its columns are, in one piece: they cannot disagree.

use crate::bytes::{FormatError, Seal, Writer};
use crate::histories::TitleKey;

/// A model in a format of others, and the titles that it scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnModel {
    /// The titles, in the order of the model's columns.
    pub titles: Vec<TitleKey>,
    /// The model.
    pub onnx: Vec<u8>,
}

const SEAL: Seal = Seal { magic: b"ReelOnnx", version: 1 };

impl OwnModel {
    /// Its bytes: eight letters, the version (32 bits), the checksum of the rest (64 bits), the titles, the model.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Writer::default();
        body.u64(self.titles.len() as u64);
        self.titles.iter().for_each(|title| body.0.extend(title));
        body.0.extend(&self.onnx);
        SEAL.seal(&body)
    }

    /// What [`OwnModel::to_bytes`] made these bytes of.
    ///
    /// # Errors
    /// When they are none, or of another version, or not all of them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = SEAL.open(bytes)?;
        let titles = (0..reader.count(16)?).map(|_| reader.bytes()).collect::<Result<_, _>>()?;
        Ok(Self { titles, onnx: reader.0.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_and_a_damaged_one_does_not() {
        let model = OwnModel { titles: vec![[1; 16], [2; 16]], onnx: b"onnx".to_vec() };
        let bytes = model.to_bytes();
        assert_eq!(OwnModel::from_bytes(&bytes), Ok(model));
        for cut in 8..bytes.len() {
            assert_eq!(OwnModel::from_bytes(&bytes[..cut]), Err(FormatError::Damaged), "{cut}");
        }
        let mut body = Writer::default();
        body.u64(u64::MAX);
        assert_eq!(OwnModel::from_bytes(&SEAL.seal(&body)), Err(FormatError::Inconsistent));
    }
}
