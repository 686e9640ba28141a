//! What the Lambda's zip holds beside this program.

use anyhow::{Context, ensure};
use reel_app::App;
use std::collections::HashMap;
use std::path::PathBuf;

/// How many instances of a component there may be: Lambda hands over one event at a time, and
/// an instance that was used up may still be ending.
const INSTANCES: u32 = 2;

/// A function, and all that it consists of.
pub(crate) struct Package {
    pub(crate) function: String,
    pub(crate) app: App,
    pub(crate) components: HashMap<String, PathBuf>,
}

impl Package {
    /// Reads it from the Lambda's folder, `LAMBDA_TASK_ROOT`.
    pub(crate) fn open() -> anyhow::Result<Self> {
        let function = std::env::var("REEL_FUNCTION").context("REEL_FUNCTION names no function")?;
        let root: PathBuf = std::env::var_os("LAMBDA_TASK_ROOT").context("LAMBDA_TASK_ROOT names no folder")?.into();
        let path = root.join("reel.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let mut app = App::parse_part(&path.display().to_string(), &text)?;
        ensure!(app.functions.contains_key(&function), "{} has no function {function}", path.display());
        for function in app.functions.values_mut() {
            function.instances = function.instances.min(INSTANCES);
        }
        let component = |name: &String| (name.clone(), root.join("components").join(format!("{name}.cwasm")));
        let components = app.functions.keys().map(component).collect();
        Ok(Self { function, app, components })
    }
}
