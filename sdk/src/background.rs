//! Work that nobody waits for.

/// Goes on with some work while requests are answered. A warm instance does it to its end if it
/// lives that long; so it is work that may be lost, and done again.
pub fn background(work: impl Future<Output = ()> + 'static) {
    wasip3::spawn(work);
}
