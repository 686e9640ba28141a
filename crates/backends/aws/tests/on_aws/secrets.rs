//! Secrets Manager as `reel:secrets`.

use crate::emulator;
use crate::losing::Losing;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::primitives::Blob;
use reel_backend_aws::client::Aws;
use reel_backend_aws::secrets::ManagedSecrets;
use reel_capabilities::conformance::{TestClock, secrets};
use reel_capabilities::secrets::{SecretError, Secrets};
use std::sync::Arc;

/// A minute and a little.
const LONG: u64 = 61_000;

async fn create(client: &Client, name: &str, value: &[u8]) {
    client.create_secret().name(name).secret_binary(Blob::new(value)).send().await.expect("the secret is made");
}

async fn open(clock: Arc<TestClock>) -> Box<ManagedSecrets> {
    let (client, prefix) = (emulator::aws().await.secrets(), emulator::prefix());
    for (name, bytes) in secrets::STORED {
        create(&client, &format!("{prefix}{name}"), bytes).await;
    }
    Box::new(ManagedSecrets::new(client, prefix, clock))
}

reel_capabilities::secrets_conformance!(open);

#[tokio::test]
async fn text_is_a_secret_too() {
    let (client, prefix) = (emulator::aws().await.secrets(), emulator::prefix());
    let call = client.create_secret().name(format!("{prefix}generated")).secret_string("pässword");
    call.send().await.expect("the secret is made");
    let secrets = ManagedSecrets::new(client, prefix, Arc::new(TestClock::default()));
    assert_eq!(secrets.get("generated").await, Ok("pässword".as_bytes().to_vec()));
}

#[tokio::test]
async fn a_rotated_secret_is_seen_after_a_minute() {
    let (client, prefix, clock) = (emulator::aws().await.secrets(), emulator::prefix(), Arc::new(TestClock::default()));
    let id = format!("{prefix}key");
    client.create_secret().name(&id).secret_string("old").send().await.expect("the secret is made");
    let secrets = ManagedSecrets::new(client.clone(), prefix, clock.clone());
    assert_eq!(secrets.get("key").await, Ok(b"old".to_vec()));
    client.put_secret_value().secret_id(&id).secret_string("new").send().await.expect("it is rotated");
    assert_eq!(secrets.get("key").await, Ok(b"old".to_vec()), "no call within a minute");
    clock.advance(LONG);
    assert_eq!(secrets.get("key").await, Ok(b"new".to_vec()));
    client.delete_secret().secret_id(&id).force_delete_without_recovery(true).send().await.expect("it is deleted");
    clock.advance(LONG);
    assert_eq!(secrets.get("key").await, Err(SecretError::NotFound("key".into())));
}

#[tokio::test]
async fn a_deleted_secret_that_could_be_restored_is_gone_too() {
    let (client, prefix) = (emulator::aws().await.secrets(), emulator::prefix());
    let id = format!("{prefix}key");
    create(&client, &id, b"old").await;
    client.delete_secret().secret_id(&id).send().await.expect("it is deleted");
    let secrets = ManagedSecrets::new(client, prefix, Arc::new(TestClock::default()));
    assert_eq!(secrets.get("key").await, Err(SecretError::NotFound("key".into())));
}

#[tokio::test]
async fn what_was_read_holds_while_there_is_no_answer() {
    let (client, prefix, clock) = (emulator::aws().await.secrets(), emulator::prefix(), Arc::new(TestClock::default()));
    create(&client, &format!("{prefix}key"), b"held").await;
    let (way, address) = Losing::open(&emulator::endpoint(), "secretsmanager.getsecretvalue", 0).await;
    let secrets = ManagedSecrets::new(Aws::emulator(&address).await.secrets(), prefix, clock.clone());
    assert_eq!(secrets.get("key").await, Ok(b"held".to_vec()));
    way.lose(u32::MAX);
    clock.advance(LONG);
    assert_eq!(secrets.get("key").await, Ok(b"held".to_vec()));
    assert!(matches!(secrets.get("other").await, Err(SecretError::NotFound(_) | SecretError::Unavailable(_))));
    assert!(way.left() < u32::MAX, "it was asked");
}
