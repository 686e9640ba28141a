//! The capabilities on AWS: DynamoDB holds the rows and the caches, S3 the objects, Kinesis the
//! events, Parameter Store the settings, Secrets Manager the secrets; Step Functions executes
//! the workflows, SES sends the mail; functions are Lambdas.
#![deny(missing_docs)]

pub mod blob;
pub mod client;
mod explain;

#[cfg(feature = "all")]
mod attribute;
#[cfg(feature = "all")]
pub mod cache;
#[cfg(feature = "all")]
pub mod config;
#[cfg(feature = "all")]
pub mod events;
#[cfg(feature = "all")]
mod failure;
#[cfg(feature = "all")]
pub mod functions;
#[cfg(feature = "all")]
pub mod layout;
#[cfg(feature = "all")]
pub mod notify;
#[cfg(feature = "all")]
pub mod secrets;
#[cfg(feature = "all")]
pub mod table;
#[cfg(feature = "all")]
pub mod workflow;
