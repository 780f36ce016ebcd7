//! What the window gives out as a file: where a person says, in the system's own dialog. The page gets no access to it.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use audyn_service::api::ApiError;
use audyn_service::api::wire::{AuditExport, AuditQuery};
use gtk::glib;
use gtk::prelude::*;
use serde::Serialize;
use tauri::AppHandle;
use tauri::async_runtime::spawn_blocking;
use tokio::sync::oneshot;

use super::window;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// How many entries.
    pub entries: u64,
    /// The file.
    pub path: String,
}

/// The file that was chosen, or none. Waits for as long as the person takes.
pub async fn ask(app: &AppHandle, title: &'static str, name: &str) -> Result<Option<PathBuf>, ApiError> {
    // A name, and nothing that leads elsewhere.
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).take(80).collect();
    let (chosen, choice) = oneshot::channel();
    let handle = app.clone();
    app.run_on_main_thread(move || show(&handle, title, &name, chosen)).map_err(ApiError::internal)?;
    // A dialog that is gone without an answer has chosen nothing.
    Ok(choice.await.unwrap_or_default())
}

fn show(app: &AppHandle, title: &str, name: &str, chosen: oneshot::Sender<Option<PathBuf>>) {
    let parent = window::gtk_window(app);
    let dialog = gtk::FileChooserNative::new(
        Some(title),
        parent.as_ref(),
        gtk::FileChooserAction::Save,
        Some("_Save"),
        Some("_Cancel"),
    );
    dialog.set_do_overwrite_confirmation(true);
    dialog.set_modal(true);
    if let Some(documents) = glib::user_special_dir(glib::UserDirectory::Documents) {
        dialog.set_current_folder(documents);
    }
    dialog.set_current_name(name);
    let chosen = RefCell::new(Some(chosen));
    // Nobody else holds the dialog: it lives until it was answered.
    let held = RefCell::new(Some(dialog.clone()));
    dialog.connect_response(move |dialog, response| {
        let file = if response == gtk::ResponseType::Accept { dialog.filename() } else { None };
        if let Some(chosen) = chosen.take() {
            let _ = chosen.send(file);
        }
        dialog.hide();
        held.take();
    });
    dialog.show();
}

/// Writes what the query asks for, part by part: as much as one part is held at a time. The file is there whole, or as it was.
pub async fn audit<Reading>(
    to: &Path,
    mut query: AuditQuery,
    read: impl Fn(AuditQuery) -> Reading,
) -> Result<Exported, ApiError>
where
    Reading: Future<Output = Result<AuditExport, ApiError>>,
{
    query.limit = None;
    let mut file = Beside::make(to).await?;
    let mut entries = 0;
    loop {
        let part = read(query.clone()).await?;
        entries += u64::from(part.entries);
        file = file.write(part.lines).await?;
        let Some(next) = part.next else { break };
        query.before = Some(next);
    }
    file.put().await?;
    Ok(Exported { entries, path: to.display().to_string() })
}

/// Writes a text. The file is there whole, or as it was. Returns where it is.
pub async fn text(to: &Path, text: String) -> Result<String, ApiError> {
    Beside::make(to).await?.write(text).await?.put().await?;
    Ok(to.display().to_string())
}

/// A file beside the one that it becomes. Dropped before that, it is gone.
struct Beside {
    file: File,
    path: PathBuf,
    to: PathBuf,
    put: bool,
}

impl Beside {
    async fn make(to: &Path) -> Result<Self, ApiError> {
        let mut name = to.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let path = to.with_file_name(name);
        let beside = path.clone();
        // One that somebody else has is not touched.
        let file = on_disk(to, move || File::create_new(&beside)).await?;
        Ok(Self { file, path, to: to.to_path_buf(), put: false })
    }

    async fn write(mut self, text: String) -> Result<Self, ApiError> {
        let to = self.to.clone();
        on_disk(&to, move || self.file.write_all(text.as_bytes()).map(|()| self)).await
    }

    async fn put(mut self) -> Result<(), ApiError> {
        let to = self.to.clone();
        let put = move || {
            self.file.sync_all()?;
            std::fs::rename(&self.path, &self.to)?;
            self.put = true;
            Ok(())
        };
        on_disk(&to, put).await
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.put {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Does something to the file that is written, on a thread that may wait for a disk.
async fn on_disk<T: Send + 'static>(
    to: &Path,
    act: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    spawn_blocking(act).await.map_err(ApiError::internal)?.map_err(|error| {
        tracing::warn!("cannot write {}: {error}", to.display());
        ApiError::unavailable(format!("{} cannot be written: {error}.", to.display()))
    })
}

#[cfg(test)]
mod tests;
