//! The ABR library for the page: a WebAssembly module with a C ABI. See README.md.
//!
//! Handles and numbers only; what is wrong gives -1 and never traps.
#![deny(missing_docs)]

use reel_abr::{Abr, Decision, Download, Ladder, MAX_RUNGS, Progress, Settings, State};
use std::cell::RefCell;
use std::mem::MaybeUninit;

const VERSION: u32 = 1;
const MAX_HANDLES: usize = 16;
const MAX_SIZES: usize = 160;

/// What a handle stands for.
struct Player {
    settings: Settings,
    rates: [f64; MAX_RUNGS],
    rungs: usize,
    abr: Option<Abr>,
    sizes: [f64; MAX_SIZES],
    known: usize,
    decision: Option<Decision>,
}

impl Player {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            rates: [0.0; MAX_RUNGS],
            rungs: 0,
            abr: None,
            sizes: [0.0; MAX_SIZES],
            known: 0,
            decision: None,
        }
    }

    fn push_rung(&mut self, bps: f64) -> Option<i32> {
        *self.rates.get_mut(self.rungs)? = bps;
        let ladder = Ladder::new(self.rates.get(..=self.rungs)?).ok()?;
        match &mut self.abr {
            Some(abr) => abr.set_ladder(ladder),
            None => self.abr = Some(Abr::new(ladder, self.settings)),
        }
        self.rungs += 1;
        i32::try_from(ladder.top()).ok()
    }

    fn abr(&mut self) -> Option<&mut Abr> {
        self.abr.as_mut().filter(|_| self.rungs > 0)
    }

    fn choose(&mut self, state: &State) -> Option<i32> {
        let (sizes, known) = (self.sizes, std::mem::take(&mut self.known));
        let decision = self.abr()?.choose(&State { sizes: sizes.get(..known)?, ..*state });
        self.decision = Some(decision);
        i32::try_from(decision.rung).ok()
    }
}

/// The players by handle, from 1. Without an allocator the module stays small.
struct Pool {
    live: [bool; MAX_HANDLES],
    players: [MaybeUninit<Player>; MAX_HANDLES],
}

const _: () = assert!(!std::mem::needs_drop::<Player>());

impl Pool {
    fn add(&mut self, player: Player) -> Option<u32> {
        let index = self.live.iter().position(|live| !live)?;
        self.players.get_mut(index)?.write(player);
        *self.live.get_mut(index)? = true;
        u32::try_from(index + 1).ok()
    }

    fn get(&mut self, handle: u32) -> Option<&mut Player> {
        let index = (handle as usize).checked_sub(1)?;
        self.live.get(index).filter(|live| **live)?;
        let player = self.players.get_mut(index)?;
        // SAFETY: `add` wrote it before it set `live`.
        Some(unsafe { player.assume_init_mut() })
    }

    fn remove(&mut self, handle: u32) -> Option<()> {
        *self.live.get_mut((handle as usize).checked_sub(1)?)? = false;
        Some(())
    }
}

thread_local! {
    static POOL: RefCell<Pool> =
        const { RefCell::new(Pool { live: [false; MAX_HANDLES], players: [const { MaybeUninit::uninit() }; MAX_HANDLES] }) };
}

fn pool<T>(act: impl FnOnce(&mut Pool) -> Option<T>) -> Option<T> {
    POOL.try_with(|pool| act(&mut *pool.try_borrow_mut().ok()?)).ok()?
}

/// Calls `act` with the player of a handle.
fn with<T>(handle: u32, act: impl FnOnce(&mut Player) -> Option<T>) -> Option<T> {
    pool(|pool| act(pool.get(handle)?))
}

/// The version of this interface.
#[unsafe(no_mangle)]
pub extern "C" fn abr_version() -> u32 {
    VERSION
}

