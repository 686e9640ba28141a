//! What the tables in DynamoDB look like: stated once, for what makes them in tests and on an
//! emulator, and for the template of a deployment.

use crate::failure::{self, Fault};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
    TimeToLiveSpecification,
};
use reel_capabilities::table::TableError;
use std::time::Duration;

/// How often to look whether a new table can be used.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often at most: a minute in all.
const LOOKS: u32 = 240;

/// The attributes that DynamoDB must know of. Those of the key are strings; a table is paid
/// by request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The partition key.
    pub partition: &'static str,
    /// The sort key, where there is one.
    pub sort: Option<&'static str>,
    /// When an item may be deleted, in seconds, where items expire.
    pub ttl: Option<&'static str>,
}

impl Layout {
    /// Makes a table unless it is there, and waits until it can be used.
    ///
    /// # Errors
    /// [`TableError::Unavailable`] when it could not be made; [`TableError::Invalid`] for a name that DynamoDB
    /// does not take.
    pub async fn make(&self, client: &Client, name: &str) -> Result<(), TableError> {
        let is_new = self.create(client, name).await?;
        wait(client, name).await?;
        match self.ttl {
            Some(ttl) if is_new => expire(client, name, ttl).await,
            _ => Ok(()),
        }
    }

    /// Whether the table is new: false when it was there, or somebody else made it just now.
    async fn create(&self, client: &Client, name: &str) -> Result<bool, TableError> {
        let call = self.describe(client.create_table().table_name(name)).map_err(incomplete)?;
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.as_service_error(), Some(CreateTableError::ResourceInUseException(_))) => {
                Ok(false)
            }
            Err(error) => Err(failure::fault(error).into()),
        }
    }

    fn describe(&self, mut call: CreateTableFluentBuilder) -> Result<CreateTableFluentBuilder, BuildError> {
        let sort = self.sort.map(|name| (name, KeyType::Range));
        for (name, role) in [(self.partition, KeyType::Hash)].into_iter().chain(sort) {
            let text = AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
            let part = KeySchemaElement::builder().attribute_name(name).key_type(role);
            call = call.attribute_definitions(text.build()?).key_schema(part.build()?);
        }
        Ok(call.billing_mode(BillingMode::PayPerRequest))
    }
}

async fn wait(client: &Client, name: &str) -> Result<(), TableError> {
    for _ in 0..LOOKS {
        match client.describe_table().table_name(name).send().await.map_err(failure::fault) {
            Ok(found) if found.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) => {
                return Ok(());
            }
            Ok(_) | Err(Fault::Missing) => tokio::time::sleep(LOOK_AGAIN).await,
            Err(fault) => return Err(fault.into()),
        }
    }
    Err(TableError::Unavailable(format!("table {name} was made but does not get ready")))
}

/// Has DynamoDB delete what has expired.
async fn expire(client: &Client, name: &str, ttl: &str) -> Result<(), TableError> {
    let expiry = TimeToLiveSpecification::builder().attribute_name(ttl).enabled(true).build();
    let expiry = expiry.map_err(incomplete)?;
    let call = client.update_time_to_live().table_name(name).time_to_live_specification(expiry);
    call.send().await.map(drop).map_err(|error| failure::fault(error).into())
}

fn incomplete(error: BuildError) -> TableError {
    TableError::Unavailable(error.to_string())
}
