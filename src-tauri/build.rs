//! Lets Tauri read `tauri.conf.json` and the capabilities, if the window is built.

fn main() {
    #[cfg(feature = "desktop")]
    {
        println!("cargo:rerun-if-changed=src-tauri/capabilities");
        println!("cargo:rerun-if-changed=src-tauri/permissions");
        // The page is built into the program.
        println!("cargo:rerun-if-changed=ui/dist");
        let ours =
            tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*.toml");
        let attributes = tauri_build::Attributes::new()
            .app_manifest(ours)
            .capabilities_path_pattern("./src-tauri/capabilities/**/*.json");
        if let Err(error) = tauri_build::try_build(attributes) {
            println!("cargo:error={error:#}");
            std::process::exit(1);
        }
    }
}
