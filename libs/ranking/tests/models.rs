//! All models over the same made-up viewers: what they recommend, and what is kept of them.

use reel_ranking::{
    Als, AlsSettings, Blend, BlendError, EaseSettings, Entry, FormatError, Interaction, Interactions, ItemItemSettings,
    Model, Popularity, Spectral, SpectralSettings, train_ease, train_item_item,
};

const USERS: u32 = 60;
const ITEMS: u32 = 40;

/// Users of three tastes: each watches most items of the same remainder, and now and then item 0.
fn interactions() -> Interactions {
    let pairs = (0..USERS).flat_map(|user| (0..ITEMS).map(move |item| (user, item)));
    let watched =
        pairs.filter(|&(user, item)| (user % 3 == item % 3 && (user + item) % 4 != 0) || (item == 0 && user % 2 == 0));
    let all = watched.map(|(user, item)| Interaction { user, item, weight: 1.0 });
    Interactions::new(USERS as usize, ITEMS as usize, all).unwrap()
}

fn models() -> Vec<(&'static str, Model)> {
    let matrix = interactions();
    let ease = train_ease(&matrix, &EaseSettings { ridge: 5.0, ..EaseSettings::default() }).unwrap();
    let als = AlsSettings { factors: 8, ridge: 1.0, ..AlsSettings::default() };
    let spectral = SpectralSettings { rank: 3, ..SpectralSettings::default() };
    let plain = vec![
        ("item-item", Model::Items(train_item_item(&matrix, &ItemItemSettings::default()).unwrap())),
        ("ease, truncated", Model::Items(ease.truncated(20))),
        ("ease", Model::Items(ease)),
        ("als", Model::Als(Als::train(&matrix, &als).unwrap())),
        ("spectral", Model::Spectral(Spectral::train(&matrix, &spectral).unwrap())),
    ];
    let parts = plain.iter().map(|(_, model)| (0.5, model.clone())).collect();
    let blend = Model::Blend(Blend::new(parts).unwrap());
    plain.into_iter().chain([("blend", blend)]).collect()
}

fn history(items: &[u32]) -> Vec<Entry> {
    items.iter().map(|&index| Entry { index, weight: 1.0 }).collect()
}

#[test]
fn a_taste_is_served_even_to_a_viewer_who_was_not_learnt_from() {
    for (name, model) in models() {
        let items: Vec<u32> = model.top(&history(&[1, 4, 10]), 5).iter().map(|ranked| ranked.item).collect();
        assert!(items.len() == 5 && items.iter().all(|item| item % 3 == 1), "{name}: {items:?}");
        assert!([1, 4, 10].iter().all(|seen| !items.contains(seen)), "{name}: {items:?}");
    }
}

#[test]
fn popularity_counts_all_viewers_and_no_history() {
    let model = Model::Popularity(Popularity::train(&interactions()));
    assert_eq!(model.top(&[], 1)[0].item, 0);
    assert_eq!(model.score(&[]), model.score(&history(&[3])));
}

#[test]
fn odd_histories_are_no_reason_to_panic() {
    let odd = [history(&[]), history(&[u32::MAX]), vec![Entry { index: 1, weight: f32::NAN }]];
    for (name, model) in models() {
        for history in &odd {
            assert_eq!(model.score(history).values().len(), ITEMS as usize, "{name}");
            assert!(model.top(history, 5).len() == 5, "{name}");
        }
    }
}

#[test]
fn the_bytes_give_the_same_model() {
    for (name, model) in models() {
        assert_eq!(Model::from_bytes(&model.to_bytes()).as_ref(), Ok(&model), "{name}");
        assert_eq!(models().into_iter().find(|(other, _)| *other == name).unwrap().1, model, "{name} is deterministic");
    }
}

#[test]
fn bytes_that_are_cut_or_changed_are_an_error() {
    for (name, model) in models() {
        let bytes = model.to_bytes();
        for length in 0..bytes.len().min(200) {
            assert!(Model::from_bytes(&bytes[..length]).is_err(), "{name}: {length}");
        }
        assert_eq!(Model::from_bytes(&bytes[..bytes.len() - 1]), Err(FormatError::Damaged), "{name}");
        let mut changed = bytes.clone();
        changed[40] ^= 1;
        assert_eq!(Model::from_bytes(&changed), Err(FormatError::Damaged), "{name}");
    }
    assert_eq!(Model::from_bytes(b"%PDF-1.7 and so on, and on"), Err(FormatError::Foreign));
    let mut newer = models()[0].1.to_bytes();
    newer[8] = 9;
    assert_eq!(Model::from_bytes(&newer), Err(FormatError::Version(9)));
}

/// The checksum put right again, so that what is behind it is read.
fn sealed(body: &[u8]) -> Vec<u8> {
    let sum = body
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    [&b"ReelRank"[..], &1u32.to_le_bytes(), &sum.to_le_bytes(), body].concat()
}

#[test]
fn a_right_checksum_over_wrong_contents_is_an_error_or_a_model_never_a_panic() {
    for (_, model) in models() {
        let bytes = model.to_bytes();
        let body = &bytes[20..];
        assert_eq!(Model::from_bytes(&sealed(body)), Ok(model));
        for at in 0..body.len().min(300) {
            assert!(Model::from_bytes(&sealed(&body[..at])).is_err(), "cut at {at}");
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = body.to_vec();
                changed[at] = value;
                if let Ok(model) = Model::from_bytes(&sealed(&changed)) {
                    model.top(&history(&[0, 1, 2]), 3);
                }
            }
        }
        assert!(Model::from_bytes(&sealed(&[body, &[0]].concat())).is_err(), "something follows it");
    }
}

#[test]
fn a_blend_weighs_its_parts() {
    let of = |name| models().into_iter().find(|(other, _)| *other == name).unwrap().1;
    let (ease, als) = (of("ease"), of("als"));
    let seen = history(&[1, 4]);
    let one = Model::Blend(Blend::new(vec![(2.0, ease.clone()), (0.0, als.clone())]).unwrap());
    assert_eq!(
        one.top(&seen, 9).iter().map(|ranked| ranked.item).collect::<Vec<_>>(),
        ease.top(&seen, 9).iter().map(|ranked| ranked.item).collect::<Vec<_>>()
    );
    let both = |a, b| Model::Blend(Blend::new(vec![(a, ease.clone()), (b, als.clone())]).unwrap()).score(&seen);
    let sum: Vec<f32> = both(1.0, 0.0).values().iter().zip(both(0.0, 3.0).values()).map(|(a, b)| a + b).collect();
    assert!(both(1.0, 3.0).values().iter().zip(sum).all(|(a, b)| (a - b).abs() < 1e-4));
}

#[test]
fn what_is_no_blend_is_refused() {
    let part = models().remove(0).1;
    let smaller = Model::Popularity(Popularity::train(&Interactions::new(1, 1, []).unwrap()));
    let blend = Model::Blend(Blend::new(vec![(1.0, part.clone())]).unwrap());
    assert_eq!(Blend::new(vec![]), Err(BlendError::Count));
    assert_eq!(Blend::new(vec![(f32::NAN, part.clone())]), Err(BlendError::Weight));
    assert_eq!(Blend::new(vec![(1.0, part), (1.0, smaller)]), Err(BlendError::Items));
    assert_eq!(Blend::new(vec![(1.0, blend)]), Err(BlendError::Nested));
}
