//! `reel release`: this program and all that it runs, as one file. `script/release` calls it.

use crate::args::ReleaseArgs;
use crate::bundle;
use crate::tree::{self, Tree};
use anyhow::{Context, anyhow};
use reel_app::App;
use std::fs;
use std::path::Path;

/// The worker of the edges, which is no function of the app.
const EDGE_WORKER: &str = "segment-cache";
/// How hard Zstandard tries: more takes much longer and saves little.
const LEVEL: i32 = 12;

pub(crate) fn run(args: &ReleaseArgs) -> anyhow::Result<()> {
    let tree = Tree::of_sources()?;
    let archive = packed(&tree)?;
    bundle::write(&tree::program()?, &archive, &args.out)
        .with_context(|| format!("{} was not made", args.out.display()))?;
    let size = fs::metadata(&args.out)?.len();
    println!("{} has {size} bytes, {} of them beside the program's own", args.out.display(), archive.len());
    Ok(())
}

/// Everything that `reel up` reads of a tree, where [`Tree`] finds it in a release.
fn packed(tree: &Tree) -> anyhow::Result<Vec<u8>> {
    let app = App::read(&tree.manifest())?;
    let mut archive = Archive(tar::Builder::new(zstd::Encoder::new(Vec::new(), LEVEL)?));
    archive.add(&tree.manifest(), "reel.toml", 0o644)?;
    for workflow in app.workflows.values() {
        archive.add(&tree.root().join(&workflow.definition), &workflow.definition.to_string_lossy(), 0o644)?;
    }
    for program in app.functions.values().filter_map(|function| function.native.as_ref()) {
        archive.add(&tree.natives().join(program), &format!("native/{program}"), 0o755)?;
    }
    archive.components(tree, &app)?;
    archive.folder(&tree.pages(), "web")?;
    Ok(archive.0.into_inner()?.finish()?)
}

struct Archive(tar::Builder<zstd::Encoder<'static, Vec<u8>>>);

impl Archive {
    /// Adds one file, without a time: the same tree makes the same bytes.
    fn add(&mut self, path: &Path, name: &str, mode: u32) -> anyhow::Result<()> {
        let content = fs::read(path).with_context(|| format!("{} cannot be read: run script/build", path.display()))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        Ok(self.0.append_data(&mut header, name, &content[..])?)
    }

    /// Adds each component, and what it compiles to.
    fn components(&mut self, tree: &Tree, app: &App) -> anyhow::Result<()> {
        let compiled = tempfile::tempdir()?;
        let components = app.functions.iter().filter(|(_, function)| function.native.is_none());
        for name in components.map(|(name, _)| &**name).chain([EDGE_WORKER]) {
            let file = format!("{}.wasm", name.replace('-', "_"));
            let path = tree.components().join(&file);
            self.add(&path, &format!("components/{file}"), 0o644)?;
            reel_host::ship(&fs::read(path)?, compiled.path()).map_err(|why| anyhow!("{name}: {why}"))?;
        }
        self.folder(compiled.path(), "aot")
    }

    /// Adds all files of a folder and of those in it.
    fn folder(&mut self, folder: &Path, name: &str) -> anyhow::Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            match entry.file_type()?.is_dir() {
                true => self.folder(&entry.path(), &name)?,
                false => self.add(&entry.path(), &name, 0o644)?,
            }
        }
        Ok(())
    }
}
