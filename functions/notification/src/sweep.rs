//! Doing what is due: every five minutes, as the workflow `messages` has it, and when an operator asks.

use crate::due::{SHARDS, Task, partition, time_of};
use crate::store::MESSAGES;
use crate::{deliver, digest, episodes, watching};
use reel_api::Millis;
use reel_api::notification::Delivered;
use reel_sdk::table::{Row, Selection, transact};
use reel_sdk::{Principal, Problem, Response, Role, clock};

/// How much is done of each shard at a time: all of it fits into the time that a task has.
const AT_A_TIME: u32 = 20;
/// When something that failed is due again, in milliseconds: an hour.
const AGAIN_MS: Millis = 3_600 * 1_000;

/// Answers an operator who wants it done now.
pub(crate) async fn asked(principal: &Principal) -> Result<Response, Problem> {
    principal.require(Role::Operator)?;
    sweep().await
}

/// Does what is due.
pub(crate) async fn sweep() -> Result<Response, Problem> {
    let now = clock::now_ms();
    let mut delivered = Delivered { done: 0, more: false };
    for shard in 0..SHARDS {
        let page = MESSAGES.query(Selection::of(&partition(shard)).limit(AT_A_TIME)).await?;
        let due: Vec<&Row> = page.rows.iter().filter(|row| time_of(row) <= now).collect();
        for row in &due {
            one(row, now).await?;
        }
        delivered.done += due.len() as u32;
        delivered.more |= page.cursor.is_some() && due.len() == page.rows.len();
    }
    Response::json(200, &delivered)
}

/// Does one thing; one that fails is put off, so that it keeps no other from being done.
async fn one(row: &Row, now: Millis) -> Result<(), Problem> {
    let Ok(task) = row.json::<Task>() else {
        eprintln!("what is due as {} cannot be read, and is dropped", row.key.sort);
        return Ok(MESSAGES.delete(&row.key.partition, &row.key.sort).await?);
    };
    let due = time_of(row);
    let done = match &task {
        Task::Deliver { account, notice } => deliver::again(*account, notice, due).await,
        Task::Digest { account } => digest::send(*account, due).await,
        Task::Announce { series, episode, cursor } => {
            episodes::announce(*series, *episode, cursor.as_deref(), due).await
        }
        Task::Remind { account, profile, title } => watching::remind(*account, *profile, *title, due).await,
    };
    let Err(problem) = done else { return Ok(()) };
    eprintln!("what was due at {due} is put off: {problem}");
    transact(vec![task.not_at(due), task.at(now + AGAIN_MS)?]).await?;
    Ok(())
}
