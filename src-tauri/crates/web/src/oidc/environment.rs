//! The environment variables by which earlier set-ups name their provider.

use audyn_service::Service;
use audyn_service::api::wire::{ChangeAccessSettings, EntraSettings, Password};
use audyn_service::api::{Caller, dispatch};
use serde_json::json;

/// Takes over `ENTRA_TENANT_ID`, `ENTRA_CLIENT_ID`, `ENTRA_CLIENT_SECRET` and `ENTRA_REDIRECT_URI`, once: where a provider is set
/// already they are not looked at. The secret goes to the keyring, and the log says that it may go from the environment.
pub async fn take_environment(service: &Service, environment: impl Fn(&str) -> Option<String>) {
    let before = service.access_settings_now().entra;
    let Some((entra, secret)) = taken(&before, environment) else { return };
    let told = secret.is_some();
    let change = ChangeAccessSettings {
        entra: Some(entra),
        entra_secret: secret.map(Password),
        ..ChangeAccessSettings::default()
    };
    match dispatch(service, &Caller::local(), "change_access_settings", json!(change)).await {
        Ok(_) if told => tracing::info!(
            "the provider named by ENTRA_TENANT_ID is set; ENTRA_CLIENT_SECRET is in the keyring now and may be removed from the environment"
        ),
        Ok(_) => tracing::info!("the provider named by ENTRA_TENANT_ID is set"),
        Err(error) => tracing::error!(%error, "the provider named by ENTRA_TENANT_ID cannot be set"),
    }
}

/// What the environment says, where nothing is set.
pub(super) fn taken(
    before: &EntraSettings,
    environment: impl Fn(&str) -> Option<String>,
) -> Option<(EntraSettings, Option<String>)> {
    let value =
        |name: &str| environment(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if !before.tenant.is_empty() || !before.client_id.is_empty() || before.issuer.is_some() {
        return None;
    }
    let (tenant, client_id) = value("ENTRA_TENANT_ID").zip(value("ENTRA_CLIENT_ID"))?;
    let redirect = value("ENTRA_REDIRECT_URI").or_else(|| before.redirect.clone());
    let entra = EntraSettings { on: true, tenant, client_id, redirect, ..before.clone() };
    Some((entra, value("ENTRA_CLIENT_SECRET")))
}
