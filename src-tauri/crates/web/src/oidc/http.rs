//! What is said to the provider: few words, with limits.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// One request, from its beginning to the end of its reply.
const LIMIT: Duration = Duration::from_secs(10);
/// Finding the provider's machine.
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of a reply.
const MOST_BYTES: usize = 1 << 20;

/// A client that follows no redirect and reads no endless reply.
#[derive(Clone, Debug)]
pub(super) struct Http(reqwest::Client);

/// Why a request brought nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpFault {
    #[error("{0}")]
    Sent(#[from] reqwest::Error),
    #[error("the reply is longer than 1 MiB")]
    Long,
    #[error("the reply cannot be read: {0}")]
    Odd(#[from] openidconnect::http::Error),
}

impl Http {
    pub fn new() -> Result<Self, String> {
        // Whoever was first has chosen the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(LIMIT)
            .user_agent(concat!("Audyn/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|error| {
            format!("Signing in by a provider is not possible: {error}. See that the package ca-certificates is installed.")
        })
    }

    async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, HttpFault> {
        let mut response = self.0.execute(request.try_into()?).await?;
        let mut builder = openidconnect::http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            builder = builder.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(HttpFault::Long);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(builder.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}
