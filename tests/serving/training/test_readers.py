from __future__ import annotations

import csv
import hashlib
from zipfile import ZipFile

import cv2
import numpy as np
import pytest

from serving.training.faces import TEST, TRAIN, UNKNOWN
from serving.training.readers import read
from serving.training.readers.labels import OLDEST, VOTE_COLUMNS, age_range

VOTES = (1, 6, 0, 0, 0, 0, 0, 0, 3, 0)


def picture(value: int = 0, side: int = 48) -> np.ndarray:
    return np.full((side, side), value, dtype=np.uint8)


def write_csv(path, rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_zip(path, rows, pictures):
    table = path.with_suffix(".csv")
    write_csv(table, rows)
    with ZipFile(path, "w") as archive:
        archive.write(table, "labels.csv")
        for row, image in zip(rows, pictures, strict=True):
            archive.writestr(row["file"], cv2.imencode(".png", image)[1].tobytes())


def test_ferplus_zip_gives_votes_split_and_pixels(tmp_path):
    votes = {f"votes_{n.lower()}": v for n, v in zip(VOTE_COLUMNS, VOTES, strict=True)}
    row = {"file": "a.png", "split": "PublicTest", "sha1": "abc", **votes}
    write_zip(tmp_path / "ferplus.zip", [row], [picture(7)])
    (record,) = read("ferplus", tmp_path)
    assert (record.split, record.digest, record.votes) == (TEST, "abc", VOTES)
    assert (record.image == 7).all()


def test_utkface_zip_leaves_conflicting_labels_out(tmp_path):
    row = {"split": "train", "age": 30, "gender": "male", "race": 3, "sha1": "a"}
    rows = [
        {"file": "a.png", **row, "label_conflict": 0},
        {"file": "b.png", **row, "label_conflict": 1},
    ]
    write_zip(tmp_path / "utkface.zip", rows, [picture(), picture()])
    (record,) = read("utkface", tmp_path)
    assert (record.ages, record.gender, record.group) == ((30, 30), 1, "Indian")


def test_fairface_zip_gives_the_ends_of_the_age_group(tmp_path):
    row = {"split": "val", "age_group": "3-9", "gender": "Female", "race": "Black", "sha1": "a"}
    write_zip(tmp_path / "fairface.zip", [{"file": "a.png", **row}], [picture()])
    (record,) = read("fairface", tmp_path)
    assert (record.split, record.ages, record.gender) == (TEST, (3, 9), 0)


def test_official_ferplus_joins_both_files_by_row_and_keeps_private_test_out(tmp_path):
    usages = ("Training", "PublicTest", "PrivateTest")
    rows = [{"emotion": 0, "pixels": " ".join(["5"] * 48 * 48), "Usage": u} for u in usages]
    write_csv(tmp_path / "fer2013.csv", rows)
    votes = dict(zip(VOTE_COLUMNS, VOTES, strict=True))
    write_csv(tmp_path / "fer2013new.csv", [{"Usage": u, **votes} for u in usages])
    records = list(read("ferplus", tmp_path))
    assert [record.split for record in records] == [TRAIN, TEST]
    assert records[0].votes == VOTES
    assert records[0].digest == hashlib.sha1(picture(5).tobytes()).hexdigest()[:12]


def test_official_utkface_reads_names_and_drops_duplicates_with_another_label(tmp_path):
    folder = tmp_path / "UTKFace"
    folder.mkdir()
    names = {"25_0_2_a.jpg": 10, "26_1_0_b.jpg": 20, "70_1_0_c.jpg": 20, "39_1_d.jpg": 30}
    for name, value in names.items():
        cv2.imwrite(str(folder / name), picture(value, 200))
    (record,) = read("utkface", tmp_path)
    assert (record.ages, record.gender, record.group) == ((25, 25), 1, "Asian")
    assert record.image.shape == (112, 112)


def test_official_fairface_reads_both_label_files(tmp_path):
    folder = tmp_path / "FairFace"
    for split in ("train", "val"):
        (folder / split).mkdir(parents=True)
        cv2.imwrite(str(folder / split / "1.jpg"), picture(9, 224))
        row = {"file": f"{split}/1.jpg", "age": "more than 70", "gender": "Male", "race": "White"}
        write_csv(folder / f"fairface_label_{split}.csv", [{**row, "service_test": True}])
    records = list(read("fairface", tmp_path))
    assert [record.split for record in records] == [TRAIN, TEST]
    assert records[0].ages == (70, OLDEST)
    assert records[0].votes == (0,) * 10
    assert UNKNOWN not in (records[0].gender, *records[0].ages)


def save(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def test_own_pictures_are_labelled_by_their_folder_and_keep_their_shape(tmp_path):
    save(tmp_path / "smile" / "yes" / "a.png", np.full((40, 60, 3), (255, 0, 0), np.uint8))
    save(tmp_path / "smile" / "no" / "B.JPG", picture(9))
    save(tmp_path / "smile" / "no" / "c.webp", picture(200))
    (tmp_path / "smile" / "no" / "notes.txt").write_text("no picture")
    *nos, yes = read("smile", tmp_path)
    assert [record.label for record in nos] == ["no", "no"]
    assert (yes.label, yes.image.shape) == ("yes", (40, 60))
    assert (yes.image == 29).all()  # what blue weighs in grey


def test_large_own_photos_are_scaled_down_in_proportion(tmp_path):
    save(tmp_path / "smile" / "yes" / "a.png", np.zeros((1000, 2560), np.uint8))
    (record,) = read("smile", tmp_path)
    assert record.image.shape == (500, 1280)


def test_one_own_photo_in_five_is_held_out_by_its_content(tmp_path):
    for i in range(100):
        save(tmp_path / "smile" / "yes" / f"{i}.png", picture(i, 8))
        save(tmp_path / "smile" / "yes" / f"copy of {i}.png", picture(i, 8))
    splits = {}
    for record in read("smile", tmp_path):
        splits.setdefault(record.digest, []).append(record.split)
    assert all(len(same) == 2 and len(set(same)) == 1 for same in splits.values())
    assert 10 <= sum(same[0] == TEST for same in splits.values()) <= 30


def test_own_pictures_with_two_labels_are_left_out(tmp_path):
    for name, value in {"yes/a.png": 1, "yes/b.png": 2, "no/c.png": 1}.items():
        save(tmp_path / "smile" / name, picture(value))
    (record,) = read("smile", tmp_path)
    assert (record.image == 2).all()


def test_own_pictures_without_a_label_are_refused(tmp_path):
    save(tmp_path / "smile" / "a.png", picture())
    with pytest.raises(ValueError, match="one folder of pictures for each label"):
        list(read("smile", tmp_path))


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_a_file_of_ones_own_that_is_not_an_image_is_named(tmp_path, content):
    save(tmp_path / "smile" / "yes" / "a.png", picture())
    (tmp_path / "smile" / "yes" / "b.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"yes/b\.png"):
        list(read("smile", tmp_path))


@pytest.mark.parametrize(
    ("data_set", "names"), [("ferplus", r"ferplus\.zip or fer2013\.csv"), ("smile", "smile")]
)
def test_missing_data_is_reported_with_the_expected_names(tmp_path, data_set, names):
    with pytest.raises(FileNotFoundError, match=names):
        read(data_set, tmp_path)


def test_age_groups_are_ranges():
    assert age_range("0-2") == (0, 2)
    assert age_range("more than 70") == (70, OLDEST)
