//! A Lambda's process, from its start on.

use crate::api::{Api, Said, TIMEOUT};
use crate::read_text;
use crate::subject::Subject;
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// It ends when it is dropped, before its API does.
pub(crate) struct Process<'a> {
    subject: &'a Subject,
    child: Child,
    api: Api,
    began: Instant,
}

/// An event, from the moment it was handed over.
pub(crate) struct Call {
    handed: Instant,
    answered: Instant,
}

impl<'a> Process<'a> {
    /// Starts it. There is an event already, as there is when Lambda starts one.
    pub(crate) async fn start(subject: &'a Subject) -> Result<Self> {
        let api = Api::open().await.context("the Runtime API cannot be served")?;
        let mut command = Command::new(&subject.program);
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", subject.name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/reel/bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "local")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .envs(subject.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        api.events.send(subject.event.clone())?;
        let began = Instant::now();
        let child = command.spawn().with_context(|| format!("{} cannot be started", subject.program.display()))?;
        Ok(Self { subject, child, api, began })
    }

    /// How long it took from its start to its first answer.
    pub(crate) async fn first(&mut self) -> Result<Duration> {
        let Call { answered, .. } = self.answer().await?;
        Ok(answered - self.began)
    }

    /// How long a further call takes until it is answered, and until the next event is asked for.
    pub(crate) async fn call(&mut self) -> Result<(Duration, Duration)> {
        self.api.events.send(self.subject.event.clone())?;
        let Call { handed, answered } = self.answer().await?;
        let asked = self.asks().await?;
        Ok((answered - handed, asked - handed))
    }

    /// Waits until it asks for an event.
    pub(crate) async fn asks(&mut self) -> Result<Instant> {
        loop {
            if let (at, Said::Asks) = self.said().await? {
                return Ok(at);
            }
        }
    }

    async fn answer(&mut self) -> Result<Call> {
        let mut handed = self.began;
        loop {
            match self.said().await? {
                (_, Said::Asks) => {}
                (at, Said::Event) => handed = at,
                (answered, Said::Answer(answer)) => {
                    self.subject.check(&serde_json::from_slice::<Value>(&answer)?)?;
                    return Ok(Call { handed, answered });
                }
                (_, Said::Error(why)) => bail!("{} failed: {}", self.subject.name, String::from_utf8_lossy(&why)),
            }
        }
    }

    async fn said(&mut self) -> Result<(Instant, Said)> {
        let name = self.subject.name;
        tokio::select! {
            // What it said before it ended counts.
            biased;
            said = self.api.said.recv() => said.with_context(|| format!("the Runtime API of {name} ended")),
            status = self.child.wait() => bail!("{name} ended before it answered: {}", status?),
            () = tokio::time::sleep(TIMEOUT) => bail!("{name} said nothing for {} s", TIMEOUT.as_secs()),
        }
    }

    /// The most memory that it had at once until now, in bytes.
    pub(crate) fn peak(&self) -> Result<u64> {
        let id = self.child.id().with_context(|| format!("{} has ended", self.subject.name))?;
        let status = read_text(Path::new(&format!("/proc/{id}/status")))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        let peak: u64 = peak.context("this system does not say how much memory a process had: use Linux")?.parse()?;
        ensure!(peak > 0, "{} had no memory", self.subject.name);
        Ok(peak * 1024)
    }

    /// Ends it, so that it takes no time from the next.
    pub(crate) async fn end(mut self) -> Result<()> {
        self.child.kill().await.with_context(|| format!("{} cannot be ended", self.subject.name))
    }
}
