//! Numbers as bytes, little-endian, and back: nothing that is read is trusted.

use crate::matrix::Matrix;

/// Why bytes are no model, or no histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// They do not begin as they should.
    #[error("this does not begin as it should")]
    Foreign,
    /// The format's version is another one; the version.
    #[error("this is of format {0}, which is not known")]
    Version(u32),
    /// The checksum is another one: something is missing or has changed.
    #[error("something is missing or has changed")]
    Damaged,
    /// What is in it does not fit together.
    #[error("it contradicts itself")]
    Inconsistent,
}

/// How the bytes of one kind begin: eight letters and the version of what follows.
pub(crate) struct Seal {
    pub(crate) magic: &'static [u8; 8],
    pub(crate) version: u32,
}

impl Seal {
    /// The magic, the version, the checksum of the body, the body.
    pub(crate) fn seal(&self, body: &Writer) -> Vec<u8> {
        let mut whole = Writer(self.magic.to_vec());
        whole.u32(self.version);
        whole.u64(checksum(&body.0));
        whole.0.extend(&body.0);
        whole.0
    }

    /// The body of what [`Seal::seal`] gave.
    pub(crate) fn open<'a>(&self, bytes: &'a [u8]) -> Result<Reader<'a>, FormatError> {
        let mut reader = Reader(bytes.strip_prefix(self.magic).ok_or(FormatError::Foreign)?);
        let version = reader.u32().map_err(|_| FormatError::Damaged)?;
        if version != self.version {
            return Err(FormatError::Version(version));
        }
        let sum = reader.u64().map_err(|_| FormatError::Damaged)?;
        if sum == checksum(reader.0) { Ok(reader) } else { Err(FormatError::Damaged) }
    }
}

#[derive(Default)]
pub(crate) struct Writer(pub(crate) Vec<u8>);

impl Writer {
    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn f32(&mut self, value: f32) {
        self.0.extend(value.to_le_bytes());
    }

    /// How many, and each of them.
    pub(crate) fn floats(&mut self, values: &[f32]) {
        self.u64(values.len() as u64);
        self.0.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }

    pub(crate) fn matrix(&mut self, matrix: &Matrix) {
        self.u64(matrix.rows() as u64);
        self.u64(matrix.columns() as u64);
        self.floats(matrix.values());
    }
}

pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    /// Nothing is left.
    pub(crate) fn end(&self) -> Result<(), FormatError> {
        if self.0.is_empty() { Ok(()) } else { Err(FormatError::Inconsistent) }
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let (first, rest) = self.0.split_first_chunk().ok_or(FormatError::Inconsistent)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FormatError> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, FormatError> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// A finite number.
    pub(crate) fn f32(&mut self) -> Result<f32, FormatError> {
        finite(f32::from_le_bytes(self.bytes()?))
    }

    /// How many there are of something that takes so many bytes each: never more than are left.
    pub(crate) fn count(&mut self, size: usize) -> Result<usize, FormatError> {
        let count = usize::try_from(self.u64()?).map_err(|_| FormatError::Inconsistent)?;
        if count > self.0.len() / size { Err(FormatError::Inconsistent) } else { Ok(count) }
    }

    pub(crate) fn floats(&mut self) -> Result<Vec<f32>, FormatError> {
        let count = self.count(4)?;
        let (floats, rest) = self.0.split_at(count * 4);
        self.0 = rest;
        floats.as_chunks().0.iter().map(|&bytes| finite(f32::from_le_bytes(bytes))).collect()
    }

    pub(crate) fn matrix(&mut self) -> Result<Matrix, FormatError> {
        let mut size = || usize::try_from(self.u64()?).map_err(|_| FormatError::Inconsistent);
        let (rows, columns) = (size()?, size()?);
        Matrix::from_values(rows, columns, self.floats()?).ok_or(FormatError::Inconsistent)
    }
}

fn finite(value: f32) -> Result<f32, FormatError> {
    if value.is_finite() { Ok(value) } else { Err(FormatError::Inconsistent) }
}

/// Fowler, Noll and Vo's hash (1a, 64 bits): finds what broke by accident, not what was forged.
pub fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
