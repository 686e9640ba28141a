//! The capabilities on AWS: DynamoDB holds the rows and the caches, S3 the objects, Kinesis the
//! events, Parameter Store the settings, Secrets Manager the secrets; Step Functions executes
//! the workflows, SES sends the mail; functions are Lambdas.
#![deny(missing_docs)]

mod attribute;
pub mod blob;
pub mod cache;
pub mod client;
pub mod config;
pub mod events;
mod explain;
mod failure;
pub mod functions;
pub mod layout;
pub mod notify;
pub mod secrets;
pub mod table;
pub mod workflow;
