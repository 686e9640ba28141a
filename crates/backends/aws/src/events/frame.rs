//! How batches stand in Kinesis.
//!
//! A batch is one Kinesis record, so that it is there whole or not at all, and together.
//! A batch that is larger than a Kinesis record may be goes in parts: all but the last one
//! are stored first and mean nothing by themselves; the last one names them.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use reel_capabilities::events::Entry;

/// What of a batch goes into one Kinesis record: 1 MiB with the partition key (256
/// characters, 4 bytes each) and the names of the other parts.
const PIECE: usize = 1024 * 1024 - 2_048;
/// The first byte of a record that holds a batch, or its end.
const BATCH: u8 = 1;
/// The first byte of a record that holds a part of a batch.
const PART: u8 = 2;

/// What a Kinesis record holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A batch: the sequence numbers of its first parts, and the rest of it.
    Batch { parts: Vec<String>, rest: Bytes },
    /// A part of a batch.
    Part(Bytes),
}

/// A batch in pieces of which each fits a Kinesis record: the parts, and the last one.
pub(super) fn pieces(entries: &[Entry]) -> (Vec<Bytes>, Bytes) {
    let mut body = pack(entries);
    let mut parts = Vec::new();
    while body.len() > PIECE {
        parts.push(body.split_to(PIECE));
    }
    (parts, body)
}

impl Frame {
    /// The content of the Kinesis record.
    pub(super) fn write(&self) -> Bytes {
        let mut content = BytesMut::new();
        match self {
            Self::Part(part) => {
                content.put_u8(PART);
                content.put_slice(part);
            }
            Self::Batch { parts, rest } => {
                content.put_u8(BATCH);
                content.put_u8(parts.len() as u8);
                for sequence in parts {
                    content.put_u8(sequence.len() as u8);
                    content.put_slice(sequence.as_bytes());
                }
                content.put_slice(rest);
            }
        }
        content.freeze()
    }

    /// None when somebody else wrote the record.
    pub(super) fn read(mut content: Bytes) -> Option<Self> {
        match content.try_get_u8().ok()? {
            PART => Some(Self::Part(content)),
            BATCH => {
                let count = content.try_get_u8().ok()?;
                let parts = (0..count).map(|_| {
                    let length = content.try_get_u8().ok()?;
                    text(&mut content, length.into())
                });
                Some(Self::Batch { parts: parts.collect::<Option<_>>()?, rest: content })
            }
            _ => None,
        }
    }
}

/// The entries of a batch one after the other, each with its lengths.
fn pack(entries: &[Entry]) -> Bytes {
    let mut body = BytesMut::with_capacity(entries.iter().map(|entry| 6 + entry.key.len() + entry.data.len()).sum());
    for Entry { key, data } in entries {
        body.put_u16(key.len() as u16);
        body.put_u32(data.len() as u32);
        body.put_slice(key.as_bytes());
        body.put_slice(data);
    }
    body.freeze()
}

/// The entries of a batch whose pieces are joined; none when they are none.
pub(super) fn unpack(mut body: Bytes) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while body.has_remaining() {
        let key_bytes = body.try_get_u16().ok()?;
        let data_bytes = body.try_get_u32().ok()? as usize;
        let key = text(&mut body, key_bytes.into())?;
        entries.push(Entry { key, data: take(&mut body, data_bytes)? });
    }
    Some(entries)
}

fn text(content: &mut Bytes, length: usize) -> Option<String> {
    String::from_utf8(take(content, length)?.to_vec()).ok()
}

fn take(content: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= content.len()).then(|| content.split_to(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reel_capabilities::events::{MAX_BATCH, MAX_KEY, MAX_RECORD};

    fn entry(key: &str, data: Vec<u8>) -> Entry {
        Entry { key: key.into(), data: data.into() }
    }

    #[test]
    fn a_small_batch_is_one_record() {
        let entries = vec![entry("ü", vec![]), entry("b", vec![0, 1, 255])];
        let (parts, rest) = pieces(&entries);
        assert!(parts.is_empty());
        let frame = Frame::Batch { parts: vec![], rest };
        let Some(Frame::Batch { parts, rest }) = Frame::read(frame.write()) else { panic!("it is a batch") };
        assert_eq!((parts, unpack(rest)), (vec![], Some(entries)));
    }

    #[test]
    fn every_piece_of_the_largest_batch_fits() {
        let key = "k".repeat(MAX_KEY);
        for entries in [vec![entry(&key, vec![7; MAX_RECORD]); 5], vec![entry(&key, vec![7; 10_000]); MAX_BATCH]] {
            let (parts, rest) = pieces(&entries);
            let frame = Frame::Batch { parts: vec!["4".repeat(56); parts.len()], rest: rest.clone() };
            let largest = parts.iter().map(|part| Frame::Part(part.clone()).write().len()).max();
            assert!(largest.max(Some(frame.write().len())) <= Some(1024 * 1024 - 4 * 256), "{largest:?}");
            let joined: Vec<u8> = parts.iter().chain([&rest]).flatten().copied().collect();
            assert_eq!(unpack(joined.into()), Some(entries));
        }
    }

    #[test]
    fn what_somebody_else_wrote_is_no_frame() {
        for odd in [&b""[..], b"{\"json\":true}", &[BATCH], &[BATCH, 1, 9, b'1'], &[BATCH, 1, 1, 0xff]] {
            assert_eq!(Frame::read(Bytes::copy_from_slice(odd)), None, "{odd:?}");
        }
        assert_eq!(unpack(Bytes::from_static(&[0, 1, 0, 0, 0, 9, b'k'])), None);
    }
}
