//! The zip of each function. Of a component: the bootstrap, the components compiled ahead of
//! time, and its part of `reel.toml`. Of a native function: its program, and ffmpeg where it runs that.

use anyhow::{Context, anyhow};
use reel_app::{App, Function};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// What a Lambda's processor is.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A function's zip.
pub(crate) struct Package {
    /// Named by its content, so that what did not change is not sent again.
    pub(crate) key: String,
    pub(crate) bytes: Vec<u8>,
}

/// Where what goes into packages was built.
pub(crate) struct Built {
    /// The bootstrap, and the programs of native functions.
    pub(crate) programs: PathBuf,
    /// The components, as cargo names them.
    pub(crate) components: PathBuf,
    /// ffmpeg and ffprobe, and their licences.
    pub(crate) ffmpeg: PathBuf,
}

impl Built {
    /// Packs every function, by its name. The same tree makes the same bytes.
    pub(crate) fn pack(&self, app: &App) -> anyhow::Result<BTreeMap<String, Package>> {
        let compiled = self.compile(app)?;
        let pack = |name: &String| Ok((name.clone(), self.function(app, name, &compiled)?));
        app.functions.keys().map(pack).collect()
    }

    /// Packs one function alone, to the same bytes.
    pub(crate) fn pack_one(&self, app: &App, name: &str) -> anyhow::Result<Package> {
        let compiled = self.compile(&app.part(name).with_context(|| format!("{name} is not in reel.toml"))?)?;
        self.function(app, name, &compiled)
    }

    fn function(&self, app: &App, name: &str, compiled: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<Package> {
        let package = match app.functions.get(name) {
            Some(Function { native: Some(program), ffmpeg, .. }) => self.native(name, program, *ffmpeg),
            _ => self.component(app, name, compiled),
        };
        package.with_context(|| format!("{name} cannot be packed"))
    }

    fn compile(&self, app: &App) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let compile = |(name, _): (&String, &Function)| {
            let wasm = read(&self.components.join(format!("{}.wasm", name.replace('-', "_"))))?;
            let code = reel_host::compile(&wasm, Some(TARGET)).map_err(|why| anyhow!("{name}: {why}"))?;
            Ok((name.clone(), code))
        };
        app.functions.iter().filter(|(_, function)| function.native.is_none()).map(compile).collect()
    }

    fn component(&self, app: &App, name: &str, compiled: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<Package> {
        let part = app.part(name).context("it is not in reel.toml")?;
        let text = part.to_text().map_err(anyhow::Error::msg)?;
        let mut files = vec![File::program("bootstrap", read(&self.programs.join("bootstrap"))?)];
        files.push(File::text("reel.toml", text.into_bytes()));
        for member in part.functions.keys() {
            let code = compiled.get(member).with_context(|| format!("its filter {member} is no component"))?;
            files.push(File::text(&format!("components/{member}.cwasm"), code.clone()));
        }
        zipped(name, &files)
    }

    fn native(&self, name: &str, program: &str, with_ffmpeg: bool) -> anyhow::Result<Package> {
        let mut files = vec![File::program("bootstrap", read(&self.programs.join(program))?)];
        if with_ffmpeg {
            files.extend(self.ffmpeg()?);
        }
        zipped(name, &files)
    }

    fn ffmpeg(&self) -> anyhow::Result<Vec<File>> {
        let mut names: Vec<_> = std::fs::read_dir(&self.ffmpeg)
            .with_context(|| format!("{} cannot be read: run script/static-ffmpeg", self.ffmpeg.display()))?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<std::io::Result<_>>()?;
        names.sort();
        names.iter().map(|name| Ok(File::program(name, read(&self.ffmpeg.join(name))?))).collect()
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read: run script/build aws", path.display()))
}

struct File {
    name: String,
    mode: u32,
    content: Vec<u8>,
}

impl File {
    fn program(name: &str, content: Vec<u8>) -> Self {
        Self { name: name.into(), mode: 0o755, content }
    }

    fn text(name: &str, content: Vec<u8>) -> Self {
        Self { name: name.into(), mode: 0o644, content }
    }
}

/// A zip whose bytes depend on nothing but names and contents.
fn zipped(function: &str, files: &[File]) -> anyhow::Result<Package> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for File { name, mode, content } in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(*mode);
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content)?;
    }
    let bytes = zip.finish()?.into_inner();
    let digest = hex::encode(Sha256::digest(&bytes));
    Ok(Package { key: format!("{function}/{}.zip", &digest[..32]), bytes })
}
