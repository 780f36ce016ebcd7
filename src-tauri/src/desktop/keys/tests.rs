use super::*;

const NONE: ModifierType = ModifierType::empty();
const CTRL: ModifierType = ModifierType::CONTROL_MASK;
const ALT: ModifierType = ModifierType::MOD1_MASK;
const SHIFT: ModifierType = ModifierType::SHIFT_MASK;

#[test]
fn no_key_leads_out_of_a_locked_screen() {
    let rows = [
        ("reload", key::F5, NONE),
        ("reload", key::r, CTRL),
        ("reload without cache", key::R, CTRL.union(SHIFT)),
        ("close tab", key::w, CTRL),
        ("quit", key::q, CTRL),
        ("close window", key::F4, ALT),
        ("back", key::Left, ALT),
        ("back", key::Back, NONE),
        ("home", key::Home, ALT),
        ("print", key::p, CTRL),
        ("save", key::s, CTRL),
        ("view source", key::u, CTRL),
        ("inspector", key::I, CTRL.union(SHIFT)),
        ("inspector", key::F12, NONE),
        ("full screen", key::F11, NONE),
        ("caret browsing", key::F7, NONE),
        ("zoom", key::plus, CTRL),
        ("zoom", key::_0, CTRL),
        ("context menu", key::Menu, NONE),
        ("context menu", key::F10, SHIFT),
        ("next window", key::Tab, ALT),
        ("desktop's menu", key::Super_L, NONE),
        ("run", key::r, ModifierType::MOD4_MASK),
        ("the last function key", key::F35, NONE),
    ];
    for (does, pressed, with) in rows {
        assert!(ignored(&pressed, with), "{does}: {pressed:?} {with:?}");
    }
}

#[test]
fn a_locked_screen_can_be_worked_by_keyboard() {
    let caps_and_num = ModifierType::LOCK_MASK | ModifierType::MOD2_MASK;
    // The third level of a keyboard is Mod5: € and @ are typed with it.
    let third_level = ModifierType::MOD5_MASK;
    let rows = [
        (key::Tab, NONE),
        (key::Tab, SHIFT),
        (key::space, NONE),
        (key::Return, NONE),
        (key::Escape, NONE),
        (key::Up, NONE),
        (key::Page_Down, NONE),
        (key::a, NONE),
        (key::_5, caps_and_num),
        (key::EuroSign, third_level),
        (key::BackSpace, NONE),
    ];
    for (pressed, with) in rows {
        assert!(!ignored(&pressed, with), "{pressed:?} {with:?}");
    }
}
