//! `reel events export`: the archive as files of this machine.

use crate::args::ExportArgs;
use crate::platform::Platform;
use anyhow::{Context, ensure};
use reel_api::archive::File;
use serde::Serialize;
use std::path::{Component, Path};

#[derive(Debug, Default, Serialize)]
struct Exported {
    files: usize,
    there_before: usize,
    bytes: u64,
}

pub(crate) async fn run(args: ExportArgs) -> anyhow::Result<()> {
    let platform = Platform::sign_in(&args.platform).await?;
    let (mut exported, mut cursor) = (Exported::default(), None);
    loop {
        let page = platform.client().archive(cursor.as_deref()).await?;
        for file in &page.files {
            copy(&platform, file, &args.folder, &mut exported).await?;
        }
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    if args.json {
        println!("{}", serde_json::to_string(&exported)?);
        return Ok(());
    }
    let (Exported { files, there_before, bytes }, folder) = (exported, args.folder.display());
    println!("{files} files of {bytes} bytes are new in {folder}, {there_before} were there before; in DuckDB:");
    println!(
        "  SELECT TYPE, count(*) FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = true, union_by_name = true) GROUP BY TYPE"
    );
    Ok(())
}

async fn copy(platform: &Platform, file: &File, folder: &Path, exported: &mut Exported) -> anyhow::Result<()> {
    let name = Path::new(&file.name);
    ensure!(name.components().all(|part| matches!(part, Component::Normal(_))), "{:?} is no name of a file", file.name);
    let path = folder.join(name);
    // A file that is written over becomes longer.
    if std::fs::metadata(&path).is_ok_and(|there| there.len() == file.size) {
        exported.there_before += 1;
        return Ok(());
    }
    let bytes = platform.read(&file.url).await.with_context(|| format!("{} cannot be read", file.name))?;
    let parent = path.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).with_context(|| format!("{} cannot be made", parent.display()))?;
    let partial = path.with_extension("partial");
    std::fs::write(&partial, &bytes)
        .and_then(|()| std::fs::rename(&partial, &path))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    exported.files += 1;
    exported.bytes += file.size;
    Ok(())
}
