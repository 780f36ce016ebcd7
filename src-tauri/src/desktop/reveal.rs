//! Shows a recording in the file manager, which is asked by name over the session bus: nothing is opened by its type.

use std::path::Path;

use audyn_service::Service;
use audyn_service::api::wire::FileDetails;
use audyn_service::api::{self, ApiError, Caller};

use super::bus::{self, Object};

const FILE_MANAGER: Object = Object {
    service: "org.freedesktop.FileManager1",
    path: "/org/freedesktop/FileManager1",
    interface: "org.freedesktop.FileManager1",
};

/// Shows the file with this id to somebody.
pub async fn reveal(service: Service, caller: Caller, id: String) -> Result<(), ApiError> {
    let request = serde_json::json!({ "id": id });
    let found = api::dispatch(&service, &caller, "file", request).await?;
    let found: FileDetails = serde_json::from_value(found).map_err(ApiError::internal)?;
    let path = Path::new(&service.settings_now().archive_root).join(found.file.path);
    let address = tauri::Url::from_file_path(&path)
        .map_err(|()| ApiError::invalid("The archive folder is not an absolute path."))?;
    // The bus has threads of its own, and this may take seconds: a file manager is started for it.
    let shown =
        tauri::async_runtime::spawn_blocking(move || zbus::block_on(ask(address.as_str().to_owned()))).await;
    match shown {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::info!("cannot show {}: {error}", path.display());
            Err(ApiError::unavailable(format!("No file manager answers. The file is {}", path.display())))
        }
        Err(error) => Err(ApiError::internal(error)),
    }
}

async fn ask(address: String) -> zbus::Result<()> {
    let bus = bus::session().await?;
    FILE_MANAGER.call(&bus, "ShowItems", &(vec![address], "")).await.map(drop)
}
