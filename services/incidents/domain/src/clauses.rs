//! The clauses the rules of incidents point at, each named once.

use kernel::ClauseId;

macro_rules! clauses {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)+) => {
        $($(#[$doc])* pub const $name: ClauseId = ClauseId::known($id);)+

        /// Every clause above, for the test that the pack has them.
        #[cfg(test)]
        pub(crate) const ALL: &[ClauseId] = &[$($name),+];
    };
}

clauses! {
    /// A manager decides beforehand what is done while they are absent.
    ABSENCE_PLAN = "2-3-4b";
    /// The deputy information manager acts for the absent information manager.
    DEPUTY_ACTS = "2-6-2";
    /// System staff act for the absent system manager.
    STAFF_ACTS = "2-7-2";
    /// The CSIRT chief verifies what is passed on.
    VERIFY = "2-8-1";
    /// The CSIRT chief reports to the CISO, the state, the prefecture as needed.
    REPORT_OUTSIDE = "2-8-3";
    /// The CSIRT manager verifies and passes on.
    PASS_ON = "2-9-1";
    /// A lost card is reported promptly.
    LOST_CARD = "4-4-3";
    /// Records are analysed for misuse.
    ANALYSIS = "7-1-(4)-4b";
    /// Incident records are kept.
    KEEP_RECORDS = "7-1-(5)-1";
    /// A system under attack is stopped if needed.
    STOP_UNDER_ATTACK = "7-5-5";
    /// Incidents are answered at once.
    ANSWER_AT_ONCE = "8-3-0a";
    /// Their recurrence is prevented.
    NO_RECURRENCE = "8-3-0b";
    /// Staff report to their information manager at once.
    REPORT = "8-3-(1)-1";
    /// The system manager is told at once when the system is important.
    IMPORTANT_SYSTEM = "8-3-(1)-2";
    /// Investigate at once; report to the bureau manager and the CSIRT manager.
    INVESTIGATE = "8-3-(2)-1";
    /// Finding: what happened.
    WHAT_HAPPENED = "8-3-(2)-1a";
    /// Finding: the cause.
    CAUSE = "8-3-(2)-1b";
    /// Finding: confirmed damage and scope.
    DAMAGE_AND_SCOPE = "8-3-(2)-1c";
    /// The CSIRT manager passes it on to the CSIRT chief.
    TO_CSIRT_CHIEF = "8-3-(2)-2ア";
    /// Minor incidents are not passed on.
    MINOR = "8-3-(2)-2ウ";
    /// Grave outside harm: the bureau manager reports to the CISO at once.
    TO_CISO = "8-3-(2)-3";
    /// Systems are stopped when harm may spread.
    SUSPEND = "8-3-(3)-1a";
    /// That measure is reported to the CSIRT chief.
    REPORT_CONTAINMENT = "8-3-(3)-1b";
    /// Access records are preserved when an intrusion is suspected.
    HOLD_RECORDS = "8-3-(3)-2a";
    /// Restore at once under the bureau manager's direction.
    RECOVER = "8-3-(4)-1a";
    /// Recovery is reported to the bureau manager and the CSIRT manager.
    REPORT_RECOVERY = "8-3-(4)-1b";
    /// The bureau manager prevents recurrence.
    PREVENT = "8-3-(4)-2a";
    /// Its result goes to the CISO and the CSIRT manager when outside harm was grave.
    REPORT_RESULT = "8-3-(4)-2b";
}
