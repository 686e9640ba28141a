//! Components compiled ahead of time, kept by what they were made from.
//!
//! A kept file is a SHA-256 digest followed by the compiled code that it is of. The code
//! is only ever loaded when the digest fits, since loading trusts it. What lies in the package of
//! a program is trusted as the program is, and mapped as it is.

use crate::builder::LoadError;
#[cfg(feature = "compile")]
use sha2::{Digest, Sha256};
use std::path::Path;
use wasmtime::Engine;
use wasmtime::component::Component;

#[cfg(feature = "compile")]
const DIGEST: usize = 32;

/// Compiles a component's bytes for [`Components::Compiled`](crate::Components), for every
/// processor of a target such as `x86_64-unknown-linux-gnu`; without one, for this machine's.
///
/// # Errors
/// That the bytes are no component, or need what is switched off, or that the target is none.
#[cfg(feature = "compile")]
pub fn compile(wasm: &[u8], target: Option<&str>) -> Result<Vec<u8>, String> {
    let mut config = crate::engine::engine_config(1, 4 << 30);
    if let Some(target) = target {
        config.target(target).map_err(|e| format!("{e:#}"))?;
    }
    let engine = Engine::new(&config).map_err(|e| format!("{e:#}"))?;
    engine.precompile_component(wasm).map_err(|e| format!("{e:#}"))
}

/// Compiles a component for every processor of this machine's kind, and leaves the code in a
/// folder, where a host with [`Components::Folder`](crate::Components) finds it. One of another
/// build compiles the component anew.
///
/// # Errors
/// As [`compile`], or that the folder cannot be written.
#[cfg(feature = "compile")]
pub fn ship(wasm: &[u8], folder: &Path) -> Result<(), String> {
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    // Elsewhere than on Linux it is for this very machine.
    let target = cfg!(target_os = "linux").then_some(&*target);
    let code = seal(&compile(wasm, target)?);
    keep(folder, &folder.join(shipped(wasm)), &code).map_err(|e| format!("{}: {e}", folder.display()))
}

/// The file of shipped code: named after the component alone, for its maker had other settings.
#[cfg(feature = "compile")]
fn shipped(wasm: &[u8]) -> String {
    format!("{}.cwasm", hex::encode(Sha256::digest(wasm)))
}

#[cfg(feature = "compile")]
fn seal(code: &[u8]) -> Vec<u8> {
    [Sha256::digest(code).as_slice(), code].concat()
}

/// Maps code that [`compile`] made; it fails when that was for another engine.
pub(crate) fn map(engine: &Engine, file: &Path) -> Result<Component, wasmtime::Error> {
    // SAFETY: the file lies beside our program, and who may write there may replace that, too.
    unsafe { Component::deserialize_file(engine, file) }
}

/// Loads what [`seal`] made; none when it is damaged or was made for another engine.
#[cfg(feature = "compile")]
fn open(engine: &Engine, file: &[u8]) -> Option<Component> {
    let (digest, code) = file.split_at_checked(DIGEST)?;
    if Sha256::digest(code).as_slice() != digest {
        return None;
    }
    // SAFETY: the digest says that these are the bytes that `seal` was given, from
    // `precompile_component`; who may write our files may replace our program, too.
    unsafe { Component::deserialize(engine, code) }.ok()
}