/// A new chooser: its handle, or 0 when too many are in use.
#[unsafe(no_mangle)]
pub extern "C" fn abr_create(segment_ms: f64, max_buffer_ms: f64, start_bps: f64) -> u32 {
    let or = |value: f64, otherwise: f64| if value > 0.0 && value.is_finite() { value } else { otherwise };
    let default = Settings::default();
    let settings = Settings {
        segment_ms: or(segment_ms, default.segment_ms),
        max_buffer_ms: or(max_buffer_ms, default.max_buffer_ms),
        start_bps: or(start_bps, default.start_bps),
        ..default
    };
    pool(|pool| pool.add(Player::new(settings))).unwrap_or(0)
}

/// Gives a handle back.
#[unsafe(no_mangle)]
pub extern "C" fn abr_free(handle: u32) {
    pool(|pool| pool.remove(handle));
}

/// Empties the ladder; measurements stay.
#[unsafe(no_mangle)]
pub extern "C" fn abr_clear_rungs(handle: u32) {
    with(handle, |player| {
        player.rungs = 0;
        player.known = 0;
        Some(())
    });
}

/// Adds the next rung (bits per second): its index, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn abr_push_rung(handle: u32, bps: f64) -> i32 {
    with(handle, |player| player.push_rung(bps)).unwrap_or(-1)
}

/// Takes in a finished download.
#[unsafe(no_mangle)]
pub extern "C" fn abr_observe(
    handle: u32,
    bytes: f64,
    started_ms: f64,
    first_byte_ms: f64,
    finished_ms: f64,
    idle_ms: f64,
) {
    let download = Download { bytes, started_ms, first_byte_ms, finished_ms, idle_ms };
    with(handle, |player| {
        player.abr.as_mut()?.observe(&download);
        Some(())
    });
}

/// Adds a size in bytes for the next [`abr_choose`]: 0, or -1 when full.
#[unsafe(no_mangle)]
pub extern "C" fn abr_push_size(handle: u32, bytes: f64) -> i32 {
    with(handle, |player| {
        *player.sizes.get_mut(player.known)? = bytes;
        player.known += 1;
        Some(0)
    })
    .unwrap_or(-1)
}

/// The rung to fetch next, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn abr_choose(handle: u32, buffer_ms: f64, rung: i32, playing: u32, live_buffer_ms: f64) -> i32 {
    let state = State {
        buffer_ms,
        rung: usize::try_from(rung).ok(),
        playing: playing != 0,
        sizes: &[],
        live_buffer_ms: (live_buffer_ms >= 0.0).then_some(live_buffer_ms),
    };
    with(handle, |player| player.choose(&state)).unwrap_or(-1)
}

/// How long to wait before fetching what was chosen last (ms).
#[unsafe(no_mangle)]
pub extern "C" fn abr_wait_ms(handle: u32) -> f64 {
    with(handle, |player| player.decision).map_or(0.0, |decision| decision.wait_ms)
}

/// Why it was chosen: 0 start, 1 hold, 2 up, 3 down, -1 nothing was.
#[unsafe(no_mangle)]
pub extern "C" fn abr_reason(handle: u32) -> i32 {
    with(handle, |player| player.decision).map_or(-1, |decision| decision.reason as i32)
}

/// The lower rung to fetch the segment under way at instead, or -1 to go on.
#[unsafe(no_mangle)]
pub extern "C" fn abr_abandon(
    handle: u32,
    rung: i32,
    received_bytes: f64,
    total_bytes: f64,
    elapsed_ms: f64,
    buffer_ms: f64,
) -> i32 {
    let Ok(rung) = usize::try_from(rung) else { return -1 };
    let progress = Progress { rung, received_bytes, total_bytes, elapsed_ms, buffer_ms };
    with(handle, |player| player.abr()?.abandon(&progress)).and_then(|rung| i32::try_from(rung).ok()).unwrap_or(-1)
}

