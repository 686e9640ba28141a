//! Makes streams that are not there yet.

use crate::failure::{self, Fault};
use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::operation::create_stream::CreateStreamError;
use aws_sdk_kinesis::types::StreamStatus;
use std::time::Duration;

/// How often to look whether a new stream can be used.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often at most: a minute in all.
const LOOKS: u32 = 240;

/// Makes a stream of one shard, unless somebody else did just now, and waits until it is ready.
pub(super) async fn make_stream(client: &Client, name: &str) -> Result<(), Fault> {
    if let Err(error) = client.create_stream().stream_name(name).shard_count(1).send().await
        && !matches!(error.as_service_error(), Some(CreateStreamError::ResourceInUseException(_)))
    {
        return Err(failure::fault(error));
    }
    for _ in 0..LOOKS {
        let found = client.describe_stream_summary().stream_name(name).send().await;
        let found = found.map_err(failure::fault)?.stream_description_summary;
        if found.is_some_and(|stream| stream.stream_status == StreamStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err(Fault::Unavailable(format!("stream {name} was made but does not get ready")))
}
