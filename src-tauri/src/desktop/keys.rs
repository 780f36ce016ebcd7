//! Keys of a locked studio screen: none that leads anywhere.

use gtk::gdk::ModifierType;
use gtk::gdk::keys::{Key, constants as key};

/// Whether a locked screen ignores this key. Typing, moving the focus and scrolling work; everything with Ctrl, Alt or
/// the system key, function keys and the keys of browsers do not.
#[must_use]
pub fn ignored(pressed: &Key, with: ModifierType) -> bool {
    let commands = ModifierType::CONTROL_MASK
        | ModifierType::MOD1_MASK
        | ModifierType::MOD4_MASK
        | ModifierType::SUPER_MASK
        | ModifierType::META_MASK
        | ModifierType::HYPER_MASK;
    with.intersects(commands) || function_key(pressed) || SPECIAL.contains(pressed)
}

fn function_key(pressed: &Key) -> bool {
    (*key::F1..=*key::F35).contains(&**pressed)
}

/// Keys that stand for a command by themselves.
const SPECIAL: &[Key] = &[
    key::Menu,
    key::Print,
    key::Sys_Req,
    key::Super_L,
    key::Super_R,
    key::Help,
    key::Find,
    key::Undo,
    key::Redo,
    key::Cancel,
    key::Execute,
    key::Back,
    key::Forward,
    key::Reload,
    key::Refresh,
    key::Stop,
    key::HomePage,
    key::WWW,
    key::Search,
    key::Favorites,
    key::OpenURL,
    key::Explorer,
    key::New,
    key::Open,
    key::Close,
    key::Save,
    key::Send,
    key::Calculator,
    key::Mail,
    key::Terminal,
    key::ZoomIn,
    key::ZoomOut,
    key::MenuKB,
    key::Tools,
    key::Launch0,
    key::Launch1,
];

#[cfg(test)]
mod tests;
