//! The operations, by what they are for.

mod catalogue;
mod paying;
mod people;
mod publishing;
mod running;
mod watching;

use crate::api::Api;

pub(crate) fn describe(api: &mut Api) {
    people::describe(api);
    paying::describe(api);
    catalogue::describe(api);
    watching::describe(api);
    publishing::describe(api);
    running::describe(api);
}
