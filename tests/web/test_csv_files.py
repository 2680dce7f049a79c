import pytest

from kb.web.csv_files import harmless, to_csv


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1"])
def test_what_a_spreadsheet_would_work_out_is_text(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(("cell", "shown"), [("a = b", "a = b"), (None, ""), (3, "3")])
def test_everything_else_stays_as_it_is(cell, shown):
    assert harmless(cell) == shown


def test_welsh_letters_and_lines_are_kept():
    text = to_csv(("Ble",), [("Ynys Môn\nŵ",)])

    assert text == '\ufeffBle\r\n"Ynys Môn\nŵ"\r\n'
