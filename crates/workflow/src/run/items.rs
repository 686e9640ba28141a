//! Where a Map's items come from.

use super::frame::Frame;
use super::journal::{Position, item_row};
use crate::data::{Scope, Template};
use crate::failure::{Failure, within_limit};
use crate::machine::{Items, Location, MapState};
use futures::TryStreamExt;
use reel_capabilities::blob::Blobs;
use serde_json::Value;
use std::borrow::Cow;

/// The largest list of items, in bytes.
const MAX_LIST: u64 = 64 * 1024 * 1024;

impl Frame<'_> {
    /// The items of a Map. A list that is read from a bucket is pinned by its etag, so
    /// that items keep their index after a kill.
    pub(super) async fn items(
        &self,
        map: &MapState,
        at: &Position,
        input: &Value,
        run: &str,
    ) -> Result<Vec<Value>, Failure> {
        let (location, most) = match &map.items {
            Items::Input(_) => return self.items_in(map, at, input),
            Items::Object { location, most } => (location, *most),
        };
        let (bucket, key) = self.locate(location, at, input)?;
        let (etag, mut items) = read_list(&*self.run.shared.blobs, &bucket, &key).await?;
        self.pin(run, &etag, &bucket, &key).await?;
        items.truncate(most.unwrap_or(usize::MAX));
        Ok(items)
    }

    fn items_in(&self, map: &MapState, at: &Position, input: &Value) -> Result<Vec<Value>, Failure> {
        let context = self.context(at);
        let found = match &map.items {
            Items::Input(Some(path)) => path.get("ItemsPath", Scope { input, context: &context })?,
            _ => Cow::Borrowed(input),
        };
        match found.into_owned() {
            Value::Array(items) => Ok(items),
            _ => Err(Failure::runtime(format!("the items of state {:?} must be an array", at.state))),
        }
    }

    /// The bucket and the key or prefix that a template computes.
    pub(super) fn locate(
        &self,
        location: &Location,
        at: &Position,
        input: &Value,
    ) -> Result<(String, String), Failure> {
        let Location(Template::Object(fields)) = location else {
            return Err(Failure::runtime("Parameters must be an object"));
        };
        let context = self.context(at);
        let (mut bucket, mut name) = (String::new(), String::new());
        for (field, template) in fields {
            let Value::String(text) = template.eval(Scope { input, context: &context })? else {
                return Err(Failure::runtime(format!("{field} of state {:?} must be a string", at.state)));
            };
            *(if field == "Bucket" { &mut bucket } else { &mut name }) = text;
        }
        Ok((bucket, name))
    }

    async fn pin(&self, run: &str, etag: &str, bucket: &str, key: &str) -> Result<(), Failure> {
        let journal = &self.run.shared.journal;
        match journal.pin(&self.run.partition, run).await {
            Some(pinned) if pinned == etag => Ok(()),
            Some(_) => Err(failed(format!("{bucket}/{key} was changed while its items were worked on"))),
            None => {
                journal.save(&self.run.partition, &item_row(run), &etag).await;
                Ok(())
            }
        }
    }

    /// What an item's walk starts with.
    pub(super) fn item_input(
        &self,
        map: &MapState,
        at: &Position,
        input: &Value,
        (index, item): (usize, &Value),
    ) -> Result<Value, Failure> {
        let Some(selector) = &map.item_selector else {
            return within_limit("an item", item.clone());
        };
        let context = self.item_context(at, index, item);
        within_limit("an item", selector.eval(Scope { input, context: &context })?)
    }
}

async fn read_list(blobs: &dyn Blobs, bucket: &str, key: &str) -> Result<(String, Vec<Value>), Failure> {
    let failed_to = |e: &dyn std::fmt::Display| failed(format!("{bucket}/{key} cannot be read: {e}"));
    let (info, body) = blobs.open(bucket, key, None).await.map_err(|e| failed_to(&e))?;
    if info.size > MAX_LIST {
        return Err(failed(format!("{bucket}/{key} has {} bytes, at most {MAX_LIST} are allowed", info.size)));
    }
    let chunks: Vec<_> = body.try_collect().await.map_err(|e| failed_to(&e))?;
    let items = serde_json::from_slice(&chunks.concat());
    let items = items.map_err(|e| failed(format!("{bucket}/{key} must be a JSON array: {e}")))?;
    Ok((info.etag, items))
}

fn failed(cause: String) -> Failure {
    Failure::new("States.ItemReaderFailed", cause)
}
