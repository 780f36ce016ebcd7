//! What the station's page gives to download is saved where a person says.

use std::path::Path;

use gtk::glib;
use gtk::prelude::*;
use tauri::webview::DownloadEvent;
use tauri::{AppHandle, Manager as _};

use super::LABEL;

/// Asks where to, and says when it failed. Nothing is saved without a choice.
pub fn download(app: &AppHandle, event: DownloadEvent<'_>) -> bool {
    match event {
        DownloadEvent::Requested { url, destination } => {
            let name = destination.file_name().map(|name| name.to_string_lossy().into_owned());
            let Some(chosen) = ask(app, name.as_deref().unwrap_or("recording")) else { return false };
            tracing::info!("saving {url} as {}", chosen.display());
            *destination = chosen;
            true
        }
        DownloadEvent::Finished { success: true, path, .. } => {
            tracing::info!("saved {}", path.unwrap_or_default().display());
            true
        }
        DownloadEvent::Finished { url, path, .. } => {
            tracing::error!("{url} was not saved");
            failed(app, path.as_deref());
            true
        }
        _ => true,
    }
}

fn ask(app: &AppHandle, name: &str) -> Option<std::path::PathBuf> {
    let parent = app.get_webview_window(LABEL)?.gtk_window().ok()?;
    let dialog = gtk::FileChooserNative::new(
        Some("Save the recording"),
        Some(&parent),
        gtk::FileChooserAction::Save,
        Some("_Save"),
        Some("_Cancel"),
    );
    dialog.set_do_overwrite_confirmation(true);
    if let Some(downloads) = glib::user_special_dir(glib::UserDirectory::Downloads) {
        dialog.set_current_folder(downloads);
    }
    dialog.set_current_name(name);
    let chosen = (dialog.run() == gtk::ResponseType::Accept).then(|| dialog.filename()).flatten();
    dialog.destroy();
    chosen
}

fn failed(app: &AppHandle, path: Option<&Path>) {
    let what = path.map_or_else(|| "The recording".to_owned(), |path| path.display().to_string());
    let title = format!("{what} was not saved");
    let more = "The station stopped sending, or the disk is full. What is there of it is not whole: delete it, and try again.";
    let dialog = super::message(app, gtk::MessageType::Error, &title, more);
    dialog.add_button("_Close", gtk::ResponseType::Close);
    dialog.connect_response(|dialog, _| dialog.close());
    dialog.show_all();
}
