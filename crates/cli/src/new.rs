//! `reel new`: adds a function to the tree.

use crate::args::NewArgs;
use crate::tree::Tree;
use anyhow::{Context, ensure};
use std::fs;
use std::io::Write;
use std::path::Path;

pub(crate) fn run(args: &NewArgs) -> anyhow::Result<()> {
    let tree = Tree::of_sources()?;
    let name = &args.name;
    ensure!(is_name(name), "{name:?} is not a name: use a-z, 0-9 and -, and begin with a letter");
    let folder = tree.root().join("functions").join(name);
    ensure!(!folder.exists(), "there is a function {name} already: {}", folder.display());
    let description = args.description.trim_end_matches('.').replace('"', "'");

    fs::create_dir_all(folder.join("src"))?;
    write(&folder.join("Cargo.toml"), &cargo_toml(name, &description))?;
    write(&folder.join("src/lib.rs"), &source(name, &description))?;
    write(&tree.root().join(format!("wit/functions/{name}.wit")), &world(name, &description))?;
    append(&tree.manifest(), &entry(name))?;
    println!("functions/{name}/src/lib.rs answers GET /v1/{name}; script/up builds and starts it");
    Ok(())
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name.bytes().all(plain)
        && !name.ends_with('-')
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = fs::OpenOptions::new().append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn cargo_toml(name: &str, description: &str) -> String {
    format!(
        r#"[package]
name = "{name}"
description = "{description}"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lib]
crate-type = ["cdylib"]
doctest = false

[dependencies]
reel-sdk.workspace = true
serde_json.workspace = true

[lints]
workspace = true
"#
    )
}

fn source(name: &str, description: &str) -> String {
    format!(
        r#"//! `{name}`: {description}.

use reel_sdk::{{Problem, Request, Response}};

reel_sdk::function!(handle);

async fn handle(request: Request) -> Result<Response, Problem> {{
    match (request.method().as_str(), &request.segments()[..]) {{
        ("GET", ["v1", "{name}"]) => Response::json(200, &serde_json::json!({{ "hello": "{name}" }})),
        _ => Err(Problem::not_found(format!("there is no {{}}", request.path()))),
    }}
}}
"#
    )
}

fn world(name: &str, description: &str) -> String {
    let keyword = matches!(
        name,
        "package"
            | "world"
            | "interface"
            | "import"
            | "export"
            | "use"
            | "func"
            | "type"
            | "record"
            | "variant"
            | "enum"
            | "list"
            | "string"
            | "future"
            | "stream"
    );
    let id = if keyword { format!("%{name}") } else { name.to_owned() };
    format!(
        "package reel:functions@0.1.0;\n\n/// {description}.\nworld {id} {{\n    export wasi:http/handler@0.3.0;\n}}\n"
    )
}

fn entry(name: &str) -> String {
    format!("\n[functions.{name}]\nroutes = [{{ methods = [\"GET\"], path = \"/v1/{name}\", through = \"open\" }}]\n")
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_function_is_named_like_a_host() {
        assert!(is_name("watch-party2"));
        for bad in ["", "2nd", "Watch", "a/b", "../x", "a-", "a b"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
