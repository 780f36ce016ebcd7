use super::*;

fn check(numbers: &[u16], orders: &[Order], lost: u64) {
    let mut sequence = Sequence::default();
    let found: Vec<Order> = numbers.iter().map(|n| sequence.note(*n)).collect();
    assert_eq!(found, orders, "{numbers:?}");
    assert_eq!(sequence.lost(), lost, "{numbers:?}");
}

const NEXT: Order = Order::Forward { missed: 0 };

#[test]
fn order_and_loss_are_told_apart() {
    check(&[7, 8, 9], &[NEXT; 3], 0);
    check(&[7, 9, 8], &[NEXT, Order::Forward { missed: 1 }, Order::Reordered], 0);
    check(&[7, 10], &[NEXT, Order::Forward { missed: 2 }], 2);
    check(&[7, 7, 8, 7], &[NEXT, Order::Duplicate, NEXT, Order::Duplicate], 0);
    check(&[65_534, 65_535, 0, 1], &[NEXT; 4], 0);
    check(&[65_535, 1, 0], &[NEXT, Order::Forward { missed: 1 }, Order::Reordered], 0);
    check(&[40_000, 9_000], &[NEXT, Order::Restart], 0);
}

#[test]
fn a_number_remembered_from_a_lap_ago_is_not_a_duplicate() {
    let mut sequence = Sequence::default();
    for n in 0..70_000_u32 {
        assert_eq!(sequence.note(n as u16), NEXT, "{n}");
    }
    assert_eq!(sequence.lost(), 0);
    // A hole of one lap of the memory, then the packets just behind it.
    assert_eq!(sequence.note((70_000_u32 + 1024) as u16), Order::Forward { missed: 1024 });
    assert_eq!(sequence.note((70_000_u32 + 1023) as u16), Order::Reordered);
}
