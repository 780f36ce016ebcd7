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
    let to = to.to_path_buf();
    let cannot = {
        let to = to.clone();
        move |error: io::Error| {
            tracing::warn!("cannot write {}: {error}", to.display());
            ApiError::unavailable(format!("{} cannot be written: {error}.", to.display()))
        }
    };
    let at = to.clone();
    let mut file = on_disk(move || Beside::make(&at)).await?.map_err(&cannot)?;
    let mut entries = 0;
    loop {
        let part = read(query.clone()).await?;
        entries += u64::from(part.entries);
        file = on_disk(move || file.write(part.lines.as_bytes())).await?.map_err(&cannot)?;
        let Some(next) = part.next else { break };
        query.before = Some(next);
    }
    on_disk(move || file.put()).await?.map_err(&cannot)?;
    Ok(Exported { entries, path: to.display().to_string() })
}

async fn on_disk<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    spawn_blocking(act).await.map_err(ApiError::internal)
}

/// A file beside the one that it becomes. Dropped before that, it is gone.
struct Beside {
    file: File,
    path: PathBuf,
    to: PathBuf,
    put: bool,
}

impl Beside {
    fn make(to: &Path) -> io::Result<Self> {
        let mut name = to.file_name().unwrap_or_default().to_os_string();
        name.push(".part");
        let path = to.with_file_name(name);
        // One that somebody else has is not touched.
        let file = File::create_new(&path)?;
        Ok(Self { file, path, to: to.to_path_buf(), put: false })
    }

    fn write(mut self, bytes: &[u8]) -> io::Result<Self> {
        self.file.write_all(bytes)?;
        Ok(self)
    }

    fn put(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.path, &self.to)?;
        self.put = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.put {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests;
