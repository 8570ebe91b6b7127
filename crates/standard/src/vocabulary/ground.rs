//! Why information has its class (clause 3-1): classifying always names a ground.

use kernel::ClauseId;

use super::{InformationClass, words};

words! {
    /// The ground a classification rests on.
    ClassificationGround, "classification ground" {
        Ordinance1To4 = "ordinance_1_to_4", "条例7条1〜4号の非開示情報", "Ordinance article 7 items 1 to 4";
        OperationalSecret = "operational_secret", "運用管理上の機密", "Secret to system operation";
        /// The manager's judgement; a reason must be recorded.
        Discretion = "discretion", "管理者の裁量", "Manager's discretion";
        /// Class I that could hardly be restored and whose loss would gravely hinder administration.
        Irrecoverable = "irrecoverable", "復元困難", "Irrecoverable";
        Ordinance5To6 = "ordinance_5_to_6", "条例7条5〜6号の非開示情報", "Ordinance article 7 items 5 and 6";
        /// None of the others holds, decided explicitly.
        NoneOfThese = "none_of_these", "いずれにも該当しない", "None of these";
    }
}

impl ClassificationGround {
    /// The clause under which this ground gives that class; none if it cannot give it.
    pub fn clause(self, class: InformationClass) -> Option<ClauseId> {
        let id = match (self, class) {
            (Self::Ordinance1To4, InformationClass::I) => "3-1-(1)-1",
            (Self::OperationalSecret, InformationClass::I) => "3-1-(1)-2",
            (Self::Discretion, InformationClass::I) => "3-1-(1)-3",
            (Self::Irrecoverable, InformationClass::S) => "3-1-(2)-1",
            (Self::Ordinance5To6, InformationClass::II) => "3-1-(3)-1",
            (Self::Discretion, InformationClass::II) => "3-1-(3)-2",
            (Self::NoneOfThese, InformationClass::III) => "3-1-(4)-1",
            _ => return None,
        };
        Some(ClauseId::known(id))
    }

    /// Whether this ground can give that class.
    pub fn allows(self, class: InformationClass) -> bool {
        self.clause(class).is_some()
    }

    /// Whether a reason must be written with it.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Discretion | Self::Irrecoverable)
    }
}
