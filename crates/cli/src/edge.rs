//! `reel edge`: one edge in this process.

use crate::args::EdgeArgs;
use crate::tree::Tree;
use reel_edge::{EdgeConfig, EdgeServer};
use reel_host::Components;
use tokio::signal::unix::{SignalKind, signal};

const MIB: usize = 1 << 20;

pub(crate) async fn run(args: EdgeArgs) -> anyhow::Result<()> {
    let tree = Tree::find(&args.data)?;
    let components = Components::Folder { wasm: tree.components(), aot: tree.compiled() };
    let (id, tier) = (args.id.clone(), args.tier);
    let edge = EdgeServer::start(config(args), components).await?;
    // One line, once it answers: `reel up` reads it.
    println!("{}", serde_json::json!({ "id": id, "tier": tier, "url": edge.url(), "pid": std::process::id() }));
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
    Ok(edge.shutdown().await?)
}

fn config(args: EdgeArgs) -> EdgeConfig {
    EdgeConfig {
        id: args.id,
        tier: args.tier,
        listen: args.addr,
        public_url: args.public_url,
        parents: args.parents,
        cache_dir: args.data.join("cache"),
        memory_bytes: args.memory_mib as usize * MIB,
        disk_bytes: args.disk_mib as usize * MIB,
        platform_url: Some(args.url),
        delivery_key: args.delivery_key,
        edge_key: args.edge_key,
        serves: args.serves,
    }
}
