from talpose_app.video.cache import ByteCache


def test_the_entry_not_used_for_longest_goes_first():
    cache: ByteCache[int, bytes] = ByteCache(30, len)
    for key in range(3):
        cache.put(key, bytes(10))
    assert cache.get(0) == bytes(10)
    cache.put(3, bytes(10))
    assert cache.held() == [2, 0, 3]
    assert 1 not in cache
    assert cache.get(1) is None


def test_bytes_are_bounded_and_counted_over_replacement():
    cache: ByteCache[str, bytes] = ByteCache(25, len)
    cache.put("a", bytes(10))
    cache.put("a", bytes(20))
    assert cache.n_bytes == 20
    cache.put("b", bytes(10))
    assert (cache.held(), cache.n_bytes) == (["b"], 10)


def test_a_value_over_the_budget_is_held_alone():
    cache: ByteCache[str, bytes] = ByteCache(5, len)
    cache.put("a", bytes(3))
    cache.put("b", bytes(9))
    assert cache.held() == ["b"]
    cache.clear()
    assert (cache.held(), cache.n_bytes) == ([], 0)
