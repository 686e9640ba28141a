//! `reel grant`: gives an account a role. With the operator key it makes the first owner.

use crate::args::GrantArgs;
use crate::platform::Platform;
use anyhow::Context;
use reel_api::Role;
use serde_json::json;

pub(crate) async fn run(args: GrantArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let role: Role = serde_json::from_value(json!(args.role))?;
    let found = platform.client().account_of(&args.email).await?;
    let account = found.with_context(|| format!("there is no account of {}: have it sign up first", args.email))?;
    let account = platform.client().set_role(account.id, role).await?;
    if args.json {
        println!("{}", serde_json::to_string(&account)?);
    } else {
        println!("{} has the role {} from now on", account.email, args.role);
    }
    Ok(())
}
