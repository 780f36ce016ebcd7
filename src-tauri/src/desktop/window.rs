//! The window and the web view in it: our page and nothing else.

use std::path::Path;

use gtk::gdk::EventMask;
use gtk::glib::Propagation;
use gtk::prelude::*;
use tauri::webview::{NewWindowResponse, PageLoadEvent, PermissionResponse};
use tauri::{AppHandle, Manager as _, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use webkit2gtk::{
    HardwareAccelerationPolicy, HitTestResultExt as _, SettingsExt as _, WebProcessTerminationReason,
    WebViewExt,
};

use super::{MAIN, Options, keys, kiosk, shell};

/// Says every two seconds that the page lives: it has content, and its thread is free. Needs nothing of the page.
const ALIVE: &str = include_str!("alive.js");

/// Mouse buttons from here on are "back" and "forward".
const FIRST_NAVIGATION_BUTTON: u32 = 8;

/// Opens it.
pub fn open(app: &AppHandle, options: &Options) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(page(options.kiosk).into()))
        .title("Audyn")
        .inner_size(1280.0, 800.0)
        .min_inner_size(800.0, 480.0)
        .fullscreen(options.kiosk)
        .decorations(!options.kiosk)
        .always_on_top(options.kiosk)
        .devtools(false)
        .zoom_hotkeys_enabled(false)
        // Dragging within the page works without it, and a file that is dropped leads nowhere.
        .disable_drag_drop_handler()
        .initialization_script(ALIVE)
        .on_navigation(ours)
        .on_new_window(|address, _| {
            tracing::warn!("the page wants to open {address}: refused");
            NewWindowResponse::Deny
        })
        .on_download(|_, _| false)
        .on_permission_request(|_, _| PermissionResponse::Deny)
        .on_page_load(|window, load| {
            let app = window.app_handle();
            let shell = shell(app);
            match load.event() {
                PageLoadEvent::Started => {
                    // What an earlier page had asked for goes with it.
                    shell.pump.end_all();
                    shell.person.cancel();
                    shell.watcher.began();
                    kiosk::lock(app);
                }
                PageLoadEvent::Finished => {}
            }
        })
        .build()?;
    let handle = app.clone();
    window.with_webview(move |view| confine(&handle, &view.inner()))?;
    watch_keys(app, &window)
}

/// Brings it to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!("cannot bring the window to the front: {error}");
    }
}

/// Takes it from the screen; recording goes on.
pub fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.hide()
    {
        tracing::warn!("cannot hide the window: {error}");
    }
}

/// Leaves it in the task bar; recording goes on.
pub fn minimise(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.minimize()
    {
        tracing::warn!("cannot minimise the window: {error}");
    }
}

/// The page's full address.
pub fn address(kiosk: bool) -> String {
    format!("tauri://localhost/{}", page(kiosk))
}

/// GTK's window, on the main thread.
pub fn gtk_window(app: &AppHandle) -> Option<gtk::ApplicationWindow> {
    app.get_webview_window(MAIN)?.gtk_window().ok()
}

const fn page(kiosk: bool) -> &'static str {
    if kiosk { "index.html?seat=kiosk" } else { "index.html" }
}

/// Whether an address is one of ours.
pub fn ours(address: &Url) -> bool {
    let ours = address.scheme() == "tauri" && address.host_str() == Some("localhost");
    if !ours {
        tracing::warn!("the page wants to go to {address}: refused");
    }
    ours
}

/// Takes away what a web view can do beyond showing our page.
fn confine(app: &AppHandle, view: &webkit2gtk::WebView) {
    if let Some(settings) = WebViewExt::settings(view) {
        settings.set_enable_developer_extras(false);
        settings.set_enable_back_forward_navigation_gestures(false);
        settings.set_enable_html5_database(false);
        settings.set_enable_page_cache(false);
        settings.set_javascript_can_open_windows_automatically(false);
        settings.set_javascript_can_access_clipboard(false);
        settings.set_allow_modal_dialogs(false);
        settings.set_enable_caret_browsing(false);
        settings.set_enable_media_stream(false);
        if !graphics_processor(Path::new("/dev/dri")) {
            // Composed in software, a page with moving meters costs twice as much and shows half as many frames.
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    }
    let handle = app.clone();
    // In a text field the menu is for cut, copy and paste; elsewhere it is a browser's.
    view.connect_context_menu(move |_, _, _, hit| shell(&handle).seat.locked() || !hit.context_is_editable());
    view.connect_print(|_, _| true);
    view.add_events(EventMask::BUTTON_PRESS_MASK | EventMask::BUTTON_RELEASE_MASK);
    view.connect_button_press_event(|_, event| stop_if(event.button() >= FIRST_NAVIGATION_BUTTON));
    view.connect_button_release_event(|_, event| stop_if(event.button() >= FIRST_NAVIGATION_BUTTON));
    let handle = app.clone();
    view.connect_web_process_terminated(move |_, reason| {
        // We did that ourselves, and know.
        if reason != WebProcessTerminationReason::TerminatedByApi {
            tracing::warn!("the page's process ended ({reason:?}): it is started again; recording goes on");
            shell(&handle).watcher.died();
        }
    });
}

/// Whether something here draws faster than the processor: the kernel then offers a render node.
fn graphics_processor(devices: &Path) -> bool {
    let Ok(devices) = devices.read_dir() else { return false };
    devices.flatten().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}

fn watch_keys(app: &AppHandle, window: &WebviewWindow) -> tauri::Result<()> {
    let handle = app.clone();
    let window = window.clone();
    app.run_on_main_thread(move || {
        let Ok(gtk_window) = window.gtk_window() else { return };
        gtk_window.connect_key_press_event(move |_, event| {
            stop_if(shell(&handle).seat.locked() && keys::ignored(&event.keyval(), event.state()))
        });
    })
}

const fn stop_if(stop: bool) -> Propagation {
    if stop { Propagation::Stop } else { Propagation::Proceed }
}

#[cfg(test)]
mod tests;
