//! Every target, for a moment: no good input that was spoilt makes a decoder panic or go on for long.

macro_rules! targets {
    ($($name:ident)+) => {
        $(
            #[test]
            fn $name() {
                fuzz::run(stringify!($name));
            }
        )+

        #[test]
        fn every_target_is_run() {
            let all: Vec<_> = fuzz::all().map(|target| target.name).collect();
            assert_eq!(all, [$(stringify!($name)),+]);
        }
    };
}

targets! {
    call_head
    call_client
    page_token
    card_certificate
    card_extension
    provider_metadata
    provider_keys
    provider_back
    provider_answer
    provider_id_token
    provider_token
    provider_logout
    provider_token_claims
    oauth_form
    secret
    authzen
    log_checkpoint
    log_key
    log_tile
    log_bundle
    log_dump
    log_hashes
    log_package
    page_visit
    page_form
    errand
    errand_contents
    errand_asked
    passkey_made
    passkey_signed
    passkey_attestation
    passkey_authenticator_data
    passkey_client_data
    passkey_signature
    record
    scim_filter
    scim_path
    scim_patch
    scim_resource
    scim_search
    scim_query
    scim_versions
    table_organisation
    table_staff
    table_posts
    table_entitlements
    table_transfers
    table_systems
    table_networks
    table_connections
    table_information
    table_devices
    workbook_part
    token
    token_claims
    token_keys
    log_hand_over
    witness_key
    witness_request
    witness_answer
    signing_request
}
