"""Everybody hears everything, until they do not want to."""

from talpose_app.session.subscribers import Subscribers


def test_events_reach_everybody_in_order_until_they_leave():
    subscribers, one, two = Subscribers(), [], []
    leave = subscribers.add(one.append)
    subscribers.add(two.append)
    subscribers.tell("a")
    leave()
    leave()
    subscribers.tell("b")
    assert (one, two) == (["a"], ["a", "b"])


def test_one_may_leave_while_being_told():
    subscribers, heard = Subscribers(), []

    def once(event):
        heard.append(event)
        leave()

    leave = subscribers.add(once)
    subscribers.add(heard.append)
    subscribers.tell("a")
    subscribers.tell("b")
    assert heard == ["a", "a", "b"]


def test_one_who_fails_keeps_nobody_from_hearing(caplog):
    subscribers, heard = Subscribers(), []
    subscribers.add(lambda _event: 1 / 0)
    subscribers.add(heard.append)
    subscribers.tell("a")
    assert heard == ["a"]
    assert "ZeroDivisionError" in caplog.text
