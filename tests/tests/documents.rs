//! What documents say of the tree.

use anyhow::{Context, Result};
use reel_tests::platform::root;

#[test]
fn every_test_that_the_security_table_names_is_there() -> Result<()> {
    let table = std::fs::read_to_string(root().join("docs/security.md"))?;
    let named: Vec<_> = table.split('`').filter_map(|text| text.split_once("::")).collect();
    assert!(named.len() > 40, "only {} tests are named", named.len());
    for (file, name) in named {
        let source = std::fs::read_to_string(root().join(file)).with_context(|| file.to_owned())?;
        assert!(source.contains(name), "{file} has no test {name}");
    }
    Ok(())
}
