//! `reel up`: the whole platform in one process, with its edges beside it.

mod assembly;
mod demo;
mod edges;
mod keys;
mod log;
mod pages;
mod post;
mod schedule;
mod uploads;
mod web;

use crate::args::UpArgs;
use crate::platform::Platform;
use crate::tree::Tree;
use anyhow::{Context, ensure};
use assembly::Assembly;
use edges::Edge;
use reel_ffmpeg::Program;
use reel_host::{Countries, Hooks};
use reel_operator::Operator;
use serde_json::json;
use std::future::pending;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

pub(crate) async fn run(args: UpArgs) -> anyhow::Result<()> {
    ensure!(args.addr.ip().is_loopback(), "{} is not a loopback address: reel up serves this machine alone", args.addr);
    let listener = listen(args.addr).await?;
    let addr = listener.local_addr()?;
    let url = format!("http://localhost:{}", addr.port());
    // Made absolute: native Lambdas may run elsewhere.
    let data = std::path::absolute(&args.data)?;
    let tree = Tree::find(&data)?;
    let countries =
        Countries::new(args.country_header.as_deref(), args.country.as_deref()).map_err(anyhow::Error::msg)?;
    let assembly = Assembly::open(&args, &tree, &data, &url, countries).await?;
    tree.sweep(&data);

    let stop = stop_signal()?;
    let serving = serve(&assembly, &tree, listener, stop.clone());
    let ready = ready(&args, &assembly, &tree, addr, &url, &data);
    let consumers = assembly.host.consumers();
    let schedules = schedule::run(assembly.host.app(), &*assembly.runner);
    let letters = assembly.outbox.deliver();
    tokio::pin!(serving, ready, consumers, schedules, letters);
    let (mut edges, mut starting) = (Vec::new(), true);
    let served = loop {
        tokio::select! {
            served = &mut serving => break served,
            started = &mut ready, if starting => (edges, starting) = (started?, false),
            () = &mut consumers => {}
            () = &mut schedules => {}
            () = &mut letters => {}
            () = any_ended(&mut edges) => {}
        }
    };
    assembly.runner.shutdown().await;
    futures::future::join_all(edges.into_iter().map(Edge::end)).await;
    assembly.lambdas.shutdown();
    served
}

async fn listen(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{addr} is in use: end what listens there, or choose another address with --addr")
        }
        _ => anyhow::anyhow!("{addr} cannot be listened on: {error}"),
    })
}

async fn serve(
    assembly: &Assembly,
    tree: &Tree,
    listener: TcpListener,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let hooks = Hooks {
        before: Some(Arc::new(web::Front::new(assembly))),
        after: Some(Arc::new(pages::Pages::at(&tree.pages(), assembly.config.clone()))),
    };
    let stopped = async {
        // An error means that the signals' task is gone, which ends us, too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    Ok(assembly.host.serve(listener, hooks, stopped).await?)
}

/// What happens once requests are answered: edges, the operator's note, work that a kill
/// left, the demo, and the word that all is ready.
async fn ready(
    args: &UpArgs,
    assembly: &Assembly,
    tree: &Tree,
    addr: SocketAddr,
    url: &str,
    data: &Path,
) -> anyhow::Result<Vec<Edge>> {
    let publishing = can_publish().await;
    Operator { url: url.into(), key: assembly.keys.operator.clone() }.write(data)?;
    let edges = edges::start(url, addr, tree.root(), data, &assembly.keys.for_edges()).await?;
    assembly.runner.resume().await.context("unfinished work cannot be continued")?;
    let demo = match args.no_demo {
        true => None,
        false => Some(demonstrate(args, assembly, url, publishing).await?),
    };
    let about: Vec<_> = edges.iter().map(|edge| edge.ready.clone()).collect();
    if args.json {
        println!("{}", json!({ "url": url, "edges": about, "data": data, "demo": demo }));
    } else {
        println!("\nReel is ready on {url}");
        if let Some(demo) = demo {
            println!("sign in as {} with the password {}", demo.email, demo.password);
        }
        about.iter().for_each(|edge| println!("{} edge on {}", edge.id, edge.url));
        println!("Ctrl-C ends it");
    }
    Ok(edges)
}

async fn demonstrate(args: &UpArgs, assembly: &Assembly, url: &str, publishing: bool) -> anyhow::Result<demo::Demo> {
    let key = &assembly.keys.operator;
    let mut platform = Platform::at(url)?;
    platform.sign_in_as_operator(key).await?;
    let demo = demo::account(&platform, key, assembly.keys.demo_password.clone()).await?;
    if publishing && let Err(error) = demo::film(&platform, args.demo.clone()).await {
        eprintln!("reel: {error:#}; the next start tries again");
    }
    Ok(demo)
}

/// Whether films can be encoded here; says once what to install when not.
async fn can_publish() -> bool {
    for program in [Program::Ffmpeg, Program::Ffprobe] {
        if let Err(error) = reel_ffmpeg::run(program, ["-version"]).await {
            eprintln!("reel: nothing can be published: {error}");
            return false;
        }
    }
    true
}

/// Becomes true with Ctrl-C or SIGTERM; the second Ctrl-C ends at once.
fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
        let _ = stop.send(true);
        interrupt.recv().await;
        std::process::exit(130);
    });
    Ok(stopped)
}

/// Says once which edge ended by itself; viewers go on from the others.
async fn any_ended(edges: &mut Vec<Edge>) {
    if edges.is_empty() {
        return pending().await;
    }
    let ended = futures::future::select_all(edges.iter_mut().map(|edge| Box::pin(edge.ended()))).await.1;
    let edge = edges.swap_remove(ended);
    eprintln!("reel: the edge {} has ended; players go on from the others", edge.ready.id);
}
