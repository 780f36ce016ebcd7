//! The program from outside: real processes, real packets on loopback, files read back with other people's tools.

mod rig;

mod bad_input;
mod crash;
mod disk;
mod files;
mod legs;
mod network;
mod rotation;
mod signals;
mod timeline;
