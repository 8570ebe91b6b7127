//! The periods the standard's text leaves open.

use super::Length;

crate::vocabulary::words! {
    /// A period with a name; its length is the pack's.
    Period, "period" {
        AtOnce = "at_once", "直ちに", "At once";
        Promptly = "promptly", "速やかに", "Promptly";
        Periodically = "periodically", "定期的", "Periodically";
        EmergencyExceptionHardEnd = "emergency_exception_hard_end", "緊急例外の終期", "Emergency exception: hard end";
        EmergencyExceptionReportDue = "emergency_exception_report_due", "緊急例外の報告期限", "Emergency exception: report due";
        ExceptionMax = "exception_max", "例外措置の最長期間", "Exception: longest";
        AccessRecordRetentionImportant = "access_record_retention_important", "アクセス記録の保存(S・Ⅰを扱うシステム)", "Access records kept, S and I systems";
        AccessRecordRetentionOther = "access_record_retention_other", "アクセス記録の保存(その他)", "Access records kept, others";
        IncidentRecordRetention = "incident_record_retention", "障害記録の保存", "Incident records kept";
        DormantFlag = "dormant_flag", "未使用IDの注意", "Dormant ID flagged";
        DormantDisable = "dormant_disable", "未使用IDの停止", "Dormant ID disabled";
        PrivilegedGrantMax = "privileged_grant_max", "特権付与の最長時間", "Privileged grant: longest";
        AccessReview = "access_review", "アクセス権の見直しの期限", "Access review";
        SharedIdCheckOut = "shared_id_check_out", "共有IDの使用の最長時間", "Shared ID checked out: longest";
        LogDigest = "log_digest", "監査ログの要約の間隔", "Digest of the audit log";
        TakeoutMax = "takeout_max", "持ち出しの最長期間", "Take-out: longest";
        ImportantSystemAuthenticationAge = "important_system_authentication_age", "重要システムの認証の有効時間", "Important system: oldest authentication";
        SensitiveAuthenticationAge = "sensitive_authentication_age", "S・Ⅰの情報の認証の有効時間", "Class S and I: oldest authentication";
        ClassIiAuthenticationAge = "class_ii_authentication_age", "Ⅱの情報の認証の有効時間", "Class II: oldest authentication";
        AdministerFactorAge = "administer_factor_age", "管理操作の認証の有効時間", "Administering: oldest factor";
        SnapshotBoundSensitive = "snapshot_bound_sensitive", "判断材料の許容遅延(S・Ⅰ)", "Oldest snapshot, S and I";
        SnapshotBoundClassIi = "snapshot_bound_class_ii", "判断材料の許容遅延(Ⅱ)", "Oldest snapshot, class II";
    }
}

impl Period {
    /// Whether the period must be an exact span (seconds, minutes or hours), because it is held
    /// against an age and not against a date.
    pub const fn must_be_exact(self) -> bool {
        matches!(
            self,
            Self::ImportantSystemAuthenticationAge
                | Self::SensitiveAuthenticationAge
                | Self::ClassIiAuthenticationAge
                | Self::AdministerFactorAge
                | Self::SnapshotBoundSensitive
                | Self::SnapshotBoundClassIi
        )
    }

    /// Whether the pack may give it that length.
    pub(crate) fn accepts(self, length: Length) -> bool {
        !self.must_be_exact() || length.exact().is_some()
    }
}
