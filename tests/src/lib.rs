//! What the whole-system tests share: a started platform, the `reel` command, and films.

pub mod disk;
pub mod film;
pub mod letterbox;
pub mod localstripe;
pub mod mail;
pub mod money;
pub mod onnx;
pub mod person;
pub mod platform;
pub mod process;
pub mod push_service;
pub mod service;
pub mod tls;
pub mod unreliable_stripe;
pub mod viewer;
pub mod wait;
pub mod web;

pub use disk::SmallDisk;
pub use film::Film;
pub use letterbox::Letterbox;
pub use localstripe::Localstripe;
pub use person::Person;
pub use platform::Platform;
pub use process::Running;
pub use push_service::PushService;
pub use service::Service;
pub use tls::TlsFront;
pub use viewer::Viewer;
pub use wait::eventually;
pub use web::Web;
