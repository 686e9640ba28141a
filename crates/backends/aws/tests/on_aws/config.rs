//! Parameter Store as `wasi:config`.

use crate::emulator;
use crate::losing::Losing;
use async_trait::async_trait;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use reel_backend_aws::client::Aws;
use reel_backend_aws::config::{ParameterConfig, Settings};
use reel_capabilities::config::Config;
use reel_capabilities::conformance::{TestClock, config};
use std::sync::Arc;
use std::time::Duration;

/// A turn that a test need not wait for long.
const TURN: Duration = Duration::from_millis(25);
/// How long a change may take to be seen, with the machine busy.
const PATIENCE: Duration = Duration::from_secs(20);

struct Parameters {
    config: ParameterConfig,
    client: Client,
    path: String,
}

impl Parameters {
    fn name(&self, key: &str) -> String {
        format!("{}/{}", self.path, key.replace('.', "/"))
    }

    async fn put(&self, key: &str, value: &str) {
        put(&self.client, &self.name(key), value).await;
    }

    async fn delete(&self, key: &str) {
        self.client.delete_parameter().name(self.name(key)).send().await.expect("the parameter is deleted");
    }

    /// Waits until the view shows these settings and no others.
    async fn shown(&self, expected: &Settings) {
        let shown = async {
            while self.config.all().expect("settings can be read").into_iter().ne(expected.clone()) {
                tokio::time::sleep(TURN / 5).await;
            }
        };
        tokio::time::timeout(PATIENCE, shown).await.expect("a change is seen");
    }
}

async fn put(client: &Client, name: &str, value: &str) {
    let value = if value.is_empty() { "\"\"" } else { value };
    let call = client.put_parameter().name(name).value(value).r#type(ParameterType::String).overwrite(true);
    call.send().await.expect("the parameter is stored");
}

#[async_trait]
impl config::Subject for Parameters {
    fn config(&self) -> &dyn Config {
        &self.config
    }

    async fn store(&self, settings: &[(&str, &str)]) {
        let settings: Settings = settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        for (key, _) in self.config.all().expect("settings can be read") {
            if !settings.contains_key(&key) {
                self.delete(&key).await;
            }
        }
        for (key, value) in &settings {
            self.put(key, value).await;
        }
        self.shown(&settings).await;
    }
}

async fn parameters(defaults: Settings) -> Parameters {
    let (client, path) = (emulator::aws().await.ssm(), format!("/{}", emulator::prefix()));
    let config = ParameterConfig::open(client.clone(), &path, defaults, TURN).await.expect("the settings open");
    Parameters { config, client, path }
}

async fn open(_: Arc<TestClock>) -> Box<Parameters> {
    Box::new(parameters(Settings::new()).await)
}

reel_capabilities::config_conformance!(open);

fn settings(settings: &[(&str, &str)]) -> Settings {
    settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()
}

#[tokio::test]
async fn defaults_hold_for_what_is_not_set() {
    let parameters = parameters(settings(&[("a.x", "default"), ("a.y", "default")])).await;
    parameters.put("a.x", "set").await;
    parameters.shown(&settings(&[("a.x", "set"), ("a.y", "default")])).await;
    parameters.delete("a.x").await;
    parameters.shown(&settings(&[("a.x", "default"), ("a.y", "default")])).await;
}

#[tokio::test]
async fn more_than_a_page_of_settings_is_read() {
    let parameters = parameters(Settings::new()).await;
    let many: Settings = (0..25).map(|n| (format!("many.n{n:02}"), n.to_string())).collect();
    for (key, value) in &many {
        parameters.put(key, value).await;
    }
    parameters.shown(&many).await;
}

#[tokio::test]
async fn the_settings_of_a_path_that_begins_alike_are_others() {
    let parameters = parameters(Settings::new()).await;
    put(&parameters.client, &format!("{}other/a/x", parameters.path), "other").await;
    parameters.put("a.x", "own").await;
    parameters.shown(&settings(&[("a.x", "own")])).await;
}

#[tokio::test]
async fn an_encrypted_setting_is_read() {
    let parameters = parameters(Settings::new()).await;
    let call = parameters.client.put_parameter().name(parameters.name("a.x")).value("hidden");
    call.r#type(ParameterType::SecureString).send().await.expect("the parameter is stored");
    parameters.shown(&settings(&[("a.x", "hidden")])).await;
}

#[tokio::test]
async fn the_last_settings_hold_while_there_is_no_answer() {
    let parameters = parameters(Settings::new()).await;
    parameters.put("a.x", "1").await;
    let (way, address) = Losing::open(&emulator::endpoint(), "amazonssm.getparametersbypath", 0).await;
    let client = Aws::emulator(&address).await.ssm();
    let config = ParameterConfig::open(client, &parameters.path, Settings::new(), TURN).await.expect("they open");
    way.lose(8);
    while way.left() > 0 {
        assert_eq!(config.get("a.x"), Ok(Some("1".into())));
        tokio::time::sleep(TURN).await;
    }
    parameters.put("a.x", "2").await;
    Parameters { config, ..parameters }.shown(&settings(&[("a.x", "2")])).await;
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_refused_at_first() {
    let client = Aws::emulator("http://127.0.0.1:9").await.ssm();
    let refusal = ParameterConfig::open(client, "/reel", Settings::new(), TURN).await.err();
    let refusal = refusal.expect("nobody answers there").to_string();
    assert!(refusal.contains("/reel/"), "{refusal}");
}
