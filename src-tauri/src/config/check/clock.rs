//! The clock that time follows. One program follows one, so recorders of a file must agree.

use audyn_engine::ptp::reference::Reference;

use super::desk::{Desk, Read};
use super::source::INTERFACE_BYTES;
use crate::config::Key;
use crate::config::checked::Timing;

/// What is to be followed. None if something about it is on the list of problems.
pub(super) fn clock(desk: &mut Desk<'_>) -> Option<Timing> {
    let before = desk.problems.len();
    let device = desk.text(Key::PtpDevice, "the path of a PTP clock, like /dev/ptp0");
    let interface = desk.text(Key::PtpInterface, "the interface whose PTP clock it is, like eth0");
    if let Read::Is(name) = &interface
        && (name.len() > INTERFACE_BYTES || name.contains(|c: char| c.is_whitespace() || c == '/'))
    {
        let wrong = format!("\"{name}\" cannot be an interface");
        desk.refuse::<()>(Key::PtpInterface, wrong, "give the name of one, like eth0");
    }
    let software = desk.switch(Key::PtpSoftware).or(false);
    let domain = desk.whole(Key::PtpDomain, 0..=255, "0 to 255").is().map(|domain| domain as u8);
    let typed: Vec<Key> = [Key::PtpDevice, Key::PtpInterface]
        .into_iter()
        .filter(|key| desk.typed(*key).is_some())
        .chain(software.then_some(Key::PtpSoftware))
        .collect();
    if let [first, second, ..] = typed[..] {
        let other = desk.name_of(first);
        desk.refuse::<()>(second, format!("contradicts {other}"), "give one of them: time follows one clock");
    }
    let reference = match (device.is(), interface.is(), software) {
        (Some(path), ..) => Reference::Device(path.into()),
        (None, Some(name), _) => Reference::Interface(name),
        (None, None, true) => Reference::Software,
        (None, None, false) => Reference::System,
    };
    (desk.problems.len() == before).then_some(Timing { reference, domain })
}
