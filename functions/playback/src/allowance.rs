//! What an account may play.

use reel_api::billing::Entitlement;
use reel_api::content::Title;
use reel_api::encoding::{DeliveryIndex, Media};
use reel_api::license::Definition;
use reel_api::{Principal, Problem, Role};
use std::rc::Rc;

/// How large, and how often at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) definition: Definition,
    /// None for any number.
    pub(crate) streams: Option<u32>,
}

impl Allowance {
    /// What somebody may play who runs the platform, or whose plan cannot be told now.
    const UNLIMITED: Self = Self { definition: Definition::UltraHd, streams: None };

    /// What a plan allows. Who runs the platform needs none.
    ///
    /// # Errors
    /// A 402 problem without a plan.
    pub(crate) fn of(principal: &Principal, entitlement: &Entitlement, title: &Title) -> Result<Self, Problem> {
        if principal.role >= Role::Editor {
            return Ok(Self::UNLIMITED);
        }
        if !entitlement.may_play() {
            return Err(Problem::new(
                402,
                "subscription-needed",
                "A subscription is needed",
                format!("{} plays with a subscription, and the account has none: choose a plan", title.name),
            ));
        }
        let streams = Some(entitlement.streams).filter(|streams| *streams < u32::MAX);
        Ok(Self { definition: Definition::of_height(entitlement.max_height), streams })
    }

    /// What is allowed while nobody can tell the plan: nobody is kept from watching by that.
    pub(crate) fn unknown() -> Self {
        Self { definition: Definition::Hd, streams: None }
    }
}

/// The index without what is larger than this.
pub(crate) fn within(index: Rc<DeliveryIndex>, definition: Definition) -> Rc<DeliveryIndex> {
    let fits = |media: &Media| match media {
        Media::Video { height, .. } => Definition::of_height(*height) <= definition,
        _ => true,
    };
    if index.renditions.iter().all(|rendition| fits(&rendition.rendition.media)) {
        return index;
    }
    let renditions = index.renditions.iter().filter(|rendition| fits(&rendition.rendition.media));
    Rc::new(DeliveryIndex { renditions: renditions.cloned().collect(), ..DeliveryIndex::clone(&index) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::index;
    use reel_api::{AccountId, SessionId, TitleId};

    fn allowance(role: Role, entitlement: &Entitlement) -> Result<Allowance, Problem> {
        let (account, session) = (AccountId::new(1, &[1; 10]), SessionId::new(1, &[2; 10]));
        let title = Title::announced(TitleId::new(1, &[3; 10]), "bunny", "Bunny");
        Allowance::of(&Principal { account, session, profile: None, role, maturity: None }, entitlement, &title)
    }

    #[test]
    fn a_plan_says_how_large_and_how_often() {
        let plan = Entitlement { max_height: 1_080, streams: 2, ..Entitlement::NOTHING };
        let allowed = Allowance { definition: Definition::FullHd, streams: Some(2) };
        assert_eq!(allowance(Role::Viewer, &plan), Ok(allowed));
        assert_eq!(allowance(Role::Viewer, &Entitlement::FREE), Ok(Allowance::UNLIMITED));
    }

    #[test]
    fn without_a_plan_viewers_play_nothing_and_editors_all() {
        let refused = allowance(Role::Viewer, &Entitlement::NOTHING).unwrap_err();
        assert_eq!((refused.status, &*refused.code), (402, "subscription-needed"));
        assert_eq!(allowance(Role::Editor, &Entitlement::NOTHING), Ok(Allowance::UNLIMITED));
    }

    #[test]
    fn larger_pictures_are_left_out() {
        let mut two = index(None);
        let mut large = two.renditions[0].clone();
        large.rendition.id = "h264-1080p".into();
        large.rendition.media =
            Media::Video { codec: "h264".into(), width: 1920, height: 1080, crf: 23, max_bitrate: 1 };
        two.renditions.push(large);
        let two = Rc::new(two);
        let ids = |definition| {
            let index = within(Rc::clone(&two), definition);
            index.renditions.iter().map(|rendition| rendition.rendition.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(Definition::Hd), ["h264-720p"]);
        assert_eq!(ids(Definition::FullHd), ["h264-720p", "h264-1080p"]);
        assert!(Rc::ptr_eq(&two, &within(Rc::clone(&two), Definition::UltraHd)), "nothing is copied in vain");
    }
}
