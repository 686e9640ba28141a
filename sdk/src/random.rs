//! Random bytes, from the host's cryptographic source.

/// So many random bytes; fit for keys.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let mut filled = 0;
    while filled < N {
        // The host may return fewer than asked for.
        let more = wasip3::random::random::get_random_bytes((N - filled) as u64);
        bytes[filled..filled + more.len()].copy_from_slice(&more);
        filled += more.len();
    }
    bytes
}
