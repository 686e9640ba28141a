//! How messages leave this machine: letters by SMTP, where a server is named, and pushes.

use crate::args::UpArgs;
use anyhow::Context;
use reel_backend_embedded::Embedded;
use reel_backend_embedded::notify::Outbox;
use reel_capabilities::Clock;
use reel_capabilities::secrets::SecretError;
use reel_mail::{Sender, Smtp};
use reel_push::{PushSender, Services, VapidKey};
use std::sync::Arc;

/// The outbox of a platform, with the ways that messages go from it.
pub(crate) fn outbox(args: &UpArgs, embedded: &Embedded, clock: Arc<dyn Clock>) -> anyhow::Result<Outbox> {
    let sender = Sender::parse(&args.sender)?;
    let key = VapidKey::from_secret(&embedded.secrets.generate("vapid-key", 32)?)?;
    let services = Services::with(&args.push_services)?;
    let push = PushSender::new(key, format!("mailto:{}", sender.address()), services, clock)?;
    let outbox = Outbox::clone(&embedded.notify).with_push(push);
    let Some(server) = &args.smtp else { return Ok(outbox) };
    let password = password(embedded)?;
    Ok(outbox.with_smtp(Smtp::new(server, password.as_deref(), sender)?))
}

/// The secret `smtp-password`, where there is one.
fn password(embedded: &Embedded) -> anyhow::Result<Option<String>> {
    match embedded.secrets.read("smtp-password") {
        Ok(bytes) => Ok(Some(String::from_utf8(bytes).context("the secret smtp-password is no text")?)),
        Err(SecretError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
