//! Threads for functions that compute for long: as many as there are processors, behind all others.
//!
//! A function that computes yields every 10 ms, yet whoever waits for a thread waits for the turns of all that compute
//! before it, at each step of its own. On threads of their own they only get what is left of the processors, and the
//! system takes it from them within a fraction of a millisecond.

use std::cell::Cell;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Handle, Runtime};

/// How far behind: a thread of 10 gets a tenth of what one of 0 does, when both want all of a processor.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// They stay until the process ends: a runtime cannot be dropped where a host is.
static THREADS: OnceLock<Option<Runtime>> = OnceLock::new();

thread_local! {
    static HERE: Cell<bool> = const { Cell::new(false) };
}

/// The threads; none when the system gives no more.
pub(crate) fn threads() -> Option<&'static Handle> {
    THREADS.get_or_init(start).as_ref().map(Runtime::handle)
}

/// Whether this is one of them.
pub(crate) fn is_here() -> bool {
    HERE.get()
}

fn start() -> Option<Runtime> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = Builder::new_multi_thread()
        .worker_threads(processors)
        .thread_name("reel-heavy")
        .on_thread_start(|| {
            HERE.set(true);
            step_behind();
        })
        .enable_all()
        .build();
    runtime.inspect_err(|error| tracing::error!("there are no threads for heavy functions: {error}")).ok()
}

/// On Linux a thread has a priority of its own; elsewhere the process has one, and it stays.
fn step_behind() {
    #[cfg(target_os = "linux")]
    // SAFETY: it takes numbers alone; 0 is this thread.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, NICE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn they_are_others_and_behind() {
        assert!(!is_here());
        let there = threads().unwrap().spawn(async {
            // SAFETY: it takes numbers alone; 0 is this thread.
            let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
            (is_here(), nice)
        });
        let (here, nice) = there.await.unwrap();
        assert!(here);
        #[cfg(target_os = "linux")]
        assert!(nice >= NICE, "{nice}");
        let _ = nice;
    }
}
