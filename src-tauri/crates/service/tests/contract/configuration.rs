//! A configuration file, while the station runs.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_up_around_what_records() {
    let mut station = Station::open(false);
    let source = station.tone("Tone").await;
    let on_air = station.recorder("On air", &source).await;
    let spare = station.recorder("Spare", &source).await;
    station.ask("start_recorder", json!({ "id": on_air })).await;
    station.until_state(on_air, "recording").await;
    let since = station.ask("recorder", json!({ "id": on_air })).await["since"].clone();

    let file = station.ask("export_configuration", Value::Null).await;
    let text = file["text"].as_str().unwrap().to_owned();
    assert_eq!(file["name"], "audyn.toml");
    assert_eq!(station.ask("check_configuration", json!({ "text": text })).await["changes"], json!([]));

    // What would disturb it is refused, whole.
    let louder = text.replace("level_dbfs = -18.0", "level_dbfs = -20.0").replace("\"Spare\"", "\"Other\"");
    let check = station.ask("check_configuration", json!({ "text": louder })).await;
    assert_eq!(check["refused"], 1, "{check}");
    let wish = json!({ "text": louder, "fingerprint": check["fingerprint"] });
    let error = station.refused("import_configuration", wish).await;
    assert!(error.code == Code::Conflict && error.message.contains("On air is recording it"), "{error:?}");
    assert_eq!(station.ask("recorder", json!({ "id": spare })).await["name"], "Spare");

    // The rest is done beside it.
    let other =
        text.replace("\"Spare\"", "\"Other\"") + "\n[[studios]]\nname = \"Hall\"\nrecorder = \"Other\"\n";
    let other = other.replace("studios = []\n", "");
    let check = station.ask("check_configuration", json!({ "text": other })).await;
    assert_eq!((check["changes"].as_array().unwrap().len(), &check["refused"]), (2, &json!(0)), "{check}");
    let wish = json!({ "text": other, "fingerprint": check["fingerprint"] });

    // Somebody was quicker: nothing is done over their head.
    station.ask("change_recorder", json!({ "id": spare, "description": "quick" })).await;
    let error = station.refused("import_configuration", wish.clone()).await;
    assert!(error.code == Code::Conflict && error.message.contains("Check the file again"), "{error:?}");
    station.ask("change_recorder", json!({ "id": spare, "description": "" })).await;

    let backups = station.ask("backups", Value::Null).await["backups"].as_array().unwrap().len();
    station.ask("import_configuration", wish).await;
    let studios = station.ask("list_studios", Value::Null).await["studios"].clone();
    assert_eq!((&studios[0]["name"], &studios[0]["recorder_id"]), (&json!("Hall"), &json!(spare)));
    let after = station.ask("backups", Value::Null).await["backups"].as_array().unwrap().len();
    assert_eq!(after, backups + 1, "what it was is backed up");
    let view = station.ask("recorder", json!({ "id": on_air })).await;
    assert_eq!((&view["state"], &view["since"]), (&json!("recording"), &since), "it recorded on");

    // Not for everybody, and not by nonsense.
    let caller = Caller { access: Access::Operator, ..Caller::local() };
    for operation in ["export_configuration", "check_configuration", "import_configuration"] {
        let request = json!({ "text": "", "fingerprint": "" });
        let error = station.ask_as(&caller, operation, request).await.unwrap_err();
        assert_eq!(error.code, Code::Forbidden, "{operation}");
    }
    let error = station.refused("check_configuration", json!({ "text": "nonsense" })).await;
    assert!(error.code == Code::Invalid && error.message.contains("Line 1"), "{error:?}");
    station.service.close(Duration::from_secs(5));
}
