//! Nobody gets at what is another's, and nobody does what their role may not: every operation of the document of the
//! API, tried with every role.

use anyhow::{Context, Result, ensure};
use reel_tests::web::problem;
use reel_tests::{Service, Viewer, Web};
use reqwest::{Method, Response};
use serde_json::{Value, json};

const ROLES: [&str; 4] = ["viewer", "editor", "operator", "owner"];
/// An id that nothing has.
const NOTHING: &str = "018f3c5e-7b3a-7c4d-9e2f-1a2b3c4d5e6f";

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    /// The least role; none for whoever is not signed in, too.
    role: Option<usize>,
    /// What the parameters of the path are, by name.
    parameters: Vec<(String, String)>,
    has_body: bool,
}

impl Operation {
    /// Every operation of the document.
    fn all(document: &Value) -> Result<Vec<Self>> {
        let paths = document["paths"].as_object().context("the document has no paths")?;
        let operations = paths.iter().flat_map(|(path, methods)| methods.as_object().map(|methods| (path, methods)));
        let operations = operations.flat_map(|(path, methods)| methods.iter().map(move |each| (path, each)));
        operations.map(|(path, (method, told))| Self::read(path, method, told)).collect()
    }

    fn read(path: &str, method: &str, told: &Value) -> Result<Self> {
        let needed = ROLES.iter().position(|role| told["x-reel-role"] == *role).context("no role")?;
        let open = told["security"].as_array().is_some_and(Vec::is_empty);
        let parameters = told["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "path");
        let kind = |one: &Value| {
            one["schema"]["$ref"].as_str().unwrap_or("/text").rsplit('/').next().unwrap_or_default().to_owned()
        };
        Ok(Self {
            method: method.to_uppercase().parse()?,
            path: path.to_owned(),
            role: (!open).then_some(needed),
            parameters: parameters
                .map(|one| (one["name"].as_str().unwrap_or_default().to_owned(), kind(one)))
                .collect(),
            has_body: told.get("requestBody").is_some(),
        })
    }

    /// The path, with these things in the place of parameters of their kinds.
    fn path_of(&self, things: &[(&str, String)]) -> String {
        self.parameters.iter().fold(self.path.clone(), |path, (name, kind)| {
            let thing = things.iter().find(|(known, _)| known == kind).map_or(NOTHING, |(_, id)| id);
            path.replace(&format!("{{{name}}}"), thing)
        })
    }

    /// What is sent: something that its owner could send, where that is needed to come so far.
    fn body(&self) -> Value {
        match &*self.path {
            "/v1/profiles/{id}" => json!({ "name": "Mallory", "version": 1 }),
            "/v1/profiles/{id}/pin" => json!({ "pin": "1111" }),
            _ => json!({}),
        }
    }

    /// Sends it.
    async fn send(&self, web: &Web, token: Option<&str>, path: &str) -> Result<Response> {
        let mut request = web.request(self.method.clone(), path);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if self.has_body {
            request = request.json(&self.body());
        }
        Ok(request.send().await?)
    }
}

/// A platform that lets us ask as often as we like, and its operations.
async fn start() -> Result<(Service, Vec<Operation>)> {
    let data = tempfile::tempdir()?;
    let limits = "[rate-limit]\nrequests = 10000000\nauth-requests = 10000000\n";
    std::fs::write(data.path().join("config.toml"), limits)?;
    let service = Service::start_in(data)?;
    let document = service.command(&["openapi"]).output()?;
    let operations = Operation::all(&serde_json::from_slice(&document.stdout)?)?;
    ensure!(operations.len() > 60, "there are only {} operations", operations.len());
    Ok((service, operations))
}

#[tokio::test]
async fn nobody_does_what_their_role_may_not() -> Result<()> {
    let (service, operations) = start().await?;
    let web = service.web()?;
    let mut tokens = Vec::new();
    for role in ROLES {
        tokens.push(service.token_of(&format!("{role}@reel.example"), role).await?);
    }
    let mut allowed = Vec::new();
    for operation in &operations {
        let Some(needed) = operation.role else { continue };
        let path = operation.path_of(&[]);
        let said = format!("{} {path}", operation.method);
        let stranger = operation.send(&web, None, &path).await?.status();
        if stranger != 401 {
            allowed.push(format!("{said}: nobody is answered {stranger}"));
        }
        for (role, token) in ROLES.iter().zip(&tokens).take(needed) {
            let (status, code, _) =
                problem(operation.send(&web, Some(token), &path).await?).await.with_context(|| said.clone())?;
            if (status, &*code) != (403, "role") {
                allowed.push(format!("{said}: the role {role} is answered {status} {code}"));
            }
        }
    }
    ensure!(allowed.is_empty(), "{}", allowed.join("\n"));
    Ok(())
}

#[tokio::test]
async fn nobody_gets_at_what_is_another_accounts() -> Result<()> {
    let (service, operations) = start().await?;
    let alice = Viewer::new(service.web()?).await?;
    let things = possessions(&alice).await?;
    let before = state(&alice).await?;
    let mut reached = Vec::new();
    for role in ROLES {
        let token = service.token_of(&format!("mallory-{role}@reel.example"), role).await?;
        for operation in operations.iter().filter(|operation| concerns(operation, &things)) {
            let path = operation.path_of(&things);
            let status = operation.send(&service.web()?, Some(&token), &path).await?.status().as_u16();
            // Deleting what is not there is no error, and says nothing.
            let denied = matches!(status, 403 | 404) || (status == 204 && operation.method != Method::GET);
            if !denied {
                reached.push(format!("{} {path} as {role}: {status}", operation.method));
            }
        }
    }
    ensure!(reached.is_empty(), "{}", reached.join("\n"));
    assert_eq!(state(&alice).await?, before, "something of hers is other than before");
    Ok(())
}

/// Whether an operation is about something of hers.
fn concerns(operation: &Operation, things: &[(&str, String)]) -> bool {
    operation.role.is_some()
        && operation.parameters.iter().any(|(_, kind)| things.iter().any(|(known, _)| known == kind))
}

/// What an account has that others could name.
async fn possessions(alice: &Viewer) -> Result<Vec<(&'static str, String)>> {
    let id = |value: &Value| value.as_str().map(str::to_owned).context("no id");
    let profile = id(&alice.get("/v1/profiles").await?["profiles"][0]["id"])?;
    let session = id(&alice.get("/v1/auth/sessions").await?["sessions"][0]["id"])?;
    Ok(vec![("ProfileId", profile), ("SessionId", session)])
}

/// All that she would see of a change.
async fn state(alice: &Viewer) -> Result<Vec<Value>> {
    let mut state = Vec::new();
    for path in ["/v1/profiles", "/v1/auth/passkeys", "/v1/list", "/v1/history/export", "/v1/inbox", "/v1/subscription"]
    {
        state.push(alice.get(path).await?);
    }
    Ok(state)
}
