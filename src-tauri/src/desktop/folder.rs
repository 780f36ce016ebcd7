//! Lets a person choose a folder in the system's own dialog. The page gets the path that was chosen, and no access.

use std::cell::RefCell;
use std::path::PathBuf;

use audyn_service::api::ApiError;
use gtk::prelude::*;
use tauri::AppHandle;
use tokio::sync::oneshot;

use super::window;

/// The folder that was chosen, or none. Waits for as long as the person takes.
pub async fn pick(app: &AppHandle, start: Option<String>) -> Result<Option<String>, ApiError> {
    let (chosen, choice) = oneshot::channel();
    let handle = app.clone();
    app.run_on_main_thread(move || ask(&handle, start, chosen)).map_err(ApiError::internal)?;
    // A dialog that is gone without an answer has chosen nothing.
    let Some(folder) = choice.await.unwrap_or_default() else { return Ok(None) };
    folder
        .into_os_string()
        .into_string()
        .map(Some)
        .map_err(|name| ApiError::invalid(format!("The name of this folder is not text: {}", name.display())))
}

fn ask(app: &AppHandle, start: Option<String>, chosen: oneshot::Sender<Option<PathBuf>>) {
    let parent = window::gtk_window(app);
    let dialog = gtk::FileChooserNative::new(
        Some("Choose a folder"),
        parent.as_ref(),
        gtk::FileChooserAction::SelectFolder,
        Some("C_hoose"),
        Some("_Cancel"),
    );
    dialog.set_create_folders(true);
    dialog.set_modal(true);
    if let Some(start) = start {
        dialog.set_current_folder(start);
    }
    let chosen = RefCell::new(Some(chosen));
    // Nobody else holds the dialog: it lives until it was answered.
    let held = RefCell::new(Some(dialog.clone()));
    dialog.connect_response(move |dialog, response| {
        let folder = if response == gtk::ResponseType::Accept { dialog.filename() } else { None };
        if let Some(chosen) = chosen.take() {
            let _ = chosen.send(folder);
        }
        dialog.hide();
        held.take();
    });
    dialog.show();
}
