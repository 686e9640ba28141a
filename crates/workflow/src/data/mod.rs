//! The data flow of a state: paths, payload templates, intrinsic functions.

mod intrinsic;
mod path;
mod template;

pub(crate) use path::{Path, ResultPath, Select};
pub(crate) use template::Template;

use serde_json::Value;
use std::cell::LazyCell;

/// The context object (`$$`), built only when a path asks for it: it holds the
/// execution's whole input.
pub(crate) type Context<'a> = LazyCell<Value, Box<dyn FnOnce() -> Value + 'a>>;

/// Gives the context object. (A trait, for a `LazyCell` behind a reference fixes its lifetime.)
pub(crate) trait Contextual {
    fn object(&self) -> &Value;
}

impl Contextual for Context<'_> {
    fn object(&self) -> &Value {
        self
    }
}

/// What paths are resolved against.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// `$`
    pub(crate) input: &'a Value,
    /// `$$`
    pub(crate) context: &'a dyn Contextual,
}
