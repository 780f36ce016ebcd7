//! The program from outside: real processes, real packets on loopback, files read back with other people's tools.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "the whole binary is tests")]

mod rig;
#[path = "../support/sound.rs"]
mod sound;

mod announcers;
mod armed;
mod backups;
mod bad_input;
mod crash;
mod discovery;
mod disk;
mod doctor;
mod files;
mod legs;
mod local;
mod network;
mod privileges;
mod prompt;
mod proxy;
mod ptp;
mod receive;
mod rotation;
mod signals;
mod supervised;
mod timeline;
mod vox;
