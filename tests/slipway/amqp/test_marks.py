"""Delivery marks outlive the process without a transaction."""

from slipway.amqp.marks import DeliveryMarks


def test_marks_are_there_after_a_kill(tmp_path):
    path = tmp_path / "marks"
    marks = DeliveryMarks(path)
    marks.set(1, 7)
    marks.set(5000, 2**40)
    # Not closed: what a killed process leaves is what the mapping holds.
    again = DeliveryMarks(path)
    assert (again.get(1), again.get(5000), again.get(2), again.get(10**6)) == (7, 2**40, 0, 0)
    again.set(1, 0)
    assert again.get(1) == 0
    again.close()
    marks.close()
