from hotline.transcripts.rules import merge_gap


def test_merge_gap__apart__in_order() -> None:
    assert merge_gap([[5000, 6000]], 1000, 2000) == [[1000, 2000], [5000, 6000]]


def test_merge_gap__overlapping_or_touching__one() -> None:
    assert merge_gap([[1000, 2000], [3000, 4000]], 2000, 3500) == [[1000, 4000]]


def test_merge_gap__of_no_length__nothing_changes() -> None:
    assert merge_gap([[1000, 2000]], 3000, 3000) == [[1000, 2000]]


def test_merge_gap__given_list__is_left_alone() -> None:
    gaps = [[1000, 2000]]

    merge_gap(gaps, 1500, 3000)

    assert gaps == [[1000, 2000]]