/// The throughput expected of the next download (bits per second).
#[unsafe(no_mangle)]
pub extern "C" fn abr_estimate_bps(handle: u32) -> f64 {
    with(handle, |player| Some(player.abr.as_ref()?.estimate_bps())).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_ladder(bitrates: &[f64]) -> u32 {
        let handle = abr_create(4_000.0, 60_000.0, 0.0);
        for (index, &bps) in (0..).zip(bitrates) {
            assert_eq!(abr_push_rung(handle, bps), index);
        }
        handle
    }

    #[test]
    fn a_fast_network_leads_up_and_the_ladder_can_change() {
        let handle = with_ladder(&[0.5e6, 2e6, 6e6]);
        assert_eq!((abr_reason(handle), abr_choose(handle, 0.0, -1, 0, -1.0)), (-1, 0));
        for at in 0..10 {
            let started = f64::from(at) * 1_000.0;
            abr_observe(handle, 1e6, started, started + 20.0, started + 400.0, 0.0);
        }
        assert_eq!((abr_choose(handle, 20_000.0, 0, 1, -1.0), abr_reason(handle)), (2, 2));
        assert!((abr_estimate_bps(handle) - 20e6).abs() < 1e3);
        abr_clear_rungs(handle);
        assert_eq!(abr_choose(handle, 20_000.0, 0, 1, -1.0), -1, "no rungs");
        assert_eq!((abr_push_rung(handle, 9e6), abr_choose(handle, 70_000.0, 2, 1, -1.0)), (0, 0));
        assert_eq!(abr_wait_ms(handle), 10_000.0);
        abr_free(handle);
    }

    #[test]
    fn known_sizes_count_once() {
        let handle = with_ladder(&[1e6, 4e6]);
        abr_observe(handle, 1e6, 0.0, 0.0, 500.0, 0.0);
        for _ in 0..8 {
            assert_eq!((abr_push_size(handle, 1e5), abr_push_size(handle, 1e8)), (0, 0));
        }
        assert_eq!(abr_choose(handle, 10_000.0, 0, 1, -1.0), 0, "the segments are far heavier than the bitrate says");
        assert_eq!(abr_choose(handle, 10_000.0, 0, 1, -1.0), 1, "the sizes are forgotten");
        abr_free(handle);
    }

    #[test]
    fn a_stalling_download_is_given_up() {
        let handle = with_ladder(&[0.5e6, 2e6, 16e6]);
        abr_observe(handle, 8e6, 0.0, 0.0, 4_000.0, 0.0);
        assert_eq!(abr_abandon(handle, 2, 8e6, 8e6, 4_000.0, 4_000.0), -1);
        assert_eq!(abr_abandon(handle, 2, 1e5, 8e6, 6_000.0, 4_000.0), 1);
        abr_free(handle);
    }

    #[test]
    fn what_is_wrong_gives_minus_one() {
        let handle = with_ladder(&[1e6]);
        assert_eq!((abr_push_rung(handle, 1e6), abr_push_rung(handle, f64::NAN)), (-1, -1));
        for wrong in [0, 999, u32::MAX] {
            assert_eq!(
                (abr_choose(wrong, 0.0, -1, 0, -1.0), abr_push_rung(wrong, 1e6), abr_reason(wrong)),
                (-1, -1, -1)
            );
            assert_eq!((abr_wait_ms(wrong), abr_estimate_bps(wrong)), (0.0, 0.0));
            abr_free(wrong);
        }
        assert_eq!(abr_choose(handle, f64::NAN, 77, 1, f64::NAN), 0);
        abr_free(handle);
        assert_eq!(abr_choose(handle, 0.0, -1, 0, -1.0), -1, "it was given back");
    }

    #[test]
    fn handles_are_used_again() {
        let all: Vec<_> = (0..MAX_HANDLES).map(|_| abr_create(0.0, 0.0, 0.0)).collect();
        assert_eq!(abr_create(0.0, 0.0, 0.0), 0);
        all.into_iter().for_each(|handle| abr_free(handle));
        assert_eq!(abr_create(0.0, 0.0, 0.0), 1);
    }
}
