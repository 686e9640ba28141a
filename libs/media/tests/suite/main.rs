//! The tests of reel-media that need whole films, plans or indexes.

mod film;
mod manifest;
mod plan;
mod protect;
mod robust;
