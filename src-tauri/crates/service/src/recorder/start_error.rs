use audyn_engine::source::OpenError;

/// Why a recorder did not start. Nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A recorder of this name runs.
    #[error("recorder {0} is already running")]
    AlreadyRunning(String),
    /// No source of this recorder is connected.
    #[error("recorder {0} is not connected to a source")]
    NotConnected(String),
    /// The source cannot be received.
    #[error("recorder {name}: {source}")]
    Source {
        /// Whose.
        name: String,
        /// Why.
        source: OpenError,
    },
    /// The archive cannot be written.
    #[error("recorder {name}: {source}")]
    Archive {
        /// Whose.
        name: String,
        /// Why.
        source: Box<audyn_archive::Error>,
    },
    /// No thread could be made.
    #[error("recorder {name}: cannot start its writer thread: {source}")]
    Thread {
        /// Whose.
        name: String,
        /// Why.
        source: std::io::Error,
    },
}
