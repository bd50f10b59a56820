"""Files that are not what they say, at both doors; the drill of the same name brings all of them and measures."""

from tests.drills import uploads
from tests.world import opened

# Unpacking these takes seconds; they are the drill's.
LARGE = ("a side", "that unpacks", "a gzip")


def test_no_file_comes_back_as_something_a_browser_would_open(sqlite_store, tmp_path):
    given = {name: file for name, file in uploads.files().items() if not any(each in name for each in LARGE)}
    few = dict(list(given.items())[::3])

    with sqlite_store.fresh() as db, opened(db, tmp_path) as world:
        served, stripped, _within, ours = uploads.upload_all(world, few)

    assert [line.note for line in (served, stripped, ours) if not line.is_kept] == []
