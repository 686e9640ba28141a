//! From packages and a template to a stage that answers, and back.

use crate::alone::beside_code;
use crate::ask::agreed;
use crate::changes::{line, loss};
use crate::live::{Lambdas, Live};
use crate::names::{Stage, id};
use crate::package::Package;
use crate::stack::{Proposal, Stack};
use crate::store::Store;
use crate::told::told;
use anyhow::{Context, bail, ensure};
use reel_app::App;
use reel_backend_aws::client::Aws;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What the template is called in the bucket of packages.
const TEMPLATE: &str = "template.json";

/// An account and region, and one stage of Reel in it.
pub(crate) struct Rollout<'a> {
    stage: &'a Stage,
    stack: Stack,
    store: Store,
    lambdas: Lambdas<'a>,
    account: String,
    endpoint: Option<String>,
}

impl<'a> Rollout<'a> {
    /// Finds out whose account it is.
    pub(crate) async fn open(aws: &Aws, stage: &'a Stage, endpoint: Option<String>) -> anyhow::Result<Self> {
        let region = aws.config().region().context("no region is chosen: set AWS_REGION")?.to_string();
        let who = aws_sdk_sts::Client::new(aws.config()).get_caller_identity().send().await;
        let who = who.map_err(|e| anyhow::anyhow!("AWS does not say whose account this is: {}", told(&e)))?;
        let account = who.account.context("AWS does not say whose account this is")?;
        let bucket = format!("{}packages-{account}-{region}", stage.prefix());
        Ok(Self {
            stage,
            stack: Stack::new(aws_sdk_cloudformation::Client::new(aws.config()), stage.deployment()),
            store: Store::new(aws.s3(), bucket, region, endpoint.clone()),
            lambdas: Lambdas::new(aws_sdk_lambda::Client::new(aws.config()), stage),
            account,
            endpoint,
        })
    }

    /// Makes the stage what the template says, after showing what will change; answers its URL.
    pub(crate) async fn whole(
        &self,
        app: &App,
        packages: &BTreeMap<String, Package>,
        template: &Value,
        cloudfront: bool,
        yes: bool,
    ) -> anyhow::Result<String> {
        let stands = self.stack.rest().await?;
        let before = self.live_versions(app).await?;
        self.store.open().await?;
        for (name, package) in packages {
            self.store.send(name, package).await?;
        }
        self.store.put(TEMPLATE, template.to_string().into_bytes()).await?;
        match self.stack.propose(&self.store.url(TEMPLATE), &self.parameters(cloudfront), stands).await? {
            Some(proposal) => self.make(&proposal, stands, yes).await?,
            None => eprintln!("nothing changes"),
        }
        self.make_live(app, template, &before).await?;
        self.url().await
    }

    /// Where clients find the stage.
    pub(crate) async fn url(&self) -> anyhow::Result<String> {
        let stack = self.stack.look().await?;
        let stack = stack.with_context(|| format!("there is no stack {}", self.stage.deployment()))?;
        let output = stack.outputs().iter().find(|output| output.output_key() == Some("Url"));
        Ok(output.and_then(|output| output.output_value()).context("the stack names no URL")?.to_owned())
    }

    /// Gives one function its new code, for all calls or for so many of a hundred.
    pub(crate) async fn alone(
        &self,
        function: &str,
        package: &Package,
        template: &Value,
        canary: Option<u8>,
    ) -> anyhow::Result<Live> {
        ensure!(self.stack.rest().await?, "there is no stage {} yet: `reel deploy` makes it", self.stage.name());
        let made = self.stack.template().await?;
        let others = beside_code(function, &made, template).map_err(anyhow::Error::msg)?;
        ensure!(
            others.is_empty(),
            "more than the code of {function} changes ({}): `reel deploy` changes the whole stage",
            others.join(", ")
        );
        let live = self.live(function).await?;
        self.store.send(function, package).await?;
        self.lambdas.load(function, self.store.bucket(), &package.key).await?;
        let version = self.lambdas.publish(function, &package.key).await?;
        ensure!(
            canary.is_none() || version != live.version,
            "{function} has this package already: version {version} has all calls"
        );
        self.give(function, live.with(version, canary)).await
    }

    /// Gives the canary of a function all calls.
    pub(crate) async fn promote(&self, function: &str) -> anyhow::Result<Live> {
        let promoted = self.live(function).await?.promoted();
        self.give(function, promoted.map_err(|why| anyhow::anyhow!("{function}: {why}"))?).await
    }

    /// Takes back what a function was given last.
    pub(crate) async fn rollback(&self, function: &str) -> anyhow::Result<Live> {
        let live = self.live(function).await?;
        let earlier = live.taken_back(&self.lambdas.versions(function).await?);
        self.give(function, earlier.map_err(|why| anyhow::anyhow!("{function}: {why}"))?).await
    }

