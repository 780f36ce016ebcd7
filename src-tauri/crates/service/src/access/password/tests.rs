use super::*;

fn password(text: &str) -> Password {
    Password(text.to_owned())
}

#[test]
fn a_password_is_kept_as_argon2id_and_only_itself_is_right() {
    let kept = hash(&password("correct horse battery")).unwrap();
    assert!(kept.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.0);
    assert_ne!(kept, hash(&password("correct horse battery")).unwrap(), "each has its own salt");
    assert!(is_right(&password("correct horse battery"), Some(&kept)));
    for wrong in ["correct horse batterY", "", "correct horse battery "] {
        assert!(!is_right(&password(wrong), Some(&kept)), "{wrong:?}");
    }
}

#[test]
fn nobody_has_a_password_and_a_hash_is_made_all_the_same() {
    let nobody = Phc::new(NOBODY).expect("it is a PHC string");
    let kept = hash(&password("0123456789")).unwrap();
    let real = Phc::new(&kept.0).unwrap();
    assert_eq!(nobody.params.to_string(), real.params.to_string(), "it costs the same");
    assert!(!is_right(&password("0123456789"), None));
}

#[test]
fn what_is_too_long_is_never_right() {
    let long = "x".repeat(MOST + 1);
    let kept = PasswordHash(argon().unwrap().hash_password(long.as_bytes()).unwrap().to_string());
    assert!(!is_right(&password(&long), Some(&kept)));
    let empty = hash(&password("")).unwrap();
    assert!(!is_right(&password(&long), Some(&empty)), "nor as nothing");
}

#[test]
fn lengths_are_refused_in_a_sentence_without_the_password() {
    let told = |text: &str| check(&password(text)).unwrap_err().message;
    assert!(told("short").contains("10 characters") && !told("short").contains("short;"));
    assert!(told("ääääääääé").contains("this one has 9"));
    assert!(told(&"é".repeat(129)).contains("256 bytes"));
    assert!(check(&password("ääääääääää")).is_ok() && check(&password(&"x".repeat(256))).is_ok());
    assert_eq!(format!("{:?}", password("secret")), "Password(…)");
}
