//! Every capability on AWS, held against an emulator. One program: linking the clients takes long.

mod blob;
mod cache;
mod config;
mod emulator;
mod events;
mod losing;
mod notify;
mod secrets;
mod table;
mod workflow;
