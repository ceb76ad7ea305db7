from workbench.engine.ring import Ring


def test_records_come_again_in_their_order_and_each_is_made_once():
    made = []
    ring = Ring(4, lambda n: made.append(n) or f"r{n}", len)
    assert [ring.get(n) for n in range(9)] == ["r0", "r1", "r2", "r3", "r0", "r1", "r2", "r3", "r0"]
    assert made == [0, 1, 2, 3]
    assert (ring.size, ring.number(9)) == (4, 1)


def test_it_is_bounded_in_bytes():
    assert Ring(100, lambda n: n, lambda _: 16 * 1024 * 1024).size == 4
    assert Ring(100, lambda n: n, lambda _: 500 * 1024 * 1024).size == 1
