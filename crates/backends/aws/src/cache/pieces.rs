//! Values that are too large for one item.

use super::DynamoCache;
use super::item::{self, Content};
use crate::failure::Fault;
use bytes::{Bytes, BytesMut};
use futures::future::try_join_all;
use reel_capabilities::Millis;
use uuid::Uuid;

/// The most bytes of a value in one item: 400 KB are allowed, names and numbers included.
pub(super) const LARGEST: usize = 384 * 1024;

impl DynamoCache {
    /// Stores the pieces of a value, which nobody sees until an item names them.
    pub(super) async fn cut(&self, value: &Bytes, ends_at: Millis) -> Result<Content, Fault> {
        let id = Uuid::now_v7().simple().to_string();
        let parts = value.chunks(LARGEST).enumerate();
        let items = parts.map(|(index, part)| (item::piece(&id, index), Content::Whole(value.slice_ref(part))));
        let writes = items.map(|(name, part)| self.write(item::of(&name, part, ends_at)));
        let count = try_join_all(writes).await?.len();
        Ok(Content::Pieces { id, count })
    }

    /// The value that was cut into pieces; none when one of them is gone.
    pub(super) async fn join(&self, id: &str, count: usize) -> Result<Option<Bytes>, Fault> {
        let names: Vec<_> = (0..count).map(|index| item::piece(id, index)).collect();
        let mut value = BytesMut::with_capacity(count * LARGEST);
        for piece in try_join_all(names.iter().map(|name| self.read(name))).await? {
            // Whether its time is up, the item has told that names it.
            match piece.map(|piece| item::content(&piece, 0)).transpose()?.flatten() {
                Some(Content::Whole(part)) => value.extend_from_slice(&part),
                _ => return Ok(None),
            }
        }
        Ok(Some(value.freeze()))
    }
}