/// Loads a component's file, compiling it only when `kept` has nothing that fits.
#[cfg(feature = "compile")]
pub(crate) fn load(engine: &Engine, function: &str, wasm: &Path, kept: &Path) -> Result<Component, LoadError> {
    let unreadable =
        |e: std::io::Error| LoadError::Missing { function: function.into(), path: wasm.into(), why: e.to_string() };
    let bytes = std::fs::read(wasm).map_err(unreadable)?;
    let file = kept.join(format!("{}.cwasm", key(engine, &bytes)));
    let made = [kept.join(shipped(&bytes)), file.clone()];
    if let Some(component) = made.iter().find_map(|file| open(engine, &std::fs::read(file).ok()?)) {
        return Ok(component);
    }
    let invalid = |e: wasmtime::Error| LoadError::Invalid { function: function.into(), why: format!("{e:#}") };
    let compiled = seal(&engine.precompile_component(&bytes).map_err(invalid)?);
    if let Err(e) = keep(kept, &file, &compiled) {
        tracing::warn!(function, "the compiled component cannot be kept in {}: {e}", kept.display());
    }
    open(engine, &compiled)
        .ok_or_else(|| LoadError::Invalid { function: function.into(), why: "what was compiled does not load".into() })
}

#[cfg(not(feature = "compile"))]
pub(crate) fn load(_: &Engine, function: &str, _: &Path, _: &Path) -> Result<Component, LoadError> {
    let why = "this build has no compiler: give it Components::Compiled".into();
    Err(LoadError::Invalid { function: function.into(), why })
}

/// Names a component together with the engine's settings and the version of wasmtime.
#[cfg(feature = "compile")]
fn key(engine: &Engine, wasm: &[u8]) -> String {
    use std::hash::Hash;
    let mut hasher = Sha(Sha256::new_with_prefix(wasm));
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hex::encode(hasher.0.finalize())
}

#[cfg(feature = "compile")]
struct Sha(Sha256);

#[cfg(feature = "compile")]
impl std::hash::Hasher for Sha {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
}

/// Writes beside and renames, so that a reader sees a whole file or none.
#[cfg(feature = "compile")]
fn keep(folder: &Path, file: &Path, compiled: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let beside = file.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&beside, compiled)?;
    std::fs::rename(&beside, file)
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    use super::*;

    fn engine() -> Engine {
        Engine::new(&crate::engine::engine_config(1, 1 << 20)).unwrap()
    }

    #[test]
    fn a_component_is_compiled_once_and_a_damaged_file_again() {
        let folder = tempfile::tempdir().unwrap();
        let (wasm, kept) = (folder.path().join("a.wasm"), folder.path().join("kept"));
        // The smallest component: magic, version 13, layer 1.
        std::fs::write(&wasm, b"\0asm\x0d\0\x01\0").unwrap();
        load(&engine(), "a", &wasm, &kept).unwrap();
        let file = std::fs::read_dir(&kept).unwrap().next().unwrap().unwrap().path();
        let whole = std::fs::read(&file).unwrap();
        let mut damaged = whole.clone();
        damaged[100] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        assert!(open(&engine(), &damaged).is_none());
        load(&engine(), "a", &wasm, &kept).unwrap();
        assert!(open(&engine(), &std::fs::read(&file).unwrap()).is_some());
        assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1);
    }

    #[test]
    fn what_was_shipped_is_loaded_and_damage_is_compiled_again() {
        let folder = tempfile::tempdir().unwrap();
        let (wasm, kept) = (folder.path().join("a.wasm"), folder.path().join("kept"));
        let bytes = b"\0asm\x0d\0\x01\0";
        std::fs::write(&wasm, bytes).unwrap();
        ship(bytes, &kept).unwrap();
        let files = || std::fs::read_dir(&kept).unwrap().count();
        load(&engine(), "a", &wasm, &kept).unwrap();
        assert_eq!(files(), 1, "nothing was compiled");
        std::fs::write(kept.join(shipped(bytes)), b"of another build").unwrap();
        load(&engine(), "a", &wasm, &kept).unwrap();
        assert_eq!(files(), 2, "it was compiled for this engine");
    }

    #[test]
    fn what_is_no_component_is_refused_with_its_function() {
        let folder = tempfile::tempdir().unwrap();
        let wasm = folder.path().join("a.wasm");
        std::fs::write(&wasm, b"text").unwrap();
        let error = load(&engine(), "a", &wasm, folder.path()).unwrap_err().to_string();
        assert!(error.contains("function a"), "{error}");
    }
}
