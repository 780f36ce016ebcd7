//! Words with the desktop over D-Bus. All of it is optional: without a bus Audyn records as well.

use std::time::Duration;

use zbus::connection::Builder;
use zbus::{Connection, Message};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bus of this person's session.
pub async fn session() -> zbus::Result<Connection> {
    Builder::session().method_timeout(PATIENCE).build().await
}

/// The machine's bus.
pub async fn system() -> zbus::Result<Connection> {
    Builder::system().method_timeout(PATIENCE).build().await
}

/// A service's object and interface.
#[derive(Clone, Copy, Debug)]
pub struct Object {
    /// Name on the bus.
    pub service: &'static str,
    /// Path.
    pub path: &'static str,
    /// Interface.
    pub interface: &'static str,
}

impl Object {
    /// Calls one of its methods.
    pub async fn call<B>(self, bus: &Connection, method: &str, arguments: &B) -> zbus::Result<Message>
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        bus.call_method(Some(self.service), self.path, Some(self.interface), method, arguments).await
    }
}