    /// Deletes the stack and all that it stores, but what a production stage keeps.
    pub(crate) async fn destroy(&self, buckets: &BTreeSet<&str>) -> anyhow::Result<()> {
        if self.stack.rest().await? {
            if !self.stage.keeps() {
                for bucket in buckets {
                    self.store.empty(&format!("{}{}-{bucket}", self.stage.prefix(), self.account)).await?;
                }
            }
            self.stack.delete().await?;
        }
        self.store.delete().await
    }

    async fn live(&self, function: &str) -> anyhow::Result<Live> {
        let live = self.lambdas.live(function).await?;
        live.with_context(|| format!("the stage {} has no function {function}", self.stage.name()))
    }

    async fn give(&self, function: &str, live: Live) -> anyhow::Result<Live> {
        self.lambdas.give(function, &live).await?;
        Ok(live)
    }

    /// Which version of each function is called.
    ///
    /// # Errors
    /// That one of them runs a canary: a change of the whole stage would end it.
    async fn live_versions(&self, app: &App) -> anyhow::Result<BTreeMap<String, u64>> {
        let mut versions = BTreeMap::new();
        for name in app.functions.keys() {
            let Some(live) = self.lambdas.live(name).await? else { continue };
            if live.canary.is_some() {
                let at = format!("{name} --stage {}", self.stage.name());
                bail!(
                    "a canary of {name} runs ({live}): end it by `reel deploy {at} --promote` or `reel rollback {at}`"
                );
            }
            versions.insert(name.clone(), live.version);
        }
        Ok(versions)
    }

    /// Shows a change, asks, and makes it.
    async fn make(&self, proposal: &Proposal, stands: bool, yes: bool) -> anyhow::Result<()> {
        proposal.changes.iter().for_each(|change| eprintln!("{}", line(change)));
        for loss in proposal.changes.iter().filter_map(|change| loss(change, self.stage.keeps())) {
            eprintln!("{loss}");
        }
        if !agreed(&format!("make these {} changes?", proposal.changes.len()), yes)? {
            self.stack.drop_proposal(proposal).await;
            bail!("nothing was changed");
        }
        if stands {
            self.unload().await?;
        }
        self.stack.make(proposal).await
    }

    /// Makes the code of each function what CloudFormation takes it for: it publishes what it
    /// finds there, and sends only what its template changes.
    async fn unload(&self) -> anyhow::Result<()> {
        let made = self.stack.template().await?;
        let functions = made["Resources"].as_object().into_iter().flatten().map(|(_, resource)| resource);
        let functions = functions.filter(|resource| resource["Type"] == "AWS::Lambda::Function");
        for properties in functions.map(|function| &function["Properties"]) {
            let name = properties["FunctionName"].as_str().and_then(|name| name.strip_prefix(&self.stage.prefix()));
            if let (Some(name), Some(key)) = (name, properties["Code"]["S3Key"].as_str()) {
                self.lambdas.load(name, self.store.bucket(), key).await?;
            }
        }
        Ok(())
    }

    /// Has the versions of the template called, whatever was sent alone before, and notes those
    /// that were called before.
    async fn make_live(&self, app: &App, template: &Value, before: &BTreeMap<String, u64>) -> anyhow::Result<()> {
        let made = self.stack.resources().await?;
        for name in app.functions.keys() {
            let wanted = &template["Resources"][id("Alias", name)]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0];
            let arn = made.get(wanted.as_str().unwrap_or_default());
            let version: Option<u64> = arn.and_then(|arn| arn.rsplit(':').next()?.parse().ok());
            let version = version.with_context(|| format!("the stack has no version of {name}"))?;
            let before = before.get(name).copied().filter(|before| *before != version);
            let live = self.live(name).await?;
            if live.version != version || live.canary.is_some() || (before.is_some() && live.before != before) {
                self.lambdas.give(name, &Live::all(version, before)).await?;
            }
        }
        Ok(())
    }

    fn parameters(&self, cloudfront: bool) -> [(&'static str, String); 7] {
        let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        [
            ("Packages", self.store.bucket().to_owned()),
            ("BaseUrl", self.base_url().unwrap_or_default()),
            ("CloudFront", yes(cloudfront)),
            ("Sender", std::env::var("REEL_SENDER").unwrap_or_default()),
            ("Country", std::env::var("REEL_COUNTRY").unwrap_or_default()),
            ("CountryHeader", std::env::var("REEL_COUNTRY_HEADER").unwrap_or_default()),
            // Nobody is woken by an emulator.
            ("Watch", yes(self.endpoint.is_none())),
        ]
    }

    /// Where an emulator serves the API: it has no host name for each.
    fn base_url(&self) -> Option<String> {
        let endpoint = self.endpoint.as_ref()?.trim_end_matches('/');
        Some(format!("{endpoint}/_aws/execute-api/{}/{}", self.stage.deployment(), self.stage.name()))
    }
}
