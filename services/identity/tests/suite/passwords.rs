//! Passwords that anybody would guess are refused where they are chosen, and in words.

use testkit::refused;
use tonic::Code;

use crate::town::{PASSWORD, in_both};

#[tokio::test]
async fn a_password_that_guessers_begin_with_is_refused_in_both_languages_3_4_1_1() {
    in_both(async |town| {
        let code = town.code_for("S1").await;
        let guessable = [
            "Letmein!2026-2027",
            "ｔａｋａｈａｓｈｉ２０２６０４０１",
            // Of the person, the city and the house.
            "Sendai.仙台@2026-04",
            "花子.青葉@仙台市2026-04-01",
            "sekisho-sendai-2026",
        ];
        for password in guessable {
            let refusal = town.enrol("S1", &code, password).await;
            let refusal = refusal.expect_err(password);
            let told = refused(&refusal);
            assert_eq!(told.code, "password_guessable", "{password}");
            assert_eq!(told.status, Code::InvalidArgument);
            assert_eq!(
                (told.fields, told.clauses),
                (vec!["password".to_owned()], vec!["3-4-(1)-1".to_owned()])
            );
            assert_eq!(refusal.message(), "the password is too easy to guess");
            assert_eq!(told.ja, "推測されやすいパスワードは使用できません。");
        }
        town.enrol("S1", &code, PASSWORD)
            .await
            .expect("the code is not spent");
    })
    .await;
}
